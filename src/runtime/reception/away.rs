//! Calls whose line is on its way to a person: held until it is with one, back, or gone.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Reception, Waiting};
use crate::domain::call::{CloseCause, Disposition, Escalation, EscalationWay, OpenedCall, OutcomeRecord};
use crate::domain::dialogue::Dialogue;
use crate::domain::transfer::{Ending, HandoverRules, TransferEvent};
use crate::ports::store::StoreError;
use crate::ports::telephony::{Capabilities, MediaCodec, StreamOpened};
use crate::runtime::call_driver::{AwayCall, Departure, cause_of};
use crate::runtime::live_calls::LiveChange;
use crate::runtime::media_socket::MediaSocket;
use crate::runtime::switchboard::HostNews;

/// How often the store is asked how a transfer ended: another server may have seen it.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A call that waits for its line.
pub(super) struct Parked {
    transfer: String,
    waiting: Waiting,
    opened: OpenedCall,
    /// Never locked: a call cannot be looked at by two threads, only moved.
    call: Mutex<AwayCall<Dialogue>>,
}

impl Parked {
    pub(super) fn is_of(&self, provider: &str) -> bool {
        self.opened.provider == provider
    }
}

impl Reception {
    /// Who may be rung for calls over this carrier.
    pub(super) fn handover_rules(&self, provider: &str) -> Option<Arc<HandoverRules>> {
        let switchboard = self.services.switchboard.as_ref().filter(|switchboard| switchboard.serves(provider))?;
        Some(Arc::clone(switchboard.rules()))
    }

    pub(super) fn park(self: &Arc<Self>, waiting: Waiting, opened: OpenedCall, mut call: AwayCall<Dialogue>) {
        let Departure { transfer, token, news } = call.take_departure();
        let call = Mutex::new(call);
        self.parked.insert(token.clone(), Parked { transfer: transfer.clone(), waiting, opened, call });
        let reception = Arc::clone(self);
        self.services.tasks.spawn(async move { reception.attend(token, transfer, news).await });
    }

    /// Waits until the line is with a person or gone, and files the call then. A line that came back is nobody's here.
    async fn attend(self: Arc<Self>, token: String, transfer: String, news: mpsc::Receiver<HostNews>) {
        let Some(switchboard) = self.services.switchboard.clone() else { return };
        // That the stream closed is the first sign that the line was moved.
        if let Err(error) = switchboard.tell(&transfer, TransferEvent::Held).await {
            tracing::warn!(%error, "a transfer could not be told that its customer is on the way");
        }
        let ending = self.ending_of(&token, &transfer, news).await;
        let Some((_, parked)) = self.parked.remove(&token) else { return };
        let cause = ending.as_ref().map_or(CloseCause::Draining, cause_of);
        if ending.is_none()
            && let Err(error) = switchboard.host_gone(parked.opened.id).await
        {
            tracing::warn!(%error, "a transfer could not be told that its conversation is over");
        }
        let call = parked.call.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.file_end(&parked.waiting, &parked.opened, call.end(cause)).await;
    }

    /// None: this server stops.
    async fn ending_of(&self, token: &str, transfer: &str, mut news: mpsc::Receiver<HostNews>) -> Option<Ending> {
        let switchboard = self.services.switchboard.as_ref()?;
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                () = self.cut.cancelled() => return None,
                Some(news) = news.recv() => match news {
                    HostNews::Ended(ending) => return Some(ending),
                    HostNews::Stage { stage, target } => {
                        let parked = self.parked.get(token).map(|parked| parked.opened.id);
                        if let Some(live) = parked.and_then(|call| self.services.live.get(call)) {
                            live.publish(LiveChange::Handover { stage, target });
                        }
                    }
                    // Whoever could hear it has left.
                    HostNews::Word => (),
                },
                _ = looks.tick() => {
                    if let Some(ending) = switchboard.ending_of(transfer).await {
                        return Some(ending);
                    }
                }
            }
        }
    }

    /// The call whose line a stream brings back.
    pub(super) fn take_parked(&self, provider: &str, stream: &StreamOpened) -> Option<Parked> {
        let token = stream.token.as_ref()?.reveal();
        let is_its =
            |parked: &Parked| parked.is_of(provider) && parked.opened.provider_call_id == stream.provider_call_id;
        self.parked.remove_if(token, |_, parked| is_its(parked)).map(|(_, parked)| parked)
    }

    pub(super) async fn take_back<S: MediaSocket>(
        self: &Arc<Self>,
        parked: Parked,
        socket: S,
        codec: Box<dyn MediaCodec>,
        capabilities: &Capabilities,
    ) {
        let Parked { transfer, waiting, opened, call } = parked;
        if let Some(switchboard) = &self.services.switchboard
            && let Err(error) = switchboard.tell(&transfer, TransferEvent::CameBack).await
        {
            tracing::warn!(%error, "a transfer could not be told that its customer is back");
        }
        let call = call.into_inner().unwrap_or_else(PoisonError::into_inner);
        let driven = call.come_back(codec, capabilities, socket, self.cut.clone()).await;
        // A call is put through once, so this line does not leave again.
        Box::pin(self.after_stream(waiting, opened, driven)).await;
    }

    /// The transfer of a call whose process is gone goes on without it; what it was for is at the desk.
    pub(super) async fn note_transfer(&self, outcome: &mut OutcomeRecord) -> Result<(), StoreError> {
        let Some(switchboard) = &self.services.switchboard else { return Ok(()) };
        let Some(transfer) = switchboard.host_gone(outcome.call_id).await? else { return Ok(()) };
        let is_live = matches!(transfer.state.ending(), Some(Ending::WithPerson { .. }));
        let (way, disposition) = match is_live {
            true => (EscalationWay::Live, Disposition::EscalatedLive),
            false => (EscalationWay::Callback, Disposition::EscalatedCallback),
        };
        outcome.secondary.push(outcome.disposition);
        outcome.disposition = disposition;
        let (trigger, task_id) = (transfer.script.trigger, Some(transfer.request));
        outcome.escalation = Some(Escalation { way, trigger, task_id });
        Ok(())
    }
}
