//! E-mail by a signed webhook: whatever the shop sends mail with takes it from there.
//!
//! Signed as the Standard Webhooks specification 1.0.0 has it. `webhook-id` is the same on every try of one message, so
//! that the receiver can tell a repeat.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{ANSWER_TIMEOUT, is_passing, read_body, retry_after};
use crate::adapters::address_guard::is_refused;
use crate::adapters::signed_webhook::{SignedWebhook, SignedWebhookSettings};
use crate::domain::outreach::Channel;
use crate::ports::messaging::{MessageError, Messenger, OutgoingMessage};

/// The receiver of e-mail.
pub struct EmailWebhook {
    target: SignedWebhook,
}

#[derive(serde::Serialize)]
struct Mail<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: MailBody<'a>,
}

#[derive(serde::Serialize)]
struct MailBody<'a> {
    key: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
}

impl EmailWebhook {
    /// Errors: the text says which setting is wrong and what to write there.
    pub fn new(settings: &SignedWebhookSettings) -> Result<Self, String> {
        Ok(Self { target: SignedWebhook::new(settings, ANSWER_TIMEOUT)? })
    }
}

#[async_trait]
impl Messenger for EmailWebhook {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        let data = MailBody {
            key: &message.key,
            to: message.to.reveal(),
            subject: message.subject.reveal(),
            text: message.body.reveal(),
        };
        let unwritable = |_| MessageError::Rejected { reason: "the message cannot be written as JSON".to_owned() };
        let body = serde_json::to_vec(&Mail { kind: "email.send", data }).map_err(unwritable)?;
        // The key may hold what a header may not.
        let id = format!("mail-{}", STANDARD.encode(&message.key));
        let response = self.target.post(&id, body).send().await.map_err(|error| unanswered(&error))?;
        let (status, wait) = (response.status(), retry_after(&response));
        drop(read_body(response).await);
        if status.is_success() {
            return Ok(None);
        }
        let reason = format!("answered {status}");
        if is_passing(status) || status.is_server_error() || status.as_u16() == 408 {
            return Err(MessageError::Unavailable { reason, retry_after: wait });
        }
        Err(MessageError::Rejected { reason: format!("{reason}; check the URL and the secret of messaging.email") })
    }

    async fn find(&self, _: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        Ok(None)
    }
}

/// The receiver tells repeats apart, so a lost answer may be asked for again.
fn unanswered(error: &reqwest::Error) -> MessageError {
    if is_refused(error) {
        let reason = "messaging.email.url leads to a private address; set allow_private_addresses if it is your own";
        return MessageError::Rejected { reason: reason.to_owned() };
    }
    MessageError::Unavailable { reason: "no answer".to_owned(), retry_after: None }
}
