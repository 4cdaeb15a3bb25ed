//! Real speech through the whole server: recorded callers are heard, understood, answered, filed and delivered.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use doorstep::adapters::inference::InferencePool;
use doorstep::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use doorstep::domain::values::{CallId, SegmentId};
use doorstep::ports::speech_to_text::{ReadingPurpose, SpeechToText as _};
use doorstep::simulator::{CallEnd, CallReport, Interruption, Step};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use super::harness::{API_TOKEN, CUSTOMER, PATIENCE, Server, quiet, says, script, until};
use super::receiver::Receiver;

/// A turn of the caller comes when the agent has been quiet for so long.
const WAIT: Step = Step::WaitForAgent { silence_ms: 700 };

/// How long the agent may be heard into the caller's words: what is judged, and the quiet that ends a stretch.
const SILENT_AFTER_MS_MAX: u64 = 600;

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_caller_is_answered_and_the_outcome_is_delivered_once() {
    let _turn = quiet().await;
    let receiver = Receiver::start(2).await;
    let server = Server::start(|settings| receiver.connect(settings)).await;
    let caller = script(vec![
        WAIT,
        says("where-is-my-order.wav"),
        WAIT,
        says("what-did-i-order.wav"),
        WAIT,
        says("postcode-560034.wav"),
        WAIT,
        says("no-that-is-all.wav"),
        Step::WaitForAgent { silence_ms: 3_000 },
    ]);
    let report = server.carrier(CUSTOMER, 1).call(caller, 1).await;
    assert_eq!(report.end, CallEnd::AgentClosed { code: Some(1_000) }, "the agent says goodbye and hangs up");
    assert_eq!(report.violations, Vec::<String>::new());
    server.filed(1).await;
    let list = server.api("/api/v1/calls").await;
    let id = list["rows"][0]["id"].as_str().expect("an id").to_owned();
    let call = server.api(&format!("/api/v1/calls/{id}")).await;
    check_page(&call);
    check_recording(&server, &id).await;
    let taken =
        until("the outcome is delivered", async || Some(receiver.taken()).filter(|taken| !taken.is_empty())).await;
    assert_eq!(receiver.refused(), 2, "it was tried again after each refusal");
    assert_eq!(taken[0].id, format!("call-{id}"));
    assert_eq!(taken[0].body["data"], call["outcome"], "what is delivered is what is filed");
    until("the delivery is settled", async || {
        let deliveries = server.api("/api/v1/deliveries").await;
        (deliveries["rows"][0]["state"] == "delivered").then_some(())
    })
    .await;
    server.stopped().await;
    assert_eq!(receiver.taken().len(), 1);
}

fn check_page(call: &Value) {
    assert_eq!(call["direction"], "inbound");
    assert_eq!(call["state"], "ended");
    for time in ["started_at", "ended_at"] {
        let text = call[time].as_str().expect("a time");
        assert!(text.parse::<jiff::Timestamp>().is_ok(), "{time}: {text}");
    }
    assert_eq!(call["outcome"]["disposition"], "STATUS_GIVEN", "{call:#}");
    assert_eq!(call["outcome"]["order_ref"], "KH-452719");
    assert_eq!(call["outcome"]["call_id"], call["id"]);
    let lines = call["transcript"].as_array().expect("a transcript");
    for role in ["caller", "agent"] {
        assert!(lines.iter().filter(|line| line["role"] == role).count() >= 4, "{role}: {lines:#?}");
    }
    for line in lines {
        assert!(line["from_ms"].as_u64() <= line["to_ms"].as_u64(), "{line}");
        assert!(["whole", "part", "none"].iter().any(|heard| line["heard"] == *heard), "{line}");
    }
    let said = |role: &str, words: &str| {
        let is_said = |line: &&Value| line["role"] == role && line["text"].as_str().is_some_and(|t| t.contains(words));
        assert!(lines.iter().any(|line| is_said(&line)), "{role} says {words}: {lines:#?}");
    };
    said("caller", "where");
    said("agent", "Nagpur");
    said("agent", "pressure cooker");
    let facts = call["facts"].as_array().expect("facts");
    assert!(!facts.is_empty());
    for fact in facts {
        for name in ["name", "value", "source"] {
            assert!(fact[name].as_str().is_some_and(|text| !text.is_empty()), "{fact}");
        }
        assert!(fact["heard_at_ms"].is_u64(), "{fact}");
    }
    let turns = call["turns"].as_array().expect("turns");
    assert!(turns.len() >= 4, "{turns:?}");
    // A turn that the caller takes up again before the answer has no audio of its own.
    let answered: Vec<_> = turns.iter().filter(|turn| !turn["first_audio_ms"].is_null()).collect();
    assert!(answered.len() >= 4, "{turns:?}");
    for turn in answered {
        let stages = ["caller_ended_ms", "recognised_ms", "understood_ms", "first_audio_ms"];
        let times: Vec<u64> = stages.iter().map(|stage| turn[stage].as_u64().expect("a time")).collect();
        assert!(times[1] <= times[2] && times[2] <= times[3], "{turn}");
    }
}

