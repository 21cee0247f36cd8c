//! Writing to the log.

use super::position::{BASE, TRANSACTION};
use crate::StoreError;
use crate::chain::{Hash, Link};
use crate::conn::{Conn, PgState, depth};
use crate::schema::events;
use crate::types::{Time, Uid, sql};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};
use serde_json::Value;
use uuid::Uuid;

/// Where an aggregate's log ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The sequence of the last event; with that the aggregate's version.
    pub last_sequence: i32,
    /// Its hash, which the next one follows.
    pub last_hash: Hash,
}

/// One thing that happened, on its way into the log.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Its type: `case.opened`.
    pub kind: String,
    /// What else there is to say.
    pub data: Value,
    /// Who did it; `None`: the server itself.
    pub actor: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Appends `facts` to the aggregate whose last event has `after_sequence` and `prev_hash`;
/// `after_sequence` 0 begins its log. Without `prev_hash` the last event is read.
///
/// [`StoreError::Stale`] when the aggregate's last event is another one; [`StoreError::Duplicate`]
/// when somebody else appended meanwhile.
pub fn append(
    conn: &mut Conn,
    aggregate: &str,
    aggregate_id: Uuid,
    after_sequence: i32,
    prev_hash: Option<Hash>,
    facts: &[NewEvent],
) -> Result<Appended, StoreError> {
    let prev = match prev_hash {
        Some(hash) => hash,
        None if after_sequence == 0 => Hash::ORIGIN,
        None => match super::last(conn, aggregate_id)? {
            Some(last) if last.last_sequence == after_sequence => last.last_hash,
            _ => return Err(StoreError::Stale),
        },
    };
    let after = Appended { last_sequence: after_sequence, last_hash: prev };
    let rows = Rows::chained(aggregate, aggregate_id, after, facts);
    rows.insert(conn)?;
    Ok(rows.end)
}

/// Events of one aggregate, hashed and ready to be written, a column a list.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    aggregate: &'a str,
    aggregate_id: Uid,
    sequences: Vec<i32>,
    kinds: Vec<&'a str>,
    actors: Vec<Option<Uid>>,
    times: Vec<Time>,
    data: Vec<String>,
    prevs: Vec<Vec<u8>>,
    hashes: Vec<Vec<u8>>,
    /// Where the log will end.
    pub(crate) end: Appended,
}

impl<'a> Rows<'a> {
    pub(crate) fn chained(
        aggregate: &'a str,
        aggregate_id: Uuid,
        after: Appended,
        facts: &'a [NewEvent],
    ) -> Self {
        let mut rows = Self {
            aggregate,
            aggregate_id: Uid(aggregate_id),
            sequences: Vec::with_capacity(facts.len()),
            kinds: Vec::with_capacity(facts.len()),
            actors: Vec::with_capacity(facts.len()),
            times: Vec::with_capacity(facts.len()),
            data: Vec::with_capacity(facts.len()),
            prevs: Vec::with_capacity(facts.len()),
            hashes: Vec::with_capacity(facts.len()),
            end: after,
        };
        for fact in facts {
            rows.push(fact);
        }
        rows
    }

    fn push(&mut self, fact: &'a NewEvent) {
        let prev = self.end.last_hash;
        let sequence = self.end.last_sequence.saturating_add(1);
        let (at, data) = (Time::from(fact.at), fact.data.to_string());
        let link = Link {
            prev,
            aggregate: self.aggregate,
            aggregate_id: self.aggregate_id.0,
            sequence,
            kind: &fact.kind,
            actor: fact.actor,
            at: at.0,
            data: &data,
        };
        let hash = link.hash();
        self.sequences.push(sequence);
        self.kinds.push(&fact.kind);
        self.actors.push(fact.actor.map(Uid));
        self.times.push(at);
        self.data.push(data);
        self.prevs.push(prev.0.to_vec());
        self.hashes.push(hash.0.to_vec());
        self.end = Appended { last_sequence: sequence, last_hash: hash };
    }

