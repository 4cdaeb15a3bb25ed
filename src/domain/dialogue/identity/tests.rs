use super::*;
use crate::domain::dialogue::understanding::Share;
use crate::domain::dialogue::understanding::vocabulary::shipped::english;

fn heard(alternatives: &[&str]) -> Transcript {
    Transcript::of(alternatives.iter().flat_map(|text| Transcript::certain(text).hypotheses).collect())
}

fn grade(found: Match) -> &'static str {
    match found {
        Match::Accept { .. } => "accept",
        Match::Unsure { .. } => "unsure",
        Match::Reject => "reject",
    }
}

#[test]
fn a_spoken_postcode_is_compared_with_the_record() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("560034", &["five six double zero three four"], "accept"),
        ("560034", &["my pin code is 560 034"], "accept"),
        ("560034", &["five six oh oh three for"], "accept"),
        ("560034", &["560035"], "unsure"),
        ("560034", &["110001"], "reject"),
        ("LA4B 2RB", &["l a 4 b 2 a b"], "accept"),
        ("LA4B 2RB", &["lima alpha 4 bravo 2 romeo bravo"], "accept"),
        ("LA4B 2RB", &["L for London A 4 B for Bombay 2 R B"], "accept"),
        ("EX8 5QG", &["e x 8 V Q G"], "accept"),
        ("EH1 2EN", &["EH-1-2-E-N"], "accept"),
        ("90210", &["nine oh two one oh"], "accept"),
        ("90210", &["nine oh two one three"], "unsure"),
        // A neighbour's postcode, said clearly.
        ("LA4B 2RB", &["l a 4 b 2 r x"], "unsure"),
        ("N6 7XJ", &["n 6 7 x w"], "unsure"),
        ("N6 7XJ", &["and 6 7 x j"], "accept"),
        ("E82 9DQ", &["e 8 2 9 D Cube"], "accept"),
        ("TR5 3TS", &["sorry let me start again T R 5 3 T S"], "accept"),
        ("90210", &["nine oh two one"], "unsure"),
        ("560034", &["five six zero zero three"], "unsure"),
        ("560034", &["five six zero zero three four"], "accept"),
        ("560034", &["five six zero five six zero zero three four"], "accept"),
        ("560034", &["five six zero zero three four five"], "unsure"),
        ("600041", &["six lakh forty one"], "accept"),
        ("600042", &["six lakh forty one"], "reject"),
        // Five sounds like nine, and both are postcodes of the same town.
        ("11215", &["one one two one nine"], "unsure"),
        ("11215", &["one one two one nine", "one one two one five"], "accept"),
        // Another town, another quarter: one letter more, one less, another one.
        ("SE15 4QX", &["N E one five four Q X"], "unsure"),
        ("SE15 4QX", &["S W one five four Q X"], "unsure"),
        ("SE15 4QX", &["E one five four Q X"], "unsure"),
        ("E15 4QX", &["S E one five four Q X"], "unsure"),
        ("SE15 4QX", &["S E five four Q X"], "unsure"),
        ("SE1 4QX", &["S E one five four Q X"], "unsure"),
        ("S8 1AB", &["S A eight one A B"], "unsure"),
        ("SE15 4QX", &["S E one five four Q"], "unsure"),
        ("M8T 4QB", &["M I8 T 4 q b"], "accept"),
        ("E03 3RS", &["e e 0 3 3 r s"], "accept"),
        ("90210", &[""], "reject"),
        ("90210", &[], "reject"),
        ("", &["anything"], "reject"),
    ];
    for (known, alternatives, expected) in cases {
        let found = match_postcode(english(), known, &heard(alternatives));
        assert_eq!(grade(found), *expected, "{known} heard as {alternatives:?}: {found:?}");
    }
}

