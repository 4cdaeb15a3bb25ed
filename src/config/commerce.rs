//! Shops and carriers in the settings.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::optional as optional_duration;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::adapters::commerce::SourceSettings;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommerceSettings {
    pub sources: Vec<SourceSection>,
}

/// One shop or carrier.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSection {
    pub kind: String,
    /// Its place under `/webhooks/`.
    pub name: String,
    pub secret: Option<SecretString>,
    /// The secret before this one, while the source changes over.
    pub secret_before: Option<SecretString>,
    pub base_url: Option<String>,
    pub token: Option<SecretString>,
    #[serde(default)]
    pub allow_private_addresses: bool,
    /// How the shop calls payment at the door.
    #[serde(default)]
    pub cod_gateways: Vec<String>,
    /// Where the shop keeps tracking numbers.
    pub tracking_key: Option<String>,
    /// Carriers whose parcels it is asked for and acts on; the kind's own name if left out, `*` for all.
    #[serde(default)]
    pub carriers: Vec<String>,
    /// Whether it may cancel orders and send parcels back without a person.
    #[serde(default)]
    pub may_cancel: bool,
    /// How often it is asked for what it does not tell. Left out: never.
    #[serde(default, with = "optional_duration")]
    pub poll_interval: Option<Duration>,
    /// Parcels are asked for once they have not been heard of for this long.
    #[serde(default = "quiet_for", with = "duration")]
    pub quiet_for: Duration,
}

impl SourceSection {
    /// What the adapter of its kind takes.
    pub fn source_settings(&self) -> SourceSettings {
        SourceSettings {
            kind: self.kind.clone(),
            name: self.name.clone(),
            secret: self.secret.clone(),
            secret_before: self.secret_before.clone(),
            base_url: self.base_url.clone(),
            // An empty variable of the environment is no token.
            token: self.token.clone().filter(|token| !token.expose_secret().is_empty()),
            allow_private_addresses: self.allow_private_addresses,
            cod_gateways: self.cod_gateways.clone(),
            tracking_key: self.tracking_key.clone(),
        }
    }

    /// Carriers whose parcels it answers for.
    pub fn carriers(&self) -> Vec<String> {
        if self.carriers.is_empty() { vec![self.kind.clone()] } else { self.carriers.clone() }
    }
}

fn quiet_for() -> Duration {
    Duration::from_secs(24 * 60 * 60)
}
