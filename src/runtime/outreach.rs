//! Hears what happens to orders, decides whom to tell, keeps the decision, and hands calls and messages on.

mod language;
mod news;
mod orders;
mod sending;
#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::domain::dialogue::ShopProfile;
use crate::domain::orders::{Order, OrderRef};
use crate::domain::outreach::policy::{CallRules, Callee, Policies, Ruling};
use crate::domain::outreach::rules::{
    Action, Case, Decision, DecisionView, Event, History, Moment, Rules, Signals, not_moving,
};
use crate::domain::outreach::texts::MessageTexts;
use crate::domain::outreach::{Channel, Hold, PlannedCall, PlannedMessage, Urgency, Verdict};
use crate::domain::values::PhoneNumber;
use crate::ports::messaging::Messenger;
use crate::ports::outreach::{NewDecision, OutreachStore, PlannedCallStore};
use crate::ports::store::{OrderStore, PutOrder, StoreError};
use crate::ports::undecided::UndecidedStore;

pub(super) use news::next_look;
pub use orders::HeardOrders;

/// How often parcels are looked through for those that no longer move.
const LOOK_THROUGH: Duration = Duration::from_secs(15 * 60);
/// Orders looked through between two reads of the store.
const ORDERS_AT_ONCE: u32 = 200;
/// How long messages wait for the next look when nobody woke the sender.
const IDLE_LOOK: Duration = Duration::from_secs(20);

/// Reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Rules, policies and words, read at start.
#[derive(Clone, Debug)]
pub struct Playbook {
    pub rules: Rules,
    pub policies: Policies,
    pub texts: MessageTexts,
}

/// What an [`Outreach`] works with.
pub struct OutreachParts {
    pub playbook: Arc<Playbook>,
    pub orders: Arc<dyn OrderStore>,
    pub store: Arc<dyn OutreachStore>,
    /// What is still to be decided about.
    pub undecided: Arc<dyn UndecidedStore>,
    /// Who makes the calls; none while nobody does: calls are then decided and kept, and nothing more.
    pub plans: Option<Arc<dyn PlannedCallStore>>,
    /// At most one a channel.
    pub messengers: BTreeMap<Channel, Arc<dyn Messenger>>,
    pub shop: Arc<ShopProfile>,
    /// How long decisions and messages are kept.
    pub kept_days: Option<u32>,
    pub clock: Clock,
}

/// Decides about events, and sees to what was decided.
pub struct Outreach {
    parts: OutreachParts,
    due: Notify,
}

impl Outreach {
    pub fn new(parts: OutreachParts) -> Self {
        Self { parts, due: Notify::new() }
    }

    pub fn playbook(&self) -> &Playbook {
        &self.parts.playbook
    }

    pub fn store(&self) -> &Arc<dyn OutreachStore> {
        &self.parts.store
    }

    /// Writes an order and decides about everything that has become different in it.
    ///
    /// Errors: the order could not be written. A decision that fails waits: the order stands all the same.
    pub async fn put_order(&self, order: &Order, seen_at: Timestamp) -> Result<PutOrder, StoreError> {
        let put = self.parts.undecided.put_order_undecided(order, seen_at).await?;
        match put {
            PutOrder::Unchanged => (),
            PutOrder::Inserted | PutOrder::Updated => self.decide_due().await,
        }
        Ok(put)
    }

    /// Decides about one event of an order, keeps the decision and hands on what comes of it.
    ///
    /// The same event again changes nothing. `told_at` is when it came in, where it did.
    pub async fn take(&self, event: &Event, order: &Order, told_at: Option<Timestamp>) -> Result<Decision, StoreError> {
        let now = (self.parts.clock)();
        let mut decision = self.decide(event, order, now).await?;
        if let Action::Call(plan) = &mut decision.action {
            plan.told_at = told_at;
        }
        self.cancel(&decision, now).await?;
        let (plan, message) = match &decision.action {
            Action::Nothing => (None, None),
            Action::Call(plan) => (Some(plan.clone()), None),
            Action::Message(message) => (None, Some(message)),
        };
        // The call first: if its queue cannot be reached, the event stays undecided and may come again.
        if let (Some(plan), Some(plans)) = (&plan, &self.parts.plans) {
            plans.plan(plan).await?;
        }
        let view = DecisionView::of(&decision, now);
        let phone = order.customer.phone.clone();
        let is_new = self.parts.store.put_decision(&NewDecision { view, phone, plan }, message).await?;
        if is_new {
            let channel = match &decision.action {
                Action::Nothing => Channel::Nothing,
                Action::Call(_) => Channel::Call,
                Action::Message(message) => message.channel,
            };
            let moment = event.moment.as_str();
            metrics::counter!("doorstep_outreach_decisions_total", "moment" => moment, "channel" => channel.as_str())
                .increment(1);
            self.due.notify_one();
        }
        Ok(decision)
    }

