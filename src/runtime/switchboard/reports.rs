//! What the carrier reports of a transfer, and what its lines are told to do next.

use std::sync::Arc;

use super::Switchboard;
use super::orders::is_over;
use crate::domain::transfer::{CustomerPath, LegId, LegPath, Stage, TransferEvent};
use crate::ports::store::StoreError;
use crate::ports::telephony::AnswerDocument;
use crate::ports::transfers::{AskedFor, CallTransfers, StoredTransfer, TransferFact, TransferReport, TransferStep};

impl Switchboard {
    /// Takes a report; gives the document that the line asks for, if it asks.
    ///
    /// Order: after it was verified.
    pub async fn take_report(
        self: &Arc<Self>,
        carrier: &dyn CallTransfers,
        report: TransferReport,
    ) -> Result<Option<AnswerDocument>, StoreError> {
        let TransferReport { transfer: id, fact, asks_for } = report;
        let transfer = match self.take_fact(carrier, &id, fact).await {
            Ok(transfer) => transfer,
            // The hold plays whatever happens.
            Err(error) if asks_for == AskedFor::Hold => {
                tracing::error!(%error, "a transfer could not be told that its customer is on hold");
                None
            }
            Err(error) => return Err(error),
        };
        let texts = &self.settings.texts;
        let dismissed = TransferStep::Part { words: texts.dismissed() };
        let step = match (asks_for, &transfer) {
            (AskedFor::Nothing, _) => return Ok(None),
            (AskedFor::Hold, _) => TransferStep::Hold { words: texts.hold() },
            (AskedFor::CustomersWay, None) => TransferStep::HangUp,
            (AskedFor::CustomersWay, Some(transfer)) => customers_step(transfer),
            (AskedFor::LegsWay(_), None) => dismissed,
            (AskedFor::LegsWay(leg), Some(transfer)) => legs_step(transfer, leg).unwrap_or(dismissed),
        };
        Ok(Some(carrier.document(&id, step)))
    }

    async fn take_fact(
        self: &Arc<Self>,
        carrier: &dyn CallTransfers,
        id: &str,
        fact: TransferFact,
    ) -> Result<Option<StoredTransfer>, StoreError> {
        let fact = match fact {
            TransferFact::Held => TransferEvent::Held,
            TransferFact::ThrownOut => TransferEvent::ThrownOut,
            TransferFact::CustomerGone => TransferEvent::CustomerGone,
            TransferFact::LegAnswered { leg, provider_call_id } => TransferEvent::Answered { leg, provider_call_id },
            TransferFact::LegRefused { leg } => TransferEvent::Refused { leg },
            TransferFact::LegEnded { leg, how } => TransferEvent::LegEnded { leg, how },
            TransferFact::LegAccepted { leg } => return self.accept(carrier, id, leg).await,
            TransferFact::LineJoined { provider_call_id } => {
                return self.line_joined(id, &provider_call_id).await;
            }
            TransferFact::LineLeft { provider_call_id } => {
                return self.line_left(carrier, id, &provider_call_id).await;
            }
            TransferFact::Nothing => return self.transfers.transfer(id).await,
        };
        self.tell(id, fact).await
    }

    /// Whoever takes the call must find the customer there.
    async fn accept(
        self: &Arc<Self>,
        carrier: &dyn CallTransfers,
        id: &str,
        leg: LegId,
    ) -> Result<Option<StoredTransfer>, StoreError> {
        let Some(transfer) = self.transfers.transfer(id).await? else { return Ok(None) };
        if is_over(carrier, &transfer.provider_call_id).await {
            return self.tell(id, TransferEvent::CustomerGone).await;
        }
        self.tell(id, TransferEvent::Accepted { leg }).await
    }

    async fn line_joined(
        self: &Arc<Self>,
        id: &str,
        provider_call_id: &str,
    ) -> Result<Option<StoredTransfer>, StoreError> {
        let Some(transfer) = self.transfers.transfer(id).await? else { return Ok(None) };
        if transfer.provider_call_id == provider_call_id {
            return self.tell(id, TransferEvent::Held).await;
        }
        let is_it = |name: &Option<String>| name.as_deref() == Some(provider_call_id);
        match transfer.state.tries().iter().position(|tried| is_it(&tried.provider_call_id)) {
            Some(leg) => self.tell(id, TransferEvent::Joined { leg: LegId(leg) }).await,
            None => Ok(Some(transfer)),
        }
    }

    /// A customer who was ordered away is not gone.
    async fn line_left(
        self: &Arc<Self>,
        carrier: &dyn CallTransfers,
        id: &str,
        provider_call_id: &str,
    ) -> Result<Option<StoredTransfer>, StoreError> {
        let Some(transfer) = self.transfers.transfer(id).await? else { return Ok(None) };
        let is_ordered = matches!(transfer.state.stage(), Stage::Returning { .. } | Stage::Ended { .. });
        let is_customer = transfer.provider_call_id == provider_call_id;
        if is_customer && !is_ordered && is_over(carrier, provider_call_id).await {
            return self.tell(id, TransferEvent::CustomerGone).await;
        }
        Ok(Some(transfer))
    }
}

fn customers_step(transfer: &StoredTransfer) -> TransferStep<'_> {
    let script = &transfer.script;
    match transfer.state.customer_path() {
        CustomerPath::ToStream => TransferStep::ToStream { token: &script.return_token },
        CustomerPath::ToApology => TransferStep::Part { words: &script.apology },
        CustomerPath::HangUp => TransferStep::HangUp,
    }
}

/// None: the call is not to be had any more.
fn legs_step(transfer: &StoredTransfer, leg: LegId) -> Option<TransferStep<'_>> {
    match transfer.state.leg_path(leg) {
        LegPath::Brief => transfer.script.briefings.get(leg.0).map(|briefing| TransferStep::Brief { leg, briefing }),
        LegPath::ToCustomer => Some(TransferStep::ToCustomer),
        LegPath::Dismiss => None,
    }
}
