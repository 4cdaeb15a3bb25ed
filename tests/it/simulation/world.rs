//! Everything around a call, on a virtual clock: what is due next happens next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use doorstep::domain::call::{Call, CallCommand, CallEvent, CallSettings, CloseCause, Conversation, Phase};
use doorstep::domain::dialogue::{OrderQuery, RecordAck};
use doorstep::domain::hearing::{Hypothesis, ReadingPurpose, Transcript};
use doorstep::domain::orders::Order;
use doorstep::domain::values::{CallTime, RequestId, SegmentId};

use super::line::{Faults, Line, Reports};
use super::model;
use super::rng::Rng;

/// No call is longer than its limit, the time away with a person of whom no word comes, and the time to close the line.
const LONGEST: CallTime = CallTime::from_ms(700_000 + 900_000);

/// More steps than this for one call are a loop.
const STEPS_MAX: u32 = 60_000;

/// Something that is due.
#[derive(Clone, Debug)]
enum Due {
    Fact(CallEvent),
    Caller(Move),
    Line { generation: u64 },
}

/// What the caller's side of the line sends, each with its delay in milliseconds.
#[derive(Clone, Debug)]
pub enum Move {
    VoiceOn,
    VoiceOff,
    Key(char),
    HangUp,
    /// Choose what to do next.
    Choose,
}

/// Who is on the other side: the person who calls, and the shop's records.
pub trait Party<C: Conversation> {
    /// The next moves; the last is another choice, unless the caller hangs up.
    ///
    /// `echoes`: our own voice can be heard, so it may come back to us.
    fn choose(&mut self, rng: &mut Rng, call: &Call<C>, echoes: bool) -> Vec<(u64, Move)>;

    /// The words of the turn that is being spoken, and how sure a recogniser is of them in the end.
    fn spoken(&self) -> (&str, f32);

    fn find(&self, query: &OrderQuery) -> Vec<Arc<Order>>;
}

/// What a run is watched for: nothing when only its speed matters.
pub trait Watch<C: Conversation> {
    fn before(&mut self, call: &Call<C>);
    fn after(&mut self, now: CallTime, event: &CallEvent, commands: &[CallCommand], call: &Call<C>);
}

pub struct World<C: Conversation, P: Party<C>> {
    pub call: Call<C>,
    rng: Rng,
    pub now: CallTime,
    due: BinaryHeap<Reverse<(CallTime, u64)>>,
    /// By the number in `due`, from `first` on.
    what: Vec<Option<Due>>,
    line: Line,
    pub party: P,
    commands: Vec<CallCommand>,
    is_line_open: bool,
    pub conclusions: u32,
    pub steps: u32,
}

impl<C: Conversation, P: Party<C>> World<C, P> {
    pub fn new(seed: u64, cast: impl FnOnce(&mut Rng) -> (P, CallSettings, C)) -> Self {
        let mut rng = Rng::new(seed);
        let is_good_line = rng.percent(50);
        let faults = if is_good_line {
            Faults { sentence_fails: 0, report_lost: 0, stalls: 0, doubled: 1 }
        } else {
            Faults { sentence_fails: 8, report_lost: 4, stalls: 2, doubled: 5 }
        };
        let (party, settings, conversation) = cast(&mut rng);
        let call = Call::new(Arc::new(settings), conversation);
        let mut world = Self {
            call,
            rng,
            now: CallTime::ZERO,
            due: BinaryHeap::new(),
            what: Vec::new(),
            line: Line::new(faults),
            party,
            commands: Vec::new(),
            is_line_open: true,
            conclusions: 0,
            steps: 0,
        };
        world.begin();
        // Some lines carry nothing to us, not even noise.
        if seed % 5 != 2 {
            world.later(40, Due::Fact(CallEvent::SoundHeard));
        }
        world
    }

    fn begin(&mut self) {
        if !self.rng.percent(2) {
            let at = self.rng.between(0, 3_000);
            self.later(at, Due::Fact(CallEvent::Opened));
        }
        let first = self.rng.between(0, 9_000);
        self.later(first, Due::Caller(Move::Choose));
        let cause = match self.rng.between(0, 100) {
            0..5 => CloseCause::NetworkLost,
            5..8 => CloseCause::ProviderError,
            8..11 => CloseCause::Draining,
            11..13 => CloseCause::CallerHungUp,
            _ => return,
        };
        let latest = if self.rng.percent(20) { 2_000 } else { 90_000 };
        let at = self.rng.between(0, latest);
        self.later(at, Due::Fact(CallEvent::StreamClosed { cause }));
    }

