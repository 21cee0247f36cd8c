//! Examples of what the API answers, for the document.

use serde_json::{Value, json};

/// A case as a list shows it.
pub(crate) fn case_summary() -> Value {
    json!({
        "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11",
        "number": "TS-20261122-000184",
        "procedure": "complaint",
        "procedure_version": 1,
        "kind": "complaint",
        "state": "investigating",
        "state_title": "调查处理中",
        "priority": "normal",
        "channel": "phone",
        "subject": "三号楼电梯异响",
        "fields": { "grade": "major", "what_happened": "昨晚电梯在六层停了十分钟" },
        "site_id": "0199c3f2-0000-7000-8000-000000000001",
        "customer_id": "0199c3f2-0000-7000-8000-000000000002",
        "asset_id": null,
        "parent_id": null,
        "owner_id": "0199c3f2-0000-7000-8000-000000000003",
        "assignee_id": "0199c3f2-0000-7000-8000-000000000003",
        "opened_by": "0199c3f2-0000-7000-8000-000000000003",
        "team": null,
        "opened_at": "2026-11-22T01:02:03Z",
        "due_at": "2026-11-23T10:00:00Z",
        "closed_at": null,
        "version": 4
    })
}

/// A case, whole.
pub(crate) fn case() -> Value {
    let mut case = case_summary();
    let clocks = json!([{
        "code": "resolution", "title": "整改解决", "run": 1, "state": "running", "span": "1wd",
        "calendar": "office", "started_at": "2026-11-22T01:02:03Z",
        "due_at": "2026-11-23T10:00:00Z", "paused_seconds": 0, "breached_at": null,
        "stopped_at": null, "clauses": ["R-001-308"],
    }]);
    let actions = json!([{
        "code": "answer", "title": "回复客户", "clauses": ["R-001-203"],
        "form": {
            "type": "object", "required": ["solution"], "additionalProperties": false,
            "properties": { "solution": { "type": "string", "minLength": 1, "title": "处理结果" } },
        },
    }]);
    let more = json!({
        "follow_up": null, "duty": null, "pool": null, "suspended_at": null, "supervised_at": null, "urged": 0,
        "transfer": null, "extension": null, "links": [], "helpers": [], "approval": null,
        "holds": [], "earlier_clocks": [],
    });
    if let (Some(members), Value::Object(more)) = (case.as_object_mut(), more) {
        members.extend(more);
        members.insert("clocks".to_owned(), clocks);
        members.insert("actions".to_owned(), actions);
    }
    case
}

/// What became of two items of a bulk request.
pub(crate) fn bulk() -> Value {
    let problem = json!({
        "type": "/problems/stale", "title": "内容已被他人修改", "status": 412,
        "detail": "If-Match 与当前版本不一致。请重新读取后再提交。",
        "instance": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11",
    });
    json!({
        "items": [
            { "index": 0, "status": 200, "case": case_summary() },
            { "index": 1, "status": 412, "problem": problem },
        ],
        "succeeded": 1,
        "failed": 1,
    })
}

/// A comment on a case.
pub(crate) fn comment() -> Value {
    json!({
        "id": "0199c3f2-0000-7000-8000-000000000009",
        "text": "已电话告知客户维修人员两点上门",
        "actor_id": "0199c3f2-0000-7000-8000-000000000003",
        "occurred_at": "2026-11-22T02:00:00Z",
    })
}

/// An event of a case.
pub(crate) fn event() -> Value {
    json!({
        "position": 184,
        "id": "0199c3f2-0000-7000-8000-00000000000a",
        "type": "case.clock_breached",
        "aggregate": "case",
        "aggregate_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11",
        "sequence": 5,
        "actor_id": null,
        "occurred_at": "2026-11-23T10:00:00Z",
        "data": {
            "clock": "resolution", "due_at": "2026-11-23T10:00:00Z", "next_at": null,
            "clauses": ["R-001-308"],
        },
    })
}

/// What is known of a file.
pub(crate) fn attachment() -> Value {
    json!({
        "id": "0199c3f2-0000-7000-8000-00000000000c",
        "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11",
        "name": "电梯.jpg",
        "media_type": "image/jpeg",
        "size": 183_402,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "uploaded_by": "0199c3f2-0000-7000-8000-000000000003",
        "version": 1,
        "created_at": "2026-11-22T02:00:00Z",
        "updated_at": "2026-11-22T02:00:00Z",
    })
}

/// An inbox entry.
pub(crate) fn notification() -> Value {
    json!({
        "id": "0199c3f2-0000-7000-8000-00000000000b",
        "type": "clock_breached",
        "title": "时限已过",
        "text": "TS-20261122-000184 三号楼电梯异响：时限「整改解决」已于 2026-11-23 18:00 到期，尚未完成。",
        "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11",
        "data": {
            "number": "TS-20261122-000184", "subject": "三号楼电梯异响", "state": "investigating",
            "clock": "resolution", "signal": "due", "due_at": "2026-11-23T10:00:00Z",
        },
        "created_at": "2026-11-23T10:00:00Z",
        "read_at": null,
    })
}
