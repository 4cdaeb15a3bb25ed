//! Parts of the day by name: "morning", "first thing", "after lunch", "second half", "end of the day".

use jiff::civil::Time;

use super::words::{DateWord, says, text};

/// Which half of the day a clock time without one belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Afternoon,
    /// Eight at night is in the evening, two at night is not.
    Night,
}

impl Half {
    /// The hour that a face of twelve hours shows, on this half. Shape: 0 to 23.
    pub(super) const fn place(self, hour: i8) -> i8 {
        match self {
            Self::Morning => hour % 12,
            Self::Afternoon => hour % 12 + 12,
            Self::Night => {
                if hour % 12 < 5 {
                    hour % 12
                } else {
                    hour % 12 + 12
                }
            }
        }
    }
}

/// A part of the day: its usual bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) from: Time,
    pub(super) to: Time,
    pub(super) half: Half,
    /// People differ about its bounds: read them back.
    pub(super) is_rough: bool,
}

impl Part {
    const fn of(from: i8, to: i8, half: Half) -> Self {
        Self { from: Time::constant(from, 0, 0, 0), to: Time::constant(to, 0, 0, 0), half, is_rough: false }
    }

    const fn rough(from: i8, to: i8, half: Half) -> Self {
        Self { is_rough: true, ..Self::of(from, to, half) }
    }
}

pub(super) const NIGHT: Part = Part::of(18, 21, Half::Night);

/// A part of the day that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PartRead {
    pub(super) part: Part,
    pub(super) used: usize,
}

/// Reads a part of the day at the beginning of the words.
pub(super) fn read(words: &[DateWord]) -> Option<PartRead> {
    const PARTS: &[(&str, Part)] = &[
        ("first thing in the morning", Part::of(8, 10, Half::Morning)),
        ("first thing", Part::of(8, 10, Half::Morning)),
        ("early in the morning", Part::of(8, 10, Half::Morning)),
        ("early morning", Part::of(8, 10, Half::Morning)),
        ("late morning", Part::of(10, 12, Half::Morning)),
        ("mid morning", Part::rough(10, 12, Half::Morning)),
        ("morning", Part::of(8, 12, Half::Morning)),
        ("mornings", Part::of(8, 12, Half::Morning)),
        ("first half", Part::rough(8, 13, Half::Morning)),
        ("second half", Part::rough(13, 18, Half::Afternoon)),
        ("early in the afternoon", Part::of(12, 14, Half::Afternoon)),
        ("early afternoon", Part::of(12, 14, Half::Afternoon)),
        ("later in the afternoon", Part::of(15, 17, Half::Afternoon)),
        ("late in the afternoon", Part::of(15, 17, Half::Afternoon)),
        ("late afternoon", Part::of(15, 17, Half::Afternoon)),
        ("mid afternoon", Part::rough(14, 16, Half::Afternoon)),
        ("afternoon", Part::of(12, 17, Half::Afternoon)),
        ("afternoons", Part::of(12, 17, Half::Afternoon)),
        ("early in the evening", Part::of(17, 19, Half::Afternoon)),
        ("early evening", Part::of(17, 19, Half::Afternoon)),
        ("late in the evening", Part::of(19, 21, Half::Afternoon)),
        ("late evening", Part::of(19, 21, Half::Afternoon)),
        ("evening", Part::of(17, 21, Half::Afternoon)),
        ("evenings", Part::of(17, 21, Half::Afternoon)),
        ("night", Part { half: Half::Night, ..Part::rough(18, 21, Half::Night) }),
        ("nights", Part { half: Half::Night, ..Part::rough(18, 21, Half::Night) }),
        ("lunchtime", Part::rough(12, 14, Half::Afternoon)),
        ("teatime", Part::rough(16, 18, Half::Afternoon)),
        ("dinnertime", Part::rough(18, 20, Half::Afternoon)),
        ("office hours", Part::rough(9, 18, Half::Afternoon)),
        ("working hours", Part::rough(9, 18, Half::Afternoon)),
        ("business hours", Part::rough(9, 18, Half::Afternoon)),
        ("daytime", Part::rough(9, 18, Half::Afternoon)),
    ];
    let (mut part, mut used) = PARTS.iter().find_map(|(phrase, part)| says(words, phrase).map(|used| (*part, used)))?;
    if matches!(text(words, used), "class" | "classes" | "shift" | "tea" | "person") || is_greeting(words) {
        return None;
    }
    used += usize::from(matches!(text(words, used), "time" | "hours"));
    if matches!(text(words, used), "ish") {
        (part.is_rough, used) = (true, used + 1);
    }
    Some(PartRead { part, used })
}

/// "Morning!" alone, in front of everything else, is a greeting.
fn is_greeting(words: &[DateWord]) -> bool {
    words[0].ends_clause && words[0].word == 0 && 1 < words.len()
}

/// A moment that people name by what they do then. Shape: the time they mean before it, and after it.
pub(super) fn anchor(words: &[DateWord]) -> Option<(Time, Time, usize)> {
    const ANCHORS: &[(&str, i8, i8)] = &[
        ("breakfast", 8, 9),
        ("lunchtime", 12, 14),
        ("lunch", 12, 14),
        ("work", 9, 18),
        ("office", 9, 18),
        ("school", 8, 16),
        ("dinner", 18, 20),
        ("tea", 16, 17),
        ("morning", 8, 12),
        ("evening", 17, 20),
        ("night", 18, 20),
    ];
    let (phrase, before, after) = ANCHORS.iter().find(|(word, ..)| text(words, 0) == *word)?;
    let used = says(words, phrase)? + usize::from(matches!(text(words, 1), "time" | "hours"));
    Some((Time::constant(*before, 0, 0, 0), Time::constant(*after, 0, 0, 0), used))
}
