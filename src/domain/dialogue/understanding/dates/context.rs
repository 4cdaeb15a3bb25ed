//! What the words around a day do to it: rule it out, bound it, put it in the past, or take it back.

use super::{DayBound, words::Heard};
use crate::domain::dialogue::understanding::vocabulary::{Phrases, WordSet};

/// The words around a day.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextLists {
    /// What may stand between the words that bound or rule out a day and the day itself.
    between: WordSet,
    bounds: BoundLists,
    ruled_out: RuledOutLists,
    /// Verbs of the past.
    past: WordSet,
    /// In front of these verbs they are no past: "to be delivered".
    not_past: WordSet,
    taken_back: TakenBackLists,
    vague: VagueLists,
    week: WordSet,
    /// "The week beginning".
    beginning: WordSet,
    /// What joins another choice.
    joining: WordSet,
    /// Verbs that move a delivery from one day to another.
    moving: WordSet,
    from: WordSet,
    /// What may stand between "from" and the day.
    articles: WordSet,
}

/// What bounds a day.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundLists {
    from_behind: Phrases,
    by_behind: Phrases,
    /// What may stand between the bound and the day.
    articles: WordSet,
    denials: WordSet,
    /// What may stand between a denial and the bound.
    behind_denial: WordSet,
    by: WordSet,
    before: WordSet,
    until: WordSet,
    /// Up to the day, whatever stands in front.
    up_to: WordSet,
    after: WordSet,
    from: WordSet,
    than: WordSet,
    later: WordSet,
    earlier: WordSet,
}

/// What rules a day out.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RuledOutLists {
    not: WordSet,
    /// In front of "not" they leave the day possible.
    not_denying: WordSet,
    r#if: WordSet,
    except: WordSet,
    but: WordSet,
    /// "Any day but".
    before_but: WordSet,
    than: WordSet,
    /// "Other than".
    before_than: WordSet,
    of: WordSet,
    /// "Instead of".
    before_of: WordSet,
    from: WordSet,
    /// "Apart from".
    before_from: WordSet,
    away: WordSet,
    /// "I am away".
    before_away: WordSet,
    behind: Phrases,
    /// Parts of the day that may stand between the day and what rules it out.
    parts: WordSet,
}

/// What takes a phrase back.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TakenBackLists {
    marks: WordSet,
    made: Phrases,
    fillers: WordSet,
}

/// What makes a day another one, or only about that day.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct VagueLists {
    articles: WordSet,
    /// Units of more than a week.
    far_units: WordSet,
    around: WordSet,
    of: WordSet,
    /// "End of".
    before_of: WordSet,
    than: WordSet,
    /// "Less than".
    before_than: WordSet,
    /// Behind a day they open a range.
    opening: WordSet,
    feasts: WordSet,
    /// "A month after".
    shifting: WordSet,
    week: WordSet,
}
/// A negation further back than this belongs to something else.
const REACH: usize = 7;
/// How far back a word of the past still colours a day.
const PAST_REACH: usize = 5;

/// The words of the clause from its end. Behind its beginning there is nothing.
struct Back<'a> {
    clause: Heard<'a>,
    taken: usize,
}

impl<'a> Back<'a> {
    fn of(before: Heard<'a>) -> Self {
        let clause = before.iter().rposition(|word| word.ends_clause).map_or(0, |at| at + 1);
        Self { clause: before.rest(clause), taken: 0 }
    }

    /// Goes on behind the words that are some of these; looks at `reach` words at most.
    fn skipping(mut self, known: &WordSet, reach: usize) -> Self {
        self.clause = self.clause.rest(self.clause.len().saturating_sub(reach));
        while self.is(0, known) {
            self.taken += 1;
        }
        self
    }

    /// Whether the word so many places back is one of these.
    fn is(&self, steps: usize, known: &WordSet) -> bool {
        known.has(self.text(steps))
    }

    fn text(&self, steps: usize) -> &'a str {
        let place = self.clause.len().checked_sub(self.taken + steps + 1);
        place.map_or("", |place| self.clause.text(place))
    }
}

/// "By Friday", "not before Friday", "no later than Friday", "Friday onwards", "Friday at the latest".
pub(super) fn bound(before: Heard<'_>, after: Heard<'_>) -> (DayBound, usize) {
    let lists = &before.lists.context.bounds;
    if let Some(used) = after.begins(&lists.from_behind) {
        return (DayBound::From, used);
    }
    if let Some(used) = after.begins(&lists.by_behind) {
        return (DayBound::By, used);
    }
    let back = Back::of(before).skipping(&lists.articles, usize::MAX);
    let is_denied = back.is(1, &lists.denials) || (back.is(1, &lists.behind_denial) && back.is(2, &lists.denials));
    let is_compared = back.is(0, &lists.than);
    // "No later than", "not earlier than": the denial stands in front of both.
    let is_comparison_denied = back.is(2, &lists.denials);
    let bound = if back.is(0, &lists.by) || back.is(0, &lists.up_to) {
        DayBound::By
    } else if back.is(0, &lists.before) {
        if is_denied { DayBound::From } else { DayBound::Before }
    } else if back.is(0, &lists.until) {
        if is_denied { DayBound::From } else { DayBound::By }
    } else if back.is(0, &lists.after) {
        if is_denied { DayBound::By } else { DayBound::After }
    } else if is_compared && back.is(1, &lists.later) {
        if is_comparison_denied { DayBound::By } else { DayBound::After }
    } else if is_compared && back.is(1, &lists.earlier) {
        if is_comparison_denied { DayBound::From } else { DayBound::Before }
    } else if back.is(0, &lists.from) {
        DayBound::From
    } else {
        DayBound::On
    };
    (bound, 0)
}

