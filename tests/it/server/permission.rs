//! A call asked for by hand may be made when a planned one may, and what the policies say holds within it.

use std::path::PathBuf;
use std::time::Duration;

use doorstep::config::Settings;
use doorstep::simulator::{Answering, RestStandIn, Step};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::harness::{ACCOUNT, API_TOKEN, AUTH_TOKEN, SHOP, Server, script, within};

const OUT_FOR_DELIVERY: &str = "KH-452660";
const RECIPIENT: &str = "+915550100003";

/// The policies of the tests, with some lines changed.
fn policies(changes: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut text = include_str!("../../outreach/policies/in.toml").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    std::fs::write(folder.path().join("in.toml"), text).expect("a file can be written");
    let holidays = include_str!("../../outreach/policies/holidays.txt");
    std::fs::write(folder.path().join("holidays.txt"), holidays).expect("a file can be written");
    let path = folder.path().to_path_buf();
    (folder, path)
}

async fn server(policies: PathBuf) -> (Server, RestStandIn) {
    let rest = RestStandIn::start(ACCOUNT, AUTH_TOKEN).await.expect("a port is free");
    let server = Server::with_fake_speech(|settings: &mut Settings| {
        let twilio = settings.telephony.twilio.as_mut().expect("the carrier is set up");
        twilio.api_base_url = rest.base_url();
        twilio.from_numbers = vec![SHOP.parse().expect("a number")];
        settings.outreach.policies_dir = policies;
    })
    .await;
    (server, rest)
}

async fn place(server: &Server) -> (StatusCode, Value) {
    let body = json!({ "order_id": OUT_FOR_DELIVERY, "scenario": "out_for_delivery" });
    let request = server.http.post(server.url("/api/v1/calls")).bearer_auth(API_TOKEN).json(&body);
    let answer = request.send().await.expect("the API answers");
    (answer.status(), answer.json().await.expect("the API answers in JSON"))
}

/// Refused, with the rule that holds the call.
async fn is_held(server: &Server, words: &[&str]) {
    let (status, problem) = place(server).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(words.iter().all(|word| detail.contains(word)), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_hours_it_is_refused_with_the_hour_from_which_it_may_be_made() {
    let now = Timestamp::now().to_zoned(TimeZone::get("Asia/Kolkata").expect("a zone"));
    let hour = (now.hour() + 6) % 24;
    let hours = format!("\"{hour:02}:00-{hour:02}:59\"");
    let (_folder, path) = policies(&[("\"00:00-23:59:59\"", &hours)]);
    let (server, mut rest) = server(path).await;
    is_held(&server, &["quiet_hours", "hours by", "not before"]).await;
    let nobody = tokio::time::timeout(Duration::from_millis(100), rest.next_call()).await;
    assert!(nobody.is_err(), "the carrier was asked to ring somebody");
    let kept = server.api(&format!("/api/v1/outreach/decisions?order_ref={OUT_FOR_DELIVERY}")).await;
    assert_eq!(kept["rows"][0]["verdict"]["hold"], "quiet_hours", "the ruling is kept");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_and_lists_count_for_it() {
    let (_folder, path) = policies(&[("calls_per_day = 1000", "calls_per_day = 1")]);
    let (server, mut rest) = server(path).await;
    assert_eq!(place(&server).await.0, StatusCode::ACCEPTED);
    let call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    let busy = Answering::Never { after: Duration::from_millis(10), status: "busy" };
    server.carrier(RECIPIENT, 1).carry(call, busy).await;
    server.filed(1).await;
    is_held(&server, &["cap_reached", "not before"]).await;
    let list = server.http.post(server.url("/api/v1/do-not-call/national")).bearer_auth(API_TOKEN).body(RECIPIENT);
    assert!(list.send().await.expect("answered").status().is_success());
    is_held(&server, &["do_not_call", "national"]).await;
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_policies_forbid_it_nothing_is_recorded_and_no_message_left() {
    let rules =
        [("voicemail = \"neutral\"", "voicemail = \"none\""), ("recording = \"notice\"", "recording = \"off\"")];
    let (_folder, path) = policies(&rules);
    let (server, mut rest) = server(path).await;
    let (status, placed) = place(&server).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{placed}");
    let call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    let beep = (0..8_000 * 2 / 5).map(|at| ((f64::from(at) * 0.785).sin() * 8_000.0) as i16).collect();
    let mailbox = script(vec![
        Step::Silence { ms: 2_000 },
        Step::Say { samples: beep, sample_rate_hz: 8_000 },
        Step::Silence { ms: 60_000 },
    ]);
    let answered_by = "machine_start";
    let answering = Answering::Answers { after: Duration::from_millis(200), answered_by, script: mailbox };
    server.carrier(RECIPIENT, 7).carry(call, answering).await;
    server.filed(1).await;
    let call = server.api(&format!("/api/v1/calls/{}", placed["id"].as_str().expect("an id"))).await;
    assert_eq!(call["outcome"]["connection"], "VOICEMAIL_NO_MESSAGE", "{call:#}");
    assert_eq!((&call["outcome"]["recording"], &call["outcome"]["recording_ref"]), (&json!("off"), &Value::Null));
    let said = call["transcript"].to_string();
    assert!(!said.contains("recorded") && !said.contains("Please ring us on"), "{said}");
    let folder = server.stopped().await;
    let recordings = std::fs::read_dir(folder.path().join("recordings")).map_or(0, Iterator::count);
    assert_eq!(recordings, 0);
}
