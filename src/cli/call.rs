//! `doorstep call`: places one outbound call through the running server.

use doorstep::config::Settings;
use secrecy::ExposeSecret as _;

use super::{Failure, screen};

/// Whom to call, and what about.
#[derive(clap::Args)]
pub struct CallArguments {
    /// The order's reference, such as KH-452719.
    #[arg(long, value_name = "ID")]
    order: String,
    /// What the call is about: delayed, out_for_delivery, cod_confirmation, failed_attempt, exception, high_value,
    /// not_moving, pickup, split, about_to_return, after_delivery, callback.
    #[arg(long, value_name = "NAME")]
    scenario: String,
    /// The number to call, as +919845012345. The number on the order when absent.
    #[arg(long, value_name = "E164")]
    to: Option<String>,
}

#[derive(serde::Deserialize)]
struct Placed {
    id: String,
}

#[derive(serde::Deserialize)]
struct Refused {
    detail: String,
}

pub async fn call(settings: Settings, arguments: CallArguments) -> Result<(), Failure> {
    let listen = settings.http.listen;
    let token = settings.auth.bootstrap_token.ok_or_else(|| {
        Failure::Unusable("auth.bootstrap_token: not set; set it to the running server's admin token".to_owned())
    })?;
    let unreachable = |error: reqwest::Error| {
        Failure::Unusable(format!("no server answers at {listen} ({error}); start one with `doorstep serve`"))
    };
    let body = serde_json::json!({ "order_id": arguments.order, "scenario": arguments.scenario, "to": arguments.to });
    let request = reqwest::Client::new()
        .post(format!("http://{listen}/api/v1/calls"))
        .bearer_auth(token.expose_secret())
        .json(&body);
    let answer = request.send().await.map_err(unreachable)?;
    if answer.status().is_success() {
        let placed: Placed = answer.json().await.map_err(unreachable)?;
        screen::line(&format!("placed; follow it at http://{listen}/#/calls/{}", placed.id));
        return Ok(());
    }
    let status = answer.status();
    let detail = answer.json::<Refused>().await.map_or_else(|_| status.to_string(), |refused| refused.detail);
    Err(Failure::Miss(format!("the call was not placed: {detail}")))
}
