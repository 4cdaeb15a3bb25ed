//! `doorstep demo`: a recorded caller phones the demo shop through the real door; then the console stays open.

use std::path::Path;
use std::sync::Arc;

use doorstep::adapters::telephony::twilio::MachineDetection;
use doorstep::app::{App, Purpose};
use doorstep::config::{Settings, TwilioSection};
use doorstep::domain::call::{Disposition, HeardShare, OutcomeRecord, Speaker, TranscriptLine, TurnTiming};
use doorstep::domain::values::{CallId, CallTime, PhoneNumber};
use doorstep::ports::store::StoredCall;
use doorstep::runtime::live_calls::{LiveCalls, LiveChange};
use doorstep::runtime::reception::Reception;
use doorstep::simulator::{CallReport, CallerScript, CarrierSettings, SimulatedCarrier, Step};
use doorstep::telemetry;
use rand::RngExt as _;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::import::fill_demo_shop;
use super::serve::{bind, stop_on_signal};
use super::{Failure, screen};

/// What the recorded caller says, turn by turn. Spoken by a synthetic voice; see `audio-fixtures/NOTICE.md`.
const CALLER_SAYS: [&str; 4] = [
    "audio-fixtures/callers/where-is-my-order.wav",
    "audio-fixtures/callers/what-did-i-order.wav",
    "audio-fixtures/callers/postcode-560034.wav",
    "audio-fixtures/callers/no-that-is-all.wav",
];
/// The customer of the order `KH-452719`.
const CALLER_NUMBER: &str = "+919845012345";
const RIGHT_ORDER: &str = "KH-452719";
/// How long the agent must be quiet before the caller takes the turn.
const CALLER_WAITS_MS: u64 = 700;

pub async fn demo(mut settings: Settings, once: bool) -> Result<(), Failure> {
    let listen = settings.http.listen;
    if !listen.ip().is_loopback() {
        return Err(Failure::Unusable(format!(
            "http.listen: the demonstration hands out an admin token, so it serves loopback only, not {listen}; \
             use serve for other addresses"
        )));
    }
    let token = secret();
    let account = TwilioSection {
        account_sid: format!("AC{}", &secret()[..32]),
        auth_token: secret().into(),
        from_numbers: vec![settings.shop.callback_number.clone()],
        public_url: format!("http://{listen}"),
        api_base_url: "http://127.0.0.1:9".to_owned(),
        machine_detection: MachineDetection::default(),
    };
    settings.auth.bootstrap_token = Some(token.clone().into());
    settings.telephony.twilio = Some(account.clone());
    // Behind the demonstration's numbers is nobody who could be rung.
    settings.dialler.enabled = false;
    let shop_number = settings.shop.callback_number.clone();
    screen::line("Loading the speech models and the demo shop (made-up customers) …");
    let app = App::build(settings, Purpose::Demonstrate, telemetry::start_metrics()).await?;
    fill_demo_shop(&app.store).await?;
    let listener = bind(listen).await?;
    let reception = Arc::clone(&app.reception);
    let stop = stop_on_signal()?;
    let server = tokio::spawn(app.serve(listener, stop.clone()));
    let carrier = carrier(&account, shop_number);
    let call = carrier.call(script()?, 1);
    let result = show_call(&reception, call).await;
    match &result {
        Ok(()) if !once => invite(listen, &token, &stop).await,
        Ok(()) | Err(_) => stop.cancel(),
    }
    let served = server.await.map_err(|error| Failure::Miss(format!("the server failed: {error}")))?;
    served.map_err(|error| Failure::Miss(format!("the server stopped: {error}")))?;
    result
}

async fn invite(listen: std::net::SocketAddr, token: &str, stop: &CancellationToken) {
    screen::line("");
    screen::line("The server keeps running. Open the console, press Call and talk to it yourself:");
    screen::line(&format!("  http://{listen}/#token={token}"));
    screen::line("Ctrl-C stops it.");
    stop.cancelled().await;
}

/// 256 random bits in hexadecimal.
fn secret() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn carrier(account: &TwilioSection, shop_number: PhoneNumber) -> SimulatedCarrier {
    let caller: PhoneNumber = CALLER_NUMBER.parse().expect("the demo caller's number is E.164");
    let mut settings = CarrierSettings::new(
        account.public_url.clone(),
        account.account_sid.clone(),
        account.auth_token.clone(),
        caller,
        shop_number,
    );
    // A carrier never gives two calls the same id, and neither does this one on the next day.
    settings.seed = rand::rng().random();
    SimulatedCarrier::new(settings).expect("an HTTP client can be made")
}

fn script() -> Result<doorstep::simulator::PreparedScript, Failure> {
    let says = CALLER_SAYS.iter().flat_map(|path| {
        [Step::WaitForAgent { silence_ms: CALLER_WAITS_MS }, Step::SayWav { path: Path::new(path).to_path_buf() }]
    });
    let steps = says.chain([Step::WaitForAgent { silence_ms: 2_000 }]).collect();
    CallerScript::new(steps)
        .prepare()
        .map_err(|reason| Failure::Unusable(format!("{reason}; run it from the project's folder")))
}

