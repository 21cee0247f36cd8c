//! Lists: cursors that neither lose nor double.

use std::collections::HashSet;
use std::thread;

use kefu_tests::{Client, Office, Reply};

use crate::procedures::simple;

/// Opens `count` cases, eight at a time; their ids.
fn open_many(office: &Office, count: usize) -> HashSet<String> {
    thread::scope(|scope| {
        let open = |share: usize| {
            let opened = (0..share).map(|_| simple::open(office).id());
            opened.collect::<Vec<_>>()
        };
        let writers: Vec<_> = (0..8)
            .map(|n| {
                let share = count / 8 + usize::from(n < count % 8);
                scope.spawn(move || open(share))
            })
            .collect();
        writers.into_iter().flat_map(|it| it.join().unwrap()).collect()
    })
}

/// Every page of a list, with `between` run after each.
fn walk(client: &Client, list: &str, mut between: impl FnMut(usize)) -> Vec<Reply> {
    let (mut pages, mut path) = (Vec::new(), list.to_owned());
    loop {
        let page = client.get(&path).expect(200);
        let cursor = page["next_cursor"].as_str().map(str::to_owned);
        let link = page.header("link").map(str::to_owned);
        pages.push(page);
        let Some(cursor) = cursor else {
            assert_eq!(link, None, "the last page links to none");
            return pages;
        };
        let link = link.expect("a page with a next one links to it");
        let (target, relation) = link.split_once('>').expect("a link is in angle brackets");
        assert!(relation.contains("rel=\"next\""), "{link}");
        assert!(target.contains("cursor="), "{link}");
        between(pages.len());
        path = target.trim_start_matches('<').replace(client.server().url(), "");
        assert!(!cursor.is_empty());
    }
}

fn ids(pages: &[Reply]) -> Vec<String> {
    pages.iter().flat_map(|page| page.column("id")).collect()
}

#[test]
fn five_hundred_cases_are_walked_while_others_come_in() {
    let office = Office::shared();
    simple::publish(&office.server);
    let opened = open_many(&office, 500);
    for sort in ["", "&sort=opened_at", "&sort=-opened_at", "&sort=due_at"] {
        let list = format!("/v1/cases?site_id={}&limit=37{sort}", office.site);
        let pages = walk(&office.desk, &list, |page| {
            if page % 4 == 0 {
                let _newcomer = simple::open(&office);
            }
        });
        let seen = ids(&pages);
        let distinct: HashSet<_> = seen.iter().cloned().collect();
        assert_eq!(distinct.len(), seen.len(), "{list} doubles");
        assert!(opened.is_subset(&distinct), "{list} loses {:?}", opened.difference(&distinct));
    }
}

#[test]
fn a_list_is_in_the_order_asked_for() {
    let office = Office::shared();
    simple::publish(&office.server);
    let _opened = open_many(&office, 24);
    for (sort, member, descending) in [
        ("opened_at", "opened_at", false),
        ("-opened_at", "opened_at", true),
        ("due_at", "due_at", false),
        ("-due_at", "due_at", true),
    ] {
        let list = format!("/v1/cases?site_id={}&limit=7&sort={sort}", office.site);
        let pages = walk(&office.desk, &list, |_| {});
        let column: Vec<_> = pages.iter().flat_map(|page| page.column(member)).collect();
        let mut sorted = column.clone();
        sorted.sort();
        if descending {
            sorted.reverse();
        }
        assert_eq!(column, sorted, "{sort}");
    }
}

#[test]
fn limits_have_bounds_and_a_default() {
    let office = Office::shared();
    simple::publish(&office.server);
    let _opened = open_many(&office, 52);
    let list = |query: &str| office.desk.get(&format!("/v1/cases?site_id={}{query}", office.site));
    assert_eq!(list("").expect(200).items().len(), 50);
    assert_eq!(list("&limit=1").expect(200).items().len(), 1);
    assert_eq!(list("&limit=200").expect(200).items().len(), 52);
    for limit in ["0", "201", "-1", "many"] {
        let reply = list(&format!("&limit={limit}"));
        assert!(matches!(reply.status, 400 | 422), "limit={limit} answered {reply}");
    }
}

#[test]
fn a_total_comes_when_asked_for() {
    let office = Office::shared();
    simple::publish(&office.server);
    let _opened = open_many(&office, 9);
    let list = |query: &str| {
        let path = format!("/v1/cases?site_id={}&limit=4{query}", office.site);
        office.desk.get(&path).expect(200)
    };
    assert_eq!(list("&count=true")["total"], 9);
    assert!(list("").body.get("total").is_none_or(serde_json::Value::is_null));
}

#[test]
fn a_cursor_that_is_none_is_refused() {
    let office = Office::shared();
    simple::publish(&office.server);
    let _opened = open_many(&office, 3);
    let list = format!("/v1/cases?site_id={}&limit=2", office.site);
    let good = office.desk.get(&list).expect(200).text_at("/next_cursor");
    let cut = good.get(..good.len() / 2).unwrap_or_default().to_owned();
    for cursor in ["x", "AAAA", "%00", cut.as_str()] {
        let reply = office.desk.get(&format!("{list}&cursor={cursor}"));
        assert!(matches!(reply.status, 400 | 422), "cursor={cursor} answered {reply}");
    }
}

#[test]
fn a_cursor_belongs_to_its_order() {
    let office = Office::shared();
    simple::publish(&office.server);
    let _opened = open_many(&office, 3);
    let list = format!("/v1/cases?site_id={}&limit=2", office.site);
    let cursor =
        office.desk.get(&format!("{list}&sort=due_at")).expect(200).text_at("/next_cursor");
    let reply = office.desk.get(&format!("{list}&sort=-opened_at&cursor={cursor}"));
    assert!(matches!(reply.status, 400 | 422), "{reply}");
}

#[test]
fn every_plain_list_pages_the_same_way() {
    let server = kefu_tests::Server::shared();
    let site = server.site();
    let made: HashSet<_> = (0..7).map(|_| server.customer(&site)).collect();
    let list = format!("/v1/customers?site_id={site}&limit=3");
    let pages = walk(&server.admin(), &list, |_| {});
    assert_eq!(pages.len(), 3);
    assert_eq!(ids(&pages).into_iter().collect::<HashSet<_>>(), made);
    for list in ["/v1/sites", "/v1/users", "/v1/assets", "/v1/roles", "/v1/procedures"] {
        let page = server.admin().get(&format!("{list}?limit=1")).expect(200);
        assert!(page.items().len() <= 1, "{page}");
        assert!(page.body.get("next_cursor").is_some(), "{page}");
    }
}
