//! What became of a table that was taken in.

use serde::Serialize;
use utoipa::ToSchema;

/// What became of a table that was taken in, or would become of it.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "dry_run": true, "partial": false, "rows": 3, "created": 1, "updated": 1, "unchanged": 0,
    "refused": 1, "errors": [
        { "row": 4, "column": "email", "code": "format", "detail": "格式应为 email。" }
    ], "errors_left_off": 0
}))]
pub struct ImportReport {
    /// Whether it was only looked at.
    pub dry_run: bool,
    /// Whether good rows are taken in though others are bad.
    pub partial: bool,
    /// How many rows it has, without the headings and without empty ones.
    pub rows: usize,
    /// How many make a record.
    pub created: usize,
    /// How many change one.
    pub updated: usize,
    /// How many say what is known already.
    pub unchanged: usize,
    /// How many are bad.
    pub refused: usize,
    /// What is wrong with those: the first thousand faults.
    pub errors: Vec<RowFault>,
    /// How many faults are not named.
    pub errors_left_off: usize,
}

/// What is wrong with a row.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "row": 4, "column": "email", "code": "format", "detail": "格式应为 email。"
}))]
pub struct RowFault {
    /// The row in the file, as a spreadsheet numbers it; in CSV the line it begins at.
    pub row: u32,
    /// The column, by its code; `null` where it is the whole row.
    #[schema(required)]
    pub column: Option<String>,
    /// A stable word for programs.
    pub code: String,
    /// What to do about it, in the caller's language.
    pub detail: String,
}
