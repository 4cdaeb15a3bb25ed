//! The console's own test call: 16 kHz samples in binary frames, control in small JSON messages.
//!
//! There is no carrier behind it: no webhooks, no REST, and the browser plays what it is sent.

use std::time::Duration;

use serde::Deserialize;

use crate::domain::values::Personal;
use crate::ports::telephony::{
    Capabilities, ClearSupport, MarkSupport, MediaCodec, MediaEvent, MediaFault, Pacing, StreamOpened, WireBuffer,
    WireKind, WireMessage,
};

pub(super) const NAME: &str = "browser";
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// 20 ms at 16 kHz.
const FRAME_SAMPLES: usize = 320;
const SAMPLES_PER_MS: u64 = 16;
const BYTES_PER_SAMPLE: usize = 2;

pub(super) static CAPABILITIES: Capabilities = Capabilities {
    sample_rate_hz: 16_000,
    marks: MarkSupport::EchoedOnClear,
    clear: ClearSupport::Native,
    pacing: Pacing::ProviderQueue,
    lead_max: Duration::from_secs(2),
    has_dtmf_in: true,
    has_answering_machine_detection: false,
    needs_rest_for_hangup: false,
    needs_rest_for_transfer: false,
};

/// What the console sends as text.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Control {
    Start {
        token: Personal<String>,
    },
    Dtmf {
        digit: char,
    },
    Mark {
        name: String,
    },
    Stop,
    #[serde(other)]
    Unknown,
}

/// The codec of one test call.
#[derive(Default)]
pub struct BrowserCodec {
    stage: Stage,
    samples: Vec<i16>,
    samples_heard: u64,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Waiting,
    Open,
    Stopped,
}

impl BrowserCodec {
    pub fn new() -> Self {
        Self::default()
    }

    /// What the console's player can do.
    pub fn capabilities() -> &'static Capabilities {
        &CAPABILITIES
    }

    fn on_audio(&mut self, bytes: &[u8], on_event: &mut dyn FnMut(MediaEvent<'_>)) -> Result<(), MediaFault> {
        self.expect_open()?;
        if !bytes.len().is_multiple_of(BYTES_PER_SAMPLE) {
            return Err(MediaFault::BadShape);
        }
        self.samples.clear();
        self.samples.extend(bytes.chunks_exact(BYTES_PER_SAMPLE).map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
        let media_time_ms = self.samples_heard / SAMPLES_PER_MS;
        self.samples_heard += self.samples.len() as u64;
        on_event(MediaEvent::Audio { media_time_ms, samples: &self.samples });
        Ok(())
    }

    fn on_control(&mut self, text: &str, on_event: &mut dyn FnMut(MediaEvent<'_>)) -> Result<(), MediaFault> {
        match serde_json::from_str(text).map_err(|_| MediaFault::BadShape)? {
            Control::Start { token } => self.on_start(token, on_event),
            Control::Dtmf { digit } => {
                self.expect_open()?;
                if !matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D') {
                    return Err(MediaFault::BadShape);
                }
                on_event(MediaEvent::Dtmf { digit });
                Ok(())
            }
            Control::Mark { name } => {
                self.expect_open()?;
                on_event(MediaEvent::MarkEchoed { name: &name });
                Ok(())
            }
            Control::Stop => {
                self.stage = Stage::Stopped;
                on_event(MediaEvent::Closed);
                Ok(())
            }
            Control::Unknown => Err(MediaFault::UnknownEvent),
        }
    }

    fn on_start(
        &mut self,
        token: Personal<String>,
        on_event: &mut dyn FnMut(MediaEvent<'_>),
    ) -> Result<(), MediaFault> {
        if self.stage != Stage::Waiting {
            return Err(MediaFault::WrongOrder);
        }
        self.stage = Stage::Open;
        on_event(MediaEvent::Opened(Box::new(StreamOpened { token: Some(token), ..StreamOpened::default() })));
        Ok(())
    }

    fn expect_open(&self) -> Result<(), MediaFault> {
        if self.stage == Stage::Open { Ok(()) } else { Err(MediaFault::WrongOrder) }
    }
}

impl MediaCodec for BrowserCodec {
    fn decode(&mut self, message: WireMessage<'_>, on_event: &mut dyn FnMut(MediaEvent<'_>)) -> Result<(), MediaFault> {
        let length = match message {
            WireMessage::Text(text) => text.len(),
            WireMessage::Binary(bytes) => bytes.len(),
        };
        if length > MESSAGE_BYTES_MAX {
            return Err(MediaFault::TooLarge);
        }
        if self.stage == Stage::Stopped {
            return Ok(());
        }
        match message {
            WireMessage::Text(text) => self.on_control(text, on_event),
            WireMessage::Binary(bytes) => self.on_audio(bytes, on_event),
        }
    }

    fn encode_audio(&mut self, samples: &[i16], out: &mut WireBuffer) {
        out.kind = WireKind::Binary;
        out.binary.clear();
        out.binary.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        let whole_frames = samples.len().next_multiple_of(FRAME_SAMPLES);
        out.binary.resize(whole_frames * BYTES_PER_SAMPLE, 0);
    }

    fn encode_mark(&mut self, name: &str, out: &mut WireBuffer) {
        let name = serde_json::to_string(name).expect("a string is always valid JSON");
        write_text(out, &format!(r#"{{"type":"mark","name":{name}}}"#));
    }

    fn encode_clear(&mut self, out: &mut WireBuffer) {
        write_text(out, r#"{"type":"clear"}"#);
    }
}

pub(super) fn media_codec() -> Box<dyn MediaCodec> {
    Box::new(BrowserCodec::new())
}

fn write_text(out: &mut WireBuffer, text: &str) {
    out.kind = WireKind::Text;
    out.text.clear();
    out.text.push_str(text);
}

#[cfg(test)]
mod tests;
