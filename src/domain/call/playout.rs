//! What the caller really heard, utterance by utterance.
//!
//! Nothing here believes that what was sent was heard: only the playout clock and the marks behind
//! `SentenceStarted`, `SentenceEnded` and `SentenceCut` say so.

use std::sync::Arc;

use super::record::HeardShare;
use crate::domain::dialogue::Saying;
use crate::domain::values::{CallTime, UtteranceId};

/// One thing the agent said or meant to say.
#[derive(Clone, Debug)]
pub struct Utterance {
    pub id: UtteranceId,
    pub saying: Arc<Saying>,
    /// The first sample that reached the caller.
    pub started_at: Option<CallTime>,
    /// The last sample that reached the caller, or the moment it was cut.
    pub ended_at: Option<CallTime>,
    /// Sentences heard to their end.
    pub sentences_heard: usize,
    /// Sentences that are settled: heard, cut, failed or dropped.
    settled: usize,
}

impl Utterance {
    fn is_settled(&self) -> bool {
        self.settled >= self.saying.sentences.len()
    }

    pub fn heard(&self) -> HeardShare {
        if self.sentences_heard == self.saying.sentences.len() {
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
        self.utterances.push(Utterance {
            id,
            saying,
            started_at: None,
            ended_at: None,
            sentences_heard: 0,
            settled: 0,
        });
        self.skip_settled();
    }

    /// Whether anything is queued or playing.
    pub fn is_busy(&self) -> bool {
        self.current < self.utterances.len()
    }

    /// Whether the caller can hear something right now.
    pub fn is_audible(&self) -> bool {
        self.utterances.get(self.current).is_some_and(|utterance| utterance.started_at.is_some())
    }

    /// The utterance that is playing or comes next.
    pub fn current(&self) -> Option<&Utterance> {
        self.utterances.get(self.current)
    }

    pub fn utterances(&self) -> &[Utterance] {
        &self.utterances
    }

    /// Whether the last sentence of everything queued is playing: the question is out.
    pub fn is_in_last_sentence(&self) -> bool {
        self.current + 1 == self.utterances.len()
            && self.current().is_some_and(|utterance| {
                utterance.started_at.is_some() && utterance.settled + 1 >= utterance.saying.sentences.len()
            })
    }

    pub fn sentence_started(&mut self, id: UtteranceId, at: CallTime) {
        if let Some(utterance) = self.unsettled_mut(id)
            && utterance.started_at.is_none()
        {
            utterance.started_at = Some(at);
        }
    }

    /// Returns how many sentences of the utterance have been heard by now, if this one was new.
    pub fn sentence_ended(&mut self, id: UtteranceId, sentence: usize, now: CallTime) -> Option<usize> {
        let utterance = self.unsettled_mut(id)?;
        if sentence != utterance.settled {
            return None;
        }
        utterance.settled += 1;
        utterance.sentences_heard += 1;
        utterance.ended_at = Some(now);
        let heard = utterance.sentences_heard;
        self.skip_settled();
        Some(heard)
    }

    pub fn sentence_failed(&mut self, id: UtteranceId, sentence: usize) {
        if let Some(utterance) = self.unsettled_mut(id)
            && sentence == utterance.settled
        {
            utterance.settled += 1;
        }
        self.skip_settled();
    }

    /// Settles everything: what is playing is cut, what is queued was never heard.
    pub fn cut(&mut self, now: CallTime) {
        for utterance in &mut self.utterances[self.current..] {
            if utterance.started_at.is_some() {
                utterance.ended_at = Some(now);
            }
            utterance.settled = utterance.saying.sentences.len();
        }
        self.current = self.utterances.len();
    }

    fn unsettled_mut(&mut self, id: UtteranceId) -> Option<&mut Utterance> {
        self.utterances[self.current..].iter_mut().find(|utterance| utterance.id == id)
    }

    fn skip_settled(&mut self) {
        while self.utterances.get(self.current).is_some_and(Utterance::is_settled) {
            self.current += 1;
        }
    }
}
