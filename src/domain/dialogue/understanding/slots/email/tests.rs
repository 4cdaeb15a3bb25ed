use crate::domain::dialogue::understanding::vocabulary::shipped::english;

#[test]
fn spoken_addresses_are_written() {
    let cases = [
        ("asha dot rao at gmail dot com", "asha.rao@gmail.com"),
        ("it's asha dot rao at gmail dot com thanks", "asha.rao@gmail.com"),
        ("my email is asha underscore rao ninety nine at the rate gmail dot com", "asha_rao99@gmail.com"),
        ("ravi kumar at yahoo dot co dot in", "ravikumar@yahoo.co.in"),
        ("asha at the rate of rediffmail dot com", "asha@rediffmail.com"),
        ("asha one two double three at outlook dot com", "asha1233@outlook.com"),
        ("asha.rao@gmail.com", "asha.rao@gmail.com"),
        ("Asha.Rao@Gmail.com.", "asha.rao@gmail.com"),
        ("asha dash rao all lower case at hotmail dot com", "asha-rao@hotmail.com"),
        ("a s h a at gmail dot com", "asha@gmail.com?"),
        ("info at book shop dot com", "info@bookshop.com?"),
        ("asha for you at gmail dot com", "ashaforyou@gmail.com?"),
        ("asha at gmail.com", "asha@gmail.com"),
        ("leave it at the door", ""),
        ("at gmail dot com", ""),
        ("", ""),
    ];
    for (text, expected) in cases {
        let found = english().email(text).map_or_else(String::new, |slot| {
            format!("{}{}", slot.value.reveal(), if slot.is_unclear { "?" } else { "" })
        });
        assert_eq!(found, expected, "{text}");
    }
}
