//! Makes new inputs out of known ones. The same seed and corpus give the same inputs.

const INPUT_BYTES_MAX: usize = 1 << 16;
const CHANGES_MAX: u64 = 6;

/// Pieces that decoders of text, JSON, forms, CSV and audio trip over.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b":",
    b",",
    b"null",
    b"true",
    b"-0",
    b"1e999",
    b"-1",
    b"0",
    b"18446744073709551616",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"0.1",
    b"NaN",
    b"%00",
    b"%",
    b"&",
    b"=",
    b"+",
    b"\r\n",
    b"\n",
    b"\0",
    b"\xff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"====",
    "\u{202e}".as_bytes(),
    "\u{0661}".as_bytes(),
    "\u{1f4e6}".as_bytes(),
    b"9999-99-99T99:99:99Z",
    b"P1Y",
];

/// A source of inputs.
pub(crate) struct Mutator {
    random: SplitMix,
    corpus: Vec<Vec<u8>>,
}

impl Mutator {
    /// Shape: `corpus` holds at least one input.
    pub(crate) fn new(seed: u64, corpus: Vec<Vec<u8>>) -> Self {
        Self { random: SplitMix(seed), corpus }
    }

    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.any_known().to_vec();
        for _ in 0..=self.random.below(CHANGES_MAX as usize) {
            self.change(&mut input);
        }
        input.truncate(INPUT_BYTES_MAX);
        input
    }

    fn any_known(&mut self) -> &[u8] {
        let index = self.random.below(self.corpus.len());
        &self.corpus[index]
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.below(input.len() + 1);
        let end = at + self.random.below(input.len() - at + 1);
        match self.random.below(8) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..end)),
            2 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.random.below(8);
                }
            }
            3 => input.insert(at, self.random.next() as u8),
            4 => {
                let piece = PIECES[self.random.below(PIECES.len())];
                drop(input.splice(at..end.min(at + piece.len()), piece.iter().copied()));
            }
            5 => {
                let times = self.random.below(200);
                let repeated = input[at..end].repeat(times.min(INPUT_BYTES_MAX / (end - at + 1)));
                drop(input.splice(at..at, repeated));
            }
            6 => {
                let other = self.any_known().to_vec();
                let from = self.random.below(other.len() + 1);
                drop(input.splice(at.., other[from..].iter().copied()));
            }
            _ => {
                let piece = PIECES[self.random.below(PIECES.len())];
                drop(input.splice(at..at, piece.iter().copied()));
            }
        }
        input.truncate(INPUT_BYTES_MAX);
    }
}

/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
