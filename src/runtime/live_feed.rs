//! Tells the watchers of a call what is new in it, after every event, and nothing twice.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::live_calls::{BegunSentence, LiveCall, LiveChange};
use crate::domain::call::{
    Call, Conversation, Fate, Floor, HeardShare, Paused, Speaker, TranscriptLine, TurnTiming, Utterance,
};
use crate::domain::hearing::Transcript;
use crate::domain::values::{CallTime, Personal};

/// How many of the agent's newest lines may still change: reports of what was heard come late, but not later.
const LINES_UNSETTLED_MAX: usize = 4;

/// The news of one call.
pub struct LiveFeed {
    live: Arc<LiveCall>,
    caller_lines: usize,
    agent_lines: Vec<AgentLine>,
    /// The utterance and the sentence in it that comes next.
    next_sentence: (usize, usize),
    facts: usize,
    turns: usize,
    is_last_turn_timed: bool,
    hearing: Option<Arc<Transcript>>,
    floor: &'static str,
}

/// What was told of one utterance.
#[derive(Clone, Copy, PartialEq)]
struct AgentLine {
    from: CallTime,
    /// When it ended and how much was heard, once that is settled.
    settled: Option<(CallTime, HeardShare)>,
}

impl LiveFeed {
    /// Tells how putting the call through goes on.
    pub fn tell_handover(&self, stage: &'static str, target: Option<String>) {
        self.live.publish(LiveChange::Handover { stage, target });
    }

    pub fn new(live: Arc<LiveCall>) -> Self {
        Self {
            live,
            caller_lines: 0,
            agent_lines: Vec::new(),
            next_sentence: (0, 0),
            facts: 0,
            turns: 0,
            is_last_turn_timed: false,
            hearing: None,
            floor: "open",
        }
    }

    /// Publishes what changed since it was last called. Returns a turn whose answer has just become audible.
    pub fn tell<C: Conversation>(&mut self, call: &Call<C>, now: CallTime) -> Option<TurnTiming> {
        self.tell_caller_lines(call);
        self.tell_agent_lines(call.playout().utterances(), now);
        self.tell_sentences(call.playout().utterances(), now);
        self.tell_facts(call);
        self.tell_hearing(call);
        self.tell_floor(call, now);
        self.tell_turns(call.turns())
    }

    fn tell_caller_lines<C: Conversation>(&mut self, call: &Call<C>) {
        for line in &call.caller_lines()[self.caller_lines.min(call.caller_lines().len())..] {
            self.put_line(TranscriptLine {
                role: Speaker::Caller,
                text: Personal::new(line.text.clone()),
                from_ms: line.from,
                to_ms: line.to,
                heard: HeardShare::Whole,
            });
            // The line takes the place of what was seen of it.
            self.hearing = None;
        }
        self.caller_lines = call.caller_lines().len();
    }

    fn tell_agent_lines(&mut self, utterances: &[Utterance], now: CallTime) {
        let from = self.agent_lines.len().saturating_sub(LINES_UNSETTLED_MAX);
        for (utterance, index) in utterances[from..self.agent_lines.len()].iter().zip(from..) {
            let told = AgentLine { settled: settlement(utterance), ..self.agent_lines[index] };
            if told != self.agent_lines[index] {
                self.agent_lines[index] = told;
                self.put_line(agent_line(utterance, told));
            }
        }
        while let Some(utterance) = utterances.get(self.agent_lines.len())
            && (utterance.started_at.is_some() || utterance.is_settled())
        {
            let told = AgentLine { from: utterance.started_at.unwrap_or(now), settled: settlement(utterance) };
            self.agent_lines.push(told);
            self.put_line(agent_line(utterance, told));
        }
    }

    fn tell_sentences(&mut self, utterances: &[Utterance], now: CallTime) {
        while let Some(utterance) = utterances.get(self.next_sentence.0) {
            let (index, sentence) = self.next_sentence;
            let (Some(fate), Some(said)) = (utterance.fates().get(sentence), utterance.saying.sentences.get(sentence))
            else {
                self.next_sentence = (index + 1, 0);
                continue;
            };
            match fate {
                Fate::Waiting => return,
                Fate::Playing { .. } | Fate::Heard | Fate::Passed | Fate::Cut { since: Some(_) } => {
                    let is_last = sentence + 1 == utterance.fates().len();
                    let text = Personal::new(said.text.clone());
                    let begun = BegunSentence { at_ms: now, template: said.template, text, is_last };
                    self.live.update(|snapshot| snapshot.sentences.push(begun));
                }
                Fate::Cut { since: None } | Fate::Failed => (),
            }
            self.next_sentence = (index, sentence + 1);
        }
    }

