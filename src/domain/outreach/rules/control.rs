//! The group of customers that is not called, to see what calls are worth.

use crate::domain::outreach::fnv1a;
use crate::domain::values::PhoneNumber;

/// The share of customers that is held back, and the salt that draws them.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ControlGroup {
    /// 0 to 50.
    pub percent: u32,
    /// Another salt draws another group. Changing it ends the comparison.
    pub salt: String,
}

/// Parts that customers are divided into.
const PARTS: u64 = 10_000;

impl ControlGroup {
    /// Whether a customer is in the group: always the same for one number and one salt, on every machine.
    ///
    /// Shape: FNV-1a (64 bits) over the salt, a colon and the number in E.164, its bits mixed as in MurmurHash3's
    /// `fmix64`; the remainder by 10,000 is below 100 times the percentage. A larger percentage keeps everybody who was
    /// in the smaller group.
    pub fn holds_back(&self, phone: &PhoneNumber) -> bool {
        let text = self.salt.bytes().chain([b':']).chain(phone.reveal().bytes());
        mix(fnv1a(text)) % PARTS < u64::from(self.percent) * (PARTS / 100)
    }
}

/// Source: MurmurHash3, `fmix64`, by Austin Appleby, in the public domain.
const fn mix(mut sum: u64) -> u64 {
    sum ^= sum >> 33;
    sum = sum.wrapping_mul(0xff51_afd7_ed55_8ccd);
    sum ^= sum >> 33;
    sum = sum.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    sum ^ (sum >> 33)
}
