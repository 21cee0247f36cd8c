//! What a JSON Schema finds, as faults in both languages: every one at once. The codes are those
//! that the forms of procedures use.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use serde_json::Value;

/// The code of a fault that is about a member nobody knows.
pub const UNKNOWN_MEMBER: &str = "unknown_member";

/// Everything the schema finds wrong with the value.
pub fn faults(schema: &Validator, value: &Value) -> Vec<Fault> {
    let mut found = Vec::new();
    for error in schema.iter_errors(value) {
        collect(&error, &mut found);
    }
    found.sort_by(|a, b| (&a.pointer, a.code).cmp(&(&b.pointer, b.code)));
    found.dedup();
    found
}

/// The faults one finding stands for. Each names its member, also where the finding is about the
/// object around it.
fn collect(error: &ValidationError<'_>, found: &mut Vec<Fault>) {
    let at = error.instance_path().as_str();
    let mut add = |pointer: String, code, zh: String, en: String| {
        found.push(Fault::new(pointer, code, Text::new(zh, en)));
    };
    let here = at.to_owned();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                let (zh, en) = ("没有这一项。", "There is no such member.");
                add(member(at, name), UNKNOWN_MEMBER, zh.into(), en.into());
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            add(member(at, name), "required", "缺少此项。".into(), "This is missing.".into());
        }
        Kind::Type { kind } => {
            let names = types(kind);
            add(here, "type", format!("应为 {names}。"), format!("Must be {names}."));
        }
        Kind::MaxLength { limit } => {
            let en = format!("Must have at most {limit} characters.");
            add(here, "too_long", format!("最多 {limit} 个字符。"), en);
        }
        Kind::MinLength { limit } => {
            let en = format!("Must have at least {limit} characters.");
            add(here, "too_short", format!("至少 {limit} 个字符。"), en);
        }
        Kind::Enum { options } => {
            let list = listed(options);
            add(here, "enum", format!("应为其中之一：{list}。"), format!("Must be one of {list}."));
        }
        Kind::Constant { expected_value } => {
            let en = format!("Must be {expected_value}.");
            add(here, "enum", format!("应为 {expected_value}。"), en);
        }
        Kind::Format { format } => {
            let en = format!("Must be in the format {format}.");
            add(here, "format", format!("格式应为 {format}。"), en);
        }
        Kind::Pattern { pattern } => {
            let en = format!("Must match {pattern}.");
            add(here, "pattern", format!("格式应符合 {pattern}。"), en);
        }
        Kind::Minimum { limit } | Kind::ExclusiveMinimum { limit } => {
            let en = format!("Must not be below {limit}.");
            add(here, "too_small", format!("不得小于 {limit}。"), en);
        }
        Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => {
            let en = format!("Must not be above {limit}.");
            add(here, "too_big", format!("不得大于 {limit}。"), en);
        }
        Kind::MinItems { limit } | Kind::MinProperties { limit } => {
            add(here, "too_few", format!("至少 {limit} 项。"), format!("Needs at least {limit}."));
        }
        Kind::MaxItems { limit } | Kind::MaxProperties { limit } => {
            add(here, "too_many", format!("最多 {limit} 项。"), format!("Takes at most {limit}."));
        }
        Kind::UniqueItems => {
            add(here, "repeated", "各项不得重复。".into(), "Items must differ.".into());
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match meant(context) {
            Some(branch) => branch.iter().for_each(|it| collect(it, found)),
            None => other(error, found),
        },
        _ => other(error, found),
    }
}

/// Of several alternatives that all fail, the one the sender meant: not the one that fails because
/// the whole value is of another type (`null` or an object).
fn meant<'a>(
    context: &'a [Vec<ValidationError<'static>>],
) -> Option<&'a Vec<ValidationError<'static>>> {
    let of_right_type = |errors: &&Vec<ValidationError<'static>>| {
        !errors.iter().any(|it| {
            matches!(it.kind(), Kind::Type { kind: TypeKind::Single(kind) }
            if kind.to_string() == "null")
        })
    };
    context.iter().filter(of_right_type).min_by_key(|it| it.len())
}

fn other(error: &ValidationError<'_>, found: &mut Vec<Fault>) {
    let at = error.instance_path().as_str();
    let detail = Text::new("此项不符合要求。", "This does not fit.");
    found.push(Fault::new(at, "invalid", detail));
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => {
            kinds.iter().map(|it| it.to_string()).collect::<Vec<_>>().join(" | ")
        }
    }
}

fn listed(options: &Value) -> String {
    let list = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let list = list.iter().map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
    list.collect::<Vec<_>>().join(", ")
}

/// The pointer to a member of the object at `at`.
pub fn member(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_fault_is_named_at_its_member() {
        let schema = jsonschema::validator_for(&json!({
            "type": "object", "additionalProperties": false, "required": ["name", "kind"],
            "properties": {
                "name": { "type": "string", "maxLength": 3 },
                "kind": { "enum": ["a", "b"] },
                "place": { "oneOf": [{ "type": "null" }, {
                    "type": "object", "required": ["x"], "additionalProperties": false,
                    "properties": { "x": { "type": "integer" } } }] },
            },
        }))
        .unwrap();
        let value = json!({ "name": "long", "a/b": 1, "place": { "x": "1", "y": 2 } });
        let named: Vec<_> =
            faults(&schema, &value).into_iter().map(|it| (it.pointer, it.code)).collect();
        let expected = [
            ("/a~1b", "unknown_member"),
            ("/kind", "required"),
            ("/name", "too_long"),
            ("/place/x", "type"),
            ("/place/y", "unknown_member"),
        ];
        assert_eq!(named, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }
}
