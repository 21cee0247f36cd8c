//! JSON Merge Patch (RFC 7396): what the log says of a change to a plain record.

use kefu_domain::patch::merge;
use serde_json::{Map, Value};

/// The patch that makes `after` of `before`. Both are without nulls in objects (see [`strip`]): a
/// patch cannot say "set to null".
pub(crate) fn diff(before: &Value, after: &Value) -> Value {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return after.clone();
    };
    let mut patch = Map::new();
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, value) in after {
        match before.get(key) {
            Some(old) if old == value => {}
            Some(old) if old.is_object() && value.is_object() => {
                patch.insert(key.clone(), diff(old, value));
            }
            _ => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(patch)
}

/// `target` after `patch`.
pub(crate) fn apply(mut target: Value, patch: &Value) -> Value {
    merge(&mut target, patch);
    target
}

/// Without members that are null, in objects inside objects too. Lists stay as they are: a patch
/// replaces them whole.
pub(crate) fn strip(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, strip(value))).collect())
        }
        other => other,
    }
}

/// Equal as JSON says: `1e2`, `100` and `100.0` are one number. `PostgreSQL` stores numbers, not how
/// they were written.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right
                || left.as_f64().zip(right.as_f64()).is_some_and(|(l, r)| l.total_cmp(&r).is_eq())
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            let found = |(key, value)| right.get(key).is_some_and(|other| same(value, other));
            left.len() == right.len() && left.iter().all(found)
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_makes_the_one_of_the_other() {
        let states = [
            json!({}),
            json!({ "a": 1, "b": { "c": [1, null], "d": "x" } }),
            json!({ "a": { "b": 2 }, "b": "text" }),
            json!({ "b": { "d": "y", "e": {} }, "z": [] }),
        ];
        for before in &states {
            for after in &states {
                let patch = diff(before, after);
                assert_eq!(&apply(before.clone(), &patch), after, "{patch}");
            }
        }
    }

    #[test]
    fn nulls_are_stripped_from_objects_only() {
        let value = json!({ "a": null, "b": { "c": null, "d": [null] } });
        assert_eq!(strip(value), json!({ "b": { "d": [null] } }));
    }

    #[test]
    fn numbers_are_the_same_however_written() {
        assert!(same(&json!({ "a": [1e16] }), &json!({ "a": [10_000_000_000_000_000_u64] })));
        assert!(!same(&json!(1), &json!("1")));
        assert!(!same(&json!({ "a": 1 }), &json!({ "b": 1 })));
    }
}
