use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{ActingSource, ActionOutbox};
use crate::domain::dialogue::RecordAck;
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::{CallId, Personal};
use crate::ports::commerce::{
    ActionError, ActionScope, ActionSettlement, ActionState, ActionStore, ActionSubject, ActionTaken, CommerceActions,
    KnownOrder, LeasedAction, PlannedAction, StoredAction, UnplannedRequest,
};
use crate::ports::outreach::OutreachStore;
use crate::ports::store::{CallStore, OrderStore, Page, RecordedRequest, StoreError};
use crate::runtime::outreach::tests::{order, shop};

/// The wall clock of the tests, moved by tokio's own.
fn now() -> Timestamp {
    thread_local! {
        static BEGAN: tokio::time::Instant = tokio::time::Instant::now();
    }
    let passed = BEGAN.with(|began| tokio::time::Instant::now().duration_since(*began));
    let start = Timestamp::from_second(1_795_000_000).unwrap();
    start + SignedDuration::try_from(passed).unwrap()
}

/// A carrier that answers by a script, and then takes everything.
#[derive(Default)]
struct Carrier {
    script: Mutex<Vec<ActionError>>,
    acted: Mutex<Vec<(String, u32)>>,
    /// It takes what it is asked, and never says so.
    is_silent: AtomicBool,
    /// It is no carrier, but sends links to pay by.
    sends_links: AtomicBool,
}

#[async_trait]
impl CommerceActions for Carrier {
    fn name(&self) -> &str {
        "carrier"
    }

    fn can(&self, kind: ActionKind) -> bool {
        kind == if self.sends_links.load(Ordering::Relaxed) {
            ActionKind::SendPaymentLink
        } else {
            ActionKind::Reschedule
        }
    }

    fn scope(&self) -> ActionScope {
        if self.sends_links.load(Ordering::Relaxed) { ActionScope::AnyOrder } else { ActionScope::Parcels }
    }

    async fn act(&self, action: &Action, subject: &ActionSubject) -> Result<ActionTaken, ActionError> {
        self.acted.lock().unwrap().push((action.sentence(), subject.attempt));
        if self.is_silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        match self.script.lock().unwrap().pop() {
            Some(fault) => Err(fault),
            None => Ok(ActionTaken { reference: Some("UPL7".to_owned()) }),
        }
    }
}

#[derive(Default)]
struct Memory {
    requests: Mutex<Vec<(UnplannedRequest, bool)>>,
    actions: Mutex<Vec<(StoredAction, Timestamp)>>,
}

#[async_trait]
impl ActionStore for Memory {
    async fn unplanned_requests(&self, _: u32) -> Result<Vec<UnplannedRequest>, StoreError> {
        let requests = self.requests.lock().unwrap();
        Ok(requests.iter().filter(|(_, planned)| !planned).map(|(request, _)| request.clone()).collect())
    }

