//! What shops and carriers tell, on both engines: once, in any order, whole or not at all.

use super::SqlStore;
use super::engines::on_both_engines;
use super::samples::{at, event, order};
use crate::domain::orders::incoming::{Changed, CommerceEvent, ParcelKey};
use crate::domain::orders::{CarrierReport, DeliveryStatus, Order, OrderRef, TrackingEvent};
use crate::ports::commerce::{CommerceStore, Notice, TakenIn, Trust};
use crate::ports::shipments::{ShipmentFilter, ShipmentStore};
use crate::ports::store::OrderStore;

fn notice(event_id: &str, events: Vec<CommerceEvent>) -> Notice {
    Notice { event_id: event_id.to_owned(), events, unknown_codes: Vec::new(), unusable: Vec::new() }
}

fn told_order(second: i64, city: &str) -> CommerceEvent {
    let mut told: Order = order("2041");
    told.shipments.clear();
    told.address.city = city.to_owned();
    CommerceEvent::OrderUpserted { order: Box::new(told), vendor_id: Some("5501".to_owned()), at: at(second) }
}

fn parcel(number: Option<&str>, vendor_id: Option<&str>, hints: &[&str]) -> ParcelKey {
    ParcelKey {
        tracking_number: number.map(str::to_owned),
        carrier: Some("delhivery".to_owned()),
        vendor_id: vendor_id.map(str::to_owned),
        order_hints: hints.iter().map(|&hint| hint.to_owned()).collect(),
    }
}

fn scan(second: i64, status: DeliveryStatus) -> TrackingEvent {
    let report = CarrierReport { source: "s".to_owned(), code: "raw 7".to_owned(), ..CarrierReport::default() };
    TrackingEvent { report: Some(report), ..event(second, status) }
}

fn tracked(parcel: ParcelKey, second: i64, status: DeliveryStatus) -> CommerceEvent {
    CommerceEvent::Tracking { parcel, event: Box::new(scan(second, status)) }
}

async fn take_in(store: &SqlStore, source: &str, id: &str, events: Vec<CommerceEvent>) -> TakenIn {
    store.take_in(source, Trust::Signed, &notice(id, events), at(100)).await.unwrap()
}

fn changes(taken: &TakenIn) -> Vec<Changed> {
    match taken {
        TakenIn::Repeated => panic!("it was new"),
        TakenIn::Kept { changes, .. } => changes.iter().map(|change| change.what.clone()).collect(),
    }
}

async fn stored(store: &SqlStore) -> Order {
    store.order_by_ref(&OrderRef("2041".to_owned())).await.unwrap().unwrap()
}

