//! Campaigns against a town of customers, while the servers that dial are killed every few seconds: no plan is lost, the
//! carrier is asked once for each attempt, and each attempt has exactly one outcome.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use doorstep::adapters::store::SqlStore;
use doorstep::domain::dialling::PlanState;
use doorstep::domain::orders::demo::demo_orders;
use doorstep::domain::orders::{Order, OrderRef};
use doorstep::ports::dialling::{PlanFilter, PlanStore as _, StoredPlan};
use doorstep::ports::store::{CallStore as _, OrderStore as _};
use doorstep::runtime::reception::hash_of;
use doorstep::simulator::{CampaignReport, CarrierSettings, RestFaults, RestStandIn, SimulatedCarrier, meet_campaign};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::process::Child;
use tokio_util::sync::CancellationToken;

use super::harness::{ACCOUNT, API_TOKEN, AUTH_TOKEN, PATIENCE, SHOP, api, carrier_settings, quiet, until, within};
use super::program::{Place, http, terminate};
use super::two_servers::Database;

/// Its parcel is out for delivery.
const PATTERN: &str = "KH-452660";
const FAULTS: RestFaults = RestFaults { lost_answers: 0.05, refusals: 0.05 };

fn settings(rest: &RestStandIn) -> String {
    format!(
        "[speech_to_text]\nprovider = \"fake\"\n[text_to_speech]\nprovider = \"fake\"\n\
         [sentence_encoder]\nprovider = \"none\"\n[voice_activity]\nprovider = \"gate\"\n\
         [outreach]\nrules = \"tests/outreach/rules.toml\"\npolicies_dir = \"tests/outreach/policies\"\n\
         [recordings]\nenabled = false\n[server]\nnode_timeout = \"8s\"\n[log]\nfilter = \"warn\"\n\
         [telephony.twilio]\napi_base_url = \"{}\"\nfrom_numbers = [\"{SHOP}\"]\n\
         [dialler]\ncalls_per_second = 100\ncalls_at_once_max = 60\nlate_frames_permille_max = 1000\nlost_after = \"5s\"\n\
         [dialler.retry_waits]\nbusy = \"1s\"\nno_answer = \"1s\"\nmachine = \"1s\"\nscreener = \"1s\"\n\
         hung_up_early = \"1s\"\ndropped = \"1s\"\nnetwork = \"500ms\"\nabandoned = \"1s\"\nour_fault = \"1s\"\n\
         rejected = \"1s\"\nthird_party = \"1s\"\n",
        rest.base_url()
    )
}

/// So many orders like the pattern, each of another customer.
async fn fill(store: &SqlStore, count: usize) -> Vec<String> {
    let now = Timestamp::now();
    let demo = demo_orders(include_str!("../../../config/demo-shop.jsonl"), now).expect("the demo shop is sound");
    let pattern: Order = demo.into_iter().find(|order| order.order_ref.0 == PATTERN).expect("it is there");
    let mut references = Vec::new();
    for number in 0..count {
        let mut order = pattern.clone();
        order.order_ref = OrderRef(format!("CP-{number:06}"));
        order.customer.phone = format!("+91555{number:07}").parse().expect("a number");
        for shipment in &mut order.shipments {
            shipment.tracking_number = format!("TR{number:06}");
        }
        store.put_order(&order, now).await.expect("the store takes an order");
        references.push(order.order_ref.0);
    }
    references
}

async fn plans(store: &SqlStore) -> Vec<StoredPlan> {
    let (mut plans, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.list_plans(&PlanFilter::default(), cursor.as_deref(), 500).await.expect("the store answers");
        plans.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            return plans;
        }
    }
}

struct Campaign {
    meeting: tokio::task::JoinHandle<Result<CampaignReport, String>>,
    stop: CancellationToken,
}

impl Campaign {
    fn open(rest: RestStandIn) -> Self {
        let settings = carrier_settings("http://127.0.0.1:9", "+915550000000");
        let carrier = SimulatedCarrier::new(CarrierSettings { seed: 5, ..settings }).expect("an HTTP client");
        let stop = CancellationToken::new();
        let meeting = tokio::spawn(meet_campaign(rest, Arc::new(carrier), 5, stop.clone()));
        Self { meeting, stop }
    }

    async fn closed(self) -> CampaignReport {
        self.stop.cancel();
        within("the last calls end", self.meeting).await.expect("the town does not panic").expect("it has its scripts")
    }
}

async fn begin(place: &Place, orders: &[String]) -> String {
    let until = Timestamp::now() + SignedDuration::from_hours(1);
    let body = json!({ "name": "late today", "scenario": "out_for_delivery", "orders": orders, "until": until });
    let request = http().post(place.url("/api/v1/campaigns")).bearer_auth(API_TOKEN).json(&body);
    let answer = request.send().await.expect("the API answers");
    let status = answer.status();
    let made: Value = answer.json().await.expect("JSON");
    assert_eq!(status.as_u16(), 201, "{made}");
    assert_eq!((made["planned"].as_u64(), &made["unknown_orders"]), (Some(orders.len() as u64 - 1), &json!(["XX-1"])));
    made["id"].as_str().expect("an id").to_owned()
}

