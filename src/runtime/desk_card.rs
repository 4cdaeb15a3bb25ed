//! Gathers what staff see of a request before the first word with its customer.

use jiff::Timestamp;

use crate::domain::call::{FinishedCall, OpenedCall};
use crate::domain::desk::{CardSources, ContextCard, OpenRequest, context_card};
use crate::ports::desk::{ContactStore, DeskRequest, DeskStore};
use crate::ports::store::{OrderStore, StoreError};

/// Earlier calls on a card.
const EARLIER_MAX: u32 = 5;

/// Where a card is gathered from.
pub struct CardStores<'a> {
    pub desk: &'a dyn DeskStore,
    pub contacts: &'a dyn ContactStore,
    pub orders: &'a dyn OrderStore,
}

/// Shape: `finished` is the call's record, or what it has come to so far; none while nobody knows.
pub async fn gather_card(
    stores: &CardStores<'_>,
    now: Timestamp,
    request: &DeskRequest,
    opened: &OpenedCall,
    finished: Option<&FinishedCall>,
) -> Result<ContextCard, StoreError> {
    let outcome = finished.map(|finished| &finished.outcome);
    let order_ref = request.order_ref.as_ref().or_else(|| outcome.and_then(|outcome| outcome.order_ref.as_ref()));
    let order = match order_ref {
        Some(order_ref) => stores.orders.order_by_ref(order_ref).await?,
        None => None,
    };
    let phone = opened.customer_number();
    let opt_out = match phone {
        Some(phone) => stores.contacts.opt_out_of(phone).await?,
        None => None,
    };
    let of_call = stores.desk.requests_of_call(request.call).await?;
    let same_call: Vec<_> = of_call.iter().filter(|other| other.id != request.id).map(open_request).collect();
    let earlier = stores.desk.earlier_calls(phone, order_ref, request.call, EARLIER_MAX).await?;
    Ok(context_card(&CardSources {
        now,
        request: &open_request(request),
        opened,
        finished,
        order: order.as_ref(),
        has_opted_out: opt_out.is_some(),
        same_call: &same_call,
        earlier: &earlier,
    }))
}

fn open_request(request: &DeskRequest) -> OpenRequest {
    OpenRequest {
        id: request.id.clone(),
        kind: request.kind.clone(),
        way: request.way,
        order_ref: request.order_ref.clone(),
        details: request.details.clone(),
        due_at: request.due_at,
        state: request.state,
    }
}
