//! What is sent: the key where it belongs, the prompt first, every tool answered.

use doorstep::adapters::language_model::{Limits, ModelSettings, make_model};
use doorstep::domain::dialogue::tools::TOOLS;
use doorstep::ports::language_model::FailureKind;
use serde_json::{Value, json};

use super::heard::hear;
use super::server::{Answer, Server};
use super::{ANTHROPIC, DIALECTS, Dialect, KEY, OPENAI, patient, request};

/// Head and body of what one reply sends.
async fn sent(dialect: Dialect) -> (String, Value) {
    let server = Server::start(vec![Answer::stream(&dialect.recorded("text.sse"), 4_096)]).await;
    hear(dialect.model(&server).reply(request())).await;
    let [sent] = &server.requests()[..] else { panic!("one request") };
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(!body.contains(KEY), "the key is no part of the body");
    (head.to_ascii_lowercase(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn openai_gets_chat_messages() {
    let (head, body) = sent(OPENAI).await;
    assert!(head.starts_with("post /chat/completions http/1.1"), "{head}");
    assert!(head.contains(&format!("authorization: bearer {KEY}")), "{head}");
    assert_eq!(body["model"], "small-one");
    assert_eq!(body["stream_options"], json!({ "include_usage": true }));
    assert_eq!(body["max_tokens"], 200, "self-hosted servers know only the older name");
    let system = body["messages"][0]["content"].as_str().unwrap();
    assert!(system.starts_with("You are a delivery call agent."), "the static part comes first");
    assert!(system.ends_with(r#"{"status":"in_transit"}"#));
    let roles: Vec<&str> =
        body["messages"].as_array().unwrap().iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "user"]);
    assert_eq!(body["messages"][2]["tool_calls"][0]["function"], json!({ "name": "get_eta", "arguments": "{}" }));
    assert_eq!(body["messages"][3]["tool_call_id"], "call_1");
    assert_eq!(body["tools"].as_array().unwrap().len(), TOOLS.len());
    assert_eq!(body["tools"][0]["function"]["parameters"]["additionalProperties"], false);
}

#[tokio::test]
async fn anthropic_gets_messages_that_take_turns() {
    let (head, body) = sent(ANTHROPIC).await;
    assert!(head.starts_with("post /v1/messages http/1.1"), "{head}");
    assert!(head.contains(&format!("x-api-key: {KEY}")) && head.contains("anthropic-version: 2023-06-01"), "{head}");
    assert_eq!(body["max_tokens"], 200);
    assert_eq!(body["system"][0]["cache_control"], json!({ "type": "ephemeral" }));
    assert_eq!(body["system"][1]["text"], r#"{"status":"in_transit"}"#);
    let messages = body["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    let kinds: Vec<&str> =
        messages[2]["content"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["tool_result", "text"], "answers of tools come first");
    assert_eq!(messages[1]["content"][1]["input"], json!({}));
    assert_eq!(body["tools"][0]["input_schema"]["additionalProperties"], false);
}

#[tokio::test]
async fn a_check_asks_for_the_models_and_tells_a_refused_key() {
    for (dialect, path) in [(OPENAI, "GET /models"), (ANTHROPIC, "GET /v1/models")] {
        let refusal = dialect.recorded("401.json");
        let answers = vec![Answer::refusal("200 OK", b"{}"), Answer::refusal("401 Unauthorized", &refusal)];
        let server = Server::start(answers).await;
        let model = dialect.model(&server);
        assert_eq!(model.check().await, Ok(()));
        assert_eq!(model.check().await, Err(FailureKind::Credentials));
        assert!(server.requests()[0].starts_with(path), "{}", server.requests()[0]);
        assert_eq!(model.version(), format!("{}/small-one", dialect.provider));
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    for dialect in DIALECTS {
        let server = Server::start(Vec::new()).await;
        let url = server.url.clone();
        drop(server);
        // The port is free again only once the task that held it is gone.
        tokio::task::yield_now().await;
        let model = dialect.model_at(&url, patient());
        assert_eq!(model.check().await, Err(FailureKind::Unreachable), "{}", dialect.provider);
    }
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let settings = |provider: &str, base_url: Option<&str>, key: Option<&str>, model: Option<&str>| ModelSettings {
        provider: provider.to_owned(),
        base_url: base_url.map(str::to_owned),
        api_key: key.map(|key| key.to_owned().into()),
        model: model.map(str::to_owned),
        limits: Limits::default(),
    };
    let cases = [
        (settings("oracle", None, None, None), "language_model.provider: no provider is called `oracle`"),
        (settings("openai", None, None, Some("m")), "language_model.api_key: is missing"),
        (settings("anthropic", Some("http://127.0.0.1:1"), None, Some("m")), "language_model.api_key: is missing"),
        (settings("openai", Some("http://127.0.0.1:1/v1"), None, None), "language_model.model: is missing"),
        (settings("openai", Some("127.0.0.1"), None, Some("m")), "language_model.base_url: write a URL"),
        (settings("openai", Some("ftp://a.example"), Some("k"), Some("m")), "language_model.base_url: write a URL"),
    ];
    for (settings, expected) in cases {
        let error = make_model(&settings).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(expected), "{error}\nshould begin: {expected}");
    }
    assert!(make_model(&settings("openai", Some("http://127.0.0.1:8000/v1"), None, Some("m"))).is_ok());
}
