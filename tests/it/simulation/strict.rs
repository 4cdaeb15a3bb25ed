//! Checks every rule after every step of a simulated call.

use doorstep::domain::call::{Call, CallCommand, CallEvent, Checker, Conversation};
use doorstep::domain::dialogue::RecordAck;
use doorstep::domain::values::{CallTime, RequestId};

use super::coverage::{Before, Coverage};
use super::world::Watch;

/// Checks every rule after every step, and counts what was reached.
#[derive(Default)]
pub struct Strict {
    checker: Checker,
    before: Option<Before>,
    pub coverage: Coverage,
    /// Written only when a failure is played again.
    pub timeline: Option<String>,
    pub breach: Option<String>,
    answered: Vec<RequestId>,
}

impl<C: Conversation> Watch<C> for Strict {
    fn before(&mut self, call: &Call<C>) {
        self.before = Some(Before::of(call));
    }

    fn after(&mut self, now: CallTime, event: &CallEvent, commands: &[CallCommand], call: &Call<C>) {
        if let Some(timeline) = &mut self.timeline {
            timeline.push_str(&format!("{now:?} {event:?}\n"));
            for command in commands {
                timeline.push_str(&format!("        {command:?}\n"));
            }
        }
        if let Some(breach) = self.checker.check(now, event, commands, call).first()
            && self.breach.is_none()
        {
            self.breach = Some(format!("at {now:?}: CALL-{} {}", breach.number, breach.rule));
        }
        if let Some(before) = self.before.take() {
            self.coverage.observe(&before, event, commands, call);
        }
        self.note_duplicate(event, commands);
    }
}

impl Strict {
    pub fn writing_down() -> Self {
        Self { timeline: Some(String::new()), ..Self::default() }
    }

    fn note_duplicate(&mut self, event: &CallEvent, commands: &[CallCommand]) {
        let (CallEvent::OrdersFound { request, .. }
        | CallEvent::LookupFailed { request }
        | CallEvent::RequestRecorded { request, .. }
        | CallEvent::RecordFailed { request }) = event
        else {
            return;
        };
        // Kept, and not yet answered: the answer comes after it.
        let is_asked = matches!(event, CallEvent::RequestRecorded { ack: RecordAck::Asked, .. });
        if !self.answered.contains(request) {
            if !is_asked {
                self.answered.push(*request);
            }
        } else {
            self.coverage.meet("duplicate ignored");
            let speaks = commands.iter().any(|command| matches!(command, CallCommand::Speak { .. }));
            assert!(!speaks, "a second answer is not spoken");
        }
    }
}
