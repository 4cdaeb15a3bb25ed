//! The conversation as a model is shown it: bounded, and never with a tool call left unanswered.

use std::collections::VecDeque;

use crate::domain::values::Personal;

/// Turns and tool answers kept. When full, the oldest goes, and all that follows it up to the caller's next turn.
const MESSAGES_MAX: usize = 40;
/// What one message may hold; the rest of a longer one is cut.
const MESSAGE_BYTES_MAX: usize = 4 * 1024;

/// What stands for the answer of a tool that was cancelled before it came.
const CANCELLED: &str = r#"{"cancelled":true}"#;

/// A tool the model asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON text.
    pub arguments: Personal<String>,
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Caller(Personal<String>),
    /// What the caller really heard of a reply, and the tools it asked for.
    Agent {
        heard: Personal<String>,
        calls: Vec<ToolCall>,
    },
    ToolAnswer {
        id: String,
        content: Personal<String>,
        is_error: bool,
    },
}

/// The conversation so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    messages: VecDeque<Message>,
}

impl History {
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }

    /// Adds what the caller said. Tools that have not answered count as cancelled: vendors refuse a gap.
    pub fn caller_said(&mut self, text: &str) {
        self.cancel_open_calls();
        match self.messages.back_mut() {
            Some(Message::Caller(before)) => {
                let joined = format!("{} {text}", before.reveal());
                *before = cut(&joined);
            }
            Some(Message::Agent { .. } | Message::ToolAnswer { .. }) | None => self.push(Message::Caller(cut(text))),
        }
    }

    /// Adds what was heard of the agent's reply, and the tools it asked for.
    pub fn agent_said(&mut self, heard: &str, calls: Vec<ToolCall>) {
        self.cancel_open_calls();
        if !heard.is_empty() || !calls.is_empty() {
            self.push(Message::Agent { heard: cut(heard), calls });
        }
    }

    /// Adds a tool's answer. One that nobody waits for is left out.
    pub fn tool_answered(&mut self, id: &str, content: &str, is_error: bool) {
        if self.open_calls().iter().any(|open| open == id) {
            self.push(Message::ToolAnswer { id: id.to_owned(), content: cut(content), is_error });
        }
    }

    fn open_calls(&self) -> Vec<String> {
        let mut answered = Vec::new();
        for message in self.messages.iter().rev() {
            match message {
                Message::ToolAnswer { id, .. } => answered.push(id),
                Message::Agent { calls, .. } => {
                    return calls
                        .iter()
                        .filter(|call| !answered.contains(&&call.id))
                        .map(|call| call.id.clone())
                        .collect();
                }
                Message::Caller(_) => return Vec::new(),
            }
        }
        Vec::new()
    }

    fn cancel_open_calls(&mut self) {
        for id in self.open_calls() {
            self.push(Message::ToolAnswer { id, content: CANCELLED.to_owned().into(), is_error: true });
        }
    }

    fn push(&mut self, message: Message) {
        self.messages.push_back(message);
        if MESSAGES_MAX < self.messages.len() {
            self.messages.pop_front();
            // An answer without its question would be refused, so a whole exchange goes.
            while self.messages.front().is_some_and(|first| !matches!(first, Message::Caller(_))) {
                self.messages.pop_front();
            }
        }
    }
}

/// The beginning of a text, as much as a message may hold.
fn cut(text: &str) -> Personal<String> {
    text[..text.floor_char_boundary(MESSAGE_BYTES_MAX)].to_owned().into()
}

#[cfg(test)]
mod tests;
