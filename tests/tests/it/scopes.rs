//! Who sees and does what where: own, team, site, all.

use kefu_tests::{Client, Office, Scope};
use serde_json::json;

use crate::procedures::simple;

/// Whether it is on any page: others open cases meanwhile, and many.
#[track_caller]
fn lists(who: &Client, case: &str) -> bool {
    let first = "/v1/cases?limit=200&sort=-opened_at";
    let mut page = who.get(first).expect(200);
    loop {
        if page.column("id").iter().any(|it| it == case) {
            return true;
        }
        let Some(cursor) = page["next_cursor"].as_str() else { return false };
        page = who.get(&format!("{first}&cursor={cursor}")).expect(200);
    }
}

#[track_caller]
fn sees(who: &Client, case: &str) -> bool {
    let read = who.get(&format!("/v1/cases/{case}"));
    let listed = lists(who, case);
    match read.status {
        200 => assert!(listed, "readable, but not listed"),
        404 => assert!(!listed, "listed, but not readable"),
        _ => panic!("{read}"),
    }
    read.status == 200
}

#[test]
fn a_site_ends_at_its_fence() {
    let (here, there) = (Office::shared(), Office::shared());
    simple::publish(&here.server);
    let (mine, theirs) = (simple::open(&here).id(), simple::open(&there).id());
    assert_eq!((sees(&here.desk, &mine), sees(&here.desk, &theirs)), (true, false));
    let _hidden = here.desk.act_on(&theirs, "wait", "\"1\"", json!({})).refused(404);
    let filtered = here.desk.get(&format!("/v1/cases?site_id={}", there.site)).expect(200);
    assert!(filtered.items().is_empty(), "{filtered}");
}

#[test]
fn all_is_everywhere() {
    let (here, there) = (Office::shared(), Office::shared());
    simple::publish(&here.server);
    let (mine, theirs) = (simple::open(&here).id(), simple::open(&there).id());
    let everywhere = here.server.user("cs_manager", Scope::All);
    assert!(sees(&everywhere, &mine) && sees(&everywhere, &theirs));
}

#[test]
fn own_is_what_one_opened_owns_or_works_on() {
    let office = Office::shared();
    simple::publish(&office.server);
    let modest = office.server.user("front_desk", Scope::Own);
    let (given, others) = (simple::open(&office).id(), simple::open(&office).id());
    assert!(!sees(&modest, &given) && !sees(&modest, &others));
    let _given = office.desk.act(&given, "assign", json!({ "to": modest.id })).expect(200);
    assert!(sees(&modest, &given), "assigned to them");
    assert!(!sees(&modest, &others));
    let opened = modest.post("/v1/cases", simple::opening(&office));
    if opened.status == 201 {
        assert!(sees(&modest, &opened.id()), "opened by them");
    } else {
        assert_eq!(opened.status, 422, "the customer is not theirs to know of: {opened}");
    }
}

#[test]
fn a_team_sees_what_its_members_work_on() {
    let office = Office::shared();
    simple::publish(&office.server);
    let admin = office.server.admin();
    let join = |who: &Client, team: &str| {
        let path = format!("/v1/users/{}", who.id);
        let etag = admin.get(&path).expect(200).etag();
        let _joined = admin.patch(&path, &etag, json!({ "team": team })).expect(200);
    };
    let member = || office.server.user("complaint_handler", Scope::Team(&office.site));
    let (one, mate, outsider) = (member(), member(), member());
    join(&one, "complaints-a");
    join(&mate, "complaints-a");
    join(&outsider, "complaints-b");
    let case = simple::open(&office).id();
    let _given = office.desk.act(&case, "assign", json!({ "to": one.id })).expect(200);
    assert!(sees(&one, &case) && sees(&mate, &case));
    assert!(!sees(&outsider, &case));
}

#[test]
fn somebody_without_any_grant_sees_nothing() {
    let office = Office::shared();
    simple::publish(&office.server);
    let case = simple::open(&office).id();
    let nobody = office.server.user_with("nobody", &[]);
    let refused = nobody.get("/v1/cases");
    assert!(refused.status == 403 || refused.items().is_empty(), "{refused}");
    let hidden = nobody.get(&format!("/v1/cases/{case}"));
    assert!(matches!(hidden.status, 403 | 404), "{hidden}");
    let _me = nobody.get("/v1/me").expect(200);
}

#[test]
fn two_grants_add_up() {
    let (here, there) = (Office::shared(), Office::shared());
    simple::publish(&here.server);
    let grants =
        [Scope::Site(&here.site).grant("front_desk"), Scope::Site(&there.site).grant("auditor")];
    let both = here.server.user_with("both", &grants);
    let (mine, theirs) = (simple::open(&here).id(), simple::open(&there).id());
    assert!(sees(&both, &mine) && sees(&both, &theirs));
    let _may = both.act(&mine, "wait", json!({})).expect(200);
    let _reads_only = both.act(&theirs, "wait", json!({})).refused(403);
}
