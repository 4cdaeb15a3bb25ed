//! Where tokens, sessions and the answers of repeated requests are kept.

use async_trait::async_trait;
use jiff::Timestamp;

use super::store::{Page, StoreError};
use crate::domain::access::Role;

/// What is kept of a secret: enough to know it again, too little to make it.
///
/// Shape: SHA-256 in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretHash(pub String);

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub id: String,
    /// What the administrator calls it.
    pub name: String,
    pub role: Role,
    pub hash: SecretHash,
    /// The token's first characters.
    pub prefix: String,
    pub created_at: Timestamp,
    /// To about a minute.
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// A session of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub hash: SecretHash,
    /// Of the token it was opened with.
    pub token: SecretHash,
    pub expires_at: Timestamp,
}

#[async_trait]
pub trait AccessStore: Send + Sync {
    async fn add_token(&self, token: &AccessToken) -> Result<(), StoreError>;

    /// The token with this hash, unless it was revoked.
    async fn token(&self, hash: &SecretHash) -> Result<Option<AccessToken>, StoreError>;

    /// Newest first, the revoked ones among them.
    async fn list_tokens(&self, cursor: Option<&str>, count_max: u32) -> Result<Page<AccessToken>, StoreError>;

    async fn note_token_use(&self, id: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Revokes a token and ends every session that was opened with it. Doing it twice changes nothing.
    ///
    /// Errors: [`StoreError::NotFound`] for an id that no token has.
    async fn revoke_token(&self, id: &str, at: Timestamp) -> Result<(), StoreError>;

    async fn open_session(&self, session: &Session) -> Result<(), StoreError>;

    /// The session with this hash, unless it has expired. Whether its token still holds is another question.
    async fn session(&self, hash: &SecretHash, now: Timestamp) -> Result<Option<Session>, StoreError>;

    async fn end_session(&self, hash: &SecretHash) -> Result<(), StoreError>;

    /// Removes sessions that have expired; returns how many.
    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Which request: the client's key, which counts for one token only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    pub token: SecretHash,
    pub key: String,
}

/// The answer to a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    pub content_type: Option<String>,
    pub body: String,
}

/// What is known of a request when it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is new, and now counts as running.
    First,
    /// It came before, and has no answer yet.
    Running,
    /// The key was used for something else.
    OtherRequest,
    Answered(KeptAnswer),
}

/// When what is kept of a request no longer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptUntil {
    /// Requests that began before it are forgotten.
    pub answered_since: Timestamp,
    /// A request that began before it and has no answer was broken off; it may run again.
    pub running_since: Timestamp,
}

#[async_trait]
pub trait AnswerStore: Send + Sync {
    /// Claims a key for a request. Of two that come at once, one is [`Begun::First`].
    async fn begin_request(
        &self,
        key: &RequestKey,
        fingerprint: &str,
        now: Timestamp,
        until: KeptUntil,
    ) -> Result<Begun, StoreError>;

    async fn keep_answer(&self, key: &RequestKey, answer: &KeptAnswer) -> Result<(), StoreError>;

    /// Forgets a request that came to nothing, so that it may be sent again.
    async fn forget_request(&self, key: &RequestKey) -> Result<(), StoreError>;

    /// Removes what began before `before`, and of the rest all but the newest `count_max`; returns how many.
    async fn sweep_answers(&self, before: Timestamp, count_max: u32) -> Result<u64, StoreError>;
}
