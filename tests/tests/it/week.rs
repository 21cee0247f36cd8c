//! A plain working week, far enough ahead for a test clock that only moves forward.
//!
//! Tests reckon from the Monday they get, so they say the same in any year they are run in.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, SecondsFormat, TimeZone as _, Utc};
use chrono_tz::Asia::Shanghai;
use kefu_tests::{Client, Server, at};
use serde_json::{Value, json};

/// Days and hours in Shanghai, counted from a Monday in the server's future.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Week {
    monday: NaiveDate,
}

impl Week {
    /// The week after next, seen from where the server's clock stands.
    #[track_caller]
    pub(crate) fn ahead_of(server: &Server) -> Self {
        let today = at(&server.now()).with_timezone(&Shanghai).date_naive();
        let since_monday = u64::from(today.weekday().num_days_from_monday());
        Self { monday: today + Days::new(14 - since_monday) }
    }

    /// `hh:mm` on the day that many days after the Monday, in UTC as the API writes it.
    #[track_caller]
    pub(crate) fn at(self, day: u64, time: &str) -> String {
        let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
        let local = (self.monday + Days::new(day)).and_time(time);
        let instant = Shanghai.from_local_datetime(&local).unwrap().with_timezone(&Utc);
        instant.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// The date that many days after the Monday.
    pub(crate) fn date(self, day: u64) -> String {
        (self.monday + Days::new(day)).to_string()
    }
}

/// Monday to Friday 08:30–12:00 and 13:00–18:00 in Shanghai, no holidays.
pub(crate) fn plain_office(code: &str) -> Value {
    let day = json!([["08:30", "12:00"], ["13:00", "18:00"]]);
    json!({
        "code": code, "title": { "zh": "上班时间", "en": "Office hours" },
        "time_zone": "Asia/Shanghai", "national": null,
        "week": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": [], "sun": [] },
        "makeup": [], "holidays": [], "overrides": [],
    })
}

/// Puts the plain week in place of the pack's `office`, whose holidays depend on the year.
#[track_caller]
pub(crate) fn use_plain_office(admin: &Client) {
    let put = admin.put("/v1/calendars/office", plain_office("office"));
    assert!(matches!(put.status, 200 | 201), "{put}");
}
