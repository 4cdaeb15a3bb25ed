//! What came of the conversation: only what was heard and what was recorded counts.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::core::Dialogue;
use super::inbound::HandoverState;
use super::ledger::Told;
use super::outbound::Machine;
use super::parcel::Parcel;
use super::proof::Factor;
use super::requests::{Draft, Fate, Kept, Topic};
use super::scenarios::REASSURING_SCENARIO;
use super::step::Step;
use super::{CallEnding, EndReason, EndedBy, RecordAck};
use crate::domain::call::{
    CallDirection, CarrierAction, Connection, Contact, Disposition, Escalation, EscalationWay, HeardFact, OptOut,
    RecordingMode, VerificationLevel,
};
use crate::domain::orders::{DeliveryStatus, OrderRef};
use crate::domain::values::{CallTime, Money, Personal};

/// The part of the outcome record that the dialogue knows; see [`crate::domain::call::OutcomeRecord`].
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeDraft {
    pub scenario: &'static str,
    pub shop_id: String,
    pub order_ref: Option<OrderRef>,
    /// The tracking numbers of the order that was spoken about.
    pub shipment_refs: Vec<String>,
    /// IANA name.
    pub callee_timezone: Option<String>,
    /// BCP 47.
    pub language: String,
    pub connection: Connection,
    pub contact: Contact,
    pub verification_level: VerificationLevel,
    pub verification_failures: u32,
    pub disposition: Disposition,
    pub secondary: Vec<Disposition>,
    /// The day the caller asked for, once it was recorded.
    /// The carrier's reason for a failed try, of the closed list.
    pub reason_code: Option<String>,
    pub carrier_reason_agreed: Option<bool>,
    pub cod_amount: Option<Money>,
    /// One to five.
    pub csat: Option<u8>,
    pub delivery_date: Option<Date>,
    /// Shape: `18:00`, in the callee's time zone.
    pub window_from: Option<String>,
    pub window_to: Option<String>,
    pub instruction: Option<Personal<String>>,
    pub alternate_recipient: Option<Personal<String>>,
    /// The key by which the shop has made the link that was sent.
    pub payment_link_id: Option<String>,
    pub carrier_action: Option<CarrierAction>,
    pub callback_at: Option<String>,
    pub escalation: Option<Escalation>,
    pub opt_out: OptOut,
    pub ai_disclosed_at_ms: Option<CallTime>,
    pub recording: RecordingMode,
    pub sentiment: Option<String>,
    pub summary: Personal<String>,
    pub next_step: Option<String>,
    pub next_step_owner: Option<String>,
    pub next_step_due: Option<String>,
    pub script_version: String,
    /// Every fact the caller heard to its end.
    pub facts: Arc<Vec<HeardFact>>,
}

/// Which disposition is the primary one when several came about: the first of this list.
///
/// Safety and the law first, then what went wrong for the customer, then what was changed, then what was told, then
/// how the call failed.
const PRECEDENCE: &[Disposition] = &[
    Disposition::Emergency,
    Disposition::AbuseEnded,
    Disposition::OptedOut,
    Disposition::PrivacyRequest,
    Disposition::CodDeniedNotMine,
    Disposition::CodCancelled,
    Disposition::CodConfirmed,
    Disposition::NotReceivedClaim,
    Disposition::DamageClaim,
    Disposition::WrongItemClaim,
    Disposition::MissingItemClaim,
    Disposition::Cancelled,
    Disposition::CancelRequested,
    Disposition::DeliveryRefused,
    Disposition::RefundRequested,
    Disposition::ReturnRequested,
    Disposition::PrepaidPaid,
    Disposition::PrepaidLinkSent,
    Disposition::AddressChanged,
    Disposition::ContactChanged,
    Disposition::ReattemptRequested,
    Disposition::Rescheduled,
    Disposition::HoldExtended,
    Disposition::ExpediteRequested,
    Disposition::PickupPoint,
    Disposition::LeaveNeighbour,
    Disposition::LeaveSafePlace,
    Disposition::LeaveGuard,
    Disposition::AlternateRecipient,
    Disposition::DeliveryNoteAdded,
    Disposition::AvailableConfirmed,
    Disposition::AttemptDisputed,
    Disposition::TraceOpened,
    Disposition::Complaint,
    Disposition::EscalationFailed,
    Disposition::EscalatedLive,
    Disposition::EscalatedCallback,
    Disposition::CallbackScheduled,
    Disposition::MessageLeftWithPerson,
    Disposition::EscalatedTicket,
    Disposition::DelayAcknowledged,
    Disposition::AlreadyDelivered,
    Disposition::CodUnconfirmed,
    Disposition::AddressConfirmed,
    Disposition::RefundStatusGiven,
    Disposition::StatusGiven,
    Disposition::Reassured,
    Disposition::NotUnderstood,
    Disposition::TechnicalFailure,
    Disposition::CallDropped,
    Disposition::NoDecision,
];

