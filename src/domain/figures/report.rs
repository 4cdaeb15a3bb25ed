//! The figures with their formulas, each with what it was made of.

use super::sources::{Counted, FigureFilter, Group, ParcelCounts};
use super::{CallTally, Costs, Counter, Counts, Histogram};
use crate::domain::call::{Disposition, EscalationWay, Judgement, PickedUpBy};

/// A rate of fewer cases than this says nothing and is left out.
const CASES_MIN: u64 = 30;
const MS_PER_MINUTE: f64 = 60_000.0;

const FEW_CASES: &str = "fewer than 30 cases";
const NO_CASE: &str = "no case";
const NO_TICKETS: &str = "no tickets of this period were imported";
const NO_PARCELS: &str = "no parcel of this period is known";
const NO_COSTS: &str = "the settings figures.costs do not name these costs";
const NOT_NARROWED: &str = "is not counted by scenario, or not for this shop or group";
const ONE_GROUP: &str = "compares both groups, and needs 30 parcels of each";

/// What a figure's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Count,
    /// From 0 to 1.
    Share,
    Ms,
    Minutes,
    /// Minor units of the currency of the costs.
    Money,
}

impl Unit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Share => "share",
            Self::Ms => "ms",
            Self::Minutes => "minutes",
            Self::Money => "money",
        }
    }
}

/// One figure. Without a value it is not known, and says why; it is never taken for nothing.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Figure {
    pub name: &'static str,
    pub unit: Unit,
    pub value: Option<f64>,
    pub numerator: Option<f64>,
    /// Of percentiles: the cases.
    pub denominator: Option<u64>,
    pub formula: &'static str,
    pub unknown: Option<&'static str>,
}

/// All figures of a period, and the counts behind them by code.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Report {
    pub figures: Vec<Figure>,
    pub dispositions: Counts<Disposition>,
    /// Such as `voicemail_as_human`: who picked up, as what.
    pub picked_up: Counts<Judgement>,
    pub escalation_by_way: Counts<EscalationWay>,
    pub escalation_by_trigger: Counts<String>,
    pub scores: Counts<u8>,
    /// None where no tickets are known.
    pub wismo_tickets_by_channel: Option<Counts<String>>,
    /// Of the costs.
    pub currency: Option<String>,
}

/// A figure that waits for its numbers.
#[derive(Clone, Copy)]
struct Of(&'static str, &'static str);

impl Of {
    const fn unknown(self, unit: Unit, why: &'static str) -> Figure {
        let Self(name, formula) = self;
        Figure { name, unit, value: None, numerator: None, denominator: None, formula, unknown: Some(why) }
    }

    const fn count(self, count: u64) -> Figure {
        Figure { value: Some(count as f64), unknown: None, ..self.unknown(Unit::Count, NO_CASE) }
    }

    fn share(self, count: u64, of: u64) -> Figure {
        let is_enough = CASES_MIN <= of;
        Figure {
            value: is_enough.then(|| count as f64 / of as f64),
            numerator: Some(count as f64),
            denominator: Some(of),
            unknown: (!is_enough).then_some(if of == 0 { NO_CASE } else { FEW_CASES }),
            ..self.unknown(Unit::Share, FEW_CASES)
        }
    }

    fn mean(self, unit: Unit, sum: f64, of: u64) -> Figure {
        Figure {
            value: (of != 0).then(|| sum / of as f64),
            numerator: Some(sum),
            denominator: Some(of),
            unknown: (of == 0).then_some(NO_CASE),
            ..self.unknown(unit, NO_CASE)
        }
    }

    fn percentile(self, unit: Unit, value: Option<u64>, cases: u64) -> Figure {
        Figure {
            value: value.map(|value| value as f64),
            denominator: Some(cases),
            unknown: value.is_none().then_some(NO_CASE),
            ..self.unknown(unit, NO_CASE)
        }
    }
}

