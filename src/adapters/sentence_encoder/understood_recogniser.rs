//! A recogniser whose whole readings come with sentence vectors, whoever the recogniser is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::adapters::inference::{InferencePool, Rank};
use crate::domain::values::CallId;
use crate::ports::sentence_encoder::SentenceEncoder;
use crate::ports::speech_to_text::{
    Reading, ReadingPurpose, ReadingSink, SpeechToText, SpeechToTextError, SpeechToTextStream,
};

/// A reading that has waited so long for its vectors goes on without them: the caller waits for an answer.
const PATIENCE: Duration = Duration::from_millis(100);

/// Adds sentence vectors to speculative and final readings, on the inference threads.
///
/// A reading always comes through: without vectors when the encoder is late, fails or has no free place.
pub struct UnderstoodRecogniser {
    recogniser: Arc<dyn SpeechToText>,
    encoder: Arc<dyn SentenceEncoder>,
    pool: Arc<InferencePool>,
}

impl UnderstoodRecogniser {
    pub fn new(recogniser: Arc<dyn SpeechToText>, encoder: Arc<dyn SentenceEncoder>, pool: Arc<InferencePool>) -> Self {
        Self { recogniser, encoder, pool }
    }
}

impl SpeechToText for UnderstoodRecogniser {
    fn version(&self) -> String {
        self.recogniser.version()
    }

    fn open(&self, call: CallId, sink: ReadingSink) -> Result<Box<dyn SpeechToTextStream>, SpeechToTextError> {
        let (encoder, pool) = (Arc::clone(&self.encoder), Arc::clone(&self.pool));
        let encoding_sink: ReadingSink = Arc::new(move |reading: Reading| {
            let rank = match reading.purpose {
                ReadingPurpose::Partial => return sink(reading),
                ReadingPurpose::Speculative => Rank::SpeculativeReading,
                ReadingPurpose::Final => Rank::FinalReading,
            };
            if !reading.result.as_ref().is_ok_and(|transcript| !transcript.text().trim().is_empty()) {
                return sink(reading);
            }
            let mut delivery = Delivery::new(reading, Arc::clone(&sink));
            let encoder = Arc::clone(&encoder);
            // A refused job is dropped, and its delivery with it: the reading goes on as it is.
            let _ = pool.run_or_submit(rank, Some(call), move || delivery.encode(&*encoder));
        });
        self.recogniser.open(call, encoding_sink)
    }
}

/// A reading on its way to the call: handed over when this is dropped, whatever became of the encoding.
struct Delivery {
    reading: Option<Reading>,
    sink: ReadingSink,
    asked_at: Instant,
    outcome: &'static str,
}

impl Delivery {
    fn new(reading: Reading, sink: ReadingSink) -> Self {
        Self { reading: Some(reading), sink, asked_at: Instant::now(), outcome: "refused" }
    }

    fn encode(&mut self, encoder: &dyn SentenceEncoder) {
        if PATIENCE < self.asked_at.elapsed() {
            self.outcome = "late";
            return;
        }
        self.outcome = "failed";
        let Some(Reading { result: Ok(transcript), .. }) = &mut self.reading else { return };
        let started_at = Instant::now();
        match encoder.encode_transcript(transcript) {
            Ok(()) => self.outcome = "encoded",
            Err(error) => tracing::warn!(%error, "a reading goes on without its sentence vectors"),
        }
        metrics::histogram!("doorstep_sentence_encoding_seconds").record(started_at.elapsed().as_secs_f64());
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        metrics::counter!("doorstep_sentences_encoded_total", "outcome" => self.outcome).increment(1);
        if let Some(reading) = self.reading.take() {
            (self.sink)(reading);
        }
    }
}

#[cfg(test)]
mod tests;
