//! A shop with one person who may take calls, and what becomes of a caller who is put through.

use jiff::tz::TimeZone;

use super::file::Handover;
use crate::domain::call::{CallEvent, CloseCause};
use crate::domain::dialogue::ShopProfile;
use crate::domain::outreach::policy::Week;
use crate::domain::transfer::{Address, HandoverRules, Target, TransferTimes, Triggers};

const TRIGGERS: &str = include_str!("../../config/handover/triggers.toml");
/// The carrier takes longer than usual to move the line.
const SLOW_AFTER_MS: u64 = 2_000;
const TAKEN_AFTER_MS: u64 = 20_000;
const BACK_AFTER_MS: u64 = 45_000;

/// The person is there at all hours, or at none.
pub(super) fn rules(handover: Handover, shop: &ShopProfile) -> HandoverRules {
    let hours = if handover == Handover::TeamAway { "00:00-00:01" } else { "00:00-23:59:59" };
    let hours = hours.parse().expect("these are hours");
    let desk = Target {
        name: "desk".to_owned(),
        address: Address::Phone(shop.callback_number.clone()),
        languages: Vec::new(),
        skills: Vec::new(),
    };
    HandoverRules {
        targets: vec![desk],
        triggers: Triggers::read(TRIGGERS).expect("the shipped triggers can be read"),
        zone: TimeZone::get(&shop.time_zone).unwrap_or(TimeZone::UTC),
        hours: Week::new(hours, hours, hours),
        attempts_max: 1,
        times: TransferTimes::default(),
    }
}

/// What happens, and when. Shape: milliseconds after the caller was put through.
pub(super) fn facts_of(handover: Option<Handover>) -> Vec<(u64, CallEvent)> {
    let slow = (SLOW_AFTER_MS, CallEvent::HandoverSlow);
    let closed = |cause| (TAKEN_AFTER_MS, CallEvent::StreamClosed { cause });
    match handover {
        Some(Handover::Taken) => {
            vec![slow, (TAKEN_AFTER_MS, CallEvent::HandedOver), closed(CloseCause::HandedOver)]
        }
        Some(Handover::NobodyTakesIt) => vec![slow, (BACK_AFTER_MS, CallEvent::HandoverFailed)],
        Some(Handover::CallerHangsUp | Handover::TeamAway) | None => vec![closed(CloseCause::CallerHungUp)],
    }
}
