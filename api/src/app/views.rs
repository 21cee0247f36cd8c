//! Saved views: a named filter of a list, its owner's or shared with others.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::text::{Lang, Text};
use kefu_domain::who::Reach;
use kefu_persistence::records::views::{self, By, Reader, Sort};
use kefu_persistence::{Conn, Json, Uid};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cases::Cases;
use super::lists::{Asker, Listing, Purpose, is_column, no_such_column, read_filter, saved};
use super::records::{Resource, page, part, stored_by_id};
use super::{
    App, Assets, Book, Calendars, Caller, Clauses, Compliance, Customers, Duties, Events, Failure,
    Moment, Page, Procedures, Roles, Shown, Sites, Users,
};
use crate::faults::faults;
use crate::ids::new_id;
use crate::params::{
    ListName, Paging, SavedViewDraft, SharedWith, ViewFilter, ViewSort, compiled, filters_schema,
};
use crate::views::SavedView;

/// Saved views, as records.
#[derive(Debug)]
pub struct Views;

impl Resource for Views {
    type Key = Uuid;
    type Row = views::View;
    type Draft = SavedViewDraft;
    type View = SavedView;

    const PATH: &'static str = "/v1/views";
    const READ: &'static str = "signed_in";
    const WRITE: &'static str = "view.share";

    fn schema() -> &'static Validator {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(compiled::<SavedViewDraft>);
        &SCHEMA
    }

    stored_by_id!(views);

    fn draft(row: &Self::Row) -> Result<SavedViewDraft, Failure> {
        let mut draft = json!({
            "resource": row.resource, "name": row.name, "filters": row.filters.0,
            "columns": row.shown.0, "shared": row.shared,
        });
        if let Value::Object(draft) = &mut draft {
            let mut put = |name: &str, value: Option<Value>| {
                draft.extend(value.map(|value| (name.to_owned(), value)));
            };
            put("sort", row.sort.clone().map(Value::String));
            put("role", row.role.clone().map(Value::String));
            put("site_id", row.site_id.map(|it| json!(it.0)));
        }
        serde_json::from_value(draft).map_err(|error| Failure::Broken(format!("views: {error}")))
    }

    /// With whom it is not shared is forgotten.
    fn apply(row: &mut Self::Row, draft: SavedViewDraft) -> Result<(), Failure> {
        let SavedViewDraft { resource, name, filters, sort, columns, shared, role, site_id } =
            draft;
        resource.word().clone_into(&mut row.resource);
        row.name = name;
        row.filters = Json(Value::Object(filters));
        row.sort = sort;
        row.shown = Json(json!(columns));
        word(shared).clone_into(&mut row.shared);
        row.role = role.filter(|_| shared == SharedWith::Role);
        row.site_id = site_id.filter(|_| shared == SharedWith::Site).map(Uid);
        Ok(())
    }

    fn check(
        _: &mut Conn,
        moment: &Moment<'_>,
        draft: &SavedViewDraft,
        _: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure> {
        let (list, caller) = (draft.resource, moment.caller);
        if list != ListName::Cases && !caller.actor.holds(look(list)) {
            return Err(Failure::Forbidden { needs: look(list).to_owned() });
        }
        let mut found = Vec::new();
        let mut filters = draft.filters.clone();
        if filters.remove("sort").is_some() {
            let detail = Text::new("排序请写在 sort 中。", "The order belongs into `sort`.");
            found.push(Fault::new("/filters/sort", "unknown_member", detail));
        }
        for fault in faults(schema_of(list), &Value::Object(filters)) {
            found.push(Fault { pointer: format!("/filters{}", fault.pointer), ..fault });
        }
        if let Some(sort) = &draft.sort {
            // What is no list's order, the schema has said; that this list has others, it cannot say.
            let order = json!({ "sort": sort });
            if ListName::ALL.iter().any(|it| schema_of(*it).is_valid(&order)) {
                let wrong = faults(schema_of(list), &order).into_iter();
                found.extend(wrong.map(|it| Fault { code: "unknown_sort", ..it }));
            }
        }
        for (index, code) in draft.columns.iter().enumerate() {
            if !is_column(list, code) {
                found.push(no_such_column(&format!("/columns/{index}"), list));
            }
        }
        found.extend(no_such_circle(moment.book, draft));
        Ok(found)
    }

    fn may_read(caller: &Caller, row: &Self::Row) -> bool {
        sees(caller, row)
    }

    /// Its owner keeps what is theirs alone; what is shared is kept by those who may share as widely.
    fn may_write(caller: &Caller, _: &Book, row: &Self::Row) -> Result<bool, Failure> {
        Ok(match row.shared.as_str() {
            "private" => row.owner_id.0 == caller.user_id,
            "role" => caller.actor.holds(Self::WRITE),
            "site" => caller.may_keep(Self::WRITE, row.site_id.map(|it| it.0), None),
            _ => caller.may_everywhere(Self::WRITE),
        })
    }

    fn view(row: Self::Row) -> Result<SavedView, Failure> {
        SavedView::new(row).map_err(|error| Failure::Broken(format!("views: {error}")))
    }
}