    async fn known_order(&self, order_ref: &OrderRef) -> Result<Option<KnownOrder>, StoreError> {
        if order_ref.0 != "2041" {
            return Ok(None);
        }
        let order: Order = serde_json::from_str(
            r#"{"order_ref":"2041","placed_at":"2026-11-18T10:04:00Z","customer":{"name":"Asha","phone":"+919845012345"},
            "total":{"amount_minor":1,"currency":"INR"},"payment":"cod","address":{"lines":[],"city":"Pune",
            "postcode":"411004","country":"IN"},
            "shipments":[{"tracking_number":"T1","carrier":"delhivery","status":"attempt_failed"}]}"#,
        )
        .unwrap();
        Ok(Some(KnownOrder { order, vendor_ids: Vec::new() }))
    }

    async fn plan_actions(&self, request: &str, actions: &[PlannedAction], now: Timestamp) -> Result<(), StoreError> {
        for (known, planned) in self.requests.lock().unwrap().iter_mut().filter(|(known, _)| known.id == request) {
            *planned = true;
            for action in actions {
                let stored = StoredAction {
                    id: format!("a-{}", self.actions.lock().unwrap().len()),
                    request_id: request.to_owned(),
                    source: action.source.clone(),
                    kind: action.kind,
                    order_ref: known.order_ref.clone(),
                    tracking_number: action.tracking_number.clone(),
                    state: ActionState::Waiting,
                    attempts: 0,
                    reference: None,
                    last_error: None,
                    created_at: now,
                    changed_at: now,
                    paid_at: None,
                };
                self.actions.lock().unwrap().push((stored, now));
            }
        }
        Ok(())
    }

    async fn lease_actions(&self, now: Timestamp, _: Duration, _: u32) -> Result<Vec<LeasedAction>, StoreError> {
        let mut leases = Vec::new();
        for (action, due_at) in self.actions.lock().unwrap().iter_mut() {
            if action.state == ActionState::Waiting && *due_at <= now {
                (action.state, action.attempts) = (ActionState::Leased, action.attempts + 1);
                let requests = self.requests.lock().unwrap();
                let request = requests.iter().find(|(known, _)| known.id == action.request_id).unwrap().0.clone();
                leases.push(LeasedAction { action: action.clone(), request, token: "t".to_owned() });
            }
        }
        Ok(leases)
    }

    async fn settle_action(
        &self,
        lease: &LeasedAction,
        now: Timestamp,
        settlement: &ActionSettlement,
    ) -> Result<(), StoreError> {
        let mut actions = self.actions.lock().unwrap();
        let (action, due_at) = actions.iter_mut().find(|(known, _)| known.id == lease.action.id).unwrap();
        (action.changed_at, *due_at) = (now, now);
        match settlement.clone() {
            ActionSettlement::Taken { reference } => (action.state, action.reference) = (ActionState::Taken, reference),
            ActionSettlement::Refused { error } => {
                (action.state, action.last_error) = (ActionState::Refused, Some(error));
            }
            ActionSettlement::Unknown { error } => {
                (action.state, action.last_error) = (ActionState::Unknown, Some(error));
            }
            ActionSettlement::RetryAt { at, error } => {
                (action.state, action.last_error, *due_at) = (ActionState::Waiting, Some(error), at);
            }
        }
        Ok(())
    }

    async fn list_actions(&self, _: Option<&str>, _: Option<&str>, _: u32) -> Result<Page<StoredAction>, StoreError> {
        let actions = self.actions.lock().unwrap();
        Ok(Page { rows: actions.iter().map(|(action, _)| action.clone()).collect(), next: None })
    }

    async fn next_action_at(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }
}

struct Scene {
    store: Arc<Memory>,
    carrier: Arc<Carrier>,
}

impl Scene {
    /// `script` is answered from its end.
    fn new(script: Vec<ActionError>) -> Self {
        let carrier = Carrier { script: Mutex::new(script), ..Carrier::default() };
        Self { store: Arc::default(), carrier: Arc::new(carrier) }
    }

    fn ask(&self, id: &str, kind: &str, order_ref: &str, requested_at: Timestamp) {
        let detail = |name: &str, value: &str| (name.to_owned(), Personal::new(value.to_owned()));
        let request = UnplannedRequest {
            id: id.to_owned(),
            call: CallId::new(uuid::Uuid::nil()),
            kind: kind.to_owned(),
            way: None,
            order_ref: Some(OrderRef(order_ref.to_owned())),
            details: vec![detail("day", "2026-11-25")],
            requested_at,
        };
        self.store.requests.lock().unwrap().push((request, false));
    }

    fn outbox(&self) -> ActionOutbox {
        let source = ActingSource {
            actions: Arc::clone(&self.carrier) as _,
            carriers: vec!["delhivery".to_owned()],
            may_cancel: false,
        };
        ActionOutbox::new(Arc::clone(&self.store) as _, vec![source], None, Arc::new(now))
    }

    fn start(&self) {
        tokio::spawn(self.outbox().run(CancellationToken::new()));
    }

