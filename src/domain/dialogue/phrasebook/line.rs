//! Every sentence the agent can say, each with the facts it needs: without them it cannot be built.

use super::slot::{
    Amount, ClockTime, Count, Day, Hours, Item, Name, Note, Ordinal, Phone, Place, Reference, Slot, SlotKind,
    SlotValue, Source, Sourced, Text, Window,
};

/// A template as the code knows it: its id and the slots it may use, each with its type.
#[derive(Clone, Copy, Debug)]
pub struct TemplateSpec {
    pub id: &'static str,
    pub slots: &'static [(&'static str, SlotKind)],
}

/// A slot with what fills it.
pub(super) struct FilledSlot<'a> {
    pub(super) name: &'static str,
    pub(super) value: SlotValue,
    pub(super) source: Option<&'a Source>,
}

fn filled<'a, S: Slot>(name: &'static str, slot: &'a S) -> FilledSlot<'a> {
    FilledSlot { name, value: slot.value(), source: slot.source() }
}

macro_rules! lines {
    (
        plain { $($plain:ident = $plain_id:literal,)* }
        filled { $($line:ident { $($slot:ident: $kind:ty),* } = $id:literal,)* }
    ) => {
        /// A sentence with its facts, not yet in words. The words are in `prompts/`, under the line's id.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Line {
            $($plain,)*
            $($line { $($slot: $kind),* },)*
        }

        #[derive(Clone, Copy)]
        enum LineId {
            $($plain,)*
            $($line,)*
        }

        impl Line {
            /// Every line, in the order of its index.
            pub const SPECS: &[TemplateSpec] = &[
                $(TemplateSpec { id: $plain_id, slots: &[] },)*
                $(TemplateSpec { id: $id, slots: &[$((stringify!($slot), <$kind as Slot>::KIND)),*] },)*
            ];

            /// The lines that carry nothing and are therefore always the same.
            pub const PLAIN: &[Self] = &[$(Self::$plain,)*];

            pub(super) fn index(&self) -> usize {
                let id = match self {
                    $(Self::$plain => LineId::$plain,)*
                    $(Self::$line { .. } => LineId::$line,)*
                };
                id as usize
            }

            /// One of each line, its slots filled with samples.
            #[cfg(test)]
            pub(in crate::domain::dialogue) fn samples() -> Vec<Self> {
                use super::samples::Sample;
                vec![
                    $(Self::$plain,)*
                    $(Self::$line { $($slot: <$kind as Sample>::sample(stringify!($slot))),* },)*
                ]
            }

            /// In the order of the template's slots.
            pub(super) fn filled_slots(&self) -> Vec<FilledSlot<'_>> {
                match self {
                    $(Self::$plain => Vec::new(),)*
                    $(Self::$line { $($slot),* } => vec![$(filled(stringify!($slot), $slot)),*],)*
                }
            }
        }
    };
}

impl Line {
    /// The id of its template.
    pub fn template(&self) -> &'static str {
        Self::SPECS[self.index()].id
    }
}

macro_rules! phrases {
    ($($phrase:ident = $id:literal,)*) => {
        /// A part of a sentence that is chosen by code: a reason, a parcel's state, what a request is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Phrase {
            $($phrase,)*
        }

        impl Phrase {
            pub const ALL: &[Self] = &[$(Self::$phrase,)*];

            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$phrase => $id,)*
                }
            }
        }
    };
}