/// Caller left, agent right; and what the agent says can be understood.
async fn check_recording(server: &Server, id: &str) {
    let request = server.http.get(server.url(&format!("/api/v1/calls/{id}/recording"))).bearer_auth(API_TOKEN);
    let audio = request.send().await.expect("answered").bytes().await.expect("the recording");
    let mut wav = hound::WavReader::new(audio.as_ref()).expect("a WAV file");
    assert_eq!((wav.spec().channels, wav.spec().sample_rate), (2, 8_000));
    let samples: Vec<i16> = wav.samples().collect::<Result<_, _>>().expect("whole samples");
    let side = |side: usize| samples.iter().skip(side).step_by(2).copied().collect::<Vec<i16>>();
    let (caller, agent) = (side(0), side(1));
    let loudest = |samples: &[i16]| samples.iter().map(|sample| sample.unsigned_abs()).max();
    assert!(loudest(&caller) > Some(2_000) && loudest(&agent) > Some(2_000));
    let understood = stretches(&agent).iter().map(|stretch| transcribed(stretch)).collect::<Vec<_>>().join(" ");
    let understood = understood.to_lowercase();
    // The recogniser does not know every town by ear; these words it does.
    assert!(["on its way", "pressure cooker"].iter().all(|words| understood.contains(words)), "{understood}");
    let callers = stretches(&caller).iter().map(|stretch| transcribed(stretch)).collect::<Vec<_>>().join(" ");
    assert!(callers.to_lowercase().contains("where"), "{callers}");
}

/// The parts with sound, cut where it is quiet for a third of a second.
fn stretches(samples: &[i16]) -> Vec<Vec<i16>> {
    const FRAME: usize = 160;
    const QUIET_FRAMES: usize = 16;
    let mut found: Vec<Vec<i16>> = Vec::new();
    let mut quiet = QUIET_FRAMES;
    for frame in samples.chunks(FRAME) {
        quiet = if frame.iter().any(|sample| sample.unsigned_abs() > 300) { 0 } else { quiet + 1 };
        if quiet == 0 && found.last().is_none_or(|last| last.is_empty() || last.len() > 9 * 8_000) {
            found.push(Vec::new());
        }
        match found.last_mut() {
            Some(last) if quiet < QUIET_FRAMES => last.extend_from_slice(frame),
            Some(last) if !last.is_empty() => found.push(Vec::new()),
            Some(_) | None => (),
        }
    }
    found.retain(|stretch| stretch.len() > 4_000);
    found
}

/// What the server's own recogniser hears.
fn transcribed(samples: &[i16]) -> String {
    thread_local!(static EAR: EmbeddedRecogniser = {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("var/models");
        EmbeddedRecogniser::load(&models, Arc::new(InferencePool::new(1)), 1).expect("the models are there")
    });
    EAR.with(|ear| {
        let (sender, readings) = mpsc::channel();
        let sink = Arc::new(move |reading| drop(sender.send(reading)));
        let mut stream = ear.open(CallId::new(uuid::Uuid::now_v7()), sink).expect("it opens");
        let segment = SegmentId(1);
        stream.begin_segment(segment, Duration::ZERO);
        for frame in samples.chunks(160) {
            let mut frame = frame.to_vec();
            frame.resize(160, 0);
            let wide: Vec<i16> = match stream.sample_rate_hz() {
                8_000 => frame,
                _ => frame.iter().flat_map(|sample| [*sample; 2]).collect(),
            };
            stream.push(&wide);
        }
        stream.transcribe(segment, 1, ReadingPurpose::Final);
        let reading = readings.recv_timeout(PATIENCE).expect("a reading comes");
        reading.result.expect("it is read").text().to_owned()
    })
}

/// Something between a cough and a bump: noise for a quarter of a second.
fn cough() -> Step {
    let mut chance = SmallRng::seed_from_u64(3);
    let fades = (0..2_000).map(|sample| 1.0 - f64::from(sample) / 2_000.0);
    let samples = fades.map(|level| (9_000.0 * level * chance.random_range(-1.0..1.0)) as i16).collect();
    Step::Say { samples, sample_rate_hz: 8_000 }
}

/// How long the agent is heard after the caller's first sound.
fn silent_after_ms(report: &CallReport) -> u64 {
    match report.turns.first().map(|turn| turn.interruption.clone()) {
        Some(Interruption::Caller { agent_silent_after_ms: Some(ms) }) => ms,
        other => panic!("the caller should have interrupted: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_stop_the_agent_for_good_and_a_cough_does_not() {
    let _turn = quiet().await;
    let server = Server::start(|_| ()).await;
    let over_the_agent =
        |sound: Step| script(vec![Step::WaitForAgentSpeaking { speech_ms: 1_200 }, sound, Step::Silence { ms: 5_000 }]);
    let carrier = server.carrier(CUSTOMER, 8);
    let words = over_the_agent(says("where-is-my-order.wav"));
    let coughs = over_the_agent(cough());
    let (words, coughs) = tokio::join!(carrier.call(words, 1), carrier.call(coughs, 2));
    assert!(silent_after_ms(&words) <= SILENT_AFTER_MS_MAX, "{:?}", words.turns);
    assert!(words.clears >= 1, "what was queued at the carrier is taken back");
    let calls = server.filed(2).await;
    let first_line = |report: &CallReport| {
        let call = calls.iter().find(|call| call.opened.provider_call_id == report.call_id).expect("it is on file");
        let finished = call.finished.as_ref().expect("it is filed");
        let line = finished.transcript.first().expect("the greeting").clone();
        (line.text.reveal().clone(), format!("{:?}", line.heard), finished.transcript.len())
    };
    let (coughed, worded) = (first_line(&coughs), first_line(&words));
    assert_eq!(worded.1, "Part", "the greeting stays cut: {worded:?}");
    assert!(worded.2 >= 3, "and the words are answered: {worded:?}");
    assert_eq!(coughed.1, "Whole", "the greeting goes on: {coughed:?}, {:?}", coughs.agent_bursts);
    server.stopped().await;
}
