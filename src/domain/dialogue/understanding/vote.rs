//! How rules and trained weights agree on what was said.
//!
//! The rules' acts are votes that raise their intents among the weights' likelihoods. The likeliest intent leads if it
//! is likely enough for what a mistake would cost; a rule that the weights find very unlikely loses its act. Where
//! exactness matters, or one sure rule is all that was said, the rules alone decide, and nothing here ever makes an act
//! firm.

use super::{
    Act, Intent, Span, Understood,
    head::{Head, Likelihoods},
};
use crate::domain::hearing::{Awaited, Transcript, clauses};

/// How much a rule that is wholly sure multiplies the odds of its intent: e to the power of this.
const RULE_VOTE: f32 = 3.0;
/// A rule's act whose intent stays below this after the vote is dropped.
const RULE_KEPT_MIN: f32 = 0.02;
/// A rule as sure as this keeps its act all the same where nothing likely enough stands against it.
const SURE_MIN: f32 = 0.9;
/// What a clause must reach to count beside what the whole says.
const CLAUSE_MIN: f32 = 0.8;
/// What an intent must reach without a rule where a name, a number or an address was asked for: most words are the value.
const BESIDE_VALUE_MIN: f32 = 0.85;
/// An act of the weights alone below this is asked back where the dialogue can.
const FIRM_MIN: f32 = 0.9;
/// The weights must find a settling act of the rules this likely by themselves, or it is too doubtful to settle anything.
const AGREEMENT_MIN: f32 = 0.8;
/// The same where they have the words alone to go by.
const AGREEMENT_BY_WORDS_MIN: f32 = 0.9;

/// What an intent must reach to count without a rule, by what a mistake costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stake {
    /// A sentence too many.
    Word,
    /// A question answered for the caller, or a request opened that is read back first.
    Deed,
    /// The end of a call, of calling, or of a right.
    Ending,
}

impl Stake {
    const fn of(intent: Intent) -> Self {
        use Intent as I;
        match intent {
            I::OptOut
            | I::Abusive
            | I::Emergency
            | I::WrongNumber
            | I::DeceasedOrMoved
            | I::ChildOnLine
            | I::RecordingObjection
            | I::OffersCardDetails
            | I::OptInChannel
            | I::ConfirmOrder
            | I::EndCall
            | I::LanguageSwitch => Self::Ending,
            intent if intent.is_harmless() => Self::Word,
            _ => Self::Deed,
        }
    }

    const fn likelihood_min(self) -> f32 {
        match self {
            Self::Word => 0.35,
            Self::Deed => 0.45,
            Self::Ending => 0.7,
        }
    }
}

/// Lets the weights vote on the acts the rules have found.
pub(super) fn vote(head: &Head, transcript: &Transcript, awaited: Awaited, understood: &mut Understood) {
    let Some(best) = transcript.best() else { return };
    if best.text.trim().is_empty() || understood.is_strange || understood.acts.iter().any(|act| is_exact(act.intent)) {
        return;
    }
    let vectors = transcript.vectors.as_ref();
    let whole = head.likelihoods(&best.text, awaited, vectors.map(|vectors| &vectors.whole));
    let parts: Vec<Part> = clauses(&best.text)
        .into_iter()
        .enumerate()
        .map(|(index, clause)| Part {
            span: Span::new(clause.start, clause.end),
            likelihoods: head.likelihoods(
                &clause.text,
                awaited,
                vectors.and_then(|vectors| vectors.clauses.get(index)),
            ),
        })
        .collect();
    let parts = if parts.len() < 2 { &[] } else { parts.as_slice() };
    let agreement_min = if vectors.is_some() { AGREEMENT_MIN } else { AGREEMENT_BY_WORDS_MIN };
    understood.acts.iter_mut().for_each(|act| act.is_weak |= !agrees(act, &whole, parts, agreement_min));
    let is_settled_by_rules = understood.is_lone_answer || understood.is_exact;
    if is_settled_by_rules && !understood.is_unclear() {
        return;
    }

    let voted = whole.with_votes(&votes(&understood.acts));
    for part in parts.iter().filter(|_| !awaits_value(awaited)) {
        part.add_its_own(&voted, understood);
    }
    let wanted = if awaits_value(awaited) { BESIDE_VALUE_MIN } else { 0.0 };
    let leading = voted.likeliest().filter(|(intent, likelihood)| {
        wanted <= *likelihood && Stake::of(*intent).likelihood_min() <= likelihood * worth(best.confidence)
    });
    let is_likely = |act: &Act| RULE_KEPT_MIN <= voted.of_intent(act.intent);
    let is_in_clause = |act: &Act| parts.iter().any(|part| part.speaks_for(act));
    let is_unopposed = |act: &Act| leading.is_none() && SURE_MIN <= act.strength;
    understood.acts.retain(|act| is_likely(act) || is_in_clause(act) || is_unopposed(act));
    understood.acts.sort_by_key(|act| act.span.start);
    // What the whole is after comes last: an answer that the rules have found answers the question first.
    if let Some((intent, likelihood)) = leading {
        let span = Span::new(0, best.text.split_whitespace().count());
        add(understood, intent, (likelihood, best.confidence), span);
        understood.leading = understood.has(intent).then_some(intent);
    }
}

