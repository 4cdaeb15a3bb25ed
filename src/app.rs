//! The composition root: the only place that knows which adapter fills which port.

mod commerce;
mod dialling;
mod figures;
mod handover;
mod outreach;
mod prompts;
mod speech;
mod vendors;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::adapters::store::SqlStore;
use crate::adapters::telephony::browser::BrowserCodec;
use crate::config::{EvidenceSettings, Settings, SettingsError};
use crate::domain::call::CallSettings;
use crate::domain::dialogue::phrasebook::Voice;
use crate::http::{ANSWERS_KEPT, BrowserDoor, Doors, DoorsInner, Gate, GateSettings, router};
use crate::ports::dialling::MayCall;
use crate::ports::store::{CallStore, OrderStore};
use crate::ports::telephony::MediaCodec;
use crate::ports::text_to_speech::{SpeakingRate, TextToSpeech, Urgency};
use crate::runtime::dialler::Dialler;
use crate::runtime::dialler::WakingQueue;
use crate::runtime::evidence::Evidence;
use crate::runtime::heartbeat::Heartbeat;
use crate::runtime::hints::HintCheck;
use crate::runtime::housekeeping::Housekeeping;
use crate::runtime::live_calls::LiveCalls;
use crate::runtime::order_news::OrderNews;
use crate::runtime::outbox::Outbox;
use crate::runtime::outreach::Outreach;
use crate::runtime::phrase_cache::{Phrase, PhraseCache};
use crate::runtime::promises::PromiseWatch;
use crate::runtime::reception::Reception;
use crate::runtime::recorder::Recorder;
use crate::runtime::retention::Retention;
use crate::runtime::services::{CallMetrics, Services};
use crate::runtime::voices::Voices;
use crate::runtime::wall_clock::WallClock;

use commerce::Commerce;
pub use commerce::{commerce_sources, payment_links};
pub use figures::costs;
pub use handover::handover_rules;
pub use outreach::{outreach, playbook};
pub use prompts::{
    EXAMPLES, HEAD, examples, locales, model_checks, model_prompts, sayings, script, script_of, vocabulary,
};
pub use speech::Speech;
pub use vendors::{Carriers, connectors, language_model, providers};
use vendors::{model_desk, outbound};

/// How often the metrics recorder tidies up.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// What requests in progress may take once no call is left.
const CONNECTIONS_TIMEOUT: Duration = Duration::from_secs(5);

/// A server that has been put together and not yet opened its port.
pub struct App {
    pub store: Arc<SqlStore>,
    pub reception: Arc<Reception>,
    settings: Settings,
    outbox: Outbox,
    commerce: Commerce,
    dialler: Option<Dialler>,
    retention: Arc<Retention>,
    outreach: Arc<Outreach>,
    doors: Doors,
    metrics: PrometheusHandle,
}

impl App {
    /// Where changes of orders and parcels are heard.
    pub fn order_news(&self) -> &OrderNews {
        self.commerce.intake.news()
    }
}

/// What an app is put together from.
pub struct Parts {
    pub purpose: Purpose,
    pub metrics: PrometheusHandle,
    pub speech: Speech,
    pub store: Arc<SqlStore>,
    /// What calls read orders from and write to: the store, or something in front of it.
    pub orders: Arc<dyn OrderStore>,
    pub calls: Arc<dyn CallStore>,
    /// Who says whether a call may be placed. None: the policies.
    pub may_call: Option<Arc<dyn MayCall>>,
    pub clock: WallClock,
}

/// How an app is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Serve,
    /// The console says that the shop is made up.
    Demonstrate,
}

impl App {
    /// Fills every port. Opens no network port.
    ///
    /// Order: after the TLS provider of the process is installed.
    /// Errors: one line that names the setting and the remedy.
    pub async fn build(settings: Settings, purpose: Purpose, metrics: PrometheusHandle) -> Result<Self, SettingsError> {
        let store = Arc::new(open_store(&settings).await?);
        let parts = Parts {
            purpose,
            metrics,
            speech: Speech::load(&settings)?,
            orders: store.clone(),
            calls: store.clone(),
            may_call: None,
            store,
            clock: WallClock::default(),
        };
        Self::assemble(settings, parts)
    }

