//! Puts live calls through to people: keeps each transfer after every fact, carries out what it orders, wakes it in time.
//!
//! A transfer belongs to no server: whichever hears a fact reads it, lets it decide, keeps it, and acts.

mod orders;
mod reports;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::desk_card::{CardStores, gather_card};
use super::outbox::Clock;
use crate::domain::call::{FinishedCall, OpenedCall, OutcomeRecord};
use crate::domain::desk::ContextCard;
use crate::domain::dialogue::HandoverOrder;
use crate::domain::orders::Order;
use crate::domain::transfer::{Ending, HandoverRules, HandoverTexts, Transfer, TransferCommand, TransferEvent};
use crate::domain::values::{CallId, Personal, PhoneNumber};
use crate::ports::desk::{ContactStore, DeskStore};
use crate::ports::store::{OrderStore, StoreError};
use crate::ports::telephony::TelephonyProvider;
use crate::ports::transfers::{CallTransfers, HandoverNotice, StoredTransfer, TransferScript, TransferStore};

/// How often a transfer is read again because somebody else changed it meanwhile.
const CONFLICTS_MAX: u32 = 8;
/// Transfers woken at a time.
const DUE_AT_ONCE: u32 = 64;
/// Another server's transfer is noticed to be due after so long at the latest.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A transfer that another server holds is left to it for so long.
const LEFT_TO_HOST: SignedDuration = SignedDuration::from_secs(1);
/// What could not be woken is tried again after so long.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// News that wait for whoever holds the conversation. When full, they are lost: the store has them.
pub const NEWS_WAITING_MAX: usize = 32;

/// What whoever holds the conversation is told of its transfer.
#[derive(Clone, Debug, PartialEq)]
pub enum HostNews {
    /// The line still hears nothing but us.
    Word,
    /// Shape: the stage, and who is being tried.
    Stage {
        stage: &'static str,
        target: Option<String>,
    },
    Ended(Ending),
}

/// How calls are put through.
pub struct SwitchboardSettings {
    pub rules: Arc<HandoverRules>,
    pub texts: HandoverTexts,
    /// Shown to whoever is rung. None: the carrier's first number.
    pub caller_id: Option<PhoneNumber>,
    /// Connectors that are told when a hand-over begins.
    pub connectors: Vec<String>,
}

/// What it reads and writes.
pub struct SwitchboardStores {
    pub transfers: Arc<dyn TransferStore>,
    pub desk: Arc<dyn DeskStore>,
    pub contacts: Arc<dyn ContactStore>,
}

/// A call to be put through.
pub struct NewTransfer {
    /// Shape: a UUID.
    pub id: String,
    pub call: CallId,
    pub provider: String,
    pub provider_call_id: String,
    pub order: Arc<HandoverOrder>,
    /// As spoken.
    pub shop: String,
    /// The order it is about, if one is known.
    pub about: Option<Order>,
    /// The context card as JSON.
    pub card: Personal<String>,
    /// What the call has come to so far.
    pub outcome: OutcomeRecord,
    pub return_token: Personal<String>,
}

/// The exchange. One for the process.
pub struct Switchboard {
    transfers: Arc<dyn TransferStore>,
    desk: Arc<dyn DeskStore>,
    contacts: Arc<dyn ContactStore>,
    carriers: BTreeMap<&'static str, Arc<dyn TelephonyProvider>>,
    settings: SwitchboardSettings,
    /// Who holds the conversation of a transfer, if this process does.
    hosts: DashMap<String, mpsc::Sender<HostNews>>,
    wake: Notify,
    clock: Clock,
    tasks: TaskTracker,
}

impl Switchboard {
    pub fn new(
        stores: SwitchboardStores,
        carriers: BTreeMap<&'static str, Arc<dyn TelephonyProvider>>,
        settings: SwitchboardSettings,
        clock: Clock,
        tasks: TaskTracker,
    ) -> Self {
        let SwitchboardStores { transfers, desk, contacts } = stores;
        let (hosts, wake) = (DashMap::new(), Notify::new());
        Self { transfers, desk, contacts, carriers, settings, hosts, wake, clock, tasks }
    }

