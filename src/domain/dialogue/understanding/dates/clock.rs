//! Which part of the day is meant.

use jiff::{
    ToSpan,
    civil::{DateTime, Time},
};

use super::{
    DatePhrase, DeliveryHours,
    words::{DateWord, number},
};

const NOON: Time = Time::constant(12, 0, 0, 0);

/// What a time phrase says about the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    At(Time),
    NotBefore(Time),
    NotAfter(Time),
    Window(Time, Time),
}

impl Said {
    pub(super) const fn is_start(self) -> bool {
        matches!(self, Self::NotBefore(_))
    }

    pub(super) const fn is_end(self) -> bool {
        matches!(self, Self::NotAfter(_))
    }

    pub(super) const fn put_into(self, phrase: &mut DatePhrase) {
        match self {
            Self::At(time) => phrase.at = Some(time),
            Self::NotBefore(time) => phrase.not_before = Some(time),
            Self::NotAfter(time) => phrase.not_after = Some(time),
            Self::Window(from, to) => phrase.window = Some((from, to)),
        }
    }
}

/// A time phrase that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ClockRead {
    pub(super) said: Said,
    pub(super) is_ambiguous: bool,
    pub(super) used: usize,
}

/// Reads a time phrase at `at`; the words in front decide whether a bare number is a time.
pub(super) fn read(words: &[DateWord], at: usize, now: DateTime, hours: DeliveryHours) -> Option<ClockRead> {
    let rest = &words[at..];
    let reader = Reader { hours };
    window(rest, &reader)
        .or_else(|| in_hours(rest, now))
        .or_else(|| bounded(rest, &words[..at], &reader))
        .or_else(|| minutes_to(rest, &reader))
        .or_else(|| plain(rest, &reader))
        .or_else(|| part_of_day(rest))
}

struct Reader {
    hours: DeliveryHours,
}

/// A time as said: perhaps without its half of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spoken {
    /// Shape: 0 to 23.
    hour: i8,
    minute: i8,
    is_settled: bool,
    /// A colon, a unit, "o'clock" or a part of the day makes clear that it is a time at all.
    is_clear: bool,
    used: usize,
}

impl Spoken {
    fn on_half(self, is_afternoon: bool) -> Option<Time> {
        let hour = if is_afternoon { self.hour % 12 + 12 } else { self.hour % 12 };
        Time::new(hour, self.minute, 0, 0).ok()
    }
}

impl Reader {
    /// Settles the half of the day by the delivery hours. Shape: the time and whether both halves would fit.
    fn settle(&self, spoken: Spoken) -> Option<(Time, bool)> {
        if spoken.is_settled {
            return Some((Time::new(spoken.hour, spoken.minute, 0, 0).ok()?, false));
        }
        let (morning, afternoon) = (spoken.on_half(false)?, spoken.on_half(true)?);
        let fits = |time: Time| self.hours.from <= time && time <= self.hours.to;
        match (fits(morning), fits(afternoon)) {
            (true, false) => Some((morning, false)),
            (false, true) => Some((afternoon, false)),
            (true, true) => Some((morning, true)),
            (false, false) => Some((afternoon, true)),
        }
    }
}

/// Reads one time: "six", "6 15", "18:45", "half past six", "quarter to nine", "noon", each with its unit.
fn spoken(words: &[DateWord]) -> Option<Spoken> {
    let first = words.first()?.text.as_str();
    let settled = |hour| Some(Spoken { hour, minute: 0, is_settled: true, is_clear: true, used: 1 });
    match first {
        "noon" | "midday" => return settled(12),
        "midnight" => return settled(0),
        _ => (),
    }
    let mut read = past_or_to(words).or_else(|| digits_with_colon(first)).or_else(|| hour_and_minutes(words))?;
    if 24 <= read.hour || 60 <= read.minute {
        return None;
    }
    read.is_settled |= 13 <= read.hour;
    apply_unit(&mut read, words);
    Some(read)
}

