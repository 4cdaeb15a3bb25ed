//! What one country, state or shop allows, and the narrowest of several of them.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Deserialize;

use super::hours::{DayHours, Hours, Week};

/// What has to be known before a number is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentNeed {
    /// That the number was given with the order. The order is the proof.
    Order,
    /// A consent kept with its proof.
    Recorded,
}

/// Whether a message may be left on a machine. The scenario may be stricter still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoicemailRule {
    /// Brand, that it is about a delivery, the number to ring.
    Neutral,
    None,
}

/// When it is said that nobody human is calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// Always before anything else: the product knows no later moment.
    FirstSentence,
}

/// Whether the call may be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingRule {
    /// After a notice in the greeting; an objection stops it.
    Notice,
    /// Only after everybody on the line agreed.
    Consent,
    Off,
}

/// What holds within a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallRules {
    pub voicemail: VoicemailRule,
    pub recording: RecordingRule,
}

impl CallRules {
    /// Where no policy is asked.
    pub const WIDEST: Self = Self { voicemail: VoicemailRule::Neutral, recording: RecordingRule::Notice };
    /// Where nobody knows what holds.
    pub const NARROWEST: Self = Self { voicemail: VoicemailRule::None, recording: RecordingRule::Off };
}

/// How often a number may be called. Days, weeks and months are the 24 hours, 7 and 30 days before the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    pub day: u32,
    pub week: u32,
    pub month: u32,
    pub order_day: u32,
    /// About one order and one purpose, ever.
    pub order: u32,
    pub gap: SignedDuration,
    /// After a call that we gave up while somebody was on the line.
    pub gap_after_abandoned: SignedDuration,
}

/// Everything that limits calls to one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    pub week: Week,
    /// Days without calls.
    pub quiet_days: BTreeSet<Date>,
    /// The days whose holidays are known; beyond them nobody is called where holidays are quiet.
    pub known_days: Option<(Date, Date)>,
    pub caps: Caps,
    pub consent: ConsentNeed,
    pub voicemail: VoicemailRule,
    pub disclosure: Disclosure,
    pub recording: RecordingRule,
}

/// The rules of a country. Every key has to be there: a missing rule would mean that nobody is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountryRules {
    pub(super) weekday: DayHours,
    pub(super) saturday: DayHours,
    pub(super) sunday: DayHours,
    /// By their names in the list of holidays.
    pub(super) quiet_holidays: Vec<String>,
    pub(super) calls_per_day: u32,
    pub(super) calls_per_week: u32,
    pub(super) calls_per_month: u32,
    pub(super) calls_per_order_per_day: u32,
    pub(super) calls_per_order: u32,
    pub(super) gap: SignedDuration,
    pub(super) gap_after_abandoned: SignedDuration,
    pub(super) consent: ConsentNeed,
    pub(super) voicemail: VoicemailRule,
    pub(super) disclosure: Disclosure,
    pub(super) recording: RecordingRule,
}

/// What a state or a shop wants narrower than the country. Nothing can be widened.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Narrowing {
    pub weekday: Option<DayHours>,
    pub saturday: Option<DayHours>,
    pub sunday: Option<DayHours>,
    /// By their names in the list of holidays, beside those of the country.
    pub quiet_holidays: Vec<String>,
    /// Days without calls, beside the holidays.
    pub quiet_dates: BTreeSet<Date>,
    pub calls_per_day: Option<u32>,
    pub calls_per_week: Option<u32>,
    pub calls_per_month: Option<u32>,
    pub calls_per_order_per_day: Option<u32>,
    pub calls_per_order: Option<u32>,
    pub gap: Option<SignedDuration>,
    pub gap_after_abandoned: Option<SignedDuration>,
    pub consent: Option<ConsentNeed>,
    pub voicemail: Option<VoicemailRule>,
    pub recording: Option<RecordingRule>,
}

impl Bounds {
    pub(super) fn of_country(rules: &CountryRules) -> Self {
        Self {
            week: Week::new(rules.weekday, rules.saturday, rules.sunday),
            quiet_days: BTreeSet::new(),
            known_days: None,
            caps: Caps {
                day: rules.calls_per_day,
                week: rules.calls_per_week,
                month: rules.calls_per_month,
                order_day: rules.calls_per_order_per_day,
                order: rules.calls_per_order,
                gap: rules.gap,
                gap_after_abandoned: rules.gap_after_abandoned,
            },
            consent: rules.consent,
            voicemail: rules.voicemail,
            disclosure: rules.disclosure,
            recording: rules.recording,
        }
    }

    /// These bounds, narrowed. Holidays are added by whoever knows their days.
    #[must_use]
    pub(super) fn narrowed(mut self, by: &Narrowing) -> Self {
        let whole = |day: Option<DayHours>, own: Option<Hours>| day.unwrap_or(DayHours(own));
        let own = |day| self.week.on(day);
        let monday = whole(by.weekday, own(jiff::civil::Weekday::Monday));
        let saturday = whole(by.saturday, own(jiff::civil::Weekday::Saturday));
        let sunday = whole(by.sunday, own(jiff::civil::Weekday::Sunday));
        self.week = self.week.and(&Week::new(monday, saturday, sunday));
        self.quiet_days.extend(by.quiet_dates.iter().copied());
        let caps = &mut self.caps;
        let least = |own: &mut u32, by: Option<u32>| *own = by.map_or(*own, |by| by.min(*own));
        least(&mut caps.day, by.calls_per_day);
        least(&mut caps.week, by.calls_per_week);
        least(&mut caps.month, by.calls_per_month);
        least(&mut caps.order_day, by.calls_per_order_per_day);
        least(&mut caps.order, by.calls_per_order);
        caps.gap = caps.gap.max(by.gap.unwrap_or_default());
        caps.gap_after_abandoned = caps.gap_after_abandoned.max(by.gap_after_abandoned.unwrap_or_default());
        self.consent = self.consent.max(by.consent.unwrap_or(self.consent));
        self.voicemail = self.voicemail.max(by.voicemail.unwrap_or(self.voicemail));
        self.recording = self.recording.max(by.recording.unwrap_or(self.recording));
        self
    }

    /// The narrowest of both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.week = self.week.and(&other.week);
        self.quiet_days.extend(other.quiet_days.iter().copied());
        self.known_days = match (self.known_days, other.known_days) {
            (Some(one), Some(other)) => Some((one.0.max(other.0), one.1.min(other.1))),
            (one, other) => one.or(other),
        };
        let (caps, than) = (&mut self.caps, &other.caps);
        *caps = Caps {
            day: caps.day.min(than.day),
            week: caps.week.min(than.week),
            month: caps.month.min(than.month),
            order_day: caps.order_day.min(than.order_day),
            order: caps.order.min(than.order),
            gap: caps.gap.max(than.gap),
            gap_after_abandoned: caps.gap_after_abandoned.max(than.gap_after_abandoned),
        };
        self.consent = self.consent.max(other.consent);
        self.voicemail = self.voicemail.max(other.voicemail);
        self.disclosure = self.disclosure.max(other.disclosure);
        self.recording = self.recording.max(other.recording);
        self
    }

    /// The hours of a date; none when nobody is called on it.
    pub fn hours_on(&self, date: Date) -> Option<Hours> {
        let is_known = self.known_days.is_none_or(|(first, last)| first <= date && date <= last);
        let is_quiet = !is_known || self.quiet_days.contains(&date);
        if is_quiet { None } else { self.week.on(date.weekday()) }
    }
}
