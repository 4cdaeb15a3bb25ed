use super::*;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

fn shown(text: &str, home: Currency) -> String {
    let show = |slot: &Slot<Money>| {
        let mark = if slot.is_unclear { "?" } else { "" };
        format!("{} {}{mark}", slot.value.currency, slot.value.amount_minor)
    };
    english().amounts(text, home).iter().map(show).collect::<Vec<_>>().join("; ")
}

#[test]
fn amounts_are_read_as_they_are_said() {
    use Currency as C;
    let cases = [
        (C::INR, "fifteen hundred rupees", "INR 150000"),
        (C::INR, "one thousand ninety nine rupees", "INR 109900"),
        (C::INR, "one thousand four hundred and ninety-nine rupees", "INR 149900"),
        (C::INR, "1.5 lakh rupees", "INR 15000000"),
        (C::INR, "one and a half lakh rupees", "INR 15000000"),
        (C::INR, "one lakh twenty thousand rupees", "INR 12000000"),
        (C::INR, "rs 1,499", "INR 149900"),
        (C::INR, "₹1499.50", "INR 149950"),
        (C::INR, "a hundred rupees", "INR 10000"),
        (C::INR, "two fifty rupees", "INR 25000"),
        (C::INR, "two fifty", "INR 25000?"),
        (C::INR, "four ninety nine", "INR 49900?"),
        (C::INR, "fifteen hundred", "INR 150000?"),
        (C::INR, "2k rupees", "INR 200000"),
        (C::INR, "fifty paise", "INR 50"),
        (C::INR, "five rupees and fifty paise", "INR 550"),
        (C::GBP, "twelve pounds fifty", "GBP 1250"),
        (C::GBP, "twelve pounds and fifty pence", "GBP 1250"),
        (C::GBP, "£12.50", "GBP 1250"),
        (C::GBP, "twenty quid", "GBP 2000"),
        (C::GBP, "ninety nine p", "GBP 99"),
        (C::GBP, "two fifty", "GBP 250?"),
        (C::GBP, "one hundred and twenty thousand pounds", "GBP 12000000"),
        (C::USD, "five dollars and twenty cents", "USD 520"),
        (C::USD, "it was nineteen ninety nine", "USD 1999?"),
        (C::USD, "$1,299", "USD 129900"),
        (C::USD, "two fifty dollars", "USD 25000?"),
        (C::USD, "a thousand dollars and two parcels", "USD 100000"),
        (C::INR, "between five hundred rupees and a thousand rupees", "INR 50000; INR 100000"),
        (C::INR, "five", ""),
        (C::INR, "flat 12", ""),
        (C::INR, "after two hundred days", ""),
        (C::INR, "", ""),
    ];
    for (home, text, expected) in cases {
        assert_eq!(shown(text, home), expected, "{text}");
    }
}
