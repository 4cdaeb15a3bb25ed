//! What Twilio's messages look like: one flat struct, borrowed from the message, for speed.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::law::Law;

/// Any message; each event fills its own field.
#[derive(Deserialize)]
pub(super) struct IncomingMessage<'a> {
    #[serde(borrow)]
    pub(super) event: Text<'a>,
    #[serde(borrow, rename = "streamSid")]
    pub(super) stream_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) media: Option<Media<'a>>,
    #[serde(borrow)]
    pub(super) start: Option<Start<'a>>,
    #[serde(borrow)]
    pub(super) dtmf: Option<Dtmf<'a>>,
    #[serde(borrow)]
    pub(super) mark: Option<Mark<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Media<'a> {
    #[serde(borrow)]
    track: Option<Text<'a>>,
    pub(super) chunk: Option<Number>,
    pub(super) timestamp: Option<Number>,
    #[serde(borrow)]
    pub(super) payload: Option<Text<'a>>,
}

impl Media<'_> {
    /// An `outbound` track is our own voice coming back.
    pub(super) fn is_inbound(&self) -> bool {
        self.track.as_ref().is_none_or(|track| !track.as_str().starts_with("outbound"))
    }
}

#[derive(Deserialize)]
pub(super) struct Start<'a> {
    #[serde(borrow, rename = "streamSid")]
    pub(super) stream_id: Option<Text<'a>>,
    #[serde(borrow, rename = "accountSid")]
    pub(super) account_id: Option<Text<'a>>,
    #[serde(borrow, rename = "callSid")]
    pub(super) call_id: Option<Text<'a>>,
    #[serde(borrow, rename = "mediaFormat")]
    pub(super) media_format: Option<MediaFormat<'a>>,
    #[serde(borrow, rename = "customParameters")]
    pub(super) custom_parameters: Option<Parameters<'a>>,
}

#[derive(Deserialize)]
pub(super) struct MediaFormat<'a> {
    #[serde(borrow)]
    encoding: Option<Text<'a>>,
    #[serde(rename = "sampleRate")]
    sample_rate: Option<Number>,
}

impl MediaFormat<'_> {
    /// How the stream is coded, if it can be read. What is not said is taken as usual.
    pub(super) fn law(&self) -> Option<Law> {
        let is_8khz = self.sample_rate.is_none_or(|rate| rate.get() == 8_000);
        let law = self.encoding.as_ref().map_or(Some(Law::Mu), |encoding| Law::named(encoding.as_str()));
        law.filter(|_| is_8khz)
    }
}

#[derive(Deserialize)]
pub(super) struct Parameters<'a> {
    #[serde(borrow)]
    pub(super) token: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Dtmf<'a> {
    #[serde(borrow)]
    pub(super) digit: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Mark<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
}

/// Text, copied only where the message has escapes in it. (`Option<Cow>` alone would always copy.)
pub(super) struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

/// A count, written as a number or, as Twilio does, as a string.
#[derive(Clone, Copy)]
pub(super) struct Number(u64);

impl Number {
    pub(super) fn get(self) -> u64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or one in a string")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.trim().parse().map(Number).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests;
