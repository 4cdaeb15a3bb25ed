//! What figures are made of: numbers that the store has counted.

use jiff::{SignedDuration, Timestamp};

use super::{ByGroup, CallTally, Counts};
use crate::domain::orders::{DeliveryStatus, Order, Shipment};
use crate::domain::values::Currency;

/// A contact counts for a moment that is not older.
pub const MOMENT_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A failed attempt is answered soon if the person meant is reached within this time.
pub const CONTACT_SOON: SignedDuration = SignedDuration::from_mins(30);

/// The carrier's reason when nobody opened.
const NOBODY_THERE: &str = "CUSTOMER_NOT_AVAILABLE";

/// Customers who are called, or those who are held back from it for comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Treated,
    Control,
}

/// Which figures.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureFilter {
    pub from: Timestamp,
    /// Not in the period.
    pub to: Timestamp,
    pub shop_id: Option<String>,
    /// Its code, such as `O4_FAILED_ATTEMPT`.
    pub scenario: Option<String>,
    pub group: Option<Group>,
}

/// Everything that was counted of a period. None: not counted for what was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    pub calls: CallTally,
    pub tickets: Option<TicketCounts>,
    pub parcels: Option<ByGroup<ParcelCounts>>,
    pub moments: Option<Moments>,
    pub requests: Option<Requests>,
    pub links: Option<Links>,
}

/// Tickets opened in the period.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TicketCounts {
    pub all: u64,
    /// Those about where an order is, by channel.
    pub wismo: Counts<String>,
}

/// Parcels of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ParcelCounts {
    /// Handed to the carrier in the period, with payment at the door and in advance.
    pub cod: ShippedCounts,
    pub prepaid: ShippedCounts,
    /// Whose first failed attempt was in the period.
    pub failed: u64,
    /// Of those, delivered by now.
    pub recovered: u64,
    /// Of those, whose person meant was reached by our calls since; and within [`CONTACT_SOON`].
    pub contacted: u64,
    pub contacted_soon: u64,
    /// Of those, where nobody was there, as the carrier said, and we called about it; and where the customer disputes it.
    pub absent_called: u64,
    pub absent_disputed: u64,
}

/// What became of the parcels that were handed to the carrier in the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ShippedCounts {
    pub shipped: u64,
    /// Of which an attempt was made: delivered, or failed at least once.
    pub attempted: u64,
    pub attempt_failed: u64,
    pub returned: u64,
}

/// Moments that were worth telling the customer of.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Moments {
    pub detected: u64,
    /// The customer heard of it from us before they came themselves.
    pub ours_first: u64,
    /// Minutes from its detection to our first contact, and from the event itself.
    pub lead_minutes: Counts<u64>,
    pub lead_minutes_from_event: Counts<u64>,
}

/// What came of callers' requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Requests {
    /// Promises that fell due in the period.
    pub promises_kept: u64,
    pub promises_missed: u64,
    pub promises_open: u64,
    /// Hand-offs of the period that somebody has taken on or done, and those of them where the agent was marked wrong.
    pub seen_to: u64,
    pub marked_wrong: u64,
}

/// Links to pay by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Links {
    /// In the period.
    pub sent: u64,
    /// Of those, whose order was paid in advance by now.
    pub paid: u64,
}

/// What contacts cost the shop, in minor units. None: not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    pub currency: Option<Currency>,
    /// A minute of a call: telephony, speech and platform.
    pub call_minute_minor: Option<u64>,
    /// A hand-off that a person sees to.
    pub handoff_minor: Option<u64>,
}

/// What is counted of one parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParcelFacts {
    /// When the carrier had it; none while it has not got it.
    pub shipped_at: Option<Timestamp>,
    /// The first failed attempt.
    pub failed_at: Option<Timestamp>,
    /// Whether it failed because nobody was there, as the carrier said.
    pub is_absent: bool,
    pub is_delivered: bool,
    pub is_returned: bool,
}

impl ParcelFacts {
    /// A parcel on its way of which no event tells counts from the order's own time.
    pub fn of(order: &Order, parcel: &Shipment) -> Self {
        let first = |wanted: fn(DeliveryStatus) -> bool| {
            parcel.events.iter().filter(|event| wanted(event.status)).map(|event| event.at).min()
        };
        let shipped_at = first(is_with_carrier);
        let failed_at = first(|status| status == DeliveryStatus::AttemptFailed);
        let is_absent = parcel.events.iter().any(|event| {
            let is_first = event.status == DeliveryStatus::AttemptFailed && Some(event.at) == failed_at;
            is_first && event.reason.as_deref() == Some(NOBODY_THERE)
        });
        Self {
            shipped_at: shipped_at.or_else(|| is_with_carrier(parcel.status).then_some(order.placed_at)),
            failed_at,
            is_absent,
            is_delivered: parcel.status == DeliveryStatus::Delivered,
            is_returned: matches!(parcel.status, DeliveryStatus::ReturningToSender | DeliveryStatus::ReturnedToSender),
        }
    }
}

const fn is_with_carrier(status: DeliveryStatus) -> bool {
    match status {
        DeliveryStatus::InTransit
        | DeliveryStatus::Customs
        | DeliveryStatus::Delayed
        | DeliveryStatus::AtLocalDepot
        | DeliveryStatus::OutForDelivery
        | DeliveryStatus::AttemptFailed
        | DeliveryStatus::ReadyForPickup
        | DeliveryStatus::Exception
        | DeliveryStatus::Damaged
        | DeliveryStatus::Lost
        | DeliveryStatus::ReturningToSender
        | DeliveryStatus::ReturnedToSender
        | DeliveryStatus::Delivered => true,
        DeliveryStatus::Created | DeliveryStatus::Cancelled | DeliveryStatus::Unknown => false,
    }
}

impl ShippedCounts {
    pub const fn plus(self, other: Self) -> Self {
        Self {
            shipped: self.shipped + other.shipped,
            attempted: self.attempted + other.attempted,
            attempt_failed: self.attempt_failed + other.attempt_failed,
            returned: self.returned + other.returned,
        }
    }
}

impl ParcelCounts {
    pub const fn all(&self) -> ShippedCounts {
        self.cod.plus(self.prepaid)
    }
}
