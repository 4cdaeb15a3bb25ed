use super::{carrier_of, has_wrong_check_digit};

#[test]
fn numbers_name_their_carrier() {
    for (number, carrier) in [
        ("1Z5R89390357567127", Some("ups")),
        ("1z 5r8 939 03575 67127", Some("ups")),
        ("1Z5R89390357567128", None),
        ("RB123456785GB", Some("royal_mail")),
        ("RB123456785IN", Some("india_post")),
        ("RB123456785ZZ", None),
        ("RB123456786GB", None),
        ("9400100110368068500224", Some("usps")),
        ("9205590164917337534322", Some("usps")),
        ("9400100110368068500225", None),
        ("986578788855", Some("fedex")),
        ("996578788855", None),
        ("3318810025", Some("dhl")),
        ("3318810010", None),
        ("0073938000549297", Some("canada_post")),
        ("0073938000549292", None),
        ("TBA000000000000", Some("amazon")),
        ("TBC 000000000000", Some("amazon")),
        ("TBA50288727400A", None),
        ("DEL123456789", None),
        ("", None),
        ("1Z", None),
        ("éééééééééé", None),
    ] {
        assert_eq!(carrier_of(number), carrier, "{number}");
    }
}

#[test]
fn a_wrong_check_digit_is_noticed_where_the_form_is_unmistakable() {
    assert!(has_wrong_check_digit("1Z5R89390357567128"));
    assert!(has_wrong_check_digit("RB123456786GB"));
    for sound in ["1Z5R89390357567127", "RB123456785GB", "996578788855", "DEL123456789", "TBA000000000000", ""] {
        assert!(!has_wrong_check_digit(sound), "{sound}");
    }
}
