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
    words::Heard,
};
use crate::domain::dialogue::understanding::vocabulary::{Phrases, WordSet};

/// The words of windows and bounds.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HourLists {
    between: WordSet,
    from: WordSet,
    r#for: WordSet,
    /// In front of a time they add nothing.
    about: WordSet,
    /// In front of the beginning of a window.
    about_start: WordSet,
    /// In front of the end of a window.
    about_end: WordSet,
    joints: WordSet,
    joints_of_between: WordSet,
    joints_of_from: WordSet,
    to: WordSet,
    /// In front of the time that bounds.
    about_bound: WordSet,
    end_of_day: Phrases,
    starts: Phrases,
    ends: Phrases,
    denials: WordSet,
    /// What may stand between a denial and the bound.
    behind_denial: WordSet,
    starts_behind: Phrases,
    ends_behind: Phrases,
    /// In front of a time that is bounded from behind.
    before_bounded: WordSet,
    /// What shows that a bare number is a time.
    at: WordSet,
    or: WordSet,
}

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
pub(super) fn read(words: Heard<'_>, at: usize, now: DateTime) -> Option<TimeRead> {
    let rest = words.from(at)?;
    moment::read(rest, now)
        .or_else(|| window(rest))
        .or_else(|| lasting(rest))
        .or_else(|| bounded(words, at))
        .or_else(|| minutes_to(rest))
        .or_else(|| plain(words, at))
}

/// "Between two and five", "from six to eight", "3 to 8 pm", "six till nine", "around 4 to 5".
fn window(words: Heard<'_>) -> Option<TimeRead> {
    let lists = &words.lists.hours;
    let (is_between, is_from) = (words.is(0, &lists.between), words.is(0, &lists.from));
    let announced = usize::from(is_between || is_from);
    let lead = announced + words.optional(announced, &lists.about_start);
    let from = clock::read(words.from(lead)?)?;
    let joint = lead + from.used;
    let joints = match (is_between, is_from) {
        (true, _) => &lists.joints_of_between,
        (false, true) => &lists.joints_of_from,
        (false, false) => &lists.joints,
    };
    let is_joined = words.is(joint, joints);
    let is_open = announced == 0 && words.is(joint, &lists.to) && from.may_be_minutes();
    if !is_joined || is_open {
        return None;
    }
    let start = joint + 1 + words.optional(joint + 1, &lists.about_end);
    let to = clock::read(words.from(start)?)?;
    let used = start + to.used;
    let is_number = !to.is_clear && number(words.rest(used)).is_some();
    if is_counted(words, used) || is_number || is_day_number(words.rest(start), &to) {
        return None;
    }
    Some(TimeRead::of(Said::Window(from, to), used))
}

