use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::bounds::Bounds;
use super::calendar::{Clock, earliest};
use super::hours::{DayHours, Week};
use super::*;
use crate::domain::orders::OrderRef;
use crate::domain::outreach::{Channel, Urgency};
use crate::domain::values::PhoneNumber;

const ZONES: &str = include_str!("../../../../config/numbering/time_zones.txt");
const AREAS: &str = include_str!("../../../../config/numbering/nanp_areas.txt");
const IN: &str = include_str!("../../../../config/policies/in.toml");
const US: &str = include_str!("../../../../config/policies/us.toml");
const GB: &str = include_str!("../../../../config/policies/gb.toml");
const HOLIDAYS: &str = include_str!("../../../../config/policies/holidays.txt");

pub(in crate::domain::outreach) fn shipped() -> Policies {
    read(&[("in.toml", IN), ("us.toml", US), ("gb.toml", GB)], &Narrowing::default()).unwrap()
}

fn read(files: &[(&str, &str)], shop: &Narrowing) -> Result<Policies, InvalidPolicy> {
    let numbering = Numbering::read(ZONES).unwrap().with_areas(AREAS).unwrap();
    let countries = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Policies::read(&PolicyFiles { countries, holidays: HOLIDAYS.to_owned() }, numbering, shop, Quiet::default())
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Somebody to call, owned.
#[derive(Clone, Debug)]
struct Person {
    phone: PhoneNumber,
    country: Option<&'static str>,
    state: Option<&'static str>,
    zone: Option<&'static str>,
    order_ref: OrderRef,
    scenario: &'static str,
    urgency: Urgency,
}

fn person(phone: &str, country: Option<&'static str>, state: Option<&'static str>) -> Person {
    let order_ref = OrderRef("KH-1".to_owned());
    let (phone, urgency) = (phone.parse().unwrap(), Urgency::Normal);
    Person { phone, country, state, zone: None, order_ref, scenario: "delayed", urgency }
}

impl Person {
    fn callee(&self) -> Callee<'_> {
        Callee {
            phone: &self.phone,
            country: self.country,
            state: self.state,
            time_zone: self.zone,
            order_ref: &self.order_ref,
            scenario: self.scenario,
            urgency: self.urgency,
        }
    }
}

fn asha() -> Person {
    Person { zone: Some("Asia/Kolkata"), ..person("+919845012345", Some("IN"), Some("KA")) }
}

fn given() -> Contacts {
    Contacts { consent: Consent::Given { proof: "order form".to_owned() }, ..Contacts::default() }
}

fn check(person: &Person, contacts: &Contacts, now: &str, expected: &str) {
    let ruling = shipped().rule_on(&person.callee(), contacts, at(now));
    let said = match ruling.verdict {
        Verdict::May => "may".to_owned(),
        Verdict::NotBefore { at, hold } => format!("{} {at}", hold.as_str()),
        Verdict::Never { hold } => format!("never {}", hold.as_str()),
    };
    assert_eq!(said, expected, "{person:?} at {now}: {}", ruling.line);
}

#[test]
fn hours_days_and_holidays_are_those_of_the_callee() {
    let none = Contacts::default();
    check(&asha(), &none, "2026-11-25T12:00:00+05:30", "may");
    check(&asha(), &none, "2026-11-25T09:00:00+05:30", "may");
    check(&asha(), &none, "2026-11-25T08:59:59+05:30", "quiet_hours 2026-11-25T03:30:00Z");
    check(&asha(), &none, "2026-11-25T20:00:00+05:30", "quiet_hours 2026-11-26T03:30:00Z");
    // Saturday night: Sunday begins later.
    check(&asha(), &none, "2026-11-28T21:00:00+05:30", "quiet_hours 2026-11-29T04:30:00Z");
    // Republic Day is a Monday.
    check(&asha(), &none, "2026-01-26T12:00:00+05:30", "quiet_hours 2026-01-27T03:30:00Z");
    // Karnataka alone keeps the first of November, a Sunday.
    check(&asha(), &none, "2026-11-01T12:00:00+05:30", "quiet_hours 2026-11-02T03:30:00Z");
    let pune = Person { state: Some("Maharashtra"), ..asha() };
    check(&pune, &none, "2026-11-01T12:00:00+05:30", "may");
}

