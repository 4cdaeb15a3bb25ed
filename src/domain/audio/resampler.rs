//! Streaming resampling with a true low-pass, frame by frame.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::frames::frame_samples;

/// Resamples one stream, 20 ms in and 20 ms out.
///
/// Shape: mono; delay 10 ms; allocates only when made.
pub struct StreamResampler {
    inner: Fft<f32>,
    input: Vec<f32>,
    output: Vec<f32>,
}

/// The two rates cannot be converted frame by frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot resample {from_hz} Hz to {to_hz} Hz in frames of 20 ms")]
pub struct UnsupportedRates {
    pub from_hz: u32,
    pub to_hz: u32,
}

impl StreamResampler {
    /// Errors: [`UnsupportedRates`] when 20 ms are not a whole number of samples at either rate.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, UnsupportedRates> {
        let unsupported = UnsupportedRates { from_hz, to_hz };
        let (input, output) = (frame_samples(from_hz), frame_samples(to_hz));
        let inner = Fft::new(from_hz as usize, to_hz as usize, input, 1, FixedSync::Both).map_err(|_| unsupported)?;
        if inner.input_frames_next() != input || inner.output_frames_next() != output {
            return Err(unsupported);
        }
        Ok(Self { inner, input: vec![0.0; input], output: vec![0.0; output] })
    }

    /// Resamples one frame into `out`, replacing its content.
    ///
    /// Shape: `frame` is 20 ms at the first rate; `out` becomes 20 ms at the second. A frame of another length gives
    /// an empty `out`.
    pub fn frame(&mut self, frame: &[i16], out: &mut Vec<i16>) {
        out.clear();
        if frame.len() != self.input.len() {
            return;
        }
        for (sample, value) in self.input.iter_mut().zip(frame) {
            *sample = f32::from(*value) / 32_768.0;
        }
        let (Ok(input), Ok(mut output)) = (
            InterleavedSlice::new(&self.input, 1, frame.len()),
            InterleavedSlice::new_mut(&mut self.output, 1, frame_len(&self.inner)),
        ) else {
            return;
        };
        if self.inner.process_into_buffer(&input, &mut output, None).is_err() {
            return;
        }
        out.extend(self.output.iter().map(|sample| (sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16));
    }

    /// Forgets the stream so far.
    pub fn reset(&mut self) {
        self.inner.reset();
    }
}

fn frame_len(resampler: &Fft<f32>) -> usize {
    resampler.output_frames_next()
}

impl std::fmt::Debug for StreamResampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StreamResampler({} to {} samples)", self.input.len(), self.output.len())
    }
}
