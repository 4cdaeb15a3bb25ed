//! One conversation over several calls: who rings back lands on the same question, and nothing heard is told again.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};

use super::Reception;
use crate::domain::call::{CallDirection, Connection, Contact, FinishedCall, OpenedCall};
use crate::domain::dialogue::{Outreach, scenarios::Scenario};
use crate::domain::orders::OrderRef;
use crate::domain::values::PhoneNumber;
use crate::ports::store::{StoreError, StoredCall};

/// A call of ours older than this is not what somebody rings back about.
const CONTINUITY_DAYS: i64 = 3;

/// Our last calls to one number that are looked at.
const ATTEMPTS_MAX: u32 = 8;

/// The caller already waits: without an answer by then the call is one like any other.
const LOOK_TIMEOUT: Duration = Duration::from_millis(400);

impl Reception {
    /// What a caller rings back about, if we rang their number lately and did not reach them.
    pub(super) async fn missed_call(&self, opened: &OpenedCall) -> Option<Outreach> {
        if opened.direction != CallDirection::Inbound {
            return None;
        }
        let phone = opened.from.as_ref()?;
        match tokio::time::timeout(LOOK_TIMEOUT, self.missed_by(phone, opened.started_at)).await {
            Ok(Ok(outreach)) => outreach,
            Ok(Err(error)) => {
                tracing::warn!(%error, "our earlier calls to the caller could not be looked up");
                None
            }
            Err(_) => {
                tracing::warn!("our earlier calls to the caller took too long to look up");
                None
            }
        }
    }

    async fn missed_by(&self, phone: &PhoneNumber, now: Timestamp) -> Result<Option<Outreach>, StoreError> {
        let attempts = self.attempts_to(phone, now).await?;
        let Some(last) = attempts.first() else { return Ok(None) };
        let Some(finished) = last.finished.as_ref().filter(|finished| has_missed_us(finished)) else { return Ok(None) };
        let (Ok(scenario), Some(order_ref)) =
            (Scenario::by_name(&last.opened.scenario), finished.outcome.order_ref.as_ref())
        else {
            return Ok(None);
        };
        let Some(order) = self.services.orders.order_by_ref(order_ref).await? else { return Ok(None) };
        let rules = self.services.may_call.rules_for(phone, &order);
        Ok(Some(Outreach {
            scenario,
            heard_before: heard_in(&attempts, scenario, order_ref),
            order: Arc::new(order),
            may_household_confirm: self.services.may_household_confirm,
            rules,
        }))
    }

    /// The facts heard to their end in earlier calls about the same thing.
    pub(super) async fn heard_before(
        &self,
        phone: &PhoneNumber,
        scenario: &'static Scenario,
        order_ref: &OrderRef,
        now: Timestamp,
    ) -> Arc<[String]> {
        match self.attempts_to(phone, now).await {
            Ok(attempts) => heard_in(&attempts, scenario, order_ref),
            Err(error) => {
                tracing::warn!(%error, "what was heard before could not be looked up; all of it is told");
                Arc::default()
            }
        }
    }

    /// Newest first.
    async fn attempts_to(&self, phone: &PhoneNumber, now: Timestamp) -> Result<Vec<StoredCall>, StoreError> {
        let since = now.checked_sub((CONTINUITY_DAYS * 24).hours()).unwrap_or(Timestamp::MIN);
        self.services.attempts.attempts_to(phone, since, ATTEMPTS_MAX).await
    }
}

/// Whether the customer has seen that we rang, and not heard why.
fn has_missed_us(finished: &FinishedCall) -> bool {
    let outcome = &finished.outcome;
    match outcome.connection {
        Connection::NoAnswer
        | Connection::Busy
        | Connection::Rejected
        | Connection::VoicemailLeft
        | Connection::VoicemailNoMessage
        | Connection::MailboxFull
        | Connection::AbandonedByUs
        | Connection::AnsweredScreener => outcome.contact != Contact::RightParty,
        Connection::AnsweredHuman => matches!(outcome.contact, Contact::HungUpEarly | Contact::ThirdParty),
        _ => false,
    }
}

fn heard_in(attempts: &[StoredCall], scenario: &'static Scenario, order_ref: &OrderRef) -> Arc<[String]> {
    let is_same = |call: &&StoredCall| {
        let finished = call.finished.as_ref();
        call.opened.scenario == scenario.id
            && finished.is_some_and(|finished| finished.outcome.order_ref.as_ref() == Some(order_ref))
    };
    let facts = attempts.iter().filter(is_same).filter_map(|call| call.finished.as_ref()).flat_map(|call| &call.facts);
    facts.map(|fact| format!("{}={}", fact.name, fact.value.reveal())).collect()
}
