//! What stands between the calls and the store: the order as the caller's file has it, parts of the house that fail or
//! are slow, and a list of everything that was written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use doorstep::adapters::store::SqlStore;
use doorstep::domain::call::{FinishedCall, OpenedCall, OutcomeRecord};
use doorstep::domain::orders::{Order, OrderRef};
use doorstep::domain::values::{CallId, PhoneNumber};
use doorstep::ports::store::{CallStore, OrderStore, Page, PutOrder, RecordedRequest, StoreError, StoredCall};
use doorstep::rehearsal::{Service, Written};
use jiff::Timestamp;

/// A slow part answers just before the call gives it up.
const SLOW: Duration = Duration::from_millis(5_500);

/// The store of one caller's house.
pub(super) struct Ledger {
    store: Arc<SqlStore>,
    /// The caller's order as it is once the call is on.
    order: Order,
    lookups: Service,
    writes: Service,
    /// From then on the order is as above, and parts of the house behave as they do.
    is_call_on: AtomicBool,
    written: Mutex<Vec<Written>>,
    has_opted_out: AtomicBool,
}

impl Ledger {
    pub(super) fn new(store: Arc<SqlStore>, order: Order, lookups: Service, writes: Service) -> Self {
        let (is_call_on, has_opted_out) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { store, order, lookups, writes, is_call_on, written: Mutex::default(), has_opted_out }
    }

    /// The call is placed, or about to come in.
    pub(super) fn call_is_on(&self) {
        self.is_call_on.store(true, Ordering::Release);
    }

    pub(super) fn written(&self) -> Vec<Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn has_opted_out(&self) -> bool {
        self.has_opted_out.load(Ordering::Acquire)
    }

    async fn behave(&self, service: Service) -> Result<(), StoreError> {
        if !self.is_call_on.load(Ordering::Acquire) {
            return Ok(());
        }
        match service {
            // The server passes changes on; what a carrier says of one comes after the call.
            Service::Work | Service::Accept | Service::Refuse => Ok(()),
            Service::Fail => Err(StoreError::Unavailable),
            Service::Slow => {
                tokio::time::sleep(SLOW).await;
                Ok(())
            }
        }
    }

    fn as_it_is(&self, mut orders: Vec<Order>) -> Vec<Order> {
        if self.is_call_on.load(Ordering::Acquire) {
            for order in orders.iter_mut().filter(|order| order.order_ref == self.order.order_ref) {
                order.clone_from(&self.order);
            }
        }
        orders
    }
}

#[async_trait]
impl OrderStore for Ledger {
    async fn put_order(&self, order: &Order, seen_at: Timestamp) -> Result<PutOrder, StoreError> {
        self.store.put_order(order, seen_at).await
    }

    async fn order_by_ref(&self, order_ref: &OrderRef) -> Result<Option<Order>, StoreError> {
        self.behave(self.lookups).await?;
        let found = self.store.order_by_ref(order_ref).await?;
        Ok(self.as_it_is(found.into_iter().collect()).pop())
    }

    async fn orders_by_phone(&self, phone: &PhoneNumber, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.behave(self.lookups).await?;
        self.store.orders_by_phone(phone, count_max).await.map(|found| self.as_it_is(found))
    }

    async fn orders_by_reference(&self, spoken: &str, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.behave(self.lookups).await?;
        self.store.orders_by_reference(spoken, count_max).await.map(|found| self.as_it_is(found))
    }

    async fn orders_by_postcode(&self, postcode: &str, count_max: u32) -> Result<Vec<Order>, StoreError> {
        self.behave(self.lookups).await?;
        self.store.orders_by_postcode(postcode, count_max).await.map(|found| self.as_it_is(found))
    }

    async fn list_orders(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<Order>, StoreError> {
        self.store.list_orders(cursor, count_max).await
    }
}

#[async_trait]
impl CallStore for Ledger {
    async fn open_call(&self, call: &OpenedCall) -> Result<(), StoreError> {
        self.store.open_call(call).await
    }

    async fn finish_call(&self, call: &FinishedCall, connectors: &[String]) -> Result<(), StoreError> {
        self.store.finish_call(call, connectors).await
    }

    async fn call(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        self.store.call(id).await
    }

    async fn list_calls(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<StoredCall>, StoreError> {
        self.store.list_calls(cursor, count_max).await
    }

    async fn list_outcomes(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<OutcomeRecord>, StoreError> {
        self.store.list_outcomes(cursor, count_max).await
    }

    async fn record_request(&self, request: &RecordedRequest) -> Result<String, StoreError> {
        self.behave(self.writes).await?;
        let id = self.store.record_request(request).await?;
        let details = request.details.iter().map(|(name, value)| (name.clone(), value.reveal().clone())).collect();
        let written = Written { kind: request.kind.clone(), details };
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(written);
        Ok(id)
    }

    async fn opt_out(&self, phone: &PhoneNumber, call: Option<CallId>, at: Timestamp) -> Result<(), StoreError> {
        self.behave(self.writes).await?;
        self.store.opt_out(phone, call, at).await?;
        self.has_opted_out.store(true, Ordering::Release);
        Ok(())
    }

    async fn is_opted_out(&self, phone: &PhoneNumber) -> Result<bool, StoreError> {
        self.store.is_opted_out(phone).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
}
