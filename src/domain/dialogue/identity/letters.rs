//! How alike two strings of letters and digits sound over a telephone.

/// A sign that was said and not heard.
const MISSING: f32 = 1.0;
/// A sign that was heard and not said: a hesitation, a start anew, one sound taken for two.
const EXTRA: f32 = 0.6;
/// One digit heard clearly as another: recognisers seldom do that, neighbours and guesses do.
const WRONG_DIGIT: f32 = 1.6;
/// Signs heard before the value begins: "L A, sorry, L".
const EXTRA_IN_FRONT: f32 = 0.35;
/// A whole start anew in front costs no more than this, however long it was.
const EXTRA_IN_FRONT_MAX: f32 = 1.05;
/// One letter heard for another that sounds nothing like it: a neighbour's postcode differs in one.
const WRONG_LETTER: f32 = 1.6;

/// Compares letter by letter, forgiving what sounds alike.
///
/// Shape: 1.0 when equal, 0.0 when nothing fits.
pub(super) fn similarity(known: &[u8], heard: &[u8]) -> f32 {
    if known.is_empty() || heard.is_empty() {
        return 0.0;
    }
    let mut row: Vec<f32> = (0_u16..)
        .map(|index| (f32::from(index) * EXTRA_IN_FRONT).min(EXTRA_IN_FRONT_MAX))
        .take(heard.len() + 1)
        .collect();
    for &sign in known {
        let mut diagonal = row[0];
        row[0] += MISSING;
        for (index, &other) in heard.iter().enumerate() {
            let above = row[index + 1];
            let replaced = diagonal + confusion(sign, other);
            row[index + 1] = replaced.min(above + MISSING).min(row[index] + EXTRA);
            diagonal = above;
        }
    }
    let length = u16::try_from(known.len()).map_or(f32::MAX, f32::from);
    (1.0 - row[heard.len()] / length).max(0.0)
}

/// What it costs to take one sign for the other: 0.0 for the same, 1.0 and more for what nobody confuses.
fn confusion(said: u8, heard: u8) -> f32 {
    /// Signs that share their sound, closest groups first.
    const ALIKE: &[(&[u8], f32)] = &[
        (b"O0", 0.05),
        (b"V5", 0.2),
        (b"MN", 0.25),
        (b"FS", 0.25),
        (b"GJ", 0.25),
        (b"BDPTVE", 0.3),
        (b"A8", 0.3),
        (b"U2Q", 0.35),
        (b"BCDEGPTVZ3", 0.45),
        (b"AHJK8", 0.45),
        (b"59IY", 0.45),
        (b"FSX6", 0.5),
        (b"AR", 0.45),
        (b"AI", 0.6),
        (b"1I", 0.5),
        (b"LMN", 0.5),
        (b"4F", 0.6),
        (b"SZ", 0.45),
    ];
    if said == heard {
        return 0.0;
    }
    let alike = ALIKE.iter().find(|(group, _)| group.contains(&said) && group.contains(&heard));
    let otherwise = if said.is_ascii_digit() && heard.is_ascii_digit() { WRONG_DIGIT } else { WRONG_LETTER };
    alike.map_or(otherwise, |(_, cost)| *cost)
}
