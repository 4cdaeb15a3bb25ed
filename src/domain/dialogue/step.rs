//! What the dialogue is waiting for, with only what belongs to that.

use std::sync::Arc;

use super::EndReason;
use super::meaning::Question;
use super::proof::Factor;
use super::requests::{Draft, Topic};
use crate::domain::orders::Order;
use crate::domain::values::RequestId;

/// The open question.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The line is not open yet.
    Unopened,
    /// "May I record this call?"
    MayRecord,
    /// "How can I help with your order?"
    Open,
    AnythingElse,
    /// A look-up runs, and the caller waits for it.
    Looking {
        request: RequestId,
    },
    Reference,
    PostcodeToFind,
    NameToFind {
        candidates: Arc<[Arc<Order>]>,
    },
    WhichOrder {
        candidates: Arc<[Arc<Order>]>,
    },
    Proof(Factor),
    /// Something was offered that is done on a yes.
    Offered(Topic),
    /// A part of a request is asked for.
    Detail(Box<Draft>),
    /// The words can mean two days, or two times of day: which is meant?
    WhichReading {
        first: Box<Draft>,
        second: Box<Draft>,
    },
    /// Delivered but not received: were neighbours and the household asked?
    CheckedAround(Box<Draft>),
    /// A request was read back; only a clear yes records it.
    Confirm(Box<Draft>),
    /// A request is being kept, or its caller is on the way to a person.
    Saving {
        request: RequestId,
        then: Then,
    },
    /// One offer to help before a person is called in.
    HelpFirst,
    /// Which number to ring back, or which not to call.
    Phone(Box<Draft>),
    OptOutSaving {
        request: RequestId,
    },
    OptOutScope,
    /// "Am I speaking with …?", on a call that the shop made.
    RightParty,
    /// Somebody else is on the line: when can the customer be reached?
    GoodTime,
    /// Somebody of the household: will there be someone to take it?
    Household,
    /// A question of the scenario; which one, the purpose knows.
    Point,
    /// How the call was, from one to five.
    CallScore,
    Ended(EndReason),
}

/// What follows once a request is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    AnythingElse,
    End(EndReason),
}

/// What the caller is after, until it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Ask(Question),
    Want(Topic),
}
