//! What a validator found, in stable codes and plain words.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::fault::Fault;
use crate::text::Text;

/// One step of an RFC 6901 pointer.
pub(in crate::procedure) fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// Every fault of an instance; `label` says what people call the place.
pub(in crate::procedure) fn faults_of(
    validator: &Validator,
    instance: &Value,
    label: impl Fn(&str) -> Option<Text>,
) -> Vec<Fault> {
    let mut found = Vec::new();
    for error in validator.iter_errors(instance) {
        for (pointer, code, words) in explain(&error, instance) {
            let detail = match label(&pointer) {
                Some(name) => Text::new(
                    format!("「{}」{}", name.zh, words.zh),
                    format!("“{}” {}", name.en, words.en),
                ),
                None => words,
            };
            found.push(Fault::new(pointer, code, detail));
        }
    }
    found
}

type Explained = (String, &'static str, Text);

fn explain(error: &ValidationError<'_>, root: &Value) -> Vec<Explained> {
    use ValidationErrorKind as Kind;
    let at = error.instance_path().as_str();
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let words = Text::new("必填", "is required");
            vec![(format!("{at}/{}", escape(name)), "required", words)]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| unknown_member(at, name)).collect()
        }
        // An object that declares nothing: the validator names its first member only.
        Kind::FalseSchema if error.schema_path().as_str().ends_with("/additionalProperties") => {
            let members = root.pointer(at).and_then(Value::as_object).into_iter().flatten();
            members.map(|(name, _)| unknown_member(at, name)).collect()
        }
        Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. } | Kind::Format { .. } => {
            vec![explain_kind(at, error)]
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            explain_branches(at, context, root)
        }
        _ => vec![explain_size(at, error)],
    }
}

fn unknown_member(at: &str, name: &str) -> Explained {
    let words =
        Text::new(format!("没有 `{name}` 这一项"), format!("there is no such member: `{name}`"));
    (format!("{at}/{}", escape(name)), "unknown_member", words)
}

/// When all branches but one fail on the type, the one that is left says what is wrong.
fn explain_branches(
    at: &str,
    branches: &[Vec<ValidationError<'static>>],
    root: &Value,
) -> Vec<Explained> {
    let wrong_type = |it: &&Vec<ValidationError<'static>>| {
        it.iter().all(|error| {
            error.instance_path().as_str() == at
                && matches!(error.kind(), ValidationErrorKind::Type { .. })
        })
    };
    let mut fitting = branches.iter().filter(|it| !wrong_type(it));
    if let (Some(one), None) = (fitting.next(), fitting.next()) {
        return one.iter().flat_map(|error| explain(error, root)).collect();
    }
    let words =
        Text::new("不符合任何一种允许的写法", "is written in none of the ways that are allowed");
    vec![(at.to_owned(), "no_match", words)]
}

fn explain_kind(at: &str, error: &ValidationError<'_>) -> Explained {
    use ValidationErrorKind as Kind;
    let (code, words) = match error.kind() {
        Kind::Type { kind } => {
            let names: Vec<String> = match kind {
                TypeKind::Single(it) => vec![it.to_string()],
                TypeKind::Multiple(all) => all.iter().map(|it| it.to_string()).collect(),
            };
            let zh: Vec<_> = names.iter().map(|it| type_name(it).0).collect();
            let en: Vec<_> = names.iter().map(|it| type_name(it).1).collect();
            let words = Text::new(
                format!("须是{}", zh.join("或")),
                format!("has to be {}", en.join(" or ")),
            );
            ("type", words)
        }
        Kind::Enum { options } => {
            let all = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let all = all.iter().map(plain).collect::<Vec<_>>().join(" ");
            ("enum", Text::new(format!("须是其中之一:{all}"), format!("has to be one of: {all}")))
        }
        Kind::Constant { expected_value } => {
            let one = plain(expected_value);
            ("enum", Text::new(format!("须是 {one}"), format!("has to be {one}")))
        }
        Kind::Format { format } => {
            let (zh, en) = format_name(format);
            ("format", Text::new(format!("须是{zh}"), format!("has to be {en}")))
        }
        _ => ("invalid", Text::new("不符合要求", "is not as it has to be")),
    };
    (at.to_owned(), code, words)
}

