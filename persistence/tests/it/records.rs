//! Plain records and published documents.

use crate::database::on_each;
use crate::fixtures::{at, change, id};
use kefu_domain::who::Reach;
use kefu_persistence::events::{self, id_of_code};
use kefu_persistence::published::{Published, calendars, procedures};
use kefu_persistence::records::assets::{self, Asset};
use kefu_persistence::records::customers::{self, By, Customer, Filter, Sort};
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
        let (same, newest) = (filter.clone(), Sort::default());
        let counted = Page { count: true, ..Page::first(3) };
        let page = database.read(move |conn| {
            customers::list(conn, &filter, &Reach::everything(), newest, &counted)
        });
        let ids = |items: &[Customer]| items.iter().map(|row| row.id.0).collect::<Vec<_>>();
        assert_eq!((ids(&page.items), page.total), (vec![id(5), id(4), id(2)], Some(4)));
        let next = Page { after: page.next, ..Page::first(3) };
        let page = database
            .read(move |conn| customers::list(conn, &same, &Reach::everything(), newest, &next));
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

/// Customers 1 to 9: three names, sites 1 to 3, every third without a site.
fn crowd(database: &crate::database::Database) {
    database.write(|conn| {
        (1..=9).try_for_each(|n| {
            let name = match n % 3 {
                0 => "丙",
                1 => "甲",
                _ => "Zoe",
            };
            let site_id = (n % 3 != 0).then(|| Uid(id(1000 + n % 3)));
            let phone = Some(format!("1380013800{n}"));
            let customer = Customer { site_id, phone, ..customer(n, name) };
            customers::insert(conn, customer, change(0)).map(drop)
        })
    });
}

/// The numbers of all customers that a walk in pages of two shows.
fn walked(
    database: &crate::database::Database,
    filter: &Filter,
    reach: &Reach,
    sort: Sort,
) -> Vec<u128> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (filter, reach) = (filter.clone(), reach.clone());
        let page = Page { after, limit: 2, count: true };
        let page = database.read(move |conn| customers::list(conn, &filter, &reach, sort, &page));
        let total = page.total.unwrap();
        seen.extend(page.items.iter().map(|row| row.id.0.as_u128() - id(0).as_u128()));
        after = page.next;
        let Some(cursor) = &after else {
            assert_eq!(usize::try_from(total), Ok(seen.len()));
            return seen;
        };
        assert!(sort.made(cursor));
    }
}

