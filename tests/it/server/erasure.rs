//! Erasing what is about somebody: everywhere in the store, and on disk, with a proof that names nobody.

use doorstep::domain::values::PhoneNumber;
use doorstep::simulator::Step;
use reqwest::Method;
use serde_json::{Value, json};

use super::harness::{API_TOKEN, CUSTOMER, Server, says, script};

async fn send(server: &Server, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let request = server.http.request(method, server.url(path)).bearer_auth(API_TOKEN).json(body);
    let response = request.send().await.expect("answered");
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_a_number_is_erased_and_what_is_about_others_is_not() {
    let server = Server::with_fake_speech(|_| ()).await;
    for (from, seed) in [(CUSTOMER, 31), ("+914000000001", 32)] {
        let steps = vec![Step::Silence { ms: 300 }, says("where-is-my-order.wav"), Step::Silence { ms: 500 }];
        server.carrier(from, seed).call(script(steps), 1).await;
    }
    let calls = server.filed(2).await;
    let is_customer = |number: Option<&str>| number == Some(CUSTOMER);
    let (theirs, others): (Vec<_>, Vec<_>) =
        calls.iter().partition(|call| is_customer(call.opened.from.as_ref().map(PhoneNumber::reveal)));
    let (theirs, other) = (theirs[0].opened.id, others[0].opened.id);
    let wav = |call| server.folder.path().join("recordings").join(format!("{call}.wav"));
    assert!(wav(theirs).exists() && wav(other).exists());

    for refused in [json!({}), json!({ "phone": CUSTOMER, "order_ref": "KH-452719" }), json!({ "phone": "98450" })] {
        assert_eq!(send(&server, Method::POST, "/api/v1/erasures", &refused).await.0, 422, "{refused}");
    }
    let (status, erased) = send(&server, Method::POST, "/api/v1/erasures", &json!({ "phone": CUSTOMER })).await;
    assert_eq!((status, &erased["calls_open"]), (200, &json!(0)));
    let deleted = &erased["deleted"];
    assert_eq!((&deleted["calls"], &deleted["recordings"]), (&json!(1), &json!(1)));
    assert!(deleted["orders"].as_u64().is_some_and(|orders| 1 <= orders), "{erased}");

    assert!(!wav(theirs).exists() && wav(other).exists());
    assert_eq!(send(&server, Method::GET, &format!("/api/v1/calls/{theirs}"), &Value::Null).await.0, 404);
    assert_eq!(send(&server, Method::GET, &format!("/api/v1/calls/{other}"), &Value::Null).await.0, 200);
    assert_eq!(send(&server, Method::GET, "/api/v1/orders/KH-452719", &Value::Null).await.0, 404);
    assert_eq!(server.api("/api/v1/shipments?order_ref=KH-452719").await["rows"], json!([]));
    let proof = server.api("/api/v1/deletions").await;
    assert_eq!((&proof["rows"][0]["what"], &proof["rows"][0]["ordered_by"]), (&json!("erasure"), &json!("bootstrap")));
    assert_eq!(proof["rows"][0]["calls"], 1);
    assert!(!proof.to_string().contains(&CUSTOMER[1..]), "{proof}");
    server.stopped().await;
}
