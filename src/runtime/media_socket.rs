//! What the runtime needs of a media socket, so that it names no web framework.

use std::future::Future;
use std::ops::Deref;

use crate::ports::telephony::WireBuffer;

/// A message that came in.
#[derive(Clone, Debug)]
pub enum Received<T> {
    Text(T),
    Binary(bytes::Bytes),
}

/// The other side is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the media socket is closed")]
pub struct SocketClosed;

/// Why we close a media socket; a WebSocket close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// The call is over.
    Normal = 1_000,
    /// The stream cannot be understood, or its token is wrong.
    Policy = 1_008,
}

/// One media socket, both ways.
pub trait MediaSocket: Send {
    type Text: Deref<Target = str> + Send;

    /// The next message; none when the other side is gone. Dropping the future loses no message.
    fn receive(&mut self) -> impl Future<Output = Option<Received<Self::Text>>> + Send;

    fn send(&mut self, message: &WireBuffer) -> impl Future<Output = Result<(), SocketClosed>> + Send;

    fn close(&mut self, code: CloseCode) -> impl Future<Output = ()> + Send;
}
