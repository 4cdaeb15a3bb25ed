//! What may be said: typed facts, each with its meaning and the level of identity it needs.

use std::sync::Arc;

use jiff::civil::{Date, Time};

use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::Fact;
use crate::domain::values::{Money, PhoneNumber};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $id:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As the claim file writes it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }
        }
    };
}

named! {
    /// What a value is about: the same day means one thing as the day of order and another as the day it comes.
    Meaning {
        /// When it should come.
        Eta = "eta",
        /// When it was expected, and did not come.
        EtaPassed = "eta_passed",
        /// The day the shop promised.
        Promised = "promised",
        Placed = "placed",
        LastScan = "last_scan",
        Delivered = "delivered",
        Attempt = "attempt",
        /// When the driver took it.
        Out = "out",
        Returned = "returned",
        /// What is to be paid at the door.
        Due = "due",
        Paid = "paid",
        Parcels = "parcels",
        OrderCount = "order_count",
        UsualGap = "usual_gap",
        Reason = "reason",
        /// Where it was left, or to whom it was handed.
        Note = "note",
        /// Where it can be collected.
        Pickup = "pickup",
        /// The last day on which it can be collected.
        PickupUntil = "pickup_until",
        OrderNumber = "order_number",
        TrackingNumber = "tracking_number",
        /// A number to ring.
        Phone = "phone",
        EmergencyNumber = "emergency_number",
        /// By when a person acts.
        Within = "within",
        /// What the caller asked for.
        Wish = "wish",
        /// What was handed on to the shop.
        PassedOn = "passed_on",
        /// What was ordered. No other fact is a thing, so it may stand anywhere.
        Contents = "contents",
        MoreItems = "more_items",
        /// How many things were ordered, each counted.
        Items = "items",
        /// The shop's name or website, which may stand anywhere.
        Shop = "shop",
        /// The caller's own name, which may stand anywhere.
        Caller = "caller",
        /// Who is asked for on a call that the shop makes.
        Callee = "callee",
        /// What such a call is about, in words for anybody who picks up.
        About = "about",
        /// Which of several parcels a sentence is about.
        WhichParcel = "which_parcel",
    }
}

impl Meaning {
    /// Whether it needs no words around it that say what it is.
    pub(super) const fn is_plain(self) -> bool {
        matches!(
            self,
            Self::Contents
                | Self::MoreItems
                | Self::Shop
                | Self::Caller
                | Self::WhichParcel
                | Self::Parcels
                | Self::OrderCount
                | Self::OrderNumber
                | Self::TrackingNumber
        )
    }
}

named! {
    /// Something that is so, or was done: what a sentence may state without a value.
    Truth {
        NoShipment = "no_shipment",
        Created = "created",
        InTransit = "in_transit",
        Customs = "customs",
        Delayed = "delayed",
        AtLocalDepot = "at_local_depot",
        OutForDelivery = "out_for_delivery",
        AttemptFailed = "attempt_failed",
        ReadyForPickup = "ready_for_pickup",
        OnHold = "exception",
        Damaged = "damaged",
        Lost = "lost",
        Returning = "returning_to_sender",
        Returned = "returned_to_sender",
        Delivered = "delivered",
        Cancelled = "cancelled",
        NoNews = "unknown",
        /// It comes, or would come, after the promised day.
        Late = "late",
        OnTime = "on_time",
        EtaUnknown = "eta_unknown",
        EtaPassed = "eta_passed",
        NoPromise = "no_promise",
        LatenessUnknown = "lateness_unknown",
        SilenceUsual = "silence_usual",
        SilenceUnusual = "silence_unusual",
        /// All is well, and nothing is to be done.
        NothingNeeded = "nothing_needed",
        DoorNeeded = "door_needed",
        ReasonUnknown = "reason_unknown",
        NoteUnknown = "note_unknown",
        ContentsUnknown = "contents_unknown",
        PayAtDoor = "pay_at_door",
        Prepaid = "prepaid",
        PassedOn = "passed_on",
        /// The carrier has taken the change.
        Accepted = "accepted",
        /// The carrier will not make the change.
        Refused = "refused",
        PersonWillAct = "person_will_act",
        RecordFailed = "record_failed",
        OrderNotFound = "order_not_found",
        LookupFailed = "lookup_failed",
        NotVerified = "not_verified",
        Recorded = "recorded",
        NotRecorded = "not_recorded",
        RecordingStopped = "recording_stopped",
        OptedOut = "opted_out",
        OptOutPassedOn = "opt_out_passed_on",
        /// What the caller was read back, and what will be passed on after a yes.
        ReadBack = "read_back",
        TooEarly = "too_early",
        NothingChanged = "nothing_changed",
        SeveralOrders = "several_orders",
        NumberWithheld = "number_withheld",
        /// The agent speaks faster or slower from now on.
        PaceChanged = "pace_changed",
        LookingUp = "looking_up",
        Saving = "saving",
        CallEnds = "call_ends",
        /// The shop makes this call.
        OurCall = "our_call",
        WillRingAgain = "will_ring_again",
        /// The order is no longer as it was when the call was planned.
        ChangedMeanwhile = "changed_meanwhile",
        /// The call is about a delivery planned for today.
        DeliveryToday = "delivery_today",
        /// The customer had asked for this call.
        CallbackAsked = "callback_asked",
    }
}

