//! From matches to acts: the longest readings win, a denied wish is no wish, and a yes that is also a no is neither.

use super::{
    Act, Intent, LONE_ANSWER_CONFIDENCE_MIN, Scratch, Span, Understanding, Understood,
    matcher::Match,
    words::{Token, WordId},
};
use crate::domain::hearing::Awaited;

/// How far in front of a wish a "not" still denies it.
const NEGATION_REACH: usize = 5;
/// Intents of this precedence and above want something of their own.
const WISH_PRECEDENCE: u8 = 3;
/// Patterns below this are a good guess, which never settles anything.
const SETTLING_STRENGTH_MIN: f32 = 0.9;
/// Acts kept of one utterance, as said. Later ones are dropped.
const ACTS_MAX: usize = 8;

pub(super) fn resolve(rules: &Understanding, scratch: &mut Scratch, awaited: Awaited) -> Understood {
    let tokens = scratch.tokens.as_slice();
    let is_exact = is_accounted_for(tokens, &scratch.matches);
    let chosen = choose(&mut scratch.matches);
    let says_more = says_more_than_yes(rules, tokens, chosen);
    let mut acts: Vec<Act> = Vec::new();
    let mut denied = Vec::new();
    for found in chosen {
        if is_denied(rules, tokens, found) {
            denied.push(found.intent);
        } else {
            push_act(&mut acts, found, tokens);
        }
    }
    if !denied.is_empty() && acts.is_empty() && matches!(awaited, Awaited::YesNo) {
        acts.push(Act { intent: Intent::Deny, strength: 0.6, confidence: 0.6, span: Span::new(0, 0), is_weak: true });
    }
    settle_contradiction(&mut acts);
    weaken_conditional(rules, tokens, &mut acts);
    let is_clear_yes = !acts.is_empty() && acts.iter().all(|act| act.intent == Intent::Affirm && !act.is_weak);
    let is_yes_beside_unknown = says_more && is_clear_yes && denied.is_empty();
    acts.iter_mut().filter(|act| is_yes(act.intent)).for_each(|act| act.is_weak |= says_more);
    let is_lone_answer = tokens.len() <= 1 || (tokens.len() == 2 && acts.len() == 2);
    if is_lone_answer {
        for act in &mut acts {
            act.is_weak |= act.confidence < LONE_ANSWER_CONFIDENCE_MIN;
        }
    }
    acts.truncate(ACTS_MAX);
    let is_strange = matches!(tokens, [only] if only.id == WordId::UNKNOWN);
    Understood { acts, denied, is_lone_answer, is_yes_beside_unknown, is_exact, is_strange, ..Understood::default() }
}

/// Keeps the matches that say most, without overlap.
/// Order: as said.
fn choose(matches: &mut Vec<Match>) -> &[Match] {
    let weight = |found: &Match| f32::from(found.words) + found.strength;
    matches.sort_by(|a, b| {
        let longest_first = (b.end - b.start).cmp(&(a.end - a.start));
        weight(b).total_cmp(&weight(a)).then(longest_first).then(a.start.cmp(&b.start)).then(a.intent.cmp(&b.intent))
    });
    let mut kept = 0;
    for index in 0..matches.len() {
        let found = matches[index];
        if matches[..kept].iter().all(|other| found.end <= other.start || other.end <= found.start) {
            matches[kept] = found;
            kept += 1;
        }
    }
    matches.truncate(kept);
    matches.sort_by_key(|found| found.start);
    matches
}

/// Whether sure patterns of one intent, and of no other, are all that was said, word by word.
fn is_accounted_for(tokens: &[Token], matches: &[Match]) -> bool {
    let is_whole = |found: &&Match| SETTLING_STRENGTH_MIN <= found.strength && usize::from(found.words) == tokens.len();
    let mut whole = matches.iter().filter(is_whole).map(|found| found.intent);
    whole.next().is_some_and(|intent| whole.all(|other| other == intent))
}

