//! Who takes a call that a person is needed for, and when.

use std::path::PathBuf;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::Deserialize;

use crate::domain::outreach::policy::DayHours;
use crate::domain::transfer::TransferTimes;
use crate::domain::values::PhoneNumber;

/// Live calls that are put through. Without a target every call that needs a person ends in a callback or a ticket.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HandoverSection {
    /// In the order they are rung.
    pub targets: Vec<TargetSection>,
    /// Which reasons to call in a person connect the call at once.
    pub triggers: PathBuf,
    /// IANA name. None: that of the shop.
    pub time_zone: Option<String>,
    /// When people are there, such as `09:00-18:00`, or `none`.
    pub weekday: DayHours,
    pub saturday: DayHours,
    pub sunday: DayHours,
    /// People rung for one call at most.
    pub attempts_max: usize,
    #[serde(with = "duration")]
    pub ring_timeout: Duration,
    /// From picking up to taking the call.
    #[serde(with = "duration")]
    pub accept_timeout: Duration,
    /// Audio on hold that the carrier can fetch. None: a soft tone of our own.
    pub hold_music_url: Option<String>,
    /// The number shown to who is rung. None: the carrier's first number.
    pub caller_id: Option<PhoneNumber>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSection {
    pub name: String,
    pub kind: TargetKind,
    /// A number such as `+918045670001`, or a URI such as `sip:desk@pbx.example.com`.
    pub address: Option<String>,
    #[serde(default)]
    pub languages: Vec<String>,
    /// Triggers it is for; none: any.
    #[serde(default)]
    pub skills: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    Phone,
    Sip,
    /// Nobody is rung: they ring back.
    Queue,
}

impl Default for HandoverSection {
    fn default() -> Self {
        let times = TransferTimes::default();
        let hours = |text: &str| text.parse().expect("the default hours can be read");
        Self {
            targets: Vec::new(),
            triggers: "config/handover/triggers.toml".into(),
            time_zone: None,
            weekday: hours("09:00-18:00"),
            saturday: hours("09:00-18:00"),
            sunday: hours("none"),
            attempts_max: 3,
            ring_timeout: times.ring_timeout,
            accept_timeout: times.accept_timeout,
            hold_music_url: None,
            caller_id: None,
        }
    }
}
