//! What callers give besides days and codes: numbers to call, amounts, people, places, addresses, e-mail, languages, items.
//!
//! Each reader takes the words of one utterance and invents nothing: what is doubtful says so, what is not there is absent.

mod address;
mod amounts;
mod email;
mod items;
mod languages;
mod people;
mod phone_numbers;
mod places;
mod said;

pub use address::{SpokenAddress, read_address};
pub use amounts::amounts;
pub use email::email;
pub use items::{ItemMatch, match_items};
pub use languages::{Language, languages};
pub use people::{Person, Relation, people};
pub use phone_numbers::{DialPlan, phone_numbers};
pub use places::{Place, PlaceKind, places};

/// A value as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot<T> {
    pub value: T,
    /// The words can mean something else, or were only partly understood: read the value back, or ask.
    pub is_unclear: bool,
}

impl<T> Slot<T> {
    const fn clear(value: T) -> Self {
        Self { value, is_unclear: false }
    }
}
