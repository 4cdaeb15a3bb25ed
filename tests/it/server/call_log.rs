//! A whole call with the finest log there is: nothing personal is in it.

use doorstep::simulator::{CallEnd, Step};

use super::harness::{api, says, script, until};
use super::program::{Place, http, terminate};

/// Number, name, order, street, postcode, what was bought, what was said, where the parcel is.
const PERSONAL: &[&str] = &[
    "9845012345",
    "Asha",
    "Rao",
    "452719",
    "Lake View",
    "560034",
    "pressure",
    "cooker",
    "where is my",
    "Nagpur",
    "tomorrow",
    "DEL123456789",
    "asha@example.com",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_call_names_nobody() {
    let place = Place::new("[log]\nfilter = \"trace\"\n");
    let imported = place.path("shop.jsonl");
    let now = jiff::Timestamp::now();
    let shop = doorstep::domain::orders::demo::resolve_demo_dates(include_str!("../../../config/demo-shop.jsonl"), now);
    let orders: Vec<&str> = shop.lines().filter(|line| line.starts_with('{')).collect();
    std::fs::write(&imported, orders.join("\n")).expect("the file can be written");
    let import = place.run(&["import", "orders", &imported.display().to_string()]).await;
    assert_eq!(import.code, Some(0), "{}", import.errors);
    let server = place.serve().await;
    let caller = script(vec![
        Step::WaitForAgentSpeaking { speech_ms: 500 },
        says("where-is-my-order.wav"),
        Step::WaitForAgent { silence_ms: 700 },
        says("what-did-i-order.wav"),
        Step::WaitForAgent { silence_ms: 700 },
        says("postcode-560034.wav"),
        Step::WaitForAgent { silence_ms: 700 },
    ]);
    let report = place.carrier(12).call(caller, 1).await;
    assert_eq!(report.end, CallEnd::CallerHungUp);
    let calls = until("the call is filed", async || {
        let calls = api(&http(), &place.url("/api/v1/calls")).await;
        calls["rows"][0]["transcript"].as_array().is_some_and(|lines| !lines.is_empty()).then_some(calls)
    })
    .await;
    assert!(terminate(server).await.success());
    let said = calls["rows"][0]["transcript"].to_string();
    assert!(said.contains("Nagpur"), "the call was about the parcel: {said}");
    let log = format!("{}{}", import.errors, place.log());
    assert!(log.contains("call ended"), "the log is there: {log}");
    let found: Vec<&str> = log.lines().filter(|line| PERSONAL.iter().any(|word| line.contains(word))).collect();
    assert!(found.is_empty(), "{} lines, such as: {}", found.len(), found[0]);
}
