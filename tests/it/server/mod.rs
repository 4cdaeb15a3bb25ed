//! The whole server from outside: started in a folder of its own, called through real sockets, asked by its API.

mod access;
mod answers;
mod call_log;
mod campaign;
mod commerce;
mod crash;
mod dead_parts;
mod desk;
mod dialling;
mod doors;
mod drain;
mod erasure;
mod harness;
mod hostile;
mod language_model;
mod many_calls;
mod outbound;
mod program;
mod raw_line;
mod receiver;
mod repeats;
mod settings;
mod two_servers;
