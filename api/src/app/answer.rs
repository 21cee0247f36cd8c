//! What a use case answers, and what of it is kept for an idempotency key.

use serde::Serialize;
use serde_json::Value;

use super::Failure;

/// What a write has done.
#[derive(Clone, PartialEq, Debug)]
pub struct Effect {
    /// What kind of thing it did.
    pub outcome: Outcome,
    /// What is there now, as JSON; empty for [`Outcome::Gone`].
    pub body: String,
    /// Where it is, if it is new.
    pub location: Option<String>,
    /// Its version, if it has one.
    pub version: Option<i64>,
    /// Whether callers, roles, sites, calendars or procedures are not what they were.
    pub changes_rules: bool,
    /// What is answered this once in place of `body`, which is kept for the idempotency key: a secret
    /// is shown and not kept.
    pub once: Option<String>,
}

/// What kind of thing a write did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Something new is there.
    Created,
    /// Something is as it is shown.
    Changed,
    /// Something is gone.
    Gone,
}

impl Effect {
    /// Something new at `location`.
    pub fn created(location: String, version: i64, body: &impl Serialize) -> Result<Self, Failure> {
        let location = Some(location);
        Ok(Self { location, ..Self::of(Outcome::Created, Some(version), text(body)?) })
    }

    /// Something that is now as `body` shows it.
    pub fn changed(version: Option<i64>, body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self::of(Outcome::Changed, version, text(body)?))
    }

    /// Something is gone; there is nothing to show.
    pub fn gone() -> Self {
        Self::of(Outcome::Gone, None, String::new())
    }

    /// The same, and callers, roles, sites, calendars or procedures have changed with it.
    #[must_use]
    pub fn changing_rules(self) -> Self {
        Self { changes_rules: true, ..self }
    }

    /// The same, answered this once with `body`.
    pub fn showing_once(self, body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { once: Some(text(body)?), ..self })
    }

    fn of(outcome: Outcome, version: Option<i64>, body: String) -> Self {
        Self { outcome, body, location: None, version, changes_rules: false, once: None }
    }
}

/// A view as JSON.
pub(crate) fn shown(view: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(view).map_err(|error| Failure::Broken(format!("a view: {error}")))
}

/// A view as the text of a body.
fn text(view: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(view).map_err(|error| Failure::Broken(format!("a view: {error}")))
}

/// What the caller of a write is told: now, or again for the same idempotency key.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// What kind of thing was done.
    pub outcome: Outcome,
    /// The body's text; empty for [`Outcome::Gone`].
    pub body: String,
    /// Where it is, if it is new.
    pub location: Option<String>,
    /// Its version, if it has one.
    pub version: Option<i64>,
    /// Whether this was answered before, and nothing was done now.
    pub replayed: bool,
}

/// Something read.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown<T> {
    /// As clients see it.
    pub view: T,
    /// Its version.
    pub version: i64,
}

impl<T: Serialize> Shown<T> {
    /// Something without a version of its own: what it says is its version.
    pub(super) fn as_it_reads(view: T) -> Result<Self, Failure> {
        let digest = crate::auth::hash_of(&text(&view)?);
        let version =
            digest.iter().take(6).fold(0, |version, byte| version << 8 | i64::from(*byte));
        Ok(Self { view, version })
    }
}

/// A page of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask for next, if there is more.
    pub next_cursor: Option<String>,
    /// How many there are on all pages, if asked for.
    pub total: Option<i64>,
}

impl Outcome {
    /// The number it is kept under, and answered with.
    pub fn status(self) -> u16 {
        match self {
            Self::Changed => 200,
            Self::Created => 201,
            Self::Gone => 204,
        }
    }

    /// The outcome kept under a number.
    pub fn of_status(status: u16) -> Option<Self> {
        [Self::Changed, Self::Created, Self::Gone].into_iter().find(|it| it.status() == status)
    }
}
