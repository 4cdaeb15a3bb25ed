//! Puts days, parts of days and times that belong together into one phrase, and settles what each leaves open.

use jiff::civil::{Date, DateTime};

use super::{
    DatePhrase, DayBound, DeliveryHours, PHRASES_MAX, context,
    day::{self, DayRead, plus_days},
    hours::{self, Said, TimeRead},
    part::{self, Part},
    settle::Settling,
    words::{DateWord, Heard},
};
use crate::domain::dialogue::understanding::Span;
use crate::domain::dialogue::understanding::vocabulary::WordSet;

/// The words between days and times.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhraseLists {
    /// Behind "good" a part of the day is a greeting.
    good: WordSet,
    /// Behind a day that is ruled out they rule out the next.
    or: WordSet,
    /// What stands between the ends of a range.
    range_joints: WordSet,
    /// In front of counted days they make them a stay.
    r#for: WordSet,
    counted_days: WordSet,
    between: WordSet,
    and: WordSet,
    /// What begins another choice.
    opening: WordSet,
    /// Between two days they add nothing.
    plain: WordSet,
}

/// Times that one phrase can hold: a beginning and an end.
const TIMES_MAX: usize = 2;

/// Reads all phrases of an utterance.
pub(super) fn read(words: Heard<'_>, now: DateTime, hours: DeliveryHours) -> Vec<DatePhrase> {
    let mut drafts: Vec<Draft> = Vec::new();
    let (mut at, mut gap_from) = (0, 0);
    while at < words.len() && drafts.len() <= PHRASES_MAX {
        let Some((item, used)) = Item::read(words, at, now) else {
            at += 1;
            continue;
        };
        let place = Place { words, gap_from, at, end: at + used };
        at = place.take(item, &mut drafts, now.date());
        gap_from = at;
    }
    drafts.truncate(PHRASES_MAX);
    share_times(&mut drafts);
    drafts.into_iter().filter_map(|draft| draft.finish(words, hours)).collect()
}

enum Item {
    Day(DayRead),
    Part(Part),
    Time(TimeRead),
}

impl Item {
    fn read(words: Heard<'_>, at: usize, now: DateTime) -> Option<(Self, usize)> {
        if let Some(read) = day::read(words, at, now.date()) {
            let used = read.used;
            return Some((Self::Day(read), used));
        }
        if let Some(read) = hours::read(words, at, now) {
            return Some((Self::Time(read), read.used));
        }
        // "Good morning" is a greeting.
        let is_greeting = words.is_back(at, 1, &words.lists.phrases.good);
        part::read(words.rest(at)).filter(|_| !is_greeting).map(|read| (Self::Part(read.part), read.used))
    }
}

/// What is known of one phrase so far.
#[derive(Clone, Debug, Default)]
struct Draft {
    day: Option<DayRead>,
    bound: DayBound,
    is_excluded: bool,
    times: Vec<TimeRead>,
    part: Option<Part>,
    is_ambiguous: bool,
    /// "Or", "and": another choice beside the phrase before.
    is_joined: bool,
    /// Word places in the plain words, `to` one past the last.
    from: usize,
    to: usize,
}

/// Where an item stands.
struct Place<'a> {
    words: Heard<'a>,
    gap_from: usize,
    at: usize,
    end: usize,
}

