//! Sentence by sentence: a parcel on its way, and what may and may not be said of it.

use jiff::tz::TimeZone;

use super::CHECK;
use crate::domain::call::VerificationLevel::{self, V0, V1, V2};
use crate::domain::dialogue::claims::{
    ClaimCheck, Grounds, KnownFact, Verdict, facts_of_order, facts_of_shop, pattern,
};
use crate::domain::dialogue::phrasebook::Voice;
use crate::domain::dialogue::tests_support::{BOOK, now, orders, read, shop};
use crate::domain::speech::shipped;

/// Sunday the twenty-second of November. Orders as the fixtures describe them.
pub(super) fn facts(described: &str) -> Vec<KnownFact> {
    let zone = || TimeZone::get("Asia/Kolkata").unwrap();
    let of_orders = orders(described).into_iter().flat_map(|order| facts_of_order(&order, now(), zone(), &BOOK));
    facts_of_shop(&shop()).into_iter().chain(of_orders).collect()
}

pub(super) fn voice() -> Voice {
    let zone = TimeZone::get("Asia/Kolkata").unwrap();
    Voice { locale: shipped::locale("en-IN"), today: now().to_zoned(zone).date() }
}

pub(super) fn grounds(described: &str, level: VerificationLevel) -> Grounds {
    CHECK.grounds(facts(described), level, &voice())
}

pub(super) fn show(verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Grounded { cited } => {
            let names: Vec<&str> = cited.iter().map(|fact| fact.fact.name).collect();
            names.join(" ")
        }
        Verdict::Ungrounded { words, kind } => format!("{}: {}", kind.as_str(), words.reveal()),
    }
}

/// Each sentence with what it must come to: the facts it cites, or the kind and words it is refused for.
pub(super) fn check(described: &str, level: VerificationLevel, cases: &[(&str, &str)]) {
    let grounds = grounds(described, level);
    let mut faults = Vec::new();
    for (sentence, expected) in cases {
        let is = show(&grounds.judge(sentence));
        if is != *expected {
            faults.push(format!("{sentence}\n    is       {is}\n    expected {expected}"));
        }
    }
    assert!(faults.is_empty(), "{described}:\n{}", faults.join("\n"));
}

/// Ordered on the seventeenth, promised for tomorrow, expected on Tuesday the twenty-fourth between two and six; seen
/// in Nagpur this morning; 1,499 rupees to be paid at the door.
pub(super) const LATE: &str = "in_transit late cod";

#[test]
fn what_the_facts_say_may_be_said_in_other_words() {
    check(
        LATE,
        V2,
        &[
            ("It's on its way and should reach you on Tuesday, between 2 and 6 pm.", "in_transit eta eta"),
            ("Your pressure cooker is expected on Tuesday the 24th.", "contents eta"),
            ("Your order should arrive the day after tomorrow.", "eta"),
            ("It is due November twenty-fourth.", "eta"),
            ("You ordered it on the 17th of November.", "placed"),
            ("Hello Asha, it was promised by tomorrow, so it is late.", "caller promised late"),
            ("You pay ₹1,499 at the door.", "due pay_at_door"),
            ("You need to pay 1499 rupees when it comes.", "due pay_at_door"),
            ("The courier has not told us why.", "reason_unknown"),
            ("It was last seen in Nagpur today at seven in the morning.", "last_scan last_scan last_scan"),
            ("Order KH-452719 is in transit.", "order_number in_transit"),
            ("I am sorry about that. Let me check that for you.", ""),
            ("Is there anything else I can help with?", ""),
        ],
    );
}

#[test]
fn what_is_invented_is_refused_by_its_name() {
    check(
        LATE,
        V2,
        &[
            ("It should reach you on Friday.", "day: Friday"),
            ("It should reach you on Tuesday the twenty-fifth.", "number: twenty"),
            ("It should reach you tomorrow.", "meaning: tomorrow"),
            ("It should reach you in two days.", "number: two"),
            ("It should reach you soon.", "day: soon"),
            ("It should reach you Tuesday at noon.", "time: noon"),
            ("It should reach you Tuesday, between two and five in the afternoon.", "unproven: between"),
            ("You pay 1599 rupees at the door.", "number: 1599"),
            ("You pay one thousand five hundred rupees.", "number: one"),
            ("You get 20% off.", "unproven: get"),
            ("It comes in three parcels.", "number: three"),
            ("It was last seen in Pune.", "place: Pune"),
            ("Rahul tried to deliver it.", "unproven: Rahul"),
            ("It was delivered.", "status: delivered"),
            ("It is out for delivery.", "status: out for delivery"),
            ("Your order has been cancelled.", "status: has been cancelled"),
            ("I have changed the day.", "unproven: have"),
            ("We will refund you.", "promise: will"),
            ("You'll get it.", "promise: You'll"),
            ("I will call you back.", "promise: will"),
            ("It is arranged.", "promise: arranged"),
            ("It is guaranteed.", "promise: guaranteed"),
            ("It is on its way because the weather was bad.", "reason: weather"),
            ("Delivery is free of charge.", "policy: free"),
            ("You can return it within 30 days.", "unproven: can"),
            ("Here is a voucher.", "unproven: Here"),
        ],
    );
}

#[test]
fn a_right_value_with_the_wrong_meaning_is_refused() {
    check(
        LATE,
        V2,
        &[
            ("You ordered it on Tuesday the twenty-fourth.", "meaning: Tuesday the twenty-fourth"),
            ("It should reach you on the 17th of November.", "meaning: the 17th of November"),
            ("It was promised by Tuesday.", "meaning: Tuesday"),
            ("You have paid 1499 rupees.", "money: You have paid"),
            ("Your tracking number is KH-452719.", "unproven: tracking"),
            ("It should reach you in Nagpur.", "meaning: Nagpur"),
            ("Tuesday.", "meaning: Tuesday"),
            ("Nagpur.", "meaning: Nagpur"),
        ],
    );
}

