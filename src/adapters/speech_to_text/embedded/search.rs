//! The search for the most likely words: a beam that a guide may steer, guarded against loops.

use std::sync::atomic::{AtomicBool, Ordering};

use super::network::{Beam, Encoded, Network, Scores};
use super::tokenizer::END;

/// What a guide lets follow.
pub(super) enum Choices<'a> {
    /// Whatever the model likes best, and these as well.
    Any { also: [&'a [u32]; 2] },
    /// Nothing but these.
    Only(&'a [u32]),
}

/// Steers a search by what the call expects. A state stands for the tokens so far.
pub(super) trait Guide {
    type State: Clone;

    fn start(&self) -> Self::State;
    fn choices(&self, state: &Self::State) -> Choices<'_>;
    /// The state after `token`, and the bonus it earns (or pays back), in nats.
    fn follow(&self, state: &Self::State, token: u32) -> (Self::State, f32);
}

/// Expects nothing.
pub(super) struct Unguided;

impl Guide for Unguided {
    type State = ();

    fn start(&self) {}

    fn choices(&self, (): &()) -> Choices<'_> {
        Choices::Any { also: [&[]; 2] }
    }

    fn follow(&self, (): &(), _token: u32) -> ((), f32) {
        ((), 0.0)
    }
}

/// How wide and how long a search may be.
#[derive(Clone, Copy)]
pub(super) struct Limits<'a> {
    pub(super) width: usize,
    pub(super) tokens_max: usize,
    /// How far behind the best, in nats, others are still wanted.
    pub(super) lag_max: f32,
    /// Set when nobody waits for the answer any more; the search then ends early with what it has.
    pub(super) cancelled: &'a AtomicBool,
}

/// One way to read the audio.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sentence {
    /// Without the start and the end.
    pub(super) tokens: Vec<u32>,
    /// The model's own log-probability of each token; one more than tokens when the end was reached.
    pub(super) log_probs: Vec<f32>,
    /// What the guide added.
    pub(super) bonus: f32,
}

impl Sentence {
    pub(super) fn log_prob(&self) -> f32 {
        self.log_probs.iter().sum()
    }

    pub(super) fn score(&self) -> f32 {
        self.log_prob() + self.bonus
    }

    /// Whether the model ended the sentence itself.
    pub(super) fn is_ended(&self) -> bool {
        self.tokens.len() < self.log_probs.len()
    }
}

struct Row<S> {
    /// The row of the step before that this one continues.
    parent: usize,
    sentence: Sentence,
    state: S,
}

struct Candidate {
    parent: usize,
    token: u32,
    log_prob: f32,
    score: f32,
}

/// The readings of `audio`, best first; at least one.
pub(super) fn search<G: Guide>(
    network: &mut Network,
    audio: &Encoded,
    opening: &(Scores, Beam),
    guide: &G,
    limits: Limits<'_>,
) -> Result<Vec<Sentence>, ort::Error> {
    let mut beam = opening.1.fork();
    let mut rows = vec![Row { parent: 0, sentence: Sentence::default(), state: guide.start() }];
    let mut ended: Vec<Sentence> = Vec::new();
    let mut found = candidates(&rows, &opening.0, guide, limits.width);
    for _ in 0..limits.tokens_max {
        rows = advance(&rows, found, guide, &mut ended);
        rows.retain(|row| !is_looping(&row.sentence.tokens));
        let is_decided = limits.width <= ended.len() || !may_still_count(&rows, &ended, limits.lag_max);
        if rows.is_empty() || is_decided || limits.cancelled.load(Ordering::Relaxed) {
            break;
        }
        let parents: Vec<usize> = rows.iter().map(|row| row.parent).collect();
        let tokens: Vec<u32> = rows.iter().filter_map(|row| row.sentence.tokens.last().copied()).collect();
        beam.follow(audio, &parents)?;
        let scores = network.step(&mut beam, &tokens)?;
        found = candidates(&rows, &scores, guide, limits.width);
    }
    if ended.is_empty() {
        ended.extend(rows.into_iter().map(|row| row.sentence));
    }
    ended.sort_by(|left, right| right.score().total_cmp(&left.score()));
    Ok(ended)
}

