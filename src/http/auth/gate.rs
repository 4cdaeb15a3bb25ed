//! The gatekeeper: knows tokens and sessions, and refuses addresses that try too often.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::client::{address, bearer_token, session_cookie};
use super::secret::{NewSecret, hash_of};
use super::{Caller, NotLetIn};
use crate::domain::access::{Role, Throttle};
use crate::ports::access::{AccessStore, SecretHash, Session};

/// The name of the token that the settings hold.
const BOOTSTRAP_NAME: &str = "bootstrap";

/// A token's last use is written down this often.
const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// What the gatekeeper is told at start.
pub struct GateSettings {
    /// An admin token that is not in the store.
    pub bootstrap_token: Option<SecretString>,
    pub session_lifetime: Duration,
    /// Proxies whose word on the client's address counts.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Decides who comes in. One for the process.
pub struct Gate {
    access: Arc<dyn AccessStore>,
    bootstrap: Option<SecretHash>,
    session_lifetime: Duration,
    trusted_proxies: Vec<IpAddr>,
    throttle: Mutex<Throttle>,
}

/// A session that was just opened.
pub(in crate::http) struct SignedIn {
    pub caller: Caller,
    /// For the cookie.
    pub secret: String,
    pub lifetime: Duration,
    pub expires_at: Timestamp,
}

impl Gate {
    pub fn new(access: Arc<dyn AccessStore>, settings: GateSettings) -> Self {
        let bootstrap = settings.bootstrap_token.as_ref().map(|token| token.expose_secret().trim());
        Self {
            access,
            // An empty token would let in whoever sends none.
            bootstrap: bootstrap.filter(|token| !token.is_empty()).map(|token| hash_of(token.as_bytes())),
            session_lifetime: settings.session_lifetime,
            trusted_proxies: settings.trusted_proxies,
            throttle: Mutex::default(),
        }
    }

    pub(in crate::http) fn access(&self) -> &dyn AccessStore {
        self.access.as_ref()
    }

    /// Who makes a request, by its bearer token or else by its session.
    pub(in crate::http) async fn caller(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Caller, NotLetIn> {
        if let Some(token) = bearer_token(headers) {
            return self.by_token(self.address(peer, headers), token, now).await;
        }
        let cookie = session_cookie(headers).ok_or(NotLetIn::Nobody)?;
        let session = self.access.session(&hash_of(cookie.as_bytes()), now).await?.ok_or(NotLetIn::NoSession)?;
        let caller = self.holder(&session.token, now).await?.ok_or(NotLetIn::NoSession)?;
        Ok(Caller { session: Some(session.hash), ..caller })
    }

    /// Whether who was let in once would be let in still: for answers that go on. A store that does not answer refuses
    /// nobody.
    pub(in crate::http) async fn still_lets_in(&self, caller: &Caller, now: Timestamp) -> bool {
        let has_session = match &caller.session {
            Some(session) => self.access.session(session, now).await.map(|session| session.is_some()),
            None => Ok(true),
        };
        let has_token = self.holder(&caller.token, now).await.map(|holder| holder.is_some());
        has_session.unwrap_or(true) && has_token.unwrap_or(true)
    }

    /// Opens a session for whoever has a token.
    pub(in crate::http) async fn sign_in(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        token: &SecretString,
        now: Timestamp,
    ) -> Result<SignedIn, NotLetIn> {
        let caller = self.by_token(self.address(peer, headers), token.expose_secret().trim(), now).await?;
        let NewSecret { secret, hash } = NewSecret::for_session();
        let expires_at = now.saturating_add(self.session_lifetime).unwrap_or(Timestamp::MAX);
        self.access.open_session(&Session { hash, token: caller.token.clone(), expires_at }).await?;
        Ok(SignedIn { caller, secret, lifetime: self.session_lifetime, expires_at })
    }

    /// Ends the session a request comes with, if it comes with one.
    pub(in crate::http) async fn sign_out(&self, headers: &HeaderMap) -> Result<(), NotLetIn> {
        if let Some(cookie) = session_cookie(headers) {
            self.access.end_session(&hash_of(cookie.as_bytes())).await?;
        }
        Ok(())
    }

    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        address(peer, headers, &self.trusted_proxies)
    }

    async fn by_token(&self, address: IpAddr, token: &str, now: Timestamp) -> Result<Caller, NotLetIn> {
        if self.throttle.lock().unwrap_or_else(PoisonError::into_inner).refuses(address, now) {
            metrics::counter!("doorstep_tokens_refused_total", "reason" => "too_many").increment(1);
            return Err(NotLetIn::TooManyTries);
        }
        if let Some(caller) = self.holder(&hash_of(token.as_bytes()), now).await? {
            return Ok(caller);
        }
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner).note_failure(address, now);
        metrics::counter!("doorstep_tokens_refused_total", "reason" => "unknown").increment(1);
        tracing::warn!(%address, "a token that is not known was presented");
        Err(NotLetIn::UnknownToken)
    }

    /// Whose token has this hash.
    async fn holder(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Caller>, NotLetIn> {
        if self.bootstrap.as_ref().is_some_and(|bootstrap| is_equal(bootstrap, hash)) {
            return Ok(Some(Caller {
                name: BOOTSTRAP_NAME.to_owned(),
                role: Role::Admin,
                token: hash.clone(),
                session: None,
            }));
        }
        let Some(token) = self.access.token(hash).await? else { return Ok(None) };
        if token.last_used_at.is_none_or(|at| USE_NOTED_EVERY <= now.duration_since(at))
            && let Err(error) = self.access.note_token_use(&token.id, now).await
        {
            tracing::warn!(%error, "a token's last use could not be noted");
        }
        Ok(Some(Caller { name: token.name, role: token.role, token: token.hash, session: None }))
    }
}

/// Compares in a time that does not tell how much is right.
fn is_equal(known: &SecretHash, presented: &SecretHash) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(known.0.as_bytes(), presented.0.as_bytes()).is_ok()
}
