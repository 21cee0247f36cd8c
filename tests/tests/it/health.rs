//! `/healthz`, `/readyz`, `/metrics`, `/openapi.json`, `/docs`

use kefu_tests::{Server, document};
use serde_json::Value;

/// Where two documents first differ; both in full would fill the screen.
pub(crate) fn difference(left: &Value, right: &Value, place: &str) -> String {
    let inner = |key: &str, left: &Value, right: &Value| {
        (left != right).then(|| difference(left, right, &format!("{place}/{key}")))
    };
    let found = match (left, right) {
        (Value::Object(left), Value::Object(right)) if left.keys().eq(right.keys()) => {
            left.iter().find_map(|(key, value)| inner(key, value, &right[key]))
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(at, (left, right))| inner(&at.to_string(), left, right))
        }
        _ => None,
    };
    found.unwrap_or_else(|| {
        let [left, right] = [left, right].map(|it| it.to_string().chars().take(300).collect());
        let (left, right): (String, String) = (left, right);
        format!("{place}: {left}\nis not {right}")
    })
}

#[test]
fn a_running_server_says_so() {
    let stranger = Server::shared().stranger();
    let _lives = stranger.get("/healthz").expect(200);
    let _ready = stranger.get("/readyz").expect(200);
}

#[test]
fn metrics_are_for_monitors() {
    let server = Server::shared();
    let _something = server.admin().get("/v1/me").expect(200);
    let metrics = server.stranger().get("/metrics").expect(200);
    assert!(metrics.header("content-type").unwrap().starts_with("text/plain"), "{metrics}");
    assert!(metrics.text.contains("# TYPE ") && metrics.text.contains("kefu_"), "{metrics}");
}

#[test]
fn the_description_served_is_the_one_published() {
    let served = Server::shared().stranger().get("/openapi.json").expect(200);
    assert!(served.body == *document(), "{}", difference(&served.body, document(), ""));
    assert_eq!(served["openapi"].as_str().map(|it| it.starts_with("3.1")), Some(true));
}

#[test]
fn the_documentation_is_a_page() {
    let mut page = Server::shared().stranger().get("/docs");
    for _ in 0..3 {
        let Some(target) = page.header("location").map(str::to_owned) else { break };
        let target = if target.starts_with('/') { target } else { format!("/docs/{target}") };
        page = Server::shared().stranger().get(&target);
    }
    let page = page.expect(200);
    assert!(page.text.contains("<html") || page.text.contains("<!DOCTYPE"), "{page}");
}

#[test]
fn a_server_stops_when_asked_and_keeps_what_it_has() {
    let server = Server::start();
    let site = server.site();
    assert_eq!(server.stop(), Some(0), "{}", server.log());
    assert!(!server.runs());
    let again = Server::start_on(server.database(), kefu_tests::Options::default());
    let found = again.admin().get(&format!("/v1/sites/{site}")).expect(200);
    assert_eq!(found.body["id"], Value::from(site));
}
