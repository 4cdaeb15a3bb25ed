//! One caller's own server, with everything real but the carrier: the call is placed or comes in, is lived, and judged.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use doorstep::adapters::store::SqlStore;
use doorstep::adapters::telephony::twilio::MachineDetection;
use doorstep::app::{App, Parts, Purpose, Speech, open_store};
use doorstep::config::{Settings, TwilioSection};
use doorstep::domain::call::{CallDirection, CallState, Connection, FinishedCall, HeardFact, OpenedCall, Speaker};
use doorstep::domain::dialogue::scenarios::Scenario;
use doorstep::domain::orders::{Order, OrderRef};
use doorstep::domain::values::{CallId, CallTime, PhoneNumber};
use doorstep::ports::store::{CallStore as _, OrderStore as _, StoreError, StoredCall};
use doorstep::rehearsal::{CallerFile, House, Line as PhoneLine, Rehearsed, SpokenLine};
use doorstep::runtime::call_file::unanswered;
use doorstep::runtime::dialler::UnlessOptedOut;
use doorstep::runtime::reception::{Reception, new_token};
use doorstep::runtime::wall_clock::WallClock;
use doorstep::simulator::{Answering, CallReport, CarrierSettings, PreparedScript, RestStandIn, SimulatedCarrier};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::cast::{Folder, Part};
use super::ledger::Ledger;
use crate::cli::Failure;

/// Longer than any call may last, with the ringing before it.
const CALL_TIMEOUT: Duration = Duration::from_secs(600);
const FILED_TIMEOUT: Duration = Duration::from_secs(30);
const RINGS: Duration = Duration::from_millis(300);

/// What all callers share.
pub(super) struct Stage {
    pub(super) settings: Settings,
    pub(super) house: House,
    pub(super) speech: Speech,
    pub(super) metrics: PrometheusHandle,
}

/// A running server for one caller.
pub(super) struct Stand {
    ledger: Arc<Ledger>,
    reception: Arc<Reception>,
    rest: RestStandIn,
    carrier: SimulatedCarrier,
    /// Where the API is, and the token for it.
    url: String,
    token: String,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    folder: Folder,
}

/// How a call went, as far as it can be seen from outside.
pub(super) struct Lived {
    pub(super) report: CallReport,
    pub(super) call: StoredCall,
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::Unusable(format!("{what}: {error}"))
}

