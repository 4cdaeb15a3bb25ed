//! What is particular to a vendor: where it is asked, how, and what its refusals mean.

use serde_json::Value;

use super::decoder::{Failure, StreamDecoder};
use crate::ports::language_model::{FailureKind, ModelRequest};

/// One wire format.
pub(super) trait Vendor: Send + Sync {
    /// Below the base URL.
    fn reply_path(&self) -> &'static [&'static str];

    /// Something that needs the key and costs nothing.
    fn check_path(&self) -> &'static [&'static str];

    fn key_headers(&self, key: &str) -> Vec<(&'static str, String)>;

    fn encode(&self, model: &str, request: &ModelRequest) -> Value;

    fn decoder(&self) -> StreamDecoder;

    /// What an answer other than 200 means.
    fn failure(&self, status: u16, body: &[u8]) -> Failure;
}

/// What a status means with both vendors.
pub(super) const fn failure_of_status(status: u16, is_about_money: bool) -> Failure {
    match status {
        _ if is_about_money => Failure::lasting(FailureKind::QuotaSpent),
        401 | 403 => Failure::lasting(FailureKind::Credentials),
        402 => Failure::lasting(FailureKind::QuotaSpent),
        404 => Failure::lasting(FailureKind::NotFound),
        408 | 409 | 504 => Failure::passing(FailureKind::VendorFault),
        413 => Failure::lasting(FailureKind::TooLarge),
        429 => Failure::passing(FailureKind::RateLimited),
        503 | 529 => Failure::passing(FailureKind::Overloaded),
        500..=599 => Failure::passing(FailureKind::VendorFault),
        _ => Failure::lasting(FailureKind::Rejected),
    }
}
