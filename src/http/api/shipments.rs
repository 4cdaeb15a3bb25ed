//! Shipments, by themselves.

use axum::Json;
use axum::extract::{Query, State};
use jiff::civil::Date;

use super::{PageBody, PageQuery};
use crate::domain::orders::{DeliveryStatus, OrderRef, Shipment};
use crate::http::Doors;
use crate::http::problem::Problem;
use crate::ports::shipments::{ShipmentFilter, StoredShipment};

/// A shipment in the format of `import orders`, and the order it belongs to.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ShipmentBody {
    #[schema(value_type = String)]
    order_ref: OrderRef,
    /// The day the shop promised at the till.
    #[schema(value_type = Option<String>)]
    promised_by: Option<Date>,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    shipment: Shipment,
}

impl From<StoredShipment> for ShipmentBody {
    fn from(stored: StoredShipment) -> Self {
        Self { order_ref: stored.order_ref, promised_by: stored.promised_by, shipment: stored.shipment }
    }
}

/// Which shipments.
#[derive(serde::Deserialize, utoipa::IntoParams)]
pub struct ShipmentsQuery {
    /// Only those in this status, such as `out_for_delivery`.
    #[param(value_type = Option<String>)]
    status: Option<DeliveryStatus>,
    tracking_number: Option<String>,
    #[param(value_type = Option<String>)]
    order_ref: Option<OrderRef>,
}

/// The shipments, by their order, newest first.
#[utoipa::path(get, path = "/api/v1/shipments", params(ShipmentsQuery, PageQuery),
    responses((status = 200, body = PageBody<ShipmentBody>)))]
pub async fn list(
    State(doors): State<Doors>,
    Query(which): Query<ShipmentsQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageBody<ShipmentBody>>, Problem> {
    let ShipmentsQuery { status, tracking_number, order_ref } = which;
    let filter = ShipmentFilter { status, tracking_number, order_ref };
    let shipments = doors.shipments.list_shipments(&filter, page.cursor.as_deref(), page.rows()).await?;
    Ok(Json(PageBody { rows: shipments.rows.into_iter().map(Into::into).collect(), next: shipments.next }))
}
