//! The ways a value may be spoken or written: each as a run of words.

use std::time::Duration;

use jiff::civil::{Date, Time};

use super::known::{KnownFact, Meaning, Value};
use super::tokens::words;
use crate::domain::dialogue::phrasebook::Voice;
use crate::domain::speech::{self, Locale};
use crate::domain::values::Money;

/// Beyond this many days a bare weekday would name another day.
const NEAR_DAYS: i32 = 6;

/// What is counted when further items are: it has no plural.
const MORE: &str = "more";

/// The first ways to say a day, which are the usual ones; a range has the square of it.
const DAY_FORMS_IN_A_RANGE: usize = 8;

/// Every run of words that says the value and nothing else. Empty for a truth, which has patterns instead.
pub(super) fn forms(known: &KnownFact, voice: &Voice) -> Vec<Vec<String>> {
    let mut forms = Forms { voice, runs: Vec::with_capacity(32) };
    match &known.value {
        Value::Truth(_) => (),
        Value::Day(date) => forms.day(*date),
        Value::Days(from, to) => forms.days(*from, *to),
        Value::Time(time) => forms.time(*time),
        Value::Window(from, to) => forms.window(*from, *to),
        Value::Money(money) => forms.money(*money),
        Value::Count(count, noun) => forms.count(*count, noun),
        Value::Ordinal(place, noun) => {
            let ordinal = speech::ordinal(voice.locale, u64::from(*place));
            [format!("the {ordinal}"), format!("the {ordinal} {noun}")].iter().for_each(|text| forms.push(text));
        }
        Value::Hours(hours) => forms.hours(*hours),
        Value::Reference(reference) => forms.reference(reference, known.meaning),
        Value::Phone(phone) => {
            forms.push(&speech::phone_number(phone, voice.locale));
            forms.push(phone.reveal());
        }
        Value::Words(text) => {
            forms.push(text);
            forms.push(&speech::normalise(voice.locale, text));
            // A pressure cooker, five litre, is a pressure cooker.
            if let (Some(Meaning::Contents), Some((thing, _))) = (known.meaning, text.split_once(',')) {
                forms.push(thing);
            }
        }
    }
    forms.runs
}

struct Forms<'a> {
    voice: &'a Voice,
    runs: Vec<Vec<String>>,
}

