//! Tokens, roles and sessions: what each may do, and that revoking works at once.

use doorstep::simulator::Step;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::harness::{API_TOKEN, CUSTOMER, Server, script, until, within};
use super::program::{Place, http, terminate};

/// How a request says who makes it.
#[derive(Clone)]
enum As {
    Nobody,
    Token(String),
    Session(String),
}

impl As {
    fn admin() -> Self {
        Self::Token(API_TOKEN.to_owned())
    }

    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Nobody => request,
            Self::Token(token) => request.bearer_auth(token),
            Self::Session(cookie) => request.header("cookie", cookie),
        }
    }
}

async fn send(server: &Server, who: &As, method: Method, path: &str, body: Option<Value>) -> Response {
    let mut request = who.sign(server.http.request(method, server.url(path)));
    if let Some(body) = body {
        request = request.json(&body);
    }
    request.send().await.expect("answered")
}

async fn status(server: &Server, who: &As, method: Method, path: &str, body: Option<Value>) -> u16 {
    send(server, who, method, path, body).await.status().as_u16()
}

/// Makes a token; returns its id and the token.
async fn make_token(server: &Server, role: &str) -> (String, String) {
    let body = json!({ "name": format!("the {role}"), "role": role });
    let response = send(server, &As::admin(), Method::POST, "/api/v1/tokens", Some(body)).await;
    assert_eq!(response.status().as_u16(), 201);
    let made: Value = response.json().await.expect("JSON");
    let text = |name: &str| made[name].as_str().expect("text").to_owned();
    assert!(text("secret").starts_with(&text("prefix")));
    (text("id"), text("secret"))
}