on_both_engines! {
    a_message_counts_once_for_each_source(store) => {
        let events = vec![told_order(10, "Pune")];
        assert_eq!(changes(&take_in(&store, "shop", "e-1", events.clone()).await), [Changed::Placed]);
        assert_eq!(take_in(&store, "shop", "e-1", events.clone()).await, TakenIn::Repeated);
        assert_eq!(changes(&take_in(&store, "other", "e-1", events).await), []);
        assert_eq!(store.last_taken_in("shop").await, Ok(Some(at(100))));
        assert_eq!(store.last_taken_in("nobody").await, Ok(None));
    }

    events_find_their_parcel_by_number_and_by_the_sources_own_ids(store) => {
        take_in(&store, "shop", "e-1", vec![told_order(10, "Pune")]).await;
        let made = CommerceEvent::ShipmentUpserted { parcel: parcel(Some("T1"), Some("7001"), &["5501"]), at: at(20) };
        take_in(&store, "shop", "e-2", vec![made]).await;
        let by_vendor_id = tracked(parcel(None, Some("7001"), &["5501"]), 30, DeliveryStatus::OutForDelivery);
        let changed = take_in(&store, "shop", "e-3", vec![by_vendor_id]).await;
        let to_out = Changed::Status {
            from: Some(DeliveryStatus::Created), to: DeliveryStatus::OutForDelivery, reason: None,
        };
        assert_eq!(changes(&changed), [to_out]);
        let by_number = tracked(parcel(Some("T1"), None, &[]), 40, DeliveryStatus::Delivered);
        take_in(&store, "carrier", "c-1", vec![by_number]).await;
        let late = tracked(parcel(Some("T1"), None, &[]), 35, DeliveryStatus::AttemptFailed);
        assert_eq!(changes(&take_in(&store, "carrier", "c-2", vec![late]).await), [], "old news");
        let order = stored(&store).await;
        assert_eq!((order.shipments.len(), order.shipments[0].status), (1, DeliveryStatus::Delivered));
        assert_eq!(order.shipments[0].events.len(), 3);
        let listed = store.list_shipments(&ShipmentFilter::default(), None, 10).await.unwrap();
        assert_eq!(listed.rows[0].shipment.events[2].report.as_ref().unwrap().code, "raw 7");
    }

    what_comes_before_its_order_waits_for_it(store) => {
        let early = [
            tracked(parcel(Some("T1"), None, &["#2041"]), 30, DeliveryStatus::OutForDelivery),
            tracked(parcel(None, Some("7001"), &["5501"]), 20, DeliveryStatus::InTransit),
        ];
        let carrier = take_in(&store, "carrier", "c-1", vec![early[0].clone()]).await;
        assert_eq!(carrier, TakenIn::Kept { changes: Vec::new(), parked: 1 });
        take_in(&store, "shop", "s-1", vec![early[1].clone()]).await;
        take_in(&store, "shop", "s-2", vec![told_order(10, "Pune")]).await;
        assert_eq!(stored(&store).await.shipments[0].events.len(), 1, "the other's number is not known yet");
        let made = CommerceEvent::ShipmentUpserted { parcel: parcel(Some("T1"), Some("7001"), &["5501"]), at: at(20) };
        take_in(&store, "shop", "s-3", vec![made]).await;
        let order = stored(&store).await;
        assert_eq!((order.shipments.len(), order.shipments[0].events.len()), (1, 2));
        assert_eq!(order.shipments[0].status, DeliveryStatus::OutForDelivery);
        let left = take_in(&store, "shop", "s-4", vec![told_order(11, "Pune")]).await;
        assert_eq!(changes(&left), [], "nothing waits any more");
    }

    another_sources_ids_are_not_this_ones(store) => {
        take_in(&store, "shop", "e-1", vec![told_order(10, "Pune")]).await;
        let strange = tracked(parcel(Some("T9"), None, &["5501"]), 30, DeliveryStatus::Delivered);
        let taken = take_in(&store, "other", "o-1", vec![strange]).await;
        assert_eq!(taken, TakenIn::Kept { changes: Vec::new(), parked: 1 });
    }

    an_order_told_late_does_not_undo_what_was_told_later(store) => {
        take_in(&store, "shop", "e-2", vec![told_order(20, "Nashik")]).await;
        take_in(&store, "shop", "e-1", vec![told_order(10, "Pune")]).await;
        assert_eq!(stored(&store).await.address.city, "Nashik");
        take_in(&store, "shop", "e-3", vec![told_order(30, "Thane")]).await;
        assert_eq!(stored(&store).await.address.city, "Thane");
        let cancel = CommerceEvent::OrderCancelled { order_hints: vec!["#2041".to_owned()], at: at(40) };
        assert_eq!(changes(&take_in(&store, "shop", "e-4", vec![cancel]).await), [Changed::Cancelled]);
        take_in(&store, "shop", "e-5", vec![told_order(35, "Thane")]).await;
        assert_eq!(stored(&store).await.cancelled_at, Some(at(40)));
    }

    what_nobody_has_heard_of_is_found_by_carrier(store) => {
        take_in(&store, "shop", "e-1", vec![told_order(10, "Pune")]).await;
        for (number, second, status) in [
            ("T1", 50, DeliveryStatus::InTransit), ("T2", 40, DeliveryStatus::Delivered), ("T3", 45, DeliveryStatus::Delayed),
        ] {
            let event = tracked(parcel(Some(number), None, &["2041"]), second, status);
            take_in(&store, "shop", number, vec![event]).await;
        }
        let quiet = async |carrier: &str, since: i64| {
            store.quiet_parcels(&[carrier.to_owned()], at(since), 10).await.unwrap()
        };
        assert_eq!(quiet("Delhivery", 60).await, ["T3", "T1"], "delivered is over");
        assert_eq!(quiet("*", 48).await, ["T3"]);
        assert_eq!(quiet("bluedart", 60).await, [""; 0]);
    }

    ids_and_waiting_events_are_forgotten_in_time(store) => {
        let early = tracked(parcel(Some("T1"), None, &["2041"]), 30, DeliveryStatus::Delivered);
        take_in(&store, "carrier", "c-1", vec![early]).await;
        assert_eq!(store.sweep_messages(at(100)).await, Ok(0));
        assert!(store.sweep_messages(at(101)).await.unwrap() >= 2);
        take_in(&store, "shop", "e-1", vec![told_order(10, "Pune")]).await;
        assert_eq!(stored(&store).await.shipments.len(), 0);
    }

    text_that_no_database_takes_is_left_out(store) => {
        let strange = tracked(parcel(Some("T\0"), None, &["2041"]), 30, DeliveryStatus::Delivered);
        assert_eq!(changes(&take_in(&store, "carrier", "c-1", vec![strange]).await), []);
    }

    an_erased_order_takes_its_names_along(store) => {
        take_in(&store, "shop", "e-1", vec![told_order(10, "Pune")]).await;
        store.remove_order(&OrderRef("2041".to_owned())).await.unwrap();
        let event = tracked(parcel(Some("T1"), None, &["5501"]), 30, DeliveryStatus::Delivered);
        let taken = take_in(&store, "shop", "e-2", vec![event]).await;
        assert_eq!(taken, TakenIn::Kept { changes: Vec::new(), parked: 1 });
    }
}

/// Both write the same order at the same time; neither may be lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sources_that_tell_at_once_lose_nothing() {
    let (store, _folder) = super::engines::sqlite().await;
    take_in(&store, "shop", "e-1", vec![told_order(10, "Pune")]).await;
    let tellers: Vec<_> = (0..8_i64)
        .map(|teller| {
            let store = store.clone();
            tokio::spawn(async move {
                for second in 0..10 {
                    let parcel = parcel(Some("T1"), None, &["2041"]);
                    let event = tracked(parcel, teller * 100 + second, DeliveryStatus::InTransit);
                    take_in(&store, "carrier", &format!("{teller}-{second}"), vec![event]).await;
                }
            })
        })
        .collect();
    for teller in tellers {
        teller.await.unwrap();
    }
    assert_eq!(stored(&store).await.shipments[0].events.len(), 80);
}
