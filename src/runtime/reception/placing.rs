//! Calls that the shop makes: placed with a token, answered by a webhook that brings it back, filed if nobody answers.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::attempts::note_dialling;
use super::{Announced, AwaitedCall, NotTaken, Reception, Waiting, new_token, opened_call};
use crate::domain::call::{CallDirection, Connection};
use crate::domain::dialogue::{Answerer, Outreach, scenarios::Scenario};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::outreach::policy::Ruling;
use crate::domain::outreach::{PlannedCall, Urgency, Verdict};
use crate::domain::values::{CallId, Personal, PhoneNumber};
use crate::ports::store::StoreError;
use crate::ports::telephony::{AnsweredBy, CallProgress, CallState, PlaceCall, ProviderError, TelephonyProvider};
use crate::runtime::call_file;

/// How long a phone rings: people need a while to get to it, and a call must not end in a mailbox by patience.
pub(super) const RING_TIMEOUT: Duration = Duration::from_secs(25);

/// Beyond the ringing, for the carrier's last word. Without it the call is taken as not connected.
pub(super) const PROGRESS_GRACE: Duration = Duration::from_secs(95);

/// The rule of a call that somebody asked for, not the shop's rules.
const BY_HAND: &str = "by_hand";

/// A call to be placed.
#[derive(Clone, Debug)]
pub struct Plan {
    pub order_ref: OrderRef,
    pub scenario: &'static Scenario,
    /// None: the number on the order.
    pub to: Option<PhoneNumber>,
    pub from: PhoneNumber,
}

/// Why a call was not placed.
#[derive(Debug, thiserror::Error)]
pub enum NotPlaced {
    #[error("no such order")]
    NoSuchOrder,
    #[error("{}", held(.0))]
    Held(Ruling),
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the carrier did not take the call: {0}")]
    Carrier(ProviderError),
}

impl Reception {
    /// Places one call; its outcome is filed whether somebody answers or not.
    ///
    /// Errors: the order, the policies, this server or the carrier does not allow it; nothing is filed then. When the
    /// carrier's answer is lost the call may ring all the same: it counts as placed, and the carrier's webhooks or a
    /// time limit settle it.
    pub async fn place(
        self: &Arc<Self>,
        carrier: &Arc<dyn TelephonyProvider>,
        plan: Plan,
    ) -> Result<CallId, NotPlaced> {
        self.may_take_call()?;
        let services = &self.services;
        let order = services.orders.order_by_ref(&plan.order_ref).await?.ok_or(NotPlaced::NoSuchOrder)?;
        let to = plan.to.clone().unwrap_or_else(|| order.customer.phone.clone());
        let now = services.wall_clock.now();
        let ruling = services.may_call.may_call(&by_hand(&plan, &to, now), &order, now).await?;
        match ruling.verdict {
            Verdict::May => (),
            Verdict::NotBefore { .. } | Verdict::Never { .. } => return Err(NotPlaced::Held(ruling)),
        }
        let token = new_token();
        let heard_before = self.heard_before(&to, plan.scenario, &plan.order_ref, now).await;
        let policy = Some(services.may_call.version().to_owned());
        let waiting = Waiting { policy, ..self.outbound(carrier.name(), &plan, order, to.clone(), heard_before) };
        let id = waiting.id;
        let opened = opened_call(&waiting, now);
        self.waiting.insert(token.clone(), waiting);
        let call = PlaceCall {
            to,
            from: plan.from,
            ring_timeout: RING_TIMEOUT,
            duration_max: services.call_settings.length_max + Duration::from_secs(60),
            token: Personal::new(token.clone()),
        };
        match carrier.place_call(&call).await {
            Ok(provider_call_id) => self.note_provider_call(&token, &provider_call_id),
            Err(ProviderError::OutcomeUnknown) => {
                tracing::warn!(call = %id, "the carrier's answer was lost; its webhooks settle what became of the call");
            }
            Err(error) => {
                self.waiting.remove(&token);
                return Err(NotPlaced::Carrier(error));
            }
        }
        if let Err(error) = services.calls.open_call(&opened).await {
            tracing::error!(call = %id, %error, "the call could not be opened in the store");
        }
        self.watch_ringing(token.clone());
        self.prepare_opening(&token, carrier.capabilities().sample_rate_hz);
        Ok(id)
    }

