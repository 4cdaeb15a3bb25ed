//! An outbox in memory and a connector that follows a script.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::delivery::{RetrySchedule, Room};
use crate::domain::values::CallId;
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::remote_records::{RecordName, RemoteRecord, RemoteRecordStore};
use crate::ports::store::{
    Addressed, Delivery, DeliverySettlement, DeliveryState, DeliveryStore, LeasedDelivery, Page, Replayed, StoreError,
};
use crate::runtime::outbox::Clock;

/// A wall clock that follows the runtime's virtual time.
pub(super) fn clock() -> Clock {
    let began = tokio::time::Instant::now();
    Arc::new(move || Timestamp::UNIX_EPOCH + began.elapsed())
}

struct Row {
    delivery: Delivery,
    due: Timestamp,
    token: u32,
}

#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    leases: u32,
    failing_leases: u32,
    failing_settlements: u32,
}

#[derive(Default)]
pub(super) struct MemoryOutbox {
    rows: Mutex<Rows>,
}

impl MemoryOutbox {
    pub(super) fn add(&self, key: &str, connector: &str) {
        let mut rows = self.rows.lock().unwrap();
        let id = rows.rows.len().to_string();
        let delivery = Delivery {
            id,
            call: CallId::new(uuid::Uuid::nil()),
            connector: connector.to_owned(),
            idempotency_key: key.to_owned(),
            body: "{}".to_owned(),
            state: DeliveryState::Waiting,
            attempts: 0,
            next_attempt_at: None,
            last_error: None,
            created_at: Timestamp::UNIX_EPOCH,
        };
        rows.rows.push(Row { delivery, due: Timestamp::UNIX_EPOCH, token: 0 });
    }

    pub(super) fn states(&self) -> Vec<(DeliveryState, u32)> {
        self.rows.lock().unwrap().rows.iter().map(|row| (row.delivery.state, row.delivery.attempts)).collect()
    }

    pub(super) fn last_error(&self) -> Option<String> {
        self.rows.lock().unwrap().rows.last().and_then(|row| row.delivery.last_error.clone())
    }

    pub(super) fn fail_next_leases(&self, count: u32) {
        self.rows.lock().unwrap().failing_leases = count;
    }

    pub(super) fn fail_next_settlements(&self, count: u32) {
        self.rows.lock().unwrap().failing_settlements = count;
    }
}

fn fails(count: &mut u32) -> bool {
    let is_failing = *count > 0;
    *count = count.saturating_sub(1);
    is_failing
}

const fn is_unsettled(row: &Row) -> bool {
    matches!(row.delivery.state, DeliveryState::Waiting | DeliveryState::Leased)
}

fn is_addressed(row: &Row, addressed: Addressed<'_>) -> bool {
    match addressed {
        Addressed::To(name) => row.delivery.connector == name,
        Addressed::ToNoneOf(names) => !names.contains(&row.delivery.connector),
    }
}

/// Nothing here writes in several steps.
#[async_trait]
impl RemoteRecordStore for MemoryOutbox {
    async fn remote_record(&self, _name: RecordName<'_>) -> Result<Option<RemoteRecord>, StoreError> {
        Ok(None)
    }

    async fn begin_write(&self, _name: RecordName<'_>, _now: Timestamp, _stale: Timestamp) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn keep_written(&self, _name: RecordName<'_>, _id: &str, _now: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }

    async fn forget_record(&self, _name: RecordName<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl DeliveryStore for MemoryOutbox {
    async fn lease_deliveries(
        &self,
        addressed: Addressed<'_>,
        now: Timestamp,
        lease: Duration,
        count_max: u32,
    ) -> Result<Vec<LeasedDelivery>, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        rows.leases += 1;
        let (token, until) = (rows.leases, now + lease);
        let due = rows
            .rows
            .iter_mut()
            .filter(|row| is_addressed(row, addressed) && is_unsettled(row) && row.due <= now)
            .take(count_max as usize);
        Ok(due
            .map(|row| {
                row.delivery.state = DeliveryState::Leased;
                row.delivery.attempts += 1;
                (row.due, row.token) = (until, token);
                LeasedDelivery { delivery: row.delivery.clone(), token: token.to_string(), until }
            })
            .collect())
    }

    async fn settle_delivery(
        &self,
        lease: &LeasedDelivery,
        now: Timestamp,
        settlement: &DeliverySettlement,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows.lock().unwrap();
        if fails(&mut rows.failing_settlements) {
            return Err(StoreError::Unavailable);
        }
        let row = rows
            .rows
            .iter_mut()
            .find(|row| row.delivery.id == lease.delivery.id && row.token.to_string() == lease.token && now < row.due)
            .ok_or(StoreError::NotFound)?;
        match settlement {
            DeliverySettlement::Delivered => row.delivery.state = DeliveryState::Delivered,
            DeliverySettlement::RetryAt { at, error } => {
                row.delivery.state = DeliveryState::Waiting;
                row.due = *at;
                row.delivery.last_error = Some(error.clone());
            }
            DeliverySettlement::HeldUntil { at, reason } => {
                row.delivery.state = DeliveryState::Waiting;
                row.delivery.attempts -= 1;
                row.due = *at;
                row.delivery.last_error = Some(reason.clone());
            }
            DeliverySettlement::GivenUp { error } => {
                row.delivery.state = DeliveryState::GivenUp;
                row.delivery.last_error = Some(error.clone());
            }
        }
        Ok(())
    }

    async fn list_deliveries(
        &self,
        call: Option<CallId>,
        _cursor: Option<&str>,
        _count_max: u32,
    ) -> Result<Page<Delivery>, StoreError> {
        let kept = self.rows.lock().unwrap();
        let deliveries = kept.rows.iter().map(|row| row.delivery.clone());
        let rows = deliveries.filter(|delivery| call.is_none_or(|call| delivery.call == call)).collect();
        Ok(Page { rows, next: None })
    }

    async fn retry_delivery(&self, _id: &str, _now: Timestamp) -> Result<(), StoreError> {
        Err(StoreError::NotFound)
    }

    async fn next_delivery_at(&self, addressed: Addressed<'_>) -> Result<Option<Timestamp>, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        if fails(&mut rows.failing_leases) {
            return Err(StoreError::Unavailable);
        }
        let waiting = rows.rows.iter().filter(|row| is_addressed(row, addressed) && is_unsettled(row));
        Ok(waiting.map(|row| row.due).min())
    }

