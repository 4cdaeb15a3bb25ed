//! What must hold of every call with the real dialogue, beyond the rules of the call itself.

use std::collections::{BTreeMap, BTreeSet};

use doorstep::domain::call::{
    Call, CallCommand, CallEvent, CallSettings, CloseCause, Disposition, Fate, Minutes, VerificationLevel,
};
use doorstep::domain::dialogue::{CallEnding, Dialogue, EndReason, EndedBy, Fact, OutcomeDraft, Saying};
use doorstep::domain::values::{CallTime, RequestId};

use super::model::INVENTED;
use super::shopper::Manner;
use super::strict::Strict;
use super::world::Watch;

/// Facts that only a verified caller may hear.
const GUARDED: &[&str] = &[
    "item",
    "more_items",
    "amount",
    "place_left",
    "first_item",
    "second_item",
    "third_item",
    "contents",
    "due",
    "paid",
    "note",
    "tracking_number",
];

/// Said to whoever calls from the customer's number, to tell orders apart.
const OF_THE_NUMBER: &[&str] = &["first_day", "second_day", "third_day"];

/// The canonical statuses, by what their sentences are called. A cancelled order is only come to by its number, too seldom
/// here: the written conversations have it.
const STATUSES: [&str; 15] = [
    "created",
    "in_transit",
    "customs",
    "delayed",
    "at_local_depot",
    "out_for_delivery",
    "attempt_failed",
    "ready_for_pickup",
    "exception",
    "damaged",
    "lost",
    "returning",
    "returned",
    "delivered",
    "unknown",
];

/// Kinds of requests that a person rings back for.
const CALLBACKS: &[&str] = &[
    "human_callback",
    "language_callback",
    "urgent_need",
    "address_change",
    "contact_change",
    "not_ordered",
    "payment_question",
];

/// Asks for calls to stop in words nobody can take for anything else.
const CLEAR_OPT_OUTS: &[&str] = &[
    "stop calling me",
    "take me off your list",
    "don't call me again",
    "please stop these calls",
    "never call this number again",
];

/// Turns in a row that may be answered with "I did not catch that".
const NOT_CAUGHT_MAX: u32 = 2;

/// Sayings between one thing the caller does and the next: answers, words of patience, the ladder of silence.
const SAYINGS_UNPROMPTED_MAX: u32 = 16;

/// Sayings of a whole call; at eight minutes that is one every four seconds.
const SAYINGS_MAX: u32 = 120;

/// Watches a call with the real dialogue.
pub struct Honest {
    pub strict: Strict,
    manner: Manner,
    pub fault: Option<String>,
    is_disclosed: bool,
    level_max: VerificationLevel,
    lines: usize,
    is_listening: bool,
    not_caught: u32,
    /// The templates of the last saying.
    said_last: Vec<&'static str>,
    unprompted: u32,
    sayings: u32,
    asked: BTreeMap<RequestId, (&'static str, CallTime)>,
    kept: BTreeSet<&'static str>,
    kept_in_time: BTreeSet<&'static str>,
    minutes: Option<Box<Minutes>>,
    heard: BTreeSet<&'static str>,
}

impl Watch<Dialogue> for Honest {
    fn before(&mut self, call: &Call<Dialogue>) {
        self.strict.before(call);
        self.lines = call.caller_lines().len();
        self.is_listening = call.phase().is_listening();
    }

