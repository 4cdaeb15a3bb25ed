//! What each intent means for an inbound call: every intent of the list has its place, so none leads to a wrong act.

use super::requests::Topic;
use super::understanding::Intent;

/// What the dialogue does with an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Answer(Answer),
    Ask(Question),
    Want(Topic),
    Conduct(Conduct),
    Aside(Aside),
    /// It carries a value, which is read from the slots.
    Provides,
    /// Noise, or a signal that is no speech.
    Nothing,
}

/// An answer to the open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    Unsure,
    AnyIsFine,
    /// "No, I said Tuesday": the slots carry the right value.
    Correction,
    Acknowledge,
    NothingElse,
    DontKnow,
    Refuse,
    Several,
}

/// A question about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Where,
    When,
    IsLate,
    Why,
    ActionNeeded,
    NotMoving,
    NotArrived,
    Parcels,
    Contents,
    Amount,
    PaymentMeans,
    WhereLeft,
    RiderContact,
}

/// What is heard at any moment and answered at once, whatever the call is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conduct {
    Emergency,
    OptOut,
    Abuse,
    RecordingObjection,
    Human,
    /// Shouting, despair: no subject of its own.
    Anger,
    Urgent(Topic),
    WrongNumber,
    ThirdParty,
    Moved,
    Child,
    Language,
    Card,
    Repeat,
    Slower,
    Faster,
    Louder,
    HoldOn,
    StopTalking,
    StartOver,
    Bye,
    Thanks,
}

/// A question about the call itself: answered in a sentence or two, then the call goes on where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aside {
    Robot,
    Scam,
    WhoIsCalling,
    HowGotNumber,
    IsRecorded,
    WhyVerify,
    Help,
    AreYouThere,
    OutOfScope,
}