/// Makes the figures of what was counted.
pub fn report(counted: &Counted, filter: &FigureFilter, costs: &Costs) -> Report {
    let calls = &counted.calls;
    let mut figures = of_calls(calls);
    figures.extend(of_pick_ups(&calls.picked_up));
    figures.extend(of_orders(calls, filter));
    figures.extend(of_tickets(counted, filter.group));
    figures.extend(of_parcels(counted, filter.group));
    figures.extend(of_moments(counted));
    figures.extend(of_requests(counted));
    figures.push(of_links(counted));
    figures.extend(of_costs(calls, costs));
    figures.extend(of_times(calls));
    let tickets = counted.tickets.as_ref().filter(|tickets| tickets.all != 0);
    Report {
        figures,
        dispositions: calls.dispositions.clone(),
        picked_up: calls.picked_up.clone(),
        escalation_by_way: calls.ways.clone(),
        escalation_by_trigger: calls.triggers.clone(),
        scores: calls.scores.clone(),
        wismo_tickets_by_channel: tickets.map(|tickets| tickets.wismo.clone()),
        currency: costs.currency.map(|currency| currency.to_string()),
    }
}

fn of_calls(calls: &CallTally) -> Vec<Figure> {
    let of = |counter| calls.of(counter);
    let (conversations, dialled, handed_over) = (of(Counter::Conversation), of(Counter::Dialled), calls.ways.total());
    let failed = of(Counter::EscalationFailed);
    let answers = calls.scores.total();
    let satisfied = calls.scores.of(&4) + calls.scores.of(&5);
    vec![
        Of("calls_ended", "calls that ended in the period").count(of(Counter::Ended)),
        Of("conversations", "of those, calls in which a person was spoken to").count(conversations),
        Of("wismo_calls", "inbound conversations that told where an order stands").count(of(Counter::StatusAsked)),
        Of(
            "containment",
            "conversations that informed, changed or settled, with no hand-off and no call or ticket of the customer \
             about the order within 72 h ÷ conversations; may still fall for the last 72 h",
        )
        .share(of(Counter::Contained), conversations),
        Of("escalation", "conversations with a hand-off ÷ conversations").share(handed_over, conversations),
        Of("escalation_failed", "conversations whose hand-off failed ÷ those with a hand-off or a failed one")
            .share(failed, handed_over + failed),
        Of("connect_rate", "attempts that a person answered ÷ attempts dialled").share(of(Counter::Answered), dialled),
        Of("right_party_contact", "attempts that reached the person meant ÷ attempts dialled")
            .share(of(Counter::RightParty), dialled),
        Of("abandoned", "inbound callers gone before our first word ÷ inbound calls")
            .share(of(Counter::Abandoned), of(Counter::Offered)),
        Of("opted_out", "conversations that ended our calls to the number ÷ conversations")
            .share(of(Counter::OptedOut), conversations),
        Of("complaints", "conversations with a complaint ÷ conversations")
            .share(of(Counter::Complained), conversations),
        Of("csat", "scores of 4 and 5 ÷ scores given").share(satisfied, answers),
        Of("csat_answers", "conversations with a score ÷ conversations").share(answers, conversations),
    ]
}

fn of_pick_ups(picked_up: &Counts<Judgement>) -> [Figure; 3] {
    let is_machine = |judgement: &Judgement| judgement.truth != PickedUpBy::Human;
    // Who is taken for a screener is told what it is about, and talked to as soon as they speak.
    let is_cut_short = |judgement: &Judgement| matches!(judgement.taken_for, PickedUpBy::Voicemail | PickedUpBy::Other);
    let is_met = |judgement: &Judgement| judgement.taken_for != PickedUpBy::Human;
    let count = |fits: &dyn Fn(&Judgement) -> bool| {
        picked_up.iter().filter(|(judgement, _)| fits(judgement)).map(|(_, count)| count).sum::<u64>()
    };
    let machines = count(&is_machine);
    let found = count(&|judgement| is_machine(judgement) && is_met(judgement));
    [
        Of(
            "people_taken_for_machines",
            "people taken for a mailbox, a menu, a fax or the network ÷ people that were heard on attempts of ours",
        )
        .share(
            count(&|judgement| !is_machine(judgement) && is_cut_short(judgement)),
            count(&|judgement| !is_machine(judgement)),
        ),
        Of("machines_found", "machines taken for machines ÷ machines that were heard on attempts of ours")
            .share(found, machines),
        Of("machines_rightly_found", "machines taken for machines ÷ all that was taken for machines and was heard")
            .share(found, count(&is_met)),
    ]
}

