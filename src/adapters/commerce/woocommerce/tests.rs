use serde_json::json;
use wiremock::matchers::{basic_auth, body_partial_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::adapters::commerce::tests::{actions_at, made_at, now, orders, read, request, source};
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::incoming::CommerceEvent;
use crate::domain::orders::{Order, Payment};
use crate::domain::values::{CallId, Personal};
use crate::ports::commerce::{ActionError, ActionSubject, ActionTaken, NoticeRefused, Pull};

const ORDER: &str = r#"{"id":727,"number":"727","status":"processing","currency":"INR",
"date_created":"2026-03-01T15:30:00","date_created_gmt":"2026-03-01T10:00:00","date_modified_gmt":"2026-03-01T10:05:00",
"total":"1499.00","payment_method":"cod",
"billing":{"first_name":"Asha","last_name":"Rao","address_1":"Flat 12","city":"Pune","state":"MH","postcode":"411001",
"country":"IN","email":"asha@example.com","phone":"9845012345"},
"shipping":{"first_name":"","last_name":"","address_1":"","city":"","country":"","phone":""},
"line_items":[{"name":"pressure cooker","quantity":1}],
"meta_data":[{"id":1,"key":"_wc_shipment_tracking_items","value":[{"tracking_provider":"Delhivery","tracking_number":"123"}]}]}"#;

#[test]
fn an_order_is_read_with_the_address_it_has() {
    let notice = read("woocommerce", "order.created", ORDER);
    assert_eq!(notice.event_id, "d-1");
    let order = orders(&notice)[0];
    assert_eq!((order.order_ref.0.as_str(), order.customer.phone.reveal()), ("727", "+919845012345"));
    assert_eq!((order.customer.name.reveal().as_str(), order.payment), ("Asha Rao", Payment::Cod));
    assert_eq!(order.placed_at.to_string(), "2026-03-01T10:00:00Z", "the shop's own clock has no offset");
    assert!(notice.events.iter().any(|event| matches!(event,
        CommerceEvent::ShipmentUpserted { parcel, .. } if parcel.tracking_number.as_deref() == Some("123"))));
}

#[test]
fn a_cancelled_order_says_so() {
    let cancelled = ORDER.replace("processing", "cancelled");
    let notice = read("woocommerce", "order.updated", &cancelled);
    assert!(matches!(notice.events.last(), Some(CommerceEvent::OrderCancelled { .. })));
    assert!(orders(&notice)[0].cancelled_at.is_some());
    assert_eq!(read("woocommerce", "order.deleted", ORDER).events, []);
    assert_eq!(read("woocommerce", "customer.created", ORDER).events, []);
}

#[test]
fn the_first_ping_is_answered_and_nothing_else_goes_unsigned() {
    let notice = source("woocommerce").read_webhook(&request(&[], "webhook_id=12"), now()).unwrap();
    assert_eq!(notice.events, []);
    for body in ["webhook_id=", "webhook_id=12&x=1", "webhook_id=abc", ORDER] {
        let refused = source("woocommerce").read_webhook(&request(&[], body), now());
        assert_eq!(refused, Err(NoticeRefused::BadSignature), "{body}");
    }
}

fn action(kind: ActionKind) -> Action {
    let details = [("note".to_owned(), Personal::new("blue gate".to_owned()))];
    Action::new(kind, ("r-1", CallId::new(uuid::Uuid::nil())), "cod_confirm", &details)
}

fn subject() -> ActionSubject {
    let order: Order = orders(&read("woocommerce", "order.created", ORDER))[0].clone();
    ActionSubject { order, vendor_order_id: Some("727".to_owned()), tracking_number: None, attempt: 1 }
}

#[tokio::test]
async fn metadata_comes_first_and_a_note_is_written_once() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path("/wp-json/wc/v3/orders/727"))
        .and(basic_auth("ck_1", "cs_1"))
        .and(body_partial_json(json!({"status":"processing","meta_data":[{"key":"_cod_status","value":"confirmed"}]})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id":727})))
        .expect(2)
        .mount(&server)
        .await;
    let notes = "/wp-json/wc/v3/orders/727/notes";
    Mock::given(method("GET"))
        .and(path(notes))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"note":"packed"}])))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path(notes))
        .and(body_partial_json(json!({"customer_note":false})))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"id":1})))
        .expect(1)
        .mount(&server)
        .await;
    let actions = actions_at("woocommerce", &server.uri(), "ck_1:cs_1");
    let taken = actions.act(&action(ActionKind::ConfirmCod), &subject()).await;
    assert_eq!(taken, Ok(ActionTaken { reference: Some("727".to_owned()) }));
    Mock::given(method("GET"))
        .and(path(notes))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"note":"Voice agent … [request r-1]"}])))
        .mount(&server)
        .await;
    assert!(actions.act(&action(ActionKind::ConfirmCod), &subject()).await.is_ok(), "again, and no second note");
}

#[tokio::test]
async fn faults_are_told_apart() {
    for (status, expected) in [
        (404, "the source refused: answered 404"),
        (401, "the source refused: answered 401; check the token and what it may do"),
        (503, "the source is unavailable, try again later: answered 503"),
        (500, "no answer came: answered 500"),
    ] {
        let server = MockServer::start().await;
        let body = json!({"code":"woocommerce_rest_shop_order_invalid_id"});
        Mock::given(method("PUT")).respond_with(ResponseTemplate::new(status).set_body_json(body)).mount(&server).await;
        let fault =
            actions_at("woocommerce", &server.uri(), "k:s").act(&action(ActionKind::ConfirmCod), &subject()).await;
        assert_eq!(fault.map_err(|error| error.to_string()), Err(expected.to_owned()));
    }
    let nobody =
        actions_at("woocommerce", "http://127.0.0.1:9", "k:s").act(&action(ActionKind::ConfirmCod), &subject()).await;
    assert!(matches!(nobody, Err(ActionError::Unavailable { .. })), "{nobody:?}");
}

#[tokio::test]
async fn orders_are_asked_for_since_a_moment() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/wp-json/wc/v3/orders"))
        .and(query_param("modified_after", "2026-03-02T09:00:00Z"))
        .respond_with(ResponseTemplate::new(200).set_body_string(format!("[{ORDER}]")))
        .mount(&server)
        .await;
    let shop = made_at("woocommerce", &server.uri(), "k:s").source;
    let first = shop.pull(&Pull::OrdersSince(now())).await.unwrap();
    let second = shop.pull(&Pull::OrdersSince(now())).await.unwrap();
    assert_eq!(
        (orders(&first[0]).len(), &first[0].event_id),
        (1, &second[0].event_id),
        "the same state is one message"
    );
}
