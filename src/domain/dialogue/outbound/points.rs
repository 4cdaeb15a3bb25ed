//! The questions of a scenario, one after the other, and what each answer leads to.

use super::{Outreach, Stage};
use crate::domain::call::Disposition;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::phrasebook::Line;
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Draft, Topic};
use crate::domain::dialogue::scenarios::{Branch, Go, Point, Subject};
use crate::domain::dialogue::step::{Step, Then, Wish};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::understanding::Intent;
use crate::domain::hearing::Awaited;

/// A wish of its own weighs more than any answer to the question.
const WEIGHT_OF_WISH: u8 = 6;
/// A time in more words than this belongs to what is told.
const TIME_ALONE_WORDS_MAX: usize = 4;
/// The best mark of the two questions after a delivery.
pub(in crate::domain::dialogue) const SCORE_MAX: u8 = 5;

impl Dialogue {
    /// The question that stands, if the call is at one.
    pub(in crate::domain::dialogue) fn point(&self) -> Option<&'static Point> {
        match (self.purpose.stage, self.outreach()) {
            (Stage::At(index), Some(outreach)) => outreach.scenario.points.get(index),
            _ => None,
        }
    }

    /// Goes to the first question from `index` on that applies; without one the call is settled.
    pub(super) fn go_to_point(&mut self, outreach: &Outreach, index: usize, reply: &mut Reply) {
        let Some(order) = self.orders.chosen().cloned() else { return };
        let now = self.local_now();
        let subject = Subject { order: &order, now: &now };
        let points = outreach.scenario.points;
        let next = (index..points.len()).find(|at| (points[*at].applies)(&subject));
        match next {
            Some(at) => {
                self.purpose.stage = Stage::At(at);
                self.ask_point_anew(outreach, at, reply);
            }
            None => {
                self.settle(outreach.scenario.undecided);
                self.ask_what_else(reply);
            }
        }
    }

    fn ask_point_anew(&mut self, outreach: &Outreach, at: usize, reply: &mut Reply) {
        let point = &outreach.scenario.points[at];
        if self.identity.level() < point.level {
            self.ask_point_proof(outreach, at, reply);
            return;
        }
        let Some(order) = self.orders.chosen().cloned() else { return };
        let now = self.local_now();
        reply.say_all((point.before)(&Subject { order: &order, now: &now }));
        self.purpose.has_asked = Some(at);
        self.ask_point(outreach, at, reply);
    }

    /// Asks the question that stands, after something came between.
    pub(super) fn ask_point(&mut self, outreach: &Outreach, at: usize, reply: &mut Reply) {
        let point = &outreach.scenario.points[at];
        if self.purpose.has_asked != Some(at) {
            self.ask_point_anew(outreach, at, reply);
            return;
        }
        self.step = Step::Point;
        reply.say((point.ask)());
    }

    /// Asks for the proof a question needs; who cannot give it is asked the next question instead.
    fn ask_point_proof(&mut self, outreach: &Outreach, at: usize, reply: &mut Reply) {
        let has_factor = self.identity.next_factor(&self.available_factors()).is_some();
        if self.identity.is_refused || self.identity.is_third_party || !has_factor {
            self.go_to_point(outreach, at + 1, reply);
        } else {
            self.ask_proof(reply);
        }
    }

    pub(in crate::domain::dialogue) fn take_point(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let (Some(point), Some(outreach)) = (self.point(), self.outreach().cloned()) else { return false };
        if self.take_score(point, turn, reply) {
            return true;
        }
        if self.take_limited_yes(point, turn, reply) {
            return true;
        }
        let Some((branch, is_weak)) = branch_of(point, turn) else { return false };
        // What is read back needs no clear answer yet; what is written at once does.
        let is_final = branch.go.iter().any(|go| match go {
            Go::Record(_) => true,
            Go::Settle(_) | Go::Next => point.is_binding,
            Go::Request(_) if is_plain_no(branch, turn) => point.is_binding,
            Go::Request(_) | Go::Beside(_) | Go::CarrierReason { .. } | Go::Person(_) | Go::OpenLine => false,
        });
        if is_final && (is_weak || turn.is_hedged()) {
            self.ask_for_clear_answer(reply);
            return true;
        }
        self.forget_intents(branch.on);
        self.carry_on(&outreach, branch.go, turn, reply);
        true
    }

    /// "Yes, but only until one": somebody is there, and the driver has to know until when.
    fn take_limited_yes(&mut self, point: &Point, turn: &Turn, reply: &mut Reply) -> bool {
        let written = point.branches.iter().find_map(|branch| match branch.go {
            [Go::Record(topic)] if turn.intent_of(branch.on).is_some() => Some(*topic),
            _ => None,
        });
        let asks_more = [Intent::RescheduleDelivery, Intent::ChooseDeliverySlot, Intent::NotAvailable, Intent::Deny]
            .into_iter()
            .any(|intent| turn.has_intent(intent) && turn.day.is_some());
        let is_limit = turn.window.is_some() && turn.day.is_none() && !point.is_binding && !asks_more;
        let Some(topic) = written.filter(|_| is_limit) else { return false };
        self.forget_said();
        self.add_errand(topic);
        self.pursue(Wish::Want(Topic::DeliveryNote), turn, reply);
        true
    }

    /// Instead of a proof comes the answer to the question it was for: "I don't want it any more".
    pub(in crate::domain::dialogue) fn take_point_unproved(&mut self, turn: &Turn, reply: &mut Reply) -> bool {
        let (Some(point), Some(outreach)) = (self.point(), self.outreach().cloned()) else { return false };
        let Some((branch, _)) = branch_of(point, turn) else { return false };
        // What would be written at once needs the proof first; a request is read back, however it was heard.
        if branch.go.iter().any(|go| matches!(go, Go::Record(_) | Go::Settle(_))) {
            return false;
        }
        self.forget_intents(branch.on);
        self.carry_on(&outreach, branch.go, turn, reply);
        true
    }

    fn take_score(&mut self, point: &Point, turn: &Turn, reply: &mut Reply) -> bool {
        let is_asked = matches!(point.awaited, Awaited::Digits(_));
        let score = turn.digits.iter().find_map(|digits| digits.parse::<u8>().ok());
        let Some(score) = score.filter(|score| is_asked && (1..=SCORE_MAX).contains(score)) else { return false };
        self.purpose.score = Some(score);
        self.settle(Disposition::AlreadyDelivered);
        self.ask_what_else(reply);
        true
    }

    fn carry_on(&mut self, outreach: &Outreach, steps: &[Go], turn: &Turn, reply: &mut Reply) {
        let mut has_moved = false;
        for step in steps {
            match *step {
                Go::CarrierReason { is_right } => self.purpose.carrier_reason_agreed = Some(is_right),
                Go::Next => {
                    has_moved = true;
                    let Stage::At(index) = self.purpose.stage else { return };
                    self.purpose.stage = Stage::At(index + 1);
                }
                Go::Settle(disposition) => {
                    self.settle(disposition);
                    self.ask_what_else(reply);
                    return;
                }
                Go::Record(topic) => {
                    self.record_point(topic, reply);
                    return;
                }
                Go::Request(topic) | Go::Beside(topic) => {
                    self.pursue(Wish::Want(topic), turn, reply);
                    return;
                }
                Go::Person(trigger) => {
                    self.call_person(Topic::Human, trigger, Then::AnythingElse, reply);
                    return;
                }
                Go::OpenLine => {
                    self.purpose.stage = Stage::OpenLine;
                    if !self.take_up_errand(reply) {
                        self.step = Step::Open;
                        reply.say(Line::HowCanIHelp);
                    }
                    return;
                }
            }
        }
        if has_moved && let Stage::At(index) = self.purpose.stage {
            self.go_to_point(outreach, index, reply);
        }
    }

    fn record_point(&mut self, topic: Topic, reply: &mut Reply) {
        if self.has_kept(topic) {
            self.settle_by_request(topic);
            self.ask_what_else(reply);
            return;
        }
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        self.save(Draft::new(topic, order_ref), Then::AnythingElse, reply);
    }

    pub(super) fn settle(&mut self, disposition: Disposition) {
        self.purpose.settled.push(disposition);
        self.purpose.stage = Stage::Settled;
    }

    /// A request that was kept settles the question that led to it, or all that the call was about.
    pub(in crate::domain::dialogue) fn settle_by_request(&mut self, topic: Topic) {
        let Some(point) = self.point() else { return };
        let leads_here = |branch: &Branch| {
            branch.go.iter().any(|go| matches!(go, Go::Record(led) | Go::Request(led) if *led == topic))
        };
        if topic.ends_purpose() || point.branches.iter().chain(point.also).any(leads_here) {
            self.purpose.stage = Stage::Settled;
        }
    }

    /// A promise to the shop's customer that stands when the call ends in the middle of a question.
    pub(in crate::domain::dialogue) fn is_undecided(&self) -> bool {
        self.purpose.has_told_news && matches!(self.purpose.stage, Stage::At(_))
    }
}

