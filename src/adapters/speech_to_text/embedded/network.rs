//! The two halves of the model as ONNX sessions: the encoder, and the decoder with its caches.

use std::path::Path;
use std::sync::Arc;

use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Tensor};

use super::tokenizer::START;
use crate::adapters::inference;

const LAYERS: usize = 6;
const HEADS: usize = 8;
const HEAD_WIDTH: usize = 36;
/// Numbers the encoder gives for each stretch of 24 ms.
pub(super) const HIDDEN_WIDTH: usize = 288;

type Outcome<T> = Result<T, ort::Error>;

/// One encoder and one decoder. A run needs them for itself.
pub(super) struct Network {
    encoder: Session,
    decoder: Session,
    names: CacheNames,
}

/// What the caches are called on their way in and out of the decoder, layer by layer: key, value.
struct CacheNames {
    own_past: Vec<String>,
    own_present: Vec<String>,
    cross_past: Vec<String>,
    cross_present: Vec<String>,
}

/// A stretch of audio as the encoder sees it, repeated for each row of the beam.
pub(super) struct Encoded {
    hidden: Vec<f32>,
    frames: usize,
    /// At audio rate: that is what the exported decoder expects.
    samples: usize,
}

/// The decoder's memory of a beam of sentences, one row a sentence.
pub(super) struct Beam {
    inputs: Arc<[DynValue; 2]>,
    cross: Arc<Vec<DynValue>>,
    own: Arc<Vec<DynValue>>,
    rows: usize,
}

/// The scores of every token for the next place, row after row.
pub(super) struct Scores {
    values: Vec<f32>,
    width: usize,
}

impl Scores {
    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..][..self.width]
    }
}

impl Network {
    /// Errors: a file is missing or is no model; the text says which.
    pub(super) fn load(models_dir: &Path) -> Result<Self, String> {
        let session = |name: &str| inference::session(models_dir, &format!("moonshine-tiny-en/{name}"));
        let encoder = session("encoder_model.ort")?;
        let decoder = session("decoder_model_merged.ort")?;
        Ok(Self { encoder, decoder, names: CacheNames::new() })
    }

    /// Shape: 16 kHz, within ±1.
    pub(super) fn encode(&mut self, samples: &[f32]) -> Outcome<Encoded> {
        let shape = [1, samples.len()];
        let audio = Tensor::from_array((shape, samples.to_vec()))?;
        let mask = Tensor::from_array((shape, vec![1_i64; samples.len()]))?;
        let outputs = self.encoder.run(ort::inputs!["input_values" => audio, "attention_mask" => mask])?;
        let (shape, hidden) = outputs["last_hidden_state"].try_extract_tensor::<f32>()?;
        let frames = usize::try_from(shape[1]).unwrap_or_default();
        Ok(Encoded { hidden: hidden.to_vec(), frames, samples: samples.len() })
    }

    /// Opens a sentence: the scores of its first token, and the memory to go on from.
    pub(super) fn open(&mut self, audio: &Encoded) -> Outcome<(Scores, Beam)> {
        let empty = || -> Outcome<Vec<DynValue>> {
            let nothing = || Tensor::from_array(([1, HEADS, 0, HEAD_WIDTH], Vec::<f32>::new())).map(Tensor::into_dyn);
            (0..2 * LAYERS).map(|_| nothing()).collect()
        };
        let (cross, own) = (Arc::new(empty()?), Arc::new(empty()?));
        let mut beam = Beam { inputs: Arc::new(audio.inputs(1)?), cross, own, rows: 1 };
        let scores = self.run(&mut beam, &[START], Opening::Yes)?;
        Ok((scores, beam))
    }

    /// Adds one token to each row.
    pub(super) fn step(&mut self, beam: &mut Beam, tokens: &[u32]) -> Outcome<Scores> {
        self.run(beam, tokens, Opening::No)
    }

