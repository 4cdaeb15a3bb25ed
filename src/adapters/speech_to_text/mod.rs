//! Recognisers.

pub mod embedded;
pub mod evaluate;
pub mod fake;
mod phone_band;
