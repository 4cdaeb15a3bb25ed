//! Which outcomes somebody at the shop has to see to.

use crate::domain::call::Disposition;

/// Whether an outcome asks for a ticket, by its disposition.
pub const fn wants_ticket(disposition: Disposition) -> bool {
    match disposition {
        Disposition::AddressChanged
        | Disposition::ContactChanged
        | Disposition::CodCancelled
        | Disposition::CodDeniedNotMine
        | Disposition::RefundRequested
        | Disposition::CancelRequested
        | Disposition::DeliveryRefused
        | Disposition::ReturnRequested
        | Disposition::AttemptDisputed
        | Disposition::NotReceivedClaim
        | Disposition::DamageClaim
        | Disposition::WrongItemClaim
        | Disposition::MissingItemClaim
        | Disposition::TraceOpened
        | Disposition::Complaint
        | Disposition::EscalatedLive
        | Disposition::EscalatedCallback
        | Disposition::EscalatedTicket
        | Disposition::EscalationFailed
        | Disposition::PrivacyRequest
        | Disposition::Emergency => true,
        Disposition::DelayAcknowledged
        | Disposition::StatusGiven
        | Disposition::Reassured
        | Disposition::AvailableConfirmed
        | Disposition::AlreadyDelivered
        | Disposition::Rescheduled
        | Disposition::AlternateRecipient
        | Disposition::LeaveNeighbour
        | Disposition::LeaveSafePlace
        | Disposition::LeaveGuard
        | Disposition::PickupPoint
        | Disposition::DeliveryNoteAdded
        | Disposition::AddressConfirmed
        | Disposition::ReattemptRequested
        | Disposition::ExpediteRequested
        | Disposition::HoldExtended
        | Disposition::CodConfirmed
        | Disposition::CodUnconfirmed
        | Disposition::PrepaidLinkSent
        | Disposition::PrepaidPaid
        | Disposition::RefundStatusGiven
        | Disposition::Cancelled
        | Disposition::CallbackScheduled
        | Disposition::MessageLeftWithPerson
        | Disposition::NoDecision
        | Disposition::OptedOut
        | Disposition::AbuseEnded
        | Disposition::NotUnderstood
        | Disposition::TechnicalFailure
        | Disposition::CallDropped => false,
    }
}
