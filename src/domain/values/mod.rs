//! Small values that every layer shares: identifiers, call time, money, numbers, personal data.

mod call_time;
mod ids;
mod money;
mod personal;
mod phone_number;

pub use call_time::CallTime;
pub use ids::{CallId, ReplyId, RequestId, SegmentId, UtteranceId};
pub use money::{Currency, InvalidCurrency, Money};
pub use personal::Personal;
pub use phone_number::{InvalidPhoneNumber, PhoneNumber};
