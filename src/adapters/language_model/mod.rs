//! Language models. None is needed: everything works without one.

pub mod anthropic;
mod client;
mod decoder;
pub mod fake;
pub mod openai;
mod sse;
mod think;
mod vendor;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use crate::ports::language_model::LanguageModel;
use client::HttpModel;
pub use decoder::StreamDecoder;

/// How long each step of a reply may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub connect: Duration,
    /// After this the caller deserves a word of patience.
    pub first_token_late: Duration,
    /// After this the reply is given up, retry included.
    pub first_token_max: Duration,
    pub between_tokens_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            first_token_late: Duration::from_millis(1_200),
            first_token_max: Duration::from_secs(4),
            between_tokens_max: Duration::from_secs(2),
        }
    }
}

/// One configured model, as the settings have it.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// One of [`PROVIDERS`].
    pub provider: String,
    /// Where it is, when that is not the vendor's own address.
    pub base_url: Option<String>,
    pub api_key: Option<SecretString>,
    /// As the vendor calls it.
    pub model: Option<String>,
    pub limits: Limits,
}

/// A setting of the model that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("language_model.{key}: {remedy}")]
pub struct InvalidModel {
    pub key: &'static str,
    pub remedy: String,
}

impl InvalidModel {
    fn new(key: &'static str, remedy: impl Into<String>) -> Self {
        Self { key, remedy: remedy.into() }
    }
}

type MakeModel = fn(&ModelSettings) -> Result<Arc<dyn LanguageModel>, InvalidModel>;

/// Every provider.
pub const PROVIDERS: &[(&str, MakeModel)] =
    &[("openai", make_openai), ("anthropic", make_anthropic), ("fake", fake::make_model)];

/// Makes the model that the settings describe.
///
/// Order: after the TLS provider of the process is installed.
/// Errors: [`InvalidModel`] names the key and what to write there.
pub fn make_model(settings: &ModelSettings) -> Result<Arc<dyn LanguageModel>, InvalidModel> {
    let known = || PROVIDERS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let (_, make) = PROVIDERS.iter().find(|(name, _)| *name == settings.provider).ok_or_else(|| {
        let provider = &settings.provider;
        InvalidModel::new("provider", format!("no provider is called `{provider}`; write one of {}", known()))
    })?;
    make(settings)
}

fn make_openai(settings: &ModelSettings) -> Result<Arc<dyn LanguageModel>, InvalidModel> {
    let base_url = base_url(settings, openai::BASE_URL)?;
    let is_official = base_url.host_str() == Some("api.openai.com");
    let key = if is_official { Some(needed_key(settings)?) } else { settings.api_key.clone() };
    http_model(settings, Box::new(openai::OpenAi { is_official }), base_url, key)
}

fn make_anthropic(settings: &ModelSettings) -> Result<Arc<dyn LanguageModel>, InvalidModel> {
    let key = needed_key(settings)?;
    let mut base_url = base_url(settings, anthropic::BASE_URL)?;
    // Written with the version by those who know other vendors; here it is part of each path.
    if let Some(above) = base_url.path().trim_end_matches('/').strip_suffix("/v1").map(str::to_owned) {
        base_url.set_path(&above);
    }
    http_model(settings, Box::new(anthropic::Anthropic), base_url, Some(key))
}

fn http_model(
    settings: &ModelSettings,
    vendor: Box<dyn vendor::Vendor>,
    base_url: Url,
    key: Option<SecretString>,
) -> Result<Arc<dyn LanguageModel>, InvalidModel> {
    let model = settings.model.clone().filter(|model| !model.is_empty());
    let model = model.ok_or_else(|| InvalidModel::new("model", "is missing; write the vendor's name of a model"))?;
    let name = format!("{}/{model}", settings.provider);
    Ok(Arc::new(HttpModel::new(name, vendor, base_url, key, model, settings.limits)?))
}

fn needed_key(settings: &ModelSettings) -> Result<SecretString, InvalidModel> {
    let remedy = "is missing; write the vendor's key, best as DOORSTEP_LANGUAGE_MODEL__API_KEY";
    settings.api_key.clone().ok_or_else(|| InvalidModel::new("api_key", remedy))
}

fn base_url(settings: &ModelSettings, usual: &str) -> Result<Url, InvalidModel> {
    let invalid = || InvalidModel::new("base_url", "write a URL such as http://127.0.0.1:8000/v1");
    let text = settings.base_url.as_deref().unwrap_or(usual);
    let url = Url::parse(text).map_err(|_| invalid())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(url) } else { Err(invalid()) }
}
