//! A message that somebody decided to send and nobody has sent yet.

use jiff::Timestamp;

use crate::domain::orders::OrderRef;
use crate::domain::values::{Personal, PhoneNumber};

/// How a customer hears of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Nothing,
    Email,
    Sms,
    Call,
}

impl Channel {
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Email, Self::Sms, Self::Call];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Call => "call",
        }
    }
}

/// One message that is to be sent. Its words are made when it is sent, from the order as it is then.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PlannedMessage {
    /// Equal keys are one message, however often it is planned.
    pub key: String,
    pub order_ref: OrderRef,
    /// The parcel it is about; none for the order as a whole.
    pub tracking_number: Option<String>,
    /// `Sms` or `Email`.
    pub channel: Channel,
    /// The customer's number, whatever the channel: contacts are counted by it.
    pub phone: PhoneNumber,
    /// With e-mail.
    pub email: Option<Personal<String>>,
    /// The name of its words.
    pub text: String,
    /// The language the customer asked for, where it is not the order's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    pub planned_at: Timestamp,
    pub not_before: Timestamp,
    /// Not sent later.
    pub expires_at: Timestamp,
    /// The rule that asked for it.
    pub rule: String,
    pub policy: String,
}
