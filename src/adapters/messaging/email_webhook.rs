//! E-mail by a signed webhook: whatever the shop sends mail with takes it from there.
//!
//! Signed as the Standard Webhooks specification 1.0.0 has it. `webhook-id` is the same on every try of one message, so
//! that the receiver can tell a repeat.

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url, redirect};
use secrecy::{ExposeSecret, SecretString};

use super::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, is_passing, read_body, retry_after};
use crate::domain::outreach::Channel;
use crate::ports::messaging::{MessageError, Messenger, OutgoingMessage};

const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Where e-mail is handed over.
#[derive(Clone, Debug)]
pub struct EmailWebhookSettings {
    pub url: String,
    /// `whsec_` and base64 of 24 to 64 random bytes.
    pub secret: SecretString,
    /// Allows loopback and private addresses, and plain HTTP.
    pub allow_private_addresses: bool,
}

/// The receiver of e-mail.
pub struct EmailWebhook {
    http: Client,
    url: Url,
    key: hmac::Key,
}

#[derive(serde::Serialize)]
struct Mail<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: MailBody<'a>,
}

#[derive(serde::Serialize)]
struct MailBody<'a> {
    key: &'a str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
}

impl EmailWebhook {
    /// Errors: the text says which setting is wrong and what to write there.
    pub fn new(settings: &EmailWebhookSettings) -> Result<Self, String> {
        let key = read_secret(&settings.secret)
            .ok_or("secret: write whsec_ and base64 of 24 to 64 random bytes, best in the environment")?;
        let url = Url::parse(&settings.url).map_err(|_| "url: write a URL such as https://shop.example/mail")?;
        let is_plain = url.scheme() == "http" && settings.allow_private_addresses;
        if url.scheme() != "https" && !is_plain {
            return Err("url: must begin with https://, or set allow_private_addresses for a target of your own".into());
        }
        let number = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        let is_local = url.host_str().is_some_and(|host| host == "localhost") || number.is_some_and(is_private);
        if is_local && !settings.allow_private_addresses {
            return Err("url: is a private address; set allow_private_addresses if it is a target of your own".into());
        }
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| format!("HTTP client: {error}"))?;
        Ok(Self { http, url, key })
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut signing = hmac::Context::with_key(&self.key);
        signing.update(format!("{id}.{timestamp}.").as_bytes());
        signing.update(body);
        format!("v1,{}", STANDARD.encode(signing.sign()))
    }
}

fn read_secret(secret: &SecretString) -> Option<hmac::Key> {
    let key = STANDARD.decode(secret.expose_secret().strip_prefix("whsec_")?).ok()?;
    KEY_BYTES.contains(&key.len()).then(|| hmac::Key::new(hmac::HMAC_SHA256, &key))
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

#[async_trait]
impl Messenger for EmailWebhook {
    fn channel(&self) -> Channel {
        Channel::Email
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        let data = MailBody {
            key: &message.key,
            to: message.to.reveal(),
            subject: message.subject.reveal(),
            text: message.body.reveal(),
        };
        let unwritable = |_| MessageError::Rejected { reason: "the message cannot be written as JSON".to_owned() };
        let body = serde_json::to_vec(&Mail { kind: "email.send", data }).map_err(unwritable)?;
        let now = Timestamp::now().as_second();
        // The key may hold what a header may not.
        let id = format!("mail-{}", STANDARD.encode(&message.key));
        let request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", self.sign(&id, now, &body))
            .body(body);
        // The receiver tells repeats apart, so a lost answer may be asked for again.
        let passing = |reason: &str| MessageError::Unavailable { reason: reason.to_owned(), retry_after: None };
        let response = request.send().await.map_err(|_| passing("no answer"))?;
        let (status, wait) = (response.status(), retry_after(&response));
        drop(read_body(response).await);
        if status.is_success() {
            return Ok(None);
        }
        let reason = format!("answered {status}");
        if is_passing(status) || status.is_server_error() || status.as_u16() == 408 {
            return Err(MessageError::Unavailable { reason, retry_after: wait });
        }
        Err(MessageError::Rejected { reason: format!("{reason}; check the URL and the secret of messaging.email") })
    }

    async fn find(&self, _: &OutgoingMessage) -> Result<Option<String>, MessageError> {
        Ok(None)
    }
}
