//! Putting a live call through: the customer waits in a conference named by the transfer, whoever is rung hears a
//! briefing, and joins it by a key or a word.
//!
//! Source: TwiML `<Conference>` and `<Gather>`, REST API 2010-04-01.

use async_trait::async_trait;

use super::twiml::{push_attribute, push_escaped, response, write_say};
use super::webhook::Fields;
use super::{NAME, RING_TIMEOUT_S_MAX, TwilioProvider};
use crate::domain::transfer::{Address, Briefing, LegId, TryEnd};
use crate::ports::telephony::{AnswerDocument, CallState, ProviderError, WebhookRefused, WebhookRequest};
use crate::ports::transfers::{AskedFor, CallTransfers, RingPerson, TransferFact, TransferReport, TransferStep};

const PATH: &str = "/telephony/twilio/transfer";
const TRANSFER: &str = "transfer";
const LEG: &str = "leg";

/// What takes the call, and what does not.
const ACCEPT_KEY: &str = "1";
const REFUSE_KEY: &str = "2";
const ACCEPT_WORDS: &[&str] = &["yes", "yeah", "yep", "ok", "okay", "sure", "take", "connect", "one"];
const REFUSE_WORDS: &[&str] = &["no", "nope", "not", "two"];

/// Seconds of silence after the briefing before it is said again.
const BRIEFING_PAUSE_S: u32 = 4;

/// What a webhook of a transfer is about; the last part of its path.
mod door {
    /// The customer's line asks what to play while it waits.
    pub(super) const HOLD: &str = "hold";
    /// The customer's line asks what comes next.
    pub(super) const NEXT: &str = "next";
    /// Who enters the conference, and who leaves it.
    pub(super) const ROOM: &str = "room";
    /// Who was rung has picked up.
    pub(super) const LEG: &str = "leg";
    /// Who was rung has answered the briefing.
    pub(super) const ANSWER: &str = "answer";
    /// How the leg goes on.
    pub(super) const PROGRESS: &str = "progress";
}

impl TwilioProvider {
    fn transfer_url(&self, door: &str, transfer: &str, leg: Option<LegId>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(TRANSFER, transfer);
        if let Some(LegId(leg)) = leg {
            query.append_pair(LEG, &leg.to_string());
        }
        format!("{}{PATH}/{door}?{}", self.public_url, query.finish())
    }

    /// The line of a customer does not begin the conference: it hears the hold until somebody comes.
    fn customer_room(&self, transfer: &str) -> String {
        let mut verbs = String::from("<Dial");
        push_attribute(&mut verbs, "action", &self.transfer_url(door::NEXT, transfer, None));
        verbs.push_str("><Conference");
        push_attribute(&mut verbs, "startConferenceOnEnter", "false");
        push_attribute(&mut verbs, "endConferenceOnExit", "true");
        push_attribute(&mut verbs, "beep", "false");
        push_attribute(&mut verbs, "waitUrl", &self.transfer_url(door::HOLD, transfer, None));
        push_attribute(&mut verbs, "statusCallback", &self.transfer_url(door::ROOM, transfer, None));
        push_attribute(&mut verbs, "statusCallbackEvent", "join leave");
        verbs.push('>');
        push_escaped(&mut verbs, transfer);
        verbs.push_str("</Conference></Dial>");
        verbs
    }

    fn persons_room(&self, transfer: &str) -> String {
        let mut verbs = String::from("<Dial><Conference");
        push_attribute(&mut verbs, "startConferenceOnEnter", "true");
        push_attribute(&mut verbs, "endConferenceOnExit", "true");
        push_attribute(&mut verbs, "beep", "false");
        verbs.push('>');
        push_escaped(&mut verbs, transfer);
        verbs.push_str("</Conference></Dial><Hangup/>");
        verbs
    }

