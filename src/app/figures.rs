//! How figures are counted and told.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{Settings, SettingsError};
use crate::domain::figures::{Costs, Counting};
use crate::domain::outreach::rules::Rules;
use crate::ports::figures::FigureStore;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

/// How long a change waits until it is counted for whoever asks next.
const COUNT_EVERY: Duration = Duration::from_secs(60);

/// Counts what has changed, now and then, so that whoever asks for figures does not wait for it.
pub(super) async fn keep_counted(figures: Arc<dyn FigureStore>, stop: CancellationToken) {
    let mut rounds = tokio::time::interval(COUNT_EVERY);
    while stop.run_until_cancelled(rounds.tick()).await.is_some() {
        if let Err(error) = figures.keep_counted().await {
            tracing::warn!(%error, "what has changed could not be counted yet");
        }
    }
}

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