lines! {
    plain {
        HowCanIHelp = "how_can_i_help",
        OneMoment = "one_moment",
        StillLooking = "still_looking",
        AskReference = "ask_reference",
        ReferenceNotFound = "reference_not_found",
        AskReferenceAgain = "ask_reference_again",
        SeveralOrdersSameDay = "several_orders_same_day",
        AskPostcodeToFind = "ask_postcode_to_find",
        AskNameToFind = "ask_name_to_find",
        OrderNotFound = "order_not_found",
        LookupFailed = "lookup_failed",
        WhichOrderAgain = "which_order_again",
        VerifyIntro = "verify_intro",
        AskPostcode = "ask_postcode",
        AskHouseNumber = "ask_house_number",
        AskLastFour = "ask_last_four",
        NotMatched = "not_matched",
        KeyItIn = "key_it_in",
        WhyVerify = "why_verify",
        VerifyRefused = "verify_refused",
        VerifyFailed = "verify_failed",
        Verified = "verified",
        StatusNoShipment = "status_no_shipment",
        StatusCreated = "status_created",
        StatusInTransit = "status_in_transit",
        StatusCustoms = "status_customs",
        StatusDelayedUnexplained = "status_delayed_unexplained",
        StatusAtLocalDepot = "status_at_local_depot",
        StatusOutForDelivery = "status_out_for_delivery",
        StatusAttemptFailedUndated = "status_attempt_failed_undated",
        StatusReadyForPickup = "status_ready_for_pickup",
        StatusExceptionUnexplained = "status_exception_unexplained",
        StatusDamaged = "status_damaged",
        StatusLost = "status_lost",
        StatusReturningUnexplained = "status_returning_unexplained",
        StatusReturnedUndated = "status_returned_undated",
        StatusDeliveredUndated = "status_delivered_undated",
        StatusCancelled = "status_cancelled",
        StatusUnknown = "status_unknown",
        EtaUnknown = "eta_unknown",
        NotDueYet = "not_due_yet",
        NothingNeeded = "nothing_needed",
        NoActionNeeded = "no_action_needed",
        PersonNeededAtDoor = "person_needed_at_door",
        PickupNeeded = "pickup_needed",
        NoPromisedDay = "no_promised_day",
        LateUnknown = "late_unknown",
        ReasonUnknown = "reason_unknown",
        DeliveredNoNote = "delivered_no_note",
        PaymentMeansUnknown = "payment_means_unknown",
        RiderContactUnknown = "rider_contact_unknown",
        NoPaymentDue = "no_payment_due",
        OfferTrace = "offer_trace",
        OfferPerson = "offer_person",
        OfferReschedule = "offer_reschedule",
        OfferCase = "offer_case",
        AskDay = "ask_day",
        AskDayAgain = "ask_day_again",
        AnswerByKey = "answer_by_key",
        YesOrNoByKey = "yes_or_no_by_key",
        ReasonByKey = "reason_by_key",
        FaultByKey = "fault_by_key",
        PersonByKey = "person_by_key",
        DayNotServed = "day_not_served",
        AskNote = "ask_note",
        AskSafePlace = "ask_safe_place",
        AskNeighbour = "ask_neighbour",
        AskRecipient = "ask_recipient",
        AskWhatIsWrong = "ask_what_is_wrong",
        AskWhenToCall = "ask_when_to_call",
        CheckedAround = "checked_around",
        ConfirmCase = "confirm_case",
        SayYesOrNo = "say_yes_or_no",
        SayYesInFull = "say_yes_in_full",
        NotChanged = "not_changed",
        AlreadyPassedOn = "already_passed_on",
        RecordFailed = "record_failed",
        Saving = "saving",
        NeedsPerson = "needs_person",
        HelpFirst = "help_first",
        AskPhone = "ask_phone",
        AskPhoneAgain = "ask_phone_again",
        Robot = "robot",
        ScamNeverAsks = "scam_never_asks",
        RecordedYes = "recorded_yes",
        RecordedNo = "recorded_no",
        RecordingStopped = "recording_stopped",
        Slower = "slower",
        Faster = "faster",
        Louder = "louder",
        TakeYourTime = "take_your_time",
        IAmHere = "i_am_here",
        StillThere = "still_there",
        SilenceGoodbye = "silence_goodbye",
        LineDead = "line_dead",
        Listening = "listening",
        Help = "help",
        Menu = "menu",
        NotCaught = "not_caught",
        WrongNumber = "wrong_number",
        ThirdParty = "third_party",
        Child = "child",
        Condolence = "condolence",
        AbuseWarning = "abuse_warning",
        AbuseEnd = "abuse_end",
        DontShareCard = "dont_share_card",
        DontShareCode = "dont_share_code",
        LanguageSorry = "language_sorry",
        Sympathy = "sympathy",
        OptOutScope = "opt_out_scope",
        OptOutScopeKept = "opt_out_scope_kept",
        OptOutFailed = "opt_out_failed",
        AskOptOutNumber = "ask_opt_out_number",
        AnythingElse = "anything_else",
        Welcome = "welcome",
        TooLong = "too_long",
        PuttingThroughSoon = "putting_through_soon",
        StillPuttingThrough = "still_putting_through",
        NobodyFree = "nobody_free",
        TeamAway = "team_away",
        NoLinks = "no_links",
        AskMayRecord = "ask_may_record",
        LinkSent = "link_sent",
        LinkComing = "link_coming",
        LinkNotSent = "link_not_sent",
        GoingBack = "going_back",
        ContentsUnknown = "contents_unknown",
        AskForCustomer = "ask_for_customer",
        AskGoodTimeUnnamed = "ask_good_time_unnamed",
        AskHouseholdPresence = "ask_household_presence",
        ChangedMeanwhile = "changed_meanwhile",
        WillRingAgain = "will_ring_again",
        AskDaySuits = "ask_day_suits",
        AskSomebodyThere = "ask_somebody_there",
        AskWhatInstead = "ask_what_instead",
        WhatInsteadByKey = "what_instead_by_key",
        PaymentAtDoor = "payment_at_door",
        AskSendIt = "ask_send_it",
        AskStillWanted = "ask_still_wanted",
        AskCancelReason = "ask_cancel_reason",
        AskReasonRight = "ask_reason_right",
        AskNextTry = "ask_next_try",
        AskAddressPart = "ask_address_part",
        PersonAtAnyTime = "person_at_any_time",
        AskAllRight = "ask_all_right",
        AskWillCollect = "ask_will_collect",
        AskWaitLonger = "ask_wait_longer",
        LastTry = "last_try",
        AskGoodOrder = "ask_good_order",
        AskScore = "ask_score",
        AskCallScore = "ask_call_score",
        AskStillHelp = "ask_still_help",
    }
    filled {
        Greeting { shop: Text } = "greeting",
        GreetingRecorded { shop: Text } = "greeting_recorded",
        Disclosure { shop: Text } = "disclosure",
        DisclosureRecorded { shop: Text } = "disclosure_recorded",
        WhichOfTwo { first_day: Sourced<Day>, second_day: Sourced<Day> } = "which_of_two",
        WhichOfThree { first_day: Sourced<Day>, second_day: Sourced<Day>, third_day: Sourced<Day> } = "which_of_three",
        WhichItemOfTwo { first_item: Sourced<Item>, second_item: Sourced<Item> } = "which_item_of_two",
        WhichItemOfThree { first_item: Sourced<Item>, second_item: Sourced<Item>, third_item: Sourced<Item> } = "which_item_of_three",
        StatusCreatedLate { promised_day: Sourced<Day> } = "status_created_late",
        StatusInTransitSeen { last_scan_place: Sourced<Place>, last_scan_day: Sourced<Day>, last_scan_time: Sourced<ClockTime> } = "status_in_transit_seen",
        StatusCustomsSeen { last_scan_place: Sourced<Place>, last_scan_day: Sourced<Day> } = "status_customs_seen",
        StatusDelayed { reason: Sourced<Phrase> } = "status_delayed",
        StatusOutForDeliverySince { out_day: Sourced<Day> } = "status_out_for_delivery_since",
        StatusAttemptFailed { attempt_day: Sourced<Day>, reason: Sourced<Phrase> } = "status_attempt_failed",
        StatusAttemptFailedUnexplained { attempt_day: Sourced<Day> } = "status_attempt_failed_unexplained",
        StatusReadyForPickupAt { pickup_place: Sourced<Place> } = "status_ready_for_pickup_at",
        StatusException { reason: Sourced<Phrase> } = "status_exception",
        StatusReturning { reason: Sourced<Phrase> } = "status_returning",
        StatusReturned { returned_day: Sourced<Day> } = "status_returned",
        StatusDelivered { delivered_day: Sourced<Day>, delivered_time: Sourced<ClockTime> } = "status_delivered",
        StatusUnknownSince { last_scan_day: Sourced<Day> } = "status_unknown_since",
        EtaDayWindow { eta_day: Sourced<Day>, eta_window: Sourced<Window> } = "eta_day_window",
        EtaDay { eta_day: Sourced<Day> } = "eta_day",
        EtaDays { eta_from_day: Sourced<Day>, eta_to_day: Sourced<Day> } = "eta_days",
        EtaPassed { eta_day: Sourced<Day> } = "eta_passed",
        LateByPromise { promised_day: Sourced<Day> } = "late_by_promise",
        NotLate { promised_day: Sourced<Day> } = "not_late",
        PromisePassed { promised_day: Sourced<Day> } = "promise_passed",
        StaleUsual { usual_gap: Sourced<Hours> } = "stale_usual",
        StaleUnusual { usual_gap: Sourced<Hours> } = "stale_unusual",
        ReasonKnown { reason: Sourced<Phrase> } = "reason_known",
        DeliveredNote { place_left: Sourced<Note> } = "delivered_note",
        Contents { item: Sourced<Item> } = "contents",
        ContentsMore { item: Sourced<Item>, more_items: Sourced<Count> } = "contents_more",
        AmountDue { amount: Sourced<Amount> } = "amount_due",
        AmountPaid { amount: Sourced<Amount> } = "amount_paid",
        ParcelCount { parcels: Sourced<Count> } = "parcel_count",
        ParcelState { parcel: Ordinal, state: Sourced<Phrase> } = "parcel_state",
        ParcelStateDay { parcel: Ordinal, state: Sourced<Phrase>, eta_day: Sourced<Day> } = "parcel_state_day",
        DayPassed { day: Day } = "day_passed",
        WhichDay { first_day: Day, second_day: Day } = "which_day",
        WhichTime { first_window: Window, second_window: Window } = "which_time",
        DayByKey { first_day: Day, second_day: Day, third_day: Day } = "day_by_key",
        TimeByKey { first_day: Day, first_window: Window, second_day: Day, second_window: Window } = "time_by_key",
        CallNoted { day: Day } = "call_noted",
        CallNotedWindow { day: Day, window: Window } = "call_noted_window",
        ConfirmDay { day: Day } = "confirm_day",
        ConfirmDayWindow { day: Day, window: Window } = "confirm_day_window",
        ConfirmCallDay { day: Day } = "confirm_call_day",
        ConfirmCallDayWindow { day: Day, window: Window } = "confirm_call_day_window",
        ConfirmNote { note: Note } = "confirm_note",
        ConfirmTopic { topic: Phrase } = "confirm_topic",
        ConfirmPhone { phone: Phone } = "confirm_phone",
        PassedOn { topic: Phrase, shop: Text, within: Hours } = "passed_on",
        PassedOnDay { day: Day, shop: Text } = "passed_on_day",
        PassedOnDayWindow { day: Day, window: Window, shop: Text } = "passed_on_day_window",
        ChangedDay { day: Day } = "changed_day",
        ChangedDayWindow { day: Day, window: Window } = "changed_day_window",
        CarrierAccepts { topic: Phrase } = "carrier_accepts",
        CarrierRefuses { topic: Phrase } = "carrier_refuses",
        PuttingThrough { minutes: Count } = "putting_through",
        TeamAwayUntil { day: Day, time: ClockTime } = "team_away_until",
        CallbackRecorded { shop: Text, within: Hours } = "callback_recorded",
        CallbackFailed { callback_number: Phone } = "callback_failed",
        PersonTakesOver { shop: Text } = "person_takes_over",
        WhoIsCalling { shop: Text } = "who_is_calling",
        GotNumber { shop: Text } = "got_number",
        ScamCheck { website: Text } = "scam_check",
        ScamDigits { last_digits: Sourced<Reference> } = "scam_digits",
        Emergency { emergency_number: Text } = "emergency",
        OutOfScope { shop: Text } = "out_of_scope",
        OptOutDone { shop: Text, phone: Phone } = "opt_out_done",
        OptOutPassedOn { shop: Text } = "opt_out_passed_on",
        ClosingThanks { shop: Text } = "closing_thanks",
        ClosingEta { eta_day: Sourced<Day>, shop: Text } = "closing_eta",
        ClosingPassedOn { topic: Phrase, shop: Text, within: Hours } = "closing_passed_on",
        ClosingDay { day: Day, shop: Text } = "closing_day",
        ClosingCallDay { day: Day } = "closing_call_day",
        Calling { shop: Text } = "calling",
        CallingRecorded { shop: Text } = "calling_recorded",
        CallIsAbout { about: Phrase } = "call_is_about",
        WeRangYou { about: Phrase } = "we_rang_you",
        WhoCalls { shop: Text, about: Phrase } = "who_calls",
        AskForPerson { name: Name } = "ask_for_person",
        AskGoodTime { name: Name } = "ask_good_time",
        MessageForCustomer { shop: Text, callback_number: Phone } = "message_for_customer",
        ScreenerReason { shop: Text, about: Phrase } = "screener_reason",
        VoicemailMessage { shop: Text, callback_number: Phone } = "voicemail_message",
        CodOrderPlaced { order_day: Sourced<Day> } = "cod_order_placed",
        CodOrderOfItems { order_day: Sourced<Day>, items: Sourced<Count> } = "cod_order_of_items",
        PickupUntil { pickup_until_day: Sourced<Day> } = "pickup_until",
        ClosingNoted { topic: Phrase } = "closing_noted",
        ClosingOurCall { shop: Text } = "closing_our_call",
        ClosingEtaOurCall { eta_day: Sourced<Day> } = "closing_eta_our_call",
    }
}

