//! Every pattern of the understanding file in one tree, walked once from each word of an utterance.

use super::{
    intent::Intent,
    pattern::{Symbol, Unfolded},
    words::{Token, WordId},
};

/// The walk gives up after this many steps in one utterance; ordinary speech needs a few hundred.
const STEPS_MAX: u32 = 20_000;
/// Nodes that even the smallest file may have.
const ROOM_BASE: usize = 3_000;
/// A longer file may have one more node for each of so many bytes; the shipped one stays well below.
const BYTES_PER_NODE: usize = 4;
/// Words of one step that take as much memory as a node.
const WORDS_PER_NODE: usize = 16;

/// A stretch of tokens that says something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    pub(super) intent: Intent,
    /// How sure the pattern is of its intent.
    /// Shape: 0.0 to 1.0.
    pub(super) strength: f32,
    pub(super) start: u16,
    /// Shape: one past the last token.
    pub(super) end: u16,
    /// Words of the pattern that were heard, gaps not counted.
    pub(super) words: u16,
}

#[derive(Clone, Copy, Debug)]
struct Ending {
    intent: Intent,
    strength: f32,
    is_from_start: bool,
    is_to_end: bool,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// Sorted by word; the same word may lead to several nodes.
    words: Vec<(WordId, u32)>,
    gaps: Vec<(u8, u32)>,
    endings: Vec<Ending>,
}

/// Grows the tree pattern by pattern.
#[derive(Debug)]
pub(super) struct TreeBuilder {
    nodes: Vec<Branches>,
    /// Words and nodes that may still be added.
    room: usize,
}

#[derive(Debug, Default)]
struct Branches {
    /// Sorted by symbol.
    children: Vec<(Symbol, u32)>,
    endings: Vec<Ending>,
}

/// The tree has no room for a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OutOfRoom;

impl TreeBuilder {
    /// A tree that takes up no more than a few dozen times the file it is made of.
    pub(super) const fn with_room_for(file_length: usize) -> Self {
        Self { nodes: Vec::new(), room: ROOM_BASE + file_length / BYTES_PER_NODE }
    }

    /// Errors: the patterns so far unfold into too much.
    pub(super) fn add(&mut self, pattern: &Unfolded, intent: Intent, strength: f32) -> Result<(), OutOfRoom> {
        if self.nodes.is_empty() {
            self.nodes.push(Branches::default());
        }
        for form in &pattern.forms {
            let mut at = 0;
            for symbol in form {
                at = self.child(at, symbol)?;
            }
            self.nodes[at as usize].endings.push(Ending {
                intent,
                strength,
                is_from_start: pattern.is_from_start,
                is_to_end: pattern.is_to_end,
            });
        }
        Ok(())
    }

    fn child(&mut self, at: u32, symbol: &Symbol) -> Result<u32, OutOfRoom> {
        let children = &self.nodes[at as usize].children;
        let place = match children.binary_search_by(|(known, _)| known.cmp(symbol)) {
            Ok(place) => return Ok(children[place].1),
            Err(place) => place,
        };
        let words = match symbol {
            Symbol::OneOf(words) => words.len(),
            Symbol::Gap(_) => 0,
        };
        self.room = self.room.checked_sub(1 + words / WORDS_PER_NODE).ok_or(OutOfRoom)?;
        let child = u32::try_from(self.nodes.len()).expect("the room is far smaller");
        self.nodes.push(Branches::default());
        self.nodes[at as usize].children.insert(place, (symbol.clone(), child));
        Ok(child)
    }

    pub(super) fn freeze(self) -> Tree {
        let nodes = self.nodes.into_iter().map(|Branches { children, endings }| {
            let mut node = Node { words: Vec::new(), gaps: Vec::new(), endings };
            for (symbol, child) in children {
                match symbol {
                    Symbol::OneOf(words) => node.words.extend(words.iter().map(|word| (*word, child))),
                    Symbol::Gap(words) => node.gaps.push((words, child)),
                }
            }
            node.words.sort_unstable();
            node
        });
        let mut nodes: Vec<Node> = nodes.collect();
        if nodes.is_empty() {
            nodes.push(Node::default());
        }
        Tree { nodes }
    }
}

/// The frozen tree.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// Collects every match, into a buffer the caller owns.
    pub(super) fn find(&self, tokens: &[Token], found: &mut Vec<Match>) {
        found.clear();
        let mut walk = Walk { tree: self, tokens, found, steps_left: STEPS_MAX };
        for start in 0..tokens.len() {
            walk.visit(Place { node: 0, start, at: start, words: 0 });
        }
    }
}

struct Walk<'a> {
    tree: &'a Tree,
    tokens: &'a [Token],
    found: &'a mut Vec<Match>,
    steps_left: u32,
}

#[derive(Clone, Copy)]
struct Place {
    node: u32,
    start: usize,
    at: usize,
    words: u16,
}

impl Walk<'_> {
    fn visit(&mut self, place: Place) {
        if self.steps_left == 0 {
            return;
        }
        self.steps_left -= 1;
        let tree = self.tree;
        let node = &tree.nodes[place.node as usize];
        for ending in &node.endings {
            let fits_start = !ending.is_from_start || place.start == 0;
            if fits_start && (!ending.is_to_end || place.at == self.tokens.len()) {
                self.found.push(Match {
                    intent: ending.intent,
                    strength: ending.strength,
                    start: narrow(place.start),
                    end: narrow(place.at),
                    words: place.words,
                });
            }
        }
        self.follow_word(node, place);
        for &(words, child) in &node.gaps {
            let words = usize::from(words).min(self.tokens.len() - place.at);
            for skipped in 0..=words {
                self.visit_after_gap(child, Place { at: place.at + skipped, ..place });
            }
        }
    }

    fn visit_after_gap(&mut self, child: u32, place: Place) {
        let tree = self.tree;
        self.follow_word(&tree.nodes[child as usize], place);
    }

    fn follow_word(&mut self, node: &Node, place: Place) {
        let Some(token) = self.tokens.get(place.at) else { return };
        if token.id == WordId::UNKNOWN {
            return;
        }
        let first = node.words.partition_point(|(word, _)| *word < token.id);
        for &(_, child) in node.words[first..].iter().take_while(|(word, _)| *word == token.id) {
            self.visit(Place { node: child, at: place.at + 1, words: place.words + 1, ..place });
        }
    }
}

fn narrow(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
