//! What a caller can want: the closed list of intents, each with its stable id.

use std::{fmt, str::FromStr};

/// No intent has this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no intent has this id, use one of the list")]
pub struct UnknownIntent;

macro_rules! intents {
    ($($variant:ident = $id:literal),* $(,)?) => {
        /// One thing a caller can mean, or one kind of signal on the line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Intent {
            $($variant,)*
        }

        impl Intent {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable id, in snake case.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }
        }

        impl FromStr for Intent {
            type Err = UnknownIntent;

            fn from_str(id: &str) -> Result<Self, Self::Err> {
                match id {
                    $($id => Ok(Self::$variant),)*
                    _ => Err(UnknownIntent),
                }
            }
        }
    };
}

intents! {
    // Answers and steering
    Affirm = "affirm",
    Deny = "deny",
    Unsure = "unsure",
    Acknowledge = "acknowledge",
    NoPreference = "no_preference",
    Correction = "correction",
    AskAlternatives = "ask_alternatives",
    NothingElse = "nothing_else",
    RepeatRequest = "repeat_request",
    ClarifyRequest = "clarify_request",
    SlowDown = "slow_down",
    SpeakFaster = "speak_faster",
    SpeakLouder = "speak_louder",
    StopTalking = "stop_talking",
    HoldOn = "hold_on",
    AreYouThere = "are_you_there",
    StartOver = "start_over",
    GoBack = "go_back",
    Help = "help",
    Greeting = "greeting",
    Thanks = "thanks",
    Goodbye = "goodbye",
    EndCall = "end_call",
    DtmfInput = "dtmf_input",
    // Trust, identity, consent
    RightPartyConfirm = "right_party_confirm",
    WrongNumber = "wrong_number",
    ThirdParty = "third_party",
    DeceasedOrMoved = "deceased_or_moved",
    ProvideName = "provide_name",
    ProvideOrderNumber = "provide_order_number",
    ProvidePostcode = "provide_postcode",
    ProvidePhone = "provide_phone",
    ProvideEmail = "provide_email",
    ProvideDob = "provide_dob",
    DontKnowOrderNumber = "dont_know_order_number",
    RefuseVerification = "refuse_verification",
    AskWhyVerify = "ask_why_verify",
    AskWhoIsCalling = "ask_who_is_calling",
    AskPurpose = "ask_purpose",
    AskIfRobot = "ask_if_robot",
    AskIfScam = "ask_if_scam",
    AskHowGotNumber = "ask_how_got_number",
    AskIfRecorded = "ask_if_recorded",
    RecordingObjection = "recording_objection",
    OptOut = "opt_out",
    OptInChannel = "opt_in_channel",
    DataRequest = "data_request",
    LanguageSwitch = "language_switch",
    SpeakToHuman = "speak_to_human",
    CallScreening = "call_screening",
    // Order and delivery
    WismoStatus = "wismo_status",
    AskEta = "ask_eta",
    AskIfDelayed = "ask_if_delayed",
    AskDelayReason = "ask_delay_reason",
    AskActionNeeded = "ask_action_needed",
    TrackingNotUpdating = "tracking_not_updating",
    AskStatusMeaning = "ask_status_meaning",
    OfdNotArrived = "ofd_not_arrived",
    TrackOrderLink = "track_order_link",
    ConfirmAvailability = "confirm_availability",
    NotAvailable = "not_available",
    RescheduleDelivery = "reschedule_delivery",
    ChooseDeliverySlot = "choose_delivery_slot",
    AskAvailableSlots = "ask_available_slots",
    DeliverEarlier = "deliver_earlier",
    ExpediteRequest = "expedite_request",
    CallBeforeDelivery = "call_before_delivery",
    ChangeAddress = "change_address",
    AddLandmark = "add_landmark",
    AccessInstructions = "access_instructions",
    LeaveWithNeighbour = "leave_with_neighbour",
    LeaveSafePlace = "leave_safe_place",
    LeaveWithGuard = "leave_with_guard",
    PickupPoint = "pickup_point",
    HoldAtDepot = "hold_at_depot",
    AlternateRecipient = "alternate_recipient",
    ChangeContactNumber = "change_contact_number",
    AddContactNumber = "add_contact_number",
    RequestReattempt = "request_reattempt",
    DisputeAttempt = "dispute_attempt",
    RiderIssue = "rider_issue",
    AskRiderContact = "ask_rider_contact",
    RefuseDelivery = "refuse_delivery",
    CancelOrder = "cancel_order",
    ChangeOrderItems = "change_order_items",
    SeveralOrders = "several_orders",
    AskOrderContents = "ask_order_contents",
    SplitShipment = "split_shipment",
    DeliveredNotReceived = "delivered_not_received",
    DamagedItem = "damaged_item",
    WrongItem = "wrong_item",
    MissingItem = "missing_item",
    RefundStatus = "refund_status",
    RequestRefund = "request_refund",
    ReturnRequest = "return_request",
    ReturnStatus = "return_status",
    AskProofOfDelivery = "ask_proof_of_delivery",
    CustomsQuestion = "customs_question",
    AlreadyReceived = "already_received",
    // Money
    ConfirmOrder = "confirm_order",
    DidNotOrder = "did_not_order",
    RefuseCod = "refuse_cod",
    WontPay = "wont_pay",
    SwitchToPrepaid = "switch_to_prepaid",
    AskAmount = "ask_amount",
    DisputeAmount = "dispute_amount",
    AskPaymentOptions = "ask_payment_options",
    PaymentProblem = "payment_problem",
    OffersCardDetails = "offers_card_details",
    // Callbacks, mood, edge
    BusyNow = "busy_now",
    CallbackLater = "callback_later",
    Complaint = "complaint",
    AngerOrDistress = "anger_or_distress",
    Abusive = "abusive",
    LegalOrMediaThreat = "legal_or_media_threat",
    VulnerableOrMedical = "vulnerable_or_medical",
    Emergency = "emergency",
    ChildOnLine = "child_on_line",
    OutOfScope = "out_of_scope",
    PromptAttack = "prompt_attack",
    Silence = "silence",
    Noise = "noise",
    BackgroundTalk = "background_talk",
    Voicemail = "voicemail",
    FaxOrModem = "fax_or_modem",
    IvrOrHoldMusic = "ivr_or_hold_music",
    NetworkAnnouncement = "network_announcement",
    MailboxFull = "mailbox_full",
}

