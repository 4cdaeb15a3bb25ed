//! The shop behind a rehearsed call: its orders, its store, and why it calls.

use std::sync::Arc;

use super::file::{CallerFile, CallerFileError, Line, OrderChange, Service};
use super::handover;
use super::stage::House;
use crate::domain::call::{CallDirection, CallEvent, EscalationWay};
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::dialogue::{Brief, OrderQuery, Outreach, RecordAck, RecordingNotice, ShopProfile, escalation_of};
use crate::domain::orders::Order;
use crate::domain::outreach::policy::CallRules;
use crate::domain::values::{CallId, RequestId};

/// How long a store takes that works, and one that does not break but is slow.
const STORE_MS: u64 = 60;
const SLOW_STORE_MS: u64 = 7_000;

/// A store that does as the caller's file says. Each answer comes with the time it takes, in milliseconds.
pub(super) struct Shop {
    pub(super) orders: Vec<Arc<Order>>,
    pub(super) lookups: Service,
    pub(super) writes: Service,
}

impl Shop {
    pub(super) fn look_up(&self, request: RequestId, query: &OrderQuery) -> (u64, CallEvent) {
        let event = match self.lookups {
            Service::Fail => CallEvent::LookupFailed { request },
            Service::Work | Service::Slow | Service::Accept | Service::Refuse => {
                CallEvent::OrdersFound { request, orders: self.find(query) }
            }
        };
        (delay_ms(self.lookups), event)
    }

    /// What a person has to act on, no carrier answers.
    pub(super) fn write(&self, request: RequestId, kind: &str, id: String) -> (u64, CallEvent) {
        let is_for_person = escalation_of(kind) == Some(EscalationWay::Callback);
        let ack = match self.writes {
            Service::Fail => return (delay_ms(self.writes), CallEvent::RecordFailed { request }),
            Service::Accept if !is_for_person => RecordAck::Accepted,
            Service::Refuse if !is_for_person => RecordAck::Refused,
            Service::Work | Service::Slow | Service::Accept | Service::Refuse => RecordAck::PassedOn,
        };
        (delay_ms(self.writes), CallEvent::RequestRecorded { request, id, ack })
    }

    /// Whether a write reaches the store at all.
    pub(super) fn takes_writes(&self) -> bool {
        self.writes != Service::Fail
    }

    fn find(&self, query: &OrderQuery) -> Vec<Arc<Order>> {
        let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let fits = |order: &&Arc<Order>| match query {
            OrderQuery::ByCallerNumber(phone) => order.customer.phone == *phone,
            OrderQuery::ByReference(readings) => {
                let (whole, number) = (letters(&order.order_ref.0), digits(&order.order_ref.0));
                readings.iter().any(|reading| *reading == whole || *reading == number)
            }
            OrderQuery::ByPostcode(readings) => readings.contains(&letters(order.address.postcode.reveal())),
            OrderQuery::Again(order_ref) => order.order_ref == *order_ref,
        };
        self.orders.iter().filter(fits).cloned().collect()
    }
}

impl OrderChange {
    /// Makes an order differ from how it stands in the demo shop.
    pub fn apply(&self, order: &mut Order) {
        if let Some(payment) = self.payment {
            order.payment = payment;
        }
        if self.language.is_some() {
            order.customer.language.clone_from(&self.language);
        }
        for shipment in &mut order.shipments {
            if let Some(status) = self.status {
                shipment.status = status;
                if let Some(last) = shipment.events.last_mut() {
                    last.status = status;
                    last.reason.clone_from(&self.reason);
                }
            }
            if self.no_day {
                (shipment.eta_from, shipment.eta_to) = (None, None);
            }
        }
    }
}

pub(super) fn brief(
    file: &CallerFile,
    house: &House,
    scenario: Option<&'static Scenario>,
    planned: &Arc<Order>,
) -> Result<Brief, CallerFileError> {
    let caller = match &file.from {
        Line::OwnNumber => Some(planned.customer.phone.clone()),
        Line::Withheld => None,
        Line::Number(number) => Some(
            number.parse().map_err(|_| CallerFileError(format!("from: {number} is no number like +919845012345")))?,
        ),
    };
    let outreach = scenario.map(|scenario| Outreach {
        scenario,
        order: Arc::clone(planned),
        heard_before: file.heard_before.clone().into(),
        may_household_confirm: file.household_may_confirm,
        rules: CallRules::WIDEST,
    });
    let is_ours = outreach.is_some() && !file.rings_back;
    Ok(Brief {
        call: CallId::new(uuid::Uuid::nil()),
        direction: if is_ours { CallDirection::Outbound } else { CallDirection::Inbound },
        shop: Arc::new(ShopProfile {
            asks_call_score: file.asks_call_score,
            sends_payment_links: file.sends_payment_links,
            ..ShopProfile::clone(&house.shop)
        }),
        caller,
        started_at: house.now,
        recording: RecordingNotice::Announced,
        outreach,
        handover: file.handover.map(|handover| Arc::new(handover::rules(handover, &house.shop))),
    })
}

const fn delay_ms(service: Service) -> u64 {
    match service {
        Service::Work | Service::Fail | Service::Accept | Service::Refuse => STORE_MS,
        Service::Slow => SLOW_STORE_MS,
    }
}
