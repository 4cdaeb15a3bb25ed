//! What a simulated call was like, heard from the carrier's side.

use std::path::Path;

use serde::Serialize;

use super::playout::Underruns;

/// How a call ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum CallEnd {
    /// The script came to its end or hung up.
    #[default]
    CallerHungUp,
    /// The script pulled the plug.
    CallerDropped,
    /// The script waited in vain for the agent.
    AgentTooSilent,
    /// The server closed the media socket.
    AgentClosed { code: Option<u16> },
    /// The server ended the call over REST.
    AgentHungUp,
    /// The server sent the call elsewhere over REST.
    Redirected { document: String },
    /// The call ran into the carrier's own limit.
    TimeLimit,
    /// The server turned the call away in its answer document.
    TurnedAway { document: String },
    /// The server could not be talked to; the text says what failed.
    Failed { reason: String },
}

/// One time the caller spoke, and what followed. Times are since the stream began, as the wire has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TurnReport {
    pub caller_from_ms: u64,
    /// When the last frame with speech was sent. None: the call ended before.
    pub caller_to_ms: Option<u64>,
    /// When the first audible frame of the answer was played.
    pub agent_from_ms: Option<u64>,
    /// From the caller's last speech to the agent's first, on a grid of 20 ms.
    pub latency_ms: Option<u64>,
    pub interruption: Interruption,
}

/// Who spoke into whose words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "who")]
pub enum Interruption {
    #[default]
    Nobody,
    /// The caller barged in; how long the agent was still heard. None: to the end of the call.
    Caller { agent_silent_after_ms: Option<u64> },
    /// The agent began before the caller had finished.
    Agent,
}

/// A stretch of audible agent speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Burst {
    pub from_ms: u64,
    pub to_ms: u64,
}

/// Everything a simulated call tells.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallReport {
    pub call_id: String,
    pub end: CallEnd,
    /// From when the server was asked what to do with the call, which is when a phone was picked up, to the stream.
    pub opening_ms: u64,
    pub duration_ms: u64,
    pub turns: Vec<TurnReport>,
    pub agent_bursts: Vec<Burst>,
    pub underruns: Underruns,
    pub frames_sent: u64,
    pub media_messages_received: u64,
    pub marks_echoed: u64,
    pub clears: u64,
    pub frames_lost: u64,
    pub frames_repeated: u64,
    pub frames_late: u64,
    /// What the server sent against the protocol; the first few.
    pub violations: Vec<String>,
    /// Status callbacks the server did not accept.
    pub callbacks_refused: u32,
    /// At 8 kHz, as sent and as played, sample for sample beside each other.
    #[serde(skip)]
    pub caller_audio: Vec<i16>,
    #[serde(skip)]
    pub agent_audio: Vec<i16>,
}

impl CallReport {
    /// From the moment the phone was picked up to the agent's first word, in ms. None: nothing was heard.
    pub fn first_word_ms(&self) -> Option<u64> {
        self.agent_bursts.first().map(|burst| self.opening_ms + burst.from_ms)
    }

    /// Writes both sides as a stereo WAV file: caller left, agent right.
    ///
    /// Errors: the file cannot be written.
    pub fn write_wav(&self, path: &Path) -> Result<(), hound::Error> {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec)?;
        for (caller, agent) in self.caller_audio.iter().zip(&self.agent_audio) {
            writer.write_sample(*caller)?;
            writer.write_sample(*agent)?;
        }
        writer.finalize()
    }
}
