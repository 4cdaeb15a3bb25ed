//! TwiML: the documents that tell the carrier what to do with a call.

use std::time::Duration;

use crate::domain::values::PhoneNumber;
use crate::ports::telephony::Answer;

/// What documents need to know of the installation.
pub(super) struct TwimlWriter {
    /// Shape: `wss://host/path`, without a query string: the carrier drops it.
    pub(super) stream_url: String,
    /// Shape: a language tag, such as `en-IN`.
    pub(super) say_language: String,
}

impl TwimlWriter {
    pub(super) fn document(&self, answer: &Answer) -> String {
        let mut verbs = String::new();
        match answer {
            Answer::OpenStream { token } => self.write_stream(&mut verbs, token.reveal()),
            Answer::Reject => verbs.push_str("<Reject/>"),
            Answer::Apologise { text } => {
                self.write_say(&mut verbs, text);
                verbs.push_str("<Hangup/>");
            }
            Answer::Transfer { to, caller_id, ring_timeout, closing_words } => {
                write_dial(&mut verbs, to, caller_id.as_ref(), *ring_timeout);
                self.write_say(&mut verbs, closing_words);
                verbs.push_str("<Hangup/>");
            }
        }
        response(&verbs)
    }

    /// `<Connect>` blocks until the stream closes; `<Hangup/>` after it spares the caller a silent line.
    fn write_stream(&self, verbs: &mut String, token: &str) {
        self.write_connect(verbs, token);
        verbs.push_str("<Hangup/>");
    }

    pub(super) fn write_connect(&self, verbs: &mut String, token: &str) {
        verbs.push_str(r#"<Connect><Stream url=""#);
        push_escaped(verbs, &self.stream_url);
        verbs.push_str(r#""><Parameter name="token" value=""#);
        push_escaped(verbs, token);
        verbs.push_str(r#""/></Stream></Connect>"#);
    }

    pub(super) fn write_say(&self, verbs: &mut String, text: &str) {
        write_say(verbs, &self.say_language, text);
    }
}

/// Words of the provider's own voice in a language.
pub(super) fn write_say(verbs: &mut String, language: &str, text: &str) {
    verbs.push_str("<Say");
    push_attribute(verbs, "language", language);
    verbs.push('>');
    push_escaped(verbs, text);
    verbs.push_str("</Say>");
}

/// A document of these verbs.
pub(super) fn response(verbs: &str) -> String {
    format!(r#"<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>"#)
}

pub(super) fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(r#" {name}=""#));
    push_escaped(out, value);
    out.push('"');
}

fn write_dial(verbs: &mut String, to: &PhoneNumber, caller_id: Option<&PhoneNumber>, ring_timeout: Duration) {
    verbs.push_str("<Dial");
    if let Some(caller_id) = caller_id {
        verbs.push_str(r#" callerId=""#);
        push_escaped(verbs, caller_id.reveal());
        verbs.push('"');
    }
    verbs.push_str(&format!(r#" timeout="{}"><Number>"#, ring_timeout.as_secs()));
    push_escaped(verbs, to.reveal());
    verbs.push_str("</Number></Dial>");
}

/// Appends `text` as XML character data, in an attribute or between tags; what XML cannot hold is left out.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => (),
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests;
