//! Which of the shop's numbers a customer sees.

use crate::domain::values::PhoneNumber;

/// Digits of a country code at most.
const COUNTRY_DIGITS_MAX: usize = 3;

/// The number of the pool that this customer always sees: one of their own country if there is one.
///
/// The same customer gets the same number for as long as it is in the pool, whatever else joins or leaves it.
pub fn caller_id<'a>(pool: &'a [PhoneNumber], customer: &PhoneNumber) -> Option<&'a PhoneNumber> {
    let shared = |number: &PhoneNumber| digits_shared(number.reveal(), customer.reveal());
    let nearest = pool.iter().map(shared).max()?;
    pool.iter().filter(|number| shared(number) == nearest).max_by_key(|number| weight(number, customer))
}

/// How many of the first digits, up to the length of a country code, are the same.
fn digits_shared(one: &str, other: &str) -> usize {
    let pairs = one.bytes().skip(1).zip(other.bytes().skip(1));
    pairs.take(COUNTRY_DIGITS_MAX).take_while(|(one, other)| one == other).count()
}

/// Rendezvous hashing: each pair of numbers has its own weight.
fn weight(number: &PhoneNumber, customer: &PhoneNumber) -> u64 {
    let letters = number.reveal().bytes().chain(std::iter::once(b'|')).chain(customer.reveal().bytes());
    // FNV-1a, then a finaliser: the last digit alone must move every bit.
    let hash =
        letters.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}