/// "From 10 am for three hours", "for 2 hours from 2pm".
fn lasting(words: Heard<'_>) -> Option<TimeRead> {
    let lists = &words.lists.hours;
    let (from, minutes, used) = if words.is(0, &lists.from) {
        let from = clock::read(words.from(1)?)?;
        let at = 1 + from.used + words.is(1 + from.used, &lists.r#for).then_some(1)?;
        let (minutes, taken) = moment::duration(words.from(at)?)?;
        (from, minutes, at + taken)
    } else if words.is(0, &lists.r#for) {
        let (minutes, taken) = moment::duration(words.from(1)?)?;
        let at = 1 + taken + words.is(1 + taken, &lists.from).then_some(1)?;
        let from = clock::read(words.from(at)?)?;
        (from, minutes, at + from.used)
    } else {
        return None;
    };
    let start = from.readings().first().copied().filter(|_| from.is_settled())?;
    let end = start.checked_add(i32::from(minutes).minutes()).ok()?;
    Some(TimeRead::of(Said::Window(from, Spoken::exactly(end)), used))
}

/// "After six", "not before noon", "by five", "no later than eight", "earlier than 4", "six onwards", "post lunch".
fn bounded(words: Heard<'_>, at: usize) -> Option<TimeRead> {
    let (rest, lists) = (words.rest(at), &words.lists.hours);
    if let Some(read) = bounded_behind(rest) {
        return Some(read);
    }
    let (is_start, lead) = bound(rest)?;
    // "Not before six" is "after six"; "not until six" likewise; "not after" is "before".
    let is_start = is_start != is_denied(words.before(at));
    let lead = lead + rest.optional(lead, &lists.about_bound);
    let lead = lead + rest.optional(lead, &rest.lists.articles);
    let target = rest.from(lead).filter(|target| !target.is_empty())?;
    if let Some((before, after, used)) = part::anchor(target).filter(|_| !is_hour(rest, lead)) {
        let said = if is_start { Said::NotBeforeAnchor(after) } else { Said::NotAfterAnchor(before) };
        return Some(TimeRead { is_ambiguous: true, ..TimeRead::of(said, lead + used) });
    }
    if let Some(used) = target.begins(&lists.end_of_day) {
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
fn is_hour(words: Heard<'_>, lead: usize) -> bool {
    words.from(lead + 1).and_then(clock::read).is_some()
}

/// A word that bounds what follows. Shape: whether it is the start, and how many words it takes.
fn bound(words: Heard<'_>) -> Option<(bool, usize)> {
    let lists = &words.lists.hours;
    let start = words.begins(&lists.starts).map(|lead| (true, lead));
    start.or_else(|| words.begins(&lists.ends).map(|lead| (false, lead)))
}

fn is_denied(before: Heard<'_>) -> bool {
    let lists = &before.lists.hours;
    let mut back = before.iter().rev().skip_while(|word| lists.behind_denial.has(&word.text));
    back.next().is_some_and(|word| lists.denials.has(&word.text))
}

/// "Six onwards", "3 pm or later", "five at the latest", "6 and after".
fn bounded_behind(words: Heard<'_>) -> Option<TimeRead> {
    let lists = &words.lists.hours;
    let lead = words.optional(0, &lists.before_bounded);
    let spoken = clock::read(words.from(lead)?)?;
    let at = lead + spoken.used;
    let behind = words.from(at)?;
    if let Some(more) = behind.begins(&lists.starts_behind) {
        return Some(TimeRead::of(Said::NotBefore(spoken), at + more));
    }
    let more = behind.begins(&lists.ends_behind)?;
    Some(TimeRead::of(Said::NotAfter(spoken), at + more))
}

/// "Ten to four" is ten minutes before four, or a window from ten until four: both stay open.
fn minutes_to(words: Heard<'_>) -> Option<TimeRead> {
    let (minutes, taken) = number(words)?;
    if !matches!(minutes, 5 | 10 | 15 | 20) || !words.is(taken, &words.lists.hours.to) {
        return None;
    }
    // "Twenty to two" is read as one time.
    let from = clock::read(words).filter(|from| from.used == taken)?;
    if is_counted(words, taken) || month(words, taken + 2).is_some() {
        return None;
    }
    let to = clock::read(words.from(taken + 1)?)?;
    let minutes_before = around_hour(words, taken + 1, minutes, false)?;
    let before = clock::with_unit_of(minutes_before, words)?;
    let used = taken + 1 + to.used;
    if is_counted(words, used) || (!to.is_clear && number(words.rest(used)).is_some()) {
        return None;
    }
    // "Ten to four thirty" can only be a window.
    let said = if before.used < used { Said::Window(from, to) } else { Said::Minutes(before, from, to) };
    Some(TimeRead { is_ambiguous: before.used == used, ..TimeRead::of(said, used) })
}

/// A time by itself: clear by its form, or by an "at" in front.
fn plain(words: Heard<'_>, at: usize) -> Option<TimeRead> {
    let (rest, lists) = (words.rest(at), &words.lists.hours);
    let lead = rest.optional(0, &lists.at);
    let lead = lead + lead * rest.optional(lead, &lists.about);
    let target = rest.from(lead)?;
    let spoken = clock::read(target)?;
    let is_bare = !spoken.is_clear && lead == 0;
    let is_shown = spoken.has_minutes() || corrects_time(words, at);
    let is_address = !spoken.is_clear && names_street(target.rest(spoken.used));
    if is_counted(target, spoken.used) || is_address || is_day_number(target, &spoken) || (is_bare && !is_shown) {
        return None;
    }
    if !spoken.is_clear && is_in_digits(words, at + lead, spoken.used) {
        return None;
    }
    let used = lead + spoken.used;
    let behind = rest.rest(used + 1);
    if rest.is(used, &lists.or)
        && let Some(other) = clock::read(behind)
        && !is_counted(behind, other.used)
    {
        let said = Said::Either(spoken, other);
        return Some(TimeRead { is_ambiguous: true, ..TimeRead::of(said, used + 1 + other.used) });
    }
    // "6 15" by itself may be no time at all; "between two" without an end is half a window.
    let follows_between = (1..=2).any(|back| words.is_back(at, back, &lists.between));
    let is_ambiguous = (is_bare && !corrects_time(words, at)) || spoken.is_rough || follows_between;
    Some(TimeRead { is_ambiguous, ..TimeRead::of(Said::At(spoken), used) })
}
