//! `kefu key rotate`, `kefu key list`: on the database, whether servers run on it or not.

use std::fmt::Write as _;

use chrono::{SecondsFormat, TimeDelta};
use kefu_domain::Timestamp;
use kefu_persistence::Conn;
use kefu_persistence::signing_keys::{self, SigningKey};

use super::{Complaint, Database, Rotate, print};
use crate::app::{Failure, MARGIN};
use crate::auth::{KeyPair, TOKEN_SECONDS};
use crate::clock::Clock;

/// Every node knows a new key before the first token it has signed comes along.
const KNOWN_EVERYWHERE: TimeDelta = TimeDelta::seconds(10);

/// Makes a new key, and says until when the old ones are accepted.
pub(super) fn rotate(rotate: &Rotate) -> Result<(), Complaint> {
    let pair = KeyPair::random()?;
    let (now, revoke) = (Clock::System.now(), rotate.revoke);
    let signs_from = if revoke { now } else { now + KNOWN_EVERYWHERE };
    let until = signs_from + TimeDelta::seconds(i64::from(TOKEN_SECONDS)) + MARGIN;
    let key = SigningKey {
        kid: pair.kid.clone(),
        private_key: pair.private,
        signs_from: signs_from.into(),
        accepted_until: None,
    };
    let public = pair.public;
    let store = rotate.database.open()?;
    let rotated = store.write_blocking(move |conn: &mut Conn| {
        if revoke {
            signing_keys::forget(conn)?;
        } else {
            signing_keys::retire(conn, until)?;
        }
        Ok::<_, Failure>(signing_keys::insert(conn, &key, &public, now)?)
    });
    store.close();
    rotated?;
    let old = if revoke {
        "nothing that older keys have signed is accepted".to_owned()
    } else {
        format!("older keys are accepted until {}", shown(until))
    };
    print(&format!("{} signs from {}; {old}\n", pair.kid, shown(signs_from)))
}

/// Lists the keys, a line each: what it is called, since when it signs, until when it is accepted.
pub(super) fn list(database: &Database) -> Result<(), Complaint> {
    let store = database.open()?;
    let keys = store.read_blocking(|conn: &mut Conn| Ok::<_, Failure>(signing_keys::all(conn)?));
    store.close();
    let mut lines = String::new();
    for key in keys? {
        let until = key.accepted_until.map_or_else(|| "-".to_owned(), |it| shown(it.0));
        writeln!(lines, "{} EdDSA {} {until}", key.kid, shown(key.signs_from.0))?;
    }
    print(&lines)
}

fn shown(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
