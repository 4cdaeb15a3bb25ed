use serde_json::{Value, json};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::adapters::commerce::tests::SECRET;
use crate::adapters::commerce::tests::{
    actions_at, made_at, now, orders, read, request, signed, source, statuses, tracking,
};
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::incoming::CommerceEvent;
use crate::domain::orders::{DeliveryStatus, Order, Payment};
use crate::domain::values::{CallId, Personal};
use crate::ports::commerce::{ActionError, ActionSubject, ActionTaken, NoticeRefused, Pull, SourceError};

const ORDER: &str = r##"{"id":5501,"name":"#2041","order_number":2041,"created_at":"2026-03-01T10:00:00+05:30",
"updated_at":"2026-03-01T10:05:00+05:30","financial_status":"pending","payment_gateway_names":["Cash on Delivery (COD)"],
"total_price":"1499.00","currency":"INR","email":"asha@example.com","customer_locale":"en-IN",
"line_items":[{"title":"pressure cooker","quantity":2}],
"shipping_address":{"name":"Asha Rao","phone":"098450 12345","address1":"Flat 12","address2":"","city":"Pune",
"province_code":"MH","zip":"411001","country_code":"IN"},
"fulfillments":[{"id":7001,"order_id":5501,"status":"success","shipment_status":"in_transit","tracking_company":"Delhivery",
"tracking_number":"1234567890123","created_at":"2026-03-01T12:00:00+05:30","updated_at":"2026-03-01T13:00:00+05:30"}]}"##;

#[test]
fn an_order_is_read_with_its_parcels() {
    let notice = read("shopify", "orders/create", ORDER);
    assert_eq!(notice.event_id, "w-1");
    let order = orders(&notice)[0];
    assert_eq!((order.order_ref.0.as_str(), order.customer.phone.reveal()), ("2041", "+919845012345"));
    assert_eq!((order.total.amount_minor, order.payment), (149_900, Payment::Cod));
    assert_eq!((order.items[0].title.as_str(), order.items[0].quantity), ("pressure cooker", 2));
    assert_eq!((order.address.city.as_str(), order.address.state.as_deref()), ("Pune", Some("MH")));
    assert_eq!(order.address.lines.len(), 1, "an empty line is no line");
    assert_eq!(statuses(&notice), [(DeliveryStatus::InTransit, None)]);
    let CommerceEvent::ShipmentUpserted { parcel, .. } = &notice.events[1] else { panic!("{notice:?}") };
    assert_eq!(parcel.tracking_number.as_deref(), Some("1234567890123"));
    assert_eq!((parcel.vendor_id.as_deref(), parcel.order_hints.as_slice()), (Some("7001"), &["5501".to_owned()][..]));
}

#[test]
fn what_is_paid_is_not_to_be_paid_at_the_door() {
    let paid = ORDER.replace("\"pending\"", "\"paid\"");
    assert_eq!(orders(&read("shopify", "orders/updated", &paid))[0].payment, Payment::Prepaid);
    let card = ORDER.replace("Cash on Delivery (COD)", "shopify_payments");
    assert_eq!(orders(&read("shopify", "orders/updated", &card))[0].payment, Payment::Prepaid);
    let fish = ORDER.replace("Cash on Delivery (COD)", "Codfish Pay");
    assert_eq!(
        orders(&read("shopify", "orders/updated", &fish))[0].payment,
        Payment::Prepaid,
        "three letters are no name"
    );
}

#[test]
fn an_order_without_a_number_that_can_be_called_is_said_to_be_unusable() {
    let silent = ORDER.replace("098450 12345", "");
    let notice = read("shopify", "orders/create", &silent);
    assert_eq!((orders(&notice).len(), notice.unusable.as_slice()), (0, &["no phone number that can be called"][..]));
}

#[test]
fn the_vendors_own_documents_are_read() {
    let order: Value = serde_json::from_str(include_str!("../../../../tests/shop-bodies/order.json")).unwrap();
    let notice = read("shopify", "orders/create", &order["order"].to_string());
    let order = orders(&notice)[0];
    assert_eq!((order.order_ref.0.as_str(), order.total.amount_minor), ("1001", 40_994));
    assert_eq!((order.customer.phone.reveal(), order.items.len()), ("+15556251199", 3));
    let event: Value =
        serde_json::from_str(include_str!("../../../../tests/shop-bodies/fulfillment_event.json")).unwrap();
    let notice = read("shopify", "fulfillment_events/create", &event["fulfillment_event"].to_string());
    assert_eq!(statuses(&notice), [(DeliveryStatus::Created, None)]);
}

