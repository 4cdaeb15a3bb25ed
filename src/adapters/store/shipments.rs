//! Shipments: listed beside their orders, read from the order's record.

use async_trait::async_trait;

use super::SqlStore;
use super::calls::decode_json;
use super::db::{in_transaction, reading};
use super::error::{from_sqlx, unreadable};
use super::page::{Position, page_limits, page_of};
use super::sql::shipments as sql;
use crate::domain::orders::{DeliveryStatus, Order, Shipment};
use crate::ports::shipments::{ShipmentFilter, ShipmentStore, StoredShipment};
use crate::ports::store::{Page, StoreError};

/// Orders listed between two looks, while a database of before is brought up to date.
const ORDERS_AT_ONCE: i64 = 200;

#[derive(sqlx::FromRow)]
struct ShipmentRow {
    id: String,
    place: i64,
    placed_at: i64,
    record: String,
}

fn decode_shipment(row: &ShipmentRow) -> Result<StoredShipment, StoreError> {
    let mut order: Order = decode_json(&row.record)?;
    let place = usize::try_from(row.place).map_err(|_| unreadable())?;
    if order.shipments.len() <= place {
        return Err(unreadable());
    }
    let shipment: Shipment = order.shipments.swap_remove(place);
    Ok(StoredShipment { order_ref: order.order_ref, promised_by: order.promised_by, shipment })
}

/// Lists the shipments of an order anew, inside the transaction that writes it.
macro_rules! list_shipments_of {
    ($tx:ident, $order:expr, $counting:expr) => {{
        let order: &$crate::domain::orders::Order = $order;
        let is_held_back = $counting.control_group.holds_back(&order.customer.phone);
        sqlx::query($crate::adapters::store::sql::shipments::FORGET_SHIPMENTS)
            .bind(&order.order_ref.0)
            .execute(&mut *$tx)
            .await
            .map_err(from_sqlx)?;
        for (place, shipment) in (0_i64..).zip(&order.shipments) {
            let facts = $crate::domain::figures::ParcelFacts::of(order, shipment);
            sqlx::query($crate::adapters::store::sql::shipments::ADD_SHIPMENT)
                .bind(format!("{}#{place}", order.order_ref.0))
                .bind(&order.order_ref.0)
                .bind(place)
                .bind(&shipment.tracking_number)
                .bind(shipment.status.as_str())
                .bind(order.placed_at.as_millisecond())
                .bind(shipment.carrier.to_lowercase())
                .bind(shipment.events.last().map_or(order.placed_at, |event| event.at).as_millisecond())
                .bind(facts.shipped_at.map(jiff::Timestamp::as_millisecond))
                .bind(facts.failed_at.map(jiff::Timestamp::as_millisecond))
                .bind(i64::from(facts.is_delivered))
                .bind(i64::from(facts.is_returned))
                .bind(i64::from(order.payment == $crate::domain::orders::Payment::Cod))
                .bind(i64::from(is_held_back))
                .bind(i64::from(facts.is_absent))
                .execute(&mut *$tx)
                .await
                .map_err(from_sqlx)?;
        }
        $crate::adapters::store::shipments::note_calls!($tx, &order.order_ref.0);
    }};
}

/// Notes at an order's parcels what our calls came to since their attempts failed.
///
/// Order: under the order's lock.
macro_rules! note_calls {
    ($tx:ident, $order_ref:expr) => {
        sqlx::query($crate::adapters::store::sql::shipments::NOTE_CALLS)
            .bind($order_ref)
            .execute(&mut *$tx)
            .await
            .map_err(from_sqlx)?
    };
}

pub(super) use {list_shipments_of, note_calls};

impl SqlStore {
    /// Lists the shipments of orders that were written before shipments were listed.
    pub(super) async fn list_shipments_of_before(&self) -> Result<(), StoreError> {
        loop {
            let orders: Vec<String> = reading!(&self.db, pool => {
                sqlx::query_scalar(sql::UNLISTED_ORDERS).bind(ORDERS_AT_ONCE).fetch_all(pool).await
            })
            .map_err(from_sqlx)?;
            if orders.is_empty() {
                return Ok(());
            }
            for order_ref in &orders {
                self.list_shipments_of(order_ref).await?;
            }
        }
    }

    async fn list_shipments_of(&self, order_ref: &str) -> Result<(), StoreError> {
        in_transaction!(&self.db, tx => {
            let record: Option<String> = sqlx::query_scalar(sql::CLAIM_UNLISTED)
                .bind(order_ref)
                .fetch_optional(&mut *tx)
                .await
                .map_err(from_sqlx)?;
            if let Some(record) = record {
                let order: Order = decode_json(&record)?;
                list_shipments_of!(tx, &order, self.counting);
            }
            Ok(())
        })
    }
}

#[async_trait]
impl ShipmentStore for SqlStore {
    async fn list_shipments(
        &self,
        filter: &ShipmentFilter,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<StoredShipment>, StoreError> {
        let from = Position::decode(cursor)?;
        let (shown, read) = page_limits(count_max);
        let wanted = |text: Option<&String>| text.cloned().unwrap_or_default();
        let number = wanted(filter.tracking_number.as_ref());
        let order_ref = wanted(filter.order_ref.as_ref().map(|order_ref| &order_ref.0));
        // PostgreSQL refuses text with a NUL; nothing stored has one.
        if number.contains('\0') || order_ref.contains('\0') {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let rows: Vec<ShipmentRow> = reading!(&self.db, pool => {
            sqlx::query_as(sql::LIST_SHIPMENTS)
                .bind(from.at_ms)
                .bind(&from.id)
                .bind(read)
                .bind(filter.status.map(DeliveryStatus::as_str).unwrap_or_default())
                .bind(&number)
                .bind(&order_ref)
                .fetch_all(pool)
                .await
        })
        .map_err(from_sqlx)?;
        page_of(rows, shown, |row| Position { at_ms: row.placed_at, id: row.id.clone() }, |row| decode_shipment(&row))
    }
}
