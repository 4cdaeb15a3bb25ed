//! What was heard, with its doubts.

use super::SentenceVectors;

/// One word as the recogniser heard it.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardWord {
    pub text: String,
    /// Shape: 0.0 to 1.0.
    pub confidence: f32,
}

/// One reading of a stretch of speech.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    pub text: String,
    pub words: Vec<HeardWord>,
    /// Shape: 0.0 to 1.0, the geometric mean over the words.
    pub confidence: f32,
}

/// All readings of a stretch of speech, best first. Empty when nothing was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    pub hypotheses: Vec<Hypothesis>,
    /// What the best reading means, where a sentence encoder has read it.
    pub vectors: Option<SentenceVectors>,
}

impl Transcript {
    /// A transcript with one reading of full confidence: what a script or a keypad "heard".
    pub fn certain(text: &str) -> Self {
        let words = text.split_whitespace().map(|word| HeardWord { text: word.to_owned(), confidence: 1.0 }).collect();
        Self::of(vec![Hypothesis { text: text.to_owned(), words, confidence: 1.0 }])
    }

    /// What a recogniser heard, best first.
    pub const fn of(hypotheses: Vec<Hypothesis>) -> Self {
        Self { hypotheses, vectors: None }
    }

    pub fn best(&self) -> Option<&Hypothesis> {
        self.hypotheses.first()
    }

    /// The best reading's text, or nothing.
    pub fn text(&self) -> &str {
        self.best().map_or("", |hypothesis| hypothesis.text.as_str())
    }
}

/// Why a reading is wanted; also its rank when the recogniser is overloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadingPurpose {
    /// A look at a sentence in progress. First to be dropped under load.
    Partial,
    /// The whole segment at a first pause, in the hope that the turn is over.
    Speculative,
    /// The whole segment; the turn is over.
    Final,
}
