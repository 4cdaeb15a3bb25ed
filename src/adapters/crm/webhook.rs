//! The generic signed webhook: it reaches every system a shop can write a few lines of glue for.
//!
//! The body is made from the kept record and the time it was kept, so that every attempt sends the same bytes; only
//! the time and the signature in the headers are new.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, USER_AGENT};
use reqwest::{Client, Response, StatusCode, Url};

use super::target::{self, Broken, decode_retry_after};
use super::{ConnectorSettings, InvalidConnector};
use crate::adapters::standard_webhooks::SigningKeys;
use crate::domain::delivery::{RetrySchedule, Room};
use crate::ports::crm::{CrmConnector, DeliveryError};
use crate::ports::remote_records::RemoteRecordStore;
use crate::ports::store::Delivery;

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
    let text = settings.url.as_ref();
    let text = text.ok_or_else(|| settings.invalid("url", "is missing; write where the webhook is received"))?;
    let url = target::read_url(settings, "url", text)?;
    let client = target::client(settings, REQUEST_TIMEOUT, 0)?;
    Ok(Arc::new(Webhook { name: settings.name.clone(), url, keys, client }))
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

    fn schedule(&self) -> RetrySchedule {
        RetrySchedule::Sparse
    }

    fn room(&self, _now: Timestamp) -> Room {
        Room::UNLIMITED
    }

    /// A webhook takes outcomes and nothing else: trying it would deliver something.
    async fn check(&self) -> Result<(), DeliveryError> {
        Ok(())
    }

    async fn deliver(&self, delivery: &Delivery, _records: &dyn RemoteRecordStore) -> Result<(), DeliveryError> {
        let body = event_body(&delivery.body, delivery.created_at);
        let now = Timestamp::now();
        let signature = self.keys.sign(&delivery.idempotency_key, now.as_second(), body.as_bytes());
        let answer = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, target::PRODUCT)
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

fn decode_failure(error: &reqwest::Error) -> DeliveryError {
    let broken = Broken::decode(error);
    let reason = broken.reason().to_owned();
    match broken {
        Broken::Refused => DeliveryError::Rejected { reason },
        Broken::NotConnected | Broken::TimedOut | Broken::Cut => {
            DeliveryError::Unavailable { reason, retry_after: None }
        }
    }
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

async fn read_out(mut answer: Response) {
    let mut left = ANSWER_BYTES_MAX;
    while let Ok(Some(chunk)) = answer.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
