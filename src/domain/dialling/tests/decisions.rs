//! Breaker, pacing, numbers shown, hours and retries: one table of cases each.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::call::{Connection, Contact, Disposition};
use crate::domain::dialling::{
    AfterAttempt, AttemptClass, Breaker, BreakerState, Earlier, HourCounts, Load, Pacer, PacingLimits, PlanState,
    RETRIES, RetryTable, Standing, Tried, caller_id, compare_standing, plan_after,
};
use crate::domain::outreach::Urgency;
use crate::domain::values::PhoneNumber;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

#[test]
fn a_trunk_that_fails_rests_and_is_tried_with_one_call() {
    let mut breaker = Breaker::default();
    for second in 0..9 {
        breaker.note_outcome(at(second), true);
    }
    assert_eq!(breaker.admits(at(9), 50), 50, "nine say too little");
    breaker.note_outcome(at(9), false);
    assert_eq!((breaker.state(), breaker.admits(at(9), 50)), (BreakerState::Open, 0), "nine of ten failed");
    assert_eq!(breaker.admits(at(38), 50), 0);
    assert_eq!(breaker.admits(at(39), 50), 1, "one call is let out after 30 s");
    breaker.note_dialled(at(39));
    assert_eq!((breaker.state(), breaker.admits(at(40), 50)), (BreakerState::Probing, 0));
    breaker.note_outcome(at(41), true);
    assert_eq!((breaker.admits(at(100), 50), breaker.admits(at(101), 50)), (0, 1), "then it rests twice as long");
    breaker.note_dialled(at(101));
    breaker.note_outcome(at(102), false);
    assert_eq!((breaker.state(), breaker.admits(at(102), 50)), (BreakerState::Closed, 50));
}

#[test]
fn a_probe_that_never_ends_does_not_stop_dialling_for_good() {
    let mut breaker = Breaker::default();
    (0..10).for_each(|second| breaker.note_outcome(at(second), true));
    breaker.note_dialled(at(60));
    assert_eq!((breaker.admits(at(60 + 239), 5), breaker.admits(at(60 + 240), 5)), (0, 1));
}

#[test]
fn one_failure_in_three_does_not_stop_a_trunk() {
    let mut breaker = Breaker::default();
    (0..200).for_each(|second| breaker.note_outcome(at(second), second % 3 == 0));
    assert_eq!(breaker.state(), BreakerState::Closed);
}

const LIMITS: PacingLimits = PacingLimits { calls_max: 100, inbound_reserve_percent: 20, frames_late_permille_max: 20 };

#[test]
fn a_server_keeps_places_for_those_who_call_in() {
    let mut pacer = Pacer::new(LIMITS);
    let mut now = 0;
    let mut load = Load::default();
    for _ in 0..100 {
        now += 1;
        load.ringing += pacer.room(at(now), &load);
        assert!(load.live + load.ringing <= 80, "{load:?}");
    }
    assert_eq!(load.ringing, 80, "it grows to all but a fifth");
    load = Load { live: 85, ringing: 0, ..load };
    assert_eq!(pacer.room(at(now + 1), &load), 0, "those who call in may take the rest");
    assert_eq!(pacer.room(at(now + 2), &Load { is_draining: true, ..Load::default() }), 0);
}

#[test]
fn late_frames_make_a_server_dial_less_and_then_grow_slowly() {
    let mut pacer = Pacer::new(LIMITS);
    let busy = Load { live: 40, frames_late_permille: 21, ..Load::default() };
    (1..20).for_each(|second| {
        pacer.room(at(second), &Load { live: 40, ..Load::default() });
    });
    assert_eq!(pacer.allowed(), 80);
    pacer.room(at(30), &busy);
    assert_eq!(pacer.allowed(), 28, "seven tenths of what is in the air");
    pacer.room(at(31), &busy);
    assert_eq!(pacer.allowed(), 28, "a step must show first");
    (32..60).for_each(|second| {
        pacer.room(at(second), &busy);
    });
    assert_eq!(pacer.allowed(), 1, "never none: it would not find out");
    pacer.room(at(61), &Load { live: 40, ..Load::default() });
    assert_eq!(pacer.allowed(), 3);
}

#[test]
fn a_customer_always_sees_the_same_number_of_their_country() {
    let pool = ["+918045678900", "+918045678901", "+918045678902", "+442079460000"].map(number);
    let customers: Vec<PhoneNumber> = (0..300).map(|n| number(&format!("+919845{n:06}"))).collect();
    let seen = |pool: &[PhoneNumber]| -> Vec<PhoneNumber> {
        customers.iter().map(|customer| caller_id(pool, customer).unwrap().clone()).collect()
    };
    let before = seen(&pool);
    for shown in &pool[..3] {
        let share = before.iter().filter(|number| *number == shown).count();
        assert!((70..130).contains(&share), "{share} of 300");
    }
    assert_eq!(caller_id(&pool, &number("+447700900123")), Some(&pool[3]));
    assert!(caller_id(&pool, &number("+15550100000")).is_some(), "a stranger sees one of them");
    assert_eq!(caller_id(&[], &customers[0]), None);
    let without_one = seen(&[pool[1].clone(), pool[0].clone()]);
    let moved = before.iter().zip(&without_one).filter(|(before, after)| before != after).count();
    let had_it = before.iter().filter(|number| **number == pool[2]).count();
    assert_eq!(moved, had_it, "only those who saw the number that left see another");
}

