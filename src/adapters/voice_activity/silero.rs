//! Silero's voice detector at 8 kHz, its network written out by hand.
//!
//! ONNX Runtime spends most of its time between the operators of so small a network, and this one runs inline for every
//! call; only the weights are taken from the model file.

mod layers;

use std::collections::BTreeMap;
use std::f32::consts::PI;
use std::path::Path;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::onnx_weights::{Weights, constants};
use crate::ports::voice_activity::{VoiceJudge, VoiceStream};
use layers::{Dense, sigmoid, tanh};

const WINDOW: usize = 256;
/// Samples of the window before that the network sees again.
const CONTEXT: usize = 32;
/// The network mirrors this much of the end, so that its last frame is whole.
const MIRRORED: usize = 32;
const FRAME: usize = 128;
const HOP: usize = 64;
const FRAMES: usize = (CONTEXT + WINDOW + MIRRORED - FRAME) / HOP + 1;
const BINS: usize = FRAME / 2 + 1;
const HIDDEN: usize = 128;
const TAPS: usize = 3;

/// The detector, shared by all calls.
pub struct SileroJudge {
    network: Arc<Network>,
}

impl SileroJudge {
    /// Takes the weights from `silero/silero_vad.onnx` in the models folder.
    ///
    /// Errors: the file is missing or is another model; the text says which file.
    pub fn load(models_dir: &Path) -> Result<Self, String> {
        let file = models_dir.join("silero/silero_vad.onnx");
        let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Self::from_model(&bytes).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Takes the weights from the content of the model file.
    ///
    /// Errors: it is another model, or none.
    pub fn from_model(model: &[u8]) -> Result<Self, String> {
        let network = constants(model).and_then(|weights| Network::new(&weights));
        let network = network.ok_or("not the voice detector expected here")?;
        Ok(Self { network: Arc::new(network) })
    }
}

impl VoiceJudge for SileroJudge {
    fn open(&self) -> Box<dyn VoiceStream> {
        Box::new(SileroStream {
            network: Arc::clone(&self.network),
            memory: Memory::new(),
            heard: [0.0; HEARD],
            filled: CONTEXT,
        })
    }
}

const HEARD: usize = CONTEXT + WINDOW;

struct SileroStream {
    network: Arc<Network>,
    memory: Memory,
    /// The context, then the window as far as it is filled.
    heard: [f32; HEARD],
    filled: usize,
}

impl VoiceStream for SileroStream {
    fn push(&mut self, samples: &[i16]) -> Option<f32> {
        let mut newest = None;
        let mut rest = samples;
        while !rest.is_empty() {
            let (taken, later) = rest.split_at(rest.len().min(HEARD - self.filled));
            for (heard, sample) in self.heard[self.filled..].iter_mut().zip(taken) {
                *heard = f32::from(*sample) / 32_768.0;
            }
            self.filled += taken.len();
            rest = later;
            if self.filled == HEARD {
                newest = Some(self.network.judge(&self.heard, &mut self.memory));
                self.heard.copy_within(WINDOW.., 0);
                self.filled = CONTEXT;
            }
        }
        newest
    }

    fn reset(&mut self) {
        self.memory = Memory::new();
        self.heard = [0.0; HEARD];
        self.filled = CONTEXT;
    }
}

/// What the network remembers of one caller.
struct Memory {
    hidden: [f32; HIDDEN],
    cell: [f32; HIDDEN],
}

impl Memory {
    const fn new() -> Self {
        Self { hidden: [0.0; HIDDEN], cell: [0.0; HIDDEN] }
    }
}

/// Spectrum, four convolutions, one recurrent layer, one output.
struct Network {
    spectrum: Arc<dyn RealToComplex<f32>>,
    taper: [f32; FRAME],
    convolutions: [Dense; 4],
    recurrent: Dense,
    head: Vec<f32>,
    head_bias: f32,
}

impl Network {
    fn new(weights: &BTreeMap<String, Weights>) -> Option<Self> {
        // The model holds one branch a sample rate: the other one is for 16 kHz.
        let find = |name: &str, shape: &[usize]| {
            let found = weights.iter().find(|(key, _)| key.contains("else_branch") && key.ends_with(name));
            found.map(|(_, weights)| weights).filter(|weights| weights.shape == shape)
        };
        let convolution = |index: usize, outputs: usize, inputs: usize| {
            let kernel = find(&format!("encoder.{index}.reparam_conv.weight"), &[outputs, inputs, TAPS])?;
            let bias = find(&format!("encoder.{index}.reparam_conv.bias"), &[outputs])?;
            Some(Dense::new(inputs * TAPS, &bias.values, |output, input| {
                let (tap, channel) = (input / inputs, input % inputs);
                kernel.values[(output * inputs + channel) * TAPS + tap]
            }))
        };
        let gates = [4 * HIDDEN, HIDDEN];
        let (from_input, from_hidden) = (find("rnn.weight_ih", &gates)?, find("rnn.weight_hh", &gates)?);
        let (input_bias, hidden_bias) = (find("rnn.bias_ih", &gates[..1])?, find("rnn.bias_hh", &gates[..1])?);
        let bias: Vec<f32> =
            input_bias.values.iter().zip(&hidden_bias.values).map(|(left, right)| left + right).collect();
        let recurrent = Dense::new(2 * HIDDEN, &bias, |output, input| match input.checked_sub(HIDDEN) {
            None => from_input.values[output * HIDDEN + input],
            Some(hidden) => from_hidden.values[output * HIDDEN + hidden],
        });
        Some(Self {
            spectrum: RealFftPlanner::new().plan_fft_forward(FRAME),
            taper: taper_of(&find("stft.forward_basis_buffer", &[2 * BINS, 1, FRAME])?.values)?,
            convolutions: [
                convolution(0, 128, BINS)?,
                convolution(1, 64, 128)?,
                convolution(2, 64, 64)?,
                convolution(3, HIDDEN, 64)?,
            ],
            recurrent,
            head: find("decoder.decoder.2.weight", &[1, HIDDEN, 1])?.values.clone(),
            head_bias: find("decoder.decoder.2.bias", &[1])?.values[0],
        })
    }

