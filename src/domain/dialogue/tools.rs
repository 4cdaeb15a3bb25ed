//! What a language model may ask for: one table, from which the schemas it is shown and the checks of its answers come.
//!
//! Reading tools answer at once. Writing tools only propose: what they ask for is read back to the caller and needs
//! an explicit yes, as if the caller had asked for it in other words.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::requests::Topic;
use crate::domain::orders::OrderRef;
use crate::domain::values::Personal;

/// Longer arguments are refused unread.
pub const ARGUMENTS_BYTES_MAX: usize = 4 * 1024;
const REFERENCE_CHARS_MAX: usize = 40;
const NOTE_CHARS_MAX: usize = 200;

/// What a tool does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Reads only: may run before the caller's turn is certain to be over.
    Reads,
    /// Begins a read-back; nothing happens without the caller's yes.
    Proposes,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ArgumentKind {
    Text {
        chars_max: usize,
    },
    /// `2026-11-24`.
    Day,
}

#[derive(Clone, Copy, Debug)]
struct Argument {
    name: &'static str,
    meaning: &'static str,
    kind: ArgumentKind,
    is_required: bool,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Status,
    Eta,
    Contents,
    Amount,
    ListOrders,
    Propose(Topic),
}

/// One tool: its name, what it is for, and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct ToolContract {
    /// Shape: `[a-z_]{1,64}`.
    pub name: &'static str,
    pub description: &'static str,
    arguments: &'static [Argument],
    act: Act,
}

/// What the model asked for, checked.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolRequest {
    GetStatus { order: Option<OrderRef> },
    GetEta { order: Option<OrderRef> },
    GetContents { order: Option<OrderRef> },
    GetAmount { order: Option<OrderRef> },
    ListOrders,
    Propose(Proposal),
}

/// A request to be read back to the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    topic: Topic,
    pub order: Option<OrderRef>,
    pub day: Option<Date>,
    pub note: Option<Personal<Arc<str>>>,
}

impl Proposal {
    pub(super) const fn topic(&self) -> Topic {
        self.topic
    }

    /// The kind of request in the store, such as `reschedule`.
    pub fn kind(&self) -> &'static str {
        self.topic.spec().kind
    }
}

