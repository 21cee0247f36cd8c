//! The acts every procedure has unless it says otherwise, each with its effect on the clocks.
//!
//! `suspend` and `resume` make the clocks stand still and run; an approved extension moves a
//! deadline; `withdraw` cancels the promises; `reopen` makes them anew; the others leave them alone.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::act::{allowed, enter, own};
use super::draft::Draft;
use super::event::{AssignedBy, Fact};
use super::{Case, Extension, Link, Refusal, Relation, Transfer, approval};
use crate::fault::Fault;
use crate::procedure::{Form, Procedure, WITHDRAWN};
use crate::text::Text;
use crate::who::Actor;

/// An act every procedure has.
#[derive(Debug)]
pub struct OrdinaryAct {
    /// What the API calls it.
    pub code: &'static str,
    /// What people call it.
    pub title: Text,
    /// Relations and permissions any of which lets somebody take it.
    pub by: &'static [&'static str],
    /// When it makes sense.
    when: When,
    /// What it asks for.
    pub form: Form,
}

/// The codes of the ordinary acts, in the order in which they are offered.
pub const ORDINARY_ACTS: &[&str] = &[
    "comment",
    "claim",
    "assign",
    "transfer",
    "accept_transfer",
    "decline_transfer",
    "return",
    "urge",
    "supervise",
    "request_extension",
    "approve_extension",
    "refuse_extension",
    "approve",
    "refuse",
    "delegate_approval",
    "expire_approval",
    "add_helper",
    "remove_helper",
    "suspend",
    "resume",
    "link",
    "withdraw",
    "reopen",
];

/// What has to be so for an act to be possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Open,
    Unassigned,
    Assigned,
    TransferOffered,
    NotSupervised,
    ClockRuns,
    ExtensionRequested,
    ApprovalAsked,
    Helped,
    NotSuspended,
    Suspended,
    Closed,
}

/// The ordinary acts with their forms.
pub(super) static ACTS: LazyLock<Vec<OrdinaryAct>> = LazyLock::new(all);

/// The ordinary act of that code.
pub(super) fn find(code: &str) -> Option<&'static OrdinaryAct> {
    ACTS.iter().find(|it| it.code == code)
}

fn all() -> Vec<OrdinaryAct> {
    vec![
        act(
            "comment",
            "备注",
            "Comment",
            COMMENT,
            When::Always,
            &text_form("text", "内容", "Text", "已电话告知客户维修人员两点上门"),
        ),
        act("claim", "认领", "Claim", &["case.claim"], When::Unassigned, &none()),
        act("assign", "指派", "Assign", &["case.assign"], When::Open, &person_form(false)),
        act("transfer", "转办", "Transfer", TRANSFER, When::Assigned, &person_form(true)),
        act(
            "accept_transfer",
            "接收转办",
            "Accept the transfer",
            &[],
            When::TransferOffered,
            &none(),
        ),
        act(
            "decline_transfer",
            "拒绝转办",
            "Decline the transfer",
            &[],
            When::TransferOffered,
            &reason(true),
        ),
        act("return", "退单", "Return", RETURN, When::Assigned, &reason(true)),
        act("urge", "催办", "Urge", URGE, When::Open, &reason(false)),
        act(
            "supervise",
            "督办",
            "Supervise",
            &["case.supervise"],
            When::NotSupervised,
            &reason(false),
        ),
        act(
            "request_extension",
            "申请延期",
            "Ask for more time",
            HANDLERS,
            When::ClockRuns,
            &extension_form(),
        ),
        act(
            "approve_extension",
            "批准延期",
            "Give more time",
            &["case.extend"],
            When::ExtensionRequested,
            &none(),
        ),
        act(
            "refuse_extension",
            "驳回延期",
            "Refuse more time",
            &["case.extend"],
            When::ExtensionRequested,
            &reason(true),
        ),
        act("approve", "审批通过", "Approve", &[], When::ApprovalAsked, &note_form()),
        act("refuse", "审批驳回", "Refuse", &[], When::ApprovalAsked, &reason(true)),
        act(
            "delegate_approval",
            "委托审批",
            "Let another decide",
            &[],
            When::ApprovalAsked,
            &named_form(),
        ),
        act(
            "expire_approval",
            "审批超时",
            "The time to decide is over",
            &["system"],
            When::ApprovalAsked,
            &none(),
        ),
        act("add_helper", "添加协办人", "Add a co-worker", HELP, When::Open, &named_form()),
        act(
            "remove_helper",
            "移除协办人",
            "Take a co-worker away",
            HELP,
            When::Helped,
            &named_form(),
        ),
        act("suspend", "挂起", "Suspend", SUSPEND, When::NotSuspended, &reason(true)),
        act("resume", "恢复", "Resume", SUSPEND, When::Suspended, &none()),
        act("link", "关联", "Link", LINK, When::Always, &link_form()),
        act("withdraw", "撤回", "Withdraw", WITHDRAW, When::Open, &reason(true)),
        act("reopen", "重新打开", "Reopen", REOPEN, When::Closed, &reason(true)),
    ]
}

