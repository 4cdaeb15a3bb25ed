//! The agent's audio on its way to the carrier: sent a bounded lead ahead, played by the clock, cut without remorse.
//!
//! Absent on purpose: sockets and clocks. The bridge calls [`PlayoutQueue::tick`] every 20 ms and sends what it says.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::phrase_cache::Clip;
use crate::domain::audio::{FRAME_MS, frame_samples};
use crate::domain::values::{CallTime, UtteranceId};

/// How much is said again after an interruption that was none, so that no word is lost.
const REWIND: Duration = Duration::from_millis(200);

/// How long a mark may lag behind the playout clock before the clock is believed alone.
const MARK_GRACE: Duration = Duration::from_millis(600);

/// A fact about what reached the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayoutFact {
    Started { utterance: UtteranceId, sentence: usize, at: CallTime },
    Ended { utterance: UtteranceId, sentence: usize },
    Cut { utterance: UtteranceId, sentence: usize, played: Duration },
    Failed { utterance: UtteranceId, sentence: usize },
}

/// Where frames and marks go.
pub trait PlayoutSink {
    /// Shape: exactly 20 ms at the queue's rate.
    fn frame(&mut self, samples: &[i16]);
    fn mark(&mut self, name: &str);
    /// Everything not yet played is to be dropped.
    fn clear(&mut self);
}

#[derive(Debug)]
enum Audio {
    Awaited,
    Ready(Arc<Clip>),
    Failed,
}

#[derive(Debug)]
struct Item {
    utterance: UtteranceId,
    sentence: usize,
    audio: Audio,
    /// Samples handed to the carrier.
    sent: usize,
    /// Samples played by the clock.
    played: usize,
}

impl Item {
    fn samples(&self) -> usize {
        match &self.audio {
            Audio::Ready(clip) => clip.samples.len(),
            Audio::Awaited | Audio::Failed => 0,
        }
    }
}

/// A sentence played by the clock whose mark has not come back.
#[derive(Debug)]
struct Unconfirmed {
    generation: u32,
    utterance: UtteranceId,
    sentence: usize,
    believed_at: CallTime,
}

/// How a provider's marks are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    Used,
    Absent,
}

/// The sentences queued, sent and playing, in order.
#[derive(Debug)]
pub struct PlayoutQueue {
    frame: usize,
    lead_frames: usize,
    marks: Marks,
    items: VecDeque<Item>,
    /// Frames sent and not yet played.
    in_flight: usize,
    /// The item that is being sent.
    sending: usize,
    is_paused: bool,
    /// Counts the clears; a mark of an earlier generation proves nothing.
    generation: u32,
    unconfirmed: VecDeque<Unconfirmed>,
    facts: Vec<PlayoutFact>,
    /// The last, padded frame of a clip; also what was played in this tick.
    scratch: Vec<i16>,
    mark_name: String,
}

impl PlayoutQueue {
    /// A queue for audio at `rate_hz` that keeps `lead` ahead of the playout clock.
    pub fn new(rate_hz: u32, lead: Duration, marks: Marks) -> Self {
        let frame = frame_samples(rate_hz);
        Self {
            frame,
            lead_frames: (lead.as_millis() as usize / FRAME_MS as usize).max(1),
            marks,
            items: VecDeque::new(),
            in_flight: 0,
            sending: 0,
            is_paused: false,
            generation: 0,
            unconfirmed: VecDeque::new(),
            facts: Vec::new(),
            scratch: vec![0; frame],
            mark_name: String::new(),
        }
    }

    /// Queues a sentence; its audio comes later by [`supply`](Self::supply).
    pub fn push(&mut self, utterance: UtteranceId, sentence: usize) {
        self.items.push_back(Item { utterance, sentence, audio: Audio::Awaited, sent: 0, played: 0 });
    }

    /// Brings the audio of a queued sentence, or says that there is none.
    pub fn supply(&mut self, utterance: UtteranceId, sentence: usize, clip: Option<Arc<Clip>>) {
        let item = self.items.iter_mut().find(|item| item.utterance == utterance && item.sentence == sentence);
        if let Some(item) = item
            && matches!(item.audio, Audio::Awaited)
        {
            item.audio = match clip {
                Some(clip) if !clip.samples.is_empty() => Audio::Ready(clip),
                Some(_) | None => Audio::Failed,
            };
        }
    }

    /// Whether audio is flowing to the caller.
    pub fn is_playing(&self) -> bool {
        self.in_flight > 0
    }

    /// Sends what the lead allows, then plays one frame by the clock. Returns the samples that are playing now.
    pub fn tick(&mut self, now: CallTime, sink: &mut dyn PlayoutSink) -> Option<&[i16]> {
        self.drop_failed();
        self.send(sink);
        self.confirm_overdue(now);
        self.play(now)
    }

