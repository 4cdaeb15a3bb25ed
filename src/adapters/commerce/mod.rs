//! Shops and carriers: what they tell is checked and read, and what customers asked for is handed to them.

pub mod aftership;
mod client;
pub mod delhivery;
pub mod easypost;
pub mod evaluate;
mod reading;
pub mod shippo;
pub mod shiprocket;
pub mod shopify;
mod signature;
mod tracker;
pub mod woocommerce;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use crate::ports::commerce::{CommerceActions, CommerceSource, Notice, NoticeRefused};
use crate::ports::telephony::WebhookRequest;
use reading::Json;
use signature::{Secrets, id_of};

/// One configured source, as the settings have it.
#[derive(Clone, Debug, Default)]
pub struct SourceSettings {
    /// One of [`SOURCES`].
    pub kind: String,
    /// Its place under `/webhooks/`. Unique among the sources.
    pub name: String,
    /// What its messages are signed with, or the word that comes with them.
    pub secret: Option<SecretString>,
    /// The secret before this one, while the source changes over.
    pub secret_before: Option<SecretString>,
    /// Where its interface is, when it is not the usual place. A shop's has no usual place.
    pub base_url: Option<String>,
    /// What its interface is entered with.
    pub token: Option<SecretString>,
    /// Allows loopback, private and link-local targets, and plain HTTP.
    pub allow_private_addresses: bool,
    /// How the shop calls payment at the door.
    pub cod_gateways: Vec<String>,
    /// Where the shop keeps tracking numbers.
    pub tracking_key: Option<String>,
}

/// A setting of a source that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("commerce source `{source_name}`: {key}: {remedy}")]
pub struct InvalidSource {
    pub source_name: String,
    pub key: &'static str,
    pub remedy: String,
}

/// A source that has been made.
#[derive(Clone)]
pub struct MadeSource {
    pub source: Arc<dyn CommerceSource>,
    /// None where it has no interface to act by, or no token for it.
    pub actions: Option<Arc<dyn CommerceActions>>,
}

type MakeSource = fn(&SourceSettings) -> Result<MadeSource, InvalidSource>;

/// Every kind of source.
pub const SOURCES: &[(&str, MakeSource)] = &[
    ("shopify", shopify::make_source),
    ("woocommerce", woocommerce::make_source),
    ("aftership", aftership::make_source),
    ("easypost", easypost::make_source),
    ("shippo", shippo::make_source),
    ("shiprocket", shiprocket::make_source),
    ("delhivery", delhivery::make_source),
];

/// Makes the source that the settings describe.
///
/// Order: after the TLS provider of the process is installed.
/// Errors: [`InvalidSource`] names the key and what to write there.
pub fn make_source(settings: &SourceSettings) -> Result<MadeSource, InvalidSource> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if settings.name.is_empty() || 64 < settings.name.len() || !settings.name.bytes().all(is_plain) {
        return Err(settings.invalid("name", "write small letters, digits and dashes: it is part of a URL"));
    }
    let known = || SOURCES.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join(", ");
    let (_, make) = SOURCES
        .iter()
        .find(|(kind, _)| *kind == settings.kind)
        .ok_or_else(|| settings.invalid("kind", format!("write one of {}", known())))?;
    make(settings)
}

impl SourceSettings {
    fn invalid(&self, key: &'static str, remedy: impl Into<String>) -> InvalidSource {
        InvalidSource { source_name: self.name.clone(), key, remedy: remedy.into() }
    }

    /// What messages are checked with. Without it nobody's message could be told from a forged one.
    fn secrets(&self) -> Result<Secrets, InvalidSource> {
        let secrets = Secrets::new([&self.secret, &self.secret_before].into_iter().flatten().cloned());
        if secrets.is_empty() {
            return Err(self.invalid("secret", "is missing; write what the source signs with, best in the environment"));
        }
        Ok(secrets)
    }
}

/// The document of a message.
fn document(body: &[u8]) -> Result<Value, NoticeRefused> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| refused(format!("no JSON document (line {}, column {})", error.line(), error.column())))?;
    if value.is_object() { Ok(value) } else { Err(refused("not a JSON object")) }
}

fn refused(reason: impl Into<String>) -> NoticeRefused {
    NoticeRefused::BadRequest { reason: reason.into() }
}

/// The id of a message: as the vendor gives it, else made of what it says.
fn message_id(given: Option<&str>, body: &[u8]) -> String {
    match given.map(str::trim) {
        Some(id) if !id.is_empty() && id.len() <= 200 && id.bytes().all(|byte| byte.is_ascii_graphic()) => {
            id.to_owned()
        }
        Some(_) | None => format!("sha256:{}", id_of(body)),
    }
}

/// A message about nothing that is kept here.
fn nothing(event_id: String) -> Notice {
    Notice { event_id, events: Vec::new(), unknown_codes: Vec::new(), unusable: Vec::new() }
}

/// What every reader of messages gives.
type Read = Result<Notice, NoticeRefused>;

/// Reads a message whose signature was checked.
fn read_with(
    request: &WebhookRequest,
    event_id: String,
    read: impl FnOnce(Json<'_>, &mut Notice) -> Result<(), NoticeRefused>,
) -> Read {
    let document = document(&request.body)?;
    let mut notice = nothing(event_id);
    read(Json(&document), &mut notice)?;
    Ok(notice)
}

/// When something was told that bears no time.
fn or_now(at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    at.unwrap_or(now)
}
