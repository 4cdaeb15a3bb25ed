//! Parses the wordings of one template and checks their slots against those the code fills.

use super::slot::SlotKind;
use crate::domain::quoted;

/// One wording, cut at its slots.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wording {
    pub(super) parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Words(String),
    /// The position of the slot in the line's own list.
    Slot(usize),
}

/// What is wrong with a wording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordingFault {
    #[error("a brace is not closed or not opened")]
    UnbalancedBrace,
    #[error("slot `{0}` is unknown here; known are: {1}")]
    UnknownSlot(String, String),
    #[error("slot `{slot}` is a {is}, not a {said}")]
    WrongSlotType { slot: String, is: &'static str, said: String },
    #[error("it says nothing")]
    Empty,
    #[error("a digit is written in the text; dates, amounts and numbers come from slots only")]
    DigitInText,
}

/// Parses `"It comes {eta_day}, {eta_window: window}."`; a type after a colon must be the slot's own.
pub(super) fn parse(text: &str, slots: &[(&'static str, SlotKind)]) -> Result<Wording, WordingFault> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(WordingFault::Empty);
    }
    while let Some(at) = rest.find(['{', '}']) {
        let (words, from_brace) = rest.split_at(at);
        let inner = from_brace.strip_prefix('{').ok_or(WordingFault::UnbalancedBrace)?;
        let (slot, after) = inner.split_once('}').ok_or(WordingFault::UnbalancedBrace)?;
        push_words(&mut parts, words)?;
        parts.push(Part::Slot(find_slot(slot, slots)?));
        rest = after;
    }
    push_words(&mut parts, rest)?;
    Ok(Wording { parts })
}

fn push_words(parts: &mut Vec<Part>, words: &str) -> Result<(), WordingFault> {
    if words.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(WordingFault::DigitInText);
    }
    if !words.is_empty() {
        parts.push(Part::Words(words.to_owned()));
    }
    Ok(())
}

fn find_slot(written: &str, slots: &[(&'static str, SlotKind)]) -> Result<usize, WordingFault> {
    let (name, kind) = match written.split_once(':') {
        Some((name, kind)) => (name.trim(), Some(kind.trim())),
        None => (written.trim(), None),
    };
    let Some(index) = slots.iter().position(|(slot, _)| *slot == name) else {
        let known: Vec<&str> = slots.iter().map(|(slot, _)| *slot).collect();
        return Err(WordingFault::UnknownSlot(quoted(name), known.join(", ")));
    };
    let is = slots[index].1.as_str();
    match kind {
        Some(said) if said != is => Err(WordingFault::WrongSlotType { slot: name.to_owned(), is, said: quoted(said) }),
        Some(_) | None => Ok(index),
    }
}
