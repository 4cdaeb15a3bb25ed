//! Reads what vendors write: JSON whose fields come and go, numbers as text, text as numbers, three ways of time.

#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

use crate::domain::orders::{Address, Customer, Item, Order, OrderRef, Payment};
use crate::domain::values::{Currency, Money, Personal, PhoneNumber};

/// Characters of one text at most; more is cut off.
const TEXT_CHARS_MAX: usize = 200;
const REF_CHARS_MAX: usize = 64;
const ITEMS_MAX: usize = 200;
const ADDRESS_LINES_MAX: usize = 6;

/// More than any basket holds, and far from the end of the integer.
const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000;

/// Entries of a list that are read.
pub(super) const LIST_MAX: usize = 500;

/// A place in a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<'a>(pub(super) &'a Value);

const ABSENT: Json<'static> = Json(&Value::Null);

impl<'a> Json<'a> {
    pub(super) fn get(self, name: &str) -> Json<'a> {
        self.0.get(name).map_or(ABSENT, Json)
    }

    pub(super) fn is_present(self) -> bool {
        !self.0.is_null()
    }

    /// Text or a number, as one line without blanks around it. None when absent, blank or something else.
    pub(super) fn text(self) -> Option<String> {
        let text = match self.0 {
            Value::String(text) => one_line(text),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn text_of(self, name: &str) -> Option<String> {
        self.get(name).text()
    }

    pub(super) fn is_true(self) -> bool {
        matches!(self.0, Value::Bool(true)) || self.text().is_some_and(|text| matches!(text.as_str(), "1" | "true"))
    }

    /// The entries of a list; none of something else.
    pub(super) fn entries(self) -> impl Iterator<Item = Json<'a>> {
        self.0.as_array().into_iter().flatten().take(LIST_MAX).map(Json)
    }

    /// A time with its offset, or one without that is meant at `offset`.
    pub(super) fn time(self, offset: Offset) -> Option<Timestamp> {
        let text = self.text()?;
        if let Ok(time) = text.parse() {
            return Some(time);
        }
        // DD MM YYYY HH:MM:SS, as Shiprocket has it beside the usual form.
        let time = text.parse::<DateTime>().or_else(|_| DateTime::strptime("%d %m %Y %H:%M:%S", &text)).ok()?;
        time.to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
    }

    pub(super) fn time_of(self, name: &str, offset: Offset) -> Option<Timestamp> {
        self.get(name).time(offset)
    }

    /// When a delivery is expected: an hour is a window of its own, a day lasts from its beginning to its end.
    pub(super) fn window(self, offset: Offset) -> Option<(Timestamp, Timestamp)> {
        let text = self.text()?;
        if let Ok(day) = text.parse::<Date>()
            && text.len() == "2026-03-07".len()
        {
            return day_window(day, offset);
        }
        let at = self.time(offset)?;
        let local = offset.to_datetime(at);
        // The first and the last minute of a day stand for the day.
        let is_whole_day = (local.hour(), local.minute()) == (0, 0) || (local.hour(), local.minute()) >= (23, 30);
        if is_whole_day { day_window(local.date(), offset) } else { Some((at, at)) }
    }
}

fn day_window(day: Date, offset: Offset) -> Option<(Timestamp, Timestamp)> {
    let zone = TimeZone::fixed(offset);
    let begins = day.to_zoned(zone).ok()?;
    let ends = begins.checked_add(1.day()).ok()?.checked_sub(1.second()).ok()?;
    Some((begins.timestamp(), ends.timestamp()))
}

/// India's clock, for vendors that write no offset.
pub(super) fn india() -> Offset {
    Offset::from_seconds(19_800).unwrap_or(Offset::UTC)
}

/// Text in one line, without control characters, and no longer than a line is.
pub(super) fn one_line(text: &str) -> String {
    let plain = text.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.take(TEXT_CHARS_MAX).collect::<String>().trim().to_owned()
}

/// The reference as a customer says it: without the mark before it.
pub(super) fn order_ref(text: &str) -> Option<OrderRef> {
    let bare: String = text.trim_start_matches('#').trim().chars().take(REF_CHARS_MAX).collect();
    bare.chars().any(|letter| letter.is_ascii_alphanumeric()).then_some(OrderRef(bare))
}

/// A number as it was typed into a form, in E.164.
///
/// Shape: `country` in two letters says what a number without its country's code belongs to.
pub(super) fn phone_number(typed: &str, country: &str) -> Option<PhoneNumber> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let typed = typed.trim();
    if typed.starts_with('+') {
        return format!("+{digits}").parse().ok();
    }
    if let Some(international) = digits.strip_prefix("00") {
        return format!("+{international}").parse().ok();
    }
    let (_, code, length) = CALLING_CODES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(country))?;
    let national = digits.trim_start_matches('0');
    // Written with the code and without the plus.
    let bare = national.strip_prefix(code).filter(|rest| rest.len() == *length).unwrap_or(national);
    let is_whole = bare.len().abs_diff(*length) <= 1;
    is_whole.then(|| format!("+{code}{bare}").parse().ok()).flatten()
}

