//! What the carrier does with the lines: the customer's, and those of people who are rung.

use super::{Due, Leg, LegAct, Line, Manner, World};
use crate::domain::transfer::{CustomerPath, LegId, LegPath, TransferCommand, TransferEvent, TryEnd};

/// A mailbox is asked again this often.
const MAILBOX_TURN_MS: u64 = 5_000;
/// Whoever joins and finds nobody waits so long.
const ALONE_MS: u64 = 10_000;

impl World {
    pub(super) fn on_fact(&mut self, fact: TransferEvent) {
        let is_hold_fact = matches!(fact, TransferEvent::ThrownOut);
        if is_hold_fact && !matches!(self.line, Line::Hold) {
            return;
        }
        if self.is_up {
            let transfer = self.tell(fact);
            if is_hold_fact {
                self.go(transfer.customer_path());
            }
        } else if is_hold_fact {
            // Nobody says what to do with the line: the carrier ends the call.
            self.part();
        }
    }

    fn go(&mut self, path: CustomerPath) {
        match path {
            CustomerPath::ToStream => self.join_stream(),
            CustomerPath::ToApology => self.hear_apology(),
            CustomerPath::HangUp => self.part(),
        }
    }

    fn join_stream(&mut self) {
        self.falls_silent();
        self.line = Line::Stream;
        let wait = self.chance.within(80, 700);
        self.later(wait, Due::StreamOpens);
    }

    fn hear_apology(&mut self) {
        self.sounds();
        self.line = Line::Apology;
    }

    pub(super) fn on_stream_opens(&mut self) {
        if self.line != Line::Stream {
            return;
        }
        // A stream that is not let in has no other end than a host that is gone.
        if self.has_host && !self.chance.percent(4) {
            self.tell(TransferEvent::CameBack);
            // The agent says at once that nobody was free.
            let first_word = self.chance.within(100, 900);
            self.now += first_word;
            self.sounds();
        } else if self.is_up {
            let transfer = self.tell(TransferEvent::ThrownOut);
            self.go(transfer.customer_path());
        } else {
            self.part();
        }
    }

    pub(super) fn on_order(&mut self, order: TransferCommand) {
        let luck = self.chance.within(0, 100);
        if let TransferCommand::SayWord = order {
            if self.line == Line::Stream {
                self.sounds();
                self.quiet_since = Some(self.now + 800);
            }
            return;
        }
        if luck < 4 && !matches!(order, TransferCommand::Dial { .. } | TransferCommand::Move) {
            self.has_order_failed = true;
            return;
        }
        match order {
            TransferCommand::Move => self.move_customer(luck),
            TransferCommand::Dial { leg, .. } => self.dial(leg, luck),
            TransferCommand::HangUp { provider_call_id } => {
                self.end_leg(LegId(provider_call_id.parse().unwrap()), None);
            }
            TransferCommand::Ask { leg } => self.answer_question(leg),
            TransferCommand::BringBack => match self.line {
                Line::Hold | Line::Stream | Line::With(_) => self.join_stream(),
                Line::Apology => (),
                Line::Gone => self.later(100, Due::Fact(TransferEvent::CustomerGone)),
            },
            TransferCommand::Apologise if self.line == Line::Gone => {
                self.later(100, Due::Fact(TransferEvent::CustomerGone));
            }
            TransferCommand::Apologise => {
                self.hear_apology();
                self.later(100, Due::Fact(TransferEvent::Apologised));
            }
            TransferCommand::SayWord => (),
        }
    }

    fn answer_question(&mut self, leg: Option<LegId>) {
        let fact = match leg {
            _ if self.line == Line::Gone => TransferEvent::CustomerGone,
            Some(leg) if matches!(self.legs.get(&leg), Some((Leg::Taken, _))) => TransferEvent::Joined { leg },
            Some(leg) => TransferEvent::LegEnded { leg, how: TryEnd::Failed },
            None => return,
        };
        self.later(200, Due::Fact(fact));
    }

    fn move_customer(&mut self, luck: u64) {
        match luck {
            0..4 => self.later(50, Due::Fact(TransferEvent::NotMoved)),
            // Nobody knows, and nothing happened.
            4..8 => (),
            // It happens when nobody counts on it any more.
            8..10 if self.now < 5_000 => self.later(9_000, Due::Order(TransferCommand::Move)),
            _ if self.line == Line::Stream => {
                self.line = Line::Hold;
                // The order came late: the line was quiet for as long as it took.
                let fetched = self.chance.within(50, 400);
                self.now += fetched;
                if self.is_up {
                    self.sounds();
                    self.tell(TransferEvent::Held);
                } else {
                    self.is_excused = true;
                }
            }
            _ => (),
        }
    }

    fn dial(&mut self, leg: LegId, luck: u64) {
        if luck < 4 {
            return self.later(50, Due::Fact(TransferEvent::LegEnded { leg, how: TryEnd::NotPlaced }));
        }
        if luck < 6 {
            return;
        }
        let manner = [
            Manner::NeverAnswers,
            Manner::Busy,
            Manner::Fails,
            Manner::Accepts,
            Manner::Accepts,
            Manner::Accepts,
            Manner::Refuses,
            Manner::HangsUpInBriefing,
            Manner::Mailbox,
            Manner::BridgeFails,
        ][self.chance.within(0, 10) as usize];
        self.legs.insert(leg, (Leg::Rings, manner));
        if luck < 96 {
            self.later(60, Due::Fact(TransferEvent::Placed { leg, provider_call_id: leg.0.to_string() }));
        }
        let (after, act) = match manner {
            Manner::NeverAnswers => (20_000 + self.chance.within(0, 8_000), LegAct::End(TryEnd::NoAnswer)),
            Manner::Busy => (1_500, LegAct::End(TryEnd::Busy)),
            Manner::Fails => (800, LegAct::End(TryEnd::Failed)),
            // Some pick up when it is too late.
            _ => (self.chance.within(1_500, 27_000), LegAct::PickUp),
        };
        self.later(after, Due::Leg(leg, act));
    }

