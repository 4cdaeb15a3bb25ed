//! Days and times of day as people say them, relative to the customer's local today.
//!
//! What can be read in two ways is marked as ambiguous, to be read back; what cannot be read is absent.

mod clock;
mod day;
mod evaluate;
mod words;

#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime, Time};

pub use evaluate::{evaluate_dates, evaluate_dates_share};

use super::numbers::Span;
use clock::Said;
use words::DateWord;

/// Phrases of one utterance that are kept. Later ones are dropped.
const PHRASES_MAX: usize = 6;

/// The hours in which deliveries are made: they decide whether "six" is in the morning or in the evening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryHours {
    pub from: Time,
    pub to: Time,
}

impl Default for DeliveryHours {
    fn default() -> Self {
        Self { from: Time::constant(8, 0, 0, 0), to: Time::constant(21, 0, 0, 0) }
    }
}

/// One day, or part of a day, or both, as the caller put it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatePhrase {
    /// It may lie in the past: say so.
    pub day: Option<Date>,
    /// The other day the same words can mean.
    pub other_day: Option<Date>,
    /// Shape: from before to.
    pub window: Option<(Time, Time)>,
    pub at: Option<Time>,
    pub not_before: Option<Time>,
    pub not_after: Option<Time>,
    /// "Not Monday": the day is ruled out.
    pub is_excluded: bool,
    /// The words can be read in two ways; read the result back before it counts.
    pub is_ambiguous: bool,
    pub heard: Span,
}

impl DatePhrase {
    /// A part of a day was named, in any form.
    pub const fn has_time(&self) -> bool {
        self.window.is_some() || self.at.is_some() || self.not_before.is_some() || self.not_after.is_some()
    }
}

/// Reads every day and time in what was said, in order.
///
/// Shape: `now` is the customer's local date and time.
pub fn read_dates(text: &str, now: DateTime, hours: DeliveryHours) -> Vec<DatePhrase> {
    let words = words::read(text);
    if !words.iter().any(DateWord::hints_at_date) {
        return Vec::new();
    }
    let mut phrases: Vec<DatePhrase> = Vec::new();
    let mut at = 0;
    let mut is_new = true;
    while at < words.len() && phrases.len() < PHRASES_MAX {
        let rest = &words[at..];
        if let Some(read) = day::read(rest, now.date()) {
            let is_excluded = day::is_excluded(&words[..at]);
            let phrase = open_phrase(&mut phrases, is_new, |phrase| phrase.day.is_some());
            phrase.day = Some(read.day);
            phrase.other_day = read.other;
            phrase.is_ambiguous |= read.is_ambiguous;
            phrase.is_excluded = is_excluded;
            if let Some(window) = read.window {
                phrase.window = Some(window);
            }
            widen(phrase, &words, at, at + read.used);
            at += read.used;
            is_new = false;
        } else if let Some(read) = clock::read(&words, at, now, hours) {
            let phrase = open_phrase(&mut phrases, is_new, DatePhrase::has_time_and_other(&read.said));
            read.said.put_into(phrase);
            phrase.is_ambiguous |= read.is_ambiguous;
            widen(phrase, &words, at, at + read.used);
            at += read.used;
            is_new = false;
        } else {
            is_new |= matches!(rest[0].text.as_str(), "or" | "but" | "not" | "instead");
            at += 1;
        }
    }
    phrases
}

impl DatePhrase {
    /// Whether the phrase already holds something that `said` would overwrite.
    fn has_time_and_other(said: &Said) -> impl Fn(&Self) -> bool + use<> {
        let (is_start, is_end) = (said.is_start(), said.is_end());
        move |phrase: &Self| {
            (is_start && phrase.not_before.is_some())
                || (is_end && phrase.not_after.is_some())
                || (!is_start && !is_end && (phrase.at.is_some() || phrase.window.is_some()))
        }
    }
}

/// The phrase that the next reading belongs to: the last one, unless it is closed or already holds such a reading.
fn open_phrase(phrases: &mut Vec<DatePhrase>, is_new: bool, is_full: impl Fn(&DatePhrase) -> bool) -> &mut DatePhrase {
    if phrases.last().is_none_or(|last| is_new || is_full(last)) {
        phrases.push(DatePhrase::default());
    }
    phrases.last_mut().expect("a phrase was just pushed if there was none")
}

fn widen(phrase: &mut DatePhrase, words: &[DateWord], from: usize, to: usize) {
    let (first, last) = (words[from].word, words[to.min(words.len()) - 1].word);
    if phrase.heard == Span::default() {
        phrase.heard.start = first;
    }
    phrase.heard.end = last + 1;
}
