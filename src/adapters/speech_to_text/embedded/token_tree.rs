//! A prefix tree of tokens with something at the end of each word: what the strict searches let follow.

/// Nodes are known by their number; the first ones are the roots.
pub(super) struct TokenTree<W> {
    nodes: Vec<Node<W>>,
    roots: usize,
}

struct Node<W> {
    children: Vec<(u32, usize)>,
    word: Option<W>,
}

impl<W: Copy> TokenTree<W> {
    pub(super) fn with_roots(count: usize) -> Self {
        let mut tree = Self { nodes: Vec::new(), roots: count };
        for _ in 0..count {
            tree.add();
        }
        tree
    }

    /// How many roots there are; they come first.
    pub(super) fn roots(&self) -> usize {
        self.roots
    }

    fn add(&mut self) -> usize {
        self.nodes.push(Node { children: Vec::new(), word: None });
        self.nodes.len() - 1
    }

    /// Order: of two words of the same tokens the later one stands.
    pub(super) fn insert(&mut self, root: usize, tokens: &[u32], word: W) {
        let mut node = root;
        for token in tokens {
            node = self.child(node, *token).unwrap_or_else(|| {
                let child = self.add();
                self.nodes[node].children.push((*token, child));
                child
            });
        }
        self.nodes[node].word = Some(word);
    }

    pub(super) fn child(&self, node: usize, token: u32) -> Option<usize> {
        self.nodes[node].children.iter().find(|(held, _)| *held == token).map(|(_, child)| *child)
    }

    /// What ends here.
    pub(super) fn word(&self, node: usize) -> Option<W> {
        self.nodes[node].word
    }

    /// The tokens that lead on.
    pub(super) fn tokens(&self, node: usize) -> Vec<u32> {
        self.nodes[node].children.iter().map(|(token, _)| *token).collect()
    }

    /// All nodes, the roots first.
    pub(super) fn nodes(&self) -> std::ops::Range<usize> {
        0..self.nodes.len()
    }
}
