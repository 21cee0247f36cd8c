//! What a post that ships with the program may do once a newer program ships more of it.

use std::collections::BTreeSet;

/// What a role may do after a start of the program: what it may, and the shipped permissions that it was
/// never given. What was given once and is not there any more, somebody took away: it stays away.
pub fn with_new(
    has: &BTreeSet<String>,
    shipped: &BTreeSet<String>,
    given: &BTreeSet<String>,
) -> BTreeSet<String> {
    has.iter().chain(shipped.difference(given)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &str) -> BTreeSet<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_new_permission_is_given_once() {
        let (has, given) = (set("case.read case.open"), set("case.read case.open"));
        let shipped = set("case.read case.open case.claim");
        let now = with_new(&has, &shipped, &given);
        assert_eq!(now, shipped);
        assert_eq!(with_new(&now, &shipped, &shipped), now, "and nothing the next time");
    }

    #[test]
    fn what_somebody_took_away_or_added_stays_so() {
        let given = set("case.read case.open");
        let shipped = set("case.read case.open case.claim");
        let has = set("case.read own.addition");
        assert_eq!(with_new(&has, &shipped, &given), set("case.read case.claim own.addition"));
        let without = set("case.read own.addition");
        assert_eq!(with_new(&without, &shipped, &shipped), without);
    }

    #[test]
    fn what_is_not_shipped_any_more_stays() {
        let has = set("case.read case.open");
        assert_eq!(with_new(&has, &set("case.read"), &has), has);
    }
}
