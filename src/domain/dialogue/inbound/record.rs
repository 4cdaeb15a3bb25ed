//! Requests: recorded, and only when they are kept called passed on.

use std::sync::Arc;

use jiff::{SignedDuration, ToSpan};

use crate::domain::call::{CallDirection, EscalationWay};
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::phrasebook::{Day, Hours, Line, Phone, Window};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::{Draft, Fate, Kept, Topic};
use crate::domain::dialogue::step::{Step, Then};
use crate::domain::dialogue::turn::Turn;
use crate::domain::dialogue::{DialogueCommand, RecordAck, RequestKind};
use crate::domain::values::{Personal, RequestId};

/// A call back at a named minute is kept up to this much later.
const CALLBACK_LATE_MAX: SignedDuration = SignedDuration::from_mins(15);

impl Dialogue {
    /// Has a person ring back: the caller wishes it, or the agent cannot go on alone.
    pub(in crate::domain::dialogue) fn call_person(
        &mut self,
        topic: Topic,
        trigger: &'static str,
        then: Then,
        reply: &mut Reply,
    ) {
        let order_ref = self.orders.chosen().map(|order| order.order_ref.clone());
        self.hand_to_person(Draft { trigger, ..Draft::new(topic, order_ref) }, then, reply);
    }

    /// The same with what is known of the wish.
    pub(super) fn hand_to_person(&mut self, draft: Draft, then: Then, reply: &mut Reply) {
        self.wish = None;
        self.forget_errands();
        let topic = draft.topic;
        let has_number = self.setting.brief.caller.is_some() || self.orders.chosen().is_some();
        if self.has_kept(topic) {
            reply.say(Line::AlreadyPassedOn);
            self.finish_then(topic, then, reply);
        } else if topic.spec().escalation == Some(EscalationWay::Callback) && !has_number {
            self.step = Step::Phone(Box::new(draft));
            self.ask_again(reply);
        } else {
            self.save(draft, then, reply);
        }
    }

    pub(super) fn take_phone(&mut self, mut draft: Draft, turn: &Turn, reply: &mut Reply) -> bool {
        if self.is_withdrawn(turn) || turn.has_answer(Answer::Refuse) {
            self.drop_draft(reply);
            return true;
        }
        let callback_number = &self.setting.brief.shop.callback_number;
        let Some(phone) = turn.digits.iter().find_map(|digits| super::keypad::dialable(digits, callback_number)) else {
            return false;
        };
        draft.phone = Some(phone);
        self.step = Step::Confirm(Box::new(draft));
        self.ask_again(reply);
        true
    }

    pub(in crate::domain::dialogue) fn save(&mut self, draft: Draft, then: Then, reply: &mut Reply) {
        let request = self.next_request();
        let what = self.request_kind(&draft);
        self.requests.retain(|kept| kept.draft != draft || kept.fate != Fate::Failed);
        let due_at = self.due_at(&draft);
        self.requests.push(Kept { request, draft, fate: Fate::Saving, due_at });
        self.step = Step::Saving { request, then };
        reply.order(DialogueCommand::Record { request, what });
        reply.is_awaiting_anew = true;
    }

