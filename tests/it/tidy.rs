//! Holds the rules of the text: module docs, names, tests that do not wait, nothing of the machine it was written on.

use proc_macro2::{Delimiter, TokenTree};

use crate::source::{Finding, Source, all_files, assert_none, each_run, named_paths, rust_files};

/// Words that say nothing about what a thing is for.
const NAME_WORDS_BANNED: &[&str] =
    &["Manager", "Managers", "Util", "Utils", "Processor", "Processors", "Data", "Info", "Infos"];
const FUNCTION_STARTS_BANNED: &[&str] = &["process", "do"];

/// Written in two parts, so that this file does not find itself.
const FIX_LATER: &str = concat!("FIX", "ME");
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Readers of what callers say: the words they go by are in `prompts/understanding/<language>/`.
const READERS: &[&str] = &[
    "src/domain/dialogue/understanding/dates/",
    "src/domain/dialogue/understanding/number_words.rs",
    "src/domain/dialogue/understanding/numbers.rs",
    "src/domain/dialogue/understanding/references.rs",
    "src/domain/dialogue/understanding/secrets.rs",
    "src/domain/dialogue/understanding/slots/",
    "src/domain/dialogue/understanding/spelling.rs",
    "src/domain/dialogue/understanding/spoken_names.rs",
    "src/domain/call/turn_taking.rs",
    "src/domain/dialogue/turn.rs",
    "src/domain/dialogue/turn/",
];

const CARGO_SOURCE: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
const NPM_SOURCE: &str = "\"resolved\": \"https://registry.npmjs.org/";

#[test]
fn rust_sources_are_tidy() {
    assert_none(&rust_files().iter().flat_map(check_rust).collect::<Vec<_>>());
}

#[test]
fn every_file_could_have_been_written_anywhere() {
    assert_none(&all_files().iter().flat_map(check_text).collect::<Vec<_>>());
}

fn check_rust(source: &Source) -> Vec<Finding> {
    let tokens = source.tokens();
    let mut findings = Vec::new();
    findings.extend(check_module_doc(source));
    findings.extend(check_file_name(source));
    each_run(&tokens, &mut |run| {
        findings.extend(check_declared_names(source, run));
        findings.extend(check_markers(source, run));
    });
    let is_reader = READERS.iter().any(|path| source.path.starts_with(path));
    if is_reader && !source.is_test() && !source.path.contains("/evaluate") {
        check_spoken_words(source, &tokens, &mut findings);
    }
    if source.is_test() {
        findings.extend(check_sleeps(source, &tokens));
    }
    findings
}

/// A `tests.rs` beside its module says by its name what it is for.
fn check_module_doc(source: &Source) -> Option<Finding> {
    let first = source.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has_doc = first.starts_with("//! ") && first.len() > "//! ".len();
    let is_named_enough = source.path.starts_with("src/") && source.path.ends_with("/tests.rs");
    (!has_doc && !is_named_enough)
        .then(|| source.finding(1, "a file opens with `//!` and one sentence on what it is for"))
}

fn check_file_name(source: &Source) -> Option<Finding> {
    let name = source.path.trim_end_matches(".rs").rsplit('/').next().unwrap_or_default();
    banned_word(name)
        .map(|word| source.finding(1, format!("`{word}` in a file name says nothing: name what it is for")))
}

fn check_declared_names(source: &Source, run: &[TokenTree]) -> Vec<Finding> {
    const DECLARES: &[&str] = &["struct", "enum", "union", "trait", "type", "mod", "fn", "const", "static"];
    let declared = run.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(keyword), TokenTree::Ident(name)] if DECLARES.iter().any(|known| keyword == known) => {
            Some((keyword == "fn", name))
        }
        _ => None,
    });
    let mut findings = Vec::new();
    for (is_function, name) in declared {
        let (text, line) = (name.to_string(), name.span().start().line);
        if let Some(word) = banned_word(&text) {
            findings.push(source.finding(line, format!("`{text}`: `{word}` says nothing: name what it is for")));
        } else if is_function && FUNCTION_STARTS_BANNED.contains(&text.split('_').next().unwrap_or_default()) {
            findings.push(source.finding(line, format!("`{text}`: say what it does to what")));
        }
    }
    findings
}

fn banned_word(name: &str) -> Option<&'static str> {
    let words = words_of(name);
    NAME_WORDS_BANNED.iter().find(|banned| words.iter().any(|word| word.eq_ignore_ascii_case(banned))).copied()
}

/// `OrderData` and `order_data` are `order`, `data`; `Metadata` is one word.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut follows_lower = false;
    for letter in name.chars() {
        if letter == '_' || (letter.is_uppercase() && follows_lower) {
            words.push(String::new());
        }
        if letter != '_' {
            words.last_mut().expect("there is always a word").push(letter);
        }
        follows_lower = letter.is_lowercase() || letter.is_ascii_digit();
    }
    words
}

fn check_markers(source: &Source, run: &[TokenTree]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for pair in run.windows(2) {
        match pair {
            [TokenTree::Ident(word), TokenTree::Punct(mark)]
                if mark.as_char() == '!' && (word == "todo" || word == "unimplemented") =>
            {
                findings.push(source.finding(word.span().start().line, format!("`{word}!` is not an implementation")));
            }
            [TokenTree::Punct(hash), TokenTree::Group(attribute)]
                if hash.as_char() == '#' && attribute.delimiter() == Delimiter::Bracket =>
            {
                let first = attribute.stream().into_iter().next();
                if matches!(&first, Some(TokenTree::Ident(word)) if word == "ignore") {
                    let line = attribute.span_open().start().line;
                    findings.push(source.finding(line, "a test that does not run proves nothing"));
                }
            }
            _ => (),
        }
    }
    findings
}

