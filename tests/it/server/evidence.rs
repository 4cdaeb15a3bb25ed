//! The evidence of a call: whoever changes a byte of it is found out.

use std::sync::Arc;

use doorstep::adapters::store::SqlStore;
use doorstep::runtime::evidence::Evidence;
use doorstep::simulator::Step;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::harness::{API_TOKEN, CUSTOMER, Server, says, script, until};

const SECRET: &str = "what packs are signed with";

async fn get(server: &Server, path: &str) -> (StatusCode, Value) {
    let answer = server.http.get(server.url(path)).bearer_auth(API_TOKEN).send().await.expect("the API answers");
    (answer.status(), answer.json().await.expect("JSON"))
}

async fn verify(server: &Server, pack: &Value) -> Value {
    let request = server.http.post(server.url("/api/v1/evidence/verify")).bearer_auth(API_TOKEN).json(pack);
    request.send().await.expect("the API answers").json().await.expect("JSON")
}

async fn called() -> (Server, String) {
    let server = Server::with_fake_speech(|settings| settings.evidence.secret = Some(SECRET.to_owned().into())).await;
    let wait = Step::WaitForAgent { silence_ms: 700 };
    let steps = vec![wait.clone(), says("where-is-my-order.wav"), wait, Step::HangUp];
    server.carrier(CUSTOMER, 3).call(script(steps), 1).await;
    let id = server.filed(1).await[0].opened.id.to_string();
    let file = server.folder.path().join("recordings").join(format!("{id}.wav"));
    let mut before = Vec::new();
    until("the recording is whole", async || {
        let audio = std::fs::read(&file).ok()?;
        let is_whole = before == audio;
        before = audio;
        is_whole.then_some(())
    })
    .await;
    (server, id)
}

/// The same checks without the door, for many of them.
async fn checks(server: &Server) -> Evidence {
    let url = format!("sqlite://{}", server.folder.path().join("doorstep.db").display());
    let store = Arc::new(SqlStore::connect(&url).await.expect("the database is there"));
    Evidence {
        services: Arc::clone(server.reception.services()),
        desk: store.clone(),
        actions: store.clone(),
        outreach: store.clone(),
        chain: store,
        secrets: vec![SECRET.to_owned().into()],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_holds_the_call_and_is_chained_to_the_one_before() {
    let (server, id) = called().await;
    let path = format!("/api/v1/calls/{id}/evidence");
    let (status, first) = get(&server, &path).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let call = server.api(&format!("/api/v1/calls/{id}")).await;
    for part in ["transcript", "facts", "turns", "outcome"] {
        assert_eq!(first[part], call[part], "{part}");
    }
    assert!(!first["transcript"].as_array().expect("a list").is_empty());
    assert_eq!(first["recording"]["sha256"].as_str().map(str::len), Some(64), "{}", first["recording"]);
    let (_, second) = get(&server, &path).await;
    assert_eq!(second["chain"], json!({ "place": 2, "before": first["digest"] }));
    for pack in [&first, &second] {
        assert_eq!(verify(&server, pack).await, json!({ "is_genuine": true, "faults": [] }));
    }
    let (status, _) = get(&server, "/api/v1/calls/00000000-0000-0000-0000-000000000000/evidence").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(verify(&server, &json!({ "digest": "" })).await["faults"], json!(["unreadable"]));

    let recording = server.folder.path().join("recordings").read_dir().expect("a folder").next().expect("a file");
    let recording = recording.expect("a file").path();
    let mut audio = std::fs::read(&recording).expect("it can be read");
    *audio.last_mut().expect("it is not empty") ^= 1;
    std::fs::write(&recording, audio).expect("it can be written");
    assert_eq!(verify(&server, &second).await["faults"], json!(["recording"]));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_of_a_pack_is_found_wherever_it_is() {
    let (server, id) = called().await;
    let (_, pack) = get(&server, &format!("/api/v1/calls/{id}/evidence")).await;
    let checks = checks(&server).await;
    assert!(checks.verify(&pack).await.expect("the store answers").is_genuine);
    let text = pack.to_string();
    let mut changed = 0;
    for place in (0..text.len()).step_by(3) {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
        let Ok(forged) = serde_json::from_slice::<Value>(&bytes) else { continue };
        if forged == pack {
            continue;
        }
        let found = checks.verify(&forged).await.expect("the store answers");
        assert!(!found.is_genuine, "byte {place}: {}", &text[place.saturating_sub(20)..place + 1]);
        changed += 1;
    }
    assert!(500 < changed, "{changed} changes were tried");
    // Whoever can make the sum anew, and even knows the secret, still has to break into the chain.
    let stranger = Evidence { secrets: vec!["guessed".to_owned().into()], ..checks };
    assert_eq!(stranger.verify(&pack).await.expect("the store answers").faults, ["signature"]);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_there_is_no_pack() {
    let server = Server::with_fake_speech(|_| ()).await;
    let (status, problem) = get(&server, "/api/v1/calls/00000000-0000-0000-0000-000000000000/evidence").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("evidence.secret")), "{problem}");
    server.stopped().await;
}
