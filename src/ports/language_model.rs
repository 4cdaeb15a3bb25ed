//! A language model that puts an answer into free words: optional, and never the last word on a fact.
//!
//! A reply is a stream of events. Dropping the stream cancels the reply at the vendor.

mod history;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::Stream;

pub use history::{History, Message, ToolCall};

use crate::domain::dialogue::tools::ToolContract;
use crate::domain::values::Personal;

/// What system prompt and facts may hold; a longer request is refused with [`FailureKind::TooLarge`].
pub const PROMPT_BYTES_MAX: usize = 64 * 1024;
/// What a reply may hold, text and arguments together; a longer one is cut off as [`FailureKind::TooLarge`].
pub const REPLY_BYTES_MAX: usize = 32 * 1024;
/// Tools asked for in one reply.
pub const TOOL_CALLS_MAX: usize = 8;

/// What the model is asked.
#[derive(Clone, Debug)]
pub struct ModelRequest {
    /// The same for every call of a shop, byte by byte, so that vendors can keep it.
    pub system: Arc<str>,
    /// What may be said to this caller, as JSON. The model has to copy from it.
    pub facts: Personal<String>,
    /// What was said so far and really heard.
    pub history: History,
    /// What the model may ask for.
    pub tools: &'static [ToolContract],
    /// From asking to the last word.
    pub deadline: Duration,
    pub tokens_max: u32,
}

/// One event of a reply.
///
/// Order: any number of the others, then `Finished` or `Failed`, once and last.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelEvent {
    /// The first word is late: worth a word of patience. Once at most.
    Late,
    TextDelta(Personal<String>),
    /// Shape: `call` counts the tool calls of the reply from 0.
    ToolCallStart {
        call: usize,
        id: String,
        name: String,
    },
    /// More of the arguments' JSON text. Complete with `Finished`.
    ToolCallArgs {
        call: usize,
        fragment: Personal<String>,
    },
    Finished {
        reason: FinishReason,
        usage: Usage,
    },
    Failed {
        kind: FailureKind,
        is_retryable: bool,
    },
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    Stop,
    /// It wants the tools' answers first.
    ToolCalls,
    /// `tokens_max` was reached: the last sentence is cut.
    Length,
    /// It declined. Say something else.
    ContentFilter,
}

/// Tokens, as the vendor counts them; zero where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All of the input, kept or not.
    pub input: u64,
    /// Of the input, what the vendor still had.
    pub input_cached: u64,
    pub output: u64,
}

/// Why there is no reply. The texts of vendors are left out: they may quote what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailureKind {
    #[error("no connection; check base_url, the network and the certificate")]
    Unreachable,
    #[error("no word in time; try a faster model, or longer timeouts")]
    TimedOut,
    #[error("the connection ended before the reply did")]
    Interrupted,
    #[error("the key is refused; check api_key and what it may use")]
    Credentials,
    #[error("nothing is there; check base_url and model")]
    NotFound,
    #[error("too many requests; ask for a higher limit")]
    RateLimited,
    #[error("the account's money or limit is used up")]
    QuotaSpent,
    #[error("the vendor is overloaded")]
    Overloaded,
    #[error("the vendor has a fault")]
    VendorFault,
    #[error("the request is refused; check model and base_url")]
    Rejected,
    #[error("what came is not this vendor's format; check provider and base_url")]
    Malformed,
    #[error("request or reply is larger than a call can use")]
    TooLarge,
}

impl FailureKind {
    /// As metrics name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Interrupted => "interrupted",
            Self::Credentials => "credentials",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::QuotaSpent => "quota_spent",
            Self::Overloaded => "overloaded",
            Self::VendorFault => "vendor_fault",
            Self::Rejected => "rejected",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
        }
    }
}

/// A reply on its way. Dropping it cancels it.
pub type ReplyStream = Pin<Box<dyn Stream<Item = ModelEvent> + Send>>;

/// One configured model: one for the whole process.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Vendor and model, as outcome records carry it, such as `anthropic/claude-haiku-4-5`.
    fn version(&self) -> String;

    /// Asks. Nothing is sent before the stream is first polled.
    fn reply(&self, request: ModelRequest) -> ReplyStream;

    /// Tells whether it can be reached and the key is taken, without asking it anything.
    async fn check(&self) -> Result<(), FailureKind>;
}

impl ModelRequest {
    /// Whether it is small enough to be sent.
    pub fn fits(&self) -> bool {
        self.system.len() + self.facts.reveal().len() <= PROMPT_BYTES_MAX
    }
}
