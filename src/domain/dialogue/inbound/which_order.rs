//! Which of several orders is meant: by day, and for a verified caller by what was bought.

use std::sync::Arc;

use crate::domain::call::VerificationLevel;
use crate::domain::dialogue::core::Dialogue;
use crate::domain::dialogue::meaning::Answer;
use crate::domain::dialogue::parcel::{LocalNow, Parcel};
use crate::domain::dialogue::phrasebook::{Day, Item, Line, Source, Sourced};
use crate::domain::dialogue::reply::Reply;
use crate::domain::dialogue::requests::Topic;
use crate::domain::dialogue::step::{Step, Wish};
use crate::domain::dialogue::turn::Turn;
use crate::domain::orders::{DeliveryStatus, Order};

/// Choices said aloud at once.
const CHOICES_MAX: usize = 3;

impl Dialogue {
    /// Whether an order is chosen that fits the wish, choosing it if there is no doubt.
    pub(super) fn has_order_for(&mut self, wish: Wish) -> bool {
        if self.orders.chosen.is_some() && !self.is_default_beside(wish) {
            return true;
        }
        let candidates = self.candidates(Some(wish));
        if let [only] = candidates.as_slice() {
            self.choose(only);
            return true;
        }
        false
    }

    /// The order on its way is not the one that a question about a delivered one is after.
    fn is_default_beside(&self, wish: Wish) -> bool {
        let now = self.local_now();
        let is_delivered =
            |order: &Arc<Order>| Parcel::all(order, &now).any(|parcel| parcel.status() == DeliveryStatus::Delivered);
        let has_other = self.orders.found.iter().any(is_delivered);
        let is_it = self.orders.chosen.as_ref().is_some_and(is_delivered);
        self.orders.is_by_default && is_about_delivered(wish) && has_other && !is_it
    }

    /// The orders a caller may mean: those in progress, or for a trouble with the goods those delivered.
    pub(super) fn candidates(&self, wish: Option<Wish>) -> Vec<Arc<Order>> {
        let now = self.local_now();
        let found = &self.orders.found;
        let pick = |is_meant: &dyn Fn(&Arc<Order>) -> bool| -> Vec<Arc<Order>> {
            found.iter().filter(|order| is_meant(order)).cloned().collect()
        };
        let is_delivered =
            |order: &Arc<Order>| Parcel::all(order, &now).any(|parcel| parcel.status() == DeliveryStatus::Delivered);
        let is_open = |order: &Arc<Order>| !is_settled(order, &now);
        let mut meant = if wish.is_some_and(is_about_delivered) { pick(&is_delivered) } else { pick(&is_open) };
        if meant.is_empty() {
            meant = found.iter().take(1).cloned().collect();
        }
        meant
    }

    pub(super) fn ask_which_order(&mut self, wish: Wish, reply: &mut Reply) {
        let candidates: Arc<[Arc<Order>]> = self.candidates(Some(wish)).into();
        let line = self.which_order_line(&candidates);
        self.step = match line {
            Line::SeveralOrdersSameDay => Step::Reference,
            _ => Step::WhichOrder { candidates },
        };
        reply.say(line);
    }

    pub(super) fn which_order_line(&self, candidates: &[Arc<Order>]) -> Line {
        if VerificationLevel::V2 <= self.identity.level()
            && let Some(line) = by_item(candidates)
        {
            return line;
        }
        self.by_day(candidates)
    }

    fn by_day(&self, candidates: &[Arc<Order>]) -> Line {
        let now = self.local_now();
        let days: Vec<Sourced<Day>> = candidates.iter().take(CHOICES_MAX).map(|order| placed(order, &now)).collect();
        let is_told_apart =
            days.iter().enumerate().all(|(at, day)| days[..at].iter().all(|other| other.value != day.value));
        match <[Sourced<Day>; 3]>::try_from(days) {
            Ok([first_day, second_day, third_day]) if is_told_apart && candidates.len() == CHOICES_MAX => {
                Line::WhichOfThree { first_day, second_day, third_day }
            }
            Ok(_) => Line::SeveralOrdersSameDay,
            Err(days) => match <[Sourced<Day>; 2]>::try_from(days) {
                Ok([first_day, second_day]) if is_told_apart => Line::WhichOfTwo { first_day, second_day },
                Ok(_) | Err(_) => Line::SeveralOrdersSameDay,
            },
        }
    }

