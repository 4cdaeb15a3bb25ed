//! From a carrier's message to the ringing phone: once, at once, not to whoever must not be called, and whatever dies in
//! between.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use doorstep::adapters::store::SqlStore;
use doorstep::config::Settings;
use doorstep::domain::call::Connection;
use doorstep::domain::dialling::PlanState;
use doorstep::domain::orders::import::order_from_json;
use doorstep::ports::dialling::{PlanFilter, StoredPlan};
use doorstep::ports::store::OrderStore as _;
use doorstep::ports::undecided::{Next, UndecidedStore as _};
use doorstep::simulator::{Answering, LiveCommand, PlacedCall, RestStandIn};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::harness::{ACCOUNT, API_TOKEN, AUTH_TOKEN, SHOP, Server, carrier_settings, quiet, until, within};
use super::program::{Place, http, terminate};

const SECRET: &str = "a secret of the tracker";
pub(super) const BUSY: Answering = Answering::Never { after: Duration::from_millis(10), status: "busy" };

/// A rule of `tests/outreach/calls.toml` calls in each of these.
const OUT_FOR_DELIVERY: (&str, &str) = ("OutForDelivery", "OutForDelivery_001");
const DELIVERED: (&str, &str) = ("Delivered", "Delivered_001");
/// Its call waits for an hour.
const EXCEPTION: (&str, &str) = ("Exception", "Exception_001");

pub(super) fn number_of(order: usize) -> String {
    format!("+91555{order:07}")
}

/// An order whose parcel is on its way, as the shop imports it.
fn order(number: usize) -> Value {
    let hours_ago = |hours| (Timestamp::now() - SignedDuration::from_hours(hours)).to_string();
    json!({
        "order_ref": format!("WH-{number:04}"), "placed_at": hours_ago(48),
        "customer": { "name": "Meera Nambiar", "phone": number_of(number), "language": "en-IN" },
        "items": [{ "title": "electric kettle", "quantity": 1 }],
        "total": { "amount_minor": 129_900, "currency": "INR" }, "payment": "prepaid",
        "address": { "lines": ["House 27"], "city": "Kochi", "state": "KL", "postcode": "682020", "country": "IN" },
        "time_zone": "Asia/Kolkata",
        "shipments": [{ "tracking_number": format!("TR{number:04}"), "carrier": "bluedart", "status": "in_transit",
            "events": [{ "at": hours_ago(20), "status": "in_transit", "place": "Nagpur hub", "reason": null }] }]
    })
}

/// What AfterShip tells of the order's parcel.
fn told(number: usize, event: usize, (tag, subtag): (&str, &str)) -> String {
    let now = Timestamp::now();
    json!({
        "ts": now.as_second(), "event": "tracking_update", "event_id": format!("e-{number}-{event}"),
        "msg": { "id": format!("t{number}"), "tracking_number": format!("TR{number:04}"), "slug": "bluedart", "tag": tag,
            "subtag": subtag, "checkpoints": [{ "checkpoint_time": now.to_string(), "tag": tag, "subtag": subtag }] }
    })
    .to_string()
}

async fn tell(http: &Client, url: &str, secret: &str, body: String) -> StatusCode {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = BASE64.encode(hmac::sign(&key, body.as_bytes()));
    let request = http.post(url).header("aftership-hmac-sha256", signature).body(body);
    request.send().await.expect("answered").status()
}

/// A server with orders, and the carrier it calls by.
pub(super) struct Stand {
    pub(super) server: Server,
    pub(super) rest: RestStandIn,
}

