//! One container of an attempt at an index, and its log.

use std::mem;
use std::sync::Arc;

use indexedjob_core::facts::Container;
use indexedjob_core::view::log::Origin;
use tokio::sync::watch;

use super::missing::Missing;
use super::scribe::Scribe;
use super::shared::{Seen, Shared};
use super::tail::{Begin, Tail};

/// One container of an attempt at an index.
pub(super) struct Attempt {
    pub(super) scribe: Scribe,
    seen: watch::Sender<Seen>,
    pub(super) state: State,
    /// Why there is nothing to be read; None where there is.
    pub(super) unread: Option<Missing>,
}

/// How far its log is.
pub(super) enum State {
    /// The container has not started.
    Waiting,
    /// It is being read, or is to be.
    Reading,
    /// It has been read; the container may run again.
    Read(Box<Tail>),
    /// There is none to come.
    Over,
}

impl Attempt {
    /// Its lines will be written by `scribe`.
    pub(super) fn new(scribe: Scribe) -> Self {
        Self { scribe, seen: watch::Sender::default(), state: State::Waiting, unread: None }
    }

    /// What the API says of the container now. Who reads the log is woken by a change.
    pub(super) fn container_seen(&self, container: &Container) {
        let now = Seen { run: container.restarts, running: container.running, gone: false };
        self.seen.send_if_modified(|seen| mem::replace(seen, now) != now);
    }

    /// Its pod is gone.
    pub(super) fn pod_gone(&self) {
        self.seen.send_if_modified(|seen| !mem::replace(&mut seen.gone, true));
    }

    /// Where it is.
    pub(super) fn origin(&self) -> &Origin {
        self.scribe.origin()
    }

    /// The log, from `begin` on.
    pub(super) fn tail(&self, shared: &Arc<Shared>, begin: Begin) -> Tail {
        Tail::new(shared.clone(), self.scribe.clone(), begin, self.seen.subscribe())
    }
}
