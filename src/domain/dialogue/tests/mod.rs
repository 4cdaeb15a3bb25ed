//! Conversations as text: what happened, and what must be said and done.

mod conversations;
pub(in crate::domain) mod fixtures;
mod harness;
mod model;
mod walk;
