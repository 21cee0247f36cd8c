//! Users: who works here, and with which posts.
//!
//! **Invariant.** Nobody gives away what they do not have: a grant's permissions are its giver's.

use std::sync::LazyLock;

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_domain::who::{EVERYTHING, Grant, Reach};
use kefu_persistence::records::customers;
use kefu_persistence::records::users::{self, By, Sort};
use kefu_persistence::sessions::{self, Ending};
use kefu_persistence::{Conn, Json, Uid};
use serde_json::json;
use uuid::Uuid;

use super::lists::{Asker, Listing};
use super::records::{Resource, Sent, TAKEN, change, page, part, stored_by_id};
use super::{Answer, App, Book, Caller, Expected, Failure, Moment, Page, Request};
use crate::auth::weakness;
use crate::ids::new_id;
use crate::params::{
    GrantDraft, GrantScope, ListName, NewUser, Paging, UserDraft, UserFilter, UserSort, compiled,
};
use crate::views::UserView;

/// Users, as records.
#[derive(Debug)]
pub struct Users;

impl Resource for Users {
    type Key = Uuid;
    type Row = users::User;
    type Draft = UserDraft;
    type View = UserView;

    const PATH: &'static str = "/v1/users";
    const READ: &'static str = "user.read";
    const WRITE: &'static str = "user.write";
    const IN_BOOK: bool = true;

    fn schema() -> &'static Validator {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(compiled::<UserDraft>);
        &SCHEMA
    }

    stored_by_id!(users);

    fn draft(row: &Self::Row) -> Result<UserDraft, Failure> {
        let view = Self::view(row.clone())?;
        let UserView {
            username,
            display_name,
            email,
            phone,
            team,
            customer_id,
            active,
            grants,
            ..
        } = view;
        Ok(UserDraft {
            username,
            password: None,
            password_hash: None,
            display_name,
            email,
            phone,
            team,
            customer_id,
            active,
            grants,
        })
    }

    fn apply(row: &mut Self::Row, draft: UserDraft) -> Result<(), Failure> {
        let UserDraft {
            username,
            password: _,
            password_hash,
            display_name,
            email,
            phone,
            team,
            customer_id,
            active,
            grants,
        } = draft;
        row.username = username;
        if let Some(hash) = password_hash {
            row.password_hash = hash;
        }
        row.display_name = display_name;
        row.email = email;
        row.phone = phone;
        row.team = team;
        row.customer_id = customer_id.map(Uid);
        row.active = active;
        row.grants = Json(json!(grants));
        Ok(())
    }

    fn check(
        conn: &mut Conn,
        moment: &Moment<'_>,
        draft: &UserDraft,
        before: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure> {
        let mut faults = Vec::new();
        for (index, grant) in draft.grants.iter().enumerate() {
            faults.extend(grant_faults(moment.book, index, grant));
        }
        if let Some(id) = draft.customer_id
            && customers::find(conn, id)?.is_none()
        {
            let detail = Text::new("没有这个客户。", "There is no such customer.");
            faults.push(Fault::new("/customer_id", "unknown_customer", detail));
        }
        let password = draft.password.as_deref();
        if let Some(weak) = password.and_then(|it| weakness(it, &draft.username)) {
            faults.push(weak.fault("/password"));
        }
        let taken = users::find_by_username(conn, &draft.username)?;
        if taken.is_some_and(|it| before.is_none_or(|before| before.id != it.id)) {
            let detail = Text::new("此用户名已被使用。", "Somebody else has this user name.");
            faults.push(Fault::new("/username", TAKEN, detail));
        }
        if faults.is_empty() {
            not_more_than_own(moment, draft, before)?;
        }
        Ok(faults)
    }

    fn may_read(caller: &Caller, row: &Self::Row) -> bool {
        row.id.0 == caller.user_id || caller.actor.holds(Self::READ)
    }

    /// Somebody is kept by those whose permission reaches wherever they have a post.
    fn may_write(caller: &Caller, _: &Book, row: &Self::Row) -> Result<bool, Failure> {
        let grants = grants(row)?;
        let reached = |it: &GrantDraft| caller.may_keep(Self::WRITE, it.site_id, None);
        Ok(if grants.is_empty() {
            caller.may_everywhere(Self::WRITE)
        } else {
            grants.iter().all(reached)
        })
    }

    /// Who has a new password, or may not sign in any more, has no sign-in left; and nobody shuts
    /// themselves out.
    fn after(
        conn: &mut Conn,
        moment: &Moment<'_>,
        before: &Self::Row,
        after: Option<&Self::Row>,
    ) -> Result<(), Failure> {
        let stays = after.filter(|it| it.active);
        if stays.is_none() && before.id.0 == moment.caller.user_id {
            let detail = Text::new("不能停用或删除自己。", "Nobody deactivates themselves.");
            return Err(Failure::InUse(detail));
        }
        if stays.is_none_or(|it| it.password_hash != before.password_hash) {
            let reason = if stays.is_some() { "password" } else { "deactivated" };
            let ending = Ending { reason, change: change(moment), at: moment.real_now };
            sessions::end_all(conn, before.id.0, None, &ending)?;
        }
        Ok(())
    }

    fn view(row: Self::Row) -> Result<UserView, Failure> {
        let grants = grants(&row)?;
        Ok(UserView::new(row, grants))
    }
}

