//! Tones that machines make: the beep of a mailbox, the whistle of a fax, the three rising tones before a network's
//! announcement. Found by how much of a frame's power one steady sine explains; speech never is a single sine for long.

#[cfg(test)]
mod tests;

use std::f32::consts::TAU;
use std::time::Duration;

use super::frames::FRAME_MS;
use crate::domain::values::CallTime;

/// A tone that is over, or has gone on for so long that it can be nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// After it the mailbox records.
    Beep,
    /// The answering tone of a fax or modem. Source: ITU-T T.30, 2 100 Hz.
    Fax,
    /// Special information tones: a recorded announcement of the network follows. Source: ITU-T E.180, section 7.
    Announcement,
}

/// Below this is hum, above it hardly a machine's.
const LOWEST_HZ: f32 = 330.0;
const HIGHEST_HZ: f32 = 2_300.0;
const COARSE_STEP_HZ: f32 = 40.0;
const FINE_STEP_HZ: f32 = 10.0;
/// Of a frame's power, what one sine must explain. A vowel's strongest harmonic has less, and moves.
const PURE: f32 = 0.75;
/// Softer than this is no beep. Shape: mean square of full scale; -46 dB.
const POWER_MIN: f32 = 2.5e-5;
/// How far the frequency of a steady tone may seem to move from frame to frame.
const DRIFT_HZ: f32 = 30.0;
/// A frame or two may be spoilt by a click or a lost packet.
const SPOILT_FRAMES_MAX: u32 = 2;
/// Shorter is a key, a click or a chirp.
const BEEP_MIN: Duration = Duration::from_millis(160);
/// Longer is no beep.
const BEEP_MAX: Duration = Duration::from_millis(1_600);
const FAX_HZ: f32 = 2_100.0;
const FAX_TOLERANCE_HZ: f32 = 30.0;
const FAX_MIN: Duration = Duration::from_millis(500);
/// The three special information tones, lower and higher forms, and how far apart they follow.
const INTERCEPT_HZ: [(f32, f32); 3] = [(900.0, 1_000.0), (1_350.0, 1_450.0), (1_740.0, 1_840.0)];
const INTERCEPT_GAP_MAX: Duration = Duration::from_millis(200);

/// Listens for tones on one line. Allocates nothing.
#[derive(Clone, Debug)]
pub struct ToneDetector {
    rate_hz: f32,
    run: Option<Run>,
    /// How many of the three tones of an announcement have been heard, and when the last ended.
    intercept: (usize, CallTime),
}

/// A tone that goes on.
#[derive(Clone, Copy, Debug)]
struct Run {
    hz: f32,
    since: CallTime,
    until: CallTime,
    spoilt: u32,
    is_told: bool,
}

impl ToneDetector {
    pub const fn new(rate_hz: u32) -> Self {
        Self { rate_hz: rate_hz as f32, run: None, intercept: (0, CallTime::ZERO) }
    }

    /// Takes the frame of 20 ms that ended at `now`, with its mean square; gives a tone once it is known for what it is.
    pub fn push(&mut self, now: CallTime, frame: &[i16], power: f32) -> Option<Tone> {
        let pitch = if POWER_MIN <= power { self.pure_pitch(frame) } else { None };
        let began = now - Duration::from_millis(FRAME_MS);
        match (&mut self.run, pitch) {
            (Some(run), Some(hz)) if (hz - run.hz).abs() <= DRIFT_HZ => {
                (run.until, run.spoilt) = (now, 0);
                let is_fax = (hz - FAX_HZ).abs() <= FAX_TOLERANCE_HZ && FAX_MIN <= run.until.since(run.since);
                (is_fax && !std::mem::replace(&mut run.is_told, true)).then_some(Tone::Fax)
            }
            (Some(run), None) if run.spoilt < SPOILT_FRAMES_MAX => {
                run.spoilt += 1;
                None
            }
            (Some(run), pitch) => {
                let over = *run;
                self.run = pitch.map(|hz| Run { hz, since: began, until: now, spoilt: 0, is_told: false });
                self.name(over)
            }
            (None, Some(hz)) => {
                self.run = Some(Run { hz, since: began, until: now, spoilt: 0, is_told: false });
                None
            }
            (None, None) => None,
        }
    }

    /// What a tone that is over was.
    fn name(&mut self, run: Run) -> Option<Tone> {
        let length = run.until.since(run.since);
        if run.is_told || length < BEEP_MIN || BEEP_MAX < length {
            return None;
        }
        let (heard, last) = self.intercept;
        let follows = heard == 0 || run.since.since(last) <= INTERCEPT_GAP_MAX;
        let place = if follows { heard } else { 0 };
        let is_next = INTERCEPT_HZ.get(place).is_some_and(|(low, high)| (*low..=*high).contains(&run.hz));
        self.intercept = if is_next { (place + 1, run.until) } else { (0, run.until) };
        match self.intercept.0 {
            // The first of three may be a beep: it is one unless the second follows.
            0 | 1 => Some(Tone::Beep),
            2 => None,
            _ => {
                self.intercept = (0, run.until);
                Some(Tone::Announcement)
            }
        }
    }

    /// The frequency of the one sine that makes up the frame; none if it is anything else.
    fn pure_pitch(&self, frame: &[i16]) -> Option<f32> {
        let energy: f32 = frame.iter().map(|sample| f32::from(*sample) * f32::from(*sample)).sum();
        if energy <= 0.0 {
            return None;
        }
        let strongest = |from: f32, to: f32, step: f32| {
            let steps = ((to - from) / step) as u32;
            let bins = (0..=steps).map(|index| from + step * index as f32);
            bins.map(|hz| (hz, self.sine_energy(frame, hz))).max_by(|one, other| one.1.total_cmp(&other.1))
        };
        let (coarse, _) = strongest(LOWEST_HZ, HIGHEST_HZ, COARSE_STEP_HZ)?;
        let (hz, explained) = strongest(coarse - COARSE_STEP_HZ, coarse + COARSE_STEP_HZ, FINE_STEP_HZ)?;
        (PURE * energy <= explained).then_some(hz)
    }

    /// The energy of the sine of this frequency in the frame. Source: Goertzel's recursion.
    fn sine_energy(&self, frame: &[i16], hz: f32) -> f32 {
        let turn = 2.0 * (TAU * hz / self.rate_hz).cos();
        let (mut before, mut last) = (0.0_f32, 0.0_f32);
        for sample in frame {
            (before, last) = (last, f32::from(*sample) + turn * last - before);
        }
        let power = last * last + before * before - turn * last * before;
        2.0 * power / frame.len() as f32
    }
}
