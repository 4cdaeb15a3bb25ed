//! A call that the shop makes: who is on the line, what it is about, and what is to be settled.
//!
//! What each scenario tells and asks is in [`super::scenarios`]. Everything that may be said at any moment, proofs,
//! requests and the goodbye are those of the inbound line.

mod machine;
mod meeting;
mod points;
mod signs;

use std::sync::Arc;

use super::core::Dialogue;
use super::phrasebook::{Line, Name};
use super::reply::Reply;
use super::scenarios::{Due, SCENARIOS, Scenario, Subject};
use super::step::{Step, Then};
use super::{DialogueCommand, EndReason, OrderQuery, RecordingNotice};
use crate::domain::call::{CallDirection, Disposition, PickUp};
use crate::domain::orders::{DeliveryStatus, Order, OrderRef};
use crate::domain::outreach::policy::CallRules;
use crate::domain::values::{CallTime, Personal, RequestId};
pub(super) use points::SCORE_MAX;

/// Why the shop calls, or why the caller rings back.
#[derive(Clone, Debug)]
pub struct Outreach {
    pub scenario: &'static Scenario,
    /// As it was when the call was planned. It is read again before anything of it is told.
    pub order: Arc<Order>,
    /// Shape: `name=value` of the facts heard in an earlier try. What was heard is not told again.
    pub heard_before: Arc<[String]>,
    /// Who picks up only for the household may say that somebody will be there, if the shop allows it.
    pub may_household_confirm: bool,
    /// What the law and the shop allow within the call.
    pub rules: CallRules,
}

/// No scenario has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no scenario is called `{name}`; write one of {known}")]
pub struct UnknownScenario {
    name: String,
    known: String,
}

impl Scenario {
    /// The scenario of this name (`failed_attempt`) or id (`O4_FAILED_ATTEMPT`).
    ///
    /// Errors: there is none; the line lists those there are.
    pub fn by_name(name: &str) -> Result<&'static Self, UnknownScenario> {
        let found = SCENARIOS.iter().copied().find(|scenario| scenario.name == name || scenario.id == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
            UnknownScenario { name: name.to_owned(), known: known.join(", ") }
        })
    }
}

/// How far the purpose of the call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Who is on the line is not known.
    Meeting,
    /// The right person is on the line; the news has not been told.
    Known,
    /// The news was told; this question stands.
    At(usize),
    Settled,
    /// Settled, and the line stays open for whatever the customer wants.
    OpenLine,
}

/// What answered in the customer's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Machine {
    Screener,
    VoicemailLeft,
    VoicemailNoMessage,
    MailboxFull,
    Menu,
    Fax,
    NotInService,
}

/// The purpose of a call that the shop made.
#[derive(Clone, Debug)]
pub(super) struct Purpose {
    pub(super) stage: Stage,
    /// The look-up of the order, made anew when the call was answered.
    reading: Option<RequestId>,
    is_read: bool,
    pub(super) settled: Vec<Disposition>,
    pub(super) carrier_reason_agreed: Option<bool>,
    pub(super) score: Option<u8>,
    pub(super) machine: Option<Machine>,
    pick_up: PickUp,
    /// A mailbox greets; the message is left once it records.
    awaits_tone: bool,
    /// The carrier takes whoever picked up for a machine. Alone that proves nothing.
    is_machine_suspected: bool,
    beep_at: Option<CallTime>,
    /// The news was told, or begun to be.
    pub(super) has_told_news: bool,
    /// Somebody else took a message or named a good time.
    pub(super) has_left_message: bool,
    pub(super) is_household: bool,
    /// Words about somebody else were taken for misheard once.
    has_doubted_who: bool,
    /// The question that was asked in full, with what comes before it.
    has_asked: Option<usize>,
}

impl Purpose {
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Meeting,
            reading: None,
            is_read: false,
            settled: Vec::new(),
            carrier_reason_agreed: None,
            score: None,
            machine: None,
            pick_up: PickUp::default(),
            awaits_tone: false,
            is_machine_suspected: false,
            beep_at: None,
            has_told_news: false,
            has_left_message: false,
            is_household: false,
            has_doubted_who: false,
            has_asked: None,
        }
    }
}

impl Dialogue {
    pub(super) fn outreach(&self) -> Option<&Outreach> {
        self.setting.brief.outreach.as_ref()
    }

