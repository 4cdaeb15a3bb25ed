//! Digit strings as people say them: digit by digit, in groups, doubled, or as whole numbers.

use super::{number_words::NumberWord, vocabulary::Vocabulary, words::plain_into};
use crate::domain::{hearing::Transcript, values::Personal};

/// Readings kept per stretch of digits. The least likely ones are dropped.
const READINGS_MAX: usize = 8;
/// Digit strings kept per utterance. The least likely ones are dropped.
const CANDIDATES_MAX: usize = 12;
/// Alternatives of the recogniser that are looked at.
pub(crate) const HYPOTHESES_MAX: usize = 10;
/// A caller who says more digits than this is not giving an identifier.
const DIGITS_MAX: usize = 32;

/// A stretch of heard words.
/// Shape: word numbers in the hypothesis it was heard in, `end` one past the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Span {
    pub start: u16,
    pub end: u16,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let narrow = |index| u16::try_from(index).unwrap_or(u16::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }
}

/// One way to read a stretch of digits.
#[derive(Clone, Debug, PartialEq)]
pub struct DigitString {
    /// Shape: `0` to `9` only.
    pub digits: Personal<String>,
    /// Shape: 0.0 to 1.0.
    pub score: f32,
    pub span: Span,
}

impl Vocabulary {
    /// Reads every stretch of digits of every alternative, the likeliest first.
    pub fn digit_strings(&self, transcript: &Transcript) -> Vec<DigitString> {
        let mut all: Vec<DigitString> = Vec::new();
        for hypothesis in transcript.hypotheses.iter().take(HYPOTHESES_MAX) {
            for candidate in self.text_digits(&hypothesis.text, hypothesis.confidence) {
                match all.iter_mut().find(|known| known.digits == candidate.digits) {
                    Some(known) => known.score = known.score.max(candidate.score),
                    None => all.push(candidate),
                }
            }
        }
        all.sort_by(|a, b| b.score.total_cmp(&a.score));
        all.truncate(CANDIDATES_MAX);
        all
    }

    /// Every reading of every stretch of digits in one text, in order of the stretches.
    pub(super) fn text_digits(&self, text: &str, confidence: f32) -> Vec<DigitString> {
        let mut found = Vec::new();
        let mut run: Vec<Piece> = Vec::new();
        let mut run_start = 0;
        let mut plain = String::new();
        let mut count = 0;
        for (index, word) in text.split_whitespace().enumerate() {
            count = index + 1;
            let before = run.len();
            let is_number = word.split('-').filter(|part| !part.is_empty()).all(|part| {
                plain_into(part, &mut plain);
                self.piece_of(&plain).map(|piece| run.push(piece)).is_some()
            });
            if is_number && before < run.len() {
                if before == 0 {
                    run_start = index;
                }
            } else {
                run.truncate(before);
                close_run(&mut run, Span::new(run_start, index), confidence, &mut found);
            }
        }
        close_run(&mut run, Span::new(run_start, count), confidence, &mut found);
        found
    }

    /// The text is a number by itself, in words or in figures.
    pub(super) fn is_number(&self, text: &str) -> bool {
        !self.text_digits(text, 1.0).is_empty()
    }

