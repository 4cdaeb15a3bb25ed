//! What was said and how much of it was heard: only that counts as told.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Fact;
use super::phrasebook::Line;
use crate::domain::call::HeardFact;
use crate::domain::values::{CallTime, UtteranceId};

/// Sayings whose hearing is still open. The oldest is dropped as unheard: only a few can be on their way at once.
const OPEN_SAYINGS_MAX: usize = 16;
/// Facts kept of one call; more than any order has. Later ones are dropped.
const HEARD_FACTS_MAX: usize = 200;

/// What hearing a line to its end settles, beyond its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    /// Who speaks, that it is a machine, and whether it is recorded.
    Disclosure,
    Status,
    Reassurance,
    PassedOn,
    /// That a person can be had for the asking.
    PersonOffered,
    OptOut,
    /// The question whether the call may be recorded.
    MayRecord,
    Emergency,
}

#[derive(Clone, Debug)]
struct SaidSentence {
    facts: Vec<Fact>,
    told: Option<Told>,
}

#[derive(Clone, Debug)]
struct Said {
    utterance: UtteranceId,
    sentences: Arc<[SaidSentence]>,
    heard: usize,
}

/// The agent's side of the conversation.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    open: VecDeque<Said>,
    heard_facts: Arc<Vec<HeardFact>>,
    told: Vec<(Told, CallTime)>,
    last_lines: Option<Arc<[Line]>>,
}

impl Ledger {
    pub(super) fn say(&mut self, utterance: UtteranceId, lines: Vec<Line>, facts: Vec<Vec<Fact>>) {
        let said = |(line, facts): (&Line, Vec<Fact>)| SaidSentence { facts, told: told_by(line) };
        self.open(utterance, lines.iter().zip(facts).map(said).collect());
        self.last_lines = Some(lines.into());
    }

    /// The same for sentences that are no lines; what hearing the last of them settles is given.
    pub(super) fn say_freely(&mut self, utterance: UtteranceId, facts: Vec<Vec<Fact>>, told: Option<Told>) {
        let last = facts.len().saturating_sub(1);
        let said = |(at, facts)| SaidSentence { facts, told: told.filter(|_| at == last) };
        self.open(utterance, facts.into_iter().enumerate().map(said).collect());
    }

    fn open(&mut self, utterance: UtteranceId, sentences: Arc<[SaidSentence]>) {
        if self.open.len() == OPEN_SAYINGS_MAX {
            self.open.pop_front();
        }
        self.open.push_back(Said { utterance, sentences, heard: 0 });
    }

    /// Notes that `count` sentences of an utterance were heard to their end.
    pub(super) fn hear(&mut self, utterance: UtteranceId, count: usize, at: CallTime) {
        let Some(said) = self.open.iter_mut().find(|said| said.utterance == utterance) else { return };
        let newly = said.heard..count.min(said.sentences.len());
        said.heard = newly.end.max(newly.start);
        let sentences = Arc::clone(&said.sentences);
        for sentence in sentences.get(newly).unwrap_or_default() {
            self.keep(sentence, at);
        }
        self.open.retain(|said| said.heard < said.sentences.len());
    }

    fn keep(&mut self, sentence: &SaidSentence, at: CallTime) {
        if let Some(told) = sentence.told
            && !self.has_told(told)
        {
            self.told.push((told, at));
        }
        for fact in &sentence.facts {
            let is_known = self.heard_facts.iter().any(|heard| is_same(heard, fact));
            if !is_known && self.heard_facts.len() < HEARD_FACTS_MAX {
                Arc::make_mut(&mut self.heard_facts).push(HeardFact {
                    name: fact.name.to_owned(),
                    value: fact.value.clone(),
                    source: fact.source.clone(),
                    heard_at_ms: at,
                });
            }
        }
    }

    pub(super) fn has_told(&self, told: Told) -> bool {
        self.told_at(told).is_some()
    }

    /// When it was first heard to its end.
    pub(super) fn told_at(&self, told: Told) -> Option<CallTime> {
        self.told.iter().find(|(what, _)| *what == told).map(|(_, at)| *at)
    }

    pub(super) fn heard_facts(&self) -> &Arc<Vec<HeardFact>> {
        &self.heard_facts
    }

    pub(super) fn has_heard(&self, fact: &str) -> bool {
        self.heard_facts.iter().any(|heard| heard.name == fact)
    }

    /// Whether no sentence of an utterance has been heard to its end.
    pub(super) fn is_unheard(&self, utterance: UtteranceId) -> bool {
        self.open.iter().any(|said| said.utterance == utterance && said.heard == 0)
    }

    /// The last saying, for "sorry, what was that?".
    pub(super) fn last_lines(&self) -> Option<&Arc<[Line]>> {
        self.last_lines.as_ref()
    }
}

fn is_same(heard: &HeardFact, fact: &Fact) -> bool {
    heard.name == fact.name && heard.value == fact.value && heard.source == fact.source
}

fn told_by(line: &Line) -> Option<Told> {
    let is_status = matches!(line.template().split('_').next(), Some("status" | "parcel"));
    let told = match line {
        Line::Greeting { .. }
        | Line::GreetingRecorded { .. }
        | Line::Disclosure { .. }
        | Line::DisclosureRecorded { .. }
        | Line::Calling { .. }
        | Line::CallingRecorded { .. } => Told::Disclosure,
        Line::StaleUsual { .. } | Line::NothingNeeded => Told::Reassurance,
        Line::PassedOn { .. }
        | Line::PassedOnDay { .. }
        | Line::PassedOnDayWindow { .. }
        | Line::ClosingNoted { .. }
        | Line::ClosingPassedOn { .. }
        | Line::ClosingDay { .. }
        | Line::ClosingCallDay { .. }
        | Line::CallNoted { .. }
        | Line::ChangedDay { .. }
        | Line::ChangedDayWindow { .. }
        | Line::CarrierAccepts { .. }
        | Line::LinkSent
        | Line::LinkComing
        | Line::CallNotedWindow { .. }
        | Line::CallbackRecorded { .. } => Told::PassedOn,
        Line::AskMayRecord => Told::MayRecord,
        Line::PersonAtAnyTime | Line::OfferPerson => Told::PersonOffered,
        Line::OptOutDone { .. } => Told::OptOut,
        Line::Emergency { .. } => Told::Emergency,
        line if is_status || is_answer(line) => Told::Status,
        _ => return None,
    };
    Some(told)
}

/// A line that answers a question about the order by itself: the day alone, or that there is none.
fn is_answer(line: &Line) -> bool {
    matches!(
        line,
        Line::EtaDay { .. }
            | Line::EtaDayWindow { .. }
            | Line::EtaDays { .. }
            | Line::EtaPassed { .. }
            | Line::EtaUnknown
            | Line::NoActionNeeded
            | Line::PersonNeededAtDoor
            | Line::ReasonKnown { .. }
            | Line::ReasonUnknown
            | Line::DeliveredNote { .. }
            | Line::DeliveredNoNote
            | Line::Contents { .. }
            | Line::ContentsMore { .. }
            | Line::ContentsUnknown
            | Line::AmountDue { .. }
            | Line::AmountPaid { .. }
            | Line::NoPaymentDue
            | Line::PaymentMeansUnknown
    )
}
