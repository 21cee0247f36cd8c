//! Lists: what is read a page at a time can also be saved as a view and taken out as a file. What is
//! each list's own is said in its [`Listing`].

mod cells;
mod columns;
mod events;
mod export;
mod names;
mod saved;

use std::collections::BTreeSet;
use std::sync::Arc;

use kefu_domain::text::Lang;
use kefu_domain::who::Reach;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::{App, Caller, Failure, Page};
use crate::params::{ByView, ListName, Paging};

pub(super) use cells::Names;
pub(super) use cells::{is_column, no_such_column};
pub(super) use columns::MEMBER;
pub(super) use columns::columns_of;
pub use events::Events;
pub use export::{Export, Walk};
pub(super) use names::names_of;
pub(super) use saved::saved;

/// Who asks for a list, and what for.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who.
    pub caller: Arc<Caller>,
    /// In which language.
    pub lang: Lang,
    /// What for.
    pub purpose: Purpose,
}

/// What a list is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To be looked at, a page at a time.
    Look,
    /// To be taken out as a file, which needs a permission of its own.
    Export,
}

/// A list of one kind of thing.
pub trait Listing: 'static {
    /// What it can be narrowed to, and its order.
    type Filter: DeserializeOwned + IntoParams + Clone + std::fmt::Debug + 'static;
    /// What is on its pages.
    type Item: Serialize + 'static;

    /// What it is called.
    const NAME: ListName;
    /// The permission to look at it; where none is needed, one sees what is one's own.
    const LOOK: &'static str;
    /// The permission to take it out as a file.
    const EXPORT: &'static str;

    /// A page of what the asker may see.
    fn page(
        app: &App,
        asker: &Asker,
        filter: Self::Filter,
        paging: &Paging,
    ) -> impl Future<Output = Result<Page<Self::Item>, Failure>>;

    /// What the columns of a page say beside what its items do: names of what they refer to.
    fn names(
        _app: &App,
        _asker: &Asker,
        _wanted: &BTreeSet<&'static str>,
        _rows: &[Value],
    ) -> impl Future<Output = Result<Names, Failure>> {
        async { Ok(Names::default()) }
    }
}

impl Asker {
    /// How far this asker sees among records of a kind: for a file, as far as both permissions go.
    pub(super) fn reach<L: Listing>(&self) -> Reach {
        self.narrowed::<L>(self.caller.actor.reach_of_records(L::LOOK), |permission| {
            self.caller.actor.reach_of_records(permission)
        })
    }

    /// The same, of what the list alone shows.
    pub(super) fn narrowed<L: Listing>(
        &self,
        reach: Reach,
        of: impl FnOnce(&str) -> Reach,
    ) -> Reach {
        match self.purpose {
            Purpose::Look => reach,
            Purpose::Export => reach.and(of(L::EXPORT)),
        }
    }
}

impl App {
    /// A page of a list, as its query asks for it.
    pub async fn list<L: Listing>(
        &self,
        asker: &Asker,
        mut query: Map<String, Value>,
    ) -> Result<Page<L::Item>, Failure> {
        let (paging, by) = (Paging::take(&mut query)?, ByView::take(&mut query)?);
        let (filter, _) = self.filter::<L>(&asker.caller, query, by.view).await?;
        L::page(self, asker, filter, &paging).await
    }
}

/// A filter as the published parameters have let it through.
pub(in crate::app) fn read_filter<F: DeserializeOwned>(
    query: Map<String, Value>,
) -> Result<F, Failure> {
    serde_json::from_value(Value::Object(query)).map_err(|error| {
        // What a schema cannot say: an instant out of range, say.
        tracing::debug!(%error, "a query keeps its schema but cannot be read");
        Failure::invalid("", "invalid", "查询参数不符合要求。", "The query is not acceptable.")
    })
}
