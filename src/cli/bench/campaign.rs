//! A whole campaign against a simulated carrier and town, while the servers that dial are killed one after the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use doorstep::adapters::store::SqlStore;
use doorstep::config::Settings;
use doorstep::domain::orders::demo::demo_orders;
use doorstep::domain::orders::{Order, OrderRef};
use doorstep::domain::outreach::{PlannedCall, Urgency};
use doorstep::domain::values::PhoneNumber;
use doorstep::ports::dialling::{NewPlan, PlanFilter, PlanStore as _, StoredPlan};
use doorstep::ports::store::{CallStore as _, OrderStore as _, StoreError};
use doorstep::simulator::{CampaignReport, CarrierSettings, RestFaults, RestStandIn, SimulatedCarrier, meet_campaign};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use super::phases::Bench;
use super::server::ServerUnderTest;
use crate::cli::Failure;

/// Its parcel is out for delivery.
const PATTERN: &str = "KH-452660";
const SHOP: &str = "+918045678900";
const FAULTS: RestFaults = RestFaults { lost_answers: 0.02, refusals: 0.02 };
/// Plans made one by one on idle servers, to see how soon each is dialled.
const SINGLE_PLANS: usize = 60;
/// A campaign that takes longer has got stuck.
const TIME_MAX: Duration = Duration::from_secs(3 * 60 * 60);

/// Each so many customers want no automated calls: whoever rings them is outside the policies.
const OPTED_OUT_EVERY: usize = 25;

/// What of the servers is not the default: a busy trunk, tries that follow each other at once, and policies that allow
/// them at any hour.
const OVERRIDES: [(&str, &str); 19] = [
    ("DOORSTEP_LOG__FILTER", "error"),
    ("DOORSTEP_RECORDINGS__ENABLED", "false"),
    ("DOORSTEP_VOICE_ACTIVITY__PROVIDER", "gate"),
    ("DOORSTEP_SERVER__NODE_TIMEOUT", "5s"),
    ("DOORSTEP_OUTREACH__RULES", "tests/outreach/rules.toml"),
    ("DOORSTEP_OUTREACH__POLICIES_DIR", "tests/outreach/policies"),
    ("DOORSTEP_DIALLER__CALLS_PER_SECOND", "150"),
    ("DOORSTEP_DIALLER__CALLS_AT_ONCE_MAX", "150"),
    ("DOORSTEP_DIALLER__LOST_AFTER", "5s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__BUSY", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__NO_ANSWER", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__MACHINE", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__SCREENER", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__HUNG_UP_EARLY", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__DROPPED", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__NETWORK", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__ABANDONED", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__OUR_FAULT", "1s"),
    ("DOORSTEP_DIALLER__RETRY_WAITS__REJECTED", "1s"),
];

/// How big, how often killed.
#[derive(Clone, Copy)]
pub struct CampaignSize {
    pub orders: usize,
    pub servers: usize,
    pub kill_every: Duration,
}

#[derive(serde::Serialize)]
pub struct CampaignMeasured {
    orders: usize,
    servers: usize,
    kills: usize,
    seconds: f64,
    attempts: u64,
    outcomes: u64,
    /// Plans that did not come to an end.
    lost: usize,
    /// Attempts that the carrier knows and the store does not, or that have no outcome.
    attempts_without_outcome: u64,
    /// Attempts to reach customers who want no calls.
    outside_policy: u64,
    /// From the moment a call was planned to the moment the carrier is asked, on idle servers.
    plan_to_dial_ms_p50: u64,
    plan_to_dial_ms_p95: u64,
    /// What the carrier saw.
    carrier: CampaignReport,
}

pub fn campaign(bench: &Bench, size: CampaignSize) -> Result<CampaignMeasured, Failure> {
    bench.clean()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    runtime.block_on(measure(bench, size))
}

