use std::time::Duration;

use super::{call_offer, call_progress};
use crate::ports::telephony::{AnsweredBy, CallState, Direction, WebhookRefused, WebhookRequest};

fn form(path: &str, body: &str) -> WebhookRequest {
    WebhookRequest { path_and_query: path.to_owned(), headers: Vec::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn an_inbound_call_is_offered() {
    let body = "CallSid=CA1&AccountSid=AC1&From=%2B919800000001&To=%2B14155550100&CallStatus=ringing\
        &ApiVersion=2010-04-01&Direction=inbound&CallerName=&SipHeader_X-Shop=kh";
    let offer = call_offer(&form("/telephony/twilio/voice", body)).unwrap();
    assert_eq!(offer.provider_call_id, "CA1");
    assert_eq!(offer.direction, Direction::Inbound);
    assert_eq!(offer.from.unwrap().reveal(), "+919800000001");
    assert_eq!(offer.to.unwrap().reveal(), "+14155550100");
    assert_eq!((offer.token, offer.answered_by), (None, None));
}

#[test]
fn an_answered_call_of_ours_brings_its_token_back() {
    let body = "CallSid=CA1&Direction=outbound-api&CallStatus=in-progress&AnsweredBy=machine_start";
    let offer = call_offer(&form("/telephony/twilio/voice?attempt=t%2B1", body)).unwrap();
    assert_eq!(offer.direction, Direction::Outbound);
    assert_eq!(offer.token.unwrap().reveal(), "t+1");
    assert_eq!(offer.answered_by, Some(AnsweredBy::MachineStart));
}

#[test]
fn a_get_webhook_has_its_fields_in_the_query() {
    let offer = call_offer(&form("/telephony/twilio/voice?CallSid=CA1&From=%2B919800000001", "")).unwrap();
    assert_eq!(offer.provider_call_id, "CA1");
    assert!(offer.from.is_some());
}

#[test]
fn callers_without_a_number_are_callers_all_the_same() {
    for from in [
        "%2B266696687",
        "%2B7378742833",
        "anonymous",
        "%2B266696687x",
        "client%3Aasha",
        "sip%3Aa%40b",
        "",
        "%00",
        "%ff",
    ] {
        let offer = call_offer(&form("/", &format!("CallSid=CA1&From={from}"))).unwrap();
        assert_eq!(offer.from, None, "{from}");
    }
}

#[test]
fn a_request_without_a_call_id_is_refused() {
    for body in ["", "CallSid=", "callsid=CA1", "%%%&&==", "\u{0}\u{1}"] {
        let refused = call_offer(&form("/", body)).unwrap_err();
        assert_eq!(refused, WebhookRefused::BadRequest { reason: "CallSid is missing".to_owned() }, "{body}");
        assert!(call_progress(&form("/", body)).is_err(), "{body}");
    }
}

#[test]
fn progress_is_read_for_every_state() {
    let cases = [
        ("queued", Some(CallState::Queued)),
        ("initiated", Some(CallState::Initiated)),
        ("ringing", Some(CallState::Ringing)),
        ("in-progress", Some(CallState::Answered)),
        ("completed", Some(CallState::Completed)),
        ("busy", Some(CallState::Busy)),
        ("no-answer", Some(CallState::NoAnswer)),
        ("failed", Some(CallState::Failed)),
        ("canceled", Some(CallState::Cancelled)),
        ("something-new", None),
    ];
    for (text, expected) in cases {
        let progress = call_progress(&form("/", &format!("CallSid=CA1&CallStatus={text}"))).unwrap();
        assert_eq!(progress.state, expected, "{text}");
    }
}

#[test]
fn callbacks_out_of_order_can_be_put_in_order_by_their_sequence() {
    let bodies = [
        "CallSid=CA1&CallStatus=ringing&SequenceNumber=1",
        "CallSid=CA1&CallStatus=initiated&SequenceNumber=0",
        "CallSid=CA1&CallStatus=no-answer&SequenceNumber=2&CallDuration=0&SipResponseCode=480",
    ];
    let mut all: Vec<_> = bodies.iter().map(|body| call_progress(&form("/", body)).unwrap()).collect();
    all.sort_by_key(|progress| progress.sequence);
    let states: Vec<_> = all.iter().map(|progress| progress.state.unwrap()).collect();
    assert_eq!(states, [CallState::Initiated, CallState::Ringing, CallState::NoAnswer]);
    assert_eq!(all[2].sip_code, Some(480));
    assert_eq!(all[2].duration, Some(Duration::ZERO));
}

#[test]
fn a_late_answering_machine_report_stands_alone() {
    let cases = [
        ("human", AnsweredBy::Human),
        ("machine_start", AnsweredBy::MachineStart),
        ("machine_end_beep", AnsweredBy::MachineEndBeep),
        ("machine_end_silence", AnsweredBy::MachineEndSilence),
        ("machine_end_other", AnsweredBy::MachineEndOther),
        ("fax", AnsweredBy::Fax),
        ("unknown", AnsweredBy::Unknown),
        ("novel", AnsweredBy::Unknown),
    ];
    for (text, expected) in cases {
        let body = format!("CallSid=CA1&AccountSid=AC1&AnsweredBy={text}&MachineDetectionDuration=2400");
        let progress = call_progress(&form("/telephony/twilio/status?attempt=t1", &body)).unwrap();
        assert_eq!(progress.answered_by, Some(expected), "{text}");
        assert_eq!((progress.state, progress.sequence), (None, None));
        assert_eq!(progress.token.unwrap().reveal(), "t1");
    }
}

#[test]
fn numbers_that_are_none_are_left_out() {
    let body = "CallSid=CA1&SequenceNumber=-1&CallDuration=x&SipResponseCode=99999999";
    let progress = call_progress(&form("/", body)).unwrap();
    assert_eq!((progress.sequence, progress.duration, progress.sip_code), (None, None, None));
}
