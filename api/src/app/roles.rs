//! Roles: what posts may do. Those of the packs are there from the first start, and can be changed
//! like any other.

use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_domain::who::EVERYTHING;
use kefu_persistence::records::{Change, roles};
use kefu_persistence::{Conn, Json};
use serde_json::json;

use super::book::ADMIN;
use super::lists::{Asker, Listing};
use super::records::{Resource, Sent, TAKEN};
use super::shelf::{holds, shelf};
use super::{Answer, App, Book, Caller, Failure, Moment, Page, Request};
use crate::params::{ListName, NewRole, Paging, RoleDraft, RoleFilter, compiled};
use crate::views::RoleView;

/// Roles, as records.
#[derive(Debug)]
pub struct Roles;

impl Resource for Roles {
    type Key = String;
    type Row = roles::Role;
    type Draft = RoleDraft;
    type View = RoleView;

    const PATH: &'static str = "/v1/roles";
    const READ: &'static str = "role.read";
    const WRITE: &'static str = "role.write";
    const IN_BOOK: bool = true;

    fn schema() -> &'static Validator {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(compiled::<RoleDraft>);
        &SCHEMA
    }

    fn find(conn: &mut Conn, key: &String) -> Result<Option<Self::Row>, Failure> {
        Ok(roles::find(conn, key)?)
    }

    fn insert(conn: &mut Conn, row: Self::Row, change: Change) -> Result<Self::Row, Failure> {
        if row.code == "export" {
            let detail = Text::new(
                "`export` 是接口自己的地址，请换一个编码。",
                "`export` is an address of the API's own; take another code.",
            );
            return Err(Failure::Duplicate(Fault::new("/code", TAKEN, detail)));
        }
        // A role that was taken away keeps its code: grants of old still name it.
        if roles::find_any(conn, &row.code)?.is_some() {
            let detail = Text::new("已有角色使用此编码。", "Another role has, or had, this code.");
            return Err(Failure::Duplicate(Fault::new("/code", TAKEN, detail)));
        }
        Ok(roles::insert(conn, row, change)?)
    }

    fn update(
        conn: &mut Conn,
        before: &Self::Row,
        after: Self::Row,
        change: Change,
    ) -> Result<Self::Row, Failure> {
        Ok(roles::update(conn, before, after, change)?)
    }

    fn delete(conn: &mut Conn, row: &Self::Row, change: Change) -> Result<(), Failure> {
        Ok(roles::delete(conn, row, change).map(drop)?)
    }

    fn version(row: &Self::Row) -> i64 {
        row.version.into()
    }

    fn place(row: &Self::Row) -> String {
        row.code.clone()
    }

    fn draft(row: &Self::Row) -> Result<RoleDraft, Failure> {
        let draft = json!({
            "title": row.title.0, "permissions": row.permissions.0, "clauses": row.clauses.0,
        });
        serde_json::from_value(draft).map_err(|error| Failure::Broken(format!("roles: {error}")))
    }

    fn apply(row: &mut Self::Row, draft: RoleDraft) -> Result<(), Failure> {
        let RoleDraft { title, permissions, clauses } = draft;
        row.title = Json(json!(title));
        row.permissions = Json(json!(permissions));
        row.clauses = Json(json!(clauses));
        Ok(())
    }

    fn check(
        _: &mut Conn,
        moment: &Moment<'_>,
        draft: &RoleDraft,
        before: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure> {
        let mut faults = Vec::new();
        let known = moment.book.permissions();
        let had: Vec<String> = match before {
            Some(row) => Self::draft(row)?.permissions,
            None => Vec::new(),
        };
        for (index, permission) in draft.permissions.iter().enumerate() {
            if !known.contains_key(permission) && !had.contains(permission) {
                let detail = Text::new("没有这项权限。", "There is no such permission.");
                let at = format!("/permissions/{index}");
                faults.push(Fault::new(at, "unknown_permission", detail));
            }
        }
        for (index, clause) in draft.clauses.iter().enumerate() {
            if !moment.book.library().clauses.contains_key(clause) {
                let detail = Text::new("没有这条条款。", "There is no such clause.");
                faults.push(Fault::new(format!("/clauses/{index}"), "unknown_clause", detail));
            }
        }
        let actor = &moment.caller.actor;
        let more = |it: &&String| !had.contains(it) && !actor.holds(it) && !actor.holds(EVERYTHING);
        if let Some(needs) = draft.permissions.iter().find(more).filter(|_| faults.is_empty()) {
            return Err(Failure::Forbidden { needs: needs.clone() });
        }
        Ok(faults)
    }

    fn may_read(caller: &Caller, _: &Self::Row) -> bool {
        caller.actor.holds(Self::READ)
    }

    fn may_write(caller: &Caller, _: &Book, _: &Self::Row) -> Result<bool, Failure> {
        Ok(caller.may_everywhere(Self::WRITE))
    }

    /// The administrator's role stays, and a role that somebody has is not taken away.
    fn after(
        _: &mut Conn,
        moment: &Moment<'_>,
        before: &Self::Row,
        after: Option<&Self::Row>,
    ) -> Result<(), Failure> {
        if before.code == ADMIN {
            let detail =
                Text::new("系统管理员角色不可改动。", "The administrator's role stays as it is.");
            return Err(Failure::InUse(detail));
        }
        let has = |it: &Arc<Caller>| it.grants.iter().any(|grant| grant.role == before.code);
        if after.is_none() && moment.book.callers().any(has) {
            let detail = Text::new("仍有用户担任该角色。", "Somebody still has this role.");
            return Err(Failure::InUse(detail));
        }
        Ok(())
    }

    fn view(row: Self::Row) -> Result<RoleView, Failure> {
        Ok(row.into())
    }
}

impl App {
    /// Creates a role.
    pub async fn create_role(
        &self,
        request: Request,
        sent: Sent<NewRole>,
    ) -> Result<Answer, Failure> {
        let Sent { value, faults } = sent;
        let code = value.code.clone();
        let row = roles::Role { code, ..roles::Role::default() };
        self.create::<Roles>(request, row, Sent { value: value.into(), faults }).await
    }
}

impl Listing for Roles {
    type Filter = RoleFilter;
    type Item = RoleView;

    const NAME: ListName = ListName::Roles;
    const LOOK: &'static str = "role.read";
    const EXPORT: &'static str = "role.read";

    /// The roles, by code.
    async fn page(
        app: &App,
        _: &Asker,
        filter: RoleFilter,
        paging: &Paging,
    ) -> Result<Page<RoleView>, Failure> {
        let mut all = app.read(|conn| Ok(roles::all(conn)?)).await?;
        all.retain(|role| {
            let text = format!("{} {}", role.code, role.title.0);
            let may = |permission: &String| {
                let all = role.permissions.0.as_array().map(Vec::as_slice).unwrap_or_default();
                all.iter().any(|it| it == permission || it == EVERYTHING)
            };
            holds(&text, filter.q.as_deref()) && filter.permission.as_ref().is_none_or(may)
        });
        let asked = (paging.limit, paging.cursor.as_deref(), paging.count);
        shelf(all.into_iter(), |it| it.code.clone(), asked, RoleView::from)
    }
}