const HANDLERS: &[&str] = &["assignee", "owner"];
pub(super) const COMMENT: &[&str] = &["assignee", "owner", "opener", "customer", "case.comment"];
const TRANSFER: &[&str] = &["assignee", "owner", "case.transfer"];
const RETURN: &[&str] = &["assignee", "case.return"];
const URGE: &[&str] = &["owner", "opener", "customer", "case.urge"];
const HELP: &[&str] = &["assignee", "owner", "case.assign"];
const SUSPEND: &[&str] = &["assignee", "owner", "case.suspend"];
const LINK: &[&str] = &["assignee", "owner", "case.link"];
const WITHDRAW: &[&str] = &["owner", "opener", "customer", "case.withdraw"];
const REOPEN: &[&str] = &["owner", "customer", "case.reopen"];

fn act(
    code: &'static str,
    zh: &str,
    en: &str,
    by: &'static [&'static str],
    when: When,
    form: &Value,
) -> OrdinaryAct {
    let members = form.as_object().cloned().unwrap_or_default();
    #[expect(clippy::expect_used, reason = "constant; a test builds every one of them")]
    let form = Form::new(&members).expect("the form of an ordinary act is a schema");
    OrdinaryAct { code, title: Text::new(zh, en), by, when, form }
}

fn none() -> Value {
    json!({})
}

fn text_form(name: &str, zh: &str, en: &str, example: &str) -> Value {
    let text = json!({
        "type": "string", "maxLength": 4000, "pattern": r"\S", "examples": [example],
        "title": { "zh": zh, "en": en },
    });
    json!({ "required": [name], "properties": { name: text } })
}

fn reason(required: bool) -> Value {
    let mut form = text_form("reason", "原因", "Reason", "等待配件");
    if !required && let Some(members) = form.as_object_mut() {
        members.remove("required");
    }
    form
}

fn person_form(with_reason: bool) -> Value {
    let mut form = if with_reason { reason(true) } else { reason(false) };
    let to = json!({ "type": "string", "format": "uuid", "title": { "zh": "给谁", "en": "To" } });
    if let Some(properties) = form.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("to".to_owned(), to);
    }
    if let Some(members) = form.as_object_mut() {
        let required = if with_reason { json!(["to", "reason"]) } else { json!(["to"]) };
        members.insert("required".to_owned(), required);
    }
    form
}

fn note_form() -> Value {
    json!({ "properties": { "note": {
        "type": "string", "maxLength": 4000, "examples": ["同意"], "title": { "zh": "意见", "en": "Note" },
    } } })
}

fn named_form() -> Value {
    let mut form = reason(false);
    let person =
        json!({ "type": "string", "format": "uuid", "title": { "zh": "人员", "en": "Person" } });
    if let Some(properties) = form.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("person_id".to_owned(), person);
    }
    if let Some(members) = form.as_object_mut() {
        members.insert("required".to_owned(), json!(["person_id"]));
    }
    form
}

fn extension_form() -> Value {
    json!({
        "required": ["clock", "span", "reason"],
        "properties": {
            "clock": { "type": "string", "maxLength": 64, "examples": ["resolution"], "title": { "zh": "时限", "en": "Clock" } },
            "span": {
                "type": "string", "maxLength": 12, "pattern": "^[0-9]+(m|h|d|w|M|wm|wh|wd)$",
                "examples": ["1wd"], "title": { "zh": "延长多久", "en": "How much" },
            },
            "reason": {
                "type": "string", "maxLength": 4000, "pattern": r"\S", "examples": ["等待配件"],
                "title": { "zh": "原因", "en": "Reason" },
            },
        },
    })
}

fn link_form() -> Value {
    json!({
        "required": ["case_id"],
        "properties": {
            "case_id": { "type": "string", "format": "uuid", "title": { "zh": "服务单", "en": "Case" } },
            "relation": {
                "enum": ["related", "duplicate", "cause"], "default": "related",
                "title": { "zh": "关系", "en": "Relation" },
                "enum_titles": {
                    "related": { "zh": "相关", "en": "Related" },
                    "duplicate": { "zh": "重复", "en": "Duplicate" },
                    "cause": { "zh": "起因", "en": "Cause" },
                },
            },
        },
    })
}

