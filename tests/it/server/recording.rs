//! Whether an incoming call is recorded: by the rules for the caller's number.

use std::path::{Path, PathBuf};

use doorstep::simulator::{CallReport, Step};
use serde_json::Value;
use tempfile::TempDir;

use super::harness::{CUSTOMER, Server, says, script};

const WAIT: Step = Step::WaitForAgent { silence_ms: 700 };
/// Blocks go to the disk by the second.
const SLACK_MS: u64 = 1_500;

/// The rules of the tests, with another one about recording.
fn policies(recording: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let read =
        |name: &str| std::fs::read_to_string(Path::new("tests/outreach/policies").join(name)).expect("it is there");
    let india = read("in.toml").replace("recording = \"notice\"", &format!("recording = \"{recording}\""));
    std::fs::write(folder.path().join("in.toml"), india).expect("written");
    std::fs::write(folder.path().join("holidays.txt"), read("holidays.txt")).expect("written");
    folder
}

/// A call under a rule, in which the caller first says `answer`: its page, what the caller heard, and its recording.
async fn call(rule: &str, answer: &str) -> (Value, CallReport, Option<PathBuf>, TempDir) {
    let rules = policies(rule);
    let server = Server::with_fake_speech(|settings| {
        settings.outreach.policies_dir = rules.path().to_owned();
        settings.speech_to_text.hears = vec![answer.to_owned(), "no thank you".to_owned()];
    })
    .await;
    let caller = script(vec![
        WAIT,
        says("yes-i-am.wav"),
        WAIT,
        says("no-thank-you.wav"),
        Step::WaitForAgent { silence_ms: 2_000 },
    ]);
    let report = server.carrier(CUSTOMER, 1).call(caller, 1).await;
    let id = server.filed(1).await[0].opened.id;
    let page = server.api(&format!("/api/v1/calls/{id}")).await;
    let folder = server.stopped().await;
    let file = folder.path().join("recordings").join(format!("{id}.wav"));
    (page, report, file.exists().then_some(file), folder)
}

fn agent_said(page: &Value) -> String {
    let lines = page["transcript"].as_array().expect("a transcript");
    let agent = lines.iter().filter(|line| line["role"] == "agent");
    agent.filter_map(|line| line["text"].as_str()).collect::<Vec<_>>().join("\n")
}

/// A stamp of the call: its value, and when.
fn stamp(page: &Value, name: &str) -> (String, u64) {
    let facts = page["facts"].as_array().expect("facts");
    let found = facts.iter().find(|fact| fact["name"] == name).unwrap_or_else(|| panic!("no {name}: {page:#}"));
    (found["value"].as_str().expect("a value").to_owned(), found["heard_at_ms"].as_u64().expect("a time"))
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_consent_is_needed_nothing_is_recorded_before_it() {
    let (page, report, file, _folder) = call("consent", "yes").await;
    let said = agent_said(&page);
    assert!(said.contains("May I record this call?") && !said.contains("this call is recorded"), "{said}");
    assert_eq!(page["outcome"]["recording"], "on", "{page:#}");
    let ((_, asked_at), (answer, agreed_at)) = (stamp(&page, "recording_question"), stamp(&page, "recording_answer"));
    assert!(answer == "agreed" && asked_at < agreed_at, "{asked_at} {agreed_at} {answer}");
    let wav = hound::WavReader::open(file.expect("it is recorded")).expect("it is whole");
    let recorded_ms = u64::from(wav.duration()) / 8;
    assert!(0 < recorded_ms && recorded_ms + agreed_at <= report.duration_ms + SLACK_MS, "{recorded_ms} {agreed_at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_agree_is_not_recorded() {
    let (page, _, file, _folder) = call("consent", "no").await;
    assert_eq!((page["outcome"]["recording"].as_str(), file), (Some("off"), None), "{page:#}");
    assert_eq!(stamp(&page, "recording_answer").0, "not_agreed");
    assert!(page["outcome"]["recording_ref"].is_null(), "{page:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_recorded_nobody_is_asked() {
    let (page, _, file, _folder) = call("off", "no thank you").await;
    assert!(!agent_said(&page).contains("record"), "{page:#}");
    assert_eq!((page["outcome"]["recording"].as_str(), file), (Some("off"), None), "{page:#}");
}
