//! The desk by the API: hand-offs with their card, callbacks, promises, opt-outs, customers, figures.

use doorstep::domain::orders::OrderRef;
use doorstep::domain::values::{CallId, Personal};
use doorstep::ports::store::{RecordedRequest, StoredCall};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{API_TOKEN, CUSTOMER, Server, says, script};
use doorstep::simulator::Step;

/// A call that has ended, and a request that was passed on in it.
async fn call_with_request(server: &Server, kind: &str, due_in: SignedDuration) -> (StoredCall, String) {
    let steps = vec![Step::Silence { ms: 300 }, says("where-is-my-order.wav"), Step::WaitForAgent { silence_ms: 700 }];
    server.carrier(CUSTOMER, 21).call(script(steps), 1).await;
    let call = server.filed(1).await.remove(0);
    let id = ask(server, call.opened.id, kind, due_in).await;
    (call, id)
}

async fn ask(server: &Server, call: CallId, kind: &str, due_in: SignedDuration) -> String {
    let now = Timestamp::now();
    let request = RecordedRequest {
        call,
        idempotency_key: format!("{call}:{kind}"),
        kind: kind.to_owned(),
        order_ref: Some(OrderRef("KH-452719".to_owned())),
        details: vec![("note".to_owned(), Personal::new("the box is wet".to_owned()))],
        requested_at: now,
        due_at: Some(now + due_in),
    };
    server.reception.services().calls.record_request(&request).await.expect("the store takes a request")
}

