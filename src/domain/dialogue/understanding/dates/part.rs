//! Parts of the day by name: "morning", "first thing", "after lunch", "second half", "end of the day".

use jiff::civil::Time;

use super::words::Heard;
use crate::domain::dialogue::understanding::vocabulary::{PhraseMap, WordSet};

/// The words of parts of the day.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartLists {
    parts: PhraseMap<Part>,
    /// Behind the name of a part they make it something else: "evening class".
    other_things: WordSet,
    /// What may stand behind the name of a part.
    time: WordSet,
    roughly: WordSet,
    /// What people do at a time of day. Shape: the hours they mean before it and after it.
    anchors: PhraseMap<(i8, i8)>,
}

/// Which half of the day a clock time without one belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(try_from = "PartFile")]
pub(super) struct Part {
    pub(super) from: Time,
    pub(super) to: Time,
    pub(super) half: Half,
    /// People differ about its bounds: read them back.
    pub(super) is_rough: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    from: Time,
    to: Time,
    half: Half,
    #[serde(default)]
    is_rough: bool,
}

impl TryFrom<PartFile> for Part {
    type Error = String;

    fn try_from(PartFile { from, to, half, is_rough }: PartFile) -> Result<Self, String> {
        let part = Self { from, to, half, is_rough };
        if from < to { Ok(part) } else { Err(format!("{from} is not before {to}; write an earlier `from`")) }
    }
}

pub(super) const NIGHT: Part =
    Part { from: Time::constant(18, 0, 0, 0), to: Time::constant(21, 0, 0, 0), half: Half::Night, is_rough: false };

/// A part of the day that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PartRead {
    pub(super) part: Part,
    pub(super) used: usize,
}

/// Reads a part of the day at the beginning of the words.
pub(super) fn read(words: Heard<'_>) -> Option<PartRead> {
    let lists = &words.lists.parts;
    let (mut used, mut part) = words.finds(&lists.parts)?;
    if words.is(used, &lists.other_things) || is_greeting(words) {
        return None;
    }
    used += words.optional(used, &lists.time);
    if words.is(used, &lists.roughly) {
        (part.is_rough, used) = (true, used + 1);
    }
    Some(PartRead { part, used })
}

/// "Morning!" alone, in front of everything else, is a greeting.
fn is_greeting(words: Heard<'_>) -> bool {
    words[0].ends_clause && words[0].word == 0 && 1 < words.len()
}

/// A moment that people name by what they do then. Shape: the time they mean before it, and after it.
pub(super) fn anchor(words: Heard<'_>) -> Option<(Time, Time, usize)> {
    let lists = &words.lists.parts;
    let (used, (before, after)) = words.finds(&lists.anchors)?;
    let time = |hour| Time::new(hour, 0, 0, 0).ok();
    Some((time(before)?, time(after)?, used + words.optional(used, &lists.time)))
}
