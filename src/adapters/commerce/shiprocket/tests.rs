use serde_json::{Value, json};
use wiremock::matchers::{bearer_token, body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::adapters::commerce::tests::{actions_at, made_at, read, statuses, tracking};
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::{DeliveryStatus, Order};
use crate::domain::values::{CallId, Personal};
use crate::ports::commerce::{ActionError, ActionSubject, ActionTaken, Pull};

const BODY: &str = r#"{"awb":"141123221084922","courier_name":"Courier A","current_status":"UNDELIVERED",
"current_status_id":36,"shipment_status":"UNDELIVERED","shipment_status_id":21,"current_timestamp":"02 03 2026 14:21:10",
"order_id":"2041","etd":"2026-03-02 23:30:00","scans":[
{"date":"2026-03-01 10:00:00","status":"X-PPOM","activity":"In transit","location":"NAGPUR","sr-status":"18"},
{"date":"2026-03-02 14:20:00","status":"X-NDR","activity":"Consignee not available","location":"PUNE","sr-status":"21"}]}"#;

#[test]
fn the_shipment_table_counts_and_the_scan_says_why() {
    let notice = read("shiprocket", "", BODY);
    let reason = Some("CUSTOMER_NOT_AVAILABLE");
    assert_eq!(statuses(&notice), [(DeliveryStatus::InTransit, None), (DeliveryStatus::AttemptFailed, reason)]);
    let newest = tracking(&notice)[1];
    assert_eq!((newest.at.to_string().as_str(), newest.place.as_deref()), ("2026-03-02T08:50:00Z", Some("PUNE")));
    assert!(newest.report.as_ref().unwrap().eta().is_some());
}

#[test]
fn a_body_without_scans_is_read_by_its_state() {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body["scans"] = Value::Null;
    body["shipment_status_id"] = json!(7);
    let notice = read("shiprocket", "", &body.to_string());
    assert_eq!(statuses(&notice), [(DeliveryStatus::Delivered, None)]);
    assert_eq!(tracking(&notice)[0].at.to_string(), "2026-03-02T08:51:10Z");
}

fn action(kind: ActionKind) -> Action {
    let detail = |name: &str, value: &str| (name.to_owned(), Personal::new(value.to_owned()));
    let details = [detail("day", "2026-03-07"), detail("note", "near the mall"), detail("phone", "+919812345678")];
    Action::new(kind, ("r-1", CallId::new(uuid::Uuid::nil())), "reschedule", &details)
}

fn subject(attempt: u32) -> ActionSubject {
    let order: Order = serde_json::from_str(
        r#"{"order_ref":"2041","placed_at":"2026-03-01T10:00:00Z","customer":{"name":"Asha","phone":"+919845012345"},
        "total":{"amount_minor":1,"currency":"INR"},"payment":"cod","address":{"lines":[],"city":"Pune","postcode":"",
        "country":"IN"},"shipments":[{"tracking_number":"141123221084922","carrier":"courier a","status":"attempt_failed"}]}"#,
    )
    .unwrap();
    ActionSubject { order, vendor_order_id: None, tracking_number: Some("141123221084922".to_owned()), attempt }
}

const ACT: &str = "/v1/external/ndr/141123221084922/action";

async fn courier(status: u16, body: Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(ACT))
        .and(bearer_token("t"))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_new_day_is_passed_on() {
    let server = courier(202, json!({"status":true})).await;
    let taken = actions_at("shiprocket", &server.uri(), "t").act(&action(ActionKind::Reschedule), &subject(1)).await;
    assert_eq!(taken, Ok(ActionTaken { reference: None }));
    let sent: Value = serde_json::from_slice(&server.received_requests().await.unwrap()[0].body).unwrap();
    assert_eq!(
        (&sent["action"], &sent["deferred_date"], &sent["phone"]),
        (&json!("re-attempt"), &json!("2026-03-07"), &json!("9812345678"))
    );
    assert!(sent["comments"].as_str().unwrap().contains("[request r-1]"));
    assert_eq!(sent["address2"], Value::Null, "words are no address unless an address was asked for");
    let edited = actions_at("shiprocket", &server.uri(), "t").act(&action(ActionKind::EditAddress), &subject(1)).await;
    assert!(edited.is_ok());
    let sent: Value = serde_json::from_slice(&server.received_requests().await.unwrap()[1].body).unwrap();
    assert_eq!(sent["address2"], "near the mall");
}

#[tokio::test]
async fn a_fault_with_a_good_status_is_a_fault() {
    for (status, body, expected) in [
        (200, json!({"status":false,"message":"Shipment is not in NDR"}), "the source refused: Shipment is not in NDR"),
        (200, json!({"status_code":422,"message":"bad date"}), "the source refused: bad date"),
        (200, json!({"errors":{"comments":["required"]},"message":"invalid"}), "the source refused: invalid"),
        (404, json!({"message":"none"}), "the source refused: answered 404"),
        (429, json!({}), "the source is unavailable, try again later: answered 429"),
        (504, json!({}), "no answer came: answered 504"),
    ] {
        let server = courier(status, body).await;
        let fault = actions_at("shiprocket", &server.uri(), "t").act(&action(ActionKind::Reattempt), &subject(1)).await;
        assert_eq!(fault.map_err(|error| error.to_string()), Err(expected.to_owned()));
    }
}

#[tokio::test]
async fn before_an_action_is_repeated_it_is_looked_for() {
    let server = courier(202, json!({"status":true})).await;
    Mock::given(method("GET"))
        .and(path("/v1/external/ndr/141123221084922"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"data":[{"history":[{"comment":"… [request r-1]"}]}]})),
        )
        .mount(&server)
        .await;
    let taken = actions_at("shiprocket", &server.uri(), "t").act(&action(ActionKind::Reschedule), &subject(2)).await;
    assert!(taken.is_ok());
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.iter().filter(|request| request.method.as_str() == "POST").count(), 0);
    let mut nobody = subject(1);
    nobody.tracking_number = None;
    let refused = actions_at("shiprocket", &server.uri(), "t").act(&action(ActionKind::Reschedule), &nobody).await;
    assert!(matches!(refused, Err(ActionError::Refused { .. })));
}

#[tokio::test]
async fn it_logs_in_once_and_asks_for_a_parcel() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/external/auth/login"))
        .and(body_partial_json(json!({"email":"api@example.com","password":"p:w"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"token":"fresh"})))
        .expect(1)
        .mount(&server)
        .await;
    let answer = json!({"tracking_data":{"shipment_status":17,"etd":"2026-03-02 23:30:00","shipment_track":[{"courier_name":"A"}],
        "shipment_track_activities":[{"date":"2026-03-02 09:00:00","activity":"Out for delivery","sr-status":"17"}]}});
    Mock::given(method("GET"))
        .and(path("/v1/external/courier/track/awb/AB-1"))
        .and(bearer_token("fresh"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let courier = made_at("shiprocket", &server.uri(), "api@example.com:p:w").source;
    for _ in 0..2 {
        let notices = courier.pull(&Pull::Parcels(vec!["AB-1/..".to_owned()])).await;
        let notices = notices.unwrap();
        assert_eq!(statuses(&notices[0]), [(DeliveryStatus::OutForDelivery, None)]);
    }
}
