//! One turn may be after several things: "when does it come, and leave it with the guard".

use std::sync::Arc;

use jiff::civil::DateTime;

use super::{Turn, TurnLists};
use crate::domain::dialogue::CallerTurn;
use crate::domain::dialogue::meaning::{Meaning, Question};
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::step::Wish;
use crate::domain::dialogue::understanding::{Act, Intent, Understanding, Understood};
use crate::domain::hearing::{Awaited, Hypothesis, Transcript};

/// How strong a second wish must be: a guess beside something clear is no wish. How well both were heard is another matter.
const BESIDE_MIN: f32 = 0.8;

/// One thing a caller is after, and the intent it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain::dialogue) struct SaidWish {
    pub(in crate::domain::dialogue) wish: Wish,
    pub(in crate::domain::dialogue) intent: Intent,
}

impl SaidWish {
    fn of(intent: Intent) -> Option<Self> {
        let wish = match Meaning::of(intent) {
            Meaning::Want(topic) => Wish::Want(topic),
            Meaning::Ask(question) => Wish::Ask(question),
            Meaning::Answer(_) | Meaning::Conduct(_) | Meaning::Aside(_) | Meaning::Provides | Meaning::Nothing => {
                return None;
            }
        };
        Some(Self { wish, intent })
    }
}

impl Turn {
    /// What the caller is after, the weightiest first: a request before a question.
    pub(in crate::domain::dialogue) fn wish(&self) -> Option<Wish> {
        self.leading_wish().map(|said| said.wish)
    }

    /// Everything the caller is after, questions first, each in the order it was said.
    pub(in crate::domain::dialogue) fn wishes(&self) -> Vec<SaidWish> {
        let Some(leading) = self.leading_wish() else { return Vec::new() };
        let mut kept: Vec<(SaidWish, Act)> = self.acts_of(leading.intent).map(|act| (leading, act)).collect();
        for (said, act) in self.candidates() {
            let is_beside = kept.iter().all(|(other, other_act)| other.wish != said.wish && is_apart(&act, other_act));
            if BESIDE_MIN <= act.strength && is_beside {
                kept.push((said, act));
            }
        }
        kept.sort_by_key(|(said, act)| (matches!(said.wish, Wish::Want(_)), act.span.start));
        kept.into_iter().map(|(said, _)| said).collect()
    }

    fn leading_wish(&self) -> Option<SaidWish> {
        let candidates = self.candidates();
        let request = candidates.iter().find(|(said, _)| matches!(said.wish, Wish::Want(_)));
        request.or_else(|| candidates.first()).map(|(said, _)| *said)
    }

    fn acts_of(&self, intent: Intent) -> impl Iterator<Item = Act> {
        self.acts.iter().copied().filter(move |act| act.intent == intent).take(1)
    }

    /// Every wish that is not merely a part of, or the ground for, another one.
    fn candidates(&self) -> Vec<(SaidWish, Act)> {
        let all: Vec<(SaidWish, Act)> =
            self.acts.iter().filter_map(|act| Some((SaidWish::of(act.intent)?, *act))).collect();
        let is_absorbed = |said: &SaidWish| all.iter().any(|(by, _)| by.absorbs(*said));
        all.iter().filter(|(said, _)| !is_absorbed(said)).copied().collect()
    }
}

fn is_apart(one: &Act, other: &Act) -> bool {
    one.span.end <= other.span.start || other.span.end <= one.span.start
}

impl SaidWish {
    /// Whether seeing to this leaves nothing to do about the other, said in the same breath.
    fn absorbs(self, other: Self) -> bool {
        match (self.wish, other.wish) {
            (Wish::Ask(question), Wish::Ask(other)) => question.tells(other),
            (Wish::Want(topic), Wish::Ask(other)) => topic.rests_on(other),
            (Wish::Want(topic), Wish::Want(other_topic)) => {
                let is_reason = is_ground(other.intent) && !is_ground(self.intent) && topic.is_weighty();
                topic.includes(other_topic) || (topic != other_topic && is_reason)
            }
            (Wish::Ask(_), Wish::Want(_)) => false,
        }
    }
}

