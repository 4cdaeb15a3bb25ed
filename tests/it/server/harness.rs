//! A server in this process, on a free port, with its files in a folder that vanishes with it.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use doorstep::adapters::store::SqlStore;
use doorstep::adapters::telephony::twilio::MachineDetection;
use doorstep::app::{App, Parts, Purpose, Speech, open_store};
use doorstep::config::{Settings, TwilioSection};
use doorstep::domain::orders::demo::demo_orders;
use doorstep::domain::values::PhoneNumber;
use doorstep::ports::store::{CallStore as _, OrderStore as _, StoredCall};
use doorstep::runtime::order_news::OrderNews;
use doorstep::runtime::reception::Reception;
use doorstep::runtime::wall_clock::WallClock;

use doorstep::simulator::{CallerScript, CarrierSettings, PreparedScript, SimulatedCarrier, Step};
use doorstep::telemetry::start_metrics;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(super) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(super) const AUTH_TOKEN: &str = "the account's auth token";
pub(super) const API_TOKEN: &str = "the administrator's token";
/// The customer of the demo shop's order `KH-452719`.
pub(super) const CUSTOMER: &str = "+919845012345";
pub(super) const SHOP: &str = "+918045678900";

/// Far above what anything here takes, so that a busy machine fails no test.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Held by tests that fill the machine and by those that listen or measure in real time: they take turns.
static QUIET: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

pub(super) async fn quiet() -> tokio::sync::MutexGuard<'static, ()> {
    QUIET.lock().await
}

/// A running server.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) reception: Arc<Reception>,
    /// Where changes of orders are told.
    pub(super) news: OrderNews,
    pub(super) stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    pub(super) http: reqwest::Client,
    pub(super) folder: TempDir,
}

impl Server {
    /// With scripted speech: every stretch of voice is heard as "where is my order".
    pub(super) async fn with_fake_speech(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start(|settings| {
            scripted_speech(settings);
            change(settings);
        })
        .await
    }

    pub(super) async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_with(change, |_| ()).await
    }

    /// With parts of speech that the test has in its hand.
    pub(super) async fn start_with(change: impl FnOnce(&mut Settings), exchange: impl FnOnce(&mut Speech)) -> Self {
        install_tls();
        let folder = tempfile::tempdir().expect("a folder can be made");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        let mut settings = settings_in(folder.path(), address);
        change(&mut settings);
        let store = Arc::new(open_store(&settings).await.expect("the database can be opened"));
        let mut speech = Speech::load(&settings).expect("the models are there");
        exchange(&mut speech);
        let parts = Parts {
            purpose: Purpose::Serve,
            metrics: start_metrics(),
            speech,
            orders: store.clone(),
            calls: store.clone(),
            may_call: None,
            store,
            clock: WallClock::default(),
        };
        let app = App::assemble(settings, parts).expect("the settings can be used");
        let now = app.reception.services().wall_clock.now();
        for order in demo_orders(include_str!("../../../config/demo-shop.jsonl"), now).expect("the demo shop is sound")
        {
            app.store.put_order(&order, now).await.expect("the store takes an order");
        }
        let reception = Arc::clone(&app.reception);
        let news = app.order_news().clone();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(app.serve(listener, stop.clone()));
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client can be made");
        Self { address, reception, news, stop, serving, http, folder }
    }

    /// A carrier whose callers have the number `from`. Calls of one `seed` and number are the same call.
    pub(super) fn carrier(&self, from: &str, seed: u64) -> SimulatedCarrier {
        SimulatedCarrier::new(CarrierSettings { seed, ..carrier_settings(&self.url(""), from) })
            .expect("an HTTP client can be made")
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the API answers the administrator.
    pub(super) async fn api(&self, path: &str) -> Value {
        api(&self.http, &self.url(path)).await
    }

    /// Waits until so many calls have been filed and none is in progress; newest first.
    pub(super) async fn filed(&self, count: usize) -> Vec<StoredCall> {
        let services = self.reception.services();
        until("the calls are filed", async || {
            let page = services.calls.list_calls(None, 200).await.expect("the store answers");
            let is_done = page.rows.iter().filter(|call| call.finished.is_some()).count() >= count;
            (is_done && services.live.count() == 0).then_some(page.rows)
        })
        .await
    }

    /// Asks the server to stop and waits until it has; gives the folder of its files.
    pub(super) async fn stopped(self) -> TempDir {
        self.stop.cancel();
        let served = within("the server stops", self.serving).await;
        served.expect("the server does not panic").expect("the server ends well");
        self.folder
    }
}

/// Models stay out of it.
pub(super) fn scripted_speech(settings: &mut Settings) {
    settings.speech_to_text.provider = "fake".to_owned();
    settings.text_to_speech.provider = "fake".to_owned();
    settings.sentence_encoder.provider = "none".to_owned();
    settings.voice_activity.provider = "gate".to_owned();
}

/// The process has one TLS provider; the first test to come installs it.
pub(super) fn install_tls() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}

fn settings_in(folder: &Path, address: SocketAddr) -> Settings {
    let mut settings = Settings::default();
    settings.http.listen = address;
    settings.store.url = format!("sqlite://{}", folder.join("doorstep.db").display());
    settings.recordings.dir = folder.join("recordings");
    settings.text_to_speech.cache_dir = folder.join("phrases");
    // The hour of day must not decide whether a test passes.
    settings.outreach.rules = "tests/outreach/rules.toml".into();
    settings.outreach.policies_dir = "tests/outreach/policies".into();
    settings.auth.bootstrap_token = Some(API_TOKEN.to_owned().into());
    settings.telephony.twilio = Some(TwilioSection {
        account_sid: ACCOUNT.to_owned(),
        auth_token: AUTH_TOKEN.to_owned().into(),
        from_numbers: Vec::new(),
        public_url: format!("http://{address}"),
        api_base_url: "http://127.0.0.1:9".to_owned(),
        machine_detection: MachineDetection::default(),
    });
    settings
}

/// The calls in the database of a server that has stopped.
pub(super) async fn calls_in(folder: &TempDir) -> Vec<StoredCall> {
    let url = format!("sqlite://{}", folder.path().join("doorstep.db").display());
    let store = SqlStore::connect(&url).await.expect("the database is whole");
    store.list_calls(None, 200).await.expect("the store answers").rows
}

pub(super) fn carrier_settings(server_url: &str, from: &str) -> CarrierSettings {
    let number = |text: &str| text.parse::<PhoneNumber>().expect("an E.164 number");
    CarrierSettings::new(
        server_url.to_owned(),
        ACCOUNT.to_owned(),
        AUTH_TOKEN.to_owned().into(),
        number(from),
        number(SHOP),
    )
}

pub(super) async fn api(http: &reqwest::Client, url: &str) -> Value {
    let response = http.get(url).bearer_auth(API_TOKEN).send().await.expect("the API answers");
    assert!(response.status().is_success(), "{url}: {}", response.status());
    response.json().await.expect("the API answers in JSON")
}

/// Asks again until there is an answer.
pub(super) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let found = async {
        loop {
            ticks.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    within(what, found).await
}

pub(super) async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("not in {PATIENCE:?}: {what}"))
}

/// One of the recorded callers.
pub(super) fn says(name: &str) -> Step {
    Step::SayWav { path: Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures/callers").join(name) }
}

pub(super) fn script(steps: Vec<Step>) -> PreparedScript {
    CallerScript { patience: PATIENCE, ..CallerScript::new(steps) }.prepare().expect("the recordings are there")
}
