//! When sign-ins and API keys were last used: noted in memory, written down by the worker, at most
//! once a minute for each. A request waits for none of it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use uuid::Uuid;

/// How often one is written down at most.
const EVERY: TimeDelta = TimeDelta::minutes(1);

/// When more than this are remembered, those that were not used for a while are forgotten.
const MANY: usize = 4_096;

/// What was used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Used {
    /// A sign-in.
    Session(Uuid),
    /// An API key.
    ApiKey(Uuid),
}

/// Since when each is known to be in use, and whether that is to be written down.
#[derive(Debug, Default)]
pub(crate) struct Touched(Mutex<HashMap<Used, (Timestamp, bool)>>);

impl Touched {
    /// Something is used at `now`.
    pub(crate) fn note(&self, used: Used, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = all.get(&used).is_none_or(|(at, _)| now - *at >= EVERY);
        if due {
            if all.len() >= MANY {
                all.retain(|_, (at, waits)| *waits || now - *at < EVERY);
            }
            all.insert(used, (now, true));
        }
    }

    /// What is to be written down now; it is not asked for again.
    pub(crate) fn take(&self) -> Vec<(Used, Timestamp)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::new();
        for (used, (at, waits)) in all.iter_mut().filter(|(_, (_, waits))| *waits) {
            *waits = false;
            taken.push((*used, *at));
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn each_is_written_down_once_a_minute() {
        let (touched, id) = (Touched::default(), Uuid::from_u128(1));
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let used = Used::Session(id);
        touched.note(used, now);
        touched.note(used, now + TimeDelta::seconds(1));
        touched.note(Used::ApiKey(id), now);
        assert_eq!(touched.take().len(), 2);
        touched.note(used, now + TimeDelta::seconds(59));
        assert_eq!(touched.take(), []);
        touched.note(used, now + EVERY);
        assert_eq!(touched.take(), [(used, now + EVERY)]);
    }
}