/// Lower-case words in quotes are a language's, unless an attribute or the reason of an `expect` says them.
fn check_spoken_words(source: &Source, tokens: &[TokenTree], findings: &mut Vec<Finding>) {
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| tokens[before].to_string());
        match token {
            TokenTree::Group(_) if matches!(before.as_deref(), Some("#" | "expect")) => (),
            TokenTree::Group(group) => {
                check_spoken_words(source, &group.stream().into_iter().collect::<Vec<_>>(), findings);
            }
            TokenTree::Literal(literal) => {
                let written = literal.to_string();
                let text = written.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
                let is_spoken = |c: char| c.is_lowercase() || matches!(c, ' ' | '\'' | '-' | '.');
                if text.contains(char::is_lowercase) && text.chars().all(is_spoken) {
                    let rule = format!("{written} is said by callers: write it into `prompts/understanding/`");
                    findings.push(source.finding(literal.span().start().line, rule));
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => (),
        }
    }
}

fn check_sleeps(source: &Source, tokens: &[TokenTree]) -> Vec<Finding> {
    named_paths(tokens)
        .iter()
        .filter(|path| {
            let tail: Vec<&str> = path.segments.iter().rev().take(2).map(String::as_str).collect();
            matches!(tail[..], ["sleep" | "sleep_ms" | "sleep_until", "thread" | "time"])
        })
        .map(|path| source.finding(path.line, "a test never sleeps: wait for the fact, or pause the clock"))
        .collect()
}

fn check_text(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let number = index + 1;
        if line.contains(FIX_LATER) {
            findings.push(source.finding(number, format!("`{FIX_LATER}`: fix it, or say when it can be fixed")));
        }
        if MACHINE_PATHS.iter().any(|path| holds_path(line, path)) {
            findings.push(source.finding(number, "a path of one machine"));
        }
        let is_foreign = match source.path.rsplit('/').next() {
            Some("Cargo.lock") => line.starts_with("source = ") && line != CARGO_SOURCE,
            Some("package-lock.json") => line.contains("\"resolved\": ") && !line.contains(NPM_SOURCE),
            Some(_) | None => false,
        };
        if is_foreign {
            findings.push(source.finding(number, "a dependency from somewhere else than the public registry"));
        }
    }
    findings
}

/// Whether `path` stands in the line as the beginning of an absolute path.
fn holds_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-*}".contains(letter))
            && after.is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn each_untidiness_is_found_where_it_stands() {
    let cases = [
        ("src/a.rs", 1, "fn f() {}"),
        ("src/a.rs", 1, "// A comment.\n//! Too late."),
        ("src/call_manager.rs", 1, "//! A."),
        ("src/a.rs", 2, "//! A.\nstruct OrderData;"),
        ("src/a.rs", 2, "//! A.\npub enum CallManager {}"),
        ("src/a.rs", 3, "//! A.\n\nmod string_utils;"),
        ("src/a.rs", 2, "//! A.\nfn process_frame() {}"),
        ("src/a.rs", 2, "//! A.\nimpl A { fn do_it() {} }"),
        ("src/a.rs", 2, "//! A.\nfn f() { todo!() }"),
        ("src/a.rs", 2, "//! A.\n#[ignore = \"slow\"] #[test] fn f() {}"),
        ("src/a/tests.rs", 2, "//! A.\nfn f() { std::thread::sleep(A) }"),
        ("src/domain/dialogue/turn.rs", 2, "//! A.\nconst WORDS: &[&str] = &[\"gmail.com\"];"),
        ("src/domain/dialogue/understanding/slots/a.rs", 2, "//! A.\nfn f() { matches!(word, \"not yet\") }"),
        ("tests/it/a.rs", 2, "//! A.\nuse tokio::time::{advance, sleep};"),
    ];
    for (path, line, snippet) in cases {
        let findings = check_rust(&Source::new(path, snippet));
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [line], "{path}: {snippet}");
    }
}

#[test]
fn each_trace_of_a_machine_is_found_where_it_stands() {
    let machine = format!("run {}me/a", MACHINE_PATHS[2]);
    let marker = format!("a\n# {FIX_LATER} later");
    let cases = [
        ("docs/a.md", 1, machine.as_str()),
        ("scripts/a.sh", 2, marker.as_str()),
        ("Cargo.lock", 2, "name = \"a\"\nsource = \"git+https://example.com/a\""),
        ("console/package-lock.json", 1, "\"resolved\": \"https://mirror.example.com/a.tgz\""),
    ];
    for (path, line, text) in cases {
        let findings = check_text(&Source::new(path, text));
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [line], "{path}: {text}");
    }
}

#[test]
fn tidy_text_passes() {
    let rust = "//! A.\nstruct Metadata; struct Information; fn processed() {} fn done() {} const INFOBAR: u8 = 0;\n\
                fn f() { sleep_less(); /* todo!() */ g(\"thread::sleep\") }";
    assert_eq!(check_rust(&Source::new("src/a/tests.rs", rust)), []);
    assert_eq!(check_rust(&Source::new("src/runtime/a.rs", "//! A.\nfn f() { tokio::time::sleep(A) }")), []);
    let reader = "//! A.\n/// \"Of\" a day.\n#[serde(rename = \"from\")]\nfn f() { g().expect(\"it is there\"); h(\"{a} b\", \"00\", 'x') }";
    assert_eq!(check_rust(&Source::new("src/domain/dialogue/understanding/dates/a.rs", reader)), []);
    let route = format!("GET https://shop.example{}page and {}", MACHINE_PATHS[2], MACHINE_PATHS[0]);
    assert_eq!(check_text(&Source::new("docs/a.md", &route)), []);
    assert_eq!(check_text(&Source::new("Cargo.lock", CARGO_SOURCE)), []);
}
