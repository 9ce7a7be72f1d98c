//! One attempt at an index, and the log of its container.

use std::mem;
use std::sync::Arc;

use indexedjob_core::facts::{Container, PodFacts};
use indexedjob_core::numbering::Number;
use tokio::sync::watch;

use super::shared::{Seen, Shared, Source};
use super::tail::Tail;

/// One attempt at an index.
pub(super) struct Attempt {
    /// What the task is called.
    pub(super) number: Number,
    /// Which one it is, from 1.
    nth: usize,
    seen: watch::Sender<Seen>,
    pub(super) state: State,
}

/// How far the log of an attempt is.
pub(super) enum State {
    /// Its container has not started.
    Waiting,
    /// It is being read, or is to be.
    Reading,
    /// It has been read; the container may run again.
    Read(Box<Tail>),
    /// There is none to come.
    Over,
}

impl Attempt {
    /// The `nth` attempt, from 1, at the task `number`.
    pub(super) fn new(number: Number, nth: usize) -> Self {
        Self { number, nth, seen: watch::Sender::default(), state: State::Waiting }
    }

    /// What the API says of its container now. Who reads the log is woken by a change.
    pub(super) fn container_seen(&self, container: &Container) {
        let now = Seen { run: container.restarts, running: container.running, gone: false };
        self.seen.send_if_modified(|seen| mem::replace(seen, now) != now);
    }

    /// Its pod is gone.
    pub(super) fn pod_gone(&self) {
        self.seen.send_if_modified(|seen| !mem::replace(&mut seen.gone, true));
    }

    /// The log of `container` in `pod`, from its beginning.
    pub(super) fn tail(&self, shared: &Arc<Shared>, pod: &PodFacts, container: &Container) -> Tail {
        let Self { number, nth, .. } = self;
        let (prefix, name) = match nth {
            1 => (format!("[{number}] "), format!("index {number}")),
            _ => (format!("[{number}/{nth}] "), format!("index {number}, attempt {nth}")),
        };
        let source = Source { pod: pod.name.clone(), container: container.name.clone(), prefix, name };
        Tail::new(shared.clone(), source, self.seen.subscribe())
    }
}
