//! What the words around a day do to it: rule it out, bound it, put it in the past, or take it back.

use super::{
    DayBound,
    words::{DateWord, says_any, text},
};

/// Words that may stand between what bounds or rules out a day and the day itself.
const BETWEEN: &[&str] = &[
    "on",
    "the",
    "this",
    "that",
    "at",
    "home",
    "in",
    "available",
    "there",
    "free",
    "around",
    "about",
    "do",
    "make",
    "be",
    "for",
    "come",
    "deliver",
    "it",
    "any",
    "have",
    "work",
    "possible",
    "like",
    "please",
    "a",
    "able",
    "to",
    "accept",
    "receive",
    "take",
    "send",
    "bring",
];
/// A negation further back than this belongs to something else.
const REACH: usize = 7;
/// How far back a word of the past still colours a day.
const PAST_REACH: usize = 5;

fn backwards(before: &[DateWord]) -> impl Iterator<Item = &str> {
    let clause = before.iter().rposition(|word| word.ends_clause).map_or(0, |at| at + 1);
    before[clause..].iter().rev().map(|word| word.text.as_str())
}

/// "By Friday", "not before Friday", "no later than Friday", "Friday onwards", "Friday at the latest".
pub(super) fn bound(before: &[DateWord], after: &[DateWord]) -> (DayBound, usize) {
    const FROM: &[&str] = &["onwards", "onward", "or later", "or after", "at the earliest", "and after"];
    const BY: &[&str] = &["at the latest", "latest", "or earlier", "or before", "or sooner"];
    if let Some(used) = says_any(after, FROM) {
        return (DayBound::From, used);
    }
    if let Some(used) = says_any(after, BY) {
        return (DayBound::By, used);
    }
    let articles = |word: &&str| matches!(*word, "the" | "on" | "this" | "end" | "of" | "about" | "around");
    let mut back = backwards(before).skip_while(articles);
    let (word, ahead) = (back.next().unwrap_or_default(), back.next().unwrap_or_default());
    let further = back.next().unwrap_or_default();
    let denies = |word: &str| matches!(word, "not" | "no" | "never" | "don't" | "won't" | "can't" | "nothing");
    let is_denied =
        denies(ahead) || (matches!(ahead, "be" | "come" | "deliver" | "do" | "available" | "home") && denies(further));
    let bound = match (word, ahead) {
        ("by" | "latest", _) => DayBound::By,
        ("before", _) if is_denied => DayBound::From,
        ("before", _) => DayBound::Before,
        ("until" | "till" | "til", _) if is_denied => DayBound::From,
        ("until" | "till" | "til" | "upto", _) => DayBound::By,
        ("after" | "past" | "post", _) if is_denied => DayBound::By,
        ("after" | "past" | "post", _) => DayBound::After,
        ("than", "later") if denies(further) => DayBound::By,
        ("than", "later") => DayBound::After,
        ("than", "earlier" | "sooner") if denies(further) => DayBound::From,
        ("than", "earlier" | "sooner") => DayBound::Before,
        ("from" | "since" | "starting", _) => DayBound::From,
        _ => DayBound::On,
    };
    (bound, 0)
}

/// Whether the day is ruled out by what stands in front of it: "not Monday", "except Friday", "any day but the fifth".
pub(super) fn is_ruled_out(before: &[DateWord]) -> bool {
    let mut back = backwards(before).take(REACH).skip_while(|word| BETWEEN.contains(word));
    let (word, ahead) = (back.next().unwrap_or_default(), back.next().unwrap_or_default());
    match word {
        "not" => ahead != "if" && ahead != "why",
        "except" | "excluding" | "avoid" | "neither" | "nor" | "isn't" | "can't" | "cannot" | "won't" | "don't" => true,
        "but" => matches!(ahead, "day" | "anything" | "any" | "days" | "time" | "anytime"),
        "than" => matches!(ahead, "other" | "rather"),
        "of" => ahead == "instead",
        "from" => matches!(ahead, "apart" | "aside"),
        "away" | "out" | "busy" | "travelling" | "traveling" => {
            matches!(ahead, "am" | "i'm" | "be" | "we're" | "are" | "is")
        }
        _ => false,
    }
}

/// "If not Monday": the day is a second choice, not ruled out.
pub(super) fn is_second_choice(before: &[DateWord]) -> bool {
    let mut back = backwards(before).skip_while(|word| BETWEEN.contains(word));
    back.next() == Some("not") && back.next() == Some("if")
}

/// Whether the day is ruled out by what follows: "Friday doesn't work", "Monday is no good", "Tuesday I can't".
pub(super) fn is_ruled_out_behind(after: &[DateWord]) -> bool {
    const ENDS: &[&str] = &[
        "doesn't work",
        "does not work",
        "won't work",
        "will not work",
        "doesn't suit",
        "does not suit",
        "isn't good",
        "is not good",
        "is no good",
        "is bad",
        "isn't possible",
        "is not possible",
        "not possible",
        "is out",
        "is no",
        "isn't convenient",
        "is not convenient",
        "isn't ok",
        "is not ok",
        "is not okay",
        "isn't okay",
        "isn't going to work",
        "i can't",
        "i cannot",
        "i can not",
        "i won't",
        "i'm not",
        "i am not",
        "i'm out",
        "i am out",
        "i'm away",
        "i am away",
        "i'm busy",
        "i am busy",
        "we are out",
        "we're out",
        "we're away",
        "we are away",
        "we are not",
        "we're not",
        "we can't",
        "we won't",
        "nobody is",
        "nobody's",
        "nobody will",
        "no one is",
        "no one will",
        "there's nobody",
        "won't suit",
        "not available",
        "is impossible",
        "is not suitable",
        "isn't suitable",
        "doesn't",
        "won't do",
    ];
    let lead = match text(after, 0) {
        "morning" | "afternoon" | "evening" => 1,
        _ => 0,
    };
    let is_cut = lead == 1 && after[0].ends_clause;
    !is_cut && says_any(after.get(lead..).unwrap_or_default(), ENDS).is_some()
}

