//! One simulated call on a real socket, in real time: 20 ms out and in, every 20 ms.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::carrier::SIGNATURE_HEADER;
use super::faults::FaultyLine;
use super::listener::TICK_MS;
use super::report::{CallEnd, CallReport};
use super::rest::LiveCommand;
use super::session::{CallSession, CallerAct};
use super::wire::{CONNECTED, ServerMessage, StreamWriter, decode_server_message};

pub(super) type MediaSocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What may wait for a server that does not read. Beyond it the call fails.
const WRITE_BACKLOG_BYTES_MAX: usize = 64 * 1_024;
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Longer than any call.
const NEVER_MS: u64 = 1_000_000_000;
const VIOLATIONS_MAX: usize = 20;

/// Opens the media socket as the carrier does: signed, and without Nagle's delay.
///
/// Errors: what the server answered instead.
pub(super) async fn connect_media(url: &str, signature: &str) -> Result<MediaSocket, String> {
    let mut request = url.into_client_request().map_err(|error| format!("socket: {error}"))?;
    let signature = signature.parse().map_err(|_| "socket: signature is no header value".to_owned())?;
    request.headers_mut().insert(SIGNATURE_HEADER, signature);
    let settings = WebSocketConfig::default()
        .read_buffer_size(8 * 1_024)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BACKLOG_BYTES_MAX);
    let connecting = connect_async_tls_with_config(request, Some(settings), true, None);
    match timeout(CONNECT_TIMEOUT, connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(response))) => Err(format!("socket: answered {}", response.status())),
        Ok(Err(error)) => Err(format!("socket: {error}")),
        Err(_) => Err("socket: no answer in time".to_owned()),
    }
}

/// A call with everything it needs to run.
pub(super) struct MediaLine<'c> {
    pub(super) socket: MediaSocket,
    pub(super) session: CallSession,
    pub(super) writer: StreamWriter,
    pub(super) line: FaultyLine,
    pub(super) stream_id: String,
    pub(super) commands: &'c mut mpsc::Receiver<LiveCommand>,
}

impl MediaLine<'_> {
    /// Lives the call to its end.
    pub(super) async fn run(mut self, parameters: &[(String, String)]) -> CallReport {
        let end = self.live(parameters).await;
        self.part(&end).await;
        let counts = self.line.counts();
        let report = self.session.report_mut();
        (report.frames_lost, report.frames_repeated, report.frames_late) = (counts.lost, counts.repeated, counts.late);
        self.session.finish(end)
    }

    async fn live(&mut self, parameters: &[(String, String)]) -> CallEnd {
        let start = self.writer.start(parameters);
        for message in [CONNECTED.to_owned(), start] {
            if let Err(error) = self.socket.send(Message::text(message)).await {
                return failed(&error);
            }
        }
        let began = Instant::now();
        let mut ticks = ticker(began);
        let mut acts = Vec::new();
        loop {
            let due_at_ms = self.line.due_at_ms().unwrap_or(NEVER_MS);
            tokio::select! {
                message = self.socket.next() => {
                    if let Some(end) = self.on_message(message) {
                        return end;
                    }
                    while let Some(name) = self.session.next_due_mark() {
                        let message = self.writer.mark(&name);
                        self.line.send_control(elapsed_ms(began), message);
                    }
                }
                command = self.commands.recv(), if !self.commands.is_closed() => match command {
                    Some(LiveCommand::HangUp) => return CallEnd::AgentHungUp,
                    Some(LiveCommand::Redirect { document }) => return CallEnd::Redirected { document },
                    None => (),
                },
                () = sleep_until(began + Duration::from_millis(due_at_ms)), if due_at_ms != NEVER_MS => (),
                _ = ticks.tick() => {
                    self.session.tick(&mut acts);
                    for act in acts.drain(..) {
                        if let Some(end) = self.perform(act, elapsed_ms(began)) {
                            return end;
                        }
                    }
                }
            }
            if let Err(error) = self.send_due(elapsed_ms(began)).await {
                return failed(&error);
            }
        }
    }

    /// Puts on the line what the caller's side does; gives the end if that is what it is.
    fn perform(&mut self, act: CallerAct, now_ms: u64) -> Option<CallEnd> {
        let message = match act {
            CallerAct::End(end) => return Some(end),
            CallerAct::Frame(frame) => {
                let message = self.writer.media(&frame);
                self.line.send_frame(now_ms, message);
                return None;
            }
            CallerAct::Dtmf(digit) => self.writer.dtmf(digit),
            CallerAct::EchoMark(name) => self.writer.mark(&name),
        };
        self.line.send_control(now_ms, message);
        None
    }

    fn on_message(&mut self, message: Option<Result<Message, Error>>) -> Option<CallEnd> {
        match message {
            Some(Ok(Message::Text(text))) => {
                match decode_server_message(&text, &self.stream_id) {
                    Ok(ServerMessage::Media(ulaw)) => self.session.on_audio(&ulaw),
                    Ok(ServerMessage::Mark(name)) => self.session.on_mark(name),
                    Ok(ServerMessage::Clear) => self.session.on_clear(),
                    Err(reason) => self.note_violation(reason),
                }
                None
            }
            Some(Ok(Message::Binary(_))) => {
                self.note_violation("binary frame".to_owned());
                None
            }
            Some(Ok(Message::Close(close))) => {
                Some(CallEnd::AgentClosed { code: close.map(|close| close.code.into()) })
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => None,
            Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) | None => {
                Some(CallEnd::AgentClosed { code: None })
            }
            Some(Err(error)) => Some(failed(&error)),
        }
    }

    async fn send_due(&mut self, now_ms: u64) -> Result<(), Error> {
        while let Some(message) = self.line.next_due(now_ms) {
            self.socket.send(Message::text(message)).await?;
        }
        Ok(())
    }

    /// Says goodbye as this end asks for: a proper stop, or nothing at all.
    async fn part(&mut self, end: &CallEnd) {
        match end {
            CallEnd::CallerHungUp
            | CallEnd::AgentTooSilent
            | CallEnd::AgentHungUp
            | CallEnd::Redirected { .. }
            | CallEnd::TimeLimit => {
                let stop = Message::text(self.writer.stop());
                let close = CloseFrame { code: CloseCode::Normal, reason: "".into() };
                let goodbye = async {
                    self.send_due(NEVER_MS).await?;
                    self.socket.send(stop).await?;
                    self.socket.close(Some(close)).await?;
                    while self.socket.next().await.is_some_and(|message| message.is_ok()) {}
                    Ok::<(), Error>(())
                };
                // The call is over either way.
                drop(timeout(CLOSE_TIMEOUT, goodbye).await);
            }
            CallEnd::AgentClosed { .. } => {
                drop(timeout(CLOSE_TIMEOUT, self.socket.close(None)).await);
            }
            CallEnd::CallerDropped | CallEnd::TurnedAway { .. } | CallEnd::Failed { .. } => (),
        }
    }

    fn note_violation(&mut self, reason: String) {
        let violations = &mut self.session.report_mut().violations;
        if violations.len() < VIOLATIONS_MAX {
            violations.push(reason);
        }
    }
}

/// Ticks that were missed are made up for, so that the call neither slows down nor loses frames.
fn ticker(began: Instant) -> Interval {
    let mut ticks = interval_at(began, Duration::from_millis(TICK_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    ticks
}

fn elapsed_ms(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn failed(error: &Error) -> CallEnd {
    CallEnd::Failed { reason: format!("socket: {error}") }
}
