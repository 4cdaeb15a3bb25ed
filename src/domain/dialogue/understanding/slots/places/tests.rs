use super::*;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

fn shown(text: &str) -> String {
    let show = |slot: &Slot<Place>| {
        let place = &slot.value;
        let unit = place.unit.as_ref().map_or_else(String::new, |unit| format!(" @{}", unit.reveal()));
        let not = if place.is_excluded { "not " } else { "" };
        format!("{not}{:?}{unit}{}", place.kind, if slot.is_unclear { "?" } else { "" })
    };
    english().places(text).iter().map(show).collect::<Vec<_>>().join("; ")
}

#[test]
fn places_are_read_with_their_kind_and_flat() {
    let cases = [
        ("leave it with my neighbour", "Neighbour"),
        ("leave it with the neighbour in flat 14", "Neighbour @14"),
        ("with the next door neighbor number twelve", "Neighbour @12"),
        ("give it to the security guard", "Guard"),
        ("leave it at the reception", "Reception"),
        ("leave it with the concierge please", "Reception"),
        ("put it behind the bins", "SafePlace"),
        ("behind the main gate", "SafePlace"),
        ("leave it in the porch", "SafePlace"),
        ("under the shoe rack", "SafePlace"),
        ("just leave it at the door", "Door"),
        ("on the doorstep is fine", "Door"),
        ("I will collect it from the post office", "Pickup"),
        ("can I pick it up from a locker", "Pickup"),
        ("don't leave it with the neighbour", "not Neighbour"),
        ("not with the guard, at reception", "not Guard; Reception"),
        ("at the gate", "Guard?"),
        ("where is my order", ""),
        ("", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn the_words_are_kept_as_said() {
    let found = english().places("please leave it behind the green bin near the wall");
    assert_eq!(found[0].value.words.reveal(), "behind the green bin");
}
