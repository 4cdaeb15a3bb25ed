//! The form of a locale's file. What each key is for is said in `prompts/locales/en-GB.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A wording with places for values: "{weekday} the {ordinal}".
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(in crate::domain::speech) struct Pattern(pub(super) String);

impl Pattern {
    /// Puts the values in. A name that no value has stays out.
    pub(in crate::domain::speech) fn fill(&self, values: &[(&str, &str)]) -> String {
        let mut filled = String::with_capacity(self.0.len() + 32);
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            filled.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value));
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }
}

/// How speakers of a locale answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answers {
    Speech,
    Keys,
}

/// Everything a locale says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain::speech) struct Words {
    #[serde(skip)]
    pub(super) tag: String,
    #[serde(skip)]
    pub(super) fingerprint: u64,
    pub(super) language: String,
    pub(super) answers: Answers,
    pub(super) scenarios: Vec<String>,
    pub(in crate::domain::speech) numbers: Numbers,
    pub(in crate::domain::speech) ordinals: Ordinals,
    pub(in crate::domain::speech) dates: Dates,
    pub(in crate::domain::speech) written: Written,
    pub(in crate::domain::speech) clock: Clock,
    pub(in crate::domain::speech) windows: Windows,
    pub(in crate::domain::speech) durations: Durations,
    pub(in crate::domain::speech) money: Amounts,
    pub(in crate::domain::speech) phone: Phone,
    pub(in crate::domain::speech) postcodes: Postcodes,
    pub(in crate::domain::speech) spelling: Spelling,
    pub(in crate::domain::speech) text: Text,
}

/// The form of one section each; a key that is not known is refused.
macro_rules! sections {
    ($($section:ident { $($key:ident: $kind:ty,)* })*) => {
        $(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(in crate::domain::speech) struct $section {
                $(pub(in crate::domain::speech) $key: $kind,)*
            }
        )*
    };
}

sections! {
    Numbers {
        below_hundred: Vec<String>,
        hundred: String,
        after_hundreds: String,
        before_last: String,
        scales: Vec<Scale>,
        point: String,
    }
    Scale { size: u64, name: String, }
    Ordinals { endings: Vec<(String, String)>, irregular: BTreeMap<String, String>, }
    Dates {
        months: [String; 12],
        weekdays: [String; 7],
        yesterday: String,
        today: String,
        tomorrow: String,
        near: Pattern,
        far: Pattern,
        with_year: Pattern,
        full: Pattern,
        years: Years,
        oh: String,
        day_first: bool,
    }
    Written { day: String, time: String, }
    Clock {
        noon: String,
        midnight: String,
        parts: Vec<PartOfDay>,
        with_part: Pattern,
        hour: Pattern,
        quarter_past: Pattern,
        half_past: Pattern,
        quarter_to: Pattern,
        first_minutes: Pattern,
        minutes: Pattern,
        irregular: BTreeMap<String, String>,
    }
    PartOfDay { from_hour: i8, name: String, }
    Windows {
        with_day: Pattern,
        at: Pattern,
        any_time: String,
        after: Pattern,
        before: Pattern,
        between: Pattern,
        between_in_part: Pattern,
        between_days: Pattern,
        between_moments: Pattern,
    }
    Durations {
        second: [String; 2],
        minute: [String; 2],
        hour: [String; 2],
        day: [String; 2],
        both: Pattern,
    }
    Amounts { minus: Pattern, both: Pattern, currencies: BTreeMap<String, Vec<String>>, }
    Phone { country_code: String, groups: Vec<usize>, trunk: String, plus: String, }
    Postcodes { digits: Vec<DigitCut>, mixed_last: usize, }
    DigitCut { length: usize, first: usize, }
    Spelling { with_word: Pattern, letters: BTreeMap<String, String>, words: BTreeMap<String, String>, }
    Text {
        number: String,
        and: String,
        or: String,
        at: String,
        plus: String,
        minus: String,
        equals: String,
        percent: String,
        degrees: String,
        half: String,
        quarter: String,
        three_quarters: String,
        range: String,
        size: String,
        slash: String,
        saint: String,
        street: String,
        year_after: Vec<String>,
        month_stems: Vec<String>,
        after_measure: Vec<String>,
        ordinal_endings: Vec<String>,
        postcode_digits: usize,
        short_forms: BTreeMap<String, String>,
        units: BTreeMap<String, [String; 2]>,
    }
}

/// How a year is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::domain::speech) enum Years {
    /// "twenty twenty-six"
    Pairs,
    /// "two thousand and twenty-six"
    Count,
}
