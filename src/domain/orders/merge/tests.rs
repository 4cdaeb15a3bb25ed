use jiff::Timestamp;

use super::merge_order;
use crate::domain::orders::{DeliveryStatus, Order, Shipment, TrackingEvent};
use crate::domain::values::Personal;

fn event(second: i64, status: DeliveryStatus) -> TrackingEvent {
    TrackingEvent {
        at: Timestamp::from_second(second).unwrap(),
        status,
        place: None,
        reason: None,
        note: None,
        report: None,
    }
}

fn shipment(status: DeliveryStatus, seconds: &[i64]) -> Shipment {
    Shipment {
        tracking_number: "T1".to_owned(),
        carrier: "c".to_owned(),
        status,
        eta_from: None,
        eta_to: None,
        events: seconds.iter().map(|&second| event(second, status)).collect(),
        usual_scan_gap_hours: None,
    }
}

fn order(shipments: Vec<Shipment>) -> Order {
    let mut order: Order = serde_json::from_str(
        r#"{"order_ref":"A-1","placed_at":"2026-11-18T10:04:00Z","customer":{"name":"Asha Rao","phone":"+919845012345"},
        "total":{"amount_minor":1,"currency":"INR"},"payment":"cod",
        "address":{"lines":[],"city":"Pune","postcode":"411004","country":"IN"}}"#,
    )
    .unwrap();
    order.shipments = shipments;
    order
}

#[test]
fn the_status_follows_the_newest_event_and_what_is_over_stays_over() {
    use DeliveryStatus::{
        AttemptFailed, Cancelled, Delivered, InTransit, Lost, OutForDelivery, ReturnedToSender, ReturningToSender,
    };
    let none: &[i64] = &[];
    for (stored, known, incoming, told, stands) in [
        (InTransit, &[10][..], OutForDelivery, &[20][..], OutForDelivery),
        (OutForDelivery, &[20], InTransit, &[10], OutForDelivery),
        (OutForDelivery, &[20], AttemptFailed, &[20], AttemptFailed),
        (OutForDelivery, &[20], Delivered, none, Delivered),
        (InTransit, none, OutForDelivery, none, OutForDelivery),
        (Delivered, &[20], OutForDelivery, &[30], Delivered),
        (Delivered, none, AttemptFailed, &[30], Delivered),
        (Delivered, &[20], ReturningToSender, &[20], Delivered),
        (Delivered, &[20], ReturningToSender, none, Delivered),
        (Delivered, &[20], ReturningToSender, &[21], ReturningToSender),
        (Delivered, &[20], ReturnedToSender, &[21], ReturnedToSender),
        (ReturningToSender, &[20], ReturnedToSender, &[30], ReturnedToSender),
        (ReturnedToSender, &[20], InTransit, &[30], ReturnedToSender),
        (Cancelled, &[20], Delivered, &[30], Delivered),
        (Lost, &[20], InTransit, &[30], Lost),
        (Lost, &[20], Delivered, &[10], Lost),
        (Lost, &[20], Delivered, &[30], Delivered),
    ] {
        let merged = merge_order(Some(&order(vec![shipment(stored, known)])), &order(vec![shipment(incoming, told)]));
        assert_eq!(merged.shipments[0].status, stands, "{stored:?} {known:?} + {incoming:?} {told:?}");
    }
}

#[test]
fn old_news_keeps_the_newer_window() {
    let eta = |second| Some(Timestamp::from_second(second).unwrap());
    let newer = Shipment { eta_from: eta(100), eta_to: eta(200), ..shipment(DeliveryStatus::InTransit, &[20]) };
    let older = Shipment { eta_from: eta(50), eta_to: eta(60), ..shipment(DeliveryStatus::InTransit, &[10]) };
    let merged = merge_order(Some(&order(vec![newer.clone()])), &order(vec![older.clone()]));
    assert_eq!(merged.shipments[0].eta_from, eta(100));
    let merged = merge_order(Some(&order(vec![older])), &order(vec![newer]));
    assert_eq!(merged.shipments[0].eta_from, eta(100));
}

#[test]
fn a_repeated_event_is_kept_once_with_its_note() {
    let plain = shipment(DeliveryStatus::Delivered, &[10]);
    let mut noted = plain.clone();
    noted.events[0].note = Some(Personal::new("left in the porch".to_owned()));
    for (first, second) in [(&plain, &noted), (&noted, &plain), (&noted, &noted)] {
        let merged = merge_order(Some(&order(vec![first.clone()])), &order(vec![second.clone()]));
        assert_eq!(merged.shipments[0].events, noted.events);
    }
    let mut twice = noted.clone();
    twice.events.extend(plain.events);
    assert_eq!(merge_order(None, &order(vec![twice])).shipments[0].events, noted.events);
}

#[test]
fn parcels_left_out_stay_and_merging_again_changes_nothing() {
    let mut other = shipment(DeliveryStatus::Created, &[5]);
    other.tracking_number = "T2".to_owned();
    let stored = order(vec![other]);
    let incoming = order(vec![shipment(DeliveryStatus::InTransit, &[20, 10])]);
    let merged = merge_order(Some(&stored), &incoming);
    assert_eq!(merged.shipments.len(), 2);
    assert_eq!(merge_order(Some(&merged), &incoming), merged);
    assert_eq!(merge_order(Some(&merged), &stored), merged);
}
