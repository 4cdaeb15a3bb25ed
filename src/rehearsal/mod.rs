//! Scripted callers against the call's own logic, in virtual time: a call of minutes takes milliseconds.
//!
//! A caller is a file: who they are, what they want, what they answer to which question, and what must come of it.
//! There is no audio here: what the caller says is what the recogniser hears, unless the file says how it is misheard.
//! The same files are also played by sound, by `doorstep simulate --audio`.

mod caller;
mod file;
mod handover;
mod judge;
mod model;
mod shop;
mod stage;

#[cfg(test)]
mod tests;

pub use caller::{Caller, Cue, Deed, Next, speech_ms};
pub use file::{CallerFile, CallerFileError, Expect, Handover, Line, OrderChange, Service, Sound};
pub use judge::{Rehearsed, SpokenLine, Written};
pub use model::{Guest, ModelReply};
pub use stage::{House, Reader, rehearse, rehearse_sound};
