//! One outcome as several records at a vendor, each written once however often it is tried.
//!
//! Before a write a note is kept that it begins, after it the id that came back. A note without an id means that an
//! earlier attempt broke off: then the record is looked for, and written again only once it would have been found.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::account::{Account, Exchange, Failure};
use super::draft::{Draft, Drafting};
use super::{ConnectorSettings, InvalidConnector};
use crate::domain::delivery::{RetrySchedule, Room};
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::remote_records::{RecordName, RemoteRecord, RemoteRecordStore};
use crate::ports::store::Delivery;

/// A write that another delivery began is its own for as long as an attempt and its lease may last.
const OTHERS_WRITE: Duration = Duration::from_secs(120);

/// How long until a record is looked for again that another delivery is writing.
const OTHERS_WAIT: Duration = Duration::from_secs(5);

/// Records of one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// The customer. Outcomes of the same customer share it.
    Contact,
    Ticket,
    Call,
    Note,
}

impl Record {
    const fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Ticket => "ticket",
            Self::Call => "call",
            Self::Note => "note",
        }
    }
}

/// Ids of the records written so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) contact: Option<String>,
    pub(super) ticket: Option<String>,
    pub(super) call: Option<String>,
    pub(super) note: Option<String>,
}

impl Written {
    fn note(&mut self, record: Record, id: String) {
        let place = match record {
            Record::Contact => &mut self.contact,
            Record::Ticket => &mut self.ticket,
            Record::Call => &mut self.call,
            Record::Note => &mut self.note,
        };
        *place = Some(id);
    }

    /// The contact of a plan that begins with one.
    pub(super) fn contact(&self) -> Result<&str, Failure> {
        self.contact.as_deref().ok_or_else(|| Failure::lost("the contact has no id"))
    }

    /// The ticket of a plan that has one.
    pub(super) fn ticket(&self) -> Result<&str, Failure> {
        self.ticket.as_deref().ok_or_else(|| Failure::lost("the ticket has no id"))
    }
}

/// How a vendor treats a record that is written twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It is one record: the write carries a key that the vendor keeps unique.
    Safe,
    /// It is one record while the vendor keeps the key; it is looked for first.
    Looked,
    /// It would be two. What was written can be found after this time.
    Doubles { found_after: Duration },
}

/// What is special about a vendor.
#[async_trait]
pub(super) trait Vendor: Send + Sync {
    /// The records of an outcome, in the order they are written.
    fn plan(&self, draft: &Draft) -> Vec<Record>;

    fn repeat(&self, record: Record) -> Repeat;

