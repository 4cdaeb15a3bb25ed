//! Orders, parcels and what happened to them: everything the agent is grounded in.

pub mod demo;
pub mod import;
mod merge;
mod order;
mod status;

pub use merge::merge_order;
pub use order::{Address, Customer, Item, Order, OrderRef, Payment, Shipment, TrackingEvent};
pub use status::DeliveryStatus;
