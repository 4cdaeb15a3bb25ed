//! The context card: what a person sees before the first word, so that the customer need not repeat anything.

use jiff::Timestamp;
use jiff::civil::Date;

use super::DeskState;
use crate::domain::call::{
    Disposition, EscalationWay, FinishedCall, HeardFact, OpenedCall, Speaker, TranscriptLine, VerificationLevel,
};
use crate::domain::orders::{DeliveryStatus, Item, Order, OrderRef, Payment, TrackingEvent};
use crate::domain::values::{CallId, Money, Personal, PhoneNumber};

/// Lines of the conversation before the end, which is where the trigger is.
const LINES_SHOWN: usize = 12;
/// Events of a parcel, the newest.
const EVENTS_SHOWN: usize = 5;

/// What a card is made of.
pub struct CardSources<'a> {
    pub now: Timestamp,
    /// The request the card is for.
    pub request: &'a OpenRequest,
    pub opened: &'a OpenedCall,
    /// None while the call lasts.
    pub finished: Option<&'a FinishedCall>,
    pub order: Option<&'a Order>,
    pub has_opted_out: bool,
    /// Other requests of this call.
    pub same_call: &'a [OpenRequest],
    /// Other calls of this number or about this order, newest first.
    pub earlier: &'a [EarlierCall],
}

/// A request as a card shows it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct OpenRequest {
    pub id: String,
    pub kind: String,
    pub way: Option<EscalationWay>,
    pub order_ref: Option<OrderRef>,
    /// What was asked, by name.
    pub details: Vec<(String, Personal<String>)>,
    pub due_at: Option<Timestamp>,
    pub state: DeskState,
}

/// A call before this one.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct EarlierCall {
    pub call_id: CallId,
    pub started_at: Timestamp,
    pub disposition: Disposition,
    pub summary: Personal<String>,
}

