use std::time::Duration;

use jiff::Timestamp;

use super::{Allowance, Lane, Pace, Remaining, Room};

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_000_000_000 + ms).unwrap()
}

/// A hundred requests in ten seconds, five a delivery; ten searches in a second, one a delivery.
fn pace() -> Pace {
    let limits = [
        Allowance { lane: Lane::Any, requests: 100, window: Duration::from_secs(10), need: 5 },
        Allowance { lane: Lane::Search, requests: 10, window: Duration::from_secs(1), need: 1 },
    ];
    Pace::new(&limits, at(0))
}

#[test]
fn in_no_window_more_is_asked_than_seven_parts_in_ten() {
    let mut pace = pace();
    let mut asked: Vec<i64> = Vec::new();
    for ms in 0..120_000 {
        while pace.admit(at(ms)).is_ok() {
            asked.push(ms);
            pace.give_back(|lane| if lane == Lane::Any { 5 } else { 0 });
        }
    }
    for begin in 0..110_000 {
        let in_window = asked.iter().filter(|ms| (begin..begin + 10_000).contains(*ms)).count() * 5;
        assert!(in_window <= 70, "{in_window} from {begin}");
    }
    assert!(asked.len() * 5 >= 12 * 60, "and the flow is used: {}", asked.len());
}

#[test]
fn what_was_not_needed_is_given_back() {
    let mut pace = pace();
    assert!(pace.admit(at(0)).is_ok() && pace.admit(at(0)).is_err(), "one search at once");
    pace.give_back(|_| 0);
    assert!(pace.admit(at(0)).is_ok());
    pace.give_back(|_| 9);
    let until = pace.admit(at(0)).unwrap_err();
    assert!(at(100) < until && pace.admit(until).is_ok());
}

#[test]
fn a_vendor_that_asks_to_be_left_alone_is() {
    let mut pace = pace();
    pace.troubled(at(0), Some(Duration::from_secs(30)));
    assert_eq!(pace.room(at(29_999)), Room { deliveries: 0, next_at: Some(at(30_000)) });
    assert_eq!(pace.room(at(30_000)).deliveries, 1);
    pace.troubled(at(30_000), Some(Duration::MAX));
    assert_eq!(pace.room(at(30_000)).next_at, Some(at(30_000 + 86_400_000)));
}

#[test]
fn a_vendor_that_is_away_is_tried_by_one_delivery_at_a_time() {
    let limits = [Allowance { lane: Lane::Any, requests: 1_000, window: Duration::from_secs(1), need: 5 }];
    let mut pace = Pace::new(&limits, at(0));
    assert_eq!(pace.room(at(0)).deliveries, 20);
    let mut now = 0;
    let mut tries = 0;
    while now < 24 * 3_600_000 {
        let room = pace.room(at(now));
        if 0 < room.deliveries {
            tries += 1;
            pace.troubled(at(now), None);
        }
        now += 1_000;
    }
    assert!((96..125).contains(&tries), "{tries} in a day");
    let room = pace.room(at(now + 900_000));
    assert_eq!(room.deliveries, 1, "one asks whether it is back");
    pace.answered();
    assert_eq!(pace.room(at(now + 900_000)).deliveries, 20);
}

#[test]
fn a_limit_that_is_nearly_spent_is_left_to_recover() {
    let mut pace = pace();
    pace.note_remaining(at(0), Remaining { requests: 5, reset_after: Duration::from_secs(8) });
    assert_eq!(pace.room(at(0)).deliveries, 1);
    pace.note_remaining(at(0), Remaining { requests: 4, reset_after: Duration::from_secs(8) });
    assert_eq!(pace.room(at(0)), Room { deliveries: 0, next_at: Some(at(8_000)) });
}

#[test]
fn a_clock_set_back_gives_nothing_away() {
    let mut pace = pace();
    pace.admit(at(10_000)).unwrap();
    assert!(pace.admit(at(0)).is_err());
    assert!(pace.admit(at(200)).is_ok(), "time goes on from where it is");
}
