//! A case as the database has it.

use super::Held;
use crate::StoreError;
use crate::chain::Hash;
use crate::schema::cases;
use crate::types::{Json, Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kefu_domain::case::{
    Case, Clock, Extension, Given, Held as Thing, Link, Round, Suspension, Transfer,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Every column but the row's own number.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cases, treat_none_as_default_value = false)]
pub(crate) struct Row {
    pub(crate) id: Uid,
    pub(crate) number: String,
    pub(crate) procedure: String,
    pub(crate) procedure_version: i32,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) priority: String,
    pub(crate) channel: String,
    pub(crate) subject: String,
    pub(crate) fields: Json,
    pub(crate) site_id: Option<Uid>,
    pub(crate) customer_id: Option<Uid>,
    pub(crate) asset_id: Option<Uid>,
    pub(crate) parent_id: Option<Uid>,
    pub(crate) owner_id: Option<Uid>,
    pub(crate) assignee_id: Option<Uid>,
    pub(crate) transfer_to: Option<Uid>,
    pub(crate) opened_by: Option<Uid>,
    pub(crate) team: Option<String>,
    pub(crate) opened_at: Time,
    pub(crate) due_at: Time,
    pub(crate) closed_at: Option<Time>,
    pub(crate) extra: Json,
    pub(crate) version: i32,
    pub(crate) last_hash: Vec<u8>,
}

/// What no list asks for, in one column.
#[derive(Debug, Serialize, Deserialize)]
struct Extra {
    follow_up: Option<String>,
    #[serde(default)]
    duty: Option<String>,
    #[serde(default)]
    pool: Option<String>,
    given: Option<Given>,
    clocks: Vec<Clock>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Clock>,
    transfer: Option<Transfer>,
    extension: Option<Extension>,
    suspended: Option<Suspension>,
    supervised_at: Option<DateTime<Utc>>,
    urged: u32,
    links: Vec<Link>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    helpers: Vec<Uuid>,
    approval: Option<Round>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holds: Vec<Thing>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    taken: BTreeMap<String, Vec<DateTime<Utc>>>,
}

impl Row {
    /// The row of `case`, whose last event has `hash`.
    pub(crate) fn of(case: &Case, hash: Hash) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("cases", case.id, column);
        let extra = Extra {
            follow_up: case.follow_up.clone(),
            duty: case.duty.clone(),
            pool: case.pool.clone(),
            given: case.given.clone(),
            clocks: case.clocks.clone(),
            earlier: case.earlier.clone(),
            transfer: case.transfer.clone(),
            extension: case.extension.clone(),
            suspended: case.suspended.clone(),
            supervised_at: case.supervised_at,
            urged: case.urged,
            links: case.links.clone(),
            helpers: case.helpers.clone(),
            approval: case.approval.clone(),
            holds: case.holds.clone(),
            taken: case.taken.clone(),
        };
        Ok(Self {
            id: Uid(case.id),
            number: case.number.clone(),
            procedure: case.procedure.clone(),
            procedure_version: i32::try_from(case.procedure_version)
                .map_err(|_too_many| corrupt("procedure_version"))?,
            kind: case.kind.as_str().to_owned(),
            state: case.state.clone(),
            priority: case.priority.as_str().to_owned(),
            channel: case.channel.as_str().to_owned(),
            subject: case.subject.clone(),
            fields: Json(Value::Object(case.fields.clone())),
            site_id: case.site_id.map(Uid),
            customer_id: case.customer_id.map(Uid),
            asset_id: case.asset_id.map(Uid),
            parent_id: case.parent_id.map(Uid),
            owner_id: case.owner_id.map(Uid),
            assignee_id: case.assignee_id.map(Uid),
            transfer_to: case.transfer.as_ref().map(|transfer| Uid(transfer.to)),
            opened_by: case.opened_by.map(Uid),
            team: case.team.clone(),
            opened_at: Time::from(case.opened_at),
            due_at: Time::from(case.due_at()),
            closed_at: case.closed_at.map(Time::from),
            extra: Json(compact(serde_json::to_value(extra).map_err(|_no_json| corrupt("extra"))?)),
            version: i32::try_from(case.version).map_err(|_too_many| corrupt("version"))?,
            last_hash: hash.0.to_vec(),
        })
    }

    /// Names the columns in which two rows of one case differ.
    pub(crate) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let same = crate::merge::same;
        let columns = [
            ("id", self.id == other.id),
            ("number", self.number == other.number),
            ("procedure", self.procedure == other.procedure),
            ("procedure_version", self.procedure_version == other.procedure_version),
            ("kind", self.kind == other.kind),
            ("state", self.state == other.state),
            ("priority", self.priority == other.priority),
            ("channel", self.channel == other.channel),
            ("subject", self.subject == other.subject),
            ("fields", same(&self.fields.0, &other.fields.0)),
            ("site_id", self.site_id == other.site_id),
            ("customer_id", self.customer_id == other.customer_id),
            ("asset_id", self.asset_id == other.asset_id),
            ("parent_id", self.parent_id == other.parent_id),
            ("owner_id", self.owner_id == other.owner_id),
            ("assignee_id", self.assignee_id == other.assignee_id),
            ("transfer_to", self.transfer_to == other.transfer_to),
            ("opened_by", self.opened_by == other.opened_by),
            ("team", self.team == other.team),
            ("opened_at", self.opened_at == other.opened_at),
            ("due_at", self.due_at == other.due_at),
            ("closed_at", self.closed_at == other.closed_at),
            ("extra", same(&self.extra.0, &other.extra.0)),
            ("version", self.version == other.version),
            ("last_hash", self.last_hash == other.last_hash),
        ];
        columns.into_iter().filter(|(_, same)| !same).map(|(column, _)| column).collect()
    }
}

