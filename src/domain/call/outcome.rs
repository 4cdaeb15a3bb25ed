//! The closed lists an outcome is made of.

macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in records and metrics.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(UnknownCode)
            }
        }
    };
}

/// A code that is not on its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("code is not on the list")]
pub struct UnknownCode;

code_list! {
    /// What the telephone network made of the attempt.
    Connection {
        AnsweredHuman = "ANSWERED_HUMAN",
        AnsweredScreener = "ANSWERED_SCREENER",
        VoicemailLeft = "VOICEMAIL_LEFT",
        VoicemailNoMessage = "VOICEMAIL_NO_MESSAGE",
        MailboxFull = "MAILBOX_FULL",
        NoAnswer = "NO_ANSWER",
        Busy = "BUSY",
        Rejected = "REJECTED",
        InvalidNumber = "INVALID_NUMBER",
        NotInService = "NOT_IN_SERVICE",
        NetworkFailed = "NETWORK_FAILED",
        CarrierBlocked = "CARRIER_BLOCKED",
        SuppressedQuietHours = "SUPPRESSED_QUIET_HOURS",
        SuppressedOptOut = "SUPPRESSED_OPT_OUT",
        SuppressedCap = "SUPPRESSED_CAP",
        SuppressedNoConsent = "SUPPRESSED_NO_CONSENT",
        SuppressedOvertaken = "SUPPRESSED_OVERTAKEN",
        SuppressedNoData = "SUPPRESSED_NO_DATA",
        AbandonedByUs = "ABANDONED_BY_US",
        InboundAnswered = "INBOUND_ANSWERED",
        InboundAbandoned = "INBOUND_ABANDONED",
        FaxOrModem = "FAX_OR_MODEM",
        Ivr = "IVR",
    }
}

code_list! {
    /// Who was on the line.
    Contact {
        RightParty = "RIGHT_PARTY",
        HouseholdMember = "HOUSEHOLD_MEMBER",
        ThirdParty = "THIRD_PARTY",
        WrongNumber = "WRONG_NUMBER",
        IdentityFailed = "IDENTITY_FAILED",
        IdentityRefused = "IDENTITY_REFUSED",
        Unknown = "UNKNOWN",
        Minor = "MINOR",
        /// Before the purpose was said.
        HungUpEarly = "HUNG_UP_EARLY",
    }
}

code_list! {
    /// What came of the call. Exactly one is primary.
    Disposition {
        DelayAcknowledged = "DELAY_ACKNOWLEDGED",
        StatusGiven = "STATUS_GIVEN",
        Reassured = "REASSURED",
        AvailableConfirmed = "AVAILABLE_CONFIRMED",
        AlreadyDelivered = "ALREADY_DELIVERED",
        Rescheduled = "RESCHEDULED",
        AlternateRecipient = "ALTERNATE_RECIPIENT",
        LeaveNeighbour = "LEAVE_NEIGHBOUR",
        LeaveSafePlace = "LEAVE_SAFE_PLACE",
        LeaveGuard = "LEAVE_GUARD",
        PickupPoint = "PICKUP_POINT",
        DeliveryNoteAdded = "DELIVERY_NOTE_ADDED",
        AddressConfirmed = "ADDRESS_CONFIRMED",
        AddressChanged = "ADDRESS_CHANGED",
        ContactChanged = "CONTACT_CHANGED",
        ReattemptRequested = "REATTEMPT_REQUESTED",
        ExpediteRequested = "EXPEDITE_REQUESTED",
        HoldExtended = "HOLD_EXTENDED",
        CodConfirmed = "COD_CONFIRMED",
        CodCancelled = "COD_CANCELLED",
        CodDeniedNotMine = "COD_DENIED_NOT_MINE",
        CodUnconfirmed = "COD_UNCONFIRMED",
        PrepaidLinkSent = "PREPAID_LINK_SENT",
        PrepaidPaid = "PREPAID_PAID",
        RefundStatusGiven = "REFUND_STATUS_GIVEN",
        RefundRequested = "REFUND_REQUESTED",
        CancelRequested = "CANCEL_REQUESTED",
        Cancelled = "CANCELLED",
        DeliveryRefused = "DELIVERY_REFUSED",
        ReturnRequested = "RETURN_REQUESTED",
        AttemptDisputed = "ATTEMPT_DISPUTED",
        NotReceivedClaim = "NOT_RECEIVED_CLAIM",
        DamageClaim = "DAMAGE_CLAIM",
        WrongItemClaim = "WRONG_ITEM_CLAIM",
        MissingItemClaim = "MISSING_ITEM_CLAIM",
        TraceOpened = "TRACE_OPENED",
        Complaint = "COMPLAINT",
        CallbackScheduled = "CALLBACK_SCHEDULED",
        MessageLeftWithPerson = "MESSAGE_LEFT_WITH_PERSON",
        NoDecision = "NO_DECISION",
        EscalatedLive = "ESCALATED_LIVE",
        EscalatedCallback = "ESCALATED_CALLBACK",
        EscalatedTicket = "ESCALATED_TICKET",
        EscalationFailed = "ESCALATION_FAILED",
        OptedOut = "OPTED_OUT",
        PrivacyRequest = "PRIVACY_REQUEST",
        AbuseEnded = "ABUSE_ENDED",
        Emergency = "EMERGENCY",
        NotUnderstood = "NOT_UNDERSTOOD",
        TechnicalFailure = "TECHNICAL_FAILURE",
        CallDropped = "CALL_DROPPED",
    }
}

code_list! {
    /// What may be said to whom: each level allows what the ones before it allow, and more.
    VerificationLevel {
        /// Nothing is known of the caller.
        V0 = "V0",
        /// The number on the order, and for calls we make the first name.
        V1 = "V1",
        /// And one thing only the customer should know, given by them.
        V2 = "V2",
        /// And a one-time code sent to the contact on file.
        V3 = "V3",
    }
}

code_list! {
    /// How a call reached a person.
    EscalationWay {
        Live = "live",
        Callback = "callback",
        Ticket = "ticket",
    }
}
