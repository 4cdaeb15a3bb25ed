//! What the caller really heard, utterance by utterance.
//!
//! Nothing here believes that what was sent was heard: only the playout clock and the marks behind
//! `SentenceStarted`, `SentenceEnded` and `SentenceCut` say so.

use std::sync::Arc;
use std::time::Duration;

use super::record::HeardShare;
use crate::domain::dialogue::Saying;
use crate::domain::values::{CallTime, UtteranceId};

/// What became of one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Waiting,
    Playing {
        since: CallTime,
    },
    /// Heard to its last sample.
    Heard,
    /// A later sentence plays, so this one is over; its end was never reported. The report may still come.
    Passed,
    /// Cut short, or dropped before it began.
    Cut {
        since: Option<CallTime>,
    },
    /// No audio could be made.
    Failed,
}

impl Fate {
    const fn is_settled(self) -> bool {
        match self {
            Self::Waiting | Self::Playing { .. } => false,
            Self::Heard | Self::Passed | Self::Cut { .. } | Self::Failed => true,
        }
    }
}

/// One thing the agent said or meant to say.
#[derive(Clone, Debug)]
pub struct Utterance {
    pub id: UtteranceId,
    pub saying: Arc<Saying>,
    /// The first sample that reached the caller.
    pub started_at: Option<CallTime>,
    /// The last sample that reached the caller, or the moment it was cut.
    pub ended_at: Option<CallTime>,
    fates: Vec<Fate>,
}

impl Utterance {
    fn new(id: UtteranceId, saying: Arc<Saying>) -> Self {
        let fates = vec![Fate::Waiting; saying.sentences.len()];
        Self { id, saying, started_at: None, ended_at: None, fates }
    }

    /// One for each sentence.
    pub fn fates(&self) -> &[Fate] {
        &self.fates
    }

    /// How many sentences were heard to their end, from the first on and without a gap.
    pub fn sentences_heard(&self) -> usize {
        self.fates.iter().take_while(|fate| **fate == Fate::Heard).count()
    }

    pub fn heard(&self) -> HeardShare {
        if self.fates.iter().all(|fate| *fate == Fate::Heard) {
            HeardShare::Whole
        } else if self.started_at.is_some() {
            HeardShare::Part
        } else {
            HeardShare::None
        }
    }

    /// All words of it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for sentence in &self.saying.sentences {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&sentence.text);
        }
        text
    }

    /// Whether nothing more of it will be heard. Only the time of its end may still be corrected.
    pub fn is_settled(&self) -> bool {
        self.fates.iter().all(|fate| fate.is_settled())
    }

    fn pass_before(&mut self, sentence: usize, at: CallTime) {
        for fate in self.fates.iter_mut().take(sentence).filter(|fate| !fate.is_settled()) {
            if let Fate::Playing { .. } = fate {
                self.ended_at = Some(at);
            }
            *fate = Fate::Passed;
        }
    }
}

/// The utterances of a call. The unsettled ones are queued or playing, in order.
#[derive(Clone, Debug, Default)]
pub struct Playout {
    utterances: Vec<Utterance>,
    /// Index of the first utterance that is not settled.
    current: usize,
}

impl Playout {
    pub fn push(&mut self, id: UtteranceId, saying: Arc<Saying>) {
        self.utterances.push(Utterance::new(id, saying));
        self.skip_settled();
    }

    /// Whether anything is queued or playing.
    pub fn is_busy(&self) -> bool {
        self.current < self.utterances.len()
    }

    /// Whether the caller can hear something right now.
    pub fn is_audible(&self) -> bool {
        self.current().is_some_and(|utterance| utterance.started_at.is_some())
    }

    /// The utterance that is playing or comes next.
    pub fn current(&self) -> Option<&Utterance> {
        self.utterances.get(self.current)
    }

    pub fn utterances(&self) -> &[Utterance] {
        &self.utterances
    }

    /// What the caller may have heard last: an echo comes back from here.
    pub fn recent_text(&self) -> String {
        let started = self.utterances.iter().rev().filter(|utterance| utterance.started_at.is_some());
        let mut texts: Vec<String> = started.take(2).map(Utterance::text).collect();
        texts.reverse();
        texts.join(" ")
    }

    /// Whether the last sentence of everything queued is playing: the question is out.
    pub fn is_in_last_sentence(&self) -> bool {
        self.current + 1 == self.utterances.len()
            && self.current().is_some_and(|utterance| {
                let is_last_out = matches!(utterance.fates.last(), Some(Fate::Playing { .. }));
                // Between two sentences, the next one is as good as out.
                let waiting = utterance.fates.iter().filter(|fate| !fate.is_settled()).count();
                is_last_out || utterance.started_at.is_some() && waiting == 1
            })
    }