/// Kills one server after the other while plans are open, at most so often; all live again at the end.
async fn kill_while_it_runs(places: &[Place], servers: &mut [Child], store: &SqlStore, kills_max: usize) -> usize {
    let mut kills = 0;
    let mut ticks = tokio::time::interval(Duration::from_millis(1_700));
    ticks.tick().await;
    while kills < kills_max && plans(store).await.iter().any(|plan| !plan.progress.state.is_final()) {
        ticks.tick().await;
        let victim = kills % places.len();
        servers[victim].start_kill().expect("the program can be killed");
        within("the program is gone", servers[victim].wait()).await.expect("it can be waited for");
        servers[victim] = places[victim].serve().await;
        kills += 1;
    }
    kills
}

async fn check(store: &SqlStore, report: &CampaignReport, orders: usize) {
    assert_eq!((report.asked_twice, report.overlapping), (0, 0), "{report:#?}");
    let plans = plans(store).await;
    assert_eq!(plans.len(), orders);
    let lost: Vec<_> = plans.iter().filter(|plan| !plan.progress.state.is_final()).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(plans.iter().all(|plan| plan.progress.attempts > 0), "each was tried");
    // Each call of the carrier is an attempt that was written down before, and has ended.
    let mut calls = BTreeSet::new();
    for token in &report.attempts {
        let attempt = store
            .attempt_by_token(&hash_of(token))
            .await
            .expect("the store answers")
            .expect("a call nobody wrote down");
        assert!(attempt.has_ended, "{attempt:?}");
        assert!(calls.insert(attempt.opened.id));
    }
    let attempts: u32 = plans.iter().map(|plan| plan.progress.attempts).sum();
    let (mut outcomes, mut cursor) = (0, None);
    loop {
        let page = store.list_outcomes(cursor.as_deref(), 500).await.expect("the store answers");
        for outcome in &page.rows {
            assert!((1..=12).contains(&outcome.attempt_no) && outcome.campaign_id.is_some(), "{outcome:?}");
        }
        outcomes += page.rows.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(outcomes, attempts as usize, "one outcome for each attempt");
    assert!(store.ended_attempts(1).await.expect("the store answers").is_empty(), "each plan was told");
    assert!(calls.len() <= outcomes);
}

async fn run(places: &[Place], store: &SqlStore, rest: RestStandIn, orders: usize, kills_max: usize) {
    let mut references = fill(store, orders).await;
    references.push("XX-1".to_owned());
    let campaign = Campaign::open(rest);
    let mut servers = Vec::new();
    for place in places {
        servers.push(place.serve().await);
    }
    let id = begin(&places[0], &references).await;
    let kills = kill_while_it_runs(places, &mut servers, store, kills_max).await;
    // Longer than the patience of other tests: there is much to do on a busy machine.
    for _ in 0..5 {
        let ended = until("plans come to their ends", async || {
            let open = plans(store).await.iter().filter(|plan| !plan.progress.state.is_final()).count();
            (open == 0).then_some(())
        });
        if tokio::time::timeout(PATIENCE - Duration::from_secs(1), ended).await.is_ok() {
            break;
        }
    }
    let progress = api(&http(), &places[0].url(&format!("/api/v1/campaigns/{id}"))).await;
    for server in servers {
        assert!(terminate(server).await.success());
    }
    let report = campaign.closed().await;
    check(store, &report, orders).await;
    let ended: u64 = PlanState::ALL
        .iter()
        .filter(|state| state.is_final())
        .map(|state| progress["plans"][state.as_str()].as_u64().expect("a count"))
        .sum();
    assert_eq!(ended, orders as u64, "{progress}");
    assert!(kills >= 2, "{kills} kills: the campaign was over before anything could happen to it");
    assert!(report.by_customer.len() == 8 && report.answered > 0, "{report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_that_is_killed_again_and_again_loses_no_call() {
    let _turn = quiet().await;
    let rest = RestStandIn::start_with(ACCOUNT, AUTH_TOKEN, FAULTS).await.expect("a port is free");
    let place = Place::new(&settings(&rest));
    let url = format!("sqlite://{}", place.path("doorstep.db").display());
    let store = SqlStore::connect(&url).await.expect("a database can be made");
    store.migrate().await.expect("the schema can be made");
    run(&[place], &store, rest, 150, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_at_one_database_that_are_killed_in_turn_lose_no_call() {
    let _turn = quiet().await;
    let rest = RestStandIn::start_with(ACCOUNT, AUTH_TOKEN, FAULTS).await.expect("a port is free");
    let database = Database::create().await;
    let store = SqlStore::connect(&database.url).await.expect("the database is there");
    store.migrate().await.expect("the schema can be made");
    let text = settings(&rest);
    let places: Vec<Place> = (0..3).map(|_| Place::new(&text).at_database(&database.url)).collect();
    run(&places, &store, rest, 200, 6).await;
    store.close().await;
    database.drop().await;
}