/// The eight points of the card, in the order they are read. Null where the store knows nothing.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ContextCard {
    pub why: Why,
    pub who: Who,
    pub order: Option<OrderPoint>,
    pub parcels: Vec<ParcelPoint>,
    pub this_call: ThisCall,
    pub before: Vec<EarlierCall>,
    pub next: NextPoint,
    pub links: Links,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Why {
    /// Why a person has to act, in one word of a closed list.
    pub trigger: String,
    pub asked: Vec<(String, Personal<String>)>,
    pub mood: Option<String>,
    pub language: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Who {
    /// The customer of the order; the caller has proved to be them only as far as the level says.
    pub customer_name: Option<Personal<String>>,
    pub number: Option<PhoneNumber>,
    pub verification_level: Option<VerificationLevel>,
    pub verification_failures: u32,
    pub has_opted_out: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct OrderPoint {
    pub order_ref: OrderRef,
    pub placed_at: Timestamp,
    pub items: Vec<Item>,
    pub total: Money,
    pub payment: Payment,
    pub promised_by: Option<Date>,
    pub address: Vec<Personal<String>>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ParcelPoint {
    pub tracking_number: String,
    pub carrier: String,
    pub status: DeliveryStatus,
    pub eta_from: Option<Timestamp>,
    pub eta_to: Option<Timestamp>,
    /// The newest, newest last.
    pub events: Vec<TrackingEvent>,
    pub failed_attempts: Vec<TrackingEvent>,
    /// Whether the silence since the last scan is usual on this lane; null if nobody said what is usual.
    pub is_gap_usual: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ThisCall {
    pub summary: Option<Personal<String>>,
    pub disposition: Option<Disposition>,
    /// The last lines, as they were said.
    pub last_lines: Vec<TranscriptLine>,
    /// What the caller was told, and heard.
    pub facts_heard: Vec<HeardFact>,
    /// What else was passed on in this call, and promised by when.
    pub passed_on: Vec<OpenRequest>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct NextPoint {
    pub suggestion: String,
    pub due_at: Option<Timestamp>,
    pub is_overdue: bool,
    /// When and whom to call back, as it was agreed.
    pub callback_at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Links {
    pub call: String,
    pub live: String,
    pub recording: Option<String>,
    pub order: Option<String>,
}

/// Makes the card of a request.
pub fn context_card(sources: &CardSources<'_>) -> ContextCard {
    let outcome = sources.finished.map(|finished| &finished.outcome);
    ContextCard {
        why: why(sources),
        who: who(sources),
        order: sources.order.map(order_point),
        parcels: sources.order.map_or_else(Vec::new, |order| parcels(order, sources.now)),
        this_call: ThisCall {
            summary: outcome.map(|outcome| outcome.summary.clone()),
            disposition: outcome.map(|outcome| outcome.disposition),
            last_lines: sources.finished.map_or_else(Vec::new, |finished| last_lines(&finished.transcript)),
            facts_heard: sources.finished.map_or_else(Vec::new, |finished| finished.facts.clone()),
            passed_on: sources.same_call.to_vec(),
        },
        before: sources.earlier.to_vec(),
        next: NextPoint {
            suggestion: outcome.and_then(|outcome| outcome.next_step.clone()).unwrap_or(sources.request.kind.clone()),
            due_at: sources.request.due_at,
            is_overdue: is_overdue(sources.request, sources.now),
            callback_at: outcome.and_then(|outcome| outcome.callback_at.clone()),
        },
        links: links(sources),
    }
}

fn why(sources: &CardSources<'_>) -> Why {
    let outcome = sources.finished.map(|finished| &finished.outcome);
    let escalation = outcome.and_then(|outcome| outcome.escalation.as_ref());
    // The outcome names one escalation; another request of the same call has its own reason, which is its kind.
    let trigger = escalation.filter(|escalation| escalation.task_id.as_deref() == Some(&sources.request.id));
    Why {
        trigger: trigger.map_or_else(|| sources.request.kind.clone(), |escalation| escalation.trigger.clone()),
        asked: sources.request.details.clone(),
        mood: outcome.and_then(|outcome| outcome.sentiment.clone()),
        language: outcome.map(|outcome| outcome.language.clone()),
    }
}

fn who(sources: &CardSources<'_>) -> Who {
    let outcome = sources.finished.map(|finished| &finished.outcome);
    Who {
        customer_name: sources.order.map(|order| order.customer.name.clone()),
        number: sources.opened.customer_number().cloned(),
        verification_level: outcome.map(|outcome| outcome.verification_level),
        verification_failures: outcome.map_or(0, |outcome| outcome.verification_failures),
        has_opted_out: sources.has_opted_out,
    }
}

fn order_point(order: &Order) -> OrderPoint {
    let address = &order.address;
    let rest = [Some(Personal::new(address.city.clone())), address.state.clone().map(Personal::new)];
    let rest = rest.into_iter().flatten().chain([address.postcode.clone()]);
    OrderPoint {
        order_ref: order.order_ref.clone(),
        placed_at: order.placed_at,
        items: order.items.clone(),
        total: order.total,
        payment: order.payment,
        promised_by: order.promised_by,
        address: address.lines.iter().cloned().chain(rest).collect(),
    }
}

fn parcels(order: &Order, now: Timestamp) -> Vec<ParcelPoint> {
    let point = |shipment: &crate::domain::orders::Shipment| {
        let is_failed = |event: &&TrackingEvent| event.status == DeliveryStatus::AttemptFailed;
        let skipped = shipment.events.len().saturating_sub(EVENTS_SHOWN);
        let is_gap_usual = shipment
            .events
            .last()
            .zip(shipment.usual_scan_gap_hours)
            .map(|(last, usual_hours)| now.duration_since(last.at).as_hours() <= i64::from(usual_hours));
        ParcelPoint {
            tracking_number: shipment.tracking_number.clone(),
            carrier: shipment.carrier.clone(),
            status: shipment.status,
            eta_from: shipment.eta_from,
            eta_to: shipment.eta_to,
            events: shipment.events[skipped..].to_vec(),
            failed_attempts: shipment.events.iter().filter(is_failed).cloned().collect(),
            is_gap_usual,
        }
    };
    order.shipments.iter().map(point).collect()
}

/// The last lines, from one of the caller's on: an answer means little without its question.
fn last_lines(transcript: &[TranscriptLine]) -> Vec<TranscriptLine> {
    let lines = &transcript[transcript.len().saturating_sub(LINES_SHOWN)..];
    let first = lines.iter().position(|line| line.role == Speaker::Caller).unwrap_or(0);
    lines[first..].to_vec()
}

/// Whether a request is late: due, and nobody has seen to it.
pub(super) fn is_overdue(request: &OpenRequest, now: Timestamp) -> bool {
    request.state != DeskState::Done && request.due_at.is_some_and(|due_at| due_at < now)
}

fn links(sources: &CardSources<'_>) -> Links {
    let call = format!("/api/v1/calls/{}", sources.opened.id);
    Links {
        live: format!("{call}/events"),
        recording: sources.finished.and_then(|finished| finished.outcome.recording_ref.clone()),
        order: sources.order.map(|order| format!("/api/v1/orders/{}", order.order_ref.0)),
        call,
    }
}
