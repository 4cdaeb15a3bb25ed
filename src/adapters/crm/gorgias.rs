//! Gorgias: the customer, a ticket with the call as its first message, and an internal note.
//!
//! There are no idempotency keys: customers and tickets carry an external id of ours. The call is a message *from* the
//! customer, because one from an agent would be sent out. A ticket nobody has to see to is opened closed.
//! Source: Gorgias' REST API.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{Account, Answer, Ask, Credentials, Exchange, Failure, encoded};
use super::draft::Draft;
use super::vendor::{Record, Repeat, Vendor, VendorConnector, Written};
use super::{ConnectorSettings, InvalidConnector, target};
use crate::domain::call::CallDirection;
use crate::domain::delivery::{Allowance, Lane};
use crate::ports::crm::CrmConnector;

/// Source: 40 requests in 20 s for an API key, shared by all integrations of the account.
const LIMITS: [Allowance; 1] = [Allowance { lane: Lane::Any, requests: 40, window: Duration::from_secs(20), need: 7 }];

/// Lists are read from where is written; the wait is for a write that is still under way.
const FOUND_AFTER: Duration = Duration::from_secs(30);

struct Gorgias {
    /// Whose notes these are.
    agent: String,
    /// `phone`, or `api` where the account refuses that.
    channel: String,
}

#[derive(Deserialize)]
struct Item {
    id: u64,
    #[serde(default)]
    external_id: Option<String>,
}

#[derive(Deserialize)]
struct Items {
    data: Vec<Item>,
}

pub(super) fn decode_all(body: &[u8]) {
    drop((serde_json::from_slice::<Item>(body), serde_json::from_slice::<Items>(body)));
}

pub(super) fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    settings.check_options(&["channel"])?;
    let missing = |key, remedy: &str| settings.invalid(key, format!("is missing; write {remedy}"));
    let base = settings.base_url.as_deref().ok_or_else(|| missing("base_url", "https://YOURS.gorgias.com"))?;
    let base = target::read_url(settings, "base_url", base)?;
    let email = settings.email.clone().ok_or_else(|| missing("email", "the address of the user whose key it is"))?;
    let token = settings.token.as_ref().ok_or_else(|| missing("token", "the API key of that user"))?;
    let credentials = Credentials::basic(&email, token.expose_secret());
    let account = Account::new(settings, base, credentials, &LIMITS, judge)?;
    let vendor = Gorgias { agent: email, channel: settings.option("channel", "phone").to_owned() };
    Ok(Arc::new(VendorConnector::new(settings, account, vendor)?))
}

const fn judge(_answer: &Answer) -> Option<Failure> {
    None
}

fn customer(draft: &Draft) -> Value {
    let mut customer = json!({ "name": draft.customer.name, "external_id": draft.customer.external_id });
    if let Some(phone) = &draft.customer.phone {
        customer["channels"] = json!([{ "type": "phone", "address": phone, "preferred": true }]);
    }
    let fields = draft.mapped("contact");
    if !fields.is_empty() {
        customer["data"] = Value::Object(fields);
    }
    customer
}

fn id_of(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Failure::lost("the kept id is none of this vendor's"))
}

/// The record with this external id in a page.
async fn find_in(exchange: &Exchange<'_>, path: String, key: &str) -> Result<Option<String>, Failure> {
    let items: Items = exchange.ask(Ask::get(path)).await?.read()?;
    let found = items.data.into_iter().find(|item| item.external_id.as_deref() == Some(key));
    Ok(found.map(|item| item.id.to_string()))
}

impl Gorgias {
    fn ticket(&self, draft: &Draft, customer: u64) -> Value {
        let (customers, shops) = match draft.direction {
            CallDirection::Inbound => (&draft.from, &draft.to),
            CallDirection::Outbound => (&draft.to, &draft.from),
        };
        let unknown = || "unknown".to_owned();
        let source = json!({
            "type": self.channel,
            "from": { "address": customers.clone().unwrap_or_else(unknown), "name": draft.customer.name },
            "to": [{ "address": shops.clone().unwrap_or_else(unknown), "name": "Voice agent" }],
        });
        let mut ticket = json!({
            "subject": draft.title,
            "channel": self.channel,
            "via": "api",
            "from_agent": false,
            "status": if draft.wants_ticket { "open" } else { "closed" },
            "external_id": draft.call_key,
            "customer": { "id": customer },
            "tags": draft.tags.iter().map(|tag| json!({ "name": tag })).collect::<Vec<_>>(),
            "messages": [{
                "channel": self.channel,
                "via": "api",
                "from_agent": false,
                "public": true,
                "external_id": draft.call_key,
                "sender": { "id": customer },
                "source": source,
                "body_text": draft.summary,
            }],
        });
        let fields = draft.mapped("ticket");
        if !fields.is_empty() {
            ticket["meta"] = Value::Object(fields);
        }
        ticket
    }

    fn note(&self, draft: &Draft) -> Value {
        json!({
            "channel": "internal-note",
            "via": "api",
            "from_agent": true,
            "public": false,
            "external_id": note_key(draft),
            "sender": { "email": self.agent },
            "body_text": draft.text,
        })
    }
}

fn note_key(draft: &Draft) -> String {
    format!("{}-note", draft.key)
}

#[async_trait]
impl Vendor for Gorgias {
    fn plan(&self, _draft: &Draft) -> Vec<Record> {
        vec![Record::Contact, Record::Ticket, Record::Note]
    }

    fn repeat(&self, _record: Record) -> Repeat {
        Repeat::Doubles { found_after: FOUND_AFTER }
    }

    async fn find(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<Option<String>, Failure> {
        match record {
            Record::Contact => {
                let key = &draft.customer.external_id;
                find_in(exchange, format!("/api/customers?external_id={}", encoded(key)), key).await
            }
            Record::Ticket | Record::Call => {
                let customer = written.contact()?;
                let path = format!("/api/tickets?customer_id={customer}&limit=100&order_by=created_datetime%3Adesc");
                find_in(exchange, path, &draft.call_key).await
            }
            Record::Note => {
                let path = format!("/api/tickets/{}/messages?limit=100", written.ticket()?);
                find_in(exchange, path, &note_key(draft)).await
            }
        }
    }

    async fn write(
        &self,
        exchange: &Exchange<'_>,
        record: Record,
        draft: &Draft,
        written: &Written,
    ) -> Result<String, Failure> {
        let ask = match record {
            Record::Contact => Ask::post("/api/customers", customer(draft)),
            Record::Ticket | Record::Call => Ask::post("/api/tickets", self.ticket(draft, id_of(written.contact()?)?)),
            Record::Note => Ask::post(format!("/api/tickets/{}/messages", written.ticket()?), self.note(draft)),
        };
        let created: Item = exchange.ask(ask).await?.read()?;
        Ok(created.id.to_string())
    }

    async fn link(&self, _exchange: &Exchange<'_>, _written: &Written) -> Result<(), Failure> {
        Ok(())
    }

    async fn check(&self, exchange: &Exchange<'_>) -> Result<(), Failure> {
        exchange.ask(Ask::get("/api/tickets?limit=1")).await.map(drop)
    }
}
