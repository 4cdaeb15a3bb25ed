//! The moments in which a customer may want to know something, read from what has changed in an order.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use crate::domain::orders::incoming::{Changed, OrderChange};
use crate::domain::orders::{DeliveryStatus, Order, OrderRef, Shipment, TrackingEvent, settle};

macro_rules! moments {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A moment that may be worth a word to the customer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Moment {
            $($(#[$doc])* $variant,)*
        }

        impl Moment {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As rules and the command line name it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

moments! {
    OrderConfirmed = "order_confirmed",
    /// The courier has it.
    Dispatched = "dispatched",
    /// A scan that says that all is well.
    InTransit = "in_transit",
    /// No scan for longer than is usual between these places.
    NotMoving = "not_moving",
    /// A later day than was promised or said before.
    Delayed = "delayed",
    OutForDelivery = "out_for_delivery",
    AttemptFailed = "attempt_failed",
    /// Held, damaged, lost, at the border.
    Exception = "exception",
    ReadyForPickup = "ready_for_pickup",
    /// The last day but one of its stay.
    PickupExpiring = "pickup_expiring",
    /// It goes back to the shop.
    Returning = "returning",
    Delivered = "delivered",
    Cancelled = "cancelled",
    /// The customer has looked at the tracking page again and again.
    PageVisited = "page_visited",
}

/// A moment of one order.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    pub moment: Moment,
    /// When it happened, not when we learned of it.
    pub at: Timestamp,
    /// None where it is about the order as a whole.
    pub tracking_number: Option<String>,
    /// The end of the expected window before and after, where it moved.
    #[serde(default)]
    pub moved: Option<(Timestamp, Timestamp)>,
}

impl Event {
    fn of(moment: Moment, shipment: &Shipment, at: Timestamp) -> Self {
        Self { moment, at, tracking_number: Some(shipment.tracking_number.clone()), moved: None }
    }

    /// The moment that a change told by a shop or carrier is; none where nobody need hear of it.
    pub fn of_change(change: &OrderChange) -> Option<Self> {
        let of_parcel =
            |moment| Some(Self { moment, at: change.at, tracking_number: change.tracking_number.clone(), moved: None });
        let of_order = |moment| Some(Self { moment, at: change.at, tracking_number: None, moved: None });
        match &change.what {
            Changed::Placed => of_order(Moment::OrderConfirmed),
            Changed::Cancelled => of_order(Moment::Cancelled),
            Changed::Status { from, to, .. } => moment_of(*from, *to).and_then(of_parcel),
            Changed::AnotherAttempt { .. } => of_parcel(Moment::AttemptFailed),
            Changed::Window { from: Some((_, from)), to: (_, to) } if from < to => {
                of_parcel(Moment::Delayed).map(|event| Self { moved: Some((*from, *to)), ..event })
            }
            // An earlier window is good news, and a first one no change; both are told to whoever asks.
            Changed::Window { .. } => None,
        }
    }

    /// Whether what a carrier says of the parcel when it is asked bears the event out.
    pub fn is_borne_out(&self, told: &[TrackingEvent]) -> bool {
        let Some(settled) = settle(told) else { return false };
        let is_window = |(_, end): (Timestamp, Timestamp)| settled.eta.is_some_and(|(_, told)| told == end);
        holds(self.moment, settled.status) && self.moved.is_none_or(is_window)
    }

    /// Equal for the same event however often it is told.
    pub fn key(&self, order_ref: &OrderRef) -> String {
        let parcel = self.tracking_number.as_deref().unwrap_or("-");
        // A window that moves is one event for each end it moves to, whenever it is told.
        let at = self.moved.map_or(self.at, |(_, to)| to).as_second();
        format!("{}|{}|{parcel}|{at}", order_ref.0, self.moment.as_str())
    }

    /// The parcel it is about; for an order as a whole, its first.
    pub fn shipment<'a>(&self, order: &'a Order) -> Option<&'a Shipment> {
        match &self.tracking_number {
            Some(number) => order.shipments.iter().find(|shipment| shipment.tracking_number == *number),
            None => order.shipments.first(),
        }
    }

    /// Whether the order, as it is now, still is as the event says.
    pub fn still_holds(&self, order: &Order) -> bool {
        if order.shipments.is_empty() {
            return self.moment == Moment::OrderConfirmed;
        }
        self.shipment(order).is_some_and(|shipment| holds(self.moment, shipment.status))
    }
}

/// Whether a parcel in this status still gives reason to speak of the moment.
pub fn holds(moment: Moment, status: DeliveryStatus) -> bool {
    use DeliveryStatus as S;
    let is_on_its_way = matches!(status, S::InTransit | S::Customs | S::Delayed | S::AtLocalDepot | S::Unknown);
    match moment {
        Moment::OrderConfirmed => status == S::Created,
        Moment::Dispatched | Moment::InTransit | Moment::NotMoving => is_on_its_way,
        Moment::Delayed => is_on_its_way || matches!(status, S::Created | S::Exception),
        Moment::OutForDelivery => status == S::OutForDelivery,
        Moment::AttemptFailed => matches!(status, S::AttemptFailed | S::Exception),
        Moment::Exception => matches!(status, S::Exception | S::Damaged | S::Lost | S::Customs),
        Moment::ReadyForPickup | Moment::PickupExpiring => status == S::ReadyForPickup,
        Moment::Returning => matches!(status, S::ReturningToSender | S::ReturnedToSender),
        Moment::Delivered => status == S::Delivered,
        Moment::Cancelled => status == S::Cancelled,
        Moment::PageVisited => is_on_its_way || matches!(status, S::Created | S::AttemptFailed | S::Exception),
    }
}

/// What has happened between two readings of an order, oldest first.
pub fn changes(before: Option<&Order>, after: &Order) -> Vec<Event> {
    let mut events = Vec::new();
    if before.is_none() {
        let (moment, at) = (Moment::OrderConfirmed, after.placed_at);
        events.push(Event { moment, at, tracking_number: None, moved: None });
    }
    for shipment in &after.shipments {
        let known = before.and_then(|order| {
            order
                .shipments
                .iter()
                .find(|known| known.tracking_number == shipment.tracking_number && known.carrier == shipment.carrier)
        });
        events.extend(changes_of(known, shipment, after));
    }
    events.sort_by_key(|event| (event.at, event.moment));
    events
}

fn changes_of(known: Option<&Shipment>, shipment: &Shipment, order: &Order) -> Vec<Event> {
    let mut events = Vec::new();
    let newest = shipment.events.last().map_or(order.placed_at, |event| event.at);
    let is_scanned_again = known.is_some_and(|known| known.events.len() < shipment.events.len());
    let has_changed = known.is_none_or(|known| known.status != shipment.status);
    let is_news = |moment: &Moment| has_changed || (repeats(*moment) && is_scanned_again);
    if let Some(moment) = moment_of(known.map(|known| known.status), shipment.status).filter(is_news) {
        events.push(Event::of(moment, shipment, newest));
    }
    let expected_before = known.map_or_else(|| promised_end(order, shipment), |known| known.eta_to);
    let moved = expected_before.zip(shipment.eta_to).filter(|(from, to)| from < to);
    if moved.is_some() && holds(Moment::Delayed, shipment.status) {
        match events.iter_mut().find(|event| event.moment == Moment::Delayed) {
            Some(told) => told.moved = moved,
            None => events.push(Event { moved, ..Event::of(Moment::Delayed, shipment, newest.max(order.placed_at)) }),
        }
    }
    events
}

/// Whether a second scan of the same status is a second event.
fn repeats(moment: Moment) -> bool {
    matches!(moment, Moment::AttemptFailed | Moment::OutForDelivery | Moment::Exception)
}

/// The moment that a parcel's change from one status to another is.
pub fn moment_of(from: Option<DeliveryStatus>, to: DeliveryStatus) -> Option<Moment> {
    use DeliveryStatus as S;
    let was_sent = from.is_some_and(|from| from != S::Created);
    match to {
        S::Created | S::Unknown => None,
        S::InTransit | S::AtLocalDepot if was_sent => Some(Moment::InTransit),
        S::InTransit | S::AtLocalDepot => Some(Moment::Dispatched),
        S::Customs => Some(Moment::InTransit),
        S::Delayed => Some(Moment::Delayed),
        S::OutForDelivery => Some(Moment::OutForDelivery),
        S::AttemptFailed => Some(Moment::AttemptFailed),
        S::ReadyForPickup => Some(Moment::ReadyForPickup),
        S::Exception | S::Damaged | S::Lost => Some(Moment::Exception),
        S::ReturningToSender | S::ReturnedToSender => Some(Moment::Returning),
        S::Delivered => Some(Moment::Delivered),
        S::Cancelled => Some(Moment::Cancelled),
    }
}

/// The end of the promised day by the customer's clock.
fn promised_end(order: &Order, shipment: &Shipment) -> Option<Timestamp> {
    let zone = order.time_zone.as_deref().and_then(|name| jiff::tz::TimeZone::get(name).ok());
    let next_day = order.promised_by?.tomorrow().ok()?;
    let end = next_day.to_zoned(zone.unwrap_or(jiff::tz::TimeZone::UTC)).ok()?.timestamp();
    shipment.eta_to.filter(|eta| end < *eta).map(|_| end)
}

/// When a parcel without news counts as not moving, by the gap that is usual on its lane, or else by `usual`.
pub fn stale_at(shipment: &Shipment, usual: SignedDuration) -> Option<Timestamp> {
    if !holds(Moment::NotMoving, shipment.status) {
        return None;
    }
    let lane = shipment.usual_scan_gap_hours.map(|hours| SignedDuration::from_hours(i64::from(hours)));
    shipment.events.last()?.at.checked_add(lane.unwrap_or(usual)).ok()
}

/// The parcels of an order that have not moved for longer than is usual.
pub fn not_moving(order: &Order, usual: SignedDuration, now: Timestamp) -> Vec<Event> {
    let stale = |shipment: &Shipment| {
        let at = stale_at(shipment, usual).filter(|at| *at <= now)?;
        Some(Event::of(Moment::NotMoving, shipment, at))
    };
    order.shipments.iter().filter_map(stale).collect()
}

/// The event that an order, as it is, tells of by itself: for a dry run.
pub fn present(order: &Order, moment: Option<Moment>, now: Timestamp) -> Option<Event> {
    let told = changes(None, order);
    let latest = |wanted: &dyn Fn(&&Event) -> bool| told.iter().filter(wanted).max_by_key(|event| event.at).cloned();
    match moment {
        None => latest(&|event| event.still_holds(order)).or_else(|| latest(&|_| true)),
        Some(moment) => latest(&|event| event.moment == moment).or_else(|| {
            let shipment = order.shipments.iter().find(|shipment| holds(moment, shipment.status));
            let tracking_number = shipment.or(order.shipments.first()).map(|found| found.tracking_number.clone());
            Some(Event { moment, at: now, tracking_number, moved: None })
        }),
    }
}