impl App {
    /// A view of which nothing has been said yet, of this caller.
    pub fn new_view(&self, caller: &Caller) -> views::View {
        let (id, owner_id) = (Uid(new_id(self.clock.now())), Uid(caller.user_id));
        views::View { id, owner_id, shared: "private".to_owned(), ..views::View::default() }
    }

    /// One view, with what the caller would find by it if that is asked for.
    pub async fn get_view(
        &self,
        caller: Arc<Caller>,
        lang: Lang,
        id: Uuid,
        count: bool,
    ) -> Result<Shown<SavedView>, Failure> {
        let mut shown = self.show::<Views>(Arc::clone(&caller), id).await?;
        if count {
            shown.view.total = self.total(&asker(caller, lang), &shown.view).await?;
        }
        Ok(shown)
    }

    /// The views that the caller sees.
    pub async fn list_views(
        &self,
        caller: Arc<Caller>,
        lang: Lang,
        filter: ViewFilter,
        paging: &Paging,
    ) -> Result<Page<SavedView>, Failure> {
        let sort = match filter.sort.unwrap_or_default() {
            ViewSort::NewestFirst => (By::Created, true),
            ViewSort::OldestFirst => (By::Created, false),
            ViewSort::Name => (By::Name, false),
            ViewSort::NameDescending => (By::Name, true),
        };
        let sort = Sort { by: sort.0, descending: sort.1 };
        let part = part(paging, |cursor| sort.made(cursor))?;
        let narrowed = views::Filter {
            q: filter.q,
            resource: filter.resource.into_iter().map(|it| it.word().to_owned()).collect(),
            owner_id: filter.owner_id.iter().map(|it| it.id(caller.user_id)).collect(),
            shared: filter.shared.into_iter().map(|it| word(it).to_owned()).collect(),
            seen_by: Some(reader(&caller)),
        };
        let all = Reach::everything();
        let found = self.read(move |conn| Ok(views::list(conn, &narrowed, &all, sort, &part)?));
        let mut page = page(found.await?, Views::view)?;
        if filter.totals.unwrap_or_default() {
            let asker = asker(caller, lang);
            for view in &mut page.items {
                view.total = self.total(&asker, view).await?;
            }
        }
        Ok(page)
    }

    /// How many things somebody finds by a view; nothing where they may not look.
    async fn total(&self, asker: &Asker, view: &SavedView) -> Result<Option<i64>, Failure> {
        match view.resource {
            ListName::Cases => self.total_of::<Cases>(asker, view).await,
            ListName::Customers => self.total_of::<Customers>(asker, view).await,
            ListName::Assets => self.total_of::<Assets>(asker, view).await,
            ListName::Sites => self.total_of::<Sites>(asker, view).await,
            ListName::Users => self.total_of::<Users>(asker, view).await,
            ListName::Roles => self.total_of::<Roles>(asker, view).await,
            ListName::Procedures => self.total_of::<Procedures>(asker, view).await,
            ListName::Calendars => self.total_of::<Calendars>(asker, view).await,
            ListName::Events => Ok(None),
            ListName::Clauses => self.total_of::<Clauses>(asker, view).await,
            ListName::Compliance => self.total_of::<Compliance>(asker, view).await,
            ListName::Duties => self.total_of::<Duties>(asker, view).await,
        }
    }

    async fn total_of<L: Listing>(
        &self,
        asker: &Asker,
        view: &SavedView,
    ) -> Result<Option<i64>, Failure> {
        if L::NAME != ListName::Cases && !asker.caller.actor.holds(L::LOOK) {
            return Ok(None);
        }
        let query = saved(&view.filters, view.sort.as_deref());
        let paging = Paging { limit: Some(1), count: Some(true), ..Paging::default() };
        let page = L::page(self, asker, read_filter(query)?, &paging).await?;
        Ok(page.total)
    }
}

