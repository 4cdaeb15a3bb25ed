//! Carriers.

pub mod browser;
pub mod twilio;

use crate::ports::telephony::{Capabilities, MediaCodec};

/// A carrier's entry in the table: what is known of its media door without any settings.
pub struct ProviderEntry {
    /// The name in routes, settings and records.
    pub name: &'static str,
    pub capabilities: &'static Capabilities,
    pub media_codec: fn() -> Box<dyn MediaCodec>,
}

/// Every carrier this build speaks to.
pub const PROVIDERS: &[ProviderEntry] = &[
    ProviderEntry { name: twilio::NAME, capabilities: &twilio::CAPABILITIES, media_codec: twilio::media_codec },
    ProviderEntry { name: browser::NAME, capabilities: &browser::CAPABILITIES, media_codec: browser::media_codec },
];

#[cfg(test)]
mod tests;
