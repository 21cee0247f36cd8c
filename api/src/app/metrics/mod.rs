//! Metrics: what they are, what they come to period by period, and the cases behind each figure.

mod cases;
mod values;
mod walk;

use kefu_domain::metric::{Definition, Metric};
use kefu_domain::text::Lang;
use serde_json::{Map, Value};

use super::compliance::Reader;
use super::lists::{Asker, read_filter};
use super::shelf::{holds, shelf};
use super::{App, Book, Failure, Page, Shown};
use crate::params::{MetricFilter, Paging};
use crate::views::MetricView;

/// The permission to look at metrics.
const READ: &str = "metric.read";

impl App {
    /// A page of metrics, by code.
    pub fn list_metrics(
        &self,
        asker: &Asker,
        mut query: Map<String, Value>,
    ) -> Result<Page<MetricView>, Failure> {
        let paging = Paging::take(&mut query)?;
        let filter: MetricFilter = read_filter(query)?;
        let book = self.book();
        let reader = Reader::new(&book);
        let wanted = |it: &&Definition| {
            let any = |asked: &[String], own: &[String]| {
                asked.is_empty() || own.iter().any(|it| asked.contains(it))
            };
            let pack = reader.origin("metric", &it.code).to_owned();
            any(&filter.pack, &[pack])
                && any(&filter.procedure, &it.procedures)
                && any(&filter.clause, &it.clauses)
                && holds(&format!("{} {}", it.code, it.title.get(asker.lang)), filter.q.as_deref())
        };
        let part = (paging.limit, paging.cursor.as_deref(), paging.count);
        let metrics = book.library().metrics.values().filter(wanted);
        let view =
            |it: &Definition| MetricView::new(it, reader.origin("metric", &it.code), asker.lang);
        shelf(metrics, |it| it.code.clone(), part, view)
    }

    /// One metric.
    pub fn get_metric(&self, lang: Lang, code: &str) -> Result<Shown<MetricView>, Failure> {
        let book = self.book();
        let found = book.library().metrics.get(code).ok_or(Failure::NotFound)?;
        let pack = Reader::new(&book).origin("metric", code);
        Shown::as_it_reads(MetricView::new(found, pack, lang))
    }
}

/// A metric, ready to be measured.
fn metric(book: &Book, code: &str) -> Result<Metric, Failure> {
    let found = book.library().metrics.get(code).ok_or(Failure::NotFound)?;
    Metric::new(found.clone()).map_err(|error| Failure::Broken(format!("metric {code}: {error}")))
}