/// The carrier will not do it: nothing is changed.
fn is_refused(kept: &Kept) -> bool {
    kept.ack() == Some(RecordAck::Refused)
}

/// The link is on its way: nobody has to act any more.
fn is_sent_link(kept: &Kept) -> bool {
    kept.draft.topic == Topic::PrepaidLink && kept.ack() == Some(RecordAck::Accepted)
}

impl Dialogue {
    /// What came of the call.
    ///
    /// Order: after the last [`super::DialogueEvent::Heard`] and the last answer to a request.
    pub fn conclude(&self, ending: &CallEnding) -> OutcomeDraft {
        let (disposition, secondary) = self.dispositions(ending);
        let order = self.orders.chosen();
        let zone = self.local_now().zone;
        let dated = self.kept().rfind(|kept| kept.draft.day.is_some() && kept.draft.topic == Topic::Reschedule);
        let agreed = dated.filter(|kept| !is_refused(kept));
        let window = agreed.and_then(|kept| kept.draft.window);
        let note_of = |topics: &[Topic]| {
            let kept = self.kept().rfind(|kept| topics.contains(&kept.draft.topic))?;
            kept.draft.note.as_deref().map(|note| Personal::new(note.to_owned()))
        };
        let last_kept = self.kept().rfind(|kept| !is_sent_link(kept));
        let next_step = last_kept.map(|kept| kept.draft.topic.spec().kind.to_owned());
        OutcomeDraft {
            scenario: self.scenario_id(),
            shop_id: self.setting.brief.shop.id.clone(),
            order_ref: order.map(|order| order.order_ref.clone()),
            shipment_refs: order.map_or_else(Vec::new, |order| {
                order.shipments.iter().map(|shipment| shipment.tracking_number.clone()).collect()
            }),
            callee_timezone: zone.iana_name().map(str::to_owned),
            language: self.locale().tag().to_owned(),
            connection: self.connection(ending),
            contact: self.contact(ending),
            verification_level: self.identity.level(),
            verification_failures: u32::try_from(self.identity.failures()).unwrap_or(u32::MAX),
            disposition,
            secondary,
            reason_code: self.reason_code(),
            carrier_reason_agreed: self.purpose.carrier_reason_agreed,
            cod_amount: order.filter(|_| self.has_kept(Topic::CodConfirm)).map(|order| order.total),
            csat: self.purpose.score,
            delivery_date: agreed.and_then(|kept| kept.draft.day),
            window_from: window.map(|(from, _)| from.strftime("%H:%M").to_string()),
            window_to: window.map(|(_, to)| to.strftime("%H:%M").to_string()),
            instruction: note_of(&[Topic::DeliveryNote, Topic::SafePlace, Topic::Neighbour, Topic::AddressPart]),
            alternate_recipient: self.recipient_name().or_else(|| note_of(&[Topic::Recipient])),
            payment_link_id: self.kept().rfind(|kept| is_sent_link(kept)).and_then(Kept::id),
            carrier_action: dated.map(|kept| self.carrier_action(kept)),
            callback_at: self.callback_at(),
            escalation: self.escalation(),
            opt_out: self.opt_out_record(),
            ai_disclosed_at_ms: self.ledger.told_at(Told::Disclosure),
            recording: self.recording_mode(),
            sentiment: Some(self.sentiment().to_owned()),
            summary: self.summary(disposition).into(),
            next_step_owner: next_step.as_ref().map(|_| "shop".to_owned()),
            next_step_due: last_kept.map(|kept| self.written(kept.due_at)),
            next_step,
            script_version: self.setting.book.script_version(self.locale()).to_owned(),
            facts: Arc::clone(self.ledger.heard_facts()),
        }
    }

