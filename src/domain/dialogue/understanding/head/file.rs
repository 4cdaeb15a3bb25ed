//! The file of trained weights: one line of JSON that says what they were made of, then the two layers in bytes.

use super::{Head, Layer};
use crate::domain::dialogue::understanding::Intent;

/// The form of file this build reads and writes.
const FORMAT: u32 = 1;

/// What trained weights were made of.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The sentence encoder whose vectors they read.
    pub encoder: String,
    /// Of the examples beside the file; see [`fingerprint`](super::fingerprint).
    pub examples: String,
    pub sources: Vec<Source>,
}

/// Rows of one place that weights were trained on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub name: String,
    pub rows: usize,
    pub licence: String,
}

/// Why a file of weights cannot be used; the remedy is to train it again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    #[error("the first line is not that of trained weights: {reason}")]
    Form { reason: String },
    #[error("the weights are for the intent `{id}`, which is not known")]
    UnknownIntent { id: String },
    #[error("the file is {found} bytes long and should be {expected}")]
    Length { found: usize, expected: usize },
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Preamble {
    format: u32,
    #[serde(flatten)]
    origin: Origin,
    intents: Vec<String>,
    temperatures: [f32; 2],
}

impl Head {
    /// Reads a file of trained weights.
    ///
    /// Errors: it is not of this form or for this list of intents; train it again.
    pub fn read(file: &[u8]) -> Result<Self, HeadError> {
        let line_end = file.iter().position(|byte| *byte == b'\n').unwrap_or(file.len());
        let form = |reason: String| HeadError::Form { reason };
        let preamble: Preamble = serde_json::from_slice(&file[..line_end]).map_err(|error| form(error.to_string()))?;
        if preamble.format != FORMAT {
            return Err(form(format!("format {} is not {FORMAT}", preamble.format)));
        }
        let intent = |id: &String| id.parse().map_err(|_| HeadError::UnknownIntent { id: id.clone() });
        let intents: Vec<Intent> = preamble.intents.iter().map(intent).collect::<Result<_, _>>()?;
        let layers = file.get(line_end + 1..).unwrap_or_default();
        let lengths = [true, false].map(|sees_sentences| Layer::rows(sees_sentences) * (4 + intents.len()));
        if intents.is_empty() || layers.len() != lengths[0] + lengths[1] {
            return Err(HeadError::Length { found: file.len(), expected: line_end + 1 + lengths[0] + lengths[1] });
        }
        let (with_sentence, words_alone) = layers.split_at(lengths[0]);
        let [hot, cold] = preamble.temperatures;
        Ok(Self {
            origin: preamble.origin,
            with_sentence: Layer::read(with_sentence, intents.len(), hot),
            words_alone: Layer::read(words_alone, intents.len(), cold),
            intents,
        })
    }

    /// The file of these weights.
    pub fn to_bytes(&self) -> Vec<u8> {
        let preamble = Preamble {
            format: FORMAT,
            origin: self.origin.clone(),
            intents: self.intents.iter().map(ToString::to_string).collect(),
            temperatures: [self.with_sentence.temperature, self.words_alone.temperature],
        };
        let mut file = serde_json::to_vec(&preamble).expect("names and numbers are JSON");
        file.push(b'\n');
        for layer in [&self.with_sentence, &self.words_alone] {
            for (scale, row) in layer.scales.iter().zip(layer.weights.chunks_exact(layer.columns)) {
                file.extend(scale.to_le_bytes());
                file.extend(row.iter().flat_map(|weight| weight.to_le_bytes()));
            }
        }
        file
    }
}

impl Layer {
    fn read(bytes: &[u8], columns: usize, temperature: f32) -> Self {
        let (mut scales, mut weights) = (Vec::new(), Vec::with_capacity(bytes.len()));
        for row in bytes.chunks_exact(4 + columns) {
            scales.push(f32::from_le_bytes([row[0], row[1], row[2], row[3]]));
            weights.extend(row[4..].iter().map(|byte| i8::from_le_bytes([*byte])));
        }
        Self { columns, scales, weights, temperature }
    }

    /// Weights in eight bits, a scale for each row.
    pub(super) fn quantised(weights: &[f32], columns: usize, temperature: f32) -> Self {
        let mut layer = Self { columns, scales: Vec::new(), weights: Vec::with_capacity(weights.len()), temperature };
        for row in weights.chunks_exact(columns) {
            let largest = row.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
            let scale = largest / f32::from(i8::MAX);
            layer.scales.push(scale);
            let step = |weight: &f32| if scale == 0.0 { 0.0 } else { (weight / scale).round() };
            #[expect(clippy::cast_possible_truncation, reason = "the scale keeps every step within eight bits")]
            layer.weights.extend(row.iter().map(|weight| step(weight) as i8));
        }
        layer
    }
}
