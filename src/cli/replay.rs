//! `doorstep replay`: a recorded call through this build, on a virtual clock.
//!
//! Nothing beyond the call's own record is stored for it: what the caller said and keyed comes from the transcript, and
//! follows what it followed then. Orders are read as they are now. What was masked or erased cannot be said again.

use std::sync::Arc;

use doorstep::adapters::store::SqlStore;
use doorstep::app::{model_checks, open_store, script_of};
use doorstep::config::Settings;
use doorstep::domain::call::{
    CallDirection, EscalationWay, FinishedCall, HeardShare, MASKED, OpenedCall, Speaker, TranscriptLine,
};
use doorstep::domain::orders::Order;
use doorstep::domain::values::CallId;
use doorstep::ports::store::{CallStore as _, OrderStore as _, StoreError};
use doorstep::rehearsal::{
    CallerFile, Cue, Deed, Expect, Guest, Handover, House, Line, OrderChange, Rehearsed, Service, Sound, rehearse,
    speech_ms,
};
use doorstep::runtime::reception::Script;

use super::{Failure, screen};

/// How keys stand in a transcript.
const KEYS: &str = "[keys] ";
/// Orders looked at beside the call's own.
const ORDERS_MAX: u32 = 200;
/// A recogniser that was sure enough to be believed then.
const CONFIDENCE: f32 = 0.95;

pub async fn replay(settings: Settings, call: String) -> Result<(), Failure> {
    let unknown = || {
        Failure::Unusable(format!("{call}: no ended call has this id; `doorstep serve` lists them at /api/v1/calls"))
    };
    let id = CallId::new(call.parse().map_err(|_| unknown())?);
    let store = open_store(&settings).await?;
    let refused = |error: StoreError| Failure::Unusable(format!("store.url: {error}"));
    let stored = store.call(id).await.map_err(refused)?.ok_or_else(unknown)?;
    let finished = stored.finished.as_ref().ok_or_else(unknown)?;
    if finished.transcript.is_empty() {
        return Err(Failure::Unusable(format!(
            "{call}: its words were erased, or it had none; nothing can be replayed"
        )));
    }
    let orders = orders(&store, &stored.opened, finished).await.map_err(refused)?;
    let Script { phrasebook, understanding } = script_of(&settings)?;
    let house = House {
        phrasebook,
        understanding,
        checks: Arc::new(model_checks(&settings.prompts.dir)?),
        guest: Guest::None,
        shop: Arc::new(settings.shop_profile()),
        orders,
        now: stored.opened.started_at,
        settings: Arc::new(settings.call.call_settings()),
    };
    let file = as_caller(&stored.opened, finished, &house)?;
    let now = rehearse(&file, &house).map_err(|error| Failure::Unusable(format!("{call}: {error}")))?;
    let differences = compare(finished, &now);
    for line in &differences {
        screen::line(line);
    }
    let changed = differences.iter().filter(|line| !line.starts_with(' ')).count();
    if changed == 0 {
        screen::line("this build would have led the call in the same way");
        return Ok(());
    }
    Err(Failure::Miss(format!("{changed} lines differ: - as it was, + as it would be now")))
}

/// The call's own order first, then whatever else the caller may have asked for.
async fn orders(store: &SqlStore, opened: &OpenedCall, finished: &FinishedCall) -> Result<Vec<Order>, StoreError> {
    let mut orders: Vec<Order> = match &finished.outcome.order_ref {
        Some(order_ref) => store.order_by_ref(order_ref).await?.into_iter().collect(),
        None => Vec::new(),
    };
    if let Some(phone) = opened.customer_number() {
        orders.extend(store.orders_by_phone(phone, ORDERS_MAX).await?);
    }
    orders.extend(store.list_orders(None, ORDERS_MAX).await?.rows);
    let mut seen = std::collections::BTreeSet::new();
    orders.retain(|order| seen.insert(order.order_ref.0.clone()));
    Ok(orders)
}

/// The recorded caller, as a caller who can be rehearsed.
fn as_caller(opened: &OpenedCall, finished: &FinishedCall, house: &House) -> Result<CallerFile, Failure> {
    let first = house
        .orders
        .first()
        .ok_or_else(|| Failure::Unusable("there is no order in the store: the call cannot be led again".to_owned()))?;
    let is_ours = opened.direction == CallDirection::Outbound;
    let rings_back = finished.outcome.scenario == "I2_MISSED_CALL";
    if rings_back {
        return Err(Failure::Unusable("who rang back about a missed call cannot be replayed yet".to_owned()));
    }
    Ok(CallerFile {
        persona: "whoever was on the line".to_owned(),
        goal: "what they wanted then".to_owned(),
        mood: None,
        order: first.order_ref.0.clone(),
        order_is: OrderChange::default(),
        meanwhile: OrderChange::default(),
        scenario: is_ours.then(|| opened.scenario.clone()),
        rings_back,
        from: opened.customer_number().map_or(Line::Withheld, |number| Line::Number(number.reveal().to_owned())),
        heard_before: Vec::new(),
        handover: was_put_through(finished).then_some(Handover::Taken),
        household_may_confirm: false,
        asks_call_score: house.shop.asks_call_score,
        sends_payment_links: house.shop.sends_payment_links,
        lookups: Service::Work,
        writes: Service::Work,
        model: Vec::new(),
        sound: Sound::default(),
        recorded: cues(&finished.transcript),
        answers: Vec::new(),
        expect: Expect::default(),
    })
}