    pub(super) fn on_leg(&mut self, leg: LegId, act: LegAct) {
        let Some((state, manner)) = self.legs.get(&leg).copied() else { return };
        match (act, state) {
            (LegAct::PickUp, Leg::Rings) => self.pick_up(leg, manner),
            (LegAct::End(how), Leg::Rings) => self.end_leg(leg, Some(how)),
            (LegAct::Accept, Leg::Briefed) => self.answer_briefing(leg, TransferEvent::Accepted { leg }, manner),
            (LegAct::Refuse, Leg::Briefed) => self.answer_briefing(leg, TransferEvent::Refused { leg }, manner),
            (LegAct::TalksOn, Leg::Briefed) => self.talk_on(leg),
            // Whoever finds nobody there leaves again.
            (LegAct::Join, Leg::Taken) if self.line != Line::Hold => {
                self.later(ALONE_MS, Due::Leg(leg, LegAct::HangUp));
            }
            (LegAct::HangUp, Leg::Briefed | Leg::Taken) => self.end_leg(leg, Some(TryEnd::Failed)),
            (LegAct::Join, Leg::Taken) => {
                self.line = Line::With(leg);
                self.run.has_met_person = true;
                // The word of it may be lost.
                if self.chance.percent(95) {
                    let wait = self.chance.within(50, 300);
                    self.later(wait, Due::Fact(TransferEvent::Joined { leg }));
                }
                self.later(60_000, Due::Leg(leg, LegAct::HangUp));
            }
            _ => (),
        }
    }

    fn pick_up(&mut self, leg: LegId, manner: Manner) {
        self.set_leg(leg, Leg::Picked);
        let picked_at = self.now;
        self.now += self.chance.within(50, 500);
        if !self.is_up {
            return self.end_leg(leg, Some(TryEnd::Failed));
        }
        let transfer = self.tell(TransferEvent::Answered { leg, provider_call_id: leg.0.to_string() });
        if transfer.leg_path(leg) != LegPath::Brief {
            return self.end_leg(leg, None);
        }
        self.run.whisper_ms_max = self.run.whisper_ms_max.max(self.now - picked_at);
        self.set_leg(leg, Leg::Briefed);
        let wait = self.chance.within(2_000, 15_000);
        match manner {
            Manner::Accepts | Manner::BridgeFails => self.later(wait, Due::Leg(leg, LegAct::Accept)),
            Manner::Refuses => self.later(wait, Due::Leg(leg, LegAct::Refuse)),
            Manner::HangsUpInBriefing => self.later(wait, Due::Leg(leg, LegAct::HangUp)),
            Manner::Mailbox => self.later(MAILBOX_TURN_MS, Due::Leg(leg, LegAct::TalksOn)),
            Manner::NeverAnswers | Manner::Busy | Manner::Fails => (),
        }
    }

    /// A mailbox that presses nothing is asked again.
    fn talk_on(&mut self, leg: LegId) {
        if !self.is_up {
            return self.end_leg(leg, Some(TryEnd::Failed));
        }
        match self.kept().leg_path(leg) {
            LegPath::Brief => self.later(MAILBOX_TURN_MS, Due::Leg(leg, LegAct::TalksOn)),
            LegPath::ToCustomer | LegPath::Dismiss => self.end_leg(leg, None),
        }
    }

    fn answer_briefing(&mut self, leg: LegId, fact: TransferEvent, manner: Manner) {
        if !self.is_up {
            return self.end_leg(leg, Some(TryEnd::Failed));
        }
        // Whoever takes the call must find the customer there.
        if self.line == Line::Gone && !self.chance.percent(4) {
            self.tell(TransferEvent::CustomerGone);
        }
        let transfer = self.tell(fact);
        match transfer.leg_path(leg) {
            LegPath::ToCustomer => {
                self.set_leg(leg, Leg::Taken);
                let wait = self.chance.within(80, 500);
                let act = if manner == Manner::BridgeFails { LegAct::HangUp } else { LegAct::Join };
                self.later(wait, Due::Leg(leg, act));
            }
            LegPath::Brief | LegPath::Dismiss => self.end_leg(leg, None),
        }
    }

    fn end_leg(&mut self, leg: LegId, how: Option<TryEnd>) {
        if matches!(self.legs.get(&leg), None | Some((Leg::Over, _))) {
            return;
        }
        self.set_leg(leg, Leg::Over);
        if let Some(how) = how {
            let wait = self.chance.within(50, 900);
            self.later(wait, Due::Fact(TransferEvent::LegEnded { leg, how }));
        }
        if self.line == Line::With(leg) {
            self.line = Line::Hold;
            self.on_fact(TransferEvent::ThrownOut);
        }
    }

    pub(super) fn part(&mut self) {
        if self.line == Line::Gone {
            return;
        }
        if let Line::With(leg) = self.line {
            self.set_leg(leg, Leg::Over);
        }
        self.line = Line::Gone;
        self.quiet_since = None;
        let wait = self.chance.within(50, 1_500);
        self.later(wait, Due::Fact(TransferEvent::CustomerGone));
    }
}