/// Whether an act can be taken by somebody now, whatever the input.
pub(super) fn permits(
    procedure: &Procedure,
    case: &Case,
    actor: &Actor,
    act: &OrdinaryAct,
) -> Result<(), Refusal> {
    let action = || act.code.to_owned();
    if !procedure.has_act(act.code) {
        return Err(Refusal::UnknownAction { action: action() });
    }
    let by: Vec<String> = act.by.iter().map(|it| (*it).to_owned()).collect();
    let permitted = match (act.when, &case.transfer) {
        // It is for the one it is offered to; without an offer there is nothing to permit.
        (When::TransferOffered, Some(transfer)) => Some(transfer.to) == actor.id,
        (When::TransferOffered, None) => true,
        // Who decides is said by the round; its deadline is the system's.
        (When::ApprovalAsked, _) if act.by.is_empty() => {
            if is_without(procedure, act) {
                return Err(Refusal::UnknownAction { action: action() });
            }
            approval::permits(procedure, case, actor, act.code)?;
            true
        }
        // Whoever claims works on it: the system cannot.
        (When::Unassigned, _) if actor.is_system() => false,
        _ => actor.is_system() || allowed(case, actor, &by),
    };
    if !permitted {
        let needs = if by.is_empty() { vec!["transferee".to_owned()] } else { by };
        return Err(Refusal::NotAllowed { action: action(), needs, clause: None });
    }
    possible(procedure, case, actor, act)
}

/// A procedure without approvals has none of their acts.
fn is_without(procedure: &Procedure, act: &OrdinaryAct) -> bool {
    act.when == When::ApprovalAsked && procedure.definition.approvals.is_empty()
}

fn possible(
    procedure: &Procedure,
    case: &Case,
    actor: &Actor,
    act: &OrdinaryAct,
) -> Result<(), Refusal> {
    let action = || act.code.to_owned();
    let closed = procedure.is_final(&case.state);
    match act.when {
        When::Always => Ok(()),
        When::Closed if closed => Ok(()),
        When::Closed => Err(wrong_state(case, act)),
        _ if closed => Err(wrong_state(case, act)),
        When::Open => Ok(()),
        When::TransferOffered if case.transfer.is_some() => Ok(()),
        When::TransferOffered => Err(Refusal::NothingPending { action: action() }),
        When::Unassigned if case.assignee_id.is_none() => Ok(()),
        When::Unassigned => Err(Refusal::AlreadyAssigned),
        When::Assigned if case.assignee_id.is_none() => {
            Err(Refusal::NothingPending { action: action() })
        }
        When::Assigned if act.code == "transfer" && case.transfer.is_some() => {
            Err(Refusal::AlreadyPending { action: action() })
        }
        When::Assigned => Ok(()),
        When::NotSupervised if case.supervised_at.is_none() => Ok(()),
        When::NotSupervised => Err(Refusal::AlreadyPending { action: action() }),
        When::ClockRuns if case.extension.is_some() => {
            Err(Refusal::AlreadyPending { action: action() })
        }
        When::ClockRuns if case.clocks.iter().any(super::Clock::is_open) => Ok(()),
        When::ClockRuns => Err(Refusal::NothingPending { action: action() }),
        When::ExtensionRequested => match &case.extension {
            None => Err(Refusal::NothingPending { action: action() }),
            Some(request) if request.by.is_some() && request.by == actor.id => {
                Err(Refusal::OwnRequest { action: action() })
            }
            Some(_) => Ok(()),
        },
        When::ApprovalAsked if case.approval.as_ref().is_some_and(super::Round::is_open) => Ok(()),
        When::Helped if !case.helpers.is_empty() => Ok(()),
        When::ApprovalAsked | When::Helped => Err(Refusal::NothingPending { action: action() }),
        When::NotSuspended if case.suspended.is_none() => Ok(()),
        When::NotSuspended => Err(Refusal::AlreadyPending { action: action() }),
        When::Suspended if case.suspended.is_some() => Ok(()),
        When::Suspended => Err(Refusal::NothingPending { action: action() }),
    }
}

fn wrong_state(case: &Case, act: &OrdinaryAct) -> Refusal {
    Refusal::WrongState { action: act.code.to_owned(), state: case.state.clone(), from: Vec::new() }
}

