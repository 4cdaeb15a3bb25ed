//! Sentences that say only what the facts say, in the words a model might choose.

use doorstep::domain::dialogue::claims::{Meaning, Truth, Value};

use super::wording;
use super::world::Caller;
use crate::simulation::rng::Rng;

/// What a caller's facts hold under one meaning.
pub(super) fn value(caller: &Caller, meaning: Meaning, is_kind: fn(&Value) -> bool) -> Option<&Value> {
    caller.facts.iter().find(|fact| fact.meaning == Some(meaning) && is_kind(&fact.value)).map(|fact| &fact.value)
}

pub(super) fn is_so(caller: &Caller, truth: Truth) -> bool {
    caller.facts.iter().any(|fact| fact.value == Value::Truth(truth))
}

pub(super) const fn is_day(value: &Value) -> bool {
    matches!(value, Value::Day(_))
}

const ETA: &[&str] = &[
    "It should reach you {}.",
    "Your order should reach you on {}.",
    "It's expected {}.",
    "Your parcel is expected to arrive on {}.",
    "It is due {}.",
    "You can expect it on {}.",
    "You should have it by {}.",
    "The courier expects to deliver it {}.",
    "Your package should arrive {}.",
    "The estimated delivery date is {}.",
    "It should be delivered on {}.",
    "According to the courier, it should be with you {}.",
];
const PLACED: &[&str] =
    &["You ordered it on {}.", "The order was placed on {}.", "You placed the order on {}.", "It was ordered {}."];
const PICKUP_UNTIL: &[&str] =
    &["It waits there until {}.", "It is kept for you until {}.", "You can collect it until {}."];
const PROMISED: &[&str] =
    &["It was promised by {}.", "The promised day was {}.", "You were promised {}.", "It was promised for {}."];
const DELIVERED: &[&str] = &[
    "It was delivered {}.",
    "Your parcel was handed over on {}.",
    "It arrived {}.",
    "The courier delivered it on {}.",
];
const ATTEMPTED: &[&str] = &["They tried to deliver it {}.", "The courier tried to deliver your parcel on {}."];
const SEEN: &[&str] = &["It was last seen in {}.", "The last scan was in {}.", "It was last scanned in {}."];
const REASON: &[&str] = &["That is because {}.", "The courier noted that {}.", "It's because {}."];
const DUE: &[&str] =
    &["You pay {} at the door.", "The amount due is {}.", "You need to pay {}.", "Please have {} ready."];
const PAID: &[&str] = &["You have already paid {}.", "The total was {}.", "It came to {}, and it is already paid."];
const STATES: &[(Truth, &[&str])] = &[
    (
        Truth::Created,
        &[
            "The courier has not picked it up yet.",
            "It's packed and ready for the courier.",
            "Your order has been packed.",
        ],
    ),
    (
        Truth::InTransit,
        &[
            "It's on its way.",
            "Your order is on the way to you.",
            "Your parcel is in transit.",
            "It is still in transit.",
        ],
    ),
    (Truth::Customs, &["It's being checked at the border.", "It is going through customs."]),
    (Truth::Delayed, &["It has been delayed.", "Your order is held up but still moving.", "It is running late."]),
    (Truth::AtLocalDepot, &["It has reached your town.", "It's in your city."]),
    (
        Truth::OutForDelivery,
        &["It's out for delivery.", "Your parcel is with the driver.", "It is out with the delivery driver now."],
    ),
    (
        Truth::AttemptFailed,
        &["It could not be delivered.", "The courier tried to deliver it and could not hand it over."],
    ),
    (Truth::ReadyForPickup, &["It's ready to be collected.", "Your parcel is waiting at the pickup point."]),
    (Truth::OnHold, &["It's on hold.", "The courier has put it on hold."]),
    (Truth::Damaged, &["It was damaged on the way."]),
    (Truth::Lost, &["The courier cannot find your parcel."]),
    (Truth::Returning, &["It's going back to the shop.", "It is being returned to the shop."]),
    (Truth::Returned, &["It was returned to the shop.", "It's back at the shop."]),
    (Truth::Delivered, &["It has been delivered.", "It's marked as delivered.", "Your order was delivered."]),
    (Truth::Cancelled, &["Your order was cancelled.", "It has been cancelled."]),
    (Truth::NoNews, &["We have had no news from the courier yet."]),
    (Truth::Late, &["It is late.", "That's later than promised."]),
    (Truth::OnTime, &["It is on time.", "It's not late."]),
    (Truth::ReasonUnknown, &["The courier hasn't told us why.", "I don't know why yet."]),
    (Truth::EtaUnknown, &["There's no delivery day yet.", "The courier has not given a delivery date yet."]),
    (Truth::PayAtDoor, &["You pay at the door."]),
    (Truth::Prepaid, &["It's already paid for.", "There is nothing to pay at the door."]),
];
const OPENINGS: &[&str] = &[
    "",
    "",
    "",
    "Okay, ",
    "Sorry about the wait, ",
    "Thank you, ",
    "Of course, ",
    "I understand. ",
    "I'm sorry about that. ",
    "I can see that ",
];
const CLOSINGS: &[&str] =
    &["", "", "", " Is there anything else I can help with?", " Does that help?", " Would you like to know more?"];