fn asker(caller: Arc<Caller>, lang: Lang) -> Asker {
    Asker { caller, lang, purpose: Purpose::Look }
}

/// Whether somebody sees a view.
pub(super) fn sees(caller: &Caller, view: &views::View) -> bool {
    let Reader { user_id, shared, roles, sites } = reader(caller);
    view.owner_id.0 == user_id
        || shared.contains(&view.shared)
        || view.role.as_ref().is_some_and(|it| roles.contains(it))
        || view.site_id.is_some_and(|it| sites.contains(&it.0))
}

/// Whose views somebody sees. Who keeps what is shared everywhere sees all of it.
fn reader(caller: &Caller) -> Reader {
    let roles: BTreeSet<_> = caller.grants.iter().map(|it| it.role.clone()).collect();
    let sites: BTreeSet<_> = caller.grants.iter().filter_map(|it| it.site_id).collect();
    let keeps = caller.may_everywhere(Views::WRITE);
    let shared = if keeps { &["all", "role", "site"][..] } else { &["all"] };
    Reader {
        user_id: caller.user_id,
        shared: shared.iter().map(|it| (*it).to_owned()).collect(),
        roles: roles.into_iter().collect(),
        sites: sites.into_iter().collect(),
    }
}

fn word(shared: SharedWith) -> &'static str {
    match shared {
        SharedWith::Private => "private",
        SharedWith::Role => "role",
        SharedWith::Site => "site",
        SharedWith::All => "all",
    }
}

/// The permission to look at a list.
fn look(list: ListName) -> &'static str {
    match list {
        ListName::Cases => Cases::LOOK,
        ListName::Customers => Customers::LOOK,
        ListName::Assets => Assets::LOOK,
        ListName::Sites => Sites::LOOK,
        ListName::Users => Users::LOOK,
        ListName::Roles => Roles::LOOK,
        ListName::Procedures => Procedures::LOOK,
        ListName::Calendars => Calendars::LOOK,
        ListName::Events => Events::LOOK,
        ListName::Clauses => Clauses::LOOK,
        ListName::Compliance => Compliance::LOOK,
        ListName::Duties => Duties::LOOK,
    }
}

/// What a list's filter may hold: exactly what its query may.
fn schema_of(list: ListName) -> &'static Validator {
    macro_rules! schema {
        ($list:ty) => {{
            static SCHEMA: LazyLock<Validator> =
                LazyLock::new(filters_schema::<<$list as Listing>::Filter>);
            &SCHEMA
        }};
    }
    match list {
        ListName::Cases => schema!(Cases),
        ListName::Customers => schema!(Customers),
        ListName::Assets => schema!(Assets),
        ListName::Sites => schema!(Sites),
        ListName::Users => schema!(Users),
        ListName::Roles => schema!(Roles),
        ListName::Procedures => schema!(Procedures),
        ListName::Calendars => schema!(Calendars),
        ListName::Events => schema!(Events),
        ListName::Clauses => schema!(Clauses),
        ListName::Compliance => schema!(Compliance),
        ListName::Duties => schema!(Duties),
    }
}

/// A role or a site to share with that is missing or not there.
fn no_such_circle(book: &Book, draft: &SavedViewDraft) -> Option<Fault> {
    let fault = |pointer: &str, code, zh: &str, en: &str| {
        Some(Fault::new(pointer, code, Text::new(zh, en)))
    };
    match (draft.shared, &draft.role, draft.site_id) {
        (SharedWith::Role, None, _) => {
            fault("/role", "required", "与角色共享时必填。", "Sharing with a role needs the role.")
        }
        (SharedWith::Role, Some(role), _) if book.role(role).is_none() => {
            fault("/role", "unknown_role", "没有这个角色。", "There is no such role.")
        }
        (SharedWith::Site, _, None) => fault(
            "/site_id",
            "required",
            "与管理处共享时必填。",
            "Sharing with a site needs the site.",
        ),
        (SharedWith::Site, _, Some(_)) if book.site_of(draft.site_id).is_none() => {
            fault("/site_id", "unknown_site", "没有这个管理处。", "There is no such site.")
        }
        _ => None,
    }
}
