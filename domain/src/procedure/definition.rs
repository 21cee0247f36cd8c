//! A procedure as it is written: the model of the TOML file and of the JSON the API takes.
//!
//! Nothing here is checked beyond its shape; [`super::Procedure::new`] turns a definition into a
//! procedure that can be run, or names every fault.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::span::Span;
use crate::text::Text;

pub use super::gates::{Approval, AtMost, Hold, Per, Reach, Step, Timeout, Window};

/// How one kind of case is handled. One file, about a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What the API and other procedures call it: `complaint`.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// What kind of case it opens.
    pub kind: Kind,
    /// The pattern of a case's number: `TS-{date}-{seq}`.
    pub number: String,
    /// The permissions any of which lets a person open one.
    pub opens: Vec<String>,
    /// Clauses the procedure as a whole carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// JSON Schema 2020-12 of the case's own fields: what opening must or may say.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub form: Map<String, Value>,
    /// Figures on which documents differ: a site chooses, the default holds otherwise.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, Figure>,
    /// The states a case can be in. The final state `withdrawn` is always there.
    pub states: Vec<State>,
    /// What moves it.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What it promises.
    #[serde(default)]
    pub clocks: Vec<Clock>,
    /// Cases it opens in its turn.
    #[serde(default)]
    pub follow_ups: Vec<FollowUp>,
    /// Decisions others take before it goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// Things of which there is one: whoever has it keeps others from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
    /// What it changes about the acts every procedure has.
    #[serde(default, skip_serializing_if = "Acts::is_default")]
    pub acts: Acts,
    /// The state a reopened case goes back to; the initial state if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen_to: Option<String>,
    /// The state a returned case (退单) goes back to; it stays where it is if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
}

impl Definition {
    /// The clock that takes the span a case is given by whoever opens it.
    pub fn given_clock(&self) -> Option<&str> {
        let given = |it: &&Clock| it.within.iter().any(|entry| entry.given);
        self.clocks.iter().find(given).map(|it| it.code.as_str())
    }
}

/// What kind of case a procedure opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 咨询
    Inquiry,
    /// 投诉
    Complaint,
    /// 报修
    Repair,
    /// 建议
    Suggestion,
    /// 服务申请
    Request,
    /// 回访
    Callback,
    /// 整改
    Rectification,
    /// 登记
    Record,
    /// 内部事项
    Internal,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Inquiry,
        Self::Complaint,
        Self::Repair,
        Self::Suggestion,
        Self::Request,
        Self::Callback,
        Self::Rectification,
        Self::Record,
        Self::Internal,
    ];

    /// The word used in files, in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::Complaint => "complaint",
            Self::Repair => "repair",
            Self::Suggestion => "suggestion",
            Self::Request => "request",
            Self::Callback => "callback",
            Self::Rectification => "rectification",
            Self::Record => "record",
            Self::Internal => "internal",
        }
    }
}

/// A span on which documents differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What the figure is.
    pub title: Text,
    /// What holds where the site says nothing.
    pub default: Span,
    /// What a site may choose; anything if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Span>,
    /// Where the choices come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// A state of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// What files and the API call it.
    pub code: String,
    /// What people call it; the code where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Where a case starts: exactly one state.
    #[serde(default, skip_serializing_if = "is_false")]
    pub initial: bool,
    /// Whether the case is closed there.
    #[serde(default, skip_serializing_if = "is_false")]
    pub r#final: bool,
    /// Clauses the state carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// What moves a case from state to state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// What files and the API call it.
    pub code: String,
    /// What people call it; the code where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The states in which it can be taken.
    pub from: Vec<String>,
    /// The state it leads to; the case stays where it is if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Who may take it: relations (`owner assignee opener customer system`) or permissions.
    pub by: Vec<String>,
    /// A CEL condition that must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// JSON Schema of its input; what is said goes into the case's fields.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub form: Map<String, Value>,
    /// Whose the case is afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigns: Option<Assigns>,
    /// When it may be taken, in the site's local time; at any time if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// How often it may be taken on one case; as often as one likes if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<AtMost>,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// Whose a case is after an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigns {
    /// Theirs who took the action.
    Actor,
    /// Theirs whom the input names in `assignee_id`.
    Named,
    /// The owner's.
    Owner,
    /// Nobody's: it goes back into the pool.
    None,
    /// Nobody's yet: it goes into the pool of a role, whose members are told.
    Role(String),
}

impl Serialize for Assigns {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Actor => serializer.serialize_str("actor"),
            Self::Named => serializer.serialize_str("named"),
            Self::Owner => serializer.serialize_str("owner"),
            Self::None => serializer.serialize_str("none"),
            Self::Role(role) => serializer.serialize_str(&format!("role:{role}")),
        }
    }
}

impl<'de> Deserialize<'de> for Assigns {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(match text.as_str() {
            "actor" => Self::Actor,
            "named" => Self::Named,
            "owner" => Self::Owner,
            "none" => Self::None,
            other => match other.strip_prefix("role:") {
                Some(role) => Self::Role(role.to_owned()),
                None => return Err(Error::custom(format!("`{other}` assigns to nobody known"))),
            },
        })
    }
}