    /// Looks for a record by the outcome's key, or for the contact by its number.
    async fn find(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<Option<String>, Failure>;

    /// Writes a record and gives its id.
    async fn write(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<String, Failure>;

    /// Ties the records together, where that is a step of its own. Safe to repeat.
    async fn link(&self, exchange: &Exchange<'_>, written: &Written) -> Result<(), Failure>;

    /// Reads something that needs the credentials.
    async fn check(&self, exchange: &Exchange<'_>) -> Result<(), Failure>;
}

/// A connector to a vendor.
pub(super) struct VendorConnector<V> {
    name: String,
    account: Account,
    drafting: Drafting,
    vendor: V,
}

impl<V: Vendor> VendorConnector<V> {
    pub(super) fn new(settings: &ConnectorSettings, account: Account, vendor: V) -> Result<Self, InvalidConnector> {
        Ok(Self { name: settings.name.clone(), account, drafting: Drafting::read(settings)?, vendor })
    }

    async fn write_all(&self, delivery: &Delivery, records: &dyn RemoteRecordStore) -> Result<(), Failure> {
        let draft = self.drafting.draft(delivery).map_err(|_| Failure::Refused {
            status: 0,
            reason: "the kept outcome is no outcome record of this version".to_owned(),
        })?;
        let exchange = self.account.begin()?;
        let attempt = Attempt { connector: self, delivery, draft: &draft, records, exchange: &exchange };
        let mut written = Written::default();
        let mut is_contact_kept = false;
        for record in self.vendor.plan(&draft) {
            let key = attempt.key(record);
            let begun = match records.remote_record(attempt.name(&key)).await? {
                Some(RemoteRecord::Written { id }) => {
                    is_contact_kept |= record == Record::Contact;
                    written.note(record, id);
                    continue;
                }
                Some(RemoteRecord::Begun { at, is_own }) => Some((at, is_own)),
                None => None,
            };
            let id = attempt.ensure(record, &key, &written, begun).await;
            written.note(record, attempt.forget_lost_contact(id, is_contact_kept).await?);
        }
        let linked = self.vendor.link(&exchange, &written).await;
        attempt.forget_lost_contact(linked, is_contact_kept).await
    }
}

#[async_trait]
impl<V: Vendor> CrmConnector for VendorConnector<V> {
    fn name(&self) -> &str {
        &self.name
    }

    fn schedule(&self) -> RetrySchedule {
        RetrySchedule::Steady
    }

    fn room(&self, now: Timestamp) -> Room {
        self.account.room(now)
    }

    async fn deliver(&self, delivery: &Delivery, records: &dyn RemoteRecordStore) -> Result<(), DeliveryError> {
        Ok(self.write_all(delivery, records).await?)
    }

    async fn check(&self) -> Result<(), DeliveryError> {
        let exchange = self.account.begin()?;
        Ok(self.vendor.check(&exchange).await?)
    }
}

/// One attempt at one delivery.
struct Attempt<'a, V> {
    connector: &'a VendorConnector<V>,
    delivery: &'a Delivery,
    draft: &'a Draft,
    records: &'a dyn RemoteRecordStore,
    exchange: &'a Exchange<'a>,
}

impl<V: Vendor> Attempt<'_, V> {
    fn key(&self, record: Record) -> String {
        match record {
            Record::Contact => format!("contact-{}", self.draft.customer.external_id),
            Record::Ticket | Record::Call if self.connector.vendor.repeat(record) != Repeat::Safe => {
                format!("{}-{}", self.draft.call_key, record.name())
            }
            // Where a repeat is safe it brings the record up to date.
            Record::Ticket | Record::Call | Record::Note => format!("{}-{}", self.draft.key, record.name()),
        }
    }

    fn name<'k>(&'k self, key: &'k str) -> RecordName<'k> {
        RecordName { connector: &self.connector.name, key, call: self.delivery.call, delivery: &self.delivery.id }
    }

    /// The id of a record that none is kept of: as found, or as written now. `begun` is an earlier write without an end.
    async fn ensure(
        &self,
        record: Record,
        key: &str,
        written: &Written,
        begun: Option<(Timestamp, bool)>,
    ) -> Result<String, Failure> {
        let vendor = &self.connector.vendor;
        let name = self.name(key);
        let repeat = vendor.repeat(record);
        if repeat != Repeat::Safe
            && let Some(id) = vendor.find(self.exchange, record, self.draft, written).await?
        {
            self.records.keep_written(name, &id, self.exchange.now()).await?;
            return Ok(id);
        }
        if let Some((at, is_own)) = begun {
            self.wait_out(at, is_own, repeat)?;
        }
        let now = self.exchange.now();
        let stale_before = now.saturating_sub(OTHERS_WRITE).unwrap_or(Timestamp::MIN);
        if !self.records.begin_write(name, now, stale_before).await? {
            return Err(self.held("another outcome of this customer is being written", OTHERS_WAIT));
        }
        match vendor.write(self.exchange, record, self.draft, written).await {
            Ok(id) => {
                self.records.keep_written(name, &id, self.exchange.now()).await?;
                Ok(id)
            }
            Err(failure @ Failure::Lost { .. }) => Err(failure),
            Err(failure @ (Failure::NotTaken { .. } | Failure::Held { .. } | Failure::Refused { .. })) => {
                self.records.forget_record(name).await?;
                Err(failure)
            }
        }
    }

    /// An earlier write may have been taken and is not found yet.
    fn wait_out(&self, begun_at: Timestamp, is_own: bool, repeat: Repeat) -> Result<(), Failure> {
        let found_after = match repeat {
            Repeat::Safe | Repeat::Looked => Duration::ZERO,
            Repeat::Doubles { found_after } => found_after,
        };
        let wait = if is_own { found_after } else { found_after + OTHERS_WRITE };
        let until = begun_at.saturating_add(wait).unwrap_or(Timestamp::MAX);
        if until <= self.exchange.now() {
            return Ok(());
        }
        if is_own {
            let reason = "an earlier attempt broke off; whether the vendor took it shows later".to_owned();
            return Err(Failure::Held { reason, until });
        }
        Err(self.held("another outcome of this customer is being written", OTHERS_WAIT))
    }

    fn held(&self, reason: &str, wait: Duration) -> Failure {
        let until = self.exchange.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        Failure::Held { reason: reason.to_owned(), until }
    }

    /// A vendor that does not find what is tied to a contact of before may have lost it: merged, or deleted by hand.
    async fn forget_lost_contact<T>(&self, result: Result<T, Failure>, is_contact_kept: bool) -> Result<T, Failure> {
        match result {
            Err(Failure::Refused { status: 404, reason }) if is_contact_kept => {
                let key = self.key(Record::Contact);
                self.records.forget_record(self.name(&key)).await?;
                Err(Failure::NotTaken { reason, retry_after: None })
            }
            result => result,
        }
    }
}