impl Stand {
    /// Opens the server of one caller on a free port.
    pub(super) async fn open(stage: &Stage, file: &CallerFile, part: &Part, seed: u64) -> Result<Self, Failure> {
        let house = &stage.house;
        let folder = Folder::new()?;
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| failed("loopback", &error))?;
        let address = listener.local_addr().map_err(|error| failed("loopback", &error))?;
        let account = TwilioSection {
            account_sid: format!("AC{}", &new_token()[..32]),
            auth_token: new_token().into(),
            from_numbers: vec![house.shop.callback_number.clone()],
            public_url: format!("http://{address}"),
            api_base_url: String::new(),
            machine_detection: MachineDetection::default(),
        };
        let rest = RestStandIn::start(&account.account_sid, account.auth_token.expose_secret());
        let rest = rest.await.map_err(|error| failed("loopback", &error))?;
        let account = TwilioSection { api_base_url: rest.base_url(), ..account };
        let token = new_token();
        let settings = settings_of(stage, file, &account, &token, folder.path());
        let store = Arc::new(open_store(&settings).await?);
        let planned = put_orders(house, file, &store).await?;
        let mut order = planned.clone();
        file.meanwhile.apply(&mut order);
        let ledger = Arc::new(Ledger::new(Arc::clone(&store), order, file.lookups, file.writes));
        let parts = Parts {
            purpose: Purpose::Serve,
            metrics: stage.metrics.clone(),
            speech: stage.speech.clone(),
            orders: ledger.clone(),
            calls: ledger.clone(),
            // Callers are rung at whatever hour their file has.
            may_call: Some(Arc::new(UnlessOptedOut { contacts: store.clone() })),
            store,
            clock: WallClock::showing(house.now),
        };
        let app = App::assemble(settings, parts)?;
        let reception = Arc::clone(&app.reception);
        let stop = CancellationToken::new();
        let serving = tokio::spawn(app.serve(listener, stop.clone()));
        let from = match &file.from {
            PhoneLine::OwnNumber => planned.customer.phone.clone(),
            // The carrier's word for a number that is kept back.
            PhoneLine::Withheld => withheld(),
            PhoneLine::Number(number) => number.parse().map_err(|_| failed("from", &"no number like +919845012345"))?,
        };
        let carrier = carrier(&account, from, house.shop.callback_number.clone(), part, seed)?;
        let url = account.public_url;
        Ok(Self { ledger, reception, rest, carrier, url, token, stop, serving, folder })
    }

    pub(super) fn reception(&self) -> Arc<Reception> {
        Arc::clone(&self.reception)
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Has the call take place, and waits until it is filed.
    pub(super) async fn live(&mut self, file: &CallerFile, script: PreparedScript) -> Result<Lived, Failure> {
        if !file.heard_before.is_empty() {
            self.remember_earlier_call(file).await?;
        }
        let lived = tokio::time::timeout(CALL_TIMEOUT, self.take_place(file, script)).await;
        let report = lived.map_err(|_| failed("the call", &"it does not end"))??;
        let call = self.filed(file).await?;
        Ok(Lived { report, call })
    }

    async fn take_place(&mut self, file: &CallerFile, script: PreparedScript) -> Result<CallReport, Failure> {
        let Some(scenario) = &file.scenario else {
            self.ledger.call_is_on();
            return Ok(self.carrier.call(script, 1).await);
        };
        self.place(&file.order, scenario).await?;
        let placed = self.rest.next_call().await.ok_or_else(|| failed("the carrier", &"it is gone"))?;
        if file.rings_back {
            let unanswered = Answering::Never { after: RINGS, status: "no-answer" };
            self.carrier.carry(placed, unanswered).await;
            self.ledger.call_is_on();
            return Ok(self.carrier.call(script, 1).await);
        }
        self.ledger.call_is_on();
        let answering = Answering::Answers { after: RINGS, answered_by: "unknown", script };
        Ok(self.carrier.carry(placed, answering).await)
    }

    /// Through the server's own door, as a shop would.
    async fn place(&self, order: &str, scenario: &str) -> Result<(), Failure> {
        let http = reqwest::Client::builder().no_proxy().build().map_err(|error| failed("HTTP", &error))?;
        let body = serde_json::json!({ "order_id": order, "scenario": scenario });
        let request = http.post(format!("{}/api/v1/calls", self.url)).bearer_auth(&self.token).json(&body);
        let response = request.send().await.map_err(|error| failed("placing the call", &error))?;
        if response.status().is_success() {
            return Ok(());
        }
        let status = response.status();
        Err(failed("placing the call", &format!("{status} {}", response.text().await.unwrap_or_default())))
    }

    /// The call the caller was in, once it is filed.
    async fn filed(&self, file: &CallerFile) -> Result<StoredCall, Failure> {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        let found = async {
            loop {
                look.tick().await;
                let page = self.ledger.list_calls(None, 10).await.map_err(|error| failed("the store", &error))?;
                let is_it = |call: &&StoredCall| {
                    call.finished.is_some()
                        && !(file.rings_back && call.opened.direction == OUTBOUND)
                        && !is_earlier(call)
                };
                if let Some(call) = page.rows.iter().find(is_it) {
                    return Ok(call.clone());
                }
            }
        };
        tokio::time::timeout(FILED_TIMEOUT, found).await.map_err(|_| failed("the call", &"it was not filed"))?
    }

    /// An earlier try, in which the customer heard something.
    async fn remember_earlier_call(&self, file: &CallerFile) -> Result<(), Failure> {
        let services = self.reception.services();
        let refused = |error: StoreError| failed("the store", &error);
        let order_ref = OrderRef(file.order.clone());
        let order = self.ledger.order_by_ref(&order_ref).await.map_err(refused)?;
        let order = order.ok_or_else(|| failed("order", &"it is not in the store"))?;
        let scenario = file.scenario.as_deref().map(Scenario::by_name);
        let Some(Ok(scenario)) = scenario else { return Err(failed("heard_before", &"it needs a scenario")) };
        let at = services.wall_clock.now() - jiff::SignedDuration::from_hours(2);
        let opened = OpenedCall {
            id: CallId::new(uuid::Uuid::now_v7()),
            provider: EARLIER.to_owned(),
            provider_call_id: EARLIER.to_owned(),
            direction: OUTBOUND,
            scenario: scenario.id.to_owned(),
            from: None,
            to: Some(order.customer.phone.clone()),
            started_at: at,
        };
        let blank = unanswered(&opened, Some(&order), Connection::AnsweredHuman, at, services);
        let facts = file.heard_before.iter().filter_map(|fact| fact.split_once('=')).map(|(name, value)| HeardFact {
            name: name.to_owned(),
            value: value.to_owned().into(),
            source: String::new(),
            heard_at_ms: CallTime::ZERO,
        });
        let finished = FinishedCall { state: CallState::Ended, facts: facts.collect(), ..blank };
        self.ledger.open_call(&opened).await.map_err(refused)?;
        self.ledger.finish_call(&finished, &[]).await.map_err(refused)
    }

    /// Closes the server; its folder goes with it.
    pub(super) async fn close(self) -> Result<(), Failure> {
        self.stop.cancel();
        let served = self.serving.await.map_err(|error| failed("the server", &error))?;
        drop(self.folder);
        served.map_err(|error| failed("the server", &error))
    }
}