fn past_or_to(words: &[DateWord]) -> Option<Spoken> {
    let (minutes, taken) = match words[0].text.as_str() {
        "half" => (30, 1),
        "quarter" => (15, 1),
        "a" if words.get(1).is_some_and(|word| word.text == "quarter") => (15, 2),
        _ => number(words)?,
    };
    let taken = taken + usize::from(words.get(taken).is_some_and(|word| word.text == "minutes"));
    let is_past = match words.get(taken)?.text.as_str() {
        "past" => true,
        // "Ten to four" is left to `minutes_to`: it may be a window.
        "to" | "till" if minutes == 15 && matches!(words[0].text.as_str(), "quarter" | "a") => false,
        _ => return None,
    };
    on_hour(words, taken + 1, minutes, is_past)
}

fn on_hour(words: &[DateWord], at: usize, minutes: i16, is_past: bool) -> Option<Spoken> {
    let (hour, taken) = number(words.get(at..)?)?;
    let hour = i8::try_from(hour).ok().filter(|hour| (0..24).contains(hour))?;
    let minute = i8::try_from(minutes).ok().filter(|minute| (1..60).contains(minute))?;
    let (hour, minute) = match (is_past, hour) {
        (true, hour) => (hour, minute),
        (false, 0) => (23, 60 - minute),
        (false, 1) => (12, 60 - minute),
        (false, hour) => (hour - 1, 60 - minute),
    };
    Some(Spoken { hour, minute, is_settled: false, is_clear: true, used: at + taken })
}

fn digits_with_colon(word: &str) -> Option<Spoken> {
    let (hour, minute) = word.split_once(':')?;
    Some(Spoken { hour: hour.parse().ok()?, minute: minute.parse().ok()?, is_settled: false, is_clear: true, used: 1 })
}

/// "Six", "6 15", "seven thirty", "seven oh five".
fn hour_and_minutes(words: &[DateWord]) -> Option<Spoken> {
    let (value, mut used) = number(words)?;
    let hour = i8::try_from(value).ok().filter(|hour| (0..24).contains(hour))?;
    let mut read = Spoken { hour, minute: 0, is_settled: false, is_clear: false, used };
    let zero = usize::from(words.get(used).is_some_and(|word| matches!(word.text.as_str(), "oh" | "o")));
    if let Some((minutes, taken)) = words.get(used + zero..).and_then(number) {
        let text = words[used + zero].text.as_str();
        let is_minutes = (10..60).contains(&minutes) || (zero == 1 && minutes < 10) || text == "05" || text == "00";
        if is_minutes && hour < 24 {
            used += zero + taken;
            (read.minute, read.used) = (i8::try_from(minutes).ok()?, used);
        }
    }
    Some(read)
}

/// Takes in "am", "pm", "o'clock", "in the morning", "evening", "at night".
fn apply_unit(read: &mut Spoken, words: &[DateWord]) {
    let mut at = read.used;
    let text = |at: usize| words.get(at).map(|word| word.text.as_str());
    if matches!(text(at), Some("o'clock" | "oclock" | "sharp")) {
        (at, read.is_clear) = (at + 1, true);
    }
    let lead = (0..3).find(|lead| !matches!(text(at + lead), Some("in" | "the" | "at" | "this"))).unwrap_or(0);
    let is_afternoon = match text(at + lead) {
        Some("am" | "morning") => false,
        Some("pm" | "afternoon" | "evening") => true,
        // Eight at night is in the evening, two at night is not.
        Some("night" | "tonight") => (5..12).contains(&(read.hour % 12)),
        Some("noon") if lead == 0 => true,
        Some(_) | None => {
            read.used = at;
            return;
        }
    };
    if !read.is_settled {
        read.hour = if is_afternoon { read.hour % 12 + 12 } else { read.hour % 12 };
    }
    (read.is_settled, read.is_clear, read.used) = (true, true, at + lead + 1);
}

