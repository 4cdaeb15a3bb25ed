//! An outcome as people at the shop read it, with what the connector is to keep to itself left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{ConnectorSettings, FieldMap, InvalidConnector, LeftOut};
use crate::domain::call::{CallDirection, Connection, Contact, Disposition, OutcomeRecord, RecordingMode};
use crate::domain::delivery::wants_ticket;
use crate::domain::values::PhoneNumber;
use crate::ports::store::Delivery;

/// Marks what this product wrote.
const OWN_TAG: &str = "doorstep";

/// Bytes of the digest that stands for a customer.
const CUSTOMER_DIGEST_BYTES: usize = 16;

/// The kinds of record that fields can be set on.
const RECORD_NAMES: [&str; 4] = ["contact", "ticket", "call", "note"];

/// Fields of the outcome that each left-out thing stands in.
const fn fields_of(left_out: LeftOut) -> &'static [&'static str] {
    match left_out {
        LeftOut::Phone => &["to_number_e164", "from_number_e164"],
        LeftOut::Transcript => &["transcript_ref"],
        LeftOut::Recording => &["recording_ref"],
        LeftOut::Summary => &["summary"],
        LeftOut::Words => &["instruction", "alternate_recipient", "address_change"],
    }
}

/// How outcomes are put for one connector.
#[derive(Clone, Debug)]
pub(super) struct Drafting {
    left_out: Vec<LeftOut>,
    tickets_for: Option<Vec<Disposition>>,
    fields: BTreeMap<String, FieldMap>,
    link_base: Option<String>,
}

/// One outcome, put for one connector.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// The delivery's idempotency key, by which what it alone writes is found again.
    pub(super) key: String,
    /// By this the ticket and the call are found again, which a notice of handover and later news share with the outcome.
    pub(super) call_key: String,
    pub(super) title: String,
    /// Plain text, several lines.
    pub(super) text: String,
    /// The same in short, for the entry of the call.
    pub(super) summary: String,
    pub(super) direction: CallDirection,
    pub(super) connection: Connection,
    pub(super) contact_code: Contact,
    pub(super) disposition: Disposition,
    pub(super) tags: Vec<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    /// RFC 3339, as in the record.
    pub(super) started_at: String,
    pub(super) ended_at: String,
    pub(super) duration_ms: u64,
    pub(super) recording_url: Option<String>,
    pub(super) wants_ticket: bool,
    pub(super) customer: Customer,
    /// The outcome without what is left out.
    record: Value,
    fields: BTreeMap<String, FieldMap>,
}

/// Who the call was with, as far as the connector may know.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    /// The shop's own reference, or a digest of the number: the same for the same customer.
    pub(super) external_id: String,
    pub(super) phone: Option<String>,
    /// Names nobody: it says whose order it was.
    pub(super) name: String,
}

impl Drafting {
    pub(super) fn read(settings: &ConnectorSettings) -> Result<Self, InvalidConnector> {
        if let Some(name) = settings.fields.keys().find(|name| !RECORD_NAMES.contains(&name.as_str())) {
            let remedy = format!("`{name}` is no record; write any of {}", RECORD_NAMES.join(", "));
            return Err(settings.invalid("fields", remedy));
        }
        let link_base = settings.link_base_url.as_deref().map(|text| {
            let is_web = reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
            let remedy = "write where people reach this server, such as https://calls.shop.example";
            if is_web {
                Ok(text.trim_end_matches('/').to_owned())
            } else {
                Err(settings.invalid("link_base_url", remedy))
            }
        });
        Ok(Self {
            left_out: settings.left_out()?,
            tickets_for: settings.tickets_for.clone(),
            fields: settings.fields.clone(),
            link_base: link_base.transpose()?,
        })
    }

    /// Puts an outcome for this connector.
    ///
    /// Errors: a body that is no outcome record.
    pub(super) fn draft(&self, delivery: &Delivery) -> Result<Draft, serde_json::Error> {
        let outcome: OutcomeRecord = serde_json::from_str(&delivery.body)?;
        let mut record: Value = serde_json::from_str(&delivery.body)?;
        for field in self.left_out.iter().flat_map(|left_out| fields_of(*left_out)) {
            record[*field] = Value::Null;
        }
        let text_of = |name: &str| record[name].as_str().map(str::to_owned);
        let link = |name: &str| Some(format!("{}{}", self.link_base.as_ref()?, record[name].as_str()?));
        let is_recorded = outcome.recording != RecordingMode::Off;
        let recording_url = link("recording_ref").filter(|_| is_recorded);
        let transcript_url = link("transcript_ref");
        let started_at = outcome.answered_at.as_ref().or(outcome.dialled_at.as_ref()).unwrap_or(&outcome.ended_at);
        let dispositions = || std::iter::once(outcome.disposition).chain(outcome.secondary.iter().copied());
        let wants = |disposition| match &self.tickets_for {
            Some(chosen) => chosen.contains(&disposition),
            None => wants_ticket(disposition),
        };
        let tags = std::iter::once(OWN_TAG.to_owned()).chain(dispositions().map(|d| d.as_str().to_lowercase()));
        let summary = summary(&outcome, &record, recording_url.as_deref(), transcript_url.as_deref());
        Ok(Draft {
            title: title(&outcome),
            text: text(&record, &summary, &delivery.idempotency_key),
            summary,
            direction: outcome.direction,
            connection: outcome.connection,
            contact_code: outcome.contact,
            disposition: outcome.disposition,
            tags: tags.collect(),
            from: text_of("from_number_e164"),
            to: text_of("to_number_e164"),
            started_at: started_at.clone(),
            ended_at: outcome.ended_at.clone(),
            duration_ms: outcome.talk_ms,
            wants_ticket: !delivery.is_later_news() && dispositions().any(wants),
            customer: self.customer(&outcome),
            key: delivery.idempotency_key.clone(),
            call_key: delivery.call_key(),
            recording_url,
            fields: self.fields.clone(),
            record,
        })
    }