async fn measure(bench: &Bench, size: CampaignSize) -> Result<CampaignMeasured, Failure> {
    let store = SqlStore::connect(&bench.settings.store.url).await.map_err(store_failure)?;
    store.migrate().await.map_err(store_failure)?;
    // Each server of its own needs a database that several may share.
    let count = if bench.settings.store.url.starts_with("sqlite") { 1 } else { size.servers.max(1) };
    let twilio = bench.settings.telephony.twilio.clone().ok_or_else(|| {
        Failure::Unusable("telephony.twilio: the bench needs the account of config/bench.toml".to_owned())
    })?;
    let token = twilio.auth_token.expose_secret();
    let rest = RestStandIn::start_with(&twilio.account_sid, token, FAULTS)
        .await
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    let rest_url = rest.base_url();
    let number = |text: &str| text.parse::<PhoneNumber>().expect("a constant is E.164");
    let carrier = CarrierSettings::new(
        "http://127.0.0.1:9".to_owned(),
        twilio.account_sid.clone(),
        twilio.auth_token.clone(),
        number("+915550000000"),
        number(SHOP),
    );
    let carrier = SimulatedCarrier::new(carrier).map_err(Failure::Unusable)?;
    let stop = CancellationToken::new();
    let town = tokio::spawn(meet_campaign(rest, Arc::new(carrier), 1, stop.clone()));
    let mut servers = Vec::new();
    for index in 0..count {
        servers.push(Some(serve(bench, index, &rest_url).await?));
    }
    let began = Instant::now();
    put(&store, size.orders).await.map_err(store_failure)?;
    let mut kills = 0;
    let mut ticks = tokio::time::interval(size.kill_every);
    ticks.tick().await;
    while open_plans(&store).await? > 0 {
        if TIME_MAX < began.elapsed() {
            break;
        }
        ticks.tick().await;
        let victim = kills % count;
        drop(servers[victim].take());
        servers[victim] = Some(serve(bench, victim, &rest_url).await?);
        kills += 1;
    }
    let seconds = began.elapsed().as_secs_f64();
    let mut delays = single_plans(&store, size.orders).await?;
    stop.cancel();
    let carrier = town.await.map_err(|error| Failure::Miss(error.to_string()))?.map_err(Failure::Miss)?;
    delays.sort_unstable();
    let at = |percent: usize| delays.get(delays.len() * percent / 100).copied().unwrap_or_default();
    let measured = CampaignMeasured {
        kills,
        seconds,
        plan_to_dial_ms_p50: at(50),
        plan_to_dial_ms_p95: at(95),
        ..counted(&store, size, carrier).await.map_err(store_failure)?
    };
    store.close().await;
    Ok(measured)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn store_failure(error: StoreError) -> Failure {
    Failure::Unusable(format!("store.url: {error}"))
}

async fn serve(bench: &Bench, index: usize, rest_url: &str) -> Result<ServerUnderTest, Failure> {
    let mut settings: Settings = bench.settings.clone();
    let port = settings.http.listen.port() + u16::try_from(index).unwrap_or_default();
    settings.http.listen.set_port(port);
    let (config, listen, rest_url) = (bench.config.clone(), settings.http.listen.to_string(), rest_url.to_owned());
    let started = tokio::task::spawn_blocking(move || {
        let public_url = format!("http://{listen}");
        let mut overrides = OVERRIDES.to_vec();
        overrides.extend([
            ("DOORSTEP_HTTP__LISTEN", listen.as_str()),
            ("DOORSTEP_TELEPHONY__TWILIO__PUBLIC_URL", public_url.as_str()),
            ("DOORSTEP_TELEPHONY__TWILIO__API_BASE_URL", rest_url.as_str()),
            ("DOORSTEP_TELEPHONY__TWILIO__FROM_NUMBERS", SHOP),
        ]);
        ServerUnderTest::start(&config, &settings, &overrides)
    });
    started.await.map_err(|error| Failure::Unusable(error.to_string()))?
}

/// Orders like the pattern, each of another customer, and a plan for each.
async fn put(store: &SqlStore, orders: usize) -> Result<(), StoreError> {
    let now = Timestamp::now();
    let shop = include_str!("../../../config/demo-shop.jsonl");
    let demo = demo_orders(shop, now).expect("a test holds that the demo shop is sound");
    let pattern = demo.into_iter().find(|order| order.order_ref.0 == PATTERN).expect("the demo shop has it");
    let mut plans = Vec::with_capacity(orders);
    for number in 0..orders + SINGLE_PLANS {
        let order = numbered(&pattern, number);
        store.put_order(&order, now).await?;
        if number < orders {
            if number % OPTED_OUT_EVERY == 0 {
                store.opt_out(&order.customer.phone, None, now).await?;
            }
            plans.push(plan(order, Timestamp::now()));
        }
    }
    for some in plans.chunks(500) {
        store.put_plans(some, now).await?;
    }
    Ok(())
}

fn numbered(pattern: &Order, number: usize) -> Order {
    let mut order = pattern.clone();
    order.order_ref = OrderRef(format!("CP-{number:06}"));
    order.customer.phone = format!("+91555{number:07}").parse().expect("seven digits make a number");
    for shipment in &mut order.shipments {
        shipment.tracking_number = format!("TR{number:06}");
    }
    order
}

fn plan(order: Order, now: Timestamp) -> NewPlan {
    let call = PlannedCall {
        key: order.order_ref.0.clone(),
        order_ref: order.order_ref,
        scenario: "out_for_delivery".to_owned(),
        to: order.customer.phone,
        urgency: Urgency::Normal,
        planned_at: now,
        told_at: None,
        not_before: now,
        expires_at: now + SignedDuration::from_hours(12),
        rule: "bench".to_owned(),
        policy: "bench/1".to_owned(),
    };
    NewPlan { call, campaign: Some("bench".to_owned()) }
}

async fn open_plans(store: &SqlStore) -> Result<u64, Failure> {
    let counts = store.count_plans(None).await.map_err(store_failure)?;
    Ok(counts.iter().filter(|(state, _)| !state.is_final()).map(|(_, count)| count).sum())
}

/// Plans one call after the other; gives from planning to dialling in milliseconds.
async fn single_plans(store: &SqlStore, orders: usize) -> Result<Vec<u64>, Failure> {
    let mut ticks = tokio::time::interval(Duration::from_millis(330));
    for number in orders..orders + SINGLE_PLANS {
        ticks.tick().await;
        let order_ref = OrderRef(format!("CP-{number:06}"));
        let order = store.order_by_ref(&order_ref).await.map_err(store_failure)?;
        let order = order.ok_or_else(|| Failure::Miss("an order is gone".to_owned()))?;
        let now = Timestamp::now();
        store.put_plans(&[plan(order, now)], now).await.map_err(store_failure)?;
    }
    while open_plans(store).await? > 0 {
        ticks.tick().await;
    }
    let mut delays = Vec::new();
    let first = format!("CP-{orders:06}");
    for plan in all_plans(store).await.map_err(store_failure)? {
        let Some(call) = plan.progress.call.filter(|_| plan.call.key >= first && plan.progress.attempts == 1) else {
            continue;
        };
        if let Some(attempt) = store.attempt(call).await.map_err(store_failure)? {
            let delay = attempt.opened.started_at.duration_since(plan.call.planned_at);
            delays.push(u64::try_from(delay.as_millis()).unwrap_or_default());
        }
    }
    Ok(delays)
}

async fn all_plans(store: &SqlStore) -> Result<Vec<StoredPlan>, StoreError> {
    let (mut plans, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.list_plans(&PlanFilter::default(), cursor.as_deref(), 500).await?;
        plans.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(plans);
        }
    }
}

