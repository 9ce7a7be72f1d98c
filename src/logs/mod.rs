//! Whose log is meant.

mod pick;

pub(crate) use pick::{Pick, Wanted, pick};
