//! The sections of the settings, each with its defaults.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use secrecy::SecretString;
use serde::Deserialize;

use super::lists::{addresses, numbers};
use crate::adapters::language_model::Limits;
use crate::adapters::telephony::twilio::MachineDetection;
use crate::domain::call::{CallSettings, Disposition};
use crate::domain::retention::KeptDays;
use crate::domain::values::PhoneNumber;
use crate::runtime::heartbeat::GONE_AFTER;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    pub listen: SocketAddr,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "addresses")]
    pub trusted_proxies: Vec<IpAddr>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// How long calls in progress may go on after SIGTERM.
    #[serde(with = "duration")]
    pub drain_timeout: Duration,
    /// Calls at once; the next one is told that we are busy.
    pub calls_max: usize,
    /// A server that has not been heard of for so long is gone, and the others see to what it left.
    #[serde(with = "duration")]
    pub node_timeout: Duration,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// A filter such as `info` or `doorstep=debug,info`.
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    pub auto_migrate: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// An admin bearer token, for automation and for making the first named tokens.
    pub bootstrap_token: Option<SecretString>,
    /// How long a console session lasts.
    #[serde(with = "duration")]
    pub session_lifetime: Duration,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelSettings {
    pub dir: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromptSettings {
    pub dir: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordingSettings {
    /// Calls are recorded, and the caller is told so.
    pub enabled: bool,
    pub dir: PathBuf,
}

/// Days after the end of a call; 0 keeps for ever.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    pub audio_days: u32,
    /// Transcript, facts heard, and the caller's own words.
    pub transcript_days: u32,
    /// Everything else of a call.
    pub metadata_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelephonySettings {
    /// Silence on a media socket, not even a message, after which the line is taken for dead.
    #[serde(with = "duration")]
    pub media_timeout: Duration,
    pub twilio: Option<TwilioSection>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioSection {
    pub account_sid: String,
    pub auth_token: SecretString,
    #[serde(default, deserialize_with = "numbers")]
    pub from_numbers: Vec<PhoneNumber>,
    /// Where Twilio reaches us. An `http://` one gives a `ws://` stream, for loopback.
    pub public_url: String,
    #[serde(default = "twilio_api_base_url")]
    pub api_base_url: String,
    /// Whether and how Twilio is to hear who picks up.
    #[serde(default)]
    pub machine_detection: MachineDetection,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpeechToTextSettings {
    pub provider: String,
    /// What `fake` hears, one stretch of speech after the other; the last again and again.
    pub hears: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SentenceEncoderSettings {
    /// `embedded`, or `none` to understand callers by their words alone.
    pub provider: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TextToSpeechSettings {
    /// `embedded`, `flite` or `fake`.
    pub provider: String,
    /// Spoken phrases that are not personal are kept here between starts.
    pub cache_dir: PathBuf,
    pub cache_memory_mb: usize,
    /// Says what `provider` fails to say; not used beside `flite` and `fake`.
    pub spare: String,
}

/// A language that is spoken beside the shop's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LanguageSection {
    /// `flite` or `fake`.
    pub text_to_speech: String,
    /// Which of the provider's voices: for `flite` the path of a `.flitevox` file.
    pub voice: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceActivitySettings {
    /// `silero`, or `gate` to trust the WebRTC gate alone.
    pub provider: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InferenceSettings {
    /// Threads for speech models. 0: one for each processor.
    pub threads: usize,
}

/// For a language model, which nothing needs: everything works without one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LanguageModelSettings {
    /// `openai` for everything that speaks its format, or `anthropic`.
    pub provider: Option<String>,
    pub base_url: Option<String>,
    pub api_key: Option<SecretString>,
    pub model: Option<String>,
    /// Something that may be spoken must have come by now, counted from the end of the caller's turn.
    #[serde(with = "duration")]
    pub first_sentence_max: Duration,
    #[serde(with = "duration")]
    pub connect_timeout: Duration,
    /// Without a word for this long, the caller gets one of patience.
    #[serde(with = "duration")]
    pub first_token_late: Duration,
    /// Without a word for this long, the reply is given up.
    #[serde(with = "duration")]
    pub first_token_max: Duration,
    #[serde(with = "duration")]
    pub between_tokens_max: Duration,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShopSettings {
    pub id: String,
    pub name: String,
    pub callback_number: PhoneNumber,
    pub website_spoken: String,
    /// A file of `locales` in the folder of the prompts, such as `en-IN`: how numbers, days and money are said where no customer is known.
    pub locale: String,
    pub time_zone: String,
    pub emergency_number_spoken: String,
    pub human_callback_within_hours: u32,
    /// Whether callers whose matter is done are asked how the call was, from one to five.
    pub ask_call_score: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CrmSettings {
    pub connectors: Vec<ConnectorSection>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorSection {
    pub kind: String,
    pub name: String,
    pub url: Option<String>,
    pub base_url: Option<String>,
    pub secret: Option<SecretString>,
    /// The secret before this one, while receivers change over.
    pub secret_before: Option<SecretString>,
    pub token: Option<SecretString>,
    pub email: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    #[serde(default)]
    pub leave_out: Vec<String>,
    pub tickets_for: Option<Vec<Disposition>>,
    /// By record: a vendor's fields, each with the outcome's field it takes.
    #[serde(default)]
    pub fields: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    pub requests_per_minute: Option<u32>,
    pub link_base_url: Option<String>,
    #[serde(default)]
    pub allow_private_addresses: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), trusted_proxies: Vec::new() }
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { drain_timeout: Duration::from_secs(120), calls_max: 1_000, node_timeout: GONE_AFTER }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { filter: "info,ort=warn,sqlx=warn".to_owned(), format: LogFormat::Text }
    }
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { url: "sqlite://var/doorstep.db".to_owned(), auto_migrate: true }
    }
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self { bootstrap_token: None, session_lifetime: Duration::from_secs(12 * 60 * 60) }
    }
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self { dir: "var/models".into() }
    }
}

impl Default for PromptSettings {
    fn default() -> Self {
        Self { dir: "prompts".into() }
    }
}

impl Default for RecordingSettings {
    fn default() -> Self {
        Self { enabled: true, dir: "var/recordings".into() }
    }
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { audio_days: 30, transcript_days: 90, metadata_days: 400 }
    }
}

impl RetentionSettings {
    pub fn kept_days(&self) -> KeptDays {
        let days = |days: u32| (days != 0).then_some(days);
        KeptDays {
            audio: days(self.audio_days),
            transcript: days(self.transcript_days),
            metadata: days(self.metadata_days),
        }
    }
}

impl Default for TelephonySettings {
    fn default() -> Self {
        Self { media_timeout: Duration::from_secs(15), twilio: None }
    }
}

impl Default for SpeechToTextSettings {
    fn default() -> Self {
        Self { provider: "embedded".to_owned(), hears: Vec::new() }
    }
}

impl Default for SentenceEncoderSettings {
    fn default() -> Self {
        Self { provider: "embedded".to_owned() }
    }
}

impl Default for TextToSpeechSettings {
    fn default() -> Self {
        Self {
            provider: "embedded".to_owned(),
            cache_dir: "var/phrases".into(),
            cache_memory_mb: 128,
            spare: "flite".to_owned(),
        }
    }
}

impl Default for VoiceActivitySettings {
    fn default() -> Self {
        Self { provider: "silero".to_owned() }
    }
}

impl Default for LanguageModelSettings {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            provider: None,
            base_url: None,
            api_key: None,
            model: None,
            first_sentence_max: CallSettings::default().model_first_sentence,
            connect_timeout: limits.connect,
            first_token_late: limits.first_token_late,
            first_token_max: limits.first_token_max,
            between_tokens_max: limits.between_tokens_max,
        }
    }
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self {
            id: "demo".to_owned(),
            name: "Kora Home".to_owned(),
            callback_number: "+918045678900".parse().expect("the default number is E.164"),
            website_spoken: "kora home dot example".to_owned(),
            locale: "en-IN".to_owned(),
            time_zone: "Asia/Kolkata".to_owned(),
            emergency_number_spoken: "one one two".to_owned(),
            human_callback_within_hours: 4,
            ask_call_score: false,
        }
    }
}

fn twilio_api_base_url() -> String {
    "https://api.twilio.com".to_owned()
}
