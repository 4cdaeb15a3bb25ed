use jiff::ToSpan as _;

use super::*;
use crate::domain::orders::CarrierReport;

fn at() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn moment(what: Changed) -> Option<(Moment, Option<String>)> {
    let (order_ref, tracking_number) = (OrderRef("KH-1".to_owned()), Some("DEL1".to_owned()));
    Event::of_change(&OrderChange { order_ref, tracking_number, what, at: at() })
        .map(|event| (event.moment, event.tracking_number))
}

#[test]
fn changes_of_parcels_are_moments_of_theirs() {
    let parcel = Some("DEL1".to_owned());
    let status = |from, to| Changed::Status { from, to, reason: None };
    use DeliveryStatus as S;
    assert_eq!(moment(status(Some(S::InTransit), S::OutForDelivery)), Some((Moment::OutForDelivery, parcel.clone())));
    assert_eq!(
        moment(status(Some(S::OutForDelivery), S::AttemptFailed)),
        Some((Moment::AttemptFailed, parcel.clone()))
    );
    assert_eq!(moment(Changed::AnotherAttempt { reason: None }), Some((Moment::AttemptFailed, parcel)));
    assert_eq!(moment(status(None, S::Created)), None, "a label is no news");
    assert_eq!(moment(Changed::Cancelled), Some((Moment::Cancelled, None)));
    assert_eq!(moment(Changed::Placed), Some((Moment::OrderConfirmed, None)));
}

#[test]
fn only_a_later_window_is_a_delay() {
    let window = |hours: i64| (at() + hours.hours(), at() + (hours + 4).hours());
    let moved = |from, to| moment(Changed::Window { from, to }).map(|(moment, _)| moment);
    assert_eq!(moved(Some(window(0)), window(24)), Some(Moment::Delayed));
    assert_eq!(moved(Some(window(24)), window(0)), None);
    assert_eq!(moved(None, window(0)), None);
}

#[test]
fn a_hint_is_borne_out_only_by_the_same_state_and_the_same_window() {
    let window = Some((at() + 24.hours(), at() + 28.hours()));
    let told = |status, eta: Option<(Timestamp, Timestamp)>| {
        let report =
            CarrierReport { eta_from: eta.map(|eta| eta.0), eta_to: eta.map(|eta| eta.1), ..Default::default() };
        vec![TrackingEvent { at: at(), status, place: None, reason: None, note: None, report: Some(report) }]
    };
    let failed =
        Event { moment: Moment::AttemptFailed, at: at(), tracking_number: Some("DEL1".to_owned()), moved: None };
    assert!(failed.is_borne_out(&told(DeliveryStatus::AttemptFailed, None)));
    assert!(!failed.is_borne_out(&told(DeliveryStatus::OutForDelivery, None)));
    assert!(!failed.is_borne_out(&[]), "it knows nothing of the parcel");
    let later = Event { moment: Moment::Delayed, moved: Some((at(), at() + 28.hours())), ..failed };
    assert!(later.is_borne_out(&told(DeliveryStatus::InTransit, window)));
    assert!(!later.is_borne_out(&told(DeliveryStatus::InTransit, None)));
}
