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

pub(in crate::domain) use address::AddressLists;
pub use address::SpokenAddress;
pub(in crate::domain) use amounts::AmountLists;
pub(in crate::domain) use email::EmailLists;
pub(in crate::domain) use items::ItemLists;
pub use items::ItemMatch;
pub(in crate::domain) use languages::LanguageLists;
pub(in crate::domain) use people::PeopleLists;
pub use people::{Person, Relation};
pub use phone_numbers::DialPlan;
pub(in crate::domain) use places::PlaceLists;
pub use places::{Place, PlaceKind};

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
