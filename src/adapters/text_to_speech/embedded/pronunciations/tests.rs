use super::*;

fn table() -> Pronunciations {
    let text = "[phonemes]\nDelhivery = \"dɛlˈɪvəɹi\"\nFlipkart = \"flˈɪpkɑɹt\"\n[respelled]\nAWB = \"A W B\"\n";
    Pronunciations::parse(text, |_| true).unwrap()
}

#[test]
fn known_words_are_marked_up_and_the_rest_is_left() {
    let cases = [
        ("Delhivery has it.", "[qxdelhivery](/dɛlˈɪvəɹi/) has it."),
        ("delhivery, DELHIVERY", "[qxdelhivery](/dɛlˈɪvəɹi/), [qxdelhivery](/dɛlˈɪvəɹi/)"),
        ("Delhivery's van", "[qxdelhivery](/dɛlˈɪvəɹiz/) van"),
        ("Flipkart's van", "[qxflipkart](/flˈɪpkɑɹts/) van"),
        ("Your AWB is ready", "Your A W B is ready"),
        ("undelhivery", "undelhivery"),
        ("don't", "don't"),
        ("a [b](/c/) d", "a b(/c/) d"),
        ("", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(table().mark_up(text), expected, "{text}");
    }
}

#[test]
fn the_digest_follows_what_is_said_and_nothing_else() {
    let digest = |text: &str| Pronunciations::parse(text, |_| true).unwrap().digest();
    let table = digest("[phonemes]\nDunzo = \"dˈʌnzo\"\n[respelled]\nAWB = \"A W B\"\n");
    assert_eq!(table, digest("# Words\n[respelled]\nawb = \"A W B\"\n\n[phonemes]\nDunzo = \"dˈʌnzo\"\n"));
    for other in [
        "",
        "[phonemes]\nDunzo = \"dˈunzo\"\n[respelled]\nAWB = \"A W B\"\n",
        "[phonemes]\nDunza = \"dˈʌnzo\"\n[respelled]\nAWB = \"A W B\"\n",
        "[phonemes]\nDunzo = \"dˈʌnzo\"\n",
    ] {
        assert_ne!(table, digest(other), "{other}");
    }
}

#[test]
fn a_wrong_entry_is_named() {
    let cases = [
        ("[phonemes]\nA1 = \"a\"", "A1"),
        ("[phonemes]\nword = \"\"", "word"),
        ("[phonemes]\nDunzo = \"dˈ7nzo\"", "Dunzo"),
        ("[respelled]\nBlueDart = \"blue/dart\"", "BlueDart"),
        ("[phonemes]\nx = \"a\"\n[respelled]\nX = \"ex\"", "two entries"),
        ("[sounds]\nx = \"a\"", "sounds"),
        ("[phonemes", "line 1"),
    ];
    for (text, named) in cases {
        let error = Pronunciations::parse(text, |phoneme| phoneme != '7').unwrap_err();
        assert!(error.contains(named), "{text}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}
