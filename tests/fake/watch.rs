//! Watches.

use std::collections::VecDeque;
use std::time::Duration;

use futures::StreamExt;
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::http::{Chunks, Cut};
use super::selector::Selector;
use super::status::Status;
use super::store::{Change, Resource, Store};
use super::{Fake, World};

/// How often a test asked all open watches for something.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Signals {
    bookmarks: u64,
    closes: u64,
    cuts: u64,
}

/// What a watch request asks for.
pub(crate) struct Watch {
    pub(crate) resource: Resource,
    /// Empty for all namespaces.
    pub(crate) namespace: String,
    pub(crate) selector: Selector,
    /// `None`: begin with what there is, as events of type ADDED.
    pub(crate) since: Option<u64>,
    pub(crate) bookmarks: bool,
    pub(crate) initial_events: bool,
    pub(crate) timeout: Option<Duration>,
}

impl Fake {
    /// Open watches that allow it get a BOOKMARK at the current revision.
    pub(crate) fn bookmark_watches(&self) {
        self.change(|world| world.signals.bookmarks += 1);
    }

    /// Open watches end as a server ends them: between two frames.
    pub(crate) fn close_watches(&self) {
        self.change(|world| world.signals.closes += 1);
    }

    /// Open watches break off in the middle of a frame.
    pub(crate) fn cut_watches(&self) {
        self.change(|world| world.signals.cuts += 1);
    }

    /// Revisions up to now can no longer be watched from.
    pub(crate) fn compact(&self) {
        self.change(|world| world.store.compact());
    }
}

struct Watcher {
    fake: Fake,
    ticks: tokio::sync::watch::Receiver<u64>,
    watch: Watch,
    position: u64,
    seen: Signals,
    frames: VecDeque<Result<Bytes, Cut>>,
    deadline: Option<Instant>,
    ended: bool,
}

/// The frames of a watch, one by one, until it ends.
pub(crate) fn stream(fake: &Fake, watch: Watch) -> Chunks {
    let ticks = fake.ticks.subscribe();
    let deadline = watch.timeout.map(|timeout| Instant::now() + timeout);
    let mut watcher = Watcher {
        fake: fake.clone(),
        ticks,
        position: watch.since.unwrap_or_default(),
        watch,
        seen: Signals::default(),
        frames: VecDeque::new(),
        deadline,
        ended: false,
    };
    watcher.begin();
    futures::stream::unfold(watcher, async |mut watcher| watcher.next().await.map(|frame| (frame, watcher))).boxed()
}

impl Watcher {
    fn begin(&mut self) {
        let fake = self.fake.clone();
        let world = fake.world();
        self.seen = world.signals;
        match self.watch.since {
            None => self.list_as_added(&world.store),
            Some(since) if since < world.store.compacted() => {
                let message = format!("too old resource version: {since} ({})", world.store.compacted());
                self.push("ERROR", &Status { message, ..Status::of_code(410) }.to_json());
                self.ended = true;
            }
            Some(_) => {}
        }
    }

    fn list_as_added(&mut self, store: &Store) {
        for (_, object) in store.select(&self.watch.resource, &self.watch.namespace, &self.watch.selector) {
            self.push("ADDED", object);
        }
        self.position = store.revision();
        if self.watch.initial_events {
            self.push_bookmark(&json!({"k8s.io/initial-events-end": "true"}));
        }
    }

    async fn next(&mut self) -> Option<Result<Bytes, Cut>> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                if frame.is_err() {
                    // The half frame before it has to reach the client first.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                return Some(frame);
            }
            if self.ended {
                return None;
            }
            self.ticks.borrow_and_update();
            let fake = self.fake.clone();
            self.catch_up(&fake.world());
            if !self.frames.is_empty() || self.ended {
                continue;
            }
            let deadline = self.deadline;
            let timeout = async move {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = self.ticks.changed() => self.ended = changed.is_err(),
                () = timeout => {
                    if self.watch.bookmarks {
                        self.push_bookmark(&Value::Null);
                    }
                    self.ended = true;
                }
            }
        }
    }

    fn catch_up(&mut self, world: &World) {
        for change in world.store.changes_after(self.position) {
            if let Some((kind, object)) = self.event(change) {
                self.push(kind, object);
            }
        }
        self.position = self.position.max(world.store.revision());
        let told = std::mem::replace(&mut self.seen, world.signals);
        if self.seen.bookmarks > told.bookmarks && self.watch.bookmarks {
            self.push_bookmark(&Value::Null);
        }
        if self.seen.cuts > told.cuts {
            self.frames.push_back(Ok(Bytes::from_static(b"{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Jo")));
            self.frames.push_back(Err(Cut));
            self.ended = true;
        }
        self.ended |= self.seen.closes > told.closes;
    }

    /// What the change is to someone who sees only what the selector picks.
    fn event<'a>(&self, change: &'a Change) -> Option<(&'static str, &'a Value)> {
        if change.key.resource != self.watch.resource.qualified()
            || !(self.watch.namespace.is_empty() || change.key.namespace == self.watch.namespace)
        {
            return None;
        }
        let picked = |object: &&Value| self.watch.selector.matches(object);
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        match (before.filter(picked), after.filter(picked)) {
            (None, Some(object)) => Some(("ADDED", object)),
            (Some(_), Some(object)) => Some(("MODIFIED", object)),
            (Some(before), None) => Some(("DELETED", after.unwrap_or(before))),
            (None, None) => None,
        }
    }

    fn push(&mut self, kind: &str, object: &Value) {
        self.frames.push_back(Ok(frame(kind, object)));
    }

    fn push_bookmark(&mut self, annotations: &Value) {
        let mut metadata = json!({"resourceVersion": self.position.to_string(), "creationTimestamp": null});
        if !annotations.is_null() {
            metadata["annotations"] = annotations.clone();
        }
        let resource = &self.watch.resource;
        let object = json!({"kind": resource.kind(), "apiVersion": resource.api_version(), "metadata": metadata});
        self.push("BOOKMARK", &object);
    }
}

/// One event as it is sent.
pub(crate) fn frame(kind: &str, object: &Value) -> Bytes {
    let mut text = json!({"type": kind, "object": object}).to_string();
    text.push('\n');
    text.into()
}
