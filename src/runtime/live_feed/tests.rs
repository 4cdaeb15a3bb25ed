use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;

use super::LiveFeed;
use crate::domain::call::{Call, CallCommand, CallDirection, CallEvent, CallSettings, Conversation, OpenedCall};
use crate::domain::dialogue::understanding::vocabulary::{Vocabulary, shipped::english};
use crate::domain::dialogue::{DialogueCommand, DialogueEvent, Saying, Sentence};
use crate::domain::hearing::{ReadingPurpose, Transcript};
use crate::domain::values::{CallId, CallTime, SegmentId, UtteranceId};
use crate::runtime::live_calls::{LiveCall, LiveCalls, LiveChange};

/// Says two things when the line opens, and nothing after that.
#[derive(Clone)]
struct Greeter;

impl Conversation for Greeter {
    fn understands(&self, _: &Transcript) -> bool {
        false
    }

    fn vocabulary(&self) -> &Vocabulary {
        english()
    }

    fn handle(&mut self, _: CallTime, event: DialogueEvent, out: &mut Vec<DialogueCommand>) {
        if let DialogueEvent::Opened = event {
            out.push(DialogueCommand::Say { utterance: first(), saying: saying("Hello.") });
            out.push(DialogueCommand::Say { utterance: first().next(), saying: saying("Who is there?") });
        }
    }
}

fn first() -> UtteranceId {
    UtteranceId::default().next()
}

fn saying(text: &str) -> Saying {
    let sentence =
        Sentence { template: "test", language: "en", text: text.to_owned(), facts: Vec::new(), is_personal: false };
    Saying { sentences: vec![sentence], must_be_heard: false }
}

fn at(ms: u64) -> CallTime {
    CallTime::from_ms(ms)
}

/// A call with its feed; what it tells is read as text.
struct Watched {
    call: Call<Greeter>,
    feed: LiveFeed,
    live: Arc<LiveCall>,
    segment: SegmentId,
}

impl Watched {
    fn new() -> Self {
        let live = LiveCalls::default().begin(OpenedCall {
            id: CallId::new(uuid::Uuid::nil()),
            provider: "test".to_owned(),
            provider_call_id: "1".to_owned(),
            direction: CallDirection::Inbound,
            scenario: "I1_WISMO".to_owned(),
            from: None,
            to: None,
            started_at: jiff::Timestamp::UNIX_EPOCH,
        });
        let call = Call::new(Arc::new(CallSettings::default()), Greeter);
        Self { call, feed: LiveFeed::new(Arc::clone(&live)), live, segment: SegmentId::default() }
    }

    fn happens(&mut self, ms: u64, event: CallEvent) {
        let mut commands = Vec::new();
        self.call.handle(at(ms), event, &mut commands);
        for command in commands {
            if let CallCommand::BeginSegment { segment, .. } = command {
                self.segment = segment;
            }
        }
        self.feed.tell(&self.call, at(ms));
    }

    fn reads(&mut self, ms: u64, text: &str) {
        let (segment, transcript) = (self.segment, Some(Arc::new(Transcript::certain(text))));
        self.happens(ms, CallEvent::Read { segment, revision: 0, purpose: ReadingPurpose::Partial, transcript });
    }

    /// Both sayings heard to their ends by 2000.
    fn greet(&mut self) {
        let (one, two) = (first(), first().next());
        self.happens(0, CallEvent::Opened);
        self.happens(100, CallEvent::SentenceStarted { utterance: one, sentence: 0, at: at(100) });
        self.happens(900, CallEvent::SentenceEnded { utterance: one, sentence: 0 });
        self.happens(1_000, CallEvent::SentenceStarted { utterance: two, sentence: 0, at: at(1_000) });
        self.happens(2_000, CallEvent::SentenceEnded { utterance: two, sentence: 0 });
    }

    fn kept_lines(&self) -> Vec<String> {
        self.live.snapshot().transcript.into_iter().map(|line| told(LiveChange::Line { line })).collect()
    }
}

fn told(change: LiveChange) -> String {
    match change {
        LiveChange::Hearing { text } => format!("hearing {:?}", text.reveal()),
        LiveChange::Line { line } => format!(
            "{:?} {}-{} {:?}: {}",
            line.role,
            line.from_ms.as_ms(),
            line.to_ms.as_ms(),
            line.heard,
            line.text.reveal()
        ),
        LiveChange::Floor { floor, at_ms } => format!("{floor} at {}", at_ms.as_ms()),
        LiveChange::Fact { .. } | LiveChange::Turn { .. } | LiveChange::Handover { .. } | LiveChange::Ended { .. } => {
            "other".to_owned()
        }
    }
}

fn all_told(changes: &mut Receiver<LiveChange>) -> Vec<String> {
    std::iter::from_fn(|| changes.try_recv().ok()).map(told).collect()
}

#[test]
fn a_line_comes_again_when_it_is_known_how_much_was_heard() {
    let mut watched = Watched::new();
    let mut changes = watched.live.watch();
    watched.greet();
    let expected = [
        "thinking at 0",
        "Agent 100-100 Part: Hello.",
        "agent at 100",
        "Agent 100-900 Whole: Hello.",
        "thinking at 900",
        "Agent 1000-1000 Part: Who is there?",
        "agent at 1000",
        "Agent 1000-2000 Whole: Who is there?",
        "open at 2000",
    ];
    assert_eq!(all_told(&mut changes), expected);
    assert_eq!(watched.kept_lines(), ["Agent 100-900 Whole: Hello.", "Agent 1000-2000 Whole: Who is there?"]);
}

#[test]
fn a_line_dropped_unheard_holds_back_no_other() {
    let mut watched = Watched::new();
    let (one, two) = (first(), first().next());
    watched.happens(0, CallEvent::Opened);
    watched.happens(50, CallEvent::SentenceFailed { utterance: one, sentence: 0 });
    watched.happens(100, CallEvent::SentenceStarted { utterance: two, sentence: 0, at: at(100) });
    let played = Duration::from_millis(300);
    watched.happens(900, CallEvent::SentenceCut { utterance: two, sentence: 0, played });
    assert_eq!(watched.kept_lines(), ["Agent 50-50 None: Hello.", "Agent 100-400 Part: Who is there?"]);
}

#[test]
fn what_the_caller_seems_to_say_is_told_once_without_secrets() {
    let mut watched = Watched::new();
    watched.greet();
    let mut changes = watched.live.watch();
    watched.happens(3_000, CallEvent::VoiceStarted { at: at(3_000) });
    assert_eq!(all_told(&mut changes), ["caller at 3000"]);
    watched.reads(3_500, "my card is");
    assert_eq!(all_told(&mut changes), ["hearing \"my card is\""]);
    watched.happens(3_600, CallEvent::Woken);
    assert_eq!(all_told(&mut changes), [""; 0]);
    watched.reads(4_000, "my card is 4111 1111 1111 1111");
    let seen = all_told(&mut changes).concat();
    assert!(seen.starts_with("hearing \"my card is ") && !seen.contains("4111"), "{seen}");
}

#[test]
fn nobody_watching_costs_no_look_at_the_words() {
    let mut watched = Watched::new();
    watched.greet();
    watched.happens(3_000, CallEvent::VoiceStarted { at: at(3_000) });
    watched.reads(3_500, "where is");
    assert!(watched.feed.hearing.is_none());
    let mut changes = watched.live.watch();
    watched.happens(3_600, CallEvent::Woken);
    assert_eq!(all_told(&mut changes), ["hearing \"where is\""]);
}
