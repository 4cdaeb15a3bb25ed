//! The world around a rehearsed call: a clock, a voice, an ear, a store, all of them without waiting.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::caller::{Caller, Deed, Next};
use super::file::{CallerFile, CallerFileError, Handover};
use super::handover;
use super::judge::{Rehearsed, SpokenLine, Written};
use super::model::{Guest, Model};
use super::shop::{Shop, brief};
use crate::domain::call::{Call, CallCommand, CallEvent, CallSettings, CloseCause, Utterance};
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::dialogue::understanding::Understanding;
use crate::domain::dialogue::{
    CallEnding, Dialogue, EndReason, EndedBy, ModelChecks, ModelNote, Phrasebook, Saying, ShopProfile,
};
use crate::domain::hearing::{HeardWord, Hypothesis, Transcript};
use crate::domain::orders::Order;
use crate::domain::values::{CallTime, UtteranceId};

/// A letter of the agent's speech takes so long.
const LETTER_MS: u64 = 62;
/// How long the recogniser takes.
const READING_MS: u64 = 80;
/// The voice is noticed so long after it set in, and its end after it ended.
const ONSET_MS: u64 = 60;
const OFFSET_MS: u64 = 100;
/// A caller who interrupts does so this long into the last sentence.
const INTERRUPTS_AFTER_MS: u64 = 600;
/// What a resumed sentence repeats.
const REPEATED_MS: u64 = 200;
/// More than this in one call is a loop.
const STEPS_MAX: u32 = 20_000;

/// What every rehearsed call shares.
pub struct House {
    pub phrasebook: Arc<Phrasebook>,
    pub understanding: Arc<Understanding>,
    pub checks: Arc<ModelChecks>,
    /// A model in every call whose file does not script one.
    pub guest: Guest,
    pub shop: Arc<ShopProfile>,
    /// The demo shop's orders, as they stand at `now`.
    pub orders: Vec<Order>,
    pub now: Timestamp,
    pub settings: Arc<CallSettings>,
}

/// Plays a caller's call to its end.
///
/// Errors: the file names an order or a scenario that does not exist.
pub fn rehearse(file: &CallerFile, house: &House) -> Result<Rehearsed, CallerFileError> {
    let mut stage = Stage::new(file, house, None)?;
    stage.run();
    Ok(stage.finish(file))
}

/// Reads the words between two moments of what is heard from the other side.
pub type Reader<'a> = &'a mut dyn FnMut(CallTime, CallTime) -> Transcript;

/// Plays a call whose other side is not scripted: `facts` are what its sound brings, `read` its words.
///
/// Errors: as for [`rehearse`].
pub fn rehearse_sound(
    file: &CallerFile,
    house: &House,
    facts: Vec<(CallTime, CallEvent)>,
    read: Reader<'_>,
) -> Result<Rehearsed, CallerFileError> {
    let mut stage = Stage::new(file, house, Some(read))?;
    for (at, fact) in facts {
        stage.later(at.as_ms(), Due::Fact(fact));
    }
    stage.run();
    Ok(stage.finish(file))
}

/// Something that will happen.
#[derive(Debug)]
enum Due {
    Fact(CallEvent),
    /// The sentence being played ends, unless it was stopped since.
    SentenceEnds {
        generation: u64,
    },
    CallerActs(Next),
    CallerStops,
    /// The caller looks whether it is their turn.
    CallerLooks,
}

/// One sentence on its way to the caller's ear.
struct Queued {
    utterance: UtteranceId,
    sentence: usize,
    template: &'static str,
    text: String,
    left_ms: u64,
    length_ms: u64,
    is_last: bool,
    has_started: bool,
}

struct Stage<'a> {
    caller: Caller,
    /// Reads real sound; none where the caller is scripted.
    read: Option<Reader<'a>>,
    /// Where the open segment begins.
    segment_from: CallTime,
    shop: Shop,
    handover: Option<Handover>,
    model: Option<Model>,
    call: Call<Dialogue>,
    now: CallTime,
    due: BinaryHeap<Reverse<(CallTime, u64)>>,
    what: Vec<Option<Due>>,
    queue: VecDeque<Queued>,
    playing_since: Option<CallTime>,
    is_paused: bool,
    generation: u64,
    /// What the caller is saying or has just said, with its confidence.
    speech: Option<(String, f32)>,
    last_template: &'static str,
    /// What the agent has begun to say since the caller last did something.
    utterances_since: usize,
    commands: Vec<CallCommand>,
    ended: Option<(CloseCause, Option<EndReason>)>,
    report: Rehearsed,
}

