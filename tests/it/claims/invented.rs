//! Inventions: what a model adds to a grounded sentence, or says in its place, that no fact holds.

use doorstep::domain::dialogue::claims::{KnownFact, Meaning, Truth, Value};
use doorstep::domain::values::Money;
use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::grounded::{is_day, is_so, value};
use super::wording;
use super::world::Caller;
use crate::simulation::rng::Rng;

/// A sentence with one invention, and what kind of invention it is.
pub(super) struct Invented {
    pub(super) text: String,
    pub(super) kind: &'static str,
}

type Invent = fn(&mut Rng, &Caller, &str) -> Option<String>;

/// Every kind of invention. None when it would happen to be true of this caller.
const KINDS: &[(&str, Invent)] = &[
    ("day", invented_day),
    ("time", invented_time),
    ("money", invented_money),
    ("percent", |rng, _, text| Some(appended(rng, text, &["You get {n}% off.", "That is {n} percent of parcels."]))),
    ("count", invented_count),
    ("number", |rng, _, text| {
        Some(appended(
            rng,
            text,
            &[
                "Your tracking number is {d}.",
                "Call us on {d}.",
                "The order number is {d}.",
                "The driver's phone is {d}.",
            ],
        ))
    }),
    ("place", invented_place),
    ("person", invented_person),
    ("status", invented_status),
    ("promise", |rng, _, text| Some(appended(rng, text, PROMISES))),
    ("reason", invented_reason),
    ("policy", |rng, _, text| Some(appended(rng, text, POLICIES))),
    ("meaning", wrong_meaning),
    ("negation", negated),
    ("hedge", hedged),
    ("word", strange_word),
];

const PROMISES: &[&str] = &[
    "I have changed it.",
    "We will refund it.",
    "You'll get it.",
    "I'll call you back.",
    "It is arranged.",
    "It is guaranteed.",
    "I have cancelled your order.",
    "It's confirmed.",
    "I've noted that.",
    "We will send another one.",
    "You will have it then.",
    "I've asked the courier to hurry.",
    "It is sorted.",
    "A person will call you.",
    "I have passed that on.",
    "I promise.",
    "Done, it is cancelled.",
    "We are going to replace it.",
    "I have told the driver.",
    "Your refund is on its way.",
    "I will make sure of it.",
    "It shall be there.",
    "I let the courier know.",
    "We will ring again another time.",
    "You asked us to ring you back.",
    "A call tomorrow.",
];
const POLICIES: &[&str] = &[
    "Delivery is free of charge.",
    "You can return it within thirty days.",
    "Returns are free.",
    "There is no charge.",
    "We offer a discount.",
    "Here is a voucher for you.",
    "You get cashback.",
    "It is insured.",
    "Our policy covers that.",
    "You are entitled to a refund.",
    "Shipping is on us.",
    "You earn double points.",
    "It is under warranty.",
];
const PLACES: &[&str] =
    &["Pune", "Leeds", "Indore", "Denver", "Surat", "Mysore", "Bristol", "Kanpur", "Salem", "Reading"];
const PEOPLE: &[&str] = &["Rahul", "Sunita", "Mr Patel", "John", "Grace", "Mark", "Will", "May", "Rose", "Dawn"];
const STATES: &[(Truth, &[&str])] = &[
    (Truth::Delivered, &["It was delivered.", "It has arrived.", "The courier handed over your parcel."]),
    (Truth::OutForDelivery, &["It is out for delivery.", "It's with the driver."]),
    (Truth::InTransit, &["It is in transit.", "Your parcel is on its way to you."]),
    (Truth::Cancelled, &["Your order was cancelled.", "It's been canceled."]),
    (Truth::Lost, &["It cannot be found.", "Your parcel is lost."]),
    (Truth::Damaged, &["It was damaged on the way.", "It is broken."]),
    (Truth::Returned, &["It was returned to the shop.", "It's back at the shop."]),
    (Truth::Late, &["It is late.", "It's behind schedule."]),
    (Truth::OnTime, &["It is on time.", "It is not late."]),
    (Truth::AtLocalDepot, &["It has reached your town."]),
    (Truth::PassedOn, &["I have passed that on.", "I've passed it on."]),
    (Truth::Recorded, &["This call is recorded."]),
    (Truth::OnHold, &["It is about a delivery that is on hold."]),
];
const STRANGE: &[&str] = &[
    "refunded",
    "tomorrow",
    "guaranteed",
    "nine",
    "free",
    "always",
    "Pune",
    "never",
    "probably",
    "delivered",
    "lost",
    "because",
    "20%",
    "₹50",
    "tonight",
    "early",
    "nearby",
    "upgraded",
    "stolen",
    "personally",
    "priority",
    "twice",
];

