//! The logs of all attempts of a Job, as they are written, until the Job has ended and everything has been read.
//!
//! One task: the Job and its pods are watched, and each container that has started gets a [`Tail`]. As many as there are
//! connections are at work, the others queue; one writer takes their lines. `telling`: what the user hears on the way.

use std::collections::{HashMap, HashSet, VecDeque};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, Stream, StreamExt as _};
use indexedjob_core::facts::{Container, EventFacts, JobFacts, PodFacts};
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{Change, JobProgress, attempt_number};
use indexedjob_core::view::log::Origin;
use tokio::time::{Instant, interval};

use super::attempt::{Attempt, State};
use super::given::Ending;
use super::options::{Attempts, Cut, Indexes, LogsOptions};
use super::pick;
use super::scribe::Scribe;
use super::shared::{Reading, Shared};
use super::tail::{Begin, Stop, Tail};
use super::trouble::PATIENCE;
use super::waiting::{Cause, Waiting};
use crate::cluster::ClusterError;
use crate::exit::Exit;
use crate::failure::Failure;

/// How long nothing may go on before the events are asked why, and between two looks at them.
const BETWEEN_ASKING: Duration = Duration::from_secs(8);
/// How often it is looked at who waits, and whether another Job has a connection to spare.
const TICK: Duration = Duration::from_secs(1);

/// Follows the logs of every attempt of `indexes` of `job`, until they or the Job have ended and all is read.
///
/// `jobs` tells of the Job, as [`Cluster::watch_job`](crate::cluster::Cluster::watch_job) does; that it ends counts as the
/// Job's end, which somebody else has seen. Lines go to stdout, whole, as `options.look` says. A line is kept in memory
/// until it is whole; of one that is longer than 16 MiB the pieces are written as they come, while all other logs wait.
/// Where `options.cut` wants a part of each log, that is one of what is there now: of what starts later, all comes.
///
/// [`Exit::Error`] where some log could not be read to its end, or was to be there by `options.expected` and was not, of
/// which a note has told; else [`Exit::Done`], however the Job ended. It fails where the Job or its pods cannot be watched, no log may be read, a pod lacks the container, or
/// stdout cannot be written to.
pub(crate) async fn follow_all(
    reading: &Arc<Reading>,
    job: &JobFacts,
    jobs: impl Stream<Item = Result<Change, ClusterError>> + Unpin,
    indexes: Indexes,
    options: &LogsOptions,
) -> Result<Exit, Failure> {
    Follow::new(reading, job, indexes, options).run(job, jobs).await
}

struct Follow {
    shared: Arc<Shared>,
    options: LogsOptions,
    indexes: Indexes,
    /// The Job alone.
    progress: JobProgress,
    /// Every container of every attempt that was seen, by the pod's uid and its own name.
    attempts: HashMap<Key, Attempt>,
    /// Which attempt at its index a pod is, from 1, by its uid.
    nths: HashMap<String, u32>,
    /// The number of the newest attempt at an index that was seen.
    newest: HashMap<Index, u32>,
    /// What it was when all began; None until then.
    first: Option<HashMap<Index, u32>>,
    begun: Instant,
    /// Logs to be read.
    queue: VecDeque<(Key, Tail)>,
    reading: FuturesUnordered<BoxFuture<'static, Read>>,
    /// A look at the events of the Job.
    asking: FuturesUnordered<BoxFuture<'static, Vec<EventFacts>>>,
    /// When that was last, or since when nothing goes on at all; None while something does.
    asked: Option<Instant>,
    /// Indexes whose newest pod does not get on.
    waiting: Waiting,
    /// Indexes of which nothing was seen yet, while nothing goes on at all.
    absent: Waiting,
    /// Had the Job ended before anybody looked?
    came_late: bool,
    /// Has kubectl's choice of a container been told?
    defaulted: bool,
    /// Have the pods been listed since the Job ended?
    listed: bool,
}

/// The uid of a pod, and the name of one of its containers.
type Key = (String, String);

/// A tail that stopped: whose it is, the tail, and why it stopped.
type Read = (Key, Tail, Result<Stop, Failure>);

