//! The HTTP client of every shop and carrier: where it may connect, how long it waits, what its answers mean.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER, USER_AGENT};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, redirect};
use serde_json::Value;

use super::{InvalidSource, SourceSettings};
use crate::adapters::address_guard::{PublicAddresses, is_public, is_refused};
use crate::ports::commerce::{ActionError, SourceError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// What is read of an answer: pages of orders are large.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Speaks to one vendor at one base address.
pub(super) struct ApiClient {
    base_url: String,
    client: Client,
}

/// An answer of the vendor.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    retry_after: Option<Duration>,
    /// Null when it is no JSON.
    pub(super) body: Value,
}

/// No answer, or half of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoAnswer {
    reason: &'static str,
    /// The request may have reached the vendor.
    was_sent: bool,
    is_refused_address: bool,
}

impl ApiClient {
    pub(super) fn new(settings: &SourceSettings, usual_base_url: &str) -> Result<Self, InvalidSource> {
        let base_url = settings.base_url.as_deref().unwrap_or(usual_base_url).trim_end_matches('/').to_owned();
        check_url(settings, &base_url)?;
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
        let client =
            client.build().map_err(|_| settings.invalid("base_url", "no TLS client can be made on this machine"))?;
        Ok(Self { base_url, client })
    }

    /// Shape: `path` begins with a slash.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base_url))
            .header(USER_AGENT, concat!("doorstep/", env!("CARGO_PKG_VERSION")))
    }
}

fn check_url(settings: &SourceSettings, text: &str) -> Result<(), InvalidSource> {
    let invalid = |remedy: &str| Err(settings.invalid("base_url", remedy));
    let Ok(url) = Url::parse(text) else { return invalid("write a URL such as https://shop.example") };
    let is_plain = url.scheme() == "http" && settings.allow_private_addresses;
    if url.scheme() != "https" && !is_plain {
        return invalid("must begin with https://, or set allow_private_addresses for a target of your own");
    }
    // A number needs no resolving, so the guard on names would not see it.
    let number = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    if number.is_some_and(|address| !is_public(address)) && !settings.allow_private_addresses {
        return invalid("is a private address; set allow_private_addresses if it is a target of your own");
    }
    Ok(())
}

/// Sends a request and reads its answer.
pub(super) async fn send(request: RequestBuilder) -> Result<Answer, NoAnswer> {
    let mut response = request.send().await.map_err(|error| no_answer(&error))?;
    let status = response.status();
    let retry_after = decode_retry_after(response.headers(), Timestamp::now());
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= ANSWER_BYTES_MAX => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Ok(Some(_)) => return Err(NoAnswer::cut("the answer is larger than any answer should be")),
            Err(_) => return Err(NoAnswer::cut("the connection broke in the middle of the answer")),
        }
    }
    Ok(Answer { status, retry_after, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
}

/// The text of the error is left out: it holds the URL.
fn no_answer(error: &reqwest::Error) -> NoAnswer {
    if is_refused(error) {
        let reason = "the name leads to a private address; set allow_private_addresses if it is your own";
        return NoAnswer { reason, was_sent: false, is_refused_address: true };
    }
    if error.is_connect() || error.is_builder() {
        let reason = "no connection; check the name, the network and the certificate";
        return NoAnswer { reason, was_sent: false, is_refused_address: false };
    }
    NoAnswer::cut(if error.is_timeout() { "no answer in time" } else { "the connection broke before an answer" })
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

impl NoAnswer {
    const fn cut(reason: &'static str) -> Self {
        Self { reason, was_sent: true, is_refused_address: false }
    }

    pub(super) fn for_question(self) -> SourceError {
        let reason = self.reason.to_owned();
        if self.is_refused_address {
            SourceError::Refused { reason }
        } else {
            SourceError::Unavailable { reason, retry_after: None }
        }
    }

    pub(super) fn for_action(self) -> ActionError {
        let reason = self.reason.to_owned();
        match (self.is_refused_address, self.was_sent) {
            (true, _) => ActionError::Refused { reason },
            (false, true) => ActionError::OutcomeUnknown { reason },
            (false, false) => ActionError::Unavailable { reason, retry_after: None },
        }
    }
}

impl Answer {
    /// The body of a good answer to a question.
    pub(super) fn into_question(self) -> Result<Value, SourceError> {
        let reason = format!("answered {}", self.status.as_u16());
        match self.status.as_u16() {
            200..=299 => Ok(self.body),
            401 | 403 => Err(SourceError::Refused { reason: format!("{reason}; check the token and what it may do") }),
            408 | 425 | 429 | 500..=599 => Err(SourceError::Unavailable { reason, retry_after: self.retry_after }),
            _ => Err(SourceError::Refused { reason: format!("{reason}; check base_url") }),
        }
    }

    /// The body of a good answer to an order.
    pub(super) fn into_action(self) -> Result<Value, ActionError> {
        let reason = format!("answered {}", self.status.as_u16());
        match self.status.as_u16() {
            200..=299 => Ok(self.body),
            401 | 403 => Err(ActionError::Refused { reason: format!("{reason}; check the token and what it may do") }),
            408 | 425 | 429 | 503 => Err(ActionError::Unavailable { reason, retry_after: self.retry_after }),
            // It may have failed after the work was done.
            500..=599 => Err(ActionError::OutcomeUnknown { reason }),
            _ => Err(ActionError::Refused { reason }),
        }
    }
}
