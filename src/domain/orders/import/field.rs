//! One named place of a row, read as what it must hold.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::domain::values::PhoneNumber;

/// Why a row was not taken: where, and what to write there. Holds nothing of the row's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRefused {
    field: String,
    remedy: String,
}

impl RowRefused {
    pub(in crate::domain) fn whole_row(remedy: impl Into<String>) -> Self {
        Self { field: String::new(), remedy: remedy.into() }
    }
}

impl fmt::Display for RowRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() { f.write_str(&self.remedy) } else { write!(f, "{}: {}", self.field, self.remedy) }
    }
}

impl std::error::Error for RowRefused {}

/// A place in a row. Its path is made of known names and numbers only, so that it may be shown.
pub(in crate::domain) struct Field<'a> {
    path: String,
    value: Option<&'a Value>,
}

impl<'a> Field<'a> {
    pub(in crate::domain) fn root(value: &'a Value) -> Self {
        Self { path: String::new(), value: Some(value) }
    }

    pub(in crate::domain) fn refuse(&self, remedy: impl Into<String>) -> RowRefused {
        RowRefused { field: self.path.clone(), remedy: remedy.into() }
    }

    fn below(&self, name: impl fmt::Display, value: Option<&'a Value>) -> Self {
        let path = if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) };
        Self { path, value: value.filter(|value| !value.is_null()) }
    }

    /// Opens an object that has no other members than `names`.
    pub(in crate::domain) fn object(&self, names: &'static [&'static str]) -> Result<Members<'_, 'a>, RowRefused> {
        match self.value {
            Some(Value::Object(members)) => {
                if members.keys().all(|key| names.contains(&key.as_str())) {
                    Ok(Members { field: self })
                } else {
                    Err(self.refuse(format!("has an unknown field; known are {}", names.join(", "))))
                }
            }
            Some(_) => Err(self.refuse("must be an object")),
            None => Err(self.refuse("is missing")),
        }
    }

    /// Opens a list; an absent one is empty.
    pub(in crate::domain) fn list(&self, count_max: usize) -> Result<Vec<Field<'a>>, RowRefused> {
        match self.value {
            Some(Value::Array(values)) if values.len() <= count_max => {
                Ok(values.iter().enumerate().map(|(index, value)| self.below(index, Some(value))).collect())
            }
            Some(Value::Array(_)) => Err(self.refuse(format!("has more than {count_max} entries"))),
            Some(_) => Err(self.refuse("must be a list")),
            None => Ok(Vec::new()),
        }
    }

    /// Reads the field unless it is absent, null or blank.
    pub(in crate::domain) fn optional<T>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, RowRefused>,
    ) -> Result<Option<T>, RowRefused> {
        let is_blank = match self.value {
            None => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(_) => false,
        };
        if is_blank { Ok(None) } else { read(self).map(Some) }
    }

    /// Text without blanks around it, never empty.
    pub(in crate::domain) fn text(&self, chars_max: usize) -> Result<String, RowRefused> {
        let Some(value) = self.value else { return Err(self.refuse("is missing")) };
        let Value::String(text) = value else { return Err(self.refuse("must be text")) };
        let text = text.trim();
        if text.is_empty() {
            return Err(self.refuse("is missing"));
        }
        if text.chars().any(char::is_control) {
            return Err(self.refuse("must be one line without control characters"));
        }
        if text.chars().count() > chars_max {
            return Err(self.refuse(format!("must have {chars_max} characters at most")));
        }
        Ok(text.to_owned())
    }

    /// A whole number; CSV has it as text.
    pub(in crate::domain) fn integer(&self, range: std::ops::RangeInclusive<i64>) -> Result<i64, RowRefused> {
        let number = match self.value {
            None => return Err(self.refuse("is missing")),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
        };
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.refuse(format!("must be a whole number from {} to {}", range.start(), range.end())))
    }

    pub(in crate::domain) fn time(&self) -> Result<Timestamp, RowRefused> {
        self.text(64)?
            .parse()
            .map_err(|_| self.refuse("write a time with its offset, such as 2026-11-24T14:00:00+05:30"))
    }

    /// E.164, without the blanks, dashes and brackets people group it by.
    pub(in crate::domain) fn phone(&self) -> Result<PhoneNumber, RowRefused> {
        let is_grouping = |letter: char| matches!(letter, ' ' | '-' | '(' | ')');
        let compact = self.text(64)?.replace(is_grouping, "");
        compact.parse().map_err(|error| self.refuse(format!("{error}")))
    }

    pub(in crate::domain) fn date(&self) -> Result<Date, RowRefused> {
        let text = self.text(32)?;
        let is_plain = text.len() == "2026-11-24".len();
        text.parse()
            .ok()
            .filter(|_| is_plain)
            .ok_or_else(|| self.refuse("write a day as year, month and day, such as 2026-11-24"))
    }
}

/// The members of an object whose names are all known.
pub(in crate::domain) struct Members<'f, 'a> {
    field: &'f Field<'a>,
}

impl<'a> Members<'_, 'a> {
    pub(in crate::domain) fn get(&self, name: &'static str) -> Field<'a> {
        self.field.below(name, self.field.value.and_then(|value| value.get(name)))
    }
}
