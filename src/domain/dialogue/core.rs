//! The dialogue: facts of the conversation in, sentences and orders out.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::answering::{Answering, FreeWords};
use super::errands::Errand;
use super::inbound::{Habits, KnownOrders};
use super::ledger::{Ledger, Told};
use super::outbound::Purpose;
use super::parcel::{LocalNow, zone_of};
use super::phrasebook::{Line, Phrasebook, Text, Voice};
use super::proof::Identity;
use super::reply::Reply;
use super::requests::{Draft, Kept};
use super::step::{Step, Wish};
use super::turn::Turn;
use super::understanding::{Intent, Understanding, vocabulary::Vocabulary};
use super::{Brief, CallerTurn, DialogueCommand, DialogueEvent, EndReason, RecordingNotice, Saying};
use crate::domain::hearing::{Awaited, Transcript};
use crate::domain::values::{CallTime, RequestId, UtteranceId};

/// The key of the menu that stops calls.
const OPT_OUT_KEY: &str = "9";

/// What never changes during a call.
pub(super) struct Setting {
    pub(super) brief: Brief,
    pub(super) book: Arc<Phrasebook>,
    pub(super) understanding: Arc<Understanding>,
    pub(super) shop_name: Arc<str>,
    shop_zone: TimeZone,
}

/// One conversation about one customer's orders.
///
/// Cloning is cheap: a clone can be asked what it would say while the original waits.
/// Order: [`DialogueEvent::Opened`] comes first. After [`DialogueCommand::End`] only hearing, late answers, and what the
/// caller still says to a friendly goodbye: something new takes it back.
#[derive(Clone)]
pub struct Dialogue {
    pub(super) setting: Arc<Setting>,
    pub(super) now: CallTime,
    pub(super) step: Step,
    /// What the caller is after and has not got yet.
    pub(super) wish: Option<Wish>,
    /// What else the caller is after. Order: as it is to be met.
    pub(super) errands: Vec<Errand>,
    /// A request that waits for a question in between.
    pub(super) parked: Option<Box<Draft>>,
    pub(super) orders: KnownOrders,
    pub(super) identity: Identity,
    pub(super) requests: Vec<Kept>,
    pub(super) ledger: Ledger,
    pub(super) habits: Habits,
    pub(super) purpose: Purpose,
    pub(super) answering: Answering,
    pub(super) last_utterance: UtteranceId,
    last_request: RequestId,
}

impl Dialogue {
    pub fn new(brief: Brief, book: Arc<Phrasebook>, understanding: Arc<Understanding>) -> Self {
        let shop_zone = TimeZone::get(&brief.shop.time_zone).unwrap_or(TimeZone::UTC);
        let shop_name = brief.shop.name.as_str().into();
        Self {
            setting: Arc::new(Setting { brief, book, understanding, shop_name, shop_zone }),
            now: CallTime::ZERO,
            step: Step::Unopened,
            wish: None,
            errands: Vec::new(),
            parked: None,
            orders: KnownOrders::default(),
            identity: Identity::default(),
            requests: Vec::new(),
            ledger: Ledger::default(),
            habits: Habits::default(),
            purpose: Purpose::new(),
            answering: Answering::default(),
            last_utterance: UtteranceId::default(),
            last_request: RequestId::default(),
        }
    }

