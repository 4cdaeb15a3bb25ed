//! One binary for every test that sees the whole: the rules of the source tree, and the server from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops where it stands")]

mod callers;
mod claims;
mod command_line;
mod contracts;
mod crm;
mod layers;
mod server;
mod simulation;
mod source;
mod telephony_edges;
mod tidy;
