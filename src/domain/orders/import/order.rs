//! A whole order, field by field.

use super::field::{Field, RowRefused};
use crate::domain::orders::{
    Address, CarrierReport, Customer, DeliveryStatus, Item, Order, OrderRef, Payment, REASONS, Shipment, TrackingEvent,
};
use crate::domain::values::{Currency, Money, Personal};

/// Every name a column may have; `#` stands for a number from 0 to 99.
pub(super) const COLUMNS: &[&str] = &[
    "order_ref",
    "placed_at",
    "customer.name",
    "customer.phone",
    "customer.email",
    "customer.language",
    "items.#.title",
    "items.#.quantity",
    "total.amount_minor",
    "total.currency",
    "payment",
    "promised_by",
    "address.lines.#",
    "address.city",
    "address.state",
    "address.postcode",
    "address.country",
    "shipments.#.tracking_number",
    "shipments.#.carrier",
    "shipments.#.status",
    "shipments.#.eta_from",
    "shipments.#.eta_to",
    "shipments.#.usual_scan_gap_hours",
    "shipments.#.events.#.at",
    "shipments.#.events.#.status",
    "shipments.#.events.#.place",
    "shipments.#.events.#.reason",
    "shipments.#.events.#.note",
    "time_zone",
    "cancelled_at",
];

const ITEMS_MAX: usize = 200;
const SHIPMENTS_MAX: usize = 50;
const EVENTS_MAX: usize = 500;
const ADDRESS_LINES_MAX: usize = 6;
const NAME_CHARS_MAX: usize = 200;
const CODE_CHARS_MAX: usize = 64;

/// More than any basket holds, and far from the end of the integer.
const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000;

pub(super) fn read_order(row: &Field<'_>) -> Result<Order, RowRefused> {
    let order = row.object(&[
        "order_ref",
        "placed_at",
        "customer",
        "items",
        "total",
        "payment",
        "promised_by",
        "address",
        "shipments",
        "time_zone",
        "cancelled_at",
    ])?;
    Ok(Order {
        order_ref: read_order_ref(&order.get("order_ref"))?,
        placed_at: order.get("placed_at").time()?,
        customer: read_customer(&order.get("customer"))?,
        items: order.get("items").list(ITEMS_MAX)?.iter().map(read_item).collect::<Result<_, _>>()?,
        total: read_money(&order.get("total"))?,
        payment: read_payment(&order.get("payment"))?,
        promised_by: order.get("promised_by").optional(Field::date)?,
        address: read_address(&order.get("address"))?,
        shipments: read_shipments(&order.get("shipments"))?,
        time_zone: order.get("time_zone").optional(read_time_zone)?,
        cancelled_at: order.get("cancelled_at").optional(Field::time)?,
    })
}

fn read_order_ref(field: &Field<'_>) -> Result<OrderRef, RowRefused> {
    let text = field.text(CODE_CHARS_MAX)?;
    if text.chars().any(|letter| letter.is_ascii_alphanumeric()) {
        Ok(OrderRef(text))
    } else {
        Err(field.refuse("must have letters or digits, or nobody can say it"))
    }
}

fn read_customer(field: &Field<'_>) -> Result<Customer, RowRefused> {
    let customer = field.object(&["name", "phone", "email", "language"])?;
    Ok(Customer {
        name: Personal::new(customer.get("name").text(NAME_CHARS_MAX)?),
        phone: customer.get("phone").phone()?,
        email: customer.get("email").optional(read_email)?,
        language: customer.get("language").optional(read_language)?,
    })
}

fn read_email(field: &Field<'_>) -> Result<Personal<String>, RowRefused> {
    let text = field.text(NAME_CHARS_MAX)?;
    let is_address =
        text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if is_address && !text.contains(' ') {
        Ok(Personal::new(text))
    } else {
        Err(field.refuse("write one e-mail address, or leave it out"))
    }
}

fn read_language(field: &Field<'_>) -> Result<String, RowRefused> {
    let text = field.text(35)?;
    let is_subtag = |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_tag = text.split('-').all(is_subtag) && text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if is_tag { Ok(text) } else { Err(field.refuse("write a language tag such as en-IN")) }
}

