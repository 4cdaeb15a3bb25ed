//! Which of an order's items is meant: "the cooker", "the blue shirt, not the black one".

use super::said::words;
use crate::domain::dialogue::understanding::vocabulary::{Vocabulary, WordSet};

/// Words this short carry no item.
const WORD_CHARS_MIN: usize = 3;
/// Words that sound this alike are the same, misheard or in another number.
const ALIKE: f64 = 0.92;
/// The best item must be this much ahead of the next.
const MARGIN: f32 = 0.2;
/// A lone common word is no item.
const SCORE_MIN: f32 = 0.3;

/// The words that tell no items apart.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct ItemLists {
    common: WordSet,
    possessive: String,
    /// The ending of several things.
    plural: char,
}

/// How well what was said fits an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemMatch {
    /// The item's place in the list that was given.
    pub place: usize,
    /// The share of the title's telling words that were said; rare words tell more.
    /// Shape: 0.0 to 1.0.
    pub score: f32,
    /// Another item fits nearly as well.
    pub is_unclear: bool,
}

impl Vocabulary {
    /// Compares what was said with the titles of an order's items, the best first.
    pub fn match_items(&self, text: &str, titles: &[&str]) -> Vec<ItemMatch> {
        let said: Vec<String> = self.items.telling(text);
        let titles: Vec<Vec<String>> = titles.iter().map(|title| self.items.telling(title)).collect();
        let mut found: Vec<ItemMatch> = titles
            .iter()
            .enumerate()
            .map(|(place, title)| ItemMatch { place, score: score(title, &said, &titles), is_unclear: false })
            .filter(|found| SCORE_MIN <= found.score)
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        let best = found.first().map_or(0.0, |first| first.score);
        let rivals = found.iter().filter(|other| best - other.score < MARGIN).count();
        for (rank, item) in found.iter_mut().enumerate() {
            item.is_unclear = 0 < rank || 1 < rivals;
        }
        found
    }
}

impl ItemLists {
    /// The words that tell items apart, without plurals.
    fn telling(&self, text: &str) -> Vec<String> {
        let spaced = text.replace(['-', '/', '(', ')', ','], " ");
        let stem = |word: &str| match word.strip_suffix(self.plural) {
            Some(stem) if WORD_CHARS_MIN <= stem.len() && !stem.ends_with(self.plural) => stem.to_owned(),
            Some(_) | None => word.to_owned(),
        };
        words(&spaced)
            .iter()
            .map(|word| word.plain.strip_suffix(self.possessive.as_str()).unwrap_or(&word.plain))
            .filter(|word| WORD_CHARS_MIN <= word.chars().count() && !self.common.has(word))
            .map(stem)
            .collect()
    }
}

/// A word of one title alone says more than one of them all.
fn score(title: &[String], said: &[String], titles: &[Vec<String>]) -> f32 {
    let weight = |word: &String| {
        let holders = titles.iter().filter(|title| title.contains(word)).count().max(1);
        1.0 / f32::from(u16::try_from(holders).unwrap_or(u16::MAX))
    };
    let is_said = |word: &&String| said.iter().any(|heard| is_alike(word, heard));
    let all: f32 = title.iter().map(weight).sum();
    let heard: f32 = title.iter().filter(is_said).map(weight).sum();
    if all <= 0.0 { 0.0 } else { heard / all }
}

fn is_alike(known: &str, heard: &str) -> bool {
    known == heard || (5 <= known.len() && ALIKE <= strsim::jaro_winkler(known, heard))
}

#[cfg(test)]
mod tests;
