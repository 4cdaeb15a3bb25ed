//! Plays a timeline against a call and writes down what it ordered.

use std::sync::Arc;
use std::time::Duration;

use super::script::{Script, Scripted};
use crate::domain::call::{
    Call, CallCommand, CallEvent, CallSettings, Checker, CloseCause, Conversation, Likelihood, Minutes,
};
use crate::domain::dialogue::{ModelSaid, RecordAck};
use crate::domain::hearing::{Hypothesis, ReadingPurpose, Transcript};
use crate::domain::values::{CallTime, ReplyId, RequestId, SegmentId, UtteranceId};

/// A call after its timeline.
pub struct Played<C: Conversation = Scripted> {
    pub told: Vec<String>,
    pub minutes: Option<Minutes>,
    pub call: Call<C>,
}

impl<C: Conversation> Played<C> {
    /// What reached the conversation, in order.
    pub fn told(&self, expected: &str) -> &Self {
        assert_eq!(self.told.join(" | "), flat(expected));
        self
    }

    /// The facts the caller heard.
    pub fn facts(&self, expected: &str) -> &Self {
        let facts = self.minutes.as_ref().map_or_else(|| self.call.facts(), |minutes| &minutes.facts);
        let facts: Vec<&str> = facts.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(facts.join(" "), expected);
        self
    }

    /// The transcript as it was concluded: `Agent 100-900 Whole greeting`.
    pub fn lines(&self, expected: &str) -> &Self {
        let minutes = self.minutes.as_ref().expect("the call was concluded");
        let lines: Vec<String> = minutes.transcript.iter().map(line).collect();
        assert_eq!(lines.join(" | "), flat(expected));
        self
    }
}

fn line(line: &crate::domain::call::TranscriptLine) -> String {
    let (from, to) = (line.from_ms.as_ms(), line.to_ms.as_ms());
    format!("{:?} {from}-{to} {:?} {}", line.role, line.heard, line.text.reveal())
}

/// Checks that the facts lead to the commands, every invariant after every step. `Expect` and `Prepare` of things said
/// later are left out.
#[track_caller]
pub fn check(script: Script, facts: &str, expected: &str) -> Played {
    // Live looks would fill every timeline.
    check_with(CallSettings { live_partials_every: None, ..CallSettings::default() }, script, facts, expected)
}

#[track_caller]
pub fn check_with(settings: CallSettings, script: Script, facts: &str, expected: &str) -> Played {
    let Played { minutes, call, .. } = check_conversation(settings, Scripted::new(script), facts, expected);
    Played { told: call.conversation().told.clone(), minutes, call }
}

/// The same with any conversation.
#[track_caller]
pub fn check_conversation<C: Conversation>(
    settings: CallSettings,
    conversation: C,
    facts: &str,
    expected: &str,
) -> Played<C> {
    let (written, played) = play(settings, conversation, facts);
    assert_eq!(written.join(" | "), flat(expected));
    played
}

/// What a call orders on these facts, every invariant checked after every step.
#[track_caller]
pub fn play<C: Conversation>(settings: CallSettings, conversation: C, facts: &str) -> (Vec<String>, Played<C>) {
    let mut player = Player {
        call: Call::new(Arc::new(settings), conversation),
        checker: Checker::default(),
        written: Vec::new(),
        asked: Vec::new(),
        minutes: None,
    };
    for fact in facts.split('|').map(str::trim).filter(|fact| !fact.is_empty()) {
        let (at, what) = fact.split_once(' ').expect("a time and a fact");
        let at = CallTime::from_ms(at.parse().expect("milliseconds"));
        player.wake_until(at);
        if what != "wait" {
            let event = player.event(at, what);
            player.step(at, &event);
        }
    }
    (player.written, Played { told: Vec::new(), minutes: player.minutes, call: player.call })
}

fn flat(text: &str) -> String {
    text.split('|').map(str::trim).collect::<Vec<_>>().join(" | ")
}

struct Player<C: Conversation> {
    call: Call<C>,
    checker: Checker,
    written: Vec<String>,
    asked: Vec<(SegmentId, u32, ReadingPurpose)>,
    minutes: Option<Minutes>,
}

