//! What one event leads to, collected before it is put into words.

use std::sync::Arc;

use super::answering::FreeWords;
use super::phrasebook::{Line, Rewording};
use super::{DialogueCommand, EndReason, HandoverOrder};

/// Lines and orders, in the order they came up.
#[derive(Debug)]
pub(super) struct Reply {
    /// Said before the lines, in words that are no template's.
    pub(super) free: Option<FreeWords>,
    pub(super) lines: Vec<Line>,
    pub(super) rewording: Rewording,
    pub(super) commands: Vec<DialogueCommand>,
    pub(super) end: Option<EndReason>,
    pub(super) hand_over: Option<Arc<HandoverOrder>>,
    pub(super) must_be_heard: bool,
    pub(super) is_on_hold: bool,
    /// What is expected next has changed, even if nothing is said.
    pub(super) is_awaiting_anew: bool,
}

impl Reply {
    pub(super) fn new() -> Self {
        Self {
            free: None,
            lines: Vec::new(),
            rewording: Rewording::First,
            commands: Vec::new(),
            end: None,
            hand_over: None,
            must_be_heard: false,
            is_on_hold: false,
            is_awaiting_anew: false,
        }
    }

    /// Adds a line; the same line twice in a row is said once.
    pub(super) fn say(&mut self, line: Line) {
        if self.lines.last() != Some(&line) {
            self.lines.push(line);
        }
    }

    pub(super) fn say_all(&mut self, lines: impl IntoIterator<Item = Line>) {
        self.lines.extend(lines);
    }

    pub(super) fn order(&mut self, command: DialogueCommand) {
        self.commands.push(command);
    }
}
