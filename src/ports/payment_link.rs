//! Links by which a customer pays for an order before it comes to the door.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::orders::OrderRef;
use crate::domain::values::{Money, Personal};

/// A link that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedLink {
    /// The same on every try of one wish: whoever makes the link gives the same one for it again.
    ///
    /// Shape: letters, digits and dashes.
    pub key: String,
    pub order_ref: OrderRef,
    /// What the link asks for, to the last minor unit.
    pub amount: Money,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PaymentLink {
    /// The maker's own id of it.
    pub id: String,
    /// Shape: `https`, short enough for an SMS. Whoever has it sees what is to be paid.
    pub url: Personal<String>,
}

/// Why there is no link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentLinkError {
    /// Asking again with the same key makes no second link.
    #[error("no answer that counts, ask again later: {reason}")]
    Unavailable { reason: String, retry_after: Option<Duration> },
    /// Asking again would end the same way.
    #[error("no link is made: {reason}")]
    Refused { reason: String },
}

/// Makes links.
#[async_trait]
pub trait PaymentLinks: Send + Sync {
    /// Makes a link, or gives the one that was made for the same key before.
    async fn make(&self, wanted: &WantedLink) -> Result<PaymentLink, PaymentLinkError>;
}