    /// Takes in one fact and appends what follows from it, in the order it is to be carried out.
    pub fn handle(&mut self, now: CallTime, event: &DialogueEvent, out: &mut Vec<DialogueCommand>) {
        self.now = now;
        self.note_sign(event);
        let mut reply = Reply::new();
        if let Step::Ended(reason) = self.step {
            if self.is_machine() || !self.takes_goodbye_back(reason, event) {
                if self.talks_into_goodbye(reason, event) {
                    self.say_goodbye_again(reason, &mut reply);
                    self.deliver(reply, out);
                } else {
                    self.take_late(event, out);
                }
                return;
            }
            self.reopen();
        }
        self.drop_model_for(event, &mut reply);
        match event {
            DialogueEvent::Opened => self.open(&mut reply),
            DialogueEvent::CallerSaid(said) => self.hear_caller(said, &mut reply),
            DialogueEvent::Tone(tone) => self.take_tone(*tone, &mut reply),
            DialogueEvent::CarrierJudges(answerer) => self.take_carriers_word(*answerer, &mut reply),
            DialogueEvent::KeysPressed(keys) => self.take_keys(keys, &mut reply),
            DialogueEvent::Silence(silence) => self.meet_silence(*silence, &mut reply),
            DialogueEvent::OrdersFound { request, orders } => self.take_orders(*request, orders, &mut reply),
            DialogueEvent::LookupFailed { request } => self.miss_orders(*request, &mut reply),
            DialogueEvent::StillWaiting { request } => self.keep_waiting(*request, &mut reply),
            DialogueEvent::RequestRecorded { request, id, ack } => self.take_recorded(*request, (id, *ack), &mut reply),
            DialogueEvent::RecordFailed { request } => self.take_record_failed(*request, &mut reply),
            DialogueEvent::Heard { utterance, last_sentence, at } => self.take_heard(*utterance, *last_sentence, *at),
            DialogueEvent::Model { reply: id, said } => self.take_model(*id, said, &mut reply),
            DialogueEvent::HandoverSlow => reply.say(Line::StillPuttingThrough),
            DialogueEvent::HandoverFailed => self.take_handover_failed(&mut reply),
            DialogueEvent::HandedOver => self.note_handed_over(),
            DialogueEvent::TooLong => self.end_too_long(&mut reply),
        }
        self.drop_overtaken_model(&mut reply);
        self.deliver(reply, out);
    }

    /// Whether these words, as the caller's next turn, say clearly what is wanted.
    ///
    /// A greeting or an "okay" does not: what is wanted comes behind it.
    pub fn understands(&self, heard: &Transcript) -> bool {
        let local_now = self.local_now().civil();
        let understood = self.setting.understanding.understand(heard, self.awaited(), local_now);
        understood.acts.iter().any(|act| {
            let is_preface =
                matches!(act.intent, Intent::Greeting | Intent::Acknowledge | Intent::Thanks | Intent::HoldOn);
            !is_preface && !act.is_weak
        })
    }

