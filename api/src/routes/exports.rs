//! `/v1/{list}/export`: every list as a file.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use futures_util::stream::{self, Stream};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::{
    App, Asker, Assets, Calendars, Cases, Clauses, Compliance, Customers, Duties, Events, Export,
    Failure, Listing, Procedures, Purpose, Roles, Sites, Users, Walk,
};
use crate::extract::{Language, Query, SignedIn};
use crate::params::{
    AssetFilter, ByView, CalendarFilter, CaseFilter, ClauseFilter, ComplianceFilter,
    CustomerFilter, DutyFilter, EventFilter, ExportQuery, ProcedureFilter, RoleFilter, SheetFile,
    SheetFormat, SiteFilter, UserFilter,
};
use crate::sheet::{CsvChunk, Style};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(export_cases)
        .service(export_customers)
        .service(export_assets)
        .service(export_sites)
        .service(export_users)
        .service(export_roles)
        .service(export_procedures)
        .service(export_calendars)
        .service(export_events)
        .service(export_clauses)
        .service(export_compliance)
        .service(export_duties);
}

macro_rules! export {
    ($(#[$doc:meta])* $name:ident, $path:literal, $tag:literal, $permission:literal, $list:ty,
     $filter:ident) => {
        $(#[$doc])*
        ///
        /// As a CSV file or an Excel workbook: what the list would show by the same parameters, all
        /// pages of it, in its order. The file is sent while it is read, so its length is not known
        /// before. What a spreadsheet would take for a formula is text. That the file was made is
        /// in the log (`export.started`, `export.finished`).
        #[utoipa::path(
            tag = $tag,
            extensions(("x-permission" = json!($permission))),
            params($filter, ExportQuery, ByView),
            responses((status = 200, description = "The file", content(
                (String = "text/csv", example = json!("\u{feff}编码,名称\r\n3-1202,三号楼 1202\r\n")),
                (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                 example = json!("PK…")),
            ))),
        )]
        #[get($path)]
        async fn $name(
            app: Data<App>,
            caller: SignedIn,
            language: Language,
            query: Query<Map<String, Value>>,
        ) -> Result<HttpResponse, Failure> {
            file::<$list>(app, caller, language, query.0).await
        }
    };
}

export!(
    /// Export cases
    export_cases, "/v1/cases/export", "cases", "case.export", Cases, CaseFilter
);
export!(
    /// Export customers
    export_customers, "/v1/customers/export", "customers", "customer.export", Customers,
    CustomerFilter
);
export!(
    /// Export assets
    export_assets, "/v1/assets/export", "assets", "asset.export", Assets, AssetFilter
);
export!(
    /// Export sites
    export_sites, "/v1/sites/export", "sites", "site.read", Sites, SiteFilter
);
export!(
    /// Export users
    export_users, "/v1/users/export", "users", "user.export", Users, UserFilter
);
export!(
    /// Export roles
    export_roles, "/v1/roles/export", "roles", "role.read", Roles, RoleFilter
);
export!(
    /// Export procedures
    export_procedures, "/v1/procedures/export", "procedures", "procedure.read", Procedures,
    ProcedureFilter
);
export!(
    /// Export calendars
    export_calendars, "/v1/calendars/export", "calendars", "calendar.read", Calendars, CalendarFilter
);
export!(
    /// Export events
    export_events, "/v1/events/export", "events", "event.read", Events, EventFilter
);

export!(
    /// Export clauses
    export_clauses, "/v1/clauses/export", "compliance", "procedure.read", Clauses, ClauseFilter
);
export!(
    /// Export compliance
    export_compliance, "/v1/compliance/export", "compliance", "compliance.read", Compliance,
    ComplianceFilter
);
export!(
    /// Export duties
    export_duties, "/v1/duties/export", "duties", "duty.read", Duties, DutyFilter
);

async fn file<L: Listing>(
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    query: Map<String, Value>,
) -> Result<HttpResponse, Failure> {
    let asker = Asker { caller: caller.0, lang: language.0, purpose: Purpose::Export };
    let Export { name, format, style, walk } =
        Export::<L>::start(app.into_inner(), asker, query).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_TYPE, format.media_type()))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    Ok(match format {
        SheetFormat::Csv => response.streaming(rows(walk, style)),
        SheetFormat::Xlsx => response.streaming(chunks(walk.workbook(style).await?)),
    })
}

/// The rows of a CSV file, a page at a time. An answer that breaks off tells its reader that it is not
/// whole.
fn rows<L: Listing>(walk: Walk<L>, style: Style) -> impl Stream<Item = Result<Bytes, Failure>> {
    stream::try_unfold((walk, CsvChunk::new(style)), |(mut walk, mut file)| async move {
        let Some(rows) = walk.next().await.inspect_err(log)? else { return Ok(None) };
        let bytes = file.write(&rows).map_err(|error| Failure::Broken(error.to_string()))?;
        Ok(Some((Bytes::from(bytes), (walk, file))))
    })
}

/// A finished file, a part at a time.
fn chunks(file: crate::sheet::Packed) -> impl Stream<Item = Result<Bytes, Failure>> {
    stream::try_unfold(file, |mut file| async move {
        let part = tokio::task::spawn_blocking(move || file.part().map(|part| (part, file))).await;
        let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
        let (part, file) = part.map_err(|it| broken(&it))?.map_err(|it| broken(&it))?;
        Ok((!part.is_empty()).then(|| (Bytes::from(part), file)))
    })
}

/// A refusal in the middle of an answer reaches nobody but the log.
fn log(failure: &Failure) {
    tracing::error!(why = ?failure, "a file broke off");
}
