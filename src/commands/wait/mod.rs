//! `wait NAME...`: follows Jobs, all of them at once, until what is waited for is so, or never will be.
//!
//! - `one`: the wait for one Job, from what is told of it to its end
//! - `ending`: what is said at the end, and the last words of a Job that is gone
//! - `trouble`: why nothing moves, looked up when nothing does
//! - `fan`: one watch for the Jobs of a selector

mod ending;
mod fan;
mod one;
mod trouble;

use std::cell::RefCell;
use std::collections::BTreeSet;

use futures::future::{Either, join_all, select};
use indexedjob_core::goal::Goal;
use indexedjob_core::human::Timeout;
use indexedjob_core::progress::JobProgress;
use indexedjob_core::select::Selection;
use indexedjob_core::view::events::{self, Ended, Origin, WaitResult};
use tokio::time::{Instant, timeout_at};

use super::{Context, input, target};
use crate::cli::{Form, JobName, ProgressArg, WaitArgs};
use crate::clock;
use crate::cluster::{Cluster, ClusterError};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::{Line, Progress, Wish};

use one::Wait;
use trouble::Common;

/// What is waited for, for how long, and how it is told.
pub(super) struct Task {
    pub(super) goal: Goal,
    /// Of which indexes.
    pub(super) selection: Selection,
    pub(super) timeout: Timeout,
    /// Where the line goes that it is so.
    pub(super) met: Line,
    /// What to print in its place.
    pub(super) output: Option<Form>,
}

impl Task {
    /// That the whole Job is complete.
    pub(super) fn complete(timeout: Timeout, met: Line) -> Self {
        Self { goal: Goal::Complete, selection: Selection::default(), timeout, met, output: None }
    }
}

/// Waits for all of them; the worst end speaks for all.
pub(crate) async fn run(args: WaitArgs, context: &Context) -> Result<Exit, Failure> {
    args.check()?;
    let selection = input::selection(&args.selection).await?;
    let sink = RefCell::new(context.term.progress(args.progress.into(), args.progress_interval));
    let (goal, timeout, output) = (args.goal, args.timeout, args.output);
    let task = Task { goal, selection, timeout, met: Line::Data, output };
    if task.selection.is_nothing() {
        context.term.note("no index is selected");
        return nothing(&args.names, &sink);
    }
    let cluster = context.cluster().await?;
    let given = context.connection.given();
    let (common, until) = (Common::new(), until(timeout));
    let all = All { task: &task, sink: &sink, cluster: &cluster, context, given: &given, until, common };
    match args.selector() {
        None => Ok(all.named(&target::read(args.names.clone(), &cluster, context).await?).await),
        Some(selector) => all.selected(selector).await,
    }
}

/// An empty set is waited for: no Job is looked at, and each that was named has its last JSON line.
fn nothing(names: &[JobName], sink: &RefCell<Progress>) -> Result<Exit, Failure> {
    let ended = Ended { result: WaitResult::Nothing, exit_code: Exit::Done.code(), why: None, causes: &[] };
    for job in different(names) {
        let origin = Origin { job, time: clock::now() };
        sink.borrow().event(|| events::end(origin, &JobProgress::default(), None, ended))?;
    }
    Ok(Exit::Done)
}

/// Each name once, in their order.
fn different(names: &[JobName]) -> Vec<&str> {
    let mut different: Vec<&str> = Vec::new();
    for name in names.iter().map(JobName::as_str) {
        if !different.contains(&name) {
            different.push(name);
        }
    }
    different
}

/// Waits for the Job `name`, as `task` says, and shows how it gets on.
pub(super) async fn follow(
    name: &JobName,
    task: &Task,
    sink: &RefCell<Progress>,
    cluster: &Cluster,
    context: &Context,
) -> Exit {
    let given = context.connection.given();
    let (common, until) = (Common::new(), until(task.timeout));
    let all = All { task, sink, cluster, context, given: &given, until, common };
    all.named(std::slice::from_ref(name)).await
}

