//! Orders: what the agent is grounded in.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::{PageBody, PageQuery};
use crate::domain::orders::import::order_from_json;
use crate::domain::orders::{Order, OrderRef};
use crate::http::Doors;
use crate::http::problem::Problem;
use crate::ports::store::PutOrder;

/// The stored orders, newest first.
#[utoipa::path(get, path = "/api/v1/orders", params(PageQuery), responses((status = 200, body = PageBody<Value>)))]
pub async fn list(State(doors): State<Doors>, Query(page): Query<PageQuery>) -> Result<Json<PageBody<Order>>, Problem> {
    let orders = doors.reception.services().orders.list_orders(page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: orders.rows, next: orders.next }))
}

/// One order.
#[utoipa::path(get, path = "/api/v1/orders/{order_ref}", params(("order_ref" = String, Path)),
    responses((status = 200, body = Value), (status = 404, body = Problem)))]
pub async fn one(State(doors): State<Doors>, Path(order_ref): Path<String>) -> Result<Json<Order>, Problem> {
    let order = doors.reception.services().orders.order_by_ref(&OrderRef(order_ref)).await?;
    order.map(Json).ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "no order has this reference"))
}

/// Writes an order, in the format of `import orders`. Writing it twice changes nothing.
#[utoipa::path(post, path = "/api/v1/orders", request_body = Value,
    responses((status = 201), (status = 200), (status = 400, body = Problem), (status = 422, body = Problem)))]
pub async fn put(State(doors): State<Doors>, body: String) -> Result<StatusCode, Problem> {
    let order = order_from_json(&body).map_err(|refused| {
        // What is no JSON at all cannot be read; what is no order cannot be used.
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
        let status = if is_json { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Problem::new(status, refused.to_string())
    })?;
    let services = doors.reception.services();
    let put = doors.outreach.put_order(&order, services.wall_clock.now()).await?;
    Ok(match put {
        PutOrder::Inserted => StatusCode::CREATED,
        PutOrder::Updated | PutOrder::Unchanged => StatusCode::OK,
    })
}
