//! Reads the policies: one file a country, the list of holidays, the numbering, the shop's own narrowing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use super::Policies;
use super::bounds::{Bounds, CountryRules, Narrowing};
use super::numbering::{Numbering, ZoneId};
use super::place::{Country, StateBounds, UnlistedStates};
use super::room::Quiet;
use crate::domain::outreach::fnv1a;
use crate::domain::{quoted, toml_fault};

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct InvalidPolicy {
    pub file: String,
    pub reason: String,
}

/// The texts that policies are made of.
#[derive(Clone, Debug, Default)]
pub struct PolicyFiles {
    /// Name and text of each country's file.
    pub countries: Vec<(String, String)>,
    /// `US-AL|2026-07-03|Independence Day (observed)`, a line each.
    pub holidays: String,
}

/// The name by which the list of holidays is spoken of.
const HOLIDAYS: &str = "holidays.txt";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountryFile {
    country: String,
    /// The day the file was written or changed last.
    version: Date,
    calling_codes: Vec<String>,
    time_zones: Vec<String>,
    #[serde(default)]
    unlisted_states: UnlistedStates,
    sources: Vec<SourceOfRule>,
    rules: CountryRules,
    #[serde(default)]
    states: BTreeMap<String, StateFile>,
}

/// Where a rule comes from. Read for its form alone: it is there for whoever checks the rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceOfRule {
    about: String,
    from: String,
    #[serde(rename = "read")]
    _read: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    /// Other ways to write the state, such as its full name.
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    time_zones: Vec<String>,
    #[serde(default)]
    rules: Narrowing,
}

/// Holidays by place, then by name.
struct Holidays {
    by_place: BTreeMap<String, BTreeMap<String, BTreeSet<Date>>>,
}

impl Holidays {
    fn read(text: &str) -> Result<Self, InvalidPolicy> {
        let mut by_place: BTreeMap<String, BTreeMap<String, BTreeSet<Date>>> = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let invalid = || InvalidPolicy {
                file: HOLIDAYS.to_owned(),
                reason: format!("line {}: write PLACE|2026-12-25|NAME", index + 1),
            };
            let [place, day, name] = line.split('|').collect::<Vec<_>>()[..] else { return Err(invalid()) };
            let day: Date = day.parse().map_err(|_| invalid())?;
            by_place.entry(place.to_owned()).or_default().entry(name.to_owned()).or_default().insert(day);
        }
        Ok(Self { by_place })
    }

    /// The days of these holidays in a country or one of its states, moved ones included, and from when to when
    /// holidays are known there.
    ///
    /// Errors: a name that the list has not.
    fn quiet_days(&self, country: &str, state: Option<&str>, names: &[String]) -> Result<QuietDays, String> {
        let own = state.and_then(|state| self.by_place.get(&format!("{country}-{state}")));
        let places: Vec<_> = self.by_place.get(country).into_iter().chain(own).collect();
        let mut days = BTreeSet::new();
        for name in names {
            let observed = format!("{name} (observed)");
            let before = days.len();
            for place in &places {
                days.extend([name, &observed].into_iter().filter_map(|name| place.get(name)).flatten().copied());
            }
            if days.len() == before && !places.iter().any(|place| place.contains_key(name)) {
                return Err(format!("quiet_holidays: {HOLIDAYS} has no `{}` for {country}", quoted(name)));
            }
        }
        let all = || places.iter().flat_map(|place| place.values()).flatten();
        let known = all().min().zip(all().max()).map(|(first, last)| (first.first_of_year(), last.last_of_year()));
        Ok(QuietDays { days, known: if names.is_empty() { None } else { known } })
    }
}

struct QuietDays {
    days: BTreeSet<Date>,
    known: Option<(Date, Date)>,
}

impl QuietDays {
    fn add_to(self, bounds: &mut Bounds) {
        bounds.quiet_days.extend(self.days);
        bounds.known_days = match (bounds.known_days, self.known) {
            (Some(one), Some(other)) => Some((one.0.max(other.0), one.1.min(other.1))),
            (one, other) => one.or(other),
        };
    }
}

impl Policies {
    /// Reads all policies and narrows them by the shop's.
    ///
    /// Errors: [`InvalidPolicy`] with the file, the place in it and what to change.
    pub fn read(
        files: &PolicyFiles,
        mut numbering: Numbering,
        shop: &Narrowing,
        quiet: Quiet,
    ) -> Result<Self, InvalidPolicy> {
        let holidays = Holidays::read(&files.holidays)?;
        let mut countries = BTreeMap::new();
        let mut newest = Date::MIN;
        for (name, text) in &files.countries {
            let invalid = |reason: String| InvalidPolicy { file: name.clone(), reason };
            let file: CountryFile = toml::from_str(text).map_err(|error| invalid(toml_fault(text, &error)))?;
            newest = newest.max(file.version);
            let country = read_country(file, &holidays, &mut numbering, shop).map_err(invalid)?;
            if let Some(twice) = countries.insert(country.code.clone(), country) {
                return Err(invalid(format!("country: {} has a file already", twice.code)));
            }
        }
        if countries.is_empty() {
            let reason = "there is no file of a country, so nobody could be called; see config/policies";
            return Err(InvalidPolicy { file: "policies".to_owned(), reason: reason.to_owned() });
        }
        let texts = files.countries.iter().map(|(_, text)| text.as_str()).chain([files.holidays.as_str()]);
        let version = format!("{newest}+{:08x}", sum_of(texts, &format!("{shop:?}{quiet:?}")));
        Ok(Self { numbering, countries, quiet, version })
    }
}

