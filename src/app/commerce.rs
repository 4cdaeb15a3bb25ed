//! Which shops and carriers the settings name, and the tasks that serve them.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::outreach::sms;
use crate::adapters::commerce::{MadeSource, make_source};
use crate::adapters::payment_link::{PaymentLinkSettings, make_payment_links};
use crate::adapters::store::SqlStore;
use crate::config::{Settings, SettingsError};
use crate::ports::commerce::{CommerceSource, PullKind};
use crate::ports::messaging::Messenger;
use crate::ports::payment_link::PaymentLinks;
use crate::runtime::action_outbox::{ActingSource, ActionAnswers, ActionOutbox};
use crate::runtime::commerce_poller::{CommercePoller, PolledSource, sweep_messages};
use crate::runtime::intake::Intake;
use crate::runtime::order_news::OrderNews;
use crate::runtime::outbox::Clock;
use crate::runtime::outreach::Outreach;
use crate::runtime::payment_link::{LinkSender, PAYMENT_LINK};

/// Shops and carriers, put together and not yet served.
pub(super) struct Commerce {
    pub(super) intake: Arc<Intake>,
    outbox: ActionOutbox,
    polled: Vec<PolledSource>,
    store: Arc<SqlStore>,
    clock: Clock,
}

/// The configured sources.
///
/// Errors: one line that names the source, the setting and the remedy.
pub fn commerce_sources(settings: &Settings) -> Result<Vec<MadeSource>, SettingsError> {
    let sections = &settings.commerce.sources;
    for (index, section) in sections.iter().enumerate() {
        if sections[..index].iter().any(|other| other.name == section.name) {
            let name = &section.name;
            return Err(SettingsError::new(format!(
                "commerce.sources: two are called `{name}`; give each its own name"
            )));
        }
    }
    let mut made = Vec::new();
    for section in sections {
        let source = make_source(&section.source_settings()).map_err(|error| SettingsError::new(error.to_string()))?;
        if section.poll_interval.is_some() && source.source.pulls() == PullKind::None {
            return Err(SettingsError::new(format!(
                "commerce source `{}`: poll_interval: nothing can be asked of it; set token and base_url, or leave the \
                 interval out: {} tells by webhook",
                section.name, section.kind
            )));
        }
        made.push(source);
    }
    Ok(made)
}

/// Who sends links to pay by, if anybody does.
///
/// Errors: one line that names the setting and the remedy.
pub fn payment_links(settings: &Settings) -> Result<Option<PaymentWay>, SettingsError> {
    let Some(section) = &settings.payment_link else { return Ok(None) };
    let links = make_payment_links(&PaymentLinkSettings {
        provider: section.provider.clone(),
        url: section.url.clone(),
        secret: section.secret.clone(),
        allow_private_addresses: section.allow_private_addresses,
    })
    .map_err(|reason| SettingsError::new(format!("payment_link.{reason}")))?;
    if settings.commerce.sources.iter().any(|source| source.name == PAYMENT_LINK) {
        let reason = "commerce.sources: none may be called `payment_link` beside the section of that name; rename it";
        return Err(SettingsError::new(reason));
    }
    let sms = sms(settings)?;
    let sms = sms.ok_or_else(|| SettingsError::new("payment_link: links go out by SMS; set messaging.sms as well"))?;
    Ok(Some(PaymentWay { links, sms }))
}

/// How a link is made, and how it reaches the customer.
pub struct PaymentWay {
    links: Arc<dyn PaymentLinks>,
    sms: Arc<dyn Messenger>,
}

impl Commerce {
    pub(super) fn build(
        settings: &Settings,
        store: &Arc<SqlStore>,
        outreach: &Arc<Outreach>,
        clock: Clock,
    ) -> Result<Self, SettingsError> {
        let made = commerce_sources(settings)?;
        let sections = &settings.commerce.sources;
        let sources: Vec<Arc<dyn CommerceSource>> = made.iter().map(|made| Arc::clone(&made.source)).collect();
        let acting = made.iter().zip(sections).filter_map(|(made, section)| {
            Some(ActingSource {
                actions: made.actions.clone()?,
                carriers: section.carriers(),
                may_cancel: section.may_cancel,
            })
        });
        let polled = sources.iter().zip(sections).filter_map(|(source, section)| {
            Some(PolledSource {
                source: Arc::clone(source),
                carriers: section.carriers(),
                interval: section.poll_interval?,
                quiet_for: section.quiet_for,
            })
        });
        let sender = payment_links(settings)?.map(|PaymentWay { links, sms }| LinkSender {
            links,
            sms,
            texts: outreach.playbook().texts.clone(),
            shop: Arc::new(settings.shop_profile()),
            clock: Arc::clone(&clock),
        });
        let sender =
            sender.map(|sender| ActingSource { actions: Arc::new(sender), carriers: Vec::new(), may_cancel: false });
        let (acting, polled) = (acting.chain(sender).collect(), polled.collect());
        let intake = Intake::new(sources, store.clone(), OrderNews::default(), Arc::clone(&clock));
        let outbox = ActionOutbox::new(store.clone(), acting, Some(Arc::clone(outreach)), Arc::clone(&clock));
        Ok(Self { intake: Arc::new(intake), outbox, polled, store: Arc::clone(store), clock })
    }

    /// Where calls hear what became of their requests.
    pub(super) fn answers(&self) -> Option<ActionAnswers> {
        self.outbox.answers()
    }

    /// Starts what runs beside the calls.
    pub(super) fn start(self, beside: &TaskTracker, stop: &CancellationToken) {
        beside.spawn(self.outbox.run(stop.clone()));
        beside.spawn(sweep_messages(self.store.clone(), Arc::clone(&self.clock), stop.clone()));
        for polled in self.polled {
            let (intake, store, clock) = (Arc::clone(&self.intake), self.store.clone(), Arc::clone(&self.clock));
            beside.spawn(CommercePoller { polled, intake, store, clock }.run(stop.clone()));
        }
    }
}
