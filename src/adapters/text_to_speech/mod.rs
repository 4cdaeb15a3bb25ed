//! Voices.

pub mod embedded;
pub mod fake;
pub mod flite;
