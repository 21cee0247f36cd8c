//! What a condition can know about the values it sees.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// The type of a value, as far as it is known before there is one.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Nothing is known.
    Any,
    /// Null.
    Null,
    /// True or false.
    Bool,
    /// Whole or not.
    Number,
    /// Text; with the words it can be, where they are known.
    Text(Option<BTreeSet<String>>),
    /// An instant.
    Instant,
    /// A length of elapsed time.
    Duration,
    /// A list of one type.
    List(Box<Type>),
    /// An object with these members and no others.
    Object(BTreeMap<String, Type>),
    /// Who acts.
    Actor,
}

impl Type {
    /// Text that can be anything.
    pub const TEXT: Self = Self::Text(None);

    /// Text that is one of these words.
    pub fn words<I: IntoIterator<Item: Into<String>>>(words: I) -> Self {
        Self::Text(Some(words.into_iter().map(Into::into).collect()))
    }

    /// What the JSON Schema of a property says its values are.
    pub fn of_schema(schema: &Value) -> Self {
        let Some(schema) = schema.as_object() else { return Self::Any };
        if let Some(all) = schema.get("enum").and_then(Value::as_array) {
            return all.iter().map(Self::of_value).reduce(Self::or).unwrap_or(Self::Any);
        }
        if let Some(one) = schema.get("const") {
            return Self::of_value(one);
        }
        match schema.get("type") {
            Some(Value::String(name)) => Self::of_type(name, schema),
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str).filter(|it| *it != "null");
                names.map(|it| Self::of_type(it, schema)).reduce(Self::or).unwrap_or(Self::Null)
            }
            _ => Self::Any,
        }
    }

    fn of_type(name: &str, schema: &Map<String, Value>) -> Self {
        match name {
            "string" => Self::TEXT,
            "number" | "integer" => Self::Number,
            "boolean" => Self::Bool,
            "null" => Self::Null,
            "array" => Self::List(Box::new(schema.get("items").map_or(Self::Any, Self::of_schema))),
            "object" => match schema.get("properties").and_then(Value::as_object) {
                Some(all) if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                    let members = all.iter().map(|(name, it)| (name.clone(), Self::of_schema(it)));
                    Self::Object(members.collect())
                }
                _ => Self::Any,
            },
            _ => Self::Any,
        }
    }

    fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(word) => Self::words([word.as_str()]),
            Value::Array(_) | Value::Object(_) => Self::Any,
        }
    }

    /// A value of one or the other type.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, it) | (it, Self::Null) => it,
            (Self::Text(Some(mut a)), Self::Text(Some(b))) => {
                a.extend(b);
                Self::Text(Some(a))
            }
            (Self::Text(_), Self::Text(_)) => Self::TEXT,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.or(*b))),
            (a, b) if a == b => a,
            _ => Self::Any,
        }
    }

    /// Whether a value of this type can be one of the other.
    pub fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Null, _) | (_, Self::Any | Self::Null) => true,
            (Self::Text(_), Self::Text(_)) | (Self::Object(_), Self::Object(_)) => true,
            (Self::List(a), Self::List(b)) => a.agrees_with(b),
            (a, b) => a == b,
        }
    }

    /// What people call it: Chinese, English.
    pub(super) fn name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Any => ("任意值", "anything"),
            Self::Null => ("空值", "null"),
            Self::Bool => ("是非值", "a yes or no"),
            Self::Number => ("数字", "a number"),
            Self::Text(_) => ("文本", "text"),
            Self::Instant => ("时刻", "an instant"),
            Self::Duration => ("时长", "a duration"),
            Self::List(_) => ("列表", "a list"),
            Self::Object(_) => ("对象", "an object"),
            Self::Actor => ("操作人", "the actor"),
        }
    }
}

/// The variables a condition may read, and the permissions it may ask for.
#[derive(Debug, Clone, Default)]
pub struct Types {
    /// By name.
    pub variables: BTreeMap<String, Type>,
    /// The permissions that exist; any, if they are not known.
    pub permissions: Option<BTreeSet<String>>,
}

impl Types {
    /// The same with a variable more.
    #[must_use]
    pub fn with(mut self, variable: &str, it: Type) -> Self {
        self.variables.insert(variable.to_owned(), it);
        self
    }
}
