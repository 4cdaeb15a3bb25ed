//! The words a call expects, as a tree of tokens that makes them easier to hear.

use super::search::{Choices, Guide};
use super::tokenizer::Tokenizer;
use crate::domain::hearing::BiasPhrase;

/// What each token of an expected phrase of full weight earns, in nats.
const TOKEN_BONUS: f32 = 2.0;

/// Phrases taken from one context. The rest is left out: a long list helps nothing and costs every step.
const PHRASES_MAX: usize = 100;

/// Letters of one phrase that count.
const PHRASE_LETTERS_MAX: usize = 60;

const ROOT: usize = 0;

/// A prefix tree of the expected phrases.
pub(super) struct BiasTree {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// The tokens that lead on, and where to; the two lists run in step.
    tokens: Vec<u32>,
    children: Vec<usize>,
    /// What a token to here earns.
    bonus: f32,
    /// Whether a phrase is complete here.
    is_end: bool,
}

/// Where in the tree a sentence is, and what it was lent on the way to an end it has not reached.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct BiasState {
    node: usize,
    lent: f32,
}

impl BiasTree {
    pub(super) fn new(tokenizer: &Tokenizer, phrases: &[BiasPhrase]) -> Self {
        let mut tree = Self { nodes: vec![Node::default()] };
        for phrase in phrases.iter().take(PHRASES_MAX) {
            let weight = if phrase.weight.is_finite() { phrase.weight.clamp(0.0, 1.0) } else { 0.0 };
            let text: String = phrase.text.trim().chars().take(PHRASE_LETTERS_MAX).collect();
            for spelling in spellings(&text) {
                tree.insert(&tokenizer.encode(&spelling), weight * TOKEN_BONUS);
            }
        }
        tree
    }

    fn insert(&mut self, tokens: &[u32], bonus: f32) {
        let mut node = ROOT;
        for token in tokens {
            node = match self.child(node, *token) {
                Some(child) => child,
                None => {
                    self.nodes.push(Node::default());
                    let child = self.nodes.len() - 1;
                    self.nodes[node].tokens.push(*token);
                    self.nodes[node].children.push(child);
                    child
                }
            };
            self.nodes[node].bonus = self.nodes[node].bonus.max(bonus);
        }
        self.nodes[node].is_end |= node != ROOT;
    }

    fn child(&self, node: usize, token: u32) -> Option<usize> {
        let node = &self.nodes[node];
        node.tokens.iter().position(|held| *held == token).map(|at| node.children[at])
    }
}

impl Guide for BiasTree {
    type State = BiasState;

    fn start(&self) -> BiasState {
        BiasState::default()
    }

    fn choices(&self, state: &BiasState) -> Choices<'_> {
        Choices::Any { also: [&self.nodes[state.node].tokens, &[]] }
    }

    fn follow(&self, state: &BiasState, token: u32) -> (BiasState, f32) {
        if let Some(child) = self.child(state.node, token) {
            let Node { bonus, is_end, .. } = self.nodes[child];
            let lent = if is_end { 0.0 } else { state.lent + bonus };
            return (BiasState { node: child, lent }, bonus);
        }
        match self.child(ROOT, token).filter(|_| state.node != ROOT) {
            Some(child) => {
                let Node { bonus, is_end, .. } = self.nodes[child];
                let lent = if is_end { 0.0 } else { bonus };
                (BiasState { node: child, lent }, bonus - state.lent)
            }
            None => (BiasState::default(), -state.lent),
        }
    }
}

/// As given, and with the first letter large and small: a phrase may open a sentence or stand within it.
fn spellings(text: &str) -> Vec<String> {
    let Some(first) = text.chars().next() else { return Vec::new() };
    let rest = &text[first.len_utf8()..];
    let mut spellings = vec![text.to_owned()];
    for variant in [format!("{}{rest}", first.to_uppercase()), format!("{}{rest}", first.to_lowercase())] {
        if !spellings.contains(&variant) {
            spellings.push(variant);
        }
    }
    spellings
}

#[cfg(test)]
mod tests;