/// An invention in or after this grounded sentence.
pub(super) fn sentence(rng: &mut Rng, caller: &Caller, grounded: &str) -> Invented {
    loop {
        let (kind, invent) = KINDS[rng.between(0, KINDS.len() as u64) as usize];
        if let Some(text) = invent(rng, caller, grounded) {
            return Invented { text, kind };
        }
    }
}

/// One of these sentences, before or after, with made-up numbers and names in it.
fn appended(rng: &mut Rng, text: &str, sentences: &[&str]) -> String {
    let digits: String = (0..rng.between(5, 11)).map(|_| char::from(b'0' + rng.between(0, 10) as u8)).collect();
    let added = rng.pick(sentences).replace("{n}", &rng.between(5, 90).to_string()).replace("{d}", &digits);
    match rng.between(0, 3) {
        0 => format!("{added} {text}"),
        1 => format!("{} and {added}", text.trim_end_matches(['.', '?'])),
        _ => format!("{text} {added}"),
    }
}

fn days_known(caller: &Caller) -> Vec<Date> {
    let day = |value: &Value| if let Value::Day(date) = value { Some(*date) } else { None };
    caller.facts.iter().filter_map(|fact| day(&fact.value)).collect()
}

fn invented_day(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let date = caller.today.checked_add((rng.between(0, 40) as i64 - 15).days()).ok()?;
    let is_known =
        days_known(caller).contains(&date) || caller.facts.iter().any(|fact| matches!(fact.value, Value::Days(_, _)));
    let day = wording::day(rng, caller.locale, date, caller.today);
    let frames: &[&str] = &[
        "It should reach you {}.",
        "It is expected {}.",
        "It should arrive on {}.",
        "You ordered it on {}.",
        "It was promised by {}.",
        "It was delivered {}.",
        "They tried to deliver it {}.",
        "{}.",
        "That is {}.",
        "You can expect it by {}.",
        "It was last seen on {}.",
        "It waits there until {}.",
    ];
    let vague = ["soon", "next week", "later today", "in two days", "within a week", "by the weekend", "any moment"];
    let said = if rng.percent(15) {
        rng.pick(&vague).to_owned()
    } else if is_known || days_known(caller).iter().any(|known| is_called(caller, *known, &day)) {
        return None;
    } else {
        day
    };
    let added = rng.pick(frames).replace("{}", &said);
    Some(appended(rng, text, &[&added]))
}

/// Whether a near day goes by this bare name too: last Thursday's is next Thursday's.
fn is_called(caller: &Caller, known: Date, said: &str) -> bool {
    let is_near = known.since(caller.today).is_ok_and(|span| span.get_days().abs() <= 6);
    is_near && known.strftime("%A").to_string() == said
}

fn invented_time(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let time = Time::new(rng.between(7, 22) as i8, rng.pick(&[0, 15, 30, 40]), 0, 0).ok()?;
    let is_known = |known: &Value| match known {
        Value::Time(known) => *known == time,
        Value::Window(from, to) => *from == time || *to == time,
        _ => false,
    };
    if caller.facts.iter().any(|fact| is_known(&fact.value)) {
        return None;
    }
    let said = wording::time(rng, caller.locale, time);
    let added = rng
        .pick(&[
            "It should reach you at {}.",
            "It is expected before {}.",
            "It should arrive by {}.",
            "It was delivered at {}.",
            "The driver comes at {}.",
        ])
        .replace("{}", &said);
    Some(appended(rng, text, &[&added]))
}

fn invented_money(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let amount = Money { amount_minor: rng.between(100, 900_000) as i64, currency: caller.order.total.currency };
    if amount == caller.order.total {
        return None;
    }
    let said = wording::money(rng, caller.locale, amount);
    let added = rng
        .pick(&[
            "You pay {} at the door.",
            "The amount due is {}.",
            "You have already paid {}.",
            "It came to {}.",
            "You get {} back.",
            "The total was {}.",
        ])
        .replace("{}", &said);
    Some(appended(rng, text, &[&added]))
}

fn invented_count(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let (number, said) = rng.pick(&[(3, "three"), (5, "five"), (7, "7"), (11, "eleven")]);
    let is_known = |known: &Value| matches!(known, Value::Count(count, _) if *count == number);
    if caller.facts.iter().any(|fact| is_known(&fact.value)) {
        return None;
    }
    let added = rng
        .pick(&[
            "It comes in {} boxes.",
            "There are {} items in it.",
            "You have {} more orders.",
            "You placed an order of {} items.",
        ])
        .replace("{}", said);
    Some(appended(rng, text, &[&added]))
}

fn invented_person(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let person = rng.pick(PEOPLE);
    if caller.order.customer.name.reveal().contains(person) {
        return None;
    }
    let added = rng
        .pick(&[
            "{} has it.",
            "Our driver {} is near you.",
            "Please ask for {}.",
            "It was given to {}.",
            "Am I speaking with {}?",
            "When could we reach {}?",
        ])
        .replace("{}", person);
    Some(appended(rng, text, &[&added]))
}

