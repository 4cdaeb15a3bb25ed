//! A locale: how one language, in one country, says numbers, dates, money and addresses. Its words are a file.

mod check;
pub(super) mod words;

#[cfg(test)]
pub(crate) mod shipped;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::domain::{fingerprint, quoted, toml_fault};
pub(super) use check::ANY_CURRENCY;
use words::{Answers, Words};

/// A way of saying numbers, dates and addresses.
///
/// Shape: a handle, as cheap to copy as a reference. What it stands for is read when the process starts and kept until
/// it ends.
#[derive(Clone, Copy)]
pub struct Locale(&'static Words);

impl Locale {
    /// As files and orders name it, such as `en-IN`.
    pub fn tag(self) -> &'static str {
        &self.0.tag
    }

    /// Changes with its words. Shape: the tag, a dash, 16 hexadecimal digits.
    pub fn version(self) -> String {
        format!("{}-{:016x}", self.0.tag, self.0.fingerprint)
    }

    /// The ending of its files of sentences, such as `en`.
    pub fn language(self) -> &'static str {
        &self.0.language
    }

    /// Whether its speakers are asked for keys, because their words are not understood.
    pub fn is_answered_by_keys(self) -> bool {
        self.0.answers == Answers::Keys
    }

    /// The ids of the scenarios it has sentences for. Empty: it has them all, and the inbound line.
    pub fn scenarios(self) -> &'static [String] {
        &self.0.scenarios
    }

    pub(super) fn words(self) -> &'static Words {
        self.0
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.tag() == other.tag()
    }
}

impl Eq for Locale {}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// What is wrong with a locale's file, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {fault}")]
pub struct LocaleError {
    pub file: String,
    pub fault: String,
}

/// The locales that are spoken.
///
/// Shape: at least the one of the shop, `home`; each tag once.
#[derive(Clone, Debug)]
pub struct Locales {
    all: Vec<Locale>,
    home: Locale,
}

impl Locales {
    /// Reads and checks every file, and keeps the locales of the languages in `spoken` and of that of `home`. Without
    /// `spoken` all are kept.
    ///
    /// Shape: a file's name without its folder and `.toml` is the tag.
    /// Errors: one line that names the file, the key and the remedy.
    pub fn load(files: &[(&str, &str)], home: &str, spoken: Option<&[&str]>) -> Result<Self, LocaleError> {
        let parsed = files.iter().map(|(file, text)| parse(file, text)).collect::<Result<Vec<_>, _>>()?;
        let read = |(file, own): &(&str, toml::Table)| complete(file, own, &parsed).map_err(|fault| error(file, fault));
        let mut all = parsed.iter().map(read).collect::<Result<Vec<Words>, LocaleError>>()?;
        let Some(home) = all.iter().find(|words| words.tag.eq_ignore_ascii_case(home)) else {
            let known: Vec<&str> = all.iter().map(|words| words.tag.as_str()).collect();
            let fault = format!("there is no such file; write one of {}, or add it", known.join(", "));
            return Err(error(&format!("locales/{}.toml", quoted(home)), fault));
        };
        let (home_tag, home_language) = (home.tag.clone(), home.language.clone());
        let is_spoken = |words: &Words| {
            words.language == home_language || spoken.is_none_or(|spoken| spoken.contains(&words.language.as_str()))
        };
        all.retain(is_spoken);
        // Few and small, and needed for as long as there are calls.
        let all: Vec<Locale> = all.into_iter().map(|words| Locale(Box::leak(Box::new(words)))).collect();
        let home = all.iter().copied().find(|locale| locale.tag() == home_tag);
        Ok(Self { home: home.expect("it was found above, and its own language is spoken"), all })
    }

    /// Shape: in the order of the files.
    pub fn all(&self) -> &[Locale] {
        &self.all
    }

    /// The shop's own.
    pub fn home(&self) -> Locale {
        self.home
    }

    pub fn get(&self, tag: &str) -> Option<Locale> {
        self.all.iter().copied().find(|locale| locale.tag().eq_ignore_ascii_case(tag))
    }

    /// The locale of a customer: as `language` says, a tag or a language alone, else as the number's country code
    /// suggests among those of the shop's language.
    ///
    /// Shape: `number` in E.164.
    pub fn of_customer(&self, language: Option<&str>, number: &str) -> Locale {
        if let Some(named) = language.and_then(|tag| self.get(tag)) {
            return named;
        }
        let wanted = language.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
        let is_spoken = self.all.iter().any(|locale| locale.language().eq_ignore_ascii_case(wanted));
        self.by_number(if is_spoken { wanted } else { self.home.language() }, number)
    }

    /// The locale of the shop's own language for this number.
    pub fn at_home(&self, number: &str) -> Locale {
        self.by_number(self.home.language(), number)
    }

    fn by_number(&self, language: &str, number: &str) -> Locale {
        let number = number.trim_start_matches('+');
        let of_language = || self.all.iter().copied().filter(|locale| locale.language().eq_ignore_ascii_case(language));
        let code = |locale: &Locale| locale.words().phone.country_code.as_str();
        let named = of_language().filter(|locale| number.starts_with(code(locale)));
        let longest = named.max_by_key(|locale| code(locale).len());
        let home = || of_language().find(|locale| *locale == self.home);
        longest.or_else(home).or_else(|| of_language().next()).unwrap_or(self.home)
    }
}

fn error(file: &str, fault: impl Into<String>) -> LocaleError {
    LocaleError { file: file.to_owned(), fault: fault.into() }
}

fn parse<'a>(file: &'a str, text: &str) -> Result<(&'a str, toml::Table), LocaleError> {
    let table = toml::from_str(text).map_err(|fault| error(file, toml_fault(text, &fault)))?;
    Ok((file, table))
}

fn tag_of(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// The file's words over those of the one it is like.
fn complete(file: &str, own: &toml::Table, all: &[(&str, toml::Table)]) -> Result<Words, String> {
    let mut own = own.clone();
    let table = match own.remove("like") {
        None => own,
        Some(like) => {
            let like = like.as_str().unwrap_or_default();
            let base = all.iter().find(|(other, _)| tag_of(other) == like);
            let (_, base) = base.ok_or_else(|| format!("like: there is no locale `{}`; name another", quoted(like)))?;
            if base.contains_key("like") {
                return Err(format!("like: `{like}` is like another one; name that"));
            }
            over(base, own)
        }
    };
    check::no_digits("", &table)?;
    let fingerprint = fingerprint(format!("{table:?}").bytes());
    let words: Words = table.try_into().map_err(|fault: toml::de::Error| one_line(&fault))?;
    check::words(&words)?;
    Ok(Words { tag: tag_of(file).to_owned(), fingerprint, ..words })
}

fn over(base: &toml::Table, own: toml::Table) -> toml::Table {
    let mut merged = base.clone();
    for (key, value) in own {
        match (merged.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(own)) => *inner = over(inner, own),
            (Some(_) | None, value) => {
                merged.insert(key, value);
            }
        }
    }
    merged
}

/// Where it is stands on lines of its own behind the message.
fn one_line(fault: &toml::de::Error) -> String {
    let text = fault.to_string();
    let parts: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    quoted(&parts.join(" "))
}
