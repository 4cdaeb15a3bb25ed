//! CALL-1 … CALL-16: what is true of every call after every step, one predicate each.
//!
//! Tests fail on the first breach; in production a [`Checker`] beside each call counts them.

use super::command::CallCommand;
use super::conversation::Conversation;
use super::deadline::Deadline;
use super::event::CallEvent;
use super::machine::Call;
use super::phase::{Floor, Phase};
use super::playout::Fate;
use crate::domain::dialogue::ModelSaid;
use crate::domain::values::{CallTime, ReplyId, SegmentId, UtteranceId};

/// A rule that was broken, by its number and in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    pub number: usize,
    pub rule: &'static str,
}

/// One fact, what followed from it, and the call as it stands after it.
struct Step<'a, C: Conversation> {
    now: CallTime,
    event: &'a CallEvent,
    commands: &'a [CallCommand],
    call: &'a Call<C>,
}

/// What must be remembered from step to step.
#[derive(Clone, Debug, Default)]
struct Memory {
    now: CallTime,
    is_concluded: bool,
    is_hung_up: bool,
    is_paused: bool,
    utterance_last: UtteranceId,
    segment_last: SegmentId,
    segment_open: Option<SegmentId>,
    reply_open: Option<ReplyId>,
    reply_last: ReplyId,
    facts: usize,
}

/// Watches one call. Cheap: it looks at the step, not at the whole call, and allocates only for a breach.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    memory: Memory,
    broken: Vec<Breach>,
}

impl Checker {
    /// Returns the rules that this step broke, by their numbers.
    ///
    /// Order: call it once after each [`Call::handle`], with exactly the commands of that step.
    pub fn check<C: Conversation>(
        &mut self,
        now: CallTime,
        event: &CallEvent,
        commands: &[CallCommand],
        call: &Call<C>,
    ) -> &[Breach] {
        let step = Step { now, event, commands, call };
        let Self { memory, broken } = self;
        broken.clear();
        for (number, (rule, holds)) in (1..).zip(rules::<C>()) {
            if !holds(memory, &step) {
                broken.push(Breach { number, rule });
            }
        }
        memory.take_in(&step);
        broken
    }
}

impl Memory {
    fn take_in<C: Conversation>(&mut self, step: &Step<'_, C>) {
        self.now = self.now.max(step.now);
        self.facts = step.call.facts().len();
        if let CallEvent::Model { reply, said: ModelSaid::Finished | ModelSaid::Failed } = step.event
            && self.reply_open == Some(*reply)
        {
            self.reply_open = None;
        }
        for command in step.commands {
            self.take_in_command(command);
        }
    }

    fn take_in_command(&mut self, command: &CallCommand) {
        match command {
            CallCommand::Speak { utterance, .. } => self.utterance_last = *utterance,
            CallCommand::PauseSpeaking => self.is_paused = true,
            CallCommand::ResumeSpeaking | CallCommand::StopSpeaking => self.is_paused = false,
            CallCommand::BeginSegment { segment, .. } => {
                self.segment_last = *segment;
                self.segment_open = Some(*segment);
            }
            CallCommand::EndSegment { .. } => self.segment_open = None,
            CallCommand::HangUp => self.is_hung_up = true,
            CallCommand::Conclude { .. } => self.is_concluded = true,
            CallCommand::AskModel { reply, .. } => {
                self.reply_open = Some(*reply);
                self.reply_last = *reply;
            }
            CallCommand::CancelModel { .. } => self.reply_open = None,
            CallCommand::Prepare { .. }
            | CallCommand::Expect { .. }
            | CallCommand::Transcribe { .. }
            | CallCommand::LookUp { .. }
            | CallCommand::Record { .. }
            | CallCommand::OptOut { .. }
            | CallCommand::NoteModel(_)
            | CallCommand::HandOver { .. }
            | CallCommand::StartRecording
            | CallCommand::StopRecording
            | CallCommand::MaskRecording { .. } => (),
        }
    }

    /// Whether `holds` is true of every command of a step, given what came before it.
    fn each<C: Conversation>(&self, step: &Step<'_, C>, holds: impl Fn(&Self, &CallCommand) -> bool) -> bool {
        let mut memory = self.clone();
        step.commands.iter().all(|command| {
            let is_held = holds(&memory, command);
            memory.take_in_command(command);
            is_held
        })
    }
}

type Rule<C> = (&'static str, fn(&Memory, &Step<'_, C>) -> bool);

fn rules<C: Conversation>() -> [Rule<C>; 16] {
    [
        ("a call is concluded once, and nothing follows", call_1),
        ("after the order to hang up nothing is said and nobody is listened to", call_2),
        ("utterance ids rise", call_3),
        ("a fact is heard only with the end of its sentence", call_4),
        ("the agent falls silent only while it has something to say", call_5),
        ("a pause ends in going on or in stopping, before anything new is said", call_6),
        ("silence is counted only while nobody speaks", call_7),
        ("time never goes back", call_8),
        ("segments begin and end in turn, and their ids rise", call_9),
        ("a reading is asked only of the open segment", call_10),
        ("an open call is always on its way to something", call_11),
        ("once woken, a call waits for a later time", call_12),
        ("the agent does not begin to speak while the caller has the floor", call_13),
        ("a segment is open exactly while the caller has a turn", call_14),
        ("sayings are held only while the caller speaks or keys", call_15),
        ("a model is at one question at a time, and its ids rise", call_16),
    ]
}