const KOLKATA: &str = "Asia/Kolkata";

fn kolkata(text: &str) -> Timestamp {
    format!("{text}+05:30").parse().unwrap()
}

#[test]
fn the_next_try_is_in_another_band_of_hours_and_where_people_pick_up() {
    let zone = TimeZone::get(KOLKATA).unwrap();
    let mut hours = HourCounts::default();
    let (from, until) = (kolkata("2026-03-04T12:10:00"), kolkata("2026-03-06T20:00:00"));
    assert_eq!(hours.best_time(from, until, &zone, &[]), from, "nothing is known: now");
    assert_eq!(hours.best_time(from, until, &zone, &[13]), kolkata("2026-03-04T15:00:00"), "another band");
    hours.tried = [100; 24];
    hours.reached = [30; 24];
    hours.reached[18] = 90;
    assert_eq!(hours.best_time(from, until, &zone, &[13]), kolkata("2026-03-04T18:00:00"), "the evening is worth it");
    assert_eq!(hours.best_time(from, kolkata("2026-03-04T17:00:00"), &zone, &[13]), kolkata("2026-03-04T15:00:00"));
    let night = kolkata("2026-03-04T22:30:00");
    assert_eq!(hours.best_time(night, until, &zone, &[21]), kolkata("2026-03-05T18:00:00"), "never at night");
    assert_eq!(hours.best_time(night, kolkata("2026-03-04T23:30:00"), &zone, &[]), night, "no other time is left");
}

fn tried(class: AttemptClass, earlier: &[Earlier], urgency: Urgency) -> AfterAttempt {
    let this = Earlier { class, hour: 10 };
    let (ended_at, expires_at) = (kolkata("2026-03-04T10:00:00"), kolkata("2026-03-06T20:00:00"));
    let zone = TimeZone::get(KOLKATA).unwrap();
    let tried = Tried { this, earlier, urgency, ended_at, expires_at };
    plan_after(&tried, &RetryTable::default(), &HourCounts::default(), &zone)
}

#[test]
fn each_outcome_leads_where_the_table_says() {
    use AfterAttempt::{End, RetryAt};
    let cases = [
        (AttemptClass::Talked, Urgency::Normal, End(PlanState::Done)),
        (AttemptClass::Overtaken, Urgency::Normal, End(PlanState::Cancelled)),
        (AttemptClass::Unreachable, Urgency::Now, End(PlanState::GivenUp)),
        (AttemptClass::Blocked, Urgency::Now, End(PlanState::GivenUp)),
        (AttemptClass::Busy, Urgency::Normal, RetryAt(kolkata("2026-03-04T10:15:00"))),
        (AttemptClass::Busy, Urgency::Now, RetryAt(kolkata("2026-03-04T10:05:00"))),
        (AttemptClass::NoAnswer, Urgency::Normal, RetryAt(kolkata("2026-03-04T12:00:00"))),
        (AttemptClass::NoAnswer, Urgency::High, RetryAt(kolkata("2026-03-04T10:20:00"))),
        (AttemptClass::Machine, Urgency::Low, RetryAt(kolkata("2026-03-04T13:00:00"))),
        (AttemptClass::Dropped, Urgency::Normal, RetryAt(kolkata("2026-03-04T10:01:00"))),
        (AttemptClass::Network, Urgency::Normal, RetryAt(kolkata("2026-03-04T10:02:00"))),
        (AttemptClass::Abandoned, Urgency::Now, End(PlanState::Expired)),
    ];
    for (class, urgency, after) in cases {
        assert_eq!(tried(class, &[], urgency), after, "{class:?} {urgency:?}");
    }
}

