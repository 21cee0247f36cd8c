//! Lists of things that are in the book and have codes: roles, calendars, procedures. They are
//! few, so a page is cut from memory.

use super::records::not_a_cursor;
use super::{Failure, PAGE, Page};
use crate::hex;

/// A page of what is on the shelf, in the order of its codes. The cursor is the last code shown.
pub(super) fn shelf<T, V>(
    all: impl Iterator<Item = T>,
    code: impl Fn(&T) -> String,
    (limit, cursor, count): (Option<usize>, Option<&str>, Option<bool>),
    view: impl Fn(T) -> V,
) -> Result<Page<V>, Failure> {
    let after = cursor.map(decode).transpose()?;
    let limit = limit.unwrap_or(PAGE);
    let mut all: Vec<T> = all.collect();
    all.sort_by_key(&code);
    let total = count.unwrap_or_default().then(|| i64::try_from(all.len()).unwrap_or(i64::MAX));
    let rest = all.into_iter().filter(|it| after.as_ref().is_none_or(|after| code(it) > *after));
    let mut items: Vec<T> = rest.take(limit.saturating_add(1)).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|it| hex::encode(code(it).as_bytes()));
    Ok(Page { items: items.into_iter().map(view).collect(), next_cursor, total })
}

/// Whether the text holds every word of a search, in whatever case it is written.
pub(super) fn holds(text: &str, q: Option<&str>) -> bool {
    let text = text.to_lowercase();
    q.is_none_or(|q| q.to_lowercase().split_whitespace().all(|word| text.contains(word)))
}

/// The code in a cursor.
fn decode(cursor: &str) -> Result<String, Failure> {
    let code = hex::decode(cursor).and_then(|it| String::from_utf8(it).ok());
    code.filter(|it| !it.is_empty()).ok_or_else(not_a_cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, cursor: Option<&str>) -> Result<Page<char>, Failure> {
        shelf("cabde".chars(), ToString::to_string, (Some(limit), cursor, Some(true)), |it| it)
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_double() {
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = page(2, cursor.as_deref()).unwrap();
            assert_eq!(page.total, Some(5));
            seen.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ['a', 'b', 'c', 'd', 'e']);
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for cursor in ["", "x", "0", "zz", "6", "61 ", "é", "ff"] {
            assert!(page(2, Some(cursor)).is_err(), "{cursor}");
        }
    }
}
