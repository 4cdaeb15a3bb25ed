//! Erasing what is about somebody, and the proof of everything that was deleted.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::Value;

use super::{PageBody, PageQuery, unreadable};
use crate::domain::orders::OrderRef;
use crate::domain::retention::{DeletedCounts, Deletion};
use crate::domain::values::PhoneNumber;
use crate::http::Doors;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::ports::retention::Subject;

/// Whose records: a number or an order, not both.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    #[schema(value_type = Option<String>)]
    phone: Option<PhoneNumber>,
    #[schema(value_type = Option<String>)]
    order_ref: Option<OrderRef>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ErasureBody {
    /// How many recordings, calls, requests, deliveries and orders were deleted.
    #[schema(value_type = Object)]
    deleted: DeletedCounts,
    /// Calls in progress, which were left alone: erase again when they have ended.
    calls_open: u64,
}

/// Deletes everything about a number or an order: orders, calls with their recordings, requests, notes and deliveries.
/// What connectors have received is theirs to delete. An opt-out stays, since it is what keeps the number from being
/// called.
#[utoipa::path(post, path = "/api/v1/erasures", request_body = Erasure,
    responses((status = 200, body = ErasureBody), (status = 422, body = Problem)))]
pub async fn erase(
    State(doors): State<Doors>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<Erasure>, JsonRejection>,
) -> Result<Json<ErasureBody>, Problem> {
    let Json(erasure) = body.map_err(|rejection| unreadable(&rejection))?;
    let subject = match (erasure.phone, erasure.order_ref) {
        (Some(phone), None) => Subject::Phone(phone),
        (None, Some(order_ref)) if !order_ref.0.contains('\0') => Subject::Order(order_ref),
        (_, _) => {
            let detail = "name either phone, in E.164, or order_ref";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
    };
    let erased = doors.retention.erase(&subject, &caller.name).await?;
    Ok(Json(ErasureBody { deleted: erased.counts, calls_open: erased.calls_open }))
}

/// What was deleted, by age or because somebody asked: how much, when and why, not about whom. Newest first.
#[utoipa::path(get, path = "/api/v1/deletions", params(PageQuery),
    responses((status = 200, body = PageBody<Value>)))]
pub async fn deletions(
    State(doors): State<Doors>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<Deletion>>, Problem> {
    let deletions = doors.retention.store().list_deletions(page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: deletions.rows, next: deletions.next }))
}
