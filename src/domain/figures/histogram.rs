//! Times counted by size, so that those of many calls add up and percentiles can be told of them.

use super::Counts;

/// Buckets of one doubling: the width of a bucket is a sixteenth of its least value.
const BUCKETS_OF_DOUBLING: u64 = 16;
const BITS_OF_BUCKET: u32 = BUCKETS_OF_DOUBLING.trailing_zeros();

/// Milliseconds by size.
///
/// Shape: exact below 32 ms; above it, each bucket is a sixteenth of a doubling wide and stands for its middle, so that
/// a percentile is within 3.2 % of the true one. The sum is exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Histogram {
    #[serde(rename = "b", default, skip_serializing_if = "Counts::is_empty")]
    buckets: Counts<u32>,
    #[serde(rename = "s", default)]
    sum: u64,
}

impl Histogram {
    pub fn add(&mut self, value: u64) {
        self.buckets.add(bucket_of(value), 1);
        self.sum += value;
    }

    pub fn add_all(&mut self, other: &Self) {
        self.buckets.add_all(&other.buckets);
        self.sum += other.sum;
    }

    /// Takes out what was added before.
    pub fn take_out(&mut self, other: &Self) {
        self.buckets.take_out(&other.buckets);
        self.sum = self.sum.saturating_sub(other.sum);
    }

    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    pub const fn sum(&self) -> u64 {
        self.sum
    }

    pub fn cases(&self) -> u64 {
        self.buckets.total()
    }

    /// By nearest rank.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = (self.cases() * percent).div_ceil(100).max(1);
        let mut passed = 0;
        self.buckets.iter().find_map(|(bucket, count)| {
            passed += count;
            (rank <= passed).then(|| middle_of(*bucket))
        })
    }
}

fn bucket_of(value: u64) -> u32 {
    let shift = (u64::BITS - value.leading_zeros()).saturating_sub(BITS_OF_BUCKET + 1);
    // What is left of the value has five bits, the highest of them set wherever anything was shifted out.
    let rest = value >> shift;
    u32::try_from(u64::from(shift) * BUCKETS_OF_DOUBLING + rest).unwrap_or(u32::MAX)
}

fn middle_of(bucket: u32) -> u64 {
    let bucket = u64::from(bucket);
    let shift = (bucket / BUCKETS_OF_DOUBLING).saturating_sub(1);
    let least = (bucket - shift * BUCKETS_OF_DOUBLING) << shift;
    least + ((1 << shift) >> 1)
}
