//! Numbers in free text, by what stands around them.

use jiff::civil::{Date, Time};

use super::tables::{currency, leads_to_year, may_stand_apart, unit};
use super::tokens::{Kind, Token};
use super::{Locale, Spoken};
use crate::domain::speech::{
    clock_time, digits, full_date, money, order_reference, ordinal, postcode, written_number, year,
};
use crate::domain::values::Money;

/// A run of digits this long is a number to be written down, not a count.
const DIGITS_READ_OUT_MIN: usize = 7;
/// An amount of money has no more digits than this.
const AMOUNT_DIGITS_MAX: usize = 15;

/// Says the number at `at` and whatever belongs to it; gives the tokens used.
pub(super) fn say_number(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> usize {
    say_date(locale, tokens, at, spoken)
        .or_else(|| say_time(locale, tokens, at, spoken))
        .or_else(|| say_ordinal(locale, tokens, at, spoken))
        .or_else(|| say_size(locale, tokens, at, spoken))
        .unwrap_or_else(|| say_plain(locale, tokens, at, spoken))
}

/// An amount after its currency: `at` names the currency, `at + ahead` is the number.
pub(super) fn say_money(
    locale: Locale,
    tokens: &[Token],
    at: usize,
    ahead: usize,
    spoken: &mut Spoken,
) -> Option<usize> {
    let code = currency(&tokens[at].text)?;
    let number = tokens.get(at + ahead).filter(|token| token.kind == Kind::Number)?;
    let plain: String = number.text.chars().filter(|c| *c != ',').collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    if AMOUNT_DIGITS_MAX < whole.len() || 2 < fraction.len() {
        return None;
    }
    let minor: i64 = format!("{whole}{fraction:0<2}").parse().ok()?;
    let amount = Money { amount_minor: minor, currency: code.parse().ok()? };
    spoken.say(&money(locale, amount));
    // "1,499/-" is how Indian prices are closed.
    let rest = &tokens[at + ahead + 1..];
    let is_closed = matches!(rest, [slash, dash, ..] if slash.is("/") && dash.is("-"));
    Some(ahead + 1 + if is_closed { 2 } else { 0 })
}

/// "2026-03-14", "14/03/2026" (in the order of the locale).
fn say_date(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> Option<usize> {
    let [first, mark, second, same_mark, third, ..] = tokens.get(at..)? else { return None };
    let is_joined = [mark, second, same_mark, third].iter().all(|token| !token.is_apart);
    let are_counts = [first, second, third].iter().all(|token| token.is_count());
    if !is_joined || !are_counts || mark.text != same_mark.text || !(mark.is("-") || mark.is("/") || mark.is(".")) {
        return None;
    }
    let value = |token: &Token| token.text.parse::<i16>().ok();
    let (first_value, second_value, third_value) = (value(first)?, value(second)?, value(third)?);
    let (year, month, day) = match (first.text.len(), third.text.len(), locale.words().dates.day_first) {
        (4, _, _) => (first_value, second_value, third_value),
        (_, 4, false) => (third_value, first_value, second_value),
        (_, 4, true) => (third_value, second_value, first_value),
        (_, _, _) => return None,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    spoken.say(&full_date(locale, date));
    Some(5)
}

/// "6:30 pm", "6pm", "18:30".
fn say_time(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> Option<usize> {
    let hour: i8 = tokens[at].text.parse().ok().filter(|hour| (0..24).contains(hour))?;
    let minutes = match tokens.get(at + 1..at + 3) {
        Some([colon, minute]) if colon.is(":") && !colon.is_apart && !minute.is_apart && minute.text.len() == 2 => {
            minute.text.parse().ok().filter(|minute: &i8| (0..60).contains(minute))
        }
        Some(_) | None => None,
    };
    let used = if minutes.is_some() { 3 } else { 1 };
    let half = half_of_day(tokens, at + used);
    let hour = match half {
        Some((is_after_noon, _)) if (1..=12).contains(&hour) => hour % 12 + if is_after_noon { 12 } else { 0 },
        Some(_) => return None,
        None if minutes.is_some() => hour,
        None => return None,
    };
    let time = Time::new(hour, minutes.unwrap_or(0), 0, 0).ok()?;
    spoken.say(&clock_time(locale, time));
    Some(used + half.map_or(0, |(_, tokens)| tokens))
}

/// "am", "p.m." at `at`: whether it is after noon, and the tokens it takes.
fn half_of_day(tokens: &[Token], at: usize) -> Option<(bool, usize)> {
    let letter = |at: usize| tokens.get(at).map(|token| token.text.to_lowercase());
    let first = letter(at)?;
    if first == "am" || first == "pm" {
        return Some((first == "pm", 1));
    }
    let is_dotted = letter(at + 1)? == "." && letter(at + 2)? == "m" && (first == "a" || first == "p");
    if !is_dotted {
        return None;
    }
    // The last stop is left when it also ends the text.
    let has_stop = letter(at + 3).is_some_and(|mark| mark == ".") && tokens.len() != at + 4;
    Some((first == "p", 3 + usize::from(has_stop)))
}

/// "3rd", "21st".
fn say_ordinal(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> Option<usize> {
    let ending = tokens.get(at + 1).filter(|token| !token.is_apart)?;
    let is_ending = locale.words().text.ordinal_endings.contains(&ending.text.to_lowercase());
    let number = tokens[at].text.parse().ok().filter(|_| is_ending && tokens[at].is_count())?;
    spoken.say(&ordinal(locale, number));
    Some(2)
}

/// "5L", "20x30cm", "15.6\"", "2-3 kg", "5%".
fn say_size(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> Option<usize> {
    let mut used = 1;
    let mut words = written_number(locale, &tokens[at].text);
    let mut last = &tokens[at];
    while let Some([joint, number]) = tokens.get(at + used..at + used + 2) {
        let said = match joint.text.as_str() {
            "x" | "X" | "*" => &locale.words().text.size,
            "-" => &locale.words().text.range,
            _ => break,
        };
        if number.kind != Kind::Number || 6 < used || number.is_apart != joint.is_apart {
            break;
        }
        words = format!("{words} {said} {}", written_number(locale, &number.text));
        last = number;
        used += 2;
    }
    let next = tokens.get(at + used);
    let is_close = next.is_some_and(|next| !next.is_apart);
    let measure = next.and_then(|next| unit(locale, &next.text).filter(|_| is_close || may_stand_apart(&next.text)));
    match measure {
        Some([one, many]) => {
            let is_one = used == 1 && last.text == "1";
            let is_one = is_one || (is_close && qualifies(locale, tokens.get(at + used + 1)));
            spoken.say(&format!("{words} {}", if is_one { one } else { many }));
            Some(used + 1)
        }
        None if 1 < used && tokens[at].text.len() <= 4 && !(next_is_dash(next)) => {
            spoken.say(&words);
            Some(used)
        }
        None => None,
    }
}

/// Whether the word after a measure is what it measures: "a five litre cooker", but "five litres of oil".
fn qualifies(locale: Locale, next: Option<&Token>) -> bool {
    let joints = &locale.words().text.after_measure;
    next.is_some_and(|next| next.kind == Kind::Word && !joints.contains(&next.text.to_lowercase()))
}

fn next_is_dash(next: Option<&Token>) -> bool {
    next.is_some_and(|next| next.is("-") && !next.is_apart)
}

fn say_plain(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> usize {
    let number = &tokens[at];
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let is_year =
        number.is_count() && number.text.len() == 4 && before.is_some_and(|word| leads_to_year(locale, &word.text));
    if is_year {
        spoken.say(&year(locale, number.text.parse().unwrap_or_default()));
    } else if number.is_count() && DIGITS_READ_OUT_MIN <= number.text.len() {
        spoken.say(&order_reference(locale, &number.text));
    } else if is_pin_code(locale, tokens, at) {
        spoken.say(&postcode(locale, &number.text));
    } else if number.is_count() && is_part_of_code(tokens, at) {
        spoken.say(&digits(locale, &number.text));
    } else {
        spoken.say(&written_number(locale, &number.text));
    }
    say_slash(locale, tokens, at, spoken)
}

/// "12/4" in an address: "twelve by four" in India, "twelve slash four" elsewhere; gives the tokens used.
fn say_slash(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> usize {
    match tokens.get(at + 1..at + 3) {
        Some([slash, number]) if slash.is("/") && !slash.is_apart && number.is_count() && !number.is_apart => {
            spoken.say(&locale.words().text.slash);
            2
        }
        Some(_) | None => 1,
    }
}

/// As many digits after a place name as a postcode of the country has.
fn is_pin_code(locale: Locale, tokens: &[Token], at: usize) -> bool {
    let follows_name = at.checked_sub(1).is_some_and(|before| {
        tokens[before].kind == Kind::Word
            || ((tokens[before].is("-") || tokens[before].is(","))
                && before.checked_sub(1).is_some_and(|name| tokens[name].kind == Kind::Word))
    });
    let digits = locale.words().text.postcode_digits;
    tokens[at].is_count() && tokens[at].text.len() == digits && follows_name
}

/// Digits stuck to letters or hyphens on a longer code: "KH-452719", "B07XJ8".
fn is_part_of_code(tokens: &[Token], at: usize) -> bool {
    let is_long = 3 <= tokens[at].text.len();
    let before = at
        .checked_sub(1)
        .is_some_and(|before| !tokens[at].is_apart && (tokens[before].is("-") || tokens[before].kind == Kind::Word));
    let after = tokens.get(at + 1).is_some_and(|next| !next.is_apart && next.kind == Kind::Word);
    is_long && (before || after)
}
