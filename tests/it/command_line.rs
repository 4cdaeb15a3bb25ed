//! The commands as a person or a script runs them: arguments in, output and exit code out.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn doorstep(arguments: &[&str], path: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).arg(path);
    command.output().expect("the binary was built for this test")
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The lines before the last, and the object that the last one is.
fn scored(output: &Output) -> (Vec<String>, Value) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let object = serde_json::from_str(&lines.pop().unwrap()).unwrap();
    (lines, object)
}

const RIGHT: &str = r#"{"id":"a","text":"where is my order","expected":"wismo_status"}"#;
const WRONG: &str = r#"{"id":"b","text":"where is my order","expected":"cancel_order"}"#;
const DATES: &str =
    r#"{"id":"d","text":"tomorrow","reference":"2026-11-22T09:00:00","expected":{"date":"2026-11-23"}}"#;
const TURNS: &str = r#"{"call":"c","scenario":"s1","item":"postcode","nbest":["s w 1 a 1 a a"]}
{"call":"c","scenario":"s1","item":"name","nbest":["asha rao"]}"#;
const PROFILES: &str = "scenario_id,postcode,name\ns1,SW1A 1AA,Asha Rao\ns2,EC6E 6YB,Elaine Ellis\n";

#[test]
fn understanding_is_scored_over_all_files_of_a_folder() {
    let folder = folder(&[("one.jsonl", RIGHT), ("two.jsonl", WRONG), ("notes.md", "not a suite")]);
    let (lines, score) = scored(&doorstep(&["evaluate", "understanding"], folder.path()));
    assert_eq!(lines, [""; 0]);
    assert_eq!((&score["n"], &score["correct"], &score["rate"]), (&2.into(), &1.into(), &0.5.into()));
    assert_eq!(score["safe_misses"].as_u64().unwrap() + score["unsafe_misses"].as_u64().unwrap(), 1);
    assert_eq!(score["confusions"]["cancel_order > wismo_status"], 1);
}

#[test]
fn each_miss_is_a_line_before_the_object() {
    let folder = folder(&[("two.jsonl", WRONG)]);
    let (lines, _) = scored(&doorstep(&["evaluate", "--misses", "understanding"], &folder.path().join("two.jsonl")));
    let line = r#"b: expected cancel_order, read wismo_status: "where is my order""#;
    assert!(lines.len() == 1 && lines[0].ends_with(line), "{lines:?}");
}

#[test]
fn dates_are_scored() {
    let folder = folder(&[("dates.jsonl", DATES)]);
    let (_, score) = scored(&doorstep(&["evaluate", "dates"], &folder.path().join("dates.jsonl")));
    assert_eq!((&score["n"], &score["correct"]), (&1.into(), &1.into()));
}

#[test]
fn identity_is_scored_from_a_folder_or_its_turns() {
    let folder = folder(&[("evi_en_turns.jsonl", TURNS), ("evi_en_profiles.csv", PROFILES)]);
    for path in [folder.path(), &folder.path().join("evi_en_turns.jsonl")] {
        let (_, score) = scored(&doorstep(&["evaluate", "identity"], path));
        assert_eq!((&score["n"], &score["correct"]), (&1.into(), &1.into()));
        assert_eq!((&score["impostor_n"], &score["unsafe_misses"]), (&1.into(), &0.into()));
    }
}

#[test]
fn spoken_numbers_are_scored() {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures/speech/digits");
    let (_, score) = scored(&doorstep(&["evaluate", "digits"], &recordings));
    assert_eq!((&score["n"], &score["correct"]), (&2.into(), &2.into()));
}

#[test]
fn sentences_are_scored() {
    let folder = folder(&[("whats_the_weather_like.txt", "what's the weather like")]);
    let name = "whats_the_weather_like.wav";
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio-fixtures/speech").join(name);
    std::fs::copy(recording, folder.path().join(name)).unwrap();
    let (_, score) = scored(&doorstep(&["evaluate", "speech"], folder.path()));
    assert_eq!((&score["n"], &score["words"]), (&1.into(), &4.into()));
}

#[test]
fn what_cannot_be_scored_is_one_line_and_code_2() {
    let folder = folder(&[("bad.jsonl", "{}\nnot json"), ("alone.jsonl", TURNS)]);
    let cases = [
        ("understanding", "bad.jsonl", "bad.jsonl: line 1 is not a row of this suite"),
        ("dates", "missing.jsonl", "missing.jsonl: No such file"),
        ("identity", "alone.jsonl", "evi_en_profiles.csv: No such file"),
        ("digits", "", "nothing that this suite can score"),
        ("digits", "nowhere", "nowhere: No such file"),
    ];
    for (suite, file, reason) in cases {
        let output = doorstep(&["evaluate", suite], &folder.path().join(file));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{suite}: {errors}");
        assert!(errors.lines().count() == 1 && errors.contains(reason), "{suite}: {errors}");
        assert!(output.stdout.is_empty());
    }
}
