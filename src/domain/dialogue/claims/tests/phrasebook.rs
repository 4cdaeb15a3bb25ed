//! Whatever the phrasebook can say passes the claim check against its own facts, and not without them.

use super::{CHECK, phrase_words};
use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::claims::{KnownFact, Meaning, Truth, Value, Verdict};
use crate::domain::dialogue::phrasebook::{Line, Phrase, Rewording, SlotValue, TODAY, Voice};
use crate::domain::dialogue::tests_support::BOOK;
use crate::domain::speech::shipped;

/// What a template states without a slot.
const STATED: &[(&str, &[Truth])] = &[
    ("greeting_recorded", &[Truth::Recorded]),
    ("disclosure_recorded", &[Truth::Recorded]),
    ("one_moment", &[Truth::LookingUp]),
    ("still_looking", &[Truth::LookingUp]),
    ("reference_not_found", &[Truth::OrderNotFound]),
    ("several_orders_same_day", &[Truth::SeveralOrders]),
    ("order_not_found", &[Truth::OrderNotFound]),
    ("lookup_failed", &[Truth::LookupFailed]),
    ("not_matched", &[Truth::NotVerified]),
    ("verify_refused", &[Truth::NotVerified]),
    ("verify_failed", &[Truth::NotVerified, Truth::PersonWillAct]),
    ("status_no_shipment", &[Truth::NoShipment]),
    ("status_created", &[Truth::Created]),
    ("status_created_late", &[Truth::Created]),
    ("status_in_transit", &[Truth::InTransit]),
    ("status_in_transit_seen", &[Truth::InTransit]),
    ("status_customs", &[Truth::Customs]),
    ("status_customs_seen", &[Truth::Customs]),
    ("status_delayed", &[Truth::Delayed]),
    ("status_delayed_unexplained", &[Truth::Delayed, Truth::ReasonUnknown]),
    ("status_at_local_depot", &[Truth::AtLocalDepot]),
    ("status_out_for_delivery", &[Truth::OutForDelivery]),
    ("status_out_for_delivery_since", &[Truth::OutForDelivery]),
    ("status_attempt_failed", &[Truth::AttemptFailed]),
    ("status_attempt_failed_unexplained", &[Truth::AttemptFailed, Truth::ReasonUnknown]),
    ("status_attempt_failed_undated", &[Truth::AttemptFailed]),
    ("status_ready_for_pickup", &[Truth::ReadyForPickup]),
    ("status_ready_for_pickup_at", &[Truth::ReadyForPickup]),
    ("status_exception", &[Truth::OnHold]),
    ("status_exception_unexplained", &[Truth::OnHold, Truth::ReasonUnknown]),
    ("status_damaged", &[Truth::Damaged]),
    ("status_lost", &[Truth::Lost]),
    ("status_returning", &[Truth::Returning]),
    ("status_returning_unexplained", &[Truth::Returning, Truth::ReasonUnknown]),
    ("status_returned", &[Truth::Returned]),
    ("status_returned_undated", &[Truth::Returned]),
    ("status_delivered", &[Truth::Delivered]),
    ("status_delivered_undated", &[Truth::Delivered]),
    ("status_cancelled", &[Truth::Cancelled]),
    ("status_unknown", &[Truth::NoNews]),
    ("status_unknown_since", &[Truth::NoNews]),
    ("eta_unknown", &[Truth::EtaUnknown]),
    ("eta_passed", &[Truth::EtaPassed]),
    ("not_due_yet", &[Truth::Created]),
    ("late_by_promise", &[Truth::Late]),
    ("promise_passed", &[Truth::Late]),
    ("not_late", &[Truth::OnTime]),
    ("no_promised_day", &[Truth::NoPromise]),
    ("late_unknown", &[Truth::LatenessUnknown]),
    ("stale_usual", &[Truth::SilenceUsual]),
    ("stale_unusual", &[Truth::SilenceUnusual]),
    ("nothing_needed", &[Truth::NothingNeeded]),
    ("no_action_needed", &[Truth::NothingNeeded]),
    ("person_needed_at_door", &[Truth::DoorNeeded, Truth::NothingNeeded]),
    ("pickup_needed", &[Truth::ReadyForPickup]),
    ("reason_unknown", &[Truth::ReasonUnknown]),
    ("delivered_note", &[Truth::Delivered]),
    ("delivered_no_note", &[Truth::NoteUnknown]),
    ("contents_unknown", &[Truth::ContentsUnknown]),
    ("amount_due", &[Truth::PayAtDoor]),
    ("amount_paid", &[Truth::Prepaid]),
    ("no_payment_due", &[Truth::Prepaid]),
    ("payment_means_unknown", &[Truth::PayAtDoor]),
    ("parcel_state", &[Truth::InTransit]),
    ("parcel_state_day", &[Truth::InTransit]),
    ("day_passed", &[Truth::TooEarly]),
    ("confirm_day", &[Truth::ReadBack]),
    ("confirm_day_window", &[Truth::ReadBack]),
    ("confirm_call_day", &[Truth::ReadBack]),
    ("confirm_call_day_window", &[Truth::ReadBack]),
    ("confirm_note", &[Truth::ReadBack]),
    ("confirm_topic", &[Truth::ReadBack]),
    ("which_day", &[Truth::ReadBack]),
    ("which_time", &[Truth::ReadBack]),
    ("day_by_key", &[Truth::ReadBack]),
    ("time_by_key", &[Truth::ReadBack]),
    ("call_noted", &[Truth::PassedOn]),
    ("call_noted_window", &[Truth::PassedOn]),
    ("closing_call_day", &[Truth::PassedOn]),
    ("changed_day", &[Truth::Accepted]),
    ("changed_day_window", &[Truth::Accepted]),
    ("carrier_accepts", &[Truth::Accepted]),
    ("carrier_refuses", &[Truth::Refused]),
    ("not_changed", &[Truth::NothingChanged]),
    ("saving", &[Truth::Saving]),
    ("passed_on", &[Truth::PassedOn]),
    ("passed_on_day", &[Truth::PassedOn]),
    ("passed_on_day_window", &[Truth::PassedOn]),
    ("already_passed_on", &[Truth::PassedOn]),
    ("record_failed", &[Truth::RecordFailed]),
    ("needs_person", &[Truth::PersonWillAct]),
    ("person_takes_over", &[Truth::PersonWillAct, Truth::PassedOn]),
    ("callback_recorded", &[Truth::PersonWillAct, Truth::PassedOn]),
    ("callback_failed", &[]),
    ("recorded_yes", &[Truth::Recorded]),
    ("recorded_no", &[Truth::NotRecorded]),
    ("recording_stopped", &[Truth::RecordingStopped]),
    ("slower", &[Truth::PaceChanged]),
    ("faster", &[Truth::PaceChanged]),
    ("louder", &[Truth::PaceChanged]),
    ("silence_goodbye", &[Truth::CallEnds]),
    ("line_dead", &[Truth::CallEnds]),
    ("wrong_number", &[Truth::OptOutPassedOn]),
    ("condolence", &[Truth::OptOutPassedOn]),
    ("abuse_end", &[Truth::CallEnds]),
    ("language_sorry", &[Truth::PersonWillAct]),
    ("opt_out_done", &[Truth::OptedOut]),
    ("opt_out_scope", &[Truth::OptedOut]),
    ("opt_out_scope_kept", &[Truth::OptOutPassedOn]),
    ("opt_out_failed", &[Truth::RecordFailed]),
    ("ask_opt_out_number", &[Truth::NumberWithheld]),
    ("opt_out_passed_on", &[Truth::OptOutPassedOn]),
    ("too_long", &[Truth::PersonWillAct]),
    ("closing_passed_on", &[Truth::PassedOn]),
    ("closing_day", &[Truth::PassedOn]),
    ("closing_noted", &[Truth::PassedOn]),
    ("calling_recorded", &[Truth::Recorded]),
    ("ask_household_presence", &[Truth::DeliveryToday]),
    ("message_for_customer", &[Truth::OurCall]),
    ("changed_meanwhile", &[Truth::ChangedMeanwhile]),
    ("will_ring_again", &[Truth::WillRingAgain]),
    ("payment_at_door", &[Truth::PayAtDoor]),
    ("cod_order_placed", &[Truth::PayAtDoor]),
    ("cod_order_of_items", &[Truth::PayAtDoor]),
    ("ask_still_wanted", &[Truth::PayAtDoor]),
    ("last_try", &[Truth::AttemptFailed]),
    ("ask_still_help", &[Truth::CallbackAsked]),
];