    /// Plays the call to its end.
    pub fn run(&mut self, watch: &mut impl Watch<C>) {
        while *self.call.phase() != Phase::Ended {
            self.steps += 1;
            assert!(self.steps < STEPS_MAX, "the call goes round in circles at {:?}", self.now);
            assert!(self.now < LONGEST, "the call does not end");
            let wake = self.call.next_deadline().map(|(at, _)| at);
            let due = self.due.peek().map(|Reverse((at, _))| *at);
            match (wake, due) {
                // A fact and a deadline of the same moment may come in either order.
                (Some(wake), Some(due)) if wake < due || wake == due && self.rng.percent(50) => {
                    self.fact(wake, &CallEvent::Woken, watch);
                }
                (_, Some(at)) => self.happen(at, watch),
                (Some(wake), None) => self.fact(wake, &CallEvent::Woken, watch),
                (None, None) => panic!("the call waits for nothing"),
            }
        }
        // The world does not stop with the call: what is still under way must change nothing.
        for _ in 0..3 {
            if let Some(Reverse((at, _))) = self.due.peek().copied() {
                self.happen(at, watch);
            }
        }
    }

    fn later(&mut self, after: u64, what: Due) {
        let at = self.now + Duration::from_millis(after);
        self.due.push(Reverse((at, self.what.len() as u64)));
        self.what.push(Some(what));
    }

    fn happen(&mut self, at: CallTime, watch: &mut impl Watch<C>) {
        let Some(Reverse((_, number))) = self.due.pop() else { return };
        self.now = self.now.max(at);
        match self.what[number as usize].take() {
            Some(Due::Fact(event)) => self.fact(at, &event, watch),
            Some(Due::Caller(move_)) => self.caller_moves(&move_, watch),
            Some(Due::Line { generation }) => {
                let mut reports = Reports::new();
                let next = self.line.step(&mut self.rng, self.now, generation, &mut reports);
                self.line_reports(reports, next);
            }
            None => (),
        }
    }

    fn caller_moves(&mut self, move_: &Move, watch: &mut impl Watch<C>) {
        if !self.is_line_open {
            return;
        }
        let lag = Duration::from_millis(self.rng.between(20, 60));
        match move_ {
            Move::VoiceOn => self.fact(self.now, &CallEvent::VoiceStarted { at: self.now - lag }, watch),
            Move::VoiceOff => self.fact(self.now, &CallEvent::VoiceStopped { at: self.now - lag }, watch),
            Move::Key(key) => self.fact(self.now, &CallEvent::KeyPressed { key: *key }, watch),
            Move::HangUp => {
                self.is_line_open = false;
                self.later(30, Due::Fact(CallEvent::StreamClosed { cause: CloseCause::CallerHungUp }));
            }
            Move::Choose => {
                let echoes = self.line.is_audible();
                for (after, next) in self.party.choose(&mut self.rng, &self.call, echoes) {
                    self.later(after, Due::Caller(next));
                }
            }
        }
    }

    fn fact(&mut self, at: CallTime, event: &CallEvent, watch: &mut impl Watch<C>) {
        self.now = self.now.max(at);
        watch.before(&self.call);
        let mut commands = std::mem::take(&mut self.commands);
        self.call.handle(self.now, event.clone(), &mut commands);
        watch.after(self.now, event, &commands, &self.call);
        for command in commands.drain(..) {
            self.carry_out(command);
        }
        self.commands = commands;
    }

    /// Somebody takes the call, nobody does, or the caller does not wait for it.
    fn put_through(&mut self) {
        let after = self.rng.between(200, 60_000);
        match self.rng.between(0, 10) {
            0..4 => {
                self.later(after, Due::Fact(CallEvent::HandedOver));
                self.later(after, Due::Fact(CallEvent::StreamClosed { cause: CloseCause::HandedOver }));
            }
            4..8 => {
                self.later(after / 2, Due::Fact(CallEvent::HandoverSlow));
                self.later(after, Due::Fact(CallEvent::HandoverFailed));
            }
            8 => self.later(after, Due::Fact(CallEvent::StreamClosed { cause: CloseCause::CallerHungUp })),
            // No word ever comes.
            _ => (),
        }
    }

