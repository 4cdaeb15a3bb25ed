//! The pattern language of the understanding file: how a shop writes down what callers say.
//!
//! `word` is that word. `[x]` may be missing. `(a|b c|d)` is one of. `<name>` is any word of a class.
//! `*` skips up to three words, `*5` up to five. `^` in front and `$` behind tie the pattern to the
//! beginning and the end of what was said.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::words::{Lexicon, Rewrites, WordId};
use crate::domain::quoted;

/// Expanding one pattern into its plain forms may not yield more than this: eight times the largest that is shipped.
const FORMS_MAX: usize = 512;
/// The steps of all forms of one pattern together; the largest that is shipped has a fifth.
const STEPS_MAX: usize = 2_048;
const GAP_WORDS: u8 = 3;
const GAP_WORDS_MAX: u8 = 9;
const NESTING_MAX: usize = 8;

/// Why a pattern cannot be used; the remedy is to correct it in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("a bracket is not closed or not opened")]
    Bracket,
    #[error("the class <{0}> is not in [classes]")]
    UnknownClass(String),
    #[error("a gap must stand between words and skip at most {GAP_WORDS_MAX}")]
    Gap,
    #[error("the pattern can match nothing at all")]
    Empty,
    #[error("the pattern unfolds into more than {FORMS_MAX} forms or {STEPS_MAX} steps: make two of it")]
    TooLarge,
    #[error("brackets are nested too deeply")]
    TooDeep,
}

/// One step of a plain form: any of some words, or a stretch of words that do not matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Symbol {
    /// Sorted, each word once.
    OneOf(Rc<[WordId]>),
    Gap(u8),
}

/// A pattern with every choice written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfolded {
    pub(super) forms: Vec<Vec<Symbol>>,
    pub(super) is_from_start: bool,
    pub(super) is_to_end: bool,
}

type Forms = Vec<Vec<Symbol>>;

/// The classes of an understanding file: the words of each, sorted.
pub(super) type Classes = BTreeMap<String, Rc<[WordId]>>;

pub(super) fn unfold(
    pattern: &str,
    classes: &Classes,
    rewrites: &Rewrites,
    lexicon: &mut Lexicon,
) -> Result<Unfolded, PatternError> {
    let trimmed = pattern.trim();
    let (is_from_start, trimmed) = trimmed.strip_prefix('^').map_or((false, trimmed), |rest| (true, rest));
    let (is_to_end, trimmed) = trimmed.strip_suffix('$').map_or((false, trimmed), |rest| (true, rest));
    let mut reader = Reader { rest: trimmed, classes, rewrites, lexicon };
    let mut forms = reader.alternatives(0)?;
    if !reader.rest.is_empty() {
        return Err(PatternError::Bracket);
    }
    forms.sort();
    forms.dedup();
    for form in &forms {
        match (form.first(), form.last()) {
            (Some(Symbol::OneOf(_)), Some(Symbol::OneOf(_))) => (),
            (None, _) | (_, None) => return Err(PatternError::Empty),
            (Some(Symbol::Gap(_)), _) | (_, Some(Symbol::Gap(_))) => return Err(PatternError::Gap),
        }
        if form.windows(2).any(|pair| matches!(pair, [Symbol::Gap(_), Symbol::Gap(_)])) {
            return Err(PatternError::Gap);
        }
    }
    Ok(Unfolded { forms, is_from_start, is_to_end })
}

struct Reader<'a> {
    rest: &'a str,
    classes: &'a Classes,
    rewrites: &'a Rewrites,
    lexicon: &'a mut Lexicon,
}