    /// Puts parts together that are there already: for many apps in one process, with one set of models.
    ///
    /// Errors: as for [`build`](Self::build).
    pub fn assemble(settings: Settings, parts: Parts) -> Result<Self, SettingsError> {
        let Parts { purpose, metrics, speech, store, orders, calls, may_call, clock } = parts;
        let connectors = connectors(&settings)?;
        let model = model_desk(&settings)?;
        let dialler_wake = Arc::new(Notify::new());
        let queue = WakingQueue { queue: store.clone(), wake: Arc::clone(&dialler_wake) };
        let outreach = Arc::new(outreach(&settings, &store, Arc::new(queue), clock)?);
        let script = script_of(&settings)?;
        let recorder =
            settings.recordings.enabled.then(|| Recorder::start(&settings.recordings.dir)).transpose().map_err(
                |error| SettingsError::new(format!("recordings.dir: {error}; name a folder that can be written")),
            )?;
        let phrases = voices(&settings, &speech);
        let outbox = Outbox::new(store.clone(), connectors.clone(), Arc::new(move || clock.now()));
        let commerce = Commerce::build(&settings, &store, &outreach, Arc::new(move || clock.now()))?;
        let providers = providers(&settings)?;
        let tasks = TaskTracker::new();
        let connector_names: Vec<String> = connectors.iter().map(|connector| connector.name().to_owned()).collect();
        let clock_of_transfers = Arc::new(move || clock.now());
        let switchboard =
            handover::switchboard(&settings, &store, &providers, &connector_names, clock_of_transfers, &tasks)?;
        let services = Arc::new(Services {
            speech_to_text: speech.recogniser,
            text_to_speech: speech.voice,
            voice_judge: speech.judge,
            model,
            phrases,
            orders,
            calls,
            attempts: store.clone(),
            plans: store.clone(),
            may_call: may_call.unwrap_or_else(|| outreach.clone()),
            recorder,
            live: LiveCalls::default(),
            switchboard,
            shop: Arc::new(settings.shop_profile()),
            call_settings: Arc::new(call_settings(&settings)),
            actions: commerce.answers(),
            connectors: connector_names,
            outbox_wake: outbox.waker(),
            dialler_wake,
            media_timeout: settings.telephony.media_timeout,
            may_household_confirm: settings.outreach.third_party_may_confirm_presence,
            tasks,
            metrics: CallMetrics::default(),
            wall_clock: clock,
        });
        let retention = Arc::new(Retention::new(
            store.clone(),
            settings.recordings.dir.clone(),
            settings.retention.kept_days(),
            Arc::new(move || clock.now()),
        ));
        let evidence = evidence(&settings, &services, &store);
        let names = providers.keys().copied().collect();
        let reception = Arc::new(Reception::new(services, script, settings.server.calls_max, names));
        let dialler = dialling::dialler(&settings, &store, &reception, &providers)?;
        let outbound = outbound(&settings, &providers);
        let doors = Doors::new(DoorsInner {
            reception: Arc::clone(&reception),
            providers,
            outbound,
            browser: BrowserDoor { capabilities: BrowserCodec::capabilities(), media_codec: browser_codec },
            deliveries: store.clone(),
            metrics: metrics.clone(),
            gate: gate(&settings, &store),
            answers: store.clone(),
            desk: store.clone(),
            transfers: store.clone(),
            contacts: store.clone(),
            figures: store.clone(),
            costs: costs(&settings)?,
            shipments: store.clone(),
            intake: Arc::clone(&commerce.intake),
            actions: store.clone(),
            plans: store.clone(),
            campaigns: store.clone(),
            retention: Arc::clone(&retention),
            outreach: Arc::clone(&outreach),
            evidence,
            is_demo: purpose == Purpose::Demonstrate,
        });
        Ok(Self { store, reception, settings, outbox, commerce, dialler, retention, outreach, doors, metrics })
    }

