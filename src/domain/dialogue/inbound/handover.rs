//! Putting the caller through to a person, and what is said when nobody takes the call.

use std::sync::Arc;

use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::phrasebook::{ClockTime, Count, Day, Line};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Draft, Topic};
use crate::domain::dialogue::step::Then;
use crate::domain::dialogue::{CallEnding, EndedBy, HandoverOrder};
use crate::domain::transfer::Offer;

/// The one try of a call to put its caller through.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::domain::dialogue) struct Handover {
    pub(in crate::domain::dialogue) draft: Draft,
    then: Then,
    pub(in crate::domain::dialogue) state: HandoverState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::dialogue) enum HandoverState {
    UnderWay,
    WithPerson,
    Failed,
}

impl Dialogue {
    /// Puts the caller through, if the shop rings people for this reason and they are there now. What the caller needs
    /// is kept under `id` already, so that it stands whatever comes of this.
    pub(super) fn hand_over(&mut self, id: &str, draft: &Draft, then: Then, reply: &mut Reply) -> bool {
        let Some(rules) = self.setting.brief.handover.clone() else { return false };
        if draft.topic.spec().escalation.is_none() || self.habits.handover.is_some() {
            return false;
        }
        match rules.offer(draft.trigger, self.voice().locale.tag(), self.wall_clock()) {
            Offer::Later => false,
            Offer::Closed { opens_at } => {
                let opens_at = opens_at.map(|at| at.with_time_zone(self.local_now().zone));
                reply.say(match opens_at {
                    Some(at) => Line::TeamAwayUntil { day: Day(at.date()), time: ClockTime(at.time()) },
                    None => Line::TeamAway,
                });
                false
            }
            Offer::Live { targets, wait_max } => {
                let minutes = u32::try_from(wait_max.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
                reply.say(match minutes {
                    0 | 1 => Line::PuttingThroughSoon,
                    _ => Line::PuttingThrough { minutes: Count(minutes) },
                });
                reply.hand_over = Some(Arc::new(HandoverOrder {
                    request: id.to_owned(),
                    trigger: draft.trigger,
                    targets,
                    draft: self.conclude(&CallEnding { by: EndedBy::Agent, at: self.now }),
                }));
                self.habits.handover = Some(Handover { draft: draft.clone(), then, state: HandoverState::UnderWay });
                true
            }
        }
    }

    /// The caller is back, and hears that the wish stands.
    pub(in crate::domain::dialogue) fn take_handover_failed(&mut self, reply: &mut Reply) {
        let Some(handover) = &mut self.habits.handover else { return };
        handover.state = HandoverState::Failed;
        let Handover { draft, then, .. } = handover.clone();
        reply.say(Line::NobodyFree);
        reply.say(self.passed_on_line(&draft));
        self.finish_then(draft.topic, then, reply);
    }

    pub(in crate::domain::dialogue) fn note_handed_over(&mut self) {
        if let Some(handover) = &mut self.habits.handover {
            handover.state = HandoverState::WithPerson;
        }
    }

    /// How far the caller with this wish has come on the way to a person.
    pub(in crate::domain::dialogue) fn handover_state(&self, topic: Topic) -> Option<HandoverState> {
        self.habits.handover.as_ref().filter(|handover| handover.draft.topic == topic).map(|handover| handover.state)
    }
}
