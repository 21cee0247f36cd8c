//! What ids in a table are called.

use std::collections::BTreeSet;

use kefu_persistence::Conn;
use kefu_persistence::records::{assets, customers};
use serde_json::Value;
use uuid::Uuid;

use super::{Asker, Names};
use crate::app::{App, Failure};

/// The names of the customers and the codes of the assets that rows refer to, where the asker may know
/// of them.
pub(in crate::app) async fn names_of(
    app: &App,
    asker: &Asker,
    wanted: &BTreeSet<&'static str>,
    rows: &[Value],
) -> Result<Names, Failure> {
    let ids = |member: &str| -> Vec<Uuid> {
        let ids = rows.iter().filter_map(|it| it.get(member)?.as_str()?.parse().ok());
        let ids: BTreeSet<Uuid> = ids.filter(|_| wanted.contains(member)).collect();
        ids.into_iter().collect()
    };
    let (of_customers, of_assets) = (ids("customer_id"), ids("asset_id"));
    let mut names = Names::default();
    if of_customers.is_empty() && of_assets.is_empty() {
        return Ok(names);
    }
    let caller = asker.caller.clone();
    let look = move |conn: &mut Conn| {
        for it in customers::find_many(conn, &of_customers)? {
            if caller.may_read("customer.read", it.site_id.map(|it| it.0), Some(it.id.0)) {
                names.0.insert(it.id.0, it.name);
            }
        }
        for it in assets::find_many(conn, &of_assets)? {
            let customer = it.customer_id.map(|it| it.0);
            if caller.may_read("asset.read", it.site_id.map(|it| it.0), customer) {
                names.0.insert(it.id.0, it.code);
            }
        }
        Ok(names)
    };
    app.read(look).await
}
