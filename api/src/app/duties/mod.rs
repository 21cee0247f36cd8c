//! Duties: what there is to do again and again, at which sites, and what became of it.

mod occurrences;
mod pause;
mod step;

use std::collections::BTreeMap;
use std::sync::Arc;

use kefu_domain::duty::Duty;
use kefu_domain::text::Lang;
use kefu_persistence::duties::{self, Standing};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::answer::shown;
use super::lists::{Asker, Listing};
use super::shelf::shelf;
use super::{App, Book, Caller, Failure, Page, Shown};
use crate::params::{DutyFilter, ListName, Paging};
use crate::views::{DutyAtSite, DutyView};

pub(super) use step::{Here, keep_in_step};

/// The permission to read duties.
const READ: &str = "duty.read";
/// The permission to let them rest.
const MANAGE: &str = "duty.manage";

/// Duties, as a list.
#[derive(Debug)]
pub struct Duties;

impl Listing for Duties {
    type Filter = DutyFilter;
    type Item = DutyView;

    const NAME: ListName = ListName::Duties;
    const LOOK: &'static str = READ;
    const EXPORT: &'static str = READ;

    /// The duties of the sites where the asker may read them; of all packs if they may everywhere.
    async fn page(
        app: &App,
        asker: &Asker,
        query: DutyFilter,
        paging: &Paging,
    ) -> Result<Page<DutyView>, Failure> {
        let (book, sites) = (app.book(), within(&asker.caller, query.site_id));
        let standing = app.standing(sites.clone()).await?;
        let wanted = |it: &&Duty| {
            let it = &it.definition;
            (query.procedure.is_empty() || query.procedure.contains(&it.open))
                && (query.clause.is_empty()
                    || it.clauses.iter().any(|id| query.clause.contains(id)))
        };
        let known = |it: &&Duty| sites.is_none() || standing.contains_key(&it.definition.code);
        let part = (paging.limit, paging.cursor.as_deref(), paging.count);
        let found = book.duties().filter(wanted).filter(known);
        shelf(
            found,
            |it| it.definition.code.clone(),
            part,
            |it| view(&book, it, standing.get(&it.definition.code), asker.lang),
        )
    }
}

impl App {
    /// One duty, and how it stands at the sites where the caller may read it.
    pub async fn get_duty(
        &self,
        caller: Arc<Caller>,
        lang: Lang,
        code: &str,
    ) -> Result<Shown<DutyView>, Failure> {
        let (book, sites) = (self.book(), within(&caller, None));
        let duty = book.duty(code).ok_or(Failure::NotFound)?;
        let standing = self.standing(sites.clone()).await?;
        let standing = standing.get(code);
        if sites.is_some() && standing.is_none() {
            return Err(Failure::NotFound);
        }
        let view = view(&book, duty, standing, lang);
        Ok(Shown { version: fingerprint(&view)?, view })
    }

    /// How duties stand at these sites, by code.
    async fn standing(
        &self,
        sites: Option<Vec<Uuid>>,
    ) -> Result<BTreeMap<String, Vec<Standing>>, Failure> {
        let found = self.read(move |conn| Ok(duties::standing(conn, sites.as_deref())?)).await?;
        let mut by_code: BTreeMap<String, Vec<Standing>> = BTreeMap::new();
        for it in found {
            by_code.entry(it.duty.clone()).or_default().push(it);
        }
        Ok(by_code)
    }
}

fn view(book: &Book, duty: &Duty, standing: Option<&Vec<Standing>>, lang: Lang) -> DutyView {
    let pack = book.library().pack_of_duty(&duty.definition.code).unwrap_or_default();
    let sites = standing.into_iter().flatten().map(|it| at_site(book, duty, it));
    DutyView::new(&duty.definition, pack, sites.collect(), lang)
}

/// How a duty stands at a site. When one is whose times nobody is to foresee, nobody is told.
fn at_site(book: &Book, duty: &Duty, standing: &Standing) -> DutyAtSite {
    let next_at = standing.next_at.filter(|_| standing.paused.is_none());
    let date = next_at.map(|it| book.local_date(Some(standing.site_id), it));
    let told = next_at.filter(|_| !duty.definition.unfixed);
    DutyAtSite::new(standing, told, date)
}

/// The sites a caller may read duties of (`None`: all), or of these the one that is asked for.
fn within(caller: &Caller, asked: Option<Uuid>) -> Option<Vec<Uuid>> {
    let may = caller.posts(READ);
    match (may, asked) {
        (may, None) => may,
        (None, Some(asked)) => Some(vec![asked]),
        (Some(may), Some(asked)) => Some(may.into_iter().filter(|it| *it == asked).collect()),
    }
}

/// A number that is another one when anything in it is: a duty is written in a pack and has no version.
fn fingerprint(view: &DutyView) -> Result<i64, Failure> {
    let hash = Sha256::digest(shown(view)?.to_string().as_bytes());
    Ok(hash.iter().take(6).fold(0, |number, byte| number << 8 | i64::from(*byte)))
}