/// One promise (时限).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// What files and the API call it.
    pub code: String,
    /// What people call it; the code where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The states on entering which it starts.
    #[serde(deserialize_with = "one_or_many")]
    pub starts: Vec<String>,
    /// The states on entering which it has been kept, or not.
    #[serde(deserialize_with = "one_or_many")]
    pub stops: Vec<String>,
    /// The states in which it stands still.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub pauses: Vec<String>,
    /// How long: the first entry that applies.
    #[serde(deserialize_with = "within")]
    pub within: Vec<Within>,
    /// The calendar that counts it; the site's own if it is not given, `always` if that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Points before the deadline at which those who work on it are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn: Vec<Warn>,
    /// The ladder: what happens before and after the deadline, each rung once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate: Vec<Rung>,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// How long, under which condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// A CEL condition; always if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The span, or the figure that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<SpanOrFigure>,
    /// The span comes from whoever opened the case (a follow-up's `within`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub given: bool,
    /// A CEL expression over the case that gives the deadline itself, as a date (its end) or an
    /// instant; the entry does not apply while it gives none, or one that is past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Clauses that ask for this span, beside those of the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// `3wd`, or `$rectification_notice`: the figure of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpanOrFigure {
    /// Said here.
    Span(Span),
    /// Declared under `figures`.
    Figure(String),
}

impl Serialize for SpanOrFigure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Span(span) => span.serialize(serializer),
            Self::Figure(name) => serializer.serialize_str(&format!("${name}")),
        }
    }
}

impl<'de> Deserialize<'de> for SpanOrFigure {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.strip_prefix('$') {
            Some(name) => Ok(Self::Figure(name.to_owned())),
            None => text.parse().map(Self::Span).map_err(Error::custom),
        }
    }
}

/// `80%` of the way to the deadline, or `2wh` before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warn {
    /// Thousandths of the way, counted as the clock counts: `80%` is 800, `0.1%` is 1.
    Part(u32),
    /// That long before the deadline.
    Before(Span),
}

impl Serialize for Warn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Part(part) if part % 10 == 0 => {
                serializer.collect_str(&format_args!("{}%", part / 10))
            }
            Self::Part(part) => {
                serializer.collect_str(&format_args!("{}.{}%", part / 10, part % 10))
            }
            Self::Before(span) => span.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Warn {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let Some(part) = text.strip_suffix('%') else {
            return text.parse().map(Self::Before).map_err(Error::custom);
        };
        let (whole, tenth) = part.split_once('.').unwrap_or((part, "0"));
        let thousandths = (tenth.len() == 1)
            .then(|| digits(whole)?.checked_mul(10)?.checked_add(digits(tenth)?))
            .flatten();
        match thousandths {
            Some(part) if (1..1000).contains(&part) => Ok(Self::Part(part)),
            Some(_) | None => Err(Error::custom(format!(
                "`{text}` is no warn point: `80%`, `0.5%` or a span before the deadline such as `2wh`"
            ))),
        }
    }
}

/// A whole number without a sign.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// One rung of an escalation ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// That long after the deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// That long before the deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Span>,
    /// Who is told: `assignee`, `owner`, `role:cs_manager`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<String>,
    /// What the system does: an ordinary act or an action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
}

/// A case that another case opens when it reaches a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What files and the API call it; the opened procedure's code where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The state on entering which it is opened.
    pub when: String,
    /// A CEL condition that must hold.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The procedure it follows.
    pub open: String,
    /// The span it hands over: the first entry that applies.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "within")]
    pub within: Vec<Within>,
    /// The calendar it hands over with the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// The field of line items for each of which one case is opened; one case if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// What it takes along: `customer`, `site`, `asset`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carry: Vec<Carry>,
    /// Its own fields, as CEL over this case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Who gets it: `owner`, `assignee` of this case; nobody (a pool) if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign: Option<String>,
    /// What its result does to this case: the first entry that applies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_result: Vec<OnResult>,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

impl FollowUp {
    /// What files and the API call it.
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.open)
    }
}

/// What a follow-up takes along from the case that opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carry {
    /// Who is served.
    Customer,
    /// Where.
    Site,
    /// What it is about.
    Asset,
}

/// What a follow-up's result does to the case that opened it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnResult {
    /// A CEL condition over `child` and the rest.
    pub when: String,
    /// The action or ordinary act the system takes.
    pub act: String,
    /// Its input.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Value>,
}

/// What a procedure changes about the acts every procedure has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acts {
    /// The acts it does without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

impl Acts {
    fn is_default(&self) -> bool {
        self.except.is_empty()
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
pub(super) fn is_false(flag: &bool) -> bool {
    !flag
}

/// `starts = "registered"` is short for `starts = ["registered"]`.
pub(super) fn one_or_many<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Form::deserialize(deserializer)? {
        Form::One(one) => vec![one],
        Form::Many(many) => many,
    })
}

/// `within = "72h"` is short for `within = [{ span = "72h" }]`.
fn within<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Within>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        One(SpanOrFigure),
        Many(Vec<Within>),
    }
    Ok(match Form::deserialize(deserializer)? {
        Form::One(span) => {
            vec![Within {
                when: None,
                span: Some(span),
                given: false,
                until: None,
                clauses: Vec::new(),
            }]
        }
        Form::Many(many) => many,
    })
}