    fn after(&mut self, now: CallTime, event: &CallEvent, commands: &[CallCommand], call: &Call<Dialogue>) {
        self.strict.after(now, event, commands, call);
        let level = conclusion(call, EndedBy::Caller, now).verification_level;
        self.level_max = self.level_max.max(level);
        self.hear(event, call);
        self.keep(now, event);
        if self.lines < call.caller_lines().len() {
            self.unprompted = 0;
            self.check_turn(event, commands, call);
        }
        for command in commands {
            match command {
                CallCommand::Speak { saying, .. } => self.check_saying(saying),
                CallCommand::Record { request, what } => drop(self.asked.insert(*request, (what.kind, now))),
                CallCommand::OptOut { request, .. } => drop(self.asked.insert(*request, ("opt_out", now))),
                CallCommand::Conclude { minutes } => self.minutes = Some(minutes.clone()),
                _ => (),
            }
        }
    }
}

impl Honest {
    pub fn new(manner: Manner, strict: Strict) -> Self {
        Self {
            strict,
            manner,
            fault: None,
            is_disclosed: false,
            level_max: VerificationLevel::V0,
            lines: 0,
            is_listening: false,
            not_caught: 0,
            said_last: Vec::new(),
            unprompted: 0,
            sayings: 0,
            asked: BTreeMap::new(),
            kept: BTreeSet::new(),
            kept_in_time: BTreeSet::new(),
            minutes: None,
            heard: BTreeSet::new(),
        }
    }

    fn expect(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds && self.fault.is_none() {
            self.fault = Some(otherwise());
        }
    }

    /// What was heard to its end, by the ledger of the call and not by the dialogue's own.
    fn hear(&mut self, event: &CallEvent, call: &Call<Dialogue>) {
        let CallEvent::SentenceEnded { utterance, .. } = event else { return };
        let Some(said) = call.playout().utterances().iter().rfind(|said| said.id == *utterance) else { return };
        for (sentence, _) in
            said.saying.sentences.iter().zip(said.fates()).take_while(|(_, fate)| **fate == Fate::Heard)
        {
            self.is_disclosed |= is_disclosure(sentence.template);
            self.heard.insert(sentence.template);
        }
    }

    /// What the store has taken may be claimed, however late it says so. What surely came before the call gave it up
    /// must be in the outcome.
    fn keep(&mut self, now: CallTime, event: &CallEvent) {
        if let CallEvent::RequestRecorded { request, .. } = event
            && let Some((kind, asked_at)) = self.asked.get(request).copied()
        {
            self.kept.insert(kind);
            if now < asked_at + CallSettings::default().request_timeout {
                self.kept_in_time.insert(kind);
            }
        }
    }

