use jiff::Timestamp;
use proptest::prelude::*;

use super::{Changed, EVENTS_MAX, cancel_order, changes_between, tell_order, tell_parcel, track};
use crate::domain::orders::{CarrierReport, DeliveryStatus, Order, TrackingEvent};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn order() -> Order {
    serde_json::from_str(
        r#"{"order_ref":"2041","placed_at":"2026-11-18T10:04:00Z","customer":{"name":"Asha Rao",
        "phone":"+919845012345","language":"en-IN"},"total":{"amount_minor":1,"currency":"INR"},"payment":"cod",
        "promised_by":"2026-11-25","address":{"lines":[],"city":"Pune","postcode":"411004","country":"IN"}}"#,
    )
    .unwrap()
}

fn event(second: i64, status: DeliveryStatus) -> TrackingEvent {
    let report = CarrierReport { source: "c".to_owned(), code: "x".to_owned(), ..CarrierReport::default() };
    TrackingEvent { at: at(second), status, place: None, reason: None, note: None, report: Some(report) }
}

fn told(events: &[(i64, DeliveryStatus)]) -> Order {
    events.iter().fold(order(), |order, (second, status)| track(&order, "T1", None, &event(*second, *status)))
}

#[test]
fn what_a_parcel_goes_through_is_told_as_changes() {
    use DeliveryStatus::{AttemptFailed, Created, OutForDelivery};
    let placed = order();
    assert_eq!(changes_between(None, &placed)[0].what, Changed::Placed);
    let packed = tell_parcel(&placed, "T1", Some("Delhivery"));
    assert_eq!(packed.shipments[0].carrier, "delhivery");
    let what = |before: &Order, after: &Order| -> Vec<Changed> {
        changes_between(Some(before), after).into_iter().map(|change| change.what).collect()
    };
    let status = |from, to| Changed::Status { from, to, reason: None };
    assert_eq!(what(&placed, &packed), [status(None, Created)]);
    let out = track(&packed, "T1", None, &event(10, OutForDelivery));
    assert_eq!(what(&packed, &out), [status(Some(Created), OutForDelivery)]);
    assert_eq!(changes_between(Some(&packed), &out)[0].at, at(10));
    let failed = track(&out, "T1", None, &event(20, AttemptFailed));
    let again = track(&failed, "T1", None, &event(20_000, AttemptFailed));
    assert_eq!(what(&failed, &again), [Changed::AnotherAttempt { reason: None }]);
    assert_eq!(track(&again, "T1", None, &event(20, AttemptFailed)), again, "the same event again");
    assert_eq!(what(&again, &track(&again, "T1", None, &event(5, OutForDelivery))), [], "old news");
    let cancelled = cancel_order(&again, at(30_000));
    assert_eq!(what(&again, &cancelled), [Changed::Cancelled]);
    assert_eq!(cancel_order(&cancelled, at(40_000)), cancelled);
}

#[test]
fn a_new_window_is_a_change_and_old_windows_do_not_come_back() {
    let with_window = |second: i64, from: i64| {
        let mut event = event(second, DeliveryStatus::InTransit);
        let report = event.report.as_mut().unwrap();
        (report.eta_from, report.eta_to) = (Some(at(from)), Some(at(from + 3_600)));
        event
    };
    let first = track(&order(), "T1", None, &with_window(10, 1_000));
    let moved = track(&first, "T1", None, &with_window(20, 9_000));
    let late = track(&moved, "T1", None, &with_window(15, 5_000));
    assert_eq!(late.shipments[0].eta_from, Some(at(9_000)));
    let changes = changes_between(Some(&first), &moved);
    let window = |from: i64| (at(from), at(from + 3_600));
    assert_eq!(changes[0].what, Changed::Window { from: Some(window(1_000)), to: window(9_000) });
}

#[test]
fn a_shop_that_tells_an_order_again_does_not_undo_what_it_does_not_know() {
    let stored = told(&[(10, DeliveryStatus::OutForDelivery)]);
    let mut again = order();
    (again.promised_by, again.customer.language) = (None, None);
    again.address.city = "Nashik".to_owned();
    let newest = tell_order(Some(&stored), &again, true);
    assert_eq!((newest.address.city.as_str(), newest.promised_by), ("Nashik", stored.promised_by));
    assert_eq!((newest.shipments.len(), newest.customer.language.as_deref()), (1, Some("en-IN")));
    let mut older = again.clone();
    older.address.city = "Thane".to_owned();
    let unchanged = tell_order(Some(&newest), &older, false);
    assert_eq!(unchanged, newest);
}

#[test]
fn what_a_shop_said_by_import_stands_until_something_newer_is_told() {
    let mut imported = told(&[(10, DeliveryStatus::InTransit)]);
    imported.shipments[0].status = DeliveryStatus::Delivered;
    let late = track(&imported, "T1", None, &event(5, DeliveryStatus::OutForDelivery));
    assert_eq!(late.shipments[0].status, DeliveryStatus::Delivered);
    imported.shipments[0].status = DeliveryStatus::OutForDelivery;
    let newer = track(&imported, "T1", None, &event(20, DeliveryStatus::AttemptFailed));
    assert_eq!(newer.shipments[0].status, DeliveryStatus::AttemptFailed);
}

#[test]
fn a_number_is_one_parcel_however_it_is_written_and_names_its_carrier() {
    let order = track(&order(), "1Z 999 AA1 0123456784", None, &event(1, DeliveryStatus::InTransit));
    let order = track(&order, "1z999aa10123456784", Some("UPS"), &event(2, DeliveryStatus::Delivered));
    assert_eq!(order.shipments.len(), 1);
    assert_eq!((order.shipments[0].carrier.as_str(), order.shipments[0].status), ("ups", DeliveryStatus::Delivered));
}

#[test]
fn neither_events_nor_parcels_grow_without_end() {
    let mut order = order();
    for second in 0..600 {
        order = track(&order, "T1", None, &event(second, DeliveryStatus::InTransit));
    }
    assert_eq!(order.shipments[0].events.len(), EVENTS_MAX);
    assert_eq!(order.shipments[0].events[0].at, at(100));
    for number in 0..60 {
        order = tell_parcel(&order, &format!("N{number}"), None);
    }
    assert_eq!(order.shipments.len(), 50);
}

fn any_event() -> impl Strategy<Value = TrackingEvent> {
    let status = prop::sample::select(DeliveryStatus::ALL.to_vec());
    (0_i64..6, status, prop::option::of(0_u64..3), prop::option::of(0_i64..4)).prop_map(
        |(at_second, status, seq, eta)| {
            let mut event = event(at_second * 600, status);
            let report = event.report.as_mut().unwrap();
            report.sequence = seq;
            (report.eta_from, report.eta_to) = (eta.map(at), eta.map(|eta| at(eta + 60)));
            event
        },
    )
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_of_the_same_events_makes_the_same_order(
        (events, shuffled) in prop::collection::vec(any_event(), 1..8)
            .prop_flat_map(|events| (Just(events.clone()), Just([events.clone(), events].concat()).prop_shuffle()))
    ) {
        let after = |events: &[TrackingEvent]| {
            events.iter().fold(order(), |order, event| track(&order, "T1", None, event))
        };
        prop_assert_eq!(after(&events), after(&shuffled));
    }
}
