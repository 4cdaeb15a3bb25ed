//! Who answered a placed call, as Twilio hears it.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::optional as time;

/// When Twilio reports who answered a placed call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MachineReport {
    Off,
    /// As early as possible.
    Start,
    /// For a machine, when its greeting has ended: a message may then be left.
    #[default]
    MessageEnd,
}

/// What Twilio is to listen for when a placed call is answered. The report comes while the call goes on, so that nobody
/// waits for it.
///
/// Source: Twilio's parameters of answering machine detection, whose defaults hold for what is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MachineDetection {
    pub report: MachineReport,
    /// Without a verdict by then it is unknown. Shape: 3 to 59 s.
    #[serde(with = "time")]
    pub timeout: Option<Duration>,
    /// Longer speech is a machine's. Shape: 1 to 6 s.
    #[serde(with = "time")]
    pub speech_threshold: Option<Duration>,
    /// Silence that ends a greeting. Shape: 0.5 to 5 s.
    #[serde(with = "time")]
    pub speech_end_threshold: Option<Duration>,
    /// Silence from the beginning after which it is unknown. Shape: 2 to 10 s.
    #[serde(with = "time")]
    pub silence_timeout: Option<Duration>,
}

impl MachineDetection {
    /// Name of the setting, of the parameter, its value, and what it may be, in milliseconds.
    fn times(&self) -> [(&'static str, &'static str, Option<Duration>, RangeInclusive<u64>); 4] {
        [
            ("timeout", "MachineDetectionTimeout", self.timeout, 3_000..=59_000),
            ("speech_threshold", "MachineDetectionSpeechThreshold", self.speech_threshold, 1_000..=6_000),
            ("speech_end_threshold", "MachineDetectionSpeechEndThreshold", self.speech_end_threshold, 500..=5_000),
            ("silence_timeout", "MachineDetectionSilenceTimeout", self.silence_timeout, 2_000..=10_000),
        ]
    }

    /// Errors: the text names the setting and the remedy.
    pub(super) fn check(&self) -> Result<(), String> {
        for (key, _, time, range) in self.times() {
            if time.is_some_and(|time| !range.contains(&millis(time))) {
                let (from, to) = (range.start(), range.end());
                return Err(format!("machine_detection.{key}: write {from}ms to {to}ms, or leave it out"));
            }
        }
        Ok(())
    }

    /// The parameters of a placement; none when it is off. Shape: the timeout in seconds, other times in milliseconds.
    pub(super) fn form(&self, report_url: String) -> Vec<(&'static str, String)> {
        let report = match self.report {
            MachineReport::Off => return Vec::new(),
            MachineReport::Start => "Enable",
            MachineReport::MessageEnd => "DetectMessageEnd",
        };
        let mut form = vec![
            ("MachineDetection", report.to_owned()),
            ("AsyncAmd", "true".to_owned()),
            ("AsyncAmdStatusCallback", report_url),
            ("AsyncAmdStatusCallbackMethod", "POST".to_owned()),
        ];
        for (key, parameter, time, _) in self.times() {
            let Some(time) = time else { continue };
            let value = if key == "timeout" { time.as_secs() } else { millis(time) };
            form.push((parameter, value.to_string()));
        }
        form
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