    pub(super) fn take_which_order(&mut self, candidates: &[Arc<Order>], turn: &Turn, reply: &mut Reply) -> bool {
        let now = self.local_now();
        let is_verified = VerificationLevel::V2 <= self.identity.level();
        let mut fitting = candidates.iter().filter(|order| {
            let placed = now.zone.to_datetime(order.placed_at).date();
            turn.speaks_of_day(placed) || (is_verified && turn.speaks_of_item(order))
        });
        // "The one from last Tuesday" is not the last one.
        let only = fitting.next().filter(|_| fitting.next().is_none());
        let by_place = || candidates.get(turn.choice(self.setting.book.ordinals(), candidates.len())?);
        if let Some(order) = only.or_else(by_place).cloned() {
            self.choose(&order);
            self.go_on(reply);
            return true;
        }
        if !turn.digits.is_empty() && !turn.has_answer(Answer::DontKnow) {
            return self.take_reference(turn, reply);
        }
        if let Some(wish) = turn.wish() {
            self.forget_wish(wish);
            self.wish = Some(wish);
            self.ask_again(reply);
            return true;
        }
        false
    }

    /// Whether the turn names one of the orders that were offered, by its place.
    pub(super) fn picks_order(&self, turn: &Turn) -> bool {
        let Step::WhichOrder { candidates } = &self.step else { return false };
        turn.choice(self.setting.book.ordinals(), candidates.len()).is_some()
    }

    /// Turns to an order; what was proved of another customer counts no more.
    pub(in crate::domain::dialogue) fn choose(&mut self, order: &Arc<Order>) {
        let has_number = self.setting.brief.caller.as_ref() == Some(&order.customer.phone);
        let is_same_customer =
            self.orders.chosen.as_ref().is_some_and(|before| before.customer.phone == order.customer.phone);
        if !is_same_customer {
            self.identity.turn_to(has_number);
        }
        self.orders.chosen = Some(Arc::clone(order));
        self.orders.is_by_default = false;
    }
}

fn is_settled(order: &Arc<Order>, now: &LocalNow) -> bool {
    !order.shipments.is_empty() && Parcel::all(order, now).all(|parcel| parcel.is_settled())
}

/// Wishes that only make sense once a parcel has come.
fn is_about_delivered(wish: Wish) -> bool {
    match wish {
        Wish::Ask(question) => question == crate::domain::dialogue::meaning::Question::WhereLeft,
        Wish::Want(topic) => matches!(
            topic,
            Topic::NotReceived | Topic::Damaged | Topic::WrongItem | Topic::MissingItem | Topic::Return | Topic::Refund
        ),
    }
}

fn placed(order: &Arc<Order>, now: &LocalNow) -> Sourced<Day> {
    let source = Source { order: Arc::clone(order), shipment: None, event: None };
    Sourced { value: Day(now.zone.to_datetime(order.placed_at).date()), source }
}

fn by_item(candidates: &[Arc<Order>]) -> Option<Line> {
    let item = |order: &Arc<Order>| {
        let source = Source { order: Arc::clone(order), shipment: None, event: None };
        Some(Sourced { value: Item(order.items.first()?.title.as_str().into()), source })
    };
    let items: Vec<Sourced<Item>> = candidates.iter().map(item).collect::<Option<_>>()?;
    match <[Sourced<Item>; 2]>::try_from(items) {
        Ok([first_item, second_item]) => Some(Line::WhichItemOfTwo { first_item, second_item }),
        Err(items) => {
            let [first_item, second_item, third_item] = <[Sourced<Item>; 3]>::try_from(items).ok()?;
            Some(Line::WhichItemOfThree { first_item, second_item, third_item })
        }
    }
}
