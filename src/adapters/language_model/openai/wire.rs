//! The chunks of a streamed chat completion. Everything may be missing, null, or of an unknown kind.

use serde::Deserialize;
use serde_json::Value;

use crate::adapters::language_model::decoder::Failure;
use crate::adapters::language_model::vendor::failure_of_status;
use crate::ports::language_model::{FailureKind, Usage};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk {
    pub(super) choices: Option<Vec<Choice>>,
    usage: Option<UsageCount>,
    x_groq: Option<GroqPart>,
    error: Option<ErrorPart>,
    /// Older vLLM: `{"object":"error","message":…,"code":…}`.
    object: Option<String>,
    code: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    pub(super) index: Option<u64>,
    pub(super) delta: Option<Delta>,
    pub(super) finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Delta {
    pub(super) content: Option<Content>,
    pub(super) refusal: Option<String>,
    pub(super) tool_calls: Option<Vec<ToolDelta>>,
}

/// A text, or a list of parts.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Parts(Vec<ContentPart>),
    Other(serde::de::IgnoredAny),
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ContentPart {
    text: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ToolDelta {
    pub(super) index: Option<u64>,
    pub(super) id: Option<String>,
    function: Option<FunctionDelta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FunctionDelta {
    name: Option<String>,
    /// A text; an object from servers that parse it first.
    arguments: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UsageCount {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GroqPart {
    usage: Option<UsageCount>,
}

/// A failure, as an object or as its text alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorPart {
    Object { code: Option<Value>, r#type: Option<String> },
    Other(serde::de::IgnoredAny),
}

/// The body of an answer that is not 200.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    error: Option<ErrorPart>,
}

impl Chunk {
    /// What went wrong after the answer had begun.
    pub(super) fn failure(&self) -> Option<Failure> {
        let is_flat = self.object.as_deref() == Some("error");
        let code = match &self.error {
            Some(ErrorPart::Object { code, .. }) => code.as_ref(),
            Some(ErrorPart::Other(_)) => None,
            None if is_flat => self.code.as_ref(),
            None => return None,
        };
        let is_about_money = self.error.as_ref().is_some_and(ErrorPart::is_about_money);
        let kind = match &self.error {
            Some(ErrorPart::Object { r#type, .. }) => r#type.as_deref().unwrap_or_default(),
            Some(ErrorPart::Other(_)) | None => "",
        };
        let status = code.and_then(status_of).or(match kind {
            "rate_limit_error" | "rate_limit_exceeded" => Some(429),
            "overloaded_error" | "unavailable_error" => Some(503),
            "authentication_error" => Some(401),
            "invalid_request_error" => Some(400),
            _ => None,
        });
        let passing = Failure::passing(FailureKind::VendorFault);
        Some(status.map_or(passing, |status| failure_of_status(status, is_about_money)))
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        let usage = self.usage.as_ref().or_else(|| self.x_groq.as_ref()?.usage.as_ref())?;
        Some(Usage {
            input: usage.prompt_tokens.unwrap_or(0),
            input_cached: usage.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens).unwrap_or(0),
            output: usage.completion_tokens.unwrap_or(0),
        })
    }
}

/// A number, or a number or name as text.
fn status_of(code: &Value) -> Option<u16> {
    match code {
        Value::Number(number) => number.as_u64().and_then(|number| u16::try_from(number).ok()),
        Value::String(text) if text == "rate_limit_exceeded" || text == "insufficient_quota" => Some(429),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

impl ErrorPart {
    fn is_about_money(&self) -> bool {
        let Self::Object { code, r#type } = self else { return false };
        let is_quota = |text: &str| text == "insufficient_quota" || text == "billing_hard_limit_reached";
        code.as_ref().and_then(Value::as_str).is_some_and(is_quota) || r#type.as_deref().is_some_and(is_quota)
    }
}

impl Refusal {
    pub(super) fn is_about_money(&self) -> bool {
        self.error.as_ref().is_some_and(ErrorPart::is_about_money)
    }
}

impl Content {
    pub(super) fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => parts.into_iter().filter_map(|part| part.text).collect(),
            Self::Other(_) => String::new(),
        }
    }
}

impl ToolDelta {
    /// The tool's name, if this piece brings it.
    pub(super) fn name(&self) -> Option<&str> {
        self.function.as_ref()?.name.as_deref().filter(|name| !name.is_empty())
    }

    pub(super) fn arguments(&self) -> String {
        match self.function.as_ref().and_then(|function| function.arguments.as_ref()) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }
}