    /// The length of what is playing or comes next, in characters.
    pub fn next_sentence_chars(&self) -> usize {
        self.unsettled_texts().next().map_or(0, str::len)
    }

    /// The length of everything queued or playing, in characters.
    pub fn queued_chars(&self) -> usize {
        self.unsettled_texts().map(str::len).sum()
    }

    /// Returns whether this is news of something that is queued.
    pub fn sentence_started(&mut self, id: UtteranceId, sentence: usize, at: CallTime) -> bool {
        let Some(index) = self.unsettled(id) else { return false };
        if self.utterances[index].fates.get(sentence) != Some(&Fate::Waiting) {
            return false;
        }
        self.pass_before(index, sentence, at);
        let utterance = &mut self.utterances[index];
        utterance.fates[sentence] = Fate::Playing { since: at };
        utterance.started_at.get_or_insert(at);
        self.skip_settled();
        true
    }

    /// Returns whether this is news.
    pub fn sentence_ended(&mut self, id: UtteranceId, sentence: usize, now: CallTime) -> bool {
        let Some(index) = self.utterances.iter().rposition(|utterance| utterance.id == id) else { return false };
        match self.utterances[index].fates.get(sentence) {
            Some(Fate::Waiting | Fate::Playing { .. }) => self.pass_before(index, sentence, now),
            // The report came late.
            Some(Fate::Passed) => (),
            Some(Fate::Heard | Fate::Cut { .. } | Fate::Failed) | None => return false,
        }
        let utterance = &mut self.utterances[index];
        utterance.fates[sentence] = Fate::Heard;
        utterance.started_at.get_or_insert(now);
        utterance.ended_at = Some(now);
        self.skip_settled();
        true
    }

    /// Skips a sentence, also one that is still far back in the queue. Returns whether this is news.
    pub fn sentence_failed(&mut self, id: UtteranceId, sentence: usize) -> bool {
        let Some(index) = self.unsettled(id) else { return false };
        match self.utterances[index].fates.get_mut(sentence) {
            Some(fate) if !fate.is_settled() => *fate = Fate::Failed,
            Some(_) | None => return false,
        }
        self.skip_settled();
        true
    }

    /// Takes the playout clock's word for how far a sentence got. Returns whether something queued is over by it.
    pub fn sentence_cut(&mut self, id: UtteranceId, sentence: usize, played: Duration) -> bool {
        let Some(utterance) = self.utterances.iter_mut().rfind(|utterance| utterance.id == id) else { return false };
        let Some(fate) = utterance.fates.get_mut(sentence) else { return false };
        match *fate {
            Fate::Cut { since: Some(since) } => {
                let until = since + played;
                utterance.ended_at = Some(utterance.ended_at.map_or(until, |at| at.min(until)));
                false
            }
            Fate::Playing { since } => {
                *fate = Fate::Cut { since: Some(since) };
                utterance.ended_at = Some(since + played);
                self.skip_settled();
                true
            }
            Fate::Waiting => {
                *fate = Fate::Cut { since: None };
                self.skip_settled();
                true
            }
            Fate::Heard | Fate::Passed | Fate::Cut { since: None } | Fate::Failed => false,
        }
    }

    /// Settles everything: what is playing is cut, what is queued was never heard.
    pub fn cut(&mut self, at: CallTime) {
        for utterance in &mut self.utterances[self.current..] {
            for fate in utterance.fates.iter_mut().filter(|fate| !fate.is_settled()) {
                let since = match *fate {
                    Fate::Playing { since } => {
                        utterance.ended_at = Some(at.max(since));
                        Some(since)
                    }
                    Fate::Waiting | Fate::Heard | Fate::Passed | Fate::Cut { .. } | Fate::Failed => None,
                };
                *fate = Fate::Cut { since };
            }
        }
        self.current = self.utterances.len();
    }

    fn unsettled_texts(&self) -> impl Iterator<Item = &str> {
        self.utterances[self.current..].iter().flat_map(|utterance| {
            let sentences = utterance.saying.sentences.iter().zip(&utterance.fates);
            sentences.filter(|(_, fate)| !fate.is_settled()).map(|(sentence, _)| sentence.text.as_str())
        })
    }

    fn unsettled(&self, id: UtteranceId) -> Option<usize> {
        self.utterances[self.current..]
            .iter()
            .position(|utterance| utterance.id == id)
            .map(|index| self.current + index)
    }

    fn pass_before(&mut self, index: usize, sentence: usize, at: CallTime) {
        let first = self.current.min(index);
        for utterance in &mut self.utterances[first..index] {
            utterance.pass_before(usize::MAX, at);
        }
        self.utterances[index].pass_before(sentence, at);
    }

    fn skip_settled(&mut self) {
        while self.utterances.get(self.current).is_some_and(Utterance::is_settled) {
            self.current += 1;
        }
    }
}
