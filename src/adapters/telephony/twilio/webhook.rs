//! Twilio's form posts: a call that arrives or is answered, and how it goes on.

use std::borrow::Cow;
use std::time::Duration;

use crate::domain::values::{Personal, PhoneNumber};
use crate::ports::telephony::{
    AnsweredBy, CallOffer, CallProgress, CallState, Direction, WebhookRefused, WebhookRequest,
};

/// The query parameter that carries [`PlaceCall::token`](crate::ports::telephony::PlaceCall) through webhook URLs.
pub(super) const TOKEN_PARAMETER: &str = "attempt";

/// What stands in place of a number that is kept back: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a keypad.
const WITHHELD: &[&str] = &["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"];

/// Fields looked at in one request. Twilio sends about 30.
const FIELDS_MAX: usize = 256;

pub(super) fn call_offer(request: &WebhookRequest) -> Result<CallOffer, WebhookRefused> {
    let fields = Fields::of(request);
    Ok(CallOffer {
        provider_call_id: fields.call_id()?,
        direction: fields.direction(),
        from: fields.number("From"),
        to: fields.number("To"),
        token: fields.token(),
        answered_by: fields.get("AnsweredBy").map(answered_by),
    })
}

pub(super) fn call_progress(request: &WebhookRequest) -> Result<CallProgress, WebhookRefused> {
    let fields = Fields::of(request);
    Ok(CallProgress {
        provider_call_id: fields.call_id()?,
        state: fields.get("CallStatus").and_then(call_state),
        sequence: fields.parse("SequenceNumber"),
        answered_by: fields.get("AnsweredBy").map(answered_by),
        duration: fields.parse("CallDuration").map(Duration::from_secs),
        sip_code: fields.parse("SipResponseCode"),
        token: fields.token(),
    })
}

/// The body's fields, then the query's: a GET webhook has all of them there.
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Fields<'a> {
    pub(super) fn of(request: &'a WebhookRequest) -> Self {
        let query = request.path_and_query.split_once('?').map_or("", |(_, query)| query);
        let body = form_urlencoded::parse(&request.body);
        Self(body.chain(form_urlencoded::parse(query.as_bytes())).take(FIELDS_MAX).collect())
    }

    /// The first value of that name that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_ref())
    }

    pub(super) fn parse<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// None for `anonymous`, `client:…`, `sip:…` and the like: never assume digits.
    fn number(&self, name: &str) -> Option<PhoneNumber> {
        self.parse(name).filter(|number: &PhoneNumber| !WITHHELD.contains(&number.reveal()))
    }

    pub(super) fn call_id(&self) -> Result<String, WebhookRefused> {
        let missing = || WebhookRefused::BadRequest { reason: "CallSid is missing".to_owned() };
        self.get("CallSid").map(str::to_owned).ok_or_else(missing)
    }

    fn direction(&self) -> Direction {
        match self.get("Direction") {
            Some(direction) if direction.starts_with("outbound") => Direction::Outbound,
            Some(_) | None => Direction::Inbound,
        }
    }

    fn token(&self) -> Option<Personal<String>> {
        self.get(TOKEN_PARAMETER).map(|token| Personal::new(token.to_owned()))
    }
}

pub(super) fn call_state(text: &str) -> Option<CallState> {
    match text {
        "queued" => Some(CallState::Queued),
        "initiated" => Some(CallState::Initiated),
        "ringing" => Some(CallState::Ringing),
        "in-progress" | "answered" => Some(CallState::Answered),
        "completed" => Some(CallState::Completed),
        "busy" => Some(CallState::Busy),
        "no-answer" => Some(CallState::NoAnswer),
        "failed" => Some(CallState::Failed),
        "canceled" => Some(CallState::Cancelled),
        _ => None,
    }
}

fn answered_by(text: &str) -> AnsweredBy {
    match text {
        "human" => AnsweredBy::Human,
        "machine_start" => AnsweredBy::MachineStart,
        "machine_end_beep" => AnsweredBy::MachineEndBeep,
        "machine_end_silence" => AnsweredBy::MachineEndSilence,
        "machine_end_other" => AnsweredBy::MachineEndOther,
        "fax" => AnsweredBy::Fax,
        _ => AnsweredBy::Unknown,
    }
}

#[cfg(test)]
mod tests;
