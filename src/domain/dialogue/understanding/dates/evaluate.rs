//! Scores dates and times against labelled utterances, in either of two forms.

mod row;
mod typed_row;

use jiff::civil::{Date, DateTime, Time};

use super::{DatePhrase, DeliveryHours};
use crate::domain::dialogue::understanding::evaluate::{InScope, Miss, RowError, Score, Share, rows};
use crate::domain::dialogue::understanding::vocabulary::Vocabulary;
use row::DateRow;

/// One labelled utterance: what it says, and whether what was read is that.
trait Labelled {
    fn id(&self) -> &str;
    fn text(&self) -> &str;
    fn reference(&self) -> DateTime;
    /// The label in one line.
    fn expected(&self) -> String;
    /// A delivery call has a use for this kind of phrase; of the others nothing need be read.
    fn is_in_scope(&self) -> bool;
    fn judge(&self, phrases: &[DatePhrase]) -> Judgement;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judgement {
    Right,
    /// Nothing was read, or it is marked for reading back.
    Safe,
    /// Something else was read for sure.
    Unsafe,
}

/// Scores all rows of a file: JSON lines with `expected` parts, or a JSON array with typed `Results`.
///
/// A row is right when every part it names is read; absent and ambiguous readings are safe misses.
/// Errors: a line is not of the form.
pub fn evaluate_dates(vocabulary: &Vocabulary, json: &str) -> Result<Score, RowError> {
    evaluate_dates_share(vocabulary, json, Share::All)
}

/// Scores a share of the rows.
///
/// Errors: a line is not of the form.
pub fn evaluate_dates_share(vocabulary: &Vocabulary, json: &str, share: Share) -> Result<Score, RowError> {
    if json.trim_start().starts_with('[') {
        return Ok(score(vocabulary, &typed_row::read(json)?, share));
    }
    Ok(score(vocabulary, &rows::<DateRow>(json)?, share))
}

fn score(vocabulary: &Vocabulary, rows: &[impl Labelled], share: Share) -> Score {
    let mut score = Score { in_scope: Some(InScope::default()), ..Score::default() };
    for row in rows.iter().filter(|row| share.holds(row.id())) {
        let phrases = vocabulary.read_dates(row.text(), row.reference(), DeliveryHours::default());
        let judgement = row.judge(&phrases);
        if let Some(in_scope) = score.in_scope.as_mut().filter(|_| row.is_in_scope()) {
            in_scope.n += 1;
            in_scope.correct += usize::from(judgement == Judgement::Right);
        }
        if judgement == Judgement::Right {
            score.hit();
            continue;
        }
        let read = phrases.iter().map(spoken_back).collect::<Vec<_>>().join("; ");
        score.miss(Miss {
            id: row.id().to_owned(),
            text: row.text().to_owned(),
            expected: row.expected(),
            read,
            is_safe: judgement == Judgement::Safe,
        });
    }
    score
}

/// The days a phrase can mean.
fn days(phrase: &DatePhrase) -> impl Iterator<Item = Date> {
    [phrase.day, phrase.other_day].into_iter().flatten()
}

/// The windows a phrase can mean, a bound without its other end included.
fn windows(phrase: &DatePhrase) -> Vec<(Option<Time>, Option<Time>)> {
    let mut all: Vec<_> =
        [phrase.window, phrase.other_window].into_iter().flatten().map(|(from, to)| (Some(from), Some(to))).collect();
    if phrase.not_before.is_some() || phrase.not_after.is_some() {
        let other = phrase.other_time;
        all.push((phrase.not_before, phrase.not_after));
        all.push((phrase.not_before.and(other), phrase.not_after.and(other)));
    }
    all
}

fn spoken_back(phrase: &DatePhrase) -> String {
    let day = phrase.day.map_or_else(|| "no day".to_owned(), |day| day.to_string());
    let last = phrase.last_day.map_or_else(String::new, |last| format!("..{last}"));
    let other = phrase.other_day.map_or_else(String::new, |other| format!(" or {other}"));
    let times: Vec<String> = windows(phrase)
        .into_iter()
        .map(|(from, to)| format!("{}-{}", shown(from), shown(to)))
        .chain(phrase.at.map(|at| shown(Some(at))))
        .collect();
    let marks = if phrase.is_ambiguous { " (ambiguous)" } else { "" };
    format!("{day}{last}{other} {}{marks}", times.join("/"))
}

fn shown(time: Option<Time>) -> String {
    time.map_or_else(String::new, |time| time.strftime("%H:%M").to_string())
}
