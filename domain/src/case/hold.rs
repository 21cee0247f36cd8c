//! Holds (唯一占用): a thing of which there is one is with one case at a time.
//!
//! Which things a case has follows from its state and fields; nobody takes or gives them by hand.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Refusal;
use super::draft::{Draft, broken};
use super::event::Fact;
use crate::procedure::definition::Reach;
use crate::who::Actor;

/// A thing a case has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Held {
    /// The kind of thing: `parking_space`.
    pub hold: String,
    /// Which one.
    pub value: String,
    /// Where it is one of its kind; in the whole organisation if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
}

/// Takes what the case now needs and gives back what it does not need any more.
pub(super) fn match_state(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let procedure = draft.procedure;
    if procedure.holds.is_empty() && draft.case.holds.is_empty() {
        return Ok(());
    }
    let mut wanted = Vec::new();
    for rule in &procedure.holds {
        let definition = &rule.definition;
        if !definition.r#in.contains(&draft.case.state) {
            continue;
        }
        let place = format!("hold {}", definition.code);
        let value = draft.value(&rule.of, &Actor::system()).map_err(|it| broken(&place, it))?;
        let value = match value {
            Value::Null => continue,
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        let site_id = draft.case.site_id.filter(|_| definition.per == Reach::Site);
        wanted.push(Held { hold: definition.code.clone(), value, site_id });
    }
    let actor = draft.actor.take();
    for held in draft.case.holds.clone().into_iter().filter(|it| !wanted.contains(it)) {
        draft.push(Fact::Released(held));
    }
    for held in wanted {
        if !draft.case.holds.contains(&held) {
            draft.push(Fact::Held(held));
        }
    }
    draft.actor = actor;
    Ok(())
}
