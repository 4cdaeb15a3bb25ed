//! The systems a shop keeps its records in.

use std::time::Duration;

use async_trait::async_trait;

use super::store::Delivery;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    #[error("the connector is unavailable, retry later: {reason}")]
    Unavailable { reason: String, retry_after: Option<Duration> },
    #[error("the connector rejected the record: {reason}")]
    Rejected { reason: String },
}

/// One configured connector.
#[async_trait]
pub trait CrmConnector: Send + Sync {
    /// The configured name: the one deliveries are addressed to.
    fn name(&self) -> &str;

    /// Delivers one record. The same idempotency key twice is one record on the other side.
    async fn deliver(&self, delivery: &Delivery) -> Result<(), DeliveryError>;
}
