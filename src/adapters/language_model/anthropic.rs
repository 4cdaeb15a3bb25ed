//! Anthropic's Messages.
//!
//! Source: Anthropic's API reference, version 2023-06-01.

mod wire;

use serde_json::{Value, json};

use super::decoder::{EventDecoder, Failure, Progress, StreamDecoder, may_open_call};
use super::vendor::{Vendor, failure_of_status};
use crate::domain::dialogue::tools::ToolContract;
use crate::ports::language_model::{FailureKind, FinishReason, Message, ModelEvent, ModelRequest, ToolCall, Usage};
use wire::{Block, Event, Refusal};

pub(super) const BASE_URL: &str = "https://api.anthropic.com";
const VERSION: &str = "2023-06-01";
/// The vendor wants the caller to speak first; on the phone the agent does.
const CALL_BEGINS: &str = "(The call begins.)";

/// The dialect of Messages.
pub(super) struct Anthropic;

impl Vendor for Anthropic {
    fn reply_path(&self) -> &'static [&'static str] {
        &["v1", "messages"]
    }

    fn check_path(&self) -> &'static [&'static str] {
        &["v1", "models"]
    }

    fn key_headers(&self, key: &str) -> Vec<(&'static str, String)> {
        vec![("x-api-key", key.to_owned()), ("anthropic-version", VERSION.to_owned())]
    }

    fn encode(&self, model: &str, request: &ModelRequest) -> Value {
        let mut body = json!({
            "model": model,
            "max_tokens": request.tokens_max,
            "stream": true,
            "temperature": 0.3,
            "system": [
                { "type": "text", "text": &*request.system, "cache_control": { "type": "ephemeral" } },
                { "type": "text", "text": request.facts.reveal() },
            ],
            "messages": messages(request),
        });
        if !request.tools.is_empty() {
            let tool = |tool: &ToolContract| json!({ "name": tool.name, "description": tool.description, "input_schema": tool.schema() });
            body["tools"] = request.tools.iter().map(tool).collect();
            body["tool_choice"] = json!({ "type": "auto" });
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
    StreamDecoder::new(Box::<AnthropicDecoder>::default())
}

/// The two sides take turns; a tool's answer is the caller's side, and comes first in it.
fn messages(request: &ModelRequest) -> Vec<Value> {
    let mut turns: Vec<(&'static str, Vec<Value>)> = Vec::new();
    for message in request.history.messages() {
        let (role, blocks) = blocks(message);
        if turns.is_empty() && role != "user" {
            turns.push(("user", vec![text_block(CALL_BEGINS)]));
        }
        match turns.last_mut() {
            Some((last, before)) if *last == role => before.extend(blocks),
            Some(_) | None => turns.push((role, blocks)),
        }
    }
    turns.into_iter().map(|(role, content)| json!({ "role": role, "content": content })).collect()
}

fn blocks(message: &Message) -> (&'static str, Vec<Value>) {
    match message {
        Message::Caller(text) => ("user", vec![text_block(text.reveal())]),
        Message::Agent { heard, calls } => {
            let text = Some(heard.reveal()).filter(|heard| !heard.is_empty()).map(|heard| text_block(heard));
            ("assistant", text.into_iter().chain(calls.iter().map(tool_use)).collect())
        }
        Message::ToolAnswer { id, content, is_error } => {
            let block = json!({
                "type": "tool_result", "tool_use_id": id, "content": content.reveal(), "is_error": is_error,
            });
            ("user", vec![block])
        }
    }
}

fn text_block(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn tool_use(call: &ToolCall) -> Value {
    let input: Value = serde_json::from_str(call.arguments.reveal()).ok().filter(Value::is_object).unwrap_or(json!({}));
    json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input })
}

#[derive(Default)]
struct AnthropicDecoder {
    /// The block of each tool call, by the vendor's index.
    blocks: Vec<u64>,
    reason: Option<FinishReason>,
    usage: Usage,
}

impl EventDecoder for AnthropicDecoder {
    fn decode(&mut self, data: &str, out: &mut Vec<ModelEvent>) -> Result<Progress, Failure> {
        let event: Event = serde_json::from_str(data).map_err(|_| Failure::lasting(FailureKind::Malformed))?;
        match event {
            Event::MessageStart { message } => self.count(&message.usage.unwrap_or_default()),
            Event::ContentBlockStart { index, content_block } => self.open(index, content_block, out)?,
            Event::ContentBlockDelta { index, delta } => self.add(index, delta, out),
            Event::MessageDelta { delta, usage } => {
                self.count(&usage.unwrap_or_default());
                if let Some(reason) = delta.stop_reason {
                    self.reason = Some(reason_of(&reason));
                }
            }
            Event::MessageStop => {
                self.reason.get_or_insert(FinishReason::Stop);
                return Ok(Progress::Complete);
            }
            Event::Error { error } => return Err(error.failure()),
            Event::Other => (),
        }
        Ok(Progress::GoesOn)
    }

    fn finish(&mut self, _out: &mut Vec<ModelEvent>) -> Option<(FinishReason, Usage)> {
        Some((self.reason?, self.usage))
    }
}

impl AnthropicDecoder {
    fn open(&mut self, index: u64, block: Block, out: &mut Vec<ModelEvent>) -> Result<(), Failure> {
        match block {
            Block::ToolUse { id, name, input } => {
                may_open_call(self.blocks.len())?;
                let call = self.blocks.len();
                self.blocks.push(index);
                out.push(ModelEvent::ToolCallStart { call, id, name });
                if let Some(input) = input.filter(|input| input.as_object().is_some_and(|input| !input.is_empty())) {
                    out.push(ModelEvent::ToolCallArgs { call, fragment: input.to_string().into() });
                }
            }
            Block::Text { text } => push_text(text, out),
            Block::Other => (),
        }
        Ok(())
    }

    fn add(&self, index: u64, delta: wire::BlockDelta, out: &mut Vec<ModelEvent>) {
        match delta {
            wire::BlockDelta::TextDelta { text } => push_text(text, out),
            wire::BlockDelta::InputJsonDelta { partial_json } => {
                let call = self.blocks.iter().position(|block| *block == index);
                if let (Some(call), false) = (call, partial_json.is_empty()) {
                    out.push(ModelEvent::ToolCallArgs { call, fragment: partial_json.into() });
                }
            }
            wire::BlockDelta::Other => (),
        }
    }

    /// Counts are totals so far, not additions.
    fn count(&mut self, usage: &wire::UsageCount) {
        if let Some(input) = usage.input_tokens {
            let cached = usage.cache_read_input_tokens.unwrap_or(0);
            let created = usage.cache_creation_input_tokens.unwrap_or(0);
            self.usage.input = input.saturating_add(cached).saturating_add(created);
            self.usage.input_cached = cached;
        }
        self.usage.output = usage.output_tokens.unwrap_or(self.usage.output);
    }
}

fn push_text(text: String, out: &mut Vec<ModelEvent>) {
    if !text.is_empty() {
        out.push(ModelEvent::TextDelta(text.into()));
    }
}

fn reason_of(reason: &str) -> FinishReason {
    match reason {
        "tool_use" => FinishReason::ToolCalls,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "refusal" => FinishReason::ContentFilter,
        _ => FinishReason::Stop,
    }
}
