//! The other end of the line: a telephone carrier with its callers, to call the server as the world would.
//!
//! It speaks the carrier's wire by its own means and knows the server only by its doors, so that a mistake in
//! the server's codecs cannot hide behind the same mistake here.

mod background;
mod campaign;
mod carrier;
mod clip;
mod conference;
mod director;
mod faults;
mod listener;
mod load;
mod playout;
mod report;
mod rest;
mod script;
mod session;
mod socket;
mod twiml;
mod wire;

#[cfg(test)]
mod echo_server;

pub use background::{Background, Noise};
pub use campaign::{CampaignReport, meet_campaign};
pub use carrier::{Answering, CarrierSettings, SimulatedCarrier};
pub use clip::Clip;
pub use conference::{LegReport, Manner, PutThrough, Rooms, Waiter};
pub use director::{Director, Moment};
pub use faults::NetworkFaults;
pub use load::{LoadPlan, LoadReport, run_load};
pub use playout::{Played, PlayoutBuffer, Underruns};
pub use report::{Burst, CallEnd, CallReport, Interruption, TurnReport};
pub use rest::{Books, LiveCommand, PlacedCall, RestFaults, RestStandIn};
pub use script::{CallerScript, PreparedScript, Step};
pub use session::CallerSilence;