/// Country, its calling code, and the digits of a usual number without it.
const CALLING_CODES: &[(&str, &str, usize)] = &[
    ("IN", "91", 10),
    ("US", "1", 10),
    ("CA", "1", 10),
    ("GB", "44", 10),
    ("IE", "353", 9),
    ("AU", "61", 9),
    ("NZ", "64", 9),
    ("SG", "65", 8),
    ("AE", "971", 9),
    ("SA", "966", 9),
    ("DE", "49", 10),
    ("FR", "33", 9),
    ("ES", "34", 9),
    ("IT", "39", 10),
    ("NL", "31", 9),
    ("BE", "32", 9),
    ("PK", "92", 10),
    ("BD", "880", 10),
    ("LK", "94", 9),
    ("NP", "977", 10),
    ("MY", "60", 9),
    ("ZA", "27", 9),
    ("MX", "52", 10),
];

/// An amount written in whole units with decimals, in minor units.
pub(super) fn money(amount: &str, currency: &str) -> Option<Money> {
    let currency: Currency = currency.parse().ok()?;
    let decimals = match currency.as_str() {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" => 0,
        "KWD" | "BHD" | "OMR" | "JOD" | "TND" | "IQD" | "LYD" => 3,
        _ => 2,
    };
    let (whole, rest) = amount.trim().split_once('.').unwrap_or((amount.trim(), ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || 15 < whole.len() || !are_digits(whole) || !are_digits(rest) {
        return None;
    }
    let minor: String = rest.chars().chain(std::iter::repeat('0')).take(decimals).collect();
    let amount_minor: i64 = format!("{whole}{minor}").parse().ok()?;
    (amount_minor <= AMOUNT_MINOR_MAX).then_some(Money { amount_minor, currency })
}

/// What an order is made of, as two shops write it alike.
pub(super) struct OrderParts {
    pub(super) order_ref: Option<String>,
    pub(super) placed_at: Option<Timestamp>,
    pub(super) name: Option<String>,
    /// As typed, the best first.
    pub(super) phones: Vec<Option<String>>,
    pub(super) email: Option<String>,
    pub(super) language: Option<String>,
    pub(super) items: Vec<Item>,
    pub(super) total: Option<(String, String)>,
    pub(super) payment: Payment,
    pub(super) lines: Vec<Option<String>>,
    pub(super) city: Option<String>,
    pub(super) state: Option<String>,
    pub(super) postcode: Option<String>,
    pub(super) country: Option<String>,
    pub(super) cancelled_at: Option<Timestamp>,
}

impl OrderParts {
    /// The order, or why nothing can be done with it.
    pub(super) fn into_order(self) -> Result<Order, &'static str> {
        let country = self.country.filter(|code| code.len() == 2 && code.is_ascii()).unwrap_or_default();
        let country = country.to_ascii_uppercase();
        let phone = self.phones.iter().flatten().find_map(|phone| phone_number(phone, &country));
        let (amount, currency) = self.total.ok_or("no total")?;
        let lines = self.lines.into_iter().flatten().take(ADDRESS_LINES_MAX).map(Personal::new).collect();
        Ok(Order {
            order_ref: self.order_ref.as_deref().and_then(order_ref).ok_or("no reference")?,
            placed_at: self.placed_at.ok_or("no time")?,
            customer: Customer {
                name: Personal::new(self.name.unwrap_or_default()),
                phone: phone.ok_or("no phone number that can be called")?,
                email: self.email.filter(|email| email.contains('@')).map(Personal::new),
                language: self.language,
            },
            items: self.items.into_iter().take(ITEMS_MAX).collect(),
            total: money(&amount, &currency).ok_or("no amount that can be read")?,
            payment: self.payment,
            promised_by: None,
            address: Address {
                lines,
                city: self.city.unwrap_or_default(),
                state: self.state,
                postcode: Personal::new(self.postcode.unwrap_or_default()),
                country,
            },
            shipments: Vec::new(),
            time_zone: None,
            cancelled_at: self.cancelled_at,
        })
    }
}

/// How many of something, at least one.
pub(super) fn quantity(json: Json<'_>) -> u32 {
    json.text().and_then(|text| text.parse().ok()).filter(|count| (1..=100_000).contains(count)).unwrap_or(1)
}
