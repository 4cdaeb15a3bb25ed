//! What shops and carriers are to do because of what a customer asked for.

#[cfg(test)]
mod tests;

use jiff::SignedDuration;
use jiff::civil::{Date, Time};

use super::{DeliveryStatus, Order, Shipment, is_final};
use crate::domain::values::{CallId, Personal, PhoneNumber};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $fulfils:literal;)*) => {
        /// One thing that a source can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum ActionKind {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl ActionKind {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in records and in the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// Whether the request is fulfilled by it. A note only tells the shop of it.
            pub const fn fulfils(self) -> bool {
                match self {
                    $(Self::$name => $fulfils,)*
                }
            }
        }
    };
}

kinds! {
    /// The shop's order says that cash on delivery was confirmed.
    ConfirmCod = "confirm_cod", true;
    /// The shop's order says that the customer wants to cancel.
    MarkCancelRequested = "mark_cancel_requested", false;
    MarkNotOrdered = "mark_not_ordered", false;
    MarkWrongNumber = "mark_wrong_number", false;
    MarkCallback = "mark_callback", false;
    /// The shop's order carries the new part of the address.
    MarkAddressChanged = "mark_address_changed", false;
    /// The shop's order carries the customer's wish in words.
    WriteNote = "write_note", false;
    /// The shop's order is cancelled.
    CancelOrder = "cancel_order", true;
    /// The carrier tries again.
    Reattempt = "reattempt", true;
    /// The carrier tries again on a day.
    Reschedule = "reschedule", true;
    EditAddress = "edit_address", true;
    EditPhone = "edit_phone", true;
    ReturnToShop = "return_to_shop", true;
    /// The customer has a link to pay by.
    SendPaymentLink = "send_payment_link", true;
}

/// A link that comes later than this is no answer to the customer's wish any more.
const LINK_WANTED_FOR: SignedDuration = SignedDuration::from_hours(2);

impl ActionKind {
    /// Whether its answer is worth the caller's waiting for it.
    pub const fn is_awaited(self) -> bool {
        match self {
            Self::Reattempt
            | Self::Reschedule
            | Self::EditAddress
            | Self::EditPhone
            | Self::ReturnToShop
            | Self::SendPaymentLink => true,
            Self::ConfirmCod
            | Self::MarkCancelRequested
            | Self::MarkNotOrdered
            | Self::MarkWrongNumber
            | Self::MarkCallback
            | Self::MarkAddressChanged
            | Self::WriteNote
            | Self::CancelOrder => false,
        }
    }

    /// How long after it was asked for it is still wanted; none for what keeps.
    pub fn is_wanted_for(self) -> Option<SignedDuration> {
        (self == Self::SendPaymentLink).then_some(LINK_WANTED_FOR)
    }
}

/// An action with everything it needs, made from the request it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub kind: ActionKind,
    /// What the other side is shown, and found again by: the id of the request.
    pub request_id: String,
    pub call: CallId,
    /// The kind of the request.
    pub asked: String,
    pub day: Option<Date>,
    pub window: Option<(Time, Time)>,
    /// The customer's words.
    pub note: Option<Personal<String>>,
    pub phone: Option<PhoneNumber>,
}

impl Action {
    /// Reads the details of a request. What cannot be read is left out: the note still tells it.
    pub fn new(
        kind: ActionKind,
        (request_id, call): (&str, CallId),
        asked: &str,
        details: &[(String, Personal<String>)],
    ) -> Self {
        let named = |wanted: &str| details.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.reveal());
        let time = |wanted: &str| named(wanted).and_then(|text| Time::strptime("%H:%M", text).ok());
        Self {
            kind,
            request_id: request_id.to_owned(),
            call,
            asked: asked.to_owned(),
            day: named("day").and_then(|day| day.parse().ok()),
            window: time("window_from").zip(time("window_to")),
            note: named("note").map(|note| Personal::new(note.clone())),
            phone: named("phone").and_then(|phone| phone.parse().ok()),
        }
    }

    /// By what a note of this action is known again.
    pub fn mark(&self) -> String {
        format!("[request {}]", self.request_id)
    }

    /// What a person in the shop reads.
    pub fn sentence(&self) -> String {
        let mut parts = vec![format!("Voice agent: {}", self.asked.replace('_', " "))];
        parts.extend(self.day.map(|day| format!("day {day}")));
        parts.extend(self.window.map(|(from, to)| format!("{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"))));
        parts.extend(self.note.as_ref().map(|note| format!("\"{}\"", note.reveal())));
        format!("{} (call {}) {}", parts.join(", "), self.call, self.mark())
    }
}

