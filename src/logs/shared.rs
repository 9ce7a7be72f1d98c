//! What those who read logs and those who start them have in common.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::output::Output;
use crate::cluster::Cluster;

/// What all logs that are followed have in common.
pub(super) struct Shared {
    pub(super) cluster: Cluster,
    pub(super) output: Output,
    /// Has a log ever been opened? A refusal after that is one of a server that is just starting.
    pub(super) allowed: AtomicBool,
    /// When the Job ended.
    pub(super) job_ended: OnceLock<Instant>,
}

/// Where a log is, and what it is called.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) pod: String,
    pub(super) container: String,
    /// Stands before its lines: `[3] `.
    pub(super) prefix: String,
    /// How notes call it: `index 3`.
    pub(super) name: String,
}

/// What the API says of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its present or last run, from 0: how often it was started again in its pod.
    pub(super) run: u32,
    /// Does it run?
    pub(super) running: bool,
    /// Is its pod gone?
    pub(super) gone: bool,
}

impl Shared {
    pub(super) fn new(cluster: &Cluster, output: Output) -> Arc<Self> {
        let (allowed, job_ended) = (AtomicBool::new(false), OnceLock::new());
        Arc::new(Self { cluster: cluster.clone(), output, allowed, job_ended })
    }
}

impl Seen {
    /// Is this run over?
    pub(super) fn is_over(self, run: u32) -> bool {
        self.run > run || !self.running || self.gone
    }
}