    /// Facts since the last call, in order.
    pub fn drain_facts(&mut self) -> std::vec::Drain<'_, PlayoutFact> {
        self.facts.drain(..)
    }

    /// Falls silent at once; [`resume`](Self::resume) goes on a little before this point.
    pub fn pause(&mut self, sink: &mut dyn PlayoutSink) {
        self.is_paused = true;
        self.clear(sink);
    }

    pub fn resume(&mut self) {
        self.is_paused = false;
    }

    /// Falls silent at once and drops everything.
    pub fn stop(&mut self, sink: &mut dyn PlayoutSink) {
        let playing = self.items.front().filter(|item| item.played > 0).map(|item| PlayoutFact::Cut {
            utterance: item.utterance,
            sentence: item.sentence,
            played: self.duration(item.played),
        });
        self.clear(sink);
        self.items.clear();
        self.sending = 0;
        self.is_paused = false;
        self.facts.extend(playing);
    }

    /// The carrier echoed a mark.
    pub fn mark_echoed(&mut self, name: &str) {
        let mut parts = name.split('.').map(str::parse::<u32>);
        let (Some(Ok(generation)), Some(Ok(utterance)), Some(Ok(sentence))) =
            (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        let is_it = |entry: &Unconfirmed| {
            entry.generation == generation && entry.utterance.0 == utterance && entry.sentence == sentence as usize
        };
        // Marks come back in order: those before this one were played as well.
        if let Some(index) = self.unconfirmed.iter().position(is_it) {
            for entry in self.unconfirmed.drain(..=index) {
                self.facts.push(PlayoutFact::Ended { utterance: entry.utterance, sentence: entry.sentence });
            }
        }
    }

    fn send(&mut self, sink: &mut dyn PlayoutSink) {
        while !self.is_paused && self.in_flight < self.lead_frames {
            let Some(item) = self.items.get_mut(self.sending) else { return };
            let Audio::Ready(clip) = &item.audio else { return };
            let rest = &clip.samples[item.sent..];
            if rest.len() >= self.frame {
                sink.frame(&rest[..self.frame]);
            } else {
                self.scratch.clear();
                self.scratch.extend_from_slice(rest);
                self.scratch.resize(self.frame, 0);
                sink.frame(&self.scratch);
            }
            item.sent = (item.sent + self.frame).min(clip.samples.len());
            self.in_flight += 1;
            if item.sent == clip.samples.len() {
                if self.marks == Marks::Used {
                    self.mark_name.clear();
                    let (generation, utterance, sentence) = (self.generation, item.utterance.0, item.sentence);
                    // Writing to a string cannot fail.
                    let _ = write!(self.mark_name, "{generation}.{utterance}.{sentence}");
                    sink.mark(&self.mark_name);
                }
                self.sending += 1;
            }
        }
    }

    fn play(&mut self, now: CallTime) -> Option<&[i16]> {
        if self.in_flight == 0 {
            return None;
        }
        self.in_flight -= 1;
        let item = self.items.front_mut()?;
        let Audio::Ready(clip) = &item.audio else { return None };
        if item.played == 0 {
            self.facts.push(PlayoutFact::Started { utterance: item.utterance, sentence: item.sentence, at: now });
        }
        let end = (item.played + self.frame).min(clip.samples.len());
        self.scratch.clear();
        self.scratch.extend_from_slice(&clip.samples[item.played..end]);
        self.scratch.resize(self.frame, 0);
        item.played = end;
        if end == clip.samples.len() {
            let (utterance, sentence) = (item.utterance, item.sentence);
            self.items.pop_front();
            self.sending = self.sending.saturating_sub(1);
            match self.marks {
                Marks::Absent => self.facts.push(PlayoutFact::Ended { utterance, sentence }),
                Marks::Used => self.unconfirmed.push_back(Unconfirmed {
                    generation: self.generation,
                    utterance,
                    sentence,
                    believed_at: now + MARK_GRACE,
                }),
            }
        }
        Some(&self.scratch)
    }

    fn confirm_overdue(&mut self, now: CallTime) {
        while let Some(entry) = self.unconfirmed.front()
            && entry.believed_at <= now
        {
            self.facts.push(PlayoutFact::Ended { utterance: entry.utterance, sentence: entry.sentence });
            self.unconfirmed.pop_front();
        }
    }

    fn drop_failed(&mut self) {
        while let Some(item) = self.items.get(self.sending)
            && matches!(item.audio, Audio::Failed)
        {
            self.facts.push(PlayoutFact::Failed { utterance: item.utterance, sentence: item.sentence });
            self.items.remove(self.sending);
        }
    }

    /// Drops what was sent and not played; what the clock says was played stands.
    fn clear(&mut self, sink: &mut dyn PlayoutSink) {
        for entry in self.unconfirmed.drain(..) {
            self.facts.push(PlayoutFact::Ended { utterance: entry.utterance, sentence: entry.sentence });
        }
        if self.in_flight > 0 {
            sink.clear();
        }
        self.generation = self.generation.wrapping_add(1);
        self.in_flight = 0;
        self.sending = 0;
        let rewind = self.frame * (REWIND.as_millis() as usize / FRAME_MS as usize);
        for (index, item) in self.items.iter_mut().enumerate() {
            let samples = item.samples();
            item.played = if index == 0 { item.played.saturating_sub(rewind).min(samples) } else { 0 };
            item.sent = item.played;
        }
    }

    fn duration(&self, samples: usize) -> Duration {
        Duration::from_millis((samples / self.frame) as u64 * FRAME_MS)
    }
}

#[cfg(test)]
mod tests;
