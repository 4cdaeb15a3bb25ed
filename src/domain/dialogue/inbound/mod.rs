//! The inbound call, "where is my order?": one file for each part of the conversation.

mod answers;
mod asking;
mod caller;
mod closing;
mod conduct;
mod confirming;
mod details;
mod doubts;
mod expect;
mod find_order;
mod handover;
mod identify;
mod keypad;
mod language;
mod opening;
mod opt_out;
mod record;
mod recording;
mod which_order;

use std::sync::Arc;

use super::ShopProfile;
use super::phrasebook::{Hours, Line, Phone, Text};
use super::requests::Topic;
use super::turn::Turn;
use crate::domain::call::VerificationLevel;
use crate::domain::orders::{Order, OrderRef};
use crate::domain::values::{PhoneNumber, RequestId};

use recording::RecordingAnswer;

pub(super) use caller::needed_level;
pub(super) use handover::{Handover, HandoverState};

/// How far the look-up by the caller's number has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum NumberSearch {
    #[default]
    NotStarted,
    Running(RequestId),
    Done,
    Failed,
}

/// What a look-up under way is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    Reference,
    Postcode,
}

/// The caller's orders, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownOrders {
    by_number: NumberSearch,
    search: Option<(RequestId, Search)>,
    /// Newest first.
    found: Arc<[Arc<Order>]>,
    chosen: Option<Arc<Order>>,
    /// Nobody chose it: it was the only one on its way.
    is_by_default: bool,
    /// Look-ups by what the caller said that found nothing.
    tries_failed: u8,
    has_tried_postcode: bool,
}

impl KnownOrders {
    /// Those of the caller's number.
    pub(super) fn found(&self) -> &[Arc<Order>] {
        &self.found
    }

    pub(super) fn chosen(&self) -> Option<&Arc<Order>> {
        self.chosen.as_ref()
    }
}

/// How the call is going, apart from its subject.
#[derive(Clone, Debug, Default)]
pub(super) struct Habits {
    /// Turns in a row that were not understood.
    pub(super) misses: u8,
    pub(super) has_asked_for_human: bool,
    pub(super) has_been_warned: bool,
    /// Percent of the normal pace; none while it is normal.
    pub(super) pace: Option<u16>,
    pub(super) has_stopped_recording: bool,
    pub(super) has_asked_to_record: bool,
    recording_answer: Option<RecordingAnswer>,
    pub(super) is_wrong_number: bool,
    pub(super) is_minor: bool,
    /// How the call was; it is asked once.
    pub(super) has_been_asked_score: bool,
    pub(super) is_angry: bool,
    pub(super) is_worried: bool,
    pub(super) opt_out: Option<OptOutState>,
    /// Offers the caller turned down: not made again.
    pub(super) declined: Vec<Topic>,
    /// The turn a request was made in: it may hold the day or the place already.
    pub(super) carried: Option<Box<Turn>>,
    /// The order and level whose likely sentences were asked for.
    prepared_for: Option<(OrderRef, VerificationLevel)>,
    /// Any caller turn at all.
    pub(super) has_spoken: bool,
    /// The language the customer asked to go on in.
    pub(super) language: Option<&'static str>,
    /// The last turn was keys: what keys there are is said with each question.
    pub(super) is_keying: bool,
    /// Answers in a row that were too doubtful to settle anything. Each is one of the misses too.
    doubts: u8,
    /// The goodbye was cut off and said again.
    pub(super) has_repeated_goodbye: bool,
    /// Turns in a row that asked to hear the same again.
    pub(super) repeats: u8,
    /// The question that the last turn was a faint yes to.
    faint_yes_to: Option<Line>,
    /// The caller has said that the parcel is there.
    pub(super) has_received: bool,
    /// The caller was put through to a person, or it was tried.
    pub(super) handover: Option<Handover>,
}

/// A wish not to be called, from its first word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OptOutState {
    pub(super) phone: PhoneNumber,
    /// The write of it.
    pub(super) request: RequestId,
    /// The write before, when it was said again before that was answered: either of them keeps it.
    pub(super) earlier: Option<RequestId>,
    pub(super) is_kept: bool,
    /// Shape: `all` or `this_order`.
    pub(super) scope: &'static str,
}

/// The lines that hold nothing but the shop's own settings.
pub(super) fn shop_lines(shop: &ShopProfile) -> Vec<Line> {
    let name = || Text(shop.name.as_str().into());
    let within = || Hours(shop.human_callback_within_hours);
    vec![
        Line::Greeting { shop: name() },
        Line::GreetingRecorded { shop: name() },
        Line::Disclosure { shop: name() },
        Line::DisclosureRecorded { shop: name() },
        Line::CallbackRecorded { shop: name(), within: within() },
        Line::CallbackFailed { callback_number: Phone(shop.callback_number.clone()) },
        Line::PersonTakesOver { shop: name() },
        Line::WhoIsCalling { shop: name() },
        Line::GotNumber { shop: name() },
        Line::ScamCheck { website: Text(shop.website_spoken.as_str().into()) },
        Line::Emergency { emergency_number: Text(shop.emergency_number_spoken.as_str().into()) },
        Line::OutOfScope { shop: name() },
        Line::OptOutPassedOn { shop: name() },
        Line::ClosingThanks { shop: name() },
    ]
}
