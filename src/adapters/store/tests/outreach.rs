//! Decisions, messages, and what keeps a number from being called.

use jiff::SignedDuration;

use super::engines::on_both_engines;
use super::samples;
use crate::domain::call::{CallDirection, Connection, Contact, Disposition, OpenedCall};
use crate::domain::orders::{DeliveryStatus, OrderRef};
use crate::domain::outreach::policy::{Consent, ContactResult, ContactWay, OptedOut};
use crate::domain::outreach::rules::{DecisionView, Event, Moment, Signals};
use crate::domain::outreach::{Channel, PlannedCall, PlannedMessage, Urgency};
use crate::domain::values::PhoneNumber;
use crate::ports::desk::{ContactStore, OptOutEntry, OptOutScope};
use crate::ports::outreach::{ConsentEntry, MessageSettlement, MessageState, NewDecision, OutreachStore};
use crate::ports::retention::{RetentionStore, Subject};
use crate::ports::store::{CallStore, OrderStore, StoreError};

fn asha() -> PhoneNumber {
    "+919845012345".parse().unwrap()
}

fn kh() -> OrderRef {
    OrderRef("KH-452719".to_owned())
}

fn plan(key: &str) -> PlannedCall {
    PlannedCall {
        key: key.to_owned(),
        order_ref: kh(),
        scenario: "failed_attempt".to_owned(),
        to: asha(),
        urgency: Urgency::High,
        planned_at: samples::at(0),
        told_at: None,
        not_before: samples::at(0),
        expires_at: samples::at(3_600),
        rule: "attempt_failed".to_owned(),
        policy: "1".to_owned(),
    }
}

fn message(key: &str) -> PlannedMessage {
    PlannedMessage {
        key: key.to_owned(),
        order_ref: kh(),
        tracking_number: None,
        channel: Channel::Sms,
        phone: asha(),
        email: None,
        text: "delayed".to_owned(),
        language: None,
        planned_at: samples::at(0),
        not_before: samples::at(10),
        expires_at: samples::at(3_600),
        rule: "delayed".to_owned(),
        policy: "1".to_owned(),
    }
}

fn decision(key: &str, seconds: i64, plan: Option<PlannedCall>) -> NewDecision {
    let event = Event { moment: Moment::Delayed, at: samples::at(0), tracking_number: None, moved: None };
    let view = DecisionView {
        decided_at: samples::at(seconds),
        order_ref: kh(),
        event_key: key.to_owned(),
        event: Some(event),
        rule: Some("delayed".to_owned()),
        passed: Vec::new(),
        channel: Channel::Sms,
        scenario: None,
        urgency: None,
        message: Some("delayed".to_owned()),
        not_before: None,
        expires_at: None,
        why: None,
        verdict: None,
        cancelled: Vec::new(),
        version: "1".to_owned(),
    };
    NewDecision { view, phone: asha(), plan }
}

