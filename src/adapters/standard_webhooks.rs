//! Signatures of the Standard Webhooks specification 1.0.0, symmetric form.

#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

const SECRET_PREFIX: &str = "whsec_";

/// Source: the specification asks for 24 to 64 random bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// One key, or two while the new one replaces the old.
const KEYS_MAX: usize = 2;

/// A secret that is not of the specification's form. The secret itself is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write whsec_ and base64 of 24 to 64 random bytes; during a change the new one, a blank and the old one")]
pub(super) struct InvalidSecret;

/// The keys a webhook is signed with.
pub(super) struct SigningKeys {
    keys: Vec<hmac::Key>,
}

impl SigningKeys {
    pub(super) fn parse(secret: &SecretString) -> Result<Self, InvalidSecret> {
        let keys = secret.expose_secret().split_whitespace().map(parse_key).collect::<Result<Vec<_>, _>>()?;
        if (1..=KEYS_MAX).contains(&keys.len()) { Ok(Self { keys }) } else { Err(InvalidSecret) }
    }

    /// The value of the `webhook-signature` header: one entry a key.
    ///
    /// Shape: `id` without a dot; `timestamp` in whole seconds, as in its header; `body` exactly as it is sent.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let entries = self.keys.iter().map(|key| {
            let mut signing = hmac::Context::with_key(key);
            signing.update(format!("{id}.{timestamp}.").as_bytes());
            signing.update(body);
            format!("v1,{}", STANDARD.encode(signing.sign()))
        });
        entries.collect::<Vec<_>>().join(" ")
    }
}

fn parse_key(secret: &str) -> Result<hmac::Key, InvalidSecret> {
    let encoded = secret.strip_prefix(SECRET_PREFIX).ok_or(InvalidSecret)?;
    let key = STANDARD.decode(encoded).map_err(|_| InvalidSecret)?;
    if KEY_BYTES.contains(&key.len()) { Ok(hmac::Key::new(hmac::HMAC_SHA256, &key)) } else { Err(InvalidSecret) }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} signing keys", self.keys.len())
    }
}