#[test]
fn an_event_of_a_parcel_is_read_with_its_place_and_order_of_its_own() {
    let body = r#"{"id":9001,"fulfillment_id":7001,"order_id":5501,"status":"attempted_delivery",
        "message":"Recipient not available","happened_at":"2026-03-02T14:20:00+05:30","city":"Pune","province":"MH"}"#;
    let notice = read("shopify", "fulfillment_events/create", body);
    let event = tracking(&notice)[0];
    assert_eq!((event.status, event.reason.as_deref()), (DeliveryStatus::AttemptFailed, Some("OTHER")));
    assert_eq!((event.place.as_deref(), event.at.to_string().as_str()), (Some("Pune, MH"), "2026-03-02T08:50:00Z"));
    assert_eq!(event.report.as_ref().unwrap().sequence, Some(9001));
    let odd = body.replace("attempted_delivery", "teleported");
    let notice = read("shopify", "fulfillment_events/create", &odd);
    assert_eq!(
        (statuses(&notice)[0].0, notice.unknown_codes.as_slice()),
        (DeliveryStatus::Unknown, &["teleported".to_owned()][..])
    );
}

#[test]
fn a_cancelled_order_says_since_when() {
    let cancelled =
        ORDER.replace("\"financial_status\"", "\"cancelled_at\":\"2026-03-02T00:00:00Z\",\"financial_status\"");
    let notice = read("shopify", "orders/cancelled", &cancelled);
    assert!(notice.events.iter().any(|event| matches!(event, CommerceEvent::OrderCancelled { .. })));
    assert_eq!(orders(&notice)[0].cancelled_at, Some("2026-03-02T00:00:00Z".parse().unwrap()));
}

#[test]
fn newer_header_names_count_and_a_topic_must_be_there() {
    let old = signed("shopify", "orders/create", SECRET, "{}");
    let mac = old.header("x-shopify-hmac-sha256").unwrap();
    let newer = request(&[("shopify-hmac-sha256", mac), ("shopify-topic", "shop/update")], "{}");
    let notice = source("shopify").read_webhook(&newer, now()).unwrap();
    assert_eq!((notice.events.len(), notice.event_id.starts_with("sha256:")), (0, true));
    let silent = request(&[("x-shopify-hmac-sha256", mac)], "{}");
    let refused = source("shopify").read_webhook(&silent, now());
    assert!(matches!(refused, Err(NoticeRefused::BadRequest { .. })));
}

fn action(kind: ActionKind, asked: &str) -> Action {
    let details = [("note".to_owned(), Personal::new("blue gate".to_owned()))];
    Action::new(kind, ("r-1", CallId::new(uuid::Uuid::nil())), asked, &details)
}

fn subject(attempt: u32) -> ActionSubject {
    let order: Order = serde_json::from_str(
        r#"{"order_ref":"2041","placed_at":"2026-03-01T10:00:00Z","customer":{"name":"Asha","phone":"+919845012345"},
        "total":{"amount_minor":1,"currency":"INR"},"payment":"cod","address":{"lines":[],"city":"Pune","postcode":"",
        "country":"IN"}}"#,
    )
    .unwrap();
    ActionSubject { order, vendor_order_id: Some("5501".to_owned()), tracking_number: None, attempt }
}

async fn shop() -> MockServer {
    MockServer::start().await
}