/// "Between two and five", "from six to eight", "3 to 8 pm", "six till nine".
fn window(words: &[DateWord], reader: &Reader) -> Option<ClockRead> {
    let lead = usize::from(matches!(words[0].text.as_str(), "between" | "from"));
    let from = spoken(words.get(lead..)?)?;
    let joint = words.get(lead + from.used)?.text.as_str();
    let fits = match (words[0].text.as_str(), joint) {
        ("between", "and" | "to") | ("from", "to" | "till" | "until" | "and") => true,
        (_, "till" | "until") => lead == 0,
        (_, "to") => lead == 0 && from.used == 1 && !is_minutes(from) || from.is_clear,
        _ => false,
    };
    if !fits {
        return None;
    }
    let to = spoken(words.get(lead + from.used + 1..)?)?;
    let used = lead + from.used + 1 + to.used;
    let (from, to, is_ambiguous) = settle_window(from, to, reader)?;
    Some(ClockRead { said: Said::Window(from, to), is_ambiguous, used })
}

/// Numbers that people say in front of "to the hour".
const fn is_minutes(spoken: Spoken) -> bool {
    matches!(spoken.hour, 5 | 10 | 15 | 20) && spoken.minute == 0 && !spoken.is_clear
}

/// A window within the delivery hours, its beginning before its end; the shortest one where several fit.
fn settle_window(from: Spoken, to: Spoken, reader: &Reader) -> Option<(Time, Time, bool)> {
    let halves = |spoken: Spoken| -> Vec<Time> {
        if spoken.is_settled {
            Time::new(spoken.hour, spoken.minute, 0, 0).into_iter().collect()
        } else {
            [spoken.on_half(false), spoken.on_half(true)].into_iter().flatten().collect()
        }
    };
    let mut fitting: Vec<(Time, Time)> = Vec::new();
    for start in halves(from) {
        fitting.extend(halves(to).into_iter().filter(|end| start < *end).map(|end| (start, end)));
    }
    fitting.sort_by_key(|(start, end)| end.duration_since(*start));
    let is_open = |(start, end): &&(Time, Time)| reader.hours.from <= *start && *end <= reader.hours.to;
    match (fitting.iter().find(is_open), fitting.first()) {
        (Some((start, end)), _) => Some((*start, *end, 1 < fitting.iter().filter(is_open).count() && !to.is_settled)),
        (None, Some((start, end))) => Some((*start, *end, !(from.is_settled && to.is_settled))),
        (None, None) => None,
    }
}

fn in_hours(words: &[DateWord], now: DateTime) -> Option<ClockRead> {
    let is_half = words.len() > 3 && words[0].text == "in" && words[1].text == "half" && words[3].text == "hour";
    if is_half {
        let later = now.checked_add(30.minutes()).ok().filter(|later| later.date() == now.date())?;
        return Some(ClockRead { said: Said::At(later.time()), is_ambiguous: false, used: 4 });
    }
    if words[0].text != "in" {
        return None;
    }
    let (count, taken) = match words.get(1)?.text.as_str() {
        "an" | "a" => (1, 1),
        _ => number(&words[1..])?,
    };
    let is_hours = matches!(words.get(1 + taken)?.text.as_str(), "hour" | "hours");
    let later = now.checked_add(i32::from(count).hours()).ok().filter(|later| later.date() == now.date());
    let later = later.filter(|_| is_hours)?;
    Some(ClockRead { said: Said::At(later.time()), is_ambiguous: false, used: 2 + taken })
}

