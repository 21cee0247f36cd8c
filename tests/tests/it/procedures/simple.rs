//! A procedure small enough to hold in the head, published by the tests themselves.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use kefu_tests::{Office, Reply, Server};
use serde_json::{Value, json};

use crate::week::plain_office;

/// The code it is published under, and that of its calendar.
pub(crate) const CODE: &str = "t_simple";

/// A request that is open, may wait for the customer, and is done in three working days.
pub(crate) fn definition() -> Value {
    json!({
        "code": CODE, "title": { "zh": "测试申请", "en": "Test request" }, "kind": "request",
        "number": "CS-{date}-{seq}", "opens": ["case.open"],
        "form": { "properties": {
            "note": { "type": "string", "maxLength": 200 }, "size": { "type": "integer", "minimum": 1 },
        } },
        "states": [
            { "code": "open", "title": { "zh": "处理中", "en": "Open" }, "initial": true },
            { "code": "waiting", "title": { "zh": "待客户", "en": "Waiting" } },
            { "code": "done", "title": { "zh": "完成", "en": "Done" }, "final": true },
        ],
        "actions": [
            { "code": "wait", "title": { "zh": "等客户", "en": "Wait" },
              "from": ["open"], "to": "waiting", "by": ["case.open"] },
            { "code": "go_on", "title": { "zh": "继续", "en": "Go on" },
              "from": ["waiting"], "to": "open", "by": ["case.open"] },
            { "code": "finish", "title": { "zh": "完成", "en": "Finish" },
              "from": ["open"], "to": "done", "by": ["owner"],
              "form": { "required": ["result"], "properties": {
                  "result": { "type": "string", "minLength": 1, "maxLength": 500 } } } },
        ],
        "clocks": [
            { "code": "resolution", "title": { "zh": "办结", "en": "Resolution" },
              "starts": "open", "stops": ["done"], "pauses": ["waiting"],
              "within": [
                  { "when": "case.priority == 'urgent'", "span": "4wh" },
                  { "span": "3wd" },
              ],
              "calendar": CODE, "warn": ["50%"],
              "escalate": [
                  { "before": "1wh", "notify": ["owner"] },
                  { "after": "0m", "notify": ["owner"] },
                  { "after": "4wh", "notify": ["owner", "role:cs_manager"] },
                  { "after": "1wd", "act": "supervise" },
              ] },
        ],
    })
}

/// Publishes it on `server`, once.
#[track_caller]
pub(crate) fn publish(server: &Server) {
    static DONE: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    if done.insert(server.url().to_owned()) {
        let admin = server.admin();
        let calendar = admin.put(&format!("/v1/calendars/{CODE}"), plain_office(CODE));
        assert!(matches!(calendar.status, 200 | 201), "{calendar}");
        let _published = admin.post("/v1/procedures", definition()).expect(201);
    }
}

/// What opening one says.
pub(crate) fn opening(office: &Office) -> Value {
    office.opening(CODE, json!({ "note": "请协助" }))
}

/// Opens one at the office's front desk.
#[track_caller]
pub(crate) fn open(office: &Office) -> Reply {
    office.desk.post("/v1/cases", opening(office)).expect(201)
}
