//! Chat completions in the form OpenAI gave them, which vLLM, llama.cpp, Ollama and many vendors speak too.
//!
//! Source: OpenAI's OpenAPI description. What self-hosted servers do differently is accepted where it is unambiguous.

mod wire;

use serde_json::{Value, json};

use super::decoder::{EventDecoder, Failure, Progress, StreamDecoder, may_open_call};
use super::think::ThinkFilter;
use super::vendor::{Vendor, failure_of_status};
use crate::ports::language_model::{FailureKind, FinishReason, Message, ModelEvent, ModelRequest, Usage};
use wire::{Chunk, Delta, Refusal, ToolDelta};

pub(super) const BASE_URL: &str = "https://api.openai.com/v1";
const DONE: &str = "[DONE]";

/// The dialect of chat completions.
pub(super) struct OpenAi {
    /// OpenAI's own models take the newer names, and no temperature.
    pub(super) is_official: bool,
}

impl Vendor for OpenAi {
    fn reply_path(&self) -> &'static [&'static str] {
        &["chat", "completions"]
    }

    fn check_path(&self) -> &'static [&'static str] {
        &["models"]
    }

    fn key_headers(&self, key: &str) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Bearer {key}"))]
    }

    fn encode(&self, model: &str, request: &ModelRequest) -> Value {
        let mut body = json!({
            "model": model,
            "stream": true,
            "stream_options": { "include_usage": true },
            "messages": messages(request),
        });
        if self.is_official {
            body["max_completion_tokens"] = json!(request.tokens_max);
        } else {
            body["max_tokens"] = json!(request.tokens_max);
            body["temperature"] = json!(0.3);
        }
        if !request.tools.is_empty() {
            let tool = |tool: &crate::domain::dialogue::tools::ToolContract| {
                let function = json!({
                    "name": tool.name, "description": tool.description, "strict": true, "parameters": tool.schema(),
                });
                json!({ "type": "function", "function": function })
            };
            body["tools"] = request.tools.iter().map(tool).collect();
            body["tool_choice"] = json!("auto");
        }
        body
    }

    fn decoder(&self) -> StreamDecoder {
        decoder()
    }

    fn failure(&self, status: u16, body: &[u8]) -> Failure {
        let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
        failure_of_status(status, refusal.is_about_money())
    }
}

/// Decodes one reply.
pub fn decoder() -> StreamDecoder {
    StreamDecoder::new(Box::<OpenAiDecoder>::default())
}

/// The static prompt first, so that it can be kept; a second system message would break some templates.
fn messages(request: &ModelRequest) -> Vec<Value> {
    let system = format!("{}\n\n{}", request.system, request.facts.reveal());
    let mut messages = vec![json!({ "role": "system", "content": system })];
    messages.extend(request.history.messages().map(|message| match message {
        Message::Caller(text) => json!({ "role": "user", "content": text.reveal() }),
        Message::Agent { heard, calls } if calls.is_empty() => {
            json!({ "role": "assistant", "content": heard.reveal() })
        }
        Message::Agent { heard, calls } => {
            let call = |call: &crate::ports::language_model::ToolCall| {
                let function = json!({ "name": call.name, "arguments": call.arguments.reveal() });
                json!({ "id": call.id, "type": "function", "function": function })
            };
            let content = Some(heard.reveal()).filter(|heard| !heard.is_empty());
            json!({ "role": "assistant", "content": content, "tool_calls": calls.iter().map(call).collect::<Vec<_>>() })
        }
        Message::ToolAnswer { id, content, .. } => {
            json!({ "role": "tool", "tool_call_id": id, "content": content.reveal() })
        }
    }));
    messages
}

/// One tool call as far as it has come.
#[derive(Default)]
struct Slot {
    index: Option<u64>,
    id: String,
    name: String,
    /// Arguments that came before the name.
    waiting: String,
}

#[derive(Default)]
struct OpenAiDecoder {
    think: ThinkFilter,
    slots: Vec<Slot>,
    reason: Option<FinishReason>,
    is_done: bool,
    is_refused: bool,
    usage: Usage,
}

impl EventDecoder for OpenAiDecoder {
    fn decode(&mut self, data: &str, out: &mut Vec<ModelEvent>) -> Result<Progress, Failure> {
        if data.trim() == DONE {
            self.is_done = true;
            return Ok(Progress::Complete);
        }
        let chunk: Chunk = serde_json::from_str(data).map_err(|_| Failure::lasting(FailureKind::Malformed))?;
        if let Some(error) = chunk.failure() {
            return Err(error);
        }
        if let Some(usage) = chunk.usage() {
            self.usage = usage;
        }
        for choice in chunk.choices.into_iter().flatten().filter(|choice| choice.index.unwrap_or(0) == 0) {
            self.take_delta(choice.delta.unwrap_or_default(), out)?;
            self.take_reason(choice.finish_reason.as_deref())?;
        }
        Ok(Progress::GoesOn)
    }

