//! Reads rules, policies and words of messages, and fills the ports of outreach.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::prompts::{file_names, named, read_locales, read_texts};
use crate::adapters::messaging::email_webhook::EmailWebhook;
use crate::adapters::messaging::twilio::{SmsSender, TwilioSms, TwilioSmsSettings};
use crate::adapters::signed_webhook::SignedWebhookSettings;
use crate::adapters::store::SqlStore;
use crate::config::{Settings, SettingsError};
use crate::domain::outreach::Channel;
use crate::domain::outreach::policy::{Numbering, Policies, PolicyFiles};
use crate::domain::outreach::rules::Rules;
use crate::domain::outreach::texts::{MessageTexts, PAYMENT_LINK};
use crate::ports::messaging::Messenger;
use crate::ports::outreach::PlannedCallStore;
use crate::runtime::outreach::{Outreach, OutreachParts, Playbook};
use crate::runtime::wall_clock::WallClock;

const MESSAGES: &str = "messages";
const TIME_ZONES: &str = "time_zones.txt";
const AREAS: &str = "nanp_areas.txt";
const HOLIDAYS: &str = "holidays.txt";

/// Reads and checks everything that decisions are made by.
///
/// Errors: one line that names the setting, the file and what to change.
pub fn playbook(settings: &Settings) -> Result<Playbook, SettingsError> {
    let section = &settings.outreach;
    let unusable = |key: &str, file: &Path, reason: &dyn std::fmt::Display| {
        SettingsError::new(format!("{key}: {}: {reason}", file.display()))
    };
    let read = |key: &str, file: &Path| std::fs::read_to_string(file).map_err(|error| unusable(key, file, &error));
    let text = read("outreach.rules", &section.rules)?;
    let (rules, shop, quiet) =
        Rules::read(&text).map_err(|reason| unusable("outreach.rules", &section.rules, &reason))?;
    let list = |name: &str| {
        let file = section.numbering_dir.join(name);
        read("outreach.numbering_dir", &file).map(|text| (file, text))
    };
    let ((zones_file, zones), (areas_file, areas)) = (list(TIME_ZONES)?, list(AREAS)?);
    let numbering = Numbering::read(&zones).map_err(|error| unusable("outreach.numbering_dir", &zones_file, &error))?;
    let numbering =
        numbering.with_areas(&areas).map_err(|error| unusable("outreach.numbering_dir", &areas_file, &error))?;
    let files = policy_files(&section.policies_dir)?;
    let policies = Policies::read(&files, numbering, &shop, quiet)
        .map_err(|error| SettingsError::new(format!("outreach.policies_dir: {error}")))?;
    let texts = messages(settings, &rules)?;
    Ok(Playbook { rules, policies, texts })
}

/// Reads the messages of every language that has some.
fn messages(settings: &Settings, rules: &Rules) -> Result<MessageTexts, SettingsError> {
    let folder = &settings.prompts.dir;
    let names = file_names(&folder.join(MESSAGES), |name| name.ends_with(".toml"))?;
    let languages: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".toml")).collect();
    let locales = read_locales(folder, &settings.shop.locale, Some(&languages))?;
    let names: Vec<String> = names.iter().map(|name| format!("{MESSAGES}/{name}")).collect();
    let texts = read_texts(folder, &names)?;
    let mut needed = rules.messages();
    needed.extend(settings.payment_link.is_some().then_some(PAYMENT_LINK));
    MessageTexts::read(&named(&names, &texts), locales, &needed)
        .map_err(|reason| SettingsError::new(format!("prompts.dir: {reason}")))
}

/// Reads the files of the countries, in the order of their names.
fn policy_files(folder: &Path) -> Result<PolicyFiles, SettingsError> {
    let unusable = |path: &Path, error: &std::io::Error| {
        SettingsError::new(format!(
            "outreach.policies_dir: {}: {error}; name the folder that holds the policies",
            path.display()
        ))
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))? {
        let name = entry.map_err(|error| unusable(folder, &error))?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") {
            names.push(name);
        }
    }
    names.sort();
    let read = |name: &str| {
        let file = folder.join(name);
        std::fs::read_to_string(&file).map_err(|error| unusable(&file, &error))
    };
    let countries = names.iter().map(|name| Ok((name.clone(), read(name)?))).collect::<Result<_, SettingsError>>()?;
    Ok(PolicyFiles { countries, holidays: read(HOLIDAYS)? })
}

/// Puts outreach together over a store.
///
/// Errors: as for [`playbook`], and a messenger that cannot be used.
pub fn outreach(
    settings: &Settings,
    store: &Arc<SqlStore>,
    plans: Arc<dyn PlannedCallStore>,
    clock: WallClock,
) -> Result<Outreach, SettingsError> {
    let kept_days = settings.retention.metadata_days;
    Ok(Outreach::new(OutreachParts {
        playbook: Arc::new(playbook(settings)?),
        orders: store.clone(),
        store: store.clone(),
        undecided: store.clone(),
        plans: Some(plans),
        messengers: messengers(settings)?,
        shop: Arc::new(settings.shop_profile()),
        kept_days: (kept_days != 0).then_some(kept_days),
        clock: Arc::new(move || clock.now()),
    }))
}

fn messengers(settings: &Settings) -> Result<BTreeMap<Channel, Arc<dyn Messenger>>, SettingsError> {
    let all = sms(settings)?.into_iter().chain(email(settings)?);
    Ok(all.map(|messenger| (messenger.channel(), messenger)).collect())
}

/// Who sends SMS, if anybody does.
///
/// Errors: one line that names the setting and the remedy.
pub(super) fn sms(settings: &Settings) -> Result<Option<Arc<dyn Messenger>>, SettingsError> {
    let Some(section) = &settings.messaging.sms else { return Ok(None) };
    let unusable = |reason: &str| SettingsError::new(format!("messaging.sms.{reason}"));
    if section.provider != "twilio" {
        return Err(unusable("provider: the only one so far is \"twilio\""));
    }
    let account = settings.telephony.twilio.as_ref();
    let account = account.ok_or_else(|| unusable("provider: needs the account of telephony.twilio"))?;
    let sender = match (&section.from, &section.messaging_service) {
        (Some(number), None) => SmsSender::Number(number.clone()),
        (None, Some(id)) => SmsSender::Service(id.clone()),
        (Some(_), Some(_)) | (None, None) => {
            return Err(unusable("from: name it or a messaging_service, not both"));
        }
    };
    let sms = TwilioSms::new(TwilioSmsSettings {
        account_sid: account.account_sid.clone(),
        auth_token: account.auth_token.clone(),
        api_base_url: account.api_base_url.clone(),
        sender,
    })
    .map_err(|reason| SettingsError::new(format!("telephony.twilio.{reason}")))?;
    Ok(Some(Arc::new(sms)))
}

fn email(settings: &Settings) -> Result<Option<Arc<dyn Messenger>>, SettingsError> {
    let Some(section) = &settings.messaging.email else { return Ok(None) };
    let email = EmailWebhook::new(&SignedWebhookSettings {
        url: section.url.clone(),
        secret: section.secret.clone(),
        allow_private_addresses: section.allow_private_addresses,
    })
    .map_err(|reason| SettingsError::new(format!("messaging.email.{reason}")))?;
    Ok(Some(Arc::new(email)))
}
