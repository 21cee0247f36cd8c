//! Reading a procedure from a file or from the API, with a line for every fault.

mod lines;
mod tree;

use std::sync::LazyLock;

use jsonschema::Validator;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::definition::{Definition, SpanOrFigure, Warn};
use super::fields::{Fields, expand};
use super::form::faults_of;
use crate::fault::Fault;
use crate::metric::Target;
use crate::span::Span;
use crate::text::Text;

pub use lines::Lines;
pub(crate) use tree::read as read_toml;

/// The JSON Schema of a procedure, as it is published.
pub const SCHEMA: &str = include_str!("../../../packs/procedure.schema.json");

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| validator(SCHEMA));

/// Reads a procedure from TOML that uses no fields but its own.
///
/// # Errors
/// As [`from_toml_with`].
pub fn from_toml(text: &str) -> Result<(Definition, Lines), Vec<Fault>> {
    from_toml_with(text, &|_| Fields::default())
}

/// The fields that a procedure's forms may name, by its code.
pub type Words<'a> = &'a dyn Fn(&str) -> Fields;

/// Reads a procedure from TOML; its forms may name these fields.
///
/// # Errors
/// What is no TOML, or no procedure by its shape, with lines. The meaning is not looked at:
/// that is [`super::Procedure::new`].
pub fn from_toml_with(text: &str, words: Words<'_>) -> Result<(Definition, Lines), Vec<Fault>> {
    let (value, lines) = read_toml(text)?;
    match from_json_with(value, words) {
        Ok(definition) => Ok((definition, lines)),
        Err(mut faults) => {
            lines.locate(&mut faults);
            Err(faults)
        }
    }
}

/// Reads a procedure from JSON that uses no fields but its own.
///
/// # Errors
/// Everything that is no procedure by its shape.
pub fn from_json(value: Value) -> Result<Definition, Vec<Fault>> {
    from_json_with(value, &|_| Fields::default())
}

/// Reads a procedure from JSON; its forms may name these fields.
///
/// # Errors
/// Everything that is no procedure by its shape.
pub fn from_json_with(mut value: Value, words: Words<'_>) -> Result<Definition, Vec<Fault>> {
    let mut faults = faults_of(&VALIDATOR, &value, |_| None);
    if faults.is_empty() {
        let code = value.get("code").and_then(Value::as_str).unwrap_or_default();
        let fields = words(code);
        faults = expand(&mut value, &fields).err().unwrap_or_default();
    }
    if faults.is_empty() { read(value) } else { Err(faults) }
}

/// Reads a value whose shape a schema describes: every fault of the shape, not the first.
pub(crate) fn shaped<T: DeserializeOwned>(
    validator: &Validator,
    value: Value,
) -> Result<T, Vec<Fault>> {
    let faults = faults_of(validator, &value, |_| None);
    if faults.is_empty() { read(value) } else { Err(faults) }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, Vec<Fault>> {
    serde_json::from_value(value).map_err(|error| {
        let words = error.to_string();
        vec![Fault::new("", "bad_shape", Text::new(words.clone(), words))]
    })
}

/// Compiles one of the schemas of files: spans, figures and warn points are formats of theirs.
pub(crate) fn validator(schema: &str) -> Validator {
    let schema: Value = serde_json::from_str(schema).unwrap_or(Value::Bool(false));
    let compiled = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .with_format("span", |it: &str| it.parse::<Span>().is_ok())
        .with_format("span-or-figure", reads::<SpanOrFigure>)
        .with_format("warn-point", reads::<Warn>)
        .with_format("target", |it: &str| it.parse::<Target>().is_ok())
        .offline()
        .build(&schema);
    #[expect(
        clippy::expect_used,
        reason = "the schema is a part of the program; a test compiles it"
    )]
    compiled.expect("the schema of a file is a schema")
}

fn reads<T: DeserializeOwned>(text: &str) -> bool {
    serde_json::from_value::<T>(Value::from(text)).is_ok()
}
