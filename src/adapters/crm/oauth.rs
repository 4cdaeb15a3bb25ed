//! Access tokens that are fetched, kept, and fetched again before they end. One request fetches for all.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use super::account::{Failure, RATE_LIMITED_WAIT, read_body};
use super::target::{self, Broken, decode_retry_after};
use super::words::words_of;
use super::{ConnectorSettings, InvalidConnector};

/// A token is fetched again this long before its end.
const AHEAD: Duration = Duration::from_secs(60);

/// Source: Salesforce takes assertions of three to five minutes.
const ASSERTION_SECONDS: i64 = 180;

/// What is shown for a token.
pub(super) enum Grant {
    ClientCredentials,
    Refresh(Mutex<SecretString>),
    /// A signed assertion, of whom and for whom.
    Jwt {
        key: Box<RsaKeyPair>,
        subject: String,
        audience: String,
    },
}

#[derive(Clone)]
pub(super) struct Token {
    pub(super) secret: SecretString,
    /// Where it is to be used, if the vendor says so.
    pub(super) base: Option<Url>,
    ends_at: Option<Timestamp>,
}

/// Where an account's tokens come from.
pub(super) struct TokenSource {
    url: Url,
    client_id: String,
    client_secret: Option<SecretString>,
    grant: Grant,
    /// For the address that comes with a token.
    settings: ConnectorSettings,
    kept: Mutex<Option<Token>>,
}

#[derive(serde::Deserialize)]
struct TokenAnswer {
    access_token: String,
    instance_url: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<u64>,
}

pub(super) fn decode_all(body: &[u8]) {
    drop(serde_json::from_slice::<TokenAnswer>(body));
}

impl TokenSource {
    pub(super) fn new(settings: &ConnectorSettings, url: Url, grant: Grant) -> Result<Self, InvalidConnector> {
        let missing = |key| settings.invalid(key, "is missing; write what the vendor shows for the app");
        let client_id = settings.client_id.clone().ok_or_else(|| missing("client_id"))?;
        let client_secret = settings.client_secret.clone();
        if client_secret.is_none() && !matches!(grant, Grant::Jwt { .. }) {
            return Err(missing("client_secret"));
        }
        Ok(Self { url, client_id, client_secret, grant, settings: settings.clone(), kept: Mutex::new(None) })
    }

    /// The kept token, or a new one.
    pub(super) async fn token(&self, client: &Client, now: Timestamp) -> Result<Token, Failure> {
        let mut kept = self.kept.lock().await;
        let is_good = |token: &&Token| token.ends_at.is_none_or(|end| now + AHEAD < end);
        if let Some(token) = kept.as_ref().filter(is_good) {
            return Ok(token.clone());
        }
        let token = self.fetch(client, now).await?;
        *kept = Some(token.clone());
        Ok(token)
    }

    /// The kept token was refused.
    pub(super) async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn fetch(&self, client: &Client, now: Timestamp) -> Result<Token, Failure> {
        let mut form = vec![("client_id", self.client_id.clone())];
        if let Some(secret) = &self.client_secret {
            form.push(("client_secret", secret.expose_secret().to_owned()));
        }
        match &self.grant {
            Grant::ClientCredentials => form.push(("grant_type", "client_credentials".to_owned())),
            Grant::Refresh(token) => {
                form.push(("grant_type", "refresh_token".to_owned()));
                form.push(("refresh_token", token.lock().await.expose_secret().to_owned()));
            }
            Grant::Jwt { key, subject, audience } => {
                let assertion = sign_assertion(key, [&self.client_id, subject, audience], now)?;
                form = vec![("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned())];
                form.push(("assertion", assertion));
            }
        }
        let sent = client.post(self.url.clone()).form(&form).send().await;
        let answer = sent.map_err(|error| Failure::not_taken(Broken::decode(&error).reason(), None))?;
        let status = answer.status();
        if status.as_u16() == 429 {
            let wait = decode_retry_after(answer.headers(), now).unwrap_or(RATE_LIMITED_WAIT);
            let until = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
            return Err(Failure::Held { reason: "no token: answered 429: asked too often".to_owned(), until });
        }
        let body = read_body(answer).await.map_err(|_| Failure::not_taken("the token's answer broke off", None))?;
        if !status.is_success() {
            let reason = format!("no token: answered {}: {}", status.as_u16(), words_of(&body));
            return Err(Failure::not_taken(reason, None));
        }
        self.read_token(&body, now).await
    }

    async fn read_token(&self, body: &[u8], now: Timestamp) -> Result<Token, Failure> {
        let answer: TokenAnswer = serde_json::from_slice(body)
            .map_err(|_| Failure::not_taken("the token's answer is not of the documented form", None))?;
        let base = answer.instance_url.map(|url| target::read_url(&self.settings, "instance_url", &url)).transpose();
        let base = base.map_err(|_| Failure::not_taken("the token is for an address that is not allowed", None))?;
        if let (Grant::Refresh(kept), Some(next)) = (&self.grant, answer.refresh_token) {
            *kept.lock().await = next.into();
        }
        let ends_at =
            answer.expires_in.map(|seconds| now.saturating_add(Duration::from_secs(seconds)).unwrap_or(Timestamp::MAX));
        Ok(Token { secret: answer.access_token.into(), base, ends_at })
    }
}

/// Source: RFC 7523, signed by RS256.
fn sign_assertion(key: &RsaKeyPair, who: [&str; 3], now: Timestamp) -> Result<String, Failure> {
    let [issuer, subject, audience] = who;
    let claims = serde_json::json!({
        "iss": issuer, "sub": subject, "aud": audience, "exp": now.as_second() + ASSERTION_SECONDS,
    });
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| Failure::not_taken("the private key cannot sign", None))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Reads a private key in PEM, PKCS #8.
pub(super) fn read_private_key(
    settings: &ConnectorSettings,
    pem: &SecretString,
) -> Result<RsaKeyPair, InvalidConnector> {
    let invalid = || settings.invalid("secret", "write the RSA private key in PEM, as PKCS #8 (BEGIN PRIVATE KEY)");
    let lines = pem.expose_secret().lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let der = STANDARD.decode(lines.collect::<String>()).map_err(|_| invalid())?;
    RsaKeyPair::from_pkcs8(&der).map_err(|_| invalid())
}
