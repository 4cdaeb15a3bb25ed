//! One media socket's audio, both ways: frames in, frames out, paced at 20 ms.

use std::sync::Arc;
use std::time::Duration;

use super::caller_ear::CallerEar;
use super::phrase_cache::Clip;
use super::playout_queue::{Marks, PlayoutFact, PlayoutQueue, PlayoutSink};
use super::recorder::Recording;
use crate::domain::audio::{Tone, UnsupportedRates, VoiceChange, frame_samples};
use crate::domain::values::{CallTime, UtteranceId};
use crate::ports::speech_to_text::SpeechToTextStream;
use crate::ports::telephony::{
    Capabilities, MarkSupport, MediaCodec, MediaEvent, MediaFault, StreamOpened, WireBuffer, WireMessage,
};
use crate::ports::voice_activity::VoiceStream;

/// Audio kept ahead of the playout clock: rides out a late tick, and is gone at once after a clear.
const LEAD: Duration = Duration::from_millis(200);

/// Caller frames that wait for the next recorded tick. When full, the oldest is dropped.
const CALLER_FRAMES_WAITING_MAX: usize = 10;

/// A sample beyond this is sound: a line that carries nothing holds zeroes, or the smallest step of its code.
const SOUND_MIN: u16 = 8;

/// A fact from the socket that concerns the call.
#[derive(Debug)]
pub enum BridgeFact {
    Opened(Box<StreamOpened>),
    /// The first sound of the caller's side, be it noise.
    Sound,
    Voice(VoiceChange),
    Tone(Tone),
    Key(char),
    Closed,
}

/// Messages to be sent, in buffers that are used again.
#[derive(Debug, Default)]
pub struct Outgoing {
    buffers: Vec<WireBuffer>,
    used: usize,
}

impl Outgoing {
    fn next(&mut self) -> &mut WireBuffer {
        if self.used == self.buffers.len() {
            self.buffers.push(WireBuffer::default());
        }
        self.used += 1;
        &mut self.buffers[self.used - 1]
    }

    pub fn messages(&self) -> &[WireBuffer] {
        &self.buffers[..self.used]
    }

    pub fn clear(&mut self) {
        self.used = 0;
    }
}

/// The audio of one call.
pub struct MediaBridge {
    codec: Box<dyn MediaCodec>,
    ear: CallerEar,
    playout: PlayoutQueue,
    recording: Option<Recording>,
    /// Caller samples that wait for the next recorded tick.
    caller_waiting: Vec<i16>,
    has_sound: bool,
    outgoing: Outgoing,
    frame: usize,
    rate_hz: u32,
}

struct Encoder<'a> {
    codec: &'a mut dyn MediaCodec,
    outgoing: &'a mut Outgoing,
}

impl PlayoutSink for Encoder<'_> {
    fn frame(&mut self, samples: &[i16]) {
        self.codec.encode_audio(samples, self.outgoing.next());
    }

    fn mark(&mut self, name: &str) {
        self.codec.encode_mark(name, self.outgoing.next());
    }

    fn clear(&mut self) {
        // What was encoded in this tick and not sent would be cleared unheard.
        self.outgoing.clear();
        self.codec.encode_clear(self.outgoing.next());
    }
}

impl MediaBridge {
    /// Errors: the provider's rate cannot be brought to the recogniser's.
    pub fn new(
        codec: Box<dyn MediaCodec>,
        capabilities: &Capabilities,
        judge: Box<dyn VoiceStream>,
        recogniser: Box<dyn SpeechToTextStream>,
        recording: Option<Recording>,
    ) -> Result<Self, UnsupportedRates> {
        let rate_hz = capabilities.sample_rate_hz;
        let frame = frame_samples(rate_hz);
        let marks = match capabilities.marks {
            MarkSupport::EchoedOnClear | MarkSupport::DroppedOnClear => Marks::Used,
            MarkSupport::None => Marks::Absent,
        };
        Ok(Self {
            codec,
            ear: CallerEar::new(rate_hz, judge, recogniser)?,
            playout: PlayoutQueue::new(rate_hz, LEAD.min(capabilities.lead_max), marks),
            recording,
            caller_waiting: Vec::with_capacity(frame * CALLER_FRAMES_WAITING_MAX),
            has_sound: false,
            outgoing: Outgoing::default(),
            frame,
            rate_hz,
        })
    }