impl App {
    /// Creates a user.
    pub async fn create_user(
        &self,
        request: Request,
        sent: Sent<NewUser>,
    ) -> Result<Answer, Failure> {
        let Sent { value, faults } = sent;
        let mut draft = UserDraft::from(value);
        // A hash costs a core 25 ms: none for what will be refused anyway.
        let mut request = request;
        if let Some(password) = draft.password.clone().filter(|_| faults.is_empty()) {
            draft.password_hash = Some(self.passwords.hash(password).await?);
            request = self.stretched(request).await?;
        }
        let row = users::User { id: Uid(new_id(self.clock.now())), ..users::User::default() };
        self.create::<Users>(request, row, Sent { value: draft, faults }).await
    }

    /// Changes a user.
    pub async fn change_user(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
        patch: serde_json::Value,
    ) -> Result<Answer, Failure> {
        let password = patch.get("password").and_then(|it| it.as_str()).map(str::to_owned);
        let mut request = request;
        let hash = match password {
            Some(password) => {
                request = self.stretched(request).await?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let amend = move |draft: &mut UserDraft| draft.password_hash = hash;
        self.change::<Users>(request, id, expected, patch, amend).await
    }
}

impl Listing for Users {
    type Filter = UserFilter;
    type Item = UserView;

    const NAME: ListName = ListName::Users;
    const LOOK: &'static str = "user.read";
    const EXPORT: &'static str = "user.export";

    async fn page(
        app: &App,
        _: &Asker,
        filter: UserFilter,
        paging: &Paging,
    ) -> Result<Page<UserView>, Failure> {
        let sort = match filter.sort.unwrap_or_default() {
            UserSort::NewestFirst => (By::Created, true),
            UserSort::OldestFirst => (By::Created, false),
            UserSort::Username => (By::Username, false),
            UserSort::UsernameDescending => (By::Username, true),
            UserSort::Name => (By::Name, false),
            UserSort::NameDescending => (By::Name, true),
        };
        let sort = Sort { by: sort.0, descending: sort.1 };
        let part = part(paging, |cursor| sort.made(cursor))?;
        let filter = users::Filter {
            q: filter.q,
            username: filter.username,
            display_name: filter.display_name,
            team: filter.team,
            active: filter.active,
            customer_id: filter.customer_id,
            role: Some(filter.role).filter(|it| !it.is_empty()),
            site_id: Some(filter.site_id).filter(|it| !it.is_empty()),
        };
        let all = Reach::everything();
        let found = app.read(move |conn| Ok(users::list(conn, &filter, &all, sort, &part)?));
        page(found.await?, Self::view)
    }
}

/// A user whose sign-ins and API keys the caller may see and end: themselves, or somebody they keep.
pub(super) fn kept(
    conn: &mut Conn,
    caller: &Caller,
    book: &Book,
    id: Uuid,
) -> Result<users::User, Failure> {
    let row = users::find(conn, id)?.filter(|row| Users::may_read(caller, row));
    let row = row.ok_or(Failure::NotFound)?;
    if id == caller.user_id || Users::may_write(caller, book, &row)? {
        Ok(row)
    } else {
        Err(Failure::Forbidden { needs: Users::WRITE.to_owned() })
    }
}

fn grants(row: &users::User) -> Result<Vec<GrantDraft>, Failure> {
    serde_json::from_value(row.grants.0.clone())
        .map_err(|error| Failure::Broken(format!("users {}: grants: {error}", row.id.0)))
}

fn grant_faults(book: &Book, index: usize, grant: &GrantDraft) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut add = |member: &str, code, zh: &str, en: &str| {
        faults.push(Fault::new(format!("/grants/{index}/{member}"), code, Text::new(zh, en)));
    };
    if book.role(&grant.role).is_none() {
        add("role", "unknown_role", "没有这个角色。", "There is no such role.");
    }
    match (grant.scope, grant.site_id) {
        (GrantScope::Site, None) => {
            add("site_id", "required", "范围为 site 时必填。", "The scope `site` needs a site.");
        }
        (_, Some(_)) if book.site_of(grant.site_id).is_none() => {
            add("site_id", "unknown_site", "没有这个管理处。", "There is no such site.");
        }
        _ => {}
    }
    faults
}

/// Refuses a new grant that gives what its giver does not have.
fn not_more_than_own(
    moment: &Moment<'_>,
    draft: &UserDraft,
    before: Option<&users::User>,
) -> Result<(), Failure> {
    let had = before.map(grants).transpose()?.unwrap_or_default();
    for grant in draft.grants.iter().filter(|it| !had.contains(it)) {
        let Some(role) = moment.book.role(&grant.role) else { continue };
        let actor = &moment.caller.actor;
        if actor.holds(EVERYTHING) {
            continue;
        }
        if let Some(needs) = role.permissions.iter().find(|it| !actor.holds(it)) {
            return Err(Failure::Forbidden { needs: needs.clone() });
        }
    }
    Ok(())
}

impl From<&Grant> for GrantDraft {
    fn from(grant: &Grant) -> Self {
        use kefu_domain::who::Scope;
        let scope = match grant.scope {
            Scope::Own => GrantScope::Own,
            Scope::Team => GrantScope::Team,
            Scope::Site => GrantScope::Site,
            Scope::All => GrantScope::All,
        };
        Self { role: grant.role.clone(), scope, site_id: grant.site_id }
    }
}
