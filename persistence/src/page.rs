//! Pages of a list: a cursor is the key of the last row shown, so it stays valid while rows are added
//! or changed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// How many rows to show, and after which one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most so many rows.
    pub limit: usize,
    /// The last row already shown.
    pub after: Option<Cursor>,
    /// Whether the number of all rows is asked for.
    pub count: bool,
}

impl Page {
    /// The first `limit` rows.
    pub fn first(limit: usize) -> Self {
        Self { limit, after: None, count: false }
    }

    /// One row more than is shown tells whether there is a next page.
    pub(crate) fn look(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What the next page is asked for with; `None`: this is the last.
    pub next: Option<Cursor>,
    /// The number of all rows, where it was asked for.
    pub total: Option<i64>,
}

impl<T> Listed<T> {
    /// Cuts what was looked for down to the page; `cursor` names the place of a row.
    pub(crate) fn of(
        mut items: Vec<T>,
        page: &Page,
        total: Option<i64>,
        cursor: impl Fn(&T) -> Cursor,
    ) -> Self {
        let more = items.len() > page.limit;
        items.truncate(page.limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next, total }
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Listed<U> {
        let items = self.items.into_iter().map(change).collect();
        Listed { items, next: self.next, total: self.total }
    }
}

/// The place of a row in one order of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Which order, so that a cursor of another one is refused.
    pub(crate) order: u8,
    /// The instant that the list is sorted by, in microseconds; 0 where it is sorted otherwise.
    pub(crate) at: i64,
    /// The row's id, which breaks ties.
    pub(crate) id: Uuid,
    /// The text that the list is sorted by; empty where it is sorted otherwise.
    pub(crate) text: String,
}

/// The order of lists that are sorted by id, newest first.
pub(crate) const BY_ID: u8 = 0;

/// The order of the cases behind a figure.
const BY_CASE: u8 = 65;

/// The order of an aggregate's timeline.
const BY_SEQUENCE: u8 = 255;

impl Cursor {
    /// The cursor of a list sorted by id.
    pub(crate) fn by_id(id: Uuid) -> Self {
        Self { order: BY_ID, at: 0, id, text: String::new() }
    }

    /// The place after an event in its aggregate's timeline.
    pub fn of_sequence(aggregate_id: Uuid, sequence: i32) -> Self {
        let at = i64::from(sequence);
        Self { order: BY_SEQUENCE, at, id: aggregate_id, text: String::new() }
    }

    /// The sequence, if the cursor is of that aggregate's timeline.
    pub fn sequence(&self, aggregate_id: Uuid) -> Option<i32> {
        let own = self.order == BY_SEQUENCE && self.id == aggregate_id;
        i32::try_from(self.at).ok().filter(|_| own)
    }

    /// The place after a case in a list that is sorted by an instant of it.
    pub fn of_case(at: DateTime<Utc>, id: Uuid) -> Self {
        Self { order: BY_CASE, at: at.timestamp_micros(), id, text: String::new() }
    }

    /// That instant and case, if the cursor is of such a list.
    pub fn case(&self) -> Option<(DateTime<Utc>, Uuid)> {
        self.at().filter(|_| self.order == BY_CASE).map(|at| (at, self.id))
    }

    pub(crate) fn at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.at)
    }

    /// As clients carry it: base64url without padding.
    pub fn encode(&self) -> String {
        let mut bytes = vec![self.order];
        bytes.extend(self.at.to_be_bytes());
        bytes.extend(self.id.as_bytes());
        bytes.extend(self.text.as_bytes());
        let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1));
        let bits: Vec<u8> = bits.collect();
        let letter = |six: &[u8]| {
            let value = six.iter().fold(0, |value, bit| value << 1 | bit) << (6 - six.len());
            char::from(ALPHABET.get(usize::from(value)).copied().unwrap_or(b'A'))
        };
        bits.chunks(6).map(letter).collect()
    }

    /// What [`Cursor::encode`] wrote; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let mut bits = Vec::with_capacity(text.len() * 6);
        for letter in text.bytes() {
            let value = ALPHABET.iter().position(|known| *known == letter)?;
            bits.extend((0..6).rev().map(|bit| value >> bit & 1 == 1));
        }
        let byte = |eight: &[bool]| eight.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
        let bytes: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
        let (order, rest) = bytes.split_first()?;
        let (at, rest) = rest.split_at_checked(8)?;
        let (id, key) = rest.split_at_checked(16)?;
        let cursor = Self {
            order: *order,
            at: i64::from_be_bytes(at.try_into().ok()?),
            id: Uuid::from_slice(id).ok()?,
            // U+0000 is no text to a database.
            text: String::from_utf8(key.to_vec()).ok().filter(|key| !key.contains('\0'))?,
        };
        (cursor.encode() == text).then_some(cursor)
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_it_was_written_and_nothing_else_does() {
        let id = Uuid::from_u128(u128::MAX / 3);
        let at = -1_700_000_000_123_456;
        let cursor = Cursor { order: 3, at, id, text: String::new() };
        let text = cursor.encode();
        assert_eq!(Cursor::decode(&text), Some(cursor.clone()));
        assert_eq!(text.len(), 34);
        let short = text.get(1..).unwrap();
        for wrong in ["", "A", "???", "漏水", short, &format!("{text}A"), &text.replace('_', "=")]
        {
            assert!(wrong == text || Cursor::decode(wrong).is_none(), "{wrong}");
        }
        let named = Cursor { text: "王小明".to_owned(), ..cursor.clone() };
        assert_eq!(Cursor::decode(&named.encode()), Some(named));
        let no_text = Cursor { text: "\0".to_owned(), ..cursor };
        assert_eq!(Cursor::decode(&no_text.encode()), None);
    }
}
