use super::*;

/// A sound of these classes, one frame each, heard without doubt but for `doubt`.
fn sound(classes: &[usize], doubt: f64) -> DigitSound {
    let sure = 1.0 - doubt * (CLASSES - 1) as f64;
    let frame = |class: &usize| std::array::from_fn(|at| if at == *class { sure } else { doubt });
    DigitSound { frames: classes.iter().map(frame).collect() }
}

fn fit(sound: &DigitSound, digits: &[u8]) -> f32 {
    let row = digits.iter().fold(sound.start(), |row, digit| sound.then(&row, *digit));
    sound.whole(&row)
}

#[test]
fn the_row_that_was_said_fits_best() {
    let heard = sound(&[10, 4, 4, 10, 10, 5, 10, 5, 2, 10], 0.005);
    let said = fit(&heard, &[4, 5, 5, 2]);
    for other in [&[4, 5, 2][..], &[4, 4, 5, 5, 2], &[4, 5, 5], &[5, 5, 2], &[4, 5, 5, 3], &[4, 5, 5, 2, 2], &[]] {
        assert!(fit(&heard, other) + 3.0 < said, "{other:?}: {} against {said}", fit(&heard, other));
    }
}

#[test]
fn a_longer_row_never_fits_the_beginning_better() {
    let heard = sound(&[10, 4, 10, 5, 3, 10], 0.06);
    let mut row = heard.start();
    for digit in [4, 5, 5, 3, 9] {
        let longer = heard.then(&row, digit);
        assert!(longer.score() <= row.score() + 1e-6, "{digit}: {} after {}", longer.score(), row.score());
        row = longer;
    }
}

#[test]
fn scores_are_bounded_whatever_is_heard() {
    for heard in [sound(&[], 0.0), sound(&[1; 400], 0.0), sound(&[10; 400], 0.0)] {
        for digits in [&[][..], &[1], &[1, 1, 1, 1], &[9]] {
            let score = fit(&heard, digits);
            assert!((SCORE_MIN..=0.01).contains(&score), "{digits:?}: {score}");
        }
    }
}

#[test]
fn the_trained_ear_is_whole() {
    let ear = DigitEar::trained();
    assert_eq!(WEIGHTS.len(), 4 * CLASSES * (1 + HIDDEN_WIDTH));
    assert!(ear.classes.iter().flat_map(|(_, weights)| weights).all(|weight| weight.is_finite()));
}
