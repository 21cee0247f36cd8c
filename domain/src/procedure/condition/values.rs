//! JSON as CEL values: read in place, and null-safe.

use std::any::Any;

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer, Iterable, Iterator as CelIterator};
use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelString, CelTimestamp, Kind, NULL_TYPE, Type,
};
use cel::common::value::{CowVal, StaticVal, Val};
use serde_json::{Map, Value};

static OBJECT: Type = Type::new_unspecified_type("object");
static ACTOR: Type = Type::new_unspecified_type("actor");

/// The member under which an [`Object`] hands out its JSON; no expression can spell it.
const JSON: &str = "@json";

/// The one null: unlike CEL's own it has every member, all null, and no element.
pub(super) static NOTHING: Nothing = Nothing;

/// The type of [`Actor`], for `actor.has(…)`.
pub(super) fn actor_type() -> Type {
    ACTOR.to_owned()
}

/// A JSON value as a CEL value that reads it in place.
pub(super) fn wrap<'b, 'v>(value: &'v Value) -> CowVal<'b, 'v> {
    match value {
        Value::Null => CowVal::Borrowed(&NOTHING),
        Value::Bool(it) => CowVal::owned(CelBool::from(*it)),
        Value::Number(it) => match it.as_i64() {
            Some(whole) => CowVal::owned(CelInt::from(whole)),
            None => CowVal::owned(CelDouble::from(it.as_f64().unwrap_or(f64::NAN))),
        },
        Value::String(it) => CowVal::owned(CelString::from(it.as_str())),
        Value::Array(all) => {
            let all: Vec<Box<dyn Val + 'v>> = all.iter().map(|it| wrap(it).into_owned()).collect();
            CowVal::owned(CelList::from(all))
        }
        Value::Object(map) => CowVal::owned(Object { map, instants: false }),
    }
}

/// The JSON an [`Object`] stands for; `None` for any other value.
pub(super) fn json_of(value: &dyn Val) -> Option<Value> {
    let text = value.as_indexer()?.get(&CelString::from(JSON)).ok()?;
    serde_json::from_str(text.downcast_ref::<CelString>()?.inner()).ok()
}

/// Null.
#[derive(Debug)]
pub(super) struct Nothing;

impl Val for Nothing {
    fn get_type(&self) -> &Type {
        &NULL_TYPE
    }

    fn cel_type() -> &'static Type {
        &NULL_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.get_type().kind() == Kind::NullType
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(Self)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Nothing {}

impl Container for Nothing {
    fn contains(&self, _: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(false)
    }
}

impl Indexer for Nothing {
    fn get<'b, 'v>(&'b self, _: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Ok(CowVal::Borrowed(&NOTHING))
    }

    fn steal<'v>(self: Box<Self>, _: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Ok(self)
    }
}

impl Iterable for Nothing {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        struct None;
        impl<'b, 'v> CelIterator<'b, 'v> for None {
            fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
                Option::None
            }
        }
        Box::new(None)
    }
}

/// A JSON object: a member that is absent is null.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) map: &'a Map<String, Value>,
    /// Whether members ending in `_at` are instants.
    pub(super) instants: bool,
}

impl<'a> Object<'a> {
    fn member<'b, 'v>(&self, name: &str) -> CowVal<'b, 'v>
    where
        'a: 'v,
    {
        if name == JSON {
            let text = serde_json::to_string(self.map).unwrap_or_default();
            return CowVal::owned(CelString::from(text));
        }
        match self.map.get(name) {
            None => CowVal::Borrowed(&NOTHING),
            Some(Value::String(text)) if self.instants && name.ends_with("_at") => {
                match chrono::DateTime::parse_from_rfc3339(text) {
                    Ok(instant) => CowVal::owned(CelTimestamp::from(instant)),
                    Err(_) => CowVal::owned(CelString::from(text.as_str())),
                }
            }
            Some(value) => wrap(value),
        }
    }
}

impl Val for Object<'_> {
    fn get_type(&self) -> &Type {
        &OBJECT
    }

    fn cel_type() -> &'static Type {
        &OBJECT
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        json_of(other).as_ref().and_then(Value::as_object) == Some(self.map)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(*self)
    }
}

impl Container for Object<'_> {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(value.downcast_ref::<CelString>().is_some_and(|key| self.map.contains_key(key.inner())))
    }
}

impl Indexer for Object<'_> {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        Ok(key
            .downcast_ref::<CelString>()
            .map_or(CowVal::Borrowed(&NOTHING), |name| self.member(name.inner())))
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

/// Who acts. Indexed by a permission it answers whether they hold it; its one member is `id`.
#[derive(Clone, Copy)]
pub(super) struct Actor<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) has: &'a (dyn Fn(&str) -> bool + Send + Sync),
}

impl std::fmt::Debug for Actor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Actor").field(&self.id).finish()
    }
}

impl Val for Actor<'_> {
    fn get_type(&self) -> &Type {
        &ACTOR
    }

    fn cel_type() -> &'static Type {
        &ACTOR
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(*self)
    }
}

impl Indexer for Actor<'_> {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let key = key.downcast_ref::<CelString>().map_or("", |it| it.inner());
        Ok(match (key, self.id) {
            ("id", Some(id)) => CowVal::owned(CelString::from(id)),
            ("id", None) => CowVal::Borrowed(&NOTHING),
            (permission, _) => CowVal::owned(CelBool::from((self.has)(permission))),
        })
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}