fn explain_size(at: &str, error: &ValidationError<'_>) -> Explained {
    use ValidationErrorKind as Kind;
    let text = |zh: String, en: String| Text { zh, en };
    let (code, words) = match error.kind() {
        Kind::MaxLength { limit } => (
            "too_long",
            text(format!("最多 {limit} 个字"), format!("takes at most {limit} characters")),
        ),
        Kind::MinLength { limit: 1 } => ("too_short", Text::new("不能为空", "must not be empty")),
        Kind::MinLength { limit } => (
            "too_short",
            text(format!("至少 {limit} 个字"), format!("needs at least {limit} characters")),
        ),
        Kind::Maximum { limit } => {
            ("too_big", text(format!("不能大于 {limit}"), format!("must not be more than {limit}")))
        }
        Kind::ExclusiveMaximum { limit } => {
            ("too_big", text(format!("须小于 {limit}"), format!("has to be less than {limit}")))
        }
        Kind::Minimum { limit } => (
            "too_small",
            text(format!("不能小于 {limit}"), format!("must not be less than {limit}")),
        ),
        Kind::ExclusiveMinimum { limit } => {
            ("too_small", text(format!("须大于 {limit}"), format!("has to be more than {limit}")))
        }
        Kind::MaxItems { limit } => (
            "too_many",
            text(format!("最多 {limit} 项"), format!("takes at most {limit} elements")),
        ),
        Kind::MinItems { limit } => (
            "too_few",
            text(format!("至少 {limit} 项"), format!("needs at least {limit} elements")),
        ),
        Kind::MaxProperties { limit } => {
            ("too_many", text(format!("最多 {limit} 项"), format!("takes at most {limit} members")))
        }
        Kind::MinProperties { limit } => {
            ("too_few", text(format!("至少 {limit} 项"), format!("needs at least {limit} members")))
        }
        Kind::UniqueItems => ("repeated", Text::new("不能重复", "must not repeat an element")),
        Kind::MultipleOf { multiple_of } => (
            "not_a_multiple",
            text(
                format!("须是 {multiple_of} 的倍数"),
                format!("has to be a multiple of {multiple_of}"),
            ),
        ),
        Kind::Pattern { pattern } => (
            "pattern",
            text(format!("写法须符合 {pattern}"), format!("has to be written like {pattern}")),
        ),
        Kind::FalseSchema => ("unknown_member", Text::new("这里不能有值", "nothing may be here")),
        other => {
            let keyword = other.keyword().to_owned();
            (
                "invalid",
                text(format!("不符合 `{keyword}` 的要求"), format!("does not meet `{keyword}`")),
            )
        }
    };
    (at.to_owned(), code, words)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn type_name(name: &str) -> (&'static str, &'static str) {
    match name {
        "string" => ("文本", "text"),
        "integer" => ("整数", "a whole number"),
        "number" => ("数字", "a number"),
        "boolean" => ("是或否", "true or false"),
        "array" => ("列表", "a list"),
        "object" => ("对象", "an object"),
        "null" => ("空值", "null"),
        _ => ("另一种类型", "of another type"),
    }
}

fn format_name(name: &str) -> (&'static str, &'static str) {
    match name {
        "date" => ("日期,如 2026-11-22", "a date such as 2026-11-22"),
        "date-time" => ("时刻,如 2026-11-22T09:00:00Z", "an instant such as 2026-11-22T09:00:00Z"),
        "time" => ("时间,如 09:00:00Z", "a time such as 09:00:00Z"),
        "email" => ("电子邮箱地址", "an e-mail address"),
        "uuid" => ("UUID", "a UUID"),
        "uri" => ("网址", "a URI"),
        "span" => ("时长,如 30m、72h、7d、4wh、3wd", "a span such as 30m, 72h, 7d, 4wh or 3wd"),
        "span-or-figure" => {
            ("时长(如 72h)或 $figures 里的名字", "a span such as 72h, or $ and a figure")
        }
        "warn-point" => ("提醒点,如 80% 或 2wh", "a warn point such as 80% or 2wh"),
        _ => ("要求的格式", "of the wanted format"),
    }
}
