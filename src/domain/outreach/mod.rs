//! Whom the shop calls, what about, and when: decided here, carried out by the dialler.

mod planned;
mod verdict;

pub use planned::{PlannedCall, Urgency};
pub use verdict::{Hold, Verdict};
