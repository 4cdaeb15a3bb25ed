//! Connectors to the systems a shop keeps its records in.

mod address_guard;
mod standard_webhooks;
mod webhook;

use std::sync::Arc;

use secrecy::SecretString;

use crate::ports::crm::CrmConnector;

/// One configured connector, as the settings have it.
#[derive(Clone, Debug)]
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
    /// Allows loopback, private and link-local targets, and plain HTTP.
    pub allow_private_addresses: bool,
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
pub const CONNECTORS: &[(&str, MakeConnector)] = &[("webhook", webhook::make_connector)];

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

impl ConnectorSettings {
    fn invalid(&self, key: &'static str, remedy: impl Into<String>) -> InvalidConnector {
        InvalidConnector { connector: self.name.clone(), key, remedy: remedy.into() }
    }
}
