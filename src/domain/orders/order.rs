//! An order as the shop tells it. Field names are those of the import format.

use jiff::Timestamp;
use jiff::civil::Date;

use super::DeliveryStatus;
use crate::domain::values::{Money, Personal, PhoneNumber};

/// The reference the customer knows, such as `KH-452719`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OrderRef(pub String);

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Order {
    pub order_ref: OrderRef,
    pub placed_at: Timestamp,
    pub customer: Customer,
    #[serde(default)]
    pub items: Vec<Item>,
    pub total: Money,
    pub payment: Payment,
    /// The day the shop promised at the till.
    #[serde(default)]
    pub promised_by: Option<Date>,
    pub address: Address,
    #[serde(default)]
    pub shipments: Vec<Shipment>,
    /// IANA name. Derived from the address when the shop does not say.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// When the shop cancelled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
}

impl Order {
    /// Whether it is paid and nothing of it has been delivered. What is called paid only later may have been paid at
    /// the door.
    pub fn is_paid_ahead(&self) -> bool {
        let is_delivered = |shipment: &Shipment| shipment.status == DeliveryStatus::Delivered;
        self.payment == Payment::Prepaid && !self.shipments.iter().any(is_delivered)
    }
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Customer {
    pub name: Personal<String>,
    pub phone: PhoneNumber,
    #[serde(default)]
    pub email: Option<Personal<String>>,
    /// BCP 47, such as `en-IN`.
    #[serde(default)]
    pub language: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Item {
    pub title: String,
    pub quantity: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Cash, or another means, at the door.
    Cod,
    Prepaid,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Address {
    pub lines: Vec<Personal<String>>,
    pub city: String,
    #[serde(default)]
    pub state: Option<String>,
    pub postcode: Personal<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shipment {
    pub tracking_number: String,
    pub carrier: String,
    pub status: DeliveryStatus,
    /// The window the carrier expects to deliver in. Both or neither.
    #[serde(default)]
    pub eta_from: Option<Timestamp>,
    #[serde(default)]
    pub eta_to: Option<Timestamp>,
    /// In the order of their event times, newest last.
    #[serde(default)]
    pub events: Vec<TrackingEvent>,
    /// The longest gap between scans that is usual on this lane.
    #[serde(default)]
    pub usual_scan_gap_hours: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TrackingEvent {
    pub at: Timestamp,
    pub status: DeliveryStatus,
    #[serde(default)]
    pub place: Option<String>,
    /// A reason of the closed list, such as `CUSTOMER_NOT_AVAILABLE`.
    #[serde(default)]
    pub reason: Option<String>,
    /// Left where, handed to whom: said only to a verified caller.
    #[serde(default)]
    pub note: Option<Personal<String>>,
    /// What the source wrote, where the event came from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<CarrierReport>,
}

/// An event in the words of whoever told it, kept as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct CarrierReport {
    /// When the window was told, where that is not when the event happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_told_at: Option<Timestamp>,
    /// The configured name of the source.
    pub source: String,
    /// The vendor's code, known or not, such as `Exception:Exception_007`.
    pub code: String,
    /// The vendor's own order of events that bear the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// The window named with it. Both or neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_to: Option<Timestamp>,
    /// The vendor's sentence: it may name people and places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<String>>,
}

impl CarrierReport {
    /// The window named with it.
    pub fn eta(&self) -> Option<(Timestamp, Timestamp)> {
        self.eta_from.zip(self.eta_to)
    }

    /// Two reports of one event, which happened at `at`, as one. Which of them came first does not matter.
    pub(super) fn merged(self, other: Self, at: Timestamp) -> Self {
        let window = |report: &Self| {
            let (from, to) = report.eta()?;
            Some((report.eta_told_at.unwrap_or(at), from, to))
        };
        let window = window(&self).max(window(&other));
        let words = |report: Self| (report.source, report.code, report.sequence, report.text);
        let (source, code, sequence, text) = words(self).max(words(other));
        Self {
            eta_told_at: window.map(|(told_at, ..)| told_at).filter(|told_at| *told_at != at),
            source,
            code,
            sequence,
            eta_from: window.map(|(_, from, _)| from),
            eta_to: window.map(|(.., to)| to),
            text,
        }
    }
}
