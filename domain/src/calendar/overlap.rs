//! Intervals that overlap: within a day, from one day of the week into the next, and around every
//! date that is not as its weekday says.

use std::collections::BTreeSet;

use super::compile::{AllPlaces, Places};
use super::fault::Fault;
use super::plan::{DAY, Hours, Plan};

/// Every overlap in `plan`, each named once, at the later of the two intervals unless only the
/// earlier is a dated one.
pub(super) fn faults(plan: &Plan, places: &AllPlaces) -> Vec<Fault> {
    let mut found = Found::default();
    let week: Vec<Day<'_>> = plan.week.iter().zip(&places.week).map(Day::of).collect();
    let dated: Vec<Day<'_>> =
        plan.exceptions.iter().map(|it| &it.hours).zip(&places.exceptions).map(Day::of).collect();
    for day in week.iter().chain(&dated) {
        found.within(*day);
    }
    for (day, next) in week.iter().zip(week.iter().cycle().skip(1)) {
        found.between(*day, *next);
    }
    let at = |day: i64| {
        let index = plan.exceptions.binary_search_by_key(&day, |it| it.day);
        let weekday = usize::try_from((day + 3).rem_euclid(7)).ok();
        match index {
            Ok(index) => dated.get(index).copied(),
            Err(_) => weekday.and_then(|index| week.get(index)).copied(),
        }
    };
    for exception in &plan.exceptions {
        for day in [exception.day - 1, exception.day] {
            if let (Some(day), Some(next)) = (at(day), at(day + 1)) {
                found.between(day, next);
            }
        }
    }
    found.faults
}

/// A day's intervals, each with its place in the definition.
#[derive(Clone, Copy)]
struct Day<'a> {
    hours: &'a [Hours],
    places: &'a [String],
}

impl<'a> Day<'a> {
    fn of((hours, places): (&'a Vec<Hours>, &'a Places)) -> Self {
        Self { hours, places }
    }

    fn iter(self) -> impl Iterator<Item = (Hours, &'a String)> {
        self.hours.iter().copied().zip(self.places)
    }
}

#[derive(Default)]
struct Found {
    faults: Vec<Fault>,
    named: BTreeSet<(String, String)>,
}

impl Found {
    fn within(&mut self, day: Day<'_>) {
        let mut open: Option<(Hours, &String)> = None;
        for (hours, place) in day.iter() {
            if let Some((before, other)) = open
                && hours.open < before.close
            {
                self.name(place, other);
            }
            // The one that ends last is the one that the next may run into.
            if open.is_none_or(|(before, _)| hours.close > before.close) {
                open = Some((hours, place));
            }
        }
    }

    /// Of a day's intervals only the one that ends last matters: if another reaches into the next
    /// day too, the two overlap within the day.
    fn between(&mut self, day: Day<'_>, next: Day<'_>) {
        let Some((hours, place)) = day.iter().max_by_key(|(hours, _)| hours.close) else { return };
        for (_, later) in next.iter().take_while(|(later, _)| later.open + DAY < hours.close) {
            match (is_weekly(place), is_weekly(later)) {
                (false, true) => self.name(place, later),
                (true, _) | (false, false) => self.name(later, place),
            }
        }
    }

    fn name(&mut self, place: &str, other: &str) {
        if self.named.insert((place.to_owned(), other.to_owned())) {
            let zh = format!("与 {other} 的时段重叠");
            let en = format!("overlaps the interval at {other}");
            self.faults.push(Fault::new(place, "overlap", zh, en));
        }
    }
}

fn is_weekly(place: &str) -> bool {
    place.starts_with("/week/")
}
