//! Tests of the real binary against the fake API server, and of the house itself.

#[path = "../fake/mod.rs"]
mod fake;
mod harness;
#[path = "../pipe.rs"]
mod pipe;

mod chain;
mod completion;
mod connection;
mod create;
mod delivery;
mod describe;
mod ecosystem;
mod fake_server;
mod house;
mod krew;
mod kubelet;
mod launch;
mod lifecycle;
mod list;
mod logs;
mod pages;
mod retry;
mod retry_begun;
mod status;
mod stay;
mod usage;
mod wait;
mod wait_end;
mod wait_for;
mod words;
