//! What one deadline costs. The goals: 10 working days within 5 µs, 250 within 50 µs.

use divan::{Bencher, black_box};
use kefu_domain::Timestamp;
use kefu_domain::calendar::{Calendar, Definition};
use kefu_domain::span::{Span, Unit};

fn main() {
    divan::main();
}

/// The hours a span of working days has on the calendars below.
const HOURS_A_DAY: u32 = 8;

#[divan::bench(args = [10, 250])]
fn add_working_days(bencher: Bencher<'_, '_>, days: u32) {
    add(bencher, "Asia/Shanghai", Span { count: days, unit: Unit::WorkingDay });
}

#[divan::bench(args = [10, 250])]
fn add_working_hours_of_days(bencher: Bencher<'_, '_>, days: u32) {
    add(bencher, "Asia/Shanghai", Span { count: days * HOURS_A_DAY, unit: Unit::WorkingHour });
}

#[divan::bench(args = [10, 250])]
fn add_working_hours_of_days_with_dst(bencher: Bencher<'_, '_>, days: u32) {
    add(bencher, "Europe/Berlin", Span { count: days * HOURS_A_DAY, unit: Unit::WorkingHour });
}

#[divan::bench(args = [10, 250])]
fn subtract_working_hours_of_days(bencher: Bencher<'_, '_>, days: u32) {
    let (calendar, start) = (office("Asia/Shanghai"), start());
    let span = Span { count: days * HOURS_A_DAY, unit: Unit::WorkingHour };
    bencher.bench_local(|| calendar.subtract(black_box(start), black_box(span)));
}

#[divan::bench(args = [10, 250])]
fn between_working_days(bencher: Bencher<'_, '_>, days: u32) {
    let (calendar, start) = (office("Asia/Shanghai"), start());
    let due = calendar.add(start, Span { count: days, unit: Unit::WorkingDay }).unwrap_or(start);
    bencher.bench_local(|| calendar.between(black_box(start), black_box(due)));
}

#[divan::bench(args = [10, 250])]
fn explain_working_days(bencher: Bencher<'_, '_>, days: u32) {
    let (calendar, start) = (office("Asia/Shanghai"), start());
    let span = Span { count: days, unit: Unit::WorkingDay };
    bencher.bench_local(|| calendar.explain(black_box(start), black_box(span)));
}

#[divan::bench]
fn compile() -> Calendar {
    office("Asia/Shanghai")
}

fn add(bencher: Bencher<'_, '_>, zone: &str, span: Span) {
    let (calendar, start) = (office(zone), start());
    bencher.bench_local(|| calendar.add(black_box(start), black_box(span)));
}

/// Two intervals a day from Monday to Friday, and the holidays of CN: it runs over two years'
/// changes of clocks, Spring Festivals and make-up days.
fn office(zone: &str) -> Calendar {
    const OFFICE: &str = r#"
        code = "office"
        title = { zh = "办公时间", en = "Office hours" }
        time_zone = "ZONE"
        national = "CN"
        makeup = [["09:00", "12:00"], ["13:00", "18:00"]]
        [week]
        mon = [["09:00", "12:00"], ["13:00", "18:00"]]
        tue = [["09:00", "12:00"], ["13:00", "18:00"]]
        wed = [["09:00", "12:00"], ["13:00", "18:00"]]
        thu = [["09:00", "12:00"], ["13:00", "18:00"]]
        fri = [["09:00", "12:00"], ["13:00", "18:00"]]
    "#;
    #[expect(clippy::expect_used, reason = "a bench with a wrong calendar measures nothing")]
    let definition: Definition = toml::from_str(&OFFICE.replace("ZONE", zone)).expect("TOML");
    #[expect(clippy::expect_used, reason = "a bench with a wrong calendar measures nothing")]
    Calendar::new(definition).expect("a calendar without faults")
}

/// A Wednesday afternoon in January 2025.
fn start() -> Timestamp {
    Timestamp::from_timestamp(1_736_316_000, 0).unwrap_or_default()
}
