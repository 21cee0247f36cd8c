//! Whether a metric's expressions make sense over the cases it counts.

use std::collections::BTreeMap;

use super::Definition;
use crate::fault::Fault;
use crate::procedure::{self, Condition, Type, Types, Wants};
use crate::text::Text;

/// Checks the expressions of a metric against the procedures it is about.
///
/// # Errors
/// Every fault, with pointers that start at the metric.
pub fn check(metric: &Definition, procedures: &[&procedure::Definition]) -> Result<(), Vec<Fault>> {
    let types = types(procedures);
    let mut faults = Vec::new();
    let expressions = [
        ("/among", &metric.among, Wants::Condition),
        ("/counts", &metric.counts, Wants::Condition),
        ("/value", &metric.value, Wants::Value),
    ];
    for (place, source, wants) in expressions {
        let Some(source) = source else { continue };
        match Condition::parse(source) {
            Ok(condition) => faults.extend(
                condition
                    .check(&types, wants)
                    .into_iter()
                    .map(|(code, words)| Fault::new(place, code, words)),
            ),
            Err(error) => {
                let words = Text::new(
                    format!("不是有效的 CEL 表达式:{error}"),
                    format!("no valid CEL expression: {error}"),
                );
                faults.push(Fault::new(place, "not_an_expression", words));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What an expression sees: one case, closed or not, whatever procedure it follows.
fn types(procedures: &[&procedure::Definition]) -> Types {
    let mut case: BTreeMap<String, Type> = BTreeMap::new();
    for name in ["id", "number", "procedure", "state", "priority", "channel", "kind"] {
        case.insert(name.to_owned(), Type::TEXT);
    }
    for name in ["opened_at", "closed_at"] {
        case.insert(name.to_owned(), Type::Instant);
    }
    case.insert("urged".to_owned(), Type::Number);
    case.insert("late".to_owned(), Type::List(Box::new(Type::TEXT)));
    let mut fields: BTreeMap<String, Type> = BTreeMap::new();
    for definition in procedures {
        for (name, it) in procedure::field_types(definition) {
            let before = fields.remove(&name);
            fields.insert(name, before.map_or(it.clone(), |before| before.or(it)));
        }
    }
    case.insert("fields".to_owned(), Type::Object(fields));
    Types::default().with("case", Type::Object(case)).with("now", Type::Instant)
}
