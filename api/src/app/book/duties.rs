//! The duties of the packs, ready to be counted: at which sites they arise, and by which clocks.

use std::collections::BTreeMap;

use kefu_domain::calendar::Calendar;
use kefu_domain::case::Calendars as _;
use kefu_domain::duty::{Duty, There};
use kefu_domain::pack::Library;
use kefu_persistence::{Conn, settings};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{ALWAYS, Book};
use crate::app::Failure;

/// Where the secret is kept that decides when unforeseeable duties arise.
pub(in crate::app) const SECRET: &str = "duty_secret";

/// Duties by code, and the secret.
#[derive(Debug)]
pub(super) struct Duties {
    by_code: BTreeMap<String, Duty>,
    secret: SecretString,
    always: Calendar,
}

impl Duties {
    pub(super) fn load(conn: &mut Conn, library: &Library) -> Result<Self, Failure> {
        let duty = |(code, it): (&String, &kefu_domain::duty::Definition)| {
            let faulty = |why: kefu_domain::text::Text| format!("duty {code}: {}", why.en);
            let duty = Duty::new(it.clone()).map_err(|why| Failure::Broken(faulty(why)))?;
            Ok((code.clone(), duty))
        };
        let secret = settings::get(conn, SECRET)?;
        let secret = secret.and_then(|it| it.as_str().map(SecretString::from));
        Ok(Self {
            by_code: library.duties.iter().map(duty).collect::<Result<_, Failure>>()?,
            secret: secret.unwrap_or_default(),
            always: Calendar::always(),
        })
    }
}

impl Book {
    /// The duty of that code.
    pub fn duty(&self, code: &str) -> Option<&Duty> {
        self.duties.by_code.get(code)
    }

    /// Every duty, by code.
    pub fn duties(&self) -> impl Iterator<Item = &Duty> {
        self.duties.by_code.values()
    }

    /// The duties of a site that runs these packs and those they require.
    pub fn duties_of(&self, packs: &[String]) -> impl Iterator<Item = &Duty> {
        let run = self.library.run_by(packs);
        let of = move |it: &&Duty| {
            self.library.pack_of_duty(&it.definition.code).is_some_and(|pack| run.contains(pack))
        };
        self.duties().filter(of)
    }

    /// Where a duty is counted: at a site that works by that calendar.
    pub fn there<'a>(&'a self, duty: &Duty, site_id: Uuid, calendar: &str) -> There<'a> {
        let local = self.find(calendar).unwrap_or(&self.duties.always);
        let own = duty.definition.calendar.as_deref().and_then(|it| self.find(it));
        let secret = self.duties.secret.expose_secret().as_bytes();
        There { site_id, local, days: own.unwrap_or(local), secret }
    }

    /// The code of the calendar that counts a duty at a site that works by that calendar.
    pub fn calendar_of_duty(&self, duty: &Duty, calendar: &str) -> String {
        let own = duty.definition.calendar.as_deref().filter(|it| self.find(it).is_some());
        let known = own.or(Some(calendar).filter(|it| self.find(it).is_some()));
        known.unwrap_or(ALWAYS).to_owned()
    }
}
