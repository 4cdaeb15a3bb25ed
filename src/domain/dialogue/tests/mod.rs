//! Conversations as text: what happened, and what must be said and done.

mod conversations;
mod fixtures;
mod harness;
mod walk;