fn of_orders(calls: &CallTally, filter: &FigureFilter) -> [Figure; 5] {
    let of = |counter| calls.of(counter);
    // An order that was called for two reasons is one order, and one of either.
    let (called, reached) = match filter.scenario {
        Some(_) => (of(Counter::ScenarioOrderCalled), of(Counter::ScenarioOrderReached)),
        None => (of(Counter::OrderCalled), of(Counter::OrderReached)),
    };
    let (cod_called, confirmed, cancelled) =
        (of(Counter::CodCalled), of(Counter::CodConfirmed), of(Counter::CodCancelled));
    [
        Of(
            "right_party_contact_orders",
            "orders of which the person meant was reached by now ÷ orders first called in the period",
        )
        .share(reached, called),
        Of(
            "first_contact_resolution",
            "inbound conversations about an order with no call or ticket of the customer about it within 7 days ÷ such \
             conversations; may still fall for the last 7 days",
        )
        .share(of(Counter::IssueResolved), of(Counter::Issue)),
        Of(
            "cod_confirmation",
            "orders confirmed by now ÷ orders first called in the period to confirm a payment at the door",
        )
        .share(confirmed, cod_called),
        Of("cod_cancelled", "the same, of orders cancelled or not the customer's").share(cancelled, cod_called),
        Of("cod_unconfirmed", "the same, of orders neither confirmed nor cancelled")
            .share(cod_called - confirmed - cancelled, cod_called),
    ]
}

fn of_links(counted: &Counted) -> Figure {
    let paid = Of("cod_to_prepaid", "orders paid in advance by now ÷ links to pay by sent in the period");
    counted.links.map_or_else(|| paid.unknown(Unit::Share, NOT_NARROWED), |links| paid.share(links.paid, links.sent))
}

fn of_tickets(counted: &Counted, group: Option<Group>) -> Vec<Figure> {
    let volume = Of("wismo_volume", "tickets about where an order is + inbound conversations that told it");
    let tickets_of = Of("wismo_tickets", "tickets about status, arrival, delay, tracking or an attempt");
    let share = Of("wismo_ticket_share", "tickets about where an order is ÷ tickets");
    let rate = Of("wismo_rate", "tickets about where an order is ÷ parcels handed to carriers in the period");
    let deflection = Of(
        "deflection",
        "contained inbound conversations that told where an order stands ÷ all such conversations and tickets",
    );
    let tickets = counted.tickets.as_ref();
    let Some(tickets) = tickets.filter(|tickets| tickets.all != 0) else {
        let why = if tickets.is_some() { NO_TICKETS } else { NOT_NARROWED };
        let shares = [share, rate, deflection].map(|of| of.unknown(Unit::Share, why));
        return [volume, tickets_of].map(|of| of.unknown(Unit::Count, why)).into_iter().chain(shares).collect();
    };
    let (calls, wismo) = (&counted.calls, tickets.wismo.total());
    let asked = calls.of(Counter::StatusAsked);
    let shipped = counted.parcels.map_or(0, |parcels| parcels.of(group).all().shipped);
    vec![
        volume.count(wismo + asked),
        tickets_of.count(wismo),
        share.share(wismo, tickets.all),
        if shipped == 0 { rate.unknown(Unit::Share, NO_PARCELS) } else { rate.share(wismo, shipped) },
        deflection.share(calls.of(Counter::StatusContained), asked + wismo),
    ]
}