    fn piece_of(&self, plain: &str) -> Option<Piece> {
        let is_written = plain.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
            && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        if is_written {
            return Some(Piece::Digits(plain.chars().filter(char::is_ascii_digit).collect()));
        }
        self.numbers.read(plain).map(Piece::Word)
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Word(NumberWord),
    Digits(String),
}

impl Piece {
    const fn is_doubtful(&self) -> bool {
        matches!(self, Self::Word(NumberWord::SoundsLike(_) | NumberWord::Joint | NumberWord::Repeat(_)))
    }
}

/// Reads a run with and without the doubtful words at its edges, and starts anew.
fn close_run(run: &mut Vec<Piece>, span: Span, confidence: f32, found: &mut Vec<DigitString>) {
    let pieces = std::mem::take(run);
    let Some(first) = pieces.iter().position(|piece| !piece.is_doubtful()) else { return };
    let last = pieces.iter().rposition(|piece| !piece.is_doubtful()).unwrap_or(first);
    // A doubled digit keeps its "double", which counts as doubtful only without a digit behind it.
    let core_start = first - usize::from(0 < first && matches!(pieces[first - 1], Piece::Word(NumberWord::Repeat(_))));
    let mut readings = readings_of(&pieces[core_start..=last]);
    for (from, to) in [(0, pieces.len()), (core_start, pieces.len()), (0, last + 1)] {
        if (from, to) != (core_start, last + 1) {
            readings.extend(readings_of(&pieces[from..to]).into_iter().map(|(digits, score)| (digits, score * 0.7)));
        }
    }
    readings.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut kept: Vec<DigitString> = Vec::new();
    for (digits, score) in readings {
        let is_new = kept.iter().all(|known| *known.digits.reveal() != digits);
        if is_new && !digits.is_empty() && digits.len() <= DIGITS_MAX && kept.len() < READINGS_MAX {
            kept.push(DigitString { digits: Personal::new(digits), score: score * confidence, span });
        }
    }
    found.append(&mut kept);
}

/// Reads a whole run in every sensible way, each with its likelihood.
fn readings_of(pieces: &[Piece]) -> Vec<(String, f32)> {
    let mut done = Vec::new();
    let mut open: Vec<(usize, String, f32)> = vec![(0, String::new(), 1.0)];
    while let Some((at, digits, score)) = open.pop() {
        if pieces.len() <= at || DIGITS_MAX < digits.len() {
            done.push((digits, score));
            continue;
        }
        for (text, taken, likelihood) in next_steps(&pieces[at..]) {
            if open.len() + done.len() < 4 * READINGS_MAX || likelihood == 1.0 {
                open.push((at + taken, format!("{digits}{text}"), score * likelihood));
            }
        }
    }
    done.sort_by(|a, b| b.1.total_cmp(&a.1));
    done.truncate(READINGS_MAX);
    done
}

/// The ways to read the beginning of a run: what it adds, how many pieces it takes, how likely it is.
fn next_steps(pieces: &[Piece]) -> Vec<(String, usize, f32)> {
    use NumberWord::{Digit, Hundred, Joint, Repeat, Scale, SoundsLike, Teen, Tens};
    if let Some((value, taken)) = whole_number(pieces) {
        let mut steps = vec![(value.to_string(), taken, 1.0)];
        // "Nine hundred three nine seven" may go on digit by digit behind the hundred.
        if let Some((group, used)) = bare_hundred(pieces).filter(|(_, used)| *used < taken) {
            steps.push((group.to_string(), used, 0.5));
        }
        return steps;
    }
    let word = match &pieces[0] {
        Piece::Digits(digits) => return vec![(digits.clone(), 1, 1.0)],
        Piece::Word(word) => *word,
    };
    match word {
        Digit(digit) => vec![(digit.to_string(), 1, 1.0)],
        SoundsLike(digit) => vec![(digit.to_string(), 1, 0.9)],
        Teen(value) => vec![(value.to_string(), 1, 1.0)],
        Tens(value) => match pieces.get(1).and_then(single_digit) {
            Some(digit @ 1..) => vec![((value + digit).to_string(), 2, 1.0), (value.to_string(), 1, 0.5)],
            Some(0) | None => vec![(value.to_string(), 1, 1.0)],
        },
        Repeat(times) => match pieces.get(1).and_then(single_digit) {
            Some(digit) => vec![(digit.to_string().repeat(usize::from(times)), 2, 1.0)],
            None => vec![(String::new(), 1, 0.8)],
        },
        // A scale with nothing in front of it says its own zeros.
        Hundred => vec![("00".to_owned(), 1, 0.5)],
        Scale(value) => vec![(value.to_string()[1..].to_owned(), 1, 0.5)],
        Joint => vec![(String::new(), 1, 1.0)],
    }
}

fn single_digit(piece: &Piece) -> Option<u8> {
    match piece {
        Piece::Word(NumberWord::Digit(digit) | NumberWord::SoundsLike(digit)) => Some(*digit),
        Piece::Digits(digits) if digits.len() == 1 => digits.parse().ok(),
        Piece::Word(_) | Piece::Digits(_) => None,
    }
}

/// Reads "four hundred and fifty two", "one lakh twenty thousand": only where a scale word says it is one number.
fn whole_number(pieces: &[Piece]) -> Option<(u64, usize)> {
    let (mut total, mut scale_before, mut at, mut has_scale) = (0_u64, u64::MAX, 0, false);
    loop {
        let group_start = at + usize::from(has_scale && is_joint(pieces.get(at)));
        let Some((mut group, mut taken)) = below_hundred(&pieces[group_start.min(pieces.len())..]) else { break };
        taken += group_start;
        if group < 100 && pieces.get(taken) == Some(&Piece::Word(NumberWord::Hundred)) {
            has_scale = true;
            group *= 100;
            taken += 1;
            let rest = taken + usize::from(is_joint(pieces.get(taken)));
            if let Some((units, more)) = below_hundred(pieces.get(rest..).unwrap_or_default()) {
                group += units;
                taken = rest + more;
            }
        }
        match pieces.get(taken) {
            Some(Piece::Word(NumberWord::Scale(scale))) if *scale < scale_before => {
                total += group * scale;
                (scale_before, at, has_scale) = (*scale, taken + 1, true);
            }
            Some(_) | None if has_scale => return Some((total + group, taken)),
            Some(_) | None => return None,
        }
    }
    has_scale.then_some((total, at))
}

/// "Nine hundred" without an "and" behind it.
fn bare_hundred(pieces: &[Piece]) -> Option<(u64, usize)> {
    let (group, taken) = below_hundred(pieces)?;
    let is_hundred = pieces.get(taken) == Some(&Piece::Word(NumberWord::Hundred)) && !is_joint(pieces.get(taken + 1));
    is_hundred.then_some((group * 100, taken + 1))
}

fn is_joint(piece: Option<&Piece>) -> bool {
    piece == Some(&Piece::Word(NumberWord::Joint))
}

fn below_hundred(pieces: &[Piece]) -> Option<(u64, usize)> {
    match pieces.first()? {
        Piece::Word(NumberWord::Digit(digit)) => Some((u64::from(*digit), 1)),
        Piece::Word(NumberWord::Teen(value)) => Some((u64::from(*value), 1)),
        Piece::Word(NumberWord::Tens(value)) => match pieces.get(1) {
            Some(Piece::Word(NumberWord::Digit(digit @ 1..))) => Some((u64::from(value + digit), 2)),
            Some(_) | None => Some((u64::from(*value), 1)),
        },
        Piece::Digits(digits) if digits.len() <= 2 => Some((digits.parse().ok()?, 1)),
        Piece::Digits(_) | Piece::Word(_) => None,
    }
}
