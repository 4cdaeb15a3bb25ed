//! Writes to customers who asked on a call for a language that is not spoken, in that language.

use jiff::SignedDuration;

use super::{Outreach, Playbook, Timestamp};
use crate::domain::orders::OrderRef;
use crate::domain::outreach::policy::{Callee, OptedOut};
use crate::domain::outreach::{Channel, PlannedMessage, Urgency};
use crate::ports::store::StoreError;

/// The name of its words.
const LANGUAGE_WISH: &str = "language_wish";
/// Later it is no answer any more.
const SENT_WITHIN: SignedDuration = SignedDuration::from_hours(24);

impl Outreach {
    /// Plans the message that answers a wish for a language, where there are words for it. The person that the wish was
    /// recorded for rings all the same.
    ///
    /// Shape: `request` is the id of the recorded wish; the same again changes nothing.
    pub async fn answer_language_wish(
        &self,
        request: &str,
        order_ref: &OrderRef,
        language: &str,
    ) -> Result<(), StoreError> {
        let Playbook { rules, policies, texts } = self.playbook();
        if !texts.has(LANGUAGE_WISH, language) || !self.parts.messengers.contains_key(&Channel::Sms) {
            return Ok(());
        }
        let Some(order) = self.parts.orders.order_by_ref(order_ref).await? else { return Ok(()) };
        let (now, phone) = ((self.parts.clock)(), &order.customer.phone);
        let contacts = self.parts.store.contacts_of(phone, order_ref, now).await?;
        let callee = Callee::of_order(&order, LANGUAGE_WISH, Urgency::Normal);
        let Some(not_before) = policies.next_open(&callee, now).filter(|_| contacts.opted_out == OptedOut::Nothing)
        else {
            return Ok(());
        };
        let message = PlannedMessage {
            key: format!("{LANGUAGE_WISH}:{request}"),
            order_ref: order_ref.clone(),
            tracking_number: None,
            channel: Channel::Sms,
            phone: phone.clone(),
            email: None,
            text: LANGUAGE_WISH.to_owned(),
            language: Some(language.to_owned()),
            planned_at: now,
            not_before,
            expires_at: now.checked_add(SENT_WITHIN).unwrap_or(Timestamp::MAX),
            rule: LANGUAGE_WISH.to_owned(),
            policy: rules.version().to_owned(),
        };
        self.parts.store.put_message(&message).await?;
        self.due.notify_one();
        Ok(())
    }
}