fn invented_place(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let place = rng.pick(PLACES);
    let is_known = |known: &Value| matches!(known, Value::Words(words) if words.contains(place));
    if caller.facts.iter().any(|fact| is_known(&fact.value)) {
        return None;
    }
    let added = rng
        .pick(&[
            "It was last seen in {}.",
            "It is in {} now.",
            "The last scan was in {}.",
            "It left {}.",
            "It goes to {}.",
            "You can collect it in {}.",
            "{}.",
        ])
        .replace("{}", place);
    Some(appended(rng, text, &[&added]))
}

fn invented_status(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let (truth, sentences) = rng.pick(STATES);
    let is_near =
        truth == Truth::InTransit && !is_so(caller, Truth::NoShipment) && is_so(caller, Truth::OutForDelivery);
    let is_late = truth == Truth::Late && is_so(caller, Truth::Delayed);
    if is_so(caller, truth) || is_near || is_late { None } else { Some(appended(rng, text, sentences)) }
}

fn invented_reason(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let reasons =
        ["of a strike", "the driver was ill", "of heavy rain", "a lorry broke down", "of the holidays", "we were busy"];
    let reason = rng.pick(&reasons);
    let is_known = |known: &Value| matches!(known, Value::Words(words) if reason.contains(&**words));
    if caller.facts.iter().any(|fact| is_known(&fact.value)) {
        return None;
    }
    let added = format!("That is because {reason}.");
    Some(appended(rng, text, &[&added, &added.replace("because", "due to the fact that")]))
}

/// A day that is known, said of something else.
fn wrong_meaning(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let frames = [
        (Meaning::Eta, "It should reach you {}."),
        (Meaning::Placed, "You ordered it on {}."),
        (Meaning::Promised, "It was promised by {}."),
        (Meaning::Delivered, "It was delivered {}."),
        (Meaning::Attempt, "They tried to deliver it {}."),
        (Meaning::PickupUntil, "It waits there until {}."),
    ];
    let (said_of, frame) = rng.pick(&frames);
    let (is_of, _) = rng.pick(&frames);
    let Some(Value::Day(date)) = value(caller, is_of, is_day) else { return None };
    let said = wording::day(rng, caller.locale, *date, caller.today);
    let is_true_too = |fact: &KnownFact| match &fact.value {
        Value::Day(known) => fact.meaning == Some(said_of) && (known == date || is_called(caller, *known, &said)),
        _ => false,
    };
    let in_range = said_of == Meaning::Eta && caller.facts.iter().any(|fact| matches!(fact.value, Value::Days(_, _)));
    if said_of == is_of || in_range || caller.facts.iter().any(is_true_too) {
        return None;
    }
    let added = frame.replace("{}", &said);
    Some(appended(rng, text, &[&added]))
}

fn negated(rng: &mut Rng, _: &Caller, text: &str) -> Option<String> {
    // A negation of a negation, or of a question, is another sentence; of a statement it is its opposite.
    let turns = [
        ("is on", "is not on"),
        ("It's", "It isn't"),
        ("should", "should not"),
        ("was", "was never"),
        ("has been", "hasn't been"),
        ("is ", "is no longer "),
    ];
    let (from, to) = rng.pick(&turns);
    (text.contains(from) && !text.contains("not") && !text.contains("n't") && !text.contains("no "))
        .then(|| text.replacen(from, to, 1))
}

fn hedged(rng: &mut Rng, _: &Caller, text: &str) -> Option<String> {
    let turns = [
        ("should", "might"),
        ("should", "could"),
        (" on ", " around "),
        ("is expected", "is probably expected"),
        ("should", "will"),
        ("It's", "Maybe it's"),
        (" by ", " by about "),
    ];
    let (from, to) = rng.pick(&turns);
    text.contains(from).then(|| text.replacen(from, to, 1))
}

/// A word that claims something, anywhere between two others.
fn strange_word(rng: &mut Rng, caller: &Caller, text: &str) -> Option<String> {
    let word = rng.pick(STRANGE);
    let mut words: Vec<&str> = text.split(' ').collect();
    let at = rng.between(0, words.len() as u64) as usize;
    let is_place = |value: &Value| matches!(value, Value::Words(words) if words.contains(word));
    let is_true = (word == "delivered" && is_so(caller, Truth::Delivered))
        || (word == "tomorrow" && days_known(caller).contains(&caller.today.tomorrow().ok()?))
        || (word == "Pune" && caller.facts.iter().any(|fact| is_place(&fact.value)));
    words.insert(at, word);
    (!is_true).then(|| words.join(" "))
}