impl<'a> Place<'a> {
    fn before(&self) -> Heard<'a> {
        self.words.before(self.at)
    }

    fn after(&self) -> Heard<'a> {
        self.words.rest(self.end)
    }

    fn gap(&self) -> Heard<'a> {
        self.before().rest(self.gap_from)
    }

    fn lists(&self) -> &'a PhraseLists {
        &self.words.lists.phrases
    }

    /// Takes an item in; returns the place behind it.
    fn take(&self, item: Item, drafts: &mut Vec<Draft>, today: Date) -> usize {
        match item {
            Item::Day(read) => self.take_day(read, drafts, today),
            Item::Part(part) => self.take_part(part, drafts),
            Item::Time(read) => self.take_time(read, drafts),
        }
    }

    fn take_day(&self, read: DayRead, drafts: &mut Vec<Draft>, today: Date) -> usize {
        let (said_bound, more) = context::bound(self.before(), self.after());
        let bound = read.bound.unwrap_or(said_bound);
        let is_second = context::is_second_choice(self.before());
        let is_excluded = !is_second && self.is_excluded(drafts);
        let is_moved = context::is_moved(self.before());
        let is_plain = is_excluded || (bound == DayBound::From && (is_moved || self.is_range(&read)));
        let mut draft = Draft {
            bound: if is_plain { DayBound::On } else { bound },
            is_excluded,
            is_joined: context::joins(self.gap()),
            is_ambiguous: is_second || context::is_vague(self.before(), self.after()) || self.is_counted_span(&read),
            part: read.part,
            ..Draft::default()
        };
        let mut read = split_move(read, is_moved);
        if context::begins_week(self.before()) {
            read.last = read.day.and_then(|day| plus_days(day, 6));
            (draft.bound, read.is_ambiguous) = (DayBound::On, true);
        }
        draft.day = Some(if context::is_in_past(self.before()) { or_past(read, today) } else { read });
        self.place_day(draft, drafts);
        self.end + more
    }

    /// Ruled out by the words around the day, or by an "or" behind a day that is: "not Monday or Tuesday".
    fn is_excluded(&self, drafts: &[Draft]) -> bool {
        let is_or = self.gap().len() == 1 && self.gap().is(0, &self.lists().or);
        let follows = is_or && drafts.last().is_some_and(|last| last.is_excluded && last.times.is_empty());
        follows || context::is_ruled_out(self.before()) || context::is_ruled_out_behind(self.after())
    }

    /// "From Monday to Wednesday": the "from" belongs to the range.
    fn is_range(&self, read: &DayRead) -> bool {
        let said = &self.words[self.at..self.end.min(self.words.len())];
        let joins = |word: &DateWord| self.lists().range_joints.has(&word.text);
        read.last.is_some() && said.iter().any(joins)
    }

    /// "For three days from today" is a stay, not a day.
    fn is_counted_span(&self, read: &DayRead) -> bool {
        self.words.is_back(self.at, 1, &self.lists().r#for)
            && read.last.is_none()
            && self.words[self.at..self.end].iter().any(|word| self.lists().counted_days.has(&word.text))
    }

    fn place_day(&self, draft: Draft, drafts: &mut Vec<Draft>) {
        let day = draft.day.as_ref().and_then(|read| read.day);
        if context::takes_back(self.gap()) && drafts.last().is_some_and(|last| last.day.is_some() && !last.is_excluded)
        {
            drafts.pop();
        }
        let is_near = self.gap().len() <= 1 && !draft.is_joined;
        match drafts.last_mut() {
            // "Tomorrow, Friday": the same day said twice, or two that contradict.
            Some(last)
                if last.day.is_some()
                    && is_near
                    && is_plain_gap(self.gap())
                    && !last.is_excluded
                    && last.times.is_empty() =>
            {
                if last.day.as_ref().and_then(|read| read.day) == day {
                    last.say_again(&draft, self.end);
                } else {
                    let is_ambiguous = !draft.is_excluded;
                    last.is_ambiguous |= is_ambiguous;
                    self.push(Draft { is_ambiguous: is_ambiguous || draft.is_ambiguous, ..draft }, drafts);
                }
            }
            // "Between two and five on Friday": the time was said first.
            Some(last)
                if last.day.is_none() && !self.opens_new() && !draft.is_excluded && draft.bound == DayBound::On =>
            {
                (last.day, last.bound, last.to) = (draft.day, draft.bound, self.end);
                last.part = last.part.or(draft.part);
                last.is_ambiguous |= draft.is_ambiguous;
            }
            // "From two till tomorrow": the end of a time is on another day.
            Some(last) if last.day.is_none() && draft.bound != DayBound::On && self.gap().len() == 1 => {
                last.is_ambiguous = true;
                self.push(Draft { is_ambiguous: true, ..draft }, drafts);
            }
            Some(_) | None => self.push(draft, drafts),
        }
    }

    fn take_part(&self, part: Part, drafts: &mut Vec<Draft>) -> usize {
        // "First thing Monday morning": the narrower of the two is meant.
        let fits = |last: &Draft| last.part.is_none_or(|known| known.half == part.half);
        let is_open = drafts.last().is_some_and(fits) && !self.opens_new();
        let draft = self.open(drafts, is_open);
        draft.part = Some(draft.part.unwrap_or(part));
        draft.to = self.end;
        self.end
    }

    fn take_time(&self, read: TimeRead, drafts: &mut Vec<Draft>) -> usize {
        if context::takes_back(self.gap())
            && let Some(last) = drafts.last_mut()
        {
            last.times.pop();
        }
        if let Some(draft) = self.half_window(read, drafts) {
            draft.to = self.end;
            return self.end;
        }
        let said = read.said;
        let is_open = !self.opens_new()
            && drafts.last().is_some_and(|last| {
                last.times.len() < TIMES_MAX
                    && last
                        .times
                        .iter()
                        .all(|time| (time.said.is_start() && said.is_end()) || (time.said.is_end() && said.is_start()))
            });
        let draft = self.open(drafts, is_open);
        draft.times.push(read);
        draft.to = self.end;
        self.end
    }

    /// "Between two tomorrow and four": the day stands inside the window.
    fn half_window<'d>(&self, read: TimeRead, drafts: &'d mut [Draft]) -> Option<&'d mut Draft> {
        let last = drafts.last_mut()?;
        let is_begun = self.words.is_back(last.from, 1, &self.lists().between);
        let is_and = self.gap().len() == 1 && self.gap().is(0, &self.lists().and);
        let (&[TimeRead { said: Said::At(from), .. }], Said::At(to)) = (last.times.as_slice(), read.said) else {
            return None;
        };
        if !is_begun || !is_and {
            return None;
        }
        last.times = vec![TimeRead { said: Said::Window(from, to), is_ambiguous: false, used: read.used }];
        Some(last)
    }

    /// "Or" and "instead" begin something else; "but" and "not" only go on about the same.
    fn opens_new(&self) -> bool {
        self.gap().iter().any(|word| self.lists().opening.has(&word.text))
    }

    /// The phrase that the item belongs to: the last one, or a new one that may share the day of the last.
    fn open<'d>(&self, drafts: &'d mut Vec<Draft>, is_open: bool) -> &'d mut Draft {
        if !is_open {
            let is_joined = context::joins(self.gap());
            let day = drafts.last().filter(|last| is_joined && !last.is_excluded).and_then(|last| last.day.clone());
            self.push(Draft { day, ..Draft::default() }, drafts);
        }
        drafts.last_mut().expect("a phrase was just pushed if there was none")
    }

    fn push(&self, draft: Draft, drafts: &mut Vec<Draft>) {
        drafts.push(Draft { from: self.at, to: self.end, ..draft });
    }
}

