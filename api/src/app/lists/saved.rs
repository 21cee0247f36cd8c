//! What a request for a list comes to when it names a saved view.

use std::sync::Arc;

use kefu_domain::text::Text;
use kefu_persistence::records::views;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Listing, read_filter};
use crate::app::views::sees;
use crate::app::{App, Caller, Failure};

impl App {
    /// The filter that a query and a view come to (what the query says holds), and the view's columns.
    pub(in crate::app) async fn filter<L: Listing>(
        &self,
        caller: &Arc<Caller>,
        query: Map<String, Value>,
        view: Option<Uuid>,
    ) -> Result<(L::Filter, Vec<String>), Failure> {
        let Some(id) = view else { return Ok((read_filter(query)?, Vec::new())) };
        let found = self.read(move |conn| Ok(views::find(conn, id)?)).await?;
        let found = found.filter(|it| sees(caller, it) && it.resource == L::NAME.word());
        let view = found.ok_or_else(no_such_view)?;
        let mut all = saved(&view.filters.0, view.sort.as_deref());
        all.extend(query);
        let columns = serde_json::from_value(view.shown.0).unwrap_or_default();
        Ok((read_filter(all)?, columns))
    }
}

/// What a view narrows its list to, with its order.
pub(in crate::app) fn saved(filters: &Value, sort: Option<&str>) -> Map<String, Value> {
    let mut all = filters.as_object().cloned().unwrap_or_default();
    all.extend(sort.map(|sort| ("sort".to_owned(), Value::String(sort.to_owned()))));
    all
}

fn no_such_view() -> Failure {
    let detail = Text::new("没有这个列表的这一视图。", "This list has no such view.");
    Failure::Invalid(vec![kefu_domain::fault::Fault::new("/view", "unknown_view", detail)])
}
