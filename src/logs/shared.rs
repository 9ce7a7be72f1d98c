//! What those who read logs and those who start them have in common.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::output::Output;
use crate::cluster::Cluster;
use crate::term::Term;

/// One command's reading of logs.
pub(crate) struct Reading {
    pub(super) cluster: Cluster,
    pub(super) output: Output,
    /// How many logs are read at a time.
    pub(super) connections: usize,
    /// A permit for each of them.
    pub(super) permits: Arc<Semaphore>,
    /// The flags to repeat in hints.
    pub(super) given: String,
    /// Has a log ever been opened? A refusal after that is one of a server that is just starting.
    pub(super) allowed: AtomicBool,
}

impl Reading {
    /// Lines go to stdout, words to stderr; at most so many logs are read at a time, each over a connection of its own;
    /// 0 is 1. `given` are the flags to repeat in hints.
    pub(crate) fn new(cluster: &Cluster, term: &Term, connections: usize, given: String) -> Arc<Self> {
        Self::over(cluster, Output::of(term), connections, given)
    }

    pub(super) fn over(cluster: &Cluster, output: Output, connections: usize, given: String) -> Arc<Self> {
        let connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        let permits = Arc::new(Semaphore::new(connections));
        let allowed = AtomicBool::new(false);
        Arc::new(Self { cluster: cluster.clone(), output, connections, permits, given, allowed })
    }
}

/// What all logs of one Job that is followed have in common.
pub(super) struct Shared {
    pub(super) reading: Arc<Reading>,
    /// Stands before notes: the name of the Job, where there are several.
    pub(super) voice: String,
    /// When the Job ended.
    pub(super) job_ended: OnceLock<Instant>,
}

impl Shared {
    pub(super) fn new(reading: &Arc<Reading>, voice: String) -> Arc<Self> {
        Arc::new(Self { reading: reading.clone(), voice, job_ended: OnceLock::new() })
    }

    /// Tells the user something.
    pub(super) fn note(&self, text: &str) {
        self.reading.output.note(&format!("{}{text}", self.voice));
    }

    /// Tells that some log cannot be read to its end.
    pub(super) fn note_incomplete(&self, text: &str) {
        self.reading.output.note_incomplete(&format!("{}{text}", self.voice));
    }
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

impl Seen {
    /// Is this run over?
    pub(super) fn is_over(self, run: u32) -> bool {
        self.run > run || !self.running || self.gone
    }
}
