//! Who is calling: what they proved, what they failed, and the level that follows.
//!
//! Each proof is one point. The number on the order is a weak point that the network gives; anybody can claim the rest
//! to a machine, so a caller from another number needs one proof more for each level.

#[cfg(test)]
mod tests;

use crate::domain::call::VerificationLevel;

/// One thing only the customer should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Factor {
    Postcode,
    HouseNumber,
    /// The order reference, or its last four digits.
    Reference,
    Name,
}

/// Wrong answers after which a factor is not asked again.
const FAILURES_PER_FACTOR_MAX: usize = 2;
/// Wrong answers in all after which a person has to help.
const FAILURES_MAX: usize = 3;

/// What the caller proved.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    has_number: bool,
    passed: Vec<Factor>,
    failed: Vec<Factor>,
    /// The caller does not have these to hand.
    skipped: Vec<Factor>,
    /// Badly heard once already.
    unclear: Vec<Factor>,
    /// We said the order's last digits ourselves: they prove nothing any more.
    has_given_reference_away: bool,
    pub(super) is_third_party: bool,
    /// We rang: the number says where, not who picked up. Nothing is told before they say that it is them.
    pub(super) must_be_named: bool,
    pub(super) is_named: bool,
    pub(super) is_refused: bool,
}

impl Identity {
    pub(super) fn level(&self) -> VerificationLevel {
        if self.is_third_party || (self.must_be_named && !self.is_named) {
            return VerificationLevel::V0;
        }
        match (self.has_number, self.passed.len()) {
            (true, 0) => VerificationLevel::V1,
            (true, _) => VerificationLevel::V2,
            (false, 0 | 1) => VerificationLevel::V0,
            (false, 2) => VerificationLevel::V1,
            (false, _) => VerificationLevel::V2,
        }
    }

    /// Begins anew for another customer's order; failures stay counted.
    pub(super) fn turn_to(&mut self, has_number: bool) {
        self.has_number = has_number;
        self.passed.clear();
    }

    pub(super) fn pass(&mut self, factor: Factor) {
        let proves_nothing = factor == Factor::Reference && self.has_given_reference_away;
        if !proves_nothing && !self.passed.contains(&factor) {
            self.passed.push(factor);
        }
    }

    pub(super) fn has_passed(&self, factor: Factor) -> bool {
        self.passed.contains(&factor)
    }

    pub(super) fn fail(&mut self, factor: Factor) {
        self.failed.push(factor);
    }

    pub(super) fn skip(&mut self, factor: Factor) {
        self.skipped.push(factor);
    }

    /// An unclear answer is heard again once without counting; then it is a wrong one.
    pub(super) fn may_hear_again(&mut self, factor: Factor) -> bool {
        let is_first = !self.unclear.contains(&factor);
        if is_first {
            self.unclear.push(factor);
        }
        is_first
    }

    pub(super) fn give_reference_away(&mut self) {
        self.has_given_reference_away = true;
    }

    pub(super) fn may_say_reference(&self) -> bool {
        self.has_number && VerificationLevel::V1 <= self.level()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        FAILURES_MAX <= self.failed.len()
    }

    pub(super) fn failures(&self) -> usize {
        self.failed.len()
    }

    /// The next factor worth asking, of those the order can be compared with.
    pub(super) fn next_factor(&self, available: &[Factor]) -> Option<Factor> {
        let is_open = |factor: &&Factor| {
            let failures = self.failed.iter().filter(|failed| failed == factor).count();
            let is_given_away = **factor == Factor::Reference && self.has_given_reference_away;
            let is_to_hand = !self.passed.contains(factor) && !self.skipped.contains(factor);
            is_to_hand && failures < FAILURES_PER_FACTOR_MAX && !is_given_away
        };
        if self.is_exhausted() { None } else { available.iter().find(is_open).copied() }
    }
}