/// "After six", "not before noon", "by five", "no later than eight", "earlier than 4".
fn bounded(words: &[DateWord], before: &[DateWord], reader: &Reader) -> Option<ClockRead> {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    let is_denied = before
        .iter()
        .rev()
        .take(2)
        .any(|word| matches!(word.text.as_str(), "not" | "no" | "never" | "don't" | "won't"));
    let (is_start, lead) = match (text(0), text(1)) {
        ("later", "than") | ("from", _) | ("after" | "past" | "since", _) => {
            (true, if text(0) == "later" { 2 } else { 1 })
        }
        ("earlier", "than") => (false, 2),
        ("before" | "by" | "until" | "till", _) => (false, 1),
        _ => return None,
    };
    // "Not before six" is "after six"; "not until six" likewise; "not after" is "before".
    let is_start = is_start != is_denied;
    let lead = lead + usize::from(matches!(text(lead), "about" | "around" | "the"));
    let rest = words.get(lead..).filter(|rest| !rest.is_empty())?;
    let lunch = matches!(rest[0].text.as_str(), "lunch" | "lunchtime" | "work" | "office" | "school");
    let (time, is_ambiguous, used) = if lunch {
        let hour = match rest[0].text.as_str() {
            "work" | "office" => 18,
            "school" => 16,
            _ => {
                if is_start {
                    14
                } else {
                    12
                }
            }
        };
        (Time::constant(hour, 0, 0, 0), true, lead + 1)
    } else if let Some(read) = minutes_to(rest, reader) {
        let Said::At(time) = read.said else { return None };
        (time, false, lead + read.used)
    } else {
        let spoken = spoken(rest)?;
        if is_counted(rest, spoken.used) {
            return None;
        }
        let (time, is_ambiguous) = reader.settle(spoken)?;
        (time, is_ambiguous, lead + spoken.used)
    };
    let said = if is_start { Said::NotBefore(time) } else { Said::NotAfter(time) };
    Some(ClockRead { said, is_ambiguous, used })
}

/// "Ten to four" is ten minutes before four, unless it is a window from ten until four: marked for reading back.
fn minutes_to(words: &[DateWord], reader: &Reader) -> Option<ClockRead> {
    let (minutes, taken) = number(words)?;
    if !matches!(minutes, 5 | 10 | 15 | 20 | 25) || words.get(taken)?.text != "to" {
        return None;
    }
    let mut spoken = on_hour(words, taken + 1, minutes, false)?;
    spoken.is_settled |= 13 <= spoken.hour;
    apply_unit(&mut spoken, words);
    let (time, _) = reader.settle(spoken)?;
    Some(ClockRead { said: Said::At(time), is_ambiguous: true, used: spoken.used })
}

/// A time by itself: clear by its form, or by an "at" in front.
fn plain(words: &[DateWord], reader: &Reader) -> Option<ClockRead> {
    let lead = usize::from(matches!(words[0].text.as_str(), "at" | "around" | "about"));
    let spoken = spoken(words.get(lead..)?)?;
    if is_counted(&words[lead..], spoken.used) || (!spoken.is_clear && lead == 0 && spoken.minute == 0) {
        return None;
    }
    let (time, is_ambiguous) = reader.settle(spoken)?;
    // "6 15" by itself may be no time at all.
    let is_ambiguous = is_ambiguous || (!spoken.is_clear && lead == 0);
    Some(ClockRead { said: Said::At(time), is_ambiguous, used: lead + spoken.used })
}

/// A number that counts something is no time: "after 3 days", "at 12 church street".
fn is_counted(words: &[DateWord], used: usize) -> bool {
    const COUNTED: &[&str] = &[
        "day", "days", "week", "weeks", "month", "months", "year", "years", "minutes", "minute", "hours", "hour",
        "rupees", "dollars", "pounds", "times", "people", "items", "orders", "parcels", "street", "road", "floor",
        "st", "nd", "rd", "th", "hundred", "thousand",
    ];
    words.get(used).is_some_and(|word| COUNTED.contains(&word.text.as_str()))
}

/// "In the morning", "afternoon", "evening", "tomorrow night".
fn part_of_day(words: &[DateWord]) -> Option<ClockRead> {
    let window = |from, to, is_ambiguous| {
        let (from, to) = (Time::constant(from, 0, 0, 0), Time::constant(to, 0, 0, 0));
        Some(ClockRead { said: Said::Window(from, to), is_ambiguous, used: 1 })
    };
    match words[0].text.as_str() {
        "morning" | "mornings" => window(8, NOON.hour(), false),
        "lunchtime" => window(12, 14, true),
        "afternoon" | "afternoons" => window(12, 17, false),
        "evening" | "evenings" => window(17, 21, false),
        "night" | "nights" => window(18, 21, true),
        _ => None,
    }
}