impl Point {
    /// Whether one of its answers is a wish for a person.
    pub(in crate::domain::dialogue) fn offers_person(&self) -> bool {
        self.branches.iter().any(|branch| branch.on.contains(&Intent::SpeakToHuman))
    }
}

/// The branch an answer takes, and whether the answer is weak: the one for what says most, the first among equals.
fn branch_of(point: &Point, turn: &Turn) -> Option<(&'static Branch, bool)> {
    let all = || point.branches.iter().chain(point.also);
    let weight = |branch: &Branch| {
        let said = branch.on.iter().filter_map(|intent| Some(weight_of(*intent, turn.intent_of(&[*intent])?)));
        said.max()
    };
    let mut best: Option<(&'static Branch, u8)> = None;
    for branch in all() {
        if let Some(weight) = weight(branch)
            && best.is_none_or(|(_, most)| most < weight)
        {
            best = Some((branch, weight));
        }
    }
    // A day in the answer says more than its yes or no: "no, Thursday", "yes, but after six".
    let is_firm_yes = turn.answer().is_some_and(|(answer, is_weak)| answer == Answer::Yes && !is_weak);
    let is_wish = best.is_some_and(|(_, most)| WEIGHT_OF_WISH <= most);
    if names_time(point, turn) && !is_firm_yes && !is_wish {
        let dated = all().find(|branch| branch.go.contains(&Go::Request(Topic::Reschedule)));
        if let Some(branch) = dated {
            return Some((branch, false));
        }
    }
    best.and_then(|(branch, _)| Some((branch, turn.intent_of(branch.on)?)))
}

/// A no and nothing more: "do not cancel" sounds like one.
fn is_plain_no(branch: &Branch, turn: &Turn) -> bool {
    let said = branch.on.iter().filter(|intent| turn.has_intent(**intent));
    said.copied().all(|intent| intent == Intent::Deny)
}

/// Whether a day or a part of one is named as an answer. A part of a day alone may belong to anything: "I've been
/// waiting since morning".
fn names_time(point: &Point, turn: &Turn) -> bool {
    let is_asked = !matches!(point.awaited, Awaited::YesNo);
    let is_short = turn.words() <= TIME_ALONE_WORDS_MAX;
    turn.day.is_some() || (turn.window.is_some() && (is_asked || is_short || turn.answer().is_some()))
}

/// What an intent says about what is to be done.
const fn weight_of(intent: Intent, is_weak: bool) -> u8 {
    match intent {
        Intent::Acknowledge | Intent::NothingElse => 1,
        Intent::Unsure => 2,
        Intent::Deny | Intent::NotAvailable | Intent::NoPreference | Intent::Correction => 3,
        // What can be had beside a yes is no other answer.
        Intent::CallBeforeDelivery | Intent::AddLandmark | Intent::AccessInstructions => 4,
        Intent::Affirm | Intent::ConfirmOrder | Intent::ConfirmAvailability if is_weak => 2,
        Intent::Affirm | Intent::ConfirmOrder | Intent::ConfirmAvailability => 5,
        _ => WEIGHT_OF_WISH,
    }
}
