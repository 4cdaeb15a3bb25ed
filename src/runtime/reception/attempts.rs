//! Attempts of planned calls: written before the carrier is asked, found again after a restart, ended exactly once.
//!
//! The carrier is asked once for each attempt. Whatever becomes of the request, of this process or of a webhook, the
//! attempt waits for its outcome until it is known or nothing can come of it any more; only then is there another.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::placing::{PROGRESS_GRACE, Plan, RING_TIMEOUT, connection_of};
use super::{Announced, AwaitedCall, Reception, Waiting, new_token, opened_call};
use crate::domain::call::{CallDirection, Connection, OutcomeRecord};
use crate::domain::dialogue::scenarios::Scenario;
use crate::domain::dialogue::{Dialogue, DialogueCommand, DialogueEvent, Outreach};
use crate::domain::orders::Order;
use crate::domain::values::{CallId, CallTime, Personal, PhoneNumber};
use crate::ports::dialling::{BegunAttempt, LeasedPlan, StoredAttempt, StoredPlan};
use crate::ports::store::StoreError;
use crate::ports::telephony::{CallProgress, CallState, PlaceCall, ProviderError, TelephonyProvider, WantedCall};
use crate::ports::text_to_speech::{SpeakingRate, Urgency};
use crate::runtime::call_file;
use crate::runtime::phrase_cache::Phrase;

/// What a call is named until the carrier has named it.
const UNNAMED: &str = "placing#";

/// Codes of refusals that blame the number dialled.
const BAD_NUMBER_CODES: &[u32] = &[21_211, 21_214, 21_217, 21_401, 13_224];

/// The plan behind a call.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) plan: StoredPlan,
    pub(super) attempt_no: u32,
}

/// How a leased plan is to be dialled.
#[derive(Clone, Debug)]
pub struct Dial {
    pub order: Order,
    pub scenario: &'static Scenario,
    pub from: PhoneNumber,
    /// The hour of the callee's day.
    pub local_hour: u8,
}

/// An attempt that rings, or may.
#[derive(Clone, Debug)]
pub struct Ringing {
    pub call: CallId,
    pub token: Personal<String>,
}

/// Why an attempt does not ring.
#[derive(Debug, thiserror::Error)]
pub enum NotRinging {
    /// The carrier was not asked.
    #[error("the plan belongs to another server, was paused or cancelled")]
    LeaseLost,
    /// The carrier was not asked, as far as is known; if it was written, the attempt ends by its time limit.
    #[error(transparent)]
    Store(StoreError),
    #[error("the carrier did not take the call; the attempt has its outcome")]
    Refused,
}

/// What one look at an attempt that nobody in this process waits for has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Settled,
    /// It may still ring.
    Open,
}

impl Reception {
    /// Dials a leased plan.
    ///
    /// Order: after it was asked whether the call may be made.
    pub async fn attempt(
        self: &Arc<Self>,
        carrier: &Arc<dyn TelephonyProvider>,
        lease: &LeasedPlan,
        dial: Dial,
    ) -> Result<Ringing, NotRinging> {
        let services = &self.services;
        let planned = &lease.plan.call;
        let token = new_token();
        let now = services.wall_clock.now();
        let heard_before = self.heard_before(&planned.to, dial.scenario, &planned.order_ref, now).await;
        let plan = Plan {
            order_ref: planned.order_ref.clone(),
            scenario: dial.scenario,
            to: Some(planned.to.clone()),
            from: dial.from.clone(),
        };
        let mut waiting = self.outbound(carrier.name(), &plan, dial.order, planned.to.clone(), heard_before);
        let opened = opened_call(&waiting, now);
        let begun = BegunAttempt { opened: opened.clone(), token_hash: hash_of(&token), local_hour: dial.local_hour };
        let attempt_no = match services.plans.begin_attempt(lease, now, &begun).await {
            Ok(attempt_no) => attempt_no,
            Err(StoreError::NotFound) => return Err(NotRinging::LeaseLost),
            Err(error) => return Err(NotRinging::Store(error)),
        };
        waiting.planned = Some(Planned { plan: lease.plan.clone(), attempt_no });
        self.waiting.insert(token.clone(), waiting);
        metrics::counter!("doorstep_dial_attempts_total").increment(1);
        let call = PlaceCall {
            to: planned.to.clone(),
            from: dial.from,
            ring_timeout: RING_TIMEOUT,
            duration_max: services.call_settings.length_max + Duration::from_secs(60),
            token: Personal::new(token.clone()),
        };
        match carrier.place_call(&call).await {
            Ok(provider_call_id) => {
                self.note_provider_call(&token, &provider_call_id);
                if let Err(error) = services.plans.note_placed(opened.id, &provider_call_id).await {
                    tracing::warn!(call = %opened.id, %error, "what the carrier calls the call could not be noted");
                }
            }
            Err(ProviderError::OutcomeUnknown) => {
                tracing::warn!(call = %opened.id, "the carrier's answer was lost; the call counts as placed");
            }
            Err(error) => {
                tracing::warn!(call = %opened.id, %error, "the carrier did not take the call");
                self.file_unanswered(&token, refused(&error)).await;
                return Err(NotRinging::Refused);
            }
        }
        self.watch_ringing(token.clone());
        self.prepare_opening(&token, carrier.capabilities().sample_rate_hz);
        Ok(Ringing { call: opened.id, token: Personal::new(token) })
    }