    pub(super) fn outbound(
        &self,
        provider: &'static str,
        plan: &Plan,
        order: Order,
        to: PhoneNumber,
        heard_before: Arc<[String]>,
    ) -> Waiting {
        let id = CallId::new(uuid::Uuid::now_v7());
        let rules = self.services.may_call.rules_for(&to, &order);
        Waiting {
            call: AwaitedCall {
                provider,
                // Unknown until the carrier names it; unique, as the store wants it.
                provider_call_id: format!("placing#{id}"),
                direction: CallDirection::Outbound,
                from: Some(plan.from.clone()),
                to: Some(to),
            },
            id,
            since: Instant::now(),
            life: RING_TIMEOUT + PROGRESS_GRACE,
            outreach: Some(Outreach {
                scenario: plan.scenario,
                order: Arc::new(order),
                heard_before,
                may_household_confirm: self.services.may_household_confirm,
                rules,
            }),
            dialled_at: Some(self.services.wall_clock.now()),
            planned: None,
            policy: None,
        }
    }

    /// Learns the carrier's id of a call: by the answer to placing it, or by the first webhook, whichever comes first.
    pub(super) fn note_provider_call(&self, token: &str, provider_call_id: &str) {
        let Some(mut waiting) = self.waiting.get_mut(token) else { return };
        waiting.call.provider_call_id = provider_call_id.to_owned();
        let key = (waiting.call.provider, provider_call_id.to_owned());
        drop(waiting);
        self.tokens.insert(key, token.to_owned());
    }

    /// A placed call was answered: its stream will be let in with the same token. None for a call nobody placed.
    pub async fn answered(self: &Arc<Self>, token: &Personal<String>, provider_call_id: &str) -> Option<Announced> {
        let token = token.reveal();
        self.note_provider_call(token, provider_call_id);
        if let Some(waiting) = self.waiting.get(token).filter(|waiting| waiting.outreach.is_some()) {
            return Some(Announced { id: waiting.id, token: Personal::new(token.clone()) });
        }
        self.take_up(token, provider_call_id).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a call that was answered could not be looked up and is turned away");
            None
        })
    }

    /// Tells a call in progress who picked up, as the carrier hears it. A call that is over is left alone.
    pub fn take_carriers_word(&self, provider: &str, provider_call_id: &str, answered_by: AnsweredBy) {
        let Some(call) = self.services.live.of_provider(provider, provider_call_id) else { return };
        call.carrier_judges(match answered_by {
            AnsweredBy::Human => Answerer::Human,
            AnsweredBy::MachineStart => Answerer::Machine,
            AnsweredBy::MachineEndBeep | AnsweredBy::MachineEndSilence | AnsweredBy::MachineEndOther => {
                Answerer::MachineListens
            }
            AnsweredBy::Fax => Answerer::Fax,
            AnsweredBy::Unknown => Answerer::Unknown,
        });
    }

    /// Files a placed call that came to its end without a conversation. Others are left alone.
    pub async fn settle_unanswered(&self, progress: &CallProgress) {
        let Some(token) = &progress.token else { return };
        let Some(connection) = progress.state.and_then(|state| connection_of(state, progress.sip_code)) else { return };
        if self.file_unanswered(token.reveal(), connection).await {
            return;
        }
        if let Err(error) = self.settle_left_over(token.reveal(), progress).await {
            tracing::warn!(%error, "what the carrier said of a call could not be written; it is asked again");
        }
    }

    /// False: nobody waits for it here.
    pub(super) async fn file_unanswered(&self, token: &str, connection: Connection) -> bool {
        let Some((_, waiting)) = self.waiting.remove_if(token, |_, waiting| waiting.outreach.is_some()) else {
            return false;
        };
        self.tokens.remove(&(waiting.call.provider, waiting.call.provider_call_id.clone()));
        let now = self.services.wall_clock.now();
        let dialled_at = waiting.dialled_at.unwrap_or(now);
        let opened = opened_call(&waiting, dialled_at);
        let order = waiting.outreach.as_ref().map(|outreach| outreach.order.as_ref());
        let mut finished = call_file::unanswered(&opened, order, connection, now, &self.services);
        note_dialling(&mut finished.outcome, &waiting);
        self.file(&opened, finished).await;
        true
    }

    /// Files the call in the end even if the carrier never says what became of it.
    pub(super) fn watch_ringing(self: &Arc<Self>, token: String) {
        let (reception, cut) = (Arc::clone(self), self.cut.clone());
        let life = RING_TIMEOUT + PROGRESS_GRACE;
        self.services.tasks.spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(life) => (),
                () = reception.has_left(&token) => return,
                () = cut.cancelled() => (),
            }
            reception.give_up_ringing(&token).await;
        });
    }

    /// An attempt of a plan is left to the look at the carrier that every left-over gets; another call is filed.
    async fn give_up_ringing(&self, token: &str) {
        let is_planned = self.waiting.get(token).is_some_and(|waiting| waiting.planned.is_some());
        if is_planned {
            if let Some((_, waiting)) = self.waiting.remove(token) {
                self.tokens.remove(&(waiting.call.provider, waiting.call.provider_call_id));
                self.services.dialler_wake.notify_one();
            }
        } else {
            self.file_unanswered(token, Connection::NetworkFailed).await;
        }
    }

    /// Ends when the token is used up: the call was answered, or filed.
    async fn has_left(&self, token: &str) {
        let mut look = tokio::time::interval(Duration::from_millis(500));
        while self.waiting.contains_key(token) {
            look.tick().await;
        }
    }
}

