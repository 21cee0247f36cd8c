//! Customers: who is served.

use std::sync::LazyLock;

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::records::customers::{self, By, Sort};
use kefu_persistence::{Conn, Uid};
use uuid::Uuid;

use super::lists::{Asker, Listing};
use super::records::{Resource, page, part, stored_by_id};
use super::{App, Book, Caller, Failure, Moment, Page};
use crate::ids::new_id;
use crate::params::{
    CustomerDraft, CustomerFilter, CustomerKind, CustomerSort, ListName, Paging, compiled,
};
use crate::views::CustomerView;

/// Customers, as records.
#[derive(Debug)]
pub struct Customers;

impl Resource for Customers {
    type Key = Uuid;
    type Row = customers::Customer;
    type Draft = CustomerDraft;
    type View = CustomerView;

    const PATH: &'static str = "/v1/customers";
    const READ: &'static str = "customer.read";
    const WRITE: &'static str = "customer.write";

    fn schema() -> &'static Validator {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(compiled::<CustomerDraft>);
        &SCHEMA
    }

    stored_by_id!(customers);

    fn draft(row: &Self::Row) -> Result<CustomerDraft, Failure> {
        let CustomerView { name, kind, phone, email, address, site_id, level, notes, .. } =
            row.clone().into();
        Ok(CustomerDraft { name, kind, phone, email, address, site_id, level, notes })
    }

    fn apply(row: &mut Self::Row, draft: CustomerDraft) -> Result<(), Failure> {
        let CustomerDraft { name, kind, phone, email, address, site_id, level, notes } = draft;
        row.name = name;
        word(kind).clone_into(&mut row.kind);
        row.phone = phone;
        row.email = email;
        row.address = address;
        row.site_id = site_id.map(Uid);
        row.level = level;
        row.notes = notes;
        Ok(())
    }

    fn check(
        _: &mut Conn,
        moment: &Moment<'_>,
        draft: &CustomerDraft,
        _: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure> {
        Ok(no_such_site(moment.book, draft.site_id).into_iter().collect())
    }

    fn may_read(caller: &Caller, row: &Self::Row) -> bool {
        caller.may_read(Self::READ, row.site_id.map(|it| it.0), Some(row.id.0))
    }

    fn may_write(caller: &Caller, _: &Book, row: &Self::Row) -> Result<bool, Failure> {
        Ok(caller.may_keep(Self::WRITE, row.site_id.map(|it| it.0), Some(row.id.0)))
    }

    fn view(row: Self::Row) -> Result<CustomerView, Failure> {
        Ok(row.into())
    }
}

impl App {
    /// A customer of whom nothing has been said yet.
    pub fn new_customer(&self) -> customers::Customer {
        customers::Customer { id: Uid(new_id(self.clock.now())), ..customers::Customer::default() }
    }
}

impl Listing for Customers {
    type Filter = CustomerFilter;
    type Item = CustomerView;

    const NAME: ListName = ListName::Customers;
    const LOOK: &'static str = "customer.read";
    const EXPORT: &'static str = "customer.export";

    async fn page(
        app: &App,
        asker: &Asker,
        filter: CustomerFilter,
        paging: &Paging,
    ) -> Result<Page<CustomerView>, Failure> {
        let sort = match filter.sort.unwrap_or_default() {
            CustomerSort::NewestFirst => (By::Created, true),
            CustomerSort::OldestFirst => (By::Created, false),
            CustomerSort::Name => (By::Name, false),
            CustomerSort::NameDescending => (By::Name, true),
        };
        let sort = Sort { by: sort.0, descending: sort.1 };
        let part = part(paging, |cursor| sort.made(cursor))?;
        let filter = customers::Filter {
            q: filter.q,
            name: filter.name,
            kind: filter.kind.into_iter().map(|it| word(it).to_owned()).collect(),
            phone: filter.phone,
            email: filter.email,
            level: filter.level,
            site_id: filter.site_id,
            created_from: filter.created_from,
            created_to: filter.created_to,
        };
        let reach = asker.reach::<Self>();
        let found = app.read(move |conn| Ok(customers::list(conn, &filter, &reach, sort, &part)?));
        page(found.await?, Self::view)
    }
}

fn word(kind: CustomerKind) -> &'static str {
    match kind {
        CustomerKind::Person => "person",
        CustomerKind::Organisation => "organisation",
    }
}

/// A reference to a site that is not there.
pub(super) fn no_such_site(book: &Book, id: Option<Uuid>) -> Option<Fault> {
    let detail = || Text::new("没有这个管理处。", "There is no such site.");
    (id.is_some() && book.site_of(id).is_none())
        .then(|| Fault::new("/site_id", "unknown_site", detail()))
}
