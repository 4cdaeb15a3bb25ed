//! What postcodes look like: British, Indian and American ones.
//!
//! Letters by themselves are hard to hear over a telephone. What a postcode looks like says where a letter can stand and
//! where a digit: "she has nine teens, three bacs" is none, "C F nineteen three B X" is one.

use super::codes::Form;

/// How far along each form a code may be, a bit each: eight for the British one, then how many digits have been said.
type Place = u32;

const BRITISH_WHOLE: Place = 1 << 7;
const BRITISH: Place = 0xff;
const NO_DIGITS: Place = 1 << 8;
/// Indian codes have six digits, American ones five or nine.
const WHOLE: Place = BRITISH_WHOLE | (NO_DIGITS << 5) | (NO_DIGITS << 6) | (NO_DIGITS << 9);
/// No code has more digits than nine.
const DIGITS_MAX: Place = NO_DIGITS << 9;

/// Any postcode of the three countries.
pub(super) struct Postcode;

impl Form for Postcode {
    type Place = Place;

    const START: Place = 1 | NO_DIGITS;

    fn after(&self, place: Place, any_of: &[String]) -> Option<Place> {
        let behind = any_of.iter().fold(0, |places, signs| places | signs.bytes().fold(place, after));
        (behind != 0).then_some(behind)
    }

    fn is_whole(&self, place: Place) -> bool {
        place & WHOLE != 0
    }
}

/// Where a code is behind one more sign; nowhere if none of the forms has it there.
fn after(place: Place, sign: u8) -> Place {
    let british = (0..7).filter(|at| place & 1 << at != 0).fold(0, |behind, at| behind | british_after(at, sign));
    let digits =
        if sign.is_ascii_digit() { ((place & !BRITISH) << 1) & (DIGITS_MAX | (DIGITS_MAX - 1)) & !BRITISH } else { 0 };
    british | digits
}

/// One or two letters, a digit, perhaps one more sign; then a digit and two letters.
const fn british_after(at: u32, sign: u8) -> Place {
    match (at, sign.is_ascii_digit()) {
        (0, false) => 1 << 1,
        (1, false) => 1 << 2,
        (1 | 2, true) => 1 << 3,
        (3, true) => (1 << 4) | (1 << 5),
        (3, false) => 1 << 4,
        (4, true) => 1 << 5,
        (5, false) => 1 << 6,
        (6, false) => 1 << 7,
        _ => 0,
    }
}
