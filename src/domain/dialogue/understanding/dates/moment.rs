//! Moments counted from now, and spans of time: "in half an hour", "20 minutes from now", "three hours".

use jiff::{ToSpan, civil::DateTime};

use super::{
    hours::{Said, TimeRead},
    numerals::number,
    words::Heard,
};
use crate::domain::dialogue::understanding::vocabulary::{Phrases, WordSet};

/// The words of spans of time.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpanLists {
    r#in: WordSet,
    within: WordSet,
    after: WordSet,
    /// What may stand between these and the span.
    between: WordSet,
    from_now: Phrases,
    or: WordSet,
    half_hour: Phrases,
    quarter_hour: Phrases,
    one: WordSet,
    couple: Phrases,
    minutes: WordSet,
    hours: WordSet,
    /// Behind hours.
    and_a_half: Phrases,
    minutes_behind_hours: WordSet,
    /// Behind a number: "two and a half hours".
    and_a_half_hours: Phrases,
}

/// "In an hour", "in half an hour", "20 minutes from now", "within two hours", "after an hour".
pub(super) fn read(words: Heard<'_>, now: DateTime) -> Option<TimeRead> {
    let lists = &words.lists.spans;
    let (is_within, is_after) = (words.is(0, &lists.within), words.is(0, &lists.after));
    let lead = usize::from(is_within || is_after || words.is(0, &lists.r#in));
    let about = lead + lead * words.optional(lead, &lists.between);
    let (minutes, taken) = duration(words.from(about)?)?;
    let used = about + taken;
    let after = words.from(used)?.begins(&lists.from_now);
    if lead == 0 && after.is_none() {
        return None;
    }
    let moment = now.checked_add(i32::from(minutes).minutes()).ok()?;
    let used = used + after.unwrap_or(0);
    // "In an hour or so", "in an hour or two".
    let is_rough = lead < about || words.is(used, &lists.or);
    let said = Said::Moment(moment.date(), moment.time());
    Some(TimeRead { is_ambiguous: is_rough || is_within || is_after, ..TimeRead::of(said, used) })
}

/// A span of time in minutes: "an hour", "half an hour", "an hour and a half", "3 hours 30 minutes", "20 minutes".
pub(super) fn duration(words: Heard<'_>) -> Option<(i16, usize)> {
    let lists = &words.lists.spans;
    if let Some(used) = words.begins(&lists.half_hour) {
        return Some((30, used));
    }
    if let Some(used) = words.begins(&lists.quarter_hour) {
        return Some((15, used));
    }
    let couple = words.begins(&lists.couple).map(|taken| (2, taken));
    let one = words.is(0, &lists.one).then_some((1, 1));
    let (count, taken) = couple.or(one).or_else(|| number(words)).filter(|(count, _)| *count < 240)?;
    if words.is(taken, &lists.minutes) {
        return Some((count, taken + 1));
    }
    if let Some(more) = words.from(taken)?.begins(&lists.and_a_half_hours) {
        return Some((60 * count + 30, taken + more));
    }
    if !words.is(taken, &lists.hours) || 24 < count {
        return None;
    }
    let rest = words.rest(taken + 1);
    let minutes = number(rest).filter(|(_, more)| rest.is(*more, &lists.minutes_behind_hours));
    Some(match (rest.begins(&lists.and_a_half), minutes) {
        (Some(more), _) => (60 * count + 30, taken + 1 + more),
        (None, Some((minutes, more))) => (60 * count + minutes, taken + 2 + more),
        (None, None) => (60 * count, taken + 1),
    })
}
