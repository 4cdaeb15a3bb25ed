//! A scripted recogniser: every segment is heard as its script says, at once and without a model or a thread.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::hearing::{RecognitionContext, Transcript};
use crate::domain::values::{CallId, SegmentId};
use crate::ports::speech_to_text::{
    Reading, ReadingPurpose, ReadingSink, SpeechToText, SpeechToTextError, SpeechToTextStream,
};

/// What is heard when no script says otherwise.
const HEARD_BY_DEFAULT: &str = "where is my order";

/// Hears the texts of a script, one a segment; after the last it hears the last again.
#[derive(Clone, Debug)]
pub struct FakeRecogniser {
    script: Arc<[Transcript]>,
}

impl Default for FakeRecogniser {
    /// Hears "where is my order" in every segment.
    fn default() -> Self {
        Self::hearing(&[HEARD_BY_DEFAULT])
    }
}

impl FakeRecogniser {
    /// Hears `texts`, segment by segment in each call; an empty text is silence, an empty list is always silence.
    pub fn hearing(texts: &[&str]) -> Self {
        let transcript = |text: &&str| match text.trim() {
            "" => Transcript::default(),
            said => Transcript::certain(said),
        };
        Self { script: texts.iter().map(transcript).collect() }
    }
}

impl SpeechToText for FakeRecogniser {
    fn version(&self) -> String {
        "fake".to_owned()
    }

    fn open(&self, _call: CallId, sink: ReadingSink) -> Result<Box<dyn SpeechToTextStream>, SpeechToTextError> {
        Ok(Box::new(FakeStream { script: Arc::clone(&self.script), sink, open: None, begun: 0 }))
    }
}

struct FakeStream {
    script: Arc<[Transcript]>,
    sink: ReadingSink,
    open: Option<SegmentId>,
    begun: usize,
}

impl SpeechToTextStream for FakeStream {
    fn sample_rate_hz(&self) -> u32 {
        8_000
    }

    fn push(&mut self, _samples: &[i16]) {}

    fn expect(&mut self, _context: Arc<RecognitionContext>) {}

    fn begin_segment(&mut self, segment: SegmentId, _pre_roll: Duration) {
        self.open = Some(segment);
        self.begun += 1;
    }

    fn transcribe(&mut self, segment: SegmentId, revision: u32, purpose: ReadingPurpose) {
        let heard = match self.open {
            Some(open) if open == segment => self.script.get(self.begun - 1).or(self.script.last()),
            Some(_) | None => None,
        };
        let result = Ok(heard.cloned().unwrap_or_default());
        (self.sink)(Reading { segment, revision, purpose, result, decode: Duration::ZERO, queued: Duration::ZERO });
    }

    fn end_segment(&mut self, segment: SegmentId) {
        if self.open == Some(segment) {
            self.open = None;
        }
    }
}

#[cfg(test)]
mod tests;
