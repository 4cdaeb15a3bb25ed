//! Lists, as a file and as an environment variable have them.

use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;

use crate::domain::values::PhoneNumber;

pub(super) fn numbers<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<PhoneNumber>, D::Error> {
    list(deserializer)
}

pub(super) fn addresses<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<IpAddr>, D::Error> {
    list(deserializer)
}

/// A list, or, as an environment variable has it, one value after the other with commas between.
fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr<Err: fmt::Display>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Line(String),
    }
    let parse = |value: &str| value.trim().parse().map_err(serde::de::Error::custom);
    match Written::deserialize(deserializer)? {
        Written::List(values) => values.iter().map(|value| parse(value)).collect(),
        Written::Line(line) => line.split(',').filter(|value| !value.trim().is_empty()).map(parse).collect(),
    }
}
