//! `doorstep explain`: what rules and policies make of an order, without telling anybody.

use std::sync::Arc;

use clap::Args;
use doorstep::app::{open_store, outreach};
use doorstep::config::Settings;
use doorstep::domain::orders::{Order, OrderRef};
use doorstep::domain::outreach::Channel;
use doorstep::domain::outreach::rules::{DecisionView, Moment, VerdictView, present};
use doorstep::ports::store::OrderStore as _;
use doorstep::runtime::wall_clock::WallClock;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Failure, screen};

#[derive(Args)]
pub struct ExplainArguments {
    /// The order's reference.
    #[arg(long, value_name = "ID")]
    order: String,
    /// The moment to explain, such as `attempt_failed`; without it, the newest that still holds.
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// The time it is taken to be, such as 2026-11-25T21:00:00+05:30; without it, now.
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Print one JSON object in place of the table.
    #[arg(long)]
    json: bool,
}

pub async fn explain(settings: Settings, arguments: ExplainArguments) -> Result<(), Failure> {
    let store = Arc::new(open_store(&settings).await?);
    let outreach = outreach(&settings, &store, store.clone(), WallClock::default())?;
    let unusable = |reason: String| Failure::Unusable(reason);
    let order_ref = OrderRef(arguments.order.clone());
    let order = store.order_by_ref(&order_ref).await.map_err(|error| unusable(format!("store.url: {error}")))?;
    let missing = || unusable(format!("--order {}: no such order; see `doorstep import orders`", arguments.order));
    let order = order.ok_or_else(missing)?;
    let moment = arguments.event.as_deref().map(moment_named).transpose().map_err(unusable)?;
    let now = arguments.at.unwrap_or_else(|| WallClock::default().now());
    let event = present(&order, moment, now).ok_or_else(|| unusable("the order tells of no event".to_owned()))?;
    let decision = outreach.explain(&event, &order, now).await;
    let decision = decision.map_err(|error| unusable(format!("store.url: {error}")))?;
    let view = DecisionView::of(&decision, now);
    if arguments.json {
        screen::json(&view);
    } else {
        show(&view, &order, now);
    }
    Ok(())
}

fn moment_named(name: &str) -> Result<Moment, String> {
    let known = || Moment::ALL.iter().map(|moment| moment.as_str()).collect::<Vec<_>>().join(", ");
    let found = Moment::ALL.iter().copied().find(|moment| moment.as_str() == name);
    found.ok_or_else(|| format!("--event {name}: is none of {}", known()))
}

/// A table of what and why, with times by the customer's clock.
fn show(view: &DecisionView, order: &Order, now: Timestamp) {
    let zone = order.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string();
    let row = |name: &str, text: &str| screen::line(&format!("{name:<14}{text}"));
    row("order", &view.order_ref.0);
    if let Some(event) = &view.event {
        let parcel = event.tracking_number.as_deref().map(|number| format!(", parcel {number}")).unwrap_or_default();
        row("event", &format!("{} of {}{parcel}", event.moment.as_str(), local(event.at)));
    }
    row("taken at", &local(now));
    for passed in &view.passed {
        row("passed over", &format!("{}: {}", passed.rule, passed.why));
    }
    row("rule", view.rule.as_deref().unwrap_or("none"));
    let what = match view.channel {
        Channel::Nothing => "nothing".to_owned(),
        Channel::Call => format!("call, {}", view.scenario.as_deref().unwrap_or_default()),
        Channel::Sms | Channel::Email => {
            format!("{}, {}", view.channel.as_str(), view.message.as_deref().unwrap_or_default())
        }
    };
    row("decided", &what);
    if let Some(why) = &view.why {
        row("because", why);
    }
    if let Some(verdict) = &view.verdict {
        row("may be called", &said(verdict, &local));
        row("by policy", &verdict.line);
    }
    if let (Some(from), Some(until)) = (view.not_before, view.expires_at) {
        row("between", &format!("{} and {}", local(from), local(until)));
    }
    for key in &view.cancelled {
        row("takes back", key);
    }
    row("version", &view.version);
}

fn said(verdict: &VerdictView, local: &dyn Fn(Timestamp) -> String) -> String {
    let hold = verdict.hold.map(|hold| format!(" ({})", hold.as_str())).unwrap_or_default();
    match (verdict.verdict.as_str(), verdict.at) {
        ("may", _) => "yes".to_owned(),
        (_, Some(at)) => format!("not before {}{hold}", local(at)),
        (_, None) => format!("never{hold}"),
    }
}
