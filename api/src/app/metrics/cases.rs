//! The cases behind a figure.

use chrono::TimeDelta;
use kefu_domain::metric::{Stretch, Weight, stretches};
use kefu_persistence::Cursor;
use serde_json::{Map, Value};

use super::walk::{Walk, Weighed};
use super::{READ, metric};
use crate::app::lists::{Asker, read_filter};
use crate::app::{App, Failure, PAGE, Page, not_a_cursor};
use crate::params::{MetricCasesFilter, Paging, cursor};
use crate::views::MetricCase;

impl App {
    /// The cases of a period that a metric is about, in the order in which they belong to it.
    pub async fn list_metric_cases(
        &self,
        asker: &Asker,
        code: &str,
        mut query: Map<String, Value>,
    ) -> Result<Page<MetricCase>, Failure> {
        let paging = Paging::take(&mut query)?;
        let filter: MetricCasesFilter = read_filter(query)?;
        let (book, now) = (self.book(), self.clock.now());
        let metric = metric(&book, code)?;
        let zone = book.zone_of(&filter.site_id);
        let period = metric.definition.period;
        let stretch: Option<Stretch> = if let Some(label) = &filter.period {
            period.named(label, zone)
        } else {
            let later = now.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(now);
            stretches(period, zone, now, later).next()
        };
        let stretch = stretch.ok_or_else(|| not_a_period(period.as_str()))?;
        let after = cursor(paging.cursor.as_deref())?;
        let after = after.map(|it| it.case().ok_or_else(not_a_cursor)).transpose()?;
        let (limit, counts) = (paging.limit.unwrap_or(PAGE), paging.count.unwrap_or_default());
        let seen = (asker.caller.actor.reach(READ), filter.site_id.clone());
        let wanted = |it: &Weighed| match (filter.counted, it.weight) {
            (_, Weight::None) => false,
            (None, _) => true,
            (Some(counted), weight) => counted == matches!(weight, Weight::Counts(_)),
        };
        // The number of all of them is counted from the first, a page from where the last one ended.
        let from = after.filter(|_| !counts);
        let ends = (&stretch, &stretch);
        let mut walk = Walk::new(self, &book, &metric, ends, seen).after(from);
        let (mut items, mut total) = (Vec::new(), 0);
        while let Some(cases) = walk.next().await? {
            for it in cases.into_iter().filter(&wanted) {
                total += 1;
                let is_later = after.is_none_or(|after| (it.at, it.case.id) > after);
                if is_later && items.len() <= limit {
                    items.push(it);
                }
            }
            if !counts && items.len() > limit {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        let next_cursor = last.map(|it| Cursor::of_case(it.at, it.case.id).encode());
        let items =
            items.into_iter().map(|it| MetricCase::new(&it.case, it.at, it.weight)).collect();
        Ok(Page { items, next_cursor, total: counts.then_some(total) })
    }
}

fn not_a_period(period: &str) -> Failure {
    let (zh, en) = match period {
        "day" => ("应为某一天：2026-11-22。", "Must be a day: 2026-11-22."),
        "week" => ("应为某一周：2026-W47。", "Must be a week: 2026-W47."),
        "month" => ("应为某一月：2026-11。", "Must be a month: 2026-11."),
        "quarter" => ("应为某一季度：2026-Q4。", "Must be a quarter: 2026-Q4."),
        _ => ("应为某一年：2026。", "Must be a year: 2026."),
    };
    Failure::invalid("/period", "not_a_period", zh, en)
}
