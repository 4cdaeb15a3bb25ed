//! What a locale's file must hold, beyond its form.

use jiff::civil::DateTime;

use super::words::{Pattern, Words, Written};
use crate::domain::quoted;

/// Keys whose values are written for the server, not to be said.
const NOT_SAID: &[&str] = &["language", "answers", "scenarios", "country_code", "trunk", "years"];
/// Places in a currency's list: one, several, and the same of its hundredth part.
const CURRENCY_NAMES: [usize; 2] = [2, 4];
/// The currency that stands for all that are not named.
pub(in crate::domain::speech) const ANY_CURRENCY: &str = "XXX";

/// Refuses digits and empty names anywhere in what is said.
pub(super) fn no_digits(path: &str, table: &toml::Table) -> Result<(), String> {
    for (key, value) in table.iter().filter(|(key, _)| !NOT_SAID.contains(&key.as_str())) {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        no_digits_in(&path, value)?;
    }
    Ok(())
}

fn no_digits_in(path: &str, value: &toml::Value) -> Result<(), String> {
    match value {
        toml::Value::String(text) if text.bytes().any(|byte| byte.is_ascii_digit()) => {
            Err(format!("{path}: a digit stands in `{}`; write it in words", quoted(text)))
        }
        toml::Value::Array(values) => values.iter().try_for_each(|value| no_digits_in(path, value)),
        toml::Value::Table(table) => no_digits(path, table),
        toml::Value::String(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => Ok(()),
    }
}

pub(super) fn words(words: &Words) -> Result<(), String> {
    patterns(words)?;
    numbers(words)?;
    formats(&words.written)?;
    let clock = &words.clock.parts;
    let is_rising = clock.windows(2).all(|pair| pair[0].from_hour < pair[1].from_hour);
    let are_hours = clock.iter().all(|part| (0..24).contains(&part.from_hour));
    require(!clock.is_empty() && is_rising && are_hours, "clock.parts: name hours from 0 to 23, rising")?;
    let endings = &words.ordinals.endings;
    let has_rest = endings.last().is_some_and(|(last, _)| last.is_empty());
    require(has_rest, "ordinals.endings: the last one must be for any word: [\"\", …]")?;
    for (code, names) in &words.money.currencies {
        let fault = format!("money.currencies.{}: write two names, or four", quoted(code));
        require(CURRENCY_NAMES.contains(&names.len()), &fault)?;
    }
    let has_any = words.money.currencies.contains_key(ANY_CURRENCY);
    require(has_any, "money.currencies.XXX: it is missing; name what any other currency is counted in")?;
    let groups = &words.phone.groups;
    require(!groups.is_empty() && !groups.contains(&0), "phone.groups: name how many digits are said together")?;
    let digits = &words.postcodes.digits;
    require(digits.iter().all(|cut| cut.first <= cut.length), "postcodes.digits: `first` is longer than `length`")?;
    let has_letters = ('A'..='Z').all(|letter| words.spelling.words.contains_key(&letter.to_string()));
    require(has_letters, "spelling.words: name a word for every letter from A to Z")
}

fn numbers(words: &Words) -> Result<(), String> {
    let numbers = &words.numbers;
    let are_named = numbers.below_hundred.len() == 100 && numbers.below_hundred.iter().all(|name| !name.is_empty());
    require(are_named, "numbers.below_hundred: name all numbers from zero to ninety-nine")?;
    let is_falling = numbers.scales.windows(2).all(|pair| pair[1].size < pair[0].size);
    let ends_in_thousand = numbers.scales.last().is_some_and(|scale| scale.size == 1_000);
    require(is_falling && ends_in_thousand, "numbers.scales: the largest comes first, and one thousand last")
}

fn formats(written: &Written) -> Result<(), String> {
    let at = DateTime::constant(2026, 11, 25, 14, 0, 0, 0);
    [("written.day", &written.day), ("written.time", &written.time)].into_iter().try_for_each(|(key, format)| {
        let is_format = jiff::fmt::strtime::format(format, at).is_ok();
        require(is_format, &format!("{key}: `{}` is no format of a time; write it as strftime does", quoted(format)))
    })
}

fn require(is_met: bool, fault: &str) -> Result<(), String> {
    if is_met { Ok(()) } else { Err(fault.to_owned()) }
}

/// Every pattern with the names it may use.
fn patterns(words: &Words) -> Result<(), String> {
    let (dates, clock, windows) = (&words.dates, &words.clock, &words.windows);
    const DATE: &[&str] = &["weekday", "ordinal", "number", "month"];
    const FACE: &[&str] = &["hour", "minute", "next"];
    let all: [(&str, &Pattern, &[&str]); 23] = [
        ("dates.near", &dates.near, DATE),
        ("dates.far", &dates.far, DATE),
        ("dates.with_year", &dates.with_year, &["date", "year"]),
        ("dates.full", &dates.full, &["ordinal", "number", "month", "year"]),
        ("clock.with_part", &clock.with_part, &["time", "part"]),
        ("clock.hour", &clock.hour, FACE),
        ("clock.quarter_past", &clock.quarter_past, FACE),
        ("clock.half_past", &clock.half_past, FACE),
        ("clock.quarter_to", &clock.quarter_to, FACE),
        ("clock.first_minutes", &clock.first_minutes, FACE),
        ("clock.minutes", &clock.minutes, FACE),
        ("windows.with_day", &windows.with_day, &["day", "window"]),
        ("windows.at", &windows.at, &["time"]),
        ("windows.after", &windows.after, &["time"]),
        ("windows.before", &windows.before, &["time"]),
        ("windows.between", &windows.between, &["start", "end"]),
        ("windows.between_in_part", &windows.between_in_part, &["start", "end", "part"]),
        ("windows.between_days", &windows.between_days, &["first", "last"]),
        ("windows.between_moments", &windows.between_moments, &["first", "start", "last", "end"]),
        ("durations.both", &words.durations.both, &["hours", "minutes"]),
        ("money.minus", &words.money.minus, &["amount"]),
        ("money.both", &words.money.both, &["whole", "rest"]),
        ("spelling.with_word", &words.spelling.with_word, &["letter", "word"]),
    ];
    all.into_iter().try_for_each(|(key, pattern, names)| {
        fault_of(pattern, names).map_or(Ok(()), |fault| Err(format!("{key}: {fault}")))
    })
}

fn fault_of(pattern: &Pattern, names: &[&str]) -> Option<String> {
    let text = &pattern.0;
    if text.matches('{').count() != text.matches('}').count() {
        return Some("a brace is not closed or not opened".to_owned());
    }
    let mut used = text.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let unknown = used.find(|name| !names.contains(name))?;
    Some(format!("`{{{}}}` is unknown here; known are: {}", quoted(unknown), names.join(", ")))
}
