//! Protocols that change the cluster: the core says the next step, this does it and looks again.

mod cancel;
mod change;
mod create;
mod drain;
mod gone;
mod replace;
mod rerun;

pub(crate) use cancel::{GiveUp, GivenUp};
pub(crate) use change::{Mode, change, look, may_repeat, refused, replaced};
pub(crate) use create::{checked, create};
pub(crate) use drain::{Drain, Drained, Lowered};
pub(crate) use gone::until_gone;
pub(crate) use replace::{make_room, rehearse};
pub(crate) use rerun::{NotMade, Rerun, begun_otherwise, give_time_back, rerun, take_back};