impl Wish {
    /// Whether the answer to this, or the request, has the other in it.
    pub(in crate::domain::dialogue) fn has_in_it(self, other: Self) -> bool {
        match (self, other) {
            (Self::Ask(question), Self::Ask(other)) => question == other || question.tells(other),
            (Self::Want(topic), Self::Want(other)) => topic == other || topic.is_same_matter(other),
            (Self::Want(_), Self::Ask(_)) | (Self::Ask(_), Self::Want(_)) => false,
        }
    }
}

/// Why something is wished for rather than a wish: "I'm not in, leave it with the guard".
const fn is_ground(intent: Intent) -> bool {
    matches!(intent, Intent::NotAvailable | Intent::BusyNow | Intent::AskAvailableSlots)
}

impl Question {
    /// Whether its answer tells the other one's too.
    fn tells(self, other: Self) -> bool {
        match self {
            Self::Where => matches!(other, Self::When | Self::IsLate | Self::ActionNeeded | Self::Parcels),
            Self::NotMoving | Self::NotArrived => matches!(other, Self::Where | Self::When | Self::IsLate),
            Self::When => other == Self::IsLate,
            Self::WhereLeft => other == Self::Where,
            Self::IsLate
            | Self::Why
            | Self::ActionNeeded
            | Self::Parcels
            | Self::Contents
            | Self::Amount
            | Self::PaymentMeans
            | Self::RiderContact => false,
        }
    }

    /// Whether the news of a call that the shop makes tells it.
    pub(in crate::domain::dialogue) const fn is_of_status(self) -> bool {
        matches!(
            self,
            Self::Where
                | Self::When
                | Self::IsLate
                | Self::ActionNeeded
                | Self::Parcels
                | Self::NotMoving
                | Self::NotArrived
        )
    }
}

impl Topic {
    /// Whether the question is only the ground for this request, or is seen to with it.
    fn rests_on(self, question: Question) -> bool {
        use Question as Q;
        let grounds: &[Question] = match self {
            Self::NotReceived => &[Q::Where, Q::When, Q::NotArrived, Q::WhereLeft, Q::IsLate],
            Self::AttemptDisputed | Self::Complaint | Self::Cancel | Self::CodCancel | Self::RefuseDelivery => {
                &[Q::IsLate, Q::NotMoving, Q::NotArrived]
            }
            Self::Refund | Self::NotOrdered => &[Q::IsLate, Q::NotMoving, Q::NotArrived],
            Self::Expedite | Self::Reschedule => &[Q::When, Q::IsLate, Q::NotArrived],
            Self::Payment => &[Q::Amount, Q::PaymentMeans],
            Self::PrepaidLink => &[Q::PaymentMeans],
            Self::TrackingLink => &[Q::Where],
            Self::Trace => &[Q::Where, Q::NotMoving],
            Self::RefundStatus => &[Q::When, Q::Where, Q::Amount],
            _ => &[],
        };
        grounds.contains(&question)
    }

    /// Whether the other request is a part of this one.
    fn includes(self, other: Self) -> bool {
        let parts: &[Self] = match self {
            Self::Cancel => &[Self::RefuseDelivery],
            Self::NotOrdered => &[Self::Cancel, Self::RefuseDelivery, Self::CodCancel],
            Self::Damaged | Self::WrongItem | Self::MissingItem | Self::NotReceived | Self::AttemptDisputed => {
                &[Self::Complaint]
            }
            Self::Pickup => &[Self::Hold],
            Self::Neighbour => &[Self::Recipient],
            Self::Guard => &[Self::SafePlace],
            Self::AddressChange => &[Self::DeliveryNote],
            Self::PrepaidLink => &[Self::Payment, Self::TrackingLink],
            Self::Return => &[Self::Refund],
            Self::Expedite => &[Self::Reschedule],
            _ => &[],
        };
        parts.contains(&other)
    }

    /// Whether it says what is to be done, so that "I'm not in" beside it is only the reason.
    const fn is_weighty(self) -> bool {
        self.is_place() || self.ends_delivery() || matches!(self, Self::Reschedule | Self::CallBackLater)
    }

