//! A shop with one vendor of each kind, and a server whose store and outbox can be killed and started again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use doorstep::adapters::crm::{Clock, ConnectorSettings, make_connector};
use doorstep::adapters::store::SqlStore;
use doorstep::domain::call::{CallState, FinishedCall, OpenedCall, OutcomeRecord, PickUp};
use doorstep::domain::values::CallId;
use doorstep::ports::crm::CrmConnector;
use doorstep::ports::remote_records::{RecordName, RemoteRecord, RemoteRecordStore};
use doorstep::ports::store::{
    Addressed, CallStore as _, Delivery, DeliverySettlement, DeliveryStore, LeasedDelivery, Page, Replayed, StoreError,
};
use doorstep::runtime::outbox::Outbox;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::server::{Hands, StandIn};
use super::vendors::{KINDS, Kind};

/// Far below a vendor's, so that a vendor that hangs costs little.
const REQUEST_TIMEOUT: Duration = Duration::from_millis(400);

/// When the tests begin.
const BEGIN_MS: i64 = 1_795_000_000_000;

/// A vendor and how it is reached.
pub(super) struct Branch {
    pub(super) kind: &'static Kind,
    pub(super) stand_in: StandIn,
    pub(super) settings: ConnectorSettings,
}

/// The shop.
pub(super) struct Office {
    folder: TempDir,
    pub(super) hands: Hands,
    pub(super) branches: Vec<Branch>,
}

/// A server that has been started.
pub(super) struct Running {
    pub(super) store: Arc<SqlStore>,
    connectors: Vec<Arc<dyn CrmConnector>>,
    task: JoinHandle<()>,
    wake: Arc<Notify>,
    under_way: Arc<AtomicUsize>,
}

/// The store, which counts what is lent and not yet settled.
struct Watched {
    store: Arc<SqlStore>,
    under_way: Arc<AtomicUsize>,
}

#[async_trait]
impl DeliveryStore for Watched {
    async fn lease_deliveries(
        &self,
        addressed: Addressed<'_>,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedDelivery>, StoreError> {
        // No moment in which something is lent and not counted.
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let leases = self.store.lease_deliveries(addressed, now, lease, count_max).await;
        let count = leases.as_ref().map_or(0, Vec::len);
        self.under_way.fetch_add(count, Ordering::SeqCst);
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        leases
    }

    async fn settle_delivery(
        &self,
        lease: &LeasedDelivery,
        now: Timestamp,
        settlement: &DeliverySettlement,
    ) -> Result<(), StoreError> {
        let settled = self.store.settle_delivery(lease, now, settlement).await;
        if matches!(settled, Ok(()) | Err(StoreError::NotFound)) {
            self.under_way.fetch_sub(1, Ordering::SeqCst);
        }
        settled
    }

    async fn list_deliveries(
        &self,
        call: Option<CallId>,
        cursor: Option<&str>,
        count_max: u32,
    ) -> Result<Page<Delivery>, StoreError> {
        self.store.list_deliveries(call, cursor, count_max).await
    }

    async fn retry_delivery(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.store.retry_delivery(id, now).await
    }

    async fn next_delivery_at(&self, addressed: Addressed<'_>) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_delivery_at(addressed).await
    }

    async fn replay_deliveries(
        &self,
        connector: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Replayed, StoreError> {
        self.store.replay_deliveries(connector, since, now).await
    }

    async fn count_unsettled_deliveries(&self) -> Result<u64, StoreError> {
        self.store.count_unsettled_deliveries().await
    }
}

#[async_trait]
impl RemoteRecordStore for Watched {
    async fn remote_record(&self, name: RecordName<'_>) -> Result<Option<RemoteRecord>, StoreError> {
        self.store.remote_record(name).await
    }

    async fn begin_write(&self, name: RecordName<'_>, now: Timestamp, stale: Timestamp) -> Result<bool, StoreError> {
        self.store.begin_write(name, now, stale).await
    }

    async fn keep_written(&self, name: RecordName<'_>, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.store.keep_written(name, id, now).await
    }

