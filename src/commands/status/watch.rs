//! `status --watch`: the status whenever it changes, until the Job ends.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, FutureExt as _, LocalBoxFuture, ready};
use futures::{Stream, StreamExt as _, stream};
use indexedjob_core::facts::{EventFacts, JobFacts, Outcome, PodFacts, Verdict};
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::rerun::Chain;
use indexedjob_core::text::shown;
use indexedjob_core::view::ending;
use tokio::sync::Semaphore;
use tokio::time::{Instant, interval};

use super::look::{Seen, Wanted, items, job, told};
use super::{Shape, block, nothing};
use crate::cli::StatusArgs;
use crate::clock;
use crate::cluster::{Cluster, ClusterError, Phases};
use crate::commands::last_words::{last_words, unreadable};
use crate::commands::{Context, chain, done, why_pods_are_missing};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::{Block, Screen};

/// How often a screen is drawn anew: durations grow.
const DRAW: Duration = Duration::from_secs(1);
/// The least time between two blocks where there is no screen to draw on.
const BETWEEN_BLOCKS: Duration = Duration::from_secs(5);
/// The least time between two looks at the Job's events.
const BETWEEN_ASKING: Duration = Duration::from_secs(15);

/// Shows the Job until it ends.
pub(super) async fn run(
    args: &StatusArgs,
    wanted: &Wanted,
    cluster: &Cluster,
    context: &Context,
) -> Result<Exit, Failure> {
    let name = args.name.as_str();
    let (job, place) = job(name, wanted, cluster, context).await?;
    wanted.selection.candidates(&job).map_err(Failure::usage)?;
    if wanted.selection.is_nothing() {
        context.term.note(&nothing(args, wanted));
        return Ok(Exit::Done);
    }
    let items = match place {
        Some(place) => items(&place, cluster, context).await?,
        None => None,
    };
    let pods = cluster.watch_pods(&job);
    let seen = Seen { progress: JobProgress::of(job), items, exit: Exit::Done };
    let mut watch = Watch::new(args, wanted, cluster, context, seen);
    watch.follow(cluster.watch_job(name), pods).await
}

/// The same of all runs of the chain of a Job, as if they were one: the newest goes on, and those before it stay as they are.
pub(super) async fn run_of_chain(
    args: &StatusArgs,
    wanted: &Wanted,
    cluster: &Cluster,
    context: &Context,
) -> Result<Exit, Failure> {
    let (runs, job, place) = chain::together(args.name.as_str(), cluster).await?;
    wanted.selection.candidates(&job).map_err(Failure::usage)?;
    if wanted.selection.is_nothing() {
        context.term.note(&nothing(args, wanted));
        return Ok(Exit::Done);
    }
    let items = match place.filter(|_| wanted.items()) {
        Some(place) => items(&place, cluster, context).await?,
        None => None,
    };
    let mut seen = Seen { progress: JobProgress::of(job), items, exit: Exit::Done };
    let Some(newest) = runs.newest().map(|run| run.facts.clone()) else { return Ok(Exit::Done) };
    let phases = wanted.pods().unwrap_or(Phases::NotSucceeded);
    let before = runs.runs().filter(|run| run.facts.uid != newest.uid);
    let before = match chain::attempts(&runs, before, wanted.selection.numbers.as_ref(), phases, cluster).await {
        Err(error) if error.is_forbidden() => {
            seen.exit = told(error, context);
            vec![]
        }
        pods => pods?,
    };
    let runs = Rc::new(RefCell::new(runs));
    let (of_job, of_pods) = (runs.clone(), runs.clone());
    let jobs = cluster.watch_job(&newest.name).map(move |change| change.map(|change| joined(&of_job, change)));
    let pods = cluster.watch_pods(&newest).filter_map(move |change| {
        ready(change.map(|change| joined_pods(&of_pods.borrow(), &before, change)).transpose())
    });
    // Why pods are missing the events of the newest run tell, and of its indexes.
    let mut watch = Watch { next_asking: None, runs: Some(runs), ..Watch::new(args, wanted, cluster, context, seen) };
    watch.follow(jobs, pods).await
}

/// What a change of the newest run is for all of them together.
fn joined(runs: &RefCell<Chain>, change: Change) -> Change {
    let Change::Job(job) = change else { return change };
    runs.borrow_mut().observe_newest(*job.clone());
    let joined = runs.borrow().together();
    Change::Job(joined.map_or(job, Box::new))
}

/// What a change of the pods of the newest run is beside the attempts of those before it; None where it is no attempt of its
/// own.
fn joined_pods(runs: &Chain, before: &[PodFacts], change: Change) -> Option<Change> {
    let newest = runs.newest()?;
    let of_one = |pod: Box<PodFacts>| runs.attempts_of(newest, vec![*pod]).pop().map(Box::new);
    match change {
        Change::Pods(pods) => Some(Change::Pods([before.to_vec(), runs.attempts_of(newest, pods)].concat())),
        Change::Pod(pod) => of_one(pod).map(Change::Pod),
        Change::PodGone(pod) => of_one(pod).map(Change::PodGone),
        other => Some(other),
    }
}

/// What is shown, and what was.
struct Watch<'a> {
    args: &'a StatusArgs,
    wanted: &'a Wanted,
    cluster: &'a Cluster,
    context: &'a Context,
    seen: Seen,
    /// When the events are asked for again; None where they cannot be read.
    next_asking: Option<Instant>,
    screen: Screen,
    /// The last block and when it was shown; None before the first.
    shown: Option<(Block, Instant)>,
    /// The runs that are shown as one Job; None where it is one.
    runs: Option<Rc<RefCell<Chain>>>,
}

