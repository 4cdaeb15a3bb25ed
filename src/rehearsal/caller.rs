//! The caller of a file: which of their answers comes next.

use std::collections::VecDeque;

use super::file::{Answer, CallerFile};

/// What the caller does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Words, how sure the recogniser is of them, and how long the voice is on.
    Say {
        text: String,
        confidence: f32,
        speech_ms: u64,
    },
    Keys(String),
    HangUp,
}

/// A deed, how long it is thought about, and whether the agent is let finish.
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    pub deed: Deed,
    pub after_ms: u64,
    pub interrupts: bool,
}

/// What a recorded caller did, once the agent had said so many things since they last did something.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    pub deed: Deed,
    /// Counted in utterances, the one that is interrupted included.
    pub after_utterances: usize,
    pub interrupts: bool,
}

/// Speech of so many milliseconds a word, as people talk on the phone.
const WORD_MS: u64 = 330;
const RECORDED_PAUSE_MS: u64 = 400;

/// How long these words take.
pub fn speech_ms(text: &str) -> u64 {
    WORD_MS * text.split_whitespace().count() as u64
}

/// A caller in a call: which of their answers are used up.
#[derive(Clone, Debug)]
pub struct Caller {
    answers: Vec<Answer>,
    /// How often each rule was used.
    used: Vec<usize>,
    /// Instead of rules: what a recorded caller did, in order.
    recorded: VecDeque<Cue>,
}

impl Caller {
    pub fn new(file: &CallerFile) -> Self {
        Self {
            answers: file.answers.clone(),
            used: vec![0; file.answers.len()],
            recorded: file.recorded.iter().cloned().collect(),
        }
    }

    /// What is done about a question; nothing when the caller has no answer left.
    pub fn answer(&mut self, template: &str) -> Option<Next> {
        let fits = |(answer, used): &(&Answer, &usize)| is_to(&answer.to, template) && **used < uses(answer);
        let at = self.answers.iter().zip(&self.used).position(|pair| fits(&pair))?;
        let answer = &self.answers[at];
        let use_number = self.used[at];
        self.used[at] += 1;
        let deed = match (answer.say.get(use_number), &answer.keys) {
            (Some(text), _) => Deed::Say {
                text: text.clone(),
                confidence: answer.confidence,
                speech_ms: answer.speech_ms.unwrap_or_else(|| speech_ms(text)),
            },
            (None, Some(keys)) => Deed::Keys(keys.clone()),
            (None, None) => Deed::HangUp,
        };
        Some(Next { deed, after_ms: answer.after_ms, interrupts: answer.interrupts })
    }

    /// What a recorded caller does now that the agent has said so many things since they last did something.
    pub(super) fn recorded(&mut self, utterances: usize) -> Option<Next> {
        let cue = self.recorded.pop_front_if(|cue| cue.after_utterances <= utterances)?;
        Some(Next { deed: cue.deed, after_ms: RECORDED_PAUSE_MS, interrupts: cue.interrupts })
    }

    pub(super) fn recorded_interrupts(&self, utterances: usize) -> bool {
        self.recorded.front().is_some_and(|cue| cue.interrupts && cue.after_utterances <= utterances)
    }

    /// Whether what is being said will be interrupted: the caller does not wait for its end.
    pub fn interrupts(&self, template: &str) -> bool {
        let rules = self.answers.iter().zip(&self.used);
        let mut open = rules.filter(|(answer, used)| is_to(&answer.to, template) && **used < uses(answer));
        open.next().is_some_and(|(answer, _)| answer.interrupts)
    }
}

fn uses(answer: &Answer) -> usize {
    let acts = usize::from(answer.keys.is_some()) + usize::from(answer.hang_up);
    answer.say.len().max(acts)
}

fn is_to(pattern: &str, template: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => template.starts_with(beginning),
        None => pattern == template,
    }
}