impl Stand {
    pub(super) async fn open(orders: usize, change: impl FnOnce(&mut Settings)) -> Self {
        let rest = RestStandIn::start(ACCOUNT, AUTH_TOKEN).await.expect("a port is free");
        let server = Server::with_fake_speech(|settings| {
            let twilio = settings.telephony.twilio.as_mut().expect("the carrier is set up");
            twilio.api_base_url = rest.base_url();
            twilio.from_numbers = vec![SHOP.parse().expect("a number")];
            settings.dialler.calls_per_second = 100;
            settings.outreach.rules = "tests/outreach/calls.toml".into();
            let sources = format!("[[sources]]\nkind = \"aftership\"\nname = \"tracker\"\nsecret = \"{SECRET}\"\n");
            settings.commerce = toml::from_str(&sources).expect("the source is well-formed");
            change(settings);
        })
        .await;
        let stand = Self { server, rest };
        for number in 0..orders {
            let request = stand.server.http.post(stand.server.url("/api/v1/orders")).bearer_auth(API_TOKEN);
            let answer = request.body(order(number).to_string()).send().await.expect("the API answers");
            assert_eq!(answer.status(), StatusCode::CREATED);
        }
        stand
    }

    async fn tell(&self, number: usize, event: usize, tag: (&str, &str)) -> StatusCode {
        let url = self.server.url("/webhooks/tracker");
        tell(&self.server.http, &url, SECRET, told(number, event, tag)).await
    }

    pub(super) async fn next_call(&mut self) -> PlacedCall {
        within("the call reaches the carrier", self.rest.next_call()).await.expect("the carrier is there")
    }

    pub(super) async fn plans(&self) -> Vec<StoredPlan> {
        let plans = &self.server.reception.services().plans;
        plans.list_plans(&PlanFilter::default(), None, 200).await.expect("the store answers").rows
    }

