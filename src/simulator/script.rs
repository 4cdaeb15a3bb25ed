//! What a simulated caller does, step by step.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::background::Background;
use super::clip::Clip;
use super::director::{Director, SharedDirector};

/// One thing the caller does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Plays a recording: mono 16-bit, its rate a multiple of 8 kHz.
    SayWav {
        path: PathBuf,
    },
    /// Plays samples.
    Say {
        samples: Vec<i16>,
        sample_rate_hz: u32,
    },
    /// Waits until the agent has spoken since the caller last did, and been quiet for so long.
    WaitForAgent {
        silence_ms: u64,
    },
    /// Waits until the agent has been speaking for so long: a barge-in may follow.
    WaitForAgentSpeaking {
        speech_ms: u64,
    },
    Silence {
        ms: u64,
    },
    Dtmf {
        digit: char,
    },
    /// Ends the call properly.
    HangUp,
    /// Cuts the connection without a word.
    Drop,
}

/// A caller: the steps, then hanging up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallerScript {
    pub steps: Vec<Step>,
    /// How long a step may wait for the agent before the caller gives up.
    #[serde(default = "default_patience")]
    pub patience: Duration,
}

fn default_patience() -> Duration {
    Duration::from_secs(15)
}

impl CallerScript {
    pub fn new(steps: Vec<Step>) -> Self {
        Self { steps, patience: default_patience() }
    }

    /// Makes everything that is said ready for the wire.
    ///
    /// Errors: a recording is missing or of the wrong kind; the text says which and how.
    pub fn prepare(&self) -> Result<PreparedScript, String> {
        let steps = self.steps.iter().map(prepare_step).collect::<Result<_, _>>()?;
        let patience_ms = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX);
        Ok(PreparedScript { steps, patience_ms, director: None, background: None })
    }
}

/// A script with its recordings read.
#[derive(Clone, Debug)]
pub struct PreparedScript {
    pub(super) steps: Vec<PreparedStep>,
    pub(super) patience_ms: u64,
    /// Decides what follows the steps. None: the caller hangs up.
    pub(super) director: Option<SharedDirector>,
    pub(super) background: Option<Background>,
}

impl PreparedScript {
    /// A caller whose every step is decided during the call.
    pub fn directed(director: impl Director + 'static) -> Self {
        let director = Some(SharedDirector::new(director));
        Self { steps: Vec::new(), patience_ms: u64::MAX, director, background: None }
    }

    /// Does these steps, then those of `next`.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        self.steps.extend(next.steps);
        self
    }

    /// The same caller with a noise around them.
    #[must_use]
    pub fn with_background(self, background: Background) -> Self {
        Self { background: Some(background), ..self }
    }
}

#[derive(Clone, Debug)]
pub(super) enum PreparedStep {
    Say(Clip),
    WaitForAgent { silence_ms: u64 },
    WaitForAgentSpeaking { speech_ms: u64 },
    Silence { ms: u64 },
    Dtmf(char),
    HangUp,
    Drop,
}

fn prepare_step(step: &Step) -> Result<PreparedStep, String> {
    Ok(match step {
        Step::SayWav { path } => PreparedStep::Say(Clip::from_wav(path)?),
        Step::Say { samples, sample_rate_hz } => PreparedStep::Say(Clip::from_samples(samples, *sample_rate_hz)?),
        Step::WaitForAgent { silence_ms } => PreparedStep::WaitForAgent { silence_ms: *silence_ms },
        Step::WaitForAgentSpeaking { speech_ms } => PreparedStep::WaitForAgentSpeaking { speech_ms: *speech_ms },
        Step::Silence { ms } => PreparedStep::Silence { ms: *ms },
        Step::Dtmf { digit } => PreparedStep::Dtmf(*digit),
        Step::HangUp => PreparedStep::HangUp,
        Step::Drop => PreparedStep::Drop,
    })
}