impl Reader<'_> {
    fn alternatives(&mut self, depth: usize) -> Result<Forms, PatternError> {
        if NESTING_MAX < depth {
            return Err(PatternError::TooDeep);
        }
        let mut branches = vec![self.sequence(depth)?];
        let mut steps = steps(&branches[0]);
        while let Some(rest) = self.rest.strip_prefix('|') {
            self.rest = rest;
            let branch = self.sequence(depth)?;
            steps += self::steps(&branch);
            if STEPS_MAX < steps {
                return Err(PatternError::TooLarge);
            }
            branches.push(branch);
        }
        // A branch of fillers alone ("the") adds nothing; only square brackets make the other branches optional.
        let says_nothing = |forms: &Forms| forms.iter().all(Vec::is_empty);
        if !branches.iter().all(says_nothing) {
            branches.retain(|forms| !says_nothing(forms));
        }
        let all = branches.into_iter().flatten().collect();
        Ok(merge_single_words(all))
    }

    fn sequence(&mut self, depth: usize) -> Result<Forms, PatternError> {
        let mut forms: Forms = vec![Vec::new()];
        loop {
            self.rest = self.rest.trim_start();
            let Some(first) = self.rest.chars().next() else { return Ok(forms) };
            let tails = match first {
                '|' | ')' | ']' => return Ok(forms),
                '(' => self.bracketed(')', depth)?,
                '[' => {
                    let mut inner = self.bracketed(']', depth)?;
                    inner.push(Vec::new());
                    inner
                }
                '<' => vec![vec![self.class()?]],
                '*' => vec![vec![self.gap()?]],
                _ => vec![self.word()],
            };
            let steps_after = steps(&forms) * tails.len() + steps(&tails) * forms.len();
            if FORMS_MAX < forms.len() * tails.len() || STEPS_MAX < steps_after {
                return Err(PatternError::TooLarge);
            }
            forms = forms
                .iter()
                .flat_map(|head| tails.iter().map(move |tail| head.iter().chain(tail).cloned().collect()))
                .collect();
        }
    }

    fn bracketed(&mut self, close: char, depth: usize) -> Result<Forms, PatternError> {
        self.rest = &self.rest[1..];
        let inner = self.alternatives(depth + 1)?;
        self.rest = self.rest.strip_prefix(close).ok_or(PatternError::Bracket)?;
        Ok(inner)
    }

    fn class(&mut self) -> Result<Symbol, PatternError> {
        let (name, rest) = self.rest[1..].split_once('>').ok_or(PatternError::Bracket)?;
        self.rest = rest;
        let words = self.classes.get(name).ok_or_else(|| PatternError::UnknownClass(quoted(name)))?;
        Ok(Symbol::OneOf(words.clone()))
    }

    fn gap(&mut self) -> Result<Symbol, PatternError> {
        let rest = &self.rest[1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let words = if digits == 0 { GAP_WORDS } else { rest[..digits].parse().map_err(|_| PatternError::Gap)? };
        self.rest = &rest[digits..];
        if words == 0 || GAP_WORDS_MAX < words {
            return Err(PatternError::Gap);
        }
        Ok(Symbol::Gap(words))
    }

    fn word(&mut self) -> Vec<Symbol> {
        let end = self.rest.find(|c: char| c.is_whitespace() || "|()[]<*".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut symbols = Vec::new();
        let lexicon = &mut *self.lexicon;
        self.rewrites.apply(&word.to_lowercase(), |word| symbols.push(Symbol::OneOf(Rc::from([lexicon.intern(word)]))));
        symbols
    }
}

fn steps(forms: &Forms) -> usize {
    forms.iter().map(Vec::len).sum()
}

/// Joins the alternatives that are one word each into one step, so that a long list of words unfolds into one form.
fn merge_single_words(forms: Forms) -> Forms {
    let is_single = |form: &Vec<Symbol>| matches!(form.as_slice(), [Symbol::OneOf(_)]);
    if forms.iter().filter(|form| is_single(form)).count() < 2 {
        return forms;
    }
    let (single, mut merged): (Forms, Forms) = forms.into_iter().partition(is_single);
    let mut words: Vec<WordId> = Vec::new();
    for symbol in single.iter().flatten() {
        match symbol {
            Symbol::OneOf(set) => words.extend(set.iter()),
            Symbol::Gap(_) => (),
        }
    }
    words.sort_unstable();
    words.dedup();
    merged.push(vec![Symbol::OneOf(words.into())]);
    merged
}
