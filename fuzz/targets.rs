//! The decoders of outside bytes. A new decoder gets a line here and a valid input under `corpus/<name>/`.

use std::hint::black_box;
use std::str::FromStr;

use doorstep::domain::orders::Order;
use doorstep::domain::values::{CallId, Currency, PhoneNumber};

/// A decoder, under the name of its corpus folder.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) decode: fn(&[u8]),
}

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "call_id", decode: parse_as::<CallId> },
    Target { name: "currency", decode: parse_as::<Currency> },
    Target { name: "order_json", decode: order_json },
    Target { name: "phone_number", decode: parse_as::<PhoneNumber> },
];

fn parse_as<T: FromStr>(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        drop(black_box(text.parse::<T>()));
    }
}

fn order_json(input: &[u8]) {
    drop(black_box(serde_json::from_slice::<Order>(input)));
}
