//! How obligations ended, and how many of them how.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::metric::per_cent;

/// How an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It was kept in time.
    Met,
    /// Its deadline has passed, whether it was kept afterwards or not.
    Late,
    /// It is neither kept nor late.
    Open,
}

impl Standing {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Late => "late",
            Self::Open => "open",
        }
    }

    /// The standing of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Met, Self::Late, Self::Open].into_iter().find(|it| it.as_str() == word)
    }
}

/// How many obligations stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Kept in time.
    pub met: i64,
    /// Late.
    pub late: i64,
    /// Neither.
    pub open: i64,
}

impl Tally {
    /// How many arose.
    pub fn arisen(self) -> i64 {
        self.met + self.late + self.open
    }

    /// How many of those that are decided were kept in time, in per cent; `None` while none is.
    pub fn rate(self) -> Option<Decimal> {
        per_cent(self.met.into(), (self.met + self.late).into())
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.met += other.met;
        self.late += other.late;
        self.open += other.open;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_of_what_is_decided() {
        let none = Tally { open: 3, ..Tally::default() };
        assert_eq!((none.arisen(), none.rate()), (3, None));
        let mut some = Tally { met: 2, late: 1, open: 5 };
        assert_eq!(some.rate().map(|it| it.to_string()).as_deref(), Some("66.6667"));
        some += Tally { met: 1, ..Tally::default() };
        assert_eq!(some.rate().map(|it| it.to_string()).as_deref(), Some("75"));
    }
}