    /// Has the audio of the first sentences made while it rings.
    pub(super) fn prepare_opening(&self, token: &str, sample_rate_hz: u32) {
        let Some((opened, outreach)) = self.waiting.get(token).and_then(|waiting| {
            let started_at = self.services.wall_clock.now();
            Some((opened_call(&waiting, started_at), waiting.outreach.clone()?))
        }) else {
            return;
        };
        let id = opened.id;
        let brief = self.brief(&opened, Some(outreach));
        let (book, understanding) = (Arc::clone(&self.script.phrasebook), Arc::clone(&self.script.understanding));
        let mut dialogue = Dialogue::new(brief, book, understanding);
        let mut commands = Vec::new();
        dialogue.handle(CallTime::ZERO, &DialogueEvent::Opened, &mut commands);
        let mut rate = SpeakingRate::NORMAL;
        let mut sentences = Vec::new();
        for command in commands {
            if let DialogueCommand::SetPace(pace) = command {
                rate = SpeakingRate(pace);
            } else if let DialogueCommand::Say { saying, .. } = command {
                sentences.extend(saying.sentences);
            } else if let DialogueCommand::Prepare(likely) = command {
                sentences.extend(likely);
            }
        }
        for sentence in sentences {
            let phrase = Phrase { text: sentence.text, rate, sample_rate_hz, is_personal: sentence.is_personal };
            self.services.phrases.of(sentence.language).prepare(phrase, Urgency::Soon, Some(id));
        }
    }

    /// Whether nobody has picked up or given up yet, as far as this process knows.
    pub fn is_ringing(&self, ringing: &Ringing) -> bool {
        self.waiting.contains_key(ringing.token.reveal())
    }

    /// Whether this process waits for the call or carries it.
    pub fn knows_call(&self, call: CallId) -> bool {
        self.services.live.get(call).is_some() || self.waiting.iter().any(|waiting| waiting.id == call)
    }

    /// Conversations, and calls of ours that ring.
    pub fn calls_in_the_air(&self) -> (usize, usize) {
        let ringing = self.waiting.iter().filter(|waiting| waiting.outreach.is_some()).count();
        (self.services.live.count(), ringing)
    }

    /// Tells how many calls are in each state.
    pub fn note_states(&self) {
        let (live, ringing) = self.calls_in_the_air();
        let away = self.parked.len();
        for (state, count) in [("ringing", ringing), ("talking", live.saturating_sub(away)), ("away", away)] {
            metrics::gauge!("doorstep_calls", "state" => state).set(count as f64);
        }
    }

    /// Hangs up a call that still rings: what it was about is over. False: it was answered, or has ended.
    pub async fn call_off(&self, carrier: &Arc<dyn TelephonyProvider>, ringing: &Ringing) -> bool {
        let token = ringing.token.reveal();
        let Some(name) = self.waiting.get(token).map(|waiting| waiting.call.provider_call_id.clone()) else {
            return false;
        };
        if !self.file_unanswered(token, Connection::SuppressedOvertaken).await {
            return false;
        }
        if !name.starts_with(UNNAMED)
            && let Err(error) = carrier.hang_up(&name).await
        {
            tracing::warn!(call = %ringing.call, %error, "a call that was called off may ring on until its timeout");
        }
        true
    }

