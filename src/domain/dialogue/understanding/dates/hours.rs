//! Windows and bounds made of clock times: "between two and five", "not before six", "by noon", "in an hour".

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
};

use super::{
    clock::{self, Spoken, around_hour},
    numerals::{month, number, ordinal},
    part,
    words::{DateWord, optional, says_any, text},
};

/// What a time phrase says about the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    At(Spoken),
    /// "At five or six".
    Either(Spoken, Spoken),
    NotBefore(Spoken),
    NotAfter(Spoken),
    Window(Spoken, Spoken),
    /// "Ten to four": minutes before four, or from ten until four.
    Minutes(Spoken, Spoken, Spoken),
    /// A moment counted from now.
    Moment(Date, Time),
    /// A bound by something people do: "after lunch".
    NotBeforeAnchor(Time),
    NotAfterAnchor(Time),
}

impl Said {
    pub(super) const fn is_start(self) -> bool {
        matches!(self, Self::NotBefore(_) | Self::NotBeforeAnchor(_))
    }

    pub(super) const fn is_end(self) -> bool {
        matches!(self, Self::NotAfter(_) | Self::NotAfterAnchor(_))
    }
}

/// A time phrase that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TimeRead {
    pub(super) said: Said,
    pub(super) is_ambiguous: bool,
    pub(super) used: usize,
}

impl TimeRead {
    const fn of(said: Said, used: usize) -> Self {
        Self { said, is_ambiguous: false, used }
    }
}

/// Reads a time phrase that begins at a place; the words in front decide whether a bare number is a time.
pub(super) fn read(words: &[DateWord], at: usize, now: DateTime) -> Option<TimeRead> {
    let rest = words.get(at..)?;
    counted(rest, now)
        .or_else(|| window(rest))
        .or_else(|| lasting(rest))
        .or_else(|| bounded(words, at))
        .or_else(|| minutes_to(rest))
        .or_else(|| plain(words, at))
}

