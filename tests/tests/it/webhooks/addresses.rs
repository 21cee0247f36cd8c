//! Where a server sends nothing, whoever asks.

use std::net::TcpListener;

use kefu_tests::{Server, kefu};
use serde_json::json;

use super::eventually;

#[test]
fn an_address_that_is_not_of_the_open_internet_is_refused() {
    let server = Server::shared();
    let (admin, site) = (server.admin(), server.site());
    let list = format!("/v1/webhooks?site_id={site}&count=true");
    for url in [
        "http://example.com/hook",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://10.0.0.1:8443/x",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[fd00:ec2::254]/",
        "https://[::ffff:192.168.1.1]/",
        "ftp://example.com/",
    ] {
        let refused = admin.post("/v1/webhooks", json!({ "url": url, "site_id": site }));
        let refused = refused.refused(422);
        assert_eq!(refused.pointers(), ["/url"], "{url}");
        assert_eq!(refused.body["errors"][0]["code"], "address_not_allowed", "{url}");
    }
    let named = json!({ "url": "https://somebody:secret@example.com/", "site_id": site });
    let refused = admin.post("/v1/webhooks", named).refused(422);
    assert_eq!(refused.body["errors"][0]["code"], "credentials");
    assert_eq!(admin.get(&list).expect(200)["total"], 0);
    let wish = json!({ "url": "https://example.com/hook", "enabled": false });
    let made = admin.post("/v1/webhooks", wish).expect(201);
    let path = format!("/v1/webhooks/{}", made.id());
    let moved = admin.patch(&path, &made.etag(), json!({ "url": "https://127.0.0.1/" }));
    assert_eq!(moved.refused(422).pointers(), ["/url"]);
    let still = admin.get(&path).expect(200);
    assert_eq!((&still["url"], still.etag()), (&json!("https://example.com/hook"), made.etag()));
    let _gone = admin.delete(&path, &made.etag()).expect(204);
}

#[test]
fn a_name_that_leads_to_this_machine_leads_nowhere() {
    let server = Server::start();
    let admin = server.admin();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let wish = json!({ "url": format!("https://localhost:{port}/hook"), "types": ["asset.*"] });
    let made = admin.post("/v1/webhooks", wish).expect(201);
    let path = format!("/v1/webhooks/{}", made.id());
    let ping = admin.post(&format!("{path}/ping"), json!({})).expect(201);
    let place = format!("{path}/deliveries/{}", ping.id());
    let tried = eventually(&server, || {
        let found = admin.get(&place).expect(200).body;
        if found["attempts"] == 1 { Ok(found) } else { Err(found.to_string()) }
    });
    assert_eq!(
        (&tried["last_error"], &tried["status"]),
        (&json!("address_not_allowed"), &json!("pending"))
    );
    assert!(tried["last_status"].is_null() && tried["log"][0]["body"].is_null(), "{tried}");
    assert!(listener.accept().is_err(), "somebody knocked");
    assert_eq!(server.stop(), Some(0));
    let _whole = kefu(Some(server.database()), &["verify"]).succeeded();
}
