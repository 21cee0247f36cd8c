//! What the regulations say about whose obligations count for which clause.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;
use kefu_domain::Timestamp;
use kefu_domain::compliance::{Source, Tally, distinct};
use kefu_domain::metric::{Period, stretches};
use kefu_domain::pack::{Enforcer, Library};
use kefu_domain::text::Lang;
use kefu_domain::who::Reach;
use kefu_persistence::compliance::Count;
use uuid::Uuid;

use crate::app::{Book, Failure};
use crate::views::{ComplianceView, EnforcerCompliance};

/// The regulations, and the sites that work by them.
pub(in crate::app) struct Reader<'a> {
    library: &'a Library,
    runs: BTreeMap<Uuid, BTreeSet<&'a str>>,
}

impl<'a> Reader<'a> {
    pub(in crate::app) fn new(book: &'a Book) -> Self {
        let library = book.library();
        let runs = book.sites().map(|(id, site)| (id, library.run_by(&site.packs))).collect();
        Self { library, runs }
    }

    /// The pack a clause is of.
    pub(in crate::app) fn pack(&self, clause: &str) -> &'a str {
        self.origin("clause", clause)
    }

    /// The pack something is of.
    pub(in crate::app) fn origin(&self, kind: &'static str, name: &str) -> &'a str {
        self.library.origins.get(&(kind, name.to_owned())).map_or("", String::as_str)
    }

    /// The sites that do not work by a pack. What belongs to no site is the whole organisation's and
    /// counts everywhere; so does what belongs to a site that is no more.
    pub(in crate::app) fn without(&self, pack: &str) -> Vec<Uuid> {
        self.runs.iter().filter(|(_, run)| !run.contains(pack)).map(|(id, _)| *id).collect()
    }

    /// Whether a pack holds at one of the sites that are asked for, as far as the caller may know of it.
    pub(in crate::app) fn holds(&self, pack: &str, asked: &[Uuid], reach: &Reach) -> bool {
        let known = |site: &Uuid| {
            let elsewhere = reach.team.is_some() || reach.own.is_some() || reach.customer.is_some();
            reach.all || elsewhere || reach.sites.contains(site)
        };
        let runs = |site: &Uuid| self.runs.get(site).is_some_and(|run| run.contains(pack));
        asked.is_empty() || asked.iter().any(|site| known(site) && runs(site))
    }

    /// What carries a clause out.
    pub(in crate::app) fn enforcers(&self, clause: &str) -> &'a [Enforcer] {
        self.library.enforcers.get(clause).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where the obligations of each of those are found.
    pub(in crate::app) fn sources(&self, clause: &str) -> impl Iterator<Item = Source> {
        self.enforcers(clause).iter().filter_map(|it| self.library.source(it))
    }

    /// A clause with what was counted for it.
    pub(in crate::app) fn view(
        &self,
        id: &str,
        counts: &[Count],
        lang: Lang,
    ) -> Option<ComplianceView> {
        let clause = self.library.clauses.get(id)?;
        let pack = self.pack(id);
        let without: BTreeSet<Uuid> = self.without(pack).into_iter().collect();
        let tally = |source: &Source| {
            let mut tally = Tally::default();
            let own = counts.iter().filter(|it| it.source == *source);
            let here = own.filter(|it| it.site_id.is_none_or(|site| !without.contains(&site)));
            here.for_each(|it| tally += it.tally);
            tally
        };
        let mut all = Tally::default();
        for it in distinct(self.sources(id)) {
            all += tally(&it);
        }
        let by = self.enforcers(id).iter().map(|it| {
            let own = self.library.source(it).map(|it| tally(&it));
            EnforcerCompliance::new(it, self.library.title(it).get(lang), own)
        });
        Some(ComplianceView::new(clause, pack, all, by.collect(), lang))
    }
}

/// The period asked for; the running month where the site is, as far as nothing is said.
pub(in crate::app) fn month(
    book: &Book,
    now: Timestamp,
    sites: &[Uuid],
    said: (Option<Timestamp>, Option<Timestamp>),
) -> Result<(Timestamp, Timestamp), Failure> {
    let (from, to) = said;
    let zone = book.zone_of(sites);
    let around = |at: Timestamp| {
        let after = at.checked_add_signed(chrono::TimeDelta::microseconds(1)).unwrap_or(at);
        stretches(Period::Month, zone, at, after).next()
    };
    let to = to.or_else(|| around(now).map(|it| it.to)).unwrap_or(now);
    let before = to.checked_sub_signed(chrono::TimeDelta::microseconds(1)).unwrap_or(to);
    let since = from.or_else(|| around(before).map(|it| it.from)).unwrap_or(to);
    if said.1.is_none() && since >= to {
        let (zh, en) =
            ("应早于本月末，或给出 to。", "Must be before the end of this month, or say `to`.");
        return Err(Failure::invalid("/from", "not_before", zh, en));
    }
    ordered(since, to)
}

/// Refuses a stretch of time that ends before it begins, or lies where there are no dates.
pub(in crate::app) fn ordered(
    from: Timestamp,
    to: Timestamp,
) -> Result<(Timestamp, Timestamp), Failure> {
    let within = |at: Timestamp| (1..=9999).contains(&at.year());
    for (pointer, at) in [("/from", from), ("/to", to)] {
        if !within(at) {
            let (zh, en) = ("年份应在 1 到 9999 之间。", "The year must be from 1 to 9999.");
            return Err(Failure::invalid(pointer, "out_of_range", zh, en));
        }
    }
    if from >= to {
        let (zh, en) = ("to 应晚于 from。", "Must be later than `from`.");
        return Err(Failure::invalid("/to", "not_after", zh, en));
    }
    Ok((from, to))
}