impl<C: Conversation> Player<C> {
    fn wake_until(&mut self, until: CallTime) {
        while let Some((at, _)) = self.call.next_deadline().filter(|(at, _)| *at <= until) {
            self.step(at, &CallEvent::Woken);
        }
    }

    fn step(&mut self, now: CallTime, event: &CallEvent) {
        let mut commands = Vec::new();
        self.call.handle(now, event.clone(), &mut commands);
        let breaches = self.checker.check(now, event, &commands, &self.call);
        assert_eq!(breaches, [], "at {now:?} after {event:?}: {commands:?}\nso far {:?}", self.written);
        for command in commands {
            if let CallCommand::Transcribe { segment, revision, purpose } = &command {
                self.asked.push((*segment, *revision, *purpose));
            }
            if let Some(text) = written(&command) {
                self.written.push(format!("{} {text}", now.as_ms()));
            }
            if let CallCommand::Conclude { minutes } = command {
                self.minutes = Some(*minutes);
            }
        }
    }

    fn event(&self, now: CallTime, what: &str) -> CallEvent {
        let words: Vec<&str> = what.split_whitespace().collect();
        match words.as_slice() {
            ["opened"] => CallEvent::Opened,
            ["sound"] => CallEvent::SoundHeard,
            ["voice", "on"] => CallEvent::VoiceStarted { at: now },
            ["voice", "off"] => CallEvent::VoiceStopped { at: now },
            ["key", key] => CallEvent::KeyPressed { key: key.chars().next().unwrap() },
            ["started", id] => {
                let (utterance, sentence) = utterance(id);
                CallEvent::SentenceStarted { utterance, sentence, at: now }
            }
            ["ended", id] => {
                let (utterance, sentence) = utterance(id);
                CallEvent::SentenceEnded { utterance, sentence }
            }
            ["failed", id] => {
                let (utterance, sentence) = utterance(id);
                CallEvent::SentenceFailed { utterance, sentence }
            }
            ["cut", id, played] => {
                let (utterance, sentence) = utterance(id);
                let played = Duration::from_millis(played.parse().unwrap());
                CallEvent::SentenceCut { utterance, sentence, played }
            }
            ["found", id] => CallEvent::OrdersFound { request: RequestId(number(id)), orders: Vec::new() },
            ["not-found", id] => CallEvent::LookupFailed { request: RequestId(number(id)) },
            ["asked", id] => recorded(id, RecordAck::Asked),
            ["recorded", id] => recorded(id, RecordAck::PassedOn),
            ["not-recorded", id] => CallEvent::RecordFailed { request: RequestId(number(id)) },
            ["model", id, "finished"] => model(id, ModelSaid::Finished),
            ["model", id, "failed"] => model(id, ModelSaid::Failed),
            ["model", id, words @ ..] => model(id, ModelSaid::Sentence(words.join(" ").into())),
            ["closed", cause] => CallEvent::StreamClosed { cause: close_cause(cause) },
            ["read", ..] => self.read(what),
            other => panic!("no such fact: {other:?}"),
        }
    }

    /// `read partial 'text'`, `read speculative #1.2 'text' 0.3`, `read final nothing`.
    fn read(&self, what: &str) -> CallEvent {
        let (head, text, tail) = match what.split('\'').collect::<Vec<_>>().as_slice() {
            [head, text, tail] => (head.to_string(), Some(text.to_string()), tail.trim().to_owned()),
            _ => (what.to_owned(), None, String::new()),
        };
        let purpose = match head.split_whitespace().nth(1) {
            Some("partial") => ReadingPurpose::Partial,
            Some("speculative") => ReadingPurpose::Speculative,
            Some("final") => ReadingPurpose::Final,
            other => panic!("no such purpose: {other:?}"),
        };
        let named = head.split_whitespace().find(|word| word.starts_with('#')).map(utterance);
        let last = self.asked.iter().rfind(|(_, _, asked)| *asked == purpose);
        let (segment, revision) = match (named, last) {
            (Some((id, revision)), _) => (SegmentId(id.0), u32::try_from(revision).unwrap()),
            (None, Some((segment, revision, _))) => (*segment, *revision),
            (None, None) => panic!("no reading was asked for: {what}; so far {:?}", self.written),
        };
        let transcript = text.map(|text| Arc::new(transcript(&text, tail.parse().unwrap_or(1.0))));
        CallEvent::Read { segment, revision, purpose, transcript }
    }
}

