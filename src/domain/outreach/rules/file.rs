//! Reads the file of rules and refuses what cannot be meant.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::Deserialize;

use super::Rules;
use super::control::ControlGroup;
use super::moment::Moment;
use super::when::{BandLimits, When};
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::outreach::policy::{Narrowing, Quiet};
use crate::domain::outreach::{Channel, Urgency};
use crate::domain::toml_fault;
use crate::domain::values::Currency;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    version: jiff::civil::Date,
    #[serde(default)]
    shop: Narrowing,
    #[serde(default)]
    quiet: Quiet,
    #[serde(default)]
    control_group: ControlGroup,
    #[serde(default)]
    messages: MessageLimits,
    value_bands: BTreeMap<Currency, BandLimits>,
    staleness: Staleness,
    #[serde(default)]
    action_reasons: BTreeSet<String>,
    rules: Vec<Rule>,
}

/// How many messages one customer gets.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessageLimits {
    /// Of one customer, in the 24 hours before.
    pub per_day: u32,
}

impl Default for MessageLimits {
    fn default() -> Self {
        Self { per_day: 4 }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Staleness {
    /// For a lane of which nobody knows what is usual.
    pub(super) usual_gap: SignedDuration,
}

/// What is done in one kind of moment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) moment: Moment,
    /// One of them must hold; none at all always holds.
    #[serde(default)]
    pub(super) when: Vec<When>,
    pub(super) channel: Channel,
    /// With the channel `call`.
    pub(super) scenario: Option<String>,
    /// With `sms` and `email`, and where `otherwise` is one of them.
    pub(super) message: Option<String>,
    /// Instead of a call that may not be made.
    #[serde(default = "nothing")]
    pub(super) otherwise: Channel,
    #[serde(default = "normal")]
    pub(super) urgency: Urgency,
    /// Time for the news to settle.
    #[serde(default)]
    pub(super) wait: SignedDuration,
    /// The news is stale this long after it happened.
    pub(super) expires_after: SignedDuration,
    /// Worth nothing this long after the expected window has begun.
    pub(super) expires_after_window_start: Option<SignedDuration>,
    /// Called even in the control group: what is asked cannot wait for a comparison.
    #[serde(default)]
    pub(super) never_held_back: bool,
}

const fn nothing() -> Channel {
    Channel::Nothing
}

const fn normal() -> Urgency {
    Urgency::Normal
}

impl Rules {
    /// Reads the rules, and what the shop wants narrower than the law.
    ///
    /// Errors: one line with the place in the file and what to change.
    pub fn read(text: &str) -> Result<(Self, Narrowing, Quiet), String> {
        let file: RulesFile = toml::from_str(text).map_err(|error| toml_fault(text, &error))?;
        crate::domain::outreach::policy::check_shop(&file.shop).map_err(|reason| format!("shop: {reason}"))?;
        check_numbers(&file)?;
        let mut names = BTreeSet::new();
        for rule in &file.rules {
            check_rule(rule).map_err(|reason| format!("rule `{}`: {reason}", rule.name))?;
            if !names.insert(&rule.name) {
                return Err(format!("rule `{}`: two have this name; give each its own", rule.name));
            }
        }
        let sum = crate::domain::outreach::fnv1a(text.bytes());
        let rules = Self {
            version: format!("{}+{:08x}", file.version, (sum >> 32) ^ (sum & 0xffff_ffff)),
            control_group: file.control_group,
            messages: file.messages,
            bands: file.value_bands,
            usual_gap: file.staleness.usual_gap,
            action_reasons: file.action_reasons,
            rules: file.rules,
        };
        Ok((rules, file.shop, file.quiet))
    }

    /// The names of all messages that rules send.
    pub fn messages(&self) -> BTreeSet<&str> {
        self.rules.iter().filter_map(|rule| rule.message.as_deref()).collect()
    }
}

fn check_numbers(file: &RulesFile) -> Result<(), String> {
    if 50 < file.control_group.percent {
        return Err("control_group.percent: 50 at most: more customers than are called are no comparison".to_owned());
    }
    if file.staleness.usual_gap <= SignedDuration::ZERO {
        return Err("staleness.usual_gap: must be longer than nothing, such as \"48h\"".to_owned());
    }
    match file.value_bands.iter().find(|(_, limits)| limits.top < limits.high || limits.high <= 0) {
        Some((currency, _)) => Err(format!("value_bands.{currency}: high must be above 0 and top not below high")),
        None => Ok(()),
    }
}

fn check_rule(rule: &Rule) -> Result<(), String> {
    let calls = rule.channel == Channel::Call;
    match &rule.scenario {
        Some(name) if calls => {
            let found = Scenario::by_name(name).map_err(|error| format!("scenario: {error}"))?;
            if found.name != name {
                return Err(format!("scenario: write it as `{}`", found.name));
            }
        }
        None if calls => return Err("scenario: a call needs one, such as \"failed_attempt\"".to_owned()),
        Some(_) => return Err("scenario: only with channel = \"call\"".to_owned()),
        None => (),
    }
    let is_written = |channel| matches!(channel, Channel::Sms | Channel::Email);
    let writes = is_written(rule.channel) || is_written(rule.otherwise);
    if writes != rule.message.is_some() {
        return Err("message: name one exactly where channel or otherwise is \"sms\" or \"email\"".to_owned());
    }
    if rule.otherwise == Channel::Call || (!calls && rule.otherwise != Channel::Nothing) {
        return Err("otherwise: is \"sms\", \"email\" or \"nothing\", and only with channel = \"call\"".to_owned());
    }
    if rule.expires_after <= SignedDuration::ZERO || rule.wait.is_negative() {
        return Err("expires_after: must be longer than nothing, and wait not negative".to_owned());
    }
    Ok(())
}
