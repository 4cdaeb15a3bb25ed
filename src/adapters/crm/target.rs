//! The way to a receiver: which addresses are allowed, the client that connects, and what a broken connection means.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Url, redirect};

use super::{ConnectorSettings, InvalidConnector};
use crate::adapters::address_guard::{PublicAddresses, is_public, is_refused};

/// How the product names itself.
pub(super) const PRODUCT: &str = concat!("doorstep/", env!("CARGO_PKG_VERSION"));

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes the client. It connects to public addresses only, unless the settings allow others.
pub(super) fn client(
    settings: &ConnectorSettings,
    timeout: Duration,
    idle_max: usize,
) -> Result<Client, InvalidConnector> {
    let mut client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(settings.request_timeout.unwrap_or(timeout))
        .redirect(redirect::Policy::none())
        // A proxy would resolve the name itself, past the check of its address.
        .no_proxy()
        .pool_max_idle_per_host(idle_max);
    if !settings.allow_private_addresses {
        client = client.dns_resolver(Arc::new(PublicAddresses));
    }
    client.build().map_err(|_| settings.invalid("kind", "no TLS client can be made on this machine"))
}

/// Reads a URL, and refuses what cannot be a receiver.
pub(super) fn read_url(settings: &ConnectorSettings, key: &'static str, text: &str) -> Result<Url, InvalidConnector> {
    let invalid = |remedy: &str| settings.invalid(key, remedy);
    let url = Url::parse(text).map_err(|_| invalid("write a URL such as https://shop.example/webhooks/calls"))?;
    let is_plain = url.scheme() == "http" && settings.allow_private_addresses;
    if url.scheme() != "https" && !is_plain {
        return Err(invalid("must begin with https://, or set allow_private_addresses for a target of your own"));
    }
    if is_private_number(&url) && !settings.allow_private_addresses {
        return Err(invalid("is a private address; set allow_private_addresses if it is a target of your own"));
    }
    Ok(url)
}

/// A number needs no resolving, so the guard on names would not see it.
fn is_private_number(url: &Url) -> bool {
    let number = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    number.is_some_and(|address| !is_public(address))
}

/// How a request ended that got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The name leads to an address that is not allowed.
    Refused,
    /// Nothing was sent.
    NotConnected,
    /// It may have been taken.
    TimedOut,
    /// It may have been taken.
    Cut,
}

impl Broken {
    /// The text of the error is left out: it holds the URL.
    pub(super) fn decode(error: &reqwest::Error) -> Self {
        if is_refused(error) {
            Self::Refused
        } else if error.is_connect() {
            Self::NotConnected
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Cut
        }
    }

    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Refused => "the name leads to a private address; set allow_private_addresses if it is your own",
            Self::NotConnected => "no connection; check the name, the network and the certificate",
            Self::TimedOut => "no answer in time",
            Self::Cut => "the connection broke before an answer",
        }
    }
}

/// Seconds, or an HTTP date.
pub(super) fn decode_retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}
