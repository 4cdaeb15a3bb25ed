//! Media sockets that break every rule: the stream is closed, the call is filed, and other calls go on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use doorstep::domain::call::{Disposition, FinishedCall};
use doorstep::simulator::{CallEnd, Step};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{CUSTOMER, Server, says, script};
use super::raw_line::{RawLine, STREAM, ring, silence, start, token_of};

const POLICY: Option<u16> = Some(1_008);

/// Messages enough for any stream to be given up.
const JUNK_MESSAGES: usize = 10_000;

fn media(payload: &str) -> Message {
    Message::text(json!({ "event": "media", "streamSid": STREAM, "media": { "payload": payload } }).to_string())
}

/// One kind of junk, by its number.
fn junk(kind: usize, chance: &mut SmallRng) -> Message {
    let mut noise = vec![0; chance.random_range(0..600)];
    chance.fill(noise.as_mut_slice());
    match kind {
        0 => Message::binary(noise),
        1 => Message::text("{\"event\":\"media\",\"media\":{\"payload\":"),
        2 => media("!!! not base64 !!!"),
        3 => Message::text(String::from_utf8_lossy(&noise).into_owned()),
        4 => Message::text(start("CA-hostile", Some("again")).to_string()),
        5 => Message::text(json!({ "event": "connected" }).to_string()),
        6 => Message::text(json!({ "event": "media", "streamSid": "MZ-another", "media": {} }).to_string()),
        7 => Message::text("[".repeat(2_000)),
        8 => Message::text(json!({ "event": "dtmf", "streamSid": STREAM, "dtmf": { "digit": "99" } }).to_string()),
        9 => Message::text(json!({ "event": "of another age" }).to_string()),
        _ => media(&STANDARD.encode(vec![0_u8; 50_000])),
    }
}

const JUNK_KINDS: usize = 10;

/// Writes until the server has had enough or everything is written.
async fn flood(line: &mut RawLine, kinds: impl Iterator<Item = usize>, chance: &mut SmallRng) {
    for kind in kinds {
        if line.send_raw(junk(kind, chance)).await.is_err() {
            return;
        }
    }
}