    /// PostgreSQL: all rows in one statement. SQLite: one by one, with a statement that stays
    /// prepared.
    pub(crate) fn insert(&self, conn: &mut Conn) -> Result<(), StoreError> {
        match conn {
            Conn::Pg(c, state) => {
                if depth(c) == 0 {
                    // Outside of a transaction each statement is one.
                    state.events = 0;
                }
                let first = self.take_positions(state)?;
                Insert { rows: self, first }.execute(c)?;
            }
            Conn::Sqlite(c, _) => {
                let who = self.actors.iter().zip(&self.times);
                let what = self.kinds.iter().zip(&self.data);
                let hashes = self.prevs.iter().zip(&self.hashes);
                let rows = self.sequences.iter().zip(who).zip(what).zip(hashes);
                for (((sequence, (actor, at)), (kind, data)), (prev, hash)) in rows {
                    let row = (
                        events::aggregate.eq(self.aggregate),
                        events::aggregate_id.eq(self.aggregate_id),
                        events::sequence.eq(sequence),
                        events::kind.eq(kind),
                        events::actor_id.eq(actor),
                        events::occurred_at.eq(at),
                        events::data.eq(data),
                        events::prev_hash.eq(prev),
                        events::hash.eq(hash),
                    );
                    diesel::insert_into(events::table).values(row).execute(c)?;
                }
            }
        }
        Ok(())
    }

    /// The first of the places that these rows take among the transaction's 65,536 positions.
    pub(crate) fn take_positions(&self, state: &mut PgState) -> Result<i64, StoreError> {
        let first = state.events;
        let after = first.saturating_add(i64::try_from(self.sequences.len()).unwrap_or(i64::MAX));
        if after > 1 << 16 {
            let reason = "more than 65,536 events in one transaction";
            return Err(StoreError::Query(Error::QueryBuilderError(reason.into())));
        }
        state.events = after;
        Ok(first)
    }

    /// `INSERT INTO events … SELECT …`, also as a part of a larger statement.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a bind is borrowed until it is sent")]
    pub(crate) fn push_insert<'b>(
        &'b self,
        first: &'b i64,
        out: &mut AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO events (position, aggregate, aggregate_id, sequence, type, actor_id, \
             occurred_at, data, prev_hash, hash) SELECT ",
        );
        out.push_sql(BASE);
        out.push_sql(" + ");
        out.push_sql(TRANSACTION);
        out.push_sql(" + ");
        out.push_bind_param::<BigInt, _>(first)?;
        out.push_sql(" + n - 1, ");
        out.push_bind_param::<Text, _>(self.aggregate)?;
        out.push_sql(", ");
        out.push_bind_param::<sql::Id, _>(&self.aggregate_id)?;
        out.push_sql(", sequence, type, actor_id, occurred_at, data, prev_hash, hash FROM unnest(");
        out.push_bind_param::<Array<Integer>, _>(&self.sequences)?;
        out.push_sql("::int[], ");
        out.push_bind_param::<Array<Text>, _>(&self.kinds)?;
        out.push_sql("::text[], ");
        out.push_bind_param::<Array<Nullable<sql::Id>>, _>(&self.actors)?;
        out.push_sql("::uuid[], ");
        out.push_bind_param::<Array<sql::Ts>, _>(&self.times)?;
        out.push_sql("::timestamptz[], ");
        out.push_bind_param::<Array<Text>, _>(&self.data)?;
        out.push_sql("::text[], ");
        out.push_bind_param::<Array<Binary>, _>(&self.prevs)?;
        out.push_sql("::bytea[], ");
        out.push_bind_param::<Array<Binary>, _>(&self.hashes)?;
        out.push_sql(
            "::bytea[]) WITH ORDINALITY AS fact \
             (sequence, type, actor_id, occurred_at, data, prev_hash, hash, n)",
        );
        Ok(())
    }
}

struct Insert<'a> {
    rows: &'a Rows<'a>,
    first: i64,
}

/// The text is always the same, so the statement stays prepared.
impl QueryId for Insert<'_> {
    type QueryId = Insert<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.rows.push_insert(&self.first, &mut out)
    }
}

impl RunQueryDsl<PgConnection> for Insert<'_> {}
