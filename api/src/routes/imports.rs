//! `/v1/{list}/import`: records taken in from a file.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::written;
use crate::app::{App, Assets, Customers, Failure};
use crate::extract::{Change, FileBody, Query};
use crate::params::{ImportQuery, SheetFile};
use crate::views::ImportReport;

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(import_customers).service(import_assets);
}

macro_rules! import {
    ($(#[$doc:meta])* $name:ident, $path:literal, $tag:literal, $permission:literal, $list:ty,
     $example:literal) => {
        $(#[$doc])*
        ///
        /// The body is the file itself; what it is is seen from its content, whatever its type says.
        /// The first row names the columns: their codes, or their titles in Chinese or English, as a
        /// file of the export has them. An empty cell says nothing: what is there stays. At most
        /// 10,000 rows. Every bad row is named, by row and column; one is enough to change nothing,
        /// unless `partial=true`. Nothing of a dry run is kept, its idempotency key included.
        #[utoipa::path(
            tag = $tag,
            extensions(("x-permission" = json!($permission))),
            params(ImportQuery),
            request_body(description = "The file", content(
                (SheetFile = "text/csv", example = json!($example)),
                (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                 example = json!("PK…")),
                (SheetFile = "application/vnd.ms-excel", example = json!($example)),
            )),
            responses((status = 200, description = "What became of the rows", body = ImportReport)),
        )]
        #[post($path)]
        async fn $name(
            app: Data<App>,
            change: Change,
            query: Query<ImportQuery>,
            body: FileBody,
        ) -> Result<HttpResponse, Failure> {
            let request = change.of(body.fingerprint);
            app.import::<$list>(request, body.bytes.to_vec(), query.0).await.map(written)
        }
    };
}

import!(
    /// Import customers
    ///
    /// A row with an `id` changes that customer. One without changes the customer of the same site
    /// with the same name and telephone number (or, without a number, address), and makes one where
    /// there is none. `site` is a site's code; `kind` is `person` (个人) or `organisation` (单位).
    import_customers, "/v1/customers/import", "customers", "customer.write", Customers,
    "名称,类型,电话,管理处\r\n王小明,个人,13800138000,east\r\n"
);
import!(
    /// Import assets
    ///
    /// A row with an `id` changes that asset. One without changes the asset of its kind with its code,
    /// and makes one where there is none. `site` is a site's code, `customer_phone` the
    /// telephone number of one of its customers; `fields.area` puts `area` into `fields`.
    import_assets, "/v1/assets/import", "assets", "asset.write", Assets,
    "类型,编码,名称,管理处,fields.area\r\nunit,3-1202,三号楼 1202,east,89.5\r\n"
);