const OUTBOUND: CallDirection = CallDirection::Outbound;
/// The carrier of a call that was before.
const EARLIER: &str = "earlier";

fn is_earlier(call: &StoredCall) -> bool {
    call.opened.provider == EARLIER
}

fn settings_of(stage: &Stage, file: &CallerFile, account: &TwilioSection, token: &str, folder: &Path) -> Settings {
    let mut settings = stage.settings.clone();
    settings.store.url = format!("sqlite://{}", folder.join("doorstep.db").display());
    settings.store.auto_migrate = true;
    settings.recordings.dir = folder.join("recordings");
    settings.recordings.enabled = true;
    settings.crm.connectors.clear();
    settings.auth.bootstrap_token = Some(token.to_owned().into());
    settings.shop.ask_call_score = file.asks_call_score;
    settings.outreach.third_party_may_confirm_presence = file.household_may_confirm;
    settings.telephony.twilio = Some(account.clone());
    settings
}

/// Puts the demo shop into the store, with the caller's order as it is when the call is planned.
async fn put_orders(house: &House, file: &CallerFile, store: &SqlStore) -> Result<Order, Failure> {
    let mut planned = None;
    for order in &house.orders {
        let mut order = order.clone();
        if order.order_ref.0 == file.order {
            file.order_is.apply(&mut order);
            planned = Some(order.clone());
        }
        store.put_order(&order, house.now).await.map_err(|error| failed("the store", &error))?;
    }
    planned.ok_or_else(|| failed("order", &format!("there is no order {}; see the demo shop", file.order)))
}

fn withheld() -> PhoneNumber {
    "+266696687".parse().expect("it has the form of a number")
}

fn carrier(
    account: &TwilioSection,
    from: PhoneNumber,
    to: PhoneNumber,
    part: &Part,
    seed: u64,
) -> Result<SimulatedCarrier, Failure> {
    let settings = CarrierSettings::new(
        account.public_url.clone(),
        account.account_sid.clone(),
        account.auth_token.clone(),
        from,
        to,
    );
    let settings = CarrierSettings { faults: part.faults, seed, ..settings };
    SimulatedCarrier::new(settings).map_err(|error| failed("HTTP", &error))
}

/// The call as the judge of rehearsed calls wants it.
pub(super) fn as_rehearsed(lived: &Lived, stand: &Stand, line: &super::caller::Line) -> Rehearsed {
    let mut seen = Rehearsed {
        writes: stand.ledger().written(),
        opted_out: stand.ledger().has_opted_out(),
        ..Rehearsed::default()
    };
    seen.records = seen.writes.iter().map(|written| written.kind.clone()).collect();
    seen.call_ms = lived.report.duration_ms;
    seen.agent_speech_ms = lived.report.agent_bursts.iter().map(|burst| burst.to_ms - burst.from_ms).sum();
    let sentences =
        OnceLock::get(line).map(|call| call.look(|snapshot| snapshot.sentences.clone())).unwrap_or_default();
    seen.lines = sentences
        .into_iter()
        .map(|begun| SpokenLine {
            at_ms: begun.at_ms.as_ms(),
            who: begun.template.to_owned(),
            text: begun.text.reveal().clone(),
        })
        .collect();
    let Some(finished) = &lived.call.finished else { return seen };
    let callers = finished.transcript.iter().filter(|said| said.role == Speaker::Caller);
    seen.lines.extend(callers.map(|said| SpokenLine {
        at_ms: said.from_ms.as_ms(),
        who: "caller".to_owned(),
        text: said.text.reveal().clone(),
    }));
    seen.lines.sort_by_key(|said| said.at_ms);
    seen.turns = finished.turns.len();
    seen.latency_p50_ms = finished.outcome.latency_ms.p50;
    let outcome = &finished.outcome;
    seen.disposition = outcome.disposition.as_str().to_owned();
    seen.secondary = outcome.secondary.iter().map(|code| code.as_str().to_owned()).collect();
    seen.contact = outcome.contact.as_str().to_owned();
    seen.connection = outcome.connection.as_str().to_owned();
    seen.level = outcome.verification_level.as_str().to_owned();
    seen
}
