//! The API of the console and of automation. Wire types are private to each file.

mod actions;
mod calls;
mod campaigns;
mod contacts;
mod deliveries;
mod erasures;
mod evidence;
mod figures;
mod handoffs;
mod orders;
mod outreach;
mod place_call;
mod plans;
mod session;
mod shipments;
mod tokens;
mod verdicts;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use axum::{Router, extract::OriginalUri};
use utoipa::OpenApi;

use super::Doors;
use super::auth::{authenticate, require_role};
use super::idempotency;
use super::problem::Problem;
use crate::domain::access::Role;

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
        campaigns::list,
        campaigns::make,
        campaigns::one,
        campaigns::pause,
        campaigns::resume,
        campaigns::cancel,
        plans::list,
        plans::cancel,
        plans::hours,
        calls::one,
        calls::recording,
        calls::events,
        evidence::pack,
        evidence::verify,
        calls::announce_browser_call,
        calls::outcomes,
        orders::list,
        orders::one,
        orders::put,
        deliveries::list,
        deliveries::retry,
        deliveries::replay,
        handoffs::handoffs,
        handoffs::handoff,
        handoffs::accept,
        handoffs::refuse,
        handoffs::done,
        handoffs::note,
        verdicts::hand_back,
        verdicts::wrong,
        handoffs::callbacks,
        handoffs::callback_done,
        handoffs::promises,
        handoffs::settle,
        shipments::list,
        actions::list,
        contacts::customers,
        contacts::opt_out,
        contacts::put_opt_out,
        contacts::remove_opt_out,
        outreach::decisions,
        outreach::messages,
        outreach::signals,
        outreach::put_signals,
        outreach::lists,
        outreach::add_to_list,
        outreach::drop_list,
        outreach::consent,
        outreach::put_consent,
        figures::metrics,
        erasures::erase,
        erasures::deletions,
        session::sign_in,
        session::current,
        session::sign_out,
        tokens::list,
        tokens::make,
        tokens::revoke,
    )
)]
struct Document;

/// The routes under `/api/v1`, each for the role it takes. Writes are done once for each `Idempotency-Key`.
pub(super) fn router(doors: &Doors) -> Router<Doors> {
    let role = |needed: Role| from_fn_with_state(needed, require_role);
    let once = || from_fn_with_state(doors.clone(), idempotency::once);
    Router::new()
        .merge(reading().route_layer(role(Role::Viewer)))
        .merge(acting().route_layer(once()).route_layer(role(Role::Agent)))
        .merge(administering().route_layer(once()).route_layer(role(Role::Admin)))
        .fallback(|OriginalUri(uri): OriginalUri| async move {
            Problem::new(axum::http::StatusCode::NOT_FOUND, "no such route").at(uri.path())
        })
        .layer(from_fn_with_state(doors.clone(), authenticate))
        .route("/session", post(session::sign_in).delete(session::sign_out))
}

fn reading() -> Router<Doors> {
    Router::new()
        .route("/session", get(session::current))
        .route("/calls", get(calls::list))
        .route("/calls/{id}", get(calls::one))
        .route("/calls/{id}/recording", get(calls::recording))
        .route("/calls/{id}/events", get(calls::events))
        .route("/outcomes", get(calls::outcomes))
        .route("/orders", get(orders::list))
        .route("/orders/{order_ref}", get(orders::one))
        .route("/deliveries", get(deliveries::list))
        .route("/handoffs", get(handoffs::handoffs))
        .route("/handoffs/{id}", get(handoffs::handoff))
        .route("/callbacks", get(handoffs::callbacks))
        .route("/promises", get(handoffs::promises))
        .route("/shipments", get(shipments::list))
        .route("/actions", get(actions::list))
        .route("/customers", get(contacts::customers))
        .route("/contacts/{phone}/opt-out", get(contacts::opt_out))
        .route("/contacts/{phone}/consent", get(outreach::consent))
        .route("/outreach/decisions", get(outreach::decisions))
        .route("/orders/{order_ref}/messages", get(outreach::messages))
        .route("/orders/{order_ref}/signals", get(outreach::signals))
        .route("/do-not-call", get(outreach::lists))
        .route("/metrics", get(figures::metrics))
        .route("/campaigns", get(campaigns::list))
        .route("/campaigns/{id}", get(campaigns::one))
        .route("/outreach/plans", get(plans::list))
        .route("/outreach/hours", get(plans::hours))
        .route("/evidence/verify", post(evidence::verify))
}

fn acting() -> Router<Doors> {
    Router::new()
        .route("/calls", post(place_call::place))
        .route("/calls/browser", post(calls::announce_browser_call))
        .route("/calls/{id}/evidence", get(evidence::pack))
        .route("/deliveries/{id}/retry", post(deliveries::retry))
        .route("/campaigns/{id}/pause", post(campaigns::pause))
        .route("/campaigns/{id}/resume", post(campaigns::resume))
        .route("/campaigns/{id}/cancel", post(campaigns::cancel))
        .route("/outreach/plans/{id}/cancel", post(plans::cancel))
        .route("/handoffs/{id}/accept", post(handoffs::accept))
        .route("/handoffs/{id}/refuse", post(handoffs::refuse))
        .route("/handoffs/{id}/done", post(handoffs::done))
        .route("/handoffs/{id}/notes", post(handoffs::note))
        .route("/handoffs/{id}/hand-back", post(verdicts::hand_back))
        .route("/handoffs/{id}/wrong", put(verdicts::wrong))
        .route("/callbacks/{id}/done", post(handoffs::callback_done))
        .route("/promises/{id}/settle", post(handoffs::settle))
        .route("/contacts/{phone}/opt-out", put(contacts::put_opt_out).delete(contacts::remove_opt_out))
        .route("/contacts/{phone}/consent", put(outreach::put_consent))
        .route("/orders/{order_ref}/signals", put(outreach::put_signals))
}

fn administering() -> Router<Doors> {
    Router::new()
        .route("/orders", post(orders::put))
        .route("/campaigns", post(campaigns::make))
        .route("/do-not-call/{list}", post(outreach::add_to_list).delete(outreach::drop_list))
        .route("/tokens", get(tokens::list).post(tokens::make))
        .route("/tokens/{id}", delete(tokens::revoke))
        .route("/connectors/{name}/replay", post(deliveries::replay))
        .route("/erasures", post(erasures::erase))
        .route("/deletions", get(erasures::deletions))
}

/// The API in OpenAPI, generated from the code.
pub(super) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