fn was_put_through(finished: &FinishedCall) -> bool {
    finished.outcome.escalation.as_ref().is_some_and(|escalation| escalation.way == EscalationWay::Live)
}

/// What the caller did, each thing after what it came after then.
fn cues(transcript: &[TranscriptLine]) -> Vec<Cue> {
    let mut cues = Vec::new();
    let (mut utterances, mut agent_until) = (0, None);
    for line in transcript {
        match line.role {
            Speaker::Agent => {
                utterances += usize::from(line.heard != HeardShare::None);
                agent_until = Some(line.to_ms);
            }
            Speaker::Caller => {
                let interrupts = agent_until.is_some_and(|until| line.from_ms < until);
                cues.extend(deed(line.text.reveal()).map(|deed| Cue {
                    deed,
                    after_utterances: utterances,
                    interrupts,
                }));
                utterances = 0;
            }
        }
    }
    let has_ended_it = transcript
        .iter()
        .rfind(|line| line.role == Speaker::Agent)
        .is_some_and(|last| last.heard == HeardShare::Whole && last.text.reveal().trim_end().ends_with("oodbye."));
    if !has_ended_it {
        cues.push(Cue { deed: Deed::HangUp, after_utterances: utterances, interrupts: false });
    }
    cues
}

fn deed(text: &str) -> Option<Deed> {
    if let Some(keys) = text.strip_prefix(KEYS) {
        return Some(Deed::Keys(keys.to_owned()));
    }
    let is_sayable = text != MASKED && text.chars().any(char::is_alphanumeric);
    is_sayable.then(|| Deed::Say { text: text.to_owned(), confidence: CONFIDENCE, speech_ms: speech_ms(text) })
}

/// Lines that are the same begin with a blank, others with `-` or `+`.
fn compare(then: &FinishedCall, now: &Rehearsed) -> Vec<String> {
    let agent = then.transcript.iter().filter(|line| line.role == Speaker::Agent && line.heard != HeardShare::None);
    let said_then: Vec<String> = agent.map(|line| format!("agent    {}", line.text.reveal())).collect();
    let said_now: Vec<String> = now.agent_lines.iter().map(|line| format!("agent    {line}")).collect();
    let fact = |name: &str, value: &str| format!("fact     {name} = {value}");
    let facts_then: Vec<String> = then.facts.iter().map(|known| fact(&known.name, known.value.reveal())).collect();
    let facts_now: Vec<String> = now.facts.iter().map(|(name, value)| fact(name, value)).collect();
    let outcome = &then.outcome;
    let secondary = outcome.secondary.iter().map(|code| code.as_str().to_owned()).collect::<Vec<_>>();
    let outcome_then = [
        format!("outcome  disposition {}", outcome.disposition.as_str()),
        format!("outcome  further {}", secondary.join(" ")),
        format!("outcome  contact {}", outcome.contact.as_str()),
        format!("outcome  connection {}", outcome.connection.as_str()),
        format!("outcome  level {}", outcome.verification_level.as_str()),
    ];
    let outcome_now = [
        format!("outcome  disposition {}", now.disposition),
        format!("outcome  further {}", now.secondary.join(" ")),
        format!("outcome  contact {}", now.contact),
        format!("outcome  connection {}", now.connection),
        format!("outcome  level {}", now.level),
    ];
    let mut lines = differences(&said_then, &said_now);
    lines.extend(differences(&facts_then, &facts_now));
    lines.extend(differences(&outcome_then, &outcome_now));
    lines
}

/// The shortest way from one list to the other, by their longest common part.
fn differences(then: &[String], now: &[String]) -> Vec<String> {
    let mut common = vec![vec![0_usize; now.len() + 1]; then.len() + 1];
    for (row, was) in then.iter().enumerate().rev() {
        for (column, is) in now.iter().enumerate().rev() {
            common[row][column] = if was == is {
                common[row + 1][column + 1] + 1
            } else {
                common[row + 1][column].max(common[row][column + 1])
            };
        }
    }
    let (mut row, mut column, mut lines) = (0, 0, Vec::new());
    while row < then.len() || column < now.len() {
        match (then.get(row), now.get(column)) {
            (Some(was), Some(is)) if was == is => {
                lines.push(format!("  {was}"));
                (row, column) = (row + 1, column + 1);
            }
            (Some(was), is) if is.is_none() || common[row][column + 1] <= common[row + 1][column] => {
                lines.push(format!("- {was}"));
                row += 1;
            }
            (_, Some(is)) => {
                lines.push(format!("+ {is}"));
                column += 1;
            }
            (_, None) => break,
        }
    }
    lines
}
