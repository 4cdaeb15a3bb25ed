//! The media stream: Twilio's JSON messages to facts, agent frames to messages, in reused buffers.
//!
//! Nothing is kept between agent frames, so a clear leaves no tail of cancelled speech here.

mod frame_order;
mod law;
mod wire;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::domain::values::Personal;
use crate::ports::telephony::{MediaCodec, MediaEvent, MediaFault, StreamOpened, WireBuffer, WireKind, WireMessage};

use frame_order::{CallerFrame, FrameOrder};
use law::Law;
use wire::{IncomingMessage, Media, Start};

/// The longest message taken. Twilio's own are below 1 KiB.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// 20 ms at 8 kHz.
const FRAME_SAMPLES: usize = 160;

/// Payloads are read whether padded or not; what we send is always padded.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The codec of one Twilio media socket.
#[derive(Default)]
pub(super) struct TwilioCodec {
    stage: Stage,
    stream_id: String,
    heads: MessageHeads,
    law: Law,
    coded: Vec<u8>,
    samples: Vec<i16>,
    order: FrameOrder,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Waiting,
    Connected,
    Open,
    Stopped,
}

/// The beginnings of what is sent, with the stream's id already escaped.
#[derive(Default)]
struct MessageHeads {
    media: String,
    mark: String,
    clear: String,
}