/// A verb of the past in front: "I ordered it on Friday" is more likely the last one.
pub(super) fn is_in_past(before: &[DateWord]) -> bool {
    const PAST: &[&str] = &[
        "ordered",
        "bought",
        "placed",
        "was",
        "were",
        "arrived",
        "came",
        "happened",
        "paid",
        "lost",
        "delivered",
        "shipped",
        "dispatched",
        "supposed",
        "promised",
        "told",
        "said",
        "since",
        "expected",
        "waited",
        "called",
        "came",
        "received",
    ];
    let is_perfect = |word: &str| matches!(word, "be" | "get" | "being");
    let clause: Vec<&str> = backwards(before).take(PAST_REACH).collect();
    clause
        .iter()
        .enumerate()
        .any(|(at, word)| PAST.contains(word) && !clause.get(at + 1).is_some_and(|ahead| is_perfect(ahead)))
}

/// Whether the words between two phrases take the first one back: "Tuesday, no, Thursday", "Friday sorry Saturday".
pub(super) fn takes_back(gap: &[DateWord]) -> bool {
    const MARKS: &[&str] =
        &["no", "sorry", "wait", "actually", "rather", "correction", "mean", "meant", "oops", "scratch"];
    const FILLERS: &[&str] = &[
        "i", "uh", "um", "er", "oh", "on", "the", "at", "for", "let's", "say", "well", "or", "make", "it", "that",
        "hang", "hold", "this", "is", "of", "course", "my", "mistake", "yes", "in", "by", "a", "second", "moment",
        "one", "be", "would", "better", "please",
    ];
    let is_made = says_any(gap, &["make it", "make that"]).is_some();
    let has_mark = gap.iter().any(|word| MARKS.contains(&word.text.as_str()));
    let is_pure = gap.iter().all(|word| MARKS.contains(&word.text.as_str()) || FILLERS.contains(&word.text.as_str()));
    is_pure && (has_mark || is_made) && gap.len() <= REACH
}

/// Words around a day that make it another day, or only about that day: "the week of Friday", "end of Sunday".
pub(super) fn is_vague(before: &[DateWord], after: &[DateWord]) -> bool {
    let mut back = backwards(before).skip_while(|word| matches!(*word, "the" | "this" | "in"));
    let (word, ahead) = (back.next().unwrap_or_default(), back.next().unwrap_or_default());
    let is_far_unit = |word: &str| matches!(word, "month" | "months" | "year" | "years" | "quarters");
    let is_around = matches!(word, "mid" | "early" | "late" | "later" | "end" | "day")
        || (word == "of" && matches!(ahead, "end" | "week" | "start" | "beginning" | "middle"))
        || (word == "than" && matches!(ahead, "less" | "more" | "fewer"));
    let is_open =
        matches!(text(after, 0), "till" | "until" | "through" | "thru") || super::numerals::month(word).is_some();
    let is_feast = matches!(word, "black" | "good" | "easter" | "cyber" | "holiday");
    let is_shifted = is_far_unit(word) || (matches!(word, "from" | "after" | "before") && is_far_unit(ahead));
    let in_month =
        backwards(before).take(4).collect::<Vec<_>>().windows(2).any(|pair| pair[0] == "of" && pair[1] == "week");
    let is_shifted_behind = (1..=2).any(|at| is_far_unit(text(after, at))) && text(after, 0) != "of";
    is_around || is_open || is_feast || is_shifted || in_month || is_shifted_behind
}

/// "The week beginning February 4": seven days from that one.
pub(super) fn begins_week(before: &[DateWord]) -> bool {
    let mut back = backwards(before).skip_while(|word| *word == "the");
    matches!(back.next(), Some("beginning" | "commencing" | "starting" | "of")) && back.next() == Some("week")
}

/// Whether what follows is another choice, or more of the same: "or Wednesday", "and Wednesday".
pub(super) fn joins(gap: &[DateWord]) -> bool {
    matches!(text(gap, 0), "or" | "and" | "nor") && gap.len() <= 4
}

/// "Move it from Tuesday to Thursday": the first day is where it comes from.
pub(super) fn is_moved(before: &[DateWord]) -> bool {
    const MOVES: &[&str] =
        &["move", "moved", "change", "changed", "shift", "reschedule", "rescheduled", "switch", "postpone", "push"];
    let mut back = backwards(before).take(REACH).skip_while(|word| matches!(*word, "the" | "on" | "this"));
    back.next() == Some("from") && back.any(|word| MOVES.contains(&word))
}
