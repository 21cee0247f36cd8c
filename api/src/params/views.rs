//! Saved views of lists.

use jsonschema::Validator;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::lists::{ListName, Who};

/// With whom a view is shared.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "snake_case")]
pub enum SharedWith {
    /// With nobody: its owner's own.
    #[default]
    Private,
    /// With those who have a role.
    Role,
    /// With those who have a post at a site.
    Site,
    /// With everybody.
    All,
}

/// A saved view: a named filter of a list.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "resource": "cases", "name": "我的超时投诉",
    "filters": { "procedure": ["complaint"], "assignee_id": ["me"], "overdue": true },
    "sort": "due_at", "columns": ["number", "subject", "state_title", "due_at"], "shared": "private"
}))]
pub struct SavedViewDraft {
    /// The list it is a view of.
    pub resource: ListName,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub name: String,
    /// What the list is narrowed to: its query parameters by name, lists as arrays.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub filters: Map<String, Value>,
    /// In which order; the list's own if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 50)]
    pub sort: Option<String>,
    /// The columns it shows, as a file's: for front ends, and for `…/export?view=`.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub columns: Vec<String>,
    /// With whom it is shared; anything but `private` needs the permission `view.share`.
    #[serde(default)]
    #[schema(default = "private")]
    pub shared: SharedWith,
    /// The role it is shared with, where `shared` is `role`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    pub role: Option<String>,
    /// The site it is shared with, where `shared` is `site`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
}

/// Changes to a saved view (RFC 7396): what is not named stays, `null` takes away, `filters` is merged.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
#[schema(example = json!({ "name": "超时投诉", "filters": { "assignee_id": null }, "shared": "all" }))]
pub struct SavedViewChanges {
    /// The list it is a view of.
    #[schema(nullable = false)]
    resource: Option<ListName>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", nullable = false)]
    name: Option<String>,
    /// What the list is narrowed to.
    #[schema(value_type = Option<Object>)]
    filters: Option<Map<String, Value>>,
    /// In which order.
    #[schema(max_length = 50)]
    sort: Option<String>,
    /// The columns it shows.
    #[schema(max_items = 100)]
    columns: Option<Vec<String>>,
    /// With whom it is shared.
    shared: Option<SharedWith>,
    /// The role it is shared with.
    #[schema(min_length = 1, max_length = 64)]
    role: Option<String>,
    /// The site it is shared with.
    site_id: Option<Uuid>,
}

/// What the list of views is narrowed to, and how it is sorted.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ViewFilter {
    /// Words that the name must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only views of these lists.
    #[param(inline, max_items = 20, explode = false)]
    pub resource: Vec<ListName>,
    /// Only these users' own; `me`: one's own.
    #[param(inline, max_items = 200, explode = false)]
    pub owner_id: Vec<Who>,
    /// Only those shared in these ways.
    #[param(inline, max_items = 10, explode = false)]
    pub shared: Vec<SharedWith>,
    /// In this order; `-created_at` if it is not said.
    #[param(inline)]
    pub sort: Option<ViewSort>,
    /// Whether each view is shown with its `total`: how many the caller would find by it now.
    pub totals: Option<bool>,
}

/// The orders of the list of views.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ViewSort {
    /// Newest first.
    #[default]
    #[serde(rename = "-created_at")]
    NewestFirst,
    /// Oldest first.
    #[serde(rename = "created_at")]
    OldestFirst,
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, the last first.
    #[serde(rename = "-name")]
    NameDescending,
}

/// Whether one view is shown with its total.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ViewTotal {
    /// Whether to count what the caller would find by it now (`total`). Such an answer is never 304.
    pub count: Option<bool>,
}

/// The schema of a list's filter, `sort` among it, as its parameters are published.
///
/// # Panics
/// If the parameters' schema is none: a defect of the program that a test finds.
#[expect(clippy::expect_used, reason = "a test compiles every schema; there is nothing to recover")]
pub(crate) fn filters_schema<F: IntoParams>() -> Validator {
    let parameters = F::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query));
    let parameters = parameters.iter().filter_map(|it| {
        let schema = serde_json::to_value(it.schema.as_ref()?).ok()?;
        Some((it.name.clone(), schema))
    });
    let properties: Map<String, Value> = parameters.collect();
    let schema = json!({
        "type": "object", "properties": properties, "additionalProperties": false,
    });
    let validator = jsonschema::options().should_validate_formats(true).build(&schema);
    validator.expect("the parameters of a list compile")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::CaseFilter;

    #[test]
    fn a_filter_is_checked_like_the_lists_own_parameters() {
        let schema = filters_schema::<CaseFilter>();
        let good = json!({
            "state": ["investigating"], "assignee_id": ["me"], "overdue": true, "sort": "due_at",
            "opened_from": "2026-11-22T00:00:00Z", "priority": ["high", "urgent"],
        });
        assert!(schema.is_valid(&good));
        for bad in [
            json!({ "state": "investigating" }),
            json!({ "assignee_id": ["somebody"] }),
            json!({ "priority": ["whatever"] }),
            json!({ "sort": "subject" }),
            json!({ "opened_from": "yesterday" }),
            json!({ "limit": 5 }),
        ] {
            assert!(!schema.is_valid(&bad), "{bad}");
        }
    }
}
