//! The language model of a rehearsal: as a caller's file says, or one that invents.

use serde::Deserialize;

use super::file::CallerFile;
use crate::domain::dialogue::ModelSaid;

/// How long a model thinks unless a file says otherwise, and from one sentence to the next.
const THINKS_MS: u64 = 350;
const BETWEEN_MS: u64 = 120;

/// What an inventing model says. Nothing of it is so in any call.
const INVENTIONS: &[&str] = &[
    "Good news, it will definitely be there tomorrow by noon.",
    "I have refunded you 2,500 rupees and cancelled the order.",
    "Your parcel was handed to Mr Patel at number nineteen.",
    "You get a voucher for 20 percent off your next order.",
    "The driver is in Pune and his number is 98450 99999.",
    "I have changed your address and the courier has confirmed it.",
    "I promise that someone will call you within the hour.",
    "Delivery is free, and returns are always accepted.",
    "It was delivered yesterday because of the holiday.",
    "I see you are verified, so here is the card number on file.",
];

/// One reply of a model, as a caller's file writes it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ModelReply {
    pub says: Vec<String>,
    /// Before its first word. Shape: milliseconds.
    pub after_ms: Option<u64>,
    /// It asks for this tool, with these arguments as JSON text.
    pub tool: Option<String>,
    pub arguments: Option<String>,
    /// It breaks off where it should end.
    pub fails: bool,
}

/// Whether a model is there that the caller's file does not speak of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guest {
    #[default]
    None,
    /// Invents in every reply.
    Inventing,
}

/// The replies of one call's model.
pub(super) struct Model {
    scripted: Vec<ModelReply>,
    guest: Guest,
    asked: usize,
}

impl Model {
    /// None where the call has no model.
    pub(super) fn of(file: &CallerFile, guest: Guest) -> Option<Self> {
        let is_there = !file.model.is_empty() || guest != Guest::None;
        is_there.then(|| Self { scripted: file.model.clone(), guest, asked: 0 })
    }

    /// What comes of the next question, each with its delay from now.
    pub(super) fn answer(&mut self) -> Vec<(u64, ModelSaid)> {
        let number = self.asked;
        self.asked += 1;
        match (self.scripted.get(number), self.guest) {
            (Some(reply), _) => played(reply),
            (None, Guest::Inventing) => {
                let says = [number, number + 3].map(|at| INVENTIONS[at % INVENTIONS.len()].to_owned());
                played(&ModelReply { says: says.into(), ..ModelReply::default() })
            }
            (None, Guest::None) => vec![(THINKS_MS, ModelSaid::Failed)],
        }
    }
}

fn played(reply: &ModelReply) -> Vec<(u64, ModelSaid)> {
    let mut at = reply.after_ms.unwrap_or(THINKS_MS);
    let mut said = Vec::new();
    for text in &reply.says {
        said.push((at, ModelSaid::Sentence(text.clone().into())));
        at += BETWEEN_MS;
    }
    if let Some(name) = &reply.tool {
        let arguments = reply.arguments.clone().unwrap_or_default().into();
        said.push((at, ModelSaid::Tool { name: name.clone(), arguments }));
    }
    said.push((at, if reply.fails { ModelSaid::Failed } else { ModelSaid::Finished }));
    said
}
