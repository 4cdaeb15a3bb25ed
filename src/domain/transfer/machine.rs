//! The transfer itself: facts in, commands out. Kept as it stands after every fact, so that any server can go on.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rules::{Address, Target};
use super::stage::{Ending, LegId, Stage, TransferTimes, Try, TryEnd, after};

/// How often a customer's line is called back before it is given up.
const RETURNS_MAX: u8 = 3;
/// How often the carrier is asked whether the two speak.
const QUESTIONS_MAX: u8 = 3;

/// One transfer.
///
/// Order: hand every fact to [`handle`](Self::handle); keep it; then carry out the commands in order. Call it with
/// [`TransferEvent::Woken`] when [`deadline`](Self::deadline) has come. Facts may be late, repeated or lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    targets: Vec<Target>,
    times: TransferTimes,
    stage: Stage,
    tries: Vec<Try>,
    /// Whether the server that holds the conversation still lives: only there is something to come back to.
    has_host: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TransferEvent {
    /// The customer's line is on hold, and its sound plays; or it has left the media stream.
    Held,
    /// The carrier refused to move it.
    NotMoved,
    Placed {
        leg: LegId,
        provider_call_id: String,
    },
    Answered {
        leg: LegId,
        provider_call_id: String,
    },
    Accepted {
        leg: LegId,
    },
    Refused {
        leg: LegId,
    },
    /// The leg speaks with the customer.
    Joined {
        leg: LegId,
    },
    /// The leg is over, or never was.
    LegEnded {
        leg: LegId,
        how: TryEnd,
    },
    /// The customer's line is up, and nothing is ordered for it any more.
    ThrownOut,
    /// The customer's media stream is open again.
    CameBack,
    /// The carrier's own voice says the apology.
    Apologised,
    CustomerGone,
    /// The server that holds the conversation is gone.
    HostGone,
    /// The time that [`deadline`](Transfer::deadline) named has come.
    Woken,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TransferCommand {
    /// Moves the customer's line to the hold.
    Move,
    /// One word of patience, on the media stream.
    SayWord,
    Dial {
        leg: LegId,
        address: Address,
        ring_timeout: Duration,
    },
    HangUp {
        provider_call_id: String,
    },
    /// Asks the carrier whether the customer is still there, and then how the leg stands.
    Ask {
        leg: Option<LegId>,
    },
    /// Moves the customer's line back to a media stream.
    BringBack,
    /// Has the carrier's own voice say that a person rings back, and end the call.
    Apologise,
}

/// What the carrier is to do with the customer's line when it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerPath {
    ToStream,
    ToApology,
    HangUp,
}

/// What the carrier is to do with the line of whoever was rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegPath {
    Brief,
    ToCustomer,
    /// It is not needed any more.
    Dismiss,
}

impl Transfer {
    /// Shape: `targets` in the order they are rung, at least one.
    pub fn begin(now: Timestamp, targets: Vec<Target>, times: TransferTimes, out: &mut Vec<TransferCommand>) -> Self {
        out.push(TransferCommand::Move);
        let stage = Stage::Moving { word_at: after(now, times.word_every), give_up_at: after(now, times.move_timeout) };
        Self { targets, times, stage, tries: Vec::new(), has_host: true }
    }

    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    pub fn tries(&self) -> &[Try] {
        &self.tries
    }

    pub fn deadline(&self) -> Option<Timestamp> {
        self.stage.deadline()
    }

    /// How it ended; none while it goes on.
    pub const fn ending(&self) -> Option<&Ending> {
        if let Stage::Ended { how } = &self.stage { Some(how) } else { None }
    }

    /// What to do with the customer's line, which has nothing to do any more.
    ///
    /// Order: after [`TransferEvent::ThrownOut`].
    pub const fn customer_path(&self) -> CustomerPath {
        match &self.stage {
            Stage::Returning { .. } if self.has_host => CustomerPath::ToStream,
            Stage::Returning { .. } | Stage::Ended { how: Ending::Apologised { .. } } => CustomerPath::ToApology,
            Stage::Moving { .. }
            | Stage::Ringing { .. }
            | Stage::Briefing { .. }
            | Stage::Joining { .. }
            | Stage::Ended { .. } => CustomerPath::HangUp,
        }
    }

