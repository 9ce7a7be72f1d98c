//! Protocols that change the cluster: the core says the next step, this does it and looks again.

mod create;
mod replace;

pub(crate) use create::{checked, create};
pub(crate) use replace::{make_room, rehearse};
