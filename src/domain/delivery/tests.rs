use std::time::Duration;

use jiff::Timestamp;

use super::RetrySchedule::{Sparse, Steady};
use super::{AttemptFailure, NextAttempt, plan_after_failure};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn after(seconds: f64) -> NextAttempt {
    NextAttempt::At(NOW + Duration::from_secs_f64(seconds))
}

fn passing(retry_after: Option<u64>) -> AttemptFailure {
    AttemptFailure::Passing { retry_after: retry_after.map(Duration::from_secs) }
}

#[test]
fn delays_grow_until_it_is_given_up() {
    let hour = 3_600.0;
    let delays = [5.0, 300.0, 1_800.0, 2.0 * hour, 5.0 * hour, 10.0 * hour, 14.0 * hour, 20.0 * hour, 24.0 * hour];
    for (attempts, delay) in (1..).zip(delays) {
        assert_eq!(plan_after_failure(Sparse, attempts, passing(None), NOW, 0.0), after(delay), "{attempts}");
        assert_eq!(plan_after_failure(Sparse, attempts, passing(None), NOW, 1.0), after(delay * 1.2), "{attempts}");
    }
    for attempts in [Sparse.attempts_max(), Sparse.attempts_max() + 1, u32::MAX] {
        assert_eq!(plan_after_failure(Sparse, attempts, passing(None), NOW, 0.0), NextAttempt::GiveUp, "{attempts}");
    }
}

#[test]
fn the_receivers_wish_beats_the_schedule_within_bounds() {
    for (attempts, wished, seconds) in [(1, 40, 40.0), (8, 40, 40.0), (1, 0, 1.0), (1, u64::MAX, 86_400.0)] {
        assert_eq!(plan_after_failure(Sparse, attempts, passing(Some(wished)), NOW, 0.0), after(seconds), "{wished}");
    }
    assert_eq!(plan_after_failure(Sparse, Sparse.attempts_max(), passing(Some(40)), NOW, 0.0), NextAttempt::GiveUp);
}

#[test]
fn a_final_failure_is_given_up_at_once() {
    assert_eq!(plan_after_failure(Sparse, 1, AttemptFailure::Final, NOW, 0.0), NextAttempt::GiveUp);
}

#[test]
fn odd_numbers_do_no_harm() {
    for jitter in [-1.0, 7.0, f64::NAN, f64::INFINITY] {
        let NextAttempt::At(at) = plan_after_failure(Sparse, 1, passing(None), NOW, jitter) else { panic!("{jitter}") };
        assert!((5_000..=6_000).contains(&at.as_millisecond()), "{jitter}: {at}");
    }
    assert_eq!(plan_after_failure(Sparse, 1, passing(None), Timestamp::MAX, 0.0), NextAttempt::At(Timestamp::MAX));
}

#[test]
fn a_vendor_is_tried_for_three_days_at_quarter_hours() {
    let mut waited = Duration::ZERO;
    for attempts in 1..Steady.attempts_max() {
        let NextAttempt::At(at) = plan_after_failure(Steady, attempts, passing(None), NOW, 0.0) else { panic!() };
        let wait = Duration::try_from(at.duration_since(NOW)).unwrap();
        assert!(wait <= Duration::from_secs(900), "{attempts}");
        waited += wait;
    }
    assert!((72..100).contains(&(waited.as_secs() / 3_600)), "{waited:?}");
    let after_last = plan_after_failure(Steady, Steady.attempts_max(), passing(Some(1)), NOW, 0.0);
    assert_eq!(after_last, NextAttempt::GiveUp);
    assert_eq!(plan_after_failure(Steady, 1, passing(None), NOW, 0.0), after(2.0));
}
