//! The times a call lives by.

use std::time::Duration;

/// Every default is from the conduct of the call that customers expect; see `ARCHITECTURE.md`, latency budget.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSettings {
    /// Audio kept from before the detected onset, so that the first consonant is not lost.
    pub pre_roll: Duration,
    /// Speech over the agent: first reading of the words so far, counted from its onset.
    pub interruption_read_after: Duration,
    /// Speech over the agent: judged at the latest, counted from its onset.
    pub interruption_judged_after: Duration,
    /// Voice shorter than this with nothing recognised is a click.
    pub click_max: Duration,
    pub reading_timeout: Duration,
    pub keys_pause: Duration,
    pub silence_ask_again: Duration,
    pub silence_still_there: Duration,
    pub silence_give_up: Duration,
    /// The first silence step after "one moment, please".
    pub hold_patience: Duration,
    pub request_slow: Duration,
    /// After the goodbye should have been heard.
    pub hang_up_grace: Duration,
    pub length_warning: Duration,
    pub length_max: Duration,
}

impl Default for CallSettings {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self {
            pre_roll: ms(240),
            interruption_read_after: ms(280),
            interruption_judged_after: ms(400),
            click_max: ms(120),
            reading_timeout: ms(2_500),
            keys_pause: ms(1_800),
            silence_ask_again: ms(5_000),
            silence_still_there: ms(10_000),
            silence_give_up: ms(18_000),
            hold_patience: ms(30_000),
            request_slow: ms(1_500),
            hang_up_grace: ms(4_000),
            length_warning: ms(240_000),
            length_max: ms(480_000),
        }
    }
}
