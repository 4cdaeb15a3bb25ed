//! Shops and carriers at the door, and what customers asked for on its way to them.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use doorstep::config::CommerceSettings;
use doorstep::domain::orders::OrderRef;
use doorstep::domain::orders::incoming::Changed;
use doorstep::domain::values::{CallId, Personal};
use doorstep::ports::store::RecordedRequest;
use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::harness::{Server, until};

pub(super) const SECRET: &str = "a secret of the shop";

const ORDER: &str = r##"{"id":5501,"name":"#2041","created_at":"2026-03-01T10:00:00+05:30",
"updated_at":"2026-03-01T10:05:00+05:30","financial_status":"pending","gateway":"cash_on_delivery",
"total_price":"1499.00","currency":"INR","line_items":[{"title":"pressure cooker","quantity":1}],
"shipping_address":{"name":"Asha Rao","phone":"9845012399","address1":"Flat 12","city":"Pune","zip":"411001",
"country_code":"IN"}}"##;

pub(super) fn sources(extra: &str) -> CommerceSettings {
    let text = format!(
        r#"
        [[sources]]
        kind = "shopify"
        name = "shop"
        secret = "{SECRET}"
        [[sources]]
        kind = "shippo"
        name = "parcels"
        secret = "{SECRET}"
        {extra}
        "#
    );
    toml::from_str(&text).expect("the sources are well-formed")
}

async fn server(extra: &str) -> Server {
    let commerce = sources(extra);
    Server::with_fake_speech(move |settings| settings.commerce = commerce).await
}

fn mac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    parts.iter().for_each(|part| signing.update(part));
    signing.sign().as_ref().to_vec()
}

/// Sends what Shopify would, signed with `secret`.
pub(super) async fn tell(server: &Server, secret: &str, (topic, id): (&str, &str), body: &str) -> StatusCode {
    let signature = BASE64.encode(mac(secret, &[body.as_bytes()]));
    let request = server.http.post(server.url("/webhooks/shop")).body(body.to_owned());
    let request = request.header("x-shopify-topic", topic).header("x-shopify-webhook-id", id);
    request.header("x-shopify-hmac-sha256", signature).send().await.expect("answered").status()
}

fn scan(status: &str) -> String {
    format!(
        r#"{{"id":9001,"fulfillment_id":7001,"order_id":5501,"status":"{status}","happened_at":"2026-03-02T14:20:00+05:30"}}"#
    )
}

const PARCEL: &str = r#"{"id":7001,"order_id":5501,"status":"success","tracking_company":"Delhivery",
"tracking_number":"1234567890123","created_at":"2026-03-01T12:00:00+05:30","updated_at":"2026-03-01T12:00:00+05:30"}"#;

