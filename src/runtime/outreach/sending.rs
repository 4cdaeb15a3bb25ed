//! Sends messages that are due, each in words made from the order as it is then.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Outreach, Playbook};
use crate::domain::orders::Order;
use crate::domain::outreach::Channel;
use crate::domain::outreach::texts::{Sender, Written};
use crate::ports::messaging::{MessageError, Messenger, OutgoingMessage};
use crate::ports::outreach::{LeasedMessage, MessageSettlement};
use crate::ports::store::StoreError;

/// Longer than a vendor may take.
const LEASE: Duration = Duration::from_secs(90);
const AT_ONCE_MAX: u32 = 16;
const TRIES_MAX: u32 = 6;
const RETRY_FIRST: SignedDuration = SignedDuration::from_secs(30);

impl Outreach {
    /// Sends everything that is due.
    pub async fn send_due(&self) {
        loop {
            let now = (self.parts.clock)();
            let leased = match self.parts.store.lease_messages(now, LEASE, AT_ONCE_MAX).await {
                Ok(leased) => leased,
                Err(error) => return tracing::warn!(%error, "messages could not be read; the next look comes"),
            };
            if leased.is_empty() {
                return;
            }
            for lease in &leased {
                if let Err(error) = self.send_one(lease).await {
                    tracing::warn!(%error, "what became of a message could not be noted; it is looked at again");
                }
            }
        }
    }

    async fn send_one(&self, lease: &LeasedMessage) -> Result<(), StoreError> {
        let now = (self.parts.clock)();
        let order = self.parts.orders.order_by_ref(&lease.message.planned.order_ref).await?;
        let settlement = match self.words_of(lease, order.as_ref(), now) {
            Ok((messenger, outgoing)) => self.hand_over(lease, messenger, &outgoing, now).await,
            Err(reason) => MessageSettlement::GivenUp { error: reason.to_owned() },
        };
        let result = match &settlement {
            MessageSettlement::Sent { .. } => "sent",
            MessageSettlement::RetryAt { .. } => "retry",
            MessageSettlement::GivenUp { .. } => "given_up",
            MessageSettlement::Unknown { .. } => "unknown",
        };
        let channel = lease.message.planned.channel.as_str();
        metrics::counter!("doorstep_messages_total", "channel" => channel, "result" => result).increment(1);
        self.parts.store.settle_message(lease, (self.parts.clock)(), &settlement).await
    }

    /// The message in words, and who sends it.
    ///
    /// Errors: why it is not to be sent.
    fn words_of(
        &self,
        lease: &LeasedMessage,
        order: Option<&Order>,
        now: Timestamp,
    ) -> Result<(&dyn Messenger, OutgoingMessage), &'static str> {
        let planned = &lease.message.planned;
        let order = order.ok_or("the order is gone")?;
        let asked = planned.language.as_ref().map(|language| in_language(order, language));
        let order = asked.as_ref().unwrap_or(order);
        let Playbook { rules, texts, .. } = self.playbook();
        if planned.expires_at <= now {
            return Err("expired");
        }
        if rules.is_overtaken(&planned.rule, order) {
            return Err("overtaken");
        }
        let messenger = self.parts.messengers.get(&planned.channel).ok_or("no vendor is set up for this channel")?;
        let number = planned.tracking_number.as_ref();
        let shipment = match number {
            Some(number) => order.shipments.iter().find(|shipment| shipment.tracking_number == *number),
            None => order.shipments.first(),
        };
        let shop = &self.parts.shop;
        let sender = Sender { shop: &shop.name, callback_number: &shop.callback_number, time_zone: &shop.time_zone };
        let Written { subject, body } =
            texts.write(&planned.text, order, shipment, &sender, now).ok_or("its words are not there")?;
        let to = match (planned.channel, &planned.email) {
            (Channel::Email, Some(email)) => email.clone(),
            (Channel::Email, None) => return Err("there is no address"),
            (Channel::Sms | Channel::Call | Channel::Nothing, _) => planned.phone.reveal().to_owned().into(),
        };
        Ok((messenger.as_ref(), OutgoingMessage { key: planned.key.clone(), to, subject, body }))
    }

    async fn hand_over(
        &self,
        lease: &LeasedMessage,
        messenger: &dyn Messenger,
        outgoing: &OutgoingMessage,
        now: Timestamp,
    ) -> MessageSettlement {
        let tries = lease.message.attempts;
        let body = || outgoing.body.clone();
        // A second lease means that the first try was never settled: it may have gone out.
        if 1 < tries
            && let Ok(Some(provider_id)) = messenger.find(outgoing).await
        {
            return MessageSettlement::Sent { body: body(), provider_id: Some(provider_id) };
        }
        match messenger.send(outgoing).await {
            Ok(provider_id) => MessageSettlement::Sent { body: body(), provider_id },
            Err(MessageError::OutcomeUnknown) => match messenger.find(outgoing).await {
                Ok(Some(id)) => MessageSettlement::Sent { body: body(), provider_id: Some(id) },
                Ok(None) | Err(_) => MessageSettlement::Unknown { body: body() },
            },
            Err(MessageError::Rejected { reason }) => MessageSettlement::GivenUp { error: reason },
            Err(MessageError::Unavailable { reason, .. }) if TRIES_MAX <= tries => {
                MessageSettlement::GivenUp { error: reason }
            }
            Err(MessageError::Unavailable { reason, retry_after }) => {
                let doubling = RETRY_FIRST * (1 << tries.saturating_sub(1).min(10));
                let asked = retry_after.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or_default();
                let at = now.checked_add(doubling.max(asked)).unwrap_or(Timestamp::MAX);
                MessageSettlement::RetryAt { at, error: reason }
            }
        }
    }
}

/// The order as if its customer had chosen the language.
fn in_language(order: &Order, language: &str) -> Order {
    let mut order = order.clone();
    order.customer.language = Some(language.to_owned());
    order
}
