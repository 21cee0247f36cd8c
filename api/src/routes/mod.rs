//! Endpoints: extract, call one use case, answer. One file per resource.
//!
//! Only `.service(…)` is collected into the document; that is how everything here is registered.

mod docs;
mod health;

use utoipa_actix_web::service_config::ServiceConfig;

pub use docs::documentation;

/// Every operation.
pub fn configure(config: &mut ServiceConfig<'_>) {
    health::configure(config);
    docs::configure(config);
}