impl<'a> Watch<'a> {
    fn new(args: &'a StatusArgs, wanted: &'a Wanted, cluster: &'a Cluster, context: &'a Context, seen: Seen) -> Self {
        let (next_asking, screen) = (Some(Instant::now()), context.term.screen());
        Self { args, wanted, cluster, context, seen, next_asking, screen, shown: None, runs: None }
    }

    /// The Job that is watched, which may be one of several runs.
    fn watched(&self) -> Option<JobFacts> {
        match &self.runs {
            Some(runs) => runs.borrow().newest().map(|run| run.facts.clone()),
            None => self.seen.progress.job().cloned(),
        }
    }

    async fn follow(
        &mut self,
        mut job: impl Stream<Item = Result<Change, ClusterError>> + Unpin,
        pods: impl Stream<Item = Result<Change, ClusterError>> + Unpin,
    ) -> Result<Exit, Failure> {
        let mut pods = Either::Left(pods);
        let mut pods_seen = false;
        let mut tick = interval(DRAW);
        let mut asked: Option<LocalBoxFuture<'_, Option<Vec<EventFacts>>>> = None;
        loop {
            tokio::select! {
                change = job.next() => {
                    self.seen.progress.observe(change.transpose()?.unwrap_or(Change::JobGone));
                }
                change = pods.next() => {
                    pods_seen = true;
                    match change {
                        Some(Ok(change)) => self.seen.progress.observe(change),
                        Some(Err(error)) if error.is_forbidden() => {
                            self.seen.exit = told(error, self.context);
                            pods = Either::Right(stream::pending());
                        }
                        Some(Err(error)) => return Err(error.into()),
                        None => pods = Either::Right(stream::pending()),
                    }
                }
                events = done(&mut asked) => {
                    asked = None;
                    self.answered(events);
                }
                _ = tick.tick() => {
                    if pods_seen && asked.is_none() {
                        asked = self.ask();
                    }
                    if pods_seen {
                        self.draw(false).await?;
                    }
                }
            }
            if pods_seen && self.seen.progress.verdict().is_some_and(|verdict| verdict.settled) {
                return self.end().await;
            }
        }
    }

    /// Asks now and then why there are fewer pods than there should be: while the answer is on its way, the Job goes on.
    fn ask(&mut self) -> Option<LocalBoxFuture<'a, Option<Vec<EventFacts>>>> {
        self.next_asking.filter(|next| *next <= Instant::now())?;
        let job = self.seen.with_pods_missing()?.clone();
        let (cluster, context) = (self.cluster, self.context);
        Some(async move { why_pods_are_missing(&job, cluster, &context.term).await }.boxed_local())
    }

    /// Takes in what they say; where they cannot be read, nobody asks again.
    fn answered(&mut self, events: Option<Vec<EventFacts>>) {
        self.next_asking = events.as_ref().map(|_| Instant::now() + BETWEEN_ASKING);
        self.seen.progress.observe_events(&events.unwrap_or_default());
    }

    /// The last block. A Job that was deleted has not been watched to its end.
    async fn end(&mut self) -> Result<Exit, Failure> {
        if self.seen.progress.verdict().is_some_and(is_gone) {
            let own = match (&self.runs, self.watched()) {
                (Some(_), Some(newest)) => JobProgress::of(newest),
                _ => self.seen.progress.clone(),
            };
            match last_words(&own, None, &Semaphore::new(1), self.cluster).await {
                Ok(Some(outcome)) => self.seen.progress.had_ended(outcome),
                Ok(None) => {}
                Err(error) => self.context.term.note(&unreadable(&error)),
            }
        }
        self.draw(true).await?;
        let verdict = self.seen.progress.verdict();
        let Some(verdict) = verdict.filter(|verdict| is_gone(verdict)) else { return Ok(self.seen.exit) };
        let name = self.watched().map_or_else(|| self.args.name.as_str().to_owned(), |job| job.name);
        if let Some(line) = ending::outcome(&shown(&name), verdict, &self.seen.progress) {
            self.context.term.note(&line);
        }
        Ok(self.seen.exit.worse(Exit::NoJob))
    }

    /// Draws the screen, or prints a block where something has changed but the time.
    async fn draw(&mut self, is_last: bool) -> Result<(), Failure> {
        if self.screen.is_drawn_over() {
            let block = self.block(false)?;
            return Ok(self.screen.draw(&block).await?);
        }
        let is_due = self.shown.as_ref().is_none_or(|(_, at)| at.elapsed() >= BETWEEN_BLOCKS);
        if !is_due && !is_last {
            return Ok(());
        }
        let timeless = self.block(true)?;
        if self.shown.as_ref().is_some_and(|(shown, _)| *shown == timeless) {
            return Ok(());
        }
        let Block { body, foot } = self.block(false)?;
        let between = if self.shown.is_some() { "\n" } else { "" };
        self.context.term.page(&format!("{between}{body}{foot}")).await?;
        self.shown = Some((timeless, Instant::now()));
        Ok(())
    }

    /// What there is to show now, or as if no time passed.
    fn block(&self, is_timeless: bool) -> Result<Block, Failure> {
        let chosen = self.wanted.selection.indexes(&self.seen.progress).map_err(Failure::usage)?;
        if chosen.is_empty() {
            return Ok(Block { foot: nothing(self.args, self.wanted) + "\n", ..Block::default() });
        }
        let created = self.seen.progress.job().and_then(|job| job.created).filter(|_| is_timeless);
        let status = self.seen.status_at(&chosen, created.unwrap_or_else(clock::now));
        Ok(block(&status, &Shape::of(self.args, self.wanted, &self.context.term))?)
    }
}

/// Is the Job gone, so that its own conditions say nothing more?
fn is_gone(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Deleted | Outcome::Replaced)
}
