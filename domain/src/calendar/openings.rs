//! A calendar's working intervals as stretches of real time, in order, from any instant in either
//! direction. The one walk that all working-time arithmetic uses.

use std::ops::ControlFlow;

use super::Calendar;
use super::plan::{DAY, DayPlan, Exception};
use super::zone::{SECOND, Zone};

/// Farther than this from where it starts, a walk ends: a hundred years, in microseconds.
pub(super) const HORIZON: i64 = 36_525 * DAY * SECOND;

/// One working interval in real time, `[from, to)`, never empty.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    pub(super) from: i64,
    pub(super) to: i64,
    /// What governs the day the interval starts on.
    pub(super) exception: Option<&'a Exception>,
}

/// How many days around an instant's local date may hold an interval around the instant: one for
/// an interval that crosses midnight, one for a zone whose clocks cross it backwards.
const MARGIN: i64 = 2;

impl Calendar {
    /// Shows every opening that ends after `from` and begins before `until`, in order, until
    /// `visit` breaks.
    pub(super) fn openings<'a, B>(
        &'a self,
        from: i64,
        until: i64,
        mut visit: impl FnMut(Opening<'a>) -> ControlFlow<B>,
    ) -> Option<B> {
        let mut zone = self.local();
        let days = zone.day_of(from) - MARGIN..=zone.day_of(until) + MARGIN;
        for day in self.plan().within(days) {
            let plan = self.plan().day(day);
            for index in 0..plan.hours.len() {
                match opening(&mut zone, plan, day, index) {
                    Some(opening) if opening.from >= until => return None,
                    Some(opening) if opening.to > from => {
                        if let ControlFlow::Break(found) = visit(opening) {
                            return Some(found);
                        }
                    }
                    Some(_) | None => {}
                }
            }
        }
        None
    }

    /// Shows every opening that begins before `from` and ends after `until`, latest first, until
    /// `visit` breaks.
    pub(super) fn openings_back<'a, B>(
        &'a self,
        from: i64,
        until: i64,
        mut visit: impl FnMut(Opening<'a>) -> ControlFlow<B>,
    ) -> Option<B> {
        let mut zone = self.local();
        let days = zone.day_of(until) - MARGIN..=zone.day_of(from) + MARGIN;
        for day in self.plan().within(days).rev() {
            let plan = self.plan().day(day);
            for index in (0..plan.hours.len()).rev() {
                match opening(&mut zone, plan, day, index) {
                    Some(opening) if opening.to <= until => return None,
                    Some(opening) if opening.from < from => {
                        if let ControlFlow::Break(found) = visit(opening) {
                            return Some(found);
                        }
                    }
                    Some(_) | None => {}
                }
            }
        }
        None
    }
}

/// The interval at `index` of `day`, unless a gap in the zone's clocks swallowed it.
fn opening<'a>(zone: &mut Zone, plan: DayPlan<'a>, day: i64, index: usize) -> Option<Opening<'a>> {
    let hours = plan.hours.get(index)?;
    let (from, to) = (zone.instant(day, hours.open), zone.instant(day, hours.close));
    (from < to).then_some(Opening { from, to, exception: plan.exception })
}
