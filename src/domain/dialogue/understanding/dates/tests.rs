use super::*;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

/// A Wednesday.
fn now() -> DateTime {
    jiff::civil::date(2026, 11, 18).at(10, 0, 0, 0)
}

/// What was read, in the notation of `tests/phrases.jsonl`.
fn shown(text: &str, now: DateTime) -> String {
    english().read_dates(text, now, DeliveryHours::default()).iter().map(show).collect::<Vec<_>>().join("; ")
}

fn show(phrase: &DatePhrase) -> String {
    let time = |time: Time| time.strftime("%H:%M").to_string();
    let day = |day: Date| day.strftime("%m-%d").to_string();
    let window = |(from, to)| format!("{}-{}", time(from), time(to));
    let bound = match phrase.day_bound {
        DayBound::On => None,
        DayBound::By => Some("by"),
        DayBound::Before => Some("before"),
        DayBound::From => Some("starting"),
        DayBound::After => Some("after"),
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(phrase.is_excluded.then(|| "not".to_owned()));
    parts.extend(bound.map(str::to_owned));
    parts.extend(phrase.day.map(|first| {
        let last = phrase.last_day.map_or_else(String::new, |last| format!("..{}", day(last)));
        let other = phrase.other_day.map_or_else(String::new, |other| format!("|{}", day(other)));
        format!("{}{last}{other}", day(first))
    }));
    let names: Vec<String> = phrase.weekdays.iter().map(|weekday| format!("{weekday:?}")[..3].to_lowercase()).collect();
    parts.extend((!names.is_empty()).then(|| format!("every {}", names.join(","))));
    let other_time = phrase.other_time.map_or_else(String::new, |other| format!("|{}", time(other)));
    let other_window = phrase.other_window.map_or_else(String::new, |other| format!("|{}", window(other)));
    parts.extend(phrase.window.map(|said| format!("{}{other_window}", window(said))));
    parts.extend(phrase.at.map(|at| format!("at {}{other_time}", time(at))));
    parts.extend(phrase.not_before.map(|from| format!("from {}{other_time}", time(from))));
    parts.extend(phrase.not_after.map(|to| format!("to {}{other_time}", time(to))));
    parts.extend(phrase.is_ambiguous.then(|| "?".to_owned()));
    parts.join(" ")
}

#[derive(serde::Deserialize)]
struct PhraseRow {
    text: String,
    #[serde(default)]
    now: Option<DateTime>,
    reads: String,
}

#[test]
fn phrases_are_read_as_people_mean_them() {
    let rows = crate::domain::dialogue::understanding::rows::<PhraseRow>(include_str!("tests/phrases.jsonl"));
    let rows = rows.expect("every line is a row");
    assert!(250 <= rows.len(), "{} phrases", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .map(|row| (row, shown(&row.text, row.now.unwrap_or(now()))))
        .filter(|(row, read)| row.reads != *read)
        .map(|(row, read)| format!("{:?}: expected {:?}, read {read:?}", row.text, row.reads))
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn hostile_text_is_bounded() {
    for text in
        ["monday ".repeat(4_000), "99999999999th ".repeat(20), "99/99/99 25:99 -1 ²".repeat(30), "to 5 ".repeat(99)]
    {
        assert!(english().read_dates(&text, now(), DeliveryHours::default()).len() <= PHRASES_MAX);
    }
    let last = DateTime::MAX;
    assert!(
        english().read_dates("tomorrow in 99 weeks next friday in 9 hours", last, DeliveryHours::default()).len()
            <= PHRASES_MAX
    );
}