pub fn transcript(text: &str, confidence: f32) -> Transcript {
    if text.is_empty() {
        return Transcript::default();
    }
    let Hypothesis { text, words, .. } = Transcript::certain(text).hypotheses.remove(0);
    Transcript::of(vec![Hypothesis { text, words, confidence }])
}

fn utterance(id: &str) -> (UtteranceId, usize) {
    let (id, sentence) = id.split_once('.').expect("an id and a place");
    (UtteranceId(number(id)), sentence.parse().unwrap())
}

fn model(id: &str, said: ModelSaid) -> CallEvent {
    CallEvent::Model { reply: ReplyId(number(id)), said }
}

fn number(id: &str) -> u32 {
    id.trim_start_matches('#').parse().unwrap()
}

fn close_cause(name: &str) -> CloseCause {
    match name {
        "caller" => CloseCause::CallerHungUp,
        "we" => CloseCause::WeHungUp,
        "network" => CloseCause::NetworkLost,
        "provider" => CloseCause::ProviderError,
        "drain" => CloseCause::Draining,
        other => panic!("no such cause: {other}"),
    }
}

fn written(command: &CallCommand) -> Option<String> {
    let templates = |sentences: &[crate::domain::dialogue::Sentence]| {
        sentences.iter().map(|sentence| sentence.template).collect::<Vec<_>>().join("+")
    };
    Some(match command {
        CallCommand::Speak { utterance, saying, pace_percent: 100 } => {
            format!("Speak {utterance:?} {}", templates(&saying.sentences))
        }
        CallCommand::Speak { utterance, saying, pace_percent } => {
            format!("Speak {utterance:?} {} at {pace_percent}%", templates(&saying.sentences))
        }
        CallCommand::PauseSpeaking => "PauseSpeaking".into(),
        CallCommand::ResumeSpeaking => "ResumeSpeaking".into(),
        CallCommand::StopSpeaking => "StopSpeaking".into(),
        CallCommand::Prepare { sentences, likelihood: Likelihood::Next, .. } => {
            format!("Prepare {}", templates(sentences))
        }
        CallCommand::Prepare { likelihood: Likelihood::Later, .. } => return None,
        CallCommand::Expect { .. } => return None,
        CallCommand::BeginSegment { segment, .. } => format!("Begin {segment:?}"),
        CallCommand::Transcribe { segment, revision, purpose } => format!("Read {segment:?}.{revision} {purpose:?}"),
        CallCommand::EndSegment { segment } => format!("End {segment:?}"),
        CallCommand::LookUp { request, .. } => format!("LookUp {request:?}"),
        CallCommand::Record { request, .. } => format!("Record {request:?}"),
        CallCommand::OptOut { request, .. } => format!("OptOut {request:?}"),
        CallCommand::AskModel { reply, .. } => format!("Ask {reply:?}"),
        CallCommand::CancelModel { reply } => format!("CancelAsk {reply:?}"),
        CallCommand::NoteModel(note) => format!("Note {note:?}"),
        CallCommand::StartRecording => "StartRecording".into(),
        CallCommand::StopRecording => "StopRecording".into(),
        CallCommand::MaskRecording { from } => format!("Mask {}", from.as_ms()),
        CallCommand::HandOver { order, .. } => format!("HandOver {}", order.request),
        CallCommand::HangUp => "HangUp".into(),
        CallCommand::Conclude { minutes } => match minutes.end_reason {
            Some(reason) => format!("Conclude {:?} {reason:?}", minutes.cause),
            None => format!("Conclude {:?}", minutes.cause),
        },
    })
}

fn recorded(id: &str, ack: RecordAck) -> CallEvent {
    CallEvent::RequestRecorded { request: RequestId(number(id)), id: "R1".into(), ack }
}
