//! Which recogniser, voice and judge of voices the settings name.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::adapters::inference::InferencePool;
use crate::adapters::sentence_encoder::UnderstoodRecogniser;
use crate::adapters::sentence_encoder::minilm::MiniLm;
use crate::adapters::speech_to_text::embedded::EmbeddedRecogniser;
use crate::adapters::speech_to_text::fake::FakeRecogniser;
use crate::adapters::text_to_speech::embedded::EmbeddedVoice;
use crate::adapters::text_to_speech::fake::FakeVoice;
use crate::adapters::text_to_speech::flite::{FliteVoice, SPARE_VOICE};
use crate::adapters::voice_activity::{SileroJudge, TrustGate};
use crate::config::{LanguageSection, Settings, SettingsError};
use crate::ports::speech_to_text::SpeechToText;
use crate::ports::text_to_speech::TextToSpeech;
use crate::ports::voice_activity::VoiceJudge;

/// `flite` processes at once: one for each of two cores.
const FLITE_PROCESSES: usize = 2;

/// The ports of hearing and speaking.
#[derive(Clone)]
pub struct Speech {
    pub recogniser: Arc<dyn SpeechToText>,
    pub voice: Arc<dyn TextToSpeech>,
    /// Says what `voice` fails to say.
    pub spare_voice: Option<Arc<dyn TextToSpeech>>,
    /// Of the languages beside the shop's own, by language.
    pub other_voices: BTreeMap<String, Arc<dyn TextToSpeech>>,
    pub judge: Arc<dyn VoiceJudge>,
}

impl Speech {
    /// Loads what the settings name.
    ///
    /// Errors: a provider nobody knows, or a model that is missing; the line names the remedy.
    pub fn load(settings: &Settings) -> Result<Self, SettingsError> {
        let models = &settings.models.dir;
        let threads = match settings.inference.threads {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            threads => threads,
        };
        let needs_models =
            [&settings.speech_to_text.provider, &settings.text_to_speech.provider, &settings.sentence_encoder.provider]
                .map(|provider| provider == "embedded");
        let pool = needs_models.contains(&true).then(|| Arc::new(InferencePool::new(threads)));
        let unknown = |key: &str, provider: &str, known: &str| {
            SettingsError::new(format!("{key}: no provider is called `{provider}`; write one of {known}"))
        };
        let recogniser: Arc<dyn SpeechToText> = match (settings.speech_to_text.provider.as_str(), &pool) {
            ("fake", _) if settings.speech_to_text.hears.is_empty() => Arc::new(FakeRecogniser::default()),
            ("fake", _) => {
                let texts: Vec<&str> = settings.speech_to_text.hears.iter().map(String::as_str).collect();
                Arc::new(FakeRecogniser::hearing(&texts))
            }
            ("embedded", Some(pool)) => Arc::new(
                EmbeddedRecogniser::load(models, Arc::clone(pool), threads)
                    .map_err(|e| missing_model("speech_to_text", &e))?
                    .knowing(super::sayings(&settings.prompts.dir)?.iter().map(String::as_str)),
            ),
            (other, _) => return Err(unknown("speech_to_text.provider", other, "embedded, fake")),
        };
        let recogniser = match (settings.sentence_encoder.provider.as_str(), &pool) {
            ("none", _) => recogniser,
            ("embedded", Some(pool)) => understood(recogniser, models, pool, threads),
            (other, _) => return Err(unknown("sentence_encoder.provider", other, "embedded, none")),
        };
        let voice: Arc<dyn TextToSpeech> = match (settings.text_to_speech.provider.as_str(), &pool) {
            ("fake", _) => Arc::new(FakeVoice::new()),
            ("flite", _) => Arc::new(
                FliteVoice::start("flite", SPARE_VOICE, super::locales(settings)?.home(), FLITE_PROCESSES)
                    .map_err(|e| missing_model("text_to_speech", &e))?,
            ),
            ("embedded", Some(pool)) => {
                let pronunciations = settings.prompts.dir.join("pronunciations.toml");
                Arc::new(
                    EmbeddedVoice::load(
                        models,
                        &pronunciations,
                        super::locales(settings)?.home(),
                        Arc::clone(pool),
                        threads,
                    )
                    .map_err(|e| missing_model("text_to_speech", &e))?,
                )
            }
            (other, _) => return Err(unknown("text_to_speech.provider", other, "embedded, flite, fake")),
        };
        let judge: Arc<dyn VoiceJudge> = match settings.voice_activity.provider.as_str() {
            "silero" => Arc::new(SileroJudge::load(models).map_err(|e| missing_model("voice_activity", &e))?),
            "gate" => Arc::new(TrustGate),
            other => return Err(unknown("voice_activity.provider", other, "silero, gate")),
        };
        Ok(Self {
            recogniser,
            voice,
            spare_voice: spare_voice(settings)?,
            other_voices: other_voices(settings)?,
            judge,
        })
    }
}

