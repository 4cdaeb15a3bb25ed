//! Cuts a stream of text into sentences, as soon as each is whole.

/// A longer sentence is cut here: the claim check refuses it unread.
const SENTENCE_BYTES_MAX: usize = 1_200;

/// Collects text and gives sentences.
#[derive(Clone, Debug, Default)]
pub struct SentenceCutter {
    text: String,
}

impl SentenceCutter {
    /// Adds text; gives the sentences that are whole with it.
    pub fn push(&mut self, text: &str) -> Vec<String> {
        self.text.push_str(text);
        let mut whole = Vec::new();
        while let Some(end) = self.end() {
            let rest = self.text.split_off(end);
            let sentence = std::mem::replace(&mut self.text, rest);
            if sentence.contains(|c: char| !c.is_whitespace()) {
                whole.push(sentence.trim().to_owned());
            }
        }
        whole
    }

    /// The rest, when nothing more comes.
    pub fn finish(self) -> Option<String> {
        let rest = self.text.trim();
        (!rest.is_empty()).then(|| rest.to_owned())
    }

    /// Behind the first mark that ends a sentence and is followed by a blank: "4.5" and "p.m." end nothing.
    fn end(&self) -> Option<usize> {
        let mut before = ' ';
        let mut is_initial = false;
        let mut ended = false;
        for (at, letter) in self.text.char_indices() {
            if letter == '\n' || ended && letter.is_whitespace() {
                return Some(at + letter.len_utf8());
            }
            let closes = matches!(letter, '"' | '”' | '’' | '\'' | ')');
            ended = match letter {
                '!' | '?' | '…' => true,
                '.' => !is_initial,
                _ => ended && closes,
            };
            // A letter alone between marks or blanks, as the "m" of "p.m.".
            is_initial = letter.is_alphabetic() && !before.is_alphanumeric();
            before = letter;
        }
        (SENTENCE_BYTES_MAX < self.text.len()).then(|| self.text.floor_char_boundary(SENTENCE_BYTES_MAX))
    }
}
