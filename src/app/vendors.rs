//! The vendors of the settings: carriers, language model, CRM.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::ExposeSecret as _;

use super::{model_checks, model_prompts};
use crate::adapters::crm::{ConnectorSettings, make_connector};
use crate::adapters::language_model::{Limits, ModelSettings, make_model};
use crate::adapters::telephony::twilio::{TwilioProvider, TwilioSettings};
use crate::config::{ConnectorSection, Settings, SettingsError, TwilioSection};
use crate::domain::values::PhoneNumber;
use crate::ports::crm::CrmConnector;
use crate::ports::language_model::LanguageModel;
use crate::ports::telephony::TelephonyProvider;
use crate::runtime::model_replies::ModelDesk;

/// The configured carriers, by name.
pub type Carriers = BTreeMap<&'static str, Arc<dyn TelephonyProvider>>;

/// Who places calls, and the number shown to whoever is called.
pub(super) fn outbound(settings: &Settings, providers: &Carriers) -> Option<(Arc<dyn TelephonyProvider>, PhoneNumber)> {
    let from = settings.telephony.twilio.as_ref()?.from_numbers.first()?.clone();
    Some((Arc::clone(providers.get("twilio")?), from))
}

/// The configured carriers.
pub fn providers(settings: &Settings) -> Result<Carriers, SettingsError> {
    let mut providers = Carriers::new();
    if let Some(section) = &settings.telephony.twilio {
        let provider = TwilioProvider::new(twilio_settings(section, settings.handover.hold_music_url.clone()))
            .map_err(|error| SettingsError::new(format!("telephony.twilio: {error}")))?;
        providers.insert(provider.name(), Arc::new(provider));
    }
    Ok(providers)
}

fn twilio_settings(section: &TwilioSection, hold_music_url: Option<String>) -> TwilioSettings {
    let mut settings =
        TwilioSettings::new(section.account_sid.clone(), section.auth_token.clone(), section.public_url.clone());
    settings.from_numbers.clone_from(&section.from_numbers);
    settings.api_base_url.clone_from(&section.api_base_url);
    settings.hold_music_url = hold_music_url;
    settings.machine_detection = section.machine_detection;
    settings
}

/// The configured language model with its prompts and checks, if there is one.
pub(super) fn model_desk(settings: &Settings) -> Result<Option<ModelDesk>, SettingsError> {
    let Some(model) = language_model(settings)? else { return Ok(None) };
    let checks = Arc::new(model_checks(&settings.prompts.dir)?);
    Ok(Some(ModelDesk { model, checks, prompts: model_prompts(&settings.prompts.dir)? }))
}

/// The configured language model, if there is one.
pub fn language_model(settings: &Settings) -> Result<Option<Arc<dyn LanguageModel>>, SettingsError> {
    let section = &settings.language_model;
    let Some(provider) = section.provider.clone().filter(|provider| !provider.is_empty()) else { return Ok(None) };
    // What it is told and what its words are checked against must be there too.
    model_prompts(&settings.prompts.dir)?;
    model_checks(&settings.prompts.dir)?;
    let limits = Limits {
        connect: section.connect_timeout,
        first_token_late: section.first_token_late,
        first_token_max: section.first_token_max,
        between_tokens_max: section.between_tokens_max,
    };
    let (base_url, api_key, model) = (section.base_url.clone(), section.api_key.clone(), section.model.clone());
    make_model(&ModelSettings { provider, base_url, api_key, model, limits })
        .map(Some)
        .map_err(|error| SettingsError::new(error.to_string()))
}

/// The configured CRM connectors.
pub fn connectors(settings: &Settings) -> Result<Vec<Arc<dyn CrmConnector>>, SettingsError> {
    let sections = &settings.crm.connectors;
    for (index, section) in sections.iter().enumerate() {
        if sections[..index].iter().any(|other| other.name == section.name) {
            let name = &section.name;
            return Err(SettingsError::new(format!("crm.connectors: two are called `{name}`; give each its own name")));
        }
    }
    sections
        .iter()
        .map(|section| {
            make_connector(&connector_settings(section)).map_err(|error| SettingsError::new(error.to_string()))
        })
        .collect()
}

fn connector_settings(section: &ConnectorSection) -> ConnectorSettings {
    let secret = match (&section.secret, &section.secret_before) {
        (Some(secret), Some(before)) => Some(format!("{} {}", secret.expose_secret(), before.expose_secret()).into()),
        (secret, _) => secret.clone(),
    };
    ConnectorSettings {
        kind: section.kind.clone(),
        name: section.name.clone(),
        url: section.url.clone(),
        base_url: section.base_url.clone(),
        secret,
        token: section.token.clone(),
        email: section.email.clone(),
        client_id: section.client_id.clone(),
        client_secret: section.client_secret.clone(),
        refresh_token: section.refresh_token.clone(),
        leave_out: section.leave_out.clone(),
        tickets_for: section.tickets_for.clone(),
        fields: section.fields.clone(),
        options: section.options.clone(),
        requests_per_minute: section.requests_per_minute,
        link_base_url: section.link_base_url.clone(),
        allow_private_addresses: section.allow_private_addresses,
        ..ConnectorSettings::default()
    }
}
