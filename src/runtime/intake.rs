//! Messages of shops and carriers: checked, taken in once, counted, and told to whoever listens.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tracing::{info, warn};

use super::order_news::{OrderNews, ShipmentChanged};
use super::outbox::Clock;
use crate::ports::commerce::{CommerceSource, CommerceStore, Notice, NoticeRefused, TakenIn, Trust};
use crate::ports::store::StoreError;
use crate::ports::telephony::WebhookRequest;

const MESSAGES_TOTAL: &str = "doorstep_commerce_messages_total";
const UNUSABLE_TOTAL: &str = "doorstep_commerce_orders_unusable_total";
const UNKNOWN_CODES_TOTAL: &str = "doorstep_carrier_codes_unknown_total";
const PARKED_TOTAL: &str = "doorstep_commerce_events_parked_total";

/// Unknown codes that are remembered, so that each is logged once.
const CODES_LOGGED_MAX: usize = 1_000;

/// What became of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    /// Taken in: how many things are different now.
    Kept { changes: usize },
    /// It came before; nothing has changed.
    Repeated,
}

/// Why a message was not taken in. Nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReceived {
    UnknownSource,
    Refused(NoticeRefused),
    /// The sender should send it again.
    Store(StoreError),
}

/// Takes in what sources tell.
pub struct Intake {
    sources: BTreeMap<String, Arc<dyn CommerceSource>>,
    store: Arc<dyn CommerceStore>,
    news: OrderNews,
    clock: Clock,
    codes_logged: Mutex<BTreeSet<String>>,
}

impl Intake {
    pub fn new(
        sources: Vec<Arc<dyn CommerceSource>>,
        store: Arc<dyn CommerceStore>,
        news: OrderNews,
        clock: Clock,
    ) -> Self {
        let sources = sources.into_iter().map(|source| (source.name().to_owned(), source)).collect();
        Self { sources, store, news, clock, codes_logged: Mutex::default() }
    }

    /// The source of a name.
    pub fn source(&self, name: &str) -> Option<&Arc<dyn CommerceSource>> {
        self.sources.get(name)
    }

    /// What has changed is published here.
    pub fn news(&self) -> &OrderNews {
        &self.news
    }

    /// Takes in a webhook of the source that `name` names.
    pub async fn receive(&self, name: &str, request: &WebhookRequest) -> Result<Received, NotReceived> {
        let Some(source) = self.sources.get(name) else {
            count("unknown", "no_source");
            return Err(NotReceived::UnknownSource);
        };
        let notice = match source.read_webhook(request, (self.clock)()) {
            Ok(notice) => notice,
            Err(refused) => {
                let result = match refused {
                    NoticeRefused::BadSignature => "forged",
                    NoticeRefused::Stale => "stale",
                    NoticeRefused::BadRequest { .. } => "malformed",
                };
                self.note_refusal(name, result, &refused.to_string());
                return Err(NotReceived::Refused(refused));
            }
        };
        self.take_in(name, source.trust(), &notice).await.map_err(NotReceived::Store)
    }

    /// A webhook that could not even be read, such as one too large.
    pub fn note_unreadable(&self, name: &str) {
        let name = if self.sources.contains_key(name) { name } else { "unknown" };
        self.note_refusal(name, "oversized", "the body is larger than any message should be");
    }

    fn note_refusal(&self, name: &str, result: &'static str, why: &str) {
        count(name, result);
        warn!(source = name, why, "a shop's or carrier's message was refused");
    }

    /// Takes in a message of the source of this name: a webhook of its trust, or its answer to a question.
    pub async fn take_in(&self, name: &str, trust: Trust, notice: &Notice) -> Result<Received, StoreError> {
        let now = (self.clock)();
        let taken = match self.store.take_in(name, trust, notice, now).await {
            Ok(taken) => taken,
            Err(error) => {
                count(name, "failed");
                warn!(source = name, %error, "a message could not be taken in; its sender will send it again");
                return Err(error);
            }
        };
        let TakenIn::Kept { changes, parked } = taken else {
            count(name, "repeated");
            return Ok(Received::Repeated);
        };
        count(name, "kept");
        self.note_oddities(name, notice, parked);
        let count = changes.len();
        for change in changes {
            let (source_name, event_id) = (name.to_owned(), notice.event_id.clone());
            self.news.publish(ShipmentChanged { change, source: source_name, event_id, seen_at: now });
        }
        Ok(Received::Kept { changes: count })
    }

    fn note_oddities(&self, name: &str, notice: &Notice, parked: usize) {
        if parked > 0 {
            metrics::counter!(PARKED_TOTAL, "source" => name.to_owned()).increment(parked as u64);
            info!(source = name, parked, "news of parcels whose order is not known yet");
        }
        for reason in &notice.unusable {
            metrics::counter!(UNUSABLE_TOTAL, "source" => name.to_owned(), "reason" => *reason).increment(1);
            warn!(source = name, reason, "an order cannot be kept");
        }
        for code in &notice.unknown_codes {
            metrics::counter!(UNKNOWN_CODES_TOTAL, "source" => name.to_owned()).increment(1);
            let mut logged = self.codes_logged.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if logged.len() < CODES_LOGGED_MAX && logged.insert(format!("{name} {code}")) {
                warn!(source = name, code, "a status code that no table has; the parcel shows it as it came");
            }
        }
    }
}

fn count(source: &str, result: &'static str) {
    metrics::counter!(MESSAGES_TOTAL, "source" => source.to_owned(), "result" => result).increment(1);
}