/// A grounded sentence about this caller's order.
pub(super) fn sentence(rng: &mut Rng, caller: &Caller) -> String {
    let mut ways: Vec<String> = Vec::new();
    let mut add = |rng: &mut Rng, frames: &[&str], value: &str| ways.push(rng.pick(frames).replace("{}", value));
    let days = [
        (Meaning::Eta, ETA),
        (Meaning::Placed, PLACED),
        (Meaning::Promised, PROMISED),
        (Meaning::PickupUntil, PICKUP_UNTIL),
        (Meaning::Delivered, DELIVERED),
        (Meaning::Attempt, ATTEMPTED),
    ];
    for (meaning, frames) in days {
        if let Some(Value::Day(date)) = value(caller, meaning, is_day) {
            let mut said = wording::day(rng, caller.locale, *date, caller.today);
            if let (Meaning::Eta, Some(Value::Window(from, to))) =
                (meaning, value(caller, Meaning::Eta, |value| matches!(value, Value::Window(_, _))))
                && rng.percent(40)
            {
                said = format!("{said}, {}", wording::window(rng, caller.locale, *from, *to));
            }
            add(rng, frames, &said);
        }
    }
    if let Some(Value::Words(place)) = value(caller, Meaning::LastScan, |value| matches!(value, Value::Words(_))) {
        add(rng, SEEN, place);
    }
    if let Some(Value::Words(reason)) = value(caller, Meaning::Reason, |value| matches!(value, Value::Words(_))) {
        add(rng, REASON, reason);
    }
    if let Some(Value::Count(number, noun)) = value(caller, Meaning::Items, |value| matches!(value, Value::Count(_, _)))
    {
        let ending = if *number == 1 { "" } else { "s" };
        add(rng, &["You placed an order of {}."], &format!("{number} {noun}{ending}"));
    }
    if let Some(Value::Words(about)) = value(caller, Meaning::About, |value| matches!(value, Value::Words(_))) {
        add(rng, &["It is about {}."], about);
    }
    for (meaning, frames) in [(Meaning::Due, DUE), (Meaning::Paid, PAID)] {
        if let Some(Value::Money(money)) = value(caller, meaning, |value| matches!(value, Value::Money(_))) {
            let said = wording::money(rng, caller.locale, *money);
            add(rng, frames, &said);
        }
    }
    for (truth, frames) in STATES {
        if is_so(caller, *truth) {
            add(rng, frames, "");
        }
    }
    let picked = rng.between(0, ways.len() as u64) as usize;
    let text = ways
        .swap_remove(picked)
        .replace("on today", "today")
        .replace("on tomorrow", "tomorrow")
        .replace("on yesterday", "yesterday");
    dressed(rng, &text)
}

/// With a few words before and after.
fn dressed(rng: &mut Rng, text: &str) -> String {
    let opening = rng.pick(OPENINGS);
    let text = if opening.is_empty() || opening.ends_with(". ") || text.starts_with("I ") {
        text.to_owned()
    } else {
        let (first, rest) = text.split_at(1);
        format!("{}{rest}", first.to_lowercase())
    };
    format!("{opening}{text}{}", rng.pick(CLOSINGS))
}
