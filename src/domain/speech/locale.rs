//! Which English is spoken.

use std::str::FromStr;

/// A way of saying numbers, dates and addresses in English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Locale {
    #[default]
    EnIn,
    EnGb,
    EnUs,
}

/// A locale nobody taught the agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a locale is one of en-IN, en-GB, en-US")]
pub struct UnknownLocale;

impl Locale {
    pub const ALL: [Self; 3] = [Self::EnIn, Self::EnGb, Self::EnUs];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EnIn => "en-IN",
            Self::EnGb => "en-GB",
            Self::EnUs => "en-US",
        }
    }
}

impl FromStr for Locale {
    type Err = UnknownLocale;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|locale| locale.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownLocale)
    }
}
