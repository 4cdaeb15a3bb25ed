//! Scripted callers against the call's own logic, in virtual time: a call of minutes takes milliseconds.
//!
//! A caller is a file: who they are, what they want, what they answer to which question, and what must come of it.
//! There is no audio here: what the caller says is what the recogniser hears, unless the file says how it is misheard.

mod caller;
mod file;
mod judge;
mod model;
mod stage;

#[cfg(test)]
mod tests;

pub use file::{CallerFile, CallerFileError};
pub use judge::{Rehearsed, SpokenLine};
pub use model::{Guest, ModelReply};
pub use stage::{House, rehearse};
