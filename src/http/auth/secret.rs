//! Tokens and session secrets: made at random, known again by their hash.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};

use crate::ports::access::SecretHash;
use crate::runtime::reception::new_token;

/// What our tokens begin with, so that scanners find those that leak.
const TOKEN_PREFIX: &str = "doorstep_";

/// Characters of a token that are kept to tell one from another: the prefix and 24 of 256 random bits.
const SHOWN: usize = TOKEN_PREFIX.len() + 6;

/// A secret that was just made. It is told once and kept as its hash.
pub struct NewSecret {
    pub secret: String,
    pub hash: SecretHash,
}

impl NewSecret {
    /// For a session's cookie: 256 random bits.
    pub fn for_session() -> Self {
        Self::from(new_token())
    }

    /// For a bearer token: a prefix and 256 random bits.
    pub fn for_token() -> Self {
        Self::from(format!("{TOKEN_PREFIX}{}", new_token()))
    }

    /// The first characters.
    pub fn shown(&self) -> &str {
        &self.secret[..SHOWN]
    }

    fn from(secret: String) -> Self {
        Self { hash: hash_of(secret.as_bytes()), secret }
    }
}

/// The SHA-256 of what is presented, in lower-case hexadecimal.
pub fn hash_of(presented: &[u8]) -> SecretHash {
    let mut text = String::with_capacity(64);
    for byte in digest(&SHA256, presented).as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    SecretHash(text)
}
