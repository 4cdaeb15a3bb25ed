//! How an utterance is spelled and what it answers, as numbered features: letters in a row, words in a row, the question.

use crate::domain::dialogue::understanding::fnv1a;
use crate::domain::hearing::Awaited;

/// Letters in a row that are looked at, within a word and its edges.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=4;
const LETTER_BUCKETS: usize = 3_072;
const WORD_BUCKETS: usize = 1_536;
/// Sounds in a row that are looked at, across words: a recogniser mishears where words begin and end.
const SOUNDS: std::ops::RangeInclusive<usize> = 3..=5;
const SOUND_BUCKETS: usize = 1_536;
/// One that is always there, and one for each kind of question.
const PLAIN_FEATURES: usize = 10;
/// Words that are looked at; nobody says more in one turn.
const WORDS_MAX: usize = 160;

const LETTERS_WEIGHT: f32 = 1.5;
const WORDS_WEIGHT: f32 = 1.0;
const SOUNDS_WEIGHT: f32 = 1.0;
const AWAITED_WEIGHT: f32 = 0.7;
/// How much a sentence vector, of length one, counts beside them.
pub(super) const SENTENCE_WEIGHT: f32 = 3.0;

/// Features that need no sentence vector; a vector's dimensions are numbered from here on.
pub(super) const WORD_FEATURES: usize = PLAIN_FEATURES + LETTER_BUCKETS + WORD_BUCKETS + SOUND_BUCKETS;

/// The features of an utterance.
///
/// Shape: number and value. Order: by number, each once.
pub(super) fn features(text: &str, awaited: Awaited) -> Vec<(usize, f32)> {
    let words = plain_words(text);
    let mut found = vec![(0, 1.0)];
    if let Some(feature) = awaited_feature(awaited) {
        found.push((feature, AWAITED_WEIGHT));
    }
    let mut letters = Vec::new();
    let mut edged = Vec::new();
    for word in &words {
        edged.clear();
        edged.push(' ');
        edged.extend(word.chars());
        edged.push(' ');
        for length in LETTERS {
            letters
                .extend(edged.windows(length).map(|window| hashed(&window.iter().collect::<String>(), LETTER_BUCKETS)));
        }
    }
    let singles = words.iter().map(|word| hashed(word, WORD_BUCKETS));
    let pairs = words.windows(2).map(|pair| hashed(&pair.join(" "), WORD_BUCKETS));
    let in_a_row = singles.chain(pairs).collect();
    push_group(&mut found, letters, PLAIN_FEATURES, LETTERS_WEIGHT);
    push_group(&mut found, in_a_row, PLAIN_FEATURES + LETTER_BUCKETS, WORDS_WEIGHT);
    let sounds = sounds(&words);
    let sounds = SOUNDS.flat_map(|length| sounds.windows(length).map(|window| window.iter().collect::<String>()));
    let sounds = sounds.map(|sounds| hashed(&sounds, SOUND_BUCKETS)).collect();
    push_group(&mut found, sounds, PLAIN_FEATURES + LETTER_BUCKETS + WORD_BUCKETS, SOUNDS_WEIGHT);
    found
}

/// Nothing for an open question: an example without a question stands for any.
const fn awaited_feature(awaited: Awaited) -> Option<usize> {
    match awaited {
        Awaited::Open => None,
        Awaited::YesNo => Some(1),
        Awaited::Choice => Some(2),
        Awaited::Digits(_) => Some(3),
        Awaited::OrderReference => Some(4),
        Awaited::Postcode => Some(5),
        Awaited::Name => Some(6),
        Awaited::Date => Some(7),
        Awaited::Address => Some(8),
    }
}

/// Lower case without punctuation; digits are all alike.
fn plain_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in text.chars() {
        let word = words.last_mut().expect("there is always a word");
        match letter {
            '’' | '‘' | '`' | '\'' => word.push('\''),
            letter if letter.is_numeric() => word.push('#'),
            letter if letter.is_alphabetic() => word.extend(letter.to_lowercase()),
            _ if word.is_empty() => (),
            _ if words.len() == WORDS_MAX => break,
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The consonants as they sound, without the ends of words: "opt doubt" is nearly "opt out", "hose this" is "who's this".
fn sounds(words: &[String]) -> Vec<char> {
    let mut sounds: Vec<char> = Vec::new();
    for word in words {
        let letters: Vec<char> = word.chars().collect();
        for (at, letter) in letters.iter().enumerate() {
            let next = letters.get(at + 1).copied();
            let sound: &[char] = match (letter, next) {
                ('k', Some('n')) | ('w', Some('r')) | ('g', Some('h')) => &[],
                ('p', Some('h')) => &['f'],
                ('c', Some('e' | 'i' | 'y')) | ('s' | 'z', _) => &['s'],
                ('x', _) => &['k', 's'],
                ('c' | 'k' | 'q' | 'g', _) => &['k'],
                ('d' | 't', _) => &['t'],
                ('b' | 'p', _) => &['p'],
                ('f' | 'v', _) => &['f'],
                ('m' | 'n', _) => &['n'],
                ('j', _) => &['j'],
                ('l', _) => &['l'],
                ('r', _) => &['r'],
                ('#', _) => &['#'],
                _ => &[],
            };
            sounds.extend(sound.iter().filter(|sound| sounds.last() != Some(sound)).copied().collect::<Vec<_>>());
        }
    }
    sounds
}

/// A bucket, and a sign that makes features which share it cancel out rather than add up.
fn hashed(text: &str, buckets: usize) -> (usize, f32) {
    let hash = fnv1a(text);
    // The low bits of this hash are its best mixed.
    let bucket = usize::try_from((hash >> 8) % buckets as u64).unwrap_or_default();
    (bucket, if hash & 1 == 0 { 1.0 } else { -1.0 })
}

/// Adds a group of hashed features, scaled so that long and short utterances weigh the same.
fn push_group(found: &mut Vec<(usize, f32)>, mut group: Vec<(usize, f32)>, first: usize, weight: f32) {
    group.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut merged: Vec<(usize, f32)> = Vec::with_capacity(group.len());
    for (bucket, sign) in group {
        match merged.last_mut() {
            Some((known, value)) if *known == bucket => *value += sign,
            Some(_) | None => merged.push((bucket, sign)),
        }
    }
    let length = merged.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    let scaled = merged.into_iter().filter(|(_, value)| *value != 0.0);
    found.extend(scaled.map(|(bucket, value)| (first + bucket, value * weight / length)));
}
