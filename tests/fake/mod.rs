//! A small stateful Kubernetes API server for tests.
//!
//! It keeps objects, counts resource versions, answers watches and logs, and fails on command. There is no Job
//! controller unless a test switches one on. [`Fake`] is a tower service: give it to `kube::Client::new`, or let
//! [`Server`] serve it on a port of 127.0.0.1 for the real binary.
//!
//! - `store`: objects, revisions, owners and garbage; `selector`, `patch`, `jobs`: what the API does to them
//! - `status`: errors in a real server's words
//! - `http`: requests in, answers out, and the record of both; `watch`, `logs`: the two that stream
//! - `faults`: rules that make it fail; `server`: the port; `scene`: what a test says about Jobs and pods
#![allow(dead_code, unused_imports, reason = "it is compiled into several test binaries, and each uses a part of it")]

mod faults;
mod http;
mod jobs;
mod logs;
mod patch;
mod scene;
mod selector;
mod server;
mod status;
mod store;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use faults::{Fault, Gate, On, When};
pub(crate) use http::{Body, Recorded};
pub(crate) use logs::{Ending, LiveLog, Log};
pub(crate) use scene::{JobHandle, Pod};
pub(crate) use server::Server;
pub(crate) use store::Resource;

/// One fake API server. A clone is another handle to the same one.
#[derive(Clone)]
pub(crate) struct Fake {
    world: Arc<Mutex<World>>,
    /// Counts up whenever a watch may have something new to say.
    ticks: Arc<tokio::sync::watch::Sender<u64>>,
}

/// Everything behind the one lock.
struct World {
    store: store::Store,
    logs: logs::Logs,
    faults: faults::Faults,
    journal: http::Journal,
    settings: Settings,
    /// What open watches are told to do, each with the number of times it was asked for.
    signals: watch::Signals,
}

/// How this server differs from a plain one.
struct Settings {
    git_version: String,
    /// Requests without this bearer token get 401.
    token: Option<String>,
    unauthorized: bool,
    /// Answers of `SelfSubjectAccessReview`, by verb and resource; everything else is allowed.
    denied_reviews: Vec<(String, String)>,
    /// JSON pointers that a POST of a Job loses silently, as an old server loses fields it does not know.
    dropped_fields: Vec<String>,
    controller: bool,
    /// Labels that new Jobs get which have none of that key, as of an admission webhook.
    default_labels: Vec<(String, String)>,
    /// Sent as a `Warning` header with every answer to a POST.
    warning: Option<String>,
}

impl Fake {
    /// An empty 1.37 server with the namespace `default`.
    pub(crate) fn new() -> Self {
        let settings = Settings {
            git_version: "v1.37.1".into(),
            token: None,
            unauthorized: false,
            denied_reviews: Vec::new(),
            dropped_fields: Vec::new(),
            controller: false,
            default_labels: Vec::new(),
            warning: None,
        };
        let world = World {
            store: store::Store::new(),
            logs: logs::Logs::default(),
            faults: faults::Faults::default(),
            journal: http::Journal::default(),
            settings,
            signals: watch::Signals::default(),
        };
        let fake = Self { world: Arc::new(Mutex::new(world)), ticks: Arc::new(tokio::sync::watch::Sender::new(0)) };
        fake.add_namespace("default");
        fake
    }

    /// A test that panicked while it held the lock has failed already; the others may go on.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world, lets the controller follow, and wakes the watches.
    fn change<T>(&self, edit: impl FnOnce(&mut World) -> T) -> T {
        let out = {
            let mut world = self.world();
            let out = edit(&mut world);
            if world.settings.controller {
                jobs::run_controller(&mut world.store);
            }
            out
        };
        self.ticks.send_modify(|tick| *tick += 1);
        out
    }

    /// What `/version` says, such as `v1.30.14`.
    pub(crate) fn set_version(&self, git_version: &str) {
        self.world().settings.git_version = git_version.into();
    }

    /// From now on every request without this bearer token is answered 401.
    pub(crate) fn require_token(&self, token: &str) {
        self.world().settings.token = Some(token.into());
    }

    /// Answers 401 to everything, as after a token has expired.
    pub(crate) fn unauthorized(&self, on: bool) {
        self.world().settings.unauthorized = on;
    }

    /// Access reviews of this verb and resource (`jobs`, `jobs/status`) answer no.
    pub(crate) fn deny_review(&self, verb: &str, resource: &str) {
        self.world().settings.denied_reviews.push((verb.into(), resource.into()));
    }

    /// New Jobs lose the field at this JSON pointer without a word.
    pub(crate) fn drop_job_field(&self, pointer: &str) {
        self.world().settings.dropped_fields.push(pointer.into());
    }

    /// New Jobs get this label unless they have one of that key, as of an admission webhook.
    pub(crate) fn default_job_label(&self, key: &str, value: &str) {
        self.world().settings.default_labels.push((key.into(), value.into()));
    }

    /// Answers to POSTs carry this warning, as of an admission webhook.
    pub(crate) fn warn(&self, text: &str) {
        self.world().settings.warning = Some(text.into());
    }

    /// Starts a Job controller that runs every unsuspended Job to its end at once, each index successfully.
    pub(crate) fn run_controller(&self) {
        self.change(|world| world.settings.controller = true);
    }

    /// Stops it: what is there stays as it is.
    pub(crate) fn stop_controller(&self) {
        self.change(|world| world.settings.controller = false);
    }
}
