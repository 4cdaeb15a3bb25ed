//! What shops and carriers tell, as events that are decided about; and the word right before dialling.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::Outreach;
use crate::domain::orders::Order;
use crate::domain::orders::incoming::{Changed, OrderChange};
use crate::domain::outreach::rules::{Event, Moment, moment_of};
use crate::domain::outreach::{PlannedCall, Verdict};
use crate::ports::dialling::MayCall;
use crate::ports::store::StoreError;
use crate::runtime::order_news::{NewsListener, ShipmentChanged};

#[async_trait]
impl MayCall for Outreach {
    async fn may_call(&self, plan: &PlannedCall, order: &Order, now: Timestamp) -> Result<Verdict, StoreError> {
        self.may_call(plan, order, now).await
    }
}

impl Outreach {
    /// Decides about each news, one after the other, until `stop`.
    pub async fn hear(self: Arc<Self>, mut news: NewsListener, stop: CancellationToken) {
        while let Some(heard) = stop.run_until_cancelled(news.recv()).await {
            match heard {
                Ok(told) => self.take_news(&told).await,
                Err(RecvError::Lagged(lost)) => {
                    metrics::counter!("doorstep_outreach_news_lost_total").increment(lost);
                    tracing::error!(lost, "changes of orders came faster than they could be decided about");
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    async fn take_news(&self, told: &ShipmentChanged) {
        let Some(event) = event_of(&told.change) else { return };
        let taken = async {
            let Some(order) = self.parts.orders.order_by_ref(&told.change.order_ref).await? else { return Ok(()) };
            self.take(&event, &order).await.map(drop)
        };
        if let Err(error) = taken.await {
            metrics::counter!("doorstep_outreach_failures_total").increment(1);
            tracing::error!(%error, "what has changed in an order could not be decided about");
        }
    }
}

/// The moment that a change is; none where nobody need hear of it.
fn event_of(change: &OrderChange) -> Option<Event> {
    let of_parcel =
        |moment| Some(Event { moment, at: change.at, tracking_number: change.tracking_number.clone(), moved: None });
    let of_order = |moment| Some(Event { moment, at: change.at, tracking_number: None, moved: None });
    match &change.what {
        Changed::Placed => of_order(Moment::OrderConfirmed),
        Changed::Cancelled => of_order(Moment::Cancelled),
        Changed::Status { from, to, .. } => moment_of(*from, *to).and_then(of_parcel),
        Changed::AnotherAttempt { .. } => of_parcel(Moment::AttemptFailed),
        Changed::Window { from: Some((_, from)), to: (_, to) } if from < to => {
            of_parcel(Moment::Delayed).map(|event| Event { moved: Some((*from, *to)), ..event })
        }
        // An earlier window is good news, and a first one no change; both are told to whoever asks.
        Changed::Window { .. } => None,
    }
}

#[cfg(test)]
mod tests;
