//! One binary for every test that sees the whole: the rules of the source tree, and the server from outside.

mod command_line;
mod layers;
mod server;
mod simulation;
mod source;
mod tidy;