/// Shows the call while it lasts, then what came of it.
async fn show_call(reception: &Reception, call: impl Future<Output = CallReport>) -> Result<(), Failure> {
    let services = reception.services();
    screen::line("");
    screen::line(
        "A recorded caller phones the shop's order line, through the media-stream door of a telephone carrier:",
    );
    screen::line("");
    let (shown, report) = tokio::join!(show_lines(&services.live), call);
    let stored = stored_call(reception, shown).await?;
    let Some(finished) = &stored.finished else {
        return Err(Failure::Miss(format!("the call was not filed; the carrier says: {:?}", report.end)));
    };
    show_facts(&stored);
    show_turns(&finished.turns);
    show_outcome(&finished.outcome);
    let outcome = &finished.outcome;
    let is_right = outcome.disposition == Disposition::StatusGiven
        && outcome.order_ref.as_ref().is_some_and(|order_ref| order_ref.0 == RIGHT_ORDER);
    if is_right {
        Ok(())
    } else {
        Err(Failure::Miss(format!(
            "the demonstration call should have ended with STATUS_GIVEN for {RIGHT_ORDER}, not with {}",
            outcome.disposition.as_str()
        )))
    }
}

async fn stored_call(reception: &Reception, id: CallId) -> Result<StoredCall, Failure> {
    let services = reception.services();
    let mut look = tokio::time::interval(std::time::Duration::from_millis(50));
    while services.live.get(id).is_some() {
        look.tick().await;
    }
    let stored = services.calls.call(id).await.map_err(|error| Failure::Miss(error.to_string()))?;
    stored.ok_or_else(|| Failure::Miss("the call did not reach the store".to_owned()))
}

/// Prints both sides of the carrier's call as they speak; gives its id.
async fn show_lines(live: &LiveCalls) -> CallId {
    let mut look = tokio::time::interval(std::time::Duration::from_millis(20));
    let call = loop {
        look.tick().await;
        if let Some(call) = live.list().into_iter().find(|call| call.opened.provider == "twilio") {
            break call;
        }
    };
    let id = call.opened.id;
    let mut changes = call.watch();
    let mut shown: Vec<(Speaker, CallTime)> = Vec::new();
    // A line comes again when it is known better.
    let mut show_new = |line: &TranscriptLine| {
        if !shown.contains(&(line.role, line.from_ms)) {
            shown.push((line.role, line.from_ms));
            show_line(line);
        }
    };
    call.snapshot().transcript.iter().for_each(&mut show_new);
    loop {
        match changes.recv().await {
            Ok(LiveChange::Line { line }) => show_new(&line),
            Ok(LiveChange::Ended { .. }) | Err(RecvError::Closed) => return id,
            Ok(
                LiveChange::Hearing { .. }
                | LiveChange::Fact { .. }
                | LiveChange::Turn { .. }
                | LiveChange::Handover { .. }
                | LiveChange::Floor { .. },
            )
            | Err(RecvError::Lagged(_)) => (),
        }
    }
}

fn show_line(line: &TranscriptLine) {
    let who = match line.role {
        Speaker::Caller => "caller",
        Speaker::Agent => "agent",
    };
    let note = match (line.role, line.heard) {
        (Speaker::Agent, HeardShare::None) => "  (not heard)",
        (_, HeardShare::Whole | HeardShare::Part | HeardShare::None) => "",
    };
    screen::line(&format!("  {:>6}  {who:6}  {}{note}", seconds(line.from_ms), line.text.reveal()));
}

fn seconds(at: CallTime) -> String {
    format!("{}.{:01}s", at.as_ms() / 1_000, at.as_ms() % 1_000 / 100)
}

fn show_facts(call: &StoredCall) {
    screen::line("");
    screen::line("Facts the caller heard, and where each comes from:");
    let facts = call.finished.as_ref().map(|finished| finished.facts.as_slice()).unwrap_or_default();
    for fact in facts {
        screen::line(&format!("  {:22} {:32} {}", fact.name, fact.value.reveal(), fact.source));
    }
}

fn show_turns(turns: &[TurnTiming]) {
    screen::line("");
    screen::line("Latency of each turn, from the caller's last word:");
    for (index, turn) in turns.iter().enumerate() {
        let stage = |at: Option<CallTime>| {
            at.map_or("–".to_owned(), |at| format!("{} ms", at.since(turn.caller_ended_ms).as_millis()))
        };
        screen::line(&format!(
            "  turn {}: words recognised after {}, answer decided after {}, first audio after {}",
            index + 1,
            stage(turn.recognised_ms),
            stage(turn.understood_ms),
            stage(turn.first_audio_ms),
        ));
    }
}

fn show_outcome(outcome: &OutcomeRecord) {
    screen::line("");
    screen::line("Outcome as logged:");
    let order = outcome.order_ref.as_ref().map_or("–", |order_ref| order_ref.0.as_str());
    screen::line(&format!(
        "  {} · {} · {} · {} · order {order}",
        outcome.connection.as_str(),
        outcome.contact.as_str(),
        outcome.verification_level.as_str(),
        outcome.disposition.as_str(),
    ));
    screen::line(&format!("  {}", outcome.summary.reveal()));
}
