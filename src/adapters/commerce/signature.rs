//! Proofs that a message comes from its source: HMACs over the raw body, and words that both sides know.

#[cfg(test)]
mod tests;

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;

/// How far a signed time may be from now.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The secrets of a source: one, or two while the new one replaces the old.
pub(super) struct Secrets {
    secrets: Vec<SecretString>,
}

impl Secrets {
    pub(super) fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self { secrets: secrets.into_iter().filter(|secret| !secret.expose_secret().is_empty()).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// Whether `presented` is the base64 of an HMAC-SHA256 over `parts`.
    pub(super) fn signed_in_base64(&self, presented: &str, parts: &[&[u8]]) -> bool {
        BASE64.decode(presented.trim()).is_ok_and(|mac| self.signed(&mac, parts, str::to_owned))
    }

    /// Whether `presented` is the hexadecimal of an HMAC-SHA256 over `parts`.
    pub(super) fn signed_in_hex(&self, presented: &str, parts: &[&[u8]]) -> bool {
        decode_hex(presented.trim()).is_some_and(|mac| self.signed(&mac, parts, str::to_owned))
    }

    /// As `signed_in_hex`, with the secret in Unicode's form NFKD first, as EasyPost has it.
    pub(super) fn signed_in_hex_nfkd(&self, presented: &str, parts: &[&[u8]]) -> bool {
        decode_hex(presented.trim()).is_some_and(|mac| self.signed(&mac, parts, |secret| secret.nfkd().collect()))
    }

    /// Whether `presented` is one of the secrets.
    pub(super) fn knows(&self, presented: &str) -> bool {
        // Of hashes, so that neither content nor length shows in the time it takes.
        let presented = digest::digest(&digest::SHA256, presented.as_bytes());
        self.secrets.iter().fold(false, |is_known, secret| {
            let own = digest::digest(&digest::SHA256, secret.expose_secret().as_bytes());
            constant_time::verify_slices_are_equal(own.as_ref(), presented.as_ref()).is_ok() || is_known
        })
    }

    fn signed(&self, mac: &[u8], parts: &[&[u8]], form: impl Fn(&str) -> String) -> bool {
        self.secrets.iter().fold(false, |is_signed, secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, form(secret.expose_secret()).as_bytes());
            let mut signing = hmac::Context::with_key(&key);
            parts.iter().for_each(|part| signing.update(part));
            constant_time::verify_slices_are_equal(signing.sign().as_ref(), mac).is_ok() || is_signed
        })
    }
}

/// Whether a signed time is near enough to now.
pub(super) fn is_fresh(signed_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(signed_at).abs() <= TOLERANCE
}

/// An id for a message that has none: the SHA-256 of what it says, in hexadecimal.
pub(super) fn id_of(body: &[u8]) -> String {
    digest::digest(&digest::SHA256, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) || 128 < text.len() {
        return None;
    }
    (0..text.len() / 2).map(|place| u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()).collect()
}
