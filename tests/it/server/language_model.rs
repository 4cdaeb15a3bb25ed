//! A language model in calls through the whole server: what is proven is said, what is not is blocked, counted and shown.

use doorstep::config::Settings;
use doorstep::simulator::Step;
use serde_json::Value;

use super::harness::{CUSTOMER, Server, says, script};

/// Nothing that a rule of ours understands.
const UNCLEAR: &str = "bananas grapes in the rain";

async fn server_with(reply: &str, change: impl FnOnce(&mut Settings)) -> Server {
    let reply = reply.to_owned();
    Server::with_fake_speech(|settings| {
        settings.speech_to_text.hears = vec![UNCLEAR.to_owned(), "no thank you".to_owned()];
        settings.language_model.provider = Some("fake".to_owned());
        settings.language_model.model = Some(reply);
        change(settings);
    })
    .await
}

/// One call in which something unclear is said, and the page of it.
async fn page_of_call(server: &Server) -> Value {
    let caller = script(vec![
        Step::WaitForAgent { silence_ms: 700 },
        says("where-is-my-order.wav"),
        Step::WaitForAgent { silence_ms: 700 },
        says("no-that-is-all.wav"),
        Step::WaitForAgent { silence_ms: 2_000 },
    ]);
    let report = server.carrier(CUSTOMER, 1).call(caller, 1).await;
    assert_eq!(report.violations, Vec::<String>::new());
    server.filed(1).await;
    let list = server.api("/api/v1/calls").await;
    let id = list["rows"][0]["id"].as_str().expect("an id").to_owned();
    server.api(&format!("/api/v1/calls/{id}")).await
}

fn agent_said(page: &Value) -> String {
    let lines = page["transcript"].as_array().expect("a transcript");
    let agent = lines.iter().filter(|line| line["role"] == "agent");
    agent.filter_map(|line| line["text"].as_str()).collect::<Vec<_>>().join("\n")
}

fn blocked(page: &Value) -> Vec<u64> {
    page["turns"].as_array().expect("turns").iter().map(|turn| turn["blocked"].as_u64().expect("a number")).collect()
}

async fn metrics(server: &Server) -> String {
    server.http.get(server.url("/metrics")).send().await.expect("answered").text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_proven_is_said_in_the_words_of_the_model() {
    let server = server_with("Your order is still on its way to you.", |_| ()).await;
    let page = page_of_call(&server).await;
    let said = agent_said(&page);
    assert!(said.contains("Your order is still on its way to you."), "{said}");
    assert!(!said.contains("catch"), "{said}");
    assert!(page["facts"].as_array().expect("facts").iter().any(|fact| fact["name"] == "in_transit"), "{page:#}");
    assert_eq!(page["outcome"]["disposition"], "STATUS_GIVEN", "{page:#}");
    assert!(blocked(&page).iter().all(|count| *count == 0), "{page:#}");
    let metrics = metrics(&server).await;
    assert!(metrics.contains("doorstep_model_replies_total"), "{metrics}");
    assert!(!metrics.contains("doorstep_invariant_breaches_total"), "a live call broke a rule of its own:\n{metrics}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_invented_is_blocked_counted_and_shown() {
    let server = server_with("It was delivered to Mr Patel, and I have refunded you 2,500 rupees.", |_| ()).await;
    let page = page_of_call(&server).await;
    let said = agent_said(&page);
    assert!(!said.contains("Patel") && !said.contains("refund"), "{said}");
    assert!(said.contains("catch"), "the sentence without the model is said: {said}");
    assert_eq!(blocked(&page).iter().sum::<u64>(), 1, "{page:#}");
    let metrics = metrics(&server).await;
    assert!(metrics.contains("doorstep_model_sentences_blocked_total{claim="), "{metrics}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_cannot_be_reached_costs_no_more_than_the_deadline() {
    let server = server_with("anything", |settings| {
        settings.language_model.provider = Some("openai".to_owned());
        settings.language_model.base_url = Some("http://127.0.0.1:9/v1".to_owned());
    })
    .await;
    let page = page_of_call(&server).await;
    assert!(agent_said(&page).contains("catch"), "{page:#}");
    let turn = &page["turns"][0];
    let gap = turn["first_audio_ms"].as_u64().expect("an answer") - turn["understood_ms"].as_u64().expect("a turn");
    // A model that hangs would be waited for by its own limit of four seconds.
    assert!(gap < 3_000, "the answer came {gap} ms after the turn");
    let metrics = metrics(&server).await;
    assert!(metrics.contains("doorstep_model_failures_total"), "{metrics}");
    server.stopped().await;
}
