//! The call summed up for a person, in the model's words where they are proven.

use serde_json::json;

use super::messages::{ModelQuestion, ModelTask};
use super::sentences::SentenceCutter;
use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::claims::{KnownFact, Meaning, Value};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::requests::Fate;
use crate::domain::values::Personal;

/// Sentences of a summary; more are not read.
const SENTENCES_MAX: usize = 3;

impl Dialogue {
    /// What a model is asked for once the call is over; none where nobody has to act on it, or no model is there.
    pub fn summary_question(&self) -> Option<ModelQuestion> {
        self.answering.checks.as_ref()?;
        let is_for_person = |fate: &Fate| matches!(fate, Fate::Kept { .. });
        self.requests.iter().find(|kept| kept.draft.topic.spec().escalation.is_some() && is_for_person(&kept.fate))?;
        let facts = self.facts_for_summary();
        Some(ModelQuestion {
            task: ModelTask::Summary,
            facts: Personal::new(
                json!({ "today": self.today_written(), "facts": self.facts_listed(&facts) }).to_string(),
            ),
            history: self.answering.log.lines(),
        })
    }

    /// The model's summary, if every sentence of it is proven; else the one by rule stands.
    pub fn checked_summary(&self, text: &str) -> Option<String> {
        let checks = self.answering.checks.as_ref()?;
        let grounds = checks.summary.grounds(self.facts_for_summary(), self.identity.level(), &self.home_voice());
        let mut cutter = SentenceCutter::default();
        let mut sentences = cutter.push(text);
        sentences.extend(cutter.finish());
        let is_short = !sentences.is_empty() && sentences.len() <= SENTENCES_MAX;
        let is_proven = |sentence: &String| !sentence.contains('?') && grounds.judge(sentence).is_grounded();
        (is_short && sentences.iter().all(is_proven)).then(|| sentences.join(" "))
    }

    /// A summary goes to other systems: no name, number, place or content is in it, whoever was on the line.
    fn facts_for_summary(&self) -> Vec<KnownFact> {
        let mut facts = self.facts_of_call();
        facts.retain(|fact| {
            let is_personal = matches!(
                fact.meaning,
                Some(
                    Meaning::Contents
                        | Meaning::MoreItems
                        | Meaning::Caller
                        | Meaning::Callee
                        | Meaning::LastScan
                        | Meaning::Pickup
                        | Meaning::Note
                        | Meaning::OrderNumber
                        | Meaning::TrackingNumber
                        | Meaning::Phone
                        | Meaning::Due
                        | Meaning::Paid
                )
            );
            let is_free = fact.meaning == Some(Meaning::Wish)
                && matches!(fact.value, Value::Words(_))
                && fact.level == VerificationLevel::V0;
            !is_personal && !is_free
        });
        facts
    }
}
