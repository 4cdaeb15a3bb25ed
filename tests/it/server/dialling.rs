//! Planned calls: dialled when they are due, called off when their reason is over, made when they were promised.

use std::time::{Duration, Instant};

use doorstep::config::Settings;
use doorstep::domain::call::{CallDirection, Connection, FinishedCall, OpenedCall};
use doorstep::domain::dialling::PlanState;
use doorstep::domain::orders::{DeliveryStatus, OrderRef};
use doorstep::domain::outreach::{PlannedCall, Urgency};
use doorstep::domain::values::CallId;
use doorstep::ports::dialling::{NewPlan, PlanFilter, StoredPlan};
use doorstep::ports::store::RecordedRequest;
use doorstep::simulator::{Answering, LiveCommand, RestStandIn, Step};
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::harness::{ACCOUNT, API_TOKEN, AUTH_TOKEN, SHOP, Server, script, until, within};

/// The customer of an order of the demo shop that is out for delivery.
const OUT_FOR_DELIVERY: &str = "KH-452660";
const RECIPIENT: &str = "+915550100003";

async fn dialling_server(change: impl FnOnce(&mut Settings)) -> (Server, RestStandIn) {
    let rest = RestStandIn::start(ACCOUNT, AUTH_TOKEN).await.expect("a port is free");
    let server = Server::with_fake_speech(|settings| {
        let twilio = settings.telephony.twilio.as_mut().expect("the carrier is set up");
        twilio.api_base_url = rest.base_url();
        twilio.from_numbers = vec![SHOP.parse().expect("a number")];
        settings.dialler.calls_per_second = 100;
        change(settings);
    })
    .await;
    (server, rest)
}

fn planned(key: &str, now: Timestamp) -> NewPlan {
    let call = PlannedCall {
        key: key.to_owned(),
        order_ref: OrderRef(OUT_FOR_DELIVERY.to_owned()),
        scenario: "out_for_delivery".to_owned(),
        to: RECIPIENT.parse().expect("a number"),
        urgency: Urgency::Now,
        planned_at: now,
        told_at: None,
        not_before: now,
        expires_at: now + SignedDuration::from_hours(2),
        rule: "out for delivery".to_owned(),
        policy: "test/1".to_owned(),
    };
    NewPlan { call, campaign: None }
}

async fn plan(server: &Server, plan: NewPlan) {
    let services = server.reception.services();
    assert_eq!(services.plans.put_plans(&[plan], Timestamp::now()).await, Ok(1));
}

