//! Hands what customers asked for to the shops and carriers that can do it, until each is taken, refused or unknown.
//!
//! A request is planned once and kept; who stops between acting and settling leaves a lease that runs out, and the
//! source is asked whether it was done before it is done again.

mod answers;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub use answers::{ActionAnswers, Listening};

use super::outbox::Clock;
use super::outreach::Outreach;
use crate::domain::delivery::{AttemptFailure, NextAttempt, RetrySchedule, plan_after_failure};
use crate::domain::orders::actions::{Action, ActionKind, SourceReach, plan_actions};
use crate::ports::commerce::{
    ActionError, ActionScope, ActionSettlement, ActionStore, ActionSubject, ActionTaken, CommerceActions, KnownOrder,
    LeasedAction, PlannedAction, UnplannedRequest,
};
use crate::ports::store::StoreError;

/// Actions under way at once. Others wait in the store.
const ACTIONS_AT_ONCE_MAX: usize = 8;

/// Requests planned in one go.
const REQUESTS_AT_ONCE_MAX: u32 = 50;

/// Longer than an attempt and its settlement take.
const LEASE: Duration = Duration::from_secs(120);

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(75);

/// How long until requests and due actions are looked for again: another process, or a call, may have added to them.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long actions under way may take once it is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// A request older than this was made when no source could act: it is the shop's task by now.
const PLANNED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

const ACTIONS_TOTAL: &str = "doorstep_actions_total";

/// One source that can act.
#[derive(Clone)]
pub struct ActingSource {
    pub actions: Arc<dyn CommerceActions>,
    /// Carriers whose parcels it acts on; `*` for all.
    pub carriers: Vec<String>,
    /// Whether it may cancel orders and send parcels back without a person.
    pub may_cancel: bool,
}

/// The task that hands actions out.
pub struct ActionOutbox {
    desk: Arc<Desk>,
}

struct Desk {
    store: Arc<dyn ActionStore>,
    sources: Vec<ActingSource>,
    /// Who writes to customers; none while nobody does.
    outreach: Option<Arc<Outreach>>,
    clock: Clock,
    answers: ActionAnswers,
}

impl ActionOutbox {
    pub fn new(
        store: Arc<dyn ActionStore>,
        sources: Vec<ActingSource>,
        outreach: Option<Arc<Outreach>>,
        clock: Clock,
    ) -> Self {
        Self { desk: Arc::new(Desk { store, sources, outreach, clock, answers: ActionAnswers::default() }) }
    }

    /// What calls hear of their requests by; none where nobody could answer.
    pub fn answers(&self) -> Option<ActionAnswers> {
        (!self.desk.sources.is_empty()).then(|| self.desk.answers.clone())
    }

    /// Runs until `stop`; then actions under way end within ten seconds, or are looked after once their lease is over.
    pub async fn run(self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            if let Err(error) = self.desk.plan_requests().await {
                warn!(%error, "requests cannot be planned");
            }
            self.desk.hand_out(&mut under_way).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.desk.answers.awaited() => {}
                Some(joined) = under_way.join_next() => note_panic(&joined),
            }
        }
        let drained = async {
            while let Some(joined) = under_way.join_next().await {
                note_panic(&joined);
            }
        };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
            warn!("actions cut off by the end of the server will be looked after again");
        }
    }
}

fn note_panic(joined: &Result<(), tokio::task::JoinError>) {
    if joined.is_err() {
        error!("an action broke off; its lease will run out");
    }
}

impl Desk {
    async fn plan_requests(&self) -> Result<(), StoreError> {
        for request in self.store.unplanned_requests(REQUESTS_AT_ONCE_MAX).await? {
            let planned = self.plan(&request).await?;
            self.store.plan_actions(&request.id, &planned, (self.clock)()).await?;
            let awaited = planned.iter().filter(|action| action.kind.is_awaited()).count();
            self.answers.tell_planned(&request.id, awaited);
            if !planned.is_empty() {
                info!(call = %request.call, asked = request.kind, actions = planned.len(), "actions planned");
            }
        }
        Ok(())
    }

    /// What the sources can do for a request. Empty when nothing: it stays a task of the shop.
    async fn plan(&self, request: &UnplannedRequest) -> Result<Vec<PlannedAction>, StoreError> {
        let age = (self.clock)().duration_since(request.requested_at);
        let Some(order_ref) = request.order_ref.as_ref().filter(|_| age <= PLANNED_WITHIN) else {
            return Ok(Vec::new());
        };
        let language = request.details.iter().find(|(name, _)| name == "language");
        if let (Some((_, language)), Some(outreach)) = (language, &self.outreach) {
            outreach.answer_language_wish(&request.id, order_ref, language.reveal()).await?;
        }
        let Some(known) = self.store.known_order(order_ref).await? else { return Ok(Vec::new()) };
        let reaches: Vec<SourceReach> = self.sources.iter().map(|source| reach(source, &known)).collect();
        let has_day = request.details.iter().any(|(name, _)| name == "day");
        let plans = plan_actions(&request.kind, has_day, &known.order, &reaches);
        let planned = plans.into_iter().map(|plan| PlannedAction {
            source: plan.source,
            kind: plan.kind,
            tracking_number: plan.tracking_number,
        });
        Ok(planned.collect())
    }

