//! A live call on its way to a person: who is rung, what became of each try, and where the customer ends.
//!
//! The wish for a person is written down before anything of this begins. Whatever fails, and whoever dies, it is still
//! there: a transfer can only take it off the desk, by a person who took the call.

mod machine;
mod rules;
mod stage;
mod texts;

#[cfg(test)]
mod tests;

pub use machine::{CustomerPath, LegPath, Transfer, TransferCommand, TransferEvent};
pub use rules::{Address, HandoverRules, Offer, Target, Triggers};
pub use stage::{Ending, LegId, Stage, TransferTimes, Try, TryEnd};
pub use texts::{Briefing, HandoverTexts};
