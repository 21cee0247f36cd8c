//! Plain records and published documents.

use crate::database::on_each;
use crate::fixtures::{at, change, id};
use kefu_persistence::events::{self, id_of_code};
use kefu_persistence::published::{Published, calendars, procedures};
use kefu_persistence::records::assets::{self, Asset};
use kefu_persistence::records::customers::{self, Customer, Filter};
use kefu_persistence::records::roles::{self, Role};
use kefu_persistence::records::sites::{self, Site};
use kefu_persistence::records::users::{self, User};
use kefu_persistence::{Json, Page, StoreError, Uid, settings};
use serde_json::json;

fn customer(n: u128, name: &str) -> Customer {
    Customer {
        id: Uid(id(n)),
        name: name.to_owned(),
        kind: "person".to_owned(),
        phone: Some("13800138000".to_owned()),
        ..Customer::default()
    }
}

#[test]
fn a_record_is_made_changed_and_hidden_and_the_log_says_so() {
    on_each(|database| {
        let made = database.write(|conn| customers::insert(conn, customer(1, "李"), change(0)));
        assert_eq!((made.version, made.created_at.0), (1, at(0)));
        let (before, mut after) = (made.clone(), made.clone());
        after.phone = None;
        after.email = Some("li@example.cn".to_owned());
        let (first, wanted) = (before.clone(), after.clone());
        let changed =
            database.write(move |conn| customers::update(conn, &first, wanted, change(1)));
        assert_eq!(
            (changed.version, changed.created_at, changed.updated_at.0),
            (2, made.created_at, at(1))
        );
        let again = database
            .store
            .write_blocking(move |conn| customers::update(conn, &before, after, change(2)));
        assert!(matches!(again, Err(StoreError::Stale)));
        let found = database.read(|conn| customers::find(conn, id(1)));
        assert_eq!(found, Some(changed.clone()));
        database.write(move |conn| customers::delete(conn, &changed, change(3)));
        assert_eq!(database.read(|conn| customers::find(conn, id(1))), None);
        assert!(database.read(|conn| customers::find_any(conn, id(1))).is_some());
        let log = database.read(|conn| events::timeline(conn, id(1), 0, 10));
        let log: Vec<_> = log.into_iter().map(|event| (event.kind, event.data)).collect();
        let created =
            json!({ "id": id(1), "name": "李", "kind": "person", "phone": "13800138000" });
        assert_eq!(log[0], ("customer.created".to_owned(), created));
        let changed = json!({ "phone": null, "email": "li@example.cn" });
        assert_eq!(log[1], ("customer.changed".to_owned(), changed));
        assert_eq!(log[2], ("customer.deleted".to_owned(), json!({})));
    });
}

#[test]
fn records_are_listed_newest_first_by_their_members() {
    on_each(|database| {
        database.write(|conn| {
            (1..=5).try_for_each(|n| {
                let name = if n == 3 { "王" } else { "李" };
                customers::insert(conn, customer(n, name), change(0)).map(drop)
            })
        });
        let filter = Filter { name: Some("李".to_owned()), ..Filter::default() };
        let same = filter.clone();
        let counted = Page { count: true, ..Page::first(3) };
        let page = database.read(move |conn| customers::list(conn, &filter, &counted));
        let ids = |items: &[Customer]| items.iter().map(|row| row.id.0).collect::<Vec<_>>();
        assert_eq!((ids(&page.items), page.total), (vec![id(5), id(4), id(2)], Some(4)));
        let next = Page { after: page.next, ..Page::first(3) };
        let page = database.read(move |conn| customers::list(conn, &same, &next));
        assert_eq!((ids(&page.items), page.next), (vec![id(1)], None));
    });
}

