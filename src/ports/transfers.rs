//! Putting a live call through: where transfers are kept, and what a carrier does for them.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::StoreError;
use super::telephony::{AnswerDocument, CallState, ProviderError, WebhookRefused, WebhookRequest};
use crate::domain::call::OutcomeRecord;
use crate::domain::transfer::{Address, Briefing, LegId, Transfer, TryEnd};
use crate::domain::values::{CallId, Personal, PhoneNumber};

/// A transfer as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredTransfer {
    /// In the carrier's webhooks too. Shape: a UUID.
    pub id: String,
    pub call: CallId,
    /// The wish at the desk that it is to settle.
    pub request: String,
    pub provider: String,
    /// What the carrier calls the customer's line.
    pub provider_call_id: String,
    pub script: TransferScript,
    pub state: Transfer,
    /// Rises with every change.
    pub version: i64,
    pub begun_at: Timestamp,
}

/// What does not change while a transfer goes on.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TransferScript {
    /// Why a person is needed, of the closed list of triggers.
    pub trigger: String,
    /// The number shown to who is rung.
    pub caller_id: Option<PhoneNumber>,
    /// Lets the customer's line back in, once.
    pub return_token: Personal<String>,
    /// What who picks up hears: one for each target, in the order they are rung.
    #[serde(default)]
    pub briefings: Vec<Briefing>,
    /// What the customer hears of the carrier's own voice when the conversation is lost.
    pub apology: String,
    /// The context card as JSON, as it was when the transfer began.
    pub card: Personal<String>,
}

/// What connectors are sent of a hand-over before it is known how it ends.
#[derive(Clone, Debug)]
pub struct HandoverNotice<'a> {
    pub outcome: &'a OutcomeRecord,
    pub connectors: &'a [String],
}

#[async_trait]
pub trait TransferStore: Send + Sync {
    /// Keeps a new transfer, and puts its notice on the way to each connector, in one transaction.
    async fn begin_transfer(&self, transfer: &StoredTransfer, notice: &HandoverNotice<'_>) -> Result<(), StoreError>;

    async fn transfer(&self, id: &str) -> Result<Option<StoredTransfer>, StoreError>;
    /// The newest of a call.
    async fn transfer_of_call(&self, call: CallId) -> Result<Option<StoredTransfer>, StoreError>;
    /// The newest of a request.
    async fn transfer_of_request(&self, request: &str) -> Result<Option<StoredTransfer>, StoreError>;
    /// The newest that has not ended of a customer's line.
    async fn transfer_of_line(
        &self,
        provider: &str,
        provider_call_id: &str,
    ) -> Result<Option<StoredTransfer>, StoreError>;

    /// Keeps a transfer after a fact, with what that means for its request: a person who took the call has taken it.
    ///
    /// Errors: [`StoreError::Conflict`] when it is no longer as it was read.
    async fn keep_transfer(&self, transfer: &StoredTransfer, now: Timestamp) -> Result<(), StoreError>;

    /// Ids of those whose time has come.
    async fn due_transfers(&self, now: Timestamp, count_max: u32) -> Result<Vec<String>, StoreError>;
    async fn next_transfer_at(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// A person to be rung for a transfer.
#[derive(Clone, Debug)]
pub struct RingPerson<'a> {
    pub transfer: &'a str,
    pub leg: LegId,
    pub to: &'a Address,
    /// None: the provider's first number.
    pub from: Option<&'a PhoneNumber>,
    pub ring_timeout: Duration,
}

/// What a carrier tells of a transfer.
#[derive(Clone, Debug, PartialEq)]
pub struct TransferReport {
    pub transfer: String,
    pub fact: TransferFact,
    /// What the carrier's line that asks is to do next depends on it.
    pub asks_for: AskedFor,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TransferFact {
    Held,
    /// The customer's line has nothing to do any more, and is up.
    ThrownOut,
    CustomerGone,
    LegAnswered {
        leg: LegId,
        provider_call_id: String,
    },
    LegAccepted {
        leg: LegId,
    },
    LegRefused {
        leg: LegId,
    },
    /// The line with this name speaks with the customer.
    LineJoined {
        provider_call_id: String,
    },
    /// The line with this name has left the room: ordered away, or gone.
    LineLeft {
        provider_call_id: String,
    },
    LegEnded {
        leg: LegId,
        how: TryEnd,
    },
    /// Nothing that bears on the transfer.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedFor {
    Nothing,
    Hold,
    CustomersWay,
    LegsWay(LegId),
}

/// What the line that asks is to do.
#[derive(Clone, Copy, Debug)]
pub enum TransferStep<'a> {
    /// Play the hold, after these words, without an end.
    Hold {
        words: &'a str,
    },
    /// Open the media stream and present this token on it.
    ToStream {
        token: &'a Personal<String>,
    },
    /// Say this and hang up.
    Part {
        words: &'a str,
    },
    HangUp,
    /// Say this, and wait for a key or a word.
    Brief {
        leg: LegId,
        briefing: &'a Briefing,
    },
    /// Join the customer.
    ToCustomer,
}

/// What a carrier does for transfers. The customer's line waits in a room of its own, named by the transfer.
#[async_trait]
pub trait CallTransfers: Send + Sync {
    /// Moves the customer's line into the room; its media stream closes.
    async fn hold(&self, transfer: &str, provider_call_id: &str) -> Result<(), ProviderError>;

    /// Rings a person; returns the provider's name of the leg.
    async fn ring(&self, person: &RingPerson<'_>) -> Result<String, ProviderError>;

    /// Orders the customer's line to do something else.
    async fn order(&self, transfer: &str, provider_call_id: &str, step: TransferStep<'_>) -> Result<(), ProviderError>;

    /// How a line stands; none for one that the provider does not know any more.
    async fn line_state(&self, provider_call_id: &str) -> Result<Option<CallState>, ProviderError>;

    /// Order: after the webhook was verified.
    fn read_report(&self, request: &WebhookRequest) -> Result<TransferReport, WebhookRefused>;

    fn document(&self, transfer: &str, step: TransferStep<'_>) -> AnswerDocument;
}