    /// Says who calls and what about, asks for the person, and reads the order again meanwhile.
    pub(super) fn open_outreach(&mut self, outreach: &Outreach, reply: &mut Reply) {
        let (shop, is_recorded) = (self.shop(), self.setting.brief.recording == RecordingNotice::Announced);
        match (self.setting.brief.direction, is_recorded) {
            (CallDirection::Outbound, true) => reply.say(Line::CallingRecorded { shop }),
            (CallDirection::Outbound, false) => reply.say(Line::Calling { shop }),
            (CallDirection::Inbound, true) => reply.say(Line::GreetingRecorded { shop }),
            (CallDirection::Inbound, false) => reply.say(Line::Greeting { shop }),
        }
        self.choose(&outreach.order);
        if !self.has_words_for_purpose() {
            self.announce_person(reply);
            return;
        }
        let about = outreach.scenario.about;
        reply.say(match self.setting.brief.direction {
            CallDirection::Outbound => Line::CallIsAbout { about },
            CallDirection::Inbound => Line::WeRangYou { about },
        });
        reply.say(self.ask_for_person());
        reply.must_be_heard = true;
        self.identity.must_be_named = true;
        self.step = Step::RightParty;
        if outreach.scenario.pace != 100 {
            self.habits.pace = Some(outreach.scenario.pace);
            reply.order(DialogueCommand::SetPace(outreach.scenario.pace));
        }
        self.read_order_again(&outreach.order.order_ref, reply);
    }

    fn read_order_again(&mut self, order_ref: &OrderRef, reply: &mut Reply) {
        let request = self.next_request();
        self.purpose.reading = Some(request);
        reply.order(DialogueCommand::LookUp { request, query: OrderQuery::Again(order_ref.clone()) });
    }

    /// Takes the order as it is now. False when the look-up was for something else.
    pub(super) fn take_order_again(&mut self, request: RequestId, orders: &[Arc<Order>], reply: &mut Reply) -> bool {
        if self.purpose.reading != Some(request) {
            return false;
        }
        self.purpose.reading = None;
        self.purpose.is_read = true;
        if let Some(order) = orders.first() {
            self.choose(order);
        }
        if matches!(self.step, Step::Looking { request: awaited } if awaited == request) {
            self.resume_purpose(reply);
        } else {
            reply.is_awaiting_anew = true;
        }
        true
    }

    /// Without the order as it is now nothing of it is told.
    pub(super) fn miss_order_again(&mut self, request: RequestId, reply: &mut Reply) -> bool {
        if self.purpose.reading != Some(request) {
            return false;
        }
        self.purpose.reading = None;
        if matches!(self.step, Step::Looking { request: awaited } if awaited == request) {
            self.end_unread(reply);
        }
        true
    }

    fn end_unread(&mut self, reply: &mut Reply) {
        reply.say(Line::LookupFailed);
        reply.say(Line::WillRingAgain);
        self.end(EndReason::TechnicalFailure, reply);
    }

    /// Takes the purpose up where it stands: tells the news, asks the question that is open, or closes.
    pub(super) fn resume_purpose(&mut self, reply: &mut Reply) {
        let Some(outreach) = self.outreach().cloned() else { return };
        match self.purpose.stage {
            Stage::Meeting => {
                self.step = Step::RightParty;
                reply.say(self.ask_for_person());
            }
            Stage::Known => self.tell_news(&outreach, reply),
            Stage::At(index) if self.purpose.has_asked.is_none() => self.go_to_point(&outreach, index, reply),
            Stage::At(index) => self.ask_point(&outreach, index, reply),
            Stage::Settled => self.finish(reply),
            Stage::OpenLine => {
                self.step = Step::AnythingElse;
                reply.say(Line::AnythingElse);
            }
        }
    }

    fn tell_news(&mut self, outreach: &Outreach, reply: &mut Reply) {
        match (self.purpose.is_read, self.purpose.reading) {
            (false, Some(request)) => {
                self.step = Step::Looking { request };
                reply.is_awaiting_anew = true;
                return;
            }
            (false, None) => {
                self.end_unread(reply);
                return;
            }
            (true, _) => (),
        }
        let Some(order) = self.orders.chosen().cloned() else { return };
        let now = self.local_now();
        let subject = Subject { order: &order, now: &now };
        self.purpose.has_told_news = true;
        let due = (outreach.scenario.due)(&subject);
        if due == Due::Yes {
            let news = (outreach.scenario.news)(&subject);
            reply.say_all(self.unheard(news, outreach));
            self.forget_status_questions();
            if self.has_errand() {
                self.purpose.stage = Stage::At(0);
                self.take_up_errand(reply);
            } else {
                self.go_to_point(outreach, 0, reply);
            }
            return;
        }
        if due == Due::Overtaken {
            reply.say(Line::ChangedMeanwhile);
        }
        self.forget_status_questions();
        reply.say_all(self.status_of(&order, &now).lines);
        self.purpose.settled.push(self.settled_by_status(&order));
        self.purpose.stage = Stage::OpenLine;
        self.ask_what_else(reply);
    }

