//! What keeps an action from being taken though the state allows it, as it is written: approvals,
//! holds, windows, and how often.

use serde::{Deserialize, Serialize};

use super::definition::{SpanOrFigure, is_false};
use crate::text::Text;

/// A decision others take before a case goes on (审批).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// What files and the API call it.
    pub code: String,
    /// What people call it; the code where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The state that asks for it, on every entering.
    pub state: String,
    /// One after the other.
    pub steps: Vec<Step>,
    /// The state the case goes to when the last step is done.
    pub approved: String,
    /// The state it goes to as soon as anybody refuses.
    pub refused: String,
    /// How long it may take: a clock `<code>_approval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<SpanOrFigure>,
    /// The calendar that counts it; the site's own if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// What becomes of it at the deadline; it stays open if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
    /// Whether whoever asked may decide too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own: bool,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

impl Approval {
    /// The clock that runs on it.
    pub fn clock(&self) -> Option<String> {
        self.within.is_some().then(|| format!("{}_approval", self.code))
    }
}

/// One step of an approval: any who hold one of `by` (`need` of them), or one of each of `all`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Permissions any of which lets somebody decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Permissions of each of which one holder has to approve, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// How many different people of `by` have to approve; one if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<u32>,
}

/// What becomes of an approval nobody has decided at its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeout {
    /// It counts as refused.
    Refused,
    /// It counts as approved: silence is consent, where a regulation says so.
    Approved,
}

/// A thing of which there is one (唯一占用): a key, a parking space, the number of a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The kind of thing; the same code in another procedure is the same kind.
    pub code: String,
    /// A CEL expression that says which one; null holds nothing.
    pub of: String,
    /// The states in which the case has it.
    pub r#in: Vec<String>,
    /// Within what there is one.
    #[serde(default)]
    pub per: Reach,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// Within what a thing is one of its kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Each site has its own.
    #[default]
    Site,
    /// There is one in the whole organisation.
    Organisation,
}

/// When an action may be taken, in the site's local time. All that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Days of the month: `20-25`, `5`, `1-3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<String>,
    /// `mon` … `sun`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<String>,
    /// `08:00-20:00`; from the first to before the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// The working hours of this calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

/// How often an action may be taken on one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtMost {
    /// So often …
    pub times: u32,
    /// … in each of these, by the site's local time.
    pub per: Per,
}

/// A stretch of time over which something is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// A local day.
    Day,
    /// A week from Monday.
    Week,
    /// A month of the calendar.
    Month,
    /// The case's whole life.
    Case,
}

impl Window {
    /// The first and the last day of the month; `None` if they are no such days.
    pub fn first_and_last(&self) -> Option<(u32, u32)> {
        let days = self.days.as_deref()?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        (1 <= first && first <= last && last <= 31).then_some((first, last))
    }

    /// The minutes of the day from and to which; `None` if they are no such times.
    pub fn from_and_to(&self) -> Option<(u32, u32)> {
        let (from, to) = self.hours.as_deref()?.split_once('-')?;
        let minute = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
        };
        let (from, to) = (minute(from)?, minute(to)?);
        (from < to && to <= 24 * 60).then_some((from, to))
    }
}