    /// Who is rung, and when.
    pub fn rules(&self) -> &Arc<HandoverRules> {
        &self.settings.rules
    }

    /// Whether calls over this carrier can be put through.
    pub fn serves(&self, provider: &str) -> bool {
        self.carrier(provider).is_some()
    }

    /// What staff see of a call before they hear it.
    pub async fn card(
        &self,
        orders: &dyn OrderStore,
        request: &str,
        opened: &OpenedCall,
        so_far: &FinishedCall,
    ) -> Result<Option<ContextCard>, StoreError> {
        let Some(request) = self.desk.request(request).await? else { return Ok(None) };
        let stores = CardStores { desk: self.desk.as_ref(), contacts: self.contacts.as_ref(), orders };
        gather_card(&stores, (self.clock)(), &request, opened, Some(so_far)).await.map(Some)
    }

    fn carrier(&self, name: &str) -> Option<&dyn CallTransfers> {
        self.carriers.get(name)?.transfers()
    }

    /// Begins to put a call through. `host` hears how it goes on.
    ///
    /// Errors: nothing was begun, and the caller is where they were.
    pub async fn begin(self: &Arc<Self>, new: NewTransfer, host: mpsc::Sender<HostNews>) -> Result<(), StoreError> {
        if self.carrier(&new.provider).is_none() {
            return Err(StoreError::NotFound);
        }
        let settings = &self.settings;
        let now = (self.clock)();
        let mut commands = Vec::new();
        let times = settings.rules.times.clone();
        let state = Transfer::begin(now, new.order.targets.clone(), times, &mut commands);
        let (trigger, about) = (new.order.trigger, new.about.as_ref());
        let briefing = |target| settings.texts.briefing(target, &new.shop, trigger, about);
        let transfer = StoredTransfer {
            id: new.id,
            call: new.call,
            request: new.order.request.clone(),
            provider: new.provider,
            provider_call_id: new.provider_call_id,
            script: TransferScript {
                trigger: trigger.to_owned(),
                caller_id: settings.caller_id.clone(),
                return_token: new.return_token,
                briefings: new.order.targets.iter().map(briefing).collect(),
                apology: settings.texts.apology(&new.shop),
                card: new.card,
            },
            state,
            version: 1,
            begun_at: now,
        };
        let notice = HandoverNotice { outcome: &new.outcome, connectors: &settings.connectors };
        self.transfers.begin_transfer(&transfer, &notice).await?;
        metrics::counter!("doorstep_transfers_begun_total", "trigger" => new.order.trigger).increment(1);
        self.hosts.insert(transfer.id.clone(), host);
        self.act(&transfer, "", commands);
        Ok(())
    }