/// A call that somebody asks for now, as the policies are asked about it.
fn by_hand(plan: &Plan, to: &PhoneNumber, now: Timestamp) -> PlannedCall {
    PlannedCall {
        key: format!("{}|by_hand|{}", plan.order_ref.0, uuid::Uuid::now_v7()),
        order_ref: plan.order_ref.clone(),
        scenario: plan.scenario.name.to_owned(),
        to: to.clone(),
        urgency: Urgency::Normal,
        planned_at: now,
        told_at: None,
        not_before: now,
        expires_at: Timestamp::MAX,
        rule: BY_HAND.to_owned(),
        policy: BY_HAND.to_owned(),
    }
}

/// Which rule keeps a call from being placed, and until when.
fn held(ruling: &Ruling) -> String {
    let line = &ruling.line;
    match ruling.verdict {
        Verdict::May => line.clone(),
        Verdict::NotBefore { at, hold } => format!("{} ({line}): not before {at}", hold.as_str()),
        Verdict::Never { hold } => format!("{} ({line})", hold.as_str()),
    }
}

/// How a call ended that never got as far as a stream; none while it may still.
pub(super) fn connection_of(state: CallState, sip_code: Option<u16>) -> Option<Connection> {
    match (state, sip_code) {
        (CallState::Queued | CallState::Initiated | CallState::Ringing | CallState::Answered, _) => None,
        // It was picked up, and gone before a word could be said.
        (CallState::Completed, _) => Some(Connection::AbandonedByUs),
        (CallState::Busy, Some(603)) => Some(Connection::Rejected),
        (CallState::Busy, _) => Some(Connection::Busy),
        (CallState::NoAnswer, _) => Some(Connection::NoAnswer),
        (CallState::Failed, Some(404 | 484 | 604)) => Some(Connection::InvalidNumber),
        (CallState::Failed, Some(410)) => Some(Connection::NotInService),
        (CallState::Failed, Some(603 | 607 | 608)) => Some(Connection::CarrierBlocked),
        (CallState::Failed | CallState::Cancelled, _) => Some(Connection::NetworkFailed),
    }
}
