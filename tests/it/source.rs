//! The repository's files as text and tokens, so that the rules of the source tree can be checked.
//!
//! Rules look at tokens, not at a syntax tree: what stands inside a macro call then counts too, while comments and
//! strings do not.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) rule: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.rule)
    }
}

/// One file: its path from the root of the repository, with `/` between names, and its content.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn tokens(&self) -> Vec<TokenTree> {
        let stream: TokenStream =
            self.text.parse().unwrap_or_else(|error| panic!("{}: not Rust tokens: {error}", self.path));
        stream.into_iter().collect()
    }

    pub(crate) fn finding(&self, line: usize, rule: impl Into<String>) -> Finding {
        Finding { file: self.path.clone(), line, rule: rule.into() }
    }

    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }
}

/// Every text file under version control, or every one outside the build's folders where there is no git.
pub(crate) fn all_files() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = tracked(root).unwrap_or_else(|| walked(root));
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(root.join(&path)).ok()?;
            Some(Source { path: path.to_str()?.to_owned(), text })
        })
        .collect()
}

/// The Rust files among [`all_files`].
pub(crate) fn rust_files() -> Vec<Source> {
    let files: Vec<Source> = all_files().into_iter().filter(|file| file.path.ends_with(".rs")).collect();
    assert!(files.iter().any(|file| file.path == "src/lib.rs"), "the sources were not found");
    files
}

/// Fails with one line a finding.
pub(crate) fn assert_none(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} broken rules:\n{}", lines.len(), lines.join("\n"));
}

fn tracked(root: &Path) -> Option<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()?;
    let names = String::from_utf8(listed.stdout).ok()?;
    let paths: Vec<PathBuf> = names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
    (listed.status.success() && !paths.is_empty()).then_some(paths)
}

fn walked(root: &Path) -> Vec<PathBuf> {
    const SKIPPED: [&str; 4] = ["target", "var", "node_modules", ".git"];
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder just listed can be read").flatten() {
            let path = entry.path();
            let is_skipped = SKIPPED.iter().any(|name| entry.file_name() == *name);
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !is_skipped => folders.push(path),
                Ok(kind) if kind.is_file() => {
                    found.push(path.strip_prefix(root).expect("the walk stays under its root").to_owned());
                }
                _ => (),
            }
        }
    }
    found
}

/// A path as written, with groups of a `use` spelled out: `use a::{b, c::d}` is `a::b` and `a::c::d`.
#[derive(Debug)]
pub(crate) struct NamedPath {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// `a::{..}`: the group itself, before its members.
    pub(crate) is_group: bool,
}

/// Every path of two or more segments, and every path of a `use`, in order.
pub(crate) fn named_paths(tokens: &[TokenTree]) -> Vec<NamedPath> {
    let mut found = Vec::new();
    collect_paths(tokens, &[], &mut found);
    found
}

fn collect_paths(tokens: &[TokenTree], prefix: &[String], found: &mut Vec<NamedPath>) {
    let mut at = 0;
    let mut follows_use = false;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                collect_paths(&inner, &[], found);
                at += 1;
            }
            TokenTree::Ident(first) if first == "use" => {
                follows_use = true;
                at += 1;
                continue;
            }
            TokenTree::Ident(first) => {
                let line = first.span().start().line;
                let mut segments = prefix.to_vec();
                segments.push(first.to_string());
                at = extend_path(tokens, at + 1, &mut segments);
                if let Some(members) = group_after(tokens, at) {
                    found.push(NamedPath { segments: segments.clone(), line, is_group: true });
                    collect_paths(&members, &segments, found);
                    at += 3;
                } else if follows_use || segments.len() > 1 {
                    found.push(NamedPath { segments, line, is_group: false });
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
        }
        follows_use = false;
    }
}

/// Reads `::name` as often as it stands there; returns where it stops.
fn extend_path(tokens: &[TokenTree], mut at: usize, segments: &mut Vec<String>) -> usize {
    while is_colons(tokens, at) {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(next)) => segments.push(next.to_string()),
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => segments.push("*".to_owned()),
            _ => break,
        }
        at += 3;
    }
    at
}

fn group_after(tokens: &[TokenTree], at: usize) -> Option<Vec<TokenTree>> {
    match tokens.get(at + 2) {
        Some(TokenTree::Group(group)) if is_colons(tokens, at) && group.delimiter() == Delimiter::Brace => {
            Some(group.stream().into_iter().collect())
        }
        _ => None,
    }
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    [at, at + 1].iter().all(|index| matches!(tokens.get(*index), Some(TokenTree::Punct(p)) if p.as_char() == ':'))
}

/// Calls `visit` with every run of sibling tokens: the file itself, then each group, outermost first.
pub(crate) fn each_run(tokens: &[TokenTree], visit: &mut dyn FnMut(&[TokenTree])) {
    visit(tokens);
    for token in tokens {
        if let TokenTree::Group(group) = token {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            each_run(&inner, visit);
        }
    }
}