    /// A line of the same speaker that began at the same time is the same line, better known.
    fn put_line(&self, line: TranscriptLine) {
        self.live.update(|snapshot| {
            let known =
                snapshot.transcript.iter_mut().rfind(|known| (known.role, known.from_ms) == (line.role, line.from_ms));
            match known {
                Some(known) => *known = line.clone(),
                None => snapshot.transcript.push(line.clone()),
            }
        });
        self.live.publish(LiveChange::Line { line });
    }

    fn tell_facts<C: Conversation>(&mut self, call: &Call<C>) {
        for fact in &call.facts()[self.facts.min(call.facts().len())..] {
            self.live.update(|snapshot| snapshot.facts.push(fact.clone()));
            self.live.publish(LiveChange::Fact { fact: fact.clone() });
        }
        self.facts = call.facts().len();
    }

    /// What the caller seems to be saying; nothing when it turned out to be nothing.
    fn tell_hearing<C: Conversation>(&mut self, call: &Call<C>) {
        if !self.live.is_watched() {
            return;
        }
        let look = match call.floor() {
            Floor::Caller(turn) | Floor::Contested { turn, .. } => turn.latest.as_ref(),
            Floor::Open | Floor::Agent => None,
        };
        let is_told = match (look, &self.hearing) {
            (Some(look), Some(told)) => Arc::ptr_eq(&look.transcript, told),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_told {
            // A card number must not be seen before it is masked.
            let text =
                look.map(|look| call.conversation().vocabulary().mask(look.transcript.text()).text).unwrap_or_default();
            self.hearing = look.map(|look| Arc::clone(&look.transcript));
            self.live.publish(LiveChange::Hearing { text: Personal::new(text) });
        }
    }

    fn tell_floor<C: Conversation>(&mut self, call: &Call<C>, now: CallTime) {
        let floor = floor_word(call);
        if floor != self.floor {
            self.floor = floor;
            self.live.publish(LiveChange::Floor { floor, at_ms: now });
        }
    }

    fn tell_turns(&mut self, turns: &[TurnTiming]) -> Option<TurnTiming> {
        let turn = *turns.last()?;
        let (told, is_timed) = ((self.turns, self.is_last_turn_timed), turn.first_audio_ms.is_some());
        if told == (turns.len(), is_timed) {
            return None;
        }
        (self.turns, self.is_last_turn_timed) = (turns.len(), is_timed);
        self.live.update(|snapshot| snapshot.turns = turns.to_vec());
        self.live.publish(LiveChange::Turn { index: turns.len() - 1, turn });
        is_timed.then_some(turn)
    }
}

/// Who has the floor, as a watcher sees it: while the answer is not audible yet, the agent is thinking.
fn floor_word<C: Conversation>(call: &Call<C>) -> &'static str {
    match call.floor() {
        Floor::Caller(_) | Floor::Contested { agent: Paused::Since(_), .. } => "caller",
        Floor::Contested { agent: Paused::No, .. } => "agent",
        Floor::Agent if call.playout().is_audible() => "agent",
        Floor::Agent => "thinking",
        Floor::Open if call.is_request_open() || call.is_model_awaited() => "thinking",
        Floor::Open => "open",
    }
}

fn settlement(utterance: &Utterance) -> Option<(CallTime, HeardShare)> {
    let ended_at = utterance.ended_at.or(utterance.started_at).unwrap_or_default();
    utterance.is_settled().then(|| (ended_at, utterance.heard()))
}

fn agent_line(utterance: &Utterance, told: AgentLine) -> TranscriptLine {
    let (to, heard) = told.settled.unwrap_or((told.from, HeardShare::Part));
    TranscriptLine {
        role: Speaker::Agent,
        text: Personal::new(utterance.text()),
        from_ms: told.from,
        to_ms: to.max(told.from),
        heard,
    }
}
