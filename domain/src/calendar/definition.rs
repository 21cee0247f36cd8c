//! A calendar as people write it: the JSON of `PUT /v1/calendars/{code}` and the TOML of a pack.
//!
//! Dates and times stay text here, so that every wrong one is named at its place by
//! [`Calendar::new`](super::Calendar::new) and not only the first by a parser.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A calendar as put and read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name in requests: `^[a-z][a-z0-9_-]{0,63}$`.
    pub code: String,
    /// What people call it; at most 200 characters a language.
    pub title: Text,
    /// An IANA time zone, as `Asia/Shanghai`.
    pub time_zone: String,
    /// The national table of holidays and make-up days it follows: `CN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national: Option<String>,
    /// The working intervals of each day of the week.
    pub week: Week,
    /// The working intervals of the national table's make-up days; Monday's when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makeup: Vec<Interval>,
    /// Days closed beside the national table's.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Days with their own intervals, whatever else they are.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Which version this is. Read only: what is put here is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// Working intervals per weekday. A day with none is not a working day.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Monday.
    pub mon: Vec<Interval>,
    /// Tuesday.
    pub tue: Vec<Interval>,
    /// Wednesday.
    pub wed: Vec<Interval>,
    /// Thursday.
    pub thu: Vec<Interval>,
    /// Friday.
    pub fri: Vec<Interval>,
    /// Saturday.
    pub sat: Vec<Interval>,
    /// Sunday.
    pub sun: Vec<Interval>,
}

impl Week {
    /// The days in order from Monday, each with its member's name.
    pub fn days(&self) -> [(&'static str, &[Interval]); 7] {
        [
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
            ("sun", &self.sun),
        ]
    }
}

/// From one local time to another, as `["08:30", "12:00"]`. The end may be `24:00`; an end that is
/// not after the start is the next day's, so `["22:00", "06:00"]` is a night of eight hours and
/// `["08:00", "08:00"]` is a duty of twenty-four. It belongs to the day it starts on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Interval(
    /// Start, `HH:MM`.
    pub String,
    /// End, `HH:MM`.
    pub String,
);

/// A day that is closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// What the day is called.
    pub name: String,
}

/// A day with its own intervals; without any it is closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// When it is open.
    pub intervals: Vec<Interval>,
    /// What the day is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
