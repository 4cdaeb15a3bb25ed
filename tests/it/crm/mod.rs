//! Outcomes on their way to the shop's other systems: every kind of connector against its vendor, with the real outbox
//! and the real store.

mod away;
mod books;
mod contract;
mod office;
mod promises;
mod recorded;
mod server;
mod soak;
mod vendors;