    /// Whether a note says it as well as a request of its own.
    pub(in crate::domain::dialogue) const fn is_told_in_words(self) -> bool {
        matches!(
            self,
            Self::DeliveryNote
                | Self::AddressPart
                | Self::SafePlace
                | Self::Neighbour
                | Self::Recipient
                | Self::Damaged
                | Self::WrongItem
                | Self::MissingItem
                | Self::Complaint
        )
    }

    /// Whether the parcel goes elsewhere, or to somebody else.
    pub(in crate::domain::dialogue) const fn is_place(self) -> bool {
        matches!(self, Self::Neighbour | Self::Guard | Self::SafePlace | Self::Recipient | Self::Pickup | Self::Hold)
    }

    /// Whether nothing is to be delivered any more.
    pub(in crate::domain::dialogue) const fn ends_delivery(self) -> bool {
        matches!(
            self,
            Self::Cancel | Self::CodCancel | Self::RefuseDelivery | Self::NotOrdered | Self::Refund | Self::Return
        )
    }

    /// Whether both are one wish in two words: a cancellation at the door and on the line.
    pub(in crate::domain::dialogue) fn is_same_matter(self, other: Self) -> bool {
        let is_cancel = |topic: Self| matches!(topic, Self::Cancel | Self::CodCancel | Self::RefuseDelivery);
        let is_collected = |topic: Self| matches!(topic, Self::Pickup | Self::Hold);
        self == other || (is_cancel(self) && is_cancel(other)) || (is_collected(self) && is_collected(other))
    }

    /// Whether both can be carried out: a day and a note, but not the guard and the neighbour.
    pub(in crate::domain::dialogue) fn goes_with(self, other: Self) -> bool {
        let is_of_delivery =
            |topic: Self| topic.is_place() || matches!(topic, Self::Reschedule | Self::Expedite | Self::CallBackLater);
        let is_other_place = self.is_place() && other.is_place();
        let is_end = (self.ends_delivery() && is_of_delivery(other)) || (other.ends_delivery() && is_of_delivery(self));
        let is_later = self == Self::CallBackLater || other == Self::CallBackLater;
        !self.is_same_matter(other) && !is_other_place && !is_end && !is_later
    }
}

/// A yes in front of a wish is judged by its own words: "yes, and leave it with the guard" begins with a clear yes.
pub(super) fn weigh_yes_alone(
    understanding: &Understanding,
    said: &CallerTurn,
    (awaited, local_now): (Awaited, DateTime),
    understood: &mut Understood,
) {
    let is_yes = |act: &&Act| matches!(act.intent, Intent::Affirm | Intent::ConfirmOrder) && act.is_weak;
    let Some(yes) = understood.acts.iter().find(is_yes).copied() else { return };
    let behind = understood.acts.iter().filter(|act| yes.span.end <= act.span.start);
    let Some(start) = behind.filter(|act| SaidWish::of(act.intent).is_some()).map(|act| act.span.start).min() else {
        return;
    };
    let Some(front) = front_of(&said.transcript, start.into(), &understanding.vocabulary().turns) else { return };
    let alone = understanding.understand(&front, awaited, local_now);
    if alone.settles(yes.intent) {
        understood.acts.iter_mut().filter(|act| act.intent == yes.intent).for_each(|act| act.is_weak = false);
    }
}

/// The words before the one that joins what begins at `start` to them; none where nothing joins them.
fn front_of(transcript: &Arc<Transcript>, start: usize, lists: &TurnLists) -> Option<Transcript> {
    let best = transcript.best()?;
    let words: Vec<&str> = best.text.split_whitespace().collect();
    let is_joiner = |word: &str| lists.joiners.has(word.trim_matches(|c: char| !c.is_alphanumeric()));
    let lowered: Vec<String> = words.iter().take(start).map(|word| word.to_lowercase()).collect();
    let joined = lowered.iter().rposition(|word| is_joiner(word));
    let parted = lowered.iter().rposition(|word| word.ends_with([',', '.', ';'])).map(|at| at + 1);
    let end = joined.into_iter().chain(parted).min().filter(|end| 0 < *end)?;
    let heard = if best.words.len() == words.len() { best.words[..end].to_vec() } else { Vec::new() };
    let front = Hypothesis { text: words[..end].join(" "), words: heard, confidence: best.confidence };
    Some(Transcript::of(vec![front]))
}
