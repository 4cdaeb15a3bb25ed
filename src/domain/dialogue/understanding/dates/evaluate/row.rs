//! The form with named parts: `{"expected": {"date": "2026-11-19", "time_from": "14:00"}}`.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};

use super::{Judgement, Labelled, days};
use crate::domain::dialogue::understanding::dates::DatePhrase;

#[derive(serde::Deserialize)]
pub(super) struct DateRow {
    id: String,
    text: String,
    reference: DateTime,
    expected: BTreeMap<String, String>,
    #[serde(default)]
    acceptable: BTreeMap<String, Vec<String>>,
}

impl DateRow {
    fn is_right(&self, part: &str, value: &String, phrases: &[DatePhrase]) -> bool {
        let fits = |read: &String| read == value || self.acceptable.get(part).is_some_and(|all| all.contains(read));
        phrases.iter().flat_map(|phrase| parts(phrase, part)).any(|read| fits(&read))
    }
}

impl Labelled for DateRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn reference(&self) -> DateTime {
        self.reference
    }

    fn expected(&self) -> String {
        self.expected.iter().map(|(part, value)| format!("{part} {value}")).collect::<Vec<_>>().join(", ")
    }

    /// "Last week" and "last month" are no days.
    fn is_in_scope(&self) -> bool {
        let lower = self.text.to_lowercase();
        !["last week", "last month", "last year"].iter().any(|span| lower.contains(span))
    }

    fn judge(&self, phrases: &[DatePhrase]) -> Judgement {
        let is_right = |(part, value): (&String, &String)| self.is_right(part, value, phrases);
        if self.expected.iter().all(is_right) {
            return Judgement::Right;
        }
        let is_sure =
            |part: &String| phrases.iter().any(|phrase| !phrase.is_ambiguous && !parts(phrase, part).is_empty());
        let is_wrong_and_sure = self.expected.iter().any(|pair| !is_right(pair) && is_sure(pair.0));
        if is_wrong_and_sure { Judgement::Unsafe } else { Judgement::Safe }
    }
}

/// What the phrase says for one part of a row, in the row's form.
fn parts(phrase: &DatePhrase, part: &str) -> Vec<String> {
    let at = [phrase.at, phrase.at.and(phrase.other_time)];
    let from = [phrase.not_before, phrase.not_before.and(phrase.other_time)];
    let to = [phrase.not_after, phrase.not_after.and(phrase.other_time)];
    let windows = [phrase.window, phrase.other_window];
    let times: Vec<Option<Time>> = match part {
        "date" => return days(phrase).map(|day| day.to_string()).collect(),
        "time_from" => windows.map(|window| window.map(|(from, _)| from)).into_iter().chain(from).chain(at).collect(),
        "time_to" => {
            windows.map(|window| window.map(|(_, to)| to)).into_iter().chain(to).chain(from).chain(at).collect()
        }
        _ => at.into_iter().chain(from).chain(to).collect(),
    };
    times.into_iter().flatten().map(|time| time.strftime("%H:%M").to_string()).collect()
}
