//! The events of a streamed message. Unknown ones, and unknown fields, are passed over.

use serde::Deserialize;
use serde_json::Value;

use crate::adapters::language_model::decoder::Failure;
use crate::adapters::language_model::vendor::failure_of_status;
use crate::ports::language_model::FailureKind;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Event {
    MessageStart {
        #[serde(default)]
        message: Started,
    },
    ContentBlockStart {
        index: u64,
        content_block: Block,
    },
    ContentBlockDelta {
        index: u64,
        delta: BlockDelta,
    },
    MessageDelta {
        #[serde(default)]
        delta: Stopping,
        #[serde(default)]
        usage: Option<UsageCount>,
    },
    MessageStop,
    Error {
        #[serde(default)]
        error: ErrorPart,
    },
    /// `ping`, `content_block_stop`, and whatever is new.
    #[serde(other)]
    Other,
}

#[derive(Default, Deserialize)]
pub(super) struct Started {
    #[serde(default)]
    pub(super) usage: Option<UsageCount>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Text {
        #[serde(default)]
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Option<Value>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum BlockDelta {
    TextDelta {
        text: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    /// Thoughts, signatures, citations.
    #[serde(other)]
    Other,
}

#[derive(Default, Deserialize)]
pub(super) struct Stopping {
    #[serde(default)]
    pub(super) stop_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct UsageCount {
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) cache_read_input_tokens: Option<u64>,
    pub(super) cache_creation_input_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorPart {
    r#type: Option<String>,
    details: Option<ErrorDetails>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorDetails {
    error_code: Option<String>,
}

/// The body of an answer that is not 200.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    error: Option<ErrorPart>,
}

impl ErrorPart {
    /// What went wrong after the answer had begun: the status it would have had.
    pub(super) fn failure(&self) -> Failure {
        let status = match self.r#type.as_deref() {
            Some("invalid_request_error") => 400,
            Some("authentication_error") => 401,
            Some("billing_error") => 402,
            Some("permission_error") => 403,
            Some("not_found_error") => 404,
            Some("request_too_large") => 413,
            Some("rate_limit_error") => 429,
            Some("overloaded_error") => 529,
            Some(_) | None => return Failure::passing(FailureKind::VendorFault),
        };
        failure_of_status(status, self.is_about_money())
    }

    fn is_about_money(&self) -> bool {
        let code = self.details.as_ref().and_then(|details| details.error_code.as_deref());
        code == Some("enforced_spend_limit_reached") || self.r#type.as_deref() == Some("billing_error")
    }
}

impl Refusal {
    pub(super) fn is_about_money(&self) -> bool {
        self.error.as_ref().is_some_and(ErrorPart::is_about_money)
    }
}