    /// Takes up an attempt that a process before this one placed and that now is answered. None: it is not ours, has
    /// its outcome, or was answered before.
    pub(super) async fn take_up(
        self: &Arc<Self>,
        token: &str,
        provider_call_id: &str,
    ) -> Result<Option<Announced>, StoreError> {
        let plans = &self.services.plans;
        let token_hash = hash_of(token);
        let Some(mut attempt) = plans.attempt_by_token(&token_hash).await? else { return Ok(None) };
        if !attempt.is_own && !attempt.has_ended && !attempt.is_answered {
            plans.adopt_attempts(Timestamp::MIN, Some(attempt.opened.id)).await?;
            let Some(again) = plans.attempt_by_token(&token_hash).await? else { return Ok(None) };
            attempt = again;
        }
        if attempt.has_ended || attempt.is_answered || !attempt.is_own {
            return Ok(None);
        }
        let Some(waiting) = self.waiting_again(&attempt, provider_call_id).await? else { return Ok(None) };
        let announced = Announced { id: waiting.id, token: Personal::new(token.to_owned()) };
        tracing::info!(call = %announced.id, "a call placed before a restart was answered and is taken up");
        self.waiting.insert(token.to_owned(), waiting);
        self.note_provider_call(token, provider_call_id);
        self.watch_ringing(token.to_owned());
        Ok(Some(announced))
    }

    async fn waiting_again(&self, attempt: &StoredAttempt, name: &str) -> Result<Option<Waiting>, StoreError> {
        let planned = &attempt.plan.call;
        let Ok(scenario) = Scenario::by_name(&planned.scenario) else { return Ok(None) };
        let Some(order) = self.services.orders.order_by_ref(&planned.order_ref).await? else { return Ok(None) };
        let Some(provider) = self.provider_of(&attempt.opened.provider) else { return Ok(None) };
        let rules = self.services.may_call.rules_for(&planned.to, &order);
        let now = self.services.wall_clock.now();
        let heard_before = self.heard_before(&planned.to, scenario, &planned.order_ref, now).await;
        Ok(Some(Waiting {
            call: AwaitedCall {
                provider,
                provider_call_id: name.to_owned(),
                direction: CallDirection::Outbound,
                from: attempt.opened.from.clone(),
                to: attempt.opened.to.clone(),
            },
            id: attempt.opened.id,
            since: Instant::now(),
            life: RING_TIMEOUT + PROGRESS_GRACE,
            outreach: Some(Outreach {
                scenario,
                order: Arc::new(order),
                heard_before,
                may_household_confirm: self.services.may_household_confirm,
                rules,
            }),
            dialled_at: Some(attempt.opened.started_at),
            planned: Some(Planned { plan: attempt.plan.clone(), attempt_no: attempt.attempt_no }),
            policy: None,
        }))
    }

    /// Files an attempt of an earlier process by what the carrier reports of it.
    pub(super) async fn settle_left_over(&self, token: &str, progress: &CallProgress) -> Result<(), StoreError> {
        let Some(connection) = progress.state.and_then(|state| connection_of(state, progress.sip_code)) else {
            return Ok(());
        };
        let plans = &self.services.plans;
        let token_hash = hash_of(token);
        let Some(attempt) = plans.attempt_by_token(&token_hash).await? else { return Ok(()) };
        if attempt.has_ended || attempt.is_answered {
            return Ok(());
        }
        // Who answered it may be another server, which has yet to say so.
        if progress.state == Some(CallState::Completed) && !attempt.is_own {
            return Ok(());
        }
        self.file_left_over(&attempt, connection).await
    }

    /// Finds out what became of an attempt of this server's that nobody here waits for.
    ///
    /// Shape: an attempt that the carrier does not know of after `lost_after` was never placed.
    pub async fn look_after(
        &self,
        carrier: &Arc<dyn TelephonyProvider>,
        call: CallId,
        lost_after: Duration,
    ) -> Result<Fate, StoreError> {
        let plans = &self.services.plans;
        let Some(attempt) = plans.attempt(call).await? else { return Ok(Fate::Settled) };
        if attempt.has_ended || attempt.is_answered || !attempt.is_own {
            return Ok(Fate::Settled);
        }
        let age = self.services.wall_clock.now().duration_since(attempt.opened.started_at);
        let is_older = |limit: Duration| SignedDuration::try_from(limit).is_ok_and(|limit| limit <= age);
        let time_limit = RING_TIMEOUT + PROGRESS_GRACE;
        let connection = match self.ask_carrier(carrier, &attempt).await {
            Ok(Some((_, Some(state)))) if state.is_final() => {
                connection_of(state, None).unwrap_or(Connection::NetworkFailed)
            }
            Ok(Some((name, _))) if is_older(time_limit) => {
                // It is up somewhere, and nobody speaks: no silent call may go on.
                if let Err(error) = carrier.hang_up(&name).await {
                    tracing::warn!(%call, %error, "a call whose stream never came could not be hung up");
                }
                Connection::AbandonedByUs
            }
            Ok(None) if is_older(lost_after) => Connection::NetworkFailed,
            Err(error) if is_older(time_limit) => {
                tracing::warn!(%call, %error, "the carrier did not say what became of the call; it is taken as failed");
                Connection::NetworkFailed
            }
            Ok(_) | Err(_) => return Ok(Fate::Open),
        };
        self.file_left_over(&attempt, connection).await?;
        Ok(Fate::Settled)
    }