#[test]
fn records_are_walked_in_every_order_without_gap_or_double() {
    on_each(|database| {
        crowd(database);
        let order = |by, descending| {
            walked(database, &Filter::default(), &Reach::everything(), Sort { by, descending })
        };
        assert_eq!(order(By::Created, true), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(order(By::Created, false), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        // By code point: Zoe, then 丙 (U+4E19), then 甲 (U+7532).
        assert_eq!(order(By::Name, false), [2, 5, 8, 3, 6, 9, 1, 4, 7]);
        assert_eq!(order(By::Name, true), [7, 4, 1, 9, 6, 3, 8, 5, 2]);
        let by_name = Sort { by: By::Name, descending: false };
        let first = database.read(move |conn| {
            let (all, page) = (Reach::everything(), Page::first(2));
            customers::list(conn, &Filter::default(), &all, by_name, &page)
        });
        assert!(!Sort::default().made(&first.next.unwrap()), "a cursor belongs to its order");
    });
}

#[test]
fn a_list_of_records_shows_sites_what_has_none_and_ones_own() {
    on_each(|database| {
        crowd(database);
        let sites = |numbers: &[u128]| numbers.iter().map(|n| id(1000 + n)).collect();
        for descending in [false, true] {
            for by in [By::Created, By::Name] {
                let seen = |filter: &Filter, reach: &Reach| {
                    let sort = Sort { by, descending };
                    let mut seen = walked(database, filter, reach, sort);
                    seen.sort_unstable();
                    seen
                };
                let all = Filter::default();
                let one = Reach { sites: sites(&[1]), ..Reach::default() };
                assert_eq!(seen(&all, &Reach::default()), [3, 6, 9]);
                assert_eq!(seen(&all, &one), [1, 3, 4, 6, 7, 9]);
                let own = Reach { customer: Some(id(2)), ..one.clone() };
                assert_eq!(seen(&all, &own), [1, 2, 3, 4, 6, 7, 9]);
                let many = Reach { sites: (1..=12).map(|n| id(1000 + n)).collect(), ..own.clone() };
                assert_eq!(seen(&all, &many), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
                let there = Filter { site_id: vec![id(1002)], ..Filter::default() };
                assert_eq!(seen(&there, &one), []);
                assert_eq!(seen(&there, &own), [2]);
                let both = Filter { site_id: vec![id(1001), id(1002)], ..Filter::default() };
                assert_eq!(seen(&both, &Reach::everything()), [1, 2, 4, 5, 7, 8]);
                assert_eq!(seen(&both, &one), [1, 4, 7]);
            }
        }
    });
}

#[test]
fn words_are_found_anywhere_in_a_record_and_signs_are_only_signs() {
    on_each(|database| {
        crowd(database);
        database.write(|conn| {
            let odd = Customer {
                email: Some("a_b%c@Example.cn".to_owned()),
                ..customer(10, "王小明")
            };
            customers::insert(conn, odd, change(0)).map(drop)
        });
        let found = |q: &str| {
            let filter = Filter { q: Some(q.to_owned()), ..Filter::default() };
            walked(database, &filter, &Reach::everything(), Sort::default())
        };
        assert_eq!(found("zoe"), [8, 5, 2]);
        assert_eq!(found("甲"), [7, 4, 1]);
        assert_eq!(found("139"), []);
        assert_eq!(found("8004"), [4]);
        assert_eq!(found("甲 8004"), [4]);
        assert_eq!(found("小明"), [10]);
        assert_eq!(found("EXAMPLE"), [10]);
        assert_eq!(found("a_b%"), [10]);
        assert_eq!(found("a.b"), []);
        assert_eq!(found("%"), [10]);
        assert_eq!(found("  ").len(), 10);
    });
}

#[test]
fn users_are_found_by_role_and_by_site() {
    on_each(|database| {
        let user = |n, grants| User {
            id: Uid(id(n)),
            username: format!("u{n}"),
            grants: Json(grants),
            ..User::default()
        };
        let at = |n: u128| json!([{ "role": "front_desk", "scope": "site", "site_id": id(n) }]);
        database.write(move |conn| {
            users::insert(conn, user(1, at(1001)), change(0))?;
            users::insert(conn, user(2, at(1002)), change(0))?;
            users::insert(
                conn,
                user(3, json!([{ "role": "auditor", "scope": "all" }])),
                change(0),
            )?;
            users::insert(conn, user(4, json!([])), change(0)).map(drop)
        });
        let found = |filter: users::Filter| {
            let list = move |conn: &mut kefu_persistence::Conn| {
                let page = Page::first(9);
                users::list(conn, &filter, &Reach::everything(), users::Sort::default(), &page)
            };
            let items = database.read(list).items;
            items.iter().map(|it| it.username.clone()).collect::<Vec<_>>()
        };
        let role = |roles: &[&str]| users::Filter {
            role: Some(roles.iter().map(|it| (*it).to_owned()).collect()),
            ..users::Filter::default()
        };
        assert_eq!(found(role(&["front_desk"])), ["u2", "u1"]);
        assert_eq!(found(role(&["front_desk", "auditor"])), ["u3", "u2", "u1"]);
        assert_eq!(found(role(&["' OR 1=1 --"])), Vec::<String>::new());
        let site = users::Filter { site_id: Some(vec![id(1002)]), ..users::Filter::default() };
        assert_eq!(found(site), ["u2"]);
        let name = users::Filter { username: Some("U3".to_owned()), ..users::Filter::default() };
        assert_eq!(found(name), ["u3"]);
    });
}
