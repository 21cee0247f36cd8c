//! Assets: what customers own or use.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::records::assets::{self, By, Sort};
use kefu_persistence::records::customers;
use kefu_persistence::{Conn, Json, Uid};
use serde_json::Value;
use uuid::Uuid;

use super::customers::no_such_site;
use super::lists::{Asker, Listing, Names, names_of};
use super::records::{Resource, TAKEN, page, part, stored_by_id};
use super::{App, Book, Caller, Failure, Moment, Page};
use crate::ids::new_id;
use crate::params::{AssetDraft, AssetFilter, CodedSort, ListName, Paging, compiled};
use crate::views::AssetView;

/// Assets, as records.
#[derive(Debug)]
pub struct Assets;

impl Resource for Assets {
    type Key = Uuid;
    type Row = assets::Asset;
    type Draft = AssetDraft;
    type View = AssetView;

    const PATH: &'static str = "/v1/assets";
    const READ: &'static str = "asset.read";
    const WRITE: &'static str = "asset.write";

    fn schema() -> &'static Validator {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(compiled::<AssetDraft>);
        &SCHEMA
    }

    stored_by_id!(assets);

    fn draft(row: &Self::Row) -> Result<AssetDraft, Failure> {
        let AssetView { kind, code, name, customer_id, site_id, fields, .. } = row.clone().into();
        let Value::Object(fields) = fields else {
            return Err(Failure::Broken("assets: fields are not an object".into()));
        };
        Ok(AssetDraft { kind, code, name, customer_id, site_id, fields })
    }

    fn apply(row: &mut Self::Row, draft: AssetDraft) -> Result<(), Failure> {
        let AssetDraft { kind, code, name, customer_id, site_id, fields } = draft;
        row.kind = kind;
        row.code = code;
        row.name = name;
        row.customer_id = customer_id.map(Uid);
        row.site_id = site_id.map(Uid);
        row.fields = Json(Value::Object(fields));
        Ok(())
    }

    fn check(
        conn: &mut Conn,
        moment: &Moment<'_>,
        draft: &AssetDraft,
        before: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure> {
        let mut faults: Vec<_> = no_such_site(moment.book, draft.site_id).into_iter().collect();
        let known = |it: &customers::Customer| {
            moment.caller.may_read("customer.read", it.site_id.map(|it| it.0), Some(it.id.0))
        };
        if let Some(id) = draft.customer_id {
            let unchanged = before.is_some_and(|it| it.customer_id == Some(Uid(id)));
            if !unchanged && !customers::find(conn, id)?.is_some_and(|it| known(&it)) {
                let detail = Text::new("没有这个客户。", "There is no such customer.");
                faults.push(Fault::new("/customer_id", "unknown_customer", detail));
            }
        }
        let taken = assets::find_by_code(conn, &draft.kind, &draft.code)?;
        if taken.is_some_and(|it| before.is_none_or(|before| before.id != it.id)) {
            let detail =
                Text::new("同类资产中已有此编码。", "Another asset of this kind has this code.");
            faults.push(Fault::new("/code", TAKEN, detail));
        }
        Ok(faults)
    }

    fn may_read(caller: &Caller, row: &Self::Row) -> bool {
        let customer = row.customer_id.map(|it| it.0);
        caller.may_read(Self::READ, row.site_id.map(|it| it.0), customer)
    }

    fn may_write(caller: &Caller, _: &Book, row: &Self::Row) -> Result<bool, Failure> {
        let customer = row.customer_id.map(|it| it.0);
        Ok(caller.may_keep(Self::WRITE, row.site_id.map(|it| it.0), customer))
    }

    fn view(row: Self::Row) -> Result<AssetView, Failure> {
        Ok(row.into())
    }
}

impl App {
    /// An asset of which nothing has been said yet.
    pub fn new_asset(&self) -> assets::Asset {
        assets::Asset { id: Uid(new_id(self.clock.now())), ..assets::Asset::default() }
    }
}

impl Listing for Assets {
    type Filter = AssetFilter;
    type Item = AssetView;

    const NAME: ListName = ListName::Assets;
    const LOOK: &'static str = "asset.read";
    const EXPORT: &'static str = "asset.export";

    async fn page(
        app: &App,
        asker: &Asker,
        filter: AssetFilter,
        paging: &Paging,
    ) -> Result<Page<AssetView>, Failure> {
        let sort = match filter.sort.unwrap_or_default() {
            CodedSort::NewestFirst => (By::Created, true),
            CodedSort::OldestFirst => (By::Created, false),
            CodedSort::Name => (By::Name, false),
            CodedSort::NameDescending => (By::Name, true),
            CodedSort::Code => (By::Code, false),
            CodedSort::CodeDescending => (By::Code, true),
        };
        let sort = Sort { by: sort.0, descending: sort.1 };
        let part = part(paging, |cursor| sort.made(cursor))?;
        let filter = assets::Filter {
            q: filter.q,
            kind: filter.kind,
            code: filter.code,
            name: filter.name,
            customer_id: filter.customer_id,
            site_id: filter.site_id,
            created_from: filter.created_from,
            created_to: filter.created_to,
        };
        let reach = asker.reach::<Self>();
        let found = app.read(move |conn| Ok(assets::list(conn, &filter, &reach, sort, &part)?));
        page(found.await?, Self::view)
    }

    async fn names(
        app: &App,
        asker: &Asker,
        wanted: &BTreeSet<&'static str>,
        rows: &[Value],
    ) -> Result<Names, Failure> {
        names_of(app, asker, wanted, rows).await
    }
}
