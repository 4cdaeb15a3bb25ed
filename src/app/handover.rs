//! Who takes calls that a person is needed for: targets, hours, reasons and words, checked once at start.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio_util::task::TaskTracker;

use super::Carriers;
use super::prompts::{file_names, locales, named, read_texts};
use crate::adapters::store::SqlStore;
use crate::config::{HandoverSection, Settings, SettingsError, TargetKind, TargetSection};
use crate::domain::outreach::policy::Week;
use crate::domain::transfer::{Address, HandoverRules, HandoverTexts, Target, TransferTimes, Triggers};
use crate::runtime::outbox::Clock;
use crate::runtime::switchboard::{Switchboard, SwitchboardSettings, SwitchboardStores};

/// In the folder of the prompts, one file a language.
const TEXTS: &str = "handover";

/// The switchboard, where anybody is to be rung.
///
/// Errors: a setting that cannot be used, with the remedy.
pub(super) fn switchboard(
    settings: &Settings,
    store: &Arc<SqlStore>,
    carriers: &Carriers,
    connectors: &[String],
    clock: Clock,
    tasks: &TaskTracker,
) -> Result<Option<Arc<Switchboard>>, SettingsError> {
    let Some((rules, texts)) = handover_rules(settings)? else { return Ok(None) };
    let stores = SwitchboardStores { transfers: store.clone(), desk: store.clone(), contacts: store.clone() };
    let settings = SwitchboardSettings {
        rules: Arc::new(rules),
        texts,
        caller_id: settings.handover.caller_id.clone(),
        connectors: connectors.to_vec(),
    };
    Ok(Some(Arc::new(Switchboard::new(stores, carriers.clone(), settings, clock, tasks.clone()))))
}

/// Who is rung when, and what they hear; none where nobody is to be rung.
///
/// Errors: a setting that cannot be used, with the remedy.
pub fn handover_rules(settings: &Settings) -> Result<Option<(HandoverRules, HandoverTexts)>, SettingsError> {
    if settings.handover.targets.is_empty() {
        return Ok(None);
    }
    Ok(Some((rules(&settings.handover, &settings.shop.time_zone)?, texts(settings)?)))
}

fn texts(settings: &Settings) -> Result<HandoverTexts, SettingsError> {
    let folder = &settings.prompts.dir;
    let names = file_names(&folder.join(TEXTS), |name| name.ends_with(".toml"))?;
    let names: Vec<String> = names.iter().map(|name| format!("{TEXTS}/{name}")).collect();
    let texts = read_texts(folder, &names)?;
    let home = locales(settings)?.home().language();
    HandoverTexts::read(&named(&names, &texts), home)
        .map_err(|error| SettingsError::new(format!("prompts.dir: {error}")))
}

fn rules(section: &HandoverSection, shop_zone: &str) -> Result<HandoverRules, SettingsError> {
    if section.attempts_max == 0 {
        return Err(SettingsError::new("handover.attempts_max: write at least 1; without targets nobody is rung"));
    }
    let zone = section.time_zone.as_deref().unwrap_or(shop_zone);
    Ok(HandoverRules {
        targets: section.targets.iter().map(target).collect::<Result<_, _>>()?,
        triggers: read(&section.triggers, "handover.triggers", Triggers::read)?,
        zone: TimeZone::get(zone).map_err(|error| SettingsError::new(format!("handover.time_zone: {error}")))?,
        hours: Week::new(section.weekday, section.saturday, section.sunday),
        attempts_max: section.attempts_max,
        times: TransferTimes {
            ring_timeout: section.ring_timeout,
            accept_timeout: section.accept_timeout,
            ..TransferTimes::default()
        },
    })
}

fn target(section: &TargetSection) -> Result<Target, SettingsError> {
    let name = &section.name;
    let wrong = |remedy: &str| SettingsError::new(format!("handover.targets: `{name}`: address: {remedy}"));
    let address = match (section.kind, section.address.as_deref()) {
        (TargetKind::Phone, Some(number)) => {
            Address::Phone(number.parse().map_err(|_| wrong("write a number such as +918045670001"))?)
        }
        (TargetKind::Sip, Some(uri)) if uri.starts_with("sip:") || uri.starts_with("sips:") => {
            Address::Sip(uri.to_owned())
        }
        (TargetKind::Sip, Some(_)) => return Err(wrong("write a URI such as sip:desk@pbx.example.com")),
        (TargetKind::Queue, None) => Address::Queue,
        (TargetKind::Queue, Some(_)) => return Err(wrong("a queue has none; its people ring back")),
        (TargetKind::Phone | TargetKind::Sip, None) => return Err(wrong("it is missing")),
    };
    Ok(Target { name: name.clone(), address, languages: section.languages.clone(), skills: section.skills.clone() })
}

fn read<T>(path: &Path, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, SettingsError> {
    let place = |reason: &dyn std::fmt::Display| SettingsError::new(format!("{key}: {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| place(&error))?;
    parse(&text).map_err(|error| place(&error))
}
