//! Text rules: how money, dates, numbers and addresses become words.

mod clauses;
mod recently_used;

pub use clauses::{pause_after, split_clauses};
pub use recently_used::RecentlyUsed;
