//! A link from the shop's own system, asked for by a signed webhook.
//!
//! Signed as the Standard Webhooks specification 1.0.0 has it. `webhook-id` is the key of the wish: the receiver answers
//! a repeat with the link it made before.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Response, StatusCode, Url};

use super::PaymentLinkSettings;
use crate::adapters::address_guard::is_refused;
use crate::adapters::signed_webhook::SignedWebhook;
use crate::domain::values::Money;
use crate::ports::payment_link::{PaymentLink, PaymentLinkError, PaymentLinks, WantedLink};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// With the words around it, it still fits into three parts of an SMS.
const LINK_CHARACTERS_MAX: usize = 255;
const ID_CHARACTERS_MAX: usize = 100;

struct LinkWebhook {
    target: SignedWebhook,
}

#[derive(serde::Serialize)]
struct Asked<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: AskedLink<'a>,
}

#[derive(serde::Serialize)]
struct AskedLink<'a> {
    key: &'a str,
    order_ref: &'a str,
    amount: Money,
}

#[derive(serde::Deserialize)]
struct Made {
    id: String,
    url: String,
}

pub(super) fn make(settings: &PaymentLinkSettings) -> Result<Arc<dyn PaymentLinks>, String> {
    Ok(Arc::new(LinkWebhook { target: SignedWebhook::new(&settings.target()?, ANSWER_TIMEOUT)? }))
}

#[async_trait]
impl PaymentLinks for LinkWebhook {
    async fn make(&self, wanted: &WantedLink) -> Result<PaymentLink, PaymentLinkError> {
        let WantedLink { key, order_ref, amount } = wanted;
        let data = AskedLink { key, order_ref: &order_ref.0, amount: *amount };
        let body = serde_json::to_vec(&Asked { kind: "payment_link.create", data })
            .map_err(|_| refused("the wish cannot be written as JSON"))?;
        let answer = self.target.post(key, body).send().await.map_err(|error| unanswered(&error))?;
        judge(answer.status(), retry_after(&answer))?;
        let body = read_body(answer).await?;
        let made: Made = serde_json::from_slice(&body).map_err(|_| refused("the answer is not {\"id\", \"url\"}"))?;
        check_link(made)
    }
}

fn refused(reason: &str) -> PaymentLinkError {
    PaymentLinkError::Refused { reason: reason.to_owned() }
}

fn unavailable(reason: &str) -> PaymentLinkError {
    PaymentLinkError::Unavailable { reason: reason.to_owned(), retry_after: None }
}

/// The text of the error is left out: it holds the URL.
fn unanswered(error: &reqwest::Error) -> PaymentLinkError {
    if is_refused(error) {
        return refused("the name leads to a private address; set allow_private_addresses if it is your own");
    }
    unavailable(if error.is_timeout() { "no answer in time" } else { "no answer" })
}

fn judge(status: StatusCode, retry_after: Option<Duration>) -> Result<(), PaymentLinkError> {
    let reason = format!("answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Ok(()),
        408 | 425 | 429 | 500..=599 => Err(PaymentLinkError::Unavailable { reason, retry_after }),
        _ => {
            let reason = format!("{reason}; check url and secret of payment_link");
            Err(PaymentLinkError::Refused { reason })
        }
    }
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read_body(mut answer: Response) -> Result<Vec<u8>, PaymentLinkError> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|_| unavailable("the answer broke off"))? {
        if ANSWER_BYTES_MAX < body.len() + part.len() {
            return Err(refused("the answer is larger than any link"));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// What goes out in the shop's name must be a link, and one that nobody can read along.
fn check_link(made: Made) -> Result<PaymentLink, PaymentLinkError> {
    let is_short = made.url.len() <= LINK_CHARACTERS_MAX && made.url.bytes().all(|byte| byte.is_ascii_graphic());
    let is_safe = Url::parse(&made.url).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    if !is_short || !is_safe {
        return Err(refused("url in the answer: must be https://, at most 255 letters, without a blank"));
    }
    if made.id.is_empty() || ID_CHARACTERS_MAX < made.id.len() {
        return Err(refused("id in the answer: must be of 1 to 100 letters"));
    }
    Ok(PaymentLink { id: made.id, url: made.url.into() })
}
