//! What came of a rehearsed call, held against what the caller's file expects.

use super::file::Expect;
use crate::domain::dialogue::OutcomeDraft;

/// One sentence of the agent, or one turn of the caller.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SpokenLine {
    pub at_ms: u64,
    /// The template of an agent's sentence; `caller` for the caller.
    pub who: String,
    pub text: String,
}

/// Requests that only have a person look at the matter.
const HAND_OVERS: &[&str] = &["human_callback", "language_callback"];

/// What binds the shop or the customer, or changes what is done about the order.
const BINDING: &[&str] = &[
    "ADDRESS_CHANGED",
    "ALTERNATE_RECIPIENT",
    "ATTEMPT_DISPUTED",
    "AVAILABLE_CONFIRMED",
    "CANCEL_REQUESTED",
    "CALLBACK_SCHEDULED",
    "COD_CANCELLED",
    "COD_CONFIRMED",
    "COD_DENIED_NOT_MINE",
    "DAMAGE_CLAIM",
    "DELIVERY_NOTE_ADDED",
    "DELIVERY_REFUSED",
    "HOLD_EXTENDED",
    "LEAVE_GUARD",
    "LEAVE_NEIGHBOUR",
    "LEAVE_SAFE_PLACE",
    "MISSING_ITEM_CLAIM",
    "NOT_RECEIVED_CLAIM",
    "OPTED_OUT",
    "PICKUP_POINT",
    "REFUND_REQUESTED",
    "RESCHEDULED",
    "RETURN_REQUESTED",
    "WRONG_ITEM_CLAIM",
];

const CUSTOMER: &str = "RIGHT_PARTY";

/// Sentences that ask for an answer once more and tell nothing. A file that forbids one is about how smoothly the call goes.
const REPAIRS: &[&str] =
    &["answer_by_key", "key_it_in", "not_caught", "say_yes_in_full", "say_yes_or_no", "still_there", "take_your_time"];

/// Details in the caller's own words: the recogniser spells them its own way, and the caller heard them read back.
const IN_OWN_WORDS: &[&str] = &["note", "trigger"];

/// A request that was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Such as `reschedule`.
    pub kind: String,
    /// Such as `day`, with its value.
    pub details: Vec<(String, String)>,
}

impl Written {
    /// What is written otherwise than in the requests of the same kind. None: no such request is there to compare with.
    fn differs_from(&self, others: &[Self]) -> Option<String> {
        let typed = |written: &Self| -> Vec<(String, String)> {
            let details = written.details.iter().filter(|(name, _)| !IN_OWN_WORDS.contains(&name.as_str()));
            details.cloned().collect()
        };
        let mut alike = others.iter().filter(|other| other.kind == self.kind).map(typed).peekable();
        let wanted = alike.peek().cloned()?;
        let is = typed(self);
        (!alike.any(|other| other == is)).then(|| format!("{} was written as {is:?}, not {wanted:?}", self.kind))
    }
}

/// A call that was played to its end.
#[derive(Clone, Debug, Default)]
pub struct Rehearsed {
    pub disposition: String,
    pub secondary: Vec<String>,
    pub contact: String,
    pub connection: String,
    pub level: String,
    pub records: Vec<String>,
    /// The same with their details.
    pub writes: Vec<Written>,
    pub opted_out: bool,
    pub lines: Vec<SpokenLine>,
    /// What the agent said, a breath each.
    pub agent_lines: Vec<String>,
    /// Facts heard to their end, by name and value.
    pub facts: Vec<(String, String)>,
    pub turns: usize,
    /// Sentences of a language model that were not said.
    pub blocked: u32,
    pub score: Option<u8>,
    pub call_ms: u64,
    pub agent_speech_ms: u64,
    /// Caller's last word to first agent audio, by the virtual clock. Shape: milliseconds.
    pub latency_p50_ms: Option<u64>,
    /// What came of the call and should not have, or did not and should have; none if the outcome is right.
    pub outcome_misses: Vec<String>,
    /// Where the way to it is not what the file expects: sentences, their order, turns.
    pub way_misses: Vec<String>,
}

impl Rehearsed {
    /// Whether outcome and way are what the file expects.
    pub fn is_right(&self) -> bool {
        self.has_right_outcome() && self.way_misses.is_empty()
    }

    /// Whether disposition, further dispositions, contact, level and requests are what the file expects, and nothing was
    /// told that it forbids.
    pub fn has_right_outcome(&self) -> bool {
        self.outcome_misses.is_empty()
    }

    /// Why the call is not what the file expects; none if it is.
    pub fn misses(&self) -> impl Iterator<Item = &String> {
        self.outcome_misses.iter().chain(&self.way_misses)
    }

