//! Connectors to the systems a shop keeps its records in.

mod account;
mod draft;
mod freshdesk;
mod gorgias;
mod hubspot;
mod intercom;
mod oauth;
mod salesforce;
mod target;
mod vendor;
mod webhook;
mod words;
mod zendesk;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::domain::call::Disposition;
use crate::ports::crm::CrmConnector;

/// The wall clock.
#[derive(Clone)]
pub struct Clock(pub Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Timestamp::now))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// What a connector may be told to keep to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Numbers of customer and shop; contacts are then found by the shop's own reference.
    Phone,
    /// The link to the transcript.
    Transcript,
    /// The link to the recording.
    Recording,
    Summary,
    /// What the caller said in their own words: instruction, alternate recipient, address.
    Words,
}

impl LeftOut {
    const ALL: [(&'static str, Self); 5] = [
        ("phone", Self::Phone),
        ("transcript", Self::Transcript),
        ("recording", Self::Recording),
        ("summary", Self::Summary),
        ("words", Self::Words),
    ];
}

/// Fields of a vendor's record, each with the field of the outcome it takes.
pub type FieldMap = BTreeMap<String, String>;

/// One configured connector, as the settings have it.
#[derive(Clone, Debug, Default)]
pub struct ConnectorSettings {
    /// One of [`CONNECTORS`].
    pub kind: String,
    /// What its deliveries are addressed to. Unique among the connectors.
    pub name: String,
    /// Where a webhook is sent.
    pub url: Option<String>,
    /// Where a vendor's interface is, when it is not the usual place.
    pub base_url: Option<String>,
    /// The signing secret. Two of them, parted by a blank, while one replaces the other.
    pub secret: Option<SecretString>,
    pub token: Option<SecretString>,
    /// Whose token it is, where the vendor asks.
    pub email: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    /// Names of [`LeftOut`].
    pub leave_out: Vec<String>,
    /// Dispositions that open a ticket, instead of the usual ones.
    pub tickets_for: Option<Vec<Disposition>>,
    /// By record: `contact`, `ticket`, `call`, `note`.
    pub fields: BTreeMap<String, FieldMap>,
    /// What only this vendor has, such as a pipeline.
    pub options: BTreeMap<String, String>,
    /// The limit of the account's plan, when it is not the vendor's smallest.
    pub requests_per_minute: Option<u32>,
    /// Where people reach this server: what links to recordings and transcripts begin with.
    pub link_base_url: Option<String>,
    /// Allows loopback, private and link-local targets, and plain HTTP.
    pub allow_private_addresses: bool,
    /// How long one request may take, when it is not the usual time.
    pub request_timeout: Option<Duration>,
    pub clock: Clock,
}

/// A setting of a connector that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("crm connector `{connector}`: {key}: {remedy}")]
pub struct InvalidConnector {
    pub connector: String,
    pub key: &'static str,
    pub remedy: String,
}

type MakeConnector = fn(&ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector>;

/// Every kind of connector.
pub const CONNECTORS: &[(&str, MakeConnector)] = &[
    ("webhook", webhook::make_connector),
    ("hubspot", hubspot::make_connector),
    ("zendesk", zendesk::make_connector),
    ("freshdesk", freshdesk::make_connector),
    ("salesforce", salesforce::make_connector),
    ("gorgias", gorgias::make_connector),
    ("intercom", intercom::make_connector),
];

/// Makes the connector that the settings describe.
///
/// Order: after the TLS provider of the process is installed.
/// Errors: [`InvalidConnector`] names the key and what to write there.
pub fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    let known = || CONNECTORS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join(", ");
    let (_, make) = CONNECTORS
        .iter()
        .find(|(kind, _)| *kind == settings.kind)
        .ok_or_else(|| settings.invalid("kind", format!("write one of {}", known())))?;
    make(settings)
}

/// Reads an answer as each vendor's decoders do, and gives a refusal's words. For the tests of decoders.
pub fn read_answer(body: &[u8]) -> String {
    for decode in
        [hubspot::decode_all, zendesk::decode_all, freshdesk::decode_all, salesforce::decode_all, gorgias::decode_all]
    {
        decode(body);
    }
    intercom::decode_all(body);
    oauth::decode_all(body);
    words::words_of(body)
}

impl ConnectorSettings {
    fn invalid(&self, key: &'static str, remedy: impl Into<String>) -> InvalidConnector {
        InvalidConnector { connector: self.name.clone(), key, remedy: remedy.into() }
    }

    /// The options, which must be among `known`.
    fn check_options(&self, known: &[&str]) -> Result<(), InvalidConnector> {
        match self.options.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(_) if known.is_empty() => Err(self.invalid("options", "this kind has none; remove them")),
            Some(name) => {
                Err(self.invalid("options", format!("`{name}` is not known; write one of {}", known.join(", "))))
            }
        }
    }

    fn option<'a>(&'a self, name: &str, usual: &'a str) -> &'a str {
        self.options.get(name).map_or(usual, String::as_str)
    }

    fn left_out(&self) -> Result<Vec<LeftOut>, InvalidConnector> {
        let names = || LeftOut::ALL.map(|(name, _)| name).join(", ");
        let read = |text: &String| {
            let found = LeftOut::ALL.iter().find(|(name, _)| name == text).map(|(_, left_out)| *left_out);
            found.ok_or_else(|| self.invalid("leave_out", format!("`{text}` is not known; write any of {}", names())))
        };
        self.leave_out.iter().map(read).collect()
    }
}