#[test]
fn the_meaning_of_one_sentence_is_not_that_of_the_next() {
    // The day of order is the seventeenth, the promise the twenty-third, and Tuesday the day it comes.
    check(
        "in_transit late",
        V2,
        &[
            ("You ordered it on November 17. It should reach you on Tuesday.", "placed eta"),
            ("It should reach you before 6 p.m. Tomorrow.", "meaning: Tomorrow"),
            ("It should reach you before 6 p.m. on Tuesday.", "eta eta"),
            ("It was promised by tomorrow. Tuesday.", "meaning: Tuesday"),
        ],
    );
}

#[test]
fn negations_hedges_and_bare_agreement_are_refused() {
    check(
        LATE,
        V2,
        &[
            ("It is not on its way.", "negation: not"),
            ("It is not late.", "status: It is not late"),
            ("It isn't late.", "status: It isn't late"),
            ("It never left.", "negation: never"),
            ("It should reach you around Tuesday.", "hedge: around"),
            ("It should reach you on Tuesday or Wednesday.", "day: Wednesday"),
            ("It should probably reach you on Tuesday.", "unproven: should"),
            ("It might come on Tuesday.", "hedge: might"),
            ("It will reach you on Tuesday.", "promise: will"),
            ("Yes.", "unproven: Yes"),
            ("Yes, it is on its way.", "in_transit"),
            ("Sure, is there anything else?", "unproven: Sure"),
            ("It is in Kora Home.", "unproven: in Kora"),
            ("Your order is good.", "unproven: good"),
            ("It is at the door.", "unproven: at the door"),
            ("It should reach you.", "unproven: should reach you"),
            ("It is with your neighbour.", "unproven: with"),
        ],
    );
}

#[test]
fn what_the_level_does_not_allow_is_refused_although_it_is_true() {
    check(
        LATE,
        V1,
        &[
            ("It should reach you on Tuesday.", "eta"),
            ("Your pressure cooker should reach you on Tuesday.", "above_level: pressure cooker"),
            ("You pay 1499 rupees at the door.", "above_level: 1499 rupees"),
            ("You pay at the door.", "pay_at_door"),
        ],
    );
    check(LATE, V0, &[("It should reach you on Tuesday.", "above_level: Tuesday"), ("This is Kora Home.", "shop")]);
}

#[test]
fn a_reason_is_said_only_as_the_courier_gave_it() {
    check(
        "delayed why",
        V1,
        &[
            ("It has been held up because the weather was bad, and it is still moving.", "delayed reason"),
            ("It is delayed due to bad weather.", "delayed reason"),
            ("It is delayed because of a strike.", "reason: strike"),
            ("It is delayed because the van was full.", "unproven: van"),
        ],
    );
}

#[test]
fn with_two_orders_a_sentence_says_which() {
    check(
        "in_transit, delivered",
        V2,
        &[
            ("The pressure cooker is on its way.", "contents in_transit"),
            ("The cotton bed sheet was delivered today.", "contents delivered delivered"),
            ("The pressure cooker was delivered today.", "meaning: delivered"),
            ("It was delivered today.", "meaning: delivered"),
            ("Order KH-118203 was delivered.", "order_number delivered"),
        ],
    );
}

#[test]
fn with_two_parcels_a_sentence_says_which() {
    check(
        "in_transit two_parcels",
        V1,
        &[
            ("It comes in two parcels.", "parcels"),
            ("The first is on its way.", "which_parcel in_transit"),
            ("The second parcel was delivered.", "which_parcel delivered"),
            ("The second parcel is on its way.", "meaning: on its way"),
            ("Your parcel was delivered.", "meaning: delivered"),
            ("The first parcel should reach you on the second.", "meaning: The first parcel"),
        ],
    );
}

#[test]
fn a_sentence_too_long_is_refused_unread() {
    let long = "your order ".repeat(200);
    assert!(!grounds(LATE, V2).judge(&long).is_grounded());
    assert!(grounds(LATE, V2).judge("").is_grounded());
}

#[test]
fn a_fault_in_the_claim_file_is_named() {
    let cases = [
        ("words = [\n", "word = [\n", "the file is not valid"),
        ("cue = \"eta\"", "cue = \"etta\"", "`etta`: no meaning is called that"),
        ("needs = [\"late\"]", "needs = [\"tardy\"]", "`tardy`: no truth is called that"),
        ("kind = \"reason\"", "kind = \"why\"", "`why`: no kind is called that"),
        ("\"the\", \"a\",", "\"the\", \"tomorrow\",", "must not also say something"),
        ("(has been|) held up", "(has been| held up", "a bracket is not closed"),
    ];
    let text = read("prompts/claims/en.toml");
    for (from, to, expected) in cases {
        assert!(text.contains(from), "the test no longer fits the file: {from}");
        let error = ClaimCheck::compile(&text.replacen(from, to, 1)).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}\nshould say: {expected}");
    }
}

proptest::proptest! {
    #[test]
    fn no_sentence_makes_it_panic(sentence in "\\PC{0,120}", level in 0..3_usize) {
        let grounds = grounds("in_transit late cod, delivered noted", [V0, V1, V2][level]);
        if let Verdict::Grounded { cited } = grounds.judge(&sentence) {
            proptest::prop_assert!(cited.iter().all(|fact| fact.level <= [V0, V1, V2][level]));
        }
    }

    #[test]
    fn no_pattern_makes_it_panic(pattern in "[a-c()|' ]{0,40}") {
        drop(pattern::expand(&pattern));
    }
}
