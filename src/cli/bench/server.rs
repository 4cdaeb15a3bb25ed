//! The server under measurement: a child process.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use doorstep::config::Settings;

use crate::cli::Failure;

/// Loading models and opening the store takes this long at most.
const START_TIMEOUT: Duration = Duration::from_secs(90);
/// Kernel clock ticks in a second, as `/proc/PID/stat` counts them on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running server. Dropping it stops it.
pub struct ServerUnderTest {
    child: Child,
    url: String,
}

/// What the operating system says of a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Processor time since its start.
    pub cpu_seconds: f64,
    /// Resident memory now.
    pub resident_mb: f64,
}

impl ServerUnderTest {
    /// Starts `serve` with `overrides` in its environment and waits until it takes calls.
    pub fn start(config: &Path, settings: &Settings, overrides: &[(&str, &str)]) -> Result<Self, Failure> {
        let listen = settings.http.listen;
        // Another server there would be measured in this one's place.
        drop(std::net::TcpListener::bind(listen).map_err(|error| {
            Failure::Unusable(format!(
                "{listen}: {error}; stop what listens there, or set http.listen to another address"
            ))
        })?);
        let program = std::env::current_exe().map_err(|error| Failure::Unusable(error.to_string()))?;
        let mut command = Command::new(program);
        command.arg("serve").arg("--config").arg(config).stdin(Stdio::null());
        command.envs(overrides.iter().copied());
        let child = command.spawn().map_err(|error| Failure::Unusable(format!("the server did not start: {error}")))?;
        let url = format!("http://{listen}");
        let mut server = Self { child, url };
        server.wait_until_ready()?;
        Ok(server)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its own use of the machine so far.
    pub fn usage(&self) -> Usage {
        let read =
            |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap_or_default();
        let stat = read("stat");
        // The command's name may hold blanks; the fields begin behind its bracket.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        let status = read("status");
        let resident_kb = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|value| value.split_whitespace().next()?.parse::<f64>().ok())
            .unwrap_or(0.0);
        Usage { cpu_seconds: (ticks(11) + ticks(12)) / TICKS_PER_SECOND, resident_mb: resident_kb / 1024.0 }
    }

    fn wait_until_ready(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        let address = self.url.trim_start_matches("http://").to_owned();
        while began.elapsed() < START_TIMEOUT {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::Unusable(format!("the server stopped at once: {status}")));
            }
            if is_ready(&address) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Failure::Unusable("the server did not become ready".to_owned()))
    }
}

fn is_ready(address: &str) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

impl Drop for ServerUnderTest {
    fn drop(&mut self) {
        // Nothing of a measurement is worth draining.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