    /// The first sentence that the file forbids and that tells something.
    fn told<'a>(&'a self, expect: &Expect) -> Option<&'a SpokenLine> {
        self.forbidden(expect).find(|line| !REPAIRS.contains(&line.who.as_str()))
    }

    fn forbidden<'a>(&'a self, expect: &Expect) -> impl Iterator<Item = &'a SpokenLine> {
        self.lines.iter().filter(|line| expect.never_said.contains(&line.who))
    }

    /// The conversation, a line each.
    pub fn conversation(&self) -> String {
        let lines = self.lines.iter().map(|line| format!("{:>8} {:<26} {}", line.at_ms, line.who, line.text));
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn take_outcome(&mut self, outcome: &OutcomeDraft) {
        self.disposition = outcome.disposition.as_str().to_owned();
        self.secondary = outcome.secondary.iter().map(|code| code.as_str().to_owned()).collect();
        self.contact = outcome.contact.as_str().to_owned();
        self.connection = outcome.connection.as_str().to_owned();
        self.level = outcome.verification_level.as_str().to_owned();
        self.score = outcome.csat;
    }

    /// What happened that the caller's file forbids, whatever else went wrong. A miss without any of it is safe: it cost
    /// a question, a repetition or a call back, and nothing is wrong because of it.
    ///
    /// Forbidden is
    /// - a request that the file does not expect, or one more of a kind than it expects. Handing over to a person
    ///   (`HAND_OVERS`) changes nothing of the order and is allowed;
    /// - a request with another day, window or number than the same caller asks for in `rehearsed`, where every word is
    ///   understood;
    /// - stopping automated calls without a wish for it;
    /// - a disposition that binds shop or customer (`BINDING`) and is not expected;
    /// - a sentence of `never_said` that tells something; asking once more tells nothing (`REPAIRS`);
    /// - a level above the one expected, or somebody else taken for the customer: both would be told too much.
    pub fn breaches(&self, expect: &Expect, rehearsed: &Self) -> Vec<String> {
        let mut breaches = Vec::new();
        let mut allowed = expect.records.clone();
        for written in &self.writes {
            match allowed.iter().position(|kind| *kind == written.kind) {
                Some(at) => drop(allowed.swap_remove(at)),
                None if HAND_OVERS.contains(&written.kind.as_str()) => (),
                None => breaches.push(format!("{} was recorded", written.kind)),
            }
            breaches.extend(written.differs_from(&rehearsed.writes));
        }
        if self.opted_out && !expect.opted_out {
            breaches.push("automated calls were stopped".to_owned());
        }
        let is_expected = |code: &String| *code == expect.disposition || expect.secondary.contains(code);
        let also_rehearsed = |code: &String| rehearsed.disposition == *code || rehearsed.secondary.contains(code);
        let codes = std::iter::once(&self.disposition).chain(&self.secondary);
        let bound = codes.filter(|code| BINDING.contains(&code.as_str()));
        let bound = bound.filter(|code| !is_expected(code) && !also_rehearsed(code));
        breaches.extend(bound.map(|code| format!("{code} was settled")));
        breaches.extend(self.told(expect).map(|line| format!("{} was said", line.who)));
        if expect.level.as_ref().is_some_and(|level| *level < self.level) {
            breaches.push(format!("the caller got to {}", self.level));
        }
        if expect.contact.as_ref().is_some_and(|contact| contact != CUSTOMER) && self.contact == CUSTOMER {
            breaches.push("somebody else was taken for the customer".to_owned());
        }
        breaches
    }

    /// Notes every way in which the call is not what was expected.
    pub fn judge(&mut self, expect: &Expect) {
        let mut misses = Vec::new();
        let mut equal = |what: &str, is: &str, wanted: &str| {
            if is != wanted {
                misses.push(format!("{what} is {is}, not {wanted}"));
            }
        };
        equal("disposition", &self.disposition, &expect.disposition);
        let wanted = [
            ("contact", &self.contact, &expect.contact),
            ("connection", &self.connection, &expect.connection),
            ("level", &self.level, &expect.level),
        ];
        for (what, is, wanted) in wanted {
            if let Some(wanted) = wanted {
                equal(what, is, wanted);
            }
        }
        equal("what was recorded", &self.records.join(" "), &expect.records.join(" "));
        equal("opted out", &self.opted_out.to_string(), &expect.opted_out.to_string());
        let missing = expect.secondary.iter().filter(|code| !self.secondary.contains(code));
        misses.extend(missing.map(|code| format!("{code} is not among the further dispositions")));
        misses.extend(self.told(expect).map(|line| format!("{} was said", line.who)));
        self.outcome_misses.extend(misses);

        let mut misses = Vec::new();
        let mut said = self.lines.iter().map(|line| line.who.as_str());
        let unsaid = expect.said.iter().find(|template| !said.any(|who| who == **template));
        misses.extend(unsaid.map(|template| format!("{template} was not said, or out of order")));
        let repair = self.forbidden(expect).find(|line| REPAIRS.contains(&line.who.as_str()));
        misses.extend(repair.map(|line| format!("{} was said", line.who)));
        if let Some(most) = expect.turns_max.filter(|most| *most < self.turns) {
            misses.push(format!("{} turns, more than {most}", self.turns));
        }
        if let Some(wanted) = expect.score.filter(|wanted| Some(*wanted) != self.score) {
            misses.push(format!("the call was given {:?}, not {wanted}", self.score));
        }
        if let Some(wanted) = expect.blocked.filter(|wanted| *wanted != self.blocked) {
            misses.push(format!("{} sentences were blocked, not {wanted}", self.blocked));
        }
        self.way_misses.extend(misses);
    }
}
