//! The generic signed webhook: it reaches every system a shop can write a few lines of glue for.
//!
//! The body is made from the kept record and the time it was kept, so that every attempt sends the same bytes; only
//! the time and the signature in the headers are new.

#[cfg(test)]
mod tests;

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER, USER_AGENT};
use reqwest::{Client, Response, StatusCode, Url, redirect};

use super::address_guard::{AddressRefused, PublicAddresses, is_public};
use super::standard_webhooks::SigningKeys;
use super::{ConnectorSettings, InvalidConnector};
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::store::Delivery;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Source: the specification suggests 15 to 30 seconds.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// What is read of an answer, to let the receiver finish it; the content does not matter.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

struct Webhook {
    name: String,
    url: Url,
    keys: SigningKeys,
    client: Client,
}

pub(super) fn make_connector(settings: &ConnectorSettings) -> Result<Arc<dyn CrmConnector>, InvalidConnector> {
    let secret = settings.secret.as_ref().ok_or_else(|| {
        settings
            .invalid("secret", "is missing; write whsec_ and base64 of 24 to 64 random bytes, best in the environment")
    })?;
    let keys = SigningKeys::parse(secret).map_err(|error| settings.invalid("secret", error.to_string()))?;
    let url = read_url(settings)?;
    let mut client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .redirect(redirect::Policy::none())
        // A proxy would resolve the name itself, and a kept connection would outlive the check of its address.
        .no_proxy()
        .pool_max_idle_per_host(0);
    if !settings.allow_private_addresses {
        client = client.dns_resolver(Arc::new(PublicAddresses));
    }
    let client = client.build().map_err(|_| settings.invalid("url", "no TLS client can be made on this machine"))?;
    Ok(Arc::new(Webhook { name: settings.name.clone(), url, keys, client }))
}

fn read_url(settings: &ConnectorSettings) -> Result<Url, InvalidConnector> {
    let invalid = |remedy: &str| settings.invalid("url", remedy);
    let text = settings.url.as_ref().ok_or_else(|| invalid("is missing; write where the webhook is received"))?;
    let url = Url::parse(text).map_err(|_| invalid("write a URL such as https://shop.example/webhooks/calls"))?;
    let is_plain = url.scheme() == "http" && settings.allow_private_addresses;
    if url.scheme() != "https" && !is_plain {
        return Err(invalid("must begin with https://, or set allow_private_addresses for a target of your own"));
    }
    // A number needs no resolving, so the guard on names would not see it.
    let number = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    if number.is_some_and(|address| !is_public(address)) && !settings.allow_private_addresses {
        return Err(invalid("is a private address; set allow_private_addresses if it is a target of your own"));
    }
    Ok(url)
}

/// The bytes of every attempt. `record` is JSON already and goes in as it is.
fn event_body(record: &str, kept_at: Timestamp) -> String {
    format!(r#"{{"type":"call.completed","timestamp":"{kept_at}","data":{record}}}"#)
}

#[async_trait]
impl CrmConnector for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<(), DeliveryError> {
        let body = event_body(&delivery.body, delivery.created_at);
        let now = Timestamp::now();
        let signature = self.keys.sign(&delivery.idempotency_key, now.as_second(), body.as_bytes());
        let answer = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("doorstep/", env!("CARGO_PKG_VERSION")))
            .header(ID, &delivery.idempotency_key)
            .header(TIMESTAMP, now.as_second())
            .header(SIGNATURE, signature)
            .body(body)
            .send()
            .await
            .map_err(|error| decode_failure(&error))?;
        let judged = judge_answer(answer.status(), answer.headers(), now);
        drop(tokio::time::timeout(ANSWER_TIMEOUT, read_out(answer)).await);
        judged
    }
}

/// Tells a refused address from a failed connection. The text of the error is left out: it holds the URL.
fn decode_failure(error: &reqwest::Error) -> DeliveryError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<AddressRefused>() {
            let reason = "the name leads to a private address; set allow_private_addresses if it is your own";
            return DeliveryError::Rejected { reason: reason.to_owned() };
        }
        cause = inner.source();
    }
    let reason = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection; check the name, the network and the certificate"
    } else {
        "the connection broke before an answer"
    };
    DeliveryError::Unavailable { reason: reason.to_owned(), retry_after: None }
}

/// Source: Standard Webhooks 1.0.0, "delivery"; what may pass is tried again, what would fail again is not.
fn judge_answer(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Result<(), DeliveryError> {
    let code = status.as_u16();
    let unavailable =
        |reason: String| DeliveryError::Unavailable { reason, retry_after: decode_retry_after(headers, now) };
    match code {
        200..=299 => Ok(()),
        300..=399 => {
            Err(unavailable(format!("answered {code}, a redirect, which is not followed; configure the final URL")))
        }
        408 | 425 | 429 => Err(unavailable(format!("answered {code}"))),
        410 => Err(DeliveryError::Rejected {
            reason: "answered 410: the receiver is gone; remove the connector or correct its URL".to_owned(),
        }),
        400..=499 => Err(DeliveryError::Rejected { reason: format!("answered {code}; check the URL and the secret") }),
        _ => Err(unavailable(format!("answered {code}"))),
    }
}

/// Seconds, or an HTTP date.
fn decode_retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

async fn read_out(mut answer: Response) {
    let mut left = ANSWER_BYTES_MAX;
    while let Ok(Some(chunk)) = answer.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
