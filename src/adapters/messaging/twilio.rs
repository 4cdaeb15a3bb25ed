//! SMS by Twilio Messaging.
//!
//! The interface has no key by which it would know a repeat. A message whose answer was lost is looked for among those
//! sent to the number that day, by its words, and is not sent again unasked.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, is_passing, read_body, retry_after, unanswered};
use crate::domain::outreach::Channel;
use crate::domain::values::PhoneNumber;
use crate::ports::messaging::{MessageError, Messenger, OutgoingMessage};

const API_VERSION: &str = "2010-04-01";
const CODE_TOO_MANY_REQUESTS: u32 = 20429;
/// Messages to one number looked through for one whose answer was lost.
const FOUND_MAX: &str = "50";

/// Whom messages are from.
#[derive(Clone, Debug)]
pub enum SmsSender {
    Number(PhoneNumber),
    /// The id of a messaging service, which chooses the number.
    Service(String),
}

/// What is needed to send.
#[derive(Clone, Debug)]
pub struct TwilioSmsSettings {
    pub account_sid: String,
    pub auth_token: SecretString,
    pub api_base_url: String,
    pub sender: SmsSender,
}

/// One account's messages.
pub struct TwilioSms {
    http: Client,
    messages_url: Url,
    settings: TwilioSmsSettings,
}

#[derive(Deserialize)]
struct Created {
    sid: String,
}

#[derive(Deserialize)]
struct Listed {
    messages: Vec<ListedMessage>,
}

#[derive(Deserialize)]
struct ListedMessage {
    sid: String,
    body: Option<String>,
    direction: Option<String>,
}

/// Twilio's explanation of a refusal. It may quote numbers, so only its code is kept.
#[derive(Default, Deserialize)]
struct Refusal {
    code: Option<u32>,
}

impl TwilioSms {
    /// Errors: the text says which setting is wrong.
    pub fn new(settings: TwilioSmsSettings) -> Result<Self, String> {
        let mut messages_url: Url = settings.api_base_url.parse().map_err(|error| format!("api_base_url: {error}"))?;
        messages_url
            .path_segments_mut()
            .map_err(|()| "api_base_url: not an http or https URL".to_owned())?
            .pop_if_empty()
            .extend([API_VERSION, "Accounts", settings.account_sid.as_str(), "Messages.json"]);
        let http = Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(ANSWER_TIMEOUT).build();
        let http = http.map_err(|error| format!("HTTP client: {error}"))?;
        Ok(Self { http, messages_url, settings })
    }

    async fn send_request(&self, request: RequestBuilder) -> Result<Vec<u8>, MessageError> {
        let TwilioSmsSettings { account_sid, auth_token, .. } = &self.settings;
        let request = request.basic_auth(account_sid, Some(auth_token.expose_secret()));
        let response = request.send().await.map_err(|error| unanswered(&error))?;
        let (status, wait) = (response.status(), retry_after(&response));
        let body = read_body(response).await.map_err(|_| MessageError::OutcomeUnknown)?;
        if status.is_success() {
            return Ok(body);
        }
        let code = serde_json::from_slice::<Refusal>(&body).unwrap_or_default().code;
        if is_passing(status) || code == Some(CODE_TOO_MANY_REQUESTS) {
            return Err(MessageError::Unavailable { reason: format!("answered {status}"), retry_after: wait });
        }
        if status.is_server_error() {
            return Err(MessageError::OutcomeUnknown);
        }
        Err(MessageError::Rejected { reason: refusal(status, code) })
    }
}

/// Source: Twilio's list of error codes.
fn refusal(status: StatusCode, code: Option<u32>) -> String {
    let meaning = match code {
        Some(21_211 | 21_614) => "the number cannot get an SMS",
        Some(21_610) => "the number has told the carrier that it wants no messages",
        Some(21_408) => "the account may not send to this country",
        Some(21_606 | 21_659) => "the account may not send from this number; see messaging.sms",
        Some(20_003) => "the credentials are refused; see telephony.twilio",
        Some(_) | None => "refused",
    };
    code.map_or_else(|| format!("{meaning} ({status})"), |code| format!("{meaning} (Twilio {code})"))
}

#[async_trait]
impl Messenger for TwilioSms {
    fn channel(&self) -> Channel {
        Channel::Sms
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        let from = match &self.settings.sender {
            SmsSender::Number(number) => ("From", number.reveal()),
            SmsSender::Service(id) => ("MessagingServiceSid", id.as_str()),
        };
        let form = [("To", message.to.reveal().as_str()), from, ("Body", message.body.reveal().as_str())];
        let body = self.send_request(self.http.post(self.messages_url.clone()).form(&form)).await?;
        let created: Created = serde_json::from_slice(&body).map_err(|_| MessageError::OutcomeUnknown)?;
        Ok(Some(created.sid))
    }

    async fn find(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let yesterday = today.yesterday().unwrap_or(today).to_string();
        let wanted = [("To", message.to.reveal().as_str()), ("DateSent>", &yesterday), ("PageSize", FOUND_MAX)];
        let body = self.send_request(self.http.get(self.messages_url.clone()).query(&wanted)).await?;
        let listed: Listed = serde_json::from_slice(&body).map_err(|_| MessageError::OutcomeUnknown)?;
        let is_ours = |found: &ListedMessage| {
            found.body.as_ref() == Some(message.body.reveal())
                && found.direction.as_ref().is_none_or(|direction| direction.starts_with("outbound"))
        };
        Ok(listed.messages.into_iter().find(is_ours).map(|found| found.sid))
    }
}