async fn answers(server: &MockServer, part: &str, body: Value) {
    Mock::given(method("POST"))
        .and(path("/admin/api/2026-10/graphql.json"))
        .and(header("x-shopify-access-token", "shpat_x"))
        .and(body_string_contains(part))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

fn asked(requests: &[Request]) -> Vec<Value> {
    requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

#[tokio::test]
async fn a_confirmed_order_gets_its_tag_and_a_note_beside_the_notes_before() {
    let server = shop().await;
    answers(&server, "tagsRemove", json!({"data":{"tagsRemove":{"userErrors":[]}}})).await;
    answers(&server, "tagsAdd", json!({"data":{"tagsAdd":{"userErrors":[]}}})).await;
    answers(&server, "order(id", json!({"data":{"order":{"note":"fragile","customAttributes":[]}}})).await;
    answers(&server, "orderUpdate", json!({"data":{"orderUpdate":{"userErrors":[]}}})).await;
    let taken = actions_at("shopify", &server.uri(), "shpat_x")
        .act(&action(ActionKind::ConfirmCod, "cod_confirm"), &subject(1))
        .await;
    assert_eq!(taken, Ok(ActionTaken { reference: Some("cod-confirmed".to_owned()) }));
    let asked = asked(&server.received_requests().await.unwrap());
    assert_eq!(asked[1]["variables"], json!({"id":"gid://shopify/Order/5501","t":["cod-confirmed","voice-agent"]}));
    let note = asked[3]["variables"]["i"]["note"].as_str().unwrap();
    assert!(note.starts_with("fragile\nVoice agent: cod confirm") && note.ends_with("[request r-1]"), "{note}");
}

#[tokio::test]
async fn a_note_that_is_there_is_not_written_again() {
    let server = shop().await;
    answers(&server, "tagsAdd", json!({"data":{"tagsAdd":{"userErrors":[]}}})).await;
    let written = json!({"data":{"order":{"note":"Voice agent: … [request r-1]","customAttributes":[]}}});
    answers(&server, "order(id", written).await;
    let taken = actions_at("shopify", &server.uri(), "shpat_x")
        .act(&action(ActionKind::WriteNote, "delivery_note"), &subject(2))
        .await;
    assert!(taken.is_ok());
    assert_eq!(server.received_requests().await.unwrap().len(), 2, "tag and look, no write");
}

#[tokio::test]
async fn faults_on_each_level_are_told_apart() {
    let throttled = json!({"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]});
    let denied = json!({"errors":[{"message":"no","extensions":{"code":"ACCESS_DENIED"}}]});
    let user = json!({"data":{"tagsAdd":{"userErrors":[{"field":["id"],"message":"Order does not exist"}]}}});
    for (status, body, expected) in [
        (200, throttled, "the source is unavailable, try again later: throttled"),
        (200, denied, "the source refused: the shop says ACCESS_DENIED"),
        (200, user, "the source refused: Order does not exist"),
        (200, json!([]), "no answer came: the answer is not GraphQL"),
        (401, json!({}), "the source refused: answered 401; check the token and what it may do"),
        (429, json!({}), "the source is unavailable, try again later: answered 429"),
        (502, json!({}), "no answer came: answered 502"),
    ] {
        let server = shop().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        let fault = actions_at("shopify", &server.uri(), "shpat_x")
            .act(&action(ActionKind::WriteNote, "trace"), &subject(1))
            .await;
        assert_eq!(fault.map_err(|error| error.to_string()), Err(expected.to_owned()));
    }
}

#[tokio::test]
async fn an_order_cancelled_before_is_not_cancelled_again() {
    let server = shop().await;
    answers(&server, "cancelledAt", json!({"data":{"order":{"cancelledAt":"2026-03-01T00:00:00Z"}}})).await;
    let taken = actions_at("shopify", &server.uri(), "shpat_x")
        .act(&action(ActionKind::CancelOrder, "cancel"), &subject(2))
        .await;
    assert_eq!(taken, Ok(ActionTaken { reference: None }));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    let mut unknown = subject(1);
    unknown.vendor_order_id = None;
    let refused =
        actions_at("shopify", &server.uri(), "shpat_x").act(&action(ActionKind::CancelOrder, "cancel"), &unknown).await;
    assert!(matches!(refused, Err(ActionError::Refused { .. })));
}

#[tokio::test]
async fn a_token_is_fetched_once_and_orders_are_asked_for_with_it() {
    let server = shop().await;
    Mock::given(method("POST"))
        .and(path("/admin/oauth/access_token"))
        .and(body_string_contains("client_secret=s3"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"access_token":"shpat_new","expires_in":86399})))
        .expect(1)
        .mount(&server)
        .await;
    let order: Value = serde_json::from_str(ORDER).unwrap();
    Mock::given(method("GET"))
        .and(path("/admin/api/2026-10/orders.json"))
        .and(header("x-shopify-access-token", "shpat_new"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "orders": [order] })))
        .mount(&server)
        .await;
    let shop = made_at("shopify", &server.uri(), "id:s3").source;
    for _ in 0..2 {
        let notices = shop.pull(&Pull::OrdersSince(now())).await.unwrap();
        assert_eq!((notices.len(), orders(&notices[0]).len()), (1, 1));
        assert!(notices[0].event_id.starts_with("pull:"));
    }
    let refused = shop.pull(&Pull::Parcels(vec!["1".to_owned()])).await;
    assert!(matches!(refused, Err(SourceError::Refused { .. })));
}