impl Meaning {
    pub(super) const fn of(intent: Intent) -> Self {
        use Intent as I;
        match intent {
            I::Affirm | I::ConfirmOrder => Self::Answer(Answer::Yes),
            I::Deny => Self::Answer(Answer::No),
            I::Unsure => Self::Answer(Answer::Unsure),
            I::Acknowledge | I::RightPartyConfirm | I::Greeting | I::ConfirmAvailability => {
                Self::Answer(Answer::Acknowledge)
            }
            I::NoPreference => Self::Answer(Answer::AnyIsFine),
            I::Correction => Self::Answer(Answer::Correction),
            I::NothingElse => Self::Answer(Answer::NothingElse),
            I::DontKnowOrderNumber => Self::Answer(Answer::DontKnow),
            I::RefuseVerification => Self::Answer(Answer::Refuse),
            I::SeveralOrders => Self::Answer(Answer::Several),
            I::ProvideName
            | I::ProvideOrderNumber
            | I::ProvidePostcode
            | I::ProvidePhone
            | I::ProvideEmail
            | I::ProvideDob => Self::Provides,
            I::DtmfInput
            | I::CallScreening
            | I::Silence
            | I::Noise
            | I::BackgroundTalk
            | I::Voicemail
            | I::FaxOrModem
            | I::IvrOrHoldMusic
            | I::NetworkAnnouncement
            | I::MailboxFull => Self::Nothing,
            I::RepeatRequest | I::ClarifyRequest => Self::Conduct(Conduct::Repeat),
            I::SlowDown => Self::Conduct(Conduct::Slower),
            I::SpeakFaster => Self::Conduct(Conduct::Faster),
            I::SpeakLouder => Self::Conduct(Conduct::Louder),
            I::StopTalking => Self::Conduct(Conduct::StopTalking),
            I::HoldOn => Self::Conduct(Conduct::HoldOn),
            I::StartOver | I::GoBack => Self::Conduct(Conduct::StartOver),
            I::Thanks => Self::Conduct(Conduct::Thanks),
            I::Goodbye | I::EndCall => Self::Conduct(Conduct::Bye),
            I::WrongNumber => Self::Conduct(Conduct::WrongNumber),
            I::ThirdParty => Self::Conduct(Conduct::ThirdParty),
            I::DeceasedOrMoved => Self::Conduct(Conduct::Moved),
            I::RecordingObjection => Self::Conduct(Conduct::RecordingObjection),
            I::OptOut => Self::Conduct(Conduct::OptOut),
            I::LanguageSwitch => Self::Conduct(Conduct::Language),
            I::SpeakToHuman => Self::Conduct(Conduct::Human),
            I::AngerOrDistress => Self::Conduct(Conduct::Anger),
            I::Abusive => Self::Conduct(Conduct::Abuse),
            I::Emergency => Self::Conduct(Conduct::Emergency),
            I::ChildOnLine => Self::Conduct(Conduct::Child),
            I::OffersCardDetails => Self::Conduct(Conduct::Card),
            I::LegalOrMediaThreat => Self::Conduct(Conduct::Urgent(Topic::Complaint)),
            I::VulnerableOrMedical => Self::Conduct(Conduct::Urgent(Topic::Vulnerable)),
            I::AreYouThere => Self::Aside(Aside::AreYouThere),
            I::Help | I::AskAlternatives => Self::Aside(Aside::Help),
            I::AskWhyVerify => Self::Aside(Aside::WhyVerify),
            I::AskWhoIsCalling | I::AskPurpose => Self::Aside(Aside::WhoIsCalling),
            I::AskIfRobot => Self::Aside(Aside::Robot),
            I::AskIfScam => Self::Aside(Aside::Scam),
            I::AskHowGotNumber => Self::Aside(Aside::HowGotNumber),
            I::AskIfRecorded => Self::Aside(Aside::IsRecorded),
            I::OutOfScope | I::PromptAttack => Self::Aside(Aside::OutOfScope),
            I::WismoStatus | I::AskStatusMeaning => Self::Ask(Question::Where),
            I::AskEta => Self::Ask(Question::When),
            I::AskIfDelayed => Self::Ask(Question::IsLate),
            I::AskDelayReason | I::CustomsQuestion => Self::Ask(Question::Why),
            I::AskActionNeeded => Self::Ask(Question::ActionNeeded),
            I::TrackingNotUpdating => Self::Ask(Question::NotMoving),
            I::OfdNotArrived => Self::Ask(Question::NotArrived),
            I::SplitShipment => Self::Ask(Question::Parcels),
            I::AskOrderContents => Self::Ask(Question::Contents),
            I::AskAmount => Self::Ask(Question::Amount),
            I::AskPaymentOptions => Self::Ask(Question::PaymentMeans),
            I::AskProofOfDelivery => Self::Ask(Question::WhereLeft),
            I::AskRiderContact => Self::Ask(Question::RiderContact),
            I::RescheduleDelivery
            | I::ChooseDeliverySlot
            | I::AskAvailableSlots
            | I::NotAvailable
            | I::RequestReattempt => Self::Want(Topic::Reschedule),
            I::DeliverEarlier | I::ExpediteRequest => Self::Want(Topic::Expedite),
            I::CallBeforeDelivery => Self::Want(Topic::CallBefore),
            I::AddLandmark | I::AccessInstructions => Self::Want(Topic::DeliveryNote),
            I::LeaveWithNeighbour => Self::Want(Topic::Neighbour),
            I::LeaveSafePlace => Self::Want(Topic::SafePlace),
            I::LeaveWithGuard => Self::Want(Topic::Guard),
            I::AlternateRecipient => Self::Want(Topic::Recipient),
            I::PickupPoint => Self::Want(Topic::Pickup),
            I::HoldAtDepot => Self::Want(Topic::Hold),
            I::ChangeAddress => Self::Want(Topic::AddressChange),
            I::ChangeContactNumber | I::AddContactNumber => Self::Want(Topic::ContactChange),
            I::DisputeAttempt => Self::Want(Topic::AttemptDisputed),
            I::RiderIssue | I::Complaint => Self::Want(Topic::Complaint),
            I::RefuseDelivery => Self::Want(Topic::RefuseDelivery),
            I::CancelOrder => Self::Want(Topic::Cancel),
            I::ChangeOrderItems => Self::Want(Topic::ItemChange),
            I::DeliveredNotReceived => Self::Want(Topic::NotReceived),
            I::DamagedItem => Self::Want(Topic::Damaged),
            I::WrongItem => Self::Want(Topic::WrongItem),
            I::MissingItem => Self::Want(Topic::MissingItem),
            I::RequestRefund => Self::Want(Topic::Refund),
            I::RefundStatus => Self::Want(Topic::RefundStatus),
            I::ReturnRequest | I::ReturnStatus => Self::Want(Topic::Return),
            I::AlreadyReceived => Self::Answer(Answer::NothingElse),
            I::DidNotOrder => Self::Want(Topic::NotOrdered),
            I::SwitchToPrepaid => Self::Want(Topic::PrepaidLink),
            I::RefuseCod | I::WontPay | I::DisputeAmount | I::PaymentProblem => Self::Want(Topic::Payment),
            I::BusyNow | I::CallbackLater => Self::Want(Topic::CallBackLater),
            I::TrackOrderLink => Self::Want(Topic::TrackingLink),
            I::OptInChannel => Self::Want(Topic::Channel),
            I::DataRequest => Self::Want(Topic::Privacy),
        }
    }
}

impl Conduct {
    /// What leads when one utterance carries several; the lowest first.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Emergency => 0,
            Self::Card => 1,
            Self::OptOut => 2,
            Self::Abuse => 3,
            Self::Urgent(_) => 4,
            Self::WrongNumber | Self::Moved | Self::Child | Self::ThirdParty => 5,
            Self::Human | Self::Language => 6,
            Self::RecordingObjection => 7,
            Self::Anger => 8,
            Self::StartOver => 9,
            Self::HoldOn | Self::StopTalking => 10,
            Self::Repeat | Self::Slower | Self::Faster | Self::Louder => 11,
            Self::Bye => 12,
            Self::Thanks => 13,
        }
    }
}
