//! The requests of one call that are not answered yet: each is answered exactly once, by whoever takes it off the desk.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::reading::Expectation;
use crate::domain::values::SegmentId;
use crate::ports::speech_to_text::{Reading, ReadingPurpose, ReadingSink, SpeechToTextError};

/// A reading that was asked for.
pub(super) struct Request {
    pub(super) segment: SegmentId,
    pub(super) revision: u32,
    pub(super) purpose: ReadingPurpose,
    pub(super) samples: Vec<i16>,
    pub(super) expectation: Arc<Expectation>,
}

impl Request {
    /// Whether `later` makes this request pointless.
    ///
    /// A call looks at one sentence in progress at a time. The whole segment is worth no less than a look at it, so a
    /// look replaces only a look.
    fn is_replaced_by(&self, later: &Self) -> bool {
        match (self.purpose, later.purpose) {
            (ReadingPurpose::Partial, ReadingPurpose::Partial) => true,
            (_, ReadingPurpose::Partial) => false,
            (_, ReadingPurpose::Speculative | ReadingPurpose::Final) => self.segment == later.segment,
        }
    }

    fn refusal(&self, error: SpeechToTextError) -> Reading {
        let Self { segment, revision, purpose, .. } = *self;
        Reading { segment, revision, purpose, result: Err(error), decode: Duration::ZERO, queued: Duration::ZERO }
    }
}

/// What has been asked and not answered.
pub(super) struct Desk {
    sink: ReadingSink,
    requests: Mutex<Requests>,
}

#[derive(Default)]
struct Requests {
    last_ticket: u64,
    open: Vec<Open>,
}

struct Open {
    ticket: u64,
    /// Its audio moves to the job that starts it.
    request: Request,
    cancelled: Arc<AtomicBool>,
}

impl Desk {
    pub(super) fn new(sink: ReadingSink) -> Self {
        Self { sink, requests: Mutex::default() }
    }

    /// Takes a request in and answers those that it replaces. The ticket is for the job that will serve it.
    pub(super) fn accept(&self, request: Request) -> u64 {
        let mut requests = self.lock();
        let replaced: Vec<Open> = requests.open.extract_if(.., |open| open.request.is_replaced_by(&request)).collect();
        requests.last_ticket += 1;
        let ticket = requests.last_ticket;
        requests.open.push(Open { ticket, request, cancelled: Arc::default() });
        drop(requests);
        for open in replaced {
            open.cancelled.store(true, Ordering::Relaxed);
            (self.sink)(open.request.refusal(SpeechToTextError::Superseded));
        }
        ticket
    }

    /// Answers a request that was never taken in.
    pub(super) fn refuse(&self, request: &Request) {
        metrics::counter!("doorstep_recognitions_refused_total").increment(1);
        (self.sink)(request.refusal(SpeechToTextError::Overloaded));
    }

    /// Gives back a request that found no place in the pool.
    pub(super) fn withdraw(&self, ticket: u64) {
        if let Some(open) = self.take(ticket) {
            self.refuse(&open.request);
        }
    }

    /// The request to work on, and the sign that its answer is no longer wanted; nothing when it was replaced.
    pub(super) fn start(&self, ticket: u64) -> Option<(Request, Arc<AtomicBool>)> {
        let mut requests = self.lock();
        let open = requests.open.iter_mut().find(|open| open.ticket == ticket)?;
        let Request { segment, revision, purpose, .. } = open.request;
        let samples = std::mem::take(&mut open.request.samples);
        let expectation = Arc::clone(&open.request.expectation);
        Some((Request { segment, revision, purpose, samples, expectation }, Arc::clone(&open.cancelled)))
    }

    /// Sends an answer, unless the request was replaced meanwhile.
    pub(super) fn answer(&self, ticket: u64, reading: Reading) {
        if self.take(ticket).is_some() {
            (self.sink)(reading);
        }
    }

    /// Forgets everything: the call is over and nobody waits.
    pub(super) fn close(&self) {
        for open in std::mem::take(&mut self.lock().open) {
            open.cancelled.store(true, Ordering::Relaxed);
        }
    }

    fn take(&self, ticket: u64) -> Option<Open> {
        let mut requests = self.lock();
        let at = requests.open.iter().position(|open| open.ticket == ticket)?;
        Some(requests.open.swap_remove(at))
    }

    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