impl Forms<'_> {
    fn push(&mut self, text: &str) {
        let run = words(text);
        if !run.is_empty() {
            self.runs.push(run);
        }
    }

    /// With and without the "and" of "one hundred and five".
    fn push_number(&mut self, text: &str) {
        self.push(text);
        if text.contains(" and ") {
            self.push(&text.replace(" and ", " "));
        }
    }

    fn day(&mut self, date: Date) {
        let voice = self.voice;
        let distance = date.since(voice.today).map_or(i32::MAX, |span| span.get_days());
        self.push(&speech::day(voice.locale, date, voice.today));
        match distance {
            2 => ["day after tomorrow", "the day after tomorrow"].iter().for_each(|text| self.push(text)),
            -2 => ["day before yesterday", "the day before yesterday"].iter().for_each(|text| self.push(text)),
            _ => (),
        }
        self.push(&date.to_string());
        let weekday = WEEKDAYS[date.weekday().to_monday_zero_offset().unsigned_abs() as usize];
        if (1..=NEAR_DAYS).contains(&distance.saturating_abs()) {
            self.push(weekday);
        }
        if (1..=NEAR_DAYS).contains(&distance) {
            self.push(&format!("this {weekday}"));
        }
        for weekday in ["", weekday] {
            self.day_of_month(weekday, date);
        }
    }

    fn day_of_month(&mut self, weekday: &str, date: Date) {
        let number = date.day().unsigned_abs();
        let spoken = speech::ordinal(self.voice.locale, u64::from(number));
        let written = format!("{number}{}", ending(number));
        let bare = number.to_string();
        for day in [&spoken, &written] {
            self.push(&format!("{weekday} the {day}"));
            if !weekday.is_empty() {
                self.push(&format!("{weekday} {day}"));
            }
        }
        let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
        let years = [
            String::new(),
            date.year().to_string(),
            speech::year(self.voice.locale, date.year().unsigned_abs().into()),
        ];
        for month in [month, &month[..3]] {
            for day in [&spoken, &written, &bare] {
                for year in &years {
                    self.push(&format!("{weekday} the {day} of {month} {year}"));
                    self.push(&format!("{weekday} {day} {month} {year}"));
                    self.push(&format!("{weekday} {month} {day} {year}"));
                }
            }
        }
    }

    fn days(&mut self, from: Date, to: Date) {
        let mut ends = [from, to].map(|date| {
            let mut one = Forms { voice: self.voice, runs: Vec::new() };
            one.day(date);
            one.runs.iter().map(|run| run.join(" ")).take(DAY_FORMS_IN_A_RANGE).collect::<Vec<_>>()
        });
        let [starts, stops] = &mut ends;
        for start in starts {
            for stop in stops.iter() {
                self.push(&format!("between {start} and {stop}"));
                self.push(&format!("from {start} to {stop}"));
            }
        }
    }

    fn time(&mut self, time: Time) {
        for text in times(self.voice.locale, time) {
            self.push(&text);
        }
        self.part_of_day(part_of_day(time.hour()));
    }

    /// "tomorrow afternoon" is a day, and the part of it that a time or a whole window lies in.
    fn part_of_day(&mut self, part: Option<&str>) {
        if let Some(part) = part {
            [part.to_owned(), format!("in the {part}")].iter().for_each(|text| self.push(text));
        }
    }

    fn window(&mut self, from: Time, to: Time) {
        let (starts, ends) = (times(self.voice.locale, from), times(self.voice.locale, to));
        let spoken = spoken_window(self.voice, from, to);
        self.push(&spoken);
        self.push(&spoken.replacen("between ", "from ", 1).replacen(" and ", " to ", 1));
        self.push(&spoken.replacen("between ", "", 1).replacen(" and ", " to ", 1));
        let last_hour = if to.minute() == 0 { (to.hour() + 23) % 24 } else { to.hour() };
        self.part_of_day(part_of_day(from.hour()).filter(|part| Some(*part) == part_of_day(last_hour)));
        let is_same_half = (from.hour() < 12) == (to.hour() < 12);
        for end in &ends {
            self.push(&format!("before {end}"));
            self.push(&format!("by {end}"));
            let bare = if is_same_half { bare_hours(self.voice.locale, from) } else { Vec::new() };
            for start in starts.iter().chain(&bare) {
                self.push(&format!("between {start} and {end}"));
                self.push(&format!("from {start} to {end}"));
                self.push(&format!("{start} to {end}"));
            }
        }
    }

    fn money(&mut self, money: Money) {
        self.push_number(&speech::money(self.voice.locale, money));
        let (sign, name) = match money.currency.as_str() {
            "INR" => ("₹", "rupees"),
            "USD" => ("$", "dollars"),
            "GBP" => ("£", "pounds"),
            "EUR" => ("€", "euros"),
            _ => return,
        };
        let minor = money.amount_minor.unsigned_abs();
        let (whole, rest) = (minor / 100, minor % 100);
        let mut numbers = vec![whole.to_string(), grouped(whole, 3), grouped(whole, 2)];
        if rest != 0 {
            numbers.iter_mut().for_each(|number| number.push_str(&format!(".{rest:02}")));
        } else {
            numbers.push(format!("{whole}.00"));
        }
        for number in numbers {
            for text in [format!("{sign}{number}"), format!("{number} {name}"), format!("{name} {number}")] {
                self.push(&text);
            }
            if sign == "₹" {
                self.push(&format!("rs {number}"));
                self.push(&format!("inr {number}"));
            }
        }
    }

    fn count(&mut self, count: u32, noun: &str) {
        let plural = if count == 1 || noun == MORE { noun.to_owned() } else { format!("{noun}s") };
        self.push(&format!("{} {plural}", speech::cardinal(self.voice.locale, u64::from(count))));
        self.push(&format!("{count} {plural}"));
    }

    fn hours(&mut self, hours: u32) {
        let span = Duration::from_secs(u64::from(hours) * 3600);
        self.push(&speech::duration(self.voice.locale, span));
        let unit = if hours == 1 { "hour" } else { "hours" };
        self.push(&format!("{hours} {unit}"));
        self.push_number(&format!("{} {unit}", speech::cardinal(self.voice.locale, u64::from(hours))));
    }

    /// With the words before it that tell an order number from a tracking number.
    fn reference(&mut self, reference: &str, meaning: Option<Meaning>) {
        let leads: &[&str] = match meaning {
            Some(Meaning::TrackingNumber) => &["tracking number", "tracking number is"],
            Some(_) | None => &["order", "order number", "order number is", "order number ends in"],
        };
        let joined: String = reference.chars().filter(|c| c.is_alphanumeric()).collect();
        for said in [speech::order_reference(self.voice.locale, reference), reference.to_owned(), joined] {
            for lead in leads {
                self.push(&format!("{lead} {said}"));
            }
        }
    }
}

