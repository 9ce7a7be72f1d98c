//! Protocols that change the cluster: the core says the next step, this does it and looks again.

mod create;

pub(crate) use create::{create, kept};