impl<'a> Stage<'a> {
    fn new(file: &CallerFile, house: &House, read: Option<Reader<'a>>) -> Result<Self, CallerFileError> {
        let unknown = |what: &str| CallerFileError(format!("{what}; see the demo shop and `doorstep call --help`"));
        let order = house.orders.iter().find(|order| order.order_ref.0 == file.order);
        let mut order = order.ok_or_else(|| unknown(&format!("order: there is no order {}", file.order)))?.clone();
        file.order_is.apply(&mut order);
        let planned = Arc::new(order.clone());
        file.meanwhile.apply(&mut order);
        let scenario = file.scenario.as_deref().map(Scenario::by_name).transpose();
        let scenario = scenario.map_err(|error| unknown(&format!("scenario: {error}")))?;
        let brief = brief(file, house, scenario, &planned)?;
        let others = house.orders.iter().filter(|other| other.order_ref != order.order_ref).cloned().map(Arc::new);
        let orders = std::iter::once(Arc::new(order.clone())).chain(others).collect();
        let model = Model::of(file, house.guest);
        let dialogue = Dialogue::new(brief, Arc::clone(&house.phrasebook), Arc::clone(&house.understanding));
        let dialogue = if model.is_some() { dialogue.with_model(Arc::clone(&house.checks)) } else { dialogue };
        let mut stage = Self {
            caller: Caller::new(file),
            read,
            segment_from: CallTime::ZERO,
            shop: Shop { orders, lookups: file.lookups, writes: file.writes },
            handover: file.handover,
            model,
            call: Call::new(Arc::clone(&house.settings), dialogue),
            now: CallTime::ZERO,
            due: BinaryHeap::new(),
            what: Vec::new(),
            queue: VecDeque::new(),
            playing_since: None,
            is_paused: false,
            generation: 0,
            speech: None,
            last_template: "",
            utterances_since: 0,
            commands: Vec::new(),
            ended: None,
            report: Rehearsed::default(),
        };
        stage.later(0, Due::Fact(CallEvent::Opened));
        // The line is alive: even a silent caller is not a dead line.
        if stage.read.is_none() {
            stage.later(ONSET_MS, Due::Fact(CallEvent::SoundHeard));
        }
        Ok(stage)
    }

    fn run(&mut self) {
        for _ in 0..STEPS_MAX {
            if self.ended.is_some() {
                return;
            }
            let wake = self.call.next_deadline().map(|(at, _)| at);
            let next = self.due.peek().map(|Reverse((at, _))| *at);
            match (wake, next) {
                (Some(wake), next) if next.is_none_or(|next| wake < next) => {
                    self.now = self.now.max(wake);
                    self.tell(CallEvent::Woken);
                }
                (_, Some(_)) => self.happen(),
                (_, None) => return,
            }
        }
    }

    fn finish(mut self, file: &CallerFile) -> Rehearsed {
        let by = match &self.ended {
            Some((_, Some(EndReason::TechnicalFailure))) => EndedBy::Fault,
            Some((CloseCause::CallerHungUp, _)) => EndedBy::Caller,
            Some((CloseCause::NetworkLost, _)) => EndedBy::Network,
            Some((CloseCause::ProviderError, _)) | None => EndedBy::Fault,
            Some((CloseCause::WeHungUp | CloseCause::HandedOver | CloseCause::Draining, _)) => EndedBy::Agent,
        };
        let outcome = self.call.conversation().conclude(&CallEnding { by, at: self.now });
        self.report.take_outcome(&outcome);
        self.report.call_ms = self.now.as_ms();
        let begun = self.call.playout().utterances().iter().filter(|utterance| utterance.started_at.is_some());
        self.report.agent_lines = begun.map(Utterance::text).collect();
        self.report.judge(&file.expect);
        if self.ended.is_none() {
            self.report.outcome_misses.push("the call does not end".to_owned());
        }
        self.report
    }

    fn later(&mut self, after_ms: u64, what: Due) {
        let at = self.now + Duration::from_millis(after_ms);
        self.due.push(Reverse((at, self.what.len() as u64)));
        self.what.push(Some(what));
    }

    fn happen(&mut self) {
        let Some(Reverse((at, number))) = self.due.pop() else { return };
        self.now = self.now.max(at);
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        match self.what.get_mut(index).and_then(Option::take) {
            Some(Due::Fact(event)) => self.tell(event),
            Some(Due::SentenceEnds { generation }) if generation == self.generation => self.sentence_ends(),
            Some(Due::CallerActs(next)) => self.caller_acts(next),
            Some(Due::CallerStops) => self.tell(CallEvent::VoiceStopped { at: back(self.now, OFFSET_MS) }),
            Some(Due::CallerLooks) => self.caller_looks(),
            Some(Due::SentenceEnds { .. }) | None => (),
        }
    }

