//! Sending a message that is not a call: SMS or e-mail.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::outreach::Channel;
use crate::domain::values::Personal;

/// A message, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingMessage {
    /// The same on every try of one message: whoever can tell repeats by it does.
    pub key: String,
    /// A number in E.164, or an e-mail address.
    pub to: Personal<String>,
    /// Of no meaning to SMS.
    pub subject: Personal<String>,
    pub body: Personal<String>,
}

/// Why a message was not sent, or is not known to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    #[error("the vendor is unavailable, send it again later: {reason}")]
    Unavailable { reason: String, retry_after: Option<Duration> },
    /// Trying again would end the same way.
    #[error("the vendor refused the message: {reason}")]
    Rejected { reason: String },
    /// It may have been sent. Sending it again might tell the customer twice.
    #[error("the vendor's answer was lost")]
    OutcomeUnknown,
}

/// Sends messages over one channel.
#[async_trait]
pub trait Messenger: Send + Sync {
    fn channel(&self) -> Channel;

    /// Sends one message; returns the vendor's id of it, where it has one.
    async fn send(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError>;

    /// Looks whether a message whose answer was lost was taken after all; none where the vendor cannot tell.
    async fn find(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError>;
}
