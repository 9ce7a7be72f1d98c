//! `suspend --drain`: lets what runs end, by the steps of `indexedjob_core::lifecycle`, then suspends the Job.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures::{FutureExt as _, Stream, StreamExt as _};
use indexedjob_core::facts::{JobFacts, Outcome};
use indexedjob_core::lifecycle::{self, DrainStep, Target};
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::text::quoted;
use indexedjob_core::view::lifecycle as view;
use serde_json::Value;
use tokio::time::{interval, sleep};

use super::change::{look, may_repeat, read, refused, replaced};
use crate::cluster::{Backoff, Cluster, ClusterError, Kind};
use crate::exit::Exit;
use crate::failure::Failure;

/// How often it is tried to give a Job its own parallelism back.
const RESTORES: u32 = 4;
/// Pods that end within this time have one change of parallelism for all of them. The controller acts on every change at
/// once, on pods that have ended by then too: the fewer changes, the fewer of those it takes for room. It acts on pods
/// alone a second after the first has ended, so this must be shorter.
const TOGETHER: Duration = Duration::from_millis(150);
/// How often it is told how the drain gets on, if that has changed.
const TICK: Duration = Duration::from_secs(1);

/// The drain of one Job.
pub(crate) struct Drain<'a> {
    pub(crate) name: &'a str,
    pub(crate) cluster: &'a Cluster,
    /// The flags to repeat in hints.
    pub(crate) given: &'a str,
    /// Is told how many pods are left to end, and the parallelism.
    pub(crate) told: &'a dyn Fn(u32, u32),
    /// Is told before the parallelism is lowered, and when it is restored (None).
    pub(crate) changed: &'a dyn Fn(Option<Lower>),
}

/// A parallelism that is lowered for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lower {
    /// What it is now.
    pub(crate) now: u32,
    /// What it was, and will be again.
    pub(crate) own: u32,
}

/// The end of a drain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// It is suspended, and has its own parallelism.
    Suspended,
    /// It was suspended before.
    NoChange,
    /// It has ended by itself.
    Ended(Outcome),
}

impl Drain<'_> {
    /// Drains it. What fails after the parallelism has been lowered restores it.
    pub(crate) async fn run(&self) -> Result<Drained, Failure> {
        let first = look(self.name, self.cluster).await?;
        // What is refused is refused before the pods are read; of one that has ended before, nothing is to be drained.
        let may_be_drained = lifecycle::suspend(&first).and_then(|_| lifecycle::next_of_drain(&first, 0, false));
        may_be_drained.map_err(|why| refused(&why, self.name, self.given))?;
        let mut lowered = false;
        match self.follow(&first.job, &mut lowered).await {
            Err(failure) if lowered && failure.exit != Exit::NoJob => Err(self.undo(failure, &first.job.uid).await),
            ended => ended,
        }
    }

    /// Follows the pods and the Job, and does what is due whenever one of them changes.
    async fn follow(&self, job: &JobFacts, lowered: &mut bool) -> Result<Drained, Failure> {
        let changes = self.cluster.watch_pods(job);
        let mut pods = Pods { changes, seen: JobProgress::default(), left: None };
        let mut jobs = pin!(self.cluster.watch_job(self.name));
        let mut tick = interval(TICK);
        let mut parallelism = None;
        loop {
            let before = pods.left;
            tokio::select! {
                change = pods.changes.next() => {
                    pods.observe(change)?;
                    if pods.left == before {
                        continue;
                    }
                    if pods.left < before {
                        sleep(TOGETHER).await;
                    }
                }
                // What it is now, a look tells.
                change = jobs.next() => drop(change.transpose()?),
                _ = tick.tick() => {
                    if let (Some(left), Some(parallelism)) = (pods.left, parallelism) {
                        (self.told)(left, parallelism);
                    }
                    continue;
                }
            }
            if pods.left.is_some() {
                match self.steps(&job.uid, &mut pods, lowered).await? {
                    Next::Ended(ended) => return Ok(ended),
                    Next::Wait(now) => parallelism = Some(now),
                }
                tick.reset_immediately();
            }
        }
    }

    /// Does all that is due.
    async fn steps(
        &self,
        uid: &str,
        pods: &mut Pods<impl Stream<Item = PodChange> + Unpin>,
        lowered: &mut bool,
    ) -> Result<Next, Failure> {
        let mut backoff = Backoff::default();
        loop {
            let step = match self.cluster.get(Kind::Job, self.name).await {
                Err(error) if may_repeat(&error) => Step::InVain,
                job => {
                    let target = read(self.name, &job.map_err(Failure::of_job)?)?;
                    // The later the pods are counted, the fewer have ended since when the controller acts.
                    pods.catch_up()?;
                    self.step(&target, uid, pods.left.unwrap_or(0), lowered).await?
                }
            };
            match step {
                Step::Next(next) => return Ok(next),
                Step::Done => {}
                Step::InVain => sleep(backoff.next()).await,
            }
        }
    }

    /// Does what is due.
    async fn step(&self, target: &Target, uid: &str, left: u32, lowered: &mut bool) -> Result<Step, Failure> {
        if target.job.uid != uid {
            return Err(replaced(self.name));
        }
        // Also by a run that was killed, and where the answer was lost.
        *lowered |= target.former.parallelism.is_some();
        let step = lifecycle::next_of_drain(target, left, *lowered);
        match step.map_err(|why| refused(&why, self.name, self.given))? {
            DrainStep::Wait => Ok(Step::Next(Next::Wait(target.parallelism()))),
            DrainStep::Lower { to, patch } => {
                let own = target.former.parallelism.unwrap_or(target.parallelism());
                (self.changed)(Some(Lower { now: to, own }));
                let sent = self.send(&patch).await?;
                *lowered |= sent == Step::Done;
                Ok(sent)
            }
            DrainStep::Suspend(patch) => {
                let sent = self.send(&patch).await?;
                if sent == Step::Done {
                    (self.changed)(None);
                    return Ok(Step::Next(Next::Ended(Drained::Suspended)));
                }
                Ok(sent)
            }
            DrainStep::Suspended => {
                Ok(Step::Next(Next::Ended(if *lowered { Drained::Suspended } else { Drained::NoChange })))
            }
            DrainStep::Ended(outcome) => self.ended(target, outcome).await,
            DrainStep::Overruled => {
                let text = format!("somebody else has set the parallelism of job {} meanwhile", self.name);
                Err(Failure::error(text).hint(format!("kubectl indexedjob describe {}{}", self.name, self.given)))
            }
        }
    }

    /// A Job that has ended gets its own parallelism back, for whoever makes another one of it.
    async fn ended(&self, target: &Target, outcome: Outcome) -> Result<Step, Failure> {
        if let Some(patch) = lifecycle::restore(target)
            && self.send(&patch).await? != Step::Done
        {
            return Ok(Step::InVain);
        }
        (self.changed)(None);
        Ok(Step::Next(Next::Ended(Drained::Ended(outcome))))
    }

    /// Sends it, if that can be done now.
    async fn send(&self, patch: &Value) -> Result<Step, Failure> {
        match self.cluster.patch(Kind::Job, self.name, patch).await {
            Ok(_) => Ok(Step::Done),
            Err(error) if may_repeat(&error) => Ok(Step::InVain),
            Err(error) => Err(Failure::of_job(error)),
        }
    }

    /// Gives the Job its own parallelism back after `failure`, or says how.
    async fn undo(&self, failure: Failure, uid: &str) -> Failure {
        let mut backoff = Backoff::default();
        for _ in 0..RESTORES {
            match self.restore(uid).await {
                Ok(Some(own)) => {
                    (self.changed)(None);
                    let message = failure.message.map(|text| format!("{text}\nits parallelism is {own} again"));
                    return Failure { message, ..failure };
                }
                Ok(None) => return failure,
                Err(error) if may_repeat(&error) => sleep(backoff.next()).await,
                Err(_) => break,
            }
        }
        let (name, given) = (quoted(self.name), self.given);
        failure.hint(format!("its parallelism is left lowered; restore it: kubectl indexedjob resume {name}{given}"))
    }

    /// The parallelism that was restored; None where there was nothing to restore.
    async fn restore(&self, uid: &str) -> Result<Option<u32>, ClusterError> {
        let job = self.cluster.get(Kind::Job, self.name).await?;
        let Some(target) = Target::read(&job).ok().filter(|target| target.job.uid == uid) else { return Ok(None) };
        if let Some(patch) = lifecycle::restore(&target) {
            self.cluster.patch(Kind::Job, self.name, &patch).await?;
        }
        Ok(target.former.parallelism)
    }
}

