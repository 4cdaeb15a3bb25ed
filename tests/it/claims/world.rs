//! The demonstration shop's orders, as a caller may hear of them at a fixed moment.

use std::sync::{Arc, LazyLock};

use doorstep::domain::call::VerificationLevel;
use doorstep::domain::dialogue::claims::{
    ClaimCheck, Grounds, KnownFact, facts_of_order, facts_of_outreach, facts_of_shop,
};
use doorstep::domain::dialogue::phrasebook::Voice;
use doorstep::domain::dialogue::scenarios::Scenario;
use doorstep::domain::dialogue::{Outreach, Phrasebook, ShopProfile};
use doorstep::domain::orders::Order;
use doorstep::domain::orders::demo::demo_orders;
use doorstep::domain::outreach::policy::CallRules;
use doorstep::domain::speech::Locale;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub(super) static CHECK: LazyLock<ClaimCheck> =
    LazyLock::new(|| ClaimCheck::compile(&read("prompts/claims/en.toml")).unwrap());

static BOOK: LazyLock<Arc<Phrasebook>> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    doorstep::app::script(&folder).unwrap().phrasebook
});

/// A file of the package, so that words can be changed without a new build of the tests.
pub(super) fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// One caller with one order.
pub(super) struct Caller {
    pub(super) order: Arc<Order>,
    pub(super) facts: Vec<KnownFact>,
    pub(super) grounds: Grounds,
    pub(super) locale: Locale,
    pub(super) today: Date,
}

/// The moment of every call.
pub(super) fn now() -> Timestamp {
    "2026-11-18T11:00:00+05:30".parse().unwrap()
}

pub(super) fn prompts() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts")
}

/// A verified customer for every order of the shop, called about a delivery planned for today.
pub(super) fn callers() -> Vec<Caller> {
    let now = now();
    let orders = demo_orders(&read("config/demo-shop.jsonl"), now).unwrap();
    orders.into_iter().map(|order| caller(order, now)).collect()
}

fn caller(order: Order, now: Timestamp) -> Caller {
    let zone = TimeZone::get(order.time_zone.as_deref().unwrap_or("Asia/Kolkata")).unwrap();
    let customer = &order.customer;
    let locale = BOOK.locales().of_customer(customer.language.as_deref(), customer.phone.reveal());
    let today = now.to_zoned(zone.clone()).date();
    let order = Arc::new(order);
    let mut facts = facts_of_shop(&shop());
    facts.extend(facts_of_order(&order, now, zone, &BOOK));
    facts.extend(facts_of_outreach(&outreach(&order), &BOOK));
    let grounds = CHECK.grounds(facts.clone(), VerificationLevel::V2, &Voice { locale, today });
    Caller { order, facts, grounds, locale, today }
}

fn outreach(order: &Arc<Order>) -> Outreach {
    Outreach {
        scenario: Scenario::by_name("out_for_delivery").unwrap(),
        order: Arc::clone(order),
        heard_before: Arc::new([]),
        may_household_confirm: true,
        rules: CallRules::WIDEST,
    }
}

pub(super) fn shop() -> ShopProfile {
    ShopProfile {
        id: "kora".to_owned(),
        name: "Kora Home".to_owned(),
        callback_number: "+918041234567".parse().unwrap(),
        website_spoken: "kora home dot example".to_owned(),
        time_zone: "Asia/Kolkata".to_owned(),
        emergency_number_spoken: "one one two".to_owned(),
        human_callback_within_hours: 4,
        asks_call_score: false,
        sends_payment_links: false,
    }
}