/// "between two and six in the afternoon", without its day.
fn spoken_window(voice: &Voice, from: Time, to: Time) -> String {
    let on = |time| voice.today.to_datetime(time);
    let whole = speech::window(voice.locale, on(from), on(to), on(Time::midnight()));
    whole.strip_prefix("today").unwrap_or(&whole).trim_start_matches([',', ' ']).to_owned()
}

/// A time with its half of the day: "six in the evening", "6 pm", "18:00".
fn times(locale: Locale, time: Time) -> Vec<String> {
    let half = if time.hour() < 12 { "am" } else { "pm" };
    let mut texts = vec![speech::clock_time(locale, time), time.strftime("%H:%M").to_string()];
    for bare in bare_hours(locale, time) {
        texts.extend([format!("{bare} {half}"), format!("{bare} {} m", &half[..1]), format!("{bare}{half}")]);
    }
    texts
}

/// A time on the face of a clock: "six", "6", "6:30".
fn bare_hours(locale: Locale, time: Time) -> Vec<String> {
    let hour = (time.hour() + 11) % 12 + 1;
    let spoken = speech::cardinal(locale, u64::from(hour.unsigned_abs()));
    match time.minute() {
        0 => vec![spoken, hour.to_string()],
        minute => {
            let minutes = speech::cardinal(locale, u64::from(minute.unsigned_abs()));
            let oh = if minute < 10 { "oh " } else { "" };
            vec![format!("{spoken} {oh}{minutes}"), format!("{hour}:{minute:02}")]
        }
    }
}

/// Where people agree on it.
const fn part_of_day(hour: i8) -> Option<&'static str> {
    match hour {
        5..=11 => Some("morning"),
        12..=17 => Some("afternoon"),
        18..=20 => Some("evening"),
        _ => None,
    }
}

/// `1499` as `1,499`; with groups of two after the first three, `149900` as `1,49,900`.
fn grouped(number: u64, size: usize) -> String {
    let digits = number.to_string();
    let (mut head, tail) = digits.split_at(digits.len().saturating_sub(3));
    let mut groups = vec![tail];
    while !head.is_empty() {
        let (rest, group) = head.split_at(head.len().saturating_sub(size));
        groups.push(group);
        head = rest;
    }
    groups.reverse();
    groups.join(",")
}

fn ending(day: u8) -> &'static str {
    match (day / 10, day % 10) {
        (1, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        (_, _) => "th",
    }
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
