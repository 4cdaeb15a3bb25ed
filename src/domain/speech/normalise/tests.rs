use super::*;
use crate::domain::speech::shipped::{self, locale};

#[test]
fn free_text_becomes_words() {
    let cases = [
        ("", ""),
        ("Hello there.", "Hello there."),
        ("5L pressure cooker, 20x30cm", "five litre pressure cooker, twenty by thirty centimetres"),
        ("₹1,499", "one thousand four hundred and ninety-nine rupees"),
        ("Rs. 1,499/- only", "one thousand four hundred and ninety-nine rupees only"),
        ("Rs 50.5", "fifty rupees and fifty paise"),
        ("INR 250 to pay", "two hundred and fifty rupees to pay"),
        ("It costs $19.99.", "It costs nineteen dollars and ninety-nine cents."),
        ("£0.99 & €5", "ninety-nine pence and five euros"),
        ("20% off", "twenty percent off"),
        ("Dr. Rao & Mrs. Iyer", "doctor Rao and missus Iyer"),
        ("Flat No. 12, 3rd Floor", "Flat number twelve, third Floor"),
        ("Apt 4B, 12 MG Rd.", "apartment four B, twelve MG road."),
        ("12/4 Park St", "twelve by four Park street"),
        ("St. Marks Rd", "saint Marks road"),
        ("Koramangala, Bengaluru - 560034", "Koramangala, Bengaluru, five six zero, zero three four"),
        ("#12, 5th Cross", "number twelve, fifth Cross"),
        ("Call 9845012345", "Call nine eight four, five zero one, two three four five"),
        ("at 6:30 pm", "at half past six in the evening"),
        ("by 6pm today", "by six in the evening today"),
        ("by 18:30", "by half past six in the evening"),
        ("between 2 and 6 p.m. on Friday", "between two and six in the evening on Friday"),
        ("on 2026-03-14", "on the fourteenth of March, twenty twenty-six"),
        ("on 14/03/2026", "on the fourteenth of March, twenty twenty-six"),
        ("14 March 2026", "fourteen March twenty twenty-six"),
        ("2-3 days", "two to three days"),
        ("1.5 kg", "one point five kilos"),
        ("1kg rice", "one kilo rice"),
        ("5L of oil, 2 kg", "five litres of oil, two kilos"),
        ("15.6\" laptop 16GB", "fifteen point six inch laptop sixteen gigabytes"),
        ("iPhone 15 Pro", "iPhone fifteen Pro"),
        ("Galaxy A52", "Galaxy A fifty-two"),
        ("KH-452719", "KH four five two, seven one nine"),
        ("black/white", "black or white"),
        ("well-known", "well-known"),
        ("it's John’s", "it's John's"),
        ("Wait — what?", "Wait, what?"),
        ("A+ grade (new) [box] 🎁!", "A plus grade new box!"),
        ("-5°C", "minus five degrees C"),
        ("approx. 20 pcs", "approximately twenty pieces"),
        ("५ लीटर", "five लीटर"),
        ("0042", "zero zero four two"),
        ("2 in stock", "two in stock"),
        ("1 2 3", "one two three"),
        ("....", ""),
        ("〡", ""),
    ];
    let wrong: Vec<String> = cases
        .into_iter()
        .filter(|(text, expected)| normalise(locale("en-IN"), text) != *expected)
        .map(|(text, expected)| {
            format!("{text:?}\n  gives {:?}\n  not   {expected:?}", normalise(locale("en-IN"), text))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn locales_differ() {
    let cases = [
        ("en-GB", "120000", "one hundred and twenty thousand"),
        ("en-IN", "120000", "one lakh twenty thousand"),
        ("en-US", "105 km", "one hundred five kilometers"),
        ("en-US", "3/14/2026", "March fourteenth, twenty twenty-six"),
        ("en-US", "6:15 pm", "six fifteen in the evening"),
        ("en-GB", "12/4 High St", "twelve slash four High street"),
    ];
    for (tag, text, expected) in cases {
        assert_eq!(normalise(locale(tag), text), expected);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_becomes_bounded_words(text in "\\PC{0,300}|[0-9 .,:/x%₹$#-]{0,200}|[0-9a-zA-Z .,'\"-]{0,200}") {
        for locale in shipped::english() {
            let words = normalise(locale, &text);
            proptest::prop_assert!(words.len() <= 100 * text.chars().count());
            let strange = words.chars().find(|c| c.is_numeric() || "₹$£€%#&@/[]()<>".contains(*c));
            proptest::prop_assert_eq!(strange, None);
        }
    }
}

#[test]
fn endless_text_is_cut() {
    assert!(normalise(locale("en-IN"), &"₹1 ".repeat(100_000)).len() < 100 * TEXT_CHARS_MAX);
}