fn read_item(field: &Field<'_>) -> Result<Item, RowRefused> {
    let item = field.object(&["title", "quantity"])?;
    let quantity = item.get("quantity").optional(|field| field.integer(1..=100_000))?.unwrap_or(1);
    Ok(Item {
        title: item.get("title").text(NAME_CHARS_MAX)?,
        quantity: u32::try_from(quantity).map_err(|_| field.refuse("has no such quantity"))?,
    })
}

fn read_money(field: &Field<'_>) -> Result<Money, RowRefused> {
    let money = field.object(&["amount_minor", "currency"])?;
    let code = money.get("currency");
    let currency: Currency = code.text(CODE_CHARS_MAX)?.parse().map_err(|error| code.refuse(format!("{error}")))?;
    let amount_minor = money.get("amount_minor").integer(0..=AMOUNT_MINOR_MAX)?;
    Ok(Money { amount_minor, currency })
}

fn read_payment(field: &Field<'_>) -> Result<Payment, RowRefused> {
    match field.text(CODE_CHARS_MAX)?.as_str() {
        "cod" => Ok(Payment::Cod),
        "prepaid" => Ok(Payment::Prepaid),
        _ => Err(field.refuse("write cod or prepaid")),
    }
}

fn read_address(field: &Field<'_>) -> Result<Address, RowRefused> {
    let address = field.object(&["lines", "city", "state", "postcode", "country"])?;
    let country = address.get("country");
    let code = country.text(CODE_CHARS_MAX)?.to_ascii_uppercase();
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(country.refuse("write a two-letter country code such as IN"));
    }
    let lines = address.get("lines").list(ADDRESS_LINES_MAX)?;
    Ok(Address {
        lines: lines.iter().map(|line| line.text(NAME_CHARS_MAX).map(Personal::new)).collect::<Result<_, _>>()?,
        city: address.get("city").text(NAME_CHARS_MAX)?,
        state: address.get("state").optional(|field| field.text(NAME_CHARS_MAX))?,
        postcode: Personal::new(read_postcode(&address.get("postcode"), &code)?),
        country: code,
    })
}

/// The postcode in the form of its country. Countries not named here may do without.
fn read_postcode(field: &Field<'_>, country: &str) -> Result<String, RowRefused> {
    let text = field.optional(|field| field.text(12))?.unwrap_or_default();
    let compact: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let bytes = compact.as_bytes();
    let are_digits = bytes.iter().all(u8::is_ascii_digit);
    let (is_valid, remedy) = match country {
        "IN" => (
            are_digits && bytes.len() == 6 && bytes.first() != Some(&b'0'),
            "write six digits, not beginning with 0, such as 560034",
        ),
        "US" => (are_digits && matches!(bytes.len(), 5 | 9), "write five digits or nine, such as 60614"),
        "GB" => (is_british_postcode(bytes), "write a postcode such as SW1A 1AA"),
        _ => (bytes.iter().all(u8::is_ascii_alphanumeric), "write letters and digits, or leave it out"),
    };
    if is_valid { Ok(text) } else { Err(field.refuse(remedy)) }
}

/// Source: the shape of UK postcodes, one or two letters, one or two more signs, a digit and two letters.
fn is_british_postcode(compact: &[u8]) -> bool {
    let Some((outward, [digit, first, second])) = compact.split_last_chunk::<3>() else { return false };
    let is_outward = (2..=4).contains(&outward.len())
        && outward[0].is_ascii_alphabetic()
        && outward.iter().any(u8::is_ascii_digit)
        && outward.iter().all(u8::is_ascii_alphanumeric);
    is_outward && digit.is_ascii_digit() && first.is_ascii_alphabetic() && second.is_ascii_alphabetic()
}

fn read_time_zone(field: &Field<'_>) -> Result<String, RowRefused> {
    let name = field.text(CODE_CHARS_MAX)?;
    match jiff::tz::TimeZone::get(&name) {
        Ok(_) => Ok(name),
        Err(_) => Err(field.refuse("write an IANA time zone such as Asia/Kolkata")),
    }
}

