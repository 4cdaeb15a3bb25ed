use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

fn sms(server: &MockServer) -> TwilioSms {
    sms_at(&server.uri())
}

fn sms_at(api_base_url: &str) -> TwilioSms {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    TwilioSms::new(TwilioSmsSettings {
        account_sid: "AC1".to_owned(),
        auth_token: "token".to_owned().into(),
        api_base_url: api_base_url.to_owned(),
        sender: SmsSender::Number("+918045678900".parse().unwrap()),
    })
    .unwrap()
}

fn message() -> OutgoingMessage {
    OutgoingMessage {
        key: "KH-1|delayed".to_owned(),
        to: "+919845012345".to_owned().into(),
        subject: String::new().into(),
        body: "It comes on Friday".to_owned().into(),
    }
}

async fn answered(status: u16, body: &str) -> Result<Option<String>, MessageError> {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(status).set_body_string(body))
        .expect(1)
        .mount(&server)
        .await;
    sms(&server).send(&message()).await
}

#[tokio::test]
async fn a_message_is_sent_with_number_words_and_credentials() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2010-04-01/Accounts/AC1/Messages.json"))
        .and(header("authorization", "Basic QUMxOnRva2Vu"))
        .and(body_string_contains("To=%2B919845012345&From=%2B918045678900&Body=It+comes+on+Friday"))
        .respond_with(ResponseTemplate::new(201).set_body_string(r#"{"sid":"SM1","status":"queued"}"#))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(sms(&server).send(&message()).await, Ok(Some("SM1".to_owned())));
}

#[tokio::test]
async fn an_answer_says_whether_to_try_again() {
    for (status, body) in [(429, "{}"), (503, ""), (400, r#"{"code":20429}"#)] {
        let error = answered(status, body).await.unwrap_err();
        assert!(matches!(error, MessageError::Unavailable { .. }), "{status}: {error:?}");
    }
    for (status, body, words) in [
        (400, r#"{"code":21610,"message":"+919845012345 has opted out"}"#, "wants no messages"),
        (400, r#"{"code":21211}"#, "cannot get an SMS"),
        (401, r#"{"code":20003}"#, "telephony.twilio"),
        (404, "not JSON", "refused (404"),
    ] {
        match answered(status, body).await {
            Err(MessageError::Rejected { reason }) => {
                assert!(reason.contains(words) && !reason.contains("9845"), "{reason}");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
    for (status, body) in [(500, ""), (502, "{}"), (201, "no JSON")] {
        assert_eq!(answered(status, body).await, Err(MessageError::OutcomeUnknown), "{status}");
    }
}

#[tokio::test]
async fn a_vendor_that_is_not_there_is_asked_again() {
    // Nobody listens where a listener has just gone.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let nobody = sms_at(&gone);
    assert!(matches!(nobody.send(&message()).await, Err(MessageError::Unavailable { .. })));
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_found_by_its_words() {
    let server = MockServer::start().await;
    let listed = r#"{"messages":[{"sid":"SM0","body":"It comes on Friday","direction":"inbound"},
        {"sid":"SM1","body":"Something else","direction":"outbound-api"},
        {"sid":"SM2","body":"It comes on Friday","direction":"outbound-api"}]}"#;
    Mock::given(method("GET"))
        .and(query_param("To", "+919845012345"))
        .respond_with(ResponseTemplate::new(200).set_body_string(listed))
        .mount(&server)
        .await;
    assert_eq!(sms(&server).find(&message()).await, Ok(Some("SM2".to_owned())));
    let other = OutgoingMessage { body: "Never sent".to_owned().into(), ..message() };
    assert_eq!(sms(&server).find(&other).await, Ok(None));
}
