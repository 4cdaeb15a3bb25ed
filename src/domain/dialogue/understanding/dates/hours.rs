//! Windows and bounds made of clock times: "between two and five", "not before six", "by noon", "six onwards".

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
};

use super::{
    clock::{self, Spoken, around_hour},
    counting::{corrects_time, is_counted, is_day_number, is_in_digits, names_street},
    moment,
    numerals::{month, number},
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
    pub(super) const fn of(said: Said, used: usize) -> Self {
        Self { said, is_ambiguous: false, used }
    }
}

/// Reads a time phrase that begins at a place; the words in front decide whether a bare number is a time.
pub(super) fn read(words: &[DateWord], at: usize, now: DateTime) -> Option<TimeRead> {
    let rest = words.get(at..)?;
    moment::read(rest, now)
        .or_else(|| window(rest))
        .or_else(|| lasting(rest))
        .or_else(|| bounded(words, at))
        .or_else(|| minutes_to(rest))
        .or_else(|| plain(words, at))
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
            let (minutes, taken) = moment::duration(words.get(at..)?)?;
            (from, minutes, at + taken)
        }
        "for" => {
            let (minutes, taken) = moment::duration(words.get(1..)?)?;
            let at = 1 + taken + says_any(words.get(1 + taken..)?, &["from"])?;
            let from = clock::read(words.get(at..)?)?;
            (from, minutes, at + from.used)
        }
        _ => return None,
    };
    let start = from.readings().first().copied().filter(|_| from.is_settled())?;
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
