//! Who is offered, and when.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::domain::outreach::policy::Week;
use crate::domain::transfer::{Address, HandoverRules, Offer, Target, TransferTimes, Triggers};

fn rules() -> HandoverRules {
    let target = |name: &str, languages: &[&str], skills: &[&str]| Target {
        name: name.to_owned(),
        address: Address::Phone("+918045670001".parse().unwrap()),
        languages: languages.iter().map(|text| (*text).to_owned()).collect(),
        skills: skills.iter().map(|text| (*text).to_owned()).collect(),
    };
    let fraud = Target { address: Address::Queue, ..target("fraud", &[], &["not_ordered"]) };
    HandoverRules {
        targets: vec![
            fraud,
            target("hindi", &["hi"], &[]),
            target("desk", &[], &["asked_for_person"]),
            target("floor", &["en-GB"], &[]),
        ],
        triggers: Triggers::read("live = [\"asked_for_person\", \"anger\", \"not_ordered\"]").unwrap(),
        zone: TimeZone::get("Asia/Kolkata").unwrap(),
        hours: Week::new("09:00-18:00".parse().unwrap(), "10:00-14:00".parse().unwrap(), "none".parse().unwrap()),
        attempts_max: 2,
        times: TransferTimes::default(),
    }
}

/// Shape: by the clocks of Kolkata.
fn offered(trigger: &str, language: &str, at: &str) -> String {
    match rules().offer(trigger, language, format!("{at}+05:30").parse().unwrap()) {
        Offer::Live { targets, wait_max } => {
            assert_eq!(wait_max, Duration::from_secs(50) * u32::try_from(targets.len()).unwrap());
            targets.iter().map(|target| target.name.as_str()).collect::<Vec<_>>().join(" ")
        }
        Offer::Closed { opens_at } => format!("opens {}", opens_at.unwrap().datetime()),
        Offer::Later => "later".to_owned(),
    }
}

#[test]
fn who_suits_is_rung_while_people_are_there() {
    let cases = [
        ("asked_for_person", "en-IN", "2026-11-25T10:00:00", "desk floor"),
        ("asked_for_person", "hi-IN", "2026-11-25T10:00:00", "hindi desk"),
        ("anger", "en-US", "2026-11-25T10:00:00", "floor"),
        ("anger", "ta-IN", "2026-11-25T10:00:00", "later"),
        ("refund", "en-IN", "2026-11-25T10:00:00", "later"),
        // A team that only rings back.
        ("not_ordered", "en-IN", "2026-11-25T10:00:00", "later"),
        ("anger", "en-IN", "2026-11-25T08:59:59", "opens 2026-11-25T09:00:00"),
        ("anger", "en-IN", "2026-11-25T09:00:00", "floor"),
        ("anger", "en-IN", "2026-11-25T18:00:00", "opens 2026-11-26T09:00:00"),
        ("anger", "en-IN", "2026-11-28T14:00:00", "opens 2026-11-30T09:00:00"),
        ("anger", "en-IN", "2026-11-29T12:00:00", "opens 2026-11-30T09:00:00"),
    ];
    for (trigger, language, at, expected) in cases {
        assert_eq!(offered(trigger, language, at), expected, "{trigger} {language} {at}");
    }
}

#[test]
fn a_list_of_triggers_with_anything_else_in_it_is_refused() {
    assert!(Triggers::read("live = [\"anger\"]\nlater = []").unwrap_err().contains("later"));
}
