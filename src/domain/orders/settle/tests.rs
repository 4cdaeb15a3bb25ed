use jiff::Timestamp;
use proptest::prelude::*;

use super::{is_final, settle};
use crate::domain::orders::{CarrierReport, DeliveryStatus, TrackingEvent};

fn event(second: i64, status: DeliveryStatus, sequence: Option<u64>) -> TrackingEvent {
    let report = CarrierReport { source: "c".to_owned(), code: "x".to_owned(), sequence, ..CarrierReport::default() };
    TrackingEvent {
        at: Timestamp::from_second(second).unwrap(),
        status,
        place: None,
        reason: None,
        note: None,
        report: Some(report),
    }
}

fn settled(events: &[(i64, DeliveryStatus)]) -> DeliveryStatus {
    let events: Vec<_> = events.iter().map(|(second, status)| event(*second, *status, None)).collect();
    settle(&events).unwrap().status
}

#[test]
fn later_news_count_and_what_is_over_stays_over() {
    use DeliveryStatus::{
        AttemptFailed, Cancelled, Delivered, InTransit, Lost, OutForDelivery, ReturnedToSender, ReturningToSender,
        Unknown,
    };
    for (events, stands) in [
        (&[(10, InTransit), (20, OutForDelivery)][..], OutForDelivery),
        (&[(20, OutForDelivery), (10, InTransit)], OutForDelivery),
        (&[(20, Delivered), (30, OutForDelivery)], Delivered),
        (&[(20, Delivered), (30, AttemptFailed), (40, InTransit)], Delivered),
        (&[(20, Delivered), (30, ReturningToSender)], ReturningToSender),
        (&[(20, Delivered), (30, ReturningToSender), (40, ReturnedToSender)], ReturnedToSender),
        (&[(20, ReturningToSender), (20, Delivered)], Delivered),
        (&[(20, Delivered), (20, OutForDelivery)], Delivered),
        (&[(20, Lost), (30, InTransit)], Lost),
        (&[(20, Lost), (30, Delivered)], Delivered),
        (&[(20, Cancelled), (10, Delivered)], Delivered),
        (&[(20, InTransit), (30, Unknown)], InTransit),
        (&[(20, Unknown), (10, Unknown)], Unknown),
        (&[(20, Unknown), (30, InTransit)], InTransit),
    ] {
        assert_eq!(settled(events), stands, "{events:?}");
    }
    assert_eq!(settle(&[]), None);
}

#[test]
fn at_the_same_time_the_vendors_sequence_decides() {
    let (failed, out) = (DeliveryStatus::AttemptFailed, DeliveryStatus::OutForDelivery);
    let events = [event(20, out, Some(2)), event(20, failed, Some(1))];
    assert_eq!(settle(&events).unwrap().status, out);
}

#[test]
fn an_attempt_told_twice_is_one_attempt() {
    let failed = |minute: i64| event(minute * 60, DeliveryStatus::AttemptFailed, None);
    let attempts = |minutes: &[i64]| {
        let events: Vec<_> = minutes.iter().map(|minute| failed(*minute)).collect();
        settle(&events).unwrap().attempts_failed
    };
    assert_eq!(attempts(&[0]), 1);
    assert_eq!(attempts(&[0, 30, 55]), 1, "each is told within half an hour of the one before");
    assert_eq!(attempts(&[0, 31]), 2);
    assert_eq!(attempts(&[1440, 0, 5]), 2);
}

#[test]
fn the_newest_window_counts_whoever_named_it_first() {
    let window = |from: i64| {
        let at = |second| Timestamp::from_second(second).unwrap();
        CarrierReport { eta_from: Some(at(from)), eta_to: Some(at(from + 10)), ..CarrierReport::default() }
    };
    let mut early = event(1, DeliveryStatus::InTransit, None);
    let mut late = event(2, DeliveryStatus::InTransit, None);
    (early.report, late.report) = (Some(window(100)), Some(window(200)));
    let silent = event(3, DeliveryStatus::InTransit, None);
    let eta = settle(&[late.clone(), silent, early]).unwrap().eta;
    assert_eq!(eta, late.report.unwrap().eta());
}

fn any_event() -> impl Strategy<Value = TrackingEvent> {
    let status = prop::sample::select(DeliveryStatus::ALL.to_vec());
    let reason = prop::option::of(prop::sample::select(vec!["OTHER", "WEATHER"]));
    (0_i64..6, status, prop::option::of(0_u64..3), reason).prop_map(|(second, status, sequence, reason)| {
        let mut event = event(second * 600, status, sequence);
        event.reason = reason.map(str::to_owned);
        event
    })
}

proptest! {
    #[test]
    fn any_order_of_the_same_events_settles_alike(
        (events, shuffled) in prop::collection::vec(any_event(), 1..9)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
    ) {
        prop_assert_eq!(settle(&events), settle(&shuffled));
    }

    #[test]
    fn an_event_told_again_changes_nothing(events in prop::collection::vec(any_event(), 1..9), again in 0_usize..9) {
        let mut told = events.clone();
        told.push(events[again % events.len()].clone());
        prop_assert_eq!(settle(&events), settle(&told));
    }

    #[test]
    fn delivered_is_left_only_on_the_way_back(events in prop::collection::vec(any_event(), 1..9)) {
        let stands = settle(&events).unwrap();
        let delivered = events.iter().any(|event| event.status == DeliveryStatus::Delivered);
        let is_end_or_return = is_final(stands.status) || stands.status == DeliveryStatus::ReturningToSender;
        prop_assert!(!delivered || is_end_or_return, "{:?}", stands);
    }
}
