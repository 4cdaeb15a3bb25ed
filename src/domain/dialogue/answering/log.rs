//! The conversation as a model may see it: what the caller said, and of the agent only what was heard.

use std::collections::VecDeque;
use std::sync::Arc;

use super::messages::SaidLine;
use crate::domain::call::Speaker;
use crate::domain::values::{Personal, UtteranceId};

/// Lines kept; the oldest goes first.
const LINES_MAX: usize = 24;
/// The rest of a longer line is left out.
const LINE_CHARS_MAX: usize = 400;
/// Sayings whose hearing is open; the oldest counts as unheard.
const OPEN_MAX: usize = 16;

/// What stands for words that prove who somebody is: they are no business of a model's.
const WITHHELD: &str = "(answered)";

#[derive(Clone, Debug)]
struct Open {
    utterance: UtteranceId,
    texts: Vec<String>,
    heard: usize,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    lines: Arc<VecDeque<SaidLine>>,
    open: VecDeque<Open>,
}

impl Log {
    pub(super) fn lines(&self) -> Vec<SaidLine> {
        self.lines.iter().cloned().collect()
    }

    pub(super) fn caller_said(&mut self, text: &str) {
        self.push(Speaker::Caller, text);
    }

    pub(super) fn caller_proved(&mut self) {
        self.push(Speaker::Caller, WITHHELD);
    }

    pub(super) fn agent_says(&mut self, utterance: UtteranceId, texts: Vec<String>) {
        if self.open.len() == OPEN_MAX {
            self.open.pop_front();
        }
        self.open.push_back(Open { utterance, texts, heard: 0 });
    }

    /// Notes that `count` sentences of an utterance were heard to their end.
    pub(super) fn heard(&mut self, utterance: UtteranceId, count: usize) {
        let Some(open) = self.open.iter_mut().find(|open| open.utterance == utterance) else { return };
        let newly = open.heard..count.min(open.texts.len());
        open.heard = newly.end.max(newly.start);
        let text = open.texts.get(newly).unwrap_or_default().join(" ");
        if !text.is_empty() {
            self.push(Speaker::Agent, &text);
        }
        self.open.retain(|open| open.heard < open.texts.len());
    }

    fn push(&mut self, by: Speaker, text: &str) {
        let text: String = text.trim().chars().take(LINE_CHARS_MAX).collect();
        if text.is_empty() {
            return;
        }
        let lines = Arc::make_mut(&mut self.lines);
        match lines.back_mut().filter(|last| last.by == by && by == Speaker::Agent) {
            Some(last) => last.text = Personal::new(format!("{} {text}", last.text.reveal())),
            None => lines.push_back(SaidLine { by, text: text.into() }),
        }
        while LINES_MAX < lines.len() {
            lines.pop_front();
        }
    }
}
