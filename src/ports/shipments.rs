//! Shipments, as they are listed by themselves.

use async_trait::async_trait;
use jiff::civil::Date;

use super::store::{Page, StoreError};
use crate::domain::orders::{DeliveryStatus, OrderRef, Shipment};

/// Which shipments; none of it means all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShipmentFilter {
    pub status: Option<DeliveryStatus>,
    pub tracking_number: Option<String>,
    pub order_ref: Option<OrderRef>,
}

/// A shipment and the order it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredShipment {
    pub order_ref: OrderRef,
    /// The day the shop promised at the till.
    pub promised_by: Option<Date>,
    pub shipment: Shipment,
}

#[async_trait]
pub trait ShipmentStore: Send + Sync {
    /// By their order, newest first.
    async fn list_shipments(
        &self,
        filter: &ShipmentFilter,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredShipment>, StoreError>;
}