    fn tell(&mut self, event: CallEvent) {
        let mut commands = std::mem::take(&mut self.commands);
        self.call.handle(self.now, event, &mut commands);
        for command in commands.drain(..) {
            self.carry_out(command);
        }
        self.commands = commands;
        self.play();
    }

    fn carry_out(&mut self, command: CallCommand) {
        match command {
            CallCommand::Speak { utterance, saying, pace_percent } => self.enqueue(utterance, &saying, pace_percent),
            CallCommand::PauseSpeaking => self.pause(),
            CallCommand::ResumeSpeaking => self.resume(),
            CallCommand::StopSpeaking => self.stop(),
            CallCommand::Transcribe { segment, revision, purpose } => {
                let transcript = Some(Arc::new(self.heard_so_far()));
                self.later(READING_MS, Due::Fact(CallEvent::Read { segment, revision, purpose, transcript }));
            }
            CallCommand::LookUp { request, query } => self.answered(|shop| shop.look_up(request, &query)),
            CallCommand::Record { request, what } => {
                if self.shop.takes_writes() {
                    self.report.records.push(what.kind.to_owned());
                    let details = what.details.iter().map(|(name, value)| ((*name).to_owned(), value.reveal().clone()));
                    self.report.writes.push(Written { kind: what.kind.to_owned(), details: details.collect() });
                }
                self.answered(|shop| shop.write(request, what.kind, format!("{}-1", what.key)));
            }
            CallCommand::OptOut { request, .. } => {
                self.report.opted_out |= self.shop.takes_writes();
                self.answered(|shop| shop.write(request, "opt_out", "opt-out".to_owned()));
            }
            CallCommand::AskModel { reply, .. } => {
                for (after_ms, said) in self.model.as_mut().map(Model::answer).unwrap_or_default() {
                    self.later(after_ms, Due::Fact(CallEvent::Model { reply, said }));
                }
            }
            CallCommand::NoteModel(ModelNote::Blocked(_)) => self.report.blocked += 1,
            // The turn is over: what was said in it has been taken in, or was taken for noise.
            CallCommand::EndSegment { .. } => self.speech = None,
            CallCommand::HandOver { .. } => self.hand_over(),
            CallCommand::HangUp => {
                let cause = CloseCause::WeHungUp;
                self.later(200, Due::Fact(CallEvent::StreamClosed { cause }));
            }
            CallCommand::Conclude { minutes } => {
                self.report.turns = minutes.turns.len();
                self.report.latency_p50_ms = minutes.latency().p50;
                let facts = minutes.facts.iter().map(|fact| (fact.name.clone(), fact.value.reveal().clone()));
                self.report.facts = facts.collect();
                self.ended = Some((minutes.cause, minutes.end_reason));
            }
            CallCommand::BeginSegment { pre_roll, .. } => self.segment_from = self.now - pre_roll,
            CallCommand::Prepare { .. }
            | CallCommand::Expect { .. }
            | CallCommand::CancelModel { .. }
            | CallCommand::NoteModel(ModelNote::Overdue | ModelNote::ToolRefused | ModelNote::ToolTaken)
            | CallCommand::StartRecording
            | CallCommand::StopRecording
            | CallCommand::MaskRecording { .. } => (),
        }
    }

    fn hand_over(&mut self) {
        for (after_ms, fact) in handover::facts_of(self.handover) {
            self.later(after_ms, Due::Fact(fact));
        }
    }

    fn answered(&mut self, answer: impl FnOnce(&Shop) -> (u64, CallEvent)) {
        let (after_ms, event) = answer(&self.shop);
        self.later(after_ms, Due::Fact(event));
    }

    // ---- The agent's voice ----

    fn enqueue(&mut self, utterance: UtteranceId, saying: &Saying, pace_percent: u16) {
        let count = saying.sentences.len();
        for (sentence, said) in saying.sentences.iter().enumerate() {
            let length_ms = said.text.chars().count() as u64 * LETTER_MS * 100 / u64::from(pace_percent.max(1));
            self.queue.push_back(Queued {
                utterance,
                sentence,
                template: said.template,
                text: said.text.clone(),
                left_ms: length_ms,
                length_ms,
                is_last: sentence + 1 == count,
                has_started: false,
            });
        }
    }

