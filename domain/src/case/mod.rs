//! A case: what it is, what can be asked of it, what can happen to it.
//!
//! `decide` says what a command would do, or which rule forbids it; `evolve` says what then is.
//! Everything that changes a case goes this way: a person's action, a timer, a follow-up's result.

mod act;
mod approval;
mod attach;
mod clock;
mod context;
mod decide;
mod draft;
mod event;
mod evolve;
mod hold;
mod limit;
mod migrate;
mod notice;
mod number;
mod offer;
mod ordinary;
mod promise;
mod refusal;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Timestamp;
use crate::procedure::definition::Kind;
use crate::span::Span;

pub use approval::{Delegation, Outcome, Round, Vote};
pub use attach::{Attached, may_detach};
pub use clock::{Clock, ClockState, Pause, explain};
pub use context::{Calendars, Child, Context, Person};
pub use decide::{decide, open};
pub use event::{AssignedBy, Edited, Event, Fact, Opened, OpenedFollowUp, Why};
pub use evolve::evolve;
pub use hold::Held;
pub use migrate::{Obstacle, migrate};
pub use notice::{Notice, NoticeKind, Recipient, notices};
pub use number::{number, number_key};
pub use offer::{Offer, may_open, may_see, offers};
pub use ordinary::{ORDINARY_ACTS, OrdinaryAct};
pub use refusal::Refusal;

/// One thing somebody asked for or that must be done (服务单).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its identity.
    pub id: Uuid,
    /// What people call it: `TS-20261122-000184`.
    pub number: String,
    /// The procedure it follows …
    pub procedure: String,
    /// … in the version it was opened with.
    pub procedure_version: u32,
    /// What kind of case it is.
    pub kind: Kind,
    /// Where in the procedure it is.
    pub state: String,
    /// How urgent it is.
    pub priority: Priority,
    /// How it came in.
    pub channel: Channel,
    /// What it is about, in a line.
    pub subject: String,
    /// What its forms have been told.
    pub fields: Map<String, Value>,
    /// Where.
    pub site_id: Option<Uuid>,
    /// Who is served.
    pub customer_id: Option<Uuid>,
    /// What it is about.
    pub asset_id: Option<Uuid>,
    /// The case whose follow-up it is …
    pub parent_id: Option<Uuid>,
    /// … and which of its follow-ups.
    pub follow_up: Option<String>,
    /// The duty it carries out.
    pub duty: Option<String>,
    /// The first person who received the customer (首问负责人). Survives every transfer.
    pub owner_id: Option<Uuid>,
    /// Who works on it now (经办人).
    pub assignee_id: Option<Uuid>,
    /// The role for one of whose people it waits while nobody works on it, or waited last.
    pub pool: Option<String>,
    /// Who opened it; nobody if the system did.
    pub opened_by: Option<Uuid>,
    /// The team of whoever works on it.
    pub team: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The span it was given by whoever opened it.
    pub given: Option<Given>,
    /// Its promises.
    pub clocks: Vec<Clock>,
    /// Promises that were over when they were made again, oldest first: what became of them counts.
    pub earlier: Vec<Clock>,
    /// A transfer that waits for the next assignee's word.
    pub transfer: Option<Transfer>,
    /// An extension that waits for approval.
    pub extension: Option<Extension>,
    /// Since when it is suspended.
    pub suspended: Option<Suspension>,
    /// Since when it is supervised (督办).
    pub supervised_at: Option<Timestamp>,
    /// How often it was urged (催办).
    pub urged: u32,
    /// Other cases it is linked with.
    pub links: Vec<Link>,
    /// Who works on it beside the assignee (协办人).
    pub helpers: Vec<Uuid>,
    /// The newest round of approval it went through, or is in.
    pub approval: Option<Round>,
    /// The things it has, of each of which there is one.
    pub holds: Vec<Held>,
    /// When actions were taken that may only be taken so often.
    pub taken: BTreeMap<String, Vec<Timestamp>>,
    /// How many events it has had.
    pub version: u32,
}

impl Case {
    /// The earliest deadline that still runs.
    pub fn due_at(&self) -> Option<Timestamp> {
        let running = self.clocks.iter().filter(|it| it.is_running());
        running.map(|it| it.due_at).min()
    }

    /// The clock of that code.
    pub fn clock(&self, code: &str) -> Option<&Clock> {
        self.clocks.iter().find(|it| it.code == code)
    }

    /// Every promise the case has ever made.
    pub fn promises(&self) -> impl Iterator<Item = &Clock> {
        self.earlier.iter().chain(&self.clocks)
    }

    /// The first promise made by the clock of that code.
    pub fn first_promise(&self, code: &str) -> Option<&Clock> {
        self.promises().find(|it| it.code == code)
    }

    /// What scopes look at.
    pub fn place(&self) -> crate::who::Place<'_> {
        crate::who::Place {
            site_id: self.site_id,
            team: self.team.as_deref(),
            people: [self.opened_by, self.owner_id, self.assignee_id],
            customer_id: self.customer_id,
        }
    }
}

/// How urgent a case is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Before the usual.
    High,
    /// Before everything.
    Urgent,
}

