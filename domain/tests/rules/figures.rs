//! The numbers of the catalogue, held against the figures of the clauses and the spans that enforce
//! them: mechanically, wherever both can be read.

use kefu_domain::pack::{Enforcer, Part, catalogue};
use kefu_domain::span::{Span, Unit};

use crate::LIBRARY;

/// Clauses whose figure is not among their tokens, and why that is right.
const NO_TOKEN: &[(&str, &str)] = &[];

/// Clauses whose enforcing clock or figure does not have their span, and why that is right.
const NO_SPAN: &[(&str, &str)] = &[
    ("R-000-365", "hours of service round the clock, no span: clocks count on day and night"),
    ("R-000-367", "the line is open round the clock; the answer's 72 hours are the reply clock's"),
    ("R-004-289", "hours of service round the clock, no span: clocks count on day and night"),
    ("R-004-291", "the line is open round the clock; the answer's 72 hours are the reply clock's"),
];

/// A number of the catalogue that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    /// `24 hours`
    Span(Span),
    /// `>=95%`: how it compares, and with what.
    Percent(&'static str, u32),
    /// `monthly`: so many in each.
    Often(u32, &'static str),
}

fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let often = |count, per| Some(Number::Often(count, per));
    match text {
        "daily" | "every day" => return often(1, "day"),
        "weekly" | "every week" | "once a week" | "1 per week" => return often(1, "week"),
        "monthly" | "every month" | "1 per month" | "monthly (1 per month)" => {
            return often(1, "month");
        }
        "quarterly" | "every quarter" | "1 per quarter" | "quarterly (1 per quarter)" => {
            return often(1, "quarter");
        }
        "yearly" | "annual" | "every year" => return often(1, "year"),
        "2 per day" | "2 times daily" | "2 times per day" | "2 patrols a day" => {
            return often(2, "day");
        }
        _ => {}
    }
    if let Some(rest) = text.strip_suffix('%') {
        let rest = rest.trim();
        let signs = [(">=", ">="), ("≥", ">="), ("<", "<"), ("", "")];
        let (sign, digits) =
            signs.iter().find_map(|(word, sign)| Some((*sign, rest.strip_prefix(word)?)))?;
        return Some(Number::Percent(sign, digits.trim().parse().ok()?));
    }
    let (count, unit) = text.split_once(' ')?;
    let unit = match unit {
        "minute" | "minutes" => Unit::Minute,
        "hour" | "hours" => Unit::Hour,
        "day" | "days" => Unit::Day,
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "working day" | "working days" => Unit::WorkingDay,
        _ => return None,
    };
    Some(Number::Span(Span::new(count.parse().ok()?, unit).ok()?))
}

/// A week is seven days, and an hour sixty minutes; a day is not 24 hours.
fn same(a: Span, b: Span) -> bool {
    let plain = |it: Span| match it.unit {
        Unit::Week => (it.count * 7, Unit::Day),
        Unit::Hour => (it.count * 60, Unit::Minute),
        Unit::WorkingHour => (it.count * 60, Unit::WorkingMinute),
        unit => (it.count, unit),
    };
    plain(a) == plain(b)
}

/// Whether a clause's token says the same as the number.
fn says(token: &str, number: Number) -> bool {
    match number {
        Number::Span(span) => token.parse().is_ok_and(|it| same(it, span)),
        Number::Percent(sign, count) => {
            let token = token.replace(' ', "");
            token == format!("{sign}{count}%")
                || (sign.is_empty() && token.ends_with(&format!("={count}%")))
        }
        Number::Often(count, per) => token == format!("{count}/{per}"),
    }
}

fn allowed(list: &[(&str, &str)], id: &str) -> bool {
    list.iter().any(|(allowed, _)| *allowed == id)
}

#[test]
fn every_number_that_can_be_read_is_a_figure_of_its_clause() {
    let mut wrong = Vec::new();
    for rule in catalogue().values() {
        let Some(clause) = LIBRARY.clauses.get(rule.id) else { continue };
        for text in &rule.numbers {
            let Some(number) = number(text) else { continue };
            let found = clause.figures.iter().any(|it| says(it, number));
            if !found && !allowed(NO_TOKEN, rule.id) {
                wrong.push(format!("{}: `{text}` is none of {:?}", rule.id, clause.figures));
            }
        }
    }
    assert!(wrong.is_empty(), "{} figures:\n{}", wrong.len(), wrong.join("\n"));
}

/// The spans of the clocks and figures that enforce a clause; those of a clock that are asked for by
/// other clauses only are not its own.
fn spans(id: &str) -> Option<Vec<Span>> {
    let timed = |it: &&Enforcer| {
        matches!(it, Enforcer::Part { part: Part::Clock | Part::Figure | Part::Approval, .. })
    };
    let by = LIBRARY.enforcers.get(id)?;
    let by: Vec<&Enforcer> = by.iter().filter(timed).collect();
    if by.is_empty() {
        return None;
    }
    let mut spans = Vec::new();
    for it in by {
        spans.extend(LIBRARY.promised(it).into_iter().filter_map(|it| it.span));
        if let Enforcer::Part { procedure, part: Part::Figure, code } = it {
            let figure = LIBRARY.procedure(procedure).and_then(|it| it.figures.get(code));
            spans.extend(figure.into_iter().flat_map(|it| it.choices.clone()));
            let named = format!("{procedure}.{code}");
            let here = LIBRARY.packs.iter().flat_map(|it| &it.figures);
            spans.extend(here.filter(|it| it.figure == named).map(|it| it.span));
        }
    }
    Some(spans)
}

#[test]
fn every_span_of_the_catalogue_is_what_its_clock_counts() {
    let mut wrong = Vec::new();
    for rule in catalogue().values() {
        for text in &rule.numbers {
            let Some(Number::Span(span)) = number(text) else { continue };
            let Some(found) = spans(rule.id) else { continue };
            if !found.iter().any(|it| same(*it, span)) && !allowed(NO_SPAN, rule.id) {
                let found: Vec<_> = found.iter().map(ToString::to_string).collect();
                let by = LIBRARY.enforcers.get(rule.id).into_iter().flatten();
                let by: Vec<_> = by.map(ToString::to_string).collect();
                wrong.push(format!("{}: `{text}`, but {found:?} by {by:?}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{} spans:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_allowed_to_differ_differs_for_a_reason_and_is_there() {
    for (id, why) in NO_TOKEN.iter().chain(NO_SPAN) {
        assert!(catalogue().contains_key(id), "{id}");
        assert!(why.split_whitespace().count() >= 3, "{id}: `{why}` is no reason");
    }
}

#[test]
fn numbers_are_read_as_they_are_worded() {
    let span = |text: &str| Some(Number::Span(text.parse().unwrap()));
    assert_eq!(number("24 hours"), span("24h"));
    assert_eq!(number("3 working days"), span("3wd"));
    assert_eq!(number("1 week"), span("1w"));
    assert!(says("7d", number("1 week").unwrap()) && !says("1d", number("24 hours").unwrap()));
    assert_eq!(number(">= 95%"), Some(Number::Percent(">=", 95)));
    assert_eq!(number("≥95%"), Some(Number::Percent(">=", 95)));
    assert!(says(">=95%", number("≥95%").unwrap()) && !says("<95%", number("≥95%").unwrap()));
    assert_eq!(number("monthly"), Some(Number::Often(1, "month")));
    for other in ["10 yuan per case (minimum)", "next day", "3 dimensions", "7DC", "<0.5%"] {
        assert_eq!(number(other), None, "{other}");
    }
}