    fn run(&mut self, beam: &mut Beam, tokens: &[u32], opening: Opening) -> Outcome<Scores> {
        let ids: Vec<i64> = tokens.iter().map(|token| i64::from(*token)).collect();
        let has_cache = Tensor::from_array(([1], vec![opening == Opening::No]))?;
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(4 + 4 * LAYERS);
        inputs.push(("input_ids", Tensor::from_array(([tokens.len(), 1], ids))?.into()));
        inputs.push(("use_cache_branch", has_cache.into()));
        inputs.push(("encoder_hidden_states", (&beam.inputs[0]).into()));
        inputs.push(("encoder_attention_mask", (&beam.inputs[1]).into()));
        let past =
            self.names.own_past.iter().zip(beam.own.iter()).chain(self.names.cross_past.iter().zip(beam.cross.iter()));
        inputs.extend(past.map(|(name, value)| (name.as_str(), value.into())));
        let mut outputs = self.decoder.run(inputs)?;
        let (_, values) = outputs["logits"].try_extract_tensor::<f32>()?;
        let scores = Scores { values: values.to_vec(), width: values.len() / tokens.len() };
        let mut take = |names: &[String]| names.iter().filter_map(|name| outputs.remove(name)).collect::<Vec<_>>();
        beam.own = Arc::new(take(&self.names.own_present));
        // The decoder gives back the caches of the audio only when it makes them.
        if opening == Opening::Yes {
            beam.cross = Arc::new(take(&self.names.cross_present));
        }
        Ok(scores)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Yes,
    No,
}

impl Encoded {
    /// What the encoder heard, one frame for each 24 ms.
    pub(super) fn frames(&self) -> impl Iterator<Item = &[f32]> {
        self.hidden.chunks_exact(HIDDEN_WIDTH)
    }

    fn inputs(&self, rows: usize) -> Outcome<[DynValue; 2]> {
        let hidden = Tensor::from_array(([rows, self.frames, HIDDEN_WIDTH], self.hidden.repeat(rows)))?;
        let mask = Tensor::from_array(([rows, self.samples], vec![1_i64; rows * self.samples]))?;
        Ok([hidden.into_dyn(), mask.into_dyn()])
    }
}

impl Beam {
    /// The same memory, for another search from the same place.
    pub(super) fn fork(&self) -> Self {
        Self { inputs: self.inputs.clone(), cross: self.cross.clone(), own: self.own.clone(), rows: self.rows }
    }

    /// The memory of a new beam whose row `n` continues row `parents[n]` of this one.
    pub(super) fn follow(&mut self, audio: &Encoded, parents: &[usize]) -> Outcome<()> {
        if self.rows == parents.len() && parents.iter().enumerate().all(|(row, parent)| row == *parent) {
            return Ok(());
        }
        let gather = |caches: &[DynValue]| -> Outcome<Arc<Vec<DynValue>>> {
            caches.iter().map(|cache| gathered(cache, parents)).collect::<Outcome<_>>().map(Arc::new)
        };
        self.own = gather(&self.own)?;
        if self.rows != parents.len() {
            self.cross = gather(&self.cross)?;
            self.inputs = Arc::new(audio.inputs(parents.len())?);
            self.rows = parents.len();
        }
        Ok(())
    }
}

fn gathered(cache: &DynValue, rows: &[usize]) -> Outcome<DynValue> {
    let (shape, values) = cache.try_extract_tensor::<f32>()?;
    let row_length = shape[1..].iter().product::<i64>().unsigned_abs() as usize;
    let mut picked = Vec::with_capacity(rows.len() * row_length);
    for row in rows {
        picked.extend_from_slice(&values[row * row_length..][..row_length]);
    }
    let shape: Vec<i64> = std::iter::once(rows.len() as i64).chain(shape[1..].iter().copied()).collect();
    Ok(Tensor::from_array((shape, picked))?.into_dyn())
}

impl CacheNames {
    fn new() -> Self {
        let names = |side: &str, half: &str| {
            let parts = ["key", "value"];
            let layer = |layer: usize| parts.map(|part| format!("{side}.{layer}.{half}.{part}"));
            (0..LAYERS).flat_map(layer).collect()
        };
        Self {
            own_past: names("past_key_values", "decoder"),
            own_present: names("present", "decoder"),
            cross_past: names("past_key_values", "encoder"),
            cross_present: names("present", "encoder"),
        }
    }
}