    async fn ask_carrier(
        &self,
        carrier: &Arc<dyn TelephonyProvider>,
        attempt: &StoredAttempt,
    ) -> Result<Option<(String, Option<CallState>)>, ProviderError> {
        let opened = &attempt.opened;
        let name = Some(opened.provider_call_id.clone()).filter(|name| !name.starts_with(UNNAMED));
        let is_named = name.is_some();
        let wanted = WantedCall {
            provider_call_id: name,
            to: attempt.plan.call.to.clone(),
            from: opened.from.clone(),
            placed_since: opened.started_at,
        };
        let Some(found) = carrier.find_call(&wanted).await? else { return Ok(None) };
        if !is_named {
            // A call that has another attempt's name is that attempt's.
            let noted = self.services.plans.note_placed(opened.id, &found.provider_call_id).await;
            if !noted.unwrap_or(false) {
                return Ok(None);
            }
        }
        Ok(Some((found.provider_call_id, found.state)))
    }

    async fn file_left_over(&self, attempt: &StoredAttempt, connection: Connection) -> Result<(), StoreError> {
        let services = &self.services;
        let order = services.orders.order_by_ref(&attempt.plan.call.order_ref).await?;
        let now = services.wall_clock.now();
        let mut finished = call_file::unanswered(&attempt.opened, order.as_ref(), connection, now, services);
        let planned = Planned { plan: attempt.plan.clone(), attempt_no: attempt.attempt_no };
        note_attempt(&mut finished.outcome, Some(attempt.opened.started_at), Some(&planned));
        self.file(&attempt.opened, finished).await;
        Ok(())
    }

    fn provider_of(&self, name: &str) -> Option<&'static str> {
        self.providers.iter().copied().find(|known| *known == name)
    }
}

/// When and why a call of ours was dialled, in its record.
pub(super) fn note_attempt(record: &mut OutcomeRecord, dialled_at: Option<Timestamp>, planned: Option<&Planned>) {
    let Some(dialled_at) = dialled_at else { return };
    let zone = record.callee_timezone.as_deref().unwrap_or("UTC").to_owned();
    record.dialled_at = Some(call_file::with_offset(dialled_at, &zone));
    let Some(Planned { plan, attempt_no }) = planned else { return };
    record.attempt_no = *attempt_no;
    record.campaign_id.clone_from(&plan.campaign);
    record.queued_at = Some(call_file::with_offset(plan.call.planned_at, &zone));
    record.trigger_event_id = Some(plan.call.key.clone());
    record.policy_version.clone_from(&plan.call.policy);
}

/// The same for one whose answer or end was waited for here. A call by hand bears the policies that allowed it.
pub(super) fn note_dialling(record: &mut OutcomeRecord, waiting: &Waiting) {
    note_attempt(record, waiting.dialled_at, waiting.planned.as_ref());
    if let Some(policy) = &waiting.policy {
        record.policy_version.clone_from(policy);
    }
}

/// What a refusal of the carrier makes of the attempt.
fn refused(error: &ProviderError) -> Connection {
    match error {
        ProviderError::Rejected { code: Some(code), .. } if BAD_NUMBER_CODES.contains(code) => {
            Connection::InvalidNumber
        }
        ProviderError::Rejected { .. } | ProviderError::Unsupported => Connection::CarrierBlocked,
        ProviderError::Unavailable { .. } | ProviderError::OutcomeUnknown => Connection::NetworkFailed,
    }
}

/// SHA-256 in lower-case hexadecimal: a token is kept as what it can be known again by.
pub fn hash_of(token: &str) -> String {
    digest(&SHA256, token.as_bytes()).as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
