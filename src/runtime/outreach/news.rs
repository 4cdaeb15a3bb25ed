//! Events that wait for their decision, taken up as they come; and the word right before dialling.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::Outreach;
use crate::domain::orders::Order;
use crate::domain::outreach::PlannedCall;
use crate::domain::outreach::policy::{CallRules, Ruling};
use crate::domain::values::PhoneNumber;
use crate::ports::dialling::MayCall;
use crate::ports::store::StoreError;
use crate::ports::undecided::{Next, Undecided};
use crate::runtime::order_news::NewsListener;

/// How long an event of which nobody told this server may lie unseen.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Longer than deciding about everything that is lent at once takes. A server that dies holds it up for so long.
const LEASE: Duration = Duration::from_secs(20);

const AT_ONCE_MAX: u32 = 64;

#[async_trait]
impl MayCall for Outreach {
    async fn may_call(&self, plan: &PlannedCall, order: &Order, now: Timestamp) -> Result<Ruling, StoreError> {
        self.may_call(plan, order, now).await
    }

    fn rules_for(&self, to: &PhoneNumber, order: &Order) -> CallRules {
        self.rules_for(to, order)
    }

    fn rules_of_caller(&self, caller: Option<&PhoneNumber>) -> CallRules {
        caller.map_or(CallRules::NARROWEST, |caller| self.playbook().policies.rules_of_number(caller))
    }

    fn version(&self) -> &str {
        self.playbook().policies.version()
    }
}

impl Outreach {
    /// Decides about what has become different in orders, by whoever told it, until `stop`.
    pub async fn hear(self: Arc<Self>, mut news: NewsListener, stop: CancellationToken) {
        loop {
            self.decide_due().await;
            // Whatever the news say, or were lost, what is to be decided is in the store.
            if stop.run_until_cancelled(next_look(&mut news)).await.is_none() {
                return;
            }
        }
    }

    /// Decides about everything that waits for it. What fails is taken up again.
    pub async fn decide_due(&self) {
        loop {
            match self.decide_some().await {
                Ok(0) => return,
                Ok(_) => (),
                Err(error) => {
                    metrics::counter!("doorstep_outreach_failures_total").increment(1);
                    return tracing::error!(%error, "what has changed in orders could not be decided about; it waits");
                }
            }
        }
    }

    async fn decide_some(&self) -> Result<usize, StoreError> {
        let (undecided, now) = (&self.parts.undecided, (self.parts.clock)());
        if undecided.next_undecided_at(Next::Decide).await?.is_none_or(|at| now < at) {
            return Ok(0);
        }
        let lent = undecided.lease_undecided(Next::Decide, now, LEASE, AT_ONCE_MAX).await?;
        for event in &lent {
            self.decide_about(event).await?;
        }
        Ok(lent.len())
    }

    async fn decide_about(&self, undecided: &Undecided) -> Result<(), StoreError> {
        // An order that was erased meanwhile is nobody's news.
        if let Some(order) = self.parts.orders.order_by_ref(&undecided.order_ref).await? {
            self.take(&undecided.event, &order, Some(undecided.told_at)).await?;
        }
        self.parts.undecided.forget_undecided(&undecided.id).await
    }
}

/// Ends with the next news, or when it is time to look all the same.
pub(crate) async fn next_look(news: &mut NewsListener) {
    let told = async {
        // Without anybody who tells, only the time is left.
        if matches!(news.recv().await, Err(tokio::sync::broadcast::error::RecvError::Closed)) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = told => (),
        () = tokio::time::sleep(LOOK_EVERY) => (),
    }
}