async fn order_count(server: &Server) -> usize {
    server.api("/api/v1/orders?limit=200").await["rows"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_and_its_parcel_come_in_and_show_the_vendors_code() {
    let server = server("").await;
    let before = order_count(&server).await;
    // The scan is the first to arrive.
    assert_eq!(tell(&server, SECRET, ("fulfillment_events/create", "w-1"), &scan("beamed_up")).await, StatusCode::OK);
    assert_eq!(tell(&server, SECRET, ("orders/create", "w-2"), ORDER).await, StatusCode::OK);
    assert_eq!(tell(&server, SECRET, ("fulfillments/create", "w-3"), PARCEL).await, StatusCode::OK);
    let failed = scan("attempted_delivery").replace("14:20", "15:20").replace("9001", "9002");
    assert_eq!(tell(&server, SECRET, ("fulfillment_events/create", "w-4"), &failed).await, StatusCode::OK);
    assert_eq!(order_count(&server).await, before + 1);
    let listed = server.api("/api/v1/shipments?order_ref=2041").await;
    let parcel = &listed["rows"][0];
    assert_eq!((&parcel["status"], &parcel["carrier"]), (&json!("attempt_failed"), &json!("delhivery")));
    assert_eq!(parcel["events"][0]["report"]["code"], "beamed_up");
    assert_eq!((&parcel["events"][0]["status"], &parcel["events"][1]["reason"]), (&json!("unknown"), &json!("OTHER")));

    let order = server.api("/api/v1/orders/2041").await;
    assert_eq!(tell(&server, SECRET, ("fulfillment_events/create", "w-4"), &failed).await, StatusCode::OK);
    assert_eq!(tell(&server, SECRET, ("orders/create", "w-2"), &ORDER.replace("Pune", "Nashik")).await, StatusCode::OK);
    assert_eq!(server.api("/api/v1/orders/2041").await, order, "a message that came before changes nothing");
    let metrics = server.http.get(server.url("/metrics")).send().await.expect("answered").text().await.expect("text");
    assert!(metrics.contains("doorstep_carrier_codes_unknown_total{source=\"shop\"}"), "{metrics}");
    assert!(metrics.contains("doorstep_commerce_messages_total{source=\"shop\",result=\"repeated\"}"), "{metrics}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_sources_is_refused_and_leaves_nothing_behind() {
    let server = server("").await;
    let before = order_count(&server).await;
    let topic = ("orders/create", "w-1");
    assert_eq!(tell(&server, "guessed", topic, ORDER).await, StatusCode::UNAUTHORIZED);
    let bare = server.http.post(server.url("/webhooks/shop")).body(ORDER).send().await.expect("answered");
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(bare.headers()["content-type"], "application/problem+json");
    assert_eq!(tell(&server, SECRET, topic, "{\"id\":").await, StatusCode::BAD_REQUEST);
    assert_eq!(tell(&server, SECRET, ("", "w-1"), ORDER).await, StatusCode::BAD_REQUEST);
    let large = format!("{{\"note\":\"{}\"}}", "x".repeat(1024 * 1024));
    assert_eq!(tell(&server, SECRET, topic, &large).await, StatusCode::PAYLOAD_TOO_LARGE);
    let unknown = server.http.post(server.url("/webhooks/nobody")).body("{}").send().await.expect("answered");
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    let read = server.http.get(server.url("/webhooks/shop")).send().await.expect("answered");
    assert_eq!(read.status(), StatusCode::METHOD_NOT_ALLOWED);

    let signed_at = |second: i64| {
        let (time, body) = (second.to_string(), "{\"event\":\"track_updated\"}");
        let signature = mac(SECRET, &[time.as_bytes(), b".", body.as_bytes()]);
        let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let request = server.http.post(server.url("/webhooks/parcels")).body(body);
        request.header("shippo-auth-signature", format!("t={time},v1={hex}")).send()
    };
    let now = Timestamp::now().as_second();
    assert_eq!(signed_at(now).await.expect("answered").status(), StatusCode::OK);
    assert_eq!(signed_at(now - 3_600).await.expect("answered").status(), StatusCode::UNAUTHORIZED);
    assert_eq!(order_count(&server).await, before);
    // None of the refused has used the message's id up.
    assert_eq!(tell(&server, SECRET, topic, ORDER).await, StatusCode::OK);
    assert_eq!(order_count(&server).await, before + 1);
    let metrics = server.http.get(server.url("/metrics")).send().await.expect("answered").text().await.expect("text");
    for result in ["forged", "stale", "malformed", "oversized"] {
        assert!(metrics.contains(&format!("result=\"{result}\"")), "{result} is not counted: {metrics}");
    }
    server.stopped().await;
}

async fn ask(server: &Server, kind: &str) -> String {
    let call = CallId::new(uuid::Uuid::now_v7());
    let detail = |name: &str, value: &str| (name.to_owned(), Personal::new(value.to_owned()));
    let request = RecordedRequest {
        call,
        idempotency_key: format!("{call}:{kind}"),
        kind: kind.to_owned(),
        order_ref: Some(OrderRef("2041".to_owned())),
        details: vec![detail("day", "2026-03-07")],
        requested_at: Timestamp::now(),
        due_at: None,
    };
    server.reception.services().calls.record_request(&request).await.expect("the store takes a request")
}

async fn settled_actions(server: &Server, request: &str) -> Value {
    let path = format!("/api/v1/actions?request_id={request}");
    until("the actions are settled", async || {
        let actions = server.api(&path).await;
        let rows = actions["rows"].as_array().cloned().unwrap_or_default();
        let is_settled = |action: &Value| !matches!(action["state"].as_str(), Some("waiting" | "leased"));
        (!rows.is_empty() && rows.iter().all(is_settled)).then_some(actions)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_customer_asked_for_reaches_the_carrier() {
    let carrier = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/api/p/update"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"request_id":"UPL7"})))
        .mount(&carrier)
        .await;
    let source = format!(
        "[[sources]]\nkind = \"delhivery\"\nname = \"carrier\"\nsecret = \"w\"\ntoken = \"t\"\nbase_url = \"{}\"\n\
         allow_private_addresses = true\n",
        carrier.uri()
    );
    let server = server(&source).await;
    assert_eq!(tell(&server, SECRET, ("orders/create", "w-1"), ORDER).await, StatusCode::OK);
    let push = |code: &str, hour: u8| {
        let body = format!(
            r#"{{"Shipment":{{"AWB":"1234567890123","ReferenceNo":"2041","NSLCode":"{code}","Status":{{"Status":"Pending",
            "StatusType":"UD","StatusDateTime":"2026-03-02T{hour}:20:00"}}}}}}"#
        );
        server.http.post(server.url("/webhooks/carrier")).header("x-api-key", "w").body(body).send()
    };
    assert_eq!(push("EOD-11", 14).await.expect("answered").status(), StatusCode::OK);
    let request = ask(&server, "reschedule").await;
    let actions = settled_actions(&server, &request).await;
    let action = &actions["rows"][0];
    assert_eq!((&action["state"], &action["source"]), (&json!("taken"), &json!("carrier")));
    assert_eq!((&action["kind"], &action["reference"]), (&json!("reschedule"), &json!("UPL7")));
    let promise = &server.api("/api/v1/promises").await["rows"][0];
    assert_eq!((&promise["state"], &promise["handled_by"]), (&json!("done"), &json!("carrier")));

    assert_eq!(push("EOD-40", 15).await.expect("answered").status(), StatusCode::OK);
    let refused = ask(&server, "reschedule").await;
    let actions = settled_actions(&server, &refused).await;
    assert_eq!(actions["rows"][0]["state"], "refused");
    let handoff = server.api(&format!("/api/v1/handoffs/{refused}")).await;
    assert_eq!((&handoff["way"], &handoff["actions"][0]["state"]), (&json!("ticket"), &json!("refused")));
    let sent = carrier.received_requests().await.expect("recorded");
    assert_eq!(sent.iter().filter(|request| request.method.as_str() == "POST").count(), 1);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_to_whoever_listens() {
    let server = server("").await;
    let mut news = server.news.listen();
    assert_eq!(tell(&server, SECRET, ("orders/create", "w-1"), ORDER).await, StatusCode::OK);
    let placed = news.recv().await.expect("there is news");
    assert_eq!((placed.change.order_ref.0.as_str(), placed.change.what), ("2041", Changed::Placed));
    assert_eq!((placed.source.as_str(), placed.event_id.as_str()), ("shop", "w-1"));
    server.stopped().await;
}
