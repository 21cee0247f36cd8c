//! Endpoints: extract, call one use case, answer. One file per resource.
//!
//! Only `.service(…)` is collected into the document; that is how everything here is registered.

mod answers;
mod api_keys;
mod assets;
mod attachments;
mod auth;
mod bulk;
mod calendars;
mod cases;
mod compliance;
mod customers;
mod deliveries;
mod docs;
mod duties;
mod events;
mod exports;
mod health;
mod imports;
mod metrics;
mod migrations;
mod notifications;
mod oidc;
mod procedures;
mod roles;
mod sandbox;
mod saved;
mod sessions;
mod sites;
mod stream;
mod users;
mod views;
mod webhooks;

use utoipa_actix_web::service_config::ServiceConfig;

pub use docs::documentation;

/// Every operation.
pub fn configure(config: &mut ServiceConfig<'_>) {
    // Before the lists' own addresses: `/v1/cases/export` is no case.
    exports::configure(config);
    imports::configure(config);
    auth::configure(config);
    oidc::configure(config);
    sessions::configure(config);
    api_keys::configure(config);
    cases::configure(config);
    bulk::configure(config);
    attachments::configure(config);
    notifications::configure(config);
    migrations::configure(config);
    procedures::configure(config);
    users::configure(config);
    roles::configure(config);
    sites::configure(config);
    customers::configure(config);
    assets::configure(config);
    views::configure(config);
    calendars::configure(config);
    duties::configure(config);
    compliance::configure(config);
    metrics::configure(config);
    events::configure(config);
    stream::configure(config);
    webhooks::configure(config);
    deliveries::configure(config);
    sandbox::configure(config);
    health::configure(config);
    docs::configure(config);
}
