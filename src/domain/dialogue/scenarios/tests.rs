//! What holds of every scenario.

use std::collections::BTreeSet;

use super::{Go, SCENARIOS, Scenario};

#[test]
fn ids_and_names_are_unique_and_found() {
    let ids: BTreeSet<&str> = SCENARIOS.iter().map(|scenario| scenario.id).collect();
    let names: BTreeSet<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
    assert_eq!((ids.len(), names.len()), (12, 12));
    for scenario in SCENARIOS {
        assert_eq!(Scenario::by_name(scenario.name).expect("its name is known").id, scenario.id);
        assert_eq!(Scenario::by_name(scenario.id).expect("its id is known").name, scenario.name);
    }
    let unknown = Scenario::by_name("upsell").expect_err("nobody sells here").to_string();
    assert!(unknown.contains("failed_attempt"), "{unknown}");
}

#[test]
fn every_question_has_a_way_on() {
    for scenario in SCENARIOS {
        assert!(!scenario.points.is_empty(), "{}", scenario.id);
        for (index, point) in scenario.points.iter().enumerate() {
            let goes: Vec<Go> = point.branches.iter().chain(point.also).flat_map(|branch| branch.go).copied().collect();
            assert!(!goes.is_empty(), "{} {index}", scenario.id);
            let is_last = index + 1 == scenario.points.len();
            let only_goes_on = goes.iter().all(|go| matches!(go, Go::Next | Go::CarrierReason { .. }));
            assert!(!(is_last && only_goes_on), "{} {index}: nothing settles it", scenario.id);
        }
    }
}
