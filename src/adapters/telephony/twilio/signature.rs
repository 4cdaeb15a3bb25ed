//! `X-Twilio-Signature`: proof that a request comes from the account that owns the auth token.
//!
//! The URL is rebuilt from the configured public one; `Host` and proxy headers have no say.

use std::collections::BTreeSet;

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::ports::telephony::WebhookRequest;

pub(super) const HEADER: &str = "x-twilio-signature";
const BODY_HASH_PARAMETER: &str = "bodySHA256";

/// Checks signatures with one account's auth token.
pub(super) struct SignatureCheck {
    key: hmac::Key,
}

impl SignatureCheck {
    pub(super) fn new(auth_token: &str) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes()) }
    }

    /// Whether `request` was signed by the account for one of the spellings of its URL under `public_url`.
    pub(super) fn accepts_webhook(&self, public_url: &str, request: &WebhookRequest) -> bool {
        let Some(signature) = signature_of(request) else { return false };
        let parameters = if request.body.is_empty() {
            String::new()
        } else if is_form(request) {
            signed_parameters(&request.body)
        } else if has_true_body_hash(request) {
            String::new()
        } else {
            return false;
        };
        let url = format!("{public_url}{}", request.path_and_query);
        port_spellings(&url).iter().any(|url| self.is_signed(url, &parameters, &signature))
    }

    /// Whether the upgrade to a media socket was signed for one of the spellings of its `ws` or `wss` URL.
    pub(super) fn accepts_upgrade(&self, socket_origin: &str, request: &WebhookRequest) -> bool {
        let Some(signature) = signature_of(request) else { return false };
        let path = request.path_and_query.as_str();
        let bare = path.strip_suffix('/').unwrap_or(path);
        [path.to_owned(), bare.to_owned(), format!("{bare}/")].iter().any(|path| {
            let url = format!("{socket_origin}{path}");
            port_spellings(&url).iter().any(|url| self.is_signed(url, "", &signature))
        })
    }

    fn is_signed(&self, url: &str, parameters: &str, signature: &[u8]) -> bool {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(url.as_bytes());
        context.update(parameters.as_bytes());
        constant_time::verify_slices_are_equal(context.sign().as_ref(), signature).is_ok()
    }
}

fn signature_of(request: &WebhookRequest) -> Option<Vec<u8>> {
    BASE64.decode(request.header(HEADER)?.trim()).ok()
}

fn is_form(request: &WebhookRequest) -> bool {
    let kind = request.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The form's names and distinct values, decoded, in ascending byte order, run together.
fn signed_parameters(body: &[u8]) -> String {
    let distinct: BTreeSet<_> = form_urlencoded::parse(body).collect();
    distinct.iter().flat_map(|(name, value)| [name.as_ref(), value.as_ref()]).collect()
}

fn has_true_body_hash(request: &WebhookRequest) -> bool {
    let query = request.path_and_query.split_once('?').map_or("", |(_, query)| query);
    let Some((_, claimed)) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == BODY_HASH_PARAMETER)
    else {
        return false;
    };
    let actual = digest::digest(&digest::SHA256, &request.body);
    let actual: String = actual.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    constant_time::verify_slices_are_equal(actual.as_bytes(), claimed.as_bytes()).is_ok()
}

/// The URL as given, without its port, and with the standard port of its scheme.
fn port_spellings(url: &str) -> Vec<String> {
    let mut spellings = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return spellings };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => authority,
    };
    let standard_port = match scheme {
        "https" | "wss" => 443,
        _ => 80,
    };
    spellings.push(format!("{scheme}://{host}{path}"));
    spellings.push(format!("{scheme}://{host}:{standard_port}{path}"));
    spellings
}

#[cfg(test)]
mod tests;