#[test]
fn codes_and_user_names_are_unique_until_deleted() {
    on_each(|database| {
        let site = |n| Site {
            id: Uid(id(n)),
            code: "a".to_owned(),
            packs: Json(json!(["property"])),
            ..Site::default()
        };
        let first = database.write(move |conn| sites::insert(conn, site(1), change(0)));
        let taken =
            database.store.write_blocking(move |conn| sites::insert(conn, site(2), change(0)));
        assert!(matches!(taken, Err(StoreError::Duplicate)));
        database.write(move |conn| sites::delete(conn, &first, change(1)));
        database.write(move |conn| sites::insert(conn, site(2), change(2)));
        let found = database.read(|conn| sites::find_by_code(conn, "a")).unwrap();
        assert_eq!((found.id.0, found.packs.0), (id(2), json!(["property"])));

        let user = |n, name: &str| User {
            id: Uid(id(n)),
            username: name.to_owned(),
            password_hash: "s3cret".to_owned(),
            ..User::default()
        };
        database.write(move |conn| users::insert(conn, user(10, "Wang"), change(0)));
        let taken = database
            .store
            .write_blocking(move |conn| users::insert(conn, user(11, "WANG"), change(0)));
        assert!(matches!(taken, Err(StoreError::Duplicate)));
        let found = database.read(|conn| users::find_by_username(conn, "wAnG")).unwrap();
        assert_eq!((found.username.as_str(), found.password_hash.as_str()), ("Wang", "s3cret"));
        let log = database.read(|conn| events::timeline(conn, id(10), 0, 10));
        assert!(!log[0].data.to_string().contains("s3cret"));

        let unit = |n, kind: &str| Asset {
            id: Uid(id(n)),
            kind: kind.to_owned(),
            code: "3-1203".to_owned(),
            ..Asset::default()
        };
        database.write(move |conn| assets::insert(conn, unit(20, "unit"), change(0)));
        database.write(move |conn| assets::insert(conn, unit(21, "key"), change(0)));
        let found = database.read(|conn| assets::find_by_code(conn, "key", "3-1203")).unwrap();
        assert_eq!(found.id.0, id(21));
    });
}

#[test]
fn roles_go_by_their_code_and_change_the_revision() {
    on_each(|database| {
        let role = Role {
            code: "front_desk".to_owned(),
            permissions: Json(json!(["case.open"])),
            ..Role::default()
        };
        let made = database.write(move |conn| roles::insert(conn, role, change(0)));
        let mut after = made.clone();
        after.permissions = Json(json!(["case.open", "case.read"]));
        database.write(move |conn| roles::update(conn, &made, after, change(1)));
        assert_eq!(database.read(settings::revision), 2);
        let log =
            database.read(|conn| events::timeline(conn, id_of_code("role", "front_desk"), 0, 10));
        assert_eq!(log[1].data, json!({ "permissions": ["case.open", "case.read"] }));
        assert_eq!(database.read(roles::all).len(), 1);
        assert!(database.read(|conn| roles::find(conn, "front_desk")).is_some());
        assert!(database.read(|conn| roles::find(conn, "manager")).is_none());
    });
}

#[test]
fn documents_are_published_in_versions() {
    on_each(|database| {
        let document = |code: &str, version| Published {
            code: code.to_owned(),
            version,
            document: json!({ "code": code, "version": version }),
            source: String::new(),
            published_at: at(0),
            published_by: Some(id(1)),
        };
        let publish = |new: Published| {
            database.store.write_blocking(move |conn| calendars::publish(conn, &new))
        };
        publish(document("office", 1)).unwrap();
        publish(document("office", 2)).unwrap();
        publish(document("always", 1)).unwrap();
        assert!(matches!(publish(document("office", 2)), Err(StoreError::Stale)));
        assert!(matches!(publish(document("office", 4)), Err(StoreError::Stale)));
        let newest = database.read(|conn| calendars::find(conn, "office", None));
        assert_eq!(newest, Some(document("office", 2)));
        let first = database.read(|conn| calendars::find(conn, "office", Some(1)));
        assert_eq!(first, Some(document("office", 1)));
        assert_eq!(
            database.read(calendars::latest),
            [document("always", 1), document("office", 2)]
        );
        assert_eq!(database.read(|conn| calendars::versions(conn, "office")).len(), 2);
        assert_eq!(database.read(|conn| calendars::find(conn, "none", None)), None);
        assert_eq!(database.read(|conn| procedures::latest_version(conn, "office")), 0);
        assert_eq!(database.read(settings::revision), 3);
    });
}