#[test]
fn number_and_address_both_count() {
    // A Californian number, an address in Florida: 9:00 in Los Angeles to 20:00 in Miami and Chicago's hour.
    let moved = person("+12135550143", Some("US"), Some("FL"));
    check(&moved, &given(), "2026-11-25T09:30:00-05:00", "quiet_hours 2026-11-25T17:00:00Z");
    check(&moved, &given(), "2026-11-25T12:00:00-05:00", "may");
    check(&moved, &given(), "2026-11-25T19:59:00-05:00", "may");
    check(&moved, &given(), "2026-11-25T20:00:00-05:00", "quiet_hours 2026-11-27T17:00:00Z");
    // The order's own zone stands for the address.
    let named = Person { zone: Some("America/New_York"), ..moved };
    check(&named, &given(), "2026-11-25T11:59:00-05:00", "quiet_hours 2026-11-25T17:00:00Z");
    // An Indian number, an address in London.
    let abroad = person("+919845012345", Some("GB"), Some("England"));
    check(&abroad, &Contacts::default(), "2026-11-25T10:00:00+00:00", "may");
    check(&abroad, &Contacts::default(), "2026-11-25T15:00:00+00:00", "quiet_hours 2026-11-26T09:00:00Z");
}

#[test]
fn stricter_states_are_kept() {
    let birmingham = person("+12055550143", Some("US"), Some("AL"));
    // No Sundays in Alabama, and Thanksgiving nowhere.
    check(&birmingham, &given(), "2026-11-29T12:00:00-06:00", "quiet_hours 2026-11-30T15:00:00Z");
    check(&birmingham, &given(), "2026-11-26T12:00:00-06:00", "quiet_hours 2026-11-27T15:00:00Z");
    let louisville = person("+15025550143", Some("US"), Some("Kentucky"));
    check(&louisville, &given(), "2026-11-25T09:30:00-05:00", "quiet_hours 2026-11-25T16:00:00Z");
    // Of whom the state is not known, everything is kept: no Sundays, not before ten.
    let toll_free = person("+18005550143", Some("US"), None);
    check(&toll_free, &given(), "2026-11-29T15:00:00-05:00", "quiet_hours 2026-11-30T20:00:00Z");
}

#[test]
fn nobody_is_called_where_something_is_not_known() {
    let none = Contacts::default();
    let noon = "2026-11-25T12:00:00Z";
    check(&person("+4930123456", Some("DE"), None), &none, noon, "never unknown_policy");
    check(&person("+4930123456", Some("IN"), Some("KA")), &none, noon, "never unknown_policy");
    check(&person("+919845012345", Some("BR"), None), &none, noon, "never unknown_policy");
    // Jamaica and Canada share the code of the United States.
    check(&person("+18765550143", None, None), &given(), noon, "never unknown_policy");
    check(&person("+14165550143", Some("US"), Some("NY")), &given(), noon, "never unknown_policy");
    check(&person("+12125550143", Some("US"), Some("NY")), &none, noon, "never no_consent");
    check(&Person { zone: Some("Nowhere/Land"), ..asha() }, &none, noon, "never unknown_time_zone");
}

#[test]
fn beyond_the_known_holidays_nobody_is_called() {
    check(&asha(), &Contacts::default(), "2031-06-03T12:00:00+05:30", "never quiet_hours");
}

#[test]
fn the_wish_of_the_customer_comes_first() {
    let noon = "2026-11-25T12:00:00+05:30";
    let all = Contacts { opted_out: OptedOut::All, ..Contacts::default() };
    check(&asha(), &all, noon, "never opted_out");
    check(&person("+4930123456", Some("DE"), None), &all, noon, "never opted_out");
    let this = Contacts { opted_out: OptedOut::ThisOrder(OrderRef("KH-1".to_owned())), ..Contacts::default() };
    check(&asha(), &this, noon, "never opted_out");
    check(&Person { order_ref: OrderRef("KH-2".to_owned()), ..asha() }, &this, noon, "may");
    let listed = Contacts { do_not_call: Some("shop".to_owned()), ..Contacts::default() };
    check(&asha(), &listed, noon, "never do_not_call");
    let withdrawn = Contacts { consent: Consent::Withdrawn, ..Contacts::default() };
    check(&asha(), &withdrawn, noon, "never no_consent");
}

fn contact(time: &str, way: ContactWay, result: ContactResult) -> PastContact {
    let order_ref = Some(OrderRef("KH-1".to_owned()));
    PastContact { at: at(time), way, result, order_ref, about: "delayed".to_owned() }
}

fn called(time: &str) -> PastContact {
    contact(time, ContactWay::OurCall, ContactResult::NoConversation)
}

fn with(made: Vec<PastContact>) -> Contacts {
    Contacts { made, ..Contacts::default() }
}

