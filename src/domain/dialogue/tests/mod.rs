//! Conversations as text: what happened, and what must be said and done.

mod conversations;
pub(in crate::domain) mod fixtures;
mod harness;
mod languages;
mod model;
mod walk;
