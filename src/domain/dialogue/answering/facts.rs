//! What may be said in this call at this moment: the shop, the order, and what the call itself has brought about.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::domain::call::{EscalationWay, RecordingMode, VerificationLevel};
use crate::domain::dialogue::claims::{
    KnownFact, Meaning, Truth, Value, facts_of_order, facts_of_outreach, facts_of_shop,
};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::phrasebook::Rewording;
use crate::domain::dialogue::requests::{Draft, Fate};
use crate::domain::dialogue::step::Step;
use crate::domain::orders::Order;
use crate::domain::values::Personal;

/// Orders whose facts are laid out while none has been chosen.
const ORDERS_MAX: usize = 3;
/// Who asked for something may hear of it.
const OF_THE_CALL: VerificationLevel = VerificationLevel::V0;

impl Dialogue {
    /// Everything that is known now, each fact with the level it needs.
    pub(super) fn facts_of_call(&self) -> Vec<KnownFact> {
        let mut facts = facts_of_shop(&self.setting.brief.shop);
        if let Some(outreach) = self.outreach() {
            facts.extend(facts_of_outreach(outreach, &self.setting.book));
        }
        let now = self.local_now();
        for order in self.orders_spoken_of() {
            facts.extend(facts_of_order(&order, now.at, now.zone.clone(), &self.setting.book));
        }
        self.add_requests(&mut facts);
        self.add_state(&mut facts);
        facts.retain(|fact| self.may_be_known(fact));
        facts
    }

    fn orders_spoken_of(&self) -> Vec<Arc<Order>> {
        match self.orders.chosen() {
            Some(order) => vec![Arc::clone(order)],
            None => self.orders.found().iter().take(ORDERS_MAX).cloned().collect(),
        }
    }

    /// A number that is still to be asked as a proof is not given away.
    fn may_be_known(&self, fact: &KnownFact) -> bool {
        let is_proof = matches!(fact.meaning, Some(Meaning::OrderNumber | Meaning::TrackingNumber));
        !is_proof || VerificationLevel::V2 <= self.identity.level()
    }

    /// What was asked for: passed on once it is kept, and read back while a yes is awaited.
    fn add_requests(&self, facts: &mut Vec<KnownFact>) {
        for kept in &self.requests {
            match kept.fate {
                Fate::Kept { .. } => {
                    facts.push(truth(Truth::PassedOn));
                    if kept.draft.topic.spec().escalation == Some(EscalationWay::Callback) {
                        facts.push(truth(Truth::PersonWillAct));
                    }
                    let topic = self.setting.book.phrase(kept.draft.topic.spec().phrase);
                    facts.push(call_fact(Meaning::PassedOn, Value::Words(topic.into())));
                    add_wish(&kept.draft, topic, facts);
                }
                Fate::Failed => facts.push(truth(Truth::RecordFailed)),
                Fate::Saving => facts.push(truth(Truth::Saving)),
            }
        }
        if let Step::Confirm(draft) = &self.step {
            facts.push(truth(Truth::ReadBack));
            add_wish(draft, self.setting.book.phrase(draft.topic.spec().phrase), facts);
        }
    }

    fn add_state(&self, facts: &mut Vec<KnownFact>) {
        let habits = &self.habits;
        facts.push(truth(match self.recording_mode() {
            RecordingMode::StoppedOnObjection => Truth::RecordingStopped,
            RecordingMode::On => Truth::Recorded,
            RecordingMode::Off => Truth::NotRecorded,
        }));
        if habits.opt_out.as_ref().is_some_and(|opt_out| opt_out.is_kept) {
            facts.push(truth(Truth::OptedOut));
        }
        if habits.pace.is_some() {
            facts.push(truth(Truth::PaceChanged));
        }
        if self.setting.brief.caller.is_none() {
            facts.push(truth(Truth::NumberWithheld));
        }
        let found = self.orders.found().len();
        if 1 < found {
            let count = u32::try_from(found).unwrap_or(u32::MAX);
            facts.push(call_fact(Meaning::OrderCount, Value::Count(count, "order")));
        }
    }

    /// The facts as a model is shown them: those this caller may hear, and ready sentences to copy from.
    pub(super) fn facts_shown(&self, facts: &[KnownFact]) -> Personal<String> {
        let level = self.identity.level();
        let voice = self.voice();
        let order = self.orders.chosen().filter(|_| VerificationLevel::V1 <= level);
        let lines = order.map(|order| self.status_of(order, &self.local_now()).lines).unwrap_or_default();
        let book = &self.setting.book;
        let sentences: Vec<String> =
            lines.iter().map(|line| book.sentence(line, Rewording::First, &voice).text).collect();
        let facts = self.facts_listed(facts);
        Personal::new(json!({ "today": self.today_written(), "facts": facts, "sentences": sentences }).to_string())
    }

    /// The facts alone, as far as this caller may hear them.
    pub(super) fn facts_listed(&self, facts: &[KnownFact]) -> Vec<Json> {
        let level = self.identity.level();
        let mut orders: Vec<&str> = facts.iter().filter_map(|fact| fact.subject.order.as_deref()).collect();
        orders.dedup();
        facts.iter().filter(|fact| fact.level <= level).map(|fact| shown(fact, &orders)).collect()
    }

    pub(super) fn today_written(&self) -> String {
        self.local_now().today().strftime("%A %Y-%m-%d").to_string()
    }
}

/// Which order and parcel it is about is counted: an order's own number may be a proof that is still to be asked.
fn shown(fact: &KnownFact, orders: &[&str]) -> Json {
    let mut shown = match fact.value {
        Value::Truth(_) => json!({ "so": fact.fact.name }),
        _ => json!({ "fact": fact.fact.name, "value": fact.fact.value.reveal() }),
    };
    if 1 < orders.len()
        && let Some(order) = fact.subject.order.as_deref().and_then(|own| orders.iter().position(|order| *order == own))
    {
        shown["order"] = json!(order + 1);
    }
    if let Some(parcel) = fact.subject.parcel {
        shown["parcel"] = json!(parcel);
    }
    shown
}

fn truth(truth: Truth) -> KnownFact {
    KnownFact::truth(truth, OF_THE_CALL)
}

fn call_fact(meaning: Meaning, value: Value) -> KnownFact {
    KnownFact::value(meaning, value, OF_THE_CALL)
}

fn add_wish(draft: &Draft, topic: &str, facts: &mut Vec<KnownFact>) {
    let mut wish = |value| facts.push(call_fact(Meaning::Wish, value));
    wish(Value::Words(topic.into()));
    if let Some(day) = draft.day {
        wish(Value::Day(day));
    }
    if let Some((from, to)) = draft.window {
        wish(Value::Window(from, to));
    }
    if let Some(note) = &draft.note {
        wish(Value::Words(Arc::clone(note)));
    }
}
