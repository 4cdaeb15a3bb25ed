//! Typed settings: read from one file and the environment, checked once at start, unknown keys refused.

mod call_times;
mod commerce;
mod dialler;
mod figures;
mod handover;
mod lists;
mod outreach;
mod sections;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

use serde::Deserialize;

use crate::domain::dialogue::ShopProfile;

pub use call_times::CallTimes;
pub use commerce::{CommerceSettings, SourceSection};
pub use dialler::DiallerSection;
pub use figures::{CostSection, FigureSettings};
pub use handover::{HandoverSection, TargetKind, TargetSection};
pub use outreach::{EvidenceSettings, MessagingSettings, OutreachSettings, PaymentLinkSection, SmsSection};
pub use sections::{
    AuthSettings, ConnectorSection, CrmSettings, HttpSettings, InferenceSettings, LanguageModelSettings,
    LanguageSection, LogFormat, LogSettings, ModelSettings, PromptSettings, RecordingSettings, RetentionSettings,
    SentenceEncoderSettings, ServerSettings, ShopSettings, SpeechToTextSettings, StoreSettings, TelephonySettings,
    TextToSpeechSettings, TwilioSection, VoiceActivitySettings,
};

/// The prefix of environment variables: `DOORSTEP_HTTP__LISTEN` overrides `http.listen`.
const ENVIRONMENT_PREFIX: &str = "DOORSTEP_";

/// Everything that can be set. Every key has a default except secrets.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub http: HttpSettings,
    pub server: ServerSettings,
    pub log: LogSettings,
    pub store: StoreSettings,
    pub auth: AuthSettings,
    pub models: ModelSettings,
    pub prompts: PromptSettings,
    pub recordings: RecordingSettings,
    pub retention: RetentionSettings,
    pub telephony: TelephonySettings,
    pub speech_to_text: SpeechToTextSettings,
    pub sentence_encoder: SentenceEncoderSettings,
    pub text_to_speech: TextToSpeechSettings,
    /// Languages that are spoken beside the shop's own, such as `hi`.
    pub languages: BTreeMap<String, LanguageSection>,
    pub voice_activity: VoiceActivitySettings,
    pub inference: InferenceSettings,
    pub language_model: LanguageModelSettings,
    pub shop: ShopSettings,
    pub crm: CrmSettings,
    pub commerce: CommerceSettings,
    pub call: CallTimes,
    pub outreach: OutreachSettings,
    pub dialler: DiallerSection,
    pub handover: HandoverSection,
    pub messaging: MessagingSettings,
    pub payment_link: Option<PaymentLinkSection>,
    pub evidence: EvidenceSettings,
    pub figures: FigureSettings,
}

impl Settings {
    /// What a call knows of the shop.
    pub fn shop_profile(&self) -> ShopProfile {
        let shop = &self.shop;
        ShopProfile {
            id: shop.id.clone(),
            name: shop.name.clone(),
            callback_number: shop.callback_number.clone(),
            website_spoken: shop.website_spoken.clone(),
            time_zone: shop.time_zone.clone(),
            emergency_number_spoken: shop.emergency_number_spoken.clone(),
            human_callback_within_hours: shop.human_callback_within_hours,
            asks_call_score: shop.ask_call_score,
            sends_payment_links: self.payment_link.is_some(),
        }
    }
}

/// A setting that cannot be used: one line that names it, where it stands, and the remedy.
#[derive(Debug)]
pub struct SettingsError {
    line: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl std::error::Error for SettingsError {}

impl SettingsError {
    pub fn new(line: impl Into<String>) -> Self {
        Self { line: line.into() }
    }
}

/// Reads `file`, then lets `environment` override it.
///
/// Errors: one line naming key, file or variable, and remedy.
pub fn load(file: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Result<Settings, SettingsError> {
    if !file.is_file() {
        return Err(SettingsError::new(format!(
            "{}: no such file; name another with --config, or create it (an empty file means all defaults)",
            file.display()
        )));
    }
    // A setting has at least two levels; other variables of ours are none of this function's business.
    let variables: HashMap<String, String> = environment
        .into_iter()
        .filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX) && name.contains("__"))
        .collect();
    let from_environment = config::Environment::with_prefix("DOORSTEP")
        .prefix_separator("_")
        .separator("__")
        // Parsing would turn the secret "00123" into the number 123.
        .try_parsing(false)
        .source(Some(variables.clone()));
    config::Config::builder()
        .add_source(config::File::from(file).format(config::FileFormat::Toml))
        .add_source(from_environment)
        .build()
        .and_then(config::Config::try_deserialize)
        .map_err(|error| {
            let reason = in_one_line(&error);
            let place = variables.keys().find(|name| is_blamed(name, &reason)).cloned();
            let place = place.unwrap_or_else(|| file.display().to_string());
            SettingsError::new(format!("{reason} ({place}; see config/doorstep.toml for every key)"))
        })
}

/// What is wrong, without the excerpt of the file: it may show a secret.
fn in_one_line(error: &config::ConfigError) -> String {
    let text = match error {
        config::ConfigError::FileParse { cause, .. } => cause.to_string(),
        other => other.to_string(),
    };
    let is_excerpt =
        |line: &&str| line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).starts_with('|');
    let lines: Vec<&str> = text.lines().filter(|line| !is_excerpt(line)).map(str::trim).collect();
    lines.join(": ")
}

/// Whether the reason speaks of the setting that this variable overrides.
fn is_blamed(variable: &str, reason: &str) -> bool {
    let path = variable.trim_start_matches(ENVIRONMENT_PREFIX).to_lowercase().replace("__", ".");
    let speaks_of = |key: &str| reason.contains(&format!("`{key}`"));
    let is_unknown = |key: &str| reason.contains(&format!("unknown field `{key}`"));
    let (section, key) = path.rsplit_once('.').unwrap_or(("", &path));
    speaks_of(&path)
        || (is_unknown(key) && speaks_of(section))
        || is_unknown(path.split('.').next().unwrap_or_default())
}
