//! Whose log is meant, and the logs of all as they are written.
//!
//! - `pick`: which log, and the words for why there is none
//! - `follow`: all logs of a Job, each by a `tail`, whose `lines` come once; to one `output`; who is `waiting` is told

#[cfg(test)]
#[path = "../../tests/fake/mod.rs"]
mod fake;
mod follow;
mod lines;
mod output;
mod pick;
mod tail;
mod waiting;

pub(crate) use follow::{FollowOptions, follow_all};
pub(crate) use pick::{Pick, Wanted, pick};