async fn send(server: &Server, method: Method, path: &str, body: Value) -> (u16, Value) {
    let request = server.http.request(method, server.url(path)).bearer_auth(API_TOKEN).json(&body);
    let response = request.send().await.expect("answered");
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

async fn post(server: &Server, path: &str, body: Value) -> (u16, Value) {
    send(server, Method::POST, path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_is_seen_with_its_card_taken_on_noted_and_done() {
    let server = Server::with_fake_speech(|_| ()).await;
    let (call, id) = call_with_request(&server, "damage_case", SignedDuration::from_hours(4)).await;
    let list = server.api("/api/v1/handoffs?state=waiting").await;
    assert_eq!((&list["rows"][0]["id"], &list["rows"][0]["way"]), (&json!(id), &json!("ticket")));

    let path = format!("/api/v1/handoffs/{id}");
    let seen = server.api(&path).await;
    let card = &seen["card"];
    assert_eq!(card["why"]["trigger"], "damage_case");
    assert_eq!(card["why"]["asked"], json!([["note", "the box is wet"]]));
    assert_eq!(card["who"]["number"], CUSTOMER);
    assert_eq!(card["order"]["order_ref"], "KH-452719");
    assert!(card["order"]["items"].as_array().is_some_and(|items| !items.is_empty()), "{card}");
    assert!(card["parcels"][0]["events"].as_array().is_some_and(|events| !events.is_empty()), "{card}");
    let said = card["this_call"]["last_lines"].to_string();
    assert!(said.contains("where is my order"), "{card}");
    assert_eq!(card["links"]["call"], format!("/api/v1/calls/{}", call.opened.id));

    let (status, accepted) = post(&server, &format!("{path}/accept"), json!({})).await;
    assert_eq!((status, &accepted["state"], &accepted["handled_by"]), (200, &json!("accepted"), &json!("bootstrap")));
    assert_eq!(post(&server, &format!("{path}/accept"), json!({})).await.0, 409, "somebody has it");
    assert_eq!(post(&server, &format!("{path}/notes"), json!({ "text": " " })).await.0, 422);
    assert_eq!(post(&server, &format!("{path}/notes"), json!({ "text": "new box sent" })).await.0, 201);
    let (status, done) = post(&server, &format!("{path}/done"), json!({})).await;
    assert_eq!((status, &done["state"], &done["promise"]), (200, &json!("done"), &json!("kept")));
    assert_eq!(post(&server, &format!("{path}/refuse"), json!({})).await.0, 409);
    assert_eq!(server.api(&path).await["notes"][0]["text"], "new box sent");
    assert_eq!(send(&server, Method::PUT, &format!("{path}/wrong"), json!({ "why": "" })).await.0, 422);
    let (status, marked) =
        send(&server, Method::PUT, &format!("{path}/wrong"), json!({ "why": "it is delivered" })).await;
    assert_eq!((status, &marked["wrong"]["why"]), (200, &json!("it is delivered")));
    assert_eq!(post(&server, &format!("{path}/hand-back"), json!({})).await.0, 503, "nobody places calls here");
    assert_eq!(server.api("/api/v1/handoffs?state=waiting").await["rows"], json!([]));
    assert_eq!(post(&server, "/api/v1/handoffs/none/accept", json!({})).await.0, 404);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_and_promises_are_listed_and_settled() {
    let server = Server::with_fake_speech(|_| ()).await;
    let (call, callback) = call_with_request(&server, "callback", SignedDuration::from_hours(-1)).await;
    let promise = ask(&server, call.opened.id, "reschedule", SignedDuration::from_hours(1)).await;
    let callbacks = server.api("/api/v1/callbacks").await;
    assert_eq!(callbacks["rows"].as_array().map(Vec::len), Some(1), "nobody is to be called about a new day");
    assert_eq!(callbacks["rows"][0]["is_overdue"], true);
    let promises = server.api("/api/v1/promises").await;
    assert_eq!(promises["rows"].as_array().map(Vec::len), Some(2));

    let (status, done) = post(&server, &format!("/api/v1/callbacks/{callback}/done"), json!({})).await;
    assert_eq!((status, &done["promise"]), (200, &json!("missed")), "it was an hour late");
    let settle = format!("/api/v1/promises/{promise}/settle");
    for refused in [json!({ "result": "open" }), json!({ "result": "perhaps" }), json!({})] {
        assert_eq!(post(&server, &settle, refused.clone()).await.0, 422, "{refused}");
    }
    let (status, kept) = post(&server, &settle, json!({ "result": "kept" })).await;
    assert_eq!((status, &kept["promise"], &kept["state"]), (200, &json!("kept"), &json!("waiting")));
    assert_eq!(server.api("/api/v1/promises?state=open").await["rows"], json!([]));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_counts_at_once_and_can_be_taken_back() {
    let server = Server::with_fake_speech(|_| ()).await;
    let path = format!("/api/v1/contacts/{CUSTOMER}/opt-out");
    let calls = &server.reception.services().calls;
    let number = CUSTOMER.parse().expect("a number");
    assert_eq!(send(&server, Method::GET, &path, Value::Null).await.0, 404);
    let (status, set) = send(&server, Method::PUT, &path, json!({ "scope": "all" })).await;
    assert_eq!((status, &set["set_by"]), (200, &json!("bootstrap")));
    assert_eq!(calls.is_opted_out(&number).await, Ok(true));
    assert_eq!(server.api(&path).await["scope"], "all");
    assert_eq!(send(&server, Method::DELETE, &path, Value::Null).await.0, 204);
    assert_eq!(calls.is_opted_out(&number).await, Ok(false));
    for (path, body) in [
        (path.as_str(), json!({ "scope": "this_order" })),
        (path.as_str(), json!({ "scope": "all", "order_ref": "KH-452719" })),
        (path.as_str(), json!({ "scope": "some" })),
        ("/api/v1/contacts/98450/opt-out", json!({ "scope": "all" })),
    ] {
        assert_eq!(send(&server, Method::PUT, path, body.clone()).await.0, 422, "{path} {body}");
    }
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_and_figures_are_read() {
    let server = Server::with_fake_speech(|_| ()).await;
    call_with_request(&server, "complaint", SignedDuration::from_hours(1)).await;
    let first = server.api("/api/v1/customers?limit=1").await;
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(1));
    let next = first["next"].as_str().expect("there are more");
    let second = server.api(&format!("/api/v1/customers?limit=1&cursor={next}")).await;
    assert_ne!(first["rows"][0]["phone"], second["rows"][0]["phone"]);
    let one = server.api("/api/v1/customers?phone=%2B919845012345").await;
    assert_eq!((&one["rows"][0]["phone"], one["rows"].as_array().map(Vec::len)), (&json!(CUSTOMER), Some(1)));

    let moving = server.api("/api/v1/shipments?order_ref=KH-452719").await;
    assert_eq!(moving["rows"].as_array().map(Vec::len), Some(1));
    let (number, status) = (&moving["rows"][0]["tracking_number"], &moving["rows"][0]["status"]);
    let number = number.as_str().expect("a number");
    let found = server.api(&format!("/api/v1/shipments?tracking_number={number}")).await;
    assert_eq!((&found["rows"][0]["order_ref"], &found["rows"][0]["status"]), (&json!("KH-452719"), status));
    assert_eq!(send(&server, Method::GET, "/api/v1/shipments?status=flying", Value::Null).await.0, 400);

    let figures = server.api("/api/v1/metrics").await;
    let figure = |told: &Value, name: &str| {
        let all = told["figures"].as_array().expect("figures");
        all.iter().find(|figure| figure["name"] == name).expect("a figure").clone()
    };
    assert_eq!(figure(&figures, "calls_ended")["value"], 1.0);
    let escalation = figure(&figures, "escalation");
    assert_eq!((&escalation["value"], &escalation["denominator"]), (&Value::Null, &json!(1)));
    assert_eq!(escalation["unknown"], "fewer than 30 cases");
    assert!(figure(&figures, "answer_latency_p50")["value"].is_f64(), "{figures}");
    let past = server.api("/api/v1/metrics?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00%2B05:30").await;
    assert_eq!(figure(&past, "calls_ended")["value"], 0.0);
    let days = "/api/v1/metrics?from=2026-01-01&to=2026-01-31&scenario=I1_WISMO&group=control";
    let path = server.url(days);
    let table =
        server.http.get(path).bearer_auth(API_TOKEN).header("accept", "text/csv").send().await.expect("answered");
    let table = table.text().await.expect("text");
    assert!(table.starts_with("name,unit,value,") && table.contains("calls_ended,count,0,,,2025-12-31T18:30:00Z,"));
    assert!(table.contains(",I1_WISMO,control,"), "{table}");
    assert_eq!(send(&server, Method::GET, "/api/v1/metrics?from=yesterday", Value::Null).await.0, 422);
    let backwards = "/api/v1/metrics?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z";
    assert_eq!(send(&server, Method::GET, backwards, Value::Null).await.0, 422);
    server.stopped().await;
}
