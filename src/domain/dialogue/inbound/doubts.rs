//! A yes that may be none: when it counts after all, and how often it is asked again before a person takes over.

use super::caller::MISSES_MAX;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::phrasebook::Line;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::step::Step;
use crate::domain::dialogue::turn::{FaintYes, Turn};

/// Doubtful answers to one question about money, a cancellation or a consent, before a person takes over.
const DOUBTS_AT_STAKE_MAX: u8 = 2;

impl Dialogue {
    /// Lets a yes that only its sound makes doubtful count: the second to one question, or one that other readings bear
    /// out. What is said twice in the same words was meant. Never where money, a cancellation or a consent hangs on it.
    pub(super) fn weigh_faint_yes(&mut self, turn: &mut Turn) {
        let asked = self.question();
        let is_second = asked.is_some() && self.habits.faint_yes_to == asked;
        // Noise in between, or half a sentence cut off, takes nothing back.
        if turn.faint_yes.is_some() || !turn.is_unclear() || !is_second {
            self.habits.faint_yes_to = asked.filter(|_| turn.faint_yes.is_some());
        }
        let counts = match turn.faint_yes {
            Some(FaintYes::BorneOut) => true,
            Some(FaintYes::Alone) => is_second,
            // Who says so may be somebody else of the household, and the news is for one ear.
            Some(FaintYes::BesideMore) => is_second && !matches!(self.step, Step::RightParty),
            None => false,
        };
        if counts && !self.is_at_stake() {
            turn.firm_up_yes();
        }
    }

    /// Whether money, a cancellation or a consent hangs on the question that stands.
    pub(super) fn is_at_stake(&self) -> bool {
        match &self.step {
            Step::Confirm(draft) => draft.topic.is_binding(),
            Step::Offered(topic) => topic.is_binding(),
            Step::Point => self.point().is_some_and(|point| point.is_binding),
            Step::OptOutScope | Step::MayRecord => true,
            _ => false,
        }
    }

    /// Asks in other words for an answer that cannot be mistaken, and not for ever. Each time counts as a miss.
    pub(in crate::domain::dialogue) fn ask_for_clear_answer(&mut self, reply: &mut Reply) {
        self.habits.misses += 1;
        self.habits.doubts += 1;
        let is_at_stake = self.is_at_stake();
        let is_doubted_enough = is_at_stake && DOUBTS_AT_STAKE_MAX <= self.habits.doubts;
        if is_doubted_enough || MISSES_MAX <= self.habits.misses {
            self.forget_misses();
            self.give_up_unclear(reply);
        } else {
            reply.say(if is_at_stake { Line::SayYesInFull } else { Line::SayYesOrNo });
        }
    }

    /// The caller was understood: what was not before does not count any more.
    pub(super) fn forget_misses(&mut self) {
        (self.habits.misses, self.habits.doubts) = (0, 0);
    }
}
