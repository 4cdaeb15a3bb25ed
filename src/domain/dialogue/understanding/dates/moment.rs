//! Moments counted from now, and spans of time: "in half an hour", "20 minutes from now", "three hours".

use jiff::{ToSpan, civil::DateTime};

use super::{
    hours::{Said, TimeRead},
    numerals::number,
    words::{DateWord, optional, says_any, text},
};

/// "In an hour", "in half an hour", "20 minutes from now", "within two hours", "after an hour".
pub(super) fn read(words: &[DateWord], now: DateTime) -> Option<TimeRead> {
    let lead = optional(words, 0, &["in", "within", "after"]);
    let about = lead + usize::from(0 < lead) * optional(words, lead, &["about", "around", "another"]);
    let (minutes, taken) = duration(words.get(about..)?)?;
    let used = about + taken;
    let after = says_any(words.get(used..)?, &["from now", "later", "time"]);
    if lead == 0 && after.is_none() {
        return None;
    }
    let moment = now.checked_add(i32::from(minutes).minutes()).ok()?;
    let used = used + after.unwrap_or(0);
    // "In an hour or so", "in an hour or two".
    let is_rough = lead < about || text(words, used) == "or";
    let said = Said::Moment(moment.date(), moment.time());
    let is_within = text(words, 0) == "within";
    Some(TimeRead { is_ambiguous: is_rough || is_within || text(words, 0) == "after", ..TimeRead::of(said, used) })
}

/// A span of time in minutes: "an hour", "half an hour", "an hour and a half", "3 hours 30 minutes", "20 minutes".
pub(super) fn duration(words: &[DateWord]) -> Option<(i16, usize)> {
    const HALF_HOURS: &[&str] = &["half an hour", "half hour", "a half hour"];
    if let Some(used) = says_any(words, HALF_HOURS) {
        return Some((30, used));
    }
    if let Some(used) = says_any(words, &["quarter of an hour", "a quarter of an hour"]) {
        return Some((15, used));
    }
    let (count, taken) = match text(words, 0) {
        "an" | "a" => {
            let couple = says_any(words, &["a couple of"]);
            couple.map_or((1, 1), |taken| (2, taken))
        }
        _ => number(words).filter(|(count, _)| *count < 240)?,
    };
    match text(words, taken) {
        "minute" | "minutes" | "min" | "mins" => Some((count, taken + 1)),
        "hour" | "hours" | "hrs" | "hr" if count <= 24 => {
            let rest = words.get(taken + 1..).unwrap_or_default();
            let half = says_any(rest, &["and a half"]);
            let minutes = number(rest).filter(|(_, more)| matches!(text(rest, *more), "minutes" | "mins"));
            Some(match (half, minutes) {
                (Some(more), _) => (60 * count + 30, taken + 1 + more),
                (None, Some((minutes, more))) => (60 * count + minutes, taken + 2 + more),
                (None, None) => (60 * count, taken + 1),
            })
        }
        "and" if says_any(words.get(taken..)?, &["and a half hours"]).is_some() => Some((60 * count + 30, taken + 4)),
        _ => None,
    }
}
