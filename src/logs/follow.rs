//! The logs of all attempts of a Job, as they are written, until the Job has ended and everything has been read.
//!
//! One task: the Job and its pods are watched, and each container that has started gets a [`Tail`]. As many as there are
//! connections are at work, the others queue; one writer takes their lines.

use std::collections::{HashMap, HashSet, VecDeque};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, Stream, StreamExt as _};
use indexedjob_core::facts::{Container, JobFacts, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{Change, JobProgress};
use tokio::time::{Instant, interval};

use super::attempt::{Attempt, State};
use super::output::Output;
use super::pick;
use super::shared::Shared;
use super::tail::{Stop, Tail};
use super::trouble::PATIENCE;
use super::waiting::{Cause, Waiting};
use crate::cluster::{Cluster, ClusterError};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::Term;

/// How often it is looked at who waits.
const TICK: Duration = Duration::from_secs(1);

/// What is followed, and how.
#[derive(Clone, Debug)]
pub(crate) struct FollowOptions {
    /// The container of each pod; None for the one that kubectl would choose.
    pub(crate) container: Option<String>,
    /// How many logs are read at a time, each over a connection of its own; 0 is 1.
    pub(crate) connections: usize,
}

impl Default for FollowOptions {
    fn default() -> Self {
        Self { container: None, connections: 16 }
    }
}

/// Follows the logs of every attempt of every index of `job`, until the Job has ended and all is read.
///
/// `jobs` tells of the Job, as [`Cluster::watch_job`] does; that it ends counts as the Job's end, which somebody else has
/// seen. Lines go to stdout, whole, each after `[index] `, from the second attempt on `[index/attempt] `. A line is kept
/// in memory until it is whole; of one that is longer than 16 MiB the pieces are written as they come, while all other
/// logs wait.
///
/// [`Exit::Error`] where some log could not be read to its end, of which a note has told; else [`Exit::Done`], however
/// the Job ended. It fails where the Job or its pods cannot be watched, no log may be read, a pod lacks the container, or
/// stdout cannot be written to.
pub(crate) async fn follow_all(
    cluster: &Cluster,
    term: &Term,
    job: &JobFacts,
    jobs: impl Stream<Item = Result<Change, ClusterError>> + Unpin,
    options: &FollowOptions,
) -> Result<Exit, Failure> {
    Follow::new(cluster, Output::of(term), job, options).run(job, jobs).await
}

struct Follow {
    shared: Arc<Shared>,
    options: FollowOptions,
    /// The Job alone.
    progress: JobProgress,
    /// Every attempt that was seen, by the pod's uid.
    attempts: HashMap<String, Attempt>,
    /// How many attempts at an index were seen.
    counts: HashMap<Index, usize>,
    /// Logs to be read, by the pod's uid.
    queue: VecDeque<(String, Tail)>,
    reading: FuturesUnordered<BoxFuture<'static, Read>>,
    /// Indexes whose newest pod does not get on.
    waiting: Waiting,
    /// Indexes of which nothing was seen yet, while nothing goes on at all.
    absent: Waiting,
    /// Has kubectl's choice of a container been told?
    defaulted: bool,
    /// Have the pods been listed since the Job ended?
    listed: bool,
}

/// A tail that stopped: the pod's uid, the tail, and why it stopped.
type Read = (String, Tail, Result<Stop, Failure>);

impl Follow {
    fn new(cluster: &Cluster, output: Output, job: &JobFacts, options: &FollowOptions) -> Self {
        Self {
            shared: Shared::new(cluster, output),
            options: options.clone(),
            progress: JobProgress::of(job.clone()),
            attempts: HashMap::new(),
            counts: HashMap::new(),
            queue: VecDeque::new(),
            reading: FuturesUnordered::new(),
            waiting: Waiting::default(),
            absent: Waiting::default(),
            defaulted: false,
            listed: false,
        }
    }

    async fn run(
        mut self,
        job: &JobFacts,
        mut jobs: impl Stream<Item = Result<Change, ClusterError>> + Unpin,
    ) -> Result<Exit, Failure> {
        let mut pods = self.shared.cluster.watch_pods(job);
        let mut tick = interval(TICK);
        while !self.is_done() {
            tokio::select! {
                change = jobs.next(), if !self.has_ended() => {
                    self.job_seen(change.transpose()?);
                    if self.has_ended() {
                        // What is listed from now on has every pod that the Job ever had.
                        pods = self.shared.cluster.watch_pods(job);
                    }
                }
                Some(change) = pods.next() => self.pods_seen(change?)?,
                Some(read) = self.reading.next() => self.stopped(read)?,
                _ = tick.tick() => self.tell(),
            }
            self.start_reading();
        }
        self.tell();
        self.tell_gone();
        Ok(if self.shared.output.is_incomplete() { Exit::Error } else { Exit::Done })
    }

    fn has_ended(&self) -> bool {
        self.shared.job_ended.get().is_some()
    }

    /// After the Job's end nothing begins any more, except what was about to.
    fn is_done(&self) -> bool {
        let Some(ended) = self.shared.job_ended.get() else { return false };
        let waits = || self.attempts.values().any(|attempt| matches!(attempt.state, State::Waiting));
        self.listed && self.reading.is_empty() && self.queue.is_empty() && (ended.elapsed() >= PATIENCE || !waits())
    }

    /// None: somebody else has seen its end.
    fn job_seen(&mut self, change: Option<Change>) {
        let ended = change.is_none();
        if let Some(change) = change {
            self.progress.observe(change);
        }
        if ended || self.progress.verdict().is_some_and(|verdict| verdict.settled) {
            self.shared.job_ended.get_or_init(Instant::now);
        }
    }

    fn pods_seen(&mut self, change: Change) -> Result<(), Failure> {
        match change {
            Change::Pods(mut pods) => {
                // Attempts are numbered as they were made.
                pods.sort_by(|a, b| (a.index, a.created, &a.uid).cmp(&(b.index, b.created, &b.uid)));
                let there: HashSet<&str> = pods.iter().map(|pod| pod.uid.as_str()).collect();
                let gone: Vec<String> =
                    self.attempts.keys().filter(|uid| !there.contains(uid.as_str())).cloned().collect();
                for uid in &gone {
                    self.pod_gone(uid);
                }
                self.listed = self.has_ended();
                pods.iter().try_for_each(|pod| self.pod_seen(pod))
            }
            Change::Pod(pod) => self.pod_seen(&pod),
            Change::PodGone(pod) => {
                // It may have ended since it was last seen.
                let seen = self.pod_seen(&pod);
                self.pod_gone(&pod.uid);
                seen
            }
            Change::Job(_) | Change::JobGone => Ok(()),
        }
    }

    fn pod_seen(&mut self, pod: &PodFacts) -> Result<(), Failure> {
        let Some(index) = pod.index else { return Ok(()) };
        let number = self.progress.number(index);
        let container = pick::container(pod, self.options.container.as_deref()).map_err(Failure::error)?;
        let attempt = self.attempts.entry(pod.uid.clone()).or_insert_with(|| {
            let nth = self.counts.entry(index).or_default();
            *nth += 1;
            Attempt::new(number, *nth)
        });
        attempt.container_seen(container);
        match mem::replace(&mut attempt.state, State::Reading) {
            State::Waiting if container.started => {
                let tail = attempt.tail(&self.shared, pod, container);
                self.queue.push_back((pod.uid.clone(), tail));
                self.waiting.remove(number);
                self.tell_default(pod, container);
            }
            State::Waiting => {
                let because = pick::because(pod, container);
                let (state, cause) = match pod.phase.is_over() {
                    true => (State::Over, Cause::NeverStarted { container: container.name.clone(), because }),
                    false => (State::Waiting, Cause::NotStarted(because)),
                };
                attempt.state = state;
                self.waiting.add(number, cause, Instant::now());
            }
            State::Read(tail) if tail.has_more() => self.queue.push_back((pod.uid.clone(), *tail)),
            state => attempt.state = state,
        }
        Ok(())
    }

    fn pod_gone(&mut self, uid: &str) {
        let Some(attempt) = self.attempts.get_mut(uid) else { return };
        attempt.pod_gone();
        if matches!(attempt.state, State::Waiting) {
            self.waiting.remove(attempt.number);
        }
        if !matches!(attempt.state, State::Reading) {
            attempt.state = State::Over;
        }
    }

    /// A tail has stopped.
    fn stopped(&mut self, (uid, tail, stop): Read) -> Result<(), Failure> {
        let Some(attempt) = self.attempts.get_mut(&uid) else { return Ok(()) };
        match stop? {
            Stop::Turn => self.queue.push_back((uid, tail)),
            Stop::End if tail.has_more() => self.queue.push_back((uid, tail)),
            Stop::End => attempt.state = State::Read(Box::new(tail)),
        }
        Ok(())
    }

    fn start_reading(&mut self) {
        while self.reading.len() < self.options.connections.max(1)
            && let Some((uid, tail)) = self.queue.pop_front()
        {
            if let Some(attempt) = self.attempts.get(&uid) {
                self.waiting.remove(attempt.number);
            }
            self.reading.push(tail.read().map(|(tail, stop)| (uid, tail, stop)).boxed());
        }
    }

    /// Says who waits for what, where it has not been said.
    fn tell(&mut self) {
        let now = Instant::now();
        for (uid, _) in &self.queue {
            if let Some(attempt) = self.attempts.get(uid) {
                self.waiting.add(attempt.number, Cause::Queued(self.reading.len()), now);
            }
        }
        let nothing_goes_on =
            self.attempts.values().all(|attempt| matches!(attempt.state, State::Read(_) | State::Over));
        if nothing_goes_on && !self.has_ended() {
            let all = IndexSet::all(self.progress.job().map_or(0, |job| job.completions));
            let because = pick::because_without_pod(&self.progress);
            for index in all.difference(&self.seen()).iter() {
                self.absent.add(self.progress.number(Index(index)), Cause::NotStarted(because.to_owned()), now);
            }
        } else {
            self.absent.clear();
        }
        for line in self.absent.due(now).into_iter().chain(self.waiting.due(now)) {
            self.shared.output.note(&line);
        }
    }

    /// Says which indexes are done, although nothing was ever seen of them.
    fn tell_gone(&self) {
        let Some(job) = self.progress.job() else { return };
        let gone = job.succeeded.union(&self.progress.failed_indexes()).difference(&self.seen());
        if !gone.is_empty() {
            self.shared.output.note_incomplete(&pick::gone(&job.numbering.numbers(&gone)));
        }
    }

    /// The indexes of which an attempt was seen.
    fn seen(&self) -> IndexSet {
        self.counts.keys().map(|index| index.0).collect()
    }

    fn tell_default(&mut self, pod: &PodFacts, container: &Container) {
        let defaulted = pick::defaulted(pod, container, self.options.container.as_deref());
        if let Some(defaulted) = defaulted.filter(|_| !mem::replace(&mut self.defaulted, true)) {
            self.shared.output.note(&defaulted);
        }
    }
}

#[cfg(test)]
mod tests;