    /// Serves until `stop`, then drains: no new calls, calls in progress end or are cut, everything is joined.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let services = Arc::clone(self.reception.services());
        let clock = services.wall_clock;
        let gone_after = self.settings.server.node_timeout;
        let undertaker = Arc::clone(&self.reception);
        let mut heartbeat = Heartbeat::new(self.store.clone(), undertaker, Arc::new(move || clock.now()), gone_after);
        heartbeat.begin().await;
        let stop_beside = CancellationToken::new();
        self.render_fixed_phrases();
        let beside = start_beside(self.outbox, self.metrics, &stop_beside);
        beside.spawn(figures::keep_counted(self.store.clone(), stop_beside.clone()));
        beside.spawn(count_calls(Arc::clone(&self.reception), stop_beside.clone()));
        beside.spawn(Arc::clone(&self.outreach).hear(self.commerce.intake.news().listen(), stop_beside.clone()));
        let hints = HintCheck {
            intake: Arc::clone(&self.commerce.intake),
            undecided: self.store.clone(),
            outreach: Arc::clone(&self.outreach),
            clock: Arc::new(move || clock.now()),
        };
        beside.spawn(hints.run(stop_beside.clone()));
        self.commerce.start(&beside, &stop_beside);
        beside.spawn(heartbeat.run(stop_beside.clone()));
        if let Some(dialler) = self.dialler {
            beside.spawn(dialler.run(stop_beside.clone()));
        }
        beside.spawn(Arc::clone(&self.outreach).run(stop_beside.clone()));
        if let Some(switchboard) = &services.switchboard {
            beside.spawn(Arc::clone(switchboard).run(stop_beside.clone()));
        }
        let promises = PromiseWatch {
            desk: self.store.clone(),
            calls: self.store.clone(),
            connectors: services.connectors.clone(),
            outbox_wake: Arc::clone(&services.outbox_wake),
            clock: Arc::new(move || clock.now()),
        };
        beside.spawn(promises.run(stop_beside.clone()));
        let housekeeping = Housekeeping {
            access: self.store.clone(),
            answers: self.store.clone(),
            answers_kept: ANSWERS_KEPT,
            retention: self.retention,
            clock: Arc::new(move || clock.now()),
        };
        beside.spawn(housekeeping.run(stop_beside.clone()));
        tracing::info!(address = %listener.local_addr()?, "serving");
        // Nagle would hold a frame back until the one before it is acknowledged.
        let listener = axum::serve::ListenerExt::tap_io(listener, |socket| drop(socket.set_nodelay(true)));
        let reception = Arc::clone(&self.reception);
        let drain_timeout = self.settings.server.drain_timeout;
        let tasks = services.tasks.clone();
        let drained = CancellationToken::new();
        let on_drained = drained.clone();
        let drain = async move {
            stop.cancelled().await;
            drain_calls(&reception, drain_timeout).await;
            on_drained.cancel();
        };
        let serving = axum::serve(listener, router(self.doors).into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(drain);
        let served = tokio::select! {
            served = serving.into_future() => served,
            () = connections_outlast(&drained) => Ok(()),
        };
        tasks.close();
        tasks.wait().await;
        stop_beside.cancel();
        beside.close();
        beside.wait().await;
        self.store.close().await;
        served
    }

    /// Has the audio of everything that never varies, before anybody needs it.
    fn render_fixed_phrases(&self) {
        let services = self.reception.services();
        let zone = TimeZone::get(&services.shop.time_zone).unwrap_or(TimeZone::UTC);
        let today = services.wall_clock.now().to_zoned(zone).date();
        let locales = self.reception.phrasebook().locales();
        let home = locales.home();
        let others = locales.all().iter().filter(|locale| locale.language() != home.language());
        for locale in others.copied().chain([home]) {
            for sentence in self.reception.phrasebook().fixed_sentences(&services.shop, &Voice { locale, today }) {
                for sample_rate_hz in [8_000, 16_000] {
                    let phrase = Phrase {
                        text: sentence.text.clone(),
                        rate: SpeakingRate::NORMAL,
                        sample_rate_hz,
                        is_personal: sentence.is_personal,
                    };
                    services.phrases.of(sentence.language).prepare(phrase, Urgency::Ahead, None);
                }
            }
        }
    }
}

/// A store of spoken phrases for each voice; those of other languages are kept in folders of their own.
fn voices(settings: &Settings, speech: &Speech) -> Voices {
    let section = &settings.text_to_speech;
    let cache = |voice: &Arc<dyn TextToSpeech>, spare: Option<Arc<dyn TextToSpeech>>, folder: PathBuf| {
        PhraseCache::with_spare(Arc::clone(voice), spare, Some(folder), section.cache_memory_mb * 1024 * 1024)
    };
    let others = speech.other_voices.iter();
    let others =
        others.map(|(language, voice)| (language.clone(), cache(voice, None, section.cache_dir.join(language))));
    let home = cache(&speech.voice, speech.spare_voice.clone(), section.cache_dir.clone());
    Voices::new(home, others.collect())
}