    /// Decides about one event and keeps nothing.
    pub async fn decide(&self, event: &Event, order: &Order, now: Timestamp) -> Result<Decision, StoreError> {
        let history = self.history(event, order, now).await?;
        let Playbook { rules, policies, .. } = self.playbook();
        Ok(rules.decide(&Case { event, order, history: &history }, policies, now))
    }

    /// What would be decided about an event if it came now for the first time. Nothing is kept.
    pub async fn explain(&self, event: &Event, order: &Order, now: Timestamp) -> Result<Decision, StoreError> {
        let mut history = self.history(event, order, now).await?;
        history.is_decided = false;
        history.waiting.retain(|plan| plan.key != event.key(&order.order_ref));
        let Playbook { rules, policies, .. } = self.playbook();
        Ok(rules.decide(&Case { event, order, history: &history }, policies, now))
    }

    /// Keeps what the shop knows of an order, and decides where the visits to its page have risen. False: there is no
    /// such order.
    pub async fn put_signals(
        &self,
        order_ref: &OrderRef,
        signals: &Signals,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if self.parts.orders.order_by_ref(order_ref).await?.is_none() {
            return Ok(false);
        }
        let before = self.parts.store.signals(order_ref).await?;
        if before.page_visits < signals.page_visits {
            let event = Event { moment: Moment::PageVisited, at: now, tracking_number: None, moved: None };
            self.parts.undecided.put_signals_undecided(order_ref, signals, &event).await?;
            self.decide_due().await;
        } else {
            self.parts.store.put_signals(order_ref, signals, now).await?;
        }
        Ok(true)
    }

    async fn history(&self, event: &Event, order: &Order, now: Timestamp) -> Result<History, StoreError> {
        let (store, phone) = (&self.parts.store, &order.customer.phone);
        let contacts = store.contacts_of(phone, &order.order_ref, now).await?;
        let waiting = store.waiting_plans(phone, now).await?;
        let signals = store.signals(&order.order_ref).await?;
        let is_decided = store.is_decided(&event.key(&order.order_ref)).await?;
        Ok(History { waiting, signals, is_decided, ..History::default() }.with_contacts(contacts))
    }

    async fn cancel(&self, decision: &Decision, now: Timestamp) -> Result<(), StoreError> {
        for cancelled in &decision.cancelled {
            if let Some(plans) = &self.parts.plans {
                plans.cancel(&cancelled.key, cancelled.hold).await?;
            }
            self.parts.store.forget_plan(&cancelled.key).await?;
            if let Some((order_ref, text)) = &cancelled.told_by {
                self.tell_instead(order_ref, text, cancelled.key.clone(), now).await?;
            }
        }
        Ok(())
    }

    /// The news of a call that gave way to another order's goes by message.
    async fn tell_instead(
        &self,
        order_ref: &OrderRef,
        text: &str,
        key: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(order) = self.parts.orders.order_by_ref(order_ref).await? else { return Ok(()) };
        let Playbook { rules, policies, .. } = self.playbook();
        let callee = Callee::of_order(&order, text, Urgency::Normal);
        let Some(not_before) = policies.next_open(&callee, now) else { return Ok(()) };
        let expires_at = now.checked_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        let message = PlannedMessage {
            key,
            order_ref: order_ref.clone(),
            tracking_number: None,
            channel: Channel::Sms,
            phone: order.customer.phone.clone(),
            email: None,
            text: text.to_owned(),
            language: None,
            planned_at: now,
            not_before,
            expires_at,
            rule: "merged".to_owned(),
            policy: rules.version().to_owned(),
        };
        self.parts.store.put_message(&message).await
    }