/// What no model may say: only the call itself knows whether somebody is being rung, or a link sent.
const OF_THE_CALL_ALONE: &[&str] = &[
    "ask_may_record",
    "link_sent",
    "link_coming",
    "link_not_sent",
    "putting_through_soon",
    "putting_through",
    "still_putting_through",
    "nobody_free",
    "team_away_until",
    "team_away",
];

/// Lines that name days to choose from, not orders.
const WISHED: &[&str] = &["which_day", "day_by_key", "time_by_key"];

fn stated(template: &str) -> Vec<KnownFact> {
    let truths = STATED.iter().find(|(id, _)| *id == template).map_or(&[][..], |(_, truths)| truths);
    truths.iter().map(|truth| KnownFact::truth(*truth, VerificationLevel::V0)).collect()
}

fn meaning(template: &str, slot: &str) -> Meaning {
    match slot {
        "shop" | "website" => Meaning::Shop,
        "first_day" | "second_day" | "third_day" if WISHED.contains(&template) => Meaning::Wish,
        "first_window" | "second_window" => Meaning::Wish,
        "first_day" | "second_day" | "third_day" | "order_day" => Meaning::Placed,
        "item" | "first_item" | "second_item" | "third_item" => Meaning::Contents,
        "promised_day" => Meaning::Promised,
        "last_scan_place" | "last_scan_day" | "last_scan_time" => Meaning::LastScan,
        "out_day" => Meaning::Out,
        "attempt_day" => Meaning::Attempt,
        "pickup_place" => Meaning::Pickup,
        "pickup_until_day" => Meaning::PickupUntil,
        "returned_day" => Meaning::Returned,
        "delivered_day" | "delivered_time" => Meaning::Delivered,
        "eta_day" if template == "eta_passed" => Meaning::EtaPassed,
        "eta_day" | "eta_window" => Meaning::Eta,
        "usual_gap" => Meaning::UsualGap,
        "reason" => Meaning::Reason,
        "place_left" => Meaning::Note,
        "more_items" => Meaning::MoreItems,
        "items" => Meaning::Items,
        "name" => Meaning::Callee,
        "about" => Meaning::About,
        "amount" if template == "amount_due" => Meaning::Due,
        "amount" => Meaning::Paid,
        "parcels" => Meaning::Parcels,
        "parcel" => Meaning::WhichParcel,
        "day" | "window" | "note" => Meaning::Wish,
        "topic" if template == "confirm_topic" => Meaning::Wish,
        "topic" => Meaning::PassedOn,
        "phone" | "callback_number" => Meaning::Phone,
        "within" => Meaning::Within,
        "last_digits" => Meaning::OrderNumber,
        "emergency_number" => Meaning::EmergencyNumber,
        other => panic!("{template}: the slot {other} has no meaning here"),
    }
}

