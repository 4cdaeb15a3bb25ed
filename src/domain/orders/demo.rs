//! A demonstration shop's days: written relative to today, so that "expected tomorrow" is true whenever it is loaded.

#[cfg(test)]
mod tests;

use jiff::civil::Time;
use jiff::tz::{Offset, TimeZone};
use jiff::{RoundMode, Timestamp, TimestampRound, ToSpan, Unit, Zoned};

use super::Order;
use super::import::{RowRefused, order_from_json};

/// Replaces every relative day and hour in quotes by what it means at `now`. Anything else stays as it is.
///
/// | text | becomes |
/// |---|---|
/// | `"@day+1[Asia/Kolkata]"` | tomorrow's date there |
/// | `"@day-1T18:05+05:30"` | yesterday at five past six in the evening, at that offset |
/// | `"@day+1T14:00[Europe/London]"` | tomorrow at two, by the clocks there |
/// | `"@hour-3[America/New_York]"` | three hours before the last full hour there |
pub fn resolve_demo_dates(text: &str, now: Timestamp) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\"@") {
        resolved.push_str(before);
        resolved.push('"');
        let moment = after.split_once('"').and_then(|(moment, tail)| Some((resolve_moment(moment, now)?, tail)));
        if let Some((moment, tail)) = moment {
            resolved.push_str(&moment);
            resolved.push('"');
            rest = tail;
        } else {
            resolved.push('@');
            rest = after;
        }
    }
    resolved.push_str(rest);
    resolved
}

/// The orders of a demonstration shop at `now`, one a line; blank lines and lines that begin with `#` are left out.
///
/// Errors: the first bad line, counted from 1.
pub fn demo_orders(text: &str, now: Timestamp) -> Result<Vec<Order>, (usize, RowRefused)> {
    resolve_demo_dates(text, now)
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(index, line)| order_from_json(line).map_err(|refused| (index + 1, refused)))
        .collect()
}

fn resolve_moment(moment: &str, now: Timestamp) -> Option<String> {
    if let Some(rest) = moment.strip_prefix("day") {
        let (days, rest) = split_count(rest)?;
        let (time, zone) = match rest.strip_prefix('T') {
            Some(rest) => (Some(Time::strptime("%H:%M", rest.get(..5)?).ok()?), parse_zone(&rest[5..])?),
            None => (None, parse_zone(rest)?),
        };
        let day = now.to_zoned(zone.clone()).date().checked_add(days.days()).ok()?;
        return match time {
            Some(time) => Some(written(&day.to_datetime(time).to_zoned(zone).ok()?)),
            None => Some(day.to_string()),
        };
    }
    let (hours, rest) = split_count(moment.strip_prefix("hour")?)?;
    let zone = parse_zone(rest)?;
    let offset = zone.to_offset(now);
    // Full hours of the clock on the wall: in India they are half an hour off UTC's.
    let wall = offset.to_datetime(now).to_zoned(TimeZone::UTC).ok()?.timestamp();
    let full = wall.round(TimestampRound::new().smallest(Unit::Hour).mode(RoundMode::Floor)).ok()?;
    let past = wall.duration_since(full);
    let moment = now.checked_sub(past).ok()?.checked_add(hours.hours()).ok()?;
    Some(written(&moment.to_zoned(zone)))
}

/// Splits `+2rest` into the count and the rest; no sign is no count.
fn split_count(text: &str) -> Option<(i64, &str)> {
    // A sign followed by two digits and a colon is an offset, not a count.
    let is_count = text.starts_with(['+', '-']) && text.get(3..4) != Some(":");
    if !is_count {
        return Some((0, text));
    }
    let digits = text[1..].bytes().take_while(u8::is_ascii_digit).count().min(4);
    let (count, rest) = text.split_at(1 + digits);
    Some((count.parse().ok()?, rest))
}

/// `[Area/City]`, `+05:30` or `Z`; nothing is UTC.
fn parse_zone(text: &str) -> Option<TimeZone> {
    if let Some(name) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return TimeZone::get(name).ok();
    }
    if matches!(text, "" | "Z") {
        return Some(TimeZone::UTC);
    }
    let (sign, clock) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let clock = Time::strptime("%H:%M", clock).ok()?;
    let seconds = (i32::from(clock.hour()) * 60 + i32::from(clock.minute())) * 60;
    Offset::from_seconds(sign * seconds).ok().map(TimeZone::fixed)
}

fn written(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