fn call_1<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.each(step, |memory, _| !memory.is_concluded)
        && (memory.is_concluded || step.commands.iter().any(is_conclude)) == (*step.call.phase() == Phase::Ended)
}

fn call_2<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.each(step, |memory, command| {
        let speaks = matches!(
            command,
            CallCommand::Speak { .. }
                | CallCommand::ResumeSpeaking
                | CallCommand::BeginSegment { .. }
                | CallCommand::Transcribe { .. }
                | CallCommand::HangUp
        );
        !(memory.is_hung_up && speaks)
    })
}

fn call_3<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.each(step, |memory, command| speaks(command).is_none_or(|utterance| memory.utterance_last < utterance))
}

fn call_4<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    let has_new = memory.facts < step.call.facts().len();
    if !has_new {
        return true;
    }
    let CallEvent::SentenceEnded { utterance, sentence } = step.event else { return false };
    let said = step.call.playout().utterances().iter().rfind(|said| said.id == *utterance);
    said.and_then(|said| said.fates().get(*sentence)) == Some(&Fate::Heard)
}

fn call_5<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    let has_something = step.call.playout().is_busy();
    memory.each(step, |memory, command| {
        !matches!(command, CallCommand::PauseSpeaking) || (!memory.is_paused && has_something)
    })
}

fn call_6<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.each(step, |memory, command| {
        let needs_pause = matches!(command, CallCommand::ResumeSpeaking);
        let is_new = speaks(command).is_some();
        (!needs_pause || memory.is_paused) && !(is_new && memory.is_paused)
    })
}

fn call_7<C: Conversation>(_: &Memory, step: &Step<'_, C>) -> bool {
    let call = step.call;
    let is_quiet = *call.phase() == Phase::Talking && matches!(call.floor(), Floor::Open) && !call.playout().is_busy();
    is_quiet || !call.is_armed(Deadline::Silence)
}

fn call_8<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.now <= step.now
}

fn call_9<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.each(step, |memory, command| {
        if let CallCommand::BeginSegment { segment, .. } = command {
            memory.segment_open.is_none() && memory.segment_last < *segment
        } else if let CallCommand::EndSegment { segment } = command {
            memory.segment_open == Some(*segment)
        } else {
            true
        }
    })
}

fn call_10<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.each(step, |memory, command| {
        let CallCommand::Transcribe { segment, .. } = command else { return true };
        memory.segment_open == Some(*segment)
    })
}

/// The limits on the whole length do not count: minutes of dead air would pass before them.
fn call_11<C: Conversation>(_: &Memory, step: &Step<'_, C>) -> bool {
    const ON_THE_WAY: [Deadline; 12] = [
        Deadline::NotOpened,
        Deadline::JudgeInterruption,
        Deadline::VoiceTooLong,
        Deadline::TurnEnds,
        Deadline::ReadingOverdue,
        Deadline::KeysComplete,
        Deadline::Silence,
        Deadline::RequestSlow,
        Deadline::ModelOverdue,
        Deadline::PlayoutStalled,
        Deadline::HangUpAnyway,
        Deadline::LineStillOpen,
    ];
    *step.call.phase() == Phase::Ended || ON_THE_WAY.iter().any(|deadline| step.call.is_armed(*deadline))
}

fn call_12<C: Conversation>(_: &Memory, step: &Step<'_, C>) -> bool {
    !matches!(step.event, CallEvent::Woken) || step.call.next_deadline().is_none_or(|(at, _)| step.now < at)
}

fn call_13<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    memory.each(step, |memory, command| speaks(command).is_none() || memory.segment_open.is_none())
}

fn call_14<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    let mut memory = memory.clone();
    memory.take_in(step);
    match step.call.floor() {
        Floor::Caller(turn) | Floor::Contested { turn, .. } => memory.segment_open == Some(turn.segment),
        Floor::Open | Floor::Agent => memory.segment_open.is_none(),
    }
}

fn call_15<C: Conversation>(_: &Memory, step: &Step<'_, C>) -> bool {
    let is_callers = matches!(step.call.floor(), Floor::Caller(_) | Floor::Contested { .. });
    step.call.held_sayings() == 0 || is_callers || step.call.is_armed(Deadline::KeysComplete)
}

/// A reply that has ended by itself is open no more.
fn call_16<C: Conversation>(memory: &Memory, step: &Step<'_, C>) -> bool {
    let ended = if let CallEvent::Model { reply, said: ModelSaid::Finished | ModelSaid::Failed } = step.event {
        Some(*reply)
    } else {
        None
    };
    let reply_open = memory.reply_open.filter(|open| Some(*open) != ended);
    let memory = Memory { reply_open, ..memory.clone() };
    memory.each(step, |memory, command| {
        let CallCommand::AskModel { reply, .. } = command else { return true };
        memory.reply_open.is_none() && memory.reply_last < *reply
    })
}

fn is_conclude(command: &CallCommand) -> bool {
    matches!(command, CallCommand::Conclude { .. })
}

fn speaks(command: &CallCommand) -> Option<UtteranceId> {
    if let CallCommand::Speak { utterance, .. } = command { Some(*utterance) } else { None }
}