    /// Listens for the tones of machines as well: for calls of ours.
    pub fn listen_for_tones(&mut self) {
        self.ear.listen_for_tones(self.rate_hz);
    }

    /// Takes one message off the wire.
    ///
    /// Errors: the message was no use; the stream may go on.
    pub fn on_wire(
        &mut self,
        now: CallTime,
        message: WireMessage<'_>,
        facts: &mut Vec<BridgeFact>,
    ) -> Result<(), MediaFault> {
        let Self { codec, ear, playout, recording, caller_waiting, has_sound, frame, .. } = self;
        let waiting_max = *frame * CALLER_FRAMES_WAITING_MAX;
        codec.decode(message, &mut |event| match event {
            MediaEvent::Opened(opened) => facts.push(BridgeFact::Opened(opened)),
            MediaEvent::Audio { samples, .. } => ear.push(now, samples, |frame, heard| {
                if !*has_sound && frame.iter().any(|sample| SOUND_MIN < sample.unsigned_abs()) {
                    *has_sound = true;
                    facts.push(BridgeFact::Sound);
                }
                if recording.is_some() {
                    if caller_waiting.len() + frame.len() > waiting_max {
                        caller_waiting.drain(..frame.len());
                    }
                    caller_waiting.extend_from_slice(frame);
                }
                facts.extend(heard.voice.map(BridgeFact::Voice));
                facts.extend(heard.tone.map(BridgeFact::Tone));
            }),
            MediaEvent::Gap { missing_ms, .. } => {
                metrics::counter!("doorstep_media_gap_ms_total").increment(u64::from(missing_ms));
            }
            MediaEvent::Dtmf { digit } => facts.push(BridgeFact::Key(digit)),
            MediaEvent::MarkEchoed { name } => playout.mark_echoed(name),
            MediaEvent::Closed => facts.push(BridgeFact::Closed),
        })
    }

    /// Plays and records 20 ms.
    pub fn tick(&mut self, now: CallTime) {
        let mut sink = Encoder { codec: self.codec.as_mut(), outgoing: &mut self.outgoing };
        let agent = self.playout.tick(now, &mut sink);
        if let Some(recording) = &mut self.recording {
            let caller = self.caller_waiting.get(..self.frame);
            let had_caller = caller.is_some();
            recording.push(self.frame, caller, agent);
            if had_caller {
                self.caller_waiting.drain(..self.frame);
            }
        }
    }

    pub fn queue(&mut self, utterance: UtteranceId, sentence: usize) {
        self.playout.push(utterance, sentence);
    }

    pub fn supply(&mut self, utterance: UtteranceId, sentence: usize, clip: Option<Arc<Clip>>) {
        self.playout.supply(utterance, sentence, clip);
    }

    pub fn pause(&mut self) {
        self.playout.pause(&mut Encoder { codec: self.codec.as_mut(), outgoing: &mut self.outgoing });
    }

    pub fn resume(&mut self) {
        self.playout.resume();
    }

    pub fn stop(&mut self) {
        self.playout.stop(&mut Encoder { codec: self.codec.as_mut(), outgoing: &mut self.outgoing });
    }

    pub fn is_playing(&self) -> bool {
        self.playout.is_playing()
    }

    pub fn drain_playout_facts(&mut self) -> std::vec::Drain<'_, PlayoutFact> {
        self.playout.drain_facts()
    }

    pub fn recogniser(&mut self) -> &mut dyn SpeechToTextStream {
        self.ear.recogniser()
    }

    pub fn ear(&self) -> &CallerEar {
        &self.ear
    }

    pub fn outgoing(&mut self) -> &mut Outgoing {
        &mut self.outgoing
    }

    /// Records from now on. What was said before is in no recording.
    pub fn record(&mut self, recording: Option<Recording>) {
        self.caller_waiting.clear();
        self.recording = recording;
    }

    /// Gives the recording away, to go on elsewhere.
    pub fn take_recording(&mut self) -> Option<Recording> {
        self.recording.take()
    }

    pub fn recording(&mut self) -> Option<&mut Recording> {
        self.recording.as_mut()
    }
}