    /// Whether a planned call may be placed now, by everything known at this moment. The ruling is kept.
    ///
    /// Order: asked right before the carrier is.
    /// Errors: the store cannot be asked; the call must not be placed then.
    pub async fn may_call(&self, plan: &PlannedCall, order: &Order, now: Timestamp) -> Result<Ruling, StoreError> {
        let ruling = self.rule_on(plan, order, now).await?;
        let view = DecisionView::of_dialling(plan, &ruling, self.playbook().policies.version(), now);
        self.parts.store.put_decision(&NewDecision { view, phone: plan.to.clone(), plan: None }, None).await?;
        match ruling.verdict {
            Verdict::May => (),
            Verdict::NotBefore { hold, .. } | Verdict::Never { hold } => {
                metrics::counter!("doorstep_outreach_calls_held_total", "hold" => hold.as_str()).increment(1);
            }
        }
        Ok(ruling)
    }

    /// What holds within a call to this number about this order.
    pub fn rules_for(&self, to: &PhoneNumber, order: &Order) -> CallRules {
        let callee = Callee { phone: to, ..Callee::of_order(order, "", Urgency::Normal) };
        self.playbook().policies.rules_for(&callee)
    }

    async fn rule_on(&self, plan: &PlannedCall, order: &Order, now: Timestamp) -> Result<Ruling, StoreError> {
        let Playbook { rules, policies, .. } = self.playbook();
        let over = |hold: Hold, line: &str| Ruling { verdict: Verdict::Never { hold }, line: line.to_owned() };
        if plan.expires_at <= now {
            return Ok(over(Hold::Expired, "its time has passed"));
        }
        if rules.is_overtaken(&plan.rule, order) {
            return Ok(over(Hold::Overtaken, "what it was about is over"));
        }
        let contacts = self.parts.store.contacts_of(&plan.to, &plan.order_ref, now).await?;
        let ruling = policies.rule_on(&Callee::of_plan(plan, order), &contacts, now);
        Ok(match ruling.verdict {
            Verdict::NotBefore { at, .. } if plan.expires_at <= at => {
                over(Hold::Expired, &format!("{}: only after its time has passed", ruling.line))
            }
            Verdict::May | Verdict::NotBefore { .. } | Verdict::Never { .. } => ruling,
        })
    }

    /// Sends messages as they fall due and looks for parcels that no longer move, until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut look_through = tokio::time::interval(LOOK_THROUGH);
        look_through.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.due.notified() => self.send_due().await,
                () = tokio::time::sleep(IDLE_LOOK) => self.send_due().await,
                _ = look_through.tick() => self.look_through().await,
            }
        }
    }

    async fn look_through(&self) {
        let now = (self.parts.clock)();
        let looked = async {
            self.look_for_stale(now).await?;
            self.forget_old(now).await
        };
        if let Err(error) = looked.await {
            tracing::warn!(%error, "parcels could not be looked through; the next look comes");
        }
    }

    /// Decides about every parcel that has not moved for longer than is usual.
    pub async fn look_for_stale(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let refs = self.parts.store.orders_under_way(&after, ORDERS_AT_ONCE).await?;
            let Some(last) = refs.last() else { return Ok(()) };
            after.clone_from(&last.0);
            for order_ref in &refs {
                let Some(order) = self.parts.orders.order_by_ref(order_ref).await? else { continue };
                for event in not_moving(&order, self.playbook().rules.usual_gap(), now) {
                    // Without this a look would load the whole history of every parcel that was told of long ago.
                    if !self.parts.store.is_decided(&event.key(order_ref)).await? {
                        self.take(&event, &order, None).await?;
                    }
                }
            }
        }
    }

    async fn forget_old(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some(days) = self.parts.kept_days else { return Ok(()) };
        let Ok(before) = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))) else { return Ok(()) };
        self.parts.store.forget_outreach(before).await.map(drop)
    }
}

/// Lines of an upload that are no numbers, as far as they are listed.
const REJECTED_LISTED_MAX: usize = 100;

/// The numbers of a do-not-call list, one a line, and the lines that are none. Empty lines and `#` are passed over.
pub fn numbers_in_list(text: &str) -> (Vec<PhoneNumber>, Vec<usize>) {
    let (mut numbers, mut rejected) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.parse() {
            Ok(number) => numbers.push(number),
            Err(_) if rejected.len() < REJECTED_LISTED_MAX => rejected.push(index + 1),
            Err(_) => (),
        }
    }
    (numbers, rejected)
}