    async fn forget_record(&self, name: RecordName<'_>) -> Result<(), StoreError> {
        self.store.forget_record(name).await
    }
}

pub(super) fn clock(hands: &Hands) -> Clock {
    let hands = Arc::clone(hands);
    Clock(Arc::new(move || Timestamp::from_millisecond(hands.load(Ordering::SeqCst)).unwrap()))
}

impl Branch {
    pub(super) async fn open(kind: &'static Kind, hands: &Hands) -> Self {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let stand_in = StandIn::start(kind.vendor, Arc::clone(hands)).await;
        let mut settings = ConnectorSettings {
            kind: kind.name.to_owned(),
            name: kind.name.to_owned(),
            base_url: Some(stand_in.url.clone()),
            link_base_url: Some("https://calls.shop.example".to_owned()),
            allow_private_addresses: true,
            request_timeout: Some(REQUEST_TIMEOUT),
            clock: clock(hands),
            ..ConnectorSettings::default()
        };
        (kind.configure)(&mut settings);
        Self { kind, stand_in, settings }
    }
}

async fn open_store(folder: &Path) -> Arc<SqlStore> {
    let store = SqlStore::connect(&format!("sqlite://{}/doorstep.db", folder.display())).await.unwrap();
    store.migrate().await.unwrap();
    Arc::new(store)
}

/// A store of its own.
pub(super) async fn shelf() -> (Arc<SqlStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (open_store(folder.path()).await, folder)
}

pub(super) fn hands() -> Hands {
    Arc::new(AtomicI64::new(BEGIN_MS))
}

impl Office {
    pub(super) async fn open() -> Self {
        let (folder, hands) = (tempfile::tempdir().unwrap(), hands());
        let mut branches = Vec::new();
        for kind in KINDS {
            branches.push(Branch::open(kind, &hands).await);
        }
        Self { folder, hands, branches }
    }

    pub(super) async fn store(&self) -> Arc<SqlStore> {
        open_store(self.folder.path()).await
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.branches.iter().map(|branch| branch.settings.name.clone()).collect()
    }

    pub(super) async fn start(&self) -> Running {
        let store = self.store().await;
        let under_way = Arc::new(AtomicUsize::new(0));
        let connectors: Vec<_> = self.branches.iter().map(|branch| make_connector(&branch.settings).unwrap()).collect();
        let watched = Watched { store: Arc::clone(&store), under_way: Arc::clone(&under_way) };
        let outbox = Outbox::new(Arc::new(watched), connectors.clone(), clock(&self.hands).0);
        let wake = outbox.waker();
        let task = tokio::spawn(outbox.run(CancellationToken::new()));
        Running { store, connectors, task, wake, under_way }
    }

    /// Files a call, as the reception does. Gives its id.
    pub(super) async fn file(&self, store: &SqlStore, number: usize, customers: usize) -> CallId {
        let id = CallId::new(uuid::Uuid::now_v7());
        let ended_at = self.now();
        let outcome = outcome(id, number, customers, ended_at);
        let opened = OpenedCall {
            id,
            provider: "twilio".to_owned(),
            provider_call_id: format!("CA{id}"),
            direction: outcome.direction,
            scenario: outcome.scenario.clone(),
            from: outcome.from_number_e164.clone(),
            to: outcome.to_number_e164.clone(),
            started_at: ended_at,
        };
        store.open_call(&opened).await.unwrap();
        let finished = FinishedCall {
            id,
            state: CallState::Ended,
            ended_at,
            transcript: Vec::new(),
            facts: Vec::new(),
            turns: Vec::new(),
            pick_up: PickUp::default(),
            outcome,
        };
        store.finish_call(&finished, &self.names()).await.unwrap();
        id
    }

    pub(super) fn now(&self) -> Timestamp {
        (clock(&self.hands).0)()
    }

    /// Waits until nothing a killed server sent is still on its way.
    pub(super) async fn settle(&self) {
        let mut quiet = 0;
        while quiet < 5 {
            breathe().await;
            let is_quiet = self.branches.iter().all(|branch| branch.stand_in.open() == 0);
            quiet = if is_quiet { quiet + 1 } else { 0 };
        }
    }
}

/// Lets the other tasks work.
pub(super) async fn breathe() {
    drop(tokio::time::timeout(Duration::from_millis(1), std::future::pending::<()>()).await);
}

impl Running {
    pub(super) fn is_idle(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) == 0
    }

