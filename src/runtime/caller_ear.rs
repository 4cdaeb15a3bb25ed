//! The caller's audio, frame by frame: voice detection, level, and the recogniser's feed.

use crate::domain::audio::{
    FRAME_MS, FrameCutter, FrameOpinion, Level, LevelMeter, StreamResampler, Tone, ToneDetector, UnsupportedRates,
    VoiceChange, VoiceDetector, VoiceGate, mean_power,
};
use crate::domain::values::CallTime;
use crate::ports::speech_to_text::SpeechToTextStream;
use crate::ports::voice_activity::VoiceStream;

/// What the judge of voices works at.
const JUDGE_RATE_HZ: u32 = 8_000;

/// Behind this the audio clock has lost frames and is set to now.
const CLOCK_LAG_MS_MAX: u64 = 300;

/// Machines make their tones when they pick up; later there is nothing to listen for.
const TONES_UNTIL: CallTime = CallTime::from_ms(60_000);

/// What a frame brought.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Heard {
    pub voice: Option<VoiceChange>,
    pub tone: Option<Tone>,
}

/// Listens to one caller. Allocates only when made.
pub struct CallerEar {
    cutter: FrameCutter,
    frames: FrameEar,
}

/// What is done with each whole frame.
struct FrameEar {
    gate: VoiceGate,
    judge: Box<dyn VoiceStream>,
    detector: VoiceDetector,
    level: LevelMeter,
    /// For who picks up a call of ours.
    tones: Option<ToneDetector>,
    to_judge: Option<StreamResampler>,
    to_recogniser: Option<StreamResampler>,
    recogniser: Box<dyn SpeechToTextStream>,
    judge_frame: Vec<i16>,
    /// The frame before, at the judge's rate: an onset often lies just before the gate opens.
    judge_frame_before: Vec<i16>,
    recogniser_frame: Vec<i16>,
    was_gate_open: bool,
    clock: CallTime,
}

impl CallerEar {
    /// Errors: a rate that cannot be brought to the recogniser's or the judge's.
    pub fn new(
        rate_hz: u32,
        judge: Box<dyn VoiceStream>,
        recogniser: Box<dyn SpeechToTextStream>,
    ) -> Result<Self, UnsupportedRates> {
        let resampler = |to_hz: u32| (to_hz != rate_hz).then(|| StreamResampler::new(rate_hz, to_hz)).transpose();
        Ok(Self {
            cutter: FrameCutter::new(rate_hz),
            frames: FrameEar {
                gate: VoiceGate::new(rate_hz),
                judge,
                detector: VoiceDetector::default(),
                level: LevelMeter::default(),
                tones: None,
                to_judge: resampler(JUDGE_RATE_HZ)?,
                to_recogniser: resampler(recogniser.sample_rate_hz())?,
                recogniser,
                judge_frame: Vec::with_capacity(320),
                judge_frame_before: Vec::with_capacity(320),
                recogniser_frame: Vec::with_capacity(320),
                was_gate_open: false,
                clock: CallTime::ZERO,
            },
        })
    }

    /// Listens for the tones of machines as well.
    pub fn listen_for_tones(&mut self, rate_hz: u32) {
        self.frames.tones = Some(ToneDetector::new(rate_hz));
    }

    /// Takes audio of any length; calls `on_frame` with each whole frame and what it brought.
    pub fn push(&mut self, now: CallTime, samples: &[i16], mut on_frame: impl FnMut(&[i16], Heard)) {
        let frames = &mut self.frames;
        self.cutter.push(samples, |frame| {
            let heard = frames.frame(now, frame);
            on_frame(frame, heard);
        });
    }

    pub fn recogniser(&mut self) -> &mut dyn SpeechToTextStream {
        self.frames.recogniser.as_mut()
    }

    pub fn level(&self) -> Level {
        self.frames.level.level()
    }
}

impl FrameEar {
    fn frame(&mut self, now: CallTime, frame: &[i16]) -> Heard {
        let at = self.advance_clock(now);
        let is_gate_open = self.gate.is_open(frame);
        let probability = if is_gate_open || self.to_judge.is_some() { self.judge(frame, is_gate_open) } else { None };
        if !is_gate_open {
            self.remember(frame);
        }
        self.was_gate_open = is_gate_open;
        let power = mean_power(frame);
        let voice = self.detector.push(at, FrameOpinion { is_gate_open, probability, power });
        let tones = self.tones.as_mut().filter(|_| at < TONES_UNTIL);
        let tone = tones.and_then(|tones| tones.push(at, frame, power));
        self.level.push(frame, power, self.detector.is_voice());
        match &mut self.to_recogniser {
            Some(resampler) => {
                resampler.frame(frame, &mut self.recogniser_frame);
                self.recogniser.push(&self.recogniser_frame);
            }
            None => self.recogniser.push(frame),
        }
        Heard { voice, tone }
    }

    fn judge(&mut self, frame: &[i16], is_gate_open: bool) -> Option<f32> {
        let samples = match &mut self.to_judge {
            Some(resampler) => {
                // Its filter has a memory: it must see every frame, heard or not.
                resampler.frame(frame, &mut self.judge_frame);
                self.judge_frame.as_slice()
            }
            None => frame,
        };
        if !is_gate_open {
            return None;
        }
        if !self.was_gate_open {
            self.judge.reset();
            self.judge.push(&self.judge_frame_before);
        }
        self.judge.push(samples)
    }

    fn remember(&mut self, frame: &[i16]) {
        let samples = if self.to_judge.is_some() { self.judge_frame.as_slice() } else { frame };
        self.judge_frame_before.clear();
        self.judge_frame_before.extend_from_slice(samples);
    }

    /// Frames come in bursts, their audio does not: each is 20 ms after the one before, unless some were lost.
    fn advance_clock(&mut self, now: CallTime) -> CallTime {
        let next = (self.clock + std::time::Duration::from_millis(FRAME_MS)).min(now);
        let lag = now.since(next);
        self.clock = if lag.as_millis() as u64 > CLOCK_LAG_MS_MAX { now } else { next };
        self.clock
    }
}
