//! Files of records that are taken in.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// How a file is taken in.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Only look: name every bad row, change nothing.
    pub dry_run: Option<bool>,
    /// Take the good rows in and leave the bad ones out. Otherwise one bad row is enough to change
    /// nothing.
    pub partial: Option<bool>,
}

/// A table as a file: CSV (UTF-8, UTF-16 or GB18030; commas, semicolons or tabs) or an Excel workbook
/// (.xlsx), whose first sheet is read. The first row names the columns.
#[derive(ToSchema, Debug)]
#[schema(value_type = String, format = Binary)]
pub struct SheetFile(#[expect(dead_code, reason = "it stands for bytes in the document")] Vec<u8>);