    fn request_kind(&self, draft: &Draft) -> RequestKind {
        let spec = draft.topic.spec();
        let before =
            self.requests.iter().filter(|kept| kept.draft.topic == draft.topic && kept.draft != *draft).count();
        let mut details: Vec<(&'static str, Personal<String>)> = vec![("trigger", draft.trigger.to_owned().into())];
        let mut add = |name, value: Option<String>| details.extend(value.map(|value| (name, Personal::new(value))));
        add("day", draft.day.map(|day| day.to_string()));
        add("window_from", draft.window.map(|(from, _)| from.strftime("%H:%M").to_string()));
        add("window_to", draft.window.map(|(_, to)| to.strftime("%H:%M").to_string()));
        add("note", draft.note.as_deref().map(str::to_owned));
        add("phone", draft.phone.as_ref().map(|phone| phone.reveal().to_owned()));
        details.extend(draft.values.iter().cloned());
        let mut add = |name, value: Option<String>| details.extend(value.map(|value| (name, Personal::new(value))));
        add("has_checked_around", draft.has_checked_around.map(|has| has.to_string()));
        RequestKind {
            kind: spec.kind,
            order_ref: draft.order_ref.clone(),
            details,
            key: format!("{}-{}", spec.kind, before + 1),
            due_at: Some(self.due_at(draft)),
        }
    }

    /// When somebody has acted on a request made now, at the latest.
    fn due_at(&self, draft: &Draft) -> jiff::Timestamp {
        if let Some(minute) = self.named_minute(draft) {
            return minute.checked_add(CALLBACK_LATE_MAX).unwrap_or(jiff::Timestamp::MAX);
        }
        let hours = i64::from(self.setting.brief.shop.human_callback_within_hours);
        self.wall_clock().checked_add(hours.hours()).unwrap_or(jiff::Timestamp::MAX)
    }

    pub(in crate::domain::dialogue) fn take_recorded(
        &mut self,
        request: RequestId,
        (id, ack): (&str, RecordAck),
        reply: &mut Reply,
    ) {
        if self.take_opt_out_kept(request, reply) {
            return;
        }
        let Some(draft) = self.settle_kept(request, Some((id, ack))) else { return };
        if ack == RecordAck::Asked {
            self.settle_by_request(draft.topic);
            return;
        }
        let is_of_carrier = draft.topic.spec().escalation != Some(EscalationWay::Callback);
        if ack == RecordAck::Refused && is_of_carrier {
            self.meet_refusal(request, &draft, reply);
            return;
        }
        self.settle_by_request(draft.topic);
        let Step::Saving { request: awaited, then } = self.step else { return };
        if awaited == request {
            // The goodbye that follows says it, or it was said at once.
            let is_said =
                (self.closes_after(then) && !self.sends_link(draft.topic)) || draft.topic == Topic::WrongNumber;
            if ack == RecordAck::PassedOn && self.hand_over(id, &draft, then, reply) {
                return;
            }
            if ack == RecordAck::Accepted {
                reply.say(Self::accepted_line(&draft));
            } else if !is_said {
                reply.say(self.passed_on_line(&draft));
            }
            self.finish_then(draft.topic, then, reply);
        }
    }

    pub(in crate::domain::dialogue) fn take_record_failed(&mut self, request: RequestId, reply: &mut Reply) {
        if self.take_opt_out_failed(request, reply) {
            return;
        }
        if let Some(id) = self.asked(request) {
            return self.take_recorded(request, (&id, RecordAck::PassedOn), reply);
        }
        let Some(draft) = self.settle_kept(request, None) else { return };
        let Step::Saving { request: awaited, then } = self.step else { return };
        if awaited != request {
            return;
        }
        let is_said_already = matches!(draft.trigger, "record_failed" | "opt_out_failed");
        if !is_said_already {
            reply.say(Line::RecordFailed);
        }
        if draft.topic.spec().escalation == Some(EscalationWay::Callback) {
            reply.say(Line::CallbackFailed { callback_number: Phone(self.setting.brief.shop.callback_number.clone()) });
            self.finish_unsaved(then, reply);
        } else {
            self.call_person(Topic::Human, "record_failed", then, reply);
        }
    }

    /// Notes what became of a request; none when it is not one of ours.
    pub(in crate::domain::dialogue) fn settle_kept(
        &mut self,
        request: RequestId,
        kept_as: Option<(&str, RecordAck)>,
    ) -> Option<Draft> {
        let is_unsettled = |kept: &Kept| kept.fate == Fate::Saving || kept.ack() == Some(RecordAck::Asked);
        let kept = self.requests.iter_mut().find(|kept| kept.request == request && is_unsettled(kept))?;
        kept.fate = match (kept_as, &kept.fate) {
            (Some((id, ack)), _) => Fate::Kept { id: Arc::from(id), ack },
            (None, Fate::Kept { id, .. }) => Fate::Kept { id: Arc::clone(id), ack: RecordAck::PassedOn },
            (None, Fate::Saving | Fate::Failed) => Fate::Failed,
        };
        Some(kept.draft.clone())
    }

    /// The id of a request that is kept, and whose answer has not come.
    fn asked(&self, request: RequestId) -> Option<Arc<str>> {
        let kept = self.requests.iter().find(|kept| kept.request == request)?;
        match &kept.fate {
            Fate::Kept { id, ack: RecordAck::Asked } => Some(Arc::clone(id)),
            Fate::Kept { .. } | Fate::Saving | Fate::Failed => None,
        }
    }

    /// Nothing can be kept: what the shop called for cannot be settled any more, and the number to ring was said.
    fn finish_unsaved(&mut self, then: Then, reply: &mut Reply) {
        self.forget_errands();
        if self.outreach().is_some() && then == Then::AnythingElse {
            self.close(reply);
        } else {
            self.finish_then(Topic::Human, then, reply);
        }
    }

    pub(super) fn finish_then(&mut self, topic: Topic, then: Then, reply: &mut Reply) {
        match then {
            // Whoever is there is not to be asked for the customer once more.
            Then::AnythingElse if self.is_meeting() && topic.ends_meeting() => self.close(reply),
            Then::AnythingElse => self.go_on(reply),
            Then::End(reason) => {
                let shop = self.shop();
                reply.say(match self.setting.brief.direction {
                    CallDirection::Inbound => Line::ClosingThanks { shop },
                    CallDirection::Outbound => Line::ClosingOurCall { shop },
                });
                self.end(reason, reply);
            }
        }
    }

    /// Whoever is to carry it out will not: the customer hears so, and a person sees to it.
    fn meet_refusal(&mut self, request: RequestId, draft: &Draft, reply: &mut Reply) {
        let Step::Saving { request: awaited, then } = self.step else { return };
        if awaited == request {
            reply.say(match draft.topic {
                Topic::PrepaidLink => Line::LinkNotSent,
                topic => Line::CarrierRefuses { topic: topic.spec().phrase },
            });
            self.call_person(Topic::Human, "carrier_refused", then, reply);
        }
    }

    /// Whoever carries it out has taken it: it is changed.
    fn accepted_line(draft: &Draft) -> Line {
        match (draft.topic, draft.day, draft.window) {
            (Topic::Reschedule, Some(day), Some((from, to))) => {
                Line::ChangedDayWindow { day: Day(day), window: Window { from, to } }
            }
            (Topic::Reschedule, Some(day), None) => Line::ChangedDay { day: Day(day) },
            (Topic::PrepaidLink, _, _) => Line::LinkSent,
            (topic, _, _) => Line::CarrierAccepts { topic: topic.spec().phrase },
        }
    }

    /// Whether a link follows by itself, so that nobody has to answer.
    pub(super) fn sends_link(&self, topic: Topic) -> bool {
        topic == Topic::PrepaidLink && self.setting.brief.shop.sends_payment_links
    }

    pub(super) fn passed_on_line(&self, draft: &Draft) -> Line {
        let (shop, within) = (self.shop(), Hours(self.setting.brief.shop.human_callback_within_hours));
        if draft.topic == Topic::OptOutNumber {
            return Line::OptOutPassedOn { shop };
        }
        if draft.topic.spec().escalation == Some(EscalationWay::Callback) {
            return Line::CallbackRecorded { shop, within };
        }
        if self.sends_link(draft.topic) {
            return Line::LinkComing;
        }
        match (draft.topic, draft.day, draft.window) {
            (Topic::CallBackLater, Some(day), Some((from, to))) => {
                Line::CallNotedWindow { day: Day(day), window: Window { from, to } }
            }
            (Topic::CallBackLater, Some(day), None) => Line::CallNoted { day: Day(day) },
            (Topic::Reschedule, Some(day), Some((from, to))) => {
                Line::PassedOnDayWindow { day: Day(day), window: Window { from, to }, shop }
            }
            (Topic::Reschedule, Some(day), None) => Line::PassedOnDay { day: Day(day), shop },
            _ => Line::PassedOn { topic: draft.topic.spec().phrase, shop, within },
        }
    }

    pub(in crate::domain::dialogue) fn has_kept(&self, topic: Topic) -> bool {
        self.requests.iter().any(|kept| kept.draft.topic == topic && kept.is_open())
    }

    pub(super) fn has_kept_same(&self, draft: &Draft) -> bool {
        self.requests.iter().any(|kept| {
            let is_same = kept.draft.topic == draft.topic
                && kept.draft.order_ref == draft.order_ref
                && (kept.draft.day, kept.draft.window) == (draft.day, draft.window)
                && kept.draft.note == draft.note;
            is_same && kept.is_open()
        })
    }
}