#[test]
fn caps_and_gaps_leave_room_only_with_time() {
    let noon = "2026-11-25T12:00:00+05:30";
    check(&asha(), &with(vec![called("2026-11-25T09:59:00+05:30")]), noon, "may");
    check(&asha(), &with(vec![called("2026-11-25T10:30:00+05:30")]), noon, "quiet 2026-11-25T07:00:00Z");
    // Two a day about one order: the older one has to leave.
    let twice = with(vec![called("2026-11-25T09:30:00+05:30"), called("2026-11-24T15:00:00+05:30")]);
    check(&asha(), &twice, noon, "cap_reached 2026-11-25T09:30:00Z");
    // The gap and the cap end in the evening; the hours begin in the morning.
    let late = with(vec![called("2026-11-25T11:00:00+05:30"), called("2026-11-24T20:30:00+05:30")]);
    check(&asha(), &late, noon, "cap_reached 2026-11-26T03:30:00Z");
    let four = ["01", "05", "09", "13"].map(|day| called(&format!("2026-11-{day}T11:00:00+05:30")));
    check(&asha(), &with(four.to_vec()), noon, "never cap_reached");
    check(&Person { scenario: "exception", ..asha() }, &with(four.to_vec()), noon, "may");
    // A message is no call.
    let told = contact("2026-11-25T11:59:00+05:30", ContactWay::Message(Channel::Sms), ContactResult::NoConversation);
    check(&asha(), &with(vec![told; 9]), noon, "may");
}

#[test]
fn a_customer_is_left_in_peace() {
    let noon = "2026-11-25T12:00:00+05:30";
    let spoke = contact("2026-11-25T09:00:00+05:30", ContactWay::TheirCall, ContactResult::Conversation);
    check(&asha(), &with(vec![spoke.clone()]), noon, "quiet 2026-11-26T03:30:00Z");
    check(&Person { urgency: Urgency::High, ..asha() }, &with(vec![spoke]), noon, "may");
    let complained = contact("2026-11-24T12:00:00+05:30", ContactWay::TheirCall, ContactResult::Complaint);
    let urgent = Person { urgency: Urgency::Now, ..asha() };
    check(&urgent, &with(vec![complained.clone()]), noon, "quiet 2026-11-27T06:30:00Z");
    // A call back is what the customer asked for.
    check(&Person { scenario: CALLBACK, ..asha() }, &with(vec![complained]), noon, "may");
    let london = person("+442079460123", Some("GB"), Some("ENG"));
    let abandoned = contact("2026-11-24T12:00:00+00:00", ContactWay::OurCall, ContactResult::Abandoned);
    check(&london, &with(vec![abandoned]), "2026-11-25T12:00:00+00:00", "quiet 2026-11-27T12:00:00Z");
}

#[test]
fn a_file_that_cannot_be_used_says_what_to_change() {
    let refused = |text: String, words: &str| {
        let error = read(&[("x.toml", &text)], &Narrowing::default()).unwrap_err().to_string();
        assert!(error.starts_with("x.toml: ") && error.contains(words) && error.lines().count() == 1, "{error}");
    };
    refused(IN.replace("gap = \"2h\"", "gpa = \"2h\""), "unknown field `gpa`");
    refused(IN.replace("gap = \"2h\"\n", ""), "missing field `gap`");
    refused(IN.replace("\"09:00-20:00\"", "\"9 to 5\""), "no hours");
    refused(IN.replace("\"09:00-20:00\"", "\"20:00-09:00\""), "no hours");
    refused(IN.replace("calls_per_day = 3", "calls_per_day = 0"), "1 or more");
    refused(IN.replace("Asia/Kolkata", "Asia/Kolkatta"), "no IANA time zone");
    refused(IN.replace("Republic Day", "Republik Day"), "has no `Republik Day`");
    refused(IN.replace("calling_codes = [\"91\"]", "calling_codes = [\"+91\"]"), "calling_codes");
    refused(US.replace("[states.KY]", "[states.KY]\nname = \"x\""), "unknown field `name`");
    let twice = read(&[("a.toml", IN), ("b.toml", IN)], &Narrowing::default()).unwrap_err().to_string();
    assert_eq!(twice, "b.toml: country: IN has a file already");
    assert!(read(&[], &Narrowing::default()).unwrap_err().to_string().contains("nobody could be called"));
    let error = Numbering::read("44|Europe/London\n1|Mars/Olympus").unwrap_err().to_string();
    assert!(error.starts_with("line 2: "), "{error}");
}