/// How a drain goes on.
#[derive(PartialEq)]
enum Next {
    /// Until something changes; this is the parallelism until then.
    Wait(u32),
    Ended(Drained),
}

/// What a step has brought.
#[derive(PartialEq)]
enum Step {
    /// It was done; there may be more to do.
    Done,
    /// Others came in its way, or the server is away.
    InVain,
    /// There is nothing to do.
    Next(Next),
}

type PodChange = Result<Change, ClusterError>;

/// The pods of the Job as they change.
struct Pods<S> {
    changes: S,
    seen: JobProgress,
    /// How many have something to lose; None before the first look. One that the controller started before it knew of the
    /// lower parallelism is among them: as surplus it would be stopped, but so might one in its place that has just ended.
    left: Option<u32>,
}

impl<S: Stream<Item = PodChange> + Unpin> Pods<S> {
    /// Takes in what has come, without waiting for more.
    fn catch_up(&mut self) -> Result<(), ClusterError> {
        while let Some(change) = self.changes.next().now_or_never() {
            self.observe(change)?;
        }
        Ok(())
    }

    fn observe(&mut self, change: Option<PodChange>) -> Result<(), ClusterError> {
        self.seen.observe(change.transpose()?.unwrap_or(Change::JobGone));
        let left = self.seen.all_attempts().filter(|(_, pod)| lifecycle::has_begun(pod)).count();
        self.left = Some(u32::try_from(left).unwrap_or(u32::MAX));
        Ok(())
    }
}

/// The Jobs whose parallelism is lowered now, for whoever interrupts the drain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lowered(BTreeMap<String, Lower>);

impl Lowered {
    /// The parallelism of the Job `name` is so, or its own again.
    pub(crate) fn set(&mut self, name: &str, lower: Option<Lower>) {
        match lower {
            Some(lower) => drop(self.0.insert(name.to_owned(), lower)),
            None => drop(self.0.remove(name)),
        }
    }

    /// What to say when the drain is interrupted now.
    pub(crate) fn on_interrupt(&self, given: &str) -> String {
        view::drain_interrupted(self.0.iter().map(|(name, lower)| (name.as_str(), lower.now, lower.own)), given)
    }
}
