//! Tests of the real binary against the fake API server, and of the house itself.

#[path = "../fake/mod.rs"]
mod fake;
mod harness;
#[path = "../pipe.rs"]
mod pipe;

mod completion;
mod connection;
mod create;
mod delivery;
mod describe;
mod fake_server;
mod house;
mod kubelet;
mod launch;
mod lifecycle;
mod list;
mod logs;
mod retry;
mod status;
mod stay;
mod usage;
mod wait;
mod wait_for;
mod words;