impl Priority {
    /// Every priority, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word used in files, in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

macro_rules! channels {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// How a case came in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Channel { $($(#[$doc])* $name,)+ }

        impl Channel {
            /// Every channel.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word used in files, in the API and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

channels! {
    /// 电话
    Phone = "phone",
    /// 前台来访
    Counter = "counter",
    /// 上门
    Visit = "visit",
    /// 电子邮件
    Email = "email",
    /// 信函
    Letter = "letter",
    /// 短信
    Message = "message",
    /// 网站
    Web = "web",
    /// 手机应用
    App = "app",
    /// 微信
    Wechat = "wechat",
    /// 社交媒体
    Social = "social",
    /// 视频
    Video = "video",
    /// 客户联系箱
    Box = "box",
    /// 巡查发现
    Patrol = "patrol",
    /// 系统
    System = "system",
    /// 其他
    Other = "other",
}

/// A span handed over by whoever opened the case, with the calendar that counts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// How long.
    pub span: Span,
    /// Counted by; the clock's own calendar if it is not given.
    pub calendar: Option<String>,
    /// The clauses that ask for it.
    pub clauses: Vec<String>,
    /// Since when, where that is not when the case was opened: a duty's counts from when it arose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// An offer to hand a case over; the assignee stays until it is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// To whom.
    pub to: Uuid,
    /// Their team.
    pub team: Option<String>,
    /// Who offered it.
    pub by: Option<Uuid>,
    /// Why.
    pub reason: String,
}

/// A request for more time (延期).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// On which clock.
    pub clock: String,
    /// How much.
    pub span: Span,
    /// Who asked.
    pub by: Option<Uuid>,
    /// Why.
    pub reason: String,
}

/// A case that stands still (挂起).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// A tie to another case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The other case.
    pub case_id: Uuid,
    /// What it is to this one.
    pub relation: Relation,
}

/// What a linked case is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Has to do with it.
    #[default]
    Related,
    /// Is the same matter.
    Duplicate,
    /// Is why this one came up.
    Cause,
}

impl Relation {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Related => "related",
            Self::Duplicate => "duplicate",
            Self::Cause => "cause",
        }
    }
}

/// Something asked of a case that exists.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// An action of the procedure or an ordinary act.
    Act {
        /// Its code.
        action: String,
        /// What its form is told.
        input: Map<String, Value>,
        /// A word for the timeline.
        note: Option<String>,
    },
    /// A comment for the timeline.
    Comment {
        /// What is said.
        text: String,
    },
    /// Files are added.
    Attach {
        /// Which.
        files: Vec<Attached>,
        /// Whether they come with an action or an opening that was judged already.
        permitted: bool,
    },
    /// A file is taken away.
    Detach {
        /// Which.
        attachment_id: Uuid,
        /// What it is called.
        name: String,
        /// Who sent it.
        uploaded_by: Uuid,
    },
    /// A correction of the record; `None` leaves a member as it is.
    Edit(Box<Edit>),
    /// A clock's timer went off.
    Tick,
    /// A follow-up has been closed.
    FollowUpClosed {
        /// How it ended.
        child: Child,
    },
    /// A calendar was changed: its clocks get new deadlines.
    Retarget {
        /// Which.
        calendar: String,
    },
}

/// A correction of the record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit {
    /// A new subject.
    pub subject: Option<String>,
    /// A new priority: clocks whose span depends on it get a new deadline.
    pub priority: Option<Priority>,
    /// A new channel.
    pub channel: Option<Channel>,
    /// Another customer, or none.
    pub customer_id: Option<Option<Uuid>>,
    /// Another asset, or none.
    pub asset_id: Option<Option<Uuid>>,
    /// Changes of fields, as a JSON merge patch (RFC 7396).
    pub fields: Option<Map<String, Value>>,
}

/// What opening a case says.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Its identity, made by the caller.
    pub id: Uuid,
    /// Its number, made by the caller from [`number_key`].
    pub number: String,
    /// What it is about, in a line.
    pub subject: String,
    /// How it came in.
    pub channel: Channel,
    /// How urgent it is.
    pub priority: Priority,
    /// Where.
    pub site_id: Option<Uuid>,
    /// Who is served.
    pub customer_id: Option<Uuid>,
    /// What it is about.
    pub asset_id: Option<Uuid>,
    /// What its form is told.
    pub fields: Map<String, Value>,
    /// For a follow-up: where it comes from.
    pub origin: Option<Origin>,
    /// For an occurrence of a duty: which, and what it takes along.
    pub duty: Option<Arising>,
}

/// An occurrence of a duty, as the case that it opens needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Arising {
    /// The duty.
    pub duty: String,
    /// The role whose people are told that it waits for one of them.
    pub pool: Option<String>,
    /// The span it is to be done within.
    pub given: Given,
}

/// Where a follow-up comes from, and what it takes along.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The case that opens it.
    pub parent_id: Uuid,
    /// Which of its follow-ups.
    pub follow_up: String,
    /// The owner stays the same: who received the customer owes the answer.
    pub owner_id: Option<Uuid>,
    /// Who gets it …
    pub assignee: Option<Person>,
    /// … or the role whose people are told that it waits for one of them.
    pub pool: Option<String>,
    /// The span handed over.
    pub given: Option<Given>,
}

/// Zero, for sums of pauses.
pub(crate) const NO_TIME: TimeDelta = TimeDelta::zero();
