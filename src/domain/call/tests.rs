//! Calls as timelines: facts in, commands out, on a virtual clock.

mod barge_in;
mod conduct;
mod ending;
mod keys;
mod ledger;
mod model;
mod script;
mod timeline;
mod turn_taking;
mod turns;
mod waiting;