/// "In an hour", "in half an hour", "20 minutes from now", "within two hours", "after an hour".
fn counted(words: &[DateWord], now: DateTime) -> Option<TimeRead> {
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
fn duration(words: &[DateWord]) -> Option<(i16, usize)> {
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

/// "Between two and five", "from six to eight", "3 to 8 pm", "six till nine", "around 4 to 5".
fn window(words: &[DateWord]) -> Option<TimeRead> {
    let announced = optional(words, 0, &["between", "from"]);
    let lead = announced + optional(words, announced, &["around", "about", "say", "at"]);
    let from = clock::read(words.get(lead..)?)?;
    let joint = text(words, lead + from.used);
    let is_joined = match text(words, 0) {
        "between" => matches!(joint, "and" | "to" | "till"),
        "from" => matches!(joint, "to" | "till" | "until" | "and" | "through" | "thru"),
        _ => matches!(joint, "to" | "till" | "until" | "through" | "thru"),
    };
    let is_open = announced == 0 && joint == "to" && from.may_be_minutes();
    if !is_joined || is_open {
        return None;
    }
    let start = lead + from.used + 1;
    let start = start + optional(words, start, &["around", "about"]);
    let to = clock::read(words.get(start..)?)?;
    let used = start + to.used;
    let is_number = !to.is_clear && number(words.get(used..).unwrap_or_default()).is_some();
    if is_counted(words, used) || is_number || is_day_number(&words[start..], &to) {
        return None;
    }
    Some(TimeRead::of(Said::Window(from, to), used))
}

/// "From 10 am for three hours", "for 2 hours from 2pm".
fn lasting(words: &[DateWord]) -> Option<TimeRead> {
    let (from, minutes, used) = match text(words, 0) {
        "from" => {
            let from = clock::read(words.get(1..)?)?;
            let at = 1 + from.used + says_any(words.get(1 + from.used..)?, &["for"])?;
            let (minutes, taken) = duration(words.get(at..)?)?;
            (from, minutes, at + taken)
        }
        "for" => {
            let (minutes, taken) = duration(words.get(1..)?)?;
            let at = 1 + taken + says_any(words.get(1 + taken..)?, &["from"])?;
            let from = clock::read(words.get(at..)?)?;
            (from, minutes, at + from.used)
        }
        _ => return None,
    };
    let Some([start]) = from.is_settled().then(|| from.readings()).as_deref().map(|times| [times[0]]) else {
        return None;
    };
    let end = start.checked_add(i32::from(minutes).minutes()).ok()?;
    Some(TimeRead::of(Said::Window(from, Spoken::exactly(end)), used))
}

/// "After six", "not before noon", "by five", "no later than eight", "earlier than 4", "six onwards", "post lunch".
fn bounded(words: &[DateWord], at: usize) -> Option<TimeRead> {
    let rest = &words[at..];
    if let Some(read) = bounded_behind(rest) {
        return Some(read);
    }
    let (is_start, lead) = bound(rest)?;
    // "Not before six" is "after six"; "not until six" likewise; "not after" is "before".
    let is_start = is_start != is_denied(&words[..at]);
    let lead = lead + optional(rest, lead, &["about", "around", "the", "like", "say", "at"]);
    let lead = lead + optional(rest, lead, &["the"]);
    let target = rest.get(lead..).filter(|target| !target.is_empty())?;
    if let Some((before, after, used)) = part::anchor(target).filter(|_| !is_hour(rest, lead)) {
        let said = if is_start { Said::NotBeforeAnchor(after) } else { Said::NotAfterAnchor(before) };
        return Some(TimeRead { is_ambiguous: true, ..TimeRead::of(said, lead + used) });
    }
    if let Some(used) = says_any(target, &["end of the day", "end of day", "eod", "close of business", "close of day"])
    {
        let said = if is_start { Said::NotBeforeAnchor(END_OF_DAY) } else { Said::NotAfterAnchor(END_OF_DAY) };
        return Some(TimeRead { is_ambiguous: true, ..TimeRead::of(said, lead + used) });
    }
    let spoken = match minutes_to(target) {
        Some(TimeRead { said: Said::Minutes(spoken, ..), .. }) => spoken,
        Some(_) | None => clock::read(target)?,
    };
    if is_counted(target, spoken.used)
        || is_day_number(target, &spoken)
        || (!spoken.is_clear && is_in_digits(words, at + lead, spoken.used))
    {
        return None;
    }
    let said = if is_start { Said::NotBefore(spoken) } else { Said::NotAfter(spoken) };
    Some(TimeRead { is_ambiguous: spoken.is_rough, ..TimeRead::of(said, lead + spoken.used) })
}

const END_OF_DAY: Time = Time::constant(18, 0, 0, 0);

/// "After work hours" is an anchor; "after evening 6" is a time.
fn is_hour(words: &[DateWord], lead: usize) -> bool {
    words.get(lead + 1..).and_then(clock::read).is_some()
}

/// A word that bounds what follows. Shape: whether it is the start, and how many words it takes.
fn bound(words: &[DateWord]) -> Option<(bool, usize)> {
    const STARTS: &[&str] =
        &["later than", "starting from", "starting at", "starting", "after", "past", "since", "from", "post"];
    const ENDS: &[&str] = &["earlier than", "before", "by", "until", "till", "til", "upto", "pre"];
    says_any(words, STARTS).map(|lead| (true, lead)).or_else(|| says_any(words, ENDS).map(|lead| (false, lead)))
}

fn is_denied(before: &[DateWord]) -> bool {
    const DENIALS: &[&str] = &["not", "no", "never", "don't", "won't", "can't", "cannot", "isn't", "nothing"];
    const BETWEEN: &[&str] =
        &["do", "be", "come", "deliver", "available", "home", "in", "there", "it", "anything", "any", "free"];
    let mut back = before.iter().rev().map(|word| word.text.as_str()).skip_while(|word| BETWEEN.contains(word));
    back.next().is_some_and(|word| DENIALS.contains(&word))
}

/// "Six onwards", "3 pm or later", "five at the latest", "6 and after".
fn bounded_behind(words: &[DateWord]) -> Option<TimeRead> {
    const STARTS: &[&str] =
        &["onwards", "onward", "or later", "or after", "and after", "and later", "at the earliest", "plus"];
    const ENDS: &[&str] = &["at the latest", "latest", "or earlier", "or before", "or sooner", "max", "maximum"];
    let lead = optional(words, 0, &["from", "by", "before", "after", "at"]);
    let spoken = clock::read(words.get(lead..)?)?;
    let at = lead + spoken.used;
    let behind = words.get(at..)?;
    if let Some(more) = says_any(behind, STARTS) {
        return Some(TimeRead::of(Said::NotBefore(spoken), at + more));
    }
    let more = says_any(behind, ENDS)?;
    Some(TimeRead::of(Said::NotAfter(spoken), at + more))
}

/// "Ten to four" is ten minutes before four, or a window from ten until four: both stay open.
fn minutes_to(words: &[DateWord]) -> Option<TimeRead> {
    let (minutes, taken) = number(words)?;
    if !matches!(minutes, 5 | 10 | 15 | 20) || text(words, taken) != "to" {
        return None;
    }
    // "Twenty to two" is read as one time.
    let from = clock::read(words).filter(|from| from.used == taken)?;
    if is_counted(words, taken) || month(text(words, taken + 2)).is_some() {
        return None;
    }
    let to = clock::read(words.get(taken + 1..)?)?;
    let minutes_before = around_hour(words, taken + 1, minutes, false)?;
    let before = clock::with_unit_of(minutes_before, words)?;
    let used = taken + 1 + to.used;
    if is_counted(words, used) || (!to.is_clear && number(words.get(used..).unwrap_or_default()).is_some()) {
        return None;
    }
    // "Ten to four thirty" can only be a window.
    let said = if before.used < used { Said::Window(from, to) } else { Said::Minutes(before, from, to) };
    Some(TimeRead { is_ambiguous: before.used == used, ..TimeRead::of(said, used) })
}

/// A time by itself: clear by its form, or by an "at" in front.
fn plain(words: &[DateWord], at: usize) -> Option<TimeRead> {
    let rest = &words[at..];
    let lead = optional(rest, 0, &["at", "around", "about", "by", "approximately"]);
    let lead = lead + usize::from(0 < lead) * optional(rest, lead, &["around", "about", "like", "say"]);
    let spoken = clock::read(rest.get(lead..)?)?;
    let is_bare = !spoken.is_clear && lead == 0;
    let is_shown = spoken.has_minutes() || corrects_time(words, at);
    let is_address = !spoken.is_clear && names_street(&rest[lead + spoken.used..]);
    if is_counted(&rest[lead..], spoken.used)
        || is_address
        || is_day_number(&rest[lead..], &spoken)
        || (is_bare && !is_shown)
    {
        return None;
    }
    if !spoken.is_clear && is_in_digits(words, at + lead, spoken.used) {
        return None;
    }
    let used = lead + spoken.used;
    if text(rest, used) == "or"
        && let Some(other) = clock::read(rest.get(used + 1..)?)
        && !is_counted(&rest[used + 1..], other.used)
    {
        let said = Said::Either(spoken, other);
        return Some(TimeRead { is_ambiguous: true, ..TimeRead::of(said, used + 1 + other.used) });
    }
    // "6 15" by itself may be no time at all; "between two" without an end is half a window.
    let follows_between = (1..=2).any(|back| at.checked_sub(back).is_some_and(|place| text(words, place) == "between"));
    let is_ambiguous = (is_bare && !corrects_time(words, at)) || spoken.is_rough || follows_between;
    Some(TimeRead { is_ambiguous, ..TimeRead::of(Said::At(spoken), used) })
}

/// "At five, no, six": the number behind the correction is of the same kind.
fn corrects_time(words: &[DateWord], at: usize) -> bool {
    let back = |steps: usize| at.checked_sub(steps).map_or("", |place| text(words, place));
    let is_mark = matches!(back(1), "no" | "sorry" | "actually" | "mean" | "wait");
    is_mark
        && (2..=4)
            .any(|steps| at.checked_sub(steps).is_some_and(|place| words.get(place..).and_then(clock::read).is_some()))
}

/// "Twelve church street" is where, not when.
fn names_street(after: &[DateWord]) -> bool {
    const STREETS: &[&str] =
        &["street", "road", "lane", "avenue", "drive", "nagar", "colony", "apartments", "house", "towers", "marg"];
    after.iter().take(3).any(|word| STREETS.contains(&word.text.as_str()))
}

/// A bare time in the midst of other numbers belongs to a number that is given, not to a clock.
fn is_in_digits(words: &[DateWord], at: usize, used: usize) -> bool {
    let is_number = |place: usize| {
        let word = text(words, place);
        word.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
            || matches!(word, "double" | "triple" | "hundred" | "thousand" | "lakh" | "zero" | "oh")
            || words.get(place..).and_then(number).is_some()
    };
    is_number(at + used) || at.checked_sub(1).is_some_and(is_number)
}

/// "By 5 December", "before the twenty sixth": the number is a day.
fn is_day_number(words: &[DateWord], spoken: &Spoken) -> bool {
    ordinal(words).is_some() || (!spoken.is_clear && month(text(words, spoken.used)).is_some())
}

/// A number that counts something is no time: "after 3 days", "at 12 church street", "6.45 percent".
fn is_counted(words: &[DateWord], used: usize) -> bool {
    const COUNTED: &[&str] = &[
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "minutes",
        "minute",
        "mins",
        "hours",
        "hour",
        "rupees",
        "rupee",
        "dollars",
        "dollar",
        "pounds",
        "pound",
        "rs",
        "percent",
        "times",
        "people",
        "items",
        "orders",
        "parcels",
        "packages",
        "boxes",
        "pieces",
        "units",
        "students",
        "street",
        "road",
        "floor",
        "lane",
        "avenue",
        "drive",
        "close",
        "cross",
        "main",
        "block",
        "sector",
        "phase",
        "st",
        "nd",
        "rd",
        "th",
        "hundred",
        "thousand",
        "lakh",
        "kilometres",
        "kilometers",
        "km",
        "miles",
        "metres",
        "working",
        "business",
        "attempts",
        "deliveries",
        "of",
        "things",
        "percentage",
        "kilos",
        "kg",
        "grams",
        "litre",
        "litres",
        "inch",
        "points",
        "stars",
        "calls",
        "flats",
        "more",
        "other",
        "point",
        "quarters",
    ];
    COUNTED.contains(&text(words, used))
}
