//! What a call asks of the store: look-ups and writes that run beside it and answer through its mailbox.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument as _;

use super::{Driver, Mail, send_mail};
use crate::domain::call::{CallEvent, Conversation};
use crate::domain::dialogue::{OrderQuery, RecordAck, RequestKind};
use crate::domain::orders::Order;
use crate::domain::orders::actions::may_be_answered;
use crate::domain::values::RequestId;
use crate::ports::store::{RecordedRequest, StoreError};
use crate::runtime::action_outbox::ActionAnswers;

/// A look-up or a write that takes longer has failed, as far as this call is concerned.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(6);

/// Orders a caller can be asked to choose from.
const ORDERS_MAX: u32 = 5;

impl<C: Conversation + Send> Driver<C> {
    pub(super) fn look_up(&self, request: RequestId, query: OrderQuery) {
        let services = Arc::clone(&self.services);
        self.request(CallEvent::LookupFailed { request }, async move {
            let orders: Vec<Order> = match query {
                OrderQuery::ByCallerNumber(phone) => services.orders.orders_by_phone(&phone, ORDERS_MAX).await?,
                OrderQuery::ByReference(readings) => {
                    let mut found = Vec::new();
                    for reading in &readings {
                        found = services.orders.orders_by_reference(reading, ORDERS_MAX).await?;
                        if !found.is_empty() {
                            break;
                        }
                    }
                    found
                }
                OrderQuery::ByPostcode(readings) => {
                    let mut found = Vec::new();
                    for reading in &readings {
                        found.extend(services.orders.orders_by_postcode(reading, ORDERS_MAX).await?);
                    }
                    found
                }
                OrderQuery::Again(order_ref) => services.orders.order_by_ref(&order_ref).await?.into_iter().collect(),
            };
            Ok(CallEvent::OrdersFound { request, orders: orders.into_iter().map(Arc::new).collect() })
        });
    }

    pub(super) fn record(&self, request: RequestId, what: RequestKind) {
        let (services, call, mail) = (Arc::clone(&self.services), self.opened.id, self.mail.clone());
        let is_answered = what.order_ref.is_some() && may_be_answered(what.kind);
        let listening = services.actions.as_ref().filter(|_| is_answered).map(ActionAnswers::listen);
        self.request(CallEvent::RecordFailed { request }, async move {
            let recorded = RecordedRequest {
                call,
                idempotency_key: format!("{call}:{}", what.key),
                kind: what.kind.to_owned(),
                order_ref: what.order_ref,
                details: what.details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                requested_at: services.wall_clock.now(),
                due_at: what.due_at,
            };
            let id = services.calls.record_request(&recorded).await?;
            let kept = |id, ack| CallEvent::RequestRecorded { request, id, ack };
            let Some(listening) = listening else { return Ok(kept(id, RecordAck::PassedOn)) };
            send_mail(&mail, Mail::Event(kept(id.clone(), RecordAck::Asked)));
            let ack = listening.answer(&id).await;
            Ok(kept(id, ack))
        });
    }

    /// Runs a request beside the call; its answer, or `failed`, comes by mail.
    pub(super) fn request(
        &self,
        failed: CallEvent,
        work: impl Future<Output = Result<CallEvent, StoreError>> + Send + 'static,
    ) {
        let mail = self.mail.clone();
        self.services.tasks.spawn(
            async move {
                let event = match tokio::time::timeout(REQUEST_TIMEOUT, work).await {
                    Ok(Ok(event)) => event,
                    Ok(Err(error)) => {
                        tracing::warn!(%error, "a request of the call failed");
                        failed
                    }
                    Err(_) => {
                        tracing::warn!("a request of the call took too long");
                        failed
                    }
                };
                send_mail(&mail, Mail::Event(event));
            }
            .in_current_span(),
        );
    }
}
