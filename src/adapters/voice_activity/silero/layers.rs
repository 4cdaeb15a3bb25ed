//! Small dense arithmetic laid out so that the compiler makes vector code of it.

/// Outputs computed side by side: they stay in registers while the inputs go by.
const BLOCK: usize = 16;

/// `weights × input + bias`.
pub(super) struct Dense {
    /// For each block of outputs, for each input: the weights of that block.
    weights: Vec<[f32; BLOCK]>,
    bias: Vec<[f32; BLOCK]>,
    inputs: usize,
}

impl Dense {
    /// `weight(output, input)` gives each weight. The outputs must be a multiple of the block.
    pub(super) fn new(inputs: usize, bias: &[f32], weight: impl Fn(usize, usize) -> f32) -> Self {
        let (bias, _) = bias.as_chunks::<BLOCK>();
        let places = (0..bias.len()).flat_map(|block| (0..inputs).map(move |input| (block, input)));
        let weights =
            places.map(|(block, input)| std::array::from_fn(|lane| weight(block * BLOCK + lane, input))).collect();
        Self { weights, bias: bias.to_vec(), inputs }
    }

    pub(super) fn apply(&self, input: &[f32], output: &mut [f32]) {
        let (outputs, _) = output.as_chunks_mut::<BLOCK>();
        let blocks = self.weights.chunks_exact(self.inputs).zip(&self.bias);
        for (output, (weights, bias)) in outputs.iter_mut().zip(blocks) {
            let mut sums = *bias;
            for (weights, value) in weights.iter().zip(input) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += weight * value;
                }
            }
            *output = sums;
        }
    }

    pub(super) fn apply_rectified(&self, input: &[f32], output: &mut [f32]) {
        self.apply(input, output);
        for value in output {
            *value = value.max(0.0);
        }
    }
}

pub(super) fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + exp(-value))
}

pub(super) fn tanh(value: f32) -> f32 {
    2.0 * sigmoid(2.0 * value) - 1.0
}

/// eˣ without a call or a branch, so that loops over it become vector code; within 3·10⁻⁶ of the value.
fn exp(value: f32) -> f32 {
    // Adding this number leaves the nearest whole number in the low bits of the sum.
    const ROUNDING: f32 = 12_582_912.0;
    const POLYNOMIAL: [f32; 6] = [1.0, std::f32::consts::LN_2, 0.240_226_5, 0.055_504_11, 0.009_618_13, 0.001_333_36];
    let exponent = value.clamp(-80.0, 80.0) * std::f32::consts::LOG2_E;
    let rounded = exponent + ROUNDING;
    let rest = exponent - (rounded - ROUNDING);
    let fraction = POLYNOMIAL.iter().rev().fold(0.0, |sum, factor| sum * rest + factor);
    let power = rounded.to_bits().wrapping_add(127_u32.wrapping_sub(ROUNDING.to_bits())) << 23;
    f32::from_bits(power) * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_functions_follow_the_exact_ones() {
        for step in -4_000..=4_000_i16 {
            let value = f32::from(step) / 100.0;
            assert!((exp(value) / value.exp() - 1.0).abs() < 1e-5, "exp {value}");
            assert!((tanh(value) - value.tanh()).abs() < 1e-5, "tanh {value}");
        }
        for value in [f32::NEG_INFINITY, -1e30, 1e30, f32::INFINITY, f32::NAN] {
            assert!((0.0..=1.0).contains(&sigmoid(value)) || value.is_nan());
        }
    }

    #[test]
    fn a_dense_layer_multiplies_and_adds() {
        let dense = Dense::new(3, &[1.0; 32], |output, input| (output * 10 + input) as f32);
        let mut output = [0.0; 32];
        dense.apply(&[1.0, 2.0, -1.0], &mut output);
        for (index, value) in output.iter().enumerate() {
            assert_eq!(*value, (index * 20) as f32 + 1.0);
        }
        let negative = Dense::new(1, &[-1.0; 16], |_, _| 0.0);
        negative.apply_rectified(&[1.0], &mut output[..16]);
        assert_eq!(output[..16], [0.0; 16]);
    }
}
