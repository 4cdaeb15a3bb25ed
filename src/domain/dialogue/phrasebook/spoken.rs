//! Slot values as words of the listener's locale, and as they are written in records.

use std::time::Duration;

use jiff::civil::{Date, Time};

use super::slot::SlotValue;
use crate::domain::speech::{self, Locale};

/// For whom a sentence is put into words, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    pub locale: Locale,
    /// The day it is for the listener: what "tomorrow" is counted from.
    pub today: Date,
}

/// The value as it is spoken.
pub(super) fn in_words(value: &SlotValue, voice: &Voice) -> String {
    let locale = voice.locale;
    match value {
        SlotValue::Name(text) => text.to_string(),
        SlotValue::Text(text) | SlotValue::Place(text) | SlotValue::Item(text) | SlotValue::Note(text) => {
            speech::normalise(locale, text)
        }
        SlotValue::Day(date) => speech::day(locale, *date, voice.today),
        SlotValue::ClockTime(time) => speech::clock_time(locale, *time),
        SlotValue::Window(from, to) => window(voice, *from, *to),
        SlotValue::Money(money) => speech::money(locale, *money),
        SlotValue::OrderReference(reference) => speech::order_reference(locale, &reference.0),
        SlotValue::Phone(phone) => speech::phone_number(phone, locale),
        SlotValue::Count(count) => speech::cardinal(locale, u64::from(*count)),
        SlotValue::Ordinal(place) => speech::ordinal(locale, u64::from(*place)),
        SlotValue::Hours(hours) => speech::duration(locale, Duration::from_secs(u64::from(*hours) * 3600)),
        SlotValue::Phrase(phrase) => phrase.id().to_owned(),
    }
}

/// A part of a day alone: the day has its own slot.
fn window(voice: &Voice, from: Time, to: Time) -> String {
    let on = |time| voice.today.to_datetime(time);
    speech::part_window(voice.locale, on(from), on(to), on(Time::midnight()))
}

/// The value as records and the console show it.
pub(super) fn as_written(value: &SlotValue) -> String {
    match value {
        SlotValue::Text(text) | SlotValue::Item(text) => text.to_string(),
        SlotValue::Note(text) | SlotValue::Place(text) | SlotValue::Name(text) => text.to_string(),
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
