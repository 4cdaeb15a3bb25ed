//! What passes between a call and its dialogue.

use std::sync::Arc;

use jiff::Timestamp;

use super::answering::{ModelNote, ModelQuestion, ModelSaid};
use super::outbound::Outreach;
use super::outcome::OutcomeDraft;
use crate::domain::audio::Tone;
use crate::domain::call::CallDirection;
use crate::domain::hearing::{Awaited, RecognitionContext, Transcript};
use crate::domain::orders::{Order, OrderRef};
use crate::domain::transfer::{HandoverRules, Target};
use crate::domain::values::{CallId, CallTime, Personal, PhoneNumber, ReplyId, RequestId, UtteranceId};

/// The shop on whose behalf the agent speaks.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ShopProfile {
    pub id: String,
    /// As it is spoken: "Kora Home".
    pub name: String,
    /// The number a customer may ring back, and the way to check that we are genuine.
    pub callback_number: PhoneNumber,
    /// As it is spoken: "kora home dot example".
    pub website_spoken: String,
    /// IANA name.
    pub time_zone: String,
    /// The number to call in an emergency, as it is spoken: "one one two".
    pub emergency_number_spoken: String,
    /// When a person rings back at the latest, in hours of any day.
    pub human_callback_within_hours: u32,
    /// Whether callers whose matter is done are asked how the call was.
    pub asks_call_score: bool,
    /// Whether customers who want to pay before the delivery are sent a link.
    pub sends_payment_links: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordingNotice {
    /// The call is recorded and the caller must be told so.
    Announced,
    /// The call is recorded from the moment on in which the caller says yes to it.
    IfAgreed,
    NotRecorded,
}

/// What is known when a call begins.
#[derive(Clone, Debug)]
pub struct Brief {
    pub call: CallId,
    pub direction: CallDirection,
    pub shop: Arc<ShopProfile>,
    /// The other party's number; none when withheld.
    pub caller: Option<PhoneNumber>,
    /// The wall clock at [`CallTime::ZERO`].
    pub started_at: Timestamp,
    pub recording: RecordingNotice,
    /// Why the shop calls, or what a caller who missed that call rings back about.
    pub outreach: Option<Outreach>,
    /// Who may be rung to take the call; none where calls are not put through.
    pub handover: Option<Arc<HandoverRules>>,
}

/// A caller turn that is judged to be over.
#[derive(Clone, Debug)]
pub struct CallerTurn {
    pub transcript: Arc<Transcript>,
    /// How long the voice was on, pauses left out.
    pub speech_ms: u32,
    /// Whether it began while the agent was speaking.
    pub is_barge_in: bool,
}

/// How long nobody has spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SilenceStep {
    /// Ask again, reworded.
    AskAgain,
    /// "Are you still there?"
    StillThere,
    /// Close the call.
    GiveUp,
    /// Close the call: not even noise has ever come from the caller's side.
    LineDead,
}

/// Who picked up, as the carrier hears it. It is wrong often enough never to be believed alone against a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answerer {
    Human,
    /// A machine whose greeting has begun.
    Machine,
    /// A machine that has come to its tone, or fallen silent: it records.
    MachineListens,
    Fax,
    Unknown,
}

/// How far a change that was asked for has come when it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordAck {
    /// The shop has it, and who has to carry it out is being asked: another word on the same request follows.
    Asked,
    /// The shop has it; who has to carry it out has not answered.
    PassedOn,
    /// The carrier has taken it: it is changed.
    Accepted,
    /// The carrier will not do it.
    Refused,
}

impl RecordAck {
    /// As records carry it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked | Self::PassedOn => "passed_on",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// A fact that reaches the dialogue.
#[derive(Clone, Debug)]
pub enum DialogueEvent {
    /// The line is open both ways.
    Opened,
    CallerSaid(CallerTurn),
    /// A tone that a machine makes.
    Tone(Tone),
    /// The carrier's opinion of who picked up a call of ours.
    CarrierJudges(Answerer),
    /// Keys pressed since the last turn, complete by count, `#` or a pause.
    KeysPressed(String),
    Silence(SilenceStep),
    OrdersFound {
        request: RequestId,
        orders: Vec<Arc<Order>>,
    },
    LookupFailed {
        request: RequestId,
    },
    /// A look-up or a write has taken long: say that we are still at it.
    StillWaiting {
        request: RequestId,
    },
    /// The request was kept under this id.
    RequestRecorded {
        request: RequestId,
        id: String,
        ack: RecordAck,
    },
    RecordFailed {
        request: RequestId,
    },
    /// The caller heard an utterance up to and including one of its sentences.
    ///
    /// Shape: `last_sentence` is an index into the saying's sentences, from 0. Nothing heard is no event.
    Heard {
        utterance: UtteranceId,
        last_sentence: usize,
        at: CallTime,
    },
    /// What a language model makes of what it was asked.
    Model {
        reply: ReplyId,
        said: ModelSaid,
    },
    /// The line is still on its way to a person: say that we are at it.
    HandoverSlow,
    /// No person took the call: the caller is back.
    HandoverFailed,
    /// A person has the caller.
    HandedOver,
    /// The call has lasted longer than a delivery call should.
    TooLong,
}

/// Something the agent may have said or may be about to say that comes from data.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub name: &'static str,
    pub value: Personal<String>,
    pub source: String,
}