impl Intent {
    /// A mistake here only costs a sentence: the agent repeats, explains, waits, informs or hands over.
    ///
    /// Everything else can settle a question or change an order, a right or a record.
    pub const fn is_harmless(self) -> bool {
        matches!(
            self,
            Self::Unsure
                | Self::Acknowledge
                | Self::AskAlternatives
                | Self::RepeatRequest
                | Self::ClarifyRequest
                | Self::SlowDown
                | Self::SpeakFaster
                | Self::SpeakLouder
                | Self::StopTalking
                | Self::HoldOn
                | Self::AreYouThere
                | Self::StartOver
                | Self::GoBack
                | Self::Help
                | Self::Greeting
                | Self::Thanks
                | Self::AskWhyVerify
                | Self::AskWhoIsCalling
                | Self::AskPurpose
                | Self::AskIfRobot
                | Self::AskIfScam
                | Self::AskHowGotNumber
                | Self::AskIfRecorded
                | Self::DontKnowOrderNumber
                | Self::SpeakToHuman
                | Self::WismoStatus
                | Self::AskEta
                | Self::AskIfDelayed
                | Self::AskDelayReason
                | Self::AskActionNeeded
                | Self::TrackingNotUpdating
                | Self::AskStatusMeaning
                | Self::OfdNotArrived
                | Self::AskAvailableSlots
                | Self::SeveralOrders
                | Self::AskOrderContents
                | Self::SplitShipment
                | Self::RefundStatus
                | Self::ReturnStatus
                | Self::AskProofOfDelivery
                | Self::CustomsQuestion
                | Self::AskAmount
                | Self::AskPaymentOptions
                | Self::OutOfScope
                | Self::Noise
                | Self::BackgroundTalk
        )
    }

    /// How much the intent says about what to do next: when one utterance carries several, the highest leads.
    pub(super) fn precedence(self) -> u8 {
        const STOPPING: &[Intent] = &[
            Intent::OptOut,
            Intent::Abusive,
            Intent::LegalOrMediaThreat,
            Intent::RecordingObjection,
            Intent::WrongNumber,
            Intent::SpeakToHuman,
        ];
        const COURTESY: &[Intent] = &[Intent::Greeting, Intent::Thanks, Intent::Acknowledge, Intent::Goodbye];
        const ANSWER: &[Intent] = &[Intent::Affirm, Intent::Deny, Intent::NothingElse, Intent::Unsure];
        const OPENING: &[Intent] =
            &[Intent::RightPartyConfirm, Intent::ProvideName, Intent::Help, Intent::AreYouThere, Intent::HoldOn];
        let ranks: [(&[Intent], u8); 5] =
            [(&[Intent::Emergency], 5), (STOPPING, 4), (COURTESY, 0), (ANSWER, 1), (OPENING, 2)];
        let found = ranks.iter().find(|(members, _)| members.contains(&self));
        found.map_or(3, |(_, rank)| *rank)
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Intent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