    async fn plan_in(&self, state: PlanState) -> StoredPlan {
        until("the plan comes to its state", async || {
            self.plans().await.into_iter().find(|plan| plan.progress.state == state)
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_rings_a_phone_within_half_a_second_and_only_once() {
    let _turn = quiet().await;
    const ORDERS: usize = 60;
    let mut stand = Stand::open(ORDERS, |_| ()).await;
    let carrier = std::sync::Arc::new(stand.server.carrier(&number_of(0), 1));
    let (mut delays, mut rung) = (Vec::new(), BTreeMap::<String, u32>::new());
    let mut ticks = tokio::time::interval(Duration::from_millis(60));
    for number in 0..ORDERS {
        ticks.tick().await;
        let began = Instant::now();
        assert_eq!(stand.tell(number, 1, OUT_FOR_DELIVERY).await, StatusCode::OK);
        let call = stand.next_call().await;
        delays.push(began.elapsed());
        assert_eq!(stand.tell(number, 1, OUT_FOR_DELIVERY).await, StatusCode::OK, "its sender sends it again");
        assert_eq!(call.fields["To"], number_of(number));
        *rung.entry(call.fields["To"].clone()).or_default() += 1;
        let carrier = std::sync::Arc::clone(&carrier);
        tokio::spawn(async move { carrier.carry(call, BUSY).await });
    }
    delays.sort();
    println!("from the message to the carrier: p50 {:?}, p95 {:?}", delays[ORDERS / 2], delays[ORDERS * 95 / 100]);
    assert!(delays[ORDERS * 95 / 100] <= Duration::from_millis(500), "{delays:?}");
    let another = tokio::time::timeout(Duration::from_millis(300), stand.rest.next_call()).await;
    assert!(another.is_err(), "{another:?}");
    assert_eq!((rung.len(), rung.values().max()), (ORDERS, Some(&1)));
    assert_eq!(stand.plans().await.len(), ORDERS, "one plan for each order");
    let metrics = stand.server.http.get(stand.server.url("/metrics")).send().await.expect("answered");
    assert!(metrics.text().await.expect("text").contains("doorstep_news_to_dial_seconds"));
    stand.server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_overtakes_the_news_takes_the_call_back_even_while_it_rings() {
    let mut stand = Stand::open(2, |_| ()).await;
    assert_eq!(stand.tell(0, 1, OUT_FOR_DELIVERY).await, StatusCode::OK);
    let mut call = stand.next_call().await;
    assert_eq!(stand.tell(0, 2, DELIVERED).await, StatusCode::OK);
    let command = within("it is called off", call.commands.recv()).await;
    assert_eq!(command, Some(LiveCommand::HangUp));
    assert_eq!(stand.plan_in(PlanState::Cancelled).await.why.as_deref(), Some("overtaken"));
    let outcome = &stand.server.filed(1).await[0].finished.clone().expect("it has ended").outcome;
    assert_eq!(outcome.connection, Connection::SuppressedOvertaken);

    assert_eq!(stand.tell(1, 1, EXCEPTION).await, StatusCode::OK);
    let waiting = stand.plan_in(PlanState::Waiting).await;
    assert_eq!(stand.tell(1, 2, DELIVERED).await, StatusCode::OK);
    until("the waiting call is taken back", async || {
        let plans = stand.plans().await;
        plans.iter().any(|plan| plan.id == waiting.id && plan.progress.state == PlanState::Cancelled).then_some(())
    })
    .await;
    stand.server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opted_out_is_not_called_and_a_forged_message_does_nothing() {
    let mut stand = Stand::open(3, |_| ()).await;
    let opt_out = stand.server.url(&format!("/api/v1/contacts/{}/opt-out", number_of(0)));
    let answer = stand
        .server
        .http
        .put(opt_out)
        .bearer_auth(API_TOKEN)
        .json(&json!({ "scope": "all" }))
        .send()
        .await
        .expect("answered");
    assert!(answer.status().is_success(), "{}", answer.status());
    assert_eq!(stand.tell(0, 1, OUT_FOR_DELIVERY).await, StatusCode::OK);
    let url = stand.server.url("/webhooks/tracker");
    let forged = tell(&stand.server.http, &url, "guessed", told(1, 1, OUT_FOR_DELIVERY)).await;
    assert_eq!(forged, StatusCode::UNAUTHORIZED);
    // Had either of them been acted on, theirs would be the first call.
    assert_eq!(stand.tell(2, 1, OUT_FOR_DELIVERY).await, StatusCode::OK);
    let call = stand.next_call().await;
    assert_eq!(call.fields["To"], number_of(2));
    stand.server.carrier(&number_of(2), 1).carry(call, BUSY).await;
    let decisions = stand.server.api("/api/v1/outreach/decisions?limit=200").await;
    let of = |order: &str| {
        let rows = decisions["rows"].as_array().expect("a list");
        let told = |row: &&Value| row["order_ref"] == order && row["event"]["moment"] == "out_for_delivery";
        rows.iter().find(told).cloned()
    };
    assert_eq!(of("WH-0000").expect("it is kept")["why"], "opted_out");
    assert_eq!(of("WH-0001"), None);
    assert_eq!(stand.plans().await.len(), 1);
    stand.server.stopped().await;
}

fn program_settings(rest: &RestStandIn) -> String {
    format!(
        "[speech_to_text]\nprovider = \"fake\"\n[text_to_speech]\nprovider = \"fake\"\n\
         [sentence_encoder]\nprovider = \"none\"\n[voice_activity]\nprovider = \"gate\"\n\
         [outreach]\nrules = \"tests/outreach/calls.toml\"\npolicies_dir = \"tests/outreach/policies\"\n\
         [recordings]\nenabled = false\n[log]\nfilter = \"warn\"\n[dialler]\ncalls_per_second = 100\n\
         lost_after = \"2s\"\n[dialler.retry_waits]\nnetwork = \"500ms\"\nour_fault = \"500ms\"\nabandoned = \"500ms\"\n\
         [telephony.twilio]\napi_base_url = \"{}\"\nfrom_numbers = [\"{SHOP}\"]\n\
         [[commerce.sources]]\nkind = \"aftership\"\nname = \"tracker\"\nsecret = \"{SECRET}\"\n",
        rest.base_url()
    )
}

/// A place with so many orders in its database.
async fn place_with(orders: usize, rest: &RestStandIn) -> (Place, SqlStore) {
    let place = Place::new(&program_settings(rest));
    let url = format!("sqlite://{}", place.path("doorstep.db").display());
    let store = SqlStore::connect(&url).await.expect("a database can be made");
    store.migrate().await.expect("the schema can be made");
    for number in 0..orders {
        let order = order_from_json(&order(number).to_string()).expect("the order is sound");
        store.put_order(&order, Timestamp::now()).await.expect("the store takes an order");
    }
    (place, store)
}

/// Every number of so many orders rings once.
async fn each_rings_once(rest: &mut RestStandIn, orders: usize) {
    let settings = carrier_settings("http://127.0.0.1:9", &number_of(0));
    let carrier = doorstep::simulator::SimulatedCarrier::new(settings).expect("an HTTP client");
    let mut rung = Vec::new();
    while rung.len() < orders {
        let call = within("every phone rings", rest.next_call()).await.expect("the carrier is there");
        rung.push(call.fields["To"].clone());
        carrier.carry(call, BUSY).await;
    }
    rung.sort();
    assert_eq!(rung, (0..orders).map(number_of).collect::<Vec<_>>());
    let another = tokio::time::timeout(Duration::from_millis(300), rest.next_call()).await;
    assert!(another.is_err(), "{another:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_server_left_undecided_is_decided_by_the_next() {
    let mut rest = RestStandIn::start(ACCOUNT, AUTH_TOKEN).await.expect("a port is free");
    let (place, store) = place_with(3, &rest).await;
    // As the server would have written it, had it died right after its transaction.
    for number in 0..3 {
        let mut order = order(number);
        order["shipments"][0]["status"] = json!("out_for_delivery");
        let at = (Timestamp::now() - SignedDuration::from_secs(5)).to_string();
        let event = json!({ "at": at, "status": "out_for_delivery", "place": "Kochi", "reason": null });
        order["shipments"][0]["events"].as_array_mut().expect("a list").push(event);
        let order = order_from_json(&order.to_string()).expect("the order is sound");
        store.put_order_undecided(&order, Timestamp::now()).await.expect("the store takes it");
    }
    // One of them it had begun to decide about.
    let lease = Duration::from_millis(500);
    let lent = store.lease_undecided(Next::Decide, Timestamp::now(), lease, 1).await.expect("the store answers");
    assert_eq!(lent.len(), 1);
    let server = place.serve().await;
    each_rings_once(&mut rest, 3).await;
    until("nothing is left to decide", async || {
        let next = store.next_undecided_at(Next::Decide).await.expect("the store answers");
        next.is_none().then_some(())
    })
    .await;
    assert!(terminate(server).await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_between_a_message_and_its_decision_loses_no_call() {
    const ORDERS: usize = 40;
    let mut rest = RestStandIn::start(ACCOUNT, AUTH_TOKEN).await.expect("a port is free");
    let (place, store) = place_with(ORDERS, &rest).await;
    let mut server = place.serve().await;
    let (http, url) = (http(), place.url("/webhooks/tracker"));
    let messages = (0..ORDERS).map(|number| tell(&http, &url, SECRET, told(number, 1, OUT_FOR_DELIVERY)));
    let answers = futures_util::future::join_all(messages).await;
    server.start_kill().expect("the program can be killed");
    within("the program is gone", server.wait()).await.expect("it can be waited for");
    assert!(answers.iter().all(|status| *status == StatusCode::OK), "{answers:?}");
    let left = store.lease_undecided(Next::Decide, Timestamp::now(), Duration::from_millis(1), 200).await;
    println!("left undecided by the server that was killed: {}", left.expect("the store answers").len());
    let server = place.serve().await;
    each_rings_once(&mut rest, ORDERS).await;
    assert!(terminate(server).await.success());
}
