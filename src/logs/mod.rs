//! Whose log is meant, and the logs of all as they are written.
//!
//! - `pick`: which log, and the words for why there is none
//! - `follow`: all logs of a Job; who is `waiting` is told. Each `attempt` has a `tail`, which goes on after `trouble`;
//!   its `lines` come once, and go to one `output`; `shared`: what these have in common

mod attempt;
#[cfg(test)]
#[path = "../../tests/fake/mod.rs"]
mod fake;
mod follow;
mod lines;
mod output;
mod pick;
mod shared;
mod tail;
mod trouble;
mod waiting;

pub(crate) use follow::{FollowOptions, follow_all};
pub(crate) use pick::{Pick, Wanted, pick};
