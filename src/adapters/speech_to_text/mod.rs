//! Recognisers.

pub mod embedded;
pub mod fake;