#[test]
fn a_shop_can_narrow_and_never_widen() {
    let hours = |text: &str| Some(text.parse::<DayHours>().unwrap());
    let shop = Narrowing {
        weekday: hours("06:00-23:00"),
        saturday: hours("11:00-12:00"),
        calls_per_day: Some(99),
        calls_per_week: Some(1),
        gap: Some(SignedDuration::from_mins(1)),
        ..Narrowing::default()
    };
    let bounds = read(&[("in.toml", IN)], &shop).unwrap().bounds_for(&asha().callee()).unwrap();
    let nine_to_eight = "09:00-20:00".parse::<DayHours>().unwrap().0;
    assert_eq!(bounds.week.on(Weekday::Monday), nine_to_eight);
    assert_eq!(bounds.week.on(Weekday::Saturday), "11:00-12:00".parse::<DayHours>().unwrap().0);
    assert_eq!((bounds.caps.day, bounds.caps.week, bounds.caps.gap), (3, 1, SignedDuration::from_hours(2)));
}

#[test]
fn the_version_changes_with_any_file() {
    let own = read(&[("in.toml", IN)], &Narrowing::default()).unwrap();
    assert!(own.version().starts_with("2026-11-25+"), "{}", own.version());
    let edited = read(&[("in.toml", &IN.replace("gap = \"2h\"", "gap = \"3h\""))], &Narrowing::default()).unwrap();
    assert_ne!(own.version(), edited.version());
    assert_eq!(own.version(), read(&[("in.toml", IN)], &Narrowing::default()).unwrap().version());
}

fn bounds_with(hours: &str) -> Bounds {
    let day = hours.parse::<DayHours>().unwrap();
    let mut bounds = read(&[("in.toml", IN)], &Narrowing::default()).unwrap().bounds_for(&asha().callee()).unwrap();
    (bounds.week, bounds.known_days) = (Week::new(day, day, day), None);
    bounds.quiet_days.clear();
    bounds
}

/// Quarters of an hour from `from` to the first that is open, counted by looking at each.
fn first_open_by_looking(clock: &Clock<'_>, from: Timestamp) -> Option<Timestamp> {
    let quarter = SignedDuration::from_mins(15);
    let mut at = from;
    for _ in 0..(4 * 24 * 4) {
        if clock.is_open(at) {
            return Some(at);
        }
        at = at.checked_add(quarter).ok()?;
    }
    None
}

/// Around every change of a clock in three years, in every zone there is, hours that lie in skipped and repeated ones
/// included.
#[test]
fn the_opening_is_the_first_in_every_zone_and_around_every_change_of_its_clock() {
    let (begin, end) = (at("2025-12-31T00:00:00Z"), at("2028-01-01T00:00:00Z"));
    let hours = ["02:30-04:30", "00:15-01:45", "09:00-20:00"].map(bounds_with);
    let mut changes_seen = 0;
    for name in jiff::tz::db().available() {
        let Ok(zone) = TimeZone::get(name.as_str()) else { continue };
        let changes: Vec<Timestamp> =
            zone.following(begin).map(|change| change.timestamp()).take_while(|change| *change < end).collect();
        changes_seen += changes.len();
        for change in changes {
            for bounds in &hours {
                let clock = Clock { zone: &zone, bounds };
                for hours_before in [1, 3, 25] {
                    let from = change.checked_sub(SignedDuration::from_hours(hours_before)).unwrap();
                    let found = earliest(&[clock], from);
                    assert_eq!(found, first_open_by_looking(&clock, from), "{name:?} from {from}");
                }
            }
        }
    }
    assert!(500 < changes_seen, "{changes_seen}");
}

fn any_person() -> impl Strategy<Value = Person> {
    let phones = prop_oneof![
        Just("+919845012345"),
        Just("+12135550143"),
        Just("+12055550143"),
        Just("+19075550143"),
        Just("+18085550143"),
        Just("+442079460123"),
        Just("+447700900123"),
        Just("+18005550143"),
        Just("+13325550143"),
        Just("+15025550143"),
    ];
    let states = prop_oneof![
        Just((Some("IN"), Some("KA"))),
        Just((Some("IN"), Some("Goa"))),
        Just((Some("US"), Some("FL"))),
        Just((Some("US"), Some("HI"))),
        Just((Some("US"), Some("LA"))),
        Just((Some("US"), None)),
        Just((Some("GB"), Some("SCT"))),
        Just((Some("GB"), None)),
        Just((None, None)),
    ];
    let zones = prop_oneof![Just(None), Just(Some("America/Denver")), Just(Some("Asia/Kolkata"))];
    (phones, states, zones).prop_map(|(phone, (country, state), zone)| Person { zone, ..person(phone, country, state) })
}