/// Signs in; returns the cookie as the browser sends it back.
async fn sign_in(server: &Server, token: &str) -> As {
    let response = send(server, &As::Nobody, Method::POST, "/api/v1/session", Some(json!({ "token": token }))).await;
    assert_eq!(response.status().as_u16(), 201);
    let cookie = response.headers()["set-cookie"].to_str().expect("text").to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1", "Max-Age=43200"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "a browser would not send it back over http");
    As::Session(cookie.split(';').next().expect("a pair").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_do_what_is_its_own_by_token_and_by_session() {
    let server = Server::with_fake_speech(|_| ()).await;
    let order = json!({ "order_ref": 5 });
    // What each role is answered: let in, it may still have asked for nothing that exists.
    let requests: [(Method, &str, Option<Value>, [u16; 3]); 7] = [
        (Method::GET, "/api/v1/calls", None, [200, 200, 200]),
        (Method::GET, "/api/v1/nothing", None, [404, 404, 404]),
        (Method::POST, "/api/v1/deliveries/none/retry", None, [403, 404, 404]),
        (Method::POST, "/api/v1/calls/browser", Some(json!({})), [403, 201, 201]),
        (Method::POST, "/api/v1/orders", Some(order), [403, 403, 422]),
        (Method::GET, "/api/v1/tokens", None, [403, 403, 200]),
        (Method::POST, "/api/v1/tokens", Some(json!({ "name": " ", "role": "viewer" })), [403, 403, 422]),
    ];
    for (index, role) in ["viewer", "agent", "admin"].into_iter().enumerate() {
        let (_, token) = make_token(&server, role).await;
        let session = sign_in(&server, &token).await;
        for who in [As::Token(token), session] {
            for (method, path, body, answers) in &requests {
                let answered = status(&server, &who, method.clone(), path, body.clone()).await;
                assert_eq!(answered, answers[index], "{role}: {method} {path}");
            }
            let me: Value = send(&server, &who, Method::GET, "/api/v1/session", None).await.json().await.expect("JSON");
            assert_eq!((&me["name"], &me["role"]), (&json!(format!("the {role}")), &json!(role)));
        }
    }
    for (method, path, body, _) in requests {
        assert_eq!(status(&server, &As::Nobody, method, path, body).await, 401, "{path}");
    }
    let refused = send(&server, &As::Nobody, Method::GET, "/api/v1/calls", None).await;
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_a_token_ends_it_and_its_sessions_at_once() {
    let server = Server::with_fake_speech(|_| ()).await;
    let (id, token) = make_token(&server, "viewer").await;
    let (session, token) = (sign_in(&server, &token).await, As::Token(token));
    for who in [&session, &token] {
        assert_eq!(status(&server, who, Method::GET, "/api/v1/calls", None).await, 200);
    }
    let path = format!("/api/v1/tokens/{id}");
    for _ in 0..2 {
        assert_eq!(status(&server, &As::admin(), Method::DELETE, &path, None).await, 204);
    }
    for who in [&session, &token] {
        assert_eq!(status(&server, who, Method::GET, "/api/v1/calls", None).await, 401);
    }
    let list = server.api("/api/v1/tokens").await;
    assert!(list["rows"][0]["revoked_at"].is_string() && list["rows"][0]["last_used_at"].is_string(), "{list}");
    assert!(list["rows"][0]["secret"].is_null() && list["rows"][0]["hash"].is_null(), "{list}");
    assert_eq!(status(&server, &As::admin(), Method::DELETE, "/api/v1/tokens/none", None).await, 404);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_ends_with_its_token_and_with_its_session() {
    let server = Server::with_fake_speech(|_| ()).await;
    let (id, token) = make_token(&server, "viewer").await;
    let session = sign_in(&server, &token).await;
    let carrier = server.carrier(CUSTOMER, 5);
    let calling = tokio::spawn(async move { carrier.call(script(vec![Step::Silence { ms: 60_000 }]), 1).await });
    let call = until("the call is in progress", async || {
        server.reception.services().live.list().first().map(|live| live.opened.id)
    })
    .await;
    let path = format!("/api/v1/calls/{call}/events");
    let streams = [
        send(&server, &session, Method::GET, &path, None).await,
        send(&server, &As::Token(token), Method::GET, &path, None).await,
    ];
    let [by_session, by_token] = streams.map(|stream| tokio::spawn(stream.text()));
    assert_eq!(send(&server, &session, Method::DELETE, "/api/v1/session", None).await.status().as_u16(), 204);
    let seen = within("the session's stream ends", by_session).await.expect("joined").expect("a whole answer");
    assert!(seen.contains("event: call"), "{seen}");
    assert!(!by_token.is_finished(), "a session that has ended says nothing of its token");
    assert_eq!(status(&server, &As::admin(), Method::DELETE, &format!("/api/v1/tokens/{id}"), None).await, 204);
    within("the token's stream ends", by_token).await.expect("joined").expect("a whole answer");
    assert!(server.reception.services().live.get(call).is_some(), "the call goes on");
    calling.abort();
    server.reception.cut_calls();
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_and_other_sites_cannot_sign_in() {
    let server = Server::with_fake_speech(|_| ()).await;
    let session = sign_in(&server, API_TOKEN).await;
    let other = sign_in(&server, API_TOKEN).await;
    let gone = send(&server, &session, Method::DELETE, "/api/v1/session", None).await;
    assert_eq!(gone.status().as_u16(), 204);
    assert!(gone.headers()["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
    assert_eq!(status(&server, &session, Method::GET, "/api/v1/session", None).await, 401);
    assert_eq!(status(&server, &other, Method::GET, "/api/v1/session", None).await, 200);
    let forged = server.http.post(server.url("/api/v1/session")).header("origin", "https://elsewhere.example");
    let forged = forged.json(&json!({ "token": API_TOKEN })).send().await.expect("answered");
    assert_eq!(forged.status().as_u16(), 403);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_over_https_is_not_sent_over_http() {
    let server = Server::with_fake_speech(|_| ()).await;
    let request = server.http.post(server.url("/api/v1/session")).header("x-forwarded-proto", "https");
    let response = request.json(&json!({ "token": API_TOKEN })).send().await.expect("answered");
    assert!(response.headers()["set-cookie"].to_str().expect("text").ends_with("; Secure"));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_guesses_is_refused_unheard_and_the_log_says_so_without_the_token() {
    let place = Place::new(
        "[speech_to_text]\nprovider = \"fake\"\n[text_to_speech]\nprovider = \"fake\"\n\
         [voice_activity]\nprovider = \"gate\"\n[http]\ntrusted_proxies = [\"127.0.0.1\"]\n",
    );
    let server = place.serve().await;
    let http = http();
    let sign_in = async |token: &str, address: &str| {
        let request = http.post(place.url("/api/v1/session")).header("x-forwarded-for", address);
        request.json(&json!({ "token": token })).send().await.expect("answered").status().as_u16()
    };
    for _ in 0..20 {
        assert_eq!(sign_in("a-guessed-token", "192.0.2.7").await, 401);
    }
    assert_eq!(sign_in("a-guessed-token", "192.0.2.7").await, 429);
    assert_eq!(sign_in(API_TOKEN, "192.0.2.7").await, 429, "the right token is not heard either");
    assert_eq!(sign_in(API_TOKEN, "192.0.2.8").await, 201);
    let bearer = http.get(place.url("/api/v1/calls")).header("x-forwarded-for", "192.0.2.9");
    let bearer = bearer.bearer_auth("a-guessed-token").send().await.expect("answered");
    assert_eq!(bearer.status().as_u16(), 401);
    assert!(terminate(server).await.success());
    let log = place.log();
    let lines = log.lines().filter(|line| line.contains("a token that is not known was presented")).count();
    assert_eq!(lines, 21, "one line for each that was heard");
    assert!(!log.contains("a-guessed-token") && !log.contains(API_TOKEN), "{log}");
}
