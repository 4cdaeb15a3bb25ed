//! The last resort: digits, symbols and short forms that are left in free text become words.

mod numerals;
mod tables;
mod tokens;

use super::Locale;
use super::amounts::currency_names;
use numerals::say_number;
use tokens::{Kind, Token, tokens};

/// Text beyond this many characters is left out: no utterance is that long.
const TEXT_CHARS_MAX: usize = 2_000;

/// Puts everything that is not a word into words: "5L cooker, 20x30cm, ₹1,499" becomes
/// "five litre cooker, twenty by thirty centimetres, one thousand four hundred and ninety-nine rupees".
///
/// Shape: any text; the result has letters, spaces and marks of punctuation only, and at most a hundred bytes for
/// every character of the text's first two thousand.
pub fn normalise(locale: Locale, text: &str) -> String {
    let cut = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text, |(end, _)| &text[..end]);
    let tokens = tokens(cut);
    let mut spoken = Spoken::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let taken = match token.kind {
            Kind::Number => say_number(locale, &tokens, at, &mut spoken),
            Kind::Word => say_word(locale, &tokens, at, &mut spoken),
            Kind::Mark => say_mark(locale, &tokens, at, &mut spoken),
        };
        at += taken.max(1);
    }
    spoken.text
}

/// The words so far.
#[derive(Default)]
struct Spoken {
    text: String,
}

impl Spoken {
    /// Adds words, apart from what stands before.
    fn say(&mut self, words: &str) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '-']) && !words.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(words);
    }

    /// Adds a mark to the word before it.
    fn mark(&mut self, mark: &str) {
        if self.text.ends_with(char::is_alphabetic) {
            self.text.push_str(mark);
        }
    }
}

/// Says a word or a short form; gives the tokens used.
fn say_word(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> usize {
    let word = tokens[at].text.as_str();
    let next = tokens.get(at + 1);
    let stop = usize::from(next.is_some_and(|next| next.is(".") && !next.is_apart));
    let after_stop = tokens.get(at + 1 + stop);
    let number_follows = after_stop.is_some_and(|token| token.kind == Kind::Number);
    if number_follows && let Some(taken) = numerals::say_money(locale, tokens, at, 1 + stop, spoken) {
        return taken;
    }
    if number_follows && matches!(word, "No" | "no" | "NO" | "Nos") && (stop == 1 || word == "No") {
        spoken.say(&locale.words().text.number);
        return 1 + stop;
    }
    if word.eq_ignore_ascii_case("st") {
        let is_saint = after_stop.is_some_and(|token| token.text.starts_with(char::is_uppercase));
        let is_first = at == 0 || tokens[at - 1].kind != Kind::Word;
        let text = &locale.words().text;
        spoken.say(if is_saint && is_first { &text.saint } else { &text.street });
        return 1 + stop;
    }
    if let Some(said) = tables::abbreviation(locale, word) {
        spoken.say(said);
        return if is_end_of_sentence(tokens, at + stop) { 1 } else { 1 + stop };
    }
    spoken.say(word);
    1
}

/// Whether the full stop at `at` is also the end of the text.
fn is_end_of_sentence(tokens: &[Token], at: usize) -> bool {
    at + 1 == tokens.len()
}

/// Says a mark that has a name, keeps punctuation, drops the rest; gives the tokens used.
fn say_mark(locale: Locale, tokens: &[Token], at: usize, spoken: &mut Spoken) -> usize {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    let number_follows = next.is_some_and(|next| next.kind == Kind::Number && !next.is_apart);
    if tables::currency(&token.text).is_some()
        && let Some(taken) = numerals::say_money(locale, tokens, at, 1, spoken)
    {
        return taken;
    }
    let is_joined = !token.is_apart && next.is_some_and(|next| !next.is_apart && next.kind == Kind::Word);
    let text = &locale.words().text;
    match token.text.as_str() {
        "." | "," | ";" | ":" | "!" | "?" | "…" => spoken.mark(&token.text),
        "—" => spoken.mark(","),
        "'" => (),
        "-" if is_joined && spoken.text.ends_with(char::is_alphabetic) => spoken.text.push('-'),
        "-" if number_follows && !spoken.text.ends_with(char::is_alphabetic) => spoken.say(&text.minus),
        "-" if token.is_apart => spoken.mark(","),
        "&" => spoken.say(&text.and),
        "#" if number_follows => spoken.say(&text.number),
        "+" => spoken.say(&text.plus),
        "@" => spoken.say(&text.at),
        "%" => spoken.say(&text.percent),
        "=" => spoken.say(&text.equals),
        "°" => spoken.say(&text.degrees),
        "/" if is_joined => spoken.say(&text.or),
        "½" => spoken.say(&text.half),
        "¼" => spoken.say(&text.quarter),
        "¾" => spoken.say(&text.three_quarters),
        mark => {
            let names = tables::currency(mark).map(|code| currency_names(locale, code));
            spoken.say(names.and_then(|names| names.get(1)).map_or("", String::as_str));
        }
    }
    1
}

#[cfg(test)]
mod tests;