fn any_contacts() -> impl Strategy<Value = Contacts> {
    let results = prop_oneof![
        3 => Just(ContactResult::NoConversation), 1 => Just(ContactResult::Conversation),
        1 => Just(ContactResult::Abandoned),
    ];
    let ways = prop_oneof![3 => Just(ContactWay::OurCall), 1 => Just(ContactWay::TheirCall)];
    let made = (0_i64..8 * 24 * 60, ways, results);
    proptest::collection::vec(made, 0..6).prop_map(|made| {
        let now = at("2026-11-25T12:00:00Z");
        let contact = |(minutes, way, result)| PastContact {
            at: now.checked_sub(SignedDuration::from_mins(minutes)).unwrap(),
            way,
            result,
            order_ref: Some(OrderRef(format!("KH-{}", minutes % 2))),
            about: "out_for_delivery".to_owned(),
        };
        Contacts { made: made.into_iter().map(contact).collect(), ..given() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A call is never allowed outside of the widest hours there are, by any clock that may be the callee's.
    #[test]
    fn a_phone_never_rings_outside_the_hours(person in any_person(), minutes in 0_i64..3 * 365 * 24 * 60) {
        let policies = POLICIES.with(Clone::clone);
        let now = at("2026-01-01T00:00:00Z").checked_add(SignedDuration::from_mins(minutes)).unwrap();
        if may_call(&person.callee(), &policies, &given(), now) == Verdict::May {
            let number_zone = match &person.phone.reveal()[..5] {
                "+1213" => Some("America/Los_Angeles"), "+1205" => Some("America/Chicago"),
                "+1808" => Some("Pacific/Honolulu"), "+9198" => Some("Asia/Kolkata"),
                "+4420" | "+4477" => Some("Europe/London"), "+1332" => Some("America/New_York"), _ => None,
            };
            let address_zone = match (person.zone, person.state) {
                (Some(zone), _) => Some(zone),
                (None, Some("HI")) => Some("Pacific/Honolulu"),
                (None, Some("LA")) => Some("America/Chicago"),
                (None, Some("KA" | "Goa")) => Some("Asia/Kolkata"),
                (None, _) => None,
            };
            prop_assert!(number_zone.is_some() || address_zone.is_some() || person.phone.reveal().starts_with("+1"));
            for zone in number_zone.into_iter().chain(address_zone) {
                let local = TimeZone::get(zone).unwrap().to_datetime(now);
                let from = if local.weekday() == Weekday::Sunday { 10 } else { 9 };
                prop_assert!(Time::constant(from, 0, 0, 0) <= local.time() && local.time() < Time::constant(20, 0, 0, 0));
            }
        }
    }

    /// What is promised as the first moment is allowed, and nothing before it is.
    #[test]
    fn the_moment_named_is_the_first(person in any_person(), contacts in any_contacts(), hours in 0_i64..24 * 40) {
        let policies = POLICIES.with(Clone::clone);
        let now = at("2026-11-25T12:00:00Z").checked_add(SignedDuration::from_mins(hours * 17)).unwrap();
        let callee = person.callee();
        if let Verdict::NotBefore { at: first, .. } = may_call(&callee, &policies, &contacts, now) {
            prop_assert_eq!(may_call(&callee, &policies, &contacts, first), Verdict::May);
            let span = first.duration_since(now).as_secs();
            let looks = (0..60).map(|part| now.checked_add(SignedDuration::from_secs(span * part / 60)).unwrap());
            let just_before = first.checked_sub(SignedDuration::from_secs(1)).unwrap().max(now);
            for look in looks.chain([just_before]).filter(|look| *look < first) {
                let verdict = may_call(&callee, &policies, &contacts, look);
                prop_assert_ne!(verdict, Verdict::May, "{} before {}", look, first);
            }
        }
    }
}

thread_local! {
    /// Reading them takes longer than asking them.
    static POLICIES: Policies = shipped();
}

#[test]
fn a_caller_is_recorded_by_the_rules_of_their_number() {
    use RecordingRule::{Consent, Notice, Off};
    let policies = shipped();
    for (phone, rule) in [
        ("+919845012345", Notice),
        ("+447700900101", Notice),
        // New York; California; toll-free, where nobody knows the state; France, whose rules nobody knows.
        ("+12125550141", Notice),
        ("+14155550141", Consent),
        ("+18005550141", Off),
        ("+33145678901", Off),
    ] {
        assert_eq!(policies.rules_of_number(&phone.parse().unwrap()).recording, rule, "{phone}");
    }
}
