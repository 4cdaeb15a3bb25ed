//! Orders: written once, merged in the order of events, found by what a caller says.

use super::engines::on_both_engines;
use super::samples::{at, event, order};
use crate::domain::orders::{DeliveryStatus, Order, OrderRef};
use crate::domain::values::Personal;
use crate::ports::store::{OrderStore, PutOrder};

fn refs(orders: &[Order]) -> Vec<&str> {
    orders.iter().map(|order| order.order_ref.0.as_str()).collect()
}

on_both_engines! {
    putting_an_order_twice_changes_nothing(store) => {
        let mut order = order("KH-452719");
        assert_eq!(store.put_order(&order, at(0)).await, Ok(PutOrder::Inserted));
        assert_eq!(store.put_order(&order, at(1)).await, Ok(PutOrder::Unchanged));
        order.customer.name = Personal::new("Asha R. Rao".to_owned());
        assert_eq!(store.put_order(&order, at(2)).await, Ok(PutOrder::Updated));
        assert_eq!(store.put_order(&order, at(3)).await, Ok(PutOrder::Unchanged));
        assert_eq!(store.order_by_ref(&order.order_ref).await, Ok(Some(order)));
    }

    events_are_kept_once_and_sorted_by_their_time(store) => {
        let mut order = order("KH-000001");
        order.shipments[0].events = vec![event(30, DeliveryStatus::AtLocalDepot), event(10, DeliveryStatus::InTransit)];
        store.put_order(&order, at(0)).await.unwrap();
        order.shipments[0].events = vec![event(20, DeliveryStatus::InTransit), event(10, DeliveryStatus::InTransit)];
        store.put_order(&order, at(1)).await.unwrap();
        let stored = store.order_by_ref(&order.order_ref).await.unwrap().unwrap();
        let times: Vec<_> = stored.shipments[0].events.iter().map(|event| event.at).collect();
        assert_eq!(times, [at(10), at(20), at(30)]);
    }

    delivered_stands_until_a_later_event_brings_it_back(store) => {
        let mut order = order("KH-000002");
        let put = async |order: &Order| {
            store.put_order(order, at(0)).await.unwrap();
            store.order_by_ref(&order.order_ref).await.unwrap().unwrap().shipments[0].status
        };
        let tell = |order: &mut Order, seconds, status| {
            order.shipments[0].status = status;
            order.shipments[0].events = vec![event(seconds, status)];
        };
        tell(&mut order, 50, DeliveryStatus::Delivered);
        assert_eq!(put(&order).await, DeliveryStatus::Delivered);
        tell(&mut order, 40, DeliveryStatus::OutForDelivery);
        assert_eq!(put(&order).await, DeliveryStatus::Delivered);
        tell(&mut order, 60, DeliveryStatus::AttemptFailed);
        assert_eq!(put(&order).await, DeliveryStatus::Delivered);
        tell(&mut order, 45, DeliveryStatus::ReturningToSender);
        assert_eq!(put(&order).await, DeliveryStatus::Delivered);
        tell(&mut order, 70, DeliveryStatus::ReturningToSender);
        assert_eq!(put(&order).await, DeliveryStatus::ReturningToSender);
    }

    writers_of_one_order_do_not_lose_events(store) => {
        let mut writers = Vec::new();
        for second in 0..8 {
            let store = store.clone();
            writers.push(tokio::spawn(async move {
                let mut order = order("KH-000003");
                order.shipments[0].events = vec![event(second, DeliveryStatus::InTransit)];
                store.put_order(&order, at(0)).await.unwrap()
            }));
        }
        let mut inserted = 0;
        for writer in writers {
            inserted += usize::from(writer.await.unwrap() == PutOrder::Inserted);
        }
        let stored = store.order_by_ref(&OrderRef("KH-000003".to_owned())).await.unwrap().unwrap();
        assert_eq!((inserted, stored.shipments[0].events.len()), (1, 8));
    }

    a_reference_is_found_as_it_is_spoken(store) => {
        for order_ref in ["KH-452719", "AB-452719", "KH-999719", "100200"] {
            store.put_order(&order(order_ref), at(0)).await.unwrap();
        }
        for (spoken, found) in [
            ("KH-452719", vec!["KH-452719"]),
            ("kh 45 27 19", vec!["KH-452719"]),
            ("kh452719", vec!["KH-452719"]),
            ("452719", vec!["KH-452719", "AB-452719"]),
            ("45-27 19", vec!["KH-452719", "AB-452719"]),
            ("100200", vec!["100200"]),
            ("2719", vec![]),
            ("719", vec![]),
            ("KH", vec![]),
            ("XX-452719", vec![]),
            ("' OR 1=1 --", vec![]),
            ("%", vec![]),
            ("", vec![]),
            ("\0", vec![]),
        ] {
            let orders = store.orders_by_reference(spoken, 10).await.unwrap();
            assert_eq!(refs(&orders), found, "{spoken}");
        }
        assert_eq!(store.order_by_ref(&OrderRef("KH\0".to_owned())).await, Ok(None));
    }

    orders_of_a_number_or_postcode_come_newest_first(store) => {
        for (order_ref, seconds, postcode) in [("A-1", 10, "SW1A 1AA"), ("A-2", 30, "sw1a1aa"), ("A-3", 20, "560034")] {
            let mut order = order(order_ref);
            order.placed_at = at(seconds);
            order.address.postcode = Personal::new(postcode.to_owned());
            store.put_order(&order, at(0)).await.unwrap();
        }
        let phone = "+919845012345".parse().unwrap();
        assert_eq!(refs(&store.orders_by_phone(&phone, 2).await.unwrap()), ["A-2", "A-3"]);
        assert_eq!(refs(&store.orders_by_phone(&"+4420794600000".parse().unwrap(), 2).await.unwrap()), [""; 0]);
        assert_eq!(refs(&store.orders_by_postcode("SW1A1AA", 9).await.unwrap()), ["A-2", "A-1"]);
        assert_eq!(refs(&store.orders_by_postcode(" sw1a 1aa", 9).await.unwrap()), ["A-2", "A-1"]);
    }

    pages_hold_still_while_orders_come_in(store) => {
        for number in 0..7 {
            let mut order = order(&format!("P-{number}"));
            order.placed_at = at(number / 2);
            store.put_order(&order, at(0)).await.unwrap();
        }
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = store.list_orders(cursor.as_deref(), 3).await.unwrap();
            seen.extend(page.rows.into_iter().map(|order| order.order_ref.0));
            let mut newer = order(&format!("NEW-{}", seen.len()));
            newer.placed_at = at(1_000);
            store.put_order(&newer, at(0)).await.unwrap();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["P-6", "P-5", "P-4", "P-3", "P-2", "P-1", "P-0"]);
    }

    a_removed_order_is_gone(store) => {
        let order = order("KH-452719");
        store.put_order(&order, at(0)).await.unwrap();
        store.remove_order(&order.order_ref).await.unwrap();
        assert_eq!(store.order_by_ref(&order.order_ref).await, Ok(None));
        assert_eq!(store.put_order(&order, at(1)).await, Ok(PutOrder::Inserted));
    }
}
