//! What a template's slots may hold, each with its type, so that a sentence without its facts cannot be written.

use std::sync::Arc;

use jiff::civil::{Date, Time};

use super::Phrase;
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::{Money, PhoneNumber};

/// What kind of value a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    Text,
    Item,
    Note,
    Name,
    Place,
    Day,
    ClockTime,
    Window,
    Money,
    OrderReference,
    Phone,
    Count,
    Ordinal,
    Duration,
    Phrase,
}

impl SlotKind {
    /// As it is written after the colon in a template.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Item => "item",
            Self::Note => "note",
            Self::Name => "name",
            Self::Place => "place",
            Self::Day => "day",
            Self::ClockTime => "clock_time",
            Self::Window => "window",
            Self::Money => "money",
            Self::OrderReference => "order_reference",
            Self::Phone => "phone",
            Self::Count => "count",
            Self::Ordinal => "ordinal",
            Self::Duration => "duration",
            Self::Phrase => "phrase",
        }
    }

    /// Whether a sentence with such a slot must not be cached on disk.
    pub const fn is_personal(self) -> bool {
        match self {
            Self::Item | Self::Note | Self::Name | Self::Money | Self::OrderReference | Self::Phone => true,
            Self::Text
            | Self::Place
            | Self::Day
            | Self::ClockTime
            | Self::Window
            | Self::Count
            | Self::Ordinal
            | Self::Duration
            | Self::Phrase => false,
        }
    }
}

/// A value on its way into a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum SlotValue {
    Text(Arc<str>),
    Item(Arc<str>),
    Note(Arc<str>),
    Name(Arc<str>),
    Place(Arc<str>),
    Day(Date),
    ClockTime(Time),
    Window(Time, Time),
    Money(Money),
    OrderReference(OrderRef),
    Phone(PhoneNumber),
    Count(u32),
    Ordinal(u32),
    Hours(u32),
    Phrase(Phrase),
}

/// A Rust type that fills a slot.
pub trait Slot {
    const KIND: SlotKind;
    fn value(&self) -> SlotValue;
    /// Where the value comes from, if it is a fact about an order.
    fn source(&self) -> Option<&Source> {
        None
    }
}

macro_rules! text_slots {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq)]
            pub struct $name(pub Arc<str>);

            impl Slot for $name {
                const KIND: SlotKind = SlotKind::$name;
                fn value(&self) -> SlotValue {
                    SlotValue::$name(Arc::clone(&self.0))
                }
            }
        )*
    };
}

text_slots! {
    /// Words of the shop's settings or of the caller, said as they are.
    Text,
    /// What was ordered.
    Item,
    /// Words of the caller or of the courier about one delivery.
    Note,
    /// What a person is called by.
    Name,
    /// A town, free of the courier's own words.
    Place,
}

macro_rules! value_slots {
    ($($(#[$doc:meta])* $name:ident($inner:ty) = $kind:ident => $value:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq)]
            pub struct $name(pub $inner);

            impl Slot for $name {
                const KIND: SlotKind = SlotKind::$kind;
                fn value(&self) -> SlotValue {
                    SlotValue::$value(self.0.clone())
                }
            }
        )*
    };
}

value_slots! {
    /// A day in the customer's time zone.
    Day(Date) = Day => Day,
    /// A time of day in the customer's time zone.
    ClockTime(Time) = ClockTime => ClockTime,
    Amount(Money) = Money => Money,
    Reference(OrderRef) = OrderReference => OrderReference,
    Phone(PhoneNumber) = Phone => Phone,
    Count(u32) = Count => Count,
    Ordinal(u32) = Ordinal => Ordinal,
    /// A length of time in whole hours.
    Hours(u32) = Duration => Hours,
}

/// A stretch of one day in the customer's time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    pub from: Time,
    pub to: Time,
}

impl Slot for Window {
    const KIND: SlotKind = SlotKind::Window;
    fn value(&self) -> SlotValue {
        SlotValue::Window(self.from, self.to)
    }
}

impl Slot for Phrase {
    const KIND: SlotKind = SlotKind::Phrase;
    fn value(&self) -> SlotValue {
        SlotValue::Phrase(*self)
    }
}

/// Where in an order a fact stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub order: Arc<Order>,
    /// Counted from 1.
    pub shipment: Option<usize>,
    /// Counted from 1.
    pub event: Option<usize>,
}

impl Source {
    /// Such as `order KH-452719, shipment 1, event 3`.
    pub fn describe(&self) -> String {
        let mut text = format!("order {}", self.order.order_ref.0);
        if let Some(shipment) = self.shipment {
            text.push_str(&format!(", shipment {shipment}"));
        }
        if let Some(event) = self.event {
            text.push_str(&format!(", event {event}"));
        }
        text
    }
}

/// A value that is a fact: it stands in an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
}

impl<T: Slot> Slot for Sourced<T> {
    const KIND: SlotKind = T::KIND;
    fn value(&self) -> SlotValue {
        self.value.value()
    }
    fn source(&self) -> Option<&Source> {
        Some(&self.source)
    }
}
