//! The wait for one Job.

use std::cell::RefCell;
use std::time::Duration;

use futures::future::{FutureExt as _, LocalBoxFuture};
use futures::{Stream, StreamExt as _};
use indexedjob_core::facts::{JobFacts, Outcome};
use indexedjob_core::goal::Judgement;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::pace::Pace;
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::stuck::Obstacle;
use indexedjob_core::view::ending;
use indexedjob_core::view::events::{self, Origin};
use indexedjob_core::view::lifecycle::resumed_by;
use indexedjob_core::view::line::{self, Told};
use tokio::time::{Instant, interval, timeout_at};

use super::super::{done, observe_attempts};
use super::Task;
use super::trouble::{Common, Look, Telling, Trouble};
use crate::clock;
use crate::cluster::{Cluster, ClusterError};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::{Form, Progress, Term};

/// The wait for one Job.
pub(super) struct Wait<'a> {
    pub(super) name: &'a str,
    pub(super) task: &'a Task,
    pub(super) sink: &'a RefCell<Progress>,
    pub(super) cluster: &'a Cluster,
    pub(super) term: &'a Term,
    pub(super) common: &'a Common,
    /// The flags to repeat in hints.
    pub(super) given: &'a str,
    /// When the time is up; None for never.
    pub(super) until: Option<Instant>,
}

/// What is known of the Job.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) progress: JobProgress,
    pub(super) pace: Pace,
    /// The indexes that are meant; None for all, and before the first look.
    pub(super) only: Option<IndexSet>,
    /// Is it known which indexes are meant?
    is_selected: bool,
}

/// Why the wait is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// What was waited for is so.
    Met,
    /// It never will be; why, where the Job's own end does not say it all.
    Never(Option<String>),
    /// The flags select none of its indexes.
    NothingSelected,
}

