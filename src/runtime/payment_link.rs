//! Sends customers who want to pay before the delivery a link, by SMS to the number on the order.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;

use super::outbox::Clock;
use crate::domain::dialogue::ShopProfile;
use crate::domain::orders::actions::{Action, ActionKind};
use crate::domain::orders::{Order, Payment};
use crate::domain::outreach::texts::{MessageTexts, Sender};
use crate::ports::commerce::{ActionError, ActionScope, ActionSubject, ActionTaken, CommerceActions};
use crate::ports::messaging::{MessageError, Messenger, OutgoingMessage};
use crate::ports::payment_link::{PaymentLink, PaymentLinkError, PaymentLinks, WantedLink};

/// As actions name it, among shops and carriers.
pub const PAYMENT_LINK: &str = "payment_link";

/// Makes a link and sends it. Taken is what the SMS vendor has accepted.
pub struct LinkSender {
    pub links: Arc<dyn PaymentLinks>,
    pub sms: Arc<dyn Messenger>,
    pub texts: MessageTexts,
    pub shop: Arc<ShopProfile>,
    pub clock: Clock,
}

#[async_trait]
impl CommerceActions for LinkSender {
    fn name(&self) -> &str {
        PAYMENT_LINK
    }

    fn can(&self, kind: ActionKind) -> bool {
        kind == ActionKind::SendPaymentLink
    }

    fn scope(&self) -> ActionScope {
        ActionScope::AnyOrder
    }

    async fn act(&self, action: &Action, subject: &ActionSubject) -> Result<ActionTaken, ActionError> {
        let order = &subject.order;
        if order.payment == Payment::Prepaid || order.cancelled_at.is_some() {
            return Err(refused("nothing is to be paid for the order any more"));
        }
        let key = action.request_id.clone();
        let wanted = WantedLink { key, order_ref: order.order_ref.clone(), amount: order.total };
        let link = self.links.make(&wanted).await.map_err(no_link)?;
        let message =
            self.message(order, &link, wanted.key).ok_or_else(|| refused("the words for a link are not there"))?;
        // The link is the same on every try, and nobody else's: its message is known again by its words.
        if 1 < subject.attempt
            && let Some(id) = self.sms.find(&message).await.map_err(not_sent)?
        {
            return Ok(ActionTaken { reference: Some(id) });
        }
        let reference = self.sms.send(&message).await.map_err(not_sent)?;
        Ok(ActionTaken { reference })
    }
}

impl LinkSender {
    fn message(&self, order: &Order, link: &PaymentLink, key: String) -> Option<OutgoingMessage> {
        let shop = &self.shop;
        let sender = Sender { shop: &shop.name, callback_number: &shop.callback_number, time_zone: &shop.time_zone };
        let written = self.texts.write_payment_link(order, &link.url, &sender, (self.clock)())?;
        let to = order.customer.phone.reveal().to_owned().into();
        Some(OutgoingMessage { key, to, subject: written.subject, body: written.body })
    }
}

fn refused(reason: &str) -> ActionError {
    ActionError::Refused { reason: reason.to_owned() }
}

fn no_link(error: PaymentLinkError) -> ActionError {
    match error {
        PaymentLinkError::Unavailable { reason, retry_after } => ActionError::Unavailable { reason, retry_after },
        PaymentLinkError::Refused { reason } => ActionError::Refused { reason },
    }
}

fn not_sent(error: MessageError) -> ActionError {
    match error {
        MessageError::Unavailable { reason, retry_after } => ActionError::Unavailable { reason, retry_after },
        MessageError::Rejected { reason } => ActionError::Refused { reason },
        MessageError::OutcomeUnknown => ActionError::OutcomeUnknown { reason: error.to_string() },
    }
}