async fn counted(
    store: &SqlStore,
    size: CampaignSize,
    carrier: CampaignReport,
) -> Result<CampaignMeasured, StoreError> {
    let plans = all_plans(store).await?;
    let (mut outcomes, mut cursor) = (0, None);
    loop {
        let page = store.list_outcomes(cursor.as_deref(), 500).await?;
        outcomes += page.rows.len() as u64;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let (mut attempts_without_outcome, mut outside_policy) = (0, 0);
    for token in &carrier.attempts {
        let attempt = store.attempt_by_token(&doorstep::runtime::reception::hash_of(token)).await?;
        attempts_without_outcome += u64::from(!attempt.as_ref().is_some_and(|attempt| attempt.has_ended));
        if let Some(attempt) = attempt {
            outside_policy += u64::from(store.is_opted_out(&attempt.plan.call.to).await?);
        }
    }
    Ok(CampaignMeasured {
        orders: size.orders,
        servers: size.servers,
        kills: 0,
        seconds: 0.0,
        attempts: plans.iter().map(|plan| u64::from(plan.progress.attempts)).sum(),
        outcomes,
        lost: size.orders + SINGLE_PLANS - plans.iter().filter(|plan| plan.progress.state.is_final()).count(),
        attempts_without_outcome,
        outside_policy,
        plan_to_dial_ms_p50: 0,
        plan_to_dial_ms_p95: 0,
        carrier,
    })
}