    /// The process is gone: whatever it had in hand is cut where it stood.
    pub(super) async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }

    /// Lets time pass to the next thing to come, at most `max`, once nothing is under way.
    pub(super) async fn pass(&self, hands: &Hands, max: Duration) {
        self.wake.notify_one();
        breathe().await;
        while !self.is_idle() {
            breathe().await;
        }
        let now = hands.load(Ordering::SeqCst);
        let mut next = i64::MAX;
        for connector in &self.connectors {
            let due = self.store.next_delivery_at(Addressed::To(connector.name())).await.unwrap();
            let room = connector.room(Timestamp::from_millisecond(now).unwrap()).next_at;
            let due = due.map_or(i64::MAX, Timestamp::as_millisecond);
            next = next.min(due.max(room.map_or(now, Timestamp::as_millisecond)));
        }
        let max = i64::try_from(max.as_millis()).unwrap();
        if self.is_idle() {
            hands.store(next.clamp(now + 200, now + max), Ordering::SeqCst);
        }
    }

    pub(super) async fn unsettled(&self) -> u64 {
        self.store.count_unsettled_deliveries().await.unwrap()
    }

    /// Every delivery.
    pub(super) async fn deliveries(&self) -> Vec<Delivery> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.store.list_deliveries(None, cursor.as_deref(), 200).await.unwrap();
            all.extend(page.rows);
            cursor = page.next;
            if cursor.is_none() {
                return all;
            }
        }
    }
}

/// What calls come to, in turn: every second one asks for a ticket.
const DISPOSITIONS: [&str; 6] =
    ["STATUS_GIVEN", "DELIVERY_REFUSED", "REATTEMPT_REQUESTED", "NOT_RECEIVED_CLAIM", "REASSURED", "CANCEL_REQUESTED"];

const RECORD: &str = r#"{
    "schema": "delivery_call_outcome/1", "attempt_no": 1, "campaign_id": null, "scenario": "O4_FAILED_ATTEMPT",
    "trigger_event_id": null, "shop_id": "kora-home", "customer_ref": null, "shipment_refs": ["DEL123456789"],
    "callee_timezone": "Asia/Kolkata", "language": "en-IN", "queued_at": null, "dialled_at": null,
    "answered_at": "2026-11-22T14:30:11+05:30", "talk_ms": 75300, "contact": "RIGHT_PARTY", "verification_level": "V2",
    "verification_failures": 0, "secondary": ["DELIVERY_NOTE_ADDED"], "reason_code": null,
    "carrier_reason_agreed": null, "delivery_date": "2026-11-25", "window_from": "18:00", "window_to": "21:00",
    "instruction": "behind the <temple>, blue & white gate", "alternate_recipient": null, "address_change": null,
    "cod_amount_minor": null, "currency": null, "payment_link_id": null, "carrier_action": null, "callback_at": null,
    "escalation": null, "opt_out": { "requested": false, "scope": null }, "consent_snapshot_id": null,
    "ai_disclosed_at_ms": 1800, "recording": "on", "sentiment": "calm", "csat": null,
    "summary": "The customer was out. They want it on Wednesday evening.", "next_step": "deliver again",
    "next_step_owner": "carrier", "next_step_due": null, "policy_version": "1", "script_version": "1",
    "model_versions": { "asr": "", "nlu": "", "tts": "" }, "latency_ms": { "p50": 640, "p95": 1180 }
}"#;

/// The outcome of a made-up call.
pub(super) fn outcome(id: CallId, number: usize, customers: usize, ended_at: Timestamp) -> OutcomeRecord {
    let is_outbound = number.is_multiple_of(3);
    let customer = format!("+9198450{:05}", number % customers);
    let shop = "+918045678900".to_owned();
    let (to, from) = if is_outbound { (customer, shop) } else { (shop, customer) };
    let mut record: Value = serde_json::from_str(RECORD).unwrap();
    record["call_id"] = json!(id);
    record["direction"] = json!(if is_outbound { "outbound" } else { "inbound" });
    record["connection"] = json!(if is_outbound { "ANSWERED_HUMAN" } else { "INBOUND_ANSWERED" });
    record["order_ref"] = json!(format!("KH-{:06}", number % customers));
    record["to_number_e164"] = json!(to);
    record["from_number_e164"] = json!(from);
    record["ended_at"] = json!(ended_at.to_string());
    record["disposition"] = json!(DISPOSITIONS[number % DISPOSITIONS.len()]);
    record["recording_ref"] = json!(format!("/api/v1/calls/{id}/recording"));
    record["transcript_ref"] = json!(format!("/api/v1/calls/{id}"));
    serde_json::from_value(record).unwrap()
}

pub(super) fn wants_ticket(number: usize) -> bool {
    number % 2 == 1
}