    fn kept(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.requests.iter().filter(|kept| kept.ack().is_some())
    }

    fn dispositions(&self, ending: &CallEnding) -> (Disposition, Vec<Disposition>) {
        let mut all = Vec::new();
        for kept in self.kept().filter(|kept| !is_refused(kept)) {
            if is_sent_link(kept) {
                all.push(Disposition::PrepaidLinkSent);
                continue;
            }
            let disposition = self.disposition_of(kept.draft.topic);
            if self.handover_state(kept.draft.topic) == Some(HandoverState::WithPerson) {
                // The person who has the caller sees to it: nobody rings back.
                let is_own = ![Disposition::EscalatedCallback, Disposition::EscalatedTicket].contains(&disposition);
                all.extend(is_own.then_some(disposition));
                all.push(Disposition::EscalatedLive);
                continue;
            }
            all.push(disposition);
            match kept.draft.topic.spec().escalation {
                Some(EscalationWay::Callback) => all.push(Disposition::EscalatedCallback),
                Some(EscalationWay::Ticket) => all.push(Disposition::EscalatedTicket),
                Some(EscalationWay::Live) | None => (),
            }
        }
        if self.habits.handover.as_ref().is_some_and(|handover| handover.state != HandoverState::WithPerson) {
            all.push(Disposition::EscalationFailed);
        }
        let has_failed = self.requests.iter().any(|kept| kept.fate == Fate::Failed);
        let has_callback = self.kept().any(|kept| kept.draft.topic.spec().escalation == Some(EscalationWay::Callback));
        if has_failed && !has_callback {
            all.push(Disposition::EscalationFailed);
        }
        if self.requests.iter().any(|kept| kept.draft.topic == Topic::Emergency) {
            all.push(Disposition::Emergency);
        }
        if self.habits.opt_out.as_ref().is_some_and(|state| state.is_kept) {
            all.push(Disposition::OptedOut);
        }
        if self.ledger.has_told(Told::Status) {
            all.push(Disposition::StatusGiven);
        }
        if self.ledger.has_told(Told::Status) && self.ledger.has_told(Told::Reassurance) {
            all.push(Disposition::Reassured);
        }
        if self.habits.has_received {
            all.push(Disposition::AlreadyDelivered);
        }
        all.extend(self.dispositions_of_purpose());
        all.extend(self.disposition_of_ending(ending));
        all.sort_by_key(|disposition| PRECEDENCE.iter().position(|listed| listed == disposition));
        all.dedup();
        self.lead_with_purpose(&mut all);
        let primary = all.first().copied().unwrap_or(Disposition::NoDecision);
        (primary, all.into_iter().skip(1).collect())
    }

    /// A call made to put somebody at ease came to that, if it did, rather than to a status told.
    fn lead_with_purpose(&self, all: &mut [Disposition]) {
        let is_made_for_it = self.outreach().is_some_and(|outreach| outreach.scenario.name == REASSURING_SCENARIO);
        if !is_made_for_it || !self.purpose.settled.contains(&Disposition::Reassured) {
            return;
        }
        let place = |wanted: Disposition| all.iter().position(|disposition| *disposition == wanted);
        if let (Some(told), Some(reassured)) = (place(Disposition::StatusGiven), place(Disposition::Reassured)) {
            all.swap(told, reassured);
        }
    }

