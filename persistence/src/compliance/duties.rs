//! The obligations of duties: their occurrences, and how the case stands that each has opened.
//!
//! The table `duty_occurrences` is not there yet: until it is, a duty has no obligations.

use kefu_domain::compliance::Source;
use std::collections::BTreeSet;

use super::sums::Count;
use super::{Obligation, Scope, Wanted};
use crate::page::Page;
use crate::{Conn, StoreError};

/// How the occurrences of these duties stand.
pub(super) fn sums(
    _conn: &mut Conn,
    _scope: &Scope,
    _sources: &BTreeSet<Source>,
) -> Result<Vec<Count>, StoreError> {
    Ok(Vec::new())
}

/// A page of the occurrences of a duty.
pub(super) fn rows(
    _conn: &mut Conn,
    _wanted: &Wanted,
    _duty: &Source,
    _page: &Page,
) -> Result<Vec<Obligation>, StoreError> {
    Ok(Vec::new())
}

/// How many there are.
pub(super) fn count(
    _conn: &mut Conn,
    _wanted: &Wanted,
    _duty: &Source,
) -> Result<i64, StoreError> {
    Ok(0)
}
