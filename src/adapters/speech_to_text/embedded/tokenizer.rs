//! The word pieces of the model: from text to tokens and back.

use std::collections::HashMap;
use std::path::Path;

/// The mark that stands for a space at the start of a word piece.
const SPACE: char = '\u{2581}';

/// The first ids are `<unk>`, the start and the end of a sentence; they have no text.
const SPECIAL_TOKENS: usize = 3;

pub(super) const START: u32 = 1;
pub(super) const END: u32 = 2;

/// The vocabulary, in both directions.
pub(super) struct Tokenizer {
    pieces: Vec<Vec<u8>>,
    ids: HashMap<Vec<u8>, u32>,
}

impl Tokenizer {
    /// Reads `tokenizer.bin`.
    ///
    /// Errors: the file is missing or cut short; the text says which file.
    pub(super) fn load(file: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Self::parse(&bytes).ok_or_else(|| format!("{}: cut short or not a vocabulary", file.display()))
    }

    /// Shape: for each piece its length (one byte, or two when the first is 128 or more), then its bytes.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = bytes;
        while let Some((&first, tail)) = rest.split_first() {
            let (length, tail) = match first {
                0..128 => (usize::from(first), tail),
                128.. => {
                    let (&second, tail) = tail.split_first()?;
                    (usize::from(second) * 128 + usize::from(first) - 128, tail)
                }
            };
            let (piece, tail) = tail.split_at_checked(length)?;
            pieces.push(piece.to_vec());
            rest = tail;
        }
        let mut ids = HashMap::with_capacity(pieces.len());
        // The first 256 stand for single bytes, and the model uses them only for letters that have no piece of their own.
        for (id, piece) in pieces.iter().enumerate().skip(SPECIAL_TOKENS) {
            ids.insert(piece.clone(), id as u32);
        }
        (SPECIAL_TOKENS < pieces.len()).then_some(Self { pieces, ids })
    }

    /// The tokens of `text` as it would stand after a space.
    ///
    /// Order: the pair that was learnt first (the lowest id) is joined first, as in training.
    pub(super) fn encode(&self, text: &str) -> Vec<u32> {
        let marked: String = std::iter::once(SPACE)
            .chain(text.trim().chars().map(|letter| if letter.is_whitespace() { SPACE } else { letter }))
            .collect();
        let mut tokens = Vec::with_capacity(marked.len());
        for letter in marked.chars() {
            let mut buffer = [0; 4];
            let encoded = letter.encode_utf8(&mut buffer).as_bytes();
            match self.ids.get(encoded) {
                Some(id) => tokens.push(*id),
                None => tokens.extend(encoded.iter().filter_map(|byte| self.ids.get([*byte].as_slice()))),
            }
        }
        while let Some((at, id)) = self.first_join(&tokens) {
            tokens[at] = id;
            tokens.remove(at + 1);
        }
        tokens
    }

    fn first_join(&self, tokens: &[u32]) -> Option<(usize, u32)> {
        let joins = tokens.windows(2).enumerate().filter_map(|(at, pair)| {
            let joined = [self.piece(pair[0]), self.piece(pair[1])].concat();
            self.ids.get(&joined).map(|id| (at, *id))
        });
        joins.min_by_key(|&(at, id)| (id, at))
    }

    pub(super) fn decode(&self, tokens: &[u32]) -> String {
        let bytes: Vec<u8> = tokens.iter().flat_map(|token| self.piece(*token)).copied().collect();
        String::from_utf8_lossy(&bytes).replace(SPACE, " ").trim().to_owned()
    }

    pub(super) fn token(&self, piece: &str) -> Option<u32> {
        self.ids.get(piece.as_bytes()).copied()
    }

    /// Every piece that is text: whether it begins a word, and its letters.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (u32, bool, &str)> {
        let pieces = self.pieces.iter().enumerate().skip(SPECIAL_TOKENS);
        pieces.filter_map(|(id, piece)| {
            let piece = std::str::from_utf8(piece).ok()?;
            let bare = piece.strip_prefix(SPACE);
            Some((id as u32, bare.is_some(), bare.unwrap_or(piece)))
        })
    }

    pub(super) fn begins_word(&self, token: u32) -> bool {
        let mut mark = [0; 4];
        self.piece(token).starts_with(SPACE.encode_utf8(&mut mark).as_bytes())
    }

    fn piece(&self, token: u32) -> &[u8] {
        match token as usize {
            0..SPECIAL_TOKENS => &[],
            index => self.pieces.get(index).map_or(&[], Vec::as_slice),
        }
    }
}

#[cfg(test)]
mod tests;
