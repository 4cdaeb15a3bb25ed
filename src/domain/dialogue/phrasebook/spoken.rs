//! Slot values as words in the listener's English, and as they are written in records.

use jiff::civil::{Date, Time};

use super::slot::SlotValue;

/// For whom a sentence is put into words, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// The day it is for the listener: what "tomorrow" is counted from.
    pub today: Date,
}

pub(super) fn in_words(value: &SlotValue, voice: &Voice) -> String {
    match value {
        SlotValue::Day(date) => day(*date, voice.today),
        other => as_written(other),
    }
}

fn day(date: Date, today: Date) -> String {
    match (date - today).get_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        _ => date.strftime("%A the %-d").to_string(),
    }
}

/// The value as records and the console show it.
pub(super) fn as_written(value: &SlotValue) -> String {
    match value {
        SlotValue::Text(text) | SlotValue::Name(text) | SlotValue::Item(text) => text.to_string(),
        SlotValue::Note(text) | SlotValue::Place(text) => text.to_string(),
        SlotValue::Day(date) => date.to_string(),
        SlotValue::ClockTime(time) => clock(*time),
        SlotValue::Window(from, to) => format!("{}-{}", clock(*from), clock(*to)),
        SlotValue::Money(money) => format!("{} {}", money.amount_minor, money.currency),
        SlotValue::OrderReference(reference) => reference.0.clone(),
        SlotValue::Phone(phone) => phone.reveal().to_owned(),
        SlotValue::Count(count) | SlotValue::Ordinal(count) => count.to_string(),
        SlotValue::Hours(hours) => format!("{hours} hours"),
        SlotValue::Phrase(phrase) => phrase.id().to_owned(),
    }
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}