fn of_parcels(counted: &Counted, group: Option<Group>) -> Vec<Figure> {
    let failed = Of("failed_attempt_rate", "parcels with a failed attempt ÷ parcels attempted, of those handed over");
    let first = Of("first_attempt_success", "parcels delivered at the first attempt ÷ parcels attempted");
    let recovery =
        Of("ndr_recovery", "parcels delivered by now ÷ parcels whose first failed attempt was in the period");
    let contacted = Of(
        "ndr_contact",
        "parcels of which our calls since reached the person meant ÷ parcels whose first failed attempt was in the period",
    );
    let soon = Of("ndr_contact_30min", "the same, reached within 30 minutes of the attempt");
    let disputed = Of(
        "disputed_attempts",
        "parcels whose customer said that nobody came ÷ parcels whose first attempt failed in the period because the \
         customer was not there, and about which we called since",
    );
    let returned = Of("rto", "parcels on their way back or returned ÷ parcels handed to carriers in the period");
    let cod = Of("rto_cod", "the same, of parcels paid at the door");
    let prepaid = Of("rto_prepaid", "the same, of parcels paid in advance");
    let avoided = Of("rto_avoided", "(RTO of the control group − RTO of the treated) × treated parcels");
    let Some(parcels) = &counted.parcels else {
        let shares = [failed, first, recovery, contacted, soon, disputed, returned, cod, prepaid];
        let shares = shares.map(|of| of.unknown(Unit::Share, NOT_NARROWED));
        return shares.into_iter().chain([avoided.unknown(Unit::Count, NOT_NARROWED)]).collect();
    };
    let counts = parcels.of(group);
    let all = counts.all();
    let share =
        |of: Of, count, total| if total == 0 { of.unknown(Unit::Share, NO_PARCELS) } else { of.share(count, total) };
    vec![
        share(failed, all.attempt_failed, all.attempted),
        share(first, all.attempted - all.attempt_failed, all.attempted),
        share(recovery, counts.recovered, counts.failed),
        share(contacted, counts.contacted, counts.failed),
        share(soon, counts.contacted_soon, counts.failed),
        disputed.share(counts.absent_disputed, counts.absent_called),
        share(returned, all.returned, all.shipped),
        share(cod, counts.cod.returned, counts.cod.shipped),
        share(prepaid, counts.prepaid.returned, counts.prepaid.shipped),
        returns_avoided(avoided, &parcels.treated, &parcels.control, group),
    ]
}

fn returns_avoided(of: Of, treated: &ParcelCounts, control: &ParcelCounts, group: Option<Group>) -> Figure {
    let (treated, control) = (treated.all(), control.all());
    if group.is_some() || treated.shipped < CASES_MIN || control.shipped < CASES_MIN {
        return of.unknown(Unit::Count, ONE_GROUP);
    }
    let rate = |returned: u64, shipped: u64| returned as f64 / shipped as f64;
    let difference = rate(control.returned, control.shipped) - rate(treated.returned, treated.shipped);
    Figure {
        value: Some(difference * treated.shipped as f64),
        numerator: Some(difference),
        denominator: Some(treated.shipped),
        ..Figure { unknown: None, ..of.unknown(Unit::Count, ONE_GROUP) }
    }
}

