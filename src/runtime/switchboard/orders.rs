//! What a transfer orders, asked of the carrier; its answer is the next fact.

use std::sync::Arc;

use super::Switchboard;
use crate::domain::transfer::{LegId, TransferCommand, TransferEvent, TryEnd};
use crate::ports::telephony::{CallState, ProviderError};
use crate::ports::transfers::{CallTransfers, RingPerson, StoredTransfer, TransferStep};

impl Switchboard {
    pub(super) async fn carry_out(self: &Arc<Self>, transfer: &StoredTransfer, order: TransferCommand) {
        let Some(carrier) = self.carrier(&transfer.provider) else { return };
        let fact = match order {
            TransferCommand::Move => moved(carrier, transfer).await,
            TransferCommand::Dial { leg, address, ring_timeout } => {
                let from = transfer.script.caller_id.as_ref();
                let person = RingPerson { transfer: &transfer.id, leg, to: &address, from, ring_timeout };
                placed(carrier, leg, &person).await
            }
            TransferCommand::HangUp { provider_call_id } => {
                self.hang_up(&transfer.provider, &provider_call_id).await;
                None
            }
            TransferCommand::Ask { leg } => self.asked(carrier, transfer, leg).await,
            TransferCommand::BringBack => {
                let step = TransferStep::ToStream { token: &transfer.script.return_token };
                let ordered = carrier.order(&transfer.id, &transfer.provider_call_id, step).await;
                self.after_order(carrier, transfer, ordered, None).await
            }
            TransferCommand::Apologise => {
                let step = TransferStep::Part { words: &transfer.script.apology };
                let ordered = carrier.order(&transfer.id, &transfer.provider_call_id, step).await;
                self.after_order(carrier, transfer, ordered, Some(TransferEvent::Apologised)).await
            }
            // It is said where the conversation is.
            TransferCommand::SayWord => None,
        };
        let Some(fact) = fact else { return };
        if let Err(error) = self.tell(&transfer.id, fact).await {
            tracing::warn!(%error, "a transfer could not be told what came of its order; its deadline carries on");
        }
    }

    async fn hang_up(&self, provider: &str, provider_call_id: &str) {
        let Some(carrier) = self.carriers.get(provider) else { return };
        if let Err(error) = carrier.hang_up(provider_call_id).await {
            tracing::warn!(%error, "the phone of somebody who was rung in vain may ring on");
        }
    }

    /// What became of an order to the customer's line.
    async fn after_order(
        &self,
        carrier: &dyn CallTransfers,
        transfer: &StoredTransfer,
        ordered: Result<(), ProviderError>,
        fact: Option<TransferEvent>,
    ) -> Option<TransferEvent> {
        let error = match ordered {
            Ok(()) => return fact,
            Err(error) => error,
        };
        tracing::warn!(%error, "the customer's line could not be given an order");
        is_over(carrier, &transfer.provider_call_id).await.then_some(TransferEvent::CustomerGone)
    }

    /// The customer first: without them it does not matter how the leg stands.
    async fn asked(
        &self,
        carrier: &dyn CallTransfers,
        transfer: &StoredTransfer,
        leg: Option<LegId>,
    ) -> Option<TransferEvent> {
        if is_over(carrier, &transfer.provider_call_id).await {
            return Some(TransferEvent::CustomerGone);
        }
        let leg = leg?;
        let name = transfer.state.tries().get(leg.0)?.provider_call_id.clone()?;
        match carrier.line_state(&name).await {
            Ok(Some(CallState::Answered)) => Some(TransferEvent::Joined { leg }),
            Ok(Some(state)) if !state.is_final() => None,
            Ok(_) => Some(TransferEvent::LegEnded { leg, how: TryEnd::Failed }),
            Err(_) => None,
        }
    }
}

/// Whether a line is over for certain.
pub(super) async fn is_over(carrier: &dyn CallTransfers, provider_call_id: &str) -> bool {
    match carrier.line_state(provider_call_id).await {
        Ok(state) => state.is_none_or(CallState::is_final),
        Err(error) => {
            tracing::warn!(%error, "the carrier did not say how a line stands");
            false
        }
    }
}

async fn moved(carrier: &dyn CallTransfers, transfer: &StoredTransfer) -> Option<TransferEvent> {
    match carrier.hold(&transfer.id, &transfer.provider_call_id).await {
        Ok(()) => None,
        Err(error @ (ProviderError::Rejected { .. } | ProviderError::Unsupported)) => {
            tracing::warn!(%error, "the carrier did not move the customer's line");
            Some(TransferEvent::NotMoved)
        }
        // It may have been moved: the line itself tells.
        Err(error @ (ProviderError::Unavailable { .. } | ProviderError::OutcomeUnknown)) => {
            tracing::warn!(%error, "it is not known whether the customer's line was moved");
            None
        }
    }
}

async fn placed(carrier: &dyn CallTransfers, leg: LegId, person: &RingPerson<'_>) -> Option<TransferEvent> {
    match carrier.ring(person).await {
        Ok(provider_call_id) => Some(TransferEvent::Placed { leg, provider_call_id }),
        // It may ring: its webhooks or the deadline tell.
        Err(ProviderError::OutcomeUnknown) => None,
        Err(error) => {
            tracing::warn!(%error, "a person could not be rung");
            Some(TransferEvent::LegEnded { leg, how: TryEnd::NotPlaced })
        }
    }
}
