//! An AI voice agent server for the delivery calls of online shops.
//!
//! Read in this order: [`domain`] decides, [`ports`] name what it needs, [`adapters`] provide it,
//! [`runtime`] runs it in real time, [`http`] is the door, [`app`] chooses who fills which port.
//! [`simulator`] stands outside: a telephone carrier with its callers. [`rehearsal`] plays scripted callers without audio.

pub mod adapters;
pub mod app;
pub mod config;
pub mod domain;
pub mod http;
pub mod ports;
pub mod rehearsal;
pub mod runtime;
pub mod simulator;
pub mod telemetry;
