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

use std::collections::BTreeMap;
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

use super::scenarios::SCENARIOS;
use super::{Fact, Sentence, ShopProfile};
use crate::domain::quoted;
use crate::domain::speech::{Locale, Locales};
use file::Content;
use line::FilledSlot;
use template::Part;

/// Which of a template's wordings is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewording {
    /// As it is said the first time.
    First,
    /// Shorter and in other words, where the template has such a wording.
    Short,
}

/// What every language needs, whatever scenarios it has: who calls, and that a person will.
const NEEDED_ALWAYS: &[&str] = &[
    "already_passed_on",
    "about_delivery",
    "call_is_about",
    "callback_failed",
    "callback_recorded",
    "calling",
    "calling_recorded",
    "closing_our_call",
    "closing_thanks",
    "disclosure",
    "disclosure_recorded",
    "greeting",
    "greeting_recorded",
    "nobody_free",
    "putting_through",
    "putting_through_soon",
    "record_failed",
    "saving",
    "still_putting_through",
    "team_away",
    "team_away_until",
];

/// The wordings of every line and phrase, by language, checked.
#[derive(Debug)]
pub struct Phrasebook {
    locales: Locales,
    home: Content,
    /// The other languages that are spoken.
    others: BTreeMap<&'static str, Content>,
}

impl Phrasebook {
    /// Reads and checks the prompt files of the languages of `locales`: no unknown line or phrase, no unknown slot, and
    /// all that the language's scenarios need. The shop's own language has to have every line the code says.
    ///
    /// Errors: names the file, the template and the slot; the remedy is to edit that line of the file.
    pub fn load(files: &[(&str, &str)], locales: Locales) -> Result<Self, PhrasebookError> {
        let home_language = locales.home().language();
        let home = read_language(files, home_language)?;
        home.require(None)?;
        let mut others = BTreeMap::new();
        for locale in locales.all().iter().filter(|locale| locale.language() != home_language) {
            check_partial(*locale)?;
            let content = read_language(files, locale.language())?;
            let has_all = locale.scenarios().is_empty();
            content.require(if has_all { None } else { Some(NEEDED_ALWAYS) })?;
            others.insert(locale.language(), content);
        }
        Ok(Self { locales, home, others })
    }

    pub fn locales(&self) -> &Locales {
        &self.locales
    }

    fn content(&self, locale: Locale) -> &Content {
        self.others.get(locale.language()).unwrap_or(&self.home)
    }

    /// Whether there are words for a line, and for what fills it, in the locale's language.
    pub fn knows(&self, line: &Line, locale: Locale) -> bool {
        let content = self.content(locale);
        let has_words = |phrase: Phrase| content.phrases[phrase as usize].is_some();
        let is_unknown = |slot: &FilledSlot<'_>| matches!(slot.value, SlotValue::Phrase(phrase) if !has_words(phrase));
        content.lines[line.index()].is_some() && !line.filled_slots().iter().any(is_unknown)
    }

    /// Changes with every change of the words. Shape: the version key, a dash, 16 hexadecimal digits.
    pub fn script_version(&self, locale: Locale) -> &str {
        &self.content(locale).script_version
    }

    /// What callers are likely to say at any time, for the recogniser.
    pub fn bias_phrases(&self) -> &[Arc<str>] {
        &self.home.bias
    }

    /// What is likely to be said where a person was asked for by this name.
    pub fn bias_of_person(&self, name: &str) -> impl Iterator<Item = String> {
        self.home.bias_of_person.iter().map(move |text| text.replace("{name}", name))
    }

    /// The words for the first, the second, the third of a list, as callers say them; then those for the last.
    pub fn ordinals(&self) -> &[Vec<String>] {
        &self.home.ordinals
    }

    /// Whether words speak of somebody who is not speaking: "he is asleep", "my sister's phone".
    pub fn speaks_of_others(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.any(|word| self.home.others.iter().any(|other| other == word))
    }

    /// Puts a line into words.
    pub fn sentence(&self, line: &Line, rewording: Rewording, voice: &Voice) -> Sentence {
        let wordings = self.content(voice.locale).lines[line.index()].as_deref();
        let wordings = wordings.or(self.home.lines[line.index()].as_deref()).unwrap_or_default();
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
            language: voice.locale.language(),
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
            .filter(|line| self.knows(line, voice.locale))
            .flat_map(|line| [Rewording::First, Rewording::Short].map(|which| self.sentence(line, which, voice)))
            .fold(Vec::new(), |mut sentences, sentence| {
                if sentences.last() != Some(&sentence) {
                    sentences.push(sentence);
                }
                sentences
            })
    }

    /// The words of a phrase, such as a reason, in the shop's language: for records.
    pub fn phrase(&self, phrase: Phrase) -> &str {
        self.home.phrases[phrase as usize].as_deref().unwrap_or_default()
    }

    fn spoken(&self, value: &SlotValue, voice: &Voice) -> String {
        match value {
            SlotValue::Phrase(phrase) => {
                let words = self.content(voice.locale).phrases[*phrase as usize].as_deref();
                words.unwrap_or_else(|| self.phrase(*phrase)).to_owned()
            }
            other => spoken::in_words(other, voice),
        }
    }
}

/// The files of one language are those whose names end in it.
fn read_language(files: &[(&str, &str)], language: &str) -> Result<Content, PhrasebookError> {
    let ending = format!(".{language}.toml");
    let own: Vec<(&str, &str)> = files.iter().filter(|(name, _)| name.ends_with(&ending)).copied().collect();
    file::read_language(&own)
}

/// Words that are not understood are not asked for, and scenarios have to exist.
fn check_partial(locale: Locale) -> Result<(), PhrasebookError> {
    let at = |template: &str, fault| {
        let file = format!("locales/{}.toml", locale.tag());
        Err(PhrasebookError { file, template: template.to_owned(), fault })
    };
    if !locale.is_answered_by_keys() {
        return at("answers", PhrasebookFault::NotUnderstood);
    }
    let unknown = locale.scenarios().iter().find(|id| !SCENARIOS.iter().any(|scenario| scenario.id == **id));
    match unknown {
        Some(id) => at("scenarios", PhrasebookFault::UnknownScenario(quoted(id))),
        None => Ok(()),
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
