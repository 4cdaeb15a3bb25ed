//! The systems a shop keeps its records in.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::remote_records::RemoteRecordStore;
use super::store::Delivery;
use crate::domain::delivery::{RetrySchedule, Room};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    #[error("the connector is unavailable, retry later: {reason}")]
    Unavailable { reason: String, retry_after: Option<Duration> },
    #[error("the connector rejected the record: {reason}")]
    Rejected { reason: String },
    /// Something has to be waited out first: the account's limit, or an earlier write whose end is not known. It is
    /// no failed attempt.
    #[error("held back until {until}: {reason}")]
    Held { reason: String, until: Timestamp },
}

/// One configured connector.
#[async_trait]
pub trait CrmConnector: Send + Sync {
    /// The configured name: the one deliveries are addressed to.
    fn name(&self) -> &str;

    /// How its deliveries are tried again.
    fn schedule(&self) -> RetrySchedule;

    /// How many deliveries it can bear now.
    fn room(&self, now: Timestamp) -> Room;

    /// Delivers one record. The same idempotency key twice is one record on the other side, also where an earlier
    /// attempt broke off halfway: `records` keeps what that one wrote.
    async fn deliver(&self, delivery: &Delivery, records: &dyn RemoteRecordStore) -> Result<(), DeliveryError>;

    /// Tries the credentials, without writing anything.
    async fn check(&self) -> Result<(), DeliveryError>;
}
