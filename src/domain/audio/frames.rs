//! Frames of 20 ms out of pieces of any length.

/// The length of a frame everywhere in the product.
pub const FRAME_MS: u64 = 20;

/// Samples in one frame at `rate_hz`.
pub const fn frame_samples(rate_hz: u32) -> usize {
    (rate_hz as usize) * (FRAME_MS as usize) / 1_000
}

/// Cuts a stream of samples into whole frames; keeps the rest for the next piece.
#[derive(Debug)]
pub struct FrameCutter {
    rest: Vec<i16>,
    frame: usize,
}

impl FrameCutter {
    pub fn new(rate_hz: u32) -> Self {
        let frame = frame_samples(rate_hz);
        Self { rest: Vec::with_capacity(frame), frame }
    }

    /// Calls `on_frame` for each whole frame. Allocates nothing.
    pub fn push(&mut self, mut samples: &[i16], mut on_frame: impl FnMut(&[i16])) {
        if !self.rest.is_empty() {
            let missing = (self.frame - self.rest.len()).min(samples.len());
            self.rest.extend_from_slice(&samples[..missing]);
            samples = &samples[missing..];
            if self.rest.len() < self.frame {
                return;
            }
            on_frame(&self.rest);
            self.rest.clear();
        }
        let mut frames = samples.chunks_exact(self.frame);
        for frame in &mut frames {
            on_frame(frame);
        }
        self.rest.extend_from_slice(frames.remainder());
    }
}

#[cfg(test)]
mod tests {
    use super::FrameCutter;

    #[test]
    fn pieces_of_any_length_give_the_same_frames() {
        let samples: Vec<i16> = (0..2_000).collect();
        let cut = |sizes: &[usize]| {
            let (mut cutter, mut frames, mut at) = (FrameCutter::new(8_000), Vec::new(), 0);
            for size in sizes.iter().cycle() {
                let end = (at + size).min(samples.len());
                cutter.push(&samples[at..end], |frame| frames.push(frame.to_vec()));
                at = end;
                if at == samples.len() {
                    return frames;
                }
            }
            frames
        };
        let whole = cut(&[160]);
        assert_eq!((whole.len(), whole.concat()), (12, samples[..1_920].to_vec()));
        for sizes in [&[1][..], &[159, 161], &[80], &[320], &[37, 0, 500], &[2_000]] {
            assert_eq!(cut(sizes), whole, "{sizes:?}");
        }
    }
}