    /// Order: after the fact that the leg brought.
    pub fn leg_path(&self, leg: LegId) -> LegPath {
        match &self.stage {
            Stage::Briefing { leg: tried, .. } if *tried == leg => LegPath::Brief,
            Stage::Joining { leg: tried, .. } if *tried == leg => LegPath::ToCustomer,
            _ if self.is_with(leg) => LegPath::ToCustomer,
            _ => LegPath::Dismiss,
        }
    }

    /// Takes one fact; appends what must be done, in order.
    pub fn handle(&mut self, now: Timestamp, event: TransferEvent, out: &mut Vec<TransferCommand>) {
        match event {
            TransferEvent::Held => self.on_held(now, out),
            TransferEvent::NotMoved => self.on_not_moved(),
            TransferEvent::Placed { leg, provider_call_id } => self.on_placed(leg, provider_call_id, out),
            TransferEvent::Answered { leg, provider_call_id } => self.on_answered(now, leg, provider_call_id, out),
            TransferEvent::Accepted { leg } => self.on_accepted(now, leg),
            TransferEvent::Refused { leg } => self.on_leg_ended(now, leg, TryEnd::Refused, out),
            TransferEvent::Joined { leg } => self.on_joined(leg),
            TransferEvent::LegEnded { leg, how } => self.on_leg_ended(now, leg, how, out),
            TransferEvent::ThrownOut => self.on_thrown_out(now, out),
            TransferEvent::CameBack => self.on_came_back(),
            TransferEvent::Apologised => self.on_apologised(),
            TransferEvent::CustomerGone => self.on_customer_gone(out),
            TransferEvent::HostGone => self.on_host_gone(now, out),
            TransferEvent::Woken => self.on_woken(now, out),
        }
    }

    fn on_held(&mut self, now: Timestamp, out: &mut Vec<TransferCommand>) {
        match self.stage {
            Stage::Moving { .. } => self.ring_next(now, out),
            // Moved when nobody thought so any more: the conversation it left cannot be found again.
            Stage::Ended { how: Ending::Back { why: TryEnd::NotMoved } } => {
                self.has_host = false;
                self.bring_back(now, TryEnd::NotMoved, out);
            }
            Stage::Ringing { .. }
            | Stage::Briefing { .. }
            | Stage::Joining { .. }
            | Stage::Returning { .. }
            | Stage::Ended { .. } => (),
        }
    }

    fn on_not_moved(&mut self) {
        // The line is where it was.
        if let Stage::Moving { .. } = self.stage {
            self.end(Ending::Back { why: TryEnd::NotMoved });
        }
    }

    // ---- The people who are rung ----

    fn ring_next(&mut self, now: Timestamp, out: &mut Vec<TransferCommand>) {
        let leg = LegId(self.tries.len());
        let Some(Target { name, address, .. }) = self.targets.get(leg.0) else {
            let why = self.tries.last().and_then(|last| last.end).unwrap_or(TryEnd::NobodyLeft);
            return self.bring_back(now, why, out);
        };
        if *address == Address::Queue {
            return self.bring_back(now, TryEnd::NobodyLeft, out);
        }
        out.push(TransferCommand::Dial { leg, address: address.clone(), ring_timeout: self.times.ring_timeout });
        self.tries.push(Try { target: name.clone(), provider_call_id: None, answered_at: None, end: None });
        let give_up_at = after(now, self.times.ring_timeout + self.times.ring_grace);
        self.stage = Stage::Ringing { leg, give_up_at };
    }

    fn on_placed(&mut self, leg: LegId, provider_call_id: String, out: &mut Vec<TransferCommand>) {
        self.name_leg(leg, &provider_call_id);
        if self.stage.leg() != Some(leg) && !self.is_with(leg) {
            out.push(TransferCommand::HangUp { provider_call_id });
        }
    }

