//! Calls and messages that the shop sends out.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::domain::values::PhoneNumber;

/// Calls that the shop makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutreachSettings {
    /// Who hears of what, by which way, and when.
    pub rules: PathBuf,
    /// The rules of countries and states, and their holidays.
    pub policies_dir: PathBuf,
    /// Where numbers are: time zones and area codes.
    pub numbering_dir: PathBuf,
    /// Somebody who answers in the customer's place may say that a delivery will be taken in, and nothing else.
    pub third_party_may_confirm_presence: bool,
}

/// What evidence packs are signed with. Without a secret none are made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceSettings {
    pub secret: Option<SecretString>,
    /// The secret before this one: packs signed with it stay good.
    pub secret_before: Option<SecretString>,
}

/// Messages that are not calls. Without a section nothing is sent by that channel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessagingSettings {
    pub sms: Option<SmsSection>,
    pub email: Option<EmailSection>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSection {
    /// `twilio`: the account of `telephony.twilio`.
    pub provider: String,
    pub from: Option<PhoneNumber>,
    /// The id of a messaging service, in place of a number.
    pub messaging_service: Option<String>,
}

/// Links for customers who want to pay before the delivery. Without the section none are sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentLinkSection {
    /// `webhook`, or `fake` for links that lead nowhere.
    pub provider: String,
    /// Where links are made, asked signed.
    pub url: Option<String>,
    pub secret: Option<SecretString>,
    #[serde(default)]
    pub allow_private_addresses: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailSection {
    /// Where e-mail is handed over, signed.
    pub url: String,
    pub secret: SecretString,
    #[serde(default)]
    pub allow_private_addresses: bool,
}

impl Default for OutreachSettings {
    fn default() -> Self {
        Self {
            rules: "config/outreach.toml".into(),
            policies_dir: "config/policies".into(),
            numbering_dir: "config/numbering".into(),
            third_party_may_confirm_presence: false,
        }
    }
}
