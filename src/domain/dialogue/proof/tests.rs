//! What each proof is worth, and when there is no more asking.

use super::{Factor, Identity};
use crate::domain::call::VerificationLevel::{V0, V1, V2};

const ALL: &[Factor] = &[Factor::Postcode, Factor::HouseNumber, Factor::Reference];

#[test]
fn another_number_needs_one_proof_more() {
    let cases: &[(bool, &[Factor], _)] = &[
        (true, &[], V1),
        (true, &[Factor::Postcode], V2),
        (false, &[], V0),
        (false, &[Factor::Reference], V0),
        (false, &[Factor::Reference, Factor::Reference], V0),
        (false, &[Factor::Reference, Factor::Postcode], V1),
        (false, &[Factor::Reference, Factor::Postcode, Factor::Name], V2),
    ];
    for (has_number, passed, expected) in cases {
        let mut identity = Identity::default();
        identity.turn_to(*has_number);
        passed.iter().for_each(|factor| identity.pass(*factor));
        assert_eq!(identity.level(), *expected, "{has_number} {passed:?}");
    }
}

#[test]
fn two_failures_close_a_factor_and_three_close_them_all() {
    let mut identity = Identity::default();
    identity.fail(Factor::Postcode);
    assert_eq!(identity.next_factor(ALL), Some(Factor::Postcode));
    identity.fail(Factor::Postcode);
    assert_eq!(identity.next_factor(ALL), Some(Factor::HouseNumber));
    identity.fail(Factor::HouseNumber);
    assert!(identity.is_exhausted());
    assert_eq!(identity.next_factor(ALL), None);
}

#[test]
fn what_we_said_ourselves_proves_nothing() {
    let mut identity = Identity::default();
    identity.turn_to(true);
    identity.give_reference_away();
    identity.pass(Factor::Reference);
    assert_eq!(identity.level(), V1);
    assert_eq!(identity.next_factor(&[Factor::Reference]), None);
}

#[test]
fn a_third_party_has_no_level() {
    let mut identity = Identity::default();
    identity.turn_to(true);
    identity.pass(Factor::Postcode);
    identity.is_third_party = true;
    assert_eq!(identity.level(), V0);
}