fn read_shipments(field: &Field<'_>) -> Result<Vec<Shipment>, RowRefused> {
    let mut shipments: Vec<Shipment> = Vec::new();
    for entry in field.list(SHIPMENTS_MAX)? {
        let shipment = read_shipment(&entry)?;
        let is_repeated = shipments
            .iter()
            .any(|known| known.tracking_number == shipment.tracking_number && known.carrier == shipment.carrier);
        if is_repeated {
            return Err(entry.refuse("repeats a parcel; write each tracking number once, with all its events"));
        }
        shipments.push(shipment);
    }
    Ok(shipments)
}

fn read_shipment(field: &Field<'_>) -> Result<Shipment, RowRefused> {
    let shipment = field.object(&[
        "tracking_number",
        "carrier",
        "status",
        "eta_from",
        "eta_to",
        "events",
        "usual_scan_gap_hours",
    ])?;
    let (eta_from, eta_to) =
        (shipment.get("eta_from").optional(Field::time)?, shipment.get("eta_to").optional(Field::time)?);
    match (eta_from, eta_to) {
        (Some(from), Some(to)) if to < from => return Err(field.refuse("eta_to must not be before eta_from")),
        (Some(_), None) | (None, Some(_)) => return Err(field.refuse("write both eta_from and eta_to, or neither")),
        (Some(_), Some(_)) | (None, None) => {}
    }
    let mut events: Vec<TrackingEvent> =
        shipment.get("events").list(EVENTS_MAX)?.iter().map(read_event).collect::<Result<_, _>>()?;
    events.sort_by_key(|event| event.at);
    let gap = shipment.get("usual_scan_gap_hours").optional(|field| field.integer(1..=2_000))?;
    Ok(Shipment {
        tracking_number: shipment.get("tracking_number").text(CODE_CHARS_MAX)?,
        carrier: shipment.get("carrier").text(CODE_CHARS_MAX)?,
        status: read_status(&shipment.get("status"))?,
        eta_from,
        eta_to,
        events,
        usual_scan_gap_hours: gap.and_then(|hours| u32::try_from(hours).ok()),
    })
}

fn read_event(field: &Field<'_>) -> Result<TrackingEvent, RowRefused> {
    let event = field.object(&["at", "status", "place", "reason", "note", "report"])?;
    Ok(TrackingEvent {
        at: event.get("at").time()?,
        status: read_status(&event.get("status"))?,
        place: event.get("place").optional(|field| field.text(NAME_CHARS_MAX))?,
        reason: event.get("reason").optional(read_reason)?,
        note: event.get("note").optional(|field| field.text(NAME_CHARS_MAX).map(Personal::new))?,
        report: event.get("report").optional(read_report)?,
    })
}

/// As the list of orders shows it, so that an order can be read and written back.
fn read_report(field: &Field<'_>) -> Result<CarrierReport, RowRefused> {
    let report = field.object(&["source", "code", "sequence", "eta_told_at", "eta_from", "eta_to", "text"])?;
    let sequence = report.get("sequence").optional(|field| field.integer(0..=i64::MAX))?;
    Ok(CarrierReport {
        eta_told_at: report.get("eta_told_at").optional(Field::time)?,
        source: report.get("source").text(CODE_CHARS_MAX)?,
        code: report.get("code").text(NAME_CHARS_MAX)?,
        sequence: sequence.and_then(|sequence| u64::try_from(sequence).ok()),
        eta_from: report.get("eta_from").optional(Field::time)?,
        eta_to: report.get("eta_to").optional(Field::time)?,
        text: report.get("text").optional(|field| field.text(NAME_CHARS_MAX).map(Personal::new))?,
    })
}

fn read_status(field: &Field<'_>) -> Result<DeliveryStatus, RowRefused> {
    let text = field.text(CODE_CHARS_MAX)?;
    DeliveryStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| {
        let known: Vec<_> = DeliveryStatus::ALL.into_iter().map(DeliveryStatus::as_str).collect();
        field.refuse(format!("write one of {}", known.join(", ")))
    })
}

fn read_reason(field: &Field<'_>) -> Result<String, RowRefused> {
    let text = field.text(CODE_CHARS_MAX)?;
    if REASONS.contains(&text.as_str()) {
        Ok(text)
    } else {
        Err(field.refuse(format!("write one of {}", REASONS.join(", "))))
    }
}
