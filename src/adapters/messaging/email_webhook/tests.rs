use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::adapters::standard_webhooks::SigningKeys;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn settings(url: &str) -> SignedWebhookSettings {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    SignedWebhookSettings { url: url.to_owned(), secret: SECRET.to_owned().into(), allow_private_addresses: true }
}

fn message() -> OutgoingMessage {
    OutgoingMessage {
        key: "KH-1|order_confirmed".to_owned(),
        to: "asha@example.com".to_owned().into(),
        subject: "Your order".to_owned().into(),
        body: "We have it".to_owned().into(),
    }
}

async fn answered(status: u16) -> (Result<Option<String>, MessageError>, Vec<wiremock::Request>) {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(status)).mount(&server).await;
    let sent = EmailWebhook::new(&settings(&server.uri())).unwrap().send(&message()).await;
    (sent, server.received_requests().await.unwrap())
}

#[tokio::test]
async fn a_mail_is_handed_over_signed_with_an_id_that_repeats() {
    let (sent, requests) = answered(202).await;
    assert_eq!(sent, Ok(None));
    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!((&body["type"], &body["data"]["to"]), (&"email.send".into(), &"asha@example.com".into()));
    assert_eq!(body["data"]["key"], "KH-1|order_confirmed");
    let header = |name: &str| requests[0].headers[name].to_str().unwrap().to_owned();
    let keys = SigningKeys::parse(&SECRET.into()).unwrap();
    let timestamp = header("webhook-timestamp").parse().unwrap();
    assert_eq!(header("webhook-signature"), keys.sign(&header("webhook-id"), timestamp, &requests[0].body));
    let (_, again) = answered(202).await;
    assert_eq!(header("webhook-id"), again[0].headers["webhook-id"].to_str().unwrap());
}

#[tokio::test]
async fn an_answer_says_whether_to_try_again() {
    for status in [408, 429, 500, 503] {
        assert!(matches!(answered(status).await.0, Err(MessageError::Unavailable { .. })), "{status}");
    }
    for status in [302, 400, 401, 410] {
        assert!(matches!(answered(status).await.0, Err(MessageError::Rejected { .. })), "{status}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused() {
    let settings = SignedWebhookSettings { allow_private_addresses: false, ..settings("https://localhost:9/mail") };
    let sent = EmailWebhook::new(&settings).unwrap().send(&message()).await;
    assert!(matches!(&sent, Err(MessageError::Rejected { reason }) if reason.contains("private address")), "{sent:?}");
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    let refused = |url: &str, secret: &str, allow_private_addresses: bool, words: &str| {
        let settings =
            SignedWebhookSettings { url: url.to_owned(), secret: secret.to_owned().into(), allow_private_addresses };
        let error = EmailWebhook::new(&settings).err().expect(words);
        assert!(error.contains(words) && !error.contains("MfKQ"), "{error}");
    };
    refused("https://shop.example/mail", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false, "secret: ");
    refused("https://shop.example/mail", "whsec_c2hvcnQ=", false, "secret: ");
    refused("http://shop.example/mail", SECRET, false, "https://");
    refused("https://127.0.0.1/mail", SECRET, false, "private address");
    refused("https://169.254.169.254/mail", SECRET, false, "private address");
    refused("https://[::1]/mail", SECRET, false, "private address");
    refused("shop", SECRET, true, "url: ");
}
