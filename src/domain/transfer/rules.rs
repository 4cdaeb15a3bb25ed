//! Who may be rung for whom, and when: the shop's settings of the handover.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use super::stage::TransferTimes;
use crate::domain::outreach::policy::Week;
use crate::domain::toml_fault;
use crate::domain::values::PhoneNumber;

/// Days looked ahead for the next opening.
const DAYS_AHEAD: i64 = 8;

/// Where a target is reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    Phone(PhoneNumber),
    /// Shape: `sip:desk@pbx.example.com`.
    Sip(String),
    /// Nobody is rung: a person of this team rings back.
    Queue,
}

/// Somebody, or a team, who may take a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// As staff know it; in records and on the desk.
    pub name: String,
    pub address: Address,
    /// Languages it speaks, such as `en` or `hi-IN`, the one it is briefed in first. Empty: any.
    pub languages: Vec<String>,
    /// Triggers it is for. Empty: any.
    pub skills: Vec<String>,
}

impl Target {
    fn suits(&self, trigger: &str, language: &str) -> bool {
        let language = main_language(language);
        let speaks = self.languages.is_empty() || self.languages.iter().any(|own| main_language(own) == language);
        speaks && (self.skills.is_empty() || self.skills.iter().any(|skill| skill == trigger))
    }
}

/// The language of a tag: `hi` of `hi-IN`.
pub(super) fn main_language(tag: &str) -> String {
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// Which reasons to call in a person connect the call at once, where that can be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Triggers(BTreeSet<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TriggersFile {
    live: BTreeSet<String>,
}

impl Triggers {
    /// Errors: one line with what to change.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: TriggersFile = toml::from_str(text).map_err(|error| toml_fault(text, &error))?;
        Ok(Self(file.live))
    }
}

/// What a caller who needs a person can be offered at a moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// Rung in this order; it takes at most so long until somebody has it or the customer is back.
    Live { targets: Vec<Target>, wait_max: Duration },
    /// People would be rung, but not now. None: nobody knows when again.
    Closed { opens_at: Option<Zoned> },
    /// This reason is not one to connect a call for, or nobody suits.
    Later,
}

/// The settings of the handover.
#[derive(Clone, Debug)]
pub struct HandoverRules {
    /// In the order they are rung.
    pub targets: Vec<Target>,
    pub triggers: Triggers,
    pub zone: TimeZone,
    /// When people are there, by the clocks of `zone`.
    pub hours: Week,
    /// People rung for one call at most.
    pub attempts_max: usize,
    pub times: TransferTimes,
}

impl HandoverRules {
    /// What can be offered to a caller with this `trigger` who speaks `language`.
    pub fn offer(&self, trigger: &str, language: &str, now: Timestamp) -> Offer {
        if !self.triggers.0.contains(trigger) {
            return Offer::Later;
        }
        let suits = |target: &&Target| target.suits(trigger, language);
        let targets: Vec<Target> = self.targets.iter().filter(suits).take(self.attempts_max).cloned().collect();
        if targets.first().is_none_or(|first| first.address == Address::Queue) {
            return Offer::Later;
        }
        let local = now.to_zoned(self.zone.clone());
        if !self.is_open(&local) {
            return Offer::Closed { opens_at: self.next_opening(&local) };
        }
        let each = self.times.ring_timeout + self.times.ring_grace + self.times.accept_timeout;
        let wait_max = each * u32::try_from(targets.len()).unwrap_or(u32::MAX);
        Offer::Live { targets, wait_max }
    }

    fn is_open(&self, local: &Zoned) -> bool {
        self.hours.on(local.weekday()).is_some_and(|hours| hours.from <= local.time() && local.time() < hours.to)
    }

    fn next_opening(&self, local: &Zoned) -> Option<Zoned> {
        (0..DAYS_AHEAD).find_map(|days| {
            let date = local.date().checked_add(days.days()).ok()?;
            let hours = self.hours.on(date.weekday())?;
            let opens = date.to_datetime(hours.from).to_zoned(self.zone.clone()).ok()?;
            (*local < opens).then_some(opens)
        })
    }
}
