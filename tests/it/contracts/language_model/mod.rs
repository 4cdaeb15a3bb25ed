//! Language models: recorded exchanges of each vendor, and whatever can go wrong between.

mod faults;
mod heard;
mod replies;
mod requests;
mod server;

use std::sync::Arc;
use std::time::Duration;

use doorstep::adapters::language_model::{Limits, ModelSettings, make_model};
use doorstep::domain::dialogue::tools::TOOLS;
use doorstep::ports::language_model::{History, LanguageModel, ModelRequest, ToolCall};

use server::Server;

const KEY: &str = "sk-not-a-real-key";

/// An adapter, with the folder of its recorded exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dialect {
    provider: &'static str,
    path: &'static str,
}

const OPENAI: Dialect = Dialect { provider: "openai", path: "/chat/completions" };
const ANTHROPIC: Dialect = Dialect { provider: "anthropic", path: "/v1/messages" };
const DIALECTS: [Dialect; 2] = [OPENAI, ANTHROPIC];

impl Dialect {
    fn recorded(self, name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/contracts/language_model");
        let path = format!("{folder}/{}/{name}", self.provider);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn model(self, server: &Server) -> Arc<dyn LanguageModel> {
        self.model_at(&server.url, patient())
    }

    fn model_at(self, url: &str, limits: Limits) -> Arc<dyn LanguageModel> {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let settings = ModelSettings {
            provider: self.provider.to_owned(),
            base_url: Some(url.to_owned()),
            api_key: Some(KEY.to_owned().into()),
            model: Some("small-one".to_owned()),
            limits,
        };
        make_model(&settings).unwrap()
    }
}

/// Limits that only a fault can reach, however busy the machine is.
fn patient() -> Limits {
    let long = Duration::from_secs(15);
    Limits { connect: long, first_token_late: long, first_token_max: long, between_tokens_max: long }
}

fn request() -> ModelRequest {
    let mut history = History::default();
    history.caller_said("Where is my order?");
    history.agent_said(
        "One moment.",
        vec![ToolCall { id: "call_1".to_owned(), name: "get_eta".to_owned(), arguments: "{}".to_owned().into() }],
    );
    history.tool_answered("call_1", r#"{"eta_day":"2026-11-24"}"#, false);
    history.caller_said("Hello?");
    ModelRequest {
        system: "You are a delivery call agent.".into(),
        facts: r#"{"status":"in_transit"}"#.to_owned().into(),
        history,
        tools: TOOLS,
        deadline: Duration::from_secs(15),
        tokens_max: 200,
    }
}