/// Why a tool was not run. Its text goes back to the model, which may ask again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    #[error("no tool has that name; use one of {known}")]
    UnknownTool { known: String },
    #[error("the arguments are longer than {ARGUMENTS_BYTES_MAX} bytes")]
    TooLong,
    #[error("the arguments are not a JSON object")]
    NotAnObject,
    #[error("an argument is unknown; known are: {known}")]
    UnknownArgument { known: String },
    #[error("`{argument}` is missing")]
    Missing { argument: &'static str },
    #[error("`{argument}` must be {expected}")]
    WrongType { argument: &'static str, expected: &'static str },
    #[error("`{argument}` is longer than {chars_max} characters")]
    TextTooLong { argument: &'static str, chars_max: usize },
}

impl ToolError {
    /// The result that is fed back: a JSON object.
    pub fn feedback(&self) -> String {
        json!({ "error": self.to_string() }).to_string()
    }
}

const ORDER: Argument = Argument {
    name: "order",
    meaning: "The order's reference, if the caller has several orders; null for the one being spoken of.",
    kind: ArgumentKind::Text { chars_max: REFERENCE_CHARS_MAX },
    is_required: false,
};

const fn note(meaning: &'static str) -> Argument {
    Argument { name: "note", meaning, kind: ArgumentKind::Text { chars_max: NOTE_CHARS_MAX }, is_required: true }
}

const DAY: Argument = Argument {
    name: "day",
    meaning: "The day the caller named, as YYYY-MM-DD.",
    kind: ArgumentKind::Day,
    is_required: true,
};

const fn reads(
    name: &'static str,
    description: &'static str,
    act: Act,
    arguments: &'static [Argument],
) -> ToolContract {
    ToolContract { name, description, arguments, act }
}

const fn proposes(
    name: &'static str,
    description: &'static str,
    topic: Topic,
    arguments: &'static [Argument],
) -> ToolContract {
    ToolContract { name, description, arguments, act: Act::Propose(topic) }
}

/// Every tool. Nothing else can be asked for.
pub const TOOLS: &[ToolContract] = &[
    reads("get_status", "Where an order is, in plain words.", Act::Status, &[ORDER]),
    reads("get_eta", "When an order should come, and whether that is late.", Act::Eta, &[ORDER]),
    reads("get_contents", "What is in an order. Only for a verified caller.", Act::Contents, &[ORDER]),
    reads(
        "get_amount",
        "What an order costs and whether it is paid. Only for a verified caller.",
        Act::Amount,
        &[ORDER],
    ),
    reads("list_orders", "The caller's orders, with the day each was placed.", Act::ListOrders, &[]),
    proposes("ask_for_another_day", "The caller wants another delivery day.", Topic::Reschedule, &[ORDER, DAY]),
    proposes("ask_to_hurry", "The caller needs it sooner.", Topic::Expedite, &[ORDER]),
    proposes(
        "leave_note_for_driver",
        "The driver should know something.",
        Topic::DeliveryNote,
        &[ORDER, note("What the driver should know, in the caller's words.")],
    ),
    proposes(
        "leave_in_safe_place",
        "It should be left somewhere.",
        Topic::SafePlace,
        &[ORDER, note("Where, in the caller's words.")],
    ),
    proposes(
        "leave_with_neighbour",
        "A neighbour can take it.",
        Topic::Neighbour,
        &[ORDER, note("Which neighbour, in the caller's words.")],
    ),
    proposes(
        "name_recipient",
        "Somebody else will take it.",
        Topic::Recipient,
        &[ORDER, note("Who, in the caller's words.")],
    ),
    proposes("collect_it", "The caller wants to collect it.", Topic::Pickup, &[ORDER]),
    proposes("cancel_order", "The caller wants to cancel the order.", Topic::Cancel, &[ORDER]),
    proposes("ask_for_refund", "The caller wants money back.", Topic::Refund, &[ORDER]),
    proposes("send_it_back", "The caller wants to return it.", Topic::Return, &[ORDER]),
    proposes("report_not_received", "It is marked as delivered and did not arrive.", Topic::NotReceived, &[ORDER]),
    proposes(
        "report_damage",
        "It came damaged.",
        Topic::Damaged,
        &[ORDER, note("What is wrong, in the caller's words.")],
    ),
    proposes("report_wrong_item", "Something else came.", Topic::WrongItem, &[ORDER]),
    proposes("report_missing_item", "Something is missing.", Topic::MissingItem, &[ORDER]),
    proposes("change_address", "The caller wants another address.", Topic::AddressChange, &[ORDER]),
    proposes("ask_for_person", "The caller wants to speak to a person.", Topic::Human, &[]),
    proposes(
        "ask_for_call_back",
        "The caller wants to be rung later.",
        Topic::CallBackLater,
        &[note("When, in the caller's words.")],
    ),
];

impl ToolContract {
    pub const fn effect(&self) -> Effect {
        match self.act {
            Act::Status | Act::Eta | Act::Contents | Act::Amount | Act::ListOrders => Effect::Reads,
            Act::Propose(_) => Effect::Proposes,
        }
    }

    /// The JSON schema of its arguments.
    ///
    /// Shape: strict: every argument is required, one that may be left out is null, no other is allowed.
    pub fn schema(&self) -> Value {
        let properties: Map<String, Value> =
            self.arguments.iter().map(|argument| (argument.name.to_owned(), argument.schema())).collect();
        let required: Vec<&str> = self.arguments.iter().map(|argument| argument.name).collect();
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }

    /// Checks what the model gave. No text at all stands for no arguments.
    fn check(&self, arguments: &str) -> Result<ToolRequest, ToolError> {
        if ARGUMENTS_BYTES_MAX < arguments.len() {
            return Err(ToolError::TooLong);
        }
        let given: Map<String, Value> = match arguments.trim() {
            "" => Map::new(),
            text => serde_json::from_str(text).map_err(|_| ToolError::NotAnObject)?,
        };
        if given.keys().any(|name| self.arguments.iter().all(|argument| argument.name != name)) {
            let known: Vec<&str> = self.arguments.iter().map(|argument| argument.name).collect();
            return Err(ToolError::UnknownArgument { known: known.join(", ") });
        }
        let mut taken = Taken::default();
        for argument in self.arguments {
            argument.take(given.get(argument.name), &mut taken)?;
        }
        Ok(self.request(taken))
    }

    fn request(&self, taken: Taken) -> ToolRequest {
        let Taken { order, day, note } = taken;
        match self.act {
            Act::Status => ToolRequest::GetStatus { order },
            Act::Eta => ToolRequest::GetEta { order },
            Act::Contents => ToolRequest::GetContents { order },
            Act::Amount => ToolRequest::GetAmount { order },
            Act::ListOrders => ToolRequest::ListOrders,
            Act::Propose(topic) => ToolRequest::Propose(Proposal { topic, order, day, note }),
        }
    }
}

/// Checks a call of a tool by its name.
///
/// Errors: what the model did wrong; feed [`ToolError::feedback`] back.
pub fn check_call(name: &str, arguments: &str) -> Result<ToolRequest, ToolError> {
    let tool = TOOLS.iter().find(|tool| tool.name == name).ok_or_else(|| {
        let known: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
        ToolError::UnknownTool { known: known.join(", ") }
    })?;
    tool.check(arguments)
}

/// The arguments of one call, as far as they were given.
#[derive(Default)]
struct Taken {
    order: Option<OrderRef>,
    day: Option<Date>,
    note: Option<Personal<Arc<str>>>,
}

impl Argument {
    fn schema(&self) -> Value {
        let of_type = if self.is_required { json!("string") } else { json!(["string", "null"]) };
        json!({ "type": of_type, "description": self.meaning })
    }

    fn take(&self, given: Option<&Value>, taken: &mut Taken) -> Result<(), ToolError> {
        let text = match given {
            None | Some(Value::Null) if !self.is_required => return Ok(()),
            None | Some(Value::Null) => return Err(ToolError::Missing { argument: self.name }),
            Some(Value::String(text)) => text.trim(),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                return Err(ToolError::WrongType { argument: self.name, expected: "a text" });
            }
        };
        match self.kind {
            ArgumentKind::Day => taken.day = Some(self.read_day(text)?),
            ArgumentKind::Text { chars_max } => {
                let text = self.read_text(text, chars_max)?;
                if self.name == ORDER.name {
                    taken.order = Some(OrderRef(text.to_owned()));
                } else {
                    taken.note = Some(Personal::new(text.into()));
                }
            }
        }
        Ok(())
    }

    fn read_text<'a>(&self, text: &'a str, chars_max: usize) -> Result<&'a str, ToolError> {
        if text.is_empty() {
            return Err(ToolError::Missing { argument: self.name });
        }
        if chars_max < text.chars().count() {
            return Err(ToolError::TextTooLong { argument: self.name, chars_max });
        }
        Ok(text)
    }

    fn read_day(&self, text: &str) -> Result<Date, ToolError> {
        let wrong = || ToolError::WrongType { argument: self.name, expected: "a day such as 2026-11-24" };
        let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if is_plain { text.parse().map_err(|_| wrong()) } else { Err(wrong()) }
    }
}