    /// What came of a call that had been overtaken.
    fn settled_by_status(&self, order: &Arc<Order>) -> Disposition {
        let now = self.local_now();
        let subject = Subject { order, now: &now };
        if subject.has(&[DeliveryStatus::Delivered]) { Disposition::AlreadyDelivered } else { Disposition::StatusGiven }
    }

    /// The news without what was heard to its end in an earlier try; all of it if nothing else is left.
    fn unheard(&self, news: Vec<Line>, outreach: &Outreach) -> Vec<Line> {
        if outreach.heard_before.is_empty() {
            return news;
        }
        let is_new = |line: &Line| {
            let facts = self.setting.book.facts(line);
            facts.is_empty()
                || facts.iter().any(|fact| {
                    let known = format!("{}={}", fact.name, fact.value.reveal());
                    !outreach.heard_before.contains(&known)
                })
        };
        let has_news = news.iter().any(|line| is_new(line) && !self.setting.book.facts(line).is_empty());
        if has_news { news.into_iter().filter(is_new).collect() } else { news }
    }

    pub(super) fn ask_for_person(&self) -> Line {
        match self.first_name() {
            Some(name) => Line::AskForPerson { name },
            None => Line::AskForCustomer,
        }
    }

    pub(super) fn first_name(&self) -> Option<Name> {
        let order = self.outreach().map(|outreach| &outreach.order)?;
        let first = first_name_of(&order.customer.name)?;
        Some(Name(first.into()))
    }

    /// Whether the call still has something of its own to settle.
    pub(super) fn is_purpose_open(&self) -> bool {
        self.outreach().is_some() && !matches!(self.purpose.stage, Stage::Settled | Stage::OpenLine)
    }

    /// Whether nothing is left but to sum up and say goodbye.
    pub(super) fn closes_after(&self, then: Then) -> bool {
        self.outreach().is_some()
            && self.purpose.stage == Stage::Settled
            && then == Then::AnythingElse
            && self.wish.is_none()
            && !self.has_errand()
    }

    /// Whether the shop's call has not met the customer yet: nothing can be asked or told.
    pub(super) fn is_meeting(&self) -> bool {
        self.outreach().is_some() && self.purpose.stage == Stage::Meeting
    }

    pub(super) fn leave_line_open(&mut self) {
        if self.purpose.stage != Stage::Meeting {
            self.purpose.stage = Stage::OpenLine;
        }
    }

    /// "From the beginning": the news and the first question again.
    pub(super) fn start_purpose_over(&mut self, reply: &mut Reply) {
        if self.purpose.stage != Stage::Meeting {
            self.purpose.stage = Stage::Known;
            self.purpose.has_asked = None;
        }
        self.resume_purpose(reply);
    }

    /// What is said once the customer is known: the news and the first question.
    pub(super) fn likely_of_purpose(&self, outreach: &Outreach) -> Vec<Line> {
        let Some(order) = self.orders.chosen() else { return Vec::new() };
        let now = self.local_now();
        let subject = Subject { order, now: &now };
        let mut lines = match (outreach.scenario.due)(&subject) {
            Due::Yes => (outreach.scenario.news)(&subject),
            Due::Overtaken | Due::NoData => self.status_of(order, &now).lines,
        };
        let first = outreach.scenario.points.iter().find(|point| (point.applies)(&subject));
        lines.extend(first.map(|point| (point.ask)()));
        lines
    }
}

/// The name somebody is asked for by: the first word that is no title and no initial.
pub(super) fn first_name_of(name: &Personal<String>) -> Option<String> {
    const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "dr", "prof", "sri", "smt", "shri"];
    let is_name = |word: &&str| {
        let plain = word.trim_end_matches('.').to_ascii_lowercase();
        1 < plain.chars().count() && !TITLES.contains(&plain.as_str())
    };
    name.reveal().split_whitespace().find(is_name).map(str::to_owned)
}
