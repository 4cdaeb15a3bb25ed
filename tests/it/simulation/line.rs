//! The simulated carrier's playout: sentences take time, and their reports get lost, doubled, or never come.

use std::collections::VecDeque;
use std::time::Duration;

use doorstep::domain::call::CallEvent;
use doorstep::domain::dialogue::Saying;
use doorstep::domain::values::{CallTime, UtteranceId};

use super::rng::Rng;

/// How badly the line behaves, in percent.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    pub sentence_fails: u64,
    pub report_lost: u64,
    pub stalls: u64,
    pub doubled: u64,
}

#[derive(Clone, Debug)]
struct Queued {
    utterance: UtteranceId,
    sentence: usize,
    length: u64,
}

#[derive(Clone, Debug)]
struct Playing {
    queued: Queued,
    played: u64,
    since: CallTime,
}

#[derive(Clone, Debug)]
pub struct Line {
    faults: Faults,
    queue: VecDeque<Queued>,
    playing: Option<Playing>,
    is_paused: bool,
    is_stalled: bool,
    /// A scheduled step of an earlier generation no longer counts.
    pub generation: u64,
}

/// Facts to deliver, each after a delay in milliseconds, and the delay until the next step.
pub type Reports = Vec<(u64, CallEvent)>;

impl Line {
    pub const fn new(faults: Faults) -> Self {
        Self { faults, queue: VecDeque::new(), playing: None, is_paused: false, is_stalled: false, generation: 0 }
    }

    /// Returns when to step next.
    pub fn speak(
        &mut self,
        rng: &mut Rng,
        utterance: UtteranceId,
        saying: &Saying,
        reports: &mut Reports,
    ) -> Option<u64> {
        let was_idle = self.queue.is_empty() && self.playing.is_none();
        for (sentence, text) in saying.sentences.iter().enumerate() {
            if rng.percent(self.faults.sentence_fails) {
                reports.push((rng.between(5, 900), CallEvent::SentenceFailed { utterance, sentence }));
                continue;
            }
            self.queue.push_back(Queued { utterance, sentence, length: text.text.len() as u64 * 55 });
        }
        (was_idle && !self.is_paused).then(|| self.reschedule(rng.between(60, 500)))
    }

    pub fn pause(&mut self, now: CallTime) {
        self.is_paused = true;
        self.generation += 1;
        if let Some(playing) = &mut self.playing {
            playing.played += now.since(playing.since).as_millis() as u64;
        }
    }

    pub fn resume(&mut self, now: CallTime) -> Option<u64> {
        self.is_paused = false;
        if self.is_stalled {
            return None;
        }
        let left = match &mut self.playing {
            Some(playing) => {
                playing.since = now;
                playing.queued.length.saturating_sub(playing.played)
            }
            None if self.queue.is_empty() => return None,
            None => 30,
        };
        Some(self.reschedule(left))
    }

    pub fn stop(&mut self, now: CallTime, reports: &mut Reports) {
        self.queue.clear();
        self.generation += 1;
        self.is_stalled = false;
        if let Some(Playing { queued, played, since }) = self.playing.take() {
            let played = if self.is_paused { played } else { played + now.since(since).as_millis() as u64 };
            let Queued { utterance, sentence, .. } = queued;
            reports.push((15, CallEvent::SentenceCut { utterance, sentence, played: Duration::from_millis(played) }));
        }
        self.is_paused = false;
    }

    /// Ends what plays and begins the next sentence. Returns when to step next.
    pub fn step(&mut self, rng: &mut Rng, now: CallTime, generation: u64, reports: &mut Reports) -> Option<u64> {
        if generation != self.generation || self.is_paused {
            return None;
        }
        if let Some(Playing { queued: Queued { utterance, sentence, .. }, .. }) = self.playing.take() {
            self.report(rng, CallEvent::SentenceEnded { utterance, sentence }, reports);
        }
        let queued = self.queue.pop_front()?;
        let (utterance, sentence, length) = (queued.utterance, queued.sentence, queued.length);
        self.report(rng, CallEvent::SentenceStarted { utterance, sentence, at: now }, reports);
        self.playing = Some(Playing { queued, played: 0, since: now });
        if rng.percent(self.faults.stalls) {
            self.is_stalled = true;
            return None;
        }
        Some(self.reschedule(length))
    }

    fn reschedule(&mut self, after: u64) -> u64 {
        self.generation += 1;
        after
    }

    fn report(&self, rng: &mut Rng, event: CallEvent, reports: &mut Reports) {
        if rng.percent(self.faults.report_lost) {
            return;
        }
        if rng.percent(self.faults.doubled) {
            reports.push((rng.between(0, 300), event.clone()));
        }
        reports.push((if rng.percent(5) { rng.between(0, 200) } else { 0 }, event));
    }

    pub fn is_audible(&self) -> bool {
        self.playing.is_some() && !self.is_paused
    }
}
