use std::time::Duration;

use secrecy::SecretString;
use wiremock::matchers::{any, body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{RestClient, RestTimeouts, without_numbers};
use crate::ports::telephony::ProviderError;

const TIMEOUTS: RestTimeouts = RestTimeouts { connect: Duration::from_millis(500), answer: Duration::from_millis(200) };

fn client(base_url: &str) -> RestClient {
    RestClient::new(base_url, "AC1", SecretString::from("secret"), TIMEOUTS).unwrap()
}

async fn server_saying(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn refusal(status: u16, code: u32, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(serde_json::json!({ "code": code, "message": message }))
}

fn rejected(code: Option<u32>, reason: &str) -> ProviderError {
    ProviderError::Rejected { code, reason: reason.to_owned() }
}

#[tokio::test]
async fn a_call_is_created_with_the_account_s_credentials() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Calls.json"))
        .and(header("authorization", "Basic QUMxOnNlY3JldA=="))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string_contains("To=%2B919800000001"))
        .respond_with(ResponseTemplate::new(201).set_body_json(serde_json::json!({ "sid": "CA9", "status": "queued" })))
        .expect(1)
        .mount(&server)
        .await;
    let form = [("To", "+919800000001".to_owned())];
    assert_eq!(client(&server.uri()).create_call(&form).await, Ok("CA9".to_owned()));
}

#[tokio::test]
async fn what_becomes_of_a_creation() {
    let unavailable =
        |seconds: Option<u64>| ProviderError::Unavailable { retry_after: seconds.map(Duration::from_secs) };
    let cases = [
        (refusal(429, 20429, "Too many requests"), unavailable(None)),
        (refusal(429, 20429, "").insert_header("retry-after", "7"), unavailable(Some(7))),
        (refusal(400, 20429, "Too many requests"), unavailable(None)),
        (ResponseTemplate::new(503), unavailable(None)),
        (ResponseTemplate::new(500), ProviderError::OutcomeUnknown),
        (ResponseTemplate::new(201).set_body_string("not json"), ProviderError::OutcomeUnknown),
        (ResponseTemplate::new(201).set_delay(Duration::from_secs(5)), ProviderError::OutcomeUnknown),
        (refusal(401, 20003, "Authenticate"), rejected(Some(20003), "Authenticate")),
        (
            refusal(400, 21211, "The 'To' number +919800000001 is not valid"),
            rejected(Some(21211), "The 'To' number +############ is not valid"),
        ),
        (ResponseTemplate::new(400).set_body_string("<html>"), rejected(None, "HTTP 400 Bad Request")),
    ];
    for (answer, expected) in cases {
        let what = format!("{answer:?}");
        let server = server_saying(answer).await;
        assert_eq!(client(&server.uri()).create_call(&[]).await, Err(expected), "{what}");
    }
}

#[tokio::test]
async fn nothing_was_created_where_nobody_listens() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let created = client(&format!("http://{closed}")).create_call(&[]).await;
    assert_eq!(created, Err(ProviderError::Unavailable { retry_after: None }));
}

#[tokio::test]
async fn hanging_up_a_call_that_is_over_is_no_error() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Calls/CA1.json"))
        .and(body_string_contains("Status=completed"))
        .respond_with(refusal(404, 20404, "not found"))
        .mount(&server)
        .await;
    assert_eq!(client(&server.uri()).complete_call("CA1").await, Ok(()));
    let bare = server_saying(ResponseTemplate::new(404)).await;
    assert_eq!(client(&bare.uri()).complete_call("CA1").await, Ok(()));
    assert_eq!(client(&bare.uri()).update_call("CA1", &[]).await, Err(rejected(Some(20404), "HTTP 404 Not Found")));
}

#[tokio::test]
async fn hanging_up_may_be_tried_again_whatever_happened() {
    for answer in [ResponseTemplate::new(500), ResponseTemplate::new(200).set_delay(Duration::from_secs(5))] {
        let server = server_saying(answer).await;
        let ended = client(&server.uri()).complete_call("CA1").await;
        assert_eq!(ended, Err(ProviderError::Unavailable { retry_after: None }));
    }
}

#[tokio::test]
async fn a_call_id_cannot_leave_its_place_in_the_path() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Calls/..%2F..%2FAC2%3Fx.json"))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(client(&server.uri()).update_call("../../AC2?x", &[]).await, Ok(()));
}

#[tokio::test]
async fn the_account_is_checked() {
    let account = |status: &str| ResponseTemplate::new(200).set_body_json(serde_json::json!({ "status": status }));
    let cases = [
        (account("active"), Ok(())),
        (account("suspended"), Err(rejected(None, "the account is suspended"))),
        (ResponseTemplate::new(200).set_body_string("<html>"), Err(rejected(None, "the answer is not an account"))),
        (refusal(401, 20003, "Authenticate"), Err(rejected(Some(20003), "Authenticate"))),
    ];
    for (answer, expected) in cases {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path("/base/2010-04-01/Accounts/AC1.json"))
            .respond_with(answer)
            .mount(&server)
            .await;
        assert_eq!(client(&format!("{}/base/", server.uri())).check_account().await, expected);
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_kept() {
    let server = server_saying(ResponseTemplate::new(201).set_body_string("x".repeat(2_000_000))).await;
    assert_eq!(client(&server.uri()).create_call(&[]).await, Err(ProviderError::OutcomeUnknown));
}

#[test]
fn reasons_are_short_and_without_numbers() {
    assert_eq!(without_numbers("call +91 98 failed"), "call +## ## failed");
    assert_eq!(without_numbers(&"é".repeat(999)).chars().count(), 200);
}
