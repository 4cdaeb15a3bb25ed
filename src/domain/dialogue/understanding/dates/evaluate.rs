//! Scores dates and times against labelled utterances.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};

use super::{DatePhrase, DeliveryHours, read_dates};
use crate::domain::dialogue::understanding::evaluate::{Miss, RowError, Score, Share, rows};

#[derive(serde::Deserialize)]
struct DateRow {
    id: String,
    text: String,
    reference: DateTime,
    expected: BTreeMap<String, String>,
    #[serde(default)]
    acceptable: BTreeMap<String, Vec<String>>,
}

/// Scores all rows of a file of JSON lines.
///
/// A row is right when every part it names is read; absent and ambiguous readings are safe misses.
/// Errors: a line is not of the form.
pub fn evaluate_dates(json_lines: &str) -> Result<Score, RowError> {
    evaluate_dates_share(json_lines, Share::All)
}

/// Scores a share of the rows.
///
/// Errors: a line is not of the form.
pub fn evaluate_dates_share(json_lines: &str, share: Share) -> Result<Score, RowError> {
    let mut score = Score::default();
    for row in rows::<DateRow>(json_lines)?.into_iter().filter(|row| share.holds(&row.id)) {
        let phrases = read_dates(&row.text, row.reference, DeliveryHours::default());
        let is_right = |(part, value): (&String, &String)| {
            let fits = |read: &String| read == value || row.acceptable.get(part).is_some_and(|all| all.contains(read));
            phrases.iter().flat_map(|phrase| parts(phrase, part)).any(|read| fits(&read))
        };
        if row.expected.iter().all(is_right) {
            score.hit();
            continue;
        }
        let is_sure =
            |part: &String| phrases.iter().any(|phrase| !phrase.is_ambiguous && !parts(phrase, part).is_empty());
        let is_wrong_and_sure = row.expected.iter().any(|pair| !is_right(pair) && is_sure(pair.0));
        let read = phrases.iter().map(spoken_back).collect::<Vec<_>>().join("; ");
        let expected =
            row.expected.iter().map(|(part, value)| format!("{part} {value}")).collect::<Vec<_>>().join(", ");
        score.miss(Miss { id: row.id, text: row.text, expected, read, is_safe: !is_wrong_and_sure });
    }
    Ok(score)
}

/// What the phrase says for one part of a row, in the row's form.
fn parts(phrase: &DatePhrase, part: &str) -> Vec<String> {
    let times: Vec<Time> = match part {
        "date" => {
            let days = [phrase.day, phrase.other_day.filter(|_| phrase.is_ambiguous)];
            return days.into_iter().flatten().map(|day| day.to_string()).collect();
        }
        "time_from" => {
            [phrase.window.map(|window| window.0), phrase.not_before, phrase.at].into_iter().flatten().collect()
        }
        "time_to" => [phrase.window.map(|window| window.1), phrase.not_after, phrase.at, phrase.not_before]
            .into_iter()
            .flatten()
            .collect(),
        _ => [phrase.at, phrase.not_before, phrase.not_after].into_iter().flatten().collect(),
    };
    times.into_iter().map(|time| time.strftime("%H:%M").to_string()).collect()
}

fn spoken_back(phrase: &DatePhrase) -> String {
    let day = phrase.day.map_or_else(|| "no day".to_owned(), |day| day.to_string());
    let times = ["time", "time_from", "time_to"].map(|part| parts(phrase, part).join("/")).join(" ");
    format!("{day} {times}{}", if phrase.is_ambiguous { " (ambiguous)" } else { "" })
}
