//! Sentence encoders, and what brings their vectors to the transcripts of any recogniser.

pub mod minilm;
mod understood_recogniser;
mod wordpiece;

pub use understood_recogniser::UnderstoodRecogniser;
