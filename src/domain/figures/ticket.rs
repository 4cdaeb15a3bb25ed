//! Tickets of the shop's help desk, which count beside the calls.

use jiff::Timestamp;

use crate::domain::orders::OrderRef;
use crate::domain::orders::import::{Field, RowRefused, RowShape};
use crate::domain::values::PhoneNumber;

const CODE_CHARS_MAX: usize = 64;

/// More than anybody's day has.
const COUNT_MAX: i64 = 1_000_000;

/// Topics that ask where an order is.
const WISMO_TOPICS: [&str; 5] = ["status", "eta", "delay", "tracking", "attempt"];

/// A ticket, or a number of them that have everything in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The help desk's own name of it; equal names are one ticket.
    pub ticket_ref: String,
    pub opened_at: Timestamp,
    /// Such as `email`, `chat` or `phone`; lower case.
    pub channel: String,
    /// Lower case.
    pub topic: String,
    pub order_ref: Option<OrderRef>,
    pub phone: Option<PhoneNumber>,
    /// How many tickets the row stands for.
    pub count: u32,
}

impl Ticket {
    /// Whether it asks where an order is.
    pub fn is_wismo(&self) -> bool {
        WISMO_TOPICS.contains(&self.topic.as_str())
    }
}

/// How tickets are written in a file.
pub const TICKETS: RowShape<Ticket> =
    RowShape { columns: &["ticket_ref", "opened_at", "channel", "topic", "order_ref", "phone", "count"], read };

fn read(row: &Field<'_>) -> Result<Ticket, RowRefused> {
    let ticket = row.object(TICKETS.columns)?;
    let code = |name| Ok(ticket.get(name).text(CODE_CHARS_MAX)?.to_lowercase());
    let count = ticket.get("count").optional(|field| field.integer(1..=COUNT_MAX))?.unwrap_or(1);
    Ok(Ticket {
        ticket_ref: ticket.get("ticket_ref").text(CODE_CHARS_MAX)?,
        opened_at: ticket.get("opened_at").time()?,
        channel: code("channel")?,
        topic: code("topic")?,
        order_ref: ticket.get("order_ref").optional(|field| field.text(CODE_CHARS_MAX))?.map(OrderRef),
        phone: ticket.get("phone").optional(Field::phone)?,
        count: u32::try_from(count).unwrap_or(1),
    })
}