/// Takes an ordinary act.
pub(super) fn take(
    draft: &mut Draft<'_>,
    actor: &Actor,
    code: &str,
    input: Map<String, Value>,
    note: Option<String>,
) -> Result<(), Refusal> {
    let Some(act) = find(code) else {
        return Err(Refusal::UnknownAction { action: code.to_owned() });
    };
    permits(draft.procedure, &draft.case, actor, act)?;
    let (input, note) = super::act::with_note(&act.form, input, note);
    // The system's acts come from rules that were checked when they were loaded.
    let input =
        if actor.is_system() { input } else { act.form.fill(input).map_err(Refusal::Invalid)? };
    perform(draft, actor, act.code, &Input(&input))?;
    match note {
        Some(text) => {
            draft.push(Fact::Commented { text });
            Ok(())
        }
        None => Ok(()),
    }
}

/// What a form was told.
struct Input<'a>(&'a Map<String, Value>);

impl Input<'_> {
    fn text(&self, name: &str) -> String {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn reason(&self) -> Option<String> {
        self.0.get("reason").and_then(Value::as_str).map(str::to_owned)
    }

    fn optional(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    fn id(&self, name: &str) -> Option<Uuid> {
        self.0.get(name).and_then(Value::as_str).and_then(|it| it.parse().ok())
    }
}

fn perform(
    draft: &mut Draft<'_>,
    actor: &Actor,
    act: &str,
    input: &Input<'_>,
) -> Result<(), Refusal> {
    let reason = input.text("reason");
    match act {
        "comment" => draft.push(Fact::Commented { text: input.text("text") }),
        "claim" => {
            own(draft, actor);
            let (to, team) = (actor.id, actor.team.clone());
            draft.push(Fact::Assigned {
                to,
                team,
                by: AssignedBy::Claim,
                reason: None,
                pool: None,
            });
        }
        "assign" => {
            let to = person(draft, input)?;
            own(draft, actor);
            let (id, team, reason) = (Some(to.id), to.team, input.reason());
            draft.push(Fact::Assigned { to: id, team, by: AssignedBy::Assign, reason, pool: None });
        }
        "transfer" => {
            let to = person(draft, input)?;
            if draft.case.assignee_id == Some(to.id) {
                return Err(Refusal::AlreadyAssigned);
            }
            own(draft, actor);
            let by = actor.id;
            draft.push(Fact::TransferOffered(Transfer { to: to.id, team: to.team, by, reason }));
        }
        "accept_transfer" => {
            let team = draft.case.transfer.as_ref().and_then(|it| it.team.clone());
            let (to, by) = (actor.id, AssignedBy::Transfer);
            draft.push(Fact::Assigned { to, team, by, reason: None, pool: None });
        }
        "decline_transfer" => draft.push(Fact::TransferDeclined { reason }),
        "return" => give_back(draft, reason)?,
        "urge" => draft.push(Fact::Urged { reason: input.reason() }),
        "supervise" => draft.push(Fact::Supervised { reason: input.reason() }),
        "request_extension" => request_extension(draft, actor, input)?,
        "approve_extension" => approve_extension(draft)?,
        "refuse_extension" => {
            let clock = draft.case.extension.as_ref().map(|it| it.clock.clone());
            draft.push(Fact::ExtensionRefused { clock: clock.unwrap_or_default(), reason });
        }
        "approve" => approval::approve(draft, actor, input.optional("note"))?,
        "refuse" => approval::refuse(draft, actor, reason)?,
        "delegate_approval" => {
            let to = named(draft, input)?;
            approval::delegate(draft, actor, to, input.reason())?;
        }
        "expire_approval" => approval::expire(draft)?,
        "add_helper" => {
            let user_id = named(draft, input)?;
            if draft.case.assignee_id == Some(user_id) || draft.case.helpers.contains(&user_id) {
                return Err(Refusal::AlreadyAssigned);
            }
            draft.push(Fact::HelperAdded { user_id, reason: input.reason() });
        }
        "remove_helper" => {
            let user_id = input.id("person_id").filter(|it| draft.case.helpers.contains(it));
            let Some(user_id) = user_id else {
                return Err(Refusal::Invalid(vec![unknown_person("/person_id")]));
            };
            draft.push(Fact::HelperRemoved { user_id, reason: input.reason() });
        }
        "suspend" => {
            draft.push(Fact::Suspended { reason });
            draft.match_pauses()?;
        }
        "resume" => {
            draft.push(Fact::Resumed);
            draft.match_pauses()?;
        }
        "link" => link(draft, input)?,
        "withdraw" => {
            let from = draft.case.state.clone();
            draft.push(Fact::Withdrawn { from, reason });
            draft.cancel_clocks(|_| true);
            draft.push(Fact::Closed { state: WITHDRAWN.to_owned() });
        }
        "reopen" => {
            let (from, to) = (draft.case.state.clone(), draft.procedure.reopen_to().to_owned());
            draft.push(Fact::Reopened { from, to: to.clone(), reason });
            draft.restart_clocks(&to)?;
            enter(draft, &to)?;
        }
        unknown => return Err(Refusal::UnknownAction { action: unknown.to_owned() }),
    }
    Ok(())
}

/// 退单: back to the owner, who owes the customer the answer; from the owner, into the pool.
fn give_back(draft: &mut Draft<'_>, reason: String) -> Result<(), Refusal> {
    let from = draft.case.state.clone();
    let to = draft.procedure.definition.return_to.clone();
    let state = to.clone().unwrap_or_else(|| from.clone());
    draft.push(Fact::Returned { from, to: state, reason });
    let owner = draft.case.owner_id.filter(|it| Some(*it) != draft.case.assignee_id);
    let team = owner.and_then(|id| (draft.context.people)(id)).and_then(|it| it.team);
    let team = team.or_else(|| draft.case.team.clone());
    let pool = if owner.is_none() { draft.case.pool.clone() } else { None };
    draft.push(Fact::Assigned { to: owner, team, by: AssignedBy::Return, reason: None, pool });
    match to {
        Some(to) => enter(draft, &to),
        None => Ok(()),
    }
}

fn request_extension(
    draft: &mut Draft<'_>,
    actor: &Actor,
    input: &Input<'_>,
) -> Result<(), Refusal> {
    let clock = input.text("clock");
    let mut faults = Vec::new();
    if !draft.case.clock(&clock).is_some_and(super::Clock::is_open) {
        let detail = Text::new("该服务单没有这个正在计时的时限", "no such clock runs on this case");
        faults.push(Fault::new("/clock", "unknown_clock", detail));
    }
    let span = input.text("span").parse::<crate::span::Span>();
    let span = span.map_err(|error| {
        let detail = error.to_string();
        faults.push(Fault::new("/span", "bad_span", Text::new(detail.clone(), detail)));
    });
    if matches!(span, Ok(span) if span.count == 0) {
        let detail = Text::new("延长的时间必须大于零", "more time is more than none");
        faults.push(Fault::new("/span", "too_small", detail));
    }
    match span {
        Ok(span) if faults.is_empty() => {
            let (by, reason) = (actor.id, input.text("reason"));
            draft.push(Fact::ExtensionRequested(Extension { clock, span, by, reason }));
            Ok(())
        }
        Ok(_) | Err(()) => Err(Refusal::Invalid(faults)),
    }
}

fn approve_extension(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let Some(extension) = draft.case.extension.clone() else { return Ok(()) };
    let (clock, span) = (extension.clock, extension.span);
    draft.push(Fact::ExtensionApproved { clock: clock.clone(), span });
    draft.extend(&clock)
}

fn link(draft: &mut Draft<'_>, input: &Input<'_>) -> Result<(), Refusal> {
    let relation = match input.text("relation").as_str() {
        "duplicate" => Relation::Duplicate,
        "cause" => Relation::Cause,
        _ => Relation::Related,
    };
    let other = input.id("case_id").filter(|id| *id != draft.case.id);
    let Some(case_id) = other else {
        let detail = Text::new("服务单不能关联自己", "a case cannot be linked with itself");
        return Err(Refusal::Invalid(vec![Fault::new("/case_id", "itself", detail)]));
    };
    let link = Link { case_id, relation };
    if !draft.case.links.contains(&link) {
        draft.push(Fact::Linked(link));
    }
    Ok(())
}

fn person(draft: &Draft<'_>, input: &Input<'_>) -> Result<super::Person, Refusal> {
    let found = input.id("to").and_then(|id| (draft.context.people)(id));
    found.ok_or_else(|| Refusal::Invalid(vec![unknown_person("/to")]))
}

/// Somebody an act names who is there.
fn named(draft: &Draft<'_>, input: &Input<'_>) -> Result<Uuid, Refusal> {
    let found = input.id("person_id").filter(|id| (draft.context.people)(*id).is_some());
    found.ok_or_else(|| Refusal::Invalid(vec![unknown_person("/person_id")]))
}

/// Somebody who cannot be given a case.
pub(super) fn unknown_person(pointer: &str) -> Fault {
    let detail = Text::new("没有这个在职用户", "there is no such active user");
    Fault::new(pointer, "unknown_user", detail)
}