impl TryFrom<Row> for Case {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let corrupt = |column| StoreError::corrupt("cases", id, column);
        let Value::Object(fields) = row.fields.0 else { return Err(corrupt("fields")) };
        let extra: Extra = read(row.extra.0).ok_or_else(|| corrupt("extra"))?;
        Ok(Self {
            id,
            number: row.number,
            procedure: row.procedure,
            procedure_version: u32::try_from(row.procedure_version)
                .map_err(|_negative| corrupt("procedure_version"))?,
            kind: read(Value::String(row.kind)).ok_or_else(|| corrupt("kind"))?,
            state: row.state,
            priority: read(Value::String(row.priority)).ok_or_else(|| corrupt("priority"))?,
            channel: read(Value::String(row.channel)).ok_or_else(|| corrupt("channel"))?,
            subject: row.subject,
            fields,
            site_id: row.site_id.map(|id| id.0),
            customer_id: row.customer_id.map(|id| id.0),
            asset_id: row.asset_id.map(|id| id.0),
            parent_id: row.parent_id.map(|id| id.0),
            follow_up: extra.follow_up,
            duty: extra.duty,
            pool: extra.pool,
            owner_id: row.owner_id.map(|id| id.0),
            assignee_id: row.assignee_id.map(|id| id.0),
            opened_by: row.opened_by.map(|id| id.0),
            team: row.team,
            opened_at: row.opened_at.0,
            closed_at: row.closed_at.map(|time| time.0),
            given: extra.given,
            clocks: extra.clocks,
            earlier: extra.earlier,
            transfer: extra.transfer,
            extension: extra.extension,
            suspended: extra.suspended,
            supervised_at: extra.supervised_at,
            urged: extra.urged,
            links: extra.links,
            helpers: extra.helpers,
            approval: extra.approval,
            holds: extra.holds,
            taken: extra.taken,
            version: u32::try_from(row.version).map_err(|_negative| corrupt("version"))?,
        })
    }
}

impl TryFrom<Row> for Held {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let last_hash = Hash::read(&row.last_hash, "cases", row.id.0, "last_hash")?;
        Ok(Self { case: Case::try_from(row)?, last_hash })
    }
}

/// Without the members that are null, which read the same when they are absent: most of a promise's
/// are, and a row that is shorter by a third shares its page.
fn compact(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, compact(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(compact).collect()),
        other => other,
    }
}

/// A stored word or document as what it stands for.
fn read<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}