/// What one configured source can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReach {
    pub name: String,
    pub kinds: Vec<ActionKind>,
    /// Carriers whose parcels it acts on; `*` for all. Empty for a shop, which acts on orders.
    pub carriers: Vec<String>,
    /// Whether it has told this order, or knows it by its reference.
    pub knows_order: bool,
    /// Whether it may cancel orders and send parcels back without a person.
    pub may_cancel: bool,
}

/// What is to be done: by whom, what, and with which parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionPlan {
    pub source: String,
    pub kind: ActionKind,
    pub tracking_number: Option<String>,
}

/// Plans what becomes of a request of `asked` kind. Empty when no source can do anything: it stays a task of the shop.
pub fn plan_actions(asked: &str, has_day: bool, order: &Order, sources: &[SourceReach]) -> Vec<ActionPlan> {
    let is_unsent = order.shipments.iter().all(|shipment| shipment.status == DeliveryStatus::Created);
    let mut plans = Vec::new();
    for source in sources.iter().filter(|source| source.carriers.is_empty() && source.knows_order) {
        for kind in order_actions(asked) {
            let is_allowed = *kind != ActionKind::CancelOrder || (source.may_cancel && is_unsent);
            if is_allowed && source.kinds.contains(kind) {
                plans.push(ActionPlan { source: source.name.clone(), kind: *kind, tracking_number: None });
            }
        }
    }
    for parcel in order.shipments.iter().filter(|parcel| may_be_changed(parcel)) {
        let Some(kind) = parcel_action(asked, has_day) else { continue };
        let taker = sources.iter().find(|source| {
            let is_allowed = kind != ActionKind::ReturnToShop || source.may_cancel;
            is_allowed && source.kinds.contains(&kind) && carries(source, parcel)
        });
        plans.extend(taker.map(|source| ActionPlan {
            source: source.name.clone(),
            kind,
            tracking_number: Some(parcel.tracking_number.clone()),
        }));
    }
    plans
}

/// Whether a source may answer a request of this kind while its caller waits.
pub fn may_be_answered(asked: &str) -> bool {
    parcel_action(asked, true).is_some() || order_actions(asked).iter().any(|kind| kind.is_awaited())
}

/// Carriers change a delivery between a failed attempt and the next.
fn may_be_changed(parcel: &Shipment) -> bool {
    !is_final(parcel.status) && matches!(parcel.status, DeliveryStatus::AttemptFailed | DeliveryStatus::Exception)
}

fn carries(source: &SourceReach, parcel: &Shipment) -> bool {
    let has_reported =
        |name: &str| parcel.events.iter().any(|event| event.report.as_ref().is_some_and(|r| r.source == name));
    let is_named = |carrier: &String| carrier == "*" || carrier.eq_ignore_ascii_case(&parcel.carrier);
    !source.carriers.is_empty() && (source.carriers.iter().any(is_named) || has_reported(&source.name))
}

/// What a shop's order is to show.
fn order_actions(asked: &str) -> &'static [ActionKind] {
    use ActionKind::{
        CancelOrder, ConfirmCod, MarkAddressChanged, MarkCallback, MarkCancelRequested, MarkNotOrdered,
        MarkWrongNumber, SendPaymentLink, WriteNote,
    };
    match asked {
        "cod_confirm" => &[ConfirmCod],
        "cod_cancel" | "cancel" => &[MarkCancelRequested, CancelOrder],
        "not_ordered" => &[MarkNotOrdered],
        "wrong_number" => &[MarkWrongNumber],
        "callback" => &[MarkCallback],
        "address_part" => &[MarkAddressChanged],
        "reschedule"
        | "expedite"
        | "call_before"
        | "delivery_note"
        | "leave_safe_place"
        | "leave_with_neighbour"
        | "leave_with_guard"
        | "alternate_recipient"
        | "pickup"
        | "hold_at_depot"
        | "hold_longer"
        | "not_received_case"
        | "damage_case"
        | "wrong_item_case"
        | "missing_item_case"
        | "attempt_disputed"
        | "refuse_delivery"
        | "item_change"
        | "refund"
        | "return"
        | "address_change"
        | "contact_change"
        | "trace"
        | "available" => &[WriteNote],
        "prepaid_link" => &[SendPaymentLink, WriteNote],
        _ => &[],
    }
}

/// What a carrier is to do. A new address or number in full needs a person's check, so it is none of these.
fn parcel_action(asked: &str, has_day: bool) -> Option<ActionKind> {
    match asked {
        "reschedule" if has_day => Some(ActionKind::Reschedule),
        "reschedule"
        | "available"
        | "call_before"
        | "delivery_note"
        | "leave_safe_place"
        | "leave_with_neighbour"
        | "leave_with_guard"
        | "alternate_recipient" => Some(ActionKind::Reattempt),
        "address_part" => Some(ActionKind::EditAddress),
        "refuse_delivery" => Some(ActionKind::ReturnToShop),
        _ => None,
    }
}
