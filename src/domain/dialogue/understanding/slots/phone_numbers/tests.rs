use super::*;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

#[test]
fn numbers_are_read_in_the_ways_of_their_country() {
    use DialPlan::{India, NorthAmerica, UnitedKingdom};
    let cases = [
        (India, "nine eight four five zero one two three four five", "+919845012345"),
        (India, "98450 12345", "+919845012345"),
        (India, "my number is double nine four five triple zero three four five", "+919945000345"),
        (India, "zero nine eight four five zero one two three four five", "+919845012345"),
        (India, "plus nine one nine eight four five zero one two three four five", "+919845012345"),
        (India, "+91 98450-12345", "+919845012345"),
        (India, "ninety eight forty five zero one two three four five", "+919845012345"),
        (India, "+44 20 7946 0958", "+442079460958"),
        (India, "nine eight four five zero one two three four", ""),
        (India, "call me tomorrow at five", ""),
        (UnitedKingdom, "oh seven seven double oh nine hundred three nine seven", "+447700900397"),
        (UnitedKingdom, "07700 900397", "+447700900397"),
        (UnitedKingdom, "zero two zero, seven nine four six, zero nine five eight", "+442079460958"),
        (UnitedKingdom, "+44 (0)161 496 0537", "+441614960537"),
        (UnitedKingdom, "0044 7700900397", "+447700900397"),
        (UnitedKingdom, "7700900397", ""),
        (NorthAmerica, "five four one, seven five four, three oh one oh", "+15417543010"),
        (NorthAmerica, "(541) 754-3010", "+15417543010"),
        (NorthAmerica, "1 (877) 609-2233.", "+18776092233"),
        (NorthAmerica, "541.754.3010", "+15417543010"),
        (NorthAmerica, "eight hundred two three four five six seven eight", "+18002345678"),
        (NorthAmerica, "123 456 7890", ""),
        (NorthAmerica, "011 44 20 7946 0958", "+442079460958"),
    ];
    for (home, text, expected) in cases {
        let found = english().phone_numbers(&Transcript::certain(text), home);
        assert_eq!(found.first().map_or("", |slot| slot.value.reveal()), expected, "{text}");
    }
}

#[test]
fn two_likely_readings_leave_the_number_open() {
    let mut heard = Transcript::certain("nine eight four five zero one two three four five");
    heard.hypotheses.extend(Transcript::certain("nine eight four five zero one two three four nine").hypotheses);
    let found = english().phone_numbers(&heard, DialPlan::India);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|slot| slot.is_unclear));
    let alone = english().phone_numbers(&Transcript::certain("98450 12345"), DialPlan::India);
    assert_eq!(alone.iter().map(|slot| slot.is_unclear).collect::<Vec<_>>(), [false]);
}