    fn on_answered(&mut self, now: Timestamp, leg: LegId, provider_call_id: String, out: &mut Vec<TransferCommand>) {
        self.name_leg(leg, &provider_call_id);
        match self.stage {
            Stage::Ringing { leg: tried, .. } if tried == leg => {
                if let Some(tried) = self.tries.get_mut(leg.0) {
                    tried.answered_at = Some(now);
                }
                self.stage = Stage::Briefing { leg, accept_by: after(now, self.times.accept_timeout) };
            }
            // Asked twice, it gets the same answer.
            Stage::Briefing { leg: tried, .. } | Stage::Joining { leg: tried, .. } if tried == leg => (),
            _ if self.is_with(leg) => (),
            _ => out.push(TransferCommand::HangUp { provider_call_id }),
        }
    }

    fn on_accepted(&mut self, now: Timestamp, leg: LegId) {
        if let Stage::Briefing { leg: tried, .. } = self.stage
            && tried == leg
        {
            self.stage = Stage::Joining { leg, join_by: after(now, self.times.join_timeout), asked: 0 };
        }
    }

    fn on_joined(&mut self, leg: LegId) {
        if let Stage::Joining { leg: tried, .. } = self.stage
            && tried == leg
        {
            self.end(Ending::WithPerson { target: self.target_of(leg) });
        }
    }

    fn on_leg_ended(&mut self, now: Timestamp, leg: LegId, how: TryEnd, out: &mut Vec<TransferCommand>) {
        if self.stage.leg() != Some(leg) {
            return;
        }
        // The carrier calls every answered leg completed; where it stood says what that means.
        let how = match (&self.stage, how) {
            (Stage::Briefing { .. }, TryEnd::Refused) => TryEnd::Refused,
            (Stage::Briefing { .. }, _) => TryEnd::HungUp,
            (Stage::Joining { .. }, _) => TryEnd::NotJoined,
            (_, how) => how,
        };
        self.close_try(leg, how);
        self.ring_next(now, out);
    }

    // ---- The customer ----

    fn bring_back(&mut self, now: Timestamp, why: TryEnd, out: &mut Vec<TransferCommand>) {
        out.push(self.way_back());
        self.stage = Stage::Returning { why, tries: 1, again_at: after(now, self.times.return_timeout) };
    }

    const fn way_back(&self) -> TransferCommand {
        if self.has_host { TransferCommand::BringBack } else { TransferCommand::Apologise }
    }

    fn on_thrown_out(&mut self, now: Timestamp, out: &mut Vec<TransferCommand>) {
        match self.stage {
            // Who is asked what comes next gets the way back as the answer.
            Stage::Moving { .. } | Stage::Ringing { .. } | Stage::Briefing { .. } | Stage::Joining { .. } => {
                self.drop_leg(TryEnd::ThrownOut, out);
                let why = TryEnd::ThrownOut;
                self.stage = Stage::Returning { why, tries: 1, again_at: after(now, self.times.return_timeout) };
                if !self.has_host {
                    self.end(Ending::Apologised { why });
                }
            }
            // The stream was to take it and did not.
            Stage::Returning { why, .. } => self.end(Ending::Apologised { why }),
            Stage::Ended { .. } => (),
        }
    }

    fn on_came_back(&mut self) {
        if let Stage::Returning { why, .. } = self.stage {
            self.end(Ending::Back { why });
        }
    }

    fn on_apologised(&mut self) {
        if let Stage::Returning { why, .. } = self.stage {
            self.end(Ending::Apologised { why });
        }
    }

    fn on_customer_gone(&mut self, out: &mut Vec<TransferCommand>) {
        if self.ending().is_none() {
            self.drop_leg(TryEnd::CustomerLeft, out);
            self.end(Ending::CustomerLeft);
        }
    }

