//! What metrics come to, against a slow and obvious count in whole numbers.

use chrono::{DateTime, TimeDelta, Utc};
use kefu_domain::case::{Case, Channel, Clock, ClockState, Priority};
use kefu_domain::metric::{Definition, Figure, Metric, Sum, Weight};
use kefu_domain::procedure::definition::Kind;
use kefu_domain::span::Span;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-11-22T01:02:03Z".parse().unwrap()
}

fn metric(told: &Value) -> Metric {
    let mut whole = json!({ "code": "m", "title": { "zh": "指标", "en": "Metric" },
                            "procedures": ["thing"], "period": "month" });
    for (name, value) in told.as_object().unwrap() {
        whole[name] = value.clone();
    }
    Metric::new(serde_json::from_value::<Definition>(whole).unwrap()).unwrap()
}

fn case(fields: Value, late: &[(&str, ClockState, bool)]) -> Case {
    let Value::Object(fields) = fields else { panic!("fields are an object") };
    let clock = |(code, state, breached): &(&str, ClockState, bool)| Clock {
        code: (*code).to_owned(),
        run: 1,
        state: *state,
        span: Span::ZERO,
        calendar: "always".to_owned(),
        calendar_version: 1,
        started_at: now(),
        due_at: now(),
        pauses: Vec::new(),
        paused_at: None,
        paused_us: 0,
        extensions: Vec::new(),
        fired: Vec::new(),
        breached_at: breached.then(now),
        stopped_at: None,
        next_at: None,
        clauses: Vec::new(),
    };
    Case {
        id: Uuid::from_u128(1),
        number: "SX-1".to_owned(),
        procedure: "thing".to_owned(),
        procedure_version: 1,
        kind: Kind::Request,
        state: "done".to_owned(),
        priority: Priority::Normal,
        channel: Channel::Phone,
        subject: "事项".to_owned(),
        fields,
        site_id: None,
        customer_id: None,
        asset_id: None,
        parent_id: None,
        follow_up: None,
        duty: None,
        owner_id: None,
        assignee_id: None,
        pool: None,
        opened_by: None,
        team: None,
        opened_at: now() - TimeDelta::days(1),
        closed_at: Some(now()),
        given: None,
        clocks: late.iter().map(clock).collect(),
        earlier: Vec::new(),
        transfer: None,
        extension: None,
        suspended: None,
        supervised_at: None,
        urged: 2,
        links: Vec::new(),
        helpers: Vec::new(),
        approval: None,
        holds: Vec::new(),
        taken: std::collections::BTreeMap::new(),
        version: 1,
    }
}

