//! Words as BERT reads them: lower case, without accents, each cut into the longest pieces of a fixed vocabulary.
//!
//! Source: `BasicTokenizer` and `WordpieceTokenizer` of the original BERT, uncased.

use std::collections::HashMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Pieces of one sentence that are looked at; an utterance of half a minute has about a hundred.
const PIECES_MAX: usize = 96;
/// A longer word is no word.
const LETTERS_MAX: usize = 100;

/// The vocabulary: one piece a line, numbered from zero; a piece inside a word begins with `##`.
pub(super) struct WordPiece {
    ids: HashMap<String, i64>,
    start: i64,
    end: i64,
    unknown: i64,
}

impl WordPiece {
    /// Errors: the file is missing or is no such vocabulary; the text names it.
    pub(super) fn load(file: &Path) -> Result<Self, String> {
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| named(&error))?;
        Self::of(&text).ok_or_else(|| named(&"the vocabulary lacks [CLS], [SEP] or [UNK]; run the set-up again"))
    }

    pub(super) fn of(vocabulary: &str) -> Option<Self> {
        let ids: HashMap<String, i64> = vocabulary.lines().map(str::to_owned).zip(0..).collect();
        let id = |piece: &str| ids.get(piece).copied();
        let (start, end, unknown) = (id("[CLS]")?, id("[SEP]")?, id("[UNK]")?);
        Some(Self { ids, start, end, unknown })
    }

    /// The numbers of a sentence's pieces, between the marks of its beginning and its end.
    pub(super) fn read(&self, text: &str) -> Vec<i64> {
        let mut pieces = vec![self.start];
        let mut word = String::new();
        for letter in text.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
            if letter.is_whitespace() || letter.is_control() {
                self.read_word(&mut word, &mut pieces);
            } else if is_punctuation(letter) || is_ideograph(letter) {
                self.read_word(&mut word, &mut pieces);
                word.push(letter);
                self.read_word(&mut word, &mut pieces);
            } else {
                word.push(letter);
            }
        }
        self.read_word(&mut word, &mut pieces);
        pieces.truncate(PIECES_MAX - 1);
        pieces.push(self.end);
        pieces
    }

    /// Takes the word out of its buffer.
    fn read_word(&self, word: &mut String, pieces: &mut Vec<i64>) {
        if word.is_empty() || PIECES_MAX <= pieces.len() {
            word.clear();
            return;
        }
        let before = pieces.len();
        let mut rest = word.as_str();
        while !rest.is_empty() && word.len() <= LETTERS_MAX {
            let Some((piece, length)) = self.longest_piece(rest, rest.len() < word.len()) else {
                pieces.truncate(before);
                break;
            };
            pieces.push(piece);
            rest = &rest[length..];
        }
        if pieces.len() == before {
            pieces.push(self.unknown);
        }
        word.clear();
    }

    /// The longest beginning of `rest` that is a piece, and its length in bytes.
    fn longest_piece(&self, rest: &str, is_inside_word: bool) -> Option<(i64, usize)> {
        let mut piece = String::with_capacity(rest.len() + 2);
        let ends = rest.char_indices().map(|(at, letter)| at + letter.len_utf8());
        ends.rev().find_map(|end| {
            piece.clear();
            piece.push_str(if is_inside_word { "##" } else { "" });
            piece.push_str(&rest[..end]);
            self.ids.get(&piece).map(|id| (*id, end))
        })
    }
}

/// Every ASCII sign counts, also those that Unicode calls symbols.
fn is_punctuation(letter: char) -> bool {
    const QUOTES_AND_DASHES: std::ops::RangeInclusive<char> = '\u{2010}'..='\u{205e}';
    letter.is_ascii_punctuation()
        || QUOTES_AND_DASHES.contains(&letter)
        || matches!(letter, '¡' | '¿' | '«' | '»' | '·')
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests;