    async fn replay_deliveries(
        &self,
        _connector: &str,
        _since: Timestamp,
        _now: Timestamp,
    ) -> Result<Replayed, StoreError> {
        Ok(Replayed::default())
    }

    async fn count_unsettled_deliveries(&self) -> Result<u64, StoreError> {
        Ok(self.rows.lock().unwrap().rows.iter().filter(|row| is_unsettled(row)).count() as u64)
    }
}

/// What a connector does with a record. It has taken it in any case.
pub(super) enum Answer {
    Fail(DeliveryError),
    After(Duration),
    /// Says nothing, ever.
    Hang,
    Panic,
}

/// Follows its script, then takes everything.
pub(super) struct FakeConnector {
    name: &'static str,
    /// It has no room before then.
    rests_until: Timestamp,
    script: Mutex<VecDeque<Answer>>,
    received: Mutex<Vec<(String, String)>>,
    /// Now, and at most.
    at_once: Mutex<(usize, usize)>,
}

/// Counts itself out however its attempt ends.
struct Present<'a>(&'a FakeConnector);

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.0.at_once.lock().unwrap().0 -= 1;
    }
}

impl FakeConnector {
    pub(super) fn new(script: Vec<Answer>) -> Self {
        Self {
            name: "shop",
            rests_until: Timestamp::UNIX_EPOCH,
            script: Mutex::new(script.into()),
            received: Mutex::default(),
            at_once: Mutex::default(),
        }
    }

    pub(super) fn resting(name: &'static str, rests_until: Timestamp) -> Self {
        Self { name, rests_until, ..Self::new(vec![]) }
    }

    /// The idempotency keys, in the order they came.
    pub(super) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().iter().map(|(key, _)| key.clone()).collect()
    }

    /// Records a receiver would keep that drops what it has seen before.
    pub(super) fn records(&self) -> usize {
        self.received.lock().unwrap().iter().collect::<BTreeSet<_>>().len()
    }

    pub(super) fn at_once_max(&self) -> usize {
        self.at_once.lock().unwrap().1
    }

    fn enter(&self) -> Present<'_> {
        let mut at_once = self.at_once.lock().unwrap();
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
        Present(self)
    }
}

#[async_trait]
impl CrmConnector for FakeConnector {
    fn name(&self) -> &str {
        self.name
    }

    fn schedule(&self) -> RetrySchedule {
        RetrySchedule::Sparse
    }

    fn room(&self, now: Timestamp) -> Room {
        if now < self.rests_until { Room { deliveries: 0, next_at: Some(self.rests_until) } } else { Room::UNLIMITED }
    }

    async fn check(&self) -> Result<(), DeliveryError> {
        Ok(())
    }

    async fn deliver(&self, delivery: &Delivery, _records: &dyn RemoteRecordStore) -> Result<(), DeliveryError> {
        let _present = self.enter();
        self.received.lock().unwrap().push((delivery.idempotency_key.clone(), delivery.body.clone()));
        let answer = self.script.lock().unwrap().pop_front();
        match answer {
            None => Ok(()),
            Some(Answer::Fail(error)) => Err(error),
            Some(Answer::After(wait)) => {
                pass_time(wait).await;
                Ok(())
            }
            Some(Answer::Hang) => std::future::pending().await,
            Some(Answer::Panic) => panic!("the script says so"),
        }
    }
}

/// Lets the paused clock run on.
pub(super) async fn pass_time(span: Duration) {
    let never = std::future::pending::<()>();
    drop(tokio::time::timeout(span, never).await);
}