fn figure(metric: &Metric, cases: &[Case]) -> Figure {
    let mut sum = Sum::default();
    for case in cases {
        sum.add(metric.weigh(case, now()).unwrap()).unwrap();
    }
    metric.figure(&sum)
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn a_rate_is_of_those_among_which_it_is_counted() {
    let rate = metric(
        &json!({ "among": "case.fields.asked", "counts": "case.fields.glad", "target": ">= 50%" }),
    );
    let told = |asked: bool, glad: bool| case(json!({ "asked": asked, "glad": glad }), &[]);
    let found =
        figure(&rate, &[told(true, true), told(true, false), told(true, true), told(false, true)]);
    assert_eq!((found.numerator, found.denominator), (dec("2"), Some(dec("3"))));
    assert_eq!((found.value, found.met), (Some(dec("66.6667")), Some(true)));
    let none = figure(&rate, &[told(false, true)]);
    assert_eq!((none.denominator, none.value, none.met), (Some(dec("0")), None, None));
}

#[test]
fn what_nobody_has_said_counts_for_nothing() {
    let rate = metric(&json!({ "counts": "case.fields.glad" }));
    let found = figure(&rate, &[case(json!({}), &[])]);
    assert_eq!((found.numerator, found.value), (dec("0"), Some(dec("0"))));
    let mean = metric(&json!({ "value": "case.fields.score", "aggregate": "avg" }));
    let found = figure(&mean, &[case(json!({}), &[]), case(json!({ "score": 4 }), &[])]);
    assert_eq!((found.denominator, found.value), (Some(dec("1")), Some(dec("4"))));
}

#[test]
fn a_clock_is_late_that_was_breached_and_still_counts() {
    use ClockState::{Breached, Cancelled, Met, MetLate, Paused, Running};
    let rate = metric(&json!({ "counts": "size(case.late) == 0" }));
    for (state, breached, in_time) in [
        (Met, false, true),
        (MetLate, true, false),
        (Breached, true, false),
        (Running, false, true),
        (Paused, false, true),
        (Paused, true, false),
        (Cancelled, true, true),
    ] {
        let weight = rate.weigh(&case(json!({}), &[("a", state, breached)]), now()).unwrap();
        let wanted = if in_time { Weight::Counts(Decimal::ONE) } else { Weight::Among };
        assert_eq!(weight, wanted, "{state:?} {breached}");
    }
    let one = metric(&json!({ "counts": "'a' in case.late" }));
    let both = [("a", Met, false), ("b", Breached, true)];
    assert_eq!(one.weigh(&case(json!({}), &both), now()), Ok(Weight::Among));
}

#[test]
fn money_is_summed_up_to_the_last_cent() {
    let sum = metric(
        &json!({ "value": "case.fields.fee.amount", "aggregate": "sum", "target": "= 0.3" }),
    );
    let fee = |amount: &str| case(json!({ "fee": { "amount": amount, "currency": "CNY" } }), &[]);
    let found = figure(&sum, &[fee("0.10"), fee("0.20")]);
    assert_eq!((found.numerator, found.denominator), (dec("0.3"), None));
    assert_eq!((found.value, found.met), (Some(dec("0.3")), Some(true)), "0.1 and 0.2 are 0.3");
    let great = figure(&sum, &[fee("999999999999.99"), fee("0.01")]);
    assert_eq!(great.value, Some(dec("1000000000000")));
    let numbers = metric(&json!({ "value": "case.fields.hours", "aggregate": "sum" }));
    let hours = |hours: f64| case(json!({ "hours": hours }), &[]);
    assert_eq!(figure(&numbers, &[hours(0.1), hours(0.2)]).value, Some(dec("0.3")));
    let small = figure(&numbers, &[hours(1e-9)]);
    assert_eq!(small.value, Some(dec("0.000000001")));
}

#[test]
fn a_number_of_cases_needs_no_line_and_none_is_a_number_too() {
    let count = metric(&json!({ "among": "case.urged > 1", "target": "= 0" }));
    let none = figure(&count, &[]);
    assert_eq!((none.numerator, none.denominator), (dec("0"), None));
    assert_eq!((none.value, none.met), (Some(dec("0")), Some(true)));
    let one = figure(&count, &[case(json!({}), &[])]);
    assert_eq!((one.value, one.met), (Some(dec("1")), Some(false)));
}

#[test]
fn a_target_is_held_against_the_exact_figure() {
    let rate = metric(&json!({ "counts": "case.fields.glad", "target": ">= 95%" }));
    let mut sum = Sum::default();
    for index in 0..1_999_999 {
        let weight = if index < 1_899_999 { Weight::Counts(Decimal::ONE) } else { Weight::Among };
        sum.add(weight).unwrap();
    }
    // 94.999997… is shown as 95 and is less.
    let found = rate.figure(&sum);
    assert_eq!((found.value, found.met), (Some(dec("95")), Some(false)));
}

#[test]
fn what_is_no_number_is_not_counted() {
    let sum = metric(&json!({ "value": "case.fields.note", "aggregate": "sum" }));
    assert!(sum.weigh(&case(json!({ "note": "漏水" }), &[]), now()).is_err());
    assert!(sum.weigh(&case(json!({ "note": [1] }), &[]), now()).is_err());
    let mut full = Sum::default();
    full.add(Weight::Counts(Decimal::MAX)).unwrap();
    let before = full;
    assert!(full.add(Weight::Counts(Decimal::MAX)).is_err());
    assert_eq!(full, before, "what cannot be added is left out");
}

/// A case as the oracle sees it: is it asked about, is the customer glad, what was paid, in cents.
type Told = (bool, Option<bool>, Option<i64>);

fn told((asked, glad, cents): &Told) -> Case {
    let mut fields = Map::new();
    fields.insert("asked".to_owned(), json!(asked));
    if let Some(glad) = glad {
        fields.insert("glad".to_owned(), json!(glad));
    }
    if let Some(cents) = cents {
        let sign = if *cents < 0 { "-" } else { "" };
        let amount = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        fields.insert("fee".to_owned(), json!({ "amount": amount, "currency": "CNY" }));
    }
    case(Value::Object(fields), &[])
}

/// A fraction rounded to so many ten-thousandths, half away from zero, in whole numbers.
fn rounded(above: i128, below: i128) -> i128 {
    let (above, below) = (above * 10_000 * below.signum(), below.abs());
    let half = (2 * above.abs() + below) / (2 * below);
    half * above.signum()
}

fn ten_thousandths(value: Decimal) -> i128 {
    let scaled = value * Decimal::from(10_000);
    assert_eq!(scaled.fract(), Decimal::ZERO, "{value} has more than four places");
    scaled.to_string().split('.').next().unwrap().parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn figures_are_those_of_a_count_on_fingers(
        cases in prop::collection::vec(
            (any::<bool>(), prop::option::of(any::<bool>()), prop::option::of(-1_000_000_i64..1_000_000)),
            0..40,
        ),
        bound in 0_i64..100,
        sign in prop::sample::select(vec![">=", "<=", ">", "<", "="]),
    ) {
        let built: Vec<Case> = cases.iter().map(told).collect();
        let asked: Vec<&Told> = cases.iter().filter(|it| it.0).collect();
        let holds = |above: i128, below: i128| match sign {
            ">=" => above >= below,
            "<=" => above <= below,
            ">" => above > below,
            "<" => above < below,
            _ => above == below,
        };
        let bound_of = i128::from(bound);

        let of = |rest: Value| {
            let mut all = json!({ "among": "case.fields.asked", "target": format!("{sign} {bound}") });
            for (name, value) in rest.as_object().unwrap() {
                all[name] = value.clone();
            }
            figure(&metric(&all), &built)
        };
        let among = i128::try_from(asked.len()).unwrap();
        let glad = i128::try_from(asked.iter().filter(|it| it.1 == Some(true)).count()).unwrap();
        let rate = of(json!({ "counts": "case.fields.glad" }));
        prop_assert_eq!(rate.numerator, Decimal::from(glad));
        prop_assert_eq!(rate.denominator, Some(Decimal::from(among)));
        prop_assert_eq!(rate.value.map(ten_thousandths), (among > 0).then(|| rounded(glad * 100, among)));
        prop_assert_eq!(rate.met, (among > 0).then(|| holds(glad * 100, bound_of * among)));

        let paid: Vec<i128> = asked.iter().filter_map(|it| it.2).map(i128::from).collect();
        let (count, cents) = (i128::try_from(paid.len()).unwrap(), paid.iter().sum::<i128>());
        let sum = of(json!({ "value": "case.fields.fee.amount", "aggregate": "sum" }));
        prop_assert_eq!(sum.value, Some(Decimal::from_i128_with_scale(cents, 2)));
        prop_assert_eq!(sum.met, Some(holds(cents, bound_of * 100)));
        let mean = of(json!({ "value": "case.fields.fee.amount", "aggregate": "avg" }));
        prop_assert_eq!(mean.denominator, Some(Decimal::from(count)));
        prop_assert_eq!(mean.value.map(ten_thousandths), (count > 0).then(|| rounded(cents, count * 100)));
        prop_assert_eq!(mean.met, (count > 0).then(|| holds(cents, bound_of * 100 * count)));

        let number = of(json!({}));
        prop_assert_eq!(number.value, Some(Decimal::from(among)));
        prop_assert_eq!(number.met, Some(holds(among, bound_of)));
    }
}
