//! `doorstep figures`: the figures of a period.

use clap::{Args, ValueEnum};
use doorstep::app::{costs, open_store};
use doorstep::config::Settings;
use doorstep::domain::figures::{FigureFilter, Group, PeriodEnd, Report, csv, report};
use doorstep::ports::figures::FigureStore as _;
use doorstep::ports::store::StoreError;
use jiff::tz::TimeZone;

use super::{Failure, screen};

#[derive(Args)]
pub struct FigureArguments {
    /// Where the period begins: a day by the shop's clock such as 2026-11-01, or a time with its offset.
    #[arg(long, value_name = "DAY", required_unless_present = "recount")]
    from: Option<PeriodEnd>,
    /// Where it ends: a day, whole, or a time with its offset.
    #[arg(long, value_name = "DAY", required_unless_present = "recount")]
    to: Option<PeriodEnd>,
    /// Of this shop's calls alone.
    #[arg(long, value_name = "ID")]
    shop: Option<String>,
    /// Of this scenario alone, such as O4_FAILED_ATTEMPT.
    #[arg(long, value_name = "CODE")]
    scenario: Option<String>,
    /// Of the customers who are called, or of those who are held back from it.
    #[arg(long, value_enum)]
    group: Option<WhichGroup>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// First count everything anew from the calls, and say what had been counted otherwise.
    #[arg(long)]
    recount: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WhichGroup {
    Treated,
    Control,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

pub async fn figures(settings: Settings, arguments: FigureArguments) -> Result<(), Failure> {
    let store = open_store(&settings).await?;
    let unusable = |error: StoreError| Failure::Unusable(format!("store.url: {error}"));
    if arguments.recount {
        let recount = store.recount().await.map_err(unusable)?;
        screen::error(&format!(
            "{} calls of {} days counted anew, {} counts corrected",
            recount.calls, recount.days, recount.corrected
        ));
    }
    let (Some(from), Some(to)) = (arguments.from, arguments.to) else { return Ok(()) };
    let zone = TimeZone::get(&settings.shop.time_zone).unwrap_or(TimeZone::UTC);
    let filter = FigureFilter {
        from: from.first_moment(&zone),
        to: to.end(&zone),
        shop_id: arguments.shop,
        scenario: arguments.scenario,
        group: arguments.group.map(|group| match group {
            WhichGroup::Treated => Group::Treated,
            WhichGroup::Control => Group::Control,
        }),
    };
    let report = report(&store.counted(&filter).await.map_err(unusable)?, &filter, &costs(&settings)?);
    match arguments.format {
        Format::Table => show(&report),
        Format::Csv => screen::line(csv(&report, &filter).trim_end()),
        Format::Json => screen::json(&report),
    }
    Ok(())
}

fn show(report: &Report) {
    for figure in &report.figures {
        let value = figure.value.map_or_else(|| "not known".to_owned(), |value| format!("{value:.4}"));
        let of = match (figure.numerator, figure.denominator) {
            (Some(numerator), Some(denominator)) => format!("{numerator} / {denominator}"),
            (None, Some(denominator)) => format!("{denominator} cases"),
            (Some(_) | None, None) => String::new(),
        };
        let note = figure.unknown.unwrap_or(figure.formula);
        screen::line(&format!("{:<28}{value:>14} {:<8}{of:<24}{note}", figure.name, figure.unit.as_str()));
    }
}
