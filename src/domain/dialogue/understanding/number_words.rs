//! What single words say about digits: "seven", "double", "forty", "lakh", "oh", "to".

/// One word of a spoken number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberWord {
    Digit(u8),
    /// Sounds like a digit and is usually another word: "to", "for", "oh".
    SoundsLike(u8),
    /// Shape: 10 to 19.
    Teen(u8),
    /// Shape: 20, 30 … 90.
    Tens(u8),
    /// "double", "triple": the next digit comes several times.
    Repeat(u8),
    Hundred,
    /// Thousand, lakh, crore, million.
    /// Shape: a power of ten.
    Scale(u64),
    /// "and", "dash", "uh": says nothing within a number.
    Joint,
}

/// Reads one lower-case word.
pub(crate) fn number_word(word: &str) -> Option<NumberWord> {
    use NumberWord::{Digit, Hundred, Joint, Repeat, Scale, SoundsLike, Teen, Tens};
    Some(match word {
        "zero" | "nought" | "naught" | "nil" | "null" | "shunya" => Digit(0),
        "one" | "wun" | "ek" => Digit(1),
        "two" => Digit(2),
        "three" | "tree" => Digit(3),
        "four" | "fower" => Digit(4),
        "five" | "fife" => Digit(5),
        "six" => Digit(6),
        "seven" => Digit(7),
        "eight" | "ait" => Digit(8),
        "nine" | "niner" => Digit(9),
        "o" | "oh" | "ow" | "owe" => SoundsLike(0),
        "won" => SoundsLike(1),
        "to" | "too" | "tu" => SoundsLike(2),
        "free" => SoundsLike(3),
        "for" | "fore" | "fourth" | "ford" => SoundsLike(4),
        "sex" | "sics" => SoundsLike(6),
        "ate" => SoundsLike(8),
        "nein" => SoundsLike(9),
        "ten" => Teen(10),
        "eleven" => Teen(11),
        "twelve" => Teen(12),
        "thirteen" => Teen(13),
        "fourteen" => Teen(14),
        "fifteen" => Teen(15),
        "sixteen" => Teen(16),
        "seventeen" => Teen(17),
        "eighteen" => Teen(18),
        "nineteen" => Teen(19),
        "twenty" => Tens(20),
        "thirty" => Tens(30),
        "forty" | "fourty" => Tens(40),
        "fifty" => Tens(50),
        "sixty" => Tens(60),
        "seventy" => Tens(70),
        "eighty" => Tens(80),
        "ninety" => Tens(90),
        "double" => Repeat(2),
        "triple" | "treble" => Repeat(3),
        "quadruple" => Repeat(4),
        "hundred" => Hundred,
        "thousand" => Scale(1_000),
        "lakh" | "lac" | "lakhs" | "lacs" => Scale(100_000),
        "million" => Scale(1_000_000),
        "crore" | "crores" => Scale(10_000_000),
        "and" | "dash" | "hyphen" | "space" | "then" | "uh" | "um" | "er" | "comma" => Joint,
        _ => return None,
    })
}