    fn carry_out(&mut self, command: CallCommand) {
        let mut reports = Reports::new();
        match command {
            CallCommand::Speak { utterance, saying, .. } => {
                let next = self.line.speak(&mut self.rng, utterance, &saying, &mut reports);
                self.line_reports(reports, next);
            }
            CallCommand::PauseSpeaking => self.line.pause(self.now),
            CallCommand::ResumeSpeaking => {
                let next = self.line.resume(self.now);
                self.line_reports(reports, next);
            }
            CallCommand::StopSpeaking => {
                self.line.stop(self.now, &mut reports);
                self.line_reports(reports, None);
            }
            CallCommand::Transcribe { segment, revision, purpose } => self.transcribe(segment, revision, purpose),
            CallCommand::LookUp { request, query } => self.look_up(request, &query),
            CallCommand::Record { request, .. } | CallCommand::OptOut { request, .. } => self.record(request),
            CallCommand::AskModel { reply, question } => {
                for (delay, said) in model::replies(&mut self.rng, &question) {
                    self.later(delay, Due::Fact(CallEvent::Model { reply, said }));
                }
            }
            CallCommand::HandOver { .. } => self.put_through(),
            CallCommand::HangUp => {
                self.is_line_open = false;
                if !self.rng.percent(5) {
                    let cause = if self.rng.percent(30) { CloseCause::CallerHungUp } else { CloseCause::WeHungUp };
                    let after = self.rng.between(20, 800);
                    self.later(after, Due::Fact(CallEvent::StreamClosed { cause }));
                }
            }
            CallCommand::Conclude { .. } => self.conclusions += 1,
            CallCommand::Prepare { .. }
            | CallCommand::Expect { .. }
            | CallCommand::BeginSegment { .. }
            | CallCommand::EndSegment { .. }
            | CallCommand::CancelModel { .. }
            | CallCommand::NoteModel(_)
            | CallCommand::StartRecording
            | CallCommand::StopRecording
            | CallCommand::MaskRecording { .. } => (),
        }
    }

    fn line_reports(&mut self, reports: Reports, next: Option<u64>) {
        for (after, event) in reports {
            self.later(after, Due::Fact(event));
        }
        if let Some(after) = next {
            let generation = self.line.generation;
            self.later(after, Due::Line { generation });
        }
    }

    // ---- Slow, forgetful helpers ----

    fn transcribe(&mut self, segment: SegmentId, revision: u32, purpose: ReadingPurpose) {
        let delay = match self.rng.between(0, 100) {
            0..80 => self.rng.between(40, 350),
            80..92 => self.rng.between(350, 1_500),
            92..97 => self.rng.between(1_500, 4_500),
            // Never.
            _ => return,
        };
        let share = match purpose {
            ReadingPurpose::Partial => self.rng.between(0, 100),
            ReadingPurpose::Speculative | ReadingPurpose::Final => 100,
        };
        let transcript = (!self.rng.percent(8)).then(|| Arc::new(self.hear(share)));
        let event = CallEvent::Read { segment, revision, purpose, transcript };
        self.answer(delay, event);
    }

    fn hear(&self, share: u64) -> Transcript {
        let (words, confidence) = self.party.spoken();
        let until = words.floor_char_boundary(words.len() * share as usize / 100);
        let until = words[..until].rfind(' ').filter(|_| share < 100).unwrap_or(until);
        if until == 0 {
            return Transcript::default();
        }
        let text = words[..until].to_owned();
        Transcript::of(vec![Hypothesis { text, words: Vec::new(), confidence }])
    }

    fn look_up(&mut self, request: RequestId, query: &OrderQuery) {
        let delay = match self.rng.between(0, 100) {
            0..70 => self.rng.between(30, 900),
            70..92 => self.rng.between(900, 14_000),
            92..97 => self.rng.between(14_000, 20_000),
            _ => return,
        };
        let event = if self.rng.percent(15) {
            CallEvent::LookupFailed { request }
        } else {
            CallEvent::OrdersFound { request, orders: self.party.find(query) }
        };
        self.answer(delay, event);
    }

    fn record(&mut self, request: RequestId) {
        let mut delay = if self.rng.percent(90) { self.rng.between(5, 400) } else { self.rng.between(400, 20_000) };
        if self.rng.percent(20) {
            // It is kept, and whoever carries it out thinks about it.
            let id = "R".to_owned();
            self.answer(delay, CallEvent::RequestRecorded { request, id, ack: RecordAck::Asked });
            delay += self.rng.between(0, 2_500);
        }
        let event = if self.rng.percent(10) {
            CallEvent::RecordFailed { request }
        } else {
            CallEvent::RequestRecorded { request, id: "R".to_owned(), ack: RecordAck::PassedOn }
        };
        self.answer(delay, event);
    }

    /// Delivers an answer, now and then twice.
    fn answer(&mut self, delay: u64, event: CallEvent) {
        if self.rng.percent(4) {
            let again = delay + self.rng.between(0, 500);
            self.later(again, Due::Fact(event.clone()));
        }
        self.later(delay, Due::Fact(event));
    }
}

/// Some calls live by shorter times, so that the long limits are met too.
pub fn settings(rng: &mut Rng) -> CallSettings {
    let mut settings = CallSettings::default();
    if rng.percent(10) {
        settings.length_warning = Duration::from_secs(20);
        settings.length_max = Duration::from_secs(45);
    }
    if rng.percent(10) {
        settings.live_partials_every = None;
    }
    settings
}
