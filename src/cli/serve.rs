//! `doorstep serve`.

use doorstep::app::{App, Purpose};
use doorstep::config::Settings;
use doorstep::telemetry;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Failure;

pub async fn serve(settings: Settings) -> Result<(), Failure> {
    let metrics = telemetry::start_metrics();
    let listen = settings.http.listen;
    let app = App::build(settings, Purpose::Serve, metrics).await?;
    let listener = bind(listen).await?;
    let stop = stop_on_signal()?;
    app.serve(listener, stop).await.map_err(|error| Failure::Miss(format!("the server stopped: {error}")))
}

pub async fn bind(listen: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|error| {
        Failure::Unusable(format!(
            "http.listen: {listen}: {error}; free the port or set another, e.g. DOORSTEP_HTTP__LISTEN=127.0.0.1:8081"
        ))
    })
}

/// Cancelled by SIGTERM or Ctrl-C. A second signal ends the process at once.
pub fn stop_on_signal() -> Result<CancellationToken, Failure> {
    let no_signals = |error: std::io::Error| Failure::Unusable(format!("signals cannot be received: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        stopped.cancel();
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
        std::process::exit(1);
    });
    Ok(stop)
}
