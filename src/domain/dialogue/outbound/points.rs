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
use crate::domain::hearing::Awaited;

/// The best mark of the two questions after a delivery.
const SCORE_MAX: u8 = 5;

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
                self.resume_purpose(reply);
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
        let Some((branch, is_weak)) = branch_of(point, turn) else { return false };
        let is_written = branch.go.iter().any(|go| matches!(go, Go::Record(_)));
        if is_weak && (point.is_binding || is_written) {
            reply.say(Line::SayYesOrNo);
            return true;
        }
        self.carry_on(&outreach, branch.go, turn, reply);
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
        self.carry_on(&outreach, branch.go, turn, reply);
        true
    }

    fn take_score(&mut self, point: &Point, turn: &Turn, reply: &mut Reply) -> bool {
        let is_asked = matches!(point.awaited, Awaited::Digits(_));
        let score = turn.digits.iter().find_map(|digits| digits.parse::<u8>().ok());
        let Some(score) = score.filter(|score| is_asked && (1..=SCORE_MAX).contains(score)) else { return false };
        self.purpose.score = Some(score);
        self.settle(Disposition::AlreadyDelivered);
        self.resume_purpose(reply);
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
                    self.resume_purpose(reply);
                    return;
                }
                Go::Record(topic) => {
                    self.record_point(topic, reply);
                    return;
                }
                Go::Request(topic) => {
                    self.pursue(Wish::Want(topic), turn, reply);
                    return;
                }
                Go::Person(trigger) => {
                    self.call_person(Topic::Human, trigger, Then::AnythingElse, reply);
                    return;
                }
                Go::OpenLine => {
                    self.purpose.stage = Stage::OpenLine;
                    self.step = Step::Open;
                    reply.say(Line::HowCanIHelp);
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
            self.resume_purpose(reply);
            return;
        }
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        self.save(Draft::new(topic, order_ref), Then::AnythingElse, reply);
    }

    pub(super) fn settle(&mut self, disposition: Disposition) {
        self.purpose.settled.push(disposition);
        self.purpose.stage = Stage::Settled;
    }

    /// A request that was kept settles the question that led to it.
    pub(in crate::domain::dialogue) fn settle_by_request(&mut self, topic: Topic) {
        let Some(point) = self.point() else { return };
        let leads_here = |branch: &Branch| {
            branch.go.iter().any(|go| matches!(go, Go::Record(led) | Go::Request(led) if *led == topic))
        };
        let is_person = topic == Topic::Human;
        if is_person || point.branches.iter().chain(point.also).any(leads_here) {
            self.purpose.stage = Stage::Settled;
        }
    }

    /// A promise to the shop's customer that stands when the call ends in the middle of a question.
    pub(in crate::domain::dialogue) fn is_undecided(&self) -> bool {
        self.purpose.has_told_news && matches!(self.purpose.stage, Stage::At(_))
    }
}

/// The branch an answer takes, and whether the answer is weak.
fn branch_of(point: &Point, turn: &Turn) -> Option<(&'static Branch, bool)> {
    let all = || point.branches.iter().chain(point.also);
    // A day in the answer says more than its yes or no: "no, Thursday", "yes, but after six".
    let names_time = turn.day.is_some() || turn.window.is_some();
    let is_firm_yes = turn.answer().is_some_and(|(answer, is_weak)| answer == Answer::Yes && !is_weak);
    if names_time && !is_firm_yes {
        let dated = all().find(|branch| branch.go.contains(&Go::Request(Topic::Reschedule)));
        if let Some(branch) = dated {
            return Some((branch, false));
        }
    }
    all().find_map(|branch| Some((branch, turn.intent_of(branch.on)?)))
}
