//! Phrases under way: who waits for each, and which syntheses may still bring it.

use std::collections::BTreeMap;

use crate::domain::values::CallId;
use crate::ports::text_to_speech::{SpeechContextId, Urgency};

use super::{ClipSink, Phrase};

/// Different phrases under way. Beyond it a new one is refused.
const FLIGHTS_MAX: usize = 1_024;
/// Requests that may wait for one phrase. Beyond it a new one is refused.
const WAITING_MAX: usize = 1_024;

struct Flight {
    waiting: Vec<ClipSink>,
    urgency: Urgency,
    call: Option<CallId>,
    /// Syntheses begun and not ended: one for each urgency at most, none while the disk is asked.
    contexts: Vec<SpeechContextId>,
}

/// How a request was received.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Boarding {
    /// Nobody asked before: read or speak the phrase.
    First,
    /// It will come with what is under way.
    Joined,
    /// Under way, but not urgently enough: speak it again at the new urgency, and take whichever ends first.
    Hurried,
    /// Too much is under way.
    Refused,
}

/// A synthesis to begin.
pub(super) struct Start {
    pub(super) context: SpeechContextId,
    pub(super) urgency: Urgency,
    pub(super) call: Option<CallId>,
}

#[derive(Default)]
pub(super) struct Flights {
    under_way: BTreeMap<Phrase, Flight>,
    contexts_begun: u64,
}

impl Flights {
    pub(super) fn board(
        &mut self,
        phrase: &Phrase,
        urgency: Urgency,
        call: Option<CallId>,
        ready: &ClipSink,
    ) -> Boarding {
        let Some(flight) = self.under_way.get_mut(phrase) else {
            if FLIGHTS_MAX <= self.under_way.len() {
                return Boarding::Refused;
            }
            let flight = Flight { waiting: vec![ready.clone()], urgency, call, contexts: Vec::new() };
            self.under_way.insert(phrase.clone(), flight);
            return Boarding::First;
        };
        if WAITING_MAX <= flight.waiting.len() {
            return Boarding::Refused;
        }
        flight.waiting.push(ready.clone());
        if urgency <= flight.urgency {
            return Boarding::Joined;
        }
        (flight.urgency, flight.call) = (urgency, call);
        if flight.contexts.is_empty() { Boarding::Joined } else { Boarding::Hurried }
    }

    /// The synthesis to begin now; none if the phrase has come meanwhile.
    pub(super) fn start(&mut self, phrase: &Phrase) -> Option<Start> {
        let flight = self.under_way.get_mut(phrase)?;
        self.contexts_begun += 1;
        let context = SpeechContextId(self.contexts_begun);
        flight.contexts.push(context);
        Some(Start { context, urgency: flight.urgency, call: flight.call })
    }

    /// Everyone who waits for a phrase that has come.
    pub(super) fn land(&mut self, phrase: &Phrase) -> Vec<ClipSink> {
        self.under_way.remove(phrase).map(|flight| flight.waiting).unwrap_or_default()
    }

    /// Everyone to be told the end of this synthesis; none if it is late or others may still succeed.
    pub(super) fn land_synthesis(
        &mut self,
        phrase: &Phrase,
        context: SpeechContextId,
        is_success: bool,
    ) -> Option<Vec<ClipSink>> {
        let flight = self.under_way.get_mut(phrase)?;
        let place = flight.contexts.iter().position(|&begun| begun == context)?;
        flight.contexts.swap_remove(place);
        (is_success || flight.contexts.is_empty()).then(|| self.land(phrase))
    }
}
