//! Tests of the real binary against the fake API server, and of the house itself.

#[path = "../fake/mod.rs"]
mod fake;
mod harness;
#[path = "../pipe.rs"]
mod pipe;

mod completion;
mod connection;
mod create;
mod describe;
mod fake_server;
mod house;
mod logs;
mod usage;
mod wait;
mod words;