async fn the_plan(server: &Server, state: PlanState) -> StoredPlan {
    let plans = &server.reception.services().plans;
    until("the plan comes to its state", async || {
        let page = plans.list_plans(&PlanFilter::default(), None, 10).await.expect("the store answers");
        page.rows.into_iter().find(|plan| plan.progress.state == state)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_call_is_dialled_within_half_a_second_and_speaks_as_soon_as_it_is_answered() {
    let (server, mut rest) = dialling_server(|_| ()).await;
    let (mut delays, mut first_words) = (Vec::new(), Vec::new());
    for round in 0..5 {
        let began = Instant::now();
        plan(&server, planned(&format!("round {round}"), Timestamp::now())).await;
        let call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
        delays.push(began.elapsed());
        let steps = vec![Step::WaitForAgentSpeaking { speech_ms: 100 }, Step::HangUp];
        let answering =
            Answering::Answers { after: Duration::from_millis(200), answered_by: "human", script: script(steps) };
        let report = server.carrier(RECIPIENT, round).carry(call, answering).await;
        first_words.push(report.agent_bursts.first().expect("it speaks").from_ms);
        until("it has its outcome", async || {
            let filter = PlanFilter { state: Some(PlanState::Dialling), ..PlanFilter::default() };
            let page =
                server.reception.services().plans.list_plans(&filter, None, 10).await.expect("the store answers");
            page.rows.is_empty().then_some(())
        })
        .await;
    }
    delays.sort();
    first_words.sort_unstable();
    // The median: a busy machine may be late once.
    assert!(delays[2] <= Duration::from_millis(500), "{delays:?}");
    assert!(first_words[2] <= 400, "{first_words:?}");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_reason_is_over_is_hung_up_while_it_rings() {
    let (server, mut rest) = dialling_server(|_| ()).await;
    plan(&server, planned("a", Timestamp::now())).await;
    let mut call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    let services = server.reception.services();
    let order_ref = OrderRef(OUT_FOR_DELIVERY.to_owned());
    let mut order = services.orders.order_by_ref(&order_ref).await.expect("answered").expect("the order");
    for shipment in &mut order.shipments {
        shipment.status = DeliveryStatus::Delivered;
        let mut event = shipment.events.last().expect("it has moved").clone();
        (event.status, event.at) = (DeliveryStatus::Delivered, Timestamp::now());
        shipment.events.push(event);
    }
    services.orders.put_order(&order, Timestamp::now()).await.expect("the store takes it");
    let command = within("it is called off", call.commands.recv()).await;
    assert_eq!(command, Some(LiveCommand::HangUp));
    let plan = the_plan(&server, PlanState::Cancelled).await;
    assert_eq!(plan.why.as_deref(), Some("overtaken"));
    let filed = server.filed(1).await;
    let outcome = &filed[0].finished.as_ref().expect("it has ended").outcome;
    assert_eq!((outcome.connection, outcome.attempt_no), (Connection::SuppressedOvertaken, 1));
    assert_eq!(outcome.policy_version, "test/1");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_busy_is_tried_again_at_their_time_and_who_opted_out_never() {
    let (server, mut rest) = dialling_server(|settings| {
        settings.dialler.retry_waits.insert("busy".to_owned(), "2s".to_owned());
    })
    .await;
    plan(&server, planned("a", Timestamp::now())).await;
    for attempt in 1..=2 {
        let call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
        if attempt == 2 {
            let number = RECIPIENT.parse().expect("a number");
            let calls = &server.reception.services().calls;
            calls.opt_out(&number, None, Timestamp::now()).await.expect("the store answers");
        }
        let answering = Answering::Never { after: Duration::from_millis(10), status: "busy" };
        server.carrier(RECIPIENT, attempt).carry(call, answering).await;
        if attempt == 1 {
            let services = server.reception.services();
            until("the first is filed", async || {
                let page = services.calls.list_calls(None, 10).await.expect("the store answers");
                page.rows.iter().any(|call| call.finished.is_some()).then_some(())
            })
            .await;
            let waiting = the_plan(&server, PlanState::Waiting).await;
            assert_eq!((waiting.why.as_deref(), waiting.progress.attempts), (Some("busy"), 1));
        }
    }
    let plan = the_plan(&server, PlanState::GivenUp).await;
    assert_eq!((plan.why.as_deref(), plan.progress.attempts), (Some("opted_out"), 2));
    let listed = server.api("/api/v1/outreach/plans?state=given_up").await;
    assert_eq!(
        (listed["rows"][0]["why"].as_str(), listed["rows"][0]["attempts"].as_u64()),
        (Some("opted_out"), Some(2))
    );
    assert_eq!(server.api("/api/v1/outreach/plans?state=done").await["rows"], json!([]));
    let hours = server.api("/api/v1/outreach/hours").await;
    let tried: u64 =
        hours.as_array().expect("a list").iter().map(|hour| hour["tried"].as_u64().expect("a count")).sum();
    assert_eq!(tried, 2);
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promised_call_back_is_made_at_its_minute_and_the_promise_kept() {
    let (server, mut rest) = dialling_server(|_| ()).await;
    let services = server.reception.services();
    plan(&server, planned("a", Timestamp::now())).await;
    let call = within("the call reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    let unconnected = Answering::Never { after: Duration::from_millis(10), status: "busy" };
    server.carrier(RECIPIENT, 1).carry(call, unconnected).await;
    let pattern = server.filed(1).await[0].finished.clone().expect("it has ended");

    let id = CallId::new(uuid::Uuid::now_v7());
    let opened = OpenedCall {
        id,
        provider: "twilio".to_owned(),
        provider_call_id: "CAin".to_owned(),
        direction: CallDirection::Inbound,
        scenario: "I1_WISMO".to_owned(),
        from: Some("+915550100002".parse().expect("a number")),
        to: None,
        started_at: Timestamp::now(),
    };
    services.calls.open_call(&opened).await.expect("the store answers");
    let request = RecordedRequest {
        call: id,
        idempotency_key: "k".to_owned(),
        kind: "callback".to_owned(),
        order_ref: None,
        details: Vec::new(),
        requested_at: Timestamp::now(),
        due_at: None,
    };
    services.calls.record_request(&request).await.expect("the store answers");
    let promised = Timestamp::now() + SignedDuration::from_secs(4);
    let mut outcome = pattern.outcome.clone();
    (outcome.call_id, outcome.callback_at, outcome.order_ref) = (id, Some(promised.to_string()), None);
    let finished = FinishedCall { id, outcome, ..pattern };
    services.calls.finish_call(&finished, &[]).await.expect("the store answers");

    let call = within("the call back reaches the carrier", rest.next_call()).await.expect("the carrier is there");
    let late = Timestamp::now().duration_since(promised);
    assert!(SignedDuration::ZERO <= late && late <= SignedDuration::from_secs(5), "{late:?}");
    assert_eq!(call.fields["To"], "+915550100002");
    let steps = vec![Step::Silence { ms: 500 }, Step::HangUp];
    let answering =
        Answering::Answers { after: Duration::from_millis(50), answered_by: "human", script: script(steps) };
    server.carrier("+915550100002", 2).carry(call, answering).await;
    let page = until("the plan is settled", async || {
        let page = server.api("/api/v1/outreach/plans").await;
        let rows = page["rows"].as_array().expect("a list").clone();
        let back = rows.into_iter().find(|plan| plan["scenario"] == "callback")?;
        (back["state"] != "dialling").then_some(back)
    })
    .await;
    assert_eq!(page["urgency"], "now", "{page}");
    server.stopped().await;
}

async fn post(server: &Server, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = server.http.post(server.url(path)).bearer_auth(API_TOKEN).json(body);
    let answer = request.send().await.expect("the API answers");
    let status = answer.status();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_paused_resumed_and_cancelled_by_hand() {
    let (server, mut rest) = dialling_server(|_| ()).await;
    let soon = Timestamp::now() + SignedDuration::from_hours(1);
    let good = json!({ "name": "n", "scenario": "delayed", "orders": ["KH-452719"], "until": soon, "from": soon - SignedDuration::from_mins(1) });
    let wrong = [
        ("scenario", json!("upsell"), "failed_attempt"),
        ("orders", json!([]), "orders:"),
        ("until", json!("2020-01-01T00:00:00Z"), "until:"),
        ("name", json!(" "), "name:"),
        ("urgency", json!("very"), "urgency"),
    ];
    for (field, value, words) in wrong {
        let mut body = good.clone();
        body[field] = value;
        let (status, problem) = post(&server, "/api/v1/campaigns", &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{problem}");
    }
    let (status, made) = post(&server, "/api/v1/campaigns", &good).await;
    assert_eq!((status, made["planned"].as_u64()), (StatusCode::CREATED, Some(1)), "{made}");
    let path = format!("/api/v1/campaigns/{}", made["id"].as_str().expect("an id"));
    for (step, state) in [("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")] {
        let (status, campaign) = post(&server, &format!("{path}/{step}"), &json!({})).await;
        assert_eq!((status, campaign["state"].as_str()), (StatusCode::OK, Some(state)), "{campaign}");
    }
    assert_eq!(server.api(&path).await["plans"]["cancelled"], 1);
    assert_eq!(post(&server, &format!("{path}/resume"), &json!({})).await.0, StatusCode::CONFLICT);
    assert_eq!(post(&server, "/api/v1/campaigns/none/pause", &json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(server.api("/api/v1/campaigns").await["rows"].as_array().map(Vec::len), Some(1));
    let nobody = tokio::time::timeout(Duration::from_millis(50), rest.next_call()).await;
    assert!(nobody.is_err(), "the carrier was asked to ring somebody");
    server.stopped().await;
}
