//! The API of the console and of automation. Wire types are private to each file.

mod calls;
mod deliveries;
mod orders;
mod place_call;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::routing::{get, post};
use utoipa::OpenApi;

use super::Doors;
use super::problem::Problem;

/// How many rows a page has when nobody says, and at most.
const PAGE_ROWS: u32 = 50;
const PAGE_ROWS_MAX: u32 = 200;

/// Where a list goes on.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub(super) struct PageQuery {
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows wanted, at most 200.
    limit: Option<u32>,
}

impl PageQuery {
    fn rows(&self) -> u32 {
        self.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX)
    }
}

/// A page of a list.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(super) struct PageBody<T> {
    rows: Vec<T>,
    /// Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A body that is too large, no JSON, or not what the route takes.
pub(super) fn unreadable(rejection: &JsonRejection) -> Problem {
    Problem::new(rejection.status(), rejection.body_text())
}

#[derive(OpenApi)]
#[openapi(
    info(title = "doorstep", description = "Delivery calls of online shops: orders, calls, outcomes, deliveries."),
    paths(
        calls::list,
        place_call::place,
        calls::one,
        calls::recording,
        calls::events,
        calls::announce_browser_call,
        calls::outcomes,
        orders::list,
        orders::one,
        orders::put,
        deliveries::list,
        deliveries::retry,
    )
)]
struct Document;

/// The routes under `/api/v1`.
pub(super) fn router() -> axum::Router<Doors> {
    axum::Router::new()
        .route("/calls", get(calls::list).post(place_call::place))
        .route("/calls/browser", post(calls::announce_browser_call))
        .route("/calls/{id}", get(calls::one))
        .route("/calls/{id}/recording", get(calls::recording))
        .route("/calls/{id}/events", get(calls::events))
        .route("/outcomes", get(calls::outcomes))
        .route("/orders", get(orders::list).post(orders::put))
        .route("/orders/{order_ref}", get(orders::one))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}/retry", post(deliveries::retry))
        .fallback(|axum::extract::OriginalUri(uri): axum::extract::OriginalUri| async move {
            Problem::new(axum::http::StatusCode::NOT_FOUND, "no such route").at(uri.path())
        })
}

/// The API in OpenAPI, generated from the code.
pub(super) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
