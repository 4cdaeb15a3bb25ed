//! A call that leaves its stream for a person, waits to hear how that goes, and may come back on another stream.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{CallEnd, Driver, Mail, reading_sink};
use crate::domain::call::{
    CallDirection, CallEvent, CloseCause, Conversation, FinishedCall, HeardFact, OpenedCall, Phase, TranscriptLine,
};
use crate::domain::dialogue::HandoverOrder;
use crate::domain::transfer::{Ending, TryEnd};
use crate::domain::values::{CallId, Personal};
use crate::ports::store::StoreError;
use crate::ports::telephony::{Capabilities, MediaCodec};
use crate::runtime::call_file;
use crate::runtime::media_bridge::MediaBridge;
use crate::runtime::media_socket::MediaSocket;
use crate::runtime::reception::new_token;
use crate::runtime::services::Services;
use crate::runtime::switchboard::{HostNews, NEWS_WAITING_MAX, NewTransfer, Switchboard};

/// How far a stream has taken a call.
pub enum Driven<C: Conversation> {
    /// Its line is gone.
    Over(CallEnd<C>),
    /// The line is on its way to a person, and may come back on another stream.
    Away(Box<AwayCall<C>>),
    /// It could not be run.
    Failed,
}

/// A transfer as the call that it carries away knows it.
pub struct Departure {
    pub transfer: String,
    /// Lets the line back in.
    pub token: String,
    pub news: mpsc::Receiver<HostNews>,
}

/// A call whose line is on its way to a person.
pub struct AwayCall<C: Conversation> {
    driver: Driver<C>,
    mailbox: mpsc::Receiver<Mail>,
    departure: Departure,
}

impl<C: Conversation + Send> AwayCall<C> {
    pub fn id(&self) -> CallId {
        self.driver.opened.id
    }

    /// Gives away what is to be listened to meanwhile. Once.
    pub fn take_departure(&mut self) -> Departure {
        let (_, silent) = mpsc::channel(1);
        std::mem::replace(
            &mut self.departure,
            Departure { transfer: String::new(), token: String::new(), news: silent },
        )
    }

    /// Goes on on another stream: nobody took the call.
    pub async fn come_back<S: MediaSocket>(
        self,
        codec: Box<dyn MediaCodec>,
        capabilities: &Capabilities,
        mut socket: S,
        cut: CancellationToken,
    ) -> Driven<C> {
        let Self { mut driver, mailbox, .. } = self;
        let span = tracing::info_span!("call", call = %driver.opened.id, provider = driver.opened.provider);
        async move {
            if !driver.move_to(codec, capabilities) {
                return Driven::Over(driver.end(CloseCause::ProviderError));
            }
            driver.handle(CallEvent::HandoverFailed);
            driver.live(mailbox, &mut socket, cut).await
        }
        .instrument(span)
        .await
    }

    /// The line is not ours any more.
    pub fn end(mut self, cause: CloseCause) -> CallEnd<C> {
        if cause == CloseCause::HandedOver {
            self.driver.handle(CallEvent::HandedOver);
        }
        self.driver.end(cause)
    }
}

/// Waits for ever while nobody is being rung.
pub(super) async fn next_news(departure: &mut Option<Departure>) -> HostNews {
    if let Some(departure) = departure
        && let Some(news) = departure.news.recv().await
    {
        return news;
    }
    std::future::pending().await
}

impl<C: Conversation + Send> Driver<C> {
    /// Lives on a stream until it closes.
    pub(super) async fn live<S: MediaSocket>(
        mut self,
        mut mailbox: mpsc::Receiver<Mail>,
        socket: &mut S,
        cut: CancellationToken,
    ) -> Driven<C> {
        let cause = self.run(socket, &mut mailbox, cut).await;
        match self.departure.take() {
            Some(departure) if self.has_left(cause) => {
                Driven::Away(Box::new(AwayCall { driver: self, mailbox, departure }))
            }
            _ => Driven::Over(self.end(cause)),
        }
    }

    /// Whether the stream closed because the line was moved, as far as can be known.
    fn has_left(&self, cause: CloseCause) -> bool {
        *self.call.phase() == Phase::Away && matches!(cause, CloseCause::CallerHungUp | CloseCause::NetworkLost)
    }

