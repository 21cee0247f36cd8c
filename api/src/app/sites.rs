//! Sites: where work is done; the unit of data scope.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::span::Span;
use kefu_domain::text::Text;
use kefu_domain::who::Reach;
use kefu_persistence::records::sites::{self, By, Sort};
use kefu_persistence::{Conn, Json, Uid};
use serde_json::json;
use uuid::Uuid;

use super::duties::{Here, keep_in_step};
use super::lists::{Asker, Listing};
use super::records::{Resource, TAKEN, page, part, stored_by_id};
use super::{App, Book, Caller, Failure, Moment, Page};
use crate::faults::member;
use crate::ids::new_id;
use crate::params::{CodedSort, ListName, Paging, SiteDraft, SiteFilter, compiled};
use crate::views::SiteView;

/// Sites, as records.
#[derive(Debug)]
pub struct Sites;

impl Resource for Sites {
    type Key = Uuid;
    type Row = sites::Site;
    type Draft = SiteDraft;
    type View = SiteView;

    const PATH: &'static str = "/v1/sites";
    const READ: &'static str = "site.read";
    const WRITE: &'static str = "site.write";
    const IN_BOOK: bool = true;

    fn schema() -> &'static Validator {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(compiled::<SiteDraft>);
        &SCHEMA
    }

    stored_by_id!(sites);

    fn draft(row: &Self::Row) -> Result<SiteDraft, Failure> {
        let draft = json!({
            "code": row.code, "name": row.name, "packs": row.packs.0, "calendar": row.calendar,
            "figures": row.figures.0,
        });
        serde_json::from_value(draft).map_err(|error| Failure::Broken(format!("sites: {error}")))
    }

    fn apply(row: &mut Self::Row, draft: SiteDraft) -> Result<(), Failure> {
        let SiteDraft { code, name, packs, calendar, figures } = draft;
        row.code = code;
        row.name = name;
        row.packs = Json(json!(packs));
        row.calendar = calendar;
        row.figures = Json(json!(figures));
        Ok(())
    }

    fn check(
        conn: &mut Conn,
        moment: &Moment<'_>,
        draft: &SiteDraft,
        before: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure> {
        let mut faults = Vec::new();
        let packs = moment.book.packs();
        for (index, pack) in draft.packs.iter().enumerate() {
            if !packs.contains(pack.as_str()) {
                let detail = Text::new("没有这个规范包。", "There is no such pack.");
                faults.push(Fault::new(format!("/packs/{index}"), "unknown_pack", detail));
            }
        }
        if moment.book.calendar(&draft.calendar).is_none() {
            let detail = Text::new("没有这个工作日历。", "There is no such calendar.");
            faults.push(Fault::new("/calendar", "unknown_calendar", detail));
        }
        faults.extend(figures(moment.book, &draft.figures));
        let taken = sites::find_by_code(conn, &draft.code)?;
        if taken.is_some_and(|it| before.is_none_or(|before| before.id != it.id)) {
            let detail = Text::new("已有管理处使用此编码。", "Another site has this code.");
            faults.push(Fault::new("/code", TAKEN, detail));
        }
        Ok(faults)
    }

    fn may_read(caller: &Caller, row: &Self::Row) -> bool {
        caller.posts(Self::READ).is_none_or(|sites| sites.contains(&row.id.0))
    }

    fn may_write(caller: &Caller, _: &Book, row: &Self::Row) -> Result<bool, Failure> {
        // A site that is there is kept by those of the site; a new one by those of all sites.
        let site = (row.version > 0).then_some(row.id.0);
        Ok(caller.may_keep(Self::WRITE, site, None))
    }

    fn made(conn: &mut Conn, moment: &Moment<'_>, row: &Self::Row) -> Result<(), Failure> {
        keep_in_step(conn, moment.book, &Here::of(row)?, moment.now)
    }

    /// A site has the duties of the packs it runs, by the calendar it works by.
    fn after(
        conn: &mut Conn,
        moment: &Moment<'_>,
        before: &Self::Row,
        after: Option<&Self::Row>,
    ) -> Result<(), Failure> {
        let here = match after {
            Some(after) => Here::of(after)?,
            None => Here::without_packs(before),
        };
        keep_in_step(conn, moment.book, &here, moment.now)
    }

    fn view(row: Self::Row) -> Result<SiteView, Failure> {
        Ok(row.into())
    }
}

impl App {
    /// A site of which nothing has been said yet.
    pub fn new_site(&self) -> sites::Site {
        sites::Site { id: Uid(new_id(self.clock.now())), ..sites::Site::default() }
    }
}

impl Listing for Sites {
    type Filter = SiteFilter;
    type Item = SiteView;

    const NAME: ListName = ListName::Sites;
    const LOOK: &'static str = "site.read";
    const EXPORT: &'static str = "site.read";

    /// The sites where the asker has a post.
    async fn page(
        app: &App,
        asker: &Asker,
        filter: SiteFilter,
        paging: &Paging,
    ) -> Result<Page<SiteView>, Failure> {
        let sort = match filter.sort.unwrap_or_default() {
            CodedSort::NewestFirst => (By::Created, true),
            CodedSort::OldestFirst => (By::Created, false),
            CodedSort::Name => (By::Name, false),
            CodedSort::NameDescending => (By::Name, true),
            CodedSort::Code => (By::Code, false),
            CodedSort::CodeDescending => (By::Code, true),
        };
        let sort = Sort { by: sort.0, descending: sort.1 };
        let part = part(paging, |cursor| sort.made(cursor))?;
        let filter = sites::Filter {
            q: filter.q,
            code: filter.code,
            name: filter.name,
            calendar: filter.calendar,
            within: asker.caller.posts(Self::LOOK),
        };
        let all = Reach::everything();
        let found = app.read(move |conn| Ok(sites::list(conn, &filter, &all, sort, &part)?));
        page(found.await?, Self::view)
    }
}

/// What is wrong with the figures a site has chosen: each is one that a procedure leaves open, and
/// a span that the documents allow.
fn figures(book: &Book, chosen: &BTreeMap<String, String>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, span) in chosen {
        let at = member("/figures", name);
        let known = name.split_once('.').and_then(|(procedure, figure)| {
            Some(book.procedure(procedure)?.definition.figures.get(figure)?.choices.clone())
        });
        let Some(choices) = known else {
            let detail = Text::new("没有这项可选数值。", "No procedure leaves this figure open.");
            faults.push(Fault::new(at, "unknown_figure", detail));
            continue;
        };
        match span.parse::<Span>() {
            Err(error) => {
                let detail = Text::new(format!("不是时长：{span}。"), error.to_string());
                faults.push(Fault::new(at, "bad_span", detail));
            }
            Ok(span) if choices.is_empty() || choices.contains(&span) => {}
            Ok(_) => {
                let list: Vec<_> = choices.iter().map(ToString::to_string).collect();
                let list = list.join(", ");
                let detail =
                    Text::new(format!("应为其中之一：{list}。"), format!("Must be one of {list}."));
                faults.push(Fault::new(at, "not_a_choice", detail));
            }
        }
    }
    faults
}