/// The best continuations of all rows together, best first, no more than `width`.
fn candidates<G: Guide>(rows: &[Row<G::State>], scores: &Scores, guide: &G, width: usize) -> Vec<Candidate> {
    let mut found = Vec::with_capacity(rows.len() * 2 * width);
    for (parent, row) in rows.iter().enumerate() {
        let scores = scores.row(parent);
        let total = log_sum_exp(scores);
        let (free, listed) = match guide.choices(&row.state) {
            Choices::Any { also } => (best_tokens(scores, width), also),
            Choices::Only(tokens) => (Vec::new(), [tokens, &[]]),
        };
        let tokens = free.iter().chain(listed.into_iter().flatten().filter(|token| !free.contains(token)));
        found.extend(tokens.map(|&token| {
            let log_prob = scores[token as usize] - total;
            let (_, bonus) = guide.follow(&row.state, token);
            Candidate { parent, token, log_prob, score: row.sentence.score() + log_prob + bonus }
        }));
    }
    found.sort_by(|left, right| right.score.total_cmp(&left.score));
    found.truncate(width);
    found
}

/// Moves each candidate to the rows of the next step, or to the ended sentences.
fn advance<G: Guide>(
    rows: &[Row<G::State>],
    found: Vec<Candidate>,
    guide: &G,
    ended: &mut Vec<Sentence>,
) -> Vec<Row<G::State>> {
    let mut next = Vec::with_capacity(found.len());
    for Candidate { parent, token, log_prob, .. } in found {
        let (state, bonus) = guide.follow(&rows[parent].state, token);
        let mut sentence = rows[parent].sentence.clone();
        sentence.log_probs.push(log_prob);
        sentence.bonus += bonus;
        if token == END {
            ended.push(sentence);
        } else {
            sentence.tokens.push(token);
            next.push(Row { parent, sentence, state });
        }
    }
    next
}

/// Log-probabilities only fall, so a row that is far behind the best ended sentence stays so; a bonus is rarely larger.
fn may_still_count<S>(rows: &[Row<S>], ended: &[Sentence], lag_max: f32) -> bool {
    let best_ended = ended.iter().map(Sentence::score).fold(f32::NEG_INFINITY, f32::max);
    rows.iter().any(|row| best_ended - lag_max < row.sentence.score())
}

/// How often a group of tokens may follow itself: "nine nine nine nine nine" is speech, twenty of them are a loop.
const REPEATS_MAX: usize = 8;
const REPEATED_TOKENS_MAX: usize = 8;

fn is_looping(tokens: &[u32]) -> bool {
    (1..=REPEATED_TOKENS_MAX).any(|length| {
        let span = length * REPEATS_MAX;
        let Some(start) = tokens.len().checked_sub(span) else { return false };
        let tail = &tokens[start..];
        tail[length..] == tail[..span - length]
    })
}

fn log_sum_exp(scores: &[f32]) -> f32 {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    highest + scores.iter().map(|score| (score - highest).exp()).sum::<f32>().ln()
}

/// The `count` highest scores' tokens, best first.
fn best_tokens(scores: &[f32], count: usize) -> Vec<u32> {
    let mut best: Vec<u32> = Vec::with_capacity(count + 1);
    let mut floor = f32::NEG_INFINITY;
    for (token, &score) in scores.iter().enumerate() {
        if score <= floor {
            continue;
        }
        let at = best.partition_point(|held| score < scores[*held as usize]);
        best.insert(at, token as u32);
        best.truncate(count);
        if best.len() == count {
            floor = best.last().map_or(floor, |lowest| scores[*lowest as usize]);
        }
    }
    best
}