    pub(super) fn hand_over(
        &mut self,
        order: Arc<HandoverOrder>,
        transcript: Vec<TranscriptLine>,
        facts: Vec<HeardFact>,
    ) {
        let (host, news) = mpsc::channel(NEWS_WAITING_MAX);
        let departure = Departure { transfer: uuid::Uuid::now_v7().to_string(), token: new_token(), news };
        let so_far = call_file::so_far(&self.opened, order.draft.clone(), transcript, facts, &self.services);
        let new = Leaving {
            opened: self.opened.clone(),
            transfer: departure.transfer.clone(),
            token: departure.token.clone(),
            order,
            so_far,
        };
        self.departure = Some(departure);
        let services = Arc::clone(&self.services);
        self.services.tasks.spawn(
            async move {
                let begun = match services.switchboard.clone() {
                    Some(switchboard) => begin(&services, &switchboard, new, host.clone()).await,
                    None => Err(StoreError::NotFound),
                };
                if let Err(error) = begun {
                    tracing::error!(%error, "the call could not be put through");
                    drop(host.try_send(HostNews::Ended(Ending::Back { why: TryEnd::NotMoved })));
                }
            }
            .in_current_span(),
        );
    }

    /// Why the call is over, if the news is that.
    pub(super) fn on_news(&mut self, news: HostNews) -> Option<CloseCause> {
        match news {
            HostNews::Word => self.handle(CallEvent::HandoverSlow),
            HostNews::Stage { stage, target } => self.feed.tell_handover(stage, target),
            HostNews::Ended(Ending::Back { .. }) => {
                self.departure = None;
                self.handle(CallEvent::HandoverFailed);
            }
            HostNews::Ended(ending) => {
                let cause = cause_of(&ending);
                if cause == CloseCause::HandedOver {
                    self.handle(CallEvent::HandedOver);
                }
                self.departure = None;
                return Some(cause);
            }
        }
        None
    }

    /// Whether the new stream's audio can be used.
    fn move_to(&mut self, codec: Box<dyn MediaCodec>, capabilities: &Capabilities) -> bool {
        let services = Arc::clone(&self.services);
        let recogniser = match services.speech_to_text.open(self.opened.id, reading_sink(self.mail.clone())) {
            Ok(recogniser) => recogniser,
            Err(error) => {
                tracing::error!(%error, "the recogniser did not open again");
                return false;
            }
        };
        let recording = self.bridge.take_recording();
        match MediaBridge::new(codec, capabilities, services.voice_judge.open(), recogniser, recording) {
            Ok(bridge) => self.bridge = bridge,
            Err(error) => {
                tracing::error!(%error, "the provider's audio cannot be used");
                return false;
            }
        }
        if self.opened.direction == CallDirection::Outbound {
            self.bridge.listen_for_tones();
        }
        self.rate_hz = capabilities.sample_rate_hz;
        true
    }
}

/// How a call is over whose transfer has ended.
pub fn cause_of(ending: &Ending) -> CloseCause {
    match ending {
        Ending::WithPerson { .. } | Ending::Unclear { .. } => CloseCause::HandedOver,
        Ending::CustomerLeft => CloseCause::CallerHungUp,
        Ending::Apologised { .. } => CloseCause::WeHungUp,
        Ending::Back { .. } | Ending::Lost { .. } => CloseCause::NetworkLost,
    }
}

struct Leaving {
    opened: OpenedCall,
    transfer: String,
    token: String,
    order: Arc<HandoverOrder>,
    so_far: FinishedCall,
}

async fn begin(
    services: &Services,
    switchboard: &Arc<Switchboard>,
    leaving: Leaving,
    host: mpsc::Sender<HostNews>,
) -> Result<(), StoreError> {
    let Leaving { opened, transfer, token, order, so_far } = leaving;
    let about = match &so_far.outcome.order_ref {
        Some(order_ref) => services.orders.order_by_ref(order_ref).await?,
        None => None,
    };
    let card = switchboard.card(services.orders.as_ref(), &order.request, &opened, &so_far).await?;
    let card = serde_json::to_string(&card).map_err(|error| StoreError::Failed { reason: error.to_string() })?;
    let new = NewTransfer {
        id: transfer,
        call: opened.id,
        provider: opened.provider,
        provider_call_id: opened.provider_call_id,
        order,
        shop: services.shop.name.clone(),
        about,
        card: Personal::new(card),
        outcome: so_far.outcome,
        return_token: Personal::new(token),
    };
    switchboard.begin(new, host).await?;
    // What connectors are told is on its way before anybody is rung.
    services.outbox_wake.notify_one();
    Ok(())
}
