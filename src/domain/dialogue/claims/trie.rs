//! Finds the longest run of words that means something, in one walk.

use std::collections::BTreeMap;

use super::tokens::Token;

/// Runs of words, each with what it means. Several meanings may share one run.
#[derive(Clone, Debug)]
pub(super) struct Trie<T> {
    nodes: Vec<Node<T>>,
}

#[derive(Clone, Debug)]
struct Node<T> {
    next: BTreeMap<String, usize>,
    meanings: Vec<T>,
}

impl<T> Default for Trie<T> {
    fn default() -> Self {
        Self { nodes: vec![Node::empty()] }
    }
}

impl<T> Node<T> {
    const fn empty() -> Self {
        Self { next: BTreeMap::new(), meanings: Vec::new() }
    }
}

impl<T: Copy + PartialEq> Trie<T> {
    /// Adds a run. An empty one is left out: it would be found everywhere.
    pub(super) fn insert<S: AsRef<str>>(&mut self, words: &[S], meaning: T) {
        if words.is_empty() {
            return;
        }
        let mut at = 0;
        for word in words {
            at = match self.nodes[at].next.get(word.as_ref()) {
                Some(next) => *next,
                None => self.grow(at, word.as_ref()),
            };
        }
        if !self.nodes[at].meanings.contains(&meaning) {
            self.nodes[at].meanings.push(meaning);
        }
    }

    fn grow(&mut self, at: usize, word: &str) -> usize {
        let next = self.nodes.len();
        self.nodes.push(Node::empty());
        self.nodes[at].next.insert(word.to_owned(), next);
        next
    }

    /// The longest run that begins with the first of `tokens`, as its length and meanings.
    ///
    /// A run does not reach from one part of a sentence into the next.
    pub(super) fn longest(&self, tokens: &[Token]) -> Option<(usize, &[T])> {
        let part = tokens.first()?.part;
        let mut at = 0;
        let mut found = None;
        for (index, token) in tokens.iter().take_while(|token| token.part == part).enumerate() {
            let Some(next) = self.nodes[at].next.get(&token.text) else { break };
            at = *next;
            if !self.nodes[at].meanings.is_empty() {
                found = Some((index + 1, self.nodes[at].meanings.as_slice()));
            }
        }
        found
    }
}
