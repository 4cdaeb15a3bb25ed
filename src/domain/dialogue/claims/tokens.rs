//! Cuts a sentence into the words the claim check compares: lower case, contractions undone, numbers kept whole.

/// A word, a number or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    /// Where it stands in the sentence, in bytes.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Counts full stops, question marks and the like: a cue does not reach across one.
    pub(super) part: usize,
    pub(super) is_capital: bool,
}

/// Marks that part words and say nothing themselves.
const SILENT: &[char] = &[',', '.', ';', ':', '?', '!', '"', '“', '”', '(', ')', '-', '–', '—', '…', '\'', '’', '‘'];
const ENDS_A_PART: &[char] = &['.', '?', '!', ';', '…'];

/// What stands for two words. The apostrophe is the plain one; an owner's 's reads as "is", which states as little.
const CONTRACTIONS: &[(&str, &[&str])] = &[
    ("can't", &["can", "not"]),
    ("cannot", &["can", "not"]),
    ("won't", &["will", "not"]),
    ("shan't", &["shall", "not"]),
    ("let's", &["let", "us"]),
    ("i'm", &["i", "am"]),
];
const ENDINGS: &[(&str, &str)] =
    &[("n't", "not"), ("'ll", "will"), ("'re", "are"), ("'ve", "have"), ("'d", "would"), ("'s", "is")];

/// The words of `sentence`, in order.
pub(super) fn tokens(sentence: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(24);
    let mut part = 0;
    let mut rest = sentence;
    while let Some(first) = rest.chars().next() {
        let from = sentence.len() - rest.len();
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            _ if first.is_alphanumeric() => word_length(rest),
            '+' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => 1 + word_length(&rest[1..]),
            _ => first.len_utf8(),
        };
        let text = &rest[..length];
        rest = &rest[length..];
        if SILENT.contains(&first) {
            part += usize::from(ENDS_A_PART.contains(&first) && !is_inside(&tokens, from, rest));
        } else if !first.is_whitespace() {
            push_words(&mut tokens, text, from, part);
        }
    }
    tokens
}

/// Whether a dot is one of those of "p.m.", which end nothing before a small letter. The one of "the 2." does.
fn is_inside(tokens: &[Token], dot: usize, rest: &str) -> bool {
    let is_letter = |last: &Token| last.to == dot && last.text.len() == 1 && last.text.starts_with(char::is_alphabetic);
    let begins_anew = rest.starts_with(char::is_whitespace) && rest.trim_start().starts_with(char::is_uppercase);
    tokens.last().is_some_and(is_letter) && !begins_anew
}

/// The words alone, for what is compared with a sentence.
pub(super) fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.text).collect()
}

/// A word with the apostrophes inside it, or a number with the marks between its digits.
fn word_length(rest: &str) -> usize {
    let mut length = 0;
    let mut before = ' ';
    let mut letters = rest.chars().peekable();
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        let is_joint = match letter {
            '\'' | '’' => before.is_alphabetic() && after.is_alphabetic(),
            '.' | ',' | ':' | '/' | '-' => before.is_ascii_digit() && after.is_ascii_digit(),
            _ => false,
        };
        if !letter.is_alphanumeric() && !is_joint {
            break;
        }
        length += letter.len_utf8();
        before = letter;
    }
    length
}

fn push_words(tokens: &mut Vec<Token>, text: &str, from: usize, part: usize) {
    let is_capital = text.starts_with(char::is_uppercase);
    let lower = text.to_lowercase().replace('’', "'");
    let to = from + text.len();
    let mut push = |text: &str| tokens.push(Token { text: text.to_owned(), from, to, part, is_capital });
    if !lower.contains('\'') && lower != "cannot" {
        push(&lower);
    } else if let Some((_, parts)) = CONTRACTIONS.iter().find(|(whole, _)| *whole == lower) {
        parts.iter().copied().for_each(push);
    } else if let Some((stem, ending)) =
        ENDINGS.iter().find_map(|(ending, word)| Some((lower.strip_suffix(ending)?, *word)))
    {
        push(stem);
        push(ending);
    } else {
        push(&lower);
    }
}
