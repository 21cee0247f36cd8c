//! Column types: one Rust newtype and one SQL type each, stored natively by both databases so that
//! order and equality agree.

use chrono::{DateTime, SubsecRound as _, TimeZone as _, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types as native;
use diesel::sqlite::{Sqlite, SqliteValue};
use serde::{Deserialize, Serialize};

/// The SQL side, named in `schema.rs`.
pub(crate) mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::SqlType;

    /// `uuid` on PostgreSQL, a 16-byte blob on SQLite: both compare bytes, so `UUIDv7` sort by age.
    #[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
    pub struct Id;

    /// `timestamptz` on PostgreSQL, integer microseconds since 1970 on SQLite.
    #[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
    pub struct Ts;

    /// `jsonb` on PostgreSQL, text on SQLite.
    #[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
    pub struct Json;

    impl diesel::sql_types::SqlOrd for Ts {}
    impl diesel::sql_types::SqlOrd for Id {}
}

/// An id as a column value.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    AsExpression,
    FromSqlRow,
    Serialize,
    Deserialize,
)]
#[diesel(sql_type = sql::Id)]
#[serde(transparent)]
pub struct Uid(pub uuid::Uuid);

/// An instant as a column value. Microseconds: finer ones would differ between the databases, so
/// [`Time::from`] cuts them off.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    AsExpression,
    FromSqlRow,
    Serialize,
    Deserialize,
)]
#[diesel(sql_type = sql::Ts)]
#[serde(transparent)]
pub struct Time(pub DateTime<Utc>);

/// A JSON document as a column value. No string in it may hold U+0000: PostgreSQL cannot store it.
#[derive(Debug, Clone, PartialEq, Default, AsExpression, FromSqlRow, Serialize, Deserialize)]
#[diesel(sql_type = sql::Json)]
#[serde(transparent)]
pub struct Json(pub serde_json::Value);

impl Time {
    /// Stored instead of "no deadline": a real value keeps the order total and the index usable.
    /// 9999-12-31T00:00:00Z.
    pub const NEVER: Self = Self(never());

    /// The instant, or `None` for [`Time::NEVER`].
    pub fn unless_never(self) -> Option<DateTime<Utc>> {
        (self != Self::NEVER).then_some(self.0)
    }
}

const fn never() -> DateTime<Utc> {
    match DateTime::from_timestamp(253_402_214_400, 0) {
        Some(instant) => instant,
        None => DateTime::<Utc>::MAX_UTC,
    }
}

impl Default for Uid {
    fn default() -> Self {
        Self(uuid::Uuid::nil())
    }
}

impl Default for Time {
    fn default() -> Self {
        Self(DateTime::UNIX_EPOCH)
    }
}

impl From<uuid::Uuid> for Uid {
    fn from(id: uuid::Uuid) -> Self {
        Self(id)
    }
}

impl From<Uid> for uuid::Uuid {
    fn from(id: Uid) -> Self {
        id.0
    }
}

impl From<DateTime<Utc>> for Time {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.trunc_subsecs(6))
    }
}

impl From<Option<DateTime<Utc>>> for Time {
    fn from(instant: Option<DateTime<Utc>>) -> Self {
        instant.map_or(Self::NEVER, Self::from)
    }
}

impl From<Time> for DateTime<Utc> {
    fn from(time: Time) -> Self {
        time.0
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        Self(value)
    }
}

impl ToSql<sql::Id, Pg> for Uid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Id, Pg> for Uid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(uuid::Uuid::from_slice(value.as_bytes())?))
    }
}

impl ToSql<sql::Id, Sqlite> for Uid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Id, Sqlite> for Uid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(uuid::Uuid::from_slice(value.read_blob())?))
    }
}

impl ToSql<sql::Ts, Pg> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<native::Timestamptz, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<sql::Ts, Pg> for Time {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<native::Timestamptz, Pg>::from_sql(value).map(Self)
    }
}

impl ToSql<sql::Ts, Sqlite> for Time {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Ts, Sqlite> for Time {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let instant = Utc.timestamp_micros(value.read_long()).single();
        instant.map(Self).ok_or_else(|| "an instant out of range".into())
    }
}

impl ToSql<sql::Json, Pg> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<native::Jsonb, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<sql::Json, Pg> for Json {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<native::Jsonb, Pg>::from_sql(value).map(Self)
    }
}

impl ToSql<sql::Json, Sqlite> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Json, Sqlite> for Json {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(value.read_text())?))
    }
}