    fn disposition_of(&self, topic: Topic) -> Disposition {
        let now = self.local_now();
        let has_failed_attempt = self.orders.chosen().is_some_and(|order| {
            Parcel::all(order, &now).any(|parcel| parcel.status() == DeliveryStatus::AttemptFailed)
        });
        match topic {
            Topic::Reschedule if has_failed_attempt => Disposition::ReattemptRequested,
            topic => topic.spec().disposition,
        }
    }

    fn disposition_of_ending(&self, ending: &CallEnding) -> Option<Disposition> {
        match ending.by {
            EndedBy::Fault => return Some(Disposition::TechnicalFailure),
            EndedBy::Network => return Some(Disposition::CallDropped),
            EndedBy::Agent | EndedBy::Caller => (),
        }
        match self.step {
            Step::Ended(EndReason::Abuse) => Some(Disposition::AbuseEnded),
            Step::Ended(EndReason::NotUnderstood) => Some(Disposition::NotUnderstood),
            Step::Ended(EndReason::TechnicalFailure) => Some(Disposition::TechnicalFailure),
            _ => None,
        }
    }

    fn scenario_id(&self) -> &'static str {
        match (self.outreach(), self.setting.brief.direction) {
            (None, _) => "I1_WISMO",
            (Some(_), CallDirection::Inbound) => "I2_MISSED_CALL",
            (Some(outreach), CallDirection::Outbound) => outreach.scenario.id,
        }
    }

    /// What the shop's own call came to.
    fn dispositions_of_purpose(&self) -> Vec<Disposition> {
        let Some(outreach) = self.outreach() else { return Vec::new() };
        let mut all = self.purpose.settled.clone();
        if self.is_undecided() {
            all.push(outreach.scenario.undecided);
        }
        if self.identity.has_passed(Factor::Postcode) {
            all.extend(outreach.scenario.proof_settles);
        }
        if self.purpose.has_left_message {
            all.push(Disposition::MessageLeftWithPerson);
        }
        all
    }

    fn reason_code(&self) -> Option<String> {
        self.outreach()?;
        let order = self.orders.chosen()?;
        let status = DeliveryStatus::AttemptFailed;
        let parcel = order.shipments.iter().find(|shipment| shipment.status == status)?;
        parcel.events.iter().rfind(|event| event.status == status)?.reason.clone()
    }

    fn connection(&self, ending: &CallEnding) -> Connection {
        if self.setting.brief.direction == CallDirection::Outbound {
            return self.purpose.machine.map_or(Connection::AnsweredHuman, Machine::connection);
        }
        let has_begun = self.ledger.has_told(Told::Disclosure) || self.habits.has_spoken;
        match ending.by {
            EndedBy::Caller | EndedBy::Network if !has_begun => Connection::InboundAbandoned,
            EndedBy::Agent | EndedBy::Caller | EndedBy::Network | EndedBy::Fault => Connection::InboundAnswered,
        }
    }

    fn contact(&self, ending: &CallEnding) -> Contact {
        let level = self.identity.level();
        let is_unmet = self.is_meeting() && !self.identity.is_third_party;
        if self.is_machine() {
            return Contact::Unknown;
        }
        if self.purpose.is_household {
            return Contact::HouseholdMember;
        }
        if is_unmet && !self.habits.is_wrong_number && !self.habits.is_minor {
            return match ending.by {
                EndedBy::Caller | EndedBy::Network => Contact::HungUpEarly,
                EndedBy::Agent | EndedBy::Fault => Contact::Unknown,
            };
        }
        if self.habits.is_wrong_number {
            Contact::WrongNumber
        } else if self.habits.is_minor {
            Contact::Minor
        } else if self.identity.is_third_party {
            Contact::ThirdParty
        } else if self.connection(ending) == Connection::InboundAbandoned || !self.habits.has_spoken {
            Contact::HungUpEarly
        } else if self.identity.is_exhausted() {
            Contact::IdentityFailed
        } else if self.identity.is_refused && level < VerificationLevel::V2 {
            Contact::IdentityRefused
        } else if VerificationLevel::V1 <= level {
            Contact::RightParty
        } else if 0 < self.identity.failures() {
            Contact::IdentityFailed
        } else {
            Contact::Unknown
        }
    }

    /// What has become of the wish: passed on to the shop, or answered by the carrier.
    fn carrier_action(&self, kept: &Kept) -> CarrierAction {
        let (reference, status) = (kept.id(), kept.ack().unwrap_or(RecordAck::PassedOn));
        let kind = match self.disposition_of(kept.draft.topic) {
            Disposition::ReattemptRequested => "reattempt",
            _ => "reschedule",
        };
        CarrierAction { kind: kind.to_owned(), status: status.as_str().to_owned(), reference, at: None }
    }

    fn callback_at(&self) -> Option<String> {
        let kept = self.kept().rfind(|kept| kept.draft.topic == Topic::CallBackLater)?;
        self.named_minute(&kept.draft).map(|at| self.written(at))
    }

    /// The minute a caller wants to be called at.
    pub(super) fn named_minute(&self, draft: &Draft) -> Option<Timestamp> {
        let (day, from) = (draft.day?, draft.window?.0);
        let is_callback = draft.topic == Topic::CallBackLater;
        self.local_now().zone.to_timestamp(day.to_datetime(from)).ok().filter(|_| is_callback)
    }

    fn escalation(&self) -> Option<Escalation> {
        let is_for_person = |kept: &&Kept| kept.draft.topic.spec().escalation.is_some() && !is_sent_link(kept);
        let kept = self.kept().rfind(is_for_person)?;
        let task_id = kept.id();
        let is_live = self.handover_state(kept.draft.topic) == Some(HandoverState::WithPerson);
        let way = if is_live { EscalationWay::Live } else { kept.draft.topic.spec().escalation? };
        Some(Escalation { way, trigger: kept.draft.trigger.to_owned(), task_id })
    }

    fn opt_out_record(&self) -> OptOut {
        match &self.habits.opt_out {
            Some(state) => OptOut { requested: true, scope: Some(state.scope.to_owned()) },
            None => OptOut { requested: self.kept().any(|kept| kept.draft.topic == Topic::OptOutNumber), scope: None },
        }
    }

    fn sentiment(&self) -> &'static str {
        let has_trouble = self.requests.iter().any(|kept| kept.draft.topic == Topic::Complaint);
        if self.habits.is_angry || self.habits.has_been_warned {
            "angry"
        } else if has_trouble {
            "annoyed"
        } else if self.habits.is_worried {
            "worried"
        } else {
            "calm"
        }
    }

    /// Who takes the parcel, by name where one was given.
    fn recipient_name(&self) -> Option<Personal<String>> {
        let kept = self.kept().rfind(|kept| kept.draft.topic == Topic::Recipient)?;
        kept.draft.values.iter().find(|(name, _)| *name == "recipient_name").map(|(_, value)| value.clone())
    }

    /// Two sentences for a person's eye, with no name, number, place or content.
    fn summary(&self, disposition: Disposition) -> String {
        let told = if self.ledger.has_told(Told::Status) {
            "The caller heard where the order stands."
        } else if self.ledger.has_told(Told::Disclosure) {
            "The caller heard who is speaking, and no news of an order."
        } else {
            "The caller left before hearing who is speaking."
        };
        let kinds: Vec<&str> = self.kept().map(|kept| kept.draft.topic.spec().kind).collect();
        let recorded = if kinds.is_empty() {
            format!("Nothing was recorded for the shop ({}).", disposition.as_str())
        } else {
            format!("Recorded for the shop: {}.", kinds.join(", "))
        };
        format!("{told} {recorded}")
    }

    /// RFC 3339 with the customer's offset.
    fn written(&self, at: Timestamp) -> String {
        at.to_zoned(self.local_now().zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}