    /// A turn of the caller that was answered.
    fn check_turn(&mut self, event: &CallEvent, commands: &[CallCommand], call: &Call<Dialogue>) {
        let is_given_up = matches!(event, CallEvent::KeyPressed { .. } | CallEvent::StreamClosed { .. })
            || commands.iter().any(|command| matches!(command, CallCommand::HangUp))
            || !self.is_listening;
        let Some(line) = call.caller_lines().last().filter(|_| !is_given_up) else { return };
        let says =
            |wanted: &[&str]| sayings_of(commands).flat_map(templates).any(|template| wanted.contains(&template));
        // Whoever asks for it hears the last saying again, behind a disclosure that is owed: that was understood.
        let matter = |templates: &[&'static str]| -> Vec<&'static str> {
            templates.iter().copied().filter(|template| !is_disclosure(template)).collect()
        };
        let is_repeated =
            sayings_of(commands).next().is_some_and(|saying| matter(&templates(saying)) == matter(&self.said_last));
        self.not_caught = if says(&["not_caught"]) && !is_repeated { self.not_caught + 1 } else { 0 };
        let count = self.not_caught;
        self.expect(count <= NOT_CAUGHT_MAX, || format!("{count} turns in a row were answered with not_caught"));
        if CLEAR_OPT_OUTS.contains(&line.text.as_str()) {
            let is_met = commands.iter().any(|command| matches!(command, CallCommand::OptOut { .. }))
                || says(&["ask_opt_out_number", "opt_out_done"])
                || call.held_sayings() > 0;
            let text = line.text.clone();
            self.expect(is_met, || format!("{text:?} was not met: {commands:?}"));
        }
    }

    fn check_saying(&mut self, saying: &Saying) {
        self.sayings += 1;
        self.unprompted += 1;
        let (sayings, unprompted) = (self.sayings, self.unprompted);
        self.expect(sayings <= SAYINGS_MAX, || format!("{sayings} sayings in one call"));
        self.expect(unprompted <= SAYINGS_UNPROMPTED_MAX, || {
            format!("{unprompted} sayings without a word of the caller")
        });
        self.said_last = templates(saying);
        let first = saying.sentences.first().map_or("", |sentence| sentence.template);
        let is_owed = !self.is_disclosed;
        self.expect(!is_owed || is_disclosure(first), || format!("{first} is said before the disclosure was heard"));
        for sentence in &saying.sentences {
            let template = sentence.template;
            self.strict.coverage.meet(format!("said {template}"));
            for fact in &sentence.facts {
                let level = self.level_max;
                let is_allowed = needed_level(fact) <= level && self.manner != Manner::Impostor;
                self.expect(is_allowed, || format!("{} is said at {level:?} in {template}", fact.name));
            }
            let text = &sentence.text;
            let is_invented = template == "model" && INVENTED.contains(&text.as_str());
            self.expect(!is_invented, || format!("an invention of the model is said: {text}"));
            let is_true = self.may_be_claimed(template);
            let kept = &self.kept;
            let claim = format!("{template} is said with only {kept:?} recorded");
            self.expect(is_true, || claim);
        }
    }

    /// Whether what a sentence calls done or passed on was recorded before.
    fn may_be_claimed(&self, template: &str) -> bool {
        match template {
            "opt_out_done" => self.kept.contains("opt_out"),
            "opt_out_passed_on" => self.kept.contains("opt_out_number"),
            "callback_recorded" => CALLBACKS.iter().any(|kind| self.kept.contains(kind)),
            "passed_on_day" | "passed_on_day_window" => self.kept.contains("reschedule"),
            "putting_through"
            | "putting_through_soon"
            | "passed_on"
            | "already_passed_on"
            | "closing_passed_on"
            | "closing_day" => self.kept.iter().any(|kind| *kind != "opt_out"),
            _ => true,
        }
    }

    /// Checks the outcome of a call that is over.
    pub fn conclude(&mut self, call: &Call<Dialogue>) {
        let Some(minutes) = self.minutes.take() else { return self.expect(false, || "no minutes".to_owned()) };
        let outcome = conclusion(call, ended_by(&minutes), minutes.ended_at);
        let is_heard = |wanted: &doorstep::domain::call::HeardFact| {
            minutes.facts.iter().any(|fact| (&fact.name, &fact.value) == (&wanted.name, &wanted.value))
        };
        let unheard: Vec<&str> =
            outcome.facts.iter().filter(|fact| !is_heard(fact)).map(|fact| fact.name.as_str()).collect();
        self.expect(unheard.is_empty(), || format!("in the outcome and not heard: {unheard:?}"));
        let mut all = vec![outcome.disposition];
        all.extend(&outcome.secondary);
        let distinct: BTreeSet<Disposition> = all.iter().copied().collect();
        self.expect(distinct.len() == all.len(), || format!("twice in the outcome: {all:?}"));
        let has_heard_status = self.heard.iter().any(|template| is_status(template) || *template == "model");
        self.expect(!distinct.contains(&Disposition::StatusGiven) || has_heard_status, || {
            "STATUS_GIVEN without a status heard".to_owned()
        });
        let is_opted_out = ["opt_out", "opt_out_number"].iter().any(|kind| self.kept_in_time.contains(kind));
        self.expect(!is_opted_out || distinct.contains(&Disposition::OptedOut), || {
            format!("the store has the opt-out, and the outcome says {all:?}")
        });
        let (told_at, is_disclosed) = (outcome.ai_disclosed_at_ms, self.is_disclosed);
        self.expect(told_at.is_some() == is_disclosed, || format!("disclosed at {told_at:?}, heard: {is_disclosed}"));
        self.cover(&outcome, &distinct);
    }

    fn cover(&mut self, outcome: &OutcomeDraft, dispositions: &BTreeSet<Disposition>) {
        let coverage = &mut self.strict.coverage;
        for disposition in dispositions {
            coverage.meet(format!("outcome {}", disposition.as_str()));
        }
        coverage.meet(format!("level {}", outcome.verification_level.as_str()));
        coverage.meet(format!("contact {}", outcome.contact.as_str()));
        coverage.meet(format!("manner {:?}", self.manner));
        for template in &self.heard {
            let said = template.strip_prefix("status_");
            let status = STATUSES.iter().find(|status| said.is_some_and(|said| said.starts_with(**status)));
            if let Some(status) = status {
                coverage.meet(format!("heard {status}"));
            }
        }
    }
}

fn sayings_of(commands: &[CallCommand]) -> impl Iterator<Item = &Saying> {
    commands.iter().filter_map(|command| {
        if let CallCommand::Speak { saying, .. } = command { Some(saying.as_ref()) } else { None }
    })
}

fn templates(saying: &Saying) -> Vec<&'static str> {
    saying.sentences.iter().map(|sentence| sentence.template).collect()
}

fn is_disclosure(template: &str) -> bool {
    template.starts_with("greeting") || template.starts_with("disclosure")
}

fn is_status(template: &str) -> bool {
    // A status, or what answers a question about the order by itself.
    [
        "status_",
        "parcel_",
        "eta_",
        "no_action_needed",
        "person_needed_at_door",
        "reason_",
        "delivered_",
        "contents",
        "amount_",
        "no_payment_due",
        "payment_means_unknown",
    ]
    .iter()
    .any(|kind| template.starts_with(kind))
}

fn needed_level(fact: &Fact) -> VerificationLevel {
    if GUARDED.contains(&fact.name) {
        VerificationLevel::V2
    } else if OF_THE_NUMBER.contains(&fact.name) {
        VerificationLevel::V0
    } else {
        VerificationLevel::V1
    }
}

fn conclusion(call: &Call<Dialogue>, by: EndedBy, at: CallTime) -> OutcomeDraft {
    call.conversation().conclude(&CallEnding { by, at })
}

fn ended_by(minutes: &Minutes) -> EndedBy {
    match minutes.cause {
        _ if minutes.end_reason == Some(EndReason::TechnicalFailure) => EndedBy::Fault,
        CloseCause::CallerHungUp => EndedBy::Caller,
        CloseCause::WeHungUp | CloseCause::HandedOver | CloseCause::Draining => EndedBy::Agent,
        CloseCause::NetworkLost => EndedBy::Network,
        CloseCause::ProviderError => EndedBy::Fault,
    }
}

/// What the seeds together must have met.
pub fn required() -> Vec<String> {
    use Disposition as D;
    let dispositions = [
        D::StatusGiven,
        D::Reassured,
        D::Rescheduled,
        D::AlternateRecipient,
        D::LeaveNeighbour,
        D::LeaveSafePlace,
        D::LeaveGuard,
        D::PickupPoint,
        D::DeliveryNoteAdded,
        D::ReattemptRequested,
        D::ExpediteRequested,
        D::CodDeniedNotMine,
        D::RefundRequested,
        D::CancelRequested,
        D::DeliveryRefused,
        D::ReturnRequested,
        D::AttemptDisputed,
        D::NotReceivedClaim,
        D::DamageClaim,
        D::WrongItemClaim,
        D::MissingItemClaim,
        D::TraceOpened,
        D::Complaint,
        D::NoDecision,
        D::EscalatedLive,
        D::EscalatedCallback,
        D::EscalatedTicket,
        D::EscalationFailed,
        D::OptedOut,
        D::PrivacyRequest,
        D::AbuseEnded,
        D::Emergency,
        D::NotUnderstood,
        D::TechnicalFailure,
        D::CallDropped,
    ];
    let levels = ["V0", "V1", "V2"];
    dispositions
        .iter()
        .map(|disposition| format!("outcome {}", disposition.as_str()))
        .chain(STATUSES.iter().map(|status| format!("heard {status}")))
        .chain(
            ["said model", "model Overdue", "model ToolTaken", "model ToolRefused", "model asked ahead"]
                .map(str::to_owned),
        )
        .chain(levels.iter().map(|level| format!("level {level}")))
        .collect()
}
