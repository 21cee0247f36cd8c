//! The hash that ties each event to the one before it in its aggregate.

use crate::StoreError;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// SHA-256 of an event and, through `prev`, of all before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first event of an aggregate follows.
    pub const ORIGIN: Self = Self([0; 32]);

    /// A hash as it was stored, or `None` when it has another length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        <[u8; 32]>::try_from(bytes).ok().map(Self)
    }

    pub(crate) fn read(
        bytes: &[u8],
        table: &'static str,
        id: impl ToString,
        column: &'static str,
    ) -> Result<Self, StoreError> {
        Self::from_slice(bytes).ok_or_else(|| StoreError::corrupt(table, id, column))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What is hashed: everything the event says, but not its position, which only its commit settles.
pub(crate) struct Link<'a> {
    pub(crate) prev: Hash,
    pub(crate) aggregate: &'a str,
    pub(crate) aggregate_id: Uuid,
    pub(crate) sequence: i32,
    pub(crate) kind: &'a str,
    pub(crate) actor: Option<Uuid>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) data: &'a str,
}

impl Link<'_> {
    /// Every field has a fixed length or says its length first, so no two events read the same.
    pub(crate) fn hash(&self) -> Hash {
        let mut sha = Sha256::new();
        sha.update(b"kefu event 1\n");
        sha.update(self.prev.0);
        text(&mut sha, self.aggregate);
        sha.update(self.aggregate_id.as_bytes());
        sha.update(self.sequence.to_be_bytes());
        text(&mut sha, self.kind);
        match self.actor {
            Some(actor) => {
                sha.update([1]);
                sha.update(actor.as_bytes());
            }
            None => sha.update([0]),
        }
        sha.update(self.at.timestamp_micros().to_be_bytes());
        text(&mut sha, self.data);
        Hash(sha.finalize().into())
    }
}

fn text(sha: &mut Sha256, text: &str) {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    sha.update(length.to_be_bytes());
    sha.update(text.as_bytes());
}

/// An event's id: a `UUIDv7` of its time and its hash. It needs no column and no randomness.
pub(crate) fn event_id(at: DateTime<Utc>, hash: Hash) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    let mut random = [0; 10];
    random.iter_mut().zip(hash.0).for_each(|(to, from)| *to = from);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The aggregate id of something that has a code and no id (a role, a calendar, a procedure): a
/// `UUIDv8` of both names.
pub fn id_of_code(aggregate: &str, code: &str) -> Uuid {
    let mut sha = Sha256::new();
    sha.update(b"kefu code 1\n");
    text(&mut sha, aggregate);
    text(&mut sha, code);
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(sha.finalize()).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link<'static> {
        Link {
            prev: Hash::ORIGIN,
            aggregate: "case",
            aggregate_id: Uuid::from_u128(7),
            sequence: 1,
            kind: "case.opened",
            actor: Some(Uuid::from_u128(9)),
            at: DateTime::from_timestamp_micros(1_700_000_000_000_001).unwrap(),
            data: "{}",
        }
    }

    #[test]
    fn every_field_changes_the_hash() {
        let at = DateTime::from_timestamp_micros(1_700_000_000_000_002).unwrap();
        let all = [
            link().hash(),
            Link { prev: Hash([1; 32]), ..link() }.hash(),
            Link { aggregate: "cas", ..link() }.hash(),
            Link { aggregate_id: Uuid::from_u128(8), ..link() }.hash(),
            Link { sequence: 2, ..link() }.hash(),
            Link { kind: "case.closed", ..link() }.hash(),
            Link { actor: None, ..link() }.hash(),
            Link { at, ..link() }.hash(),
            Link { data: "{ }", ..link() }.hash(),
            Link { aggregate: "cas", kind: "ecase.opened", ..link() }.hash(),
        ];
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn ids_are_made_from_what_they_name() {
        let id = event_id(link().at, link().hash());
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id, event_id(link().at, link().hash()));
        let role = id_of_code("role", "front_desk");
        assert_eq!(role.get_version_num(), 8);
        assert_ne!(role, id_of_code("calendar", "front_desk"));
    }
}
