//! Where a number may be: its time zones by its first digits, its state by the area code.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::domain::quoted;
use crate::domain::values::PhoneNumber;

/// The longest beginning of a number that a list has.
const PREFIX_DIGITS_MAX: usize = 10;

/// A list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct InvalidList {
    pub line: usize,
    pub reason: String,
}

/// Which of the zones of a [`Numbering`].
pub(super) type ZoneId = usize;

/// Numbers by their beginnings.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    zones: Vec<(String, TimeZone)>,
    by_prefix: BTreeMap<u64, Vec<ZoneId>>,
    areas: BTreeMap<u64, Area>,
}

/// Country and state of an area code; the state only where it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) country: String,
    pub(super) state: Option<String>,
}

/// What the beginning of a number tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberPlace<'a> {
    pub(super) zones: &'a [ZoneId],
    /// How many digits told the zones.
    pub(super) digits: usize,
    pub(super) area: Option<&'a Area>,
}

impl Numbering {
    /// Reads the list of time zones (`44|Europe/London&Europe/Jersey`) and that of area codes (`1212|US|NY`).
    ///
    /// Errors: [`InvalidList`] with the line; which list it is, the caller knows.
    pub fn read(time_zones: &str) -> Result<Self, InvalidList> {
        let mut numbering = Self::default();
        for (line, text) in entries(time_zones) {
            let invalid = |reason: String| InvalidList { line, reason };
            let (prefix, names) = text.split_once('|').ok_or_else(|| invalid("write PREFIX|ZONE&ZONE".to_owned()))?;
            let prefix = read_prefix(prefix).map_err(invalid)?;
            let ids: Option<Vec<ZoneId>> = names.split('&').map(|name| numbering.zone(name)).collect();
            let ids = ids.ok_or_else(|| invalid(format!("`{}` has a time zone nobody knows", quoted(names))))?;
            numbering.by_prefix.insert(prefix, ids);
        }
        Ok(numbering)
    }

    /// Reads the list of area codes: `1212|US|NY`.
    pub fn with_areas(mut self, areas: &str) -> Result<Self, InvalidList> {
        for (line, text) in entries(areas) {
            let invalid = |reason: String| InvalidList { line, reason };
            let [prefix, country, state] = text.split('|').collect::<Vec<_>>()[..] else {
                return Err(invalid("write PREFIX|COUNTRY|STATE".to_owned()));
            };
            let prefix = read_prefix(prefix).map_err(invalid)?;
            let state = (!state.is_empty()).then(|| state.to_owned());
            self.areas.insert(prefix, Area { country: country.to_owned(), state });
        }
        Ok(self)
    }

    /// The id of a zone by its name, which is looked up once; none for a name nobody knows.
    pub(super) fn zone(&mut self, name: &str) -> Option<ZoneId> {
        let known = self.zones.iter().position(|(known, _)| known == name);
        if known.is_some() {
            return known;
        }
        let zone = TimeZone::get(name).ok()?;
        self.zones.push((name.to_owned(), zone));
        Some(self.zones.len() - 1)
    }

    /// Whether numbers under this calling code belong to several countries, told apart by their area codes.
    pub(super) fn has_areas_under(&self, calling_code: &str) -> bool {
        self.areas.keys().any(|prefix| prefix.to_string().starts_with(calling_code))
    }

    pub(super) fn zone_of(&self, id: ZoneId) -> &TimeZone {
        &self.zones[id].1
    }

    pub(super) fn place_of(&self, phone: &PhoneNumber) -> NumberPlace<'_> {
        let digits = phone.reveal().trim_start_matches('+');
        let mut place = NumberPlace { zones: &[], digits: 0, area: None };
        let mut prefix = 0;
        for (index, digit) in digits.bytes().take(PREFIX_DIGITS_MAX).enumerate() {
            prefix = prefix * 10 + u64::from(digit - b'0');
            if let Some(zones) = self.by_prefix.get(&prefix) {
                (place.zones, place.digits) = (zones, index + 1);
            }
            place.area = self.areas.get(&prefix).or(place.area);
        }
        place
    }
}

fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn read_prefix(text: &str) -> Result<u64, String> {
    let is_prefix = (1..=PREFIX_DIGITS_MAX).contains(&text.len()) && !text.starts_with('0');
    let prefix = if is_prefix { text.parse().ok() } else { None };
    prefix.ok_or_else(|| format!("`{}` is no beginning of a number", quoted(text)))
}
