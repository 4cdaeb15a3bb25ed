//! What the caller is after besides what is being seen to: kept in order, met one after the other, none lost.

use std::sync::Arc;

use super::core::Dialogue;
use super::inbound::needed_level;
use super::reply::Reply;
use super::requests::{Draft, Topic};
use super::step::{Step, Wish};
use super::turn::Turn;
use super::understanding::Intent;
use crate::domain::values::CallTime;

/// Wishes kept at one time. Later ones are dropped: nobody lists more.
const ERRANDS_MAX: usize = 6;

/// A wish that waits its turn.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    wish: Wish,
    /// None when code and not the caller put it here.
    intent: Option<Intent>,
    /// What was said may hold the day or the place already.
    turn: Option<Arc<Turn>>,
    said_at: CallTime,
}

impl Dialogue {
    /// Keeps everything the turn is after; whatever takes one of them up forgets it here.
    pub(super) fn note_errands(&mut self, turn: &Arc<Turn>) {
        for said in turn.wishes() {
            let is_open = self.wish.is_some_and(|open| open.has_in_it(said.wish));
            let is_known = self.errands.iter().any(|errand| errand.wish == said.wish);
            if !is_open && !is_known && self.errands.len() < ERRANDS_MAX {
                self.errands.push(Errand {
                    wish: said.wish,
                    intent: Some(said.intent),
                    turn: Some(Arc::clone(turn)),
                    said_at: self.now,
                });
            }
        }
    }

    /// A request that follows from an answer, to be taken up after what comes first.
    pub(super) fn add_errand(&mut self, topic: Topic) {
        self.errands.push(Errand { wish: Wish::Want(topic), intent: None, turn: None, said_at: self.now });
    }

    pub(super) fn has_errand(&self) -> bool {
        !self.errands.is_empty()
    }

    /// The wish is being seen to, and with it whatever else is the same in other words.
    pub(super) fn forget_wish(&mut self, wish: Wish) {
        self.errands.retain(|errand| !wish.has_in_it(errand.wish));
    }

    /// The words were the answer to the question that stood, whatever else they could mean.
    pub(super) fn forget_said(&mut self) {
        let now = self.now;
        self.errands.retain(|errand| errand.said_at != now);
    }

    /// These intents of this turn are seen to.
    pub(super) fn forget_intents(&mut self, intents: &[Intent]) {
        let now = self.now;
        self.errands
            .retain(|errand| errand.said_at != now || !errand.intent.is_some_and(|said| intents.contains(&said)));
    }

    /// The words are kept as they are: what else they say of the parcel is in them.
    pub(super) fn forget_told_in(&mut self, turn: &Turn) {
        let is_in_it = |errand: &Errand| {
            let is_same = errand.turn.as_ref().is_some_and(|said| said.text() == turn.text());
            is_same && matches!(errand.wish, Wish::Want(topic) if topic.is_told_in_words())
        };
        self.errands.retain(|errand| !is_in_it(errand));
    }

    /// The shop's news has told what the questions about the status were after.
    pub(super) fn forget_status_questions(&mut self) {
        self.errands.retain(|errand| !matches!(errand.wish, Wish::Ask(question) if question.is_of_status()));
    }

    /// Whoever will not say who they are is not asked again for each wish.
    pub(super) fn forget_unprovable(&mut self) {
        let level = self.identity.level();
        self.errands.retain(|errand| needed_level(errand.wish) <= level);
    }

    /// A person sees to everything, or nothing more can be done.
    pub(super) fn forget_errands(&mut self) {
        self.errands.clear();
        self.parked = None;
    }

    /// Goes after the wish that has waited longest. False when there is none, or nobody to see to it for.
    pub(super) fn take_up_errand(&mut self, reply: &mut Reply) -> bool {
        if self.is_meeting() || self.errands.is_empty() {
            return false;
        }
        let errand = self.errands.remove(0);
        self.take_up(errand, reply);
        true
    }

    /// Goes after the first wish of this very turn, if it leaves the question that stands as it is.
    pub(super) fn take_up_said(&mut self, reply: &mut Reply) -> bool {
        let now = self.now;
        let is_free = |errand: &Errand| match errand.wish {
            Wish::Ask(_) => true,
            Wish::Want(_) => self.draft().is_none(),
        };
        let at = self.errands.iter().position(|errand| errand.said_at == now && is_free(errand));
        let Some(at) = at.filter(|_| !self.is_meeting()) else { return false };
        let errand = self.errands.remove(at);
        self.take_up(errand, reply);
        true
    }

    fn take_up(&mut self, errand: Errand, reply: &mut Reply) {
        match errand.turn {
            Some(turn) => self.pursue(errand.wish, &turn, reply),
            None => self.pursue(errand.wish, &Turn::silent(), reply),
        }
    }

    /// A request that is put off for another wish comes after it; a question that was given up is not taken up again.
    pub(super) fn put_off(&mut self, open: Wish, by: Wish) {
        let Wish::Want(topic) = open else { return };
        let stays = match by {
            Wish::Ask(_) => true,
            Wish::Want(other) => topic.goes_with(other),
        };
        if stays && self.errands.len() < ERRANDS_MAX {
            let turn = self.habits.carried.take().map(Arc::from);
            self.errands.insert(0, Errand { wish: open, intent: None, turn, said_at: CallTime::ZERO });
        }
    }

    /// The request that is taking shape.
    pub(super) fn draft(&self) -> Option<&Draft> {
        match &self.step {
            Step::Detail(draft) | Step::Confirm(draft) | Step::CheckedAround(draft) => Some(draft),
            Step::WhichReading { first, .. } => Some(first),
            Step::Unopened
            | Step::MayRecord
            | Step::Open
            | Step::AnythingElse
            | Step::Looking { .. }
            | Step::Reference
            | Step::PostcodeToFind
            | Step::NameToFind { .. }
            | Step::WhichOrder { .. }
            | Step::Proof(_)
            | Step::Offered(_)
            | Step::Saving { .. }
            | Step::HelpFirst
            | Step::Phone(_)
            | Step::OptOutSaving { .. }
            | Step::OptOutScope
            | Step::RightParty
            | Step::GoodTime
            | Step::Household
            | Step::Point
            | Step::CallScore
            | Step::Ended(_) => None,
        }
    }

    /// A question that needs a proof first comes in between: the request that was taking shape waits.
    pub(super) fn park_draft(&mut self) {
        if let Some(draft) = self.draft().cloned() {
            self.parked = Some(Box::new(draft));
        }
    }

    /// Takes the request up that a question came in between of.
    pub(super) fn unpark_draft(&mut self, reply: &mut Reply) -> bool {
        let parked = self.parked.take().filter(|_| !self.is_meeting());
        let is_parked = parked.is_some();
        if let Some(draft) = parked {
            self.complete(*draft, reply);
        }
        is_parked
    }
}