/// None where the program is missing: the voice does without.
fn spare_voice(settings: &Settings) -> Result<Option<Arc<dyn TextToSpeech>>, SettingsError> {
    match (settings.text_to_speech.provider.as_str(), settings.text_to_speech.spare.as_str()) {
        ("fake" | "flite", _) | (_, "none") => Ok(None),
        (_, "flite") => {
            match FliteVoice::start("flite", SPARE_VOICE, super::locales(settings)?.home(), FLITE_PROCESSES) {
                Ok(voice) => Ok(Some(Arc::new(voice))),
                Err(error) => {
                    tracing::warn!(%error, "there is no spare voice: install flite, or set text_to_speech.spare to none");
                    Ok(None)
                }
            }
        }
        (_, other) => Err(SettingsError::new(format!(
            "text_to_speech.spare: no spare voice is called `{other}`; write flite or none"
        ))),
    }
}

/// The recogniser with sentence vectors; without the encoder's model calls are understood by their words alone.
fn understood(
    recogniser: Arc<dyn SpeechToText>,
    models: &Path,
    pool: &Arc<InferencePool>,
    threads: usize,
) -> Arc<dyn SpeechToText> {
    match MiniLm::load(models, threads) {
        Ok(encoder) => Arc::new(UnderstoodRecogniser::new(recogniser, Arc::new(encoder), Arc::clone(pool))),
        Err(error) => {
            tracing::warn!(%error, "callers are understood by their words alone: fetch the models, or set models.dir");
            recogniser
        }
    }
}

/// The voices of the languages that the settings name beside the shop's own.
fn other_voices(settings: &Settings) -> Result<BTreeMap<String, Arc<dyn TextToSpeech>>, SettingsError> {
    let locales = super::locales(settings)?;
    let voice = |(language, section): (&String, &LanguageSection)| {
        let key = |key: &str| format!("languages.{language}.{key}");
        let locale = locales.of_customer(Some(language), "");
        let voice: Arc<dyn TextToSpeech> = match section.text_to_speech.as_str() {
            "fake" => Arc::new(FakeVoice::new()),
            "flite" => {
                let name = section.voice.as_deref().filter(|name| !name.is_empty());
                let name = name.ok_or_else(|| {
                    SettingsError::new(format!(
                        "{}: it is missing; name a .flitevox file of the language",
                        key("voice")
                    ))
                })?;
                let started = FliteVoice::start("flite", name, locale, FLITE_PROCESSES);
                Arc::new(started.map_err(|error| missing_model(&key("text_to_speech"), &error))?)
            }
            "" => {
                let key = key("text_to_speech");
                return Err(SettingsError::new(format!(
                    "{key}: no voice is named; write flite or fake, or take the section out"
                )));
            }
            other => {
                let key = key("text_to_speech");
                return Err(SettingsError::new(format!(
                    "{key}: no provider of this language is called `{other}`; write flite or fake"
                )));
            }
        };
        Ok((language.clone(), voice))
    };
    let home = locales.home().language();
    if settings.languages.contains_key(home) {
        let line =
            format!("languages.{home}: the shop's own language is spoken by text_to_speech; take the section out");
        return Err(SettingsError::new(line));
    }
    settings.languages.iter().map(voice).collect()
}

pub(super) fn missing_model(section: &str, error: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::new(format!(
        "{section}: {error}; fetch the models with `scripts/setup.sh models`, or set models.dir"
    ))
}
