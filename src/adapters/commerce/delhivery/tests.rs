use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::adapters::commerce::tests::{SECRET, actions_at, made_at, now, read, request, source, statuses, tracking};
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::{CarrierReport, DeliveryStatus, Order, TrackingEvent};
use crate::domain::values::{CallId, Personal};
use crate::ports::commerce::{ActionSubject, ActionTaken, Pull};

const BODY: &str = r#"{"Shipment":{"AWB":"1234567890123","ReferenceNo":"2041","NSLCode":"EOD-11",
"Status":{"Status":"Pending","StatusType":"UD","StatusDateTime":"2026-03-02T14:20:00","StatusLocation":"Pune_Hub",
"Instructions":"Consignee unavailable"}}}"#;

#[test]
fn a_scan_is_read_by_type_status_and_code() {
    let notice = read("delhivery", "", BODY);
    assert_eq!(statuses(&notice), [(DeliveryStatus::AttemptFailed, Some("CUSTOMER_NOT_AVAILABLE"))]);
    let event = tracking(&notice)[0];
    assert_eq!((event.at.to_string().as_str(), event.place.as_deref()), ("2026-03-02T08:50:00Z", Some("Pune_Hub")));
    assert_eq!(event.report.as_ref().unwrap().code, "UD Pending:EOD-11");
}

#[test]
fn closed_is_not_yet_delivered() {
    let closed = |status: &str| {
        let body =
            BODY.replace("\"UD\"", "\"DL\"").replace("\"Pending\"", &format!("\"{status}\"")).replace("EOD-11", "");
        statuses(&read("delhivery", "", &body))[0].0
    };
    assert_eq!(closed("Delivered"), DeliveryStatus::Delivered);
    assert_eq!(closed("RTO"), DeliveryStatus::ReturnedToSender);
    assert_eq!(closed("DTO"), DeliveryStatus::ReturnedToSender);
}

#[test]
fn the_word_may_come_as_a_token() {
    for headers in [[("authorization", format!("Token {SECRET}"))], [("authorization", SECRET.to_owned())]] {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(source("delhivery").read_webhook(&request(&headers, BODY), now()).is_ok());
    }
}

fn action(kind: ActionKind) -> Action {
    let detail = |name: &str, value: &str| (name.to_owned(), Personal::new(value.to_owned()));
    let details = [detail("day", "2026-03-07"), detail("note", "near the mall"), detail("phone", "+919812345678")];
    Action::new(kind, ("r-1", CallId::new(uuid::Uuid::nil())), "reschedule", &details)
}

fn subject(code: &str) -> ActionSubject {
    let mut order: Order = serde_json::from_str(
        r#"{"order_ref":"2041","placed_at":"2026-03-01T10:00:00Z","customer":{"name":"Asha","phone":"+919845012345"},
        "total":{"amount_minor":1,"currency":"INR"},"payment":"cod","address":{"lines":[],"city":"Pune","postcode":"",
        "country":"IN"},"shipments":[{"tracking_number":"123","carrier":"delhivery","status":"attempt_failed"}]}"#,
    )
    .unwrap();
    let report =
        CarrierReport { source: "d".to_owned(), code: format!("UD Pending:{code}"), ..CarrierReport::default() };
    order.shipments[0].events.push(TrackingEvent {
        at: now(),
        status: DeliveryStatus::AttemptFailed,
        place: None,
        reason: None,
        note: None,
        report: Some(report),
    });
    ActionSubject { order, vendor_order_id: None, tracking_number: Some("123".to_owned()), attempt: 1 }
}

async fn carrier(update: Value, result: Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/api/p/update"))
        .and(header("authorization", "Token t"))
        .respond_with(ResponseTemplate::new(200).set_body_json(update))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/api/cmu/get_bulk_upl/UPL7"))
        .respond_with(ResponseTemplate::new(200).set_body_json(result))
        .mount(&server)
        .await;
    server
}

async fn sent(server: &MockServer) -> Value {
    serde_json::from_slice(&server.received_requests().await.unwrap()[0].body).unwrap()
}