    /// Tells a transfer a fact, keeps it, and acts. None: there is no such transfer.
    pub async fn tell(self: &Arc<Self>, id: &str, fact: TransferEvent) -> Result<Option<StoredTransfer>, StoreError> {
        for _ in 0..CONFLICTS_MAX {
            let Some(mut transfer) = self.transfers.transfer(id).await? else { return Ok(None) };
            let before = transfer.state.clone();
            let mut commands = Vec::new();
            let now = (self.clock)();
            transfer.state.handle(now, fact.clone(), &mut commands);
            if transfer.state == before && commands.is_empty() {
                return Ok(Some(transfer));
            }
            match self.transfers.keep_transfer(&transfer, now).await {
                Ok(()) => {
                    self.act(&transfer, before.stage().as_str(), commands);
                    return Ok(Some(transfer));
                }
                Err(StoreError::Conflict) => (),
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }

    /// What follows from a fact that was kept.
    fn act(self: &Arc<Self>, transfer: &StoredTransfer, stage_before: &str, commands: Vec<TransferCommand>) {
        self.wake.notify_one();
        let stage = transfer.state.stage();
        if stage.as_str() != stage_before {
            let tried = stage.leg().and_then(|leg| transfer.state.tries().get(leg.0));
            tracing::info!(call = %transfer.call, transfer = transfer.id, stage = stage.as_str(), "transfer");
            let target = tried.map(|tried| tried.target.clone());
            self.tell_host(transfer, HostNews::Stage { stage: stage.as_str(), target });
        }
        let mut orders = Vec::new();
        for command in commands {
            match command {
                TransferCommand::SayWord => self.tell_host(transfer, HostNews::Word),
                order => orders.push(order),
            }
        }
        if !orders.is_empty() {
            let (switchboard, transfer) = (Arc::clone(self), transfer.clone());
            self.tasks.spawn(async move {
                for order in orders {
                    switchboard.carry_out(&transfer, order).await;
                }
            });
        }
        if let Some(ending) = transfer.state.ending() {
            self.count_end(transfer, ending);
            self.tell_host(transfer, HostNews::Ended(ending.clone()));
            self.hosts.remove(&transfer.id);
        }
    }

    fn tell_host(&self, transfer: &StoredTransfer, news: HostNews) {
        let Some(host) = self.hosts.get(&transfer.id) else { return };
        if host.try_send(news).is_err() {
            metrics::counter!("doorstep_transfer_news_lost_total").increment(1);
        }
    }

    fn count_end(&self, transfer: &StoredTransfer, ending: &Ending) {
        metrics::counter!("doorstep_transfers_ended_total", "how" => ending.as_str()).increment(1);
        let waited = (self.clock)().duration_since(transfer.begun_at);
        metrics::histogram!("doorstep_transfer_seconds", "how" => ending.as_str()).record(waited.as_secs_f64());
    }

    /// The server that held a call is gone: its transfer goes on without it.
    pub async fn host_gone(self: &Arc<Self>, call: CallId) -> Result<Option<StoredTransfer>, StoreError> {
        match self.transfers.transfer_of_call(call).await? {
            Some(transfer) if transfer.state.ending().is_none() => {
                self.tell(&transfer.id, TransferEvent::HostGone).await
            }
            transfer => Ok(transfer),
        }
    }

    /// A line is over, as the carrier says.
    pub async fn line_over(self: &Arc<Self>, provider: &str, provider_call_id: &str) {
        let told = async {
            match self.transfers.transfer_of_line(provider, provider_call_id).await? {
                Some(transfer) => self.tell(&transfer.id, TransferEvent::CustomerGone).await.map(drop),
                None => Ok(()),
            }
        };
        if let Err(error) = told.await {
            tracing::warn!(%error, "a transfer could not be told that its customer is gone");
        }
    }

    /// How a transfer has ended, by the store: some other server may have seen it.
    pub async fn ending_of(&self, id: &str) -> Option<Ending> {
        let transfer = self.transfers.transfer(id).await.ok()??;
        transfer.state.ending().cloned()
    }

    /// Wakes transfers whose time has come, until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let wait = self.wake_due().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "transfers that are due could not be read");
                LOOK_AGAIN
            });
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => (),
                () = tokio::time::sleep(wait) => (),
            }
        }
    }

    /// How long until the next is due.
    async fn wake_due(self: &Arc<Self>) -> Result<Duration, StoreError> {
        let now = (self.clock)();
        // Whoever holds the conversation comes first: a word of patience can be said there alone.
        let overdue_since = now.checked_sub(LEFT_TO_HOST).unwrap_or(Timestamp::MIN);
        let overdue = self.transfers.due_transfers(overdue_since, DUE_AT_ONCE).await?;
        for id in self.transfers.due_transfers(now, DUE_AT_ONCE).await? {
            if self.hosts.contains_key(&id) || overdue.contains(&id) {
                self.tell(&id, TransferEvent::Woken).await?;
            }
        }
        let next = self.transfers.next_transfer_at().await?;
        Ok(next.map_or(LOOK_EVERY, |at| until(at, (self.clock)()).clamp(LOOK_AGAIN, LOOK_EVERY)))
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}