/// Nothing, or no more than "on", between two days.
fn is_plain_gap(gap: Heard<'_>) -> bool {
    gap.iter().all(|word| gap.lists.phrases.plain.has(&word.text))
}

/// "Move it from Tuesday to Thursday" was read as a range: only its end is wanted.
fn split_move(read: DayRead, is_moved: bool) -> DayRead {
    match read.last.filter(|_| is_moved) {
        Some(last) => DayRead { day: Some(last), last: None, other: None, ..read },
        None => read,
    }
}

/// A verb of the past stands in front: a coming weekday may be the past one.
fn or_past(read: DayRead, today: Date) -> DayRead {
    let Some(day) = read.day.filter(|day| today < *day && read.other.is_none() && read.last.is_none()) else {
        return read;
    };
    let days = day.since(today).map_or(i32::MAX, |span| span.get_days());
    if days <= 1 || 31 < days {
        return read;
    }
    let past = if days <= 7 { plus_days(day, -7) } else { day.checked_sub(jiff::Span::new().months(1)).ok() };
    DayRead { other: past.filter(|past| *past < today), is_ambiguous: true, ..read }
}

/// "Monday or Wednesday after six": the time may be meant for both days.
fn share_times(drafts: &mut [Draft]) {
    for at in (1..drafts.len()).rev() {
        let (head, tail) = drafts.split_at_mut(at);
        let (Some(first), Some(second)) = (head.last_mut(), tail.first_mut()) else { continue };
        let is_bare = first.day.is_some() && first.times.is_empty() && first.part.is_none() && !first.is_excluded;
        let has_time = !second.times.is_empty() || second.part.is_some();
        if second.is_joined && second.day.is_some() && is_bare && has_time && !second.is_excluded {
            (first.times, first.part) = (second.times.clone(), second.part);
            (first.is_ambiguous, second.is_ambiguous) = (true, true);
            first.is_joined = first.is_joined || second.is_joined;
        }
    }
}

impl Draft {
    /// The same day in other words: what one of them leaves open the other settles.
    fn say_again(&mut self, again: &Self, to: usize) {
        self.to = to;
        if let (Some(read), Some(other)) = (self.day.as_mut(), again.day.as_ref()) {
            read.is_ambiguous &= other.is_ambiguous;
            read.other = read.other.filter(|_| read.is_ambiguous);
        }
    }

    fn finish(self, words: Heard<'_>, hours: DeliveryHours) -> Option<DatePhrase> {
        let mut phrase = DatePhrase {
            day_bound: self.bound,
            is_excluded: self.is_excluded,
            is_ambiguous: self.is_ambiguous,
            heard: self.heard(words),
            ..DatePhrase::default()
        };
        if let Some(read) = &self.day {
            (phrase.day, phrase.other_day, phrase.last_day) = (read.day, read.other, read.last);
            phrase.weekdays = read.weekdays;
            phrase.is_ambiguous |= read.is_ambiguous;
        }
        let settling = Settling { half: self.part.map(|part| part.half), hours };
        let mut is_settled = true;
        for time in &self.times {
            is_settled &= settling.put(*time, &mut phrase).is_some();
        }
        // A time that cannot be settled must not pass for a day without one.
        phrase.is_ambiguous |= !is_settled;
        if let Some(part) = self.part.filter(|_| self.times.is_empty()) {
            phrase.window = Some((part.from, part.to));
            phrase.is_ambiguous |= part.is_rough;
        }
        (is_settled || phrase.day.is_some()).then_some(phrase)
    }

    fn heard(&self, words: Heard<'_>) -> Span {
        let last = words.len() - 1;
        let word = |at: usize| words[at.min(last)].word;
        Span { start: word(self.from), end: word(self.to.max(1) - 1) + 1 }
    }
}
