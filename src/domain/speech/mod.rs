//! Text rules: how money, dates, numbers and addresses become words. The words themselves are files: [`Locale`].

mod amounts;
mod calendar;
mod clauses;
mod locale;
mod normalise;
mod numbers;
mod recently_used;
mod references;

pub use amounts::{duration, money, written_money};
pub use calendar::{clock_time, day, full_date, part_window, window, written_day, written_time};
pub use clauses::{pause_after, split_clauses};
#[cfg(test)]
pub(crate) use locale::shipped;
pub use locale::{Locale, LocaleError, Locales};
pub use normalise::normalise;
pub use numbers::{cardinal, digits, ordinal, written_number, year};
pub use recently_used::RecentlyUsed;
pub use references::{order_reference, order_reference_with_words, phone_number, postcode};
