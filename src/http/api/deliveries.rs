//! What was sent to which CRM, and what was given up.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;

use super::{PageBody, PageQuery, unreadable};
use crate::domain::values::CallId;
use crate::http::Doors;
use crate::http::problem::Problem;
use crate::ports::store::{Delivery, DeliveryState};

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct DeliveryBody {
    id: String,
    #[schema(value_type = String)]
    call_id: CallId,
    connector: String,
    idempotency_key: String,
    #[schema(value_type = String)]
    state: DeliveryState,
    attempts: u32,
    #[schema(value_type = Option<String>)]
    next_attempt_at: Option<Timestamp>,
    last_error: Option<String>,
    #[schema(value_type = String)]
    created_at: Timestamp,
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            call_id: delivery.call,
            connector: delivery.connector,
            idempotency_key: delivery.idempotency_key,
            state: delivery.state,
            attempts: delivery.attempts,
            next_attempt_at: delivery.next_attempt_at,
            last_error: delivery.last_error,
            created_at: delivery.created_at,
        }
    }
}

/// Whose deliveries.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct DeliveriesQuery {
    /// Only those of this call.
    #[param(value_type = Option<String>)]
    call_id: Option<CallId>,
}

/// The deliveries, newest first.
#[utoipa::path(get, path = "/api/v1/deliveries", params(DeliveriesQuery, PageQuery),
    responses((status = 200, body = PageBody<DeliveryBody>)))]
pub async fn list(
    State(doors): State<Doors>,
    Query(which): Query<DeliveriesQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<DeliveryBody>>, Problem> {
    let deliveries = doors.deliveries.list_deliveries(which.call_id, page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: deliveries.rows.into_iter().map(Into::into).collect(), next: deliveries.next }))
}

/// Puts a given-up delivery back in the queue.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/retry", params(("id" = String, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
pub async fn retry(State(doors): State<Doors>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let services = doors.reception.services();
    doors.deliveries.retry_delivery(&id, services.wall_clock.now()).await?;
    services.outbox_wake.notify_one();
    Ok(StatusCode::ACCEPTED)
}

/// From when on a connector is to be sent outcomes.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Calls that ended then or later.
    #[schema(value_type = String)]
    since: Timestamp,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ReplayBody {
    /// Outcomes put into the queue that the connector had never been sent.
    added: u64,
    /// Given-up deliveries put back into the queue.
    retried: u64,
}

/// Sends a connector the outcomes of the past: those it was never sent, and those that were given up. Running it twice
/// sends nothing twice.
#[utoipa::path(post, path = "/api/v1/connectors/{name}/replay", params(("name" = String, Path)), request_body = Replay,
    responses((status = 202, body = ReplayBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn replay(
    State(doors): State<Doors>,
    Path(name): Path<String>,
    body: Result<Json<Replay>, JsonRejection>,
) -> Result<(StatusCode, Json<ReplayBody>), Problem> {
    let Json(Replay { since }) = body.map_err(|rejection| unreadable(&rejection))?;
    let services = doors.reception.services();
    if !services.connectors.contains(&name) {
        return Err(Problem::new(StatusCode::NOT_FOUND, "no connector of this name is configured"));
    }
    let replayed = doors.deliveries.replay_deliveries(&name, since, services.wall_clock.now()).await?;
    services.outbox_wake.notify_one();
    Ok((StatusCode::ACCEPTED, Json(ReplayBody { added: replayed.added, retried: replayed.retried })))
}
