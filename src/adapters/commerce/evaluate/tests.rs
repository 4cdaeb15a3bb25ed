use std::path::Path;

use super::evaluate_events;

/// Bodies from the vendors' own client libraries, and a label for what no library recorded.
fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/carrier-events")
}

#[test]
fn recorded_bodies_are_read_right() {
    let score = evaluate_events(&fixtures()).unwrap();
    assert_eq!((score.correct, &score.misses), (score.n, &Vec::new()));
    assert!(10 <= score.n && 3 <= score.without_parcel, "{score:?}");
    assert_eq!(score.unknown_codes, 0);
}

#[test]
fn a_body_read_against_its_label_is_a_miss() {
    let folder = tempfile::tempdir().unwrap();
    let body = |number: u32, status: &str| {
        format!(
            r#"{{"object":"Tracker","tracking_code":"T{number}","status":"{status}","status_detail":"x",
            "updated_at":"2026-03-02T08:50:00Z","tracking_details":[]}}"#
        )
    };
    for (name, status) in [("a.json", "delivered"), ("b.json", "delivered"), ("c.json", "flying")] {
        std::fs::write(folder.path().join(name), body(1, status)).unwrap();
    }
    let labels = "{\"file\":\"a.json\",\"status\":\"delivered\"}\n{\"file\":\"b.json\",\"status\":\"in_transit\"}\n\
        {\"file\":\"c.json\",\"status\":\"in_transit\"}\n";
    std::fs::write(folder.path().join("expected.jsonl"), labels).unwrap();
    let score = evaluate_events(folder.path()).unwrap();
    let misses: Vec<_> = score.misses.iter().map(|miss| (miss.file.as_str(), miss.is_safe)).collect();
    assert_eq!((score.n, score.correct, misses), (3, 1, vec![("b.json", false), ("c.json", true)]));
    assert_eq!(score.unknown_codes, 1);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), "{").unwrap();
    assert!(evaluate_events(folder.path()).is_err_and(|fault| fault.contains("a.json")));
    assert!(evaluate_events(&folder.path().join("none.json")).is_err());
}
