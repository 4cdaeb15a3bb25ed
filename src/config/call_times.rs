//! The times a call lives by.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::Deserialize;

use crate::domain::call::CallSettings;

/// The times a call lives by.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallTimes {
    #[serde(with = "duration")]
    pub silence_ask_again: Duration,
    #[serde(with = "duration")]
    pub silence_still_there: Duration,
    #[serde(with = "duration")]
    pub silence_give_up: Duration,
    #[serde(with = "duration")]
    pub length_warning: Duration,
    #[serde(with = "duration")]
    pub length_max: Duration,
}

impl Default for CallTimes {
    fn default() -> Self {
        let call = CallSettings::default();
        Self {
            silence_ask_again: call.silence_ask_again,
            silence_still_there: call.silence_still_there,
            silence_give_up: call.silence_give_up,
            length_warning: call.length_warning,
            length_max: call.length_max,
        }
    }
}

impl CallTimes {
    pub fn call_settings(&self) -> CallSettings {
        CallSettings {
            silence_ask_again: self.silence_ask_again,
            silence_still_there: self.silence_still_there,
            silence_give_up: self.silence_give_up,
            length_warning: self.length_warning,
            length_max: self.length_max,
            ..CallSettings::default()
        }
    }
}
