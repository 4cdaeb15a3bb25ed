//! Figures of a period: what calls came to, how fast the answers were, how often customers had to ask.
//!
//! What calls come to is kept by day, shop, scenario and group as a [`CallTally`] that every call is added to when it
//! ends; the same sum comes of reading the calls again. What an order comes to is added at the first call about it.
//! Everything else is counted anew of days in which something has changed.

mod beside;
mod counts;
mod histogram;
mod of_order;
mod period;
mod report;
mod sources;
mod table;
mod tally;
mod ticket;

#[cfg(test)]
mod tests;

pub use beside::{AddUp, BesideCalls, ByGroup};
pub use counts::Counts;
pub use histogram::Histogram;
pub use of_order::{Reach, count_order};
pub use period::{InvalidPeriodEnd, PeriodEnd};
pub use report::{Figure, Report, Unit, report};
pub use sources::{
    CONTACT_SOON, Costs, Counted, FigureFilter, Group, Links, MOMENT_WITHIN, Moments, ParcelCounts, ParcelFacts,
    Requests, ShippedCounts, TicketCounts,
};
pub use table::csv;
pub use tally::{CallTally, CameAgain, CellKey, Counter, Counting, REPEAT_WITHIN, RESOLVED_AFTER};
pub use ticket::{TICKETS, Ticket};