    fn judge(&self, heard: &[f32; HEARD], memory: &mut Memory) -> f32 {
        let [first, second, third, fourth] = &self.convolutions;
        // One frame of zeros on each side stands for the padding of the convolutions.
        let mut bins = [[0.0; BINS]; FRAMES + 2];
        self.magnitudes(heard, &mut bins);
        let mut wide = [[0.0; 128]; FRAMES + 2];
        for frame in 0..FRAMES {
            first.apply_rectified(bins[frame..frame + TAPS].as_flattened(), &mut wide[frame + 1]);
        }
        let mut narrow = [[0.0; 64]; FRAMES / 2 + 2];
        for frame in 0..FRAMES / 2 {
            second.apply_rectified(wide[2 * frame..2 * frame + TAPS].as_flattened(), &mut narrow[frame + 1]);
        }
        let mut single = [[0.0; 64]; TAPS];
        third.apply_rectified(narrow[..TAPS].as_flattened(), &mut single[1]);
        let mut gates_in = [0.0; 2 * HIDDEN];
        fourth.apply_rectified(single.as_flattened(), &mut gates_in[..HIDDEN]);
        gates_in[HIDDEN..].copy_from_slice(&memory.hidden);
        self.remember(&gates_in, memory);
        let total: f32 = memory.hidden.iter().zip(&self.head).map(|(hidden, weight)| hidden.max(0.0) * weight).sum();
        sigmoid(total + self.head_bias)
    }

    fn magnitudes(&self, heard: &[f32; HEARD], bins: &mut [[f32; BINS]; FRAMES + 2]) {
        let mut padded = [0.0; HEARD + MIRRORED];
        padded[..HEARD].copy_from_slice(heard);
        for (offset, sample) in padded[HEARD..].iter_mut().enumerate() {
            *sample = heard[HEARD - 2 - offset];
        }
        let mut frame = [0.0; FRAME];
        let mut spectrum = [Complex::default(); BINS];
        let mut scratch = [Complex::default(); FRAME];
        let scratch = &mut scratch[..self.spectrum.get_scratch_len().min(FRAME)];
        for (start, bins) in (0..).step_by(HOP).zip(&mut bins[1..=FRAMES]) {
            for ((frame, sample), taper) in frame.iter_mut().zip(&padded[start..]).zip(&self.taper) {
                *frame = sample * taper;
            }
            self.spectrum
                .process_with_scratch(&mut frame, &mut spectrum, scratch)
                .expect("the lengths are those the transform was planned for");
            for (bin, value) in bins.iter_mut().zip(&spectrum) {
                *bin = value.norm_sqr().sqrt();
            }
        }
    }

    /// Source: the LSTM of PyTorch, gates in the order input, forget, cell, output.
    fn remember(&self, gates_in: &[f32; 2 * HIDDEN], memory: &mut Memory) {
        let mut gates = [0.0; 4 * HIDDEN];
        self.recurrent.apply(gates_in, &mut gates);
        let (input, rest) = gates.split_at(HIDDEN);
        let (forget, rest) = rest.split_at(HIDDEN);
        let (candidate, output) = rest.split_at(HIDDEN);
        for unit in 0..HIDDEN {
            let kept = sigmoid(forget[unit]) * memory.cell[unit];
            memory.cell[unit] = kept + sigmoid(input[unit]) * tanh(candidate[unit]);
            memory.hidden[unit] = sigmoid(output[unit]) * tanh(memory.cell[unit]);
        }
    }
}

/// The window function inside a basis of tapered cosines and sines, or nothing when it is another basis.
fn taper_of(basis: &[f32]) -> Option<[f32; FRAME]> {
    let mut taper = [0.0; FRAME];
    taper.copy_from_slice(basis.get(..FRAME)?);
    let is_fourier = basis.chunks_exact(FRAME).take(BINS).enumerate().all(|(bin, row)| {
        row.iter().zip(&taper).enumerate().all(|(at, (value, taper))| {
            let turn = 2.0 * PI * ((bin * at) % FRAME) as f32 / FRAME as f32;
            (value - taper * turn.cos()).abs() < 1e-4
        })
    });
    is_fourier.then_some(taper)
}

#[cfg(test)]
mod tests;
