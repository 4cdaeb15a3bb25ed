//! Places without the courier's words.

use super::town;

#[test]
fn a_place_is_said_without_the_couriers_words() {
    let cases = [
        ("Nagpur hub", Some("Nagpur")),
        ("Bengaluru_Koramangala_DC (KA)", Some("Bengaluru Koramangala")),
        ("Mumbai Sorting Center", Some("Mumbai")),
        ("Louisville, KY", Some("Louisville")),
        ("DELHI-GW", Some("DELHI")),
        ("Heathrow 7 Gateway", Some("Heathrow")),
        ("Hub 7", None),
        ("BLR4", None),
        ("", None),
    ];
    for (place, expected) in cases {
        assert_eq!(town(place).as_deref(), expected, "{place}");
    }
}
