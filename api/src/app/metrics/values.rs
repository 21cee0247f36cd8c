//! What a metric comes to, a value for each period.

use chrono::TimeDelta;
use chrono_tz::Tz;
use kefu_domain::Timestamp;
use kefu_domain::metric::{Metric, Period, Stretch, Sum, how_many, stretches};
use serde_json::{Map, Value};

use super::walk::Walk;
use super::{READ, metric};
use crate::app::compliance::ordered;
use crate::app::lists::{Asker, read_filter};
use crate::app::{App, Failure, PAGE, Page, not_a_cursor};
use crate::hex;
use crate::params::{MetricValuesFilter, Paging};
use crate::views::MetricValue;

/// The shortest time there is.
const INSTANT: TimeDelta = TimeDelta::microseconds(1);

impl App {
    /// The values of the periods that touch the time asked for, oldest first.
    pub async fn list_metric_values(
        &self,
        asker: &Asker,
        code: &str,
        mut query: Map<String, Value>,
    ) -> Result<Page<MetricValue>, Failure> {
        let paging = Paging::take(&mut query)?;
        let filter: MetricValuesFilter = read_filter(query)?;
        let (book, now) = (self.book(), self.clock.now());
        let metric = metric(&book, code)?;
        let (from, to) = asked(&filter, now)?;
        let zone = book.zone_of(&filter.site_id);
        let period = metric.definition.period;
        let first = match &paging.cursor {
            None => from,
            Some(cursor) => after(cursor, period, zone)?.max(from),
        };
        let limit = paging.limit.unwrap_or(PAGE);
        let found = stretches(period, zone, first, to).take(limit.saturating_add(1));
        let mut found: Vec<Stretch> = found.collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| more).map(|it| hex::encode(it.label.as_bytes()));
        let total = paging.count.unwrap_or_default().then(|| how_many(period, zone, from, to));
        let reach = asker.caller.actor.reach(READ);
        let sums = match (found.first(), found.last()) {
            (Some(first), Some(last)) => {
                let seen = (reach, filter.site_id);
                let walk = Walk::new(self, &book, &metric, (first, last), seen);
                summed(walk, &metric, &found).await?
            }
            _ => Vec::new(),
        };
        let target = metric.definition.target.as_ref();
        let value =
            |(stretch, sum): (Stretch, Sum)| MetricValue::new(stretch, metric.figure(&sum), target);
        Ok(Page {
            items: found.into_iter().zip(sums).map(value).collect(),
            next_cursor,
            total: total.map(|it| i64::try_from(it).unwrap_or(i64::MAX)),
        })
    }
}

/// Where the period ends that a page ended with.
fn after(cursor: &str, period: Period, zone: Tz) -> Result<Timestamp, Failure> {
    let label = hex::decode(cursor).and_then(|it| String::from_utf8(it).ok());
    let last = label.and_then(|it| period.named(&it, zone));
    last.map(|it| it.to).ok_or_else(not_a_cursor)
}

/// What the cases of each period come to. Both are in the order of time.
async fn summed(
    mut walk: Walk<'_>,
    metric: &Metric,
    periods: &[Stretch],
) -> Result<Vec<Sum>, Failure> {
    let mut sums = vec![Sum::default(); periods.len()];
    while let Some(cases) = walk.next().await? {
        for it in cases {
            let place = periods.partition_point(|period| period.to <= it.at);
            let Some(sum) = sums.get_mut(place) else { continue };
            if let Err(error) = sum.add(it.weight) {
                let (metric, case) = (&metric.definition.code, &it.case.number);
                tracing::warn!(metric, case, error, "a case is left out of a metric");
            }
        }
    }
    Ok(sums)
}

/// The stretch of time asked for; the present instant, as far as nothing is said.
fn asked(filter: &MetricValuesFilter, now: Timestamp) -> Result<(Timestamp, Timestamp), Failure> {
    let later = |at: Timestamp| at.checked_add_signed(INSTANT).unwrap_or(at);
    let earlier = |at: Timestamp| at.checked_sub_signed(INSTANT).unwrap_or(at);
    match (filter.from, filter.to) {
        (Some(from), Some(to)) => ordered(from, to),
        (Some(from), None) => ordered(from, later(now.max(from))),
        (None, Some(to)) => ordered(earlier(to), to),
        (None, None) => ordered(now, later(now)),
    }
}
