//! `/v1/customers`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, looking, shown, written};
use crate::app::{App, Customers, Failure, Sent};
use crate::extract::{
    Change, DraftBody, IfMatch, IfNoneMatch, JsonBody, Language, Query, RawBody, SignedIn,
};
use crate::params::{ByView, CustomerChanges, CustomerDraft, CustomerFilter, Paging};
use crate::views::{CustomerList, CustomerView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_customer)
        .service(list_customers)
        .service(get_customer)
        .service(change_customer)
        .service(delete_customer);
}

/// Create a customer
///
/// Puts a customer on file: a person or an organisation. Without a site they are the whole organisation's.
#[utoipa::path(
    tag = "customers",
    extensions(("x-permission" = json!("customer.write"))),
    request_body = CustomerDraft,
    responses((status = 201, description = "The new customer", body = CustomerView)),
)]
#[post("/v1/customers")]
async fn create_customer(
    app: Data<App>,
    change: Change,
    body: DraftBody<CustomerDraft>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    let answer =
        app.create::<Customers>(change.of(body.fingerprint), app.new_customer(), sent).await?;
    Ok(written(answer))
}

/// List customers
///
/// Newest first. Shows the customers of the sites where the caller may read them.
#[utoipa::path(
    tag = "customers",
    extensions(("x-permission" = json!("customer.read"))),
    params(CustomerFilter, Paging, ByView),
    responses((status = 200, description = "A page of customers", body = CustomerList)),
)]
#[get("/v1/customers")]
async fn list_customers(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Customers>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, CustomerList::from))
}

/// Get a customer
///
/// One customer. A customer of a site that is not the caller's is not there.
#[utoipa::path(
    tag = "customers",
    extensions(("x-permission" = json!("customer.read"))),
    params(("id" = Uuid, Path, description = "The customer's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 200, description = "The customer", body = CustomerView)),
)]
#[get("/v1/customers/{id}")]
async fn get_customer(
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show::<Customers>(caller.0, id.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// Change a customer
///
/// What is not named stays, `null` takes away.
#[utoipa::path(
    tag = "customers",
    extensions(("x-permission" = json!("customer.write"))),
    params(("id" = Uuid, Path, description = "The customer's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body(content(
        (CustomerChanges = "application/merge-patch+json"),
        (CustomerChanges = "application/json"),
    )),
    responses((status = 200, description = "The customer as it is now", body = CustomerView)),
)]
#[patch("/v1/customers/{id}")]
async fn change_customer(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: JsonBody<CustomerChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let id = id.into_inner();
    let answer = app.change::<Customers>(request, id, expected.0, body.sent, |_| {}).await?;
    Ok(written(answer))
}

/// Delete a customer
///
/// The customer is hidden; cases that name them keep doing so.
#[utoipa::path(
    tag = "customers",
    extensions(("x-permission" = json!("customer.write"))),
    params(("id" = Uuid, Path, description = "The customer's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/customers/{id}")]
async fn delete_customer(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let answer = app.remove::<Customers>(request, id.into_inner(), expected.0).await?;
    Ok(written(answer))
}
