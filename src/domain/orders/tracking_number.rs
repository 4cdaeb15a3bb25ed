//! Which carrier a tracking number belongs to, by its form and its check digit.
//!
//! Only forms with a check digit or an unmistakable beginning are told apart; many carriers number without either.
//! Source: the number formats collected in jkeen/tracking_number_data.

#[cfg(test)]
mod tests;

/// The carrier whose numbers look like this one, if only one carrier's do.
///
/// Shape: lower case, such as `ups`, `usps`, `india_post`.
pub fn carrier_of(number: &str) -> Option<&'static str> {
    let number = compact(number);
    let mut found = FORMS.iter().filter(|form| (form.looks_so)(&number) && (form.is_sound)(&number));
    let carrier = found.next()?.carrier;
    match carrier {
        S10 => found.next().is_none().then(|| post_of(&number)).flatten(),
        _ => found.next().is_none().then_some(carrier),
    }
}

/// Whether a number has the form of a carrier's and a check digit that is not right: it was mistyped or misheard.
///
/// Forms that are digits alone are left out: other carriers' numbers look like them.
pub fn has_wrong_check_digit(number: &str) -> bool {
    let number = compact(number);
    let begins_with_letters =
        number.starts_with(|letter: char| letter.is_ascii_alphabetic()) || number.starts_with("1Z");
    begins_with_letters && FORMS.iter().any(|form| (form.looks_so)(&number) && !(form.is_sound)(&number))
}

struct Form {
    carrier: &'static str,
    looks_so: fn(&str) -> bool,
    is_sound: fn(&str) -> bool,
}

/// The Universal Postal Union's form, which all posts use.
const S10: &str = "s10";

const FORMS: &[Form] = &[
    Form { carrier: "ups", looks_so: looks_ups, is_sound: |number| mod10(&number[2..], [1, 2]) },
    Form { carrier: S10, looks_so: looks_s10, is_sound: is_sound_s10 },
    Form { carrier: "usps", looks_so: looks_usps, is_sound: |number| mod10_from_the_end(number) },
    Form { carrier: "fedex", looks_so: |number| are_digits(number, 12), is_sound: is_sound_fedex_12 },
    Form { carrier: "dhl", looks_so: |number| are_digits(number, 10), is_sound: is_sound_dhl },
    Form {
        carrier: "canada_post",
        looks_so: |number| are_digits(number, 16),
        is_sound: |number| mod10(number, [3, 1]),
    },
    Form { carrier: "amazon", looks_so: looks_amazon, is_sound: |_| true },
];

/// Country codes at the end of a postal number, and whose post that is.
const POSTS: &[(&str, &str)] = &[
    ("IN", "india_post"),
    ("US", "usps"),
    ("GB", "royal_mail"),
    ("CA", "canada_post"),
    ("AU", "australia_post"),
    ("DE", "deutsche_post"),
    ("FR", "la_poste"),
    ("IE", "an_post"),
    ("SG", "singapore_post"),
    ("AE", "emirates_post"),
    ("CN", "china_post"),
    ("HK", "hongkong_post"),
    ("NL", "postnl"),
];

fn compact(number: &str) -> String {
    let kept = number.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    kept.map(|letter| letter.to_ascii_uppercase()).collect()
}

fn are_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn looks_ups(number: &str) -> bool {
    let is_code = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    number.len() == 18 && number.starts_with("1Z") && is_code && number.ends_with(|digit: char| digit.is_ascii_digit())
}

fn looks_s10(number: &str) -> bool {
    let are_letters = |text: Option<&str>| text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_uppercase()));
    number.len() == 13
        && are_letters(number.get(..2))
        && number.get(2..11).is_some_and(|digits| are_digits(digits, 9))
        && are_letters(number.get(11..))
}

fn looks_usps(number: &str) -> bool {
    are_digits(number, 22) && number.starts_with('9') || are_digits(number, 20) && number.starts_with(['0', '7'])
}

fn looks_amazon(number: &str) -> bool {
    let digits = ["TBA", "TBC", "TBM"].iter().find_map(|beginning| number.strip_prefix(beginning));
    digits.is_some_and(|digits| are_digits(digits, 12))
}

fn digits_of(text: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    // A letter counts as the last digit of its place in ASCII, less three.
    text.bytes().map(|byte| if byte.is_ascii_digit() { u32::from(byte - b'0') } else { (u32::from(byte) - 3) % 10 })
}

/// Weights by turns from the left; the last digit makes the sum a multiple of ten.
fn mod10(number: &str, weights: [u32; 2]) -> bool {
    let Some((serial, check)) = number.len().checked_sub(1).and_then(|end| number.split_at_checked(end)) else {
        return false;
    };
    let sum: u32 = digits_of(serial).enumerate().map(|(place, digit)| digit * weights[place % 2]).sum();
    digits_of(check).next() == Some((10 - sum % 10) % 10)
}

/// As `mod10`, with the threefold weight beside the check digit.
fn mod10_from_the_end(number: &str) -> bool {
    let mut digits = digits_of(number).rev();
    let Some(check) = digits.next() else { return false };
    let sum: u32 = digits.enumerate().map(|(place, digit)| if place % 2 == 0 { digit * 3 } else { digit }).sum();
    check == (10 - sum % 10) % 10
}

fn weighted(serial: &str, weights: &[u32]) -> u32 {
    digits_of(serial).zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn is_sound_s10(number: &str) -> bool {
    let check = match weighted(&number[2..10], &[8, 6, 4, 2, 3, 5, 9, 7]) % 11 {
        1 => 0,
        0 => 5,
        rest => 11 - rest,
    };
    digits_of(&number[10..11]).next() == Some(check)
}

fn is_sound_fedex_12(number: &str) -> bool {
    let sum = weighted(&number[..11], &[3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]);
    digits_of(&number[11..]).next() == Some(sum % 11 % 10)
}

fn is_sound_dhl(number: &str) -> bool {
    let check = number[..9].parse::<u64>().ok().map(|serial| serial % 7);
    check == number[9..].parse().ok()
}

fn post_of(number: &str) -> Option<&'static str> {
    POSTS.iter().find(|(country, _)| number.ends_with(country)).map(|(_, post)| *post)
}
