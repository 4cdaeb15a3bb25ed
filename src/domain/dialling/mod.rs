//! Which planned call is placed next, how fast and from which number, and what follows an attempt.
//!
//! Whether a call may be placed at all is not decided here: that is asked right before it is placed.

mod breaker;
mod caller_id;
mod hours;
mod pacing;
mod plan;
mod retry;

#[cfg(test)]
mod tests;

pub use breaker::{Breaker, BreakerState, Circuit};
pub use caller_id::caller_id;
pub use hours::{HourCounts, local_hour};
pub use pacing::{Load, Pacer, PacingLimits};
pub use plan::{PlanProgress, PlanState, Standing, compare_standing};
pub use retry::{AfterAttempt, AttemptClass, Earlier, RETRIES, RetryRule, RetryTable, Tried, UnknownClass, plan_after};
