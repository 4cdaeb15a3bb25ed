//! Reads one sentence against what is known: cuts it into phrases and values, then asks each for its proof.

use std::collections::BTreeSet;

use super::known::{KnownFact, Meaning, Subject, Value};
use super::lexicon::{Phrase, Place};
use super::tokens::{Token, tokens};
use super::{ClaimKind, Grounds, Lead, SENTENCE_BYTES_MAX};

/// The first words without proof, by their place in the sentence.
pub(super) struct Unproven {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: ClaimKind,
}

/// A run of words that means something.
struct Segment<'a> {
    from: usize,
    to: usize,
    part: usize,
    what: What<'a>,
}

#[derive(Clone, Copy)]
enum What<'a> {
    /// What the words can be read as; one of them has to hold.
    Phrases(&'a [usize]),
    /// Facts that are said with these words.
    Values(&'a [usize]),
}

/// The facts that prove `sentence`, each once.
pub(super) fn read(grounds: &Grounds, sentence: &str) -> Result<Vec<usize>, Unproven> {
    if SENTENCE_BYTES_MAX < sentence.len() {
        return Err(Unproven { from: 0, to: sentence.len(), kind: ClaimKind::Unproven });
    }
    let tokens = tokens(sentence);
    let segments = cut(grounds, &tokens)?;
    let named = named_subject(grounds, &segments);
    let reading = Reading { grounds, segments: &segments, named };
    let proven = reading.prove_all()?;
    reading.check_cues(&proven)?;
    let cited: BTreeSet<usize> = proven.into_iter().flatten().collect();
    Ok(cited.into_iter().collect())
}

/// Longest run first, from the left. A word that belongs to nothing ends the reading.
fn cut<'a>(grounds: &'a Grounds, tokens: &[Token]) -> Result<Vec<Segment<'a>>, Unproven> {
    let mut segments = Vec::with_capacity(16);
    let mut at = 0;
    // The word before must be followed by one of these.
    let mut awaited: Option<(&Token, &[Lead])> = None;
    while let Some(token) = tokens.get(at) {
        let rest = &tokens[at..];
        let value = grounds.forms.longest(rest);
        let phrase = grounds.lexicon.runs.longest(rest);
        let (length, what) = match (value, phrase) {
            (Some((length, facts)), Some((other, _))) if other <= length => (length, What::Values(facts)),
            (Some((length, facts)), None) => (length, What::Values(facts)),
            (_, Some((length, phrases))) => (length, What::Phrases(phrases)),
            (None, None) => match (grounds.lexicon.leads(&token.text), awaited) {
                (Some(leads), None) => {
                    awaited = Some((token, leads));
                    at += 1;
                    continue;
                }
                (_, _) => return Err(name_unproven(grounds, tokens, at)),
            },
        };
        if let Some((lead, leads)) = awaited.take()
            && !(lead.part == token.part && is_led(grounds, what, leads))
        {
            return Err(Unproven { from: lead.from, to: token.to, kind: ClaimKind::Unproven });
        }
        segments.push(Segment { from: token.from, to: tokens[at + length - 1].to, part: token.part, what });
        at += length;
    }
    match awaited {
        Some((lead, _)) => Err(Unproven { from: lead.from, to: lead.to, kind: ClaimKind::Unproven }),
        None => Ok(segments),
    }
}

fn is_led(grounds: &Grounds, what: What<'_>, leads: &[Lead]) -> bool {
    let What::Values(facts) = what else { return false };
    facts.iter().any(|fact| leads.contains(&lead_of(&grounds.facts[*fact])))
}

fn lead_of(fact: &KnownFact) -> Lead {
    match fact.value {
        Value::Day(_) => Lead::Day,
        Value::Time(_) => Lead::Time,
        Value::Money(_) => Lead::Money,
        Value::Words(_) if matches!(fact.meaning, Some(Meaning::LastScan | Meaning::Pickup)) => Lead::Place,
        Value::Words(_)
        | Value::Truth(_)
        | Value::Days(_, _)
        | Value::Window(_, _)
        | Value::Count(_, _)
        | Value::Ordinal(_, _)
        | Value::Hours(_)
        | Value::Reference(_)
        | Value::Phone(_) => Lead::Other,
    }
}

