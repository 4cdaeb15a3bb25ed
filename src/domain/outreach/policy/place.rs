//! Whose rules hold for a callee, and which clocks may be theirs.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::Policies;
use super::bounds::Bounds;
use super::calendar::Clock;
use super::callee::Callee;
use super::numbering::ZoneId;

/// The rules of one state, already narrowed.
#[derive(Clone, Debug)]
pub(super) struct StateBounds {
    pub(super) code: String,
    /// None: those of the country.
    pub(super) zones: Vec<ZoneId>,
    pub(super) bounds: Bounds,
}

/// What holds in a state that the policy does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnlistedStates {
    /// Only the country's rules.
    Country,
    /// The narrowest of all listed ones.
    #[default]
    Strictest,
}

/// The rules of one country, already narrowed by the shop's.
#[derive(Clone, Debug)]
pub(super) struct Country {
    pub(super) code: String,
    pub(super) calling_codes: Vec<String>,
    /// Whether other countries have the same calling code, told apart by their area codes.
    pub(super) shares_code: bool,
    pub(super) zones: Vec<ZoneId>,
    pub(super) whole: Bounds,
    /// For a callee of whom nobody knows the state.
    pub(super) strictest: Bounds,
    /// By code and by name, in upper case.
    pub(super) states: BTreeMap<String, StateBounds>,
    pub(super) unlisted: UnlistedStates,
}

/// A place whose rules hold for a callee.
pub(super) struct Place<'a> {
    pub(super) name: String,
    pub(super) bounds: &'a Bounds,
    zones: &'a [ZoneId],
}

impl Policies {
    /// The places whose rules hold: that of the number and that of the address, where they differ.
    ///
    /// Errors: the line of policy that is missing.
    pub(super) fn places(&self, callee: &Callee<'_>) -> Result<Vec<Place<'_>>, String> {
        let address = match callee.country {
            Some(code) => {
                let unknown = || format!("no policy for the country {code} of the address");
                Some(self.countries.get(code).ok_or_else(unknown)?)
            }
            None => None,
        };
        let of_number = self.country_of_number(callee, address)?;
        let state_of_number = self.numbering.place_of(callee.phone).area.and_then(|area| area.state.as_deref());
        let Some(address) = address else { return Ok(vec![of_number.place(state_of_number)]) };
        let at_address = address.place(callee.state);
        if address.code == of_number.code && state_of_number.is_none() {
            return Ok(vec![at_address]);
        }
        let at_number = of_number.place(state_of_number);
        Ok(if at_number.name == at_address.name { vec![at_address] } else { vec![at_address, at_number] })
    }

    /// Errors: the number belongs to a country without a policy, or nobody knows to which.
    fn country_of_number(&self, callee: &Callee<'_>, address: Option<&Country>) -> Result<&Country, String> {
        if let Some(area) = self.numbering.place_of(callee.phone).area {
            let unknown = || format!("no policy for the country {} of the number", area.country);
            return self.countries.get(&area.country).ok_or_else(unknown);
        }
        let country = self.countries.values().find(|country| country.has_code_of(callee));
        let country = country.ok_or_else(|| "no policy for the country of the number".to_owned())?;
        if !country.shares_code {
            return Ok(country);
        }
        let told = address.filter(|address| address.has_code_of(callee));
        let told = told.ok_or_else(|| "the country of the number cannot be told from its area code".to_owned())?;
        Ok(&self.countries[&told.code])
    }

    /// Every zone the callee may be in; none if nothing tells of any.
    ///
    /// Shape: by number and by address, where the order's own zone stands for the address. A number that tells no more
    /// than its country counts only where nothing else is known.
    pub(super) fn zones(&self, callee: &Callee<'_>, places: &[Place<'_>]) -> Option<Vec<TimeZone>> {
        let number = self.numbering.place_of(callee.phone);
        let is_vague = number.zones.len() != 1 && number.digits <= self.code_digits(callee);
        let mut ids: Vec<ZoneId> = if is_vague { Vec::new() } else { number.zones.to_vec() };
        let named = callee.time_zone.map(TimeZone::get).transpose().ok()?;
        if named.is_none() && (callee.country.is_some() || ids.is_empty()) {
            ids.extend(places[0].zones);
        }
        ids.sort_unstable();
        ids.dedup();
        let mut zones: Vec<TimeZone> = ids.into_iter().map(|id| self.numbering.zone_of(id).clone()).collect();
        zones.extend(named.filter(|named| !zones.contains(named)));
        (!zones.is_empty()).then_some(zones)
    }

    fn code_digits(&self, callee: &Callee<'_>) -> usize {
        let digits = callee.phone.reveal().trim_start_matches('+');
        let codes = self.countries.values().flat_map(|country| &country.calling_codes);
        codes.filter(|code| digits.starts_with(code.as_str())).map(String::len).max().unwrap_or(0)
    }
}

/// Wherever the callee is, the rules of every place may hold.
pub(super) fn clocks<'a>(zones: &'a [TimeZone], places: &'a [Place<'a>]) -> Vec<Clock<'a>> {
    let pairs = zones.iter().flat_map(|zone| places.iter().map(move |place| (zone, place.bounds)));
    pairs.map(|(zone, bounds)| Clock { zone, bounds }).collect()
}

pub(super) fn zones_named(zones: &[TimeZone]) -> String {
    let name = |zone: &TimeZone| zone.iana_name().unwrap_or("an unnamed zone").to_owned();
    match zones {
        [one] => name(one),
        [one, other] => format!("{} and {}", name(one), name(other)),
        _ => format!("{} time zones", zones.len()),
    }
}

impl Country {
    fn has_code_of(&self, callee: &Callee<'_>) -> bool {
        let digits = callee.phone.reveal().trim_start_matches('+');
        self.calling_codes.iter().any(|code| digits.starts_with(code.as_str()))
    }

    /// The place of somebody in this country, by the state as it is written.
    fn place(&self, state: Option<&str>) -> Place<'_> {
        let written = state.map(|state| state.trim().to_uppercase());
        if let Some(found) = written.as_ref().and_then(|written| self.states.get(written)) {
            let zones = if found.zones.is_empty() { &self.zones } else { &found.zones };
            return Place { name: format!("{}-{}", self.code, found.code), bounds: &found.bounds, zones };
        }
        let is_unlisted = written.is_some() && self.unlisted == UnlistedStates::Country;
        if self.states.is_empty() || is_unlisted {
            return Place { name: self.code.clone(), bounds: &self.whole, zones: &self.zones };
        }
        Place { name: format!("{} (state unknown)", self.code), bounds: &self.strictest, zones: &self.zones }
    }
}
