//! The whole server from outside: started in a folder of its own, called through real sockets, asked by its API.

mod access;
mod answers;
mod call_log;
mod campaign;
mod commerce;
mod crash;
mod desk;
mod dialling;
mod doors;
mod drain;
mod erasure;
mod evidence;
mod harness;
mod hints;
mod hostile;
mod language_model;
mod many_calls;
mod outbound;
mod outreach;
mod permission;
mod program;
mod raw_line;
mod receiver;
mod repeats;
mod settings;
mod two_servers;
