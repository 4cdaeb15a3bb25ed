//! Who may come in by which door, and what is said to the others.

use axum::http::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use super::harness::{API_TOKEN, Server, within};
use super::raw_line::{RawLine, post_signed, progress, ring, silence, start, token_of, upgrade_status};

const POLICY: Option<u16> = Some(1_008);

/// The body must be a problem document about this status.
async fn assert_problem(response: reqwest::Response, status: u16, what: &str) {
    assert_eq!(response.status().as_u16(), status, "{what}");
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap_or_default().to_owned());
    assert_eq!(kind.as_deref(), Some("application/problem+json"), "{what}");
    let problem: Value = response.json().await.expect("a problem is JSON");
    assert_eq!(problem["status"], status, "{what}");
    for member in ["type", "title", "detail"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{what}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_comes_in_by_its_signature_alone() {
    let server = Server::with_fake_speech(|_| ()).await;
    let form = [("CallSid", "CA1"), ("Direction", "inbound"), ("CallStatus", "ringing")];
    let voice = server.url("/telephony/twilio/voice");
    let unsigned = server.http.post(&voice).form(&form);
    assert_problem(unsigned.send().await.expect("answered"), 403, "unsigned").await;
    for signature in ["", "AAAA", "not base64 at all", &super::raw_line::signature("http://elsewhere/", &form)] {
        let forged = server.http.post(&voice).header("X-Twilio-Signature", signature).form(&form);
        assert_problem(forged.send().await.expect("answered"), 403, signature).await;
    }
    let status = server.http.post(server.url("/telephony/twilio/status")).form(&form);
    assert_problem(status.send().await.expect("answered"), 403, "unsigned status").await;
    let unknown = server.http.post(server.url("/telephony/nobody/voice")).form(&form);
    assert_problem(unknown.send().await.expect("answered"), 404, "unknown provider").await;
    let (answered, body) = post_signed(&server, "/telephony/twilio/voice", &[("Direction", "inbound")]).await;
    assert_eq!(answered, 400, "a form without a call: {body}");
    assert!(ring(&server, "CA1").await.contains("<Stream"));
    progress(&server, "CA1", "completed").await;
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_comes_in_by_its_own_token_once() {
    let server = Server::with_fake_speech(|_| ()).await;
    let token = token_of(&ring(&server, "CA1").await);
    assert_eq!(token, token_of(&ring(&server, "CA1").await), "a webhook sent again gets the same answer");
    let browser_token = browser_token(&server).await;
    let strangers = [
        ("no token", start("CA1", None)),
        ("a wrong token", start("CA1", Some(&"0".repeat(64)))),
        ("the token of another call", start("CA2", Some(&token))),
        ("a token for another door", start("", Some(&browser_token))),
    ];
    for (what, message) in strangers {
        let mut line = RawLine::open(&server, "twilio").await;
        line.send(&message).await.expect("sent");
        assert_eq!(line.close_code().await, POLICY, "{what}");
    }
    let mut first = RawLine::open(&server, "twilio").await;
    first.send(&start("CA1", Some(&token))).await.expect("sent");
    first.send(&silence(1)).await.expect("sent");
    first.hear_agent().await;
    ring(&server, "CA3").await;
    let mut second = RawLine::open(&server, "twilio").await;
    second.send(&start("CA1", Some(&token))).await.expect("sent");
    assert_eq!(second.close_code().await, POLICY, "used twice");
    progress(&server, "CA3", "completed").await;
    first.send(&json!({ "event": "stop" })).await.expect("the first call is not disturbed");
    let calls = server.filed(2).await;
    let ids: Vec<&str> = calls.iter().map(|call| call.opened.provider_call_id.as_str()).collect();
    assert_eq!((ids.len(), ids.contains(&"CA1")), (2, true), "only the call with its own token was a call: {ids:?}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_cannot_be_let_in_is_refused_at_the_upgrade() {
    const MEDIA: &str = "/telephony/twilio/media";
    let server = Server::with_fake_speech(|_| ()).await;
    let public = format!("ws://{}{MEDIA}", server.address);
    assert_eq!(upgrade_status(&server, MEDIA, None).await, 403, "no call was announced");
    assert_eq!(upgrade_status(&server, MEDIA, Some(&public)).await, 403, "no call was announced, however well signed");
    let browser_token = browser_token(&server).await;
    assert_eq!(upgrade_status(&server, MEDIA, None).await, 403, "a call was announced at another door");
    let token = token_of(&ring(&server, "CA1").await);
    for (path, signed_url, status) in [
        (MEDIA.to_owned(), None, 101),
        (MEDIA.to_owned(), Some(public.as_str()), 101),
        (format!("{MEDIA}?token={token}"), None, 101),
        (format!("{MEDIA}/{token}"), None, 101),
        (MEDIA.to_owned(), Some("ws://elsewhere.example/telephony/twilio/media"), 403),
        (MEDIA.to_owned(), Some(""), 403),
        (format!("{MEDIA}?token=wrong"), None, 403),
        (format!("{MEDIA}?token="), None, 403),
        (format!("{MEDIA}/wrong"), None, 403),
        (format!("{MEDIA}/{token}?token=wrong"), None, 403),
        (format!("{MEDIA}/{browser_token}"), None, 403),
        ("/telephony/nobody/media".to_owned(), None, 404),
    ] {
        assert_eq!(upgrade_status(&server, &path, signed_url).await, status, "{path} {signed_url:?}");
    }
    let mut line = RawLine::open(&server, "twilio").await;
    line.send(&start("CA1", Some(&token))).await.expect("sent");
    line.hear_agent().await;
    assert_eq!(upgrade_status(&server, MEDIA, None).await, 403, "the only announced call has its stream");
    line.send(&json!({ "event": "stop" })).await.expect("the call is not disturbed");
    assert_eq!(server.filed(1).await.len(), 1);
    server.stopped().await;
}

async fn browser_token(server: &Server) -> String {
    let request = server.http.post(server.url("/api/v1/calls/browser")).bearer_auth(API_TOKEN).json(&json!({}));
    let response = request.send().await.expect("answered");
    assert_eq!(response.status().as_u16(), 201);
    let body: Value = response.json().await.expect("JSON");
    body["token"].as_str().expect("a token").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browsers_socket_is_refused_at_the_upgrade() {
    let server = Server::with_fake_speech(|_| ()).await;
    let twilio_token = token_of(&ring(&server, "CA1").await);
    for query in ["", "?token=", "?token=wrong", &format!("?token={twilio_token}")] {
        let url = format!("ws://{}/telephony/browser/media{query}", server.address);
        match within("the upgrade is answered", tokio_tungstenite::connect_async(url)).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), 403, "{query}"),
            other => panic!("{query}: {other:?}"),
        }
    }
    let token = browser_token(&server).await;
    let url = format!("ws://{}/telephony/browser/media?token={token}", server.address);
    let upgraded = within("the upgrade is answered", tokio_tungstenite::connect_async(url)).await;
    assert!(upgraded.is_ok(), "{upgraded:?}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_before_the_stream_opens_is_on_file() {
    let server = Server::with_fake_speech(|_| ()).await;
    ring(&server, "CA1").await;
    progress(&server, "CA1", "in-progress").await;
    for _ in 0..2 {
        progress(&server, "CA1", "completed").await;
    }
    // Out of order: nothing moves a call out of its final state.
    for late in ["ringing", "initiated", "in-progress", "no-answer"] {
        progress(&server, "CA1", late).await;
    }
    progress(&server, "CA-never-announced", "completed").await;
    let calls = server.filed(1).await;
    let outcomes: Vec<_> = calls.iter().filter_map(|call| call.finished.as_ref()).collect();
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].outcome.connection.as_str(), "INBOUND_ABANDONED");
    assert_eq!(outcomes[0].outcome.contact.as_str(), "HUNG_UP_EARLY");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_wants_a_token_and_tells_its_errors_as_problems() {
    let server = Server::with_fake_speech(|_| ()).await;
    let calls = server.url("/api/v1/calls");
    assert_problem(server.http.get(&calls).send().await.expect("answered"), 401, "no token").await;
    let wrong = server.http.get(&calls).bearer_auth("wrong");
    assert_problem(wrong.send().await.expect("answered"), 401, "wrong token").await;
    let order = "/api/v1/orders";
    let far = "/api/v1/calls/0193b3f0-0000-7000-8000-000000000000";
    let requests: [(Method, &str, Option<&str>, u16); 9] = [
        (Method::GET, "/api/v1/nothing", None, 404),
        (Method::GET, far, None, 404),
        (Method::GET, "/api/v1/calls/not-an-id/recording", None, 404),
        (Method::GET, "/api/v1/calls?limit=many", None, 400),
        (Method::GET, "/api/v1/calls?cursor=made-up", None, 400),
        (Method::DELETE, "/api/v1/calls", None, 405),
        (Method::POST, order, Some("{\"order_ref\":"), 400),
        (Method::POST, order, Some("{\"order_ref\":5}"), 422),
        (Method::POST, "/api/v1/deliveries/none/retry", None, 404),
    ];
    for (method, path, body, status) in requests {
        let what = format!("{method} {path}");
        let mut request = server.http.request(method, server.url(path)).bearer_auth(API_TOKEN);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        assert_problem(request.send().await.expect("answered"), status, &what).await;
    }
    let huge = || {
        let huge = server.http.post(server.url(order)).bearer_auth(API_TOKEN);
        huge.header("content-type", "application/json").body("1".repeat(2 * 1024 * 1024)).send()
    };
    // A refused body is not read: whoever still sends it may lose the answer.
    let mut answer = huge().await;
    for _ in 0..9 {
        if answer.is_err() {
            answer = huge().await;
        }
    }
    assert_problem(answer.expect("answered"), 413, "a body too large").await;
    for origin in [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")] {
        let forged = server.http.post(server.url("/api/v1/calls/browser")).bearer_auth(API_TOKEN);
        let forged = forged.header(origin.0, origin.1).json(&json!({}));
        assert_problem(forged.send().await.expect("answered"), 403, origin.0).await;
    }
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn console_health_metrics_and_openapi_are_served() {
    let server = Server::with_fake_speech(|_| ()).await;
    let get = async |path: &str| server.http.get(server.url(path)).send().await.expect("answered");
    let page = get("/").await;
    assert!(page.status().is_success());
    let policy = page.headers().get("content-security-policy").expect("a policy").to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(page.text().await.expect("a page").contains("<html"));
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path).await.status().as_u16(), 200, "{path}");
    }
    ring(&server, "CA1").await;
    progress(&server, "CA1", "completed").await;
    server.filed(1).await;
    let metrics = get("/metrics").await.text().await.expect("text");
    assert!(metrics.lines().any(|line| line.starts_with("doorstep_calls_ended_total{")), "{metrics}");
    let document: Value = get("/api/openapi.json").await.json().await.expect("JSON");
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    let routes =
        ["calls", "calls/{id}", "calls/{id}/recording", "calls/{id}/events", "outcomes", "orders", "deliveries"];
    let desk = ["handoffs", "handoffs/{id}/accept", "callbacks", "promises", "contacts/{phone}/opt-out", "metrics"];
    let others = ["session", "tokens/{id}", "shipments", "customers", "erasures", "deletions"];
    for route in routes.into_iter().chain(desk).chain(others) {
        assert!(document["paths"][format!("/api/v1/{route}")].is_object(), "{route}");
    }
    server.stopped().await;
}