    /// Plays what is next, if nothing is being played.
    fn play(&mut self) {
        if self.is_paused || self.playing_since.is_some() {
            return;
        }
        let Some(front) = self.queue.front_mut() else { return };
        let (utterance, sentence, left_ms) = (front.utterance, front.sentence, front.left_ms);
        let (template, is_last) = (front.template, front.is_last);
        let is_new = !std::mem::replace(&mut front.has_started, true);
        let text = front.text.clone();
        self.playing_since = Some(self.now);
        self.generation += 1;
        self.later(left_ms, Due::SentenceEnds { generation: self.generation });
        if is_new {
            self.report.lines.push(SpokenLine { at_ms: self.now.as_ms(), who: template.to_owned(), text });
            self.last_template = template;
            self.utterances_since += usize::from(sentence == 0);
            let is_cut_in = self.caller.interrupts(template) || self.caller.recorded_interrupts(self.utterances_since);
            if is_last && is_cut_in {
                self.later(INTERRUPTS_AFTER_MS, Due::CallerLooks);
            }
            let at = self.now;
            self.tell(CallEvent::SentenceStarted { utterance, sentence, at });
        }
    }

    fn sentence_ends(&mut self) {
        self.playing_since = None;
        let Some(ended) = self.queue.pop_front() else { return };
        self.report.agent_speech_ms += ended.length_ms;
        self.tell(CallEvent::SentenceEnded { utterance: ended.utterance, sentence: ended.sentence });
        if ended.is_last && self.queue.is_empty() {
            self.later(1, Due::CallerLooks);
        }
    }

    fn pause(&mut self) {
        self.is_paused = true;
        self.generation += 1;
        let Some(since) = self.playing_since.take() else { return };
        let played = u64::try_from(self.now.since(since).as_millis()).unwrap_or(u64::MAX);
        if let Some(front) = self.queue.front_mut() {
            front.left_ms = (front.left_ms.saturating_sub(played) + REPEATED_MS).min(front.length_ms);
        }
    }

    fn resume(&mut self) {
        self.is_paused = false;
    }

    fn stop(&mut self) {
        self.is_paused = false;
        self.generation += 1;
        let since = self.playing_since.take();
        let Some(cut) = self.queue.drain(..).next() else { return };
        let played_now = since.map_or(0, |since| self.now.since(since).as_millis() as u64);
        let played_ms = (cut.length_ms - cut.left_ms + played_now).min(cut.length_ms);
        self.report.agent_speech_ms += played_ms;
        if cut.has_started {
            let (utterance, sentence) = (cut.utterance, cut.sentence);
            let played = Duration::from_millis(played_ms);
            self.later(0, Due::Fact(CallEvent::SentenceCut { utterance, sentence, played }));
        }
    }

    // ---- The caller ----

    fn caller_looks(&mut self) {
        if self.speech.is_some() {
            return;
        }
        let recorded = self.caller.recorded(self.utterances_since);
        if let Some(next) = recorded.or_else(|| self.caller.answer(self.last_template)) {
            let after_ms = if next.interrupts { 0 } else { next.after_ms };
            self.later(after_ms, Due::CallerActs(next));
        }
    }

    fn caller_acts(&mut self, next: Next) {
        self.utterances_since = 0;
        match next.deed {
            Deed::Say { text, confidence, speech_ms } => {
                self.report.lines.push(SpokenLine {
                    at_ms: self.now.as_ms(),
                    who: "caller".to_owned(),
                    text: text.clone(),
                });
                self.speech = Some((text, confidence));
                let at = self.now;
                self.later(ONSET_MS, Due::Fact(CallEvent::VoiceStarted { at }));
                self.later(speech_ms.max(ONSET_MS + 20) + OFFSET_MS, Due::CallerStops);
            }
            Deed::Keys(keys) => {
                for key in keys.chars() {
                    self.tell(CallEvent::KeyPressed { key });
                }
            }
            Deed::HangUp => self.tell(CallEvent::StreamClosed { cause: CloseCause::CallerHungUp }),
        }
    }

    fn heard_so_far(&mut self) -> Transcript {
        if let Some(read) = &mut self.read {
            return read(self.segment_from, self.now);
        }
        let Some((text, confidence)) = &self.speech else { return Transcript::default() };
        let word = |word: &str| HeardWord { text: word.to_owned(), confidence: *confidence };
        let words = text.split_whitespace().map(word).collect();
        Transcript::of(vec![Hypothesis { text: text.clone(), words, confidence: *confidence }])
    }
}

fn back(at: CallTime, ms: u64) -> CallTime {
    at - Duration::from_millis(ms)
}
