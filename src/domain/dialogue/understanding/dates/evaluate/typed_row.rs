//! The form with typed results: a JSON array of `{"Input", "Context", "Results": [{"TypeName", "Resolution"}]}`.

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
};

use super::{Judgement, Labelled, days, windows};
use crate::domain::dialogue::understanding::{RowError, dates::DatePhrase};

/// People and makers of such files differ about where an evening begins: this much at either end is the same part.
const PART_OF_DAY_HOURS: i64 = 1;
/// A day further from the reference than this is no delivery day.
const NEAR_DAYS: i32 = 366;
/// A range of days longer than this is no answer to "when".
const RANGE_DAYS_MAX: i32 = 14;
/// Kinds of phrase that a delivery call has no use for, by a word they have.
const OUT_OF_SCOPE: &[&str] = &[
    "year",
    "years",
    "month",
    "months",
    "quarter",
    "quarters",
    "century",
    "fiscal",
    "fortnight",
    "weeks",
    "couple",
    "business",
    "working",
    "workweek",
    "easter",
    "eid",
    "halloween",
    "independence",
    "earth",
    "black",
    "new",
    "now",
    "moment",
    "present",
    "time",
    "date",
    "last",
    "past",
    "previous",
    "same",
    "early",
    "late",
    "mid",
    "christmas",
    "earlier",
    "remaining",
    "commencing",
    "beginning",
    "minute",
    "min",
    "minutes",
    "end",
    "later",
    "less",
    "more",
    "for",
];

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TypedRow {
    #[serde(skip)]
    id: String,
    input: String,
    context: Context,
    #[serde(default)]
    results: Vec<Found>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Context {
    reference_date_time: DateTime,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    text: String,
    type_name: String,
    #[serde(default)]
    resolution: Option<Resolution>,
}

#[derive(serde::Deserialize)]
struct Resolution {
    #[serde(default)]
    values: Vec<Value>,
}

#[derive(serde::Deserialize)]
struct Value {
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    start: Option<String>,
    #[serde(default)]
    end: Option<String>,
}

/// Reads the array; a row's id is its place.
///
/// Errors: the text is no such array.
pub(super) fn read(json: &str) -> Result<Vec<TypedRow>, RowError> {
    let mut rows: Vec<TypedRow> =
        serde_json::from_str(json).map_err(|error| RowError { line: error.line(), reason: error.to_string() })?;
    rows.iter_mut().enumerate().for_each(|(place, row)| row.id = format!("typed{place:03}"));
    Ok(rows)
}

impl Labelled for TypedRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn text(&self) -> &str {
        &self.input
    }

    fn reference(&self) -> DateTime {
        self.context.reference_date_time
    }

    fn expected(&self) -> String {
        let value = |value: &Value| match &value.value {
            Some(value) => value.clone(),
            None => format!("{}..{}", value.start.as_deref().unwrap_or(""), value.end.as_deref().unwrap_or("")),
        };
        let found = |found: &Found| {
            let values: Vec<String> = found.values().iter().map(value).collect();
            format!("{} {}", found.type_name, values.join(" or "))
        };
        self.results.iter().map(found).collect::<Vec<_>>().join("; ")
    }

    fn is_in_scope(&self) -> bool {
        self.results.iter().all(|found| found.is_in_scope(self.context.reference_date_time.date()))
    }

    /// Everything found must be read and nothing else may be: the labels name every date and time of the text.
    fn judge(&self, phrases: &[DatePhrase]) -> Judgement {
        let is_read = |found: &Found| phrases.iter().any(|phrase| found.is_read_as(phrase));
        let is_labelled = |phrase: &DatePhrase| self.results.iter().any(|found| found.is_read_as(phrase));
        let is_wrong_and_sure = |phrase: &DatePhrase| !phrase.is_ambiguous && !is_labelled(phrase);
        if phrases.iter().any(is_wrong_and_sure) {
            return Judgement::Unsafe;
        }
        if self.results.iter().all(is_read) { Judgement::Right } else { Judgement::Safe }
    }
}

impl Found {
    fn values(&self) -> &[Value] {
        self.resolution.as_ref().map_or(&[], |resolution| resolution.values.as_slice())
    }

    fn kind(&self) -> &str {
        self.type_name.rsplit('.').next().unwrap_or_default()
    }

