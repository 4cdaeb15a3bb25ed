//! What a caller can ask for that a person or another system has to carry out: recorded here, never called done.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::RecordAck;
use super::phrasebook::Phrase;
use crate::domain::call::{Disposition, EscalationWay, VerificationLevel};
use crate::domain::orders::OrderRef;
use crate::domain::values::{Personal, PhoneNumber, RequestId};

/// What has to be asked before a request is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing: the wish itself says all.
    None,
    Day,
    Note,
    SafePlace,
    Neighbour,
    Recipient,
    WhatIsWrong,
    WhenToCall,
    /// Why an order is not wanted any more.
    CancelReason,
    /// The flat, the building, a landmark.
    AddressPart,
}

/// Whether the caller's wish is read back before it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// It is read back, and an explicit yes is needed.
    ReadBack,
    /// The wish was explicit, or waiting would do harm: it is recorded at once.
    Given,
}

/// What there is to know about one kind of request.
#[derive(Clone, Copy, Debug)]
pub(super) struct TopicSpec {
    /// The kind in the store.
    pub(super) kind: &'static str,
    pub(super) phrase: Phrase,
    pub(super) level: VerificationLevel,
    pub(super) detail: Detail,
    pub(super) consent: Consent,
    pub(super) disposition: Disposition,
    /// A person has to act on it, and how they come to it.
    pub(super) escalation: Option<EscalationWay>,
    /// Whether it is about an order.
    pub(super) needs_order: bool,
}

macro_rules! topics {
    ($($topic:ident: $kind:literal, $phrase:ident, $level:ident, $detail:ident, $consent:ident, $disposition:ident,
       $escalation:expr, $needs_order:literal;)*) => {
        /// What a caller can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Topic {
            $($topic,)*
        }

        impl Topic {
            const ALL: &[Self] = &[$(Self::$topic,)*];

            pub(super) const fn spec(self) -> TopicSpec {
                match self {
                    $(Self::$topic => TopicSpec {
                        kind: $kind,
                        phrase: Phrase::$phrase,
                        level: VerificationLevel::$level,
                        detail: Detail::$detail,
                        consent: Consent::$consent,
                        disposition: Disposition::$disposition,
                        escalation: $escalation,
                        needs_order: $needs_order,
                    },)*
                }
            }
        }
    };
}

const NOBODY: Option<EscalationWay> = None;
const CALLBACK: Option<EscalationWay> = Some(EscalationWay::Callback);
const TICKET: Option<EscalationWay> = Some(EscalationWay::Ticket);

