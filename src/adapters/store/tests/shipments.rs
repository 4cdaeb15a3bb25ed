//! Shipments: listed with every write of their order, found by status and number, gone with their order.

use super::engines::on_both_engines;
use super::samples::{at, order};
use super::{Db, SqlStore};
use crate::domain::orders::{DeliveryStatus, Order, OrderRef};
use crate::ports::shipments::{ShipmentFilter, ShipmentStore};
use crate::ports::store::OrderStore;

fn order_with(order_ref: &str, second: i64, parcels: &[(&str, DeliveryStatus)]) -> Order {
    let mut order = order(order_ref);
    order.placed_at = at(second);
    let template = order.shipments[0].clone();
    order.shipments = parcels
        .iter()
        .map(|(number, status)| {
            let mut shipment = template.clone();
            shipment.tracking_number = (*number).to_owned();
            shipment.status = *status;
            shipment.events[0].status = *status;
            shipment
        })
        .collect();
    order
}

async fn numbers(store: &SqlStore, filter: ShipmentFilter) -> Vec<String> {
    let page = store.list_shipments(&filter, None, 10).await.unwrap();
    page.rows.into_iter().map(|row| row.shipment.tracking_number).collect()
}

/// As a build did that knew nothing of the list.
async fn forget_list(store: &SqlStore) {
    for statement in ["DELETE FROM shipments", "UPDATE orders SET has_shipments_listed = 0"] {
        match &store.db {
            Db::Sqlite { writer, .. } => drop(sqlx::query(statement).execute(writer).await.unwrap()),
            Db::Postgres(pool) => drop(sqlx::query(statement).execute(pool).await.unwrap()),
        }
    }
}

on_both_engines! {
    shipments_follow_their_order(store) => {
        use DeliveryStatus::{InTransit, OutForDelivery};
        let first = order_with("A-1", 10, &[("N1", InTransit), ("N2", OutForDelivery)]);
        store.put_order(&first, at(0)).await.unwrap();
        store.put_order(&order_with("A-2", 20, &[("N3", InTransit)]), at(0)).await.unwrap();
        store.put_order(&order_with("A-3", 30, &[]), at(0)).await.unwrap();
        let all = ShipmentFilter::default();
        assert_eq!(numbers(&store, all.clone()).await, ["N3", "N2", "N1"]);
        let moving = ShipmentFilter { status: Some(InTransit), ..all.clone() };
        assert_eq!(numbers(&store, moving.clone()).await, ["N3", "N1"]);
        let one = ShipmentFilter { tracking_number: Some("N2".to_owned()), ..all.clone() };
        assert_eq!(numbers(&store, one).await, ["N2"]);
        let of_order = ShipmentFilter { order_ref: Some(OrderRef("A-1".to_owned())), ..all.clone() };
        assert_eq!(numbers(&store, of_order).await, ["N2", "N1"]);
        let strange = ShipmentFilter { tracking_number: Some("\0".to_owned()), ..all.clone() };
        assert_eq!(numbers(&store, strange).await, [""; 0]);

        let mut later = order_with("A-1", 10, &[("N1", OutForDelivery)]);
        later.shipments[0].events[0].at = at(1_000_000);
        store.put_order(&later, at(1)).await.unwrap();
        assert_eq!(numbers(&store, moving).await, ["N3"]);
        store.remove_order(&OrderRef("A-2".to_owned())).await.unwrap();
        assert_eq!(numbers(&store, all).await, ["N2", "N1"]);
    }

    shipments_come_in_pages(store) => {
        for second in 0..3 {
            let number = |place| format!("N{second}-{place}");
            let (one, two) = (number(0), number(1));
            let parcels = [(one.as_str(), DeliveryStatus::InTransit), (two.as_str(), DeliveryStatus::InTransit)];
            store.put_order(&order_with(&format!("A-{second}"), second, &parcels), at(0)).await.unwrap();
        }
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = store.list_shipments(&ShipmentFilter::default(), cursor.as_deref(), 4).await.unwrap();
            seen.extend(page.rows.into_iter().map(|row| row.shipment.tracking_number));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["N2-1", "N2-0", "N1-1", "N1-0", "N0-1", "N0-0"]);
    }

    orders_of_before_are_listed_by_migrating(store) => {
        for number in 0..3 {
            let parcels = [("N", DeliveryStatus::InTransit)];
            store.put_order(&order_with(&format!("A-{number}"), number, &parcels), at(0)).await.unwrap();
        }
        forget_list(&store).await;
        assert_eq!(numbers(&store, ShipmentFilter::default()).await.len(), 0);
        store.migrate().await.unwrap();
        assert_eq!(numbers(&store, ShipmentFilter::default()).await.len(), 3);
        store.migrate().await.unwrap();
        assert_eq!(numbers(&store, ShipmentFilter::default()).await.len(), 3);
    }
}
