use std::time::Duration;

use super::TwimlWriter;
use crate::domain::values::Personal;
use crate::ports::telephony::Answer;

fn check(answer: &Answer, verbs: &str) {
    let writer = TwimlWriter {
        stream_url: "wss://agent.example.com/telephony/twilio/media".to_owned(),
        say_language: "en-IN".to_owned(),
    };
    let expected = format!(r#"<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>"#);
    assert_eq!(writer.document(answer), expected);
}

#[test]
fn a_stream_is_opened_with_its_token_as_a_parameter_and_never_in_a_query() {
    check(
        &Answer::OpenStream { token: Personal::new("t-1".to_owned()) },
        r#"<Connect><Stream url="wss://agent.example.com/telephony/twilio/media"><Parameter name="token" value="t-1"/></Stream></Connect><Hangup/>"#,
    );
}

#[test]
fn nothing_but_a_hangup_follows_the_stream_so_that_no_caller_is_left_on_a_silent_line() {
    let answer = Answer::OpenStream { token: Personal::new("t".to_owned()) };
    let writer = TwimlWriter { stream_url: "wss://a/m".to_owned(), say_language: "en".to_owned() };
    assert!(writer.document(&answer).ends_with("</Connect><Hangup/></Response>"));
}

#[test]
fn a_call_is_turned_away() {
    check(&Answer::Reject, "<Reject/>");
}

#[test]
fn an_apology_is_escaped() {
    check(
        &Answer::Apologise { text: "Tom & \"Jerry's\" <shop>\u{0}\u{1b} नमस्ते\n".to_owned() },
        "<Say language=\"en-IN\">Tom &amp; &quot;Jerry&apos;s&quot; &lt;shop&gt; नमस्ते\n</Say><Hangup/>",
    );
}

#[test]
fn a_token_cannot_break_out_of_its_attribute() {
    check(
        &Answer::OpenStream { token: Personal::new(r#""/><Dial>"#.to_owned()) },
        r#"<Connect><Stream url="wss://agent.example.com/telephony/twilio/media"><Parameter name="token" value="&quot;/&gt;&lt;Dial&gt;"/></Stream></Connect><Hangup/>"#,
    );
}

#[test]
fn a_call_is_transferred_and_closed_with_words() {
    check(
        &Answer::Transfer {
            to: "+919800000001".parse().unwrap(),
            caller_id: Some("+14155550100".parse().unwrap()),
            ring_timeout: Duration::from_secs(20),
            closing_words: "Goodbye.".to_owned(),
        },
        r#"<Dial callerId="+14155550100" timeout="20"><Number>+919800000001</Number></Dial><Say language="en-IN">Goodbye.</Say><Hangup/>"#,
    );
}
