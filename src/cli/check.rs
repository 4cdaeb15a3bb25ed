//! `doorstep check`: is everything there that a call needs?

use doorstep::adapters::sentence_encoder::minilm::MiniLm;
use doorstep::app::{
    Speech, commerce_sources, connectors, handover_rules, language_model, open_store, payment_links, playbook,
    providers, script_of,
};
use doorstep::config::Settings;
use doorstep::ports::store::CallStore as _;

use super::{Failure, screen};

/// One line of the table.
struct Check {
    what: String,
    result: Result<String, String>,
}

pub async fn check(settings: Settings) -> Result<(), Failure> {
    let mut checks = vec![
        Check { what: "settings".to_owned(), result: Ok("read".to_owned()) },
        Check { what: "prompts".to_owned(), result: named(script_of(&settings), "complete") },
        Check { what: "speech models".to_owned(), result: named(Speech::load(&settings), "loaded") },
        sentence_encoder(&settings),
        Check { what: "outreach".to_owned(), result: rules(&settings) },
        Check { what: "handover".to_owned(), result: people(&settings) },
        database(&settings).await,
        recordings(&settings),
        api_token(&settings),
        model(&settings).await,
    ];
    checks.extend(crm(&settings).await);
    match providers(&settings) {
        Ok(providers) if providers.is_empty() => checks.push(Check {
            what: "telephony".to_owned(),
            result: Ok("no carrier is set: only the console can call (see telephony.twilio)".to_owned()),
        }),
        Ok(providers) => {
            for (name, provider) in providers {
                let result = provider.check().await.map(|()| "credentials accepted".to_owned()).map_err(|e| {
                    format!("{e}; check telephony.{name}.account_sid, auth_token and api_base_url, and the network")
                });
                checks.push(Check { what: format!("telephony {name}"), result });
            }
        }
        Err(error) => checks.push(Check { what: "telephony".to_owned(), result: Err(error.to_string()) }),
    }
    match commerce_sources(&settings) {
        Ok(sources) => {
            for made in sources {
                let name = made.source.name().to_owned();
                let result = made.source.check().await.map(str::to_owned).map_err(|error| {
                    format!("{error}; check token and base_url of the commerce source `{name}`, and the network")
                });
                checks.push(Check { what: format!("commerce {name}"), result });
            }
        }
        Err(error) => checks.push(Check { what: "commerce sources".to_owned(), result: Err(error.to_string()) }),
    }
    checks.push(payment_link(&settings));
    show(&checks)
}

fn show(checks: &[Check]) -> Result<(), Failure> {
    let width = checks.iter().map(|check| check.what.len()).max().unwrap_or(0);
    let mut failed = 0;
    for Check { what, result } in checks {
        let (mark, text) = match result {
            Ok(text) => ("ok  ", text),
            Err(text) => ("FAIL", text),
        };
        failed += usize::from(result.is_err());
        screen::line(&format!("{mark}  {what:width$}  {text}"));
    }
    if failed == 0 { Ok(()) } else { Err(Failure::Miss(format!("{failed} of {} checks failed", checks.len()))) }
}

fn named<T>(result: Result<T, impl ToString>, good: &str) -> Result<String, String> {
    result.map(|_| good.to_owned()).map_err(|error| error.to_string())
}

/// Asking would make a link, so only the settings are looked at.
fn payment_link(settings: &Settings) -> Check {
    let result = match payment_links(settings) {
        Ok(None) => Ok("none is set: a wish to pay ahead is a task for a person (see payment_link)".to_owned()),
        Ok(Some(_)) => Ok("settings usable; links go out by SMS".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    Check { what: "payment link".to_owned(), result }
}

fn rules(settings: &Settings) -> Result<String, String> {
    let playbook = playbook(settings).map_err(|error| error.to_string())?;
    let countries: Vec<&str> = playbook.policies.countries().collect();
    Ok(format!("rules and policies read; countries: {}", countries.join(", ")))
}

fn people(settings: &Settings) -> Result<String, String> {
    let Some((rules, _)) = handover_rules(settings).map_err(|error| error.to_string())? else {
        return Ok("nobody is rung: a person rings back, or answers a ticket (see handover.targets)".to_owned());
    };
    let names: Vec<&str> = rules.targets.iter().map(|target| target.name.as_str()).collect();
    Ok(format!("{} to ring, in this order: {}", names.len(), names.join(", ")))
}

/// A call does without it, but understands less.
fn sentence_encoder(settings: &Settings) -> Check {
    let result = match settings.sentence_encoder.provider.as_str() {
        "embedded" => named(MiniLm::load(&settings.models.dir, 1), "loaded").map_err(|error| {
            format!(
                "{error}; fetch the models with `scripts/setup.sh models`, or set sentence_encoder.provider = \"none\""
            )
        }),
        _ => Ok("off: callers are understood by their words alone".to_owned()),
    };
    Check { what: "sentence encoder".to_owned(), result }
}

async fn database(settings: &Settings) -> Check {
    let result = match open_store(settings).await {
        Ok(store) => named(store.ping().await, "reachable, schema up to date"),
        Err(error) => Err(error.to_string()),
    };
    Check { what: "database".to_owned(), result }
}

async fn model(settings: &Settings) -> Check {
    let result = match language_model(settings) {
        Ok(None) => Ok("none is set, and none is needed (see language_model)".to_owned()),
        Ok(Some(model)) => match model.check().await {
            Ok(()) => Ok(format!("{} reachable, key accepted", model.version())),
            Err(error) => Err(format!("language_model: {}: {error}", model.version())),
        },
        Err(error) => Err(error.to_string()),
    };
    Check { what: "language model".to_owned(), result }
}

/// One line a connector. A webhook has nothing to ask; a vendor is asked for something that needs the credentials.
async fn crm(settings: &Settings) -> Vec<Check> {
    let connectors = match connectors(settings) {
        Ok(connectors) => connectors,
        Err(error) => return vec![Check { what: "crm connectors".to_owned(), result: Err(error.to_string()) }],
    };
    let mut checks = Vec::new();
    for connector in connectors {
        let result = connector.check().await.map(|()| "usable".to_owned()).map_err(|error| error.to_string());
        checks.push(Check { what: format!("crm {}", connector.name()), result });
    }
    if checks.is_empty() {
        let none = "none is set: outcomes stay in this server (see crm.connectors)";
        checks.push(Check { what: "crm connectors".to_owned(), result: Ok(none.to_owned()) });
    }
    checks
}

fn recordings(settings: &Settings) -> Check {
    let result = if settings.recordings.enabled {
        let dir = &settings.recordings.dir;
        std::fs::create_dir_all(dir)
            .map(|()| format!("kept in {}", dir.display()))
            .map_err(|error| format!("recordings.dir: {error}; name a folder that can be written"))
    } else {
        Ok("off".to_owned())
    };
    Check { what: "recordings".to_owned(), result }
}

fn api_token(settings: &Settings) -> Check {
    let result = match &settings.auth.bootstrap_token {
        Some(_) => Ok("set".to_owned()),
        None => {
            Ok("auth.bootstrap_token is not set: only tokens made before can use the API and the console".to_owned())
        }
    };
    Check { what: "API token".to_owned(), result }
}