impl MessageHeads {
    fn new(stream_id: &str) -> Self {
        let stream_id = json_string(stream_id);
        Self {
            media: format!(r#"{{"event":"media","streamSid":{stream_id},"media":{{"payload":""#),
            mark: format!(r#"{{"event":"mark","streamSid":{stream_id},"mark":{{"name":"#),
            clear: format!(r#"{{"event":"clear","streamSid":{stream_id}}}"#),
        }
    }
}

impl MediaCodec for TwilioCodec {
    fn decode(&mut self, message: WireMessage<'_>, on_event: &mut dyn FnMut(MediaEvent<'_>)) -> Result<(), MediaFault> {
        let text = match message {
            WireMessage::Text(text) => text,
            WireMessage::Binary(_) => return Err(MediaFault::WrongFrameKind),
        };
        if text.len() > MESSAGE_BYTES_MAX {
            return Err(MediaFault::TooLarge);
        }
        let message: IncomingMessage<'_> = serde_json::from_str(text).map_err(|_| MediaFault::BadShape)?;
        if self.stage == Stage::Stopped {
            return Ok(());
        }
        match message.event.as_str() {
            "media" => self.on_media(&message, on_event),
            "mark" => self.on_mark(&message, on_event),
            "dtmf" => self.on_dtmf(&message, on_event),
            "connected" => self.on_connected(),
            "start" => self.on_start(&message, on_event),
            "stop" => self.on_stop(on_event),
            _ => Err(MediaFault::UnknownEvent),
        }
    }

    fn encode_audio(&mut self, samples: &[i16], out: &mut WireBuffer) {
        let law = self.law;
        self.coded.clear();
        self.coded.extend(samples.iter().map(|sample| law.encode(*sample)));
        self.coded.resize(self.coded.len().next_multiple_of(FRAME_SAMPLES), law.silence());
        let text = begin(out, &self.heads.media);
        STANDARD.encode_string(&self.coded, text);
        text.push_str(r#""}}"#);
    }

    fn encode_mark(&mut self, name: &str, out: &mut WireBuffer) {
        let text = begin(out, &self.heads.mark);
        text.push_str(&json_string(name));
        text.push_str("}}");
    }

    fn encode_clear(&mut self, out: &mut WireBuffer) {
        begin(out, &self.heads.clear);
    }
}

impl TwilioCodec {
    fn on_connected(&mut self) -> Result<(), MediaFault> {
        match self.stage {
            Stage::Waiting => {
                self.stage = Stage::Connected;
                Ok(())
            }
            Stage::Connected | Stage::Open | Stage::Stopped => Err(MediaFault::WrongOrder),
        }
    }

    /// A missing `connected` is forgiven: it proves nothing, the token does.
    fn on_start(
        &mut self,
        message: &IncomingMessage<'_>,
        on_event: &mut dyn FnMut(MediaEvent<'_>),
    ) -> Result<(), MediaFault> {
        match self.stage {
            Stage::Waiting | Stage::Connected => (),
            Stage::Open | Stage::Stopped => return Err(MediaFault::WrongOrder),
        }
        let start = message.start.as_ref().ok_or(MediaFault::BadShape)?;
        let law = start.media_format.as_ref().map_or(Some(Law::Mu), wire::MediaFormat::law);
        self.law = law.ok_or(MediaFault::BadShape)?;
        let opened = opened(start, message).ok_or(MediaFault::BadShape)?;
        self.heads = MessageHeads::new(&opened.stream_id);
        self.stream_id.clone_from(&opened.stream_id);
        self.stage = Stage::Open;
        on_event(MediaEvent::Opened(Box::new(opened)));
        Ok(())
    }

    fn on_media(
        &mut self,
        message: &IncomingMessage<'_>,
        on_event: &mut dyn FnMut(MediaEvent<'_>),
    ) -> Result<(), MediaFault> {
        self.expect_open(message)?;
        let media = message.media.as_ref().ok_or(MediaFault::BadShape)?;
        if !media.is_inbound() {
            return Ok(());
        }
        self.decode_payload(media)?;
        let frame = CallerFrame {
            chunk: media.chunk.map(wire::Number::get),
            time_ms: media.timestamp.map(wire::Number::get),
            samples: &self.samples,
        };
        self.order.accept(frame, on_event)
    }

    fn decode_payload(&mut self, media: &Media<'_>) -> Result<(), MediaFault> {
        let payload = media.payload.as_ref().ok_or(MediaFault::BadShape)?.as_str();
        let law = self.law;
        self.coded.clear();
        LENIENT_BASE64.decode_vec(payload, &mut self.coded).map_err(|_| MediaFault::BadBase64)?;
        self.samples.clear();
        self.samples.extend(self.coded.iter().map(|byte| law.decode(*byte)));
        Ok(())
    }

    fn on_mark(
        &mut self,
        message: &IncomingMessage<'_>,
        on_event: &mut dyn FnMut(MediaEvent<'_>),
    ) -> Result<(), MediaFault> {
        self.expect_open(message)?;
        let mark = message.mark.as_ref().ok_or(MediaFault::BadShape)?;
        let name = mark.name.as_ref().ok_or(MediaFault::BadShape)?;
        on_event(MediaEvent::MarkEchoed { name: name.as_str() });
        Ok(())
    }

    fn on_dtmf(
        &mut self,
        message: &IncomingMessage<'_>,
        on_event: &mut dyn FnMut(MediaEvent<'_>),
    ) -> Result<(), MediaFault> {
        self.expect_open(message)?;
        let dtmf = message.dtmf.as_ref().ok_or(MediaFault::BadShape)?;
        let digit = dtmf.digit.as_ref().and_then(|digit| dtmf_digit(digit.as_str())).ok_or(MediaFault::BadShape)?;
        on_event(MediaEvent::Dtmf { digit });
        Ok(())
    }

    fn on_stop(&mut self, on_event: &mut dyn FnMut(MediaEvent<'_>)) -> Result<(), MediaFault> {
        self.order.flush(on_event);
        self.stage = Stage::Stopped;
        on_event(MediaEvent::Closed);
        Ok(())
    }

    /// One socket carries one stream: what comes early or names another stream is not part of it.
    fn expect_open(&self, message: &IncomingMessage<'_>) -> Result<(), MediaFault> {
        let is_ours = message.stream_id.as_ref().is_none_or(|id| id.as_str() == self.stream_id);
        if self.stage == Stage::Open && is_ours { Ok(()) } else { Err(MediaFault::WrongOrder) }
    }
}

fn opened(start: &Start<'_>, message: &IncomingMessage<'_>) -> Option<StreamOpened> {
    let owned = |text: &Option<wire::Text<'_>>| text.as_ref().map(|text| text.as_str().to_owned());
    let token = start.custom_parameters.as_ref().and_then(|parameters| owned(&parameters.token));
    Some(StreamOpened {
        account: owned(&start.account_id).unwrap_or_default(),
        provider_call_id: owned(&start.call_id)?,
        stream_id: owned(&start.stream_id).or_else(|| owned(&message.stream_id))?,
        token: token.map(Personal::new),
    })
}

/// Shape: exactly one of `0`–`9`, `*`, `#`, `A`–`D`.
fn dtmf_digit(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let digit = characters.next().filter(|digit| matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D'))?;
    characters.next().is_none().then_some(digit)
}

fn begin<'b>(out: &'b mut WireBuffer, head: &str) -> &'b mut String {
    out.kind = WireKind::Text;
    out.text.clear();
    out.text.push_str(head);
    &mut out.text
}

fn json_string(text: &str) -> String {
    serde_json::to_string(text).expect("a string is always valid JSON")
}

#[cfg(test)]
mod tests;
