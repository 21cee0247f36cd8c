//! What clients ask for many cases at once.

use kefu_domain::fault::Fault;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::OpenCase;
use crate::app::{Bulk, BulkItem, Failure};

/// Cases to be opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "atomic": false, "items": [{
    "procedure": "inquiry", "subject": "物业费怎么算", "channel": "phone",
    "fields": { "question": "几月起按新标准" },
}] }))]
pub struct BulkOpen {
    /// Whether one refusal refuses all.
    #[serde(default)]
    pub atomic: bool,
    /// Each as `POST /v1/cases` takes it.
    #[schema(value_type = Vec<OpenCase>, min_items = 1, max_items = 1000)]
    pub items: Vec<Value>,
}

/// Actions to be taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "atomic": false, "items": [{
    "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "version": 4, "action": "urge",
    "input": { "reason": "客户再次来电" },
}] }))]
pub struct BulkActions {
    /// Whether one refusal refuses all.
    #[serde(default)]
    pub atomic: bool,
    /// One action on one case each.
    #[schema(value_type = Vec<BulkAction>, min_items = 1, max_items = 1000)]
    pub items: Vec<Value>,
}

/// One action on one case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkAction {
    /// The case.
    pub case_id: Uuid,
    /// Its version as last read: what `If-Match` says where one action is taken.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The action's code.
    #[schema(min_length = 1, max_length = 64)]
    pub action: String,
    /// What the action's `form` asks for, and `note`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub input: Map<String, Value>,
}

impl From<OpenCase> for BulkItem {
    fn from(open: OpenCase) -> Self {
        Self::Open(open.into())
    }
}

impl From<BulkAction> for BulkItem {
    fn from(act: BulkAction) -> Self {
        let BulkAction { case_id, version, action, input } = act;
        Self::Act { case_id, version, action, input }
    }
}

impl BulkOpen {
    /// The request, each item with what the schema found wrong with it.
    pub fn bulk(self, faults: Vec<Fault>, instance: String) -> Result<Bulk, Failure> {
        bulk::<OpenCase>(self.atomic, &self.items, faults, instance)
    }
}

impl BulkActions {
    /// The request, each item with what the schema found wrong with it.
    pub fn bulk(self, faults: Vec<Fault>, instance: String) -> Result<Bulk, Failure> {
        bulk::<BulkAction>(self.atomic, &self.items, faults, instance)
    }
}

/// Faults inside an item are that item's; any other refuses the whole request.
fn bulk<T: DeserializeOwned + Into<BulkItem>>(
    atomic: bool,
    items: &[Value],
    faults: Vec<Fault>,
    instance: String,
) -> Result<Bulk, Failure> {
    let mut wrong: Vec<Vec<Fault>> = items.iter().map(|_| Vec::new()).collect();
    let mut whole = Vec::new();
    for fault in faults {
        let place = place(&fault.pointer);
        match place.and_then(|(index, rest)| Some((wrong.get_mut(index)?, rest))) {
            Some((of, rest)) => of.push(Fault { pointer: rest.to_owned(), ..fault }),
            None => whole.push(fault),
        }
    }
    if !whole.is_empty() {
        return Err(Failure::Invalid(whole));
    }
    let items = items.iter().zip(wrong);
    let items =
        items.map(|(item, wrong)| if wrong.is_empty() { read::<T>(item) } else { Err(wrong) });
    Ok(Bulk { atomic, items: items.collect(), instance })
}

/// `/items/3/subject`: item 3, `/subject`.
fn place(pointer: &str) -> Option<(usize, &str)> {
    let rest = pointer.strip_prefix("/items/")?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (index, rest) = rest.split_at_checked(end)?;
    Some((index.parse().ok()?, rest))
}

fn read<T: DeserializeOwned + Into<BulkItem>>(item: &Value) -> Result<BulkItem, Vec<Fault>> {
    match crate::extract::deserialize::<T>(item) {
        Ok(read) => Ok(read.into()),
        Err(Failure::Invalid(faults)) => Err(faults),
        Err(_) => Err(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_its_items_own() {
        assert_eq!(place("/items/3/fields/a~1b"), Some((3, "/fields/a~1b")));
        assert_eq!(place("/items/12"), Some((12, "")));
        for other in ["/items", "/items/", "/items/x/y", "/atomic", ""] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
