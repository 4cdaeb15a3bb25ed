//! Keys: accepted at every question, as digits, as yes and no, as a choice, or as the menu.

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Question;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::step::{Step, Then};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::values::PhoneNumber;

/// Keys taken from one turn; more is no answer to anything. The rest is dropped.
const KEYS_MAX: usize = 24;
/// Fewer digits than this are no order number.
const REFERENCE_DIGITS_MIN: usize = 4;

impl Dialogue {
    pub(in crate::domain::dialogue) fn take_keys(&mut self, keys: &str, reply: &mut Reply) {
        let digits: String = keys.chars().filter(char::is_ascii_digit).take(KEYS_MAX).collect();
        self.habits.has_spoken = true;
        if digits.is_empty() {
            self.ask_again(reply);
            return;
        }
        let is_taken = match &self.step {
            Step::Unopened | Step::Ended(_) | Step::Looking { .. } => true,
            Step::Saving { .. } | Step::OptOutSaving { .. } => true,
            Step::Reference | Step::PostcodeToFind | Step::NameToFind { .. } | Step::Proof(_) | Step::Phone(_) => {
                1 < digits.len() && self.take_answer(&Turn::keyed(&digits), reply)
            }
            Step::WhichOrder { candidates } => self.take_keyed_choice(&candidates.clone(), &digits, reply),
            Step::Offered(_)
            | Step::CheckedAround(_)
            | Step::Confirm(_)
            | Step::HelpFirst
            | Step::OptOutScope
            | Step::RightParty
            | Step::Household => {
                let answer = match digits.as_str() {
                    "1" => Some(Intent::Affirm),
                    "2" => Some(Intent::Deny),
                    _ => None,
                };
                answer.is_some_and(|answer| self.take_answer(&Turn::keyed_as(answer), reply))
            }
            Step::Point => self.take_keyed_point(&digits, reply),
            Step::Open | Step::AnythingElse => {
                REFERENCE_DIGITS_MIN <= digits.len() && self.take_keyed_reference(&digits, reply)
            }
            Step::Detail(_) | Step::GoodTime => false,
        };
        if is_taken {
            self.habits.misses = 0;
        } else {
            self.take_menu_key(&digits, reply);
        }
    }

    fn take_keyed_point(&mut self, digits: &str, reply: &mut Reply) -> bool {
        let Some(point) = self.point() else { return false };
        let meant = point.keys.iter().find(|(key, _)| *key == digits).map(|(_, intent)| *intent);
        let turn = meant.map_or_else(|| Turn::keyed(digits), Turn::keyed_as);
        self.take_answer(&turn, reply)
    }

    fn take_keyed_reference(&mut self, digits: &str, reply: &mut Reply) -> bool {
        self.wish = Some(crate::domain::dialogue::step::Wish::Ask(Question::Where));
        self.take_reference(&Turn::keyed(digits), reply)
    }

    fn take_keyed_choice(
        &mut self,
        candidates: &[std::sync::Arc<crate::domain::orders::Order>],
        digits: &str,
        reply: &mut Reply,
    ) -> bool {
        let place = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(order) = place.and_then(|place| candidates.get(place)) else { return false };
        self.choose(order);
        self.go_on(reply);
        true
    }

    /// One for the order, two for another day, zero for a person, nine to stop calls.
    fn take_menu_key(&mut self, digits: &str, reply: &mut Reply) {
        let meant = match digits {
            "1" => Intent::WismoStatus,
            "2" => Intent::RescheduleDelivery,
            "9" => Intent::OptOut,
            "0" => {
                self.habits.misses = 0;
                self.call_person(Topic::Human, "asked_for_person", Then::AnythingElse, reply);
                return;
            }
            _ => {
                self.climb_unclear(reply);
                return;
            }
        };
        self.habits.misses = 0;
        let turn = Turn::keyed_as(meant);
        if let Some(wish) = turn.wish() {
            self.pursue(wish, &turn, reply);
        } else {
            self.take_conduct(&turn, reply);
        }
    }
}

/// A spoken or keyed number as one that can be rung, read in the shop's own country.
pub(super) fn dialable(digits: &str, shop_number: &PhoneNumber) -> Option<PhoneNumber> {
    const NATIONAL_DIGITS: usize = 10;
    let national = digits.strip_prefix('0').unwrap_or(digits);
    let written = if national.len() == NATIONAL_DIGITS {
        let shop = shop_number.reveal().trim_start_matches('+');
        let code = ["91", "44", "1"].into_iter().find(|code| shop.starts_with(code))?;
        format!("+{code}{national}")
    } else if NATIONAL_DIGITS < national.len() {
        format!("+{}", national.trim_start_matches('0'))
    } else {
        return None;
    };
    written.parse().ok()
}