/// When the time is up; None for never. An end beyond all clocks is none.
fn until(timeout: Timeout) -> Option<Instant> {
    match timeout {
        Timeout::Once => Some(Instant::now()),
        Timeout::After(span) => Instant::now().checked_add(span),
        Timeout::Never => None,
    }
}

/// All Jobs that are waited for.
struct All<'a> {
    task: &'a Task,
    sink: &'a RefCell<Progress>,
    cluster: &'a Cluster,
    context: &'a Context,
    /// The flags to repeat in hints.
    given: &'a str,
    until: Option<Instant>,
    common: Common,
}

impl All<'_> {
    fn one<'n>(&'n self, name: &'n str) -> Wait<'n> {
        let Self { task, sink, cluster, given, until, .. } = *self;
        Wait { name, task, sink, cluster, term: &self.context.term, common: &self.common, given, until }
    }

    /// The Jobs of these names, each by a watch of its own.
    async fn named(&self, names: &[JobName]) -> Exit {
        let waits = different(names).into_iter().map(|name| async {
            match self.task.timeout {
                Timeout::Once => self.one(name).look().await,
                _ => self.one(name).run(self.cluster.watch_job(name)).await,
            }
        });
        worst(join_all(waits).await)
    }

    /// The Jobs that the label selector picks now, all by a single watch.
    async fn selected(&self, selector: &str) -> Result<Exit, Failure> {
        if self.task.timeout == Timeout::Once {
            let jobs = some(self.cluster.jobs(selector).await?)?;
            let looks = jobs.into_iter().map(|job| async {
                let name = job.name.clone();
                self.one(&name).look_at(job).await
            });
            return Ok(worst(join_all(looks).await));
        }
        let mut fan = fan::Fan::new(self.cluster, selector);
        let jobs = match self.until {
            Some(until) => timeout_at(until, fan.jobs()).await.map_err(|_| nothing_in_time())?,
            None => fan.jobs().await,
        };
        let jobs = some(jobs?)?;
        let open: RefCell<BTreeSet<String>> = RefCell::new(jobs.iter().map(|(name, _)| name.clone()).collect());
        let waits = jobs.into_iter().map(|(name, changes)| async {
            let name = name;
            let exit = self.one(&name).run(changes).await;
            open.borrow_mut().remove(&name);
            exit
        });
        let (waits, watch) = (std::pin::pin!(join_all(waits)), std::pin::pin!(fan.run()));
        match select(waits, watch).await {
            Either::Left((exits, _)) => Ok(worst(exits)),
            Either::Right((error, _)) => Err(self.broken_off(&open.borrow(), error)?),
        }
    }

    /// The one watch has ended in an error: the wait for all these Jobs is over.
    fn broken_off(&self, open: &BTreeSet<String>, error: ClusterError) -> Result<Failure, Failure> {
        let why = error.to_string();
        let why = why.strip_prefix("error: ").unwrap_or(&why);
        let ended = Ended { result: WaitResult::Error, exit_code: Exit::Error.code(), why: Some(why), causes: &[] };
        for job in open {
            let origin = Origin { job, time: clock::now() };
            self.sink.borrow().event(|| events::end(origin, &JobProgress::default(), None, ended))?;
        }
        Ok(error.into())
    }
}

impl From<ProgressArg> for Wish {
    fn from(progress: ProgressArg) -> Self {
        match progress {
            ProgressArg::Auto => Self::Auto,
            ProgressArg::Plain => Self::Plain,
            ProgressArg::Json => Self::Json,
            ProgressArg::None => Self::None,
        }
    }
}

fn worst(exits: impl IntoIterator<Item = Exit>) -> Exit {
    exits.into_iter().fold(Exit::Done, Exit::worse)
}

/// The Jobs, if there are any; kubectl's words where there are none.
fn some<T>(jobs: Vec<T>) -> Result<Vec<T>, Failure> {
    match jobs.is_empty() {
        true => Err(Failure { exit: Exit::NoJob, ..Failure::error("no matching resources found") }),
        false => Ok(jobs),
    }
}

fn nothing_in_time() -> Failure {
    Failure { exit: Exit::TimedOut, ..Failure::error("timed out waiting for the list of Jobs") }
}
