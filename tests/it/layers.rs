//! Holds the arrows between the layers: what each part of `src` may name.

use crate::source::{Finding, NamedPath, Source, assert_none, each_run, named_paths, rust_files};
use proc_macro2::TokenTree;

/// A part of `src`, and the parts it may name beside itself.
struct Layer {
    name: &'static str,
    may_name: &'static [&'static str],
    /// What its unit tests may name beyond that.
    tests_may_name: &'static [&'static str],
}

const EVERYTHING: &[&str] =
    &["domain", "ports", "adapters", "runtime", "http", "simulator", "rehearsal", "config", "telemetry", "app", "cli"];

const LAYERS: &[Layer] = &[
    Layer { name: "domain", may_name: &[], tests_may_name: &[] },
    Layer { name: "ports", may_name: &["domain"], tests_may_name: &[] },
    Layer { name: "adapters", may_name: &["ports", "domain"], tests_may_name: &[] },
    Layer { name: "runtime", may_name: &["ports", "domain"], tests_may_name: &["adapters", "simulator"] },
    Layer { name: "http", may_name: &["runtime", "ports", "domain"], tests_may_name: &["adapters", "simulator"] },
    Layer { name: "simulator", may_name: &["domain"], tests_may_name: &[] },
    Layer { name: "rehearsal", may_name: &["domain"], tests_may_name: &[] },
    // The settings of a vendor live in the vendor's file; the whole of them is one document.
    Layer { name: "config", may_name: &["domain", "ports", "adapters", "runtime", "http"], tests_may_name: &[] },
    Layer { name: "telemetry", may_name: &["domain", "config"], tests_may_name: &[] },
    Layer { name: "app", may_name: EVERYTHING, tests_may_name: &[] },
    Layer { name: "cli", may_name: EVERYTHING, tests_may_name: &[] },
    Layer { name: "main", may_name: EVERYTHING, tests_may_name: &[] },
    Layer { name: "lib", may_name: EVERYTHING, tests_may_name: &[] },
];

/// What every family may use: the threads that run models, and the way to receivers that settings name.
const SHARED_ADAPTERS: [&str; 4] = ["inference", "address_guard", "standard_webhooks", "signed_webhook"];

/// Crates that wait, do I/O, read clocks, draw numbers or report: none of it is the domain's.
const CRATES_BARRED_FROM_DOMAIN: &[&str] = &[
    "async_trait",
    "axum",
    "clap",
    "config",
    "dashmap",
    "futures_util",
    "hound",
    "hyper",
    "metrics",
    "metrics_exporter_prometheus",
    "ort",
    "rand",
    "reqwest",
    "rust_embed",
    "rustls",
    "sqlx",
    "tokio",
    "tokio_tungstenite",
    "tokio_util",
    "tower_http",
    "tracing",
    "tracing_subscriber",
    "utoipa",
];

#[test]
fn every_source_keeps_to_its_layer() {
    let sources = rust_files();
    let findings: Vec<Finding> =
        sources.iter().filter(|source| source.path.starts_with("src/")).flat_map(check).collect();
    assert_none(&findings);
}

fn check(source: &Source) -> Vec<Finding> {
    let home = module_path(&source.path);
    let Some(layer) = LAYERS.iter().find(|layer| home.first().is_some_and(|first| first == layer.name)) else {
        return vec![source.finding(1, "belongs to no layer: give it one in tests/it/layers.rs")];
    };
    let tokens = source.tokens();
    let mut findings = Vec::new();
    for path in named_paths(&tokens) {
        findings.extend(check_form(&path).map(|rule| source.finding(path.line, rule)));
        if let Some(target) = resolve(&home, &path) {
            findings.extend(check_arrow(source, layer, &home, &target).map(|rule| source.finding(path.line, rule)));
        } else if layer.name == "domain" && CRATES_BARRED_FROM_DOMAIN.contains(&path.segments[0].as_str()) {
            findings
                .push(source.finding(path.line, format!("`domain` must not name the crate `{}`", path.segments[0])));
        }
    }
    if layer.name == "domain" {
        findings.extend(check_waits(source, &tokens));
    }
    findings
}

/// `src/domain/call/phase.rs` is `domain::call::phase`; `src/domain/call/mod.rs` is `domain::call`.
fn module_path(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').map(str::to_owned).collect()
}

/// The path from the root of this crate, or `None` for one that begins elsewhere.
fn resolve(home: &[String], path: &NamedPath) -> Option<Vec<String>> {
    let (first, rest) = path.segments.split_first()?;
    let start = match first.as_str() {
        "crate" | "doorstep" => &[],
        "self" => home,
        "super" => &home[..home.len() - 1],
        _ => return None,
    };
    Some([start, rest].concat())
}

fn check_form(path: &NamedPath) -> Option<String> {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    match segments[..] {
        ["super", "super", ..] => Some("`super::super` hides where a name comes from: begin at `crate::`".into()),
        ["crate"] if path.is_group => Some("`use crate::{..}` hides the layers it names: one `use` a layer".into()),
        ["crate"] | ["crate", "*"] => Some("the whole crate must not be imported: name the layer".into()),
        _ => None,
    }
}