phrases! {
    ReasonCustomerNotAvailable = "reason_customer_not_available",
    ReasonPremisesClosed = "reason_premises_closed",
    ReasonAddressIncomplete = "reason_address_incomplete",
    ReasonAddressWrong = "reason_address_wrong",
    ReasonAddressNotFound = "reason_address_not_found",
    ReasonCustomerMoved = "reason_customer_moved",
    ReasonAccessDenied = "reason_access_denied",
    ReasonPhoneUnreachable = "reason_phone_unreachable",
    ReasonCodNotReady = "reason_cod_not_ready",
    ReasonCustomerRefused = "reason_customer_refused",
    ReasonOtpNotProvided = "reason_otp_not_provided",
    ReasonIdOrAgeCheck = "reason_id_or_age_check",
    ReasonFutureDateAsked = "reason_future_date_asked",
    ReasonSelfPickupAsked = "reason_self_pickup_asked",
    ReasonOutOfServiceArea = "reason_out_of_service_area",
    ReasonOpenBoxRefused = "reason_open_box_refused",
    ReasonWeather = "reason_weather",
    ReasonVehicleOrCapacity = "reason_vehicle_or_capacity",
    ReasonDamaged = "reason_damaged",
    ReasonMisrouted = "reason_misrouted",
    ReasonAttemptNotMade = "reason_attempt_not_made",
    StateCreated = "state_created",
    StateInTransit = "state_in_transit",
    StateCustoms = "state_customs",
    StateDelayed = "state_delayed",
    StateAtLocalDepot = "state_at_local_depot",
    StateOutForDelivery = "state_out_for_delivery",
    StateAttemptFailed = "state_attempt_failed",
    StateReadyForPickup = "state_ready_for_pickup",
    StateException = "state_exception",
    StateDamaged = "state_damaged",
    StateLost = "state_lost",
    StateReturningToSender = "state_returning_to_sender",
    StateReturnedToSender = "state_returned_to_sender",
    StateDelivered = "state_delivered",
    StateCancelled = "state_cancelled",
    StateUnknown = "state_unknown",
    TopicReschedule = "topic_reschedule",
    TopicDeliveryNote = "topic_delivery_note",
    TopicSafePlace = "topic_safe_place",
    TopicNeighbour = "topic_neighbour",
    TopicGuard = "topic_guard",
    TopicRecipient = "topic_recipient",
    TopicPickup = "topic_pickup",
    TopicHold = "topic_hold",
    TopicNotReceived = "topic_not_received",
    TopicDamaged = "topic_damaged",
    TopicWrongItem = "topic_wrong_item",
    TopicMissingItem = "topic_missing_item",
    TopicCancel = "topic_cancel",
    TopicRefund = "topic_refund",
    TopicReturn = "topic_return",
    TopicAddressChange = "topic_address_change",
    TopicContactChange = "topic_contact_change",
    TopicExpedite = "topic_expedite",
    TopicPayment = "topic_payment",
    TopicComplaint = "topic_complaint",
    TopicCallBackLater = "topic_call_back_later",
    TopicLanguage = "topic_language",
    TopicPrivacy = "topic_privacy",
    TopicTrace = "topic_trace",
    TopicEmergency = "topic_emergency",
    TopicRefuseDelivery = "topic_refuse_delivery",
    TopicAttemptDisputed = "topic_attempt_disputed",
    TopicNotOrdered = "topic_not_ordered",
    TopicItemChange = "topic_item_change",
    TopicTrackingLink = "topic_tracking_link",
    TopicCallBefore = "topic_call_before",
    TopicRefundStatus = "topic_refund_status",
    TopicChannel = "topic_channel",
    TopicOptOutScope = "topic_opt_out_scope",
    TopicOptOutNumber = "topic_opt_out_number",
    TopicVulnerable = "topic_vulnerable",
    TopicMoved = "topic_moved",
    TopicHuman = "topic_human",
    TopicAvailable = "topic_available",
    TopicCodConfirm = "topic_cod_confirm",
    TopicCodCancel = "topic_cod_cancel",
    TopicPrepaidLink = "topic_prepaid_link",
    TopicHoldLonger = "topic_hold_longer",
    TopicAddressPart = "topic_address_part",
    TopicWrongNumber = "topic_wrong_number",
    ByKey = "by_key",
    KeyedPrice = "keyed_price",
    KeyedChangedMind = "keyed_changed_mind",
    KeyedMistake = "keyed_mistake",
    KeyedOther = "keyed_other",
    KeyedBroken = "keyed_broken",
    KeyedDirty = "keyed_dirty",
    KeyedNotWorking = "keyed_not_working",
    AboutDelivery = "about_delivery",
    AboutDeliveryDay = "about_delivery_day",
    AboutDeliveryToday = "about_delivery_today",
    AboutOrderToConfirm = "about_order_to_confirm",
    AboutNextTry = "about_next_try",
    AboutDeliveryProblem = "about_delivery_problem",
    AboutParcelToCollect = "about_parcel_to_collect",
    AboutCallback = "about_callback",
}

/// The words for a reason of the closed list; none for a reason that says nothing.
pub fn reason_phrase(code: &str) -> Option<Phrase> {
    let id = format!("reason_{}", code.to_ascii_lowercase());
    Phrase::ALL.iter().copied().find(|phrase| phrase.id() == id)
}