/// What a sentence names by itself: a parcel, an order number, a thing ordered. None when it names several.
fn named_subject(grounds: &Grounds, segments: &[Segment<'_>]) -> Subject {
    let names = |fact: &&KnownFact| {
        matches!(
            fact.meaning,
            Some(Meaning::WhichParcel | Meaning::OrderNumber | Meaning::TrackingNumber | Meaning::Contents)
        )
    };
    let mut named = Subject::default();
    for segment in segments {
        let What::Values(facts) = segment.what else { continue };
        let Some(fact) = facts.iter().map(|fact| &grounds.facts[*fact]).find(names) else { continue };
        let is_other = |known: bool, same: bool| known && !same;
        if is_other(named.order.is_some(), named.order == fact.subject.order)
            || is_other(named.parcel.is_some() && fact.subject.parcel.is_some(), named.parcel == fact.subject.parcel)
        {
            return Subject::default();
        }
        named.order.clone_from(&fact.subject.order);
        named.parcel = fact.subject.parcel.or(named.parcel);
    }
    named
}

struct Reading<'a> {
    grounds: &'a Grounds,
    segments: &'a [Segment<'a>],
    /// What the sentence is about, as it says itself.
    named: Subject,
}

impl Reading<'_> {
    /// For each segment the fact that proves it; none where no proof is needed.
    fn prove_all(&self) -> Result<Vec<Option<usize>>, Unproven> {
        let prove = |at: usize| {
            let proof = match self.segments[at].what {
                What::Phrases(options) => self.prove_phrase(options, at),
                What::Values(candidates) => self.prove_value(candidates, at).map(Some),
            };
            proof.map_err(|kind| self.unproven(at, kind))
        };
        (0..self.segments.len()).map(prove).collect()
    }

    fn unproven(&self, at: usize, kind: ClaimKind) -> Unproven {
        Unproven { from: self.segments[at].from, to: self.segments[at].to, kind }
    }

    fn phrase(&self, option: usize) -> &Phrase {
        &self.grounds.lexicon.phrases[option]
    }

    fn prove_phrase(&self, options: &[usize], at: usize) -> Result<Option<usize>, ClaimKind> {
        let mut refusal = ClaimKind::Unproven;
        for option in options {
            let phrase = self.phrase(*option);
            if !self.stands_right(phrase, at) {
                continue;
            }
            match self.prove_needs(phrase) {
                Ok(fact) => return Ok(fact),
                Err(kind) => refusal = kind,
            }
        }
        Err(refusal)
    }

    fn prove_needs(&self, phrase: &Phrase) -> Result<Option<usize>, ClaimKind> {
        if phrase.needs.is_empty() {
            return Ok(None);
        }
        let facts = &self.grounds.facts;
        let is_so = |index: &usize| matches!(facts[*index].value, Value::Truth(truth) if phrase.needs.contains(&truth));
        let candidates: Vec<usize> = (0..facts.len()).filter(is_so).collect();
        if candidates.is_empty() { Err(phrase.kind) } else { self.choose(&candidates).map(Some) }
    }

    fn stands_right(&self, phrase: &Phrase, at: usize) -> bool {
        let is_after = |meaning| at.checked_sub(1).is_some_and(|before| self.says(before, meaning));
        let is_placed = match phrase.place {
            Place::Anywhere | Place::Question | Place::Silent => true,
            Place::Opening => self.opens(at),
            Place::Assent => self.opens(at) && self.states_after(at),
        };
        is_placed && phrase.after.is_none_or(is_after)
    }

    /// Whether a segment is a value with this meaning.
    fn says(&self, at: usize, meaning: Meaning) -> bool {
        let What::Values(facts) = self.segments[at].what else { return false };
        facts.iter().any(|fact| self.grounds.facts[*fact].meaning == Some(meaning))
    }

    fn is_placed(&self, segment: &Segment<'_>, places: &[Place]) -> bool {
        let What::Phrases(options) = segment.what else { return false };
        options.iter().any(|option| places.contains(&self.phrase(*option).place))
    }

    fn is_opening(&self, segment: &Segment<'_>) -> bool {
        let is_caller = match segment.what {
            What::Values(facts) => facts.iter().any(|fact| self.grounds.facts[*fact].meaning == Some(Meaning::Caller)),
            What::Phrases(_) => false,
        };
        is_caller || self.is_placed(segment, &[Place::Opening, Place::Assent])
    }

    fn is_statement(&self, segment: &Segment<'_>) -> bool {
        let silent = [Place::Opening, Place::Assent, Place::Question, Place::Silent];
        !self.is_opening(segment) && !self.is_placed(segment, &silent)
    }

    /// Whether nothing is stated before it in its part of the sentence.
    fn opens(&self, at: usize) -> bool {
        let part = self.segments[at].part;
        self.segments[..at].iter().rev().take_while(|before| before.part == part).all(|before| self.is_opening(before))
    }

    fn states_after(&self, at: usize) -> bool {
        let part = self.segments[at].part;
        self.segments[at + 1..].iter().take_while(|after| after.part == part).any(|after| self.is_statement(after))
    }

    fn prove_value(&self, candidates: &[usize], at: usize) -> Result<usize, ClaimKind> {
        let cues = self.nearest_cue(at).map(|cue| self.cues_of(cue)).unwrap_or_default();
        let fits = |fact: &&usize| {
            let known = &self.grounds.facts[**fact];
            let is_bare_ordinal = known.meaning == Some(Meaning::WhichParcel);
            let is_placed = !is_bare_ordinal || self.opens(at);
            let is_read_back = known.meaning == Some(Meaning::Wish) && self.is_alone(at);
            let is_cued = |meaning: Meaning| meaning.is_plain() || cues.contains(&meaning);
            is_placed && (is_read_back || known.meaning.is_some_and(is_cued))
        };
        let fitting: Vec<usize> = candidates.iter().filter(fits).copied().collect();
        if fitting.is_empty() { Err(ClaimKind::Meaning) } else { self.choose(&fitting) }
    }

    fn is_alone(&self, at: usize) -> bool {
        let part = self.segments[at].part;
        self.segments.iter().filter(|segment| segment.part == part).count() == 1
    }

    /// The nearest words before a value that say what it is; without any, the nearest after it.
    fn nearest_cue(&self, at: usize) -> Option<usize> {
        let part = self.segments[at].part;
        let is_cue = |other: &usize| self.segments[*other].part == part && !self.cues_of(*other).is_empty();
        (0..at).rev().find(is_cue).or_else(|| (at..self.segments.len()).find(is_cue))
    }

    /// What a segment says the values near it are.
    fn cues_of(&self, at: usize) -> Vec<Meaning> {
        let What::Phrases(options) = self.segments[at].what else { return Vec::new() };
        options.iter().filter_map(|option| self.live_cue(*option)).collect()
    }

    fn live_cue(&self, option: usize) -> Option<Meaning> {
        let phrase = self.phrase(option);
        phrase.cue.filter(|_| self.prove_needs(phrase).is_ok())
    }

    /// A phrase that announces a value, and states nothing else, must stand by it.
    fn check_cues(&self, proven: &[Option<usize>]) -> Result<(), Unproven> {
        for (at, segment) in self.segments.iter().enumerate() {
            let What::Phrases(options) = segment.what else { continue };
            let is_kept = |option: &usize| {
                let phrase = self.phrase(*option);
                let is_open = self.stands_right(phrase, at) && self.prove_needs(phrase).is_ok();
                is_open && (!phrase.needs.is_empty() || phrase.cue.is_none_or(|cue| self.announces(at, cue, proven)))
            };
            if !options.iter().any(is_kept) {
                return Err(self.unproven(at, ClaimKind::Unproven));
            }
        }
        Ok(())
    }

    /// Whether a value of this meaning stands by the cue at `at`, with no other cue between them.
    fn announces(&self, at: usize, meaning: Meaning, proven: &[Option<usize>]) -> bool {
        let is_meant = |fact: usize| self.grounds.facts[fact].meaning == Some(meaning);
        let is_near = |value: usize| {
            let mut between = at.min(value) + 1..at.max(value);
            self.segments[value].part == self.segments[at].part && between.all(|other| self.cues_of(other).is_empty())
        };
        (0..proven.len()).any(|value| proven[value].is_some_and(is_meant) && is_near(value))
    }

    /// One of several facts that say the same: at this caller's level, and of the parcel the sentence is about.
    fn choose(&self, candidates: &[usize]) -> Result<usize, ClaimKind> {
        let facts = &self.grounds.facts;
        let allowed = |index: &&usize| facts[**index].level <= self.grounds.level;
        if !candidates.iter().any(|index| allowed(&index)) {
            return Err(ClaimKind::AboveLevel);
        }
        let of_named = |index: &&usize| is_about(&facts[**index].subject, &self.named);
        let chosen = candidates.iter().filter(allowed).find(of_named).copied().ok_or(ClaimKind::Meaning)?;
        if self.is_told_apart(candidates, &facts[chosen]) { Ok(chosen) } else { Err(ClaimKind::Meaning) }
    }

    /// With several parcels, a fact is said of one that is named, or is so of each of them.
    fn is_told_apart(&self, candidates: &[usize], chosen: &KnownFact) -> bool {
        let is_list = matches!(chosen.meaning, Some(Meaning::Placed | Meaning::Contents | Meaning::OrderCount));
        if is_list || chosen.subject.order.is_none() {
            return true;
        }
        let (own, named) = (&chosen.subject, &self.named);
        let is_other = |fact: &&KnownFact| {
            let other = &fact.subject;
            let is_other_order = other.order.is_some() && other.order != own.order;
            let is_other_parcel = own.parcel.is_some() && other.parcel.is_some() && other.parcel != own.parcel;
            (is_other_order && named.order.is_none()) || (!is_other_order && is_other_parcel && named.parcel.is_none())
        };
        let facts = &self.grounds.facts;
        let says_the_same = |other: &KnownFact| candidates.iter().any(|index| facts[*index].subject == other.subject);
        facts.iter().filter(is_other).all(says_the_same)
    }
}

