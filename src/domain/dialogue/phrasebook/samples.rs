//! A plausible value for every slot, so that tests can say every line.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, date, time};

use super::line::{Line, Phrase};
use super::slot::{
    Amount, ClockTime, Count, Day, Hours, Item, Name, Note, Ordinal, Phone, Place, Reference, SlotValue, Source,
    Sourced, Text, Window,
};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::{Currency, Money};

/// A type that can fill a slot of this name.
pub(super) trait Sample {
    fn sample(slot: &str) -> Self;
}

/// The day the samples are seen from.
pub(in crate::domain::dialogue) const TODAY: Date = date(2026, 11, 22);

impl Line {
    /// The slots with what fills them.
    pub(in crate::domain::dialogue) fn slot_values(&self) -> Vec<(&'static str, SlotValue)> {
        self.filled_slots().into_iter().map(|slot| (slot.name, slot.value)).collect()
    }
}

impl Sample for Day {
    fn sample(slot: &str) -> Self {
        let days = match slot {
            "first_day" => -2,
            "second_day" => -5,
            "third_day" => -9,
            "promised_day" => 1,
            "last_scan_day" | "attempt_day" | "out_day" => -1,
            "delivered_day" | "returned_day" => 0,
            "eta_from_day" => 3,
            "eta_to_day" => 5,
            _ => 2,
        };
        Self(TODAY.checked_add(days.days()).unwrap())
    }
}

impl Sample for Window {
    fn sample(_: &str) -> Self {
        Self { from: time(14, 0, 0, 0), to: time(18, 0, 0, 0) }
    }
}

impl Sample for ClockTime {
    fn sample(_: &str) -> Self {
        Self(time(18, 5, 0, 0))
    }
}

impl Sample for Text {
    fn sample(slot: &str) -> Self {
        let text = match slot {
            "website" => "kora home dot example",
            "emergency_number" => "one one two",
            _ => "Kora Home",
        };
        Self(text.into())
    }
}

impl Sample for Item {
    fn sample(slot: &str) -> Self {
        let text = match slot {
            "second_item" => "cotton bed sheet",
            "third_item" => "table lamp",
            _ => "pressure cooker, five litre",
        };
        Self(text.into())
    }
}

impl Sample for Note {
    fn sample(_: &str) -> Self {
        Self("handed to the guard at the blue gate".into())
    }
}

impl Sample for Place {
    fn sample(_: &str) -> Self {
        Self("Nagpur".into())
    }
}

impl Sample for Name {
    fn sample(_: &str) -> Self {
        Self("Asha".into())
    }
}

impl Sample for Amount {
    fn sample(_: &str) -> Self {
        Self(Money { amount_minor: 149_900, currency: Currency::INR })
    }
}

impl Sample for Reference {
    fn sample(_: &str) -> Self {
        Self(OrderRef("2719".into()))
    }
}

impl Sample for Phone {
    fn sample(_: &str) -> Self {
        Self("+918041234567".parse().unwrap())
    }
}

impl Sample for Count {
    fn sample(_: &str) -> Self {
        Self(2)
    }
}

impl Sample for Ordinal {
    fn sample(_: &str) -> Self {
        Self(2)
    }
}

impl Sample for Hours {
    fn sample(slot: &str) -> Self {
        Self(if slot == "within" { 4 } else { 48 })
    }
}

impl Sample for Phrase {
    fn sample(slot: &str) -> Self {
        match slot {
            "state" => Self::StateInTransit,
            "topic" => Self::TopicRefund,
            "about" => Self::AboutDelivery,
            _ => Self::ReasonWeather,
        }
    }
}

impl<T: Sample> Sample for Sourced<T> {
    fn sample(slot: &str) -> Self {
        let order: Order = serde_json::from_str(include_str!("../../../../fuzz/corpus/order_json/one_order")).unwrap();
        let source = Source { order: Arc::new(order), shipment: Some(1), event: None };
        Self { value: T::sample(slot), source }
    }
}