fn check_arrow(source: &Source, layer: &Layer, home: &[String], target: &[String]) -> Option<String> {
    let named = target.first()?.as_str();
    if named == layer.name {
        // A test may put one family's stand-in behind another's adapter.
        let is_held = named == "adapters" && !source.is_test();
        return is_held.then(|| check_family(home, target)).flatten();
    }
    let is_layer = LAYERS.iter().any(|known| known.name == named);
    let is_allowed = layer.may_name.contains(&named) || (source.is_test() && layer.tests_may_name.contains(&named));
    (is_layer && !is_allowed).then(|| format!("`{}` must not name `{named}`", layer.name))
}

fn check_family(home: &[String], target: &[String]) -> Option<String> {
    let (own, named) = (home.get(1)?, target.get(1)?);
    let is_allowed = own == named || SHARED_ADAPTERS.contains(&named.as_str());
    (!is_allowed).then(|| format!("the adapters of `{own}` must not name those of `{named}`"))
}

fn check_waits(source: &Source, tokens: &[TokenTree]) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_run(tokens, &mut |run| {
        for token in run {
            if let TokenTree::Ident(word) = token
                && (word == "async" || word == "await")
            {
                findings.push(source.finding(word.span().start().line, format!("`domain` must not `{word}`")));
            }
        }
    });
    findings
}

#[test]
fn each_broken_arrow_is_found_where_it_stands() {
    let cases = [
        ("src/domain/call/mod.rs", "use crate::ports::Clock;", "`domain` must not name `ports`"),
        (
            "src/domain/call/mod.rs",
            "use std::{fmt,\nio}; fn f() { crate::runtime::go() }",
            "`domain` must not name `runtime`",
        ),
        ("src/domain/mod.rs", "use super::http;", "`domain` must not name `http`"),
        ("src/domain/a.rs", "fn f() { vec![crate::adapters::X] }", "`domain` must not name `adapters`"),
        ("src/domain/a.rs", "use tokio::time;", "`domain` must not name the crate `tokio`"),
        ("src/domain/a.rs", "use {std::fmt, rand::Rng};", "`domain` must not name the crate `rand`"),
        ("src/domain/a.rs", "#[tracing::instrument] fn f() {}", "`domain` must not name the crate `tracing`"),
        ("src/domain/a.rs", "use sqlx;", "`domain` must not name the crate `sqlx`"),
        ("src/domain/a.rs", "async fn f() {}", "`domain` must not `async`"),
        ("src/domain/a.rs", "fn f() { g().await }", "`domain` must not `await`"),
        ("src/ports/a.rs", "use crate::adapters::x;", "`ports` must not name `adapters`"),
        ("src/adapters/crm/a.rs", "use crate::runtime::x;", "`adapters` must not name `runtime`"),
        (
            "src/adapters/crm/a.rs",
            "use crate::adapters::store::X;",
            "the adapters of `crm` must not name those of `store`",
        ),
        ("src/adapters/crm/mod.rs", "use super::store::X;", "the adapters of `crm` must not name those of `store`"),
        ("src/adapters/inference.rs", "use super::crm::X;", "the adapters of `inference` must not name those of `crm`"),
        ("src/runtime/a.rs", "use crate::adapters::x;", "`runtime` must not name `adapters`"),
        ("src/http/a.rs", "use crate::{domain::x};", "`use crate::{..}` hides the layers it names"),
        ("src/http/a.rs", "use crate::*;", "the whole crate must not be imported"),
        ("src/http/a.rs", "use crate as all;", "the whole crate must not be imported"),
        ("src/http/a/b.rs", "use super::super::c;", "`super::super` hides where a name comes from"),
        ("src/simulator/a.rs", "use crate::ports::x;", "`simulator` must not name `ports`"),
        ("src/telemetry.rs", "use crate::app::x;", "`telemetry` must not name `app`"),
        ("src/runtime/tests.rs", "use crate::http::x;", "`runtime` must not name `http`"),
        ("src/somewhere/a.rs", "", "belongs to no layer"),
    ];
    for (path, snippet, rule) in cases {
        let findings = check(&Source::new(path, &format!("//! A module.\n{snippet}")));
        assert!(findings.iter().any(|finding| finding.rule.starts_with(rule)), "{path}: {snippet}: {findings:?}");
    }
}

#[test]
fn allowed_arrows_pass() {
    let cases = [
        ("src/domain/call/phase.rs", "use super::event::X; use crate::domain::values::{A, b::B};"),
        ("src/domain/a.rs", "// crate::ports::X\nconst A: &str = \"tokio::spawn and crate::ports\";"),
        (
            "src/adapters/telephony/twilio.rs",
            "use super::codec; use crate::adapters::inference::X; use crate::ports::Y;",
        ),
        ("src/runtime/driver/tests.rs", "use crate::adapters::telephony::fake;"),
        ("src/http/api.rs", "use crate::runtime::x; pub(crate) fn f() { tokio::spawn(g()) }"),
        ("src/main.rs", "use doorstep::app::App;"),
    ];
    for (path, snippet) in cases {
        assert_eq!(check(&Source::new(path, snippet)), [], "{path}: {snippet}");
    }
}

#[test]
fn a_finding_says_its_line() {
    let findings = check(&Source::new("src/ports/a.rs", "use crate::domain::{\n    a,\n};\nuse crate::http::b;"));
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["src/ports/a.rs:4: `ports` must not name `http`"]);
}
