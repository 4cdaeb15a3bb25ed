//! Figures of a period: what calls came to, how fast the answers were, how often customers had to ask.
//!
//! What calls come to is kept by day, shop, scenario and group as a [`CallTally`] that every call is added to when it
//! ends; the same sum comes of reading the calls again.

mod counts;
mod histogram;
mod period;
mod report;
mod sources;
mod table;
mod tally;
mod ticket;

#[cfg(test)]
mod tests;

pub use counts::Counts;
pub use histogram::Histogram;
pub use period::{InvalidPeriodEnd, PeriodEnd};
pub use report::{Figure, Report, Unit, report};
pub use sources::{
    Costs, Counted, FigureFilter, Group, MOMENT_WITHIN, Moments, ParcelCounts, ParcelFacts, Parcels, Requests,
    ShippedCounts, TicketCounts,
};
pub use table::csv;
pub use tally::{CallTally, CellKey, Counter, Counting, REPEAT_WITHIN};
pub use ticket::{TICKETS, Ticket};