/// Whether the day is ruled out by what stands in front of it: "not Monday", "except Friday", "any day but the fifth".
pub(super) fn is_ruled_out(before: Heard<'_>) -> bool {
    let lists = &before.lists.context.ruled_out;
    let back = Back::of(before).skipping(&before.lists.context.between, REACH);
    let is_pair = |last: &WordSet, ahead: &WordSet| back.is(0, last) && back.is(1, ahead);
    (back.is(0, &lists.not) && !back.is(1, &lists.not_denying))
        || back.is(0, &lists.except)
        || is_pair(&lists.but, &lists.before_but)
        || is_pair(&lists.than, &lists.before_than)
        || is_pair(&lists.of, &lists.before_of)
        || is_pair(&lists.from, &lists.before_from)
        || is_pair(&lists.away, &lists.before_away)
}

/// "If not Monday": the day is a second choice, not ruled out.
pub(super) fn is_second_choice(before: Heard<'_>) -> bool {
    let lists = &before.lists.context;
    let back = Back::of(before).skipping(&lists.between, usize::MAX);
    back.is(0, &lists.ruled_out.not) && back.is(1, &lists.ruled_out.r#if)
}

/// Whether the day is ruled out by what follows: "Friday doesn't work", "Monday is no good", "Tuesday I can't".
pub(super) fn is_ruled_out_behind(after: Heard<'_>) -> bool {
    let lists = &after.lists.context.ruled_out;
    let lead = after.optional(0, &lists.parts);
    let is_cut = lead == 1 && after[0].ends_clause;
    !is_cut && after.rest(lead).begins(&lists.behind).is_some()
}

/// A verb of the past in front: "I ordered it on Friday" is more likely the last one.
pub(super) fn is_in_past(before: Heard<'_>) -> bool {
    let lists = &before.lists.context;
    let back = Back::of(before);
    (0..PAST_REACH).any(|steps| {
        let has_perfect_ahead = steps + 1 < PAST_REACH && back.is(steps + 1, &lists.not_past);
        back.is(steps, &lists.past) && !has_perfect_ahead
    })
}

/// Whether the words between two phrases take the first one back: "Tuesday, no, Thursday", "Friday sorry Saturday".
pub(super) fn takes_back(gap: Heard<'_>) -> bool {
    let lists = &gap.lists.context.taken_back;
    let is_made = gap.begins(&lists.made).is_some();
    let has_mark = gap.iter().any(|word| lists.marks.has(&word.text));
    let is_pure = gap.iter().all(|word| lists.marks.has(&word.text) || lists.fillers.has(&word.text));
    is_pure && (has_mark || is_made) && gap.len() <= REACH
}

/// Words around a day that make it another day, or only about that day: "the week of Friday", "end of Sunday".
pub(super) fn is_vague(before: Heard<'_>, after: Heard<'_>) -> bool {
    let lists = &before.lists.context.vague;
    let back = Back::of(before).skipping(&lists.articles, usize::MAX);
    let is_around = back.is(0, &lists.around)
        || (back.is(0, &lists.of) && back.is(1, &lists.before_of))
        || (back.is(0, &lists.than) && back.is(1, &lists.before_than));
    let is_open = after.is(0, &lists.opening) || before.lists.numerals.month(back.text(0)).is_some();
    let is_feast = back.is(0, &lists.feasts);
    let is_shifted = back.is(0, &lists.far_units) || (back.is(0, &lists.shifting) && back.is(1, &lists.far_units));
    let clause = Back::of(before);
    let in_month = (0..3).any(|steps| clause.is(steps, &lists.of) && clause.is(steps + 1, &lists.week));
    let is_shifted_behind = (1..=2).any(|at| after.is(at, &lists.far_units)) && !after.is(0, &lists.of);
    is_around || is_open || is_feast || is_shifted || in_month || is_shifted_behind
}

/// "The week beginning February 4": seven days from that one.
pub(super) fn begins_week(before: Heard<'_>) -> bool {
    let lists = &before.lists.context;
    let back = Back::of(before).skipping(&before.lists.articles, usize::MAX);
    back.is(0, &lists.beginning) && back.is(1, &lists.week)
}

/// Whether what follows is another choice, or more of the same: "or Wednesday", "and Wednesday".
pub(super) fn joins(gap: Heard<'_>) -> bool {
    gap.is(0, &gap.lists.context.joining) && gap.len() <= 4
}

/// "Move it from Tuesday to Thursday": the first day is where it comes from.
pub(super) fn is_moved(before: Heard<'_>) -> bool {
    let lists = &before.lists.context;
    let back = Back::of(before).skipping(&lists.articles, REACH);
    back.is(0, &lists.from) && (1..REACH).any(|steps| back.is(steps, &lists.moving))
}
