//! The dialler: who places planned calls, with what settings.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::Carriers;
use crate::adapters::store::SqlStore;
use crate::config::{Settings, SettingsError};
use crate::domain::dialling::{AttemptClass, PacingLimits, RetryTable};
use crate::ports::nodes::NodeStore as _;
use crate::runtime::dialler::{Dialler, DiallerSettings, Trunk};
use crate::runtime::reception::Reception;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The dialler, where a carrier can place calls and this server is to dial.
///
/// Errors: a setting that cannot be used, with the remedy.
pub(super) fn dialler(
    settings: &Settings,
    store: &Arc<SqlStore>,
    reception: &Arc<Reception>,
    carriers: &Carriers,
) -> Result<Option<Dialler>, SettingsError> {
    let dialler_settings = dialler_settings(settings, store)?;
    let numbers = settings.telephony.twilio.as_ref().map(|twilio| twilio.from_numbers.clone()).unwrap_or_default();
    let Some(carrier) = carriers.get("twilio").filter(|_| settings.dialler.enabled && !numbers.is_empty()) else {
        return Ok(None);
    };
    let trunk = Trunk { carrier: Arc::clone(carrier), numbers };
    Ok(Some(Dialler::new(Arc::clone(reception), trunk, dialler_settings)))
}

fn dialler_settings(settings: &Settings, store: &Arc<SqlStore>) -> Result<DiallerSettings, SettingsError> {
    let section = &settings.dialler;
    if section.calls_per_second == 0 || 1_000 < section.calls_per_second {
        return Err(SettingsError::new(
            "dialler.calls_per_second: write 1 to 1000; dialler.enabled = false dials nothing",
        ));
    }
    if 100 < section.inbound_reserve_percent {
        return Err(SettingsError::new("dialler.inbound_reserve_percent: write 0 to 100"));
    }
    let mut retries = RetryTable::default();
    for (class, wait) in &section.retry_waits {
        let place = format!("dialler.retry_waits.{class}");
        let class = class.parse::<AttemptClass>().map_err(|error| SettingsError::new(format!("{place}: {error}")))?;
        let wait = wait.parse::<SignedDuration>().ok().and_then(|wait| Duration::try_from(wait).ok());
        let wait = wait.ok_or_else(|| SettingsError::new(format!("{place}: write a duration such as \"15m\"")))?;
        retries.set_wait(class, wait);
    }
    Ok(DiallerSettings {
        calls_per_second: section.calls_per_second,
        calls_at_once_max: section.calls_at_once_max,
        pacing: PacingLimits {
            calls_max: u32::try_from(settings.server.calls_max).unwrap_or(u32::MAX),
            inbound_reserve_percent: section.inbound_reserve_percent,
            frames_late_permille_max: section.late_frames_permille_max,
        },
        retries,
        lost_after: section.lost_after,
        node_timeout: settings.server.node_timeout,
        has_one_server: store.has_one_server(),
        kept: settings.retention.kept_days().metadata.and_then(|days| DAY.checked_mul(i32::try_from(days).ok()?)),
    })
}