    /// The words of the language of the call.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        self.setting.understanding.vocabulary_of(self.locale().language())
    }

    fn take_heard(&mut self, utterance: UtteranceId, last_sentence: usize, at: CallTime) {
        self.ledger.hear(utterance, last_sentence.saturating_add(1), at);
        self.note_heard(utterance, last_sentence.saturating_add(1));
    }

    /// After the end only what was heard and what was kept still count.
    fn take_late(&mut self, event: &DialogueEvent, out: &mut Vec<DialogueCommand>) {
        match event {
            DialogueEvent::CallerSaid(said) if !self.is_machine() => {
                let turn = self.turn(said, Awaited::Open);
                self.take_last_words(&turn, out);
            }
            // Who speaks behind a message was a person after all.
            DialogueEvent::CallerSaid(said) => {
                let turn = self.turn(said, Awaited::Open);
                self.note_speaker(&turn);
            }
            DialogueEvent::KeysPressed(keys) if keys == OPT_OUT_KEY => {
                self.take_last_words(&Turn::keyed_as(Intent::OptOut), out);
            }
            DialogueEvent::Heard { utterance, last_sentence, at } => self.take_heard(*utterance, *last_sentence, *at),
            DialogueEvent::RequestRecorded { request, id, ack } => {
                if !self.settle_opt_out(*request) {
                    self.settle_kept(*request, Some((id, *ack)));
                }
            }
            DialogueEvent::RecordFailed { request } => {
                self.settle_kept(*request, None);
            }
            DialogueEvent::Opened
            | DialogueEvent::Tone(_)
            | DialogueEvent::CarrierJudges(_)
            | DialogueEvent::KeysPressed(_)
            | DialogueEvent::Silence(_)
            | DialogueEvent::OrdersFound { .. }
            | DialogueEvent::LookupFailed { .. }
            | DialogueEvent::StillWaiting { .. }
            | DialogueEvent::Model { .. }
            | DialogueEvent::HandoverSlow
            | DialogueEvent::HandoverFailed
            | DialogueEvent::HandedOver
            | DialogueEvent::TooLong => (),
        }
    }

    fn reopen(&mut self) {
        self.step = Step::AnythingElse;
        self.leave_line_open();
    }

    /// A caller turn as it is understood where `awaited` is awaited.
    pub(super) fn turn(&self, said: &CallerTurn, awaited: Awaited) -> Turn {
        let understanding = &self.setting.understanding;
        Turn::understand(understanding, self.vocabulary(), said, awaited, self.local_now().civil())
    }

    fn deliver(&mut self, mut reply: Reply, out: &mut Vec<DialogueCommand>) {
        self.replace_unsaid(&mut reply);
        out.append(&mut reply.commands);
        if let Some(free) = reply.free.take() {
            self.speak_freely(free, out);
        }
        let is_speaking = !reply.lines.is_empty();
        if is_speaking {
            self.speak(&mut reply, out);
        }
        if let Some(order) = reply.hand_over.take() {
            out.push(DialogueCommand::HandOver(order));
            return;
        }
        if let Some(reason) = reply.end {
            self.step = Step::Ended(reason);
            out.push(DialogueCommand::End(reason));
            return;
        }
        if is_speaking || reply.is_awaiting_anew {
            let likely = self.likely_next();
            if !likely.is_empty() {
                out.push(DialogueCommand::Prepare(likely));
            }
            out.push(DialogueCommand::Await(self.expectation(reply.is_on_hold)));
        }
    }

    fn speak(&mut self, reply: &mut Reply, out: &mut Vec<DialogueCommand>) {
        let mut lines = std::mem::take(&mut reply.lines);
        if self.owes_disclosure() {
            lines.insert(0, self.disclosure());
            reply.must_be_heard = true;
        }
        let is_asking = lines.last().is_some() && lines.last() == self.question().as_ref();
        let voice = self.voice();
        let book = &self.setting.book;
        let is_keying = self.habits.is_keying || self.is_by_keys();
        let keys = self.keys_line().filter(|_| is_keying && is_asking && reply.end.is_none());
        if let Some(keys) = keys.filter(|keys| book.knows(keys, voice.locale)) {
            lines.insert(lines.len() - 1, keys);
        }
        let sentences: Vec<_> = lines.iter().map(|line| book.sentence(line, reply.rewording, &voice)).collect();
        let utterance = self.last_utterance.next();
        self.last_utterance = utterance;
        let facts = sentences.iter().map(|sentence| sentence.facts.clone()).collect();
        self.note_said(utterance, &sentences);
        self.ledger.say(utterance, lines, facts);
        let saying = Saying { sentences, must_be_heard: reply.must_be_heard };
        out.push(DialogueCommand::Say { utterance, saying });
    }

    fn speak_freely(&mut self, free: FreeWords, out: &mut Vec<DialogueCommand>) {
        let FreeWords { sentences, told } = free;
        let utterance = self.last_utterance.next();
        self.last_utterance = utterance;
        self.note_said(utterance, &sentences);
        self.ledger.say_freely(utterance, sentences.iter().map(|said| said.facts.clone()).collect(), told);
        out.push(DialogueCommand::Say { utterance, saying: Saying { sentences, must_be_heard: false } });
    }

    /// The opening was cut off before it was clear who speaks.
    fn owes_disclosure(&self) -> bool {
        self.last_utterance != UtteranceId::default() && !self.ledger.has_told(Told::Disclosure)
    }

    fn disclosure(&self) -> Line {
        let shop = self.shop();
        match self.setting.brief.recording {
            RecordingNotice::Announced => Line::DisclosureRecorded { shop },
            RecordingNotice::IfAgreed | RecordingNotice::NotRecorded => Line::Disclosure { shop },
        }
    }

    pub(super) fn next_request(&mut self) -> RequestId {
        self.last_request = self.last_request.next();
        self.last_request
    }

    pub(super) fn shop(&self) -> Text {
        Text(Arc::clone(&self.setting.shop_name))
    }

    pub(super) fn wall_clock(&self) -> Timestamp {
        let elapsed = Duration::from_millis(self.now.as_ms());
        self.setting.brief.started_at.checked_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn local_now(&self) -> LocalNow {
        let zone = zone_of(self.orders.chosen().map(Arc::as_ref), &self.setting.shop_zone);
        LocalNow { at: self.wall_clock(), zone }
    }

    pub(super) fn voice(&self) -> Voice {
        Voice { locale: self.locale(), today: self.local_now().today() }
    }

    pub(super) fn end(&self, reason: EndReason, reply: &mut Reply) {
        reply.end = Some(reason);
    }
}