#[tokio::test]
async fn each_wish_is_the_carriers_own_act() {
    for (kind, code, entry) in [
        (ActionKind::Reattempt, "EOD-11", json!({"waybill":"123","act":"RE-ATTEMPT"})),
        (
            ActionKind::Reschedule,
            "EOD-3",
            json!({"waybill":"123","act":"DEFER_DLV","action_data":{"deferred_date":"2026-03-07"}}),
        ),
        (
            ActionKind::EditAddress,
            "EOD-74",
            json!({"waybill":"123","act":"EDIT_DETAILS","action_data":{"add":"near the mall"}}),
        ),
        (
            ActionKind::EditPhone,
            "EOD-11",
            json!({"waybill":"123","act":"EDIT_DETAILS","action_data":{"phone":"9812345678"}}),
        ),
    ] {
        let server = carrier(json!({"request_id":"UPL7"}), json!({"failed_wbns":[]})).await;
        let taken = actions_at("delhivery", &server.uri(), "t").act(&action(kind), &subject(code)).await;
        assert_eq!(taken, Ok(ActionTaken { reference: Some("UPL7".to_owned()) }));
        assert_eq!(sent(&server).await, json!({ "data": [entry] }));
    }
}

#[tokio::test]
async fn what_the_carrier_would_not_take_is_not_sent() {
    let server = carrier(json!({"request_id":"UPL7"}), json!({})).await;
    for (kind, code) in
        [(ActionKind::Reattempt, "EOD-40"), (ActionKind::Reschedule, "EOD-86"), (ActionKind::Reattempt, "")]
    {
        let refused = actions_at("delhivery", &server.uri(), "t").act(&action(kind), &subject(code)).await;
        let line = refused.unwrap_err().to_string();
        assert_eq!(line, "the source refused: the courier does not take this after this reason", "{code}");
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn taken_up_and_failed_is_refused_and_no_result_yet_is_taken() {
    let failed = carrier(json!({"request_id":"UPL7"}), json!({"failed_wbns":[{"message":"NDR is closed"}]})).await;
    let refused =
        actions_at("delhivery", &failed.uri(), "t").act(&action(ActionKind::Reattempt), &subject("EOD-11")).await;
    assert_eq!(refused.unwrap_err().to_string(), "the source refused: NDR is closed");
    let denied = carrier(json!({"error":"waybill not found"}), json!({})).await;
    let refused =
        actions_at("delhivery", &denied.uri(), "t").act(&action(ActionKind::Reattempt), &subject("EOD-11")).await;
    assert_eq!(refused.unwrap_err().to_string(), "the source refused: waybill not found");
    let silent = carrier(json!({"request_id":"UPL8"}), json!({})).await;
    let taken =
        actions_at("delhivery", &silent.uri(), "t").act(&action(ActionKind::Reattempt), &subject("EOD-11")).await;
    assert_eq!(taken, Ok(ActionTaken { reference: Some("UPL8".to_owned()) }));
}

#[tokio::test]
async fn parcels_are_asked_for_together() {
    let server = MockServer::start().await;
    let answer = json!({"ShipmentData":[{"Shipment":{"AWB":"1","ExpectedDeliveryDate":"2026-03-03T00:00:00",
        "Status":{"Status":"Dispatched","StatusType":"UD","StatusDateTime":"2026-03-02T09:00:00.123"},
        "Scans":[{"ScanDetail":{"ScanDateTime":"2026-03-01T09:00:00","ScanType":"UD","Scan":"In Transit","ScannedLocation":"Nagpur"}}]}}]});
    Mock::given(method("GET"))
        .and(path("/api/v1/packages/json/"))
        .and(query_param("waybill", "1,2"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let carrier = made_at("delhivery", &server.uri(), "t").source;
    let notices = carrier.pull(&Pull::Parcels(vec!["1".to_owned(), "2".to_owned()])).await.unwrap();
    // The whole is newer than the newest scan that came with it.
    assert_eq!(statuses(&notices[0]), [(DeliveryStatus::InTransit, None), (DeliveryStatus::OutForDelivery, None)]);
}
