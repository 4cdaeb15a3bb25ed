//! A WebSocket as the runtime wants it.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};

use crate::ports::telephony::{WireBuffer, WireKind};
use crate::runtime::media_socket::{CloseCode, MediaSocket, Received, SocketClosed};

/// Twilio's largest message is under 1 KiB; what is larger than this is not a media message.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// A carrier that reads nothing for this much audio has gone.
const WRITE_BYTES_MAX: usize = 256 * 1024;

/// Sets the limits every media socket has.
pub fn with_limits(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        // The default of 128 KiB a socket would be most of a call's memory.
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BYTES_MAX)
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
}

/// An upgraded media socket.
pub struct UpgradedSocket(pub WebSocket);

impl MediaSocket for UpgradedSocket {
    type Text = Utf8Bytes;

    async fn receive(&mut self) -> Option<Received<Utf8Bytes>> {
        loop {
            match self.0.recv().await?.ok()? {
                Message::Text(text) => return Some(Received::Text(text)),
                Message::Binary(bytes) => return Some(Received::Binary(bytes)),
                // Pings are answered by the library.
                Message::Ping(_) | Message::Pong(_) => (),
                Message::Close(_) => return None,
            }
        }
    }

    async fn send(&mut self, message: &WireBuffer) -> Result<(), SocketClosed> {
        let message = match message.kind {
            WireKind::Text => Message::text(message.text.as_str()),
            WireKind::Binary => Message::binary(message.binary.clone()),
        };
        self.0.send(message).await.map_err(|_| SocketClosed)
    }

    async fn close(&mut self, code: CloseCode) {
        let frame = CloseFrame { code: code as u16, reason: Utf8Bytes::default() };
        // The other side may be gone: then it is closed already.
        drop(self.0.send(Message::Close(Some(frame))).await);
    }
}