    fn is_read_as(&self, phrase: &DatePhrase) -> bool {
        self.values().iter().any(|value| value.is_read_as(self.kind(), phrase))
    }

    fn is_in_scope(&self, reference: Date) -> bool {
        let lower = self.text.to_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric());
        let is_near = |day: &Date| day.since(reference).is_ok_and(|span| span.get_days().abs() <= NEAR_DAYS);
        let is_usual = |value: &Value| {
            let moments: Vec<Date> = [&value.value, &value.start, &value.end]
                .into_iter()
                .flatten()
                .filter_map(|text| day_of(text))
                .collect();
            let is_short = match (value.start.as_deref().and_then(day_of), value.end.as_deref().and_then(day_of)) {
                (Some(from), Some(to)) => to.since(from).is_ok_and(|span| span.get_days() <= RANGE_DAYS_MAX),
                _ => true,
            };
            moments.iter().all(is_near) && is_short && value.value.as_deref() != Some("not resolved")
        };
        !words.any(|word| OUT_OF_SCOPE.contains(&word)) && !names_no_day(&lower) && self.values().iter().any(is_usual)
    }
}

impl Value {
    fn is_read_as(&self, kind: &str, phrase: &DatePhrase) -> bool {
        let (value, start, end) = (self.value.as_deref(), self.start.as_deref(), self.end.as_deref());
        let has_day =
            |text: Option<&str>| text.and_then(day_of).is_some_and(|day| days(phrase).any(|read| read == day));
        let at_fits = |text: Option<&str>| {
            let times = [phrase.at, phrase.at.and(phrase.other_time)];
            text.and_then(time_of).is_some_and(|time| times.contains(&Some(time)))
        };
        match kind {
            "date" => has_day(value) && !phrase.has_time(),
            "datetime" => has_day(value) && at_fits(value),
            "time" => at_fits(value) && phrase.day.is_none(),
            "timerange" => window_fits(start, end, phrase) && phrase.day.is_none(),
            "datetimerange" => has_day(start.or(end)) && window_fits(start, end, phrase),
            "daterange" => range_fits(start.and_then(day_of), end.and_then(day_of), phrase),
            _ => false,
        }
    }
}

/// A week or a month without a day, a day that depends on what was said before, or figures that nobody says.
fn names_no_day(text: &str) -> bool {
    const MONTHS: &[&str] = &["feb", "august", "sept", "december"];
    let is_month = MONTHS.iter().any(|month| text.ends_with(month)) && !text.bytes().any(|byte| byte.is_ascii_digit());
    let is_figures = 8 <= text.len() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    let has_seconds = text.matches(':').count() == 2;
    let is_bare = matches!(text, "the day" | "the week" | "the day before");
    is_month || is_figures || has_seconds || is_bare || text.contains("week of")
}

/// The end of a range may be its last day, or the day after it.
fn range_fits(start: Option<Date>, end: Option<Date>, phrase: &DatePhrase) -> bool {
    let (Some(from), Some(to)) = (start, end) else {
        return start.or(end).is_some_and(|bound| days(phrase).any(|day| day == bound));
    };
    let last = phrase.last_day.or(phrase.day);
    let before = to.checked_sub(1.day()).ok();
    phrase.day == Some(from) && (last == Some(to) || last == before)
}

fn window_fits(start: Option<&str>, end: Option<&str>, phrase: &DatePhrase) -> bool {
    let (start, end) = (start.and_then(time_of), end.and_then(time_of));
    let is_near = |read: Option<Time>, labelled: Option<Time>| match (read, labelled) {
        (Some(read), Some(labelled)) => read
            .since(labelled)
            .is_ok_and(|span| span.get_hours().abs() <= i32::try_from(PART_OF_DAY_HOURS).unwrap_or(1)),
        (None, None) => true,
        _ => false,
    };
    windows(phrase).into_iter().any(|(from, to)| {
        (from, to) == (start, end) || (is_near(from, start) && is_near(to, end) && is_whole(from) && is_whole(to))
    })
}

/// Parts of the day have whole hours.
fn is_whole(time: Option<Time>) -> bool {
    time.is_none_or(|time| time.minute() == 0)
}

fn day_of(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn time_of(text: &str) -> Option<Time> {
    text.get(text.len().checked_sub(8)?..)?.parse().ok()
}
