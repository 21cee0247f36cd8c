//! What a condition can see.

use cel::common::types::{CelList, CelTimestamp};
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use serde_json::Value;

use super::values::{Actor, NOTHING, Object, wrap};
use crate::Timestamp;

/// What a condition can see. Nothing is copied: values are read out of it as they are asked for.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The case as an object: `id number procedure kind state priority channel subject fields
    /// owner_id assignee_id opened_at …`. Members ending in `_at` are read as instants.
    pub case: &'a Value,
    /// Who acts; `None` for the system.
    pub actor_id: Option<&'a str>,
    /// Whether who acts holds a permission: `actor.has('complaint.major')`.
    pub has: &'a (dyn Fn(&str) -> bool + Send + Sync),
    /// Who is served.
    pub customer: Option<&'a Value>,
    /// Where.
    pub site: Option<&'a Value>,
    /// The cases this one opened: `procedure state fields closed …`.
    pub children: &'a [Value],
    /// The child whose result is looked at, in a follow-up's `on_result`.
    pub child: Option<&'a Value>,
    /// The line of a field of line items that a follow-up is opened for.
    pub item: Option<&'a Value>,
    /// What an action's form was told, in its guard.
    pub input: Option<&'a Value>,
    /// The instant of the decision.
    pub now: Timestamp,
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope")
            .field("case", self.case)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl VariableResolver for Scope<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let own = |value: &'b Value| match value {
            Value::Object(map) => CowVal::owned(Object { map, instants: true }),
            other => wrap(other),
        };
        Some(match variable {
            "case" => own(self.case),
            "actor" => CowVal::owned(Actor { id: self.actor_id, has: self.has }),
            "customer" => self.customer.map_or(CowVal::Borrowed(&NOTHING), own),
            "site" => self.site.map_or(CowVal::Borrowed(&NOTHING), own),
            "input" => self.input.map_or(CowVal::Borrowed(&NOTHING), own),
            "item" => self.item.map_or(CowVal::Borrowed(&NOTHING), own),
            "child" => self.child.map_or(CowVal::Borrowed(&NOTHING), own),
            "children" => {
                let all: Vec<_> = self.children.iter().map(|it| own(it).into_owned()).collect();
                CowVal::owned(CelList::from(all))
            }
            "now" => CowVal::owned(CelTimestamp::from(self.now.fixed_offset())),
            "@null" => CowVal::Borrowed(&NOTHING),
            _ => return None,
        })
    }
}