/// A "not" shortly before, in the same clause and not part of the match itself, denies it.
fn is_denied(rules: &Understanding, tokens: &[Token], found: &Match) -> bool {
    let (start, end) = (usize::from(found.start), usize::from(found.end));
    let is_negator = |token: &Token| rules.negators.binary_search(&token.id).is_ok();
    if tokens[start..end].iter().any(is_negator) {
        return false;
    }
    for index in (start.saturating_sub(NEGATION_REACH)..start).rev() {
        let token = &tokens[index];
        if token.ends_clause {
            return false;
        }
        if is_negator(token) {
            return rules.transparent.binary_search(&tokens[index + 1].id).is_err();
        }
    }
    false
}

fn push_act(acts: &mut Vec<Act>, found: &Match, tokens: &[Token]) {
    let heard = &tokens[usize::from(found.start)..usize::from(found.end)];
    let surely = heard.iter().map(|token| token.confidence).sum::<f32>() / f32::from(found.end - found.start).max(1.0);
    let span = Span {
        start: heard.first().map_or(0, |token| token.word),
        end: heard.last().map_or(0, |token| token.word + 1),
    };
    let is_weak = is_yes(found.intent) && found.strength < SETTLING_STRENGTH_MIN;
    let (intent, strength) = (found.intent, found.strength);
    let act = Act { intent, strength, confidence: strength * surely, span, is_weak };
    match acts.iter_mut().find(|known| known.intent == act.intent) {
        Some(known) => {
            known.strength = known.strength.max(act.strength);
            known.confidence = known.confidence.max(act.confidence);
            known.is_weak &= act.is_weak;
        }
        None => acts.push(act),
    }
}

/// A word that no pattern knows, or that is about the talking itself, may make the yes a part of something else: "yes, hello?".
fn says_more_than_yes(rules: &Understanding, tokens: &[Token], chosen: &[Match]) -> bool {
    let is_about_talking = |found: &&Match| {
        matches!(
            found.intent,
            Intent::Greeting
                | Intent::Help
                | Intent::AreYouThere
                | Intent::RightPartyConfirm
                | Intent::SpeakLouder
                | Intent::SpeakFaster
                | Intent::SlowDown
                | Intent::HoldOn
        )
    };
    let known = |found: &Match| usize::from(found.start)..usize::from(found.end);
    let is_known =
        |at: usize| chosen.iter().filter(|found| !is_about_talking(found)).any(|found| known(found).contains(&at));
    let is_plain = |token: &Token| rules.beside_yes.binary_search(&token.id).is_ok();
    tokens.iter().enumerate().any(|(at, token)| !is_plain(token) && !is_known(at))
}

const fn is_yes(intent: Intent) -> bool {
    matches!(intent, Intent::Affirm | Intent::ConfirmOrder)
}

fn settle_contradiction(acts: &mut Vec<Act>) {
    let has = |acts: &[Act], intent| acts.iter().any(|act| act.intent == intent);
    if has(acts, Intent::Correction) {
        acts.retain(|act| act.intent != Intent::Deny);
        acts.iter_mut().filter(|act| act.intent == Intent::Affirm).for_each(|act| act.is_weak = true);
    }
    if has(acts, Intent::Affirm) && has(acts, Intent::Deny) {
        acts.retain(|act| act.intent != Intent::Deny && act.intent != Intent::Unsure);
        for act in acts.iter_mut().filter(|act| act.intent == Intent::Affirm) {
            (act.intent, act.is_weak) = (Intent::Unsure, true);
        }
    }
    if has(acts, Intent::Unsure) {
        acts.iter_mut().for_each(|act| act.is_weak = true);
    }
}

/// "Yes, but", "yes if", "I think so", "yes?", "yes, I moved": a yes that may not settle anything by itself.
fn weaken_conditional(rules: &Understanding, tokens: &[Token], acts: &mut [Act]) {
    let asks_for_more = acts.iter().any(|act| {
        let is_part_of_yes = matches!(act.intent, Intent::Affirm | Intent::ConfirmOrder | Intent::CancelOrder);
        !is_part_of_yes && !act.intent.is_harmless() && WISH_PRECEDENCE <= act.intent.precedence()
    });
    let is_conditional = tokens.iter().any(|token| rules.conditions.binary_search(&token.id).is_ok());
    for act in acts.iter_mut().filter(|act| is_yes(act.intent)) {
        let said = |token: &&Token| act.span.start <= token.word && token.word < act.span.end;
        let is_question = tokens.iter().filter(said).any(|token| token.is_question);
        act.is_weak |= is_question || is_conditional || asks_for_more;
    }
}