fn value(slot: &str, value: SlotValue) -> Option<Value> {
    Some(match value {
        SlotValue::Text(text)
        | SlotValue::Item(text)
        | SlotValue::Note(text)
        | SlotValue::Name(text)
        | SlotValue::Place(text) => Value::Words(text),
        SlotValue::Day(day) => Value::Day(day),
        SlotValue::ClockTime(time) => Value::Time(time),
        SlotValue::Window(from, to) => Value::Window(from, to),
        SlotValue::Money(money) => Value::Money(money),
        SlotValue::OrderReference(reference) => Value::Reference(reference.0.into()),
        SlotValue::Phone(phone) => Value::Phone(phone),
        SlotValue::Count(count) => Value::Count(count, counted(slot)),
        SlotValue::Ordinal(place) => Value::Ordinal(place, "parcel"),
        SlotValue::Hours(hours) => Value::Hours(hours),
        // The state of a parcel is a truth, and has its phrases.
        SlotValue::Phrase(Phrase::StateInTransit) => return None,
        SlotValue::Phrase(phrase) => Value::Words(phrase_words(phrase)),
    })
}

fn counted(slot: &str) -> &'static str {
    match slot {
        "more_items" => "more",
        "items" => "item",
        "parcels" => "parcel",
        other => panic!("nobody knows what {other} counts"),
    }
}