    async fn hand_out(self: &Arc<Self>, under_way: &mut JoinSet<()>) {
        let room = ACTIONS_AT_ONCE_MAX.saturating_sub(under_way.len());
        let Some(room) = u32::try_from(room).ok().filter(|room| 0 < *room) else { return };
        match self.store.lease_actions((self.clock)(), LEASE, room).await {
            Ok(leases) => {
                for lease in leases {
                    let desk = Arc::clone(self);
                    under_way.spawn(async move { desk.attempt(lease).await });
                }
            }
            Err(error) => warn!(%error, "actions cannot be leased"),
        }
    }

    async fn attempt(&self, lease: LeasedAction) {
        let result = self.act(&lease).await;
        let settlement = self.settlement(&lease, result);
        let action = &lease.action;
        let (result, error) = match &settlement {
            ActionSettlement::Taken { .. } => ("taken", None),
            ActionSettlement::Refused { error } => ("refused", Some(error)),
            ActionSettlement::Unknown { error } => ("unknown", Some(error)),
            ActionSettlement::RetryAt { error, .. } => ("retried", Some(error)),
        };
        let kind = action.kind.as_str();
        metrics::counter!(ACTIONS_TOTAL, "source" => action.source.clone(), "kind" => kind, "result" => result)
            .increment(1);
        match error {
            None => info!(call = %lease.request.call, source = action.source, kind, "the source has taken it"),
            Some(error) => warn!(call = %lease.request.call, source = action.source, kind, result, error, "not taken"),
        }
        match self.store.settle_action(&lease, (self.clock)(), &settlement).await {
            Ok(()) if action.kind.is_awaited() => self.answers.tell_settled(&action.request_id, &settlement),
            Ok(()) => (),
            Err(error) => {
                warn!(call = %lease.request.call, %error, "an action could not be settled and will be looked after again");
            }
        }
    }

    async fn act(&self, lease: &LeasedAction) -> Result<ActionTaken, ActionError> {
        let refused = |reason: &str| Err(ActionError::Refused { reason: reason.to_owned() });
        let (action, request) = (&lease.action, &lease.request);
        // An attempt that took its worker down leaves no failure behind, only its count.
        if action.attempts > RetrySchedule::Sparse.attempts_max() {
            let reason = "every attempt broke off without an answer".to_owned();
            return Err(ActionError::OutcomeUnknown { reason });
        }
        let age = (self.clock)().duration_since(request.requested_at);
        if action.kind.is_wanted_for().is_some_and(|wanted| wanted < age) {
            return refused("it was asked for too long ago");
        }
        let Some(source) = self.sources.iter().find(|source| source.actions.name() == action.source) else {
            return refused("no source of this name is configured any more");
        };
        let known = match &action.order_ref {
            Some(order_ref) => self.store.known_order(order_ref).await,
            None => Ok(None),
        };
        let known = match known {
            Ok(Some(known)) => known,
            Ok(None) => return refused("the order is gone"),
            Err(error) => return Err(ActionError::Unavailable { reason: error.to_string(), retry_after: None }),
        };
        let vendor_id = known.vendor_ids.iter().find(|(name, _)| *name == action.source).map(|(_, id)| id.clone());
        let subject = ActionSubject {
            vendor_order_id: vendor_id,
            tracking_number: action.tracking_number.clone(),
            order: known.order,
            attempt: action.attempts,
        };
        let whole = Action::new(action.kind, (&request.id, request.call), &request.kind, &request.details);
        match tokio::time::timeout(ATTEMPT_TIMEOUT, source.actions.act(&whole, &subject)).await {
            Ok(result) => result,
            Err(_) => Err(ActionError::OutcomeUnknown { reason: "no answer in time".to_owned() }),
        }
    }

    fn settlement(&self, lease: &LeasedAction, result: Result<ActionTaken, ActionError>) -> ActionSettlement {
        let again = |retry_after| {
            let failure = AttemptFailure::Passing { retry_after };
            plan_after_failure(RetrySchedule::Sparse, lease.action.attempts, failure, (self.clock)(), rand::random())
        };
        match result {
            Ok(ActionTaken { reference }) => ActionSettlement::Taken { reference },
            Err(ActionError::Refused { reason }) => ActionSettlement::Refused { error: reason },
            Err(ActionError::Unavailable { reason, retry_after }) => match again(retry_after) {
                NextAttempt::At(at) => ActionSettlement::RetryAt { at, error: reason },
                NextAttempt::GiveUp => ActionSettlement::Refused { error: reason },
            },
            Err(ActionError::OutcomeUnknown { reason }) => match again(None) {
                NextAttempt::At(at) => ActionSettlement::RetryAt { at, error: reason },
                NextAttempt::GiveUp => ActionSettlement::Unknown { error: reason },
            },
        }
    }
}

fn reach(source: &ActingSource, known: &KnownOrder) -> SourceReach {
    let name = source.actions.name().to_owned();
    SourceReach {
        kinds: ActionKind::ALL.iter().copied().filter(|kind| source.actions.can(*kind)).collect(),
        carriers: match source.actions.scope() {
            ActionScope::Orders | ActionScope::AnyOrder => Vec::new(),
            ActionScope::Parcels => source.carriers.clone(),
        },
        knows_order: source.actions.scope() == ActionScope::AnyOrder
            || known.vendor_ids.iter().any(|(told_by, _)| *told_by == name),
        may_cancel: source.may_cancel,
        name,
    }
}
