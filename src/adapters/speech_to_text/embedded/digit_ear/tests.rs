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
    assert_eq!(
        WEIGHTS.len(),
        2 * (UNITS * (1 + HIDDEN_WIDTH) + UNITS * (1 + SPAN * UNITS) + CLASSES * (1 + UNITS)),
        "the weights are those of this network"
    );
    let layers = [&ear.alone, &ear.together, &ear.classes];
    let mut weights = layers.iter().flat_map(|layer| &layer.0).flat_map(|(bias, weights)| weights.iter().chain([bias]));
    assert!(weights.all(|weight| weight.is_finite()));
}

#[test]
fn sums_hold_every_product_whatever_their_number() {
    for count in [0, 1, 7, 8, 9, 288, 293] {
        let left: Vec<f32> = (0..count).map(|at| at as f32).collect();
        let right = vec![2.0; count];
        let wanted = (0..count).map(|at| 2.0 * at as f32).sum::<f32>();
        assert!((dot(&left, &right) - wanted).abs() < 0.5, "{count}");
    }
}
