//! Orders, parcels and what happened to them: everything the agent is grounded in.

pub mod actions;
mod carrier_codes;
pub mod demo;
pub mod import;
pub mod incoming;
mod merge;
mod order;
mod settle;
mod status;
mod tracking_number;

pub use carrier_codes::{CodeBook, CodeMeaning, RawStatus};
pub use merge::merge_order;
pub use order::{Address, CarrierReport, Customer, Item, Order, OrderRef, Payment, Shipment, TrackingEvent};
pub use settle::{Settled, is_final, settle};
pub use status::{DeliveryStatus, REASONS};
pub use tracking_number::{carrier_of, has_wrong_check_digit};
