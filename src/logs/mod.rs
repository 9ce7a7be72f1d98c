//! Whose log is meant, the logs that there are, and all logs as they are written.
//!
//! - `options`: what is wanted, and how it is written: by a `scribe` for each log
//! - `pick`: which logs there are; `picked`: of many indexes; `missing`: the words for why there is none
//! - `ordered`: the logs that there are, one after the other, each from a `fetch`; they go to a sink: `print`, `by_time`
//!   (merged) or `save` (files, of which a `ledger` tells whose they are)
//! - `follow`: all logs of a Job; who is `waiting` is told. Each `attempt` has a `tail`, which goes on after `trouble`;
//!   its `lines` come once, however often they are `given`
//! - `shared`: what these have in common; all lines go to one `output`

mod attempt;
mod by_time;
#[cfg(test)]
#[path = "../../tests/fake/mod.rs"]
mod fake;
mod fetch;
mod follow;
mod given;
mod ledger;
mod lines;
mod missing;
mod options;
mod ordered;
mod output;
mod pick;
mod picked;
mod print;
mod save;
mod scribe;
mod shared;
mod tail;
mod trouble;
mod waiting;

pub(crate) use by_time::read_by_time;
pub(crate) use follow::follow_all;
pub(crate) use options::{Attempts, Containers, Cut, Expected, Form, Indexes, LogsOptions, Look};
pub(crate) use picked::Picked;
pub(crate) use print::read_in_order;
pub(crate) use save::{Source, save};
pub(crate) use shared::Reading;