    /// What a call hears that asks for something now, and after how long.
    async fn heard(&self, kind: &str, order_ref: &str) -> (RecordAck, Duration) {
        let outbox = self.outbox();
        let listening = outbox.answers().unwrap().listen();
        tokio::spawn(outbox.run(CancellationToken::new()));
        // It has looked and found nothing to do.
        pass(Duration::from_millis(500)).await;
        self.ask("r-0", "reschedule", "9999", now());
        self.ask("r-1", kind, order_ref, now());
        let asked_at = tokio::time::Instant::now();
        let answer = tokio::spawn(async move { (listening.answer("r-1").await, asked_at.elapsed()) });
        pass(seconds(4)).await;
        answer.await.unwrap()
    }

    fn states(&self) -> Vec<(ActionState, u32, Option<String>)> {
        let actions = self.store.actions.lock().unwrap();
        actions.iter().map(|(action, _)| (action.state, action.attempts, action.last_error.clone())).collect()
    }
}

/// Lets so much time pass, and everybody act meanwhile.
async fn pass(time: Duration) {
    let mut left = time;
    everybody_acts().await;
    while !left.is_zero() {
        // Long waits in long steps: what is due meanwhile is late by one step at most.
        let step = left.min(if left > Duration::from_secs(3_600) { seconds(600) } else { Duration::from_millis(500) });
        tokio::time::advance(step).await;
        everybody_acts().await;
        left -= step;
    }
}

async fn everybody_acts() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test(start_paused = true)]
async fn a_request_reaches_the_carrier_and_is_taken_once() {
    let scene = Scene::new(Vec::new());
    scene.ask("r-1", "reschedule", "2041", now());
    scene.start();
    pass(seconds(30)).await;
    assert_eq!(scene.states(), [(ActionState::Taken, 1, None)]);
    let acted = scene.carrier.acted.lock().unwrap();
    assert_eq!((acted.len(), acted[0].0.contains("day 2026-11-25")), (1, true));
}

