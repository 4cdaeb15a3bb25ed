//! How the shop dials.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::Deserialize;

/// Calls that are planned, and how they are dialled.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiallerSection {
    /// Whether this server dials planned calls.
    pub enabled: bool,
    /// Calls a second over the carrier's trunk, of all servers together.
    pub calls_per_second: u32,
    /// Calls in the air over the trunk, of all servers together.
    pub calls_at_once_max: u32,
    /// Of `server.calls_max`, the share in percent that is kept for those who call in.
    pub inbound_reserve_percent: u32,
    /// Late frames in a thousand beyond which this server dials less.
    pub late_frames_permille_max: u32,
    /// An attempt that the carrier does not know of after so long was never placed.
    #[serde(with = "duration")]
    pub lost_after: Duration,
    /// Until the next try, by what came of the last: `busy = "15m"`. Others keep their usual wait.
    pub retry_waits: BTreeMap<String, String>,
}

impl Default for DiallerSection {
    fn default() -> Self {
        Self {
            enabled: true,
            calls_per_second: 1,
            calls_at_once_max: 100,
            inbound_reserve_percent: 20,
            late_frames_permille_max: 20,
            lost_after: Duration::from_secs(60),
            retry_waits: BTreeMap::new(),
        }
    }
}
