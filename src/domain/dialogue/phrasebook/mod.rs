//! Everything that is said, as templates with typed slots: read from `prompts/`, checked once at start.

mod file;
mod line;
#[cfg(test)]
mod samples;
mod slot;
mod spoken;
mod template;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use file::{PhrasebookError, PhrasebookFault};
pub use line::{Line, Phrase, TemplateSpec, reason_phrase};
#[cfg(test)]
pub(in crate::domain::dialogue) use samples::TODAY;
pub use slot::{
    Amount, ClockTime, Count, Day, Hours, Item, Name, Note, Ordinal, Phone, Place, Reference, Slot, SlotKind,
    SlotValue, Source, Sourced, Text, Window,
};
pub use spoken::Voice;
pub use template::WordingFault;

use super::{Fact, Sentence, ShopProfile};
use line::FilledSlot;
use template::{Part, Wording};

/// Which of a template's wordings is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewording {
    /// As it is said the first time.
    First,
    /// Shorter and in other words, where the template has such a wording.
    Short,
}

/// The wordings of every line and phrase, complete and checked.
#[derive(Debug)]
pub struct Phrasebook {
    /// In the order of [`Line::SPECS`]; at least one wording each.
    lines: Vec<Vec<Wording>>,
    /// In the order of [`Phrase::ALL`].
    phrases: Vec<String>,
    bias: Vec<Arc<str>>,
    ordinals: Vec<Vec<String>>,
    others: Vec<String>,
    script_version: String,
}

impl Phrasebook {
    /// Reads and checks all prompt files: every line and phrase the code needs, no unknown one, no unknown slot.
    ///
    /// Errors: names the file, the template and the slot; the remedy is to edit that line of the file.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, PhrasebookError> {
        let content = file::read_all(files)?;
        Ok(Self {
            lines: content.lines,
            phrases: content.phrases,
            bias: content.bias,
            ordinals: content.ordinals,
            others: content.others,
            script_version: content.script_version,
        })
    }

    /// Changes with every change of the words. Shape: the version key, a dash, 16 hexadecimal digits.
    pub fn script_version(&self) -> &str {
        &self.script_version
    }

    /// What callers are likely to say at any time, for the recogniser.
    pub fn bias_phrases(&self) -> &[Arc<str>] {
        &self.bias
    }

    /// The words for the first, the second, the third of a list, as callers say them; then those for the last.
    pub fn ordinals(&self) -> &[Vec<String>] {
        &self.ordinals
    }

    /// Whether words speak of somebody who is not speaking: "he is asleep", "my sister's phone".
    pub fn speaks_of_others(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.any(|word| self.others.iter().any(|other| other == word))
    }

    /// Puts a line into words.
    pub fn sentence(&self, line: &Line, rewording: Rewording, voice: &Voice) -> Sentence {
        let wordings = &self.lines[line.index()];
        let wording = match rewording {
            Rewording::First => wordings.first(),
            Rewording::Short => wordings.last(),
        };
        let slots = line.filled_slots();
        let mut text = String::with_capacity(96);
        for part in wording.map_or(&[][..], |wording| &wording.parts) {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Slot(index) => text.push_str(&self.spoken(&slots[*index].value, voice)),
            }
        }
        Sentence {
            template: line.template(),
            text: with_capital(text),
            is_personal: Line::SPECS[line.index()].slots.iter().any(|(_, kind)| kind.is_personal()),
            facts: facts(&slots),
        }
    }

    /// The facts that a line carries, before it is put into words.
    pub fn facts(&self, line: &Line) -> Vec<Fact> {
        facts(&line.filled_slots())
    }

    /// The sentences of one shop that never change: made into audio once, when the server starts.
    pub fn fixed_sentences(&self, shop: &ShopProfile, voice: &Voice) -> Vec<Sentence> {
        let shop_lines = super::inbound::shop_lines(shop);
        Line::PLAIN
            .iter()
            .chain(&shop_lines)
            .flat_map(|line| [Rewording::First, Rewording::Short].map(|which| self.sentence(line, which, voice)))
            .fold(Vec::new(), |mut sentences, sentence| {
                if sentences.last() != Some(&sentence) {
                    sentences.push(sentence);
                }
                sentences
            })
    }

    /// The words of a phrase, such as a reason.
    pub fn phrase(&self, phrase: Phrase) -> &str {
        &self.phrases[phrase as usize]
    }

    fn spoken(&self, value: &SlotValue, voice: &Voice) -> String {
        match value {
            SlotValue::Phrase(phrase) => self.phrase(*phrase).to_owned(),
            other => spoken::in_words(other, voice),
        }
    }
}

fn facts(slots: &[FilledSlot<'_>]) -> Vec<Fact> {
    let fact = |slot: &FilledSlot<'_>| {
        let source = slot.source?.describe();
        Some(Fact { name: slot.name, value: spoken::as_written(&slot.value).into(), source })
    };
    slots.iter().filter_map(fact).collect()
}

/// A slot may open a sentence, and its words come in lower case.
fn with_capital(text: String) -> String {
    match text.chars().next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(text.chars().skip(1)).collect(),
        Some(_) | None => text,
    }
}