/// The facts a line is made of.
fn facts_of(line: &Line) -> Vec<KnownFact> {
    let template = line.template();
    let mut facts = stated(template);
    let slots = line.slot_values();
    if let Some((_, SlotValue::Day(from))) = slots.iter().find(|(slot, _)| *slot == "eta_from_day")
        && let Some((_, SlotValue::Day(to))) = slots.iter().find(|(slot, _)| *slot == "eta_to_day")
    {
        facts.push(KnownFact::value(Meaning::Eta, Value::Days(*from, *to), VerificationLevel::V1));
        return facts;
    }
    if template.starts_with("which_") && template != "which_order_again" {
        let count = u32::try_from(slots.len()).unwrap();
        facts.push(KnownFact::value(Meaning::OrderCount, Value::Count(count, "order"), VerificationLevel::V1));
    }
    for (slot, filled) in slots {
        if let Some(value) = value(slot, filled) {
            facts.push(KnownFact::value(meaning(template, slot), value, VerificationLevel::V1));
        }
    }
    facts
}

fn sentences() -> Vec<(Line, String, Voice)> {
    let mut sentences = Vec::new();
    for line in Line::samples().into_iter().filter(|line| !OF_THE_CALL_ALONE.contains(&line.template())) {
        for locale in shipped::english() {
            for which in [Rewording::First, Rewording::Short] {
                let voice = Voice { locale, today: TODAY };
                sentences.push((line.clone(), BOOK.sentence(&line, which, &voice).text, voice));
            }
        }
    }
    sentences
}

#[test]
fn every_sentence_passes_against_its_own_facts() {
    let mut refused = Vec::new();
    for (line, text, voice) in sentences() {
        let grounds = CHECK.grounds(facts_of(&line), VerificationLevel::V2, &voice);
        if let Verdict::Ungrounded { words, kind } = grounds.judge(&text) {
            refused.push(format!("{}: {text}: {} ({kind:?})", line.template(), words.reveal()));
        }
    }
    assert!(Line::SPECS.len() <= Line::samples().len());
    refused.dedup();
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}

#[test]
fn a_sentence_with_facts_does_not_pass_without_them() {
    let mut passed = Vec::new();
    // A shorter wording may leave the statement out and only ask.
    for (line, text, voice) in sentences().into_iter().step_by(2) {
        let needs_facts = !facts_of(&line).is_empty();
        let grounds = CHECK.grounds(Vec::new(), VerificationLevel::V2, &voice);
        if needs_facts && grounds.judge(&text).is_grounded() {
            passed.push(format!("{}: {text}", line.template()));
        }
    }
    passed.dedup();
    assert!(passed.is_empty(), "passed without a fact:\n{}", passed.join("\n"));
}

#[test]
fn what_the_call_alone_knows_is_refused() {
    let voice = Voice { locale: shipped::locale("en-IN"), today: TODAY };
    let of_the_call = |line: &Line| OF_THE_CALL_ALONE.contains(&line.template());
    let lines: Vec<Line> = Line::samples().into_iter().filter(of_the_call).collect();
    assert_eq!(lines.len(), OF_THE_CALL_ALONE.len());
    for line in lines {
        let text = BOOK.sentence(&line, Rewording::First, &voice).text;
        let truths =
            [Truth::PassedOn, Truth::PersonWillAct].map(|truth| KnownFact::truth(truth, VerificationLevel::V0));
        let grounds = CHECK.grounds(truths.to_vec(), VerificationLevel::V2, &voice);
        assert!(!grounds.judge(&text).is_grounded(), "{text}");
    }
}

/// Any state of a parcel as "the second …" says it.
#[test]
fn every_state_of_a_parcel_has_its_truth() {
    for truth in Truth::ALL {
        let id = format!("state_{}", truth.as_str());
        let Some(phrase) = Phrase::ALL.iter().find(|phrase| phrase.id() == id) else { continue };
        let text = format!("The second {}.", BOOK.phrase(*phrase));
        let ordinal = KnownFact::value(Meaning::WhichParcel, Value::Ordinal(2, "parcel"), VerificationLevel::V1);
        let voice = Voice { locale: shipped::locale("en-IN"), today: TODAY };
        let proven = vec![ordinal.clone(), KnownFact::truth(*truth, VerificationLevel::V1)];
        let verdict = CHECK.grounds(proven, VerificationLevel::V2, &voice).judge(&text).is_grounded();
        assert!(verdict, "{text}");
        assert!(!CHECK.grounds(vec![ordinal], VerificationLevel::V2, &voice).judge(&text).is_grounded(), "{text}");
    }
}
