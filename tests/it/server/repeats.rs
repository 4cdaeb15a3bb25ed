//! Writes sent again under the same `Idempotency-Key`: done once, answered the same, also after a restart.

use aws_lc_rs::digest::{SHA256, digest};
use doorstep::adapters::store::SqlStore;
use doorstep::ports::access::{AnswerStore as _, Begun, KeptUntil, RequestKey, SecretHash};
use jiff::Timestamp;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::harness::{API_TOKEN, Server};
use super::program::{Place, http, terminate};

const ORDER: &str = r#"{"order_ref":"KH-700001","placed_at":"2026-11-18T10:04:00+05:30","customer":{"name":"Asha Rao","phone":"+919845012345","email":"asha@example.com","language":"en-IN"},"items":[{"title":"pressure cooker, five litre","quantity":1}],"total":{"amount_minor":149900,"currency":"INR"},"payment":"cod","promised_by":"2026-11-23","address":{"lines":["Flat 12, Lake View"],"city":"Bengaluru","state":"KA","postcode":"560034","country":"IN"},"shipments":[]}"#;

async fn post(http: &Client, url: &str, token: &str, key: Option<&str>, body: &str) -> Response {
    let mut request = http.post(url).bearer_auth(token).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request.body(body.to_owned()).send().await.expect("answered")
}

fn is_replayed(response: &Response) -> bool {
    response.headers().get("idempotency-replayed").is_some_and(|value| value == "true")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_sent_again_is_answered_again_and_not_done_again() {
    let server = Server::with_fake_speech(|_| ()).await;
    let url = server.url("/api/v1/orders");
    let send = async |key: Option<&str>, body: &str| post(&server.http, &url, API_TOKEN, key, body).await;
    let first = send(Some("key-1"), ORDER).await;
    assert_eq!((first.status().as_u16(), is_replayed(&first)), (201, false));
    let again = send(Some("key-1"), ORDER).await;
    assert_eq!((again.status().as_u16(), is_replayed(&again)), (201, true), "done again it would say 200");
    assert_eq!(send(Some("key-2"), ORDER).await.status().as_u16(), 200, "another key is another request");
    assert_eq!(send(None, ORDER).await.status().as_u16(), 200, "without a key nothing is kept");
    let other = send(Some("key-1"), &ORDER.replace("KH-700001", "KH-700002")).await;
    assert_eq!(other.status().as_u16(), 422);
    assert!(other.json::<Value>().await.expect("JSON")["detail"].as_str().expect("text").contains("Idempotency-Key"));
    let elsewhere = post(&server.http, &server.url("/api/v1/calls/browser"), API_TOKEN, Some("key-1"), ORDER).await;
    assert_eq!(elsewhere.status().as_u16(), 422, "the route is part of the request");
    for (what, key, status) in
        [("no key at all", "", 400), ("a novel", &"k".repeat(256), 400), ("long", &"k".repeat(255), 200)]
    {
        assert_eq!(send(Some(key), ORDER).await.status().as_u16(), status, "{what}");
    }
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_given_again_and_each_token_has_keys_of_its_own() {
    let server = Server::with_fake_speech(|_| ()).await;
    let url = server.url("/api/v1/orders");
    let mut answers = Vec::new();
    for _ in 0..2 {
        let response = post(&server.http, &url, API_TOKEN, Some("key"), r#"{"order_ref":5}"#).await;
        let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
        answers.push((response.status().as_u16(), kind, response.text().await.expect("text")));
    }
    assert_eq!((answers[0].0, answers[0].1.as_str()), (422, "application/problem+json"));
    assert_eq!(answers[0], answers[1]);

    let make = async |key: &str| {
        let body = json!({ "name": "automation", "role": "admin" }).to_string();
        post(&server.http, &server.url("/api/v1/tokens"), API_TOKEN, Some(key), &body).await.json::<Value>().await
    };
    let (made, again) = (make("token").await.expect("JSON"), make("token").await.expect("JSON"));
    assert_eq!(made["id"], again["id"], "one token was made");
    assert!(again["secret"].is_null(), "a secret is not kept");
    let other = made["secret"].as_str().expect("a secret");
    let response = post(&server.http, &url, other, Some("key"), ORDER).await;
    assert_eq!(response.status().as_u16(), 201, "the key is not that of another token");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_still_runs_is_not_begun_again() {
    let server = Server::with_fake_speech(|_| ()).await;
    let hex = |text: &[u8]| digest(&SHA256, text).as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let store = format!("sqlite://{}", server.folder.path().join("doorstep.db").display());
    let store = SqlStore::connect(&store).await.expect("the database is there");
    let key = RequestKey { token: SecretHash(hex(API_TOKEN.as_bytes())), key: "key".to_owned() };
    let fingerprint = hex(format!("POST /orders\n{ORDER}").as_bytes());
    let until = KeptUntil { answered_since: Timestamp::MIN, running_since: Timestamp::MIN };
    let begun = store.begin_request(&key, &fingerprint, Timestamp::now(), until).await;
    assert_eq!(begun, Ok(Begun::First));
    let url = server.url("/api/v1/orders");
    let running = post(&server.http, &url, API_TOKEN, Some("key"), ORDER).await;
    assert_eq!(running.status().as_u16(), 409);
    store.forget_request(&key).await.expect("forgotten");
    let free = post(&server.http, &url, API_TOKEN, Some("key"), ORDER).await;
    assert_eq!(free.status().as_u16(), 201);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_outlives_the_server() {
    let place = Place::new(
        "[speech_to_text]\nprovider = \"fake\"\n[text_to_speech]\nprovider = \"fake\"\n\
         [voice_activity]\nprovider = \"gate\"\n",
    );
    let mut answers = Vec::new();
    for _ in 0..2 {
        let server = place.serve().await;
        let response = post(&http(), &place.url("/api/v1/orders"), API_TOKEN, Some("key"), ORDER).await;
        answers.push((response.status().as_u16(), is_replayed(&response)));
        assert!(terminate(server).await.success());
    }
    assert_eq!(answers, [(201, false), (201, true)]);
}
