//! What a delivery has written at a vendor, so that a broken-off attempt goes on instead of writing again.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;
use crate::domain::values::CallId;

/// A record at a vendor, as the delivery that wants it names it.
#[derive(Clone, Copy, Debug)]
pub struct RecordName<'a> {
    pub connector: &'a str,
    /// Unique in the connector, such as `call-…-note`. No personal data.
    pub key: &'a str,
    /// The call it is erased with.
    pub call: CallId,
    /// The delivery that writes it. Two deliveries may want the same contact.
    pub delivery: &'a str,
}

/// What is known of a record at a vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteRecord {
    /// A write was begun, and how it ended is not known.
    Begun {
        at: Timestamp,
        is_own: bool,
    },
    Written {
        id: String,
    },
}

/// Records at vendors. A note of a write comes before the write, its id after.
#[async_trait]
pub trait RemoteRecordStore: Send + Sync {
    async fn remote_record(&self, name: RecordName<'_>) -> Result<Option<RemoteRecord>, StoreError>;

    /// Notes that a write begins. False when another delivery has begun one after `stale_before`, or it is written.
    async fn begin_write(
        &self,
        name: RecordName<'_>,
        now: Timestamp,
        stale_before: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Keeps the id the vendor gave.
    async fn keep_written(&self, name: RecordName<'_>, id: &str, now: Timestamp) -> Result<(), StoreError>;

    /// The write was refused, or what it wrote is gone.
    async fn forget_record(&self, name: RecordName<'_>) -> Result<(), StoreError>;
}