impl Wait<'_> {
    /// Waits, and tells how it ended.
    pub(super) async fn run(&self, changes: impl Stream<Item = Result<Change, ClusterError>> + Send + Unpin) -> Exit {
        let mut seen = Seen::default();
        let judged = self.follow(changes, &mut seen);
        let judged = match self.until {
            Some(until) => timeout_at(until, judged).await.ok().transpose(),
            None => judged.await.map(Some),
        };
        self.sink.borrow_mut().done(self.name);
        self.conclude(seen, judged).await
    }

    /// Looks at it once.
    pub(super) async fn look(&self) -> Exit {
        match self.cluster.job(self.name).await {
            Ok(job) => self.look_at(job).await,
            Err(error) => self.conclude(Seen::default(), Err(Failure::of_job(error))).await,
        }
    }

    /// Judges how it is now.
    pub(super) async fn look_at(&self, job: JobFacts) -> Exit {
        let mut seen = Seen::default();
        let judged = self.judge_once(job, &mut seen).await;
        self.conclude(seen, judged).await
    }

    async fn judge_once(&self, job: JobFacts, seen: &mut Seen) -> Result<Option<End>, Failure> {
        seen.progress.observe(Change::Job(Box::new(job)));
        self.select(seen).await?;
        if let (true, Some(only)) = (self.task.goal.needs_pods(), seen.only.clone()) {
            observe_attempts(&mut seen.progress, self.cluster, Some(only)).await?;
        }
        Ok(self.judge(seen))
    }

    /// Follows the Job until there is nothing more to wait for.
    async fn follow(
        &self,
        mut changes: impl Stream<Item = Result<Change, ClusterError>> + Send + Unpin,
        seen: &mut Seen,
    ) -> Result<End, Failure> {
        let mut tick = interval(Duration::from_secs(1));
        let mut trouble = Trouble::new();
        let mut pods = None;
        let mut look: Option<LocalBoxFuture<'_, Look>> = None;
        let mut fate_told = false;
        loop {
            tokio::select! {
                change = changes.next() => {
                    self.take(change, seen).await?;
                    self.select(seen).await?;
                    if pods.is_none() && self.task.goal.needs_pods() && seen.only.is_some() {
                        pods = seen.progress.job().map(|job| self.cluster.watch_pods(job));
                    }
                }
                Some(change) = next(&mut pods) => seen.progress.observe(change?),
                found = done(&mut look) => {
                    look = None;
                    self.tell_trouble(&mut trouble, &found.narrowed(seen.only.as_ref()))?;
                }
                _ = tick.tick() => {}
            }
            if let Some(end) = self.judge(seen) {
                return Ok(end);
            }
            self.tell_fate(seen, &mut fate_told)?;
            seen.pace.observe(&seen.progress, seen.only.as_ref(), clock::now());
            self.show(seen)?;
            if look.is_none() && trouble.is_due(&seen.progress) {
                let new = |job: &JobFacts| Look::new(self.cluster.clone(), job.clone(), self.common).boxed_local();
                look = seen.progress.job().map(new);
            }
        }
    }

    /// Takes in what was told.
    async fn take(&self, change: Option<Result<Change, ClusterError>>, seen: &mut Seen) -> Result<(), Failure> {
        let change = change.transpose()?.unwrap_or(Change::JobGone);
        if seen.progress.job().is_some() || !matches!(change, Change::JobGone) {
            seen.progress.observe(change);
            return Ok(());
        }
        // Asked again, the server says in its own words what is missing.
        let job = self.cluster.job(self.name).await.map_err(Failure::of_job)?;
        seen.progress.observe(Change::Job(Box::new(job)));
        Ok(())
    }

    /// Finds out which indexes are meant as soon as the Job is known, and at its end what only their pods tell of them.
    async fn select(&self, seen: &mut Seen) -> Result<(), Failure> {
        let Some(job) = seen.progress.job() else { return Ok(()) };
        let goal = self.task.goal;
        if !seen.is_selected {
            seen.only = self.meant(job).await?;
            goal.check(job, seen.only.as_ref()).map_err(Failure::usage)?;
            seen.is_selected = true;
        }
        match seen.only.clone() {
            Some(only) if goal.needs_pods_at_end(&seen.progress) => {
                Ok(observe_attempts(&mut seen.progress, self.cluster, Some(only)).await?)
            }
            _ => Ok(()),
        }
    }

    /// The indexes that are meant; None for all.
    async fn meant(&self, job: &JobFacts) -> Result<Option<IndexSet>, Failure> {
        let selection = &self.task.selection;
        if selection.is_all() {
            return Ok(None);
        }
        if !job.indexed {
            let name = self.name;
            return Err(Failure::usage(format_args!("job {name} is not Indexed; none of its indexes can be selected")));
        }
        // Pods that are only looked at once would soon tell nothing true of the whole.
        let mut now = JobProgress::of(job.clone());
        if selection.needs_pods() {
            let candidates = selection.candidates(job).map_err(Failure::usage)?;
            observe_attempts(&mut now, self.cluster, Some(candidates)).await?;
        }
        Ok(Some(selection.indexes(&now).map_err(Failure::usage)?))
    }

    pub(super) fn judge(&self, seen: &Seen) -> Option<End> {
        if seen.only.as_ref().is_some_and(IndexSet::is_empty) {
            return Some(End::NothingSelected);
        }
        match self.task.goal.judge(&seen.progress, seen.only.as_ref()) {
            Judgement::Met => Some(End::Met),
            Judgement::Never(why) => Some(End::Never(why)),
            Judgement::Open => None,
        }
    }

    pub(super) fn origin(&self) -> Origin<'_> {
        Origin { job: self.name, time: clock::now() }
    }

    fn show(&self, seen: &Seen) -> Result<(), Failure> {
        let told = Told { progress: &seen.progress, only: seen.only.as_ref(), pace: &seen.pace };
        let Some(state) = line::progress(told.progress, told.only) else { return Ok(()) };
        let now = clock::now();
        let draw = |form| match form {
            Form::Bar { columns } => line::bar(self.name, told, columns, now).unwrap_or_default(),
            Form::Line => format!("{}: {state}{}", self.name, line::pace(told.pace, now)),
            Form::Json => events::progress(self.origin(), told),
        };
        Ok(self.sink.borrow_mut().show(self.name, || state.clone(), draw)?)
    }

    /// Says once what will become of the Job, as soon as that is decided; of success the end tells.
    fn tell_fate(&self, seen: &Seen, told: &mut bool) -> Result<(), Failure> {
        let Some(fate) = seen.progress.verdict().filter(|_| !*told) else { return Ok(()) };
        *told = true;
        if let Some(line) = ending::outcome(self.name, fate, &seen.progress) {
            self.term.note(&line);
        }
        Ok(self.sink.borrow().event(|| events::fate(self.origin(), &seen.progress))?)
    }

    /// Says why nothing moves, as far as that is new.
    fn tell_trouble(&self, trouble: &mut Trouble, found: &Look) -> Result<(), Failure> {
        for line in trouble.complaints(found) {
            self.term.note(&line);
        }
        let numbering = found.progress.numbering();
        for stuck in trouble.news(found) {
            match self.common.telling(&stuck, self.name) {
                Telling::InFull => {
                    let line = line::stuck(&stuck, &numbering, found.suspended_by.as_ref());
                    let suspended = found.progress.job().filter(|_| stuck.obstacle == Obstacle::Suspended);
                    let hint = suspended.and_then(|job| resumed_by(job, self.given));
                    let hint = hint.map(|command| format!("\nhint: {command}")).unwrap_or_default();
                    self.term.note(&format!("{}: {line}{hint}", self.name));
                }
                Telling::ThatThereAreMore => self.term.note("other Jobs are held up by the same"),
                Telling::NotAtAll => {}
            }
            self.sink.borrow().event(|| events::stuck(self.origin(), &stuck, &numbering))?;
        }
        Ok(())
    }
}

/// Is the Job gone, so that its own conditions say nothing more?
pub(super) fn is_gone(progress: &JobProgress) -> bool {
    let outcome = progress.verdict().filter(|verdict| verdict.settled).map(|verdict| &verdict.outcome);
    matches!(outcome, Some(Outcome::Deleted | Outcome::Replaced))
}

/// What a stream that may be there tells next; where it is not, nothing ever.
async fn next<S: Stream + Unpin>(stream: &mut Option<S>) -> Option<S::Item> {
    match stream {
        Some(stream) => stream.next().await,
        None => std::future::pending().await,
    }
}