/// The times a call lives by.
fn call_settings(settings: &Settings) -> CallSettings {
    CallSettings { model_first_sentence: settings.language_model.first_sentence_max, ..settings.call.call_settings() }
}

/// Tells now and then how many calls are in each state.
async fn count_calls(reception: Arc<Reception>, stop: CancellationToken) {
    let mut rounds = tokio::time::interval(METRICS_UPKEEP);
    while stop.run_until_cancelled(rounds.tick()).await.is_some() {
        reception.note_states();
    }
}

/// Starts what runs beside the calls.
fn start_beside(outbox: Outbox, metrics: PrometheusHandle, stop: &CancellationToken) -> TaskTracker {
    let beside = TaskTracker::new();
    beside.spawn(outbox.run(stop.clone()));
    let stopped = stop.clone();
    beside.spawn(async move {
        let mut upkeep = tokio::time::interval(METRICS_UPKEEP);
        while stopped.run_until_cancelled(upkeep.tick()).await.is_some() {
            metrics.run_upkeep();
        }
    });
    beside
}

/// Ends when connections have had their time after the drain: a client that never finishes its request holds nobody up.
async fn connections_outlast(drained: &CancellationToken) {
    drained.cancelled().await;
    tokio::time::sleep(CONNECTIONS_TIMEOUT).await;
    tracing::warn!("connections that outlasted the drain are cut");
}

/// Takes no more calls, and ends when there are none. Health and API stay open meanwhile.
async fn drain_calls(reception: &Reception, timeout: Duration) {
    let services = reception.services();
    reception.stop_taking_calls();
    tracing::info!(calls = services.live.count(), "draining: no new calls are taken");
    let ended = async {
        let mut look = tokio::time::interval(Duration::from_millis(100));
        while !reception.is_idle() {
            look.tick().await;
        }
    };
    if tokio::time::timeout(timeout, ended).await.is_err() {
        tracing::warn!(calls = services.live.count(), "calls outlasted the drain and are cut");
    }
    reception.cut_calls();
}

fn gate(settings: &Settings, store: &Arc<SqlStore>) -> Gate {
    let settings = GateSettings {
        bootstrap_token: settings.auth.bootstrap_token.clone(),
        session_lifetime: settings.auth.session_lifetime,
        trusted_proxies: settings.http.trusted_proxies.clone(),
    };
    Gate::new(store.clone(), settings)
}

/// What evidence is made with, where it can be signed.
fn evidence(settings: &Settings, services: &Arc<Services>, store: &Arc<SqlStore>) -> Option<Evidence> {
    let EvidenceSettings { secret, secret_before } = &settings.evidence;
    let secret = secret.clone().filter(|secret| !secret.expose_secret().is_empty())?;
    Some(Evidence {
        secrets: [Some(secret), secret_before.clone()].into_iter().flatten().collect(),
        services: Arc::clone(services),
        desk: store.clone(),
        actions: store.clone(),
        outreach: store.clone(),
        chain: store.clone(),
    })
}

fn browser_codec() -> Box<dyn MediaCodec> {
    Box::new(BrowserCodec::new())
}

/// Connects to the store, whatever its schema.
pub async fn connect_store(settings: &Settings) -> Result<SqlStore, SettingsError> {
    let counting = figures::counting(settings)?;
    let store = SqlStore::connect(&settings.store.url).await.map_err(|error| {
        SettingsError::new(format!(
            "store.url: {error}; name a file that can be written (sqlite://PATH) or a running server (postgres://…)"
        ))
    })?;
    Ok(store.counting_by(counting))
}

/// Connects to the store and brings its schema up to date if that is wanted.
pub async fn open_store(settings: &Settings) -> Result<SqlStore, SettingsError> {
    let store = connect_store(settings).await?;
    if settings.store.auto_migrate {
        store.migrate().await.map_err(|error| {
            SettingsError::new(format!("store.url: the schema could not be brought up to date: {error}"))
        })?;
    }
    Ok(store)
}
