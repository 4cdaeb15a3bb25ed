//! How figures are counted and told.

use crate::config::{Settings, SettingsError};
use crate::domain::figures::{Costs, Counting};
use crate::domain::outreach::rules::Rules;
use jiff::tz::TimeZone;

/// By what figures are told apart: the shop, its days, and the group that is held back.
///
/// Errors: one line that names the setting and what to change.
pub(super) fn counting(settings: &Settings) -> Result<Counting, SettingsError> {
    let file = &settings.outreach.rules;
    let unusable = |reason: String| SettingsError::new(format!("outreach.rules: {}: {reason}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    let (rules, ..) = Rules::read(&text).map_err(unusable)?;
    let shop = settings.shop_profile();
    Ok(Counting {
        zone: TimeZone::get(&shop.time_zone).unwrap_or(TimeZone::UTC),
        shop_id: shop.id,
        control_group: rules.control_group().clone(),
    })
}

/// What contacts cost.
///
/// Errors: as for `counting`.
pub fn costs(settings: &Settings) -> Result<Costs, SettingsError> {
    settings.figures.costs.costs().map_err(SettingsError::new)
}
