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

/// A call that was played to its end.
#[derive(Clone, Debug, Default)]
pub struct Rehearsed {
    pub disposition: String,
    pub secondary: Vec<String>,
    pub contact: String,
    pub connection: String,
    pub level: String,
    pub records: Vec<String>,
    pub opted_out: bool,
    pub lines: Vec<SpokenLine>,
    pub turns: usize,
    /// Sentences of a language model that were not said.
    pub blocked: u32,
    pub call_ms: u64,
    pub agent_speech_ms: u64,
    /// Caller's last word to first agent audio, by the virtual clock. Shape: milliseconds.
    pub latency_p50_ms: Option<u64>,
    /// Why the call is not what the file expects; none if it is.
    pub misses: Vec<String>,
}

impl Rehearsed {
    pub fn is_right(&self) -> bool {
        self.misses.is_empty()
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
    }

    /// Notes every way in which the call is not what was expected.
    pub(super) fn judge(&mut self, expect: &Expect) {
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
        let mut said = self.lines.iter().map(|line| line.who.as_str());
        let unsaid = expect.said.iter().find(|template| !said.any(|who| who == **template));
        misses.extend(unsaid.map(|template| format!("{template} was not said, or out of order")));
        let forbidden = self.lines.iter().find(|line| expect.never_said.contains(&line.who));
        misses.extend(forbidden.map(|line| format!("{} was said", line.who)));
        if let Some(most) = expect.turns_max.filter(|most| *most < self.turns) {
            misses.push(format!("{} turns, more than {most}", self.turns));
        }
        if let Some(wanted) = expect.blocked.filter(|wanted| *wanted != self.blocked) {
            misses.push(format!("{} sentences were blocked, not {wanted}", self.blocked));
        }
        self.misses = misses;
    }
}