#[test]
fn a_spoken_or_spelled_name_is_compared_with_the_record() {
    let cases: &[(&str, &[&str], &str)] = &[
        ("Asha Rao", &["Asha Rao"], "accept"),
        ("Asha Rao", &["it's a sharrow", "asha rao"], "accept"),
        ("Jill Cox", &["Gill Cox", "Jill cocks"], "accept"),
        ("Wayne Coleman", &["w a YN e Co Lem a n"], "accept"),
        ("Asha Rao", &["a s h a r a o"], "accept"),
        ("Asha Rao", &["asha"], "unsure"),
        ("Asha Rao", &["Priya Menon"], "reject"),
        ("Asha Rao", &["who is this"], "reject"),
        ("", &["Asha"], "reject"),
    ];
    for (known, alternatives, expected) in cases {
        let found = match_name(english(), known, &heard(alternatives));
        assert_eq!(grade(found), *expected, "{known} heard as {alternatives:?}: {found:?}");
    }
}

#[test]
fn one_order_of_several_is_named() {
    let orders = ["KH-452719", "KH-452718", "KH-880021"];
    let cases = [
        ("k h four five two seven one nine", Some((0, "accept"))),
        ("it's four five two seven one eight", Some((1, "accept"))),
        ("zero zero two one", Some((2, "accept"))),
        ("kilo hotel double eight double oh two one", Some((2, "accept"))),
        ("nine nine nine nine nine", None),
        ("yes", None),
    ];
    for (text, expected) in cases {
        let found = match_order_reference(english(), &orders, &Transcript::certain(text));
        assert_eq!(found.map(|(index, found)| (index, grade(found))), expected, "{text}");
    }
    assert_eq!(match_order_reference(english(), &[], &Transcript::certain("1234")), None);
}

#[test]
fn a_house_number_allows_no_fuzz() {
    let cases = [
        ("12", "twelve", "accept"),
        ("12", "flat number 12", "accept"),
        ("12B", "12 b", "accept"),
        ("12", "13", "reject"),
        ("12", "112", "reject"),
        ("", "12", "reject"),
    ];
    for (known, text, expected) in cases {
        assert_eq!(
            grade(match_house_number(english(), known, &Transcript::certain(text))),
            expected,
            "{known} heard as {text}"
        );
    }
}

#[test]
fn partial_answers_add_up_and_a_known_name_is_not_enough() {
    let mut caller = IdentityEvidence::default();
    caller.hear_postcode(english(), "LA4B 2RB", &heard(&["l a 4 b 2 a b"]));
    assert!(!caller.verdict().is_accepted());
    caller.hear_name(english(), "Damien Barker", &heard(&["Damien"]));
    caller.hear_name(english(), "Damien Barker", &heard(&["b a r k e r"]));
    assert!(caller.verdict().is_accepted());

    let mut neighbour = IdentityEvidence::default();
    neighbour.hear_name(english(), "Asha Rao", &heard(&["Asha Rao"]));
    neighbour.hear_postcode(english(), "560034", &heard(&["560038"]));
    assert!(!neighbour.verdict().is_accepted());
}

#[test]
fn recorded_turns_are_scored_with_strangers() {
    let turns = r#"{"call":"c1","scenario":"p1","item":"postcode","nbest":["l a 4 b 2 r b"]}
{"call":"c1","scenario":"p1","item":"name","nbest":["Damien Barker"]}
{"call":"c2","scenario":"p2","item":"postcode","nbest":[""]}"#;
    let profiles = "scenario_id,postcode,name\np1,LA4B 2RB,Damien Barker\np2,N6 7XJ,Kate Taylor\np3,E9 9PJ,Jill Cox\n";
    let score = evaluate_identity(english(), turns, profiles).expect("the rows are of the form");
    assert_eq!(
        (score.n, score.correct, score.safe_misses, score.unsafe_misses, score.impostor_n),
        (2, 1, 1, 0, Some(4))
    );
    let both =
        evaluate_identity_share(english(), turns, profiles, Share::All, CallsFrom::Elsewhere).expect("the same rows");
    assert_eq!((both.n, both.correct, both.unsafe_misses), (2, 1, 0));
    let unknown = evaluate_identity(english(), &turns.replace("p2", "p9"), profiles).expect("the rows are of the form");
    assert_eq!((unknown.n, unknown.correct), (2, 1), "a call without a record counts");
    assert_eq!(evaluate_identity(english(), "{}", profiles).expect_err("a row needs its fields").line, 1);
}
