//! Voices.

pub mod embedded;
