//! L-BFGS: downhill by the slopes of the last few steps.
//!
//! Source: Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1.

use std::collections::VecDeque;

/// Steps remembered.
const MEMORY: usize = 6;
/// A step must gain this share of what the slope promises.
const GAIN_MIN: f64 = 1e-4;
const HALVINGS_MAX: usize = 20;
/// The descent ends when a step gains less than this share.
const GAIN_WORTHWHILE: f64 = 3e-5;

struct Step {
    moved: Vec<f32>,
    bent: Vec<f32>,
    /// One over the product of the two.
    weight: f64,
}

/// The place where `evaluate` is smallest, as far as `iterations` steps lead from `start`.
///
/// `evaluate` gives the value at a place and writes the slope there.
pub(super) fn minimise(
    start: Vec<f32>,
    iterations: usize,
    mut evaluate: impl FnMut(&[f32], &mut [f32]) -> f64,
) -> Vec<f32> {
    let mut place = start;
    let mut slope = vec![0.0; place.len()];
    let mut value = evaluate(&place, &mut slope);
    let mut steps: VecDeque<Step> = VecDeque::new();
    let mut next_slope = slope.clone();
    for _ in 0..iterations {
        let direction = direction(&slope, &steps);
        let promise = product(&direction, &slope);
        if promise >= 0.0 {
            break;
        }
        let mut length = if steps.is_empty() { (1.0 / product(&slope, &slope).sqrt()).min(1.0) } else { 1.0 };
        let mut next = moved(&place, &direction, length);
        let mut next_value = evaluate(&next, &mut next_slope);
        for _ in 0..HALVINGS_MAX {
            if next_value <= value + GAIN_MIN * length * promise {
                break;
            }
            length *= 0.5;
            next = moved(&place, &direction, length);
            next_value = evaluate(&next, &mut next_slope);
        }
        if next_value >= value {
            break;
        }
        remember(&mut steps, difference(&next, &place), difference(&next_slope, &slope));
        let gain = value - next_value;
        (place, value) = (next, next_value);
        std::mem::swap(&mut slope, &mut next_slope);
        if gain < GAIN_WORTHWHILE * value.abs() {
            break;
        }
    }
    place
}

fn remember(steps: &mut VecDeque<Step>, moved: Vec<f32>, bent: Vec<f32>) {
    let curvature = product(&moved, &bent);
    if curvature <= f64::EPSILON {
        return;
    }
    if steps.len() == MEMORY {
        steps.pop_front();
    }
    steps.push_back(Step { moved, bent, weight: 1.0 / curvature });
}

/// Downhill, with the curvature that the remembered steps showed.
fn direction(slope: &[f32], steps: &VecDeque<Step>) -> Vec<f32> {
    let mut direction: Vec<f32> = slope.iter().map(|value| -value).collect();
    let mut shares = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let share = step.weight * product(&step.moved, &direction);
        add(&mut direction, &step.bent, -share);
        shares.push(share);
    }
    if let Some(last) = steps.back() {
        let scale = narrow(1.0 / (last.weight * product(&last.bent, &last.bent)));
        direction.iter_mut().for_each(|value| *value *= scale);
    }
    for (step, share) in steps.iter().zip(shares.into_iter().rev()) {
        let back = step.weight * product(&step.bent, &direction);
        add(&mut direction, &step.moved, share - back);
    }
    direction
}

fn product(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn add(to: &mut [f32], what: &[f32], times: f64) {
    let times = narrow(times);
    to.iter_mut().zip(what).for_each(|(to, what)| *to += times * what);
}

fn moved(place: &[f32], direction: &[f32], length: f64) -> Vec<f32> {
    let length = narrow(length);
    place.iter().zip(direction).map(|(at, along)| at + length * along).collect()
}

fn difference(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "weights are kept in 32 bits")]
const fn narrow(value: f64) -> f32 {
    value as f32
}
