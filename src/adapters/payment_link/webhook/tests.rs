use std::collections::HashMap;
use std::sync::Mutex;

use jiff::Timestamp;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::*;
use crate::adapters::payment_link::make_payment_links;
use crate::adapters::standard_webhooks::SigningKeys;
use crate::domain::orders::OrderRef;
use crate::domain::values::Currency;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const GOOD: &str = r#"{"id":"pl_1","url":"https://pay.example/pl_1"}"#;

fn settings(url: &str) -> PaymentLinkSettings {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    PaymentLinkSettings {
        provider: "webhook".to_owned(),
        url: Some(url.to_owned()),
        secret: Some(SECRET.into()),
        allow_private_addresses: true,
    }
}

fn wanted(key: &str) -> WantedLink {
    WantedLink {
        key: key.to_owned(),
        order_ref: OrderRef("KH-1".to_owned()),
        amount: Money { amount_minor: 149_900, currency: Currency::INR },
    }
}

async fn asked(answer: ResponseTemplate) -> (Result<PaymentLink, PaymentLinkError>, Vec<Request>) {
    let shop = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&shop).await;
    let made = make_payment_links(&settings(&shop.uri())).unwrap().make(&wanted("r-1")).await;
    (made, shop.received_requests().await.unwrap())
}

#[tokio::test]
async fn a_link_is_asked_for_with_the_exact_amount_signed_over_the_whole_wish() {
    let (made, requests) = asked(ResponseTemplate::new(200).set_body_string(GOOD)).await;
    let link = PaymentLink { id: "pl_1".to_owned(), url: "https://pay.example/pl_1".to_owned().into() };
    assert_eq!(made, Ok(link));
    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    let data = serde_json::json!({
        "key": "r-1", "order_ref": "KH-1", "amount": { "amount_minor": 149_900, "currency": "INR" }
    });
    assert_eq!(body, serde_json::json!({ "type": "payment_link.create", "data": data }));
    let header = |name: &str| requests[0].headers[name].to_str().unwrap().to_owned();
    let signed_at: i64 = header("webhook-timestamp").parse().unwrap();
    assert!((Timestamp::now().as_second() - signed_at).abs() < 60);
    let keys = SigningKeys::parse(&SECRET.into()).unwrap();
    assert_eq!(header("webhook-signature"), keys.sign("r-1", signed_at, &requests[0].body));
}

/// A shop that knows a wish again.
#[derive(Default)]
struct Shop {
    made: Mutex<HashMap<String, usize>>,
}

impl Respond for Shop {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut made = self.made.lock().unwrap();
        let next = made.len();
        let number = *made.entry(request.headers["webhook-id"].to_str().unwrap().to_owned()).or_insert(next);
        let link = serde_json::json!({ "id": number.to_string(), "url": format!("https://pay.example/{number}") });
        ResponseTemplate::new(200).set_body_json(link)
    }
}

#[tokio::test]
async fn the_same_wish_twice_is_one_link() {
    let shop = MockServer::start().await;
    Mock::given(method("POST")).respond_with(Shop::default()).mount(&shop).await;
    let links = make_payment_links(&settings(&shop.uri())).unwrap();
    let first = links.make(&wanted("r-1")).await.unwrap();
    assert_eq!(links.make(&wanted("r-1")).await.unwrap(), first);
    assert_ne!(links.make(&wanted("r-2")).await.unwrap(), first);
}

#[tokio::test]
async fn an_answer_says_whether_to_ask_again() {
    for status in [408, 429, 500, 503] {
        let (made, _) = asked(ResponseTemplate::new(status)).await;
        assert!(matches!(made, Err(PaymentLinkError::Unavailable { .. })), "{status}: {made:?}");
    }
    let (made, _) = asked(ResponseTemplate::new(503).insert_header("retry-after", "7")).await;
    let asks_for_time =
        PaymentLinkError::Unavailable { reason: "answered 503".to_owned(), retry_after: Some(Duration::from_secs(7)) };
    assert_eq!(made, Err(asks_for_time));
    for status in [302, 400, 401, 404] {
        let (made, _) = asked(ResponseTemplate::new(status)).await;
        assert!(matches!(made, Err(PaymentLinkError::Refused { .. })), "{status}: {made:?}");
    }
}

#[tokio::test]
async fn what_is_no_link_is_never_sent() {
    let long = format!(r#"{{"id":"1","url":"https://pay.example/{}"}}"#, "x".repeat(255));
    let large = format!(r#"{{"id":"1","url":"https://pay.example/1","more":"{}"}}"#, "x".repeat(ANSWER_BYTES_MAX));
    for body in [
        "<html>",
        "{}",
        r#"{"id":"1"}"#,
        r#"{"id":7,"url":"https://pay.example/1"}"#,
        r#"{"id":"1","url":"http://pay.example/1"}"#,
        r#"{"id":"1","url":"javascript:alert(1)"}"#,
        r#"{"id":"1","url":"https://pay.example/1 and more words"}"#,
        r#"{"id":"1","url":"pay.example/1"}"#,
        r#"{"id":"","url":"https://pay.example/1"}"#,
        &long,
        &large,
    ] {
        let (made, _) = asked(ResponseTemplate::new(200).set_body_string(body)).await;
        let Err(PaymentLinkError::Refused { reason }) = made else { panic!("{body}: {made:?}") };
        assert!(!reason.contains("pay.example"), "{reason}");
    }
}

#[tokio::test]
async fn without_an_answer_it_may_be_asked_again() {
    let links = make_payment_links(&settings("http://127.0.0.1:9/")).unwrap();
    let made = links.make(&wanted("r-1")).await;
    assert!(matches!(made, Err(PaymentLinkError::Unavailable { .. })), "{made:?}");
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused() {
    let settings = PaymentLinkSettings { allow_private_addresses: false, ..settings("https://localhost:9/") };
    let made = make_payment_links(&settings).unwrap().make(&wanted("r-1")).await;
    assert!(
        matches!(&made, Err(PaymentLinkError::Refused { reason }) if reason.contains("private address")),
        "{made:?}"
    );
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    let refused = |settings: PaymentLinkSettings, words: &str| {
        let error = make_payment_links(&settings).err().expect(words);
        assert!(error.contains(words) && !error.contains("MfKQ"), "{error}");
    };
    let good = || PaymentLinkSettings { allow_private_addresses: false, ..settings("https://shop.example/links") };
    assert!(make_payment_links(&good()).is_ok());
    refused(PaymentLinkSettings { provider: "carrier pigeon".to_owned(), ..good() }, "none of webhook, fake");
    refused(PaymentLinkSettings { url: None, ..good() }, "url: is missing");
    refused(PaymentLinkSettings { secret: None, ..good() }, "secret: is missing");
    refused(PaymentLinkSettings { secret: Some("whsec_c2hvcnQ=".into()), ..good() }, "secret: ");
    refused(PaymentLinkSettings { url: Some("http://shop.example/".to_owned()), ..good() }, "https://");
    refused(PaymentLinkSettings { url: Some("https://10.0.0.1/".to_owned()), ..good() }, "private address");
    refused(PaymentLinkSettings { url: Some("shop".to_owned()), ..good() }, "url: ");
}