/// One sentence with the facts it carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// The template it was made from, such as `status_in_transit`.
    pub template: &'static str,
    /// Whose voice is to say it, such as `en`.
    pub language: &'static str,
    /// Complete words, ready for a voice.
    pub text: String,
    pub facts: Vec<Fact>,
    /// Carries a name, an address or an order's content: never cached on disk.
    pub is_personal: bool,
}

/// What is to be said in one breath.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying {
    pub sentences: Vec<Sentence>,
    /// The law wants it heard: an interruption does not end it, it is finished or said again.
    pub must_be_heard: bool,
}

/// What is awaited after the last saying.
#[derive(Clone, Debug)]
pub struct Expectation {
    pub awaited: Awaited,
    pub context: Arc<RecognitionContext>,
    /// The caller asked for a moment: silence is not asked about for longer.
    pub is_on_hold: bool,
}

/// How to look for orders.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderQuery {
    ByCallerNumber(PhoneNumber),
    /// Letters and digits, upper case, no blanks; several readings of what was heard, best first.
    ByReference(Vec<String>),
    ByPostcode(Vec<String>),
    /// One order read again, because time has passed.
    Again(OrderRef),
}

/// A change to be kept for the shop.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestKind {
    /// Such as `reschedule`; see `RecordedRequest::kind`.
    pub kind: &'static str,
    pub order_ref: Option<OrderRef>,
    pub details: Vec<(&'static str, Personal<String>)>,
    /// Distinguishes two requests of one kind in one call.
    pub key: String,
    pub due_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// Nothing else to be said.
    Finished,
    CallerWishes,
    Silence,
    Abuse,
    NotUnderstood,
    TooLong,
    TechnicalFailure,
}

/// A caller who is to be put through to a person. The wish is kept already.
#[derive(Clone, Debug, PartialEq)]
pub struct HandoverOrder {
    /// The id of the wish at the desk.
    pub request: String,
    /// Why a person is needed, of the closed list of triggers.
    pub trigger: &'static str,
    /// In the order they are rung.
    pub targets: Vec<Target>,
    /// What the call has come to so far.
    pub draft: OutcomeDraft,
}

/// An order from the dialogue.
#[derive(Clone, Debug)]
pub enum DialogueCommand {
    /// Say this after whatever is still being said. Its number is what [`DialogueEvent::Heard`] will carry.
    Say {
        utterance: UtteranceId,
        saying: Saying,
    },
    /// From now on this is awaited.
    Await(Expectation),
    /// Likely to be said soon: have the audio ready. Text and whether it is personal.
    Prepare(Vec<Sentence>),
    /// Reading only: may be carried out on speculation.
    LookUp {
        request: RequestId,
        query: OrderQuery,
    },
    Record {
        request: RequestId,
        what: RequestKind,
    },
    OptOut {
        request: RequestId,
        phone: PhoneNumber,
    },
    /// Ask the language model. Answered by [`DialogueEvent::Model`], until it has finished, failed or is overdue.
    ///
    /// Reading only: may be carried out on speculation.
    AskModel {
        reply: ReplyId,
        question: Arc<ModelQuestion>,
    },
    /// The reply is not wanted any more.
    CancelModel {
        reply: ReplyId,
    },
    /// To be counted.
    NoteModel(ModelNote),
    /// Percent of the normal pace, for the rest of the call.
    SetPace(u16),
    /// The caller agrees: record from now on.
    StartRecording,
    /// The caller objects: stop recording.
    StopRecording,
    /// The caller is giving a secret: silence the recording and mask the transcript of the current turn.
    MaskTurn,
    /// Hang up once everything said before has been heard, or could have been.
    End(EndReason),
    /// Put the caller through once everything said before has been heard. Answered by [`DialogueEvent::HandedOver`] or
    /// [`DialogueEvent::HandoverFailed`].
    HandOver(Arc<HandoverOrder>),
}

/// Who ended the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// After [`DialogueCommand::End`], or because the server stops.
    Agent,
    Caller,
    /// The line broke.
    Network,
    /// A part of the system failed and the call could not go on.
    Fault,
}

/// How the call came to its end, for its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallEnding {
    pub by: EndedBy,
    pub at: CallTime,
}
