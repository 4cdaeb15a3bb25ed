//! The program as it is shipped, in a folder of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use doorstep::simulator::{CarrierSettings, SimulatedCarrier};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::harness::{ACCOUNT, API_TOKEN, AUTH_TOKEN, CUSTOMER, carrier_settings, install_tls, until, within};

/// A folder with settings, from which the program is started.
pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) address: SocketAddr,
    /// Somewhere else than in the folder.
    database: Option<String>,
}

/// What a run of the program came to.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) output: String,
    pub(super) errors: String,
}

impl Place {
    /// Shape: `settings` is TOML, put before what every test needs.
    pub(super) fn new(settings: &str) -> Self {
        install_tls();
        let folder = tempfile::tempdir().expect("a folder can be made");
        // Free a moment ago; nobody else on this machine hands ports out in this order.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        std::fs::write(folder.path().join("doorstep.toml"), settings).expect("the settings can be written");
        Self { folder, address, database: None }
    }

    pub(super) fn at_database(self, url: &str) -> Self {
        Self { database: Some(url.to_owned()), ..self }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with everything set that a test needs; run from the project's folder, where prompts and models are.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
        let file = |name: &str| self.path(name).display().to_string();
        command
            .args(arguments)
            .arg("--config")
            .arg(self.path("doorstep.toml"))
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("DOORSTEP_")))
            .env("DOORSTEP_HTTP__LISTEN", self.address.to_string())
            .env("DOORSTEP_STORE__URL", self.database())
            .env("DOORSTEP_RECORDINGS__DIR", file("recordings"))
            .env("DOORSTEP_TEXT_TO_SPEECH__CACHE_DIR", file("phrases"))
            .env("DOORSTEP_AUTH__BOOTSTRAP_TOKEN", API_TOKEN)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn database(&self) -> String {
        let in_folder = || format!("sqlite://{}", self.path("doorstep.db").display());
        self.database.clone().unwrap_or_else(in_folder)
    }

    pub(super) async fn run(&self, arguments: &[&str]) -> Ended {
        ended(&mut self.command(arguments)).await
    }

    /// The server with a Twilio account, once it is ready. Its log goes to `log` in the folder.
    pub(super) async fn serve(&self) -> Child {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path("log")).expect("a log");
        let mut command = self.command(&["serve"]);
        let mut child = command
            .env("DOORSTEP_TELEPHONY__TWILIO__ACCOUNT_SID", ACCOUNT)
            .env("DOORSTEP_TELEPHONY__TWILIO__AUTH_TOKEN", AUTH_TOKEN)
            .env("DOORSTEP_TELEPHONY__TWILIO__PUBLIC_URL", self.url(""))
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let http = http();
        until("the program is ready", async || {
            if let Ok(Some(status)) = child.try_wait() {
                panic!("{status}: {}", self.log());
            }
            let answer = http.get(self.url("/readyz")).send().await;
            answer.is_ok_and(|answer| answer.status().is_success()).then_some(())
        })
        .await;
        child
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).expect("the log can be read")
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn carrier(&self, seed: u64) -> SimulatedCarrier {
        let settings = CarrierSettings { seed, ..carrier_settings(&self.url(""), CUSTOMER) };
        SimulatedCarrier::new(settings).expect("an HTTP client can be made")
    }
}

pub(super) fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("an HTTP client can be made")
}

pub(super) async fn ended(command: &mut Command) -> Ended {
    let output = within("the program ends", command.output()).await.expect("the program starts");
    Ended {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).expect("text"),
        errors: String::from_utf8(output.stderr).expect("text"),
    }
}

/// Asks the program to stop, as a supervisor does.
pub(super) async fn terminate(mut child: Child) -> ExitStatus {
    let id = child.id().expect("the program runs").to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill can be run");
    assert!(told.success());
    within("the program ends", child.wait()).await.expect("the program can be waited for")
}
