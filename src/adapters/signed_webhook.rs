//! A receiver of a shop's own that is written to by signed webhooks.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::{Client, RequestBuilder, Url, redirect};
use secrecy::SecretString;

use super::address_guard::{PublicAddresses, is_public};
use super::standard_webhooks::SigningKeys;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where it is, and what it knows us by.
#[derive(Clone, Debug)]
pub struct SignedWebhookSettings {
    pub url: String,
    /// `whsec_` and base64 of 24 to 64 random bytes.
    pub secret: SecretString,
    /// Allows loopback and private addresses, and plain HTTP.
    pub allow_private_addresses: bool,
}

/// The way to a receiver. It leads to public addresses only, unless the settings allow others.
pub(super) struct SignedWebhook {
    client: Client,
    url: Url,
    keys: SigningKeys,
}

impl SignedWebhook {
    /// Errors: the text says which setting is wrong and what to write there.
    pub(super) fn new(settings: &SignedWebhookSettings, timeout: Duration) -> Result<Self, String> {
        let keys = SigningKeys::parse(&settings.secret).map_err(|error| format!("secret: {error}"))?;
        let url = read_url(settings)?;
        let mut client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            // A proxy would resolve the name itself, and a kept connection would outlive the check of its address.
            .no_proxy()
            .pool_max_idle_per_host(0);
        if !settings.allow_private_addresses {
            client = client.dns_resolver(Arc::new(PublicAddresses));
        }
        let client = client.build().map_err(|_| "url: no TLS client can be made on this machine".to_owned())?;
        Ok(Self { client, url, keys })
    }

    /// A message, signed as of now.
    ///
    /// Shape: `id` without a dot, the same on every try of one message; `body` is JSON.
    pub(super) fn post(&self, id: &str, body: Vec<u8>) -> RequestBuilder {
        let now = Timestamp::now().as_second();
        self.client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("doorstep/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", self.keys.sign(id, now, &body))
            .body(body)
    }
}

fn read_url(settings: &SignedWebhookSettings) -> Result<Url, String> {
    let url = Url::parse(&settings.url).map_err(|_| "url: write a URL such as https://shop.example/hook")?;
    if settings.allow_private_addresses && url.scheme() == "http" {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err("url: must begin with https://, or set allow_private_addresses for a target of your own".into());
    }
    // A number needs no resolving, so the guard on names would not see it.
    let number = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
    if number.is_some_and(|address| !is_public(address)) && !settings.allow_private_addresses {
        return Err("url: is a private address; set allow_private_addresses if it is a target of your own".into());
    }
    Ok(url)
}