/// FNV-1a over all texts, folded to 32 bits.
fn sum_of<'a>(texts: impl Iterator<Item = &'a str>, settings: &'a str) -> u64 {
    let sum = fnv1a(texts.chain([settings]).flat_map(str::bytes));
    (sum >> 32) ^ (sum & 0xffff_ffff)
}

fn read_country(
    file: CountryFile,
    holidays: &Holidays,
    numbering: &mut Numbering,
    shop: &Narrowing,
) -> Result<Country, String> {
    check_country(&file)?;
    let code = &file.country;
    let mut whole = Bounds::of_country(&file.rules).narrowed(shop);
    holidays.quiet_days(code, None, &file.rules.quiet_holidays)?.add_to(&mut whole);
    let mut zones = zone_ids(numbering, &file.time_zones)?;
    let mut states = BTreeMap::new();
    let mut strictest = whole.clone();
    for (state, written) in &file.states {
        let at = |reason: String| format!("states.{state}: {reason}");
        check_caps(&written.rules).map_err(at)?;
        let mut bounds = whole.clone().narrowed(&written.rules);
        holidays.quiet_days(code, Some(state), &written.rules.quiet_holidays).map_err(at)?.add_to(&mut bounds);
        strictest = strictest.and(&bounds);
        let own_zones = zone_ids(numbering, &written.time_zones).map_err(at)?;
        zones.extend(own_zones.iter().copied());
        let found = StateBounds { code: state.clone(), zones: own_zones, bounds };
        for name in written.names.iter().chain([state]) {
            states.insert(name.to_uppercase(), found.clone());
        }
    }
    zones.sort_unstable();
    zones.dedup();
    let shares_code = file.calling_codes.iter().any(|code| numbering.has_areas_under(code));
    let (calling_codes, unlisted) = (file.calling_codes, file.unlisted_states);
    Ok(Country { code: file.country, calling_codes, shares_code, zones, whole, strictest, states, unlisted })
}

fn check_country(file: &CountryFile) -> Result<(), String> {
    let is_code = file.country.len() == 2 && file.country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code {
        return Err("country: write two capital letters, such as \"IN\"".to_owned());
    }
    let is_calling_code = |code: &String| (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    if file.calling_codes.is_empty() || !file.calling_codes.iter().all(is_calling_code) {
        return Err("calling_codes: write the digits after the +, such as [\"91\"]".to_owned());
    }
    if file.sources.is_empty() || file.sources.iter().any(|source| source.about.is_empty() || source.from.is_empty()) {
        return Err("sources: name for each rule what it is about, where it is from and the day it was read".to_owned());
    }
    let rules = &file.rules;
    let caps = [rules.calls_per_day, rules.calls_per_week, rules.calls_per_month];
    if caps.into_iter().chain([rules.calls_per_order_per_day, rules.calls_per_order]).any(|cap| cap == 0) {
        return Err("rules: a cap must be 1 or more; to call nobody, remove the file".to_owned());
    }
    if rules.gap.is_negative() || rules.gap_after_abandoned.is_negative() {
        return Err("rules: a gap cannot be negative".to_owned());
    }
    Ok(())
}

/// Whether a shop's narrowing can be used.
///
/// Errors: what to change.
pub fn check_shop(shop: &Narrowing) -> Result<(), String> {
    if !shop.quiet_holidays.is_empty() {
        return Err(
            "quiet_holidays: stand in the policy of a country; write days of the shop as quiet_dates".to_owned()
        );
    }
    check_caps(shop)
}

fn check_caps(rules: &Narrowing) -> Result<(), String> {
    let caps = [rules.calls_per_day, rules.calls_per_week, rules.calls_per_month];
    let has_zero = caps.into_iter().chain([rules.calls_per_order_per_day, rules.calls_per_order]).any(|c| c == Some(0));
    if has_zero { Err("a cap must be 1 or more".to_owned()) } else { Ok(()) }
}

fn zone_ids(numbering: &mut Numbering, names: &[String]) -> Result<Vec<ZoneId>, String> {
    let unknown = |name: &String| format!("time_zones: `{}` is no IANA time zone", quoted(name));
    names.iter().map(|name| numbering.zone(name).ok_or_else(|| unknown(name))).collect()
}