/// A value, or that something is so.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Truth(Truth),
    Day(Date),
    /// From one day to another: neither of them alone.
    Days(Date, Date),
    Time(Time),
    Window(Time, Time),
    Money(Money),
    /// With what is counted, in the singular: "parcel".
    Count(u32, &'static str),
    /// Counted from 1.
    Ordinal(u32, &'static str),
    Hours(u32),
    /// An order or tracking number.
    Reference(Arc<str>),
    Phone(PhoneNumber),
    /// A place, a thing, a name, a note: said as it is written.
    Words(Arc<str>),
}

impl Value {
    /// As records and the console show it.
    fn as_written(&self) -> String {
        let clock = |time: &Time| time.strftime("%H:%M").to_string();
        match self {
            Self::Truth(_) => "yes".to_owned(),
            Self::Day(date) => date.to_string(),
            Self::Days(from, to) => format!("{from}/{to}"),
            Self::Time(time) => clock(time),
            Self::Window(from, to) => format!("{}-{}", clock(from), clock(to)),
            Self::Money(money) => format!("{} {}", money.amount_minor, money.currency),
            Self::Count(number, _) | Self::Ordinal(number, _) => number.to_string(),
            Self::Hours(hours) => format!("{hours} hours"),
            Self::Reference(text) | Self::Words(text) => text.to_string(),
            Self::Phone(phone) => phone.reveal().to_owned(),
        }
    }
}

/// Which parcel of which order a fact is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// None for what is true of the call or the shop.
    pub order: Option<Arc<str>>,
    /// Counted from 1; none for the order as a whole.
    pub parcel: Option<usize>,
}

/// One fact that may be said to a caller who has reached `level`.
#[derive(Clone, Debug)]
pub struct KnownFact {
    pub meaning: Option<Meaning>,
    pub value: Value,
    pub level: VerificationLevel,
    pub subject: Subject,
    /// As the records name it.
    pub fact: Fact,
}

impl KnownFact {
    /// A value with its meaning.
    pub fn value(meaning: Meaning, value: Value, level: VerificationLevel) -> Self {
        let fact = Fact { name: meaning.as_str(), value: value.as_written().into(), source: String::new() };
        Self { meaning: Some(meaning), value, level, subject: Subject::default(), fact }
    }

    /// That something is so.
    pub fn truth(truth: Truth, level: VerificationLevel) -> Self {
        let fact = Fact { name: truth.as_str(), value: "yes".to_owned().into(), source: String::new() };
        Self { meaning: None, value: Value::Truth(truth), level, subject: Subject::default(), fact }
    }

    /// The same, about this parcel.
    pub fn about(mut self, subject: &Subject) -> Self {
        self.subject = subject.clone();
        self
    }

    /// The same, with where it stands in an order.
    pub fn from(mut self, source: String) -> Self {
        self.fact.source = source;
        self
    }
}
