//! Scores identity against recorded turns: how many true callers get through, and how many strangers.
//!
//! As on a call: a caller from the order's number gives one proof, any other caller two; three turns, then a person helps.

use std::collections::BTreeMap;

use super::{IdentityEvidence, match_postcode, name_scores, postcode_score};
use crate::domain::{
    dialogue::understanding::{Miss, RowError, Score, Share, fnv1a, rows, vocabulary::Vocabulary},
    hearing::{Hypothesis, Transcript},
};

/// Turns in which a caller gets through, or does not.
const TURNS_MAX: usize = 3;
/// Strangers each call is tried against.
const STRANGERS_PER_CALL: usize = 10;

#[derive(serde::Deserialize)]
struct TurnRow {
    call: String,
    scenario: String,
    item: String,
    nbest: Vec<String>,
}

#[derive(Clone, serde::Deserialize)]
struct ProfileRow {
    scenario_id: String,
    postcode: String,
    name: String,
}

/// Where the call comes from: it decides how much proof is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallsFrom {
    /// The number on the order: the postcode alone, asked up to three times.
    OrderNumber,
    /// Any other number: the postcode, the name, and once more what fits less.
    Elsewhere,
}

/// Scores all calls of a file of turns against a table of profiles, as calls from the order's number.
///
/// `n` counts true callers, `unsafe_misses` the strangers let through of `impostor_n`.
/// Errors: a line of either file is not of the form.
pub fn evaluate_identity(vocabulary: &Vocabulary, turn_lines: &str, profiles_csv: &str) -> Result<Score, RowError> {
    evaluate_identity_share(vocabulary, turn_lines, profiles_csv, Share::All, CallsFrom::OrderNumber)
}

/// Scores a share of the calls: thresholds are made on one and reported on the other.
///
/// Errors: as [`evaluate_identity`].
pub fn evaluate_identity_share(
    vocabulary: &Vocabulary,
    turn_lines: &str,
    profiles_csv: &str,
    share: Share,
    calls_from: CallsFrom,
) -> Result<Score, RowError> {
    let profiles = read_profiles(profiles_csv)?;
    let mut calls: BTreeMap<String, Vec<TurnRow>> = BTreeMap::new();
    for turn in rows::<TurnRow>(turn_lines)?.into_iter().filter(|turn| share.holds(&turn.call)) {
        calls.entry(turn.call.clone()).or_default().push(turn);
    }
    let mut score = Score { impostor_n: Some(0), ..Score::default() };
    for (call, turns) in &calls {
        let Some(own) = turns.first().and_then(|turn| profiles.iter().find(|p| p.scenario_id == turn.scenario)) else {
            // A caller without a record cannot get through; every call counts.
            score.miss(missed(call, turns));
            continue;
        };
        if gets_through(vocabulary, turns, own, calls_from) {
            score.hit();
        } else {
            score.miss(missed(call, turns));
        }
        for stranger in strangers(call, own, &profiles) {
            score.impostor_n = score.impostor_n.map(|n| n + 1);
            score.unsafe_misses += usize::from(gets_through(vocabulary, turns, stranger, calls_from));
        }
    }
    Ok(score)
}

fn read_profiles(profiles_csv: &str) -> Result<Vec<ProfileRow>, RowError> {
    let mut reader = csv::Reader::from_reader(profiles_csv.as_bytes());
    let read = |(index, row): (usize, Result<ProfileRow, csv::Error>)| {
        row.map_err(|error| RowError { line: index + 2, reason: error.to_string() })
    };
    reader.deserialize().enumerate().map(read).collect()
}

fn gets_through(vocabulary: &Vocabulary, turns: &[TurnRow], profile: &ProfileRow, calls_from: CallsFrom) -> bool {
    let answers =
        |item: &'static str| turns.iter().filter(move |turn| turn.item == item).map(|turn| heard(&turn.nbest));
    match calls_from {
        CallsFrom::OrderNumber => answers("postcode")
            .take(TURNS_MAX)
            .any(|transcript| match_postcode(vocabulary, &profile.postcode, &transcript).is_accepted()),
        CallsFrom::Elsewhere => {
            let (mut postcodes, mut names) = (answers("postcode"), answers("name"));
            let (postcode, name) = (postcodes.next().unwrap_or_default(), names.next().unwrap_or_default());
            let mut evidence = IdentityEvidence::default();
            evidence.hear_postcode(vocabulary, &profile.postcode, &postcode);
            evidence.hear_name(vocabulary, &profile.name, &name);
            let is_name_weaker = name_scores(vocabulary, &profile.name, &name).mean()
                < postcode_score(vocabulary, &profile.postcode, &postcode);
            if is_name_weaker {
                evidence.hear_name(vocabulary, &profile.name, &names.next().unwrap_or_default());
            } else {
                evidence.hear_postcode(vocabulary, &profile.postcode, &postcodes.next().unwrap_or_default());
            }
            evidence.verdict().is_accepted()
        }
    }
}

fn heard(nbest: &[String]) -> Transcript {
    let hypotheses = nbest.iter().map(|text| Hypothesis { text: text.clone(), words: Vec::new(), confidence: 1.0 });
    Transcript::of(hypotheses.collect())
}

fn missed(call: &str, turns: &[TurnRow]) -> Miss {
    let text = turns.iter().filter_map(|turn| turn.nbest.first()).map(String::as_str).collect::<Vec<_>>().join(" | ");
    Miss { id: call.to_owned(), text, expected: "through".to_owned(), read: "not through".to_owned(), is_safe: true }
}

/// The same strangers for the same call, every time.
fn strangers<'a>(call: &str, own: &ProfileRow, profiles: &'a [ProfileRow]) -> Vec<&'a ProfileRow> {
    let mut drawn: Vec<&ProfileRow> = Vec::new();
    for attempt in 0..4 * STRANGERS_PER_CALL {
        let hash = fnv1a(&format!("{call}#{attempt}")) >> 16;
        let place = usize::try_from(hash % profiles.len().max(1) as u64).unwrap_or_default();
        let Some(stranger) = profiles.get(place) else { break };
        let is_new = drawn.iter().all(|known| known.scenario_id != stranger.scenario_id);
        if is_new && stranger.scenario_id != own.scenario_id && drawn.len() < STRANGERS_PER_CALL {
            drawn.push(stranger);
        }
    }
    drawn
}
