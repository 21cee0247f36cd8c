//! Full-text search over cases, Chinese first.
//!
//! Text is cut into terms here, by one function for both databases, and both keep the terms as they
//! are: contentless FTS5 on SQLite, `array_to_tsvector` with GIN on PostgreSQL. So both give the same
//! answer.

mod matches;
mod terms;

pub(crate) use matches::Matches;
pub use terms::{of_query, of_texts};

use crate::StoreError;
use crate::conn::{Conn, on};
use crate::types::{Uid, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use uuid::Uuid;

/// Sets the terms that the case is found by. `seq` is its row's.
pub(crate) fn put(
    conn: &mut Conn,
    seq: i64,
    case_id: Uuid,
    terms: &[String],
) -> Result<(), StoreError> {
    let joined = terms.join(" ");
    match conn {
        Conn::Sqlite(c) => {
            let text = "INSERT OR REPLACE INTO case_search (rowid, terms) VALUES (?, ?)";
            diesel::sql_query(text).bind::<BigInt, _>(seq).bind::<Text, _>(joined).execute(c)?;
        }
        Conn::Pg(c, _) => {
            let text = "INSERT INTO case_search (case_id, terms) \
                        VALUES ($1, array_to_tsvector(string_to_array($2, ' '))) \
                        ON CONFLICT (case_id) DO UPDATE SET terms = excluded.terms";
            let query = diesel::sql_query(text).bind::<sql::Id, _>(Uid(case_id));
            query.bind::<Text, _>(joined).execute(c)?;
        }
    }
    Ok(())
}

/// Loads the dictionary, which the first search or opened case would otherwise wait for.
pub fn warm_up() {
    of_texts(["投诉"]);
}

/// The number of cases that have search terms.
pub fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    let query = diesel::dsl::sql::<BigInt>("SELECT count(*) FROM case_search");
    on!(conn, c => query.get_result(c)).map_err(StoreError::from)
}
