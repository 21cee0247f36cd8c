//! Going through the cases a metric is about, a page at a time: nothing is held in memory but the page,
//! and a thread of the database serves others in between.

use chrono::{DateTime, Utc};
use kefu_domain::case::Case;
use kefu_domain::metric::{Metric, Over, Stretch, Weight};
use kefu_domain::who::Reach;
use kefu_persistence::compliance::{self, Counted, Scope};
use uuid::Uuid;

use crate::app::compliance::Reader;
use crate::app::{App, Book, Failure};

/// So many cases are read at once.
const STEP: i64 = 500;

/// Cases in the order in which they belong to a metric's periods.
pub(super) struct Walk<'a> {
    app: &'a App,
    metric: &'a Metric,
    wanted: Counted,
    after: Option<(DateTime<Utc>, Uuid)>,
    done: bool,
}

/// A case, when it was opened or closed, and what it counts for.
pub(super) struct Weighed {
    pub(super) case: Case,
    pub(super) at: DateTime<Utc>,
    pub(super) weight: Weight,
}

impl<'a> Walk<'a> {
    /// Over the time from the first of these periods to the end of the last.
    pub(super) fn new(
        app: &'a App,
        book: &Book,
        metric: &'a Metric,
        (first, last): (&Stretch, &Stretch),
        (reach, sites): (Reach, Vec<Uuid>),
    ) -> Self {
        let definition = &metric.definition;
        let reader = Reader::new(book);
        let without = reader.without(reader.origin("metric", &definition.code));
        let now = app.clock.now();
        let wanted = Counted {
            scope: Scope { from: first.from, to: last.to, reach, sites, now },
            procedures: definition.procedures.clone(),
            over: definition.over,
            without,
        };
        Self { app, metric, wanted, after: None, done: false }
    }

    /// The same after a case that was seen before.
    pub(super) fn after(mut self, after: Option<(DateTime<Utc>, Uuid)>) -> Self {
        self.after = after;
        self
    }

    /// The next cases; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Weighed>>, Failure> {
        if self.done {
            return Ok(None);
        }
        let (wanted, after) = (self.wanted.clone(), self.after);
        let read = move |conn: &mut kefu_persistence::Conn| {
            Ok(compliance::counted(conn, &wanted, after, STEP)?)
        };
        let cases = self.app.read(read).await?;
        self.done = i64::try_from(cases.len()).is_ok_and(|found| found < STEP);
        let weighed: Vec<Weighed> = cases.into_iter().map(|case| self.weighed(case)).collect();
        self.after = weighed.last().map(|it| (it.at, it.case.id)).or(self.after);
        Ok(Some(weighed))
    }

    fn weighed(&self, case: Case) -> Weighed {
        let at = match self.metric.definition.over {
            Over::Opened => case.opened_at,
            Over::Closed => case.closed_at.unwrap_or(case.opened_at),
        };
        let weight = self.metric.weigh(&case, self.wanted.scope.now).unwrap_or_else(|error| {
            let (metric, case) = (&self.metric.definition.code, &case.number);
            tracing::warn!(metric, case, error, "a case is left out of a metric");
            Weight::None
        });
        Weighed { case, at, weight }
    }
}
