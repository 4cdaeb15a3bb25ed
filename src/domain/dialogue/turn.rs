//! A caller turn as the dialogue reads it: what was meant, and the values it carried.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};

use super::CallerTurn;
use super::meaning::{Answer, Aside, Conduct, Meaning};
use super::step::Wish;
use super::understanding::{Understanding, Understood};
use crate::domain::hearing::{Awaited, Transcript};

/// One turn, understood.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) transcript: Arc<Transcript>,
    /// The surest reading first within what was said.
    meanings: Vec<(Meaning, IsWeak)>,
    /// Digit strings, the likeliest first.
    pub(super) digits: Vec<String>,
    pub(super) day: Option<Date>,
    pub(super) window: Option<(Time, Time)>,
}

/// Too short or too doubtful to settle anything.
type IsWeak = bool;

impl Turn {
    pub(super) fn understand(
        understanding: &Understanding,
        said: &CallerTurn,
        awaited: Awaited,
        local_now: DateTime,
    ) -> Self {
        let mut understood = understanding.understand(&said.transcript, awaited, local_now);
        understood.weigh_speech(Duration::from_millis(u64::from(said.speech_ms)));
        Self {
            transcript: Arc::clone(&said.transcript),
            meanings: meanings(&understood),
            digits: understood.digits.iter().map(|digits| digits.digits.reveal().clone()).collect(),
            day: None,
            window: None,
        }
    }

    /// Nothing that the dialogue knows was said.
    pub(super) fn is_unclear(&self) -> bool {
        self.meanings.iter().all(|(meaning, _)| matches!(meaning, Meaning::Nothing))
            && self.digits.is_empty()
            && self.day.is_none()
    }

    pub(super) fn text(&self) -> &str {
        self.transcript.text().trim()
    }

    /// The answer to the open question, and whether it is too weak to settle anything.
    pub(super) fn answer(&self) -> Option<(Answer, IsWeak)> {
        self.meanings.iter().find_map(|(meaning, is_weak)| match meaning {
            Meaning::Answer(answer) => Some((*answer, *is_weak)),
            Meaning::Ask(_)
            | Meaning::Want(_)
            | Meaning::Conduct(_)
            | Meaning::Aside(_)
            | Meaning::Provides
            | Meaning::Nothing => None,
        })
    }

    pub(super) fn has_answer(&self, answer: Answer) -> bool {
        self.meanings.iter().any(|(meaning, _)| *meaning == Meaning::Answer(answer))
    }

    /// What the caller is after, the weightiest first: a request before a question.
    pub(super) fn wish(&self) -> Option<Wish> {
        let wants = self.meanings.iter().find_map(|(meaning, _)| match meaning {
            Meaning::Want(topic) => Some(Wish::Want(*topic)),
            Meaning::Answer(_)
            | Meaning::Ask(_)
            | Meaning::Conduct(_)
            | Meaning::Aside(_)
            | Meaning::Provides
            | Meaning::Nothing => None,
        });
        wants.or_else(|| {
            self.meanings.iter().find_map(|(meaning, _)| match meaning {
                Meaning::Ask(question) => Some(Wish::Ask(*question)),
                Meaning::Answer(_)
                | Meaning::Want(_)
                | Meaning::Conduct(_)
                | Meaning::Aside(_)
                | Meaning::Provides
                | Meaning::Nothing => None,
            })
        })
    }

    /// What must be answered at once, the weightiest first.
    pub(super) fn conduct(&self) -> Option<Conduct> {
        let conducts = self.meanings.iter().filter_map(|(meaning, _)| match meaning {
            Meaning::Conduct(conduct) => Some(*conduct),
            Meaning::Answer(_)
            | Meaning::Ask(_)
            | Meaning::Want(_)
            | Meaning::Aside(_)
            | Meaning::Provides
            | Meaning::Nothing => None,
        });
        conducts.min_by_key(|conduct| conduct.rank())
    }

    pub(super) fn has_conduct(&self, conduct: Conduct) -> bool {
        self.meanings.iter().any(|(meaning, _)| *meaning == Meaning::Conduct(conduct))
    }

    pub(super) fn asides(&self) -> Vec<Aside> {
        let aside = |(meaning, _): &(Meaning, IsWeak)| match meaning {
            Meaning::Aside(aside) => Some(*aside),
            Meaning::Answer(_)
            | Meaning::Ask(_)
            | Meaning::Want(_)
            | Meaning::Conduct(_)
            | Meaning::Provides
            | Meaning::Nothing => None,
        };
        self.meanings.iter().filter_map(aside).collect()
    }
}

fn meanings(understood: &Understood) -> Vec<(Meaning, IsWeak)> {
    let mut meanings: Vec<(Meaning, IsWeak)> = Vec::with_capacity(understood.acts.len());
    for act in &understood.acts {
        let meaning = Meaning::of(act.intent);
        match meanings.iter_mut().find(|(known, _)| *known == meaning) {
            Some((_, is_weak)) => *is_weak &= act.is_weak,
            None => meanings.push((meaning, act.is_weak)),
        }
    }
    meanings
}
