//! The canonical delivery status, one list for all carriers.

/// Where a parcel is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Packed or labelled; the courier has not got it.
    Created,
    InTransit,
    /// At the border.
    Customs,
    /// Held up, still moving.
    Delayed,
    /// In the customer's town.
    AtLocalDepot,
    OutForDelivery,
    AttemptFailed,
    /// Waiting to be collected.
    ReadyForPickup,
    /// Held, and nobody said that it is lost or damaged.
    Exception,
    Damaged,
    Lost,
    ReturningToSender,
    ReturnedToSender,
    Delivered,
    Cancelled,
    /// No news, or words nobody knows.
    Unknown,
}

impl DeliveryStatus {
    /// Every status, in the order of a parcel's life.
    pub const ALL: [Self; 16] = [
        Self::Created,
        Self::InTransit,
        Self::Customs,
        Self::Delayed,
        Self::AtLocalDepot,
        Self::OutForDelivery,
        Self::AttemptFailed,
        Self::ReadyForPickup,
        Self::Exception,
        Self::Damaged,
        Self::Lost,
        Self::ReturningToSender,
        Self::ReturnedToSender,
        Self::Delivered,
        Self::Cancelled,
        Self::Unknown,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::InTransit => "in_transit",
            Self::Customs => "customs",
            Self::Delayed => "delayed",
            Self::AtLocalDepot => "at_local_depot",
            Self::OutForDelivery => "out_for_delivery",
            Self::AttemptFailed => "attempt_failed",
            Self::ReadyForPickup => "ready_for_pickup",
            Self::Exception => "exception",
            Self::Damaged => "damaged",
            Self::Lost => "lost",
            Self::ReturningToSender => "returning_to_sender",
            Self::ReturnedToSender => "returned_to_sender",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }
}

/// Why a parcel was not delivered, or does not move.
pub const REASONS: &[&str] = &[
    "CUSTOMER_NOT_AVAILABLE",
    "PREMISES_CLOSED",
    "ADDRESS_INCOMPLETE",
    "ADDRESS_WRONG",
    "ADDRESS_NOT_FOUND",
    "CUSTOMER_MOVED",
    "ACCESS_DENIED",
    "PHONE_UNREACHABLE",
    "COD_NOT_READY",
    "CUSTOMER_REFUSED",
    "OTP_NOT_PROVIDED",
    "ID_OR_AGE_CHECK",
    "FUTURE_DATE_ASKED",
    "SELF_PICKUP_ASKED",
    "OUT_OF_SERVICE_AREA",
    "OPEN_BOX_REFUSED",
    "WEATHER",
    "VEHICLE_OR_CAPACITY",
    "DAMAGED",
    "MISROUTED",
    "ATTEMPT_NOT_MADE",
    "OTHER",
];