    fn customer(&self, outcome: &OutcomeRecord) -> Customer {
        let number = match outcome.direction {
            CallDirection::Inbound => outcome.from_number_e164.as_ref(),
            CallDirection::Outbound => outcome.to_number_e164.as_ref(),
        };
        let order = outcome.order_ref.as_ref().map(|order_ref| order_ref.0.as_str());
        let external_id = match (&outcome.customer_ref, number, order) {
            (Some(reference), _, _) => reference.clone(),
            (None, Some(number), _) => digest_of(number),
            (None, None, Some(order)) => format!("order-{order}"),
            (None, None, None) => format!("caller-{}", outcome.call_id),
        };
        let name = order.map_or_else(|| "Caller".to_owned(), |order| format!("Customer of order {order}"));
        let may_know = !self.left_out.contains(&LeftOut::Phone);
        let phone = number.filter(|_| may_know).map(|number| number.reveal().to_owned());
        Customer { external_id, phone, name }
    }
}

/// Stands for a number where the number itself is not to stand.
fn digest_of(number: &PhoneNumber) -> String {
    let digest = digest::digest(&digest::SHA256, number.reveal().as_bytes());
    let mut text = "customer-".to_owned();
    for byte in &digest.as_ref()[..CUSTOMER_DIGEST_BYTES] {
        write!(text, "{byte:02x}").expect("a string takes everything");
    }
    text
}

impl Draft {
    /// What the settings put into the fields of a record.
    pub(super) fn mapped(&self, record: &str) -> Map<String, Value> {
        let fields = self.fields.get(record).into_iter().flatten();
        fields
            .filter_map(|(field, source)| {
                let value = source.split('.').try_fold(&self.record, |value, name| value.get(name))?;
                (!value.is_null()).then(|| (field.clone(), value.clone()))
            })
            .collect()
    }

    /// The text of the ticket, which is found by what it ends with.
    pub(super) fn ticket_text(&self) -> String {
        self.text.replace(&self.key, &self.call_key)
    }

    /// The day of the call in UTC.
    pub(super) fn day(&self) -> String {
        let at: Option<Timestamp> = self.started_at.parse().ok();
        at.map_or_else(|| self.started_at.chars().take(10).collect(), |at| at.strftime("%Y-%m-%d").to_string())
    }
}

fn title(outcome: &OutcomeRecord) -> String {
    let what = plain(outcome.disposition.as_str());
    match &outcome.order_ref {
        Some(order_ref) => format!("Delivery call: {what}, order {}", order_ref.0),
        None => format!("Delivery call: {what}"),
    }
}

/// `DELIVERY_REFUSED` as `delivery refused`.
fn plain(code: &str) -> String {
    code.to_lowercase().replace('_', " ")
}

fn summary(outcome: &OutcomeRecord, record: &Value, recording: Option<&str>, transcript: Option<&str>) -> String {
    let mut lines = Vec::new();
    lines.extend(record["summary"].as_str().map(str::to_owned));
    let also: Vec<String> = outcome.secondary.iter().map(|other| plain(other.as_str())).collect();
    let also = if also.is_empty() { String::new() } else { format!(", {}", also.join(", ")) };
    lines.push(format!("Outcome: {}{also}.", plain(outcome.disposition.as_str())));
    lines.extend(recording.map(|url| format!("Recording: {url}")));
    lines.extend(transcript.map(|url| format!("Transcript: {url}")));
    lines.join("\n")
}

fn text(record: &Value, summary: &str, key: &str) -> String {
    let said = |name: &str| record[name].as_str();
    let mut lines = vec![summary.to_owned()];
    let mut add = |label: &str, value: Option<&str>| lines.extend(value.map(|value| format!("{label}: {value}")));
    add("Order", said("order_ref"));
    add("Day wanted", said("delivery_date"));
    match (said("window_from"), said("window_to")) {
        (Some(from), Some(to)) => add("Time wanted", Some(&format!("{from} to {to}"))),
        (from, to) => add("Time wanted", from.or(to)),
    }
    add("Instruction", said("instruction"));
    add("To be handed to", said("alternate_recipient"));
    add("Address", said("address_change"));
    add("Callback", said("callback_at"));
    add("Reason", said("reason_code"));
    add("Next step", said("next_step"));
    add("By", said("next_step_owner"));
    add("Due", said("next_step_due"));
    add("Reference", Some(key));
    lines.join("\n")
}

/// Free text where the vendor takes HTML.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push_str("<br>"),
            _ => escaped.push(letter),
        }
    }
    escaped
}