fn is_about(subject: &Subject, named: &Subject) -> bool {
    let agrees = |a: bool, b: bool, same: bool| !a || !b || same;
    agrees(subject.order.is_some(), named.order.is_some(), subject.order == named.order)
        && agrees(subject.parcel.is_some(), named.parcel.is_some(), subject.parcel == named.parcel)
}

/// Gives words that nothing accounts for their name.
fn name_unproven(grounds: &Grounds, tokens: &[Token], at: usize) -> Unproven {
    let token = &tokens[at];
    let before = at.checked_sub(1).map(|before| &tokens[before]).filter(|before| before.part == token.part);
    let is_name = token.is_capital && before.is_some();
    let is_after_in = before.is_some_and(|before| {
        let leads = grounds.lexicon.leads(&before.text).unwrap_or_default();
        leads.contains(&Lead::Place) || grounds.lexicon.kind_of(&before.text) == Some(ClaimKind::Place)
    });
    let kind = match grounds.lexicon.kind_of(&token.text) {
        Some(kind) => kind,
        None if token.text.starts_with(|first: char| first.is_ascii_digit() || first == '+') => ClaimKind::Number,
        None if is_name && is_after_in => ClaimKind::Place,
        None if is_name => ClaimKind::Name,
        None => ClaimKind::Unproven,
    };
    Unproven { from: token.from, to: token.to, kind }
}
