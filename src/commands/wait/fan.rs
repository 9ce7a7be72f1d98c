//! One watch for many Jobs: what it tells is handed on to the wait for each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::{Stream, StreamExt as _, stream};
use indexedjob_core::facts::JobFacts;
use indexedjob_core::progress::Change;

use crate::cluster::{Cluster, ClusterError, JobsChange};

/// What is told of one Job.
pub(super) type Changes = Pin<Box<dyn Stream<Item = Result<Change, ClusterError>> + Send>>;

/// The watch, and who listens.
pub(super) struct Fan {
    cluster: Cluster,
    watch: Pin<Box<dyn Stream<Item = Result<JobsChange, ClusterError>> + Send>>,
    listeners: BTreeMap<String, UnboundedSender<Change>>,
}

impl Fan {
    pub(super) fn new(cluster: &Cluster, selector: &str) -> Self {
        let watch = Box::pin(cluster.watch_jobs(selector));
        Self { cluster: cluster.clone(), watch, listeners: BTreeMap::new() }
    }

    /// The Jobs that there are now, each with what is told of it. [`run`](Fan::run) keeps telling; a Job that comes later
    /// is none of these.
    pub(super) async fn jobs(&mut self) -> Result<Vec<(String, Changes)>, ClusterError> {
        let mut jobs = Vec::new();
        if let Some(JobsChange::All(all)) = self.watch.next().await.transpose()? {
            for job in all {
                let name = job.name.clone();
                let (sender, receiver) = unbounded();
                self.listeners.insert(name.clone(), sender);
                self.tell(Box::new(job));
                jobs.push((name.clone(), self.changes(receiver, name)));
            }
        }
        Ok(jobs)
    }

    /// What comes from the one watch. When that has lost sight of the Job, which may only have lost its label, the Job is
    /// looked at itself.
    fn changes(&self, told: impl Stream<Item = Change> + Send + 'static, name: String) -> Changes {
        let cluster = self.cluster.clone();
        let itself = stream::once(async move { cluster.watch_job(&name) }).flatten();
        told.map(Ok).chain(itself).boxed()
    }

    /// Hands on what the watch tells, until that ends, which it does only after an error.
    pub(super) async fn run(mut self) -> ClusterError {
        loop {
            match self.watch.next().await {
                Some(Ok(JobsChange::Job(job))) => self.tell(job),
                Some(Ok(JobsChange::Gone(job))) => drop(self.listeners.remove(&job.name)),
                Some(Ok(JobsChange::All(jobs))) => {
                    let names: BTreeSet<_> = jobs.iter().map(|job| job.name.clone()).collect();
                    self.listeners.retain(|name, _| names.contains(name));
                    for job in jobs {
                        self.tell(Box::new(job));
                    }
                }
                Some(Err(error)) => return error,
                None => std::future::pending().await,
            }
        }
    }

    /// Who has heard enough is forgotten.
    fn tell(&mut self, job: Box<JobFacts>) {
        let name = job.name.clone();
        if self.listeners.get(&name).is_some_and(|listener| listener.unbounded_send(Change::Job(job)).is_err()) {
            self.listeners.remove(&name);
        }
    }
}
