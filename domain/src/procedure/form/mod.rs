//! Forms: what somebody has to say, as JSON Schema 2020-12.
//!
//! Beside plain JSON Schema a form may say titles in both languages (`title = { zh, en }`) and what
//! people call the values of an `enum` (`enum_titles = { major = { zh, en } }`). What is not said is
//! implied: an object takes no member it does not declare, text is at most 4,000 characters, a list
//! at most 200 elements. Text of the format `attachment` is the id of a file.

mod attached;
mod derive;
mod faults;
mod lint;
mod normalise;

use std::sync::{Arc, OnceLock};

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::fault::Fault;
use crate::text::{Lang, Text};

pub(super) use faults::{escape, faults_of};

/// What somebody has to say, ready to be checked.
pub struct Form {
    written: Map<String, Value>,
    properties: Map<String, Value>,
    defaults: Vec<(String, Value)>,
    // Made when they are first asked for: hundreds of forms are loaded, a few are used.
    zh: OnceLock<Arc<Value>>,
    en: OnceLock<Arc<Value>>,
    validator: OnceLock<Validator>,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Form").field(&self.written).finish()
    }
}

impl Form {
    /// Checks and compiles a form: a JSON Schema of an object (`required`, `properties`, …). An
    /// empty form takes no input.
    ///
    /// # Errors
    /// Why it is no schema; pointers start at the form.
    pub fn new(written: &Map<String, Value>) -> Result<Self, Vec<Fault>> {
        let mut faults = lint::check(written);
        let pure = normalise::pure(written);
        let meta = jsonschema::draft202012::meta::validator();
        for error in meta.iter_errors(&pure) {
            faults.push(not_a_schema(error.instance_path().as_str(), &error.to_string()));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let validator = compile(&pure).map_err(|error| {
            vec![not_a_schema(error.instance_path().as_str(), &error.to_string())]
        })?;
        let form = Self { validator: OnceLock::from(validator), ..Self::trusted(written) };
        let faults = form.default_faults();
        if faults.is_empty() { Ok(form) } else { Err(faults) }
    }

    /// A form that was checked before: it is compiled when it is first used.
    pub(super) fn trusted(written: &Map<String, Value>) -> Self {
        let properties =
            written.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let defaults: Vec<_> = properties
            .iter()
            .filter_map(|(name, it)| Some((name.clone(), it.get("default")?.clone())))
            .collect();
        Self {
            written: written.clone(),
            properties,
            defaults,
            zh: OnceLock::new(),
            en: OnceLock::new(),
            validator: OnceLock::new(),
        }
    }

    fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| {
            let compiled = compile(&normalise::pure(&self.written));
            #[expect(clippy::expect_used, reason = "it was compiled when it was published")]
            compiled.expect("a checked form is a schema")
        })
    }

    /// Fills in what was left out and has a default, checks the rest, and adds what is worked out
    /// of it: totals of line items, faults of checklists.
    ///
    /// # Errors
    /// Every fault of the input, each with its pointer.
    pub fn fill(&self, mut input: Map<String, Value>) -> Result<Map<String, Value>, Vec<Fault>> {
        for (name, value) in &self.defaults {
            if !input.contains_key(name) {
                input.insert(name.clone(), value.clone());
            }
        }
        let input = Value::Object(input);
        if !self.validator().is_valid(&input) {
            return Err(faults_of(self.validator(), &input, |pointer| self.label(pointer)));
        }
        let Value::Object(mut filled) = input else { return Ok(Map::new()) };
        derive::add(&self.properties, &mut filled)?;
        Ok(filled)
    }

    /// The form as plain JSON Schema for a front end: titles in one language, values of an `enum`
    /// as `oneOf` of `const` and `title` where they have titles.
    pub fn schema(&self, lang: Lang) -> &Arc<Value> {
        let made = match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        };
        made.get_or_init(|| Arc::new(normalise::localised(&self.written, lang)))
    }

    /// The attachments that an input names, each with its place: properties of the format
    /// `attachment`, or lists of those.
    pub fn attachments(&self, input: &Map<String, Value>) -> Vec<(String, Uuid)> {
        attached::named(&self.properties, input)
    }

    /// The properties it declares.
    pub fn property_names(&self) -> impl Iterator<Item = &str> {
        self.properties.keys().map(String::as_str)
    }

    /// What it adds to an input by itself, with its schema.
    pub fn derived(&self) -> Vec<(String, Value)> {
        derive::derived(&self.properties)
    }

    /// A property's schema as written.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.get(name)
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty()
    }

    /// What people call the property a pointer leads to.
    fn label(&self, pointer: &str) -> Option<Text> {
        let name = pointer.strip_prefix('/')?.split('/').next()?;
        let property = self.properties.get(name)?.as_object()?;
        Some(Text::new(
            normalise::words(property.get("title")?, Lang::Zh)?,
            normalise::words(property.get("title")?, Lang::En)?,
        ))
    }

    /// A default has to be something the form would take.
    fn default_faults(&self) -> Vec<Fault> {
        let mut found = Vec::new();
        for (name, value) in &self.defaults {
            let sample = Value::Object([(name.clone(), value.clone())].into_iter().collect());
            let prefix = format!("/{}", escape(name));
            let own = faults_of(self.validator(), &sample, |_| None).into_iter();
            for fault in own.filter(|it| it.code != "required" && it.pointer.starts_with(&prefix)) {
                found.push(Fault::new(
                    format!("/properties/{}/default", escape(name)),
                    "bad_default",
                    Text::new(
                        format!("默认值不合表单自己的要求:{}", fault.detail.zh),
                        format!("the form itself refuses this default: {}", fault.detail.en),
                    ),
                ));
            }
        }
        found
    }
}

fn compile(schema: &Value) -> Result<Validator, jsonschema::ValidationError<'static>> {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_format(attached::FORMAT, attached::is_id)
        // Linear in the length of the text, whatever the pattern.
        .with_pattern_options(PatternOptions::regex())
        .offline()
        .build(schema)
}

fn not_a_schema(pointer: &str, words: &str) -> Fault {
    Fault::new(
        pointer,
        "not_a_schema",
        Text::new(
            format!("不是有效的 JSON Schema:{words}"),
            format!("no valid JSON Schema: {words}"),
        ),
    )
}
