//! Short forms and what is said for them.

use crate::domain::speech::Locale;

/// Words that a full stop may follow, and what is said instead of both.
const ABBREVIATIONS: [(&str, &str); 34] = [
    ("mr", "mister"),
    ("mrs", "missus"),
    ("ms", "miz"),
    ("dr", "doctor"),
    ("prof", "professor"),
    ("sr", "senior"),
    ("jr", "junior"),
    ("apt", "apartment"),
    ("flt", "flat"),
    ("bldg", "building"),
    ("blk", "block"),
    ("flr", "floor"),
    ("opp", "opposite"),
    ("nr", "near"),
    ("rd", "road"),
    ("ave", "avenue"),
    ("blvd", "boulevard"),
    ("ln", "lane"),
    ("sq", "square"),
    ("hwy", "highway"),
    ("extn", "extension"),
    ("ext", "extension"),
    ("approx", "approximately"),
    ("qty", "quantity"),
    ("pkt", "packet"),
    ("pcs", "pieces"),
    ("pc", "piece"),
    ("incl", "including"),
    ("excl", "excluding"),
    ("asst", "assorted"),
    ("vs", "versus"),
    ("etc", "et cetera"),
    ("govt", "government"),
    ("dept", "department"),
];

/// Units of measure: written, one of it, several.
const UNITS: [(&str, &str, &str); 40] = [
    ("l", "litre", "litres"),
    ("ltr", "litre", "litres"),
    ("ml", "millilitre", "millilitres"),
    ("g", "gram", "grams"),
    ("gm", "gram", "grams"),
    ("gms", "gram", "grams"),
    ("kg", "kilo", "kilos"),
    ("kgs", "kilo", "kilos"),
    ("mg", "milligram", "milligrams"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("mm", "millimetre", "millimetres"),
    ("cm", "centimetre", "centimetres"),
    ("m", "metre", "metres"),
    ("km", "kilometre", "kilometres"),
    ("kms", "kilometre", "kilometres"),
    ("ft", "foot", "feet"),
    ("in", "inch", "inches"),
    ("inch", "inch", "inches"),
    ("w", "watt", "watts"),
    ("kw", "kilowatt", "kilowatts"),
    ("v", "volt", "volts"),
    ("a", "amp", "amps"),
    ("mah", "milliamp hour", "milliamp hours"),
    ("hz", "hertz", "hertz"),
    ("ghz", "gigahertz", "gigahertz"),
    ("kb", "kilobyte", "kilobytes"),
    ("mb", "megabyte", "megabytes"),
    ("gb", "gigabyte", "gigabytes"),
    ("tb", "terabyte", "terabytes"),
    ("mp", "megapixel", "megapixels"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("min", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("sec", "second", "seconds"),
    ("pcs", "piece", "pieces"),
    ("pc", "piece", "pieces"),
    ("sqft", "square foot", "square feet"),
];

/// What is said for a short form; it need not have its full stop.
pub(super) fn abbreviation(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    ABBREVIATIONS.iter().find(|(short, _)| *short == lower).map(|(_, said)| *said)
}

/// Whether a word apart from its number may be a unit: "12 MG Road" has no milligrams.
pub(super) fn may_stand_apart(word: &str) -> bool {
    let is_upper = word.chars().all(char::is_uppercase);
    2 <= word.len() && word != "in" && (!is_upper || matches!(word, "KG" | "ML" | "GB" | "MB" | "TB" | "CM" | "MM"))
}

/// The names of a unit, for one and for several.
pub(super) fn unit(word: &str, locale: Locale) -> Option<(String, String)> {
    let lower = word.to_lowercase();
    let (_, one, many) = UNITS.iter().find(|(short, _, _)| *short == lower)?;
    let spelled = |name: &str| match locale {
        Locale::EnIn | Locale::EnGb => name.to_owned(),
        Locale::EnUs => name.replace("litre", "liter").replace("metre", "meter"),
    };
    Some((spelled(one), spelled(many)))
}

/// The currency a mark or word before an amount names.
pub(super) fn currency(mark: &str) -> Option<&'static str> {
    match mark {
        "₹" | "Rs" | "rs" | "RS" | "INR" => Some("INR"),
        "$" | "USD" => Some("USD"),
        "£" | "GBP" => Some("GBP"),
        "€" | "EUR" => Some("EUR"),
        _ => None,
    }
}

pub(super) fn month(word: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = word.to_lowercase();
    3 <= lower.len() && MONTHS.iter().any(|month| lower.starts_with(month))
}
