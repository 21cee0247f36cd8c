//! What became of each item of a bulk request.

use kefu_domain::text::Lang;
use serde::Serialize;
use utoipa::ToSchema;

use super::CaseSummary;
use crate::app::Failure;
use crate::problem::{Problem, status};

/// What became of the items, in their order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!(super::examples::bulk()))]
pub struct BulkResults {
    /// One for each item of the request.
    pub items: Vec<BulkResult>,
    /// How many were done.
    pub succeeded: usize,
    /// How many were refused.
    pub failed: usize,
}

/// What became of one item: `case` where it was done, `problem` where it was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// Its place in the request, from 0.
    pub index: usize,
    /// The status it would have had as a request of its own.
    pub status: u16,
    /// The case as a list shows it; its `version` is what `If-Match` takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseSummary>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

impl BulkResult {
    /// It was done.
    pub fn done(index: usize, status: u16, case: CaseSummary) -> Self {
        Self { index, status, case: Some(case), problem: None }
    }

    /// It was not.
    pub fn refused(index: usize, failure: &Failure, lang: Lang, instance: &str) -> Self {
        let problem = Some(Problem::new(failure, lang, instance));
        Self { index, status: status(failure), case: None, problem }
    }
}
