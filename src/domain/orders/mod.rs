//! Orders, parcels and what happened to them: everything the agent is grounded in.

mod order;
mod status;

pub use order::{Address, Customer, Item, Order, OrderRef, Payment, Shipment, TrackingEvent};
pub use status::DeliveryStatus;
