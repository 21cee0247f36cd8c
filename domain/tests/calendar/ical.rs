//! Holidays from iCalendar files.

use kefu_domain::calendar::ical::holidays;
use proptest::prelude::*;

fn file(events: &str) -> String {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//ZH\n{events}END:VCALENDAR\n");
    text.replace('\n', "\r\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\n")
}

fn dates(text: &str) -> Vec<(String, String)> {
    holidays(text).unwrap().into_iter().map(|it| (it.date, it.name)).collect()
}

#[track_caller]
fn refused(lines: &str, pointer: &str, code: &str) {
    let good = event("DTSTART;VALUE=DATE:20260101\nSUMMARY:x");
    let faults = holidays(&file(&format!("{good}{}", event(lines)))).unwrap_err();
    let found: Vec<_> = faults.iter().map(|it| (it.pointer.as_str(), it.code)).collect();
    assert_eq!(found, [(pointer, code)]);
}

#[test]
fn all_day_events_become_holidays() {
    let text = file(
        &[
            event(
                "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261004\nSUMMARY:国庆节\\, 放假\\n",
            ),
            event("DTSTART;VALUE=DATE:20260501\nSUMMARY:劳动节"),
            event("DTSTART:20260619\nDURATION:P2D\nSUMMARY:端午节"),
            event("DTSTART;VALUE=DATE:20261003\nDTEND;VALUE=DATE:20261004\nSUMMARY:店庆"),
        ]
        .concat(),
    );
    let expected = [
        ("2026-05-01", "劳动节"),
        ("2026-06-19", "端午节"),
        ("2026-06-20", "端午节"),
        ("2026-10-01", "国庆节, 放假"),
        ("2026-10-02", "国庆节, 放假"),
        ("2026-10-03", "国庆节, 放假、店庆"),
    ];
    assert_eq!(dates(&text), expected.map(|(date, name)| (date.to_owned(), name.to_owned())));
}

#[test]
fn folded_lines_and_a_byte_order_mark_are_read() {
    let text = file(&event("DTSTART;VALUE=DATE:20260501\nSUMMARY:Labour \n Day"));
    let found = dates(&format!("\u{feff}{text}"));
    assert_eq!(found, [("2026-05-01".to_owned(), "Labour Day".to_owned())]);
    let lower = file("begin:vevent\ndtstart;value=date:20260501\nsummary:a\nend:vevent\n");
    assert_eq!(dates(&lower), [("2026-05-01".to_owned(), "a".to_owned())]);
    let once = file(&event("DTSTART;VALUE=DATE:20260501\nSUMMARY:a\\\\nb"));
    assert_eq!(dates(&once), [("2026-05-01".to_owned(), "a\\nb".to_owned())]);
}

#[test]
fn what_closes_no_day_is_passed_over() {
    let text = file(&[
        event("DTSTART:20260501T080000Z\nDTEND:20260501T090000Z\nSUMMARY:会议"),
        event("DTSTART;VALUE=DATE:20260502\nSTATUS:CANCELLED\nSUMMARY:取消"),
        event("DTSTART;VALUE=DATE:20260509\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\nSUMMARY:劳动节（班）"),
    ].concat());
    assert!(dates(&text).is_empty());
    assert!(dates(&file("")).is_empty());
}

#[test]
fn every_wrong_event_is_named_at_its_place() {
    refused("SUMMARY:x", "/events/1/DTSTART", "missing_date");
    refused("DTSTART;VALUE=DATE:20260230\nSUMMARY:x", "/events/1/DTSTART", "bad_date");
    refused("DTSTART;VALUE=DATE:20260201", "/events/1/SUMMARY", "empty_name");
    refused("DTSTART;VALUE=DATE:20260201\nSUMMARY: ", "/events/1/SUMMARY", "empty_name");
    let start = "DTSTART;VALUE=DATE:20260201\nSUMMARY:x\n";
    refused(&format!("{start}RRULE:FREQ=YEARLY"), "/events/1/RRULE", "recurring_event");
    refused(&format!("{start}DTEND;VALUE=DATE:20260201"), "/events/1/DTEND", "bad_range");
    refused(&format!("{start}DTEND;VALUE=DATE:20280201"), "/events/1/DTEND", "bad_range");
    refused(&format!("{start}DTEND:20260202T000000Z"), "/events/1/DTEND", "bad_date");
    refused(&format!("{start}DURATION:PT24H"), "/events/1/DURATION", "bad_range");
    refused(&format!("{start}DURATION:P99999999999D"), "/events/1/DURATION", "bad_range");
    let two = file(&[event("SUMMARY:x"), event("DTSTART;VALUE=DATE:20260201")].concat());
    assert_eq!(holidays(&two).unwrap_err().len(), 2);
}

#[test]
fn another_file_is_not_an_icalendar_file() {
    for text in ["", "hello", "{}", "BEGIN:VCALENDAR", "BEGIN:VEVENT\r\nEND:VEVENT\r\n"] {
        let faults = holidays(text).unwrap_err();
        assert_eq!(faults[0].code, "not_icalendar", "{text}");
    }
}

#[test]
fn components_in_components_without_end_are_refused() {
    let deep = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:VEVENT\r\n".repeat(100_000));
    assert_eq!(holidays(&deep).unwrap_err()[0].code, "not_icalendar");
    let lower = format!("begin:vcalendar\n{}", " \n\tbegin:vevent\n".repeat(100_000));
    assert!(holidays(&lower).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_the_import_down(
        text in "\\PC{0,80}", value in "[0-9TPDWZ;:=\\\\,\" é中\t\r\n]{0,40}", name in "[A-Z;=:-]{0,9}",
    ) {
        let _ = holidays(&text);
        let _ = holidays(&file(&event(&format!("DTSTART;VALUE=DATE:{value}\nSUMMARY:x"))));
        let _ = holidays(&file(&event(&format!("DTSTART:20260101\n{name}:{value}\nSUMMARY:x"))));
        let _ = holidays(&file(&event(&format!("DTSTART:20260101\nSUMMARY:{value}"))));
    }
}