impl Follow {
    fn new(reading: &Arc<Reading>, job: &JobFacts, indexes: Indexes, options: &LogsOptions) -> Self {
        let progress = JobProgress::of(job.clone());
        let voice = if options.look.parts.job { format!("{}: ", job.name) } else { String::new() };
        Self {
            shared: Shared::new(reading, voice),
            options: options.clone(),
            indexes,
            came_late: progress.verdict().is_some_and(|verdict| verdict.settled),
            progress,
            attempts: HashMap::new(),
            nths: HashMap::new(),
            newest: HashMap::new(),
            first: None,
            begun: Instant::now(),
            queue: VecDeque::new(),
            reading: FuturesUnordered::new(),
            asking: FuturesUnordered::new(),
            asked: None,
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
        let mut pods = self.shared.reading.cluster.watch_pods(job);
        let mut tick = interval(TICK);
        while !self.is_done() {
            tokio::select! {
                change = jobs.next(), if !self.has_ended() => {
                    self.job_seen(change.transpose()?);
                    if self.has_ended() {
                        // What is listed from now on has every pod that the Job ever had.
                        pods = self.shared.reading.cluster.watch_pods(job);
                    }
                }
                Some(change) = pods.next() => self.pods_seen(change?)?,
                Some(read) = self.reading.next() => self.stopped(read)?,
                Some(events) = self.asking.next() => self.progress.observe_events(&events),
                _ = tick.tick() => self.tell(),
            }
            self.start_reading();
        }
        self.tell();
        self.tell_missing();
        Ok(if self.shared.reading.output.is_incomplete() { Exit::Error } else { Exit::Done })
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
        if ended || self.progress.verdict().is_some_and(|verdict| verdict.settled) || self.indexes_have_ended() {
            self.shared.job_ended.get_or_init(Instant::now);
        }
    }

    /// Have all indexes that are followed ended for good, while others go on?
    fn indexes_have_ended(&self) -> bool {
        let (Indexes::These(these), Some(job)) = (&self.indexes, self.progress.job()) else { return false };
        these.difference(&job.closed()).is_empty()
    }

    fn pods_seen(&mut self, change: Change) -> Result<(), Failure> {
        match change {
            Change::Pods(pods) => self.all_pods_seen(pods),
            Change::Pod(pod) => self.pod_seen(&pod, self.later()),
            Change::PodGone(pod) => {
                // It may have ended since it was last seen.
                let seen = self.pod_seen(&pod, self.later());
                self.pod_gone(&pod.uid);
                seen
            }
            Change::Job(_) | Change::JobGone => Ok(()),
        }
    }

    fn all_pods_seen(&mut self, mut pods: Vec<PodFacts>) -> Result<(), Failure> {
        // Attempts are numbered as they were made.
        let age = |pod: &PodFacts| (pod.index, pod.created, pod.failures_before, pod.uid.clone());
        pods.sort_by_cached_key(age);
        let there: HashSet<&str> = pods.iter().map(|pod| pod.uid.as_str()).collect();
        let gone: Vec<String> = self.nths.keys().filter(|uid| !there.contains(uid.as_str())).cloned().collect();
        for uid in &gone {
            self.pod_gone(uid);
        }
        self.listed = self.has_ended();
        if self.first.is_none() {
            let mut newest: HashMap<Index, u32> = HashMap::new();
            for (index, pod) in pods.iter().filter_map(|pod| Some((pod.index?, pod))) {
                let nth = newest.entry(index).or_default();
                *nth = attempt_number(*nth, pod);
            }
            self.first = Some(newest);
            return pods.iter().try_for_each(|pod| self.pod_seen(pod, self.options.cut));
        }
        pods.iter().try_for_each(|pod| self.pod_seen(pod, self.later()))
    }

    /// Of what starts after the beginning, all is wanted.
    fn later(&self) -> Cut {
        Cut { limit_bytes: self.options.cut.limit_bytes, ..Cut::default() }
    }

    fn pod_seen(&mut self, pod: &PodFacts, cut: Cut) -> Result<(), Failure> {
        let Some(index) = pod.index.filter(|index| self.wants(*index)) else { return Ok(()) };
        let nth = *self.nths.entry(pod.uid.clone()).or_insert_with(|| {
            let newest = self.newest.entry(index).or_default();
            *newest = attempt_number(*newest, pod);
            *newest
        }) as usize;
        if !self.wants_attempt(index, nth) {
            return Ok(());
        }
        for container in pick::containers(pod, &self.options.containers).map_err(Failure::error)? {
            self.container_seen(index, nth, pod, container, cut);
        }
        Ok(())
    }

    fn wants(&self, index: Index) -> bool {
        match &self.indexes {
            Indexes::All => true,
            Indexes::These(these) => these.contains(index.0),
        }
    }

    fn wants_attempt(&self, index: Index, nth: usize) -> bool {
        let newest =
            || self.first.as_ref().and_then(|first| first.get(&index)).is_none_or(|newest| nth >= *newest as usize);
        match self.options.attempts {
            Attempts::All => true,
            Attempts::Last => newest(),
            Attempts::Nth(wanted) => nth == wanted,
        }
    }

    fn container_seen(&mut self, index: Index, nth: usize, pod: &PodFacts, container: &Container, cut: Cut) {
        let key = (pod.uid.clone(), container.name.clone());
        let number = self.progress.number(index);
        let look = self.options.look;
        let attempt = self.attempts.entry(key.clone()).or_insert_with(|| {
            let job = self.progress.job().map(|job| job.name.clone()).unwrap_or_default();
            let (pod, container) = (pod.name.clone(), container.name.clone());
            Attempt::new(Scribe::new(look, Origin { job, number, attempt: nth, pod, container }))
        });
        attempt.container_seen(container);
        match mem::replace(&mut attempt.state, State::Reading) {
            State::Waiting => {
                attempt.unread = pick::readable(pod, container).err();
                if let Some(missing) = attempt.unread.clone() {
                    attempt.state = if pod.phase.is_over() { State::Over } else { State::Waiting };
                    self.waiting.add(number, &container.name, Cause::NoLog(missing), Instant::now());
                    return;
                }
                let ending = if look.prefix || look.ends_last_line() { Ending::Newline } else { Ending::AsItIs };
                let tail = attempt.tail(&self.shared, Begin { cut, at: self.begun, ending });
                self.queue.push_back((key, tail));
                self.waiting.remove(number, &container.name);
                self.tell_start(number, nth, pod, container);
            }
            State::Read(tail) if tail.has_more() => self.queue.push_back((key, *tail)),
            state => attempt.state = state,
        }
    }

    fn pod_gone(&mut self, uid: &str) {
        for (_, attempt) in self.attempts.iter_mut().filter(|((of, _), _)| of == uid) {
            attempt.pod_gone();
            if matches!(attempt.state, State::Waiting) {
                self.waiting.remove(attempt.origin().number, &attempt.origin().container);
            }
            if !matches!(attempt.state, State::Reading) {
                attempt.state = State::Over;
            }
        }
    }

    /// A tail has stopped.
    fn stopped(&mut self, (key, tail, stop): Read) -> Result<(), Failure> {
        let Some(attempt) = self.attempts.get_mut(&key) else { return Ok(()) };
        match stop? {
            Stop::Turn => self.queue.push_back((key, tail)),
            Stop::End if tail.has_more() => self.queue.push_back((key, tail)),
            Stop::End => attempt.state = State::Read(Box::new(tail)),
        }
        Ok(())
    }

    fn start_reading(&mut self) {
        while !self.queue.is_empty()
            && let Ok(permit) = self.shared.reading.permits.clone().try_acquire_owned()
            && let Some((key, tail)) = self.queue.pop_front()
        {
            if let Some(attempt) = self.attempts.get(&key) {
                self.waiting.remove(attempt.origin().number, &attempt.origin().container);
            }
            let read = tail.read().map(|(tail, stop)| {
                drop(permit);
                (key, tail, stop)
            });
            self.reading.push(read.boxed());
        }
    }
}

mod telling;
#[cfg(test)]
mod tests;
