//! Who or what picked up a call of ours: what told it, and whether the call took it for what it was.

use crate::domain::values::CallTime;

/// More signs than a call has; a later one then takes the place of the last.
const SIGNS_MAX: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PickedUpBy {
    Human,
    Voicemail,
    /// A phone that asks who is calling, and shows it to its owner.
    Screener,
    /// A menu, a fax, the network itself.
    Other,
}

/// What a sign came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignSource {
    /// The carrier's opinion.
    Carrier,
    Tone,
    Words,
    Keys,
}

/// Something that speaks for one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sign {
    pub at_ms: CallTime,
    pub source: SignSource,
    pub speaks_for: PickedUpBy,
}

/// The machine that a call took whoever picked up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TakenFor {
    pub at_ms: CallTime,
    pub machine: PickedUpBy,
}

/// What is kept of who or what picked up. Empty of calls of the customer's, and where nobody did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PickUp {
    /// Order: as they came. One that says again what the last one said is left out.
    signs: Vec<Sign>,
    /// The first machine it was taken for; none where it was talked to as a person throughout.
    taken_for: Option<TakenFor>,
}

/// Who picked up by all that was heard, and what the call took them for.
///
/// Shape: `voicemail_as_human`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Judgement {
    pub truth: PickedUpBy,
    pub taken_for: PickedUpBy,
}

impl PickUp {
    pub fn note(&mut self, sign: Sign) {
        let is_same = |last: &Sign| (last.source, last.speaks_for) == (sign.source, sign.speaks_for);
        if self.signs.last().is_some_and(is_same) {
            return;
        }
        self.signs.truncate(SIGNS_MAX - 1);
        self.signs.push(sign);
    }

    /// The call takes whoever picked up for a machine.
    pub fn take_for(&mut self, machine: TakenFor) {
        self.taken_for.get_or_insert(machine);
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Who picked up, by all that was heard in the call; none if nothing told.
    ///
    /// What was heard last counts: a greeting may begin as people do, and people may come to the phone behind one.
    /// Behind a screener they do so anyway. The carrier's opinion never counts.
    pub fn truth(&self) -> Option<PickedUpBy> {
        let mut heard = self.signs.iter().filter(|sign| sign.source != SignSource::Carrier).map(|sign| sign.speaks_for);
        let screener = heard.clone().find(|by| *by == PickedUpBy::Screener);
        screener.or_else(|| heard.next_back())
    }

    /// How the call judged; none where nobody can tell.
    pub fn judgement(&self) -> Option<Judgement> {
        let taken_for = self.taken_for.map_or(PickedUpBy::Human, |first| first.machine);
        self.truth().map(|truth| Judgement { truth, taken_for })
    }
}

impl PickedUpBy {
    const ALL: [Self; 4] = [Self::Human, Self::Voicemail, Self::Screener, Self::Other];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Voicemail => "voicemail",
            Self::Screener => "screener",
            Self::Other => "other",
        }
    }
}

impl From<Judgement> for String {
    fn from(Judgement { truth, taken_for }: Judgement) -> Self {
        format!("{}_as_{}", truth.as_str(), taken_for.as_str())
    }
}

impl TryFrom<String> for Judgement {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let named = |name: &str| PickedUpBy::ALL.into_iter().find(|by| by.as_str() == name);
        let (truth, taken_for) = text.split_once("_as_").ok_or("no judgement of who picked up")?;
        let judgement = named(truth).zip(named(taken_for)).map(|(truth, taken_for)| Self { truth, taken_for });
        judgement.ok_or("nobody that picks up is called so")
    }
}

#[cfg(test)]
mod tests {
    use super::{Judgement, PickUp, PickedUpBy, Sign, SignSource, TakenFor};
    use crate::domain::values::CallTime;

    fn pick_up(signs: &[(SignSource, PickedUpBy)], taken_for: Option<PickedUpBy>) -> PickUp {
        let mut pick_up = PickUp::default();
        for (at, (source, speaks_for)) in (0..).zip(signs) {
            pick_up.note(Sign { at_ms: CallTime::from_ms(at), source: *source, speaks_for: *speaks_for });
        }
        if let Some(machine) = taken_for {
            pick_up.take_for(TakenFor { at_ms: CallTime::ZERO, machine });
        }
        pick_up
    }

    #[test]
    fn what_was_heard_last_tells_who_picked_up() {
        use PickedUpBy::{Human, Other, Screener, Voicemail};
        use SignSource::{Carrier, Keys, Tone, Words};
        for (signs, truth) in [
            (&[][..], None),
            (&[(Carrier, Voicemail)], None),
            (&[(Words, Human), (Words, Voicemail)], Some(Voicemail)),
            (&[(Words, Voicemail), (Carrier, Voicemail), (Words, Human)], Some(Human)),
            (&[(Words, Screener), (Words, Human)], Some(Screener)),
            (&[(Words, Human), (Tone, Voicemail)], Some(Voicemail)),
            (&[(Words, Human), (Tone, Voicemail), (Words, Human)], Some(Human)),
            (&[(Carrier, Human), (Tone, Other)], Some(Other)),
            (&[(Words, Voicemail), (Keys, Human)], Some(Human)),
        ] {
            assert_eq!(pick_up(signs, None).truth(), truth, "{signs:?}");
        }
    }

    #[test]
    fn the_first_machine_it_was_taken_for_is_what_counts() {
        let mut judged = pick_up(&[(SignSource::Words, PickedUpBy::Human)], Some(PickedUpBy::Voicemail));
        judged.take_for(TakenFor { at_ms: CallTime::from_ms(9), machine: PickedUpBy::Other });
        let judgement = Judgement { truth: PickedUpBy::Human, taken_for: PickedUpBy::Voicemail };
        assert_eq!(judged.judgement(), Some(judgement));
        assert_eq!(String::from(judgement), "human_as_voicemail");
        assert_eq!(Judgement::try_from("human_as_voicemail".to_owned()), Ok(judgement));
        assert!(Judgement::try_from("human_as_cat".to_owned()).is_err());
        assert_eq!(pick_up(&[], Some(PickedUpBy::Voicemail)).judgement(), None);
    }

    #[test]
    fn a_long_call_keeps_no_more_signs_than_fit_and_the_last() {
        let both = [(SignSource::Words, PickedUpBy::Voicemail), (SignSource::Words, PickedUpBy::Human)];
        let pick_up = pick_up(&both.repeat(100), None);
        assert_eq!((pick_up.signs.len(), pick_up.truth()), (super::SIGNS_MAX, Some(PickedUpBy::Human)));
        assert!(pick_up.signs.capacity() <= 2 * super::SIGNS_MAX);
    }
}