topics! {
    Reschedule: "reschedule", TopicReschedule, V1, Day, ReadBack, Rescheduled, NOBODY, true;
    Expedite: "expedite", TopicExpedite, V1, None, ReadBack, ExpediteRequested, TICKET, true;
    CallBefore: "call_before", TopicCallBefore, V2, None, ReadBack, DeliveryNoteAdded, NOBODY, true;
    DeliveryNote: "delivery_note", TopicDeliveryNote, V2, Note, ReadBack, DeliveryNoteAdded, NOBODY, true;
    SafePlace: "leave_safe_place", TopicSafePlace, V2, SafePlace, ReadBack, LeaveSafePlace, NOBODY, true;
    Neighbour: "leave_with_neighbour", TopicNeighbour, V2, Neighbour, ReadBack, LeaveNeighbour, NOBODY, true;
    Guard: "leave_with_guard", TopicGuard, V2, None, ReadBack, LeaveGuard, NOBODY, true;
    Recipient: "alternate_recipient", TopicRecipient, V2, Recipient, ReadBack, AlternateRecipient, NOBODY, true;
    Pickup: "pickup", TopicPickup, V2, None, ReadBack, PickupPoint, NOBODY, true;
    Hold: "hold_at_depot", TopicHold, V2, None, ReadBack, PickupPoint, NOBODY, true;
    NotReceived: "not_received_case", TopicNotReceived, V1, None, ReadBack, NotReceivedClaim, TICKET, true;
    Damaged: "damage_case", TopicDamaged, V2, WhatIsWrong, ReadBack, DamageClaim, TICKET, true;
    WrongItem: "wrong_item_case", TopicWrongItem, V2, None, ReadBack, WrongItemClaim, TICKET, true;
    MissingItem: "missing_item_case", TopicMissingItem, V2, None, ReadBack, MissingItemClaim, TICKET, true;
    AttemptDisputed: "attempt_disputed", TopicAttemptDisputed, V1, None, ReadBack, AttemptDisputed, TICKET, true;
    Cancel: "cancel", TopicCancel, V2, None, ReadBack, CancelRequested, TICKET, true;
    RefuseDelivery: "refuse_delivery", TopicRefuseDelivery, V2, None, ReadBack, DeliveryRefused, TICKET, true;
    ItemChange: "item_change", TopicItemChange, V2, None, ReadBack, EscalatedTicket, TICKET, true;
    Refund: "refund", TopicRefund, V2, None, ReadBack, RefundRequested, TICKET, true;
    RefundStatus: "refund_status", TopicRefundStatus, V1, None, ReadBack, EscalatedTicket, TICKET, true;
    Return: "return", TopicReturn, V2, None, ReadBack, ReturnRequested, TICKET, true;
    AddressChange: "address_change", TopicAddressChange, V1, None, ReadBack, EscalatedCallback, CALLBACK, true;
    ContactChange: "contact_change", TopicContactChange, V1, None, ReadBack, EscalatedCallback, CALLBACK, true;
    NotOrdered: "not_ordered", TopicNotOrdered, V0, None, Given, CodDeniedNotMine, CALLBACK, false;
    Payment: "payment_question", TopicPayment, V1, None, ReadBack, EscalatedCallback, CALLBACK, true;
    Trace: "trace", TopicTrace, V1, None, Given, TraceOpened, TICKET, true;
    TrackingLink: "tracking_link", TopicTrackingLink, V1, None, ReadBack, EscalatedTicket, TICKET, true;
    Complaint: "complaint", TopicComplaint, V0, None, Given, Complaint, TICKET, false;
    Channel: "contact_preference", TopicChannel, V0, None, ReadBack, EscalatedTicket, TICKET, false;
    Privacy: "privacy_request", TopicPrivacy, V0, None, ReadBack, PrivacyRequest, TICKET, false;
    CallBackLater: "callback", TopicCallBackLater, V0, WhenToCall, ReadBack, CallbackScheduled, NOBODY, false;
    Human: "human_callback", TopicHuman, V0, None, Given, EscalatedCallback, CALLBACK, false;
    Language: "language_callback", TopicLanguage, V0, None, Given, EscalatedCallback, CALLBACK, false;
    Vulnerable: "urgent_need", TopicVulnerable, V0, None, Given, EscalatedCallback, CALLBACK, false;
    Moved: "moved_or_deceased", TopicMoved, V0, None, Given, EscalatedTicket, TICKET, false;
    Emergency: "emergency_alert", TopicEmergency, V0, None, Given, Emergency, TICKET, false;
    OptOutScope: "opt_out_scope", TopicOptOutScope, V0, None, Given, OptedOut, NOBODY, false;
    Available: "available", TopicAvailable, V1, None, Given, AvailableConfirmed, NOBODY, true;
    CodConfirm: "cod_confirm", TopicCodConfirm, V1, None, Given, CodConfirmed, NOBODY, true;
    CodCancel: "cod_cancel", TopicCodCancel, V1, CancelReason, ReadBack, CodCancelled, TICKET, true;
    PrepaidLink: "prepaid_link", TopicPrepaidLink, V1, None, ReadBack, EscalatedTicket, TICKET, true;
    HoldLonger: "hold_longer", TopicHoldLonger, V1, None, ReadBack, HoldExtended, NOBODY, true;
    AddressPart: "address_part", TopicAddressPart, V2, AddressPart, ReadBack, AddressChanged, TICKET, true;
    WrongNumber: "wrong_number", TopicWrongNumber, V0, None, Given, NoDecision, NOBODY, false;
    OptOutNumber: "opt_out_number", TopicOptOutNumber, V0, None, ReadBack, OptedOut, TICKET, false;
}

impl Topic {
    /// Whether the customer is to hear of it again. A yes to what the shop asked needs no answer.
    pub(super) fn needs_answer(self) -> bool {
        !matches!(self, Self::Available | Self::CodConfirm | Self::WrongNumber)
    }
}