    fn finish(&mut self, out: &mut Vec<ModelEvent>) -> Option<(FinishReason, Usage)> {
        push_text(self.think.end(), out);
        let reason = match self.reason {
            Some(reason) => reason,
            None if self.is_done => FinishReason::Stop,
            None => return None,
        };
        let has_calls = self.slots.iter().any(|slot| !slot.name.is_empty());
        let reason = match reason {
            _ if self.is_refused => FinishReason::ContentFilter,
            // Some servers say "stop" although they ask for tools.
            FinishReason::Stop | FinishReason::ToolCalls if has_calls => FinishReason::ToolCalls,
            FinishReason::ToolCalls => FinishReason::Stop,
            FinishReason::Stop | FinishReason::Length | FinishReason::ContentFilter => reason,
        };
        Some((reason, self.usage))
    }
}

impl OpenAiDecoder {
    fn take_delta(&mut self, delta: Delta, out: &mut Vec<ModelEvent>) -> Result<(), Failure> {
        self.is_refused |= delta.refusal.is_some_and(|text| !text.is_empty());
        if let Some(content) = delta.content {
            push_text(self.think.push(&content.text()), out);
        }
        for call in delta.tool_calls.into_iter().flatten() {
            let at = self.slot_of(&call)?;
            fill(&mut self.slots[at], at, &call, out);
        }
        Ok(())
    }

    fn take_reason(&mut self, reason: Option<&str>) -> Result<(), Failure> {
        self.reason = match reason {
            None | Some("") => return Ok(()),
            Some("error") => return Err(Failure::passing(FailureKind::VendorFault)),
            Some("length") => Some(FinishReason::Length),
            Some("content_filter") => Some(FinishReason::ContentFilter),
            Some("tool_calls" | "function_call") => Some(FinishReason::ToolCalls),
            Some(_) => Some(FinishReason::Stop),
        };
        Ok(())
    }

    /// By index; where that is missing or wrong by id; else the last one.
    fn slot_of(&mut self, call: &ToolDelta) -> Result<usize, Failure> {
        let id = call.id.as_deref().unwrap_or_default();
        let is_new = |slot: &Slot| !id.is_empty() && !slot.id.is_empty() && slot.id != id && call.name().is_some();
        let by_index = call.index.and_then(|index| self.slots.iter().rposition(|slot| slot.index == Some(index)));
        let by_id = || self.slots.iter().position(|slot| !id.is_empty() && slot.id == id);
        let found = match (by_index, call.index) {
            (Some(at), _) if !is_new(&self.slots[at]) => Some(at),
            (Some(_), _) => by_id(),
            (None, Some(_)) => None,
            (None, None) => by_id().or_else(|| {
                let last = self.slots.len().checked_sub(1)?;
                let continues =
                    !is_new(&self.slots[last]) && (call.name().is_none() || self.slots[last].name.is_empty());
                continues.then_some(last)
            }),
        };
        match found {
            Some(at) => Ok(at),
            None => {
                may_open_call(self.slots.len())?;
                self.slots.push(Slot { index: call.index, ..Slot::default() });
                Ok(self.slots.len() - 1)
            }
        }
    }
}

/// Id and name are set once, for some servers repeat them; arguments are added.
fn fill(slot: &mut Slot, call: usize, delta: &ToolDelta, out: &mut Vec<ModelEvent>) {
    if slot.id.is_empty() {
        slot.id = delta.id.clone().unwrap_or_default();
    }
    let is_named = !slot.name.is_empty();
    if let Some(name) = delta.name().filter(|_| !is_named) {
        slot.name = name.to_owned();
        if slot.id.is_empty() {
            slot.id = format!("call_{call}");
        }
        out.push(ModelEvent::ToolCallStart { call, id: slot.id.clone(), name: slot.name.clone() });
    }
    let arguments = std::mem::take(&mut slot.waiting) + &delta.arguments();
    if slot.name.is_empty() {
        slot.waiting = arguments;
    } else if !arguments.is_empty() {
        out.push(ModelEvent::ToolCallArgs { call, fragment: arguments.into() });
    }
}

fn push_text(text: String, out: &mut Vec<ModelEvent>) {
    if !text.is_empty() {
        out.push(ModelEvent::TextDelta(text.into()));
    }
}