    fn on_host_gone(&mut self, now: Timestamp, out: &mut Vec<TransferCommand>) {
        if self.ending().is_some() || !self.has_host {
            return;
        }
        self.has_host = false;
        // What the carrier said meanwhile was lost.
        out.push(TransferCommand::Ask { leg: None });
        if let Stage::Returning { why, .. } = self.stage {
            self.bring_back(now, why, out);
        }
    }

    // ---- Time ----

    fn on_woken(&mut self, now: Timestamp, out: &mut Vec<TransferCommand>) {
        if self.deadline().is_none_or(|at| now < at) {
            return;
        }
        match self.stage {
            // As long as the stream is open, the line is where it was.
            Stage::Moving { give_up_at, .. } if give_up_at <= now && self.has_host => self.on_not_moved(),
            Stage::Moving { give_up_at, .. } if give_up_at <= now => self.bring_back(now, TryEnd::NotMoved, out),
            Stage::Moving { give_up_at, .. } => {
                if self.has_host {
                    out.push(TransferCommand::SayWord);
                }
                self.stage = Stage::Moving { word_at: after(now, self.times.word_every), give_up_at };
            }
            Stage::Ringing { leg, .. } => self.give_up_leg(now, leg, TryEnd::NoAnswer, out),
            Stage::Briefing { leg, .. } => self.give_up_leg(now, leg, TryEnd::NotAccepted, out),
            // They may speak already, and only the word of it was lost.
            Stage::Joining { leg, asked, .. } => {
                if asked == QUESTIONS_MAX {
                    self.end(Ending::Unclear { target: self.target_of(leg) });
                    return;
                }
                out.push(TransferCommand::Ask { leg: Some(leg) });
                self.stage = Stage::Joining { leg, join_by: after(now, self.times.join_timeout), asked: asked + 1 };
            }
            Stage::Returning { why, tries, .. } if tries < RETURNS_MAX => {
                // The last word is the carrier's own.
                out.push(if tries + 1 < RETURNS_MAX { self.way_back() } else { TransferCommand::Apologise });
                let again_at = after(now, self.times.return_timeout);
                self.stage = Stage::Returning { why, tries: tries + 1, again_at };
            }
            Stage::Returning { why, .. } => self.end(Ending::Lost { why }),
            Stage::Ended { .. } => (),
        }
    }

    fn give_up_leg(&mut self, now: Timestamp, leg: LegId, how: TryEnd, out: &mut Vec<TransferCommand>) {
        self.close_try(leg, how);
        self.hang_up(leg, out);
        self.ring_next(now, out);
    }

    // ---- Small steps ----

    fn drop_leg(&mut self, how: TryEnd, out: &mut Vec<TransferCommand>) {
        if let Some(leg) = self.stage.leg() {
            self.close_try(leg, how);
            self.hang_up(leg, out);
        }
    }

    fn hang_up(&self, leg: LegId, out: &mut Vec<TransferCommand>) {
        let name = self.tries.get(leg.0).and_then(|tried| tried.provider_call_id.clone());
        out.extend(name.map(|provider_call_id| TransferCommand::HangUp { provider_call_id }));
    }

    fn close_try(&mut self, leg: LegId, how: TryEnd) {
        if let Some(tried) = self.tries.get_mut(leg.0) {
            tried.end = Some(how);
        }
    }

    fn name_leg(&mut self, leg: LegId, provider_call_id: &str) {
        if let Some(tried) = self.tries.get_mut(leg.0) {
            tried.provider_call_id = Some(provider_call_id.to_owned());
        }
    }

    fn target_of(&self, leg: LegId) -> String {
        self.tries.get(leg.0).map(|tried| tried.target.clone()).unwrap_or_default()
    }

    /// Whether the customer was left with this leg.
    fn is_with(&self, leg: LegId) -> bool {
        let is_with_somebody = matches!(self.ending(), Some(Ending::WithPerson { .. } | Ending::Unclear { .. }));
        is_with_somebody && leg.0 + 1 == self.tries.len()
    }

    fn end(&mut self, how: Ending) {
        self.stage = Stage::Ended { how };
    }
}
