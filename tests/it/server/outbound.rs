//! Calls the shop makes: placed through the API, carried by the simulated carrier, filed whatever comes of them.

use std::time::Duration;

use doorstep::config::{LanguageSection, Settings};
use doorstep::domain::call::{Connection, Contact, Disposition};
use doorstep::domain::orders::OrderRef;
use doorstep::simulator::{Answering, CallEnd, CallReport, RestStandIn, Step};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::harness::{ACCOUNT, API_TOKEN, AUTH_TOKEN, SHOP, Server, quiet, says, script, within};

/// The customer of an order of the demo shop that is out for delivery.
const OUT_FOR_DELIVERY: &str = "KH-452660";
const RECIPIENT: &str = "+915550100003";

/// Sooner, hardly anybody picks up; the opening is made meanwhile.
const RINGS_FOR: Duration = Duration::from_secs(3);
const FIRST_WORD_MS_MAX: u64 = 400;

const WAIT: Step = Step::WaitForAgent { silence_ms: 700 };

/// The carrier's REST interface, and a server that places its calls there.
async fn rest() -> RestStandIn {
    RestStandIn::start(ACCOUNT, AUTH_TOKEN).await.expect("a port is free")
}

fn placing_at(rest: &RestStandIn, settings: &mut Settings) {
    let twilio = settings.telephony.twilio.as_mut().expect("the carrier is set up");
    twilio.api_base_url = rest.base_url();
    twilio.from_numbers = vec![SHOP.parse().expect("a number")];
}

async fn place(server: &Server, body: Value) -> (StatusCode, Value) {
    let request = server.http.post(server.url("/api/v1/calls")).bearer_auth(API_TOKEN).json(&body);
    let answer = request.send().await.expect("the API answers");
    (answer.status(), answer.json().await.expect("the API answers in JSON"))
}

async fn placed(server: &Server, scenario: &str) -> String {
    let (status, body) = place(server, json!({ "order_id": OUT_FOR_DELIVERY, "scenario": scenario })).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    body["id"].as_str().expect("an id").to_owned()
}