/// What a likelihood is worth when the words were heard with this confidence: a wish outlives many a misheard word.
fn worth(confidence: f32) -> f32 {
    confidence.sqrt()
}

const fn awaits_value(awaited: Awaited) -> bool {
    match awaited {
        Awaited::Open | Awaited::YesNo | Awaited::Choice => false,
        Awaited::Digits(_)
        | Awaited::OrderReference
        | Awaited::Postcode
        | Awaited::Name
        | Awaited::Date
        | Awaited::Address => true,
    }
}

/// One of several clauses of an utterance.
struct Part {
    span: Span,
    likelihoods: Likelihoods,
}

impl Part {
    fn holds(&self, act: &Act) -> bool {
        self.span.start <= act.span.start && act.span.start < self.span.end
    }

    fn speaks_for(&self, act: &Act) -> bool {
        self.holds(act) && RULE_KEPT_MIN <= self.likelihoods.with_votes(&votes(&[*act])).of_intent(act.intent)
    }

    /// A clause speaks for itself only when it is surer than the whole would have to be.
    fn add_its_own(&self, whole: &Likelihoods, understood: &mut Understood) {
        let inside: Vec<Act> = understood.acts.iter().filter(|act| self.holds(act)).copied().collect();
        let Some((intent, likelihood)) = self.likelihoods.with_votes(&votes(&inside)).likeliest() else { return };
        let is_second_answer = is_answer(intent) && understood.acts.iter().any(|act| is_answer(act.intent));
        let is_borne_out =
            !is_second_answer && (Stake::of(intent) == Stake::Word || RULE_KEPT_MIN <= whole.of_intent(intent));
        if CLAUSE_MIN <= likelihood && Stake::of(intent) != Stake::Ending && is_borne_out {
            add(understood, intent, (likelihood, 1.0), self.span);
        }
    }
}

fn votes(acts: &[Act]) -> Vec<(Intent, f32)> {
    acts.iter().map(|act| (act.intent, RULE_VOTE * act.strength)).collect()
}

/// Whether the weights by themselves bear out an act that would settle something.
///
/// A yes may stand in a clause of its own; an order confirmed or cancelled must be what the whole is about.
fn agrees(act: &Act, whole: &Likelihoods, parts: &[Part], agreement_min: f32) -> bool {
    let bears_out = |likelihoods: &Likelihoods| {
        let alike: &[Intent] = match act.intent {
            Intent::Affirm | Intent::ConfirmOrder => &[Intent::Affirm, Intent::ConfirmOrder],
            _ => &[act.intent],
        };
        agreement_min <= alike.iter().map(|intent| likelihoods.of_intent(*intent)).sum::<f32>()
    };
    !settles(act.intent)
        || bears_out(whole)
        || (act.intent == Intent::Affirm && parts.iter().any(|part| part.holds(act) && bears_out(&part.likelihoods)))
}

/// Adds an act the rules have not found: never firm where something would be settled by it.
fn add(understood: &mut Understood, intent: Intent, (strength, heard): (f32, f32), span: Span) {
    let confidence = strength * heard;
    let is_denied = settles(intent) && understood.denied.contains(&intent);
    if !understood.has(intent) && !is_denied {
        let is_weak = settles(intent) || confidence < FIRM_MIN;
        understood.acts.push(Act { intent, strength, confidence, span, is_weak });
    }
}

/// Whether the intent answers an open question; one answer a turn is enough.
const fn is_answer(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::Affirm
            | Intent::ConfirmOrder
            | Intent::Deny
            | Intent::Unsure
            | Intent::Acknowledge
            | Intent::NoPreference
            | Intent::Correction
            | Intent::NothingElse
            | Intent::RefuseVerification
            | Intent::DontKnowOrderNumber
    )
}

/// Whether the intent can settle money, a cancellation or a consent.
const fn settles(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::Affirm | Intent::ConfirmOrder | Intent::CancelOrder | Intent::OptInChannel | Intent::RefuseDelivery
    )
}

/// Signals and duties that the rules recognise word for word: no vote weakens them.
const fn is_exact(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::OptOut
            | Intent::Emergency
            | Intent::OffersCardDetails
            | Intent::RecordingObjection
            | Intent::Voicemail
            | Intent::MailboxFull
            | Intent::NetworkAnnouncement
            | Intent::IvrOrHoldMusic
    )
}