#[tokio::test(start_paused = true)]
async fn what_no_source_can_do_stays_a_task_of_the_shop() {
    let scene = Scene::new(Vec::new());
    scene.ask("r-1", "damage_case", "2041", now());
    scene.ask("r-2", "reschedule", "9999", now());
    scene.ask("r-3", "reschedule", "2041", now() - SignedDuration::from_hours(25));
    scene.start();
    pass(seconds(10)).await;
    assert_eq!(scene.states(), []);
    assert!(scene.store.requests.lock().unwrap().iter().all(|(_, planned)| *planned), "each was looked at once");
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_is_away_is_tried_again_by_the_schedule() {
    let away = ActionError::Unavailable { reason: "answered 503".to_owned(), retry_after: None };
    let asks_for_time = ActionError::Unavailable { reason: "busy".to_owned(), retry_after: Some(seconds(60)) };
    let scene = Scene::new(vec![asks_for_time, away]);
    scene.ask("r-1", "reschedule", "2041", now());
    scene.start();
    pass(seconds(4)).await;
    assert_eq!(scene.states(), [(ActionState::Waiting, 1, Some("answered 503".to_owned()))]);
    pass(seconds(6)).await;
    assert_eq!(scene.states(), [(ActionState::Waiting, 2, Some("busy".to_owned()))]);
    pass(seconds(50)).await;
    assert_eq!(scene.states()[0].1, 2, "the carrier asked for a minute");
    pass(seconds(30)).await;
    assert_eq!((scene.states()[0].0, scene.states()[0].1), (ActionState::Taken, 3));
    let attempts: Vec<u32> = scene.carrier.acted.lock().unwrap().iter().map(|(_, attempt)| *attempt).collect();
    assert_eq!(attempts, [1, 2, 3], "from the second on the carrier is asked whether it was done before");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final() {
    let scene = Scene::new(vec![ActionError::Refused { reason: "NDR is closed".to_owned() }]);
    scene.ask("r-1", "reschedule", "2041", now());
    scene.start();
    pass(seconds(600)).await;
    assert_eq!(scene.states(), [(ActionState::Refused, 1, Some("NDR is closed".to_owned()))]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_answered_to_ends_as_unknown() {
    let silence = ActionError::OutcomeUnknown { reason: "no answer in time".to_owned() };
    let scene = Scene::new(vec![silence; 20]);
    scene.ask("r-1", "reschedule", "2041", now());
    scene.start();
    pass(Duration::from_secs(4 * 24 * 3_600)).await;
    assert_eq!(scene.states(), [(ActionState::Unknown, 10, Some("no answer in time".to_owned()))]);
}

#[tokio::test(start_paused = true)]
async fn a_call_hears_at_once_what_the_carrier_says() {
    let accepts = Scene::new(Vec::new());
    assert_eq!(accepts.heard("reschedule", "2041").await, (RecordAck::Accepted, Duration::ZERO));
    assert_eq!(accepts.states(), [(ActionState::Taken, 1, None)]);
    let refuses = Scene::new(vec![ActionError::Refused { reason: "NDR is closed".to_owned() }]);
    assert_eq!(refuses.heard("reschedule", "2041").await, (RecordAck::Refused, Duration::ZERO));
    let away = Scene::new(vec![ActionError::Unavailable { reason: "answered 503".to_owned(), retry_after: None }]);
    assert_eq!(away.heard("reschedule", "2041").await, (RecordAck::PassedOn, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_no_answer_that_nobody_gives() {
    let scene = Scene::new(Vec::new());
    assert_eq!(scene.heard("damage_case", "2041").await, (RecordAck::PassedOn, Duration::ZERO));
    let scene = Scene::new(Vec::new());
    assert_eq!(scene.heard("reschedule", "9999").await, (RecordAck::PassedOn, Duration::ZERO));
    let silent = Scene::new(Vec::new());
    silent.carrier.is_silent.store(true, Ordering::Relaxed);
    let (ack, after) = silent.heard("reschedule", "2041").await;
    assert_eq!((ack, after), (RecordAck::PassedOn, Duration::from_millis(2_500)));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_comes_hours_later_is_not_sent() {
    let scene = Scene::new(vec![ActionError::Unavailable { reason: "away".to_owned(), retry_after: None }; 9]);
    scene.carrier.sends_links.store(true, Ordering::Relaxed);
    scene.ask("r-1", "prepaid_link", "2041", now());
    scene.start();
    pass(Duration::from_secs(4 * 3_600)).await;
    let (state, attempts, error) = scene.states().remove(0);
    assert_eq!((state, error.as_deref()), (ActionState::Refused, Some("it was asked for too long ago")));
    assert_eq!(usize::try_from(attempts).unwrap(), scene.carrier.acted.lock().unwrap().len() + 1);
}

#[tokio::test]
async fn a_wish_for_a_language_is_answered_by_a_message_once() {
    let shop = shop().await;
    let kept = order("in_transit");
    shop.store.put_order(&kept, now()).await.unwrap();
    let request = RecordedRequest {
        call: CallId::new(uuid::Uuid::nil()),
        idempotency_key: "1".to_owned(),
        kind: "language_callback".to_owned(),
        order_ref: Some(kept.order_ref.clone()),
        details: vec![("language".to_owned(), Personal::new("hi".to_owned()))],
        requested_at: now(),
        due_at: None,
    };
    let outbox =
        ActionOutbox::new(Arc::clone(&shop.store) as _, Vec::new(), Some(Arc::clone(&shop.outreach)), Arc::new(now));
    for _ in 0..2 {
        shop.store.record_request(&request).await.unwrap();
        outbox.desk.plan_requests().await.unwrap();
    }
    let planned = shop.store.messages_of_order(&kept.order_ref, 10).await.unwrap();
    let languages: Vec<Option<&str>> = planned.iter().map(|message| message.planned.language.as_deref()).collect();
    assert_eq!(languages, [Some("hi")]);
}