    /// Said again and again until it is answered; the transfer ends it in time.
    fn briefing(&self, transfer: &str, leg: LegId, briefing: &Briefing) -> String {
        let language = briefing.voice.as_deref().unwrap_or(&self.twiml.say_language);
        // The words that take a call are not known in other languages.
        let input = if briefing.voice.is_some() { "dtmf" } else { "dtmf speech" };
        let mut verbs = String::from("<Gather");
        push_attribute(&mut verbs, "input", input);
        push_attribute(&mut verbs, "numDigits", "1");
        push_attribute(&mut verbs, "timeout", &BRIEFING_PAUSE_S.to_string());
        push_attribute(&mut verbs, "actionOnEmptyResult", "true");
        push_attribute(&mut verbs, "language", language);
        push_attribute(&mut verbs, "action", &self.transfer_url(door::ANSWER, transfer, Some(leg)));
        verbs.push('>');
        write_say(&mut verbs, language, briefing.words.reveal());
        verbs.push_str("</Gather>");
        verbs
    }

    fn transfer_verbs(&self, transfer: &str, step: TransferStep<'_>) -> String {
        let mut verbs = String::new();
        match step {
            TransferStep::Hold { words } => {
                self.twiml.write_say(&mut verbs, words);
                // Without an end: it plays on even while no server answers.
                verbs.push_str(r#"<Play loop="0">"#);
                push_escaped(&mut verbs, &self.hold_music_url());
                verbs.push_str("</Play>");
            }
            TransferStep::ToStream { token } => {
                self.twiml.write_connect(&mut verbs, token.reveal());
                verbs.push_str(r#"<Redirect method="POST">"#);
                push_escaped(&mut verbs, &self.transfer_url(door::NEXT, transfer, None));
                verbs.push_str("</Redirect>");
            }
            TransferStep::Part { words } => {
                self.twiml.write_say(&mut verbs, words);
                verbs.push_str("<Hangup/>");
            }
            TransferStep::HangUp => verbs.push_str("<Hangup/>"),
            TransferStep::Brief { leg, briefing } => return self.briefing(transfer, leg, briefing),
            TransferStep::ToCustomer => return self.persons_room(transfer),
        }
        verbs
    }

    fn hold_music_url(&self) -> String {
        self.hold_music.clone().unwrap_or_else(|| format!("{}/telephony/{NAME}/hold.wav", self.public_url))
    }
}

#[async_trait]
impl CallTransfers for TwilioProvider {
    async fn hold(&self, transfer: &str, provider_call_id: &str) -> Result<(), ProviderError> {
        let document = response(&self.customer_room(transfer));
        self.rest.update_call(provider_call_id, &[("Twiml", document)]).await
    }

    async fn ring(&self, person: &RingPerson<'_>) -> Result<String, ProviderError> {
        let to = match person.to {
            Address::Phone(number) => number.reveal(),
            Address::Sip(uri) => uri.as_str(),
            Address::Queue => return Err(ProviderError::Unsupported),
        };
        let Some(from) = person.from.or(self.from_numbers.first()) else {
            let reason = "there is no number to call from; set from_numbers or handover.caller_id".to_owned();
            return Err(ProviderError::Rejected { code: None, reason });
        };
        let leg = Some(person.leg);
        let form = [
            ("To", to.to_owned()),
            ("From", from.reveal().to_owned()),
            ("Url", self.transfer_url(door::LEG, person.transfer, leg)),
            ("Method", "POST".to_owned()),
            ("Timeout", person.ring_timeout.as_secs().clamp(1, RING_TIMEOUT_S_MAX).to_string()),
            ("StatusCallback", self.transfer_url(door::PROGRESS, person.transfer, leg)),
            ("StatusCallbackMethod", "POST".to_owned()),
            ("StatusCallbackEvent", "completed".to_owned()),
        ];
        self.rest.create_call(&form).await
    }

    async fn order(&self, transfer: &str, provider_call_id: &str, step: TransferStep<'_>) -> Result<(), ProviderError> {
        let document = response(&self.transfer_verbs(transfer, step));
        self.rest.update_call(provider_call_id, &[("Twiml", document)]).await
    }

    async fn line_state(&self, provider_call_id: &str) -> Result<Option<CallState>, ProviderError> {
        let found = self.rest.show_call(provider_call_id).await?;
        // A state nobody knows is no reason to think that the line is gone.
        Ok(found.map(|(_, status)| super::webhook::call_state(&status).unwrap_or(CallState::Answered)))
    }

    fn read_report(&self, request: &WebhookRequest) -> Result<TransferReport, WebhookRefused> {
        let fields = Fields::of(request);
        let transfer = fields.get(TRANSFER).ok_or_else(|| refused("transfer is missing"))?.to_owned();
        let path = request.path_and_query.split('?').next().unwrap_or_default();
        let (fact, asks_for) = match path.rsplit('/').next().unwrap_or_default() {
            door::HOLD => (TransferFact::Held, AskedFor::Hold),
            door::NEXT => (next_fact(&fields), AskedFor::CustomersWay),
            door::ROOM => (room_fact(&fields)?, AskedFor::Nothing),
            door::LEG => {
                let leg = leg_of(&fields)?;
                let provider_call_id = fields.call_id()?;
                (TransferFact::LegAnswered { leg, provider_call_id }, AskedFor::LegsWay(leg))
            }
            door::ANSWER => {
                let leg = leg_of(&fields)?;
                (answer_fact(&fields, leg), AskedFor::LegsWay(leg))
            }
            door::PROGRESS => (progress_fact(&fields, leg_of(&fields)?), AskedFor::Nothing),
            _ => return Err(refused("nothing is known under this path")),
        };
        Ok(TransferReport { transfer, fact, asks_for })
    }

    fn document(&self, transfer: &str, step: TransferStep<'_>) -> AnswerDocument {
        AnswerDocument { content_type: "text/xml", body: response(&self.transfer_verbs(transfer, step)) }
    }
}

fn refused(reason: &str) -> WebhookRefused {
    WebhookRefused::BadRequest { reason: reason.to_owned() }
}

fn leg_of(fields: &Fields<'_>) -> Result<LegId, WebhookRefused> {
    fields.parse(LEG).map(LegId).ok_or_else(|| refused("leg is missing"))
}

/// The line asks what comes next also when it is over.
fn next_fact(fields: &Fields<'_>) -> TransferFact {
    let state = fields.get("CallStatus").and_then(super::webhook::call_state);
    if state.is_some_and(CallState::is_final) { TransferFact::CustomerGone } else { TransferFact::ThrownOut }
}

fn room_fact(fields: &Fields<'_>) -> Result<TransferFact, WebhookRefused> {
    Ok(match fields.get("StatusCallbackEvent") {
        Some("participant-join") => TransferFact::LineJoined { provider_call_id: fields.call_id()? },
        Some("participant-leave") => TransferFact::LineLeft { provider_call_id: fields.call_id()? },
        Some(_) | None => TransferFact::Nothing,
    })
}

fn answer_fact(fields: &Fields<'_>, leg: LegId) -> TransferFact {
    match fields.get("Digits") {
        Some(ACCEPT_KEY) => return TransferFact::LegAccepted { leg },
        Some(REFUSE_KEY) => return TransferFact::LegRefused { leg },
        Some(_) | None => (),
    }
    let said = fields.get("SpeechResult").unwrap_or_default().to_lowercase();
    let has = |wanted: &[&str]| said.split(|letter: char| !letter.is_alphanumeric()).any(|word| wanted.contains(&word));
    if has(REFUSE_WORDS) {
        TransferFact::LegRefused { leg }
    } else if has(ACCEPT_WORDS) {
        TransferFact::LegAccepted { leg }
    } else {
        TransferFact::Nothing
    }
}

fn progress_fact(fields: &Fields<'_>, leg: LegId) -> TransferFact {
    let how = match fields.get("CallStatus").and_then(super::webhook::call_state) {
        Some(CallState::NoAnswer) => TryEnd::NoAnswer,
        Some(CallState::Busy) => TryEnd::Busy,
        Some(CallState::Completed | CallState::Failed | CallState::Cancelled) => TryEnd::Failed,
        Some(CallState::Queued | CallState::Initiated | CallState::Ringing | CallState::Answered) | None => {
            return TransferFact::Nothing;
        }
    };
    TransferFact::LegEnded { leg, how }
}

#[cfg(test)]
mod tests;