on_both_engines! {
    an_event_is_decided_once(store) => {
        assert_eq!(store.is_decided("e1").await, Ok(false));
        assert_eq!(store.put_decision(&decision("e1", 0, None), Some(&message("e1"))).await, Ok(true));
        assert_eq!(store.put_decision(&decision("e1", 9, None), Some(&message("e1-again"))).await, Ok(false));
        assert_eq!(store.is_decided("e1").await, Ok(true));
        assert_eq!(store.messages_of_order(&kh(), 10).await.unwrap().len(), 1);
    }

    decisions_are_listed_newest_first(store) => {
        for (key, seconds) in [("a", 1), ("b", 2), ("c", 3)] {
            store.put_decision(&decision(key, seconds, None), None).await.unwrap();
        }
        let keys = |rows: &[DecisionView]| rows.iter().map(|row| row.event_key.clone()).collect::<Vec<_>>();
        let first = store.list_decisions(None, None, 2).await.unwrap();
        assert_eq!(keys(&first.rows), ["c", "b"]);
        let rest = store.list_decisions(Some(&kh()), first.next.as_deref(), 2).await.unwrap();
        assert_eq!((keys(&rest.rows), rest.next), (vec!["a".to_owned()], None));
        assert_eq!(store.list_decisions(Some(&OrderRef("KH-0".to_owned())), None, 2).await.unwrap().rows, []);
        assert_eq!(store.list_decisions(Some(&OrderRef("\0".to_owned())), None, 2).await.unwrap().rows, []);
    }

    a_plan_waits_until_it_expires_or_is_forgotten(store) => {
        store.put_decision(&decision("p", 0, Some(plan("p"))), None).await.unwrap();
        store.put_decision(&decision("q", 0, Some(plan("q"))), None).await.unwrap();
        assert_eq!(store.waiting_plans(&asha(), samples::at(1)).await, Ok(vec![plan("p"), plan("q")]));
        store.forget_plan("p").await.unwrap();
        assert_eq!(store.waiting_plans(&asha(), samples::at(1)).await, Ok(vec![plan("q")]));
        assert_eq!(store.waiting_plans(&asha(), samples::at(3_600)).await, Ok(Vec::new()));
    }

    what_is_known_about_a_number_is_known_at_once(store) => {
        let contacts = store.contacts_of(&asha(), &kh(), samples::at(0)).await.unwrap();
        assert_eq!((contacts.opted_out, contacts.do_not_call, contacts.made.len()), (OptedOut::Nothing, None, 0));
        let entry = OptOutEntry { scope: OptOutScope::All, at: samples::at(0), call: None, set_by: None };
        store.put_opt_out(&asha(), &entry).await.unwrap();
        assert_eq!(store.add_do_not_call("national", &[asha(), asha()], samples::at(0)).await, Ok(1));
        let consent = Consent::Given { proof: "checkout, 2026-11-18".to_owned() };
        let set_by = "shop".to_owned();
        store.put_consent(&asha(), &ConsentEntry { consent: consent.clone(), at: samples::at(0), set_by }).await.unwrap();
        let contacts = store.contacts_of(&asha(), &kh(), samples::at(0)).await.unwrap();
        assert_eq!(contacts.opted_out, OptedOut::All);
        assert_eq!((contacts.do_not_call.as_deref(), contacts.consent), (Some("national"), consent));
        assert_eq!(store.lists_not_to_call().await, Ok(vec![("national".to_owned(), 1)]));
        assert_eq!(store.drop_do_not_call("national").await, Ok(1));
        assert_eq!(store.contacts_of(&asha(), &kh(), samples::at(0)).await.unwrap().do_not_call, None);
    }

    earlier_calls_tell_what_they_were(store) => {
        let ours = samples::call_id();
        let (direction, from, to) = (CallDirection::Outbound, None, Some(asha()));
        let scenario = "O4_FAILED_ATTEMPT".to_owned();
        store.open_call(&OpenedCall { direction, from, to, scenario, ..samples::opened(ours, samples::at(0)) }).await.unwrap();
        let made = store.contacts_of(&asha(), &kh(), samples::at(60)).await.unwrap().made;
        assert_eq!((made[0].way, made[0].result), (ContactWay::OurCall, ContactResult::NoConversation));
        assert_eq!((made[0].about.as_str(), &made[0].order_ref), ("failed_attempt", &None));
        for (connection, contact, disposition, expected) in [
            (Connection::InboundAnswered, Contact::RightParty, Disposition::StatusGiven, ContactResult::Conversation),
            (Connection::InboundAnswered, Contact::WrongNumber, Disposition::StatusGiven, ContactResult::NoConversation),
            (Connection::InboundAnswered, Contact::RightParty, Disposition::Complaint, ContactResult::Complaint),
            (Connection::AbandonedByUs, Contact::Unknown, Disposition::CallDropped, ContactResult::Abandoned),
            (Connection::NoAnswer, Contact::Unknown, Disposition::NoDecision, ContactResult::NoConversation),
        ] {
            let id = samples::call_id();
            store.open_call(&samples::opened(id, samples::at(100))).await.unwrap();
            let mut finished = samples::finished(id, samples::at(160));
            let outcome = &mut finished.outcome;
            (outcome.connection, outcome.contact, outcome.disposition) = (connection, contact, disposition);
            store.finish_call(&finished, &[]).await.unwrap();
            let made = store.contacts_of(&asha(), &kh(), samples::at(200)).await.unwrap().made;
            assert!(made.iter().any(|made| made.result == expected && made.at == samples::at(100)), "{connection:?}");
            store.delete_calls(&[id]).await.unwrap();
        }
    }

    a_message_is_lent_once_and_settled_by_its_holder(store) => {
        store.put_message(&message("m")).await.unwrap();
        store.put_message(&message("m")).await.unwrap();
        let lease = std::time::Duration::from_secs(90);
        assert_eq!(store.lease_messages(samples::at(9), lease, 10).await, Ok(Vec::new()));
        let lent = store.lease_messages(samples::at(10), lease, 10).await.unwrap();
        assert_eq!((lent.len(), lent[0].message.attempts), (1, 1));
        assert_eq!(store.lease_messages(samples::at(11), lease, 10).await, Ok(Vec::new()));
        // Lost by its first holder.
        let again = store.lease_messages(samples::at(100), lease, 10).await.unwrap();
        let sent = MessageSettlement::Sent { body: "It comes on Friday".to_owned().into(), provider_id: Some("SM1".to_owned()) };
        assert_eq!(store.settle_message(&lent[0], samples::at(101), &sent).await, Err(StoreError::NotFound));
        store.settle_message(&again[0], samples::at(101), &sent).await.unwrap();
        let shown = store.messages_of_order(&kh(), 10).await.unwrap();
        assert_eq!((shown[0].state, shown[0].attempts), (MessageState::Sent, 2));
        assert_eq!(shown[0].body.as_ref().unwrap().reveal(), "It comes on Friday");
        let made = store.contacts_of(&asha(), &kh(), samples::at(200)).await.unwrap().made;
        assert_eq!(made[0].way, ContactWay::Message(Channel::Sms));
    }

    signals_and_orders_under_way_are_kept(store) => {
        let signals = Signals { page_visits: 3, tier: Some("gold".to_owned()), ..Signals::default() };
        assert_eq!(store.signals(&kh()).await, Ok(Signals::default()));
        store.put_signals(&kh(), &signals, samples::at(0)).await.unwrap();
        assert_eq!(store.signals(&kh()).await, Ok(signals));
        let mut delivered = samples::order("KH-2");
        delivered.shipments[0].status = DeliveryStatus::Delivered;
        for order in [samples::order("KH-1"), delivered, samples::order("KH-3")] {
            store.put_order(&order, samples::at(0)).await.unwrap();
        }
        let refs = store.orders_under_way("", 1).await.unwrap();
        assert_eq!(refs, [OrderRef("KH-1".to_owned())]);
        assert_eq!(store.orders_under_way(&refs[0].0, 9).await.unwrap(), [OrderRef("KH-3".to_owned())]);
    }

    erasure_takes_decisions_and_messages_and_leaves_the_opt_out(store) => {
        store.put_order(&samples::order("KH-452719"), samples::at(0)).await.unwrap();
        store.put_decision(&decision("e", 0, Some(plan("e"))), Some(&message("e"))).await.unwrap();
        store.put_signals(&kh(), &Signals { page_visits: 1, ..Signals::default() }, samples::at(0)).await.unwrap();
        store.add_do_not_call("shop", &[asha()], samples::at(0)).await.unwrap();
        assert_eq!(store.delete_orders_of(&Subject::Phone(asha())).await, Ok(1));
        assert_eq!(store.list_decisions(None, None, 10).await.unwrap().rows, []);
        assert_eq!(store.messages_of_order(&kh(), 10).await.unwrap(), []);
        assert_eq!(store.signals(&kh()).await, Ok(Signals::default()));
        let known = store.contacts_of(&asha(), &kh(), samples::at(0)).await.unwrap();
        assert_eq!(known.do_not_call.as_deref(), Some("shop"));
    }

    what_is_old_is_forgotten(store) => {
        store.put_decision(&decision("old", 0, None), Some(&message("old"))).await.unwrap();
        let later = samples::at(0).checked_add(SignedDuration::from_hours(24)).unwrap();
        // A message that waits is kept, however old.
        assert_eq!(store.forget_outreach(later).await, Ok(1));
        assert_eq!(store.is_decided("old").await, Ok(false));
        assert_eq!(store.messages_of_order(&kh(), 10).await.unwrap().len(), 1);
    }
}
