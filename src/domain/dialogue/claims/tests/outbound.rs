//! What is said on calls that the shop makes, to whoever picks up and to the customer.

use std::sync::Arc;

use super::CHECK;
use super::cases::{LATE, check, facts, show, voice};
use crate::domain::call::VerificationLevel::{V0, V1};
use crate::domain::dialogue::Outreach;
use crate::domain::dialogue::claims::facts_of_outreach;
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::dialogue::tests_support::{BOOK, orders};
use crate::domain::outreach::policy::CallRules;

#[test]
fn an_order_to_be_confirmed_is_named_by_its_day_and_number_of_items() {
    check(
        "created unsent cod",
        V1,
        &[
            ("You placed an order on Tuesday, to be paid at the door.", "placed pay_at_door"),
            ("You placed an order of one item on Tuesday, to be paid at the door.", "placed items pay_at_door"),
            ("You placed an order of two items on Tuesday.", "number: two"),
            ("You placed an order on Thursday.", "day: Thursday"),
            ("You placed an order of a pressure cooker.", "above_level: pressure cooker"),
            ("One item is not sent yet.", "meaning: One item"),
        ],
    );
    check("created unsent", V1, &[("Do you still want it, to be paid at the door?", "money: to be paid at the door")]);
}

#[test]
fn what_waits_to_be_collected_does_not_come_to_the_door() {
    check(
        "ready_for_pickup",
        V1,
        &[
            ("It waits there until Tuesday.", "pickup_until"),
            ("It is waiting to be collected in Nagpur.", "ready_for_pickup pickup"),
            ("It should reach you on Tuesday.", "meaning: Tuesday"),
            ("It waits there until Wednesday.", "day: Wednesday"),
            ("It waits there.", "unproven: waits"),
        ],
    );
    check(LATE, V1, &[("It waits there until Tuesday.", "meaning: Tuesday")]);
}

#[test]
fn who_picks_up_hears_whom_the_call_is_for_and_what_it_is_about() {
    let outreach = |name| Outreach {
        scenario: Scenario::by_name(name).unwrap(),
        order: orders("out_for_delivery").remove(0),
        heard_before: Arc::new([]),
        may_household_confirm: true,
        rules: CallRules::WIDEST,
    };
    let judged = |name, sentence: &str| {
        let facts = facts("out_for_delivery").into_iter().chain(facts_of_outreach(&outreach(name), &BOOK)).collect();
        show(&CHECK.grounds(facts, V0, &voice()).judge(sentence))
    };
    let cases = [
        ("out_for_delivery", "Am I speaking with Asha?", "callee"),
        ("out_for_delivery", "Hello, is that Asha?", "callee"),
        ("out_for_delivery", "Am I speaking with Rahul?", "name: Rahul"),
        ("out_for_delivery", "Am I speaking with?", "unproven: Am I speaking with"),
        ("out_for_delivery", "Hello Asha, your parcel is with the driver.", "above_level: Asha"),
        ("out_for_delivery", "It is about a delivery planned for today.", "about"),
        ("out_for_delivery", "It should reach you today.", "above_level: today"),
        ("out_for_delivery", "It is about a delivery that is on hold.", "status: on hold"),
        ("out_for_delivery", "Please say that Kora Home called.", "shop our_call"),
        ("out_for_delivery", "Someone there today, yes or no?", "delivery_today"),
        ("exception", "Someone there today, yes or no?", "day: Someone there today"),
        ("exception", "It is about a delivery that is on hold.", "about"),
        ("callback", "You asked us to ring you back.", "callback_asked"),
        ("exception", "You asked us to ring you back.", "status: You asked us to ring you back"),
    ];
    for (name, sentence, expected) in cases {
        assert_eq!(judged(name, sentence), expected, "{name}: {sentence}");
    }
    check("out_for_delivery", V0, &[("Is that Asha?", "above_level: Asha"), ("Kora Home called.", "status: called")]);
}

#[test]
fn the_words_of_a_question_do_not_make_a_statement() {
    check(
        "delivered",
        V1,
        &[
            ("Did it arrive in good order?", ""),
            ("It was delivered today in good order.", "unproven: in good"),
            ("It was delivered today, one to five, please.", "unproven: one to five, please"),
            (
                "It was delivered, a neighbour, the guard, or another day.",
                "unproven: a neighbour, the guard, or another day",
            ),
            ("It was delivered, kept longer.", "unproven: kept"),
        ],
    );
}
