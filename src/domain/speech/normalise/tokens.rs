//! Free text as numbers, words and marks.

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits, perhaps with separators and a decimal point: "1,499.50".
    Number,
    /// Letters and apostrophes.
    Word,
    /// One other character.
    Mark,
}

/// One piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// Whether white space stands before it.
    pub(super) is_apart: bool,
}

impl Token {
    pub(super) fn is(&self, mark: &str) -> bool {
        self.text == mark
    }

    pub(super) fn is_count(&self) -> bool {
        self.kind == Kind::Number && self.text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// Cuts text into tokens; what has no sound (emoji, control characters, brackets) counts as white space.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut tokens: Vec<Token> = Vec::new();
    let mut is_apart = false;
    for (at, &c) in chars.iter().enumerate() {
        let next_is_digit = chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let Some(kind) = kind_of(c) else {
            is_apart = true;
            continue;
        };
        match tokens.last_mut() {
            Some(last) if !is_apart && continues(last, kind, c, next_is_digit) => last.text.push(c),
            Some(_) | None => tokens.push(Token { kind, text: c.to_string(), is_apart }),
        }
        is_apart = false;
    }
    tokens
}

fn continues(last: &Token, kind: Kind, c: char, next_is_digit: bool) -> bool {
    match (last.kind, kind) {
        (Kind::Number, Kind::Number) | (Kind::Word, Kind::Word) => true,
        (Kind::Word, Kind::Mark) => c == '\'',
        (Kind::Number, Kind::Mark) => next_is_digit && (c == ',' || (c == '.' && !last.text.contains('.'))),
        (_, _) => false,
    }
}

fn kind_of(c: char) -> Option<Kind> {
    match c {
        '0'..='9' => Some(Kind::Number),
        '₹' | '$' | '£' | '€' | '%' | '&' | '#' | '+' | '@' | '/' | '=' | '°' | '"' | '*' | '½' | '¼' | '¾' => {
            Some(Kind::Mark)
        }
        '.' | ',' | ';' | ':' | '!' | '?' | '-' | '—' | '…' | '\'' => Some(Kind::Mark),
        // Marks that follow a letter, such as the vowel signs of Indian scripts, are part of the word.
        c if (c.is_alphabetic() && !c.is_numeric()) || is_combining(c) => Some(Kind::Word),
        _ => None,
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{b82}'..='\u{bcd}')
}

/// Typographic variants as the plain character.
fn plain(c: char) -> char {
    match c {
        '’' | '‘' | '`' | 'ʼ' => '\'',
        '“' | '”' | '″' => '"',
        '–' | '−' | '‐' | '‑' => '-',
        '×' => 'x',
        '।' => '.',
        '０'..='９' => shifted(c, '０'),
        '०'..='९' => shifted(c, '०'),
        '௦'..='௯' => shifted(c, '௦'),
        _ => c,
    }
}

/// The Western digit of a digit in another script.
fn shifted(digit: char, zero: char) -> char {
    char::from_digit(digit as u32 - zero as u32, 10).unwrap_or('0')
}
