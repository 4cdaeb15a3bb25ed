//! What holds of every scenario.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Go, SCENARIOS, Scenario};
use crate::domain::orders::import::order_from_json;
use crate::domain::orders::{Order, Payment};

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

#[test]
fn a_payment_at_the_door_is_confirmed_only_while_it_is_one() {
    let text = r#"{"order_ref":"KH-1","placed_at":"2026-11-01T00:00:00Z","customer":{"name":"Asha Rao",
        "phone":"+919845012345"},"total":{"amount_minor":1,"currency":"INR"},"payment":"cod","address":{"city":"Pune",
        "postcode":"411004","country":"IN"}}"#;
    let order = order_from_json(text).expect("it is an order");
    let at = order.placed_at;
    let scenario = Scenario::by_name("cod_confirmation").expect("its name is known");
    for (order, is_overtaken) in [
        (order.clone(), false),
        (Order { payment: Payment::Prepaid, ..order.clone() }, true),
        (Order { cancelled_at: Some(at), ..order }, true),
    ] {
        assert_eq!(scenario.is_overtaken(&Arc::new(order.clone()), at, "UTC"), is_overtaken, "{order:?}");
    }
}
