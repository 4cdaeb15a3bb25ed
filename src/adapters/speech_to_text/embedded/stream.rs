//! One call's recognition: keeps the audio of the segment in progress and turns requests into inference jobs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::audio::SAMPLE_RATE_HZ;
use super::desk::{Desk, Request};
use super::reading::{Expectation, Question};
use super::recogniser::Model;
use super::track::Track;
use crate::adapters::inference::{InferencePool, Rank};
use crate::domain::hearing::RecognitionContext;
use crate::domain::values::{CallId, SegmentId};
use crate::ports::speech_to_text::{Reading, ReadingPurpose, ReadingSink, SpeechToTextStream};

/// Partial readings of all calls that may wait. Beyond it new ones are refused: by their turn they would be stale.
const PARTIALS_WAITING_MAX: usize = 24;

pub(super) struct EmbeddedStream {
    model: Arc<Model>,
    pool: Arc<InferencePool>,
    call: CallId,
    desk: Arc<Desk>,
    track: Track,
    expectation: Arc<Expectation>,
}

impl EmbeddedStream {
    pub(super) fn open(model: Arc<Model>, pool: Arc<InferencePool>, call: CallId, sink: ReadingSink) -> Self {
        let expectation = Arc::new(Expectation::new(Arc::new(RecognitionContext::open())));
        Self { model, pool, call, desk: Arc::new(Desk::new(sink)), track: Track::new(), expectation }
    }

    fn is_overloaded(&self, rank: Rank) -> bool {
        rank == Rank::PartialReading && PARTIALS_WAITING_MAX <= self.pool.waiting()[rank as usize]
    }
}

impl SpeechToTextStream for EmbeddedStream {
    fn sample_rate_hz(&self) -> u32 {
        SAMPLE_RATE_HZ
    }

    fn push(&mut self, samples: &[i16]) {
        self.track.push(samples);
    }

    fn expect(&mut self, context: Arc<RecognitionContext>) {
        self.expectation = Arc::new(Expectation::new(context));
    }

    fn begin_segment(&mut self, segment: SegmentId, pre_roll: Duration) {
        self.track.begin(segment, pre_roll);
    }

    fn transcribe(&mut self, segment: SegmentId, revision: u32, purpose: ReadingPurpose) {
        let samples = self.track.segment(segment).unwrap_or_default();
        let request = Request { segment, revision, purpose, samples, expectation: Arc::clone(&self.expectation) };
        let rank = rank(purpose);
        if self.is_overloaded(rank) {
            self.desk.refuse(&request);
            return;
        }
        let ticket = self.desk.accept(request);
        let (desk, model, asked_at) = (Arc::clone(&self.desk), Arc::clone(&self.model), Instant::now());
        let job = move || serve(&desk, &model, ticket, asked_at);
        if self.pool.submit(rank, Some(self.call), job).is_err() {
            self.desk.withdraw(ticket);
        }
    }

    fn end_segment(&mut self, segment: SegmentId) {
        self.track.end(segment);
    }
}

impl Drop for EmbeddedStream {
    fn drop(&mut self) {
        self.desk.close();
    }
}

const fn rank(purpose: ReadingPurpose) -> Rank {
    match purpose {
        ReadingPurpose::Partial => Rank::PartialReading,
        ReadingPurpose::Speculative => Rank::SpeculativeReading,
        ReadingPurpose::Final => Rank::FinalReading,
    }
}

fn serve(desk: &Desk, model: &Model, ticket: u64, asked_at: Instant) {
    let Some((request, cancelled)) = desk.start(ticket) else { return };
    let queued = asked_at.elapsed();
    let started_at = Instant::now();
    let question = Question {
        samples: &request.samples,
        purpose: request.purpose,
        expectation: &request.expectation,
        cancelled: &cancelled,
    };
    let result = model.read(&question);
    let Request { segment, revision, purpose, .. } = request;
    let decode = started_at.elapsed();
    desk.answer(ticket, Reading { segment, revision, purpose, result, decode, queued });
}

#[cfg(test)]
mod tests;