#[test]
fn tries_are_counted_by_kind_and_in_all() {
    let earlier = |class, count| vec![Earlier { class, hour: 10 }; count];
    let given_up = AfterAttempt::End(PlanState::GivenUp);
    assert_ne!(tried(AttemptClass::Busy, &earlier(AttemptClass::Busy, 2), Urgency::Normal), given_up);
    assert_eq!(tried(AttemptClass::Busy, &earlier(AttemptClass::Busy, 3), Urgency::Normal), given_up);
    assert_eq!(tried(AttemptClass::Rejected, &earlier(AttemptClass::Rejected, 1), Urgency::Normal), given_up);
    assert_eq!(
        tried(AttemptClass::Machine, &earlier(AttemptClass::NoAnswer, 3), Urgency::Normal),
        given_up,
        "4 in all"
    );
    let network = earlier(AttemptClass::Network, 4);
    assert_eq!(
        tried(AttemptClass::Network, &network, Urgency::Normal),
        AfterAttempt::RetryAt(kolkata("2026-03-04T10:32:00")),
        "what never rang counts for itself, and waits twice as long each time"
    );
    let mut rang = earlier(AttemptClass::Network, 5);
    rang.extend(earlier(AttemptClass::Busy, 2));
    assert_ne!(tried(AttemptClass::Busy, &rang, Urgency::Normal), given_up, "it is no try of the customer's");
    assert_eq!(tried(AttemptClass::Network, &rang, Urgency::Normal), given_up);
}

#[test]
fn every_class_has_one_rule_with_its_source() {
    for class in AttemptClass::ALL {
        let rules: Vec<_> = RETRIES.iter().filter(|rule| rule.class == *class).collect();
        assert_eq!(rules.len(), 1, "{class:?}");
        assert!(!rules[0].source.is_empty() && rules[0].wait_urgent <= rules[0].wait, "{class:?}");
        assert_eq!(class.as_str().parse(), Ok(*class));
    }
    let mut table = RetryTable::default();
    table.set_wait(AttemptClass::NoAnswer, Duration::from_secs(1));
    let zone = TimeZone::UTC;
    let this = Earlier { class: AttemptClass::NoAnswer, hour: 3 };
    let tried = Tried { this, earlier: &[], urgency: Urgency::Normal, ended_at: at(0), expires_at: at(60) };
    assert_eq!(plan_after(&tried, &table, &HourCounts::default(), &zone), AfterAttempt::RetryAt(at(1)));
}

#[test]
fn outcomes_are_read_by_what_they_mean_for_another_try() {
    use Connection as C;
    let cases = [
        (C::AnsweredHuman, Contact::RightParty, Disposition::Rescheduled, AttemptClass::Talked),
        (C::AnsweredHuman, Contact::HungUpEarly, Disposition::NoDecision, AttemptClass::HungUpEarly),
        (C::AnsweredHuman, Contact::ThirdParty, Disposition::MessageLeftWithPerson, AttemptClass::ThirdParty),
        (C::AnsweredHuman, Contact::ThirdParty, Disposition::CallbackScheduled, AttemptClass::Talked),
        (C::AnsweredHuman, Contact::ThirdParty, Disposition::OptedOut, AttemptClass::Talked),
        (C::AnsweredHuman, Contact::WrongNumber, Disposition::NoDecision, AttemptClass::Unreachable),
        (C::AnsweredHuman, Contact::RightParty, Disposition::CallDropped, AttemptClass::Dropped),
        (C::AnsweredHuman, Contact::RightParty, Disposition::TechnicalFailure, AttemptClass::OurFault),
        (C::NetworkFailed, Contact::Unknown, Disposition::NoDecision, AttemptClass::Network),
        (C::NetworkFailed, Contact::Unknown, Disposition::CallDropped, AttemptClass::Dropped),
        (C::NetworkFailed, Contact::Unknown, Disposition::TechnicalFailure, AttemptClass::OurFault),
        (C::MailboxFull, Contact::Unknown, Disposition::NoDecision, AttemptClass::Machine),
        (C::AnsweredScreener, Contact::Unknown, Disposition::NoDecision, AttemptClass::Screener),
        (C::FaxOrModem, Contact::Unknown, Disposition::NoDecision, AttemptClass::Unreachable),
        (C::AbandonedByUs, Contact::Unknown, Disposition::NoDecision, AttemptClass::Abandoned),
        (C::SuppressedOvertaken, Contact::Unknown, Disposition::NoDecision, AttemptClass::Overtaken),
    ];
    for (connection, contact, disposition, class) in cases {
        assert_eq!(
            AttemptClass::of(connection, contact, disposition),
            class,
            "{connection:?} {contact:?} {disposition:?}"
        );
    }
}

#[test]
fn the_urgent_goes_first_then_what_is_worthless_sooner() {
    let standing = |urgency, expires, id| Standing { urgency, expires_at: at(expires), id };
    let mut waiting = [
        standing(Urgency::Low, 10, "a"),
        standing(Urgency::Normal, 20, "c"),
        standing(Urgency::Normal, 20, "b"),
        standing(Urgency::Normal, 15, "d"),
        standing(Urgency::Now, 900, "e"),
        standing(Urgency::High, 5, "f"),
    ];
    waiting.sort_by(compare_standing);
    assert_eq!(waiting.map(|plan| plan.id), ["e", "f", "d", "b", "c", "a"]);
}