async fn carried(server: &Server, rest: &mut RestStandIn, answering: Answering) -> CallReport {
    let call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    assert_eq!((call.fields["To"].as_str(), call.fields["From"].as_str()), (RECIPIENT, SHOP));
    server.carrier(RECIPIENT, 7).carry(call, answering).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_says_by_key_that_somebody_will_be_there() {
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| placing_at(&rest, settings)).await;
    let id = placed(&server, "out_for_delivery").await;
    let customer = script(vec![
        WAIT,
        Step::Dtmf { digit: '1' },
        WAIT,
        Step::Dtmf { digit: '1' },
        Step::WaitForAgent { silence_ms: 3_000 },
    ]);
    let answering = Answering::Answers { after: Duration::from_millis(200), answered_by: "human", script: customer };
    let report = carried(&server, &mut rest, answering).await;
    server.filed(1).await;
    let call = server.api(&format!("/api/v1/calls/{id}")).await;
    assert_eq!(report.end, CallEnd::AgentClosed { code: Some(1_000) }, "{:#}", call["transcript"]);
    assert_eq!((report.callbacks_refused, report.violations), (0, Vec::new()));
    assert_eq!(
        (call["direction"].as_str(), call["scenario"].as_str()),
        (Some("outbound"), Some("O2_OUT_FOR_DELIVERY"))
    );
    let outcome = &call["outcome"];
    assert_eq!(outcome["disposition"], "AVAILABLE_CONFIRMED", "{call:#}");
    assert_eq!(
        (outcome["connection"].as_str(), outcome["contact"].as_str()),
        (Some("ANSWERED_HUMAN"), Some("RIGHT_PARTY"))
    );
    assert_eq!(outcome["order_ref"], OUT_FOR_DELIVERY);
    assert_eq!(outcome["policy_version"], server.reception.services().may_call.version());
    assert!(outcome["dialled_at"].is_string() && outcome["answered_at"].is_string(), "{outcome:#}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_whose_language_has_a_voice_is_called_in_it() {
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| {
        placing_at(&rest, settings);
        let voice = LanguageSection { text_to_speech: "fake".to_owned(), voice: None };
        settings.languages.insert("hi".to_owned(), voice);
    })
    .await;
    let services = server.reception.services();
    let reference = OrderRef(OUT_FOR_DELIVERY.to_owned());
    let order = services.orders.order_by_ref(&reference).await.expect("the store answers");
    let mut order = order.expect("an order of the demo shop");
    order.customer.language = Some("hi-IN".to_owned());
    services.orders.put_order(&order, services.wall_clock.now()).await.expect("the store takes it");
    let id = placed(&server, "out_for_delivery").await;
    let customer = script(vec![
        WAIT,
        Step::Dtmf { digit: '1' },
        WAIT,
        Step::Dtmf { digit: '1' },
        Step::WaitForAgent { silence_ms: 3_000 },
    ]);
    let answering = Answering::Answers { after: Duration::from_millis(200), answered_by: "human", script: customer };
    carried(&server, &mut rest, answering).await;
    server.filed(1).await;
    let call = server.api(&format!("/api/v1/calls/{id}")).await;
    let outcome = &call["outcome"];
    assert_eq!(outcome["disposition"], "AVAILABLE_CONFIRMED", "{call:#}");
    assert_eq!(outcome["language"], "hi-IN");
    assert!(
        outcome["script_version"].as_str().is_some_and(|version| version.starts_with("inbound-hi-1")),
        "{outcome:#}"
    );
    let lines = call["transcript"].as_array().expect("a transcript");
    let said = lines.iter().filter(|line| line["role"] == "agent").filter_map(|line| line["text"].as_str());
    let is_hindi = |text: &str| text.chars().any(|letter| ('\u{900}'..'\u{980}').contains(&letter));
    assert!(said.clone().count() != 0 && said.clone().all(is_hindi), "{lines:#?}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_says_in_words_that_somebody_will_be_there() {
    let _turn = quiet().await;
    let mut rest = rest().await;
    let server = Server::start(|settings| placing_at(&rest, settings)).await;
    let id = placed(&server, "out_for_delivery").await;
    let customer = script(vec![
        WAIT,
        says("yes-i-am.wav"),
        WAIT,
        says("somebody-will-be-there.wav"),
        WAIT,
        says("no-thank-you.wav"),
        Step::WaitForAgent { silence_ms: 3_000 },
    ]);
    let answering = Answering::Answers { after: RINGS_FOR, answered_by: "human", script: customer };
    let report = carried(&server, &mut rest, answering).await;
    server.filed(1).await;
    let call = server.api(&format!("/api/v1/calls/{id}")).await;
    assert_eq!(report.violations, Vec::<String>::new());
    println!(
        "from the answer: stream after {} ms, first word after {:?} ms",
        report.opening_ms,
        report.first_word_ms()
    );
    assert!(report.first_word_ms().is_some_and(|ms| ms <= FIRST_WORD_MS_MAX), "{:?}", report.first_word_ms());
    let outcome = &call["outcome"];
    assert_eq!(outcome["disposition"], "AVAILABLE_CONFIRMED", "{:#}", call["transcript"]);
    assert_eq!(
        (outcome["connection"].as_str(), outcome["contact"].as_str()),
        (Some("ANSWERED_HUMAN"), Some("RIGHT_PARTY"))
    );
    let heard = |words: &str| {
        let lines = call["transcript"].as_array().expect("a transcript");
        let said = lines.iter().filter(|line| line["role"] == "caller").filter_map(|line| line["text"].as_str());
        said.map(str::to_lowercase).any(|said| said.contains(words))
    };
    assert!(heard("i am") && heard("will be there"), "{:#}", call["transcript"]);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_carriers_word_and_a_beep_make_a_mailbox() {
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| placing_at(&rest, settings)).await;
    let id = placed(&server, "out_for_delivery").await;
    let beep = (0..8_000 * 2 / 5).map(|at| ((f64::from(at) * 0.785).sin() * 8_000.0) as i16).collect();
    let mailbox = script(vec![
        Step::Silence { ms: 2_000 },
        Step::Say { samples: beep, sample_rate_hz: 8_000 },
        Step::Silence { ms: 60_000 },
    ]);
    let answered_by = "machine_start";
    let answering = Answering::Answers { after: Duration::from_millis(200), answered_by, script: mailbox };
    let call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    assert_eq!(call.machine_detection_url, call.status_url, "the verdict comes to where progress is told");
    server.carrier(RECIPIENT, 7).carry(call, answering).await;
    server.filed(1).await;
    let call = server.api(&format!("/api/v1/calls/{id}")).await;
    assert_eq!(call["outcome"]["connection"], "VOICEMAIL_LEFT", "{call:#}");
    assert_eq!(call["picked_up"]["truth"], "voicemail", "{call:#}");
    assert_eq!(call["picked_up"]["taken_for"]["machine"], "voicemail", "{call:#}");
    assert!(call["transcript"].to_string().contains("Please ring us on"), "{:#}", call["transcript"]);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_nobody_takes_is_filed_with_the_carriers_reason() {
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| placing_at(&rest, settings)).await;
    let reasons =
        [("no-answer", Connection::NoAnswer), ("busy", Connection::Busy), ("failed", Connection::NetworkFailed)];
    for (count, (status, connection)) in (1..).zip(reasons) {
        let id = placed(&server, "out_for_delivery").await;
        let answering = Answering::Never { after: Duration::from_millis(20), status };
        let report = carried(&server, &mut rest, answering).await;
        assert_eq!(report.callbacks_refused, 0);
        let filed = server.filed(count).await;
        let call = filed.iter().find(|call| call.opened.id.to_string() == id).expect("it is filed under its id");
        let outcome = &call.finished.as_ref().expect("it has ended").outcome;
        assert_eq!(
            (outcome.connection, outcome.contact, outcome.disposition),
            (connection, Contact::Unknown, Disposition::NoDecision)
        );
        assert_eq!(outcome.order_ref.as_ref().map(|order| order.0.as_str()), Some(OUT_FOR_DELIVERY));
    }
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_placed_says_why_and_rings_nobody() {
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| placing_at(&rest, settings)).await;
    let services = server.reception.services();
    let at = services.wall_clock.now();
    services.calls.opt_out(&RECIPIENT.parse().expect("a number"), None, at).await.expect("the store answers");
    let cases = [
        (
            json!({ "order_id": OUT_FOR_DELIVERY, "scenario": "delayed" }),
            StatusCode::CONFLICT,
            "opted_out (customer: no automated calls)",
        ),
        (json!({ "order_id": "KH-000000", "scenario": "delayed" }), StatusCode::NOT_FOUND, "no such order"),
        (json!({ "order_id": "KH-452719", "scenario": "upsell" }), StatusCode::UNPROCESSABLE_ENTITY, "failed_attempt"),
        (
            json!({ "order_id": "KH-452719", "scenario": "delayed", "to": "12" }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "to:",
        ),
        (json!({ "order_id": "KH-452719" }), StatusCode::UNPROCESSABLE_ENTITY, "scenario"),
    ];
    for (body, status, words) in cases {
        let (answered, problem) = place(&server, body).await;
        assert_eq!(answered, status, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{problem}");
    }
    let nobody = tokio::time::timeout(Duration::from_millis(50), rest.next_call()).await;
    assert!(nobody.is_err(), "the carrier was asked to ring somebody");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_number_to_call_from_nothing_is_placed() {
    let server = Server::with_fake_speech(|_| ()).await;
    let (status, problem) = place(&server, json!({ "order_id": OUT_FOR_DELIVERY, "scenario": "delayed" })).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("from_numbers")), "{problem}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_picks_up_a_call_that_is_not_ours_is_not_left_in_silence() {
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| placing_at(&rest, settings)).await;
    placed(&server, "out_for_delivery").await;
    let mut call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    call.voice_url = call.voice_url.replace("attempt=", "attempt=0");
    let answering =
        Answering::Answers { after: Duration::from_millis(20), answered_by: "human", script: script(vec![WAIT]) };
    let report = server.carrier(RECIPIENT, 7).carry(call, answering).await;
    let CallEnd::TurnedAway { document } = &report.end else { panic!("{:?}", report.end) };
    assert!(document.contains("<Say") && document.contains("<Hangup/>"), "{document}");
    // Its own attempt is filed all the same.
    let filed = server.filed(1).await;
    let outcome = &filed[0].finished.as_ref().expect("it has ended").outcome;
    assert_eq!(outcome.connection, Connection::AbandonedByUs);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_rings_back_lands_on_what_we_rang_about() {
    let mut rest = rest().await;
    let server = Server::with_fake_speech(|settings| placing_at(&rest, settings)).await;
    placed(&server, "out_for_delivery").await;
    let unanswered = Answering::Never { after: Duration::from_millis(20), status: "no-answer" };
    carried(&server, &mut rest, unanswered).await;
    server.filed(1).await;
    let listens = || script(vec![WAIT, WAIT]);
    server.carrier(RECIPIENT, 8).call(listens(), 1).await;
    server.carrier("+915550100002", 9).call(listens(), 2).await;
    server.filed(3).await;
    let calls = server.api("/api/v1/calls").await;
    let of = |phone: &str| {
        let rows = calls["rows"].as_array().expect("calls");
        let call = rows.iter().find(|call| call["direction"] == "inbound" && call["from"] == phone);
        call.expect("the caller's own call").clone()
    };
    let (back, other) = (of(RECIPIENT), of("+915550100002"));
    assert!(back["transcript"].to_string().contains("We rang you about a delivery planned for today"), "{back:#}");
    assert_eq!(back["outcome"]["scenario"], "I2_MISSED_CALL");
    assert!(other["transcript"].to_string().contains("How can I help"), "{other:#}");
    server.stopped().await;
}
