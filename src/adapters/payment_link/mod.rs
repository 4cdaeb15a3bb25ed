//! Who makes links to pay by: whatever the shop has behind a signed webhook.

mod fake;
mod webhook;

use std::sync::Arc;

use secrecy::SecretString;

use super::signed_webhook::SignedWebhookSettings;
use crate::ports::payment_link::PaymentLinks;

/// What a maker of links takes.
#[derive(Clone, Debug)]
pub struct PaymentLinkSettings {
    /// A name of [`PROVIDERS`].
    pub provider: String,
    pub url: Option<String>,
    pub secret: Option<SecretString>,
    pub allow_private_addresses: bool,
}

type Make = fn(&PaymentLinkSettings) -> Result<Arc<dyn PaymentLinks>, String>;

/// Everybody who makes links, by the name in the settings.
pub const PROVIDERS: &[(&str, Make)] = &[("webhook", webhook::make), ("fake", fake::make)];

/// Errors: the text says which setting is wrong and what to write there.
pub fn make_payment_links(settings: &PaymentLinkSettings) -> Result<Arc<dyn PaymentLinks>, String> {
    let known = PROVIDERS.iter().find(|(name, _)| *name == settings.provider);
    let (_, make) = known.ok_or_else(|| {
        let names: Vec<&str> = PROVIDERS.iter().map(|(name, _)| *name).collect();
        format!("provider: is none of {}", names.join(", "))
    })?;
    make(settings)
}

impl PaymentLinkSettings {
    fn target(&self) -> Result<SignedWebhookSettings, String> {
        let url = self.url.clone().ok_or("url: is missing; write where links are made")?;
        let secret = self
            .secret
            .clone()
            .ok_or("secret: is missing; write whsec_ and base64 of 24 to 64 random bytes, best in the environment")?;
        Ok(SignedWebhookSettings { url, secret, allow_private_addresses: self.allow_private_addresses })
    }
}
