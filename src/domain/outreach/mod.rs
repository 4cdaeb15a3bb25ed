//! Whom the shop calls, what about, and when: decided here, carried out by the dialler.

mod message;
mod planned;
pub mod policy;
pub mod rules;
pub mod texts;
mod verdict;

pub use message::{Channel, PlannedMessage};
pub use planned::{PlannedCall, Urgency};
pub use verdict::{Hold, Verdict};

/// FNV-1a with 64 bits: the same on every machine and in every version.
///
/// Source: draft-eastlake-fnv.
fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