async fn files_of(server: &Server, count: usize) -> Vec<FinishedCall> {
    server.filed(count).await.into_iter().filter_map(|call| call.finished).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_junk_ends_its_own_stream_with_a_policy_code_and_an_outcome() {
    let server = Server::with_fake_speech(|_| ()).await;
    let carrier = server.carrier(CUSTOMER, 4);
    let honest = carrier.call(script(vec![Step::Silence { ms: 4_000 }]), 1);
    let attacks = async {
        let mut chance = SmallRng::seed_from_u64(4);
        for kind in 0..JUNK_KINDS {
            let mut line = RawLine::of_call(&server, &format!("CA{kind}")).await;
            flood(&mut line, std::iter::repeat_n(kind, 60), &mut chance).await;
            assert_eq!(line.close_code().await, POLICY, "kind {kind}");
        }
        let mut line = RawLine::of_call(&server, "CA-all").await;
        let kinds: Vec<usize> = (0..JUNK_MESSAGES).map(|_| chance.random_range(0..JUNK_KINDS)).collect();
        flood(&mut line, kinds.into_iter(), &mut chance).await;
        // So much is unread when the server closes that the connection may break before its code is read.
        assert!([POLICY, None].contains(&line.close_code().await));
    };
    let (report, ()) = tokio::join!(honest, attacks);
    assert_eq!(report.end, CallEnd::CallerHungUp, "an honest call beside them goes on");
    assert!(report.media_messages_received > 50);
    let files = files_of(&server, JUNK_KINDS + 2).await;
    let failed = files.iter().filter(|file| file.outcome.disposition == Disposition::TechnicalFailure).count();
    assert_eq!((files.len(), failed), (JUNK_KINDS + 2, JUNK_KINDS + 1));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_any_size_is_survived() {
    let server = Server::with_fake_speech(|_| ()).await;
    for (call, kilobytes) in [("CA100", 100), ("CA5000", 5_000)] {
        let mut line = RawLine::of_call(&server, call).await;
        let payload = Bytes::from(vec![b'A'; kilobytes * 1024]);
        for _ in 0..60 {
            let message = media(std::str::from_utf8(&payload).expect("ASCII"));
            if line.send_raw(message).await.is_err() {
                break;
            }
        }
        assert!([POLICY, None].contains(&line.close_code().await), "{kilobytes} KiB");
    }
    let mut line = RawLine::of_call(&server, "CA-long-frame").await;
    line.send_raw(junk(JUNK_KINDS, &mut SmallRng::seed_from_u64(1))).await.expect("sent");
    line.send(&silence(1)).await.expect("the stream goes on");
    line.hear_agent().await;
    line.send(&json!({ "event": "stop" })).await.expect("sent");
    let files = files_of(&server, 3).await;
    let failed = files.iter().filter(|file| file.outcome.disposition == Disposition::TechnicalFailure).count();
    assert_eq!((files.len(), failed), (3, 2));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_never_starts_is_closed() {
    let server = Server::with_fake_speech(|_| ()).await;
    let token = token_of(&ring(&server, "CA1").await);
    let mut chance = SmallRng::seed_from_u64(9);
    for what in ["media first", "junk first"] {
        let mut line = RawLine::open(&server, "twilio").await;
        for chunk in 0..60 {
            let message = if what == "media first" { media("AAAA") } else { junk(chunk % 4, &mut chance) };
            if line.send_raw(message).await.is_err() {
                break;
            }
        }
        assert_eq!(line.close_code().await, POLICY, "{what}");
    }
    let mut line = RawLine::open(&server, "twilio").await;
    line.send(&silence(1)).await.expect("sent");
    line.send(&start("CA1", Some(&token))).await.expect("sent");
    line.hear_agent().await;
    line.send(&json!({ "event": "stop" })).await.expect("a stream may start after a stray message");
    assert_eq!(files_of(&server, 1).await.len(), 1);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_in_mid_sentence_is_a_dropped_call_with_heard_facts_only() {
    let server = Server::with_fake_speech(|_| ()).await;
    let carrier = server.carrier(CUSTOMER, 5);
    let steps = vec![
        Step::WaitForAgentSpeaking { speech_ms: 200 },
        says("where-is-my-order.wav"),
        Step::WaitForAgentSpeaking { speech_ms: 200 },
        Step::Drop,
    ];
    let report = carrier.call(script(steps), 1).await;
    assert_eq!(report.end, CallEnd::CallerDropped);
    let files = files_of(&server, 1).await;
    assert_eq!(files[0].outcome.disposition, Disposition::CallDropped, "{:?}", files[0].outcome.secondary);
    let heard_until = report.duration_ms + 500;
    for fact in &files[0].facts {
        assert!(fact.heard_at_ms.as_ms() <= heard_until, "{}", fact.name);
    }
    assert!(!files[0].facts.iter().any(|fact| fact.name.contains("eta")), "the answer was cut before its end");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_while_we_speak_has_hung_up_and_was_not_cut_off() {
    let server = Server::with_fake_speech(|_| ()).await;
    for call in 0..8 {
        let mut line = RawLine::of_call(&server, &format!("CA{call}")).await;
        line.send(&silence(1)).await.expect("sent");
        line.hear_agent().await;
        line.send(&json!({ "event": "stop" })).await.expect("sent");
        // The line is gone at once, with our frames on their way into it.
        drop(line);
    }
    for file in files_of(&server, 8).await {
        assert_ne!(file.outcome.disposition, Disposition::CallDropped);
        assert_ne!(file.outcome.disposition, Disposition::TechnicalFailure);
    }
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_call_id_used_twice_keeps_both_outcomes() {
    let server = Server::with_fake_speech(|_| ()).await;
    for filed in 1..=2 {
        let mut line = RawLine::of_call(&server, "CA1").await;
        line.send(&silence(1)).await.expect("sent");
        line.hear_agent().await;
        line.send(&json!({ "event": "stop" })).await.expect("sent");
        server.filed(filed).await;
    }
    let calls = server.filed(2).await;
    let ids: Vec<&str> = calls.iter().map(|call| call.opened.provider_call_id.as_str()).collect();
    let [second, first] = ids.as_slice() else { panic!("{ids:?}") };
    assert_eq!(*first, "CA1");
    assert_eq!(*second, format!("CA1#{}", calls[0].opened.id), "the second is kept under an id of its own");
    assert!(calls.iter().all(|call| call.finished.is_some()));
    let outcomes = server.api("/api/v1/outcomes").await;
    assert_eq!(outcomes["rows"].as_array().map(Vec::len), Some(2));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_falls_silent_is_closed() {
    let server = Server::with_fake_speech(|settings| {
        settings.telephony.media_timeout = Duration::from_millis(500);
    })
    .await;
    let line = RawLine::of_call(&server, "CA1").await;
    assert_eq!(line.close_code().await, Some(1_000));
    let files = files_of(&server, 1).await;
    assert_eq!(files[0].outcome.disposition, Disposition::CallDropped);
    server.stopped().await;
}