fn of_moments(counted: &Counted) -> Vec<Figure> {
    let share = Of("proactive_share", "moments worth telling that the customer heard of from us first ÷ such moments");
    let lead = [
        (50, Of("lead_time_p50", "moment detected → our first contact, half of them sooner; whole minutes")),
        (90, Of("lead_time_p90", "the same, nine of ten sooner")),
    ];
    let from_event = [
        (50, Of("lead_time_from_event_p50", "event → our first contact, half of them sooner; whole minutes")),
        (90, Of("lead_time_from_event_p90", "the same, nine of ten sooner")),
    ];
    let Some(moments) = &counted.moments else {
        let minutes = lead.into_iter().chain(from_event).map(|(_, of)| of.unknown(Unit::Minutes, NOT_NARROWED));
        return std::iter::once(share.unknown(Unit::Share, NOT_NARROWED)).chain(minutes).collect();
    };
    let minutes = |counts: &Counts<u64>, percent, of: Of| {
        of.percentile(Unit::Minutes, percentile(counts, percent), counts.total())
    };
    let mut figures = vec![share.share(moments.ours_first, moments.detected)];
    figures.extend(lead.map(|(percent, of)| minutes(&moments.lead_minutes, percent, of)));
    figures.extend(from_event.map(|(percent, of)| minutes(&moments.lead_minutes_from_event, percent, of)));
    figures
}

/// By nearest rank.
fn percentile(counts: &Counts<u64>, percent: u64) -> Option<u64> {
    let rank = (counts.total() * percent).div_ceil(100).max(1);
    let mut passed = 0;
    counts.iter().find_map(|(value, count)| {
        passed += count;
        (rank <= passed).then_some(*value)
    })
}

fn of_requests(counted: &Counted) -> [Figure; 2] {
    let kept = Of("promises_kept", "promises kept ÷ promises due in the period that were kept or missed");
    let wrong = Of("marked_wrong", "hand-offs where a person marked the agent wrong ÷ hand-offs taken on or done");
    let Some(requests) = counted.requests else { return [kept, wrong].map(|of| of.unknown(Unit::Share, NOT_NARROWED)) };
    [
        kept.share(requests.promises_kept, requests.promises_kept + requests.promises_missed),
        wrong.share(requests.marked_wrong, requests.seen_to),
    ]
}

fn of_costs(calls: &CallTally, costs: &Costs) -> [Figure; 2] {
    let contact =
        Of("cost_per_contact", "(minutes of talk × cost of a minute + hand-offs × cost of one) ÷ conversations");
    let contained = Of("cost_per_contained_contact", "the same ÷ contained conversations");
    let (Some(minute), Some(handoff)) = (costs.call_minute_minor, costs.handoff_minor) else {
        return [contact, contained].map(|of| of.unknown(Unit::Money, NO_COSTS));
    };
    let talk_ms = calls.inbound_talk.sum() + calls.outbound_talk.sum();
    let talk = talk_ms as f64 / MS_PER_MINUTE * minute as f64;
    let sum = talk + (calls.ways.total() * handoff) as f64;
    [
        contact.mean(Unit::Money, sum, calls.of(Counter::Conversation)),
        contained.mean(Unit::Money, sum, calls.of(Counter::Contained)),
    ]
}

fn of_times(calls: &CallTally) -> Vec<Figure> {
    let mean = |of: Of, times: &Histogram| of.mean(Unit::Ms, times.sum() as f64, times.cases());
    let at = |of: Of, times: &Histogram, percent| of.percentile(Unit::Ms, times.percentile(percent), times.cases());
    let (inbound, outbound, answer) = (&calls.inbound_talk, &calls.outbound_talk, &calls.answer);
    vec![
        mean(Of("handling_time_inbound", "talk of inbound conversations ÷ inbound conversations"), inbound),
        at(Of("handling_time_inbound_p90", "nine of ten shorter; within 3.2 %"), inbound, 90),
        mean(Of("handling_time_outbound", "talk of outbound conversations ÷ outbound conversations"), outbound),
        at(Of("handling_time_outbound_p90", "nine of ten shorter; within 3.2 %"), outbound, 90),
        at(
            Of("answer_latency_p50", "caller's last word → our first audio, half of the turns sooner; within 3.2 %"),
            answer,
            50,
        ),
        at(Of("answer_latency_p90", "the same, nine of ten turns sooner"), answer, 90),
        at(Of("answer_latency_p95", "the same, 95 of a hundred turns sooner"), answer, 95),
        at(Of("answer_latency_p99", "the same, 99 of a hundred turns sooner"), answer, 99),
    ]
}
