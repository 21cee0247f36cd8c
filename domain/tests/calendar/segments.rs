//! Why a deadline is when it is.

use chrono_tz::Asia::Shanghai;
use kefu_domain::Timestamp;
use kefu_domain::calendar::{Calendar, Segment};
use serde_json::json;

use crate::support::{calendar, local, office, span, with};

fn told(segments: &[Segment]) -> Vec<String> {
    let at = |at: Timestamp| at.with_timezone(&Shanghai).format("%m-%d %H:%M").to_string();
    let told = segments.iter().map(|it| {
        let kind = serde_json::to_value(it.kind).unwrap();
        let name = it.name.clone().map(|name| format!(" {name}")).unwrap_or_default();
        format!("{} {} {}{name}", at(it.from), at(it.to), kind.as_str().unwrap())
    });
    told.collect()
}

#[track_caller]
fn explained(calendar: &Calendar, start: &str, text: &str, expected: &[&str]) {
    let explanation = calendar.explain(local(Shanghai, start), span(text)).unwrap();
    assert_eq!(told(&explanation.segments), expected);
    assert_eq!(explanation.segments.last().map(|it| it.to), Some(explanation.due_at));
}

#[test]
fn elapsed_time_is_one_segment() {
    let office = calendar(office());
    explained(&office, "2026-02-13 17:00", "72h", &["02-13 17:00 02-16 17:00 counted"]);
    explained(&office, "2026-02-13 17:00", "1M", &["02-13 17:00 03-13 17:00 counted"]);
    let nothing = office.explain(local(Shanghai, "2026-02-13 17:00"), span("0m")).unwrap();
    assert!(nothing.segments.is_empty());
}

#[test]
fn a_working_span_over_spring_festival() {
    explained(
        &calendar(office()),
        "2026-02-13 16:00",
        "12wh",
        &[
            "02-13 16:00 02-13 18:00 counted",
            "02-13 18:00 02-14 00:00 closed",
            "02-14 00:00 02-14 08:30 override 春节调休上班",
            "02-14 08:30 02-14 12:00 counted 春节调休上班",
            "02-14 12:00 02-14 13:00 override 春节调休上班",
            "02-14 13:00 02-14 18:00 counted 春节调休上班",
            "02-14 18:00 02-15 00:00 override 春节调休上班",
            "02-15 00:00 02-24 00:00 holiday 春节",
            "02-24 00:00 02-24 08:30 closed",
            "02-24 08:30 02-24 10:00 counted",
        ],
    );
}

#[test]
fn working_days_show_the_open_time_on_the_way() {
    explained(
        &calendar(office()),
        "2026-03-06 15:00",
        "1wd",
        &[
            "03-06 15:00 03-06 18:00 counted",
            "03-06 18:00 03-09 08:30 closed",
            "03-09 08:30 03-09 12:00 counted",
            "03-09 12:00 03-09 13:00 closed",
            "03-09 13:00 03-09 18:00 counted",
        ],
    );
}

#[test]
fn own_days_are_named_and_an_unnamed_override_is_not() {
    let own = calendar(with(
        office(),
        &json!({ "holidays": [{ "date": "2026-03-03", "name": "盘点" }],
                 "overrides": [{ "date": "2026-03-04", "intervals": [["14:00", "15:00"]] }] }),
    ));
    explained(
        &own,
        "2026-03-02 17:00",
        "90wm",
        &[
            "03-02 17:00 03-02 18:00 counted",
            "03-02 18:00 03-03 00:00 closed",
            "03-03 00:00 03-04 00:00 holiday 盘点",
            "03-04 00:00 03-04 14:00 override",
            "03-04 14:00 03-04 14:30 counted",
        ],
    );
}

#[test]
fn pauses_lie_over_everything() {
    let office = calendar(office());
    let at = |text| local(Shanghai, text);
    let pauses = [
        (at("2026-03-02 17:00"), at("2026-03-03 09:00")),
        (at("2026-03-02 10:00"), at("2026-03-02 11:00")),
        (at("2026-03-02 10:30"), at("2026-03-02 11:30")), // overlaps the one before it
        (at("2026-03-04 10:00"), at("2026-03-05 10:00")), // after the end
        (at("2026-03-02 16:00"), at("2026-03-02 15:00")), // no pause at all
    ];
    let segments = office.segments(at("2026-03-02 09:00"), at("2026-03-03 09:30"), true, &pauses);
    assert_eq!(
        told(&segments),
        [
            "03-02 09:00 03-02 10:00 counted",
            "03-02 10:00 03-02 11:30 paused",
            "03-02 11:30 03-02 12:00 counted",
            "03-02 12:00 03-02 13:00 closed",
            "03-02 13:00 03-02 17:00 counted",
            "03-02 17:00 03-03 09:00 paused",
            "03-03 09:00 03-03 09:30 counted",
        ]
    );
    let elapsed = office.segments(at("2026-03-02 09:00"), at("2026-03-02 12:00"), false, &pauses);
    assert_eq!(
        told(&elapsed),
        [
            "03-02 09:00 03-02 10:00 counted",
            "03-02 10:00 03-02 11:30 paused",
            "03-02 11:30 03-02 12:00 counted",
        ]
    );
    assert!(
        office.segments(at("2026-03-02 12:00"), at("2026-03-02 09:00"), true, &pauses).is_empty()
    );
}

#[test]
fn a_segment_reads_as_the_contract_says() {
    let office = calendar(office());
    let explanation = office.explain(local(Shanghai, "2026-10-07 23:00"), span("0wh")).unwrap();
    assert_eq!(
        serde_json::to_value(&explanation).unwrap(),
        json!({ "due_at": "2026-10-08T00:30:00Z", "segments": [
            { "from": "2026-10-07T15:00:00Z", "to": "2026-10-07T16:00:00Z", "kind": "holiday",
              "name": "国庆节" },
            { "from": "2026-10-07T16:00:00Z", "to": "2026-10-08T00:30:00Z", "kind": "closed" },
        ] })
    );
}
