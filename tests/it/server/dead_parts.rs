//! Parts that die in the middle of a call: the caller is told or hears another voice, and the outcome is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use doorstep::adapters::speech_to_text::fake::FakeRecogniser;
use doorstep::adapters::text_to_speech::fake::FakeVoice;
use doorstep::domain::call::{Disposition, FinishedCall};
use doorstep::domain::hearing::RecognitionContext;
use doorstep::domain::values::{CallId, SegmentId};
use doorstep::ports::speech_to_text::{
    Reading, ReadingPurpose, ReadingSink, SpeechToText, SpeechToTextError, SpeechToTextStream,
};
use doorstep::ports::text_to_speech::{
    SpeechContextId, SpeechEvent, SpeechRequest, SpeechSink, TextToSpeech, TextToSpeechError,
};
use doorstep::simulator::{CallEnd, Step};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::harness::{CUSTOMER, Server, says, script, scripted_speech};

const WAIT: Step = Step::WaitForAgent { silence_ms: 700 };

/// The words of a side, in order.
fn said(file: &FinishedCall) -> String {
    file.transcript.iter().map(|line| line.text.reveal().as_str()).collect::<Vec<_>>().join(" ")
}

async fn only_file(server: &Server) -> FinishedCall {
    server.filed(1).await.remove(0).finished.expect("it is filed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_is_admitted_and_the_outcome_waits_for_it() {
    let server = Server::with_fake_speech(|_| ()).await;
    let url = format!("sqlite://{}", server.folder.path().join("doorstep.db").display());
    let mut database = SqliteConnection::connect(&url).await.expect("it is there");
    for take_away in ["ALTER TABLE orders RENAME TO orders_away", "ALTER TABLE calls RENAME TO calls_away"] {
        database.execute(take_away).await.expect("renamed");
    }
    let steps = vec![WAIT, says("where-is-my-order.wav"), WAIT, Step::HangUp];
    let report = server.carrier(CUSTOMER, 1).call(script(steps), 1).await;
    assert_eq!(report.violations, Vec::<String>::new());
    assert_eq!(report.underruns.count, 0);
    for bring_back in ["ALTER TABLE orders_away RENAME TO orders", "ALTER TABLE calls_away RENAME TO calls"] {
        database.execute(bring_back).await.expect("renamed");
    }
    let file = only_file(&server).await;
    assert!(said(&file).contains("I cannot reach our orders just now."), "{}", said(&file));
    assert!(!said(&file).contains("Nagpur"));
    assert!(file.facts.iter().all(|fact| !fact.name.contains("eta")), "{:?}", file.facts);
    assert_ne!(file.outcome.disposition, Disposition::StatusGiven);
    server.stopped().await;
}

/// Hears its script for so many readings, in all calls; then every reading fails.
struct DyingRecogniser {
    script: FakeRecogniser,
    left: Arc<AtomicUsize>,
}

struct DyingStream {
    script: Box<dyn SpeechToTextStream>,
    left: Arc<AtomicUsize>,
    sink: ReadingSink,
}

fn takes_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

impl SpeechToText for DyingRecogniser {
    fn version(&self) -> String {
        "dying".to_owned()
    }

    fn open(&self, call: CallId, sink: ReadingSink) -> Result<Box<dyn SpeechToTextStream>, SpeechToTextError> {
        let script = self.script.open(call, sink.clone())?;
        Ok(Box::new(DyingStream { script, left: Arc::clone(&self.left), sink }))
    }
}

impl SpeechToTextStream for DyingStream {
    fn sample_rate_hz(&self) -> u32 {
        self.script.sample_rate_hz()
    }

    fn push(&mut self, samples: &[i16]) {
        self.script.push(samples);
    }

    fn expect(&mut self, context: Arc<RecognitionContext>) {
        self.script.expect(context);
    }

    fn begin_segment(&mut self, segment: SegmentId, pre_roll: Duration) {
        self.script.begin_segment(segment, pre_roll);
    }

    fn transcribe(&mut self, segment: SegmentId, revision: u32, purpose: ReadingPurpose) {
        if takes_one(&self.left) {
            return self.script.transcribe(segment, revision, purpose);
        }
        let result = Err(SpeechToTextError::Failed { reason: "it died".to_owned() });
        let (decode, queued) = (Duration::ZERO, Duration::ZERO);
        (self.sink)(Reading { segment, revision, purpose, result, decode, queued });
    }

    fn end_segment(&mut self, segment: SegmentId) {
        self.script.end_segment(segment);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recogniser_that_dies_leaves_nobody_without_an_answer() {
    let left = Arc::new(AtomicUsize::new(1));
    let dying = DyingRecogniser { script: FakeRecogniser::default(), left: Arc::clone(&left) };
    let server = Server::start_with(scripted_speech, |speech| speech.recogniser = Arc::new(dying)).await;
    let ask = || says("where-is-my-order.wav");
    let steps = vec![WAIT, ask(), WAIT, ask(), WAIT, ask(), WAIT, ask(), WAIT, ask(), WAIT];
    let report = server.carrier(CUSTOMER, 2).call(script(steps), 1).await;
    assert_eq!(left.load(Ordering::Relaxed), 0, "it died on the way");
    assert_eq!(report.end, CallEnd::AgentClosed { code: Some(1_000) }, "the caller is not left to wait");
    let file = only_file(&server).await;
    assert!(said(&file).contains("Press one"), "there are keys beside words: {}", said(&file));
    assert!(said(&file).contains("ring you back"), "{}", said(&file));
    assert_eq!(file.outcome.disposition, Disposition::EscalatedCallback, "{:?}", file.outcome.secondary);
    server.stopped().await;
}

/// Fails at every sentence.
struct DeadVoice;

impl TextToSpeech for DeadVoice {
    fn version(&self) -> String {
        "dead".to_owned()
    }

    fn sample_rate_hz(&self) -> u32 {
        8_000
    }

    fn speak(&self, request: SpeechRequest, sink: SpeechSink) {
        let error = TextToSpeechError::Failed { reason: "it died".to_owned() };
        sink(SpeechEvent::Failed { context: request.context, error });
    }

    fn cancel(&self, _context: SpeechContextId) {}
}

/// A call to a server whose voice is dead from the start: what the caller heard of it, in milliseconds, and its file.
async fn call_a_dead_voice(spare: Option<Arc<dyn TextToSpeech>>) -> (usize, FinishedCall) {
    let server = Server::start_with(scripted_speech, |speech| {
        speech.voice = Arc::new(DeadVoice);
        speech.spare_voice = spare;
    })
    .await;
    let steps = vec![Step::Silence { ms: 5_000 }, says("where-is-my-order.wav"), Step::Silence { ms: 12_000 }];
    let report = server.carrier(CUSTOMER, 3).call(script(steps), 1).await;
    let file = only_file(&server).await;
    server.stopped().await;
    let heard = report.agent_audio.iter().filter(|sample| sample.unsigned_abs() > 50).count();
    (heard / 8, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_voice_goes_on_where_one_dies() {
    let (heard_ms, file) = call_a_dead_voice(Some(Arc::new(FakeVoice::new()))).await;
    assert!(4_000 < heard_ms, "{heard_ms}");
    assert!(file.facts.iter().any(|fact| fact.name.contains("last_scan")), "the caller heard it: {:?}", file.facts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_any_voice_is_a_technical_failure_in_which_nothing_was_heard() {
    let (heard_ms, file) = call_a_dead_voice(None).await;
    assert_eq!(heard_ms, 0);
    assert!(file.facts.is_empty(), "{:?}", file.facts);
    assert_eq!(file.outcome.disposition, Disposition::TechnicalFailure, "{:?}", file.outcome.secondary);
    assert_eq!(file.outcome.ai_disclosed_at_ms, None);
}
