//! Says days, times and amounts in the many ways people and models do; knows nothing of how the check does it.

use doorstep::domain::speech::{self, Locale};
use doorstep::domain::values::Money;
use jiff::civil::{Date, Time};

use crate::simulation::rng::Rng;

/// A day, seen from `today`.
pub(super) fn day(rng: &mut Rng, locale: Locale, date: Date, today: Date) -> String {
    let distance = date.since(today).unwrap().get_days();
    let weekday = date.strftime("%A").to_string();
    let (month, number) = (date.strftime("%B").to_string(), date.day());
    let ordinal = speech::ordinal(locale, number.unsigned_abs().into());
    let mut ways = vec![
        speech::day(locale, date, today),
        format!("{weekday}, {month} {number}"),
        format!("{month} {number}"),
        format!("the {ordinal} of {month}"),
        format!("{number} {month}"),
        format!("{weekday} the {ordinal}"),
        format!("{} {}", date.strftime("%b"), number),
    ];
    if (1..=6).contains(&distance.abs()) {
        ways.push(weekday);
    }
    if distance == 2 {
        ways.push("the day after tomorrow".to_owned());
    }
    let picked = rng.between(0, ways.len() as u64) as usize;
    ways.swap_remove(picked)
}

pub(super) fn time(rng: &mut Rng, locale: Locale, time: Time) -> String {
    let hour = (time.hour() + 11) % 12 + 1;
    let half = if time.hour() < 12 { "am" } else { "pm" };
    let written = if time.minute() == 0 { hour.to_string() } else { format!("{hour}:{:02}", time.minute()) };
    let dotted = if time.hour() < 12 { "a.m." } else { "p.m." };
    let ways = [
        speech::clock_time(locale, time),
        format!("{written} {half}"),
        format!("{written}{half}"),
        format!("{written} {dotted}"),
        time.strftime("%H:%M").to_string(),
    ];
    ways[rng.between(0, ways.len() as u64) as usize].clone()
}

pub(super) fn window(rng: &mut Rng, locale: Locale, from: Time, to: Time) -> String {
    let (start, end) = (time(rng, locale, from), time(rng, locale, to));
    match rng.between(0, 3) {
        0 => format!("between {start} and {end}"),
        1 => format!("from {start} to {end}"),
        _ => format!("before {end}"),
    }
}

pub(super) fn money(rng: &mut Rng, locale: Locale, money: Money) -> String {
    let (whole, minor) = (money.amount_minor / 100, money.amount_minor % 100);
    let number = if minor == 0 { whole.to_string() } else { format!("{whole}.{minor:02}") };
    let sign = match money.currency.as_str() {
        "INR" => "₹",
        "GBP" => "£",
        "EUR" => "€",
        _ => "$",
    };
    match rng.between(0, 2) {
        0 => speech::money(locale, money),
        _ => format!("{sign}{number}"),
    }
}