impl Topic {
    /// Whether a call to somebody who is not known to be the customer is over with this.
    pub(super) const fn ends_meeting(self) -> bool {
        matches!(
            self,
            Self::CallBackLater
                | Self::Moved
                | Self::Language
                | Self::Human
                | Self::NotOrdered
                | Self::OptOutScope
                | Self::OptOutNumber
        )
    }

    /// Whether it is about money, a cancellation or a consent, or lets somebody change where things go: only a clear yes
    /// settles it.
    pub(super) const fn is_binding(self) -> bool {
        self.ends_delivery()
            || matches!(
                self,
                Self::ItemChange
                    | Self::Payment
                    | Self::PrepaidLink
                    | Self::CodConfirm
                    | Self::AddressChange
                    | Self::AddressPart
                    | Self::ContactChange
                    | Self::Channel
                    | Self::Privacy
                    | Self::OptOutScope
                    | Self::OptOutNumber
            )
    }

    /// Whether nothing is left of what the shop called about.
    pub(super) const fn ends_purpose(self) -> bool {
        self.ends_meeting() || self.ends_delivery() || matches!(self, Self::Pickup | Self::Hold)
    }
}

/// How a person comes to act on a request of this kind; none when nobody has to.
pub fn escalation_of(kind: &str) -> Option<EscalationWay> {
    Topic::ALL.iter().map(|topic| topic.spec()).find(|spec| spec.kind == kind)?.escalation
}

/// A request as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub(super) topic: Topic,
    pub(super) order_ref: Option<OrderRef>,
    pub(super) day: Option<Date>,
    pub(super) window: Option<(Time, Time)>,
    /// The caller's words.
    pub(super) note: Option<Arc<str>>,
    pub(super) phone: Option<PhoneNumber>,
    /// The values that the words carry, such as `recipient_name`. The words stand beside them in `note`.
    pub(super) values: Vec<(&'static str, Personal<String>)>,
    /// The part of the words that says it, for the read-back; the words themselves where none is.
    pub(super) gist: Option<Arc<str>>,
    /// Delivered but not received: the household and neighbours were asked.
    pub(super) has_checked_around: Option<bool>,
    /// Why a person has to act, without personal data.
    pub(super) trigger: &'static str,
}

impl Draft {
    pub(super) fn new(topic: Topic, order_ref: Option<OrderRef>) -> Self {
        Self {
            topic,
            order_ref,
            day: None,
            window: None,
            note: None,
            phone: None,
            values: Vec::new(),
            gist: None,
            has_checked_around: None,
            trigger: topic.spec().kind,
        }
    }

    /// Whether nothing more has to be asked.
    pub(super) fn is_complete(&self) -> bool {
        match self.topic.spec().detail {
            Detail::None => self.topic != Topic::NotReceived || self.has_checked_around.is_some(),
            Detail::Day => self.day.is_some(),
            Detail::Note
            | Detail::SafePlace
            | Detail::Neighbour
            | Detail::Recipient
            | Detail::WhatIsWrong
            | Detail::WhenToCall
            | Detail::CancelReason
            | Detail::AddressPart => self.note.is_some(),
        }
    }
}

/// What became of a request that was handed over for keeping.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    Saving,
    Kept { id: Arc<str>, ack: RecordAck },
    Failed,
}

/// A request and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) request: RequestId,
    pub(super) draft: Draft,
    pub(super) fate: Fate,
    /// When somebody has acted on it, at the latest.
    pub(super) due_at: Timestamp,
}

impl Kept {
    /// It was kept, and nobody has refused it.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.ack(), Some(RecordAck::Asked | RecordAck::PassedOn | RecordAck::Accepted))
    }

    /// Whoever carries it out has not answered.
    pub(super) fn is_unanswered(&self) -> bool {
        matches!(self.ack(), Some(RecordAck::Asked | RecordAck::PassedOn))
    }

    /// The id under which it is kept.
    pub(super) fn id(&self) -> Option<String> {
        match &self.fate {
            Fate::Kept { id, .. } => Some(id.to_string()),
            Fate::Saving | Fate::Failed => None,
        }
    }

    /// How far it has come; none while it is not kept.
    pub(super) fn ack(&self) -> Option<RecordAck> {
        match self.fate {
            Fate::Kept { ack, .. } => Some(ack),
            Fate::Saving | Fate::Failed => None,
        }
    }
}
