//! `cancel NAME...`: ends Jobs as failed. `cancel NAME --index SET`: gives up some indexes, and the others go on.

use std::cell::Cell;

use futures::StreamExt as _;
use indexedjob_core::facts::{Outcome, Verdict};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::lifecycle::{self, Fate, Refusal, Target};
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::text::quoted;
use indexedjob_core::view::lifecycle::{self as view, NotCancelled};
use indexedjob_core::view::{ending, indexes};
use tokio::time::timeout;

use super::{Context, input, observe_attempts, target};
use crate::cli::CancelArgs;
use crate::cluster::Cluster;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch::{self, GiveUp, GivenUp, Mode};

/// Cancels whole Jobs one after the other, or indexes of one.
pub(crate) async fn run(args: CancelArgs, context: &Context) -> Result<Exit, Failure> {
    let selects = args.selection.is_given();
    if selects && args.targets.names.len() != 1 {
        let wrong = Failure::usage("indexes are those of one Job: with a selection give one NAME");
        return Err(wrong.hint("kubectl indexedjob cancel NAME --index 3,5-9"));
    }
    let cluster = context.cluster().await?;
    let names = target::names(&args.targets, target::is_open, &cluster, context).await?;
    let cancel = Cancel { args: &args, cluster: &cluster, context, given: context.connection.given() };
    Ok(target::each(&names, context, async |name: &str| match selects {
        true => cancel.some(name).await,
        false => cancel.whole(name).await,
    })
    .await)
}

struct Cancel<'a> {
    args: &'a CancelArgs,
    cluster: &'a Cluster,
    context: &'a Context,
    /// The flags to repeat in hints.
    given: String,
}

impl Cancel<'_> {
    fn mode(&self) -> Mode {
        self.args.how.into()
    }

    /// Ends the Job as failed.
    async fn whole(&self, name: &str) -> Result<Exit, Failure> {
        let (mode, term) = (self.mode(), &self.context.term);
        let complete = Cell::new(false);
        let decide = |target: &Target| lifecycle::cancel(target).inspect_err(|why| complete.set(is_complete(why)));
        let cancelled = launch::change(name, self.cluster, mode, &self.given, decide).await;
        let cancelled = cancelled.map_err(|failure| too_late(failure, complete.get()))?;
        if mode == Mode::Real {
            let verdict = self.verdict(name, &cancelled.before.job.uid).await?;
            if let Outcome::Complete | Outcome::Deleted | Outcome::Replaced = verdict.outcome {
                term.note(&format!("{}, and was not cancelled", view::has_ended(name, &verdict.outcome)));
                return Ok(if verdict.outcome == Outcome::Complete { Exit::OtherEnd } else { Exit::NoJob });
            }
        }
        term.out(&cancelled.line("cancelled", mode))?;
        if mode == Mode::Real {
            term.note(&view::cancelled(&cancelled.before.job));
        }
        Ok(Exit::Done)
    }

    /// The end of the Job, or the fate that is decided.
    async fn verdict(&self, name: &str, uid: &str) -> Result<Verdict, Failure> {
        let late = || Failure {
            exit: Exit::TimedOut,
            ..Failure::error(format_args!("job {name} has got a deadline that has passed, but has not failed yet"))
                .hint(format!("kubectl indexedjob wait {}{}", quoted(name), self.given))
        };
        let fate = async {
            let mut progress = JobProgress::default();
            let mut changes = std::pin::pin!(self.cluster.watch_job(name));
            while let Some(change) = changes.next().await {
                match change? {
                    Change::Job(job) if job.uid != uid => return Err(launch::replaced(name)),
                    change => progress.observe(change),
                }
                if let Some(verdict) = progress.verdict() {
                    return Ok(verdict.clone());
                }
            }
            Err(late())
        };
        match self.args.timeout.limit() {
            Some(span) => timeout(span, fate).await.unwrap_or_else(|_| Err(late())),
            None => fate.await,
        }
    }

    /// Gives up the indexes that are selected.
    async fn some(&self, name: &str) -> Result<Exit, Failure> {
        let selection = input::selection(&self.args.selection).await?;
        let refused = |why| too_late(launch::refused(&why, name, &self.given), is_complete(&why));
        let target = launch::look(name, self.cluster).await?;
        lifecycle::limits(&target, &IndexSet::new()).map_err(refused)?;
        let candidates = selection.candidates(&target.job).map_err(Failure::usage)?;
        let mut progress = JobProgress::of(target.job.clone());
        observe_attempts(&mut progress, self.cluster, Some(candidates)).await?;
        let wanted = selection.indexes(&progress).map_err(Failure::usage)?;
        if wanted.is_empty() {
            self.context.term.note(&format!("no index of job {name} is selected"));
            return Ok(Exit::Done);
        }
        let of = |fate| wanted.iter().filter(|index| lifecycle::fate(&progress, Index(*index)) == fate).collect();
        let (open, failed): (IndexSet, IndexSet) = (of(Fate::Open), of(Fate::Failed));
        let (succeeded, not_started): (IndexSet, IndexSet) = (of(Fate::Succeeded), of(Fate::NotStarted));
        let skipped: IndexSet = of(Fate::Skipped);
        lifecycle::limits(&target, &open).map_err(refused)?;
        self.note(&progress, &succeeded, NotCancelled::Succeeded);
        self.note(&progress, &skipped, NotCancelled::Skipped);
        self.note(&progress, &not_started, NotCancelled::NotStarted);
        self.print(&progress, &failed, " (no change)")?;
        let exit = if not_started.is_empty() { Exit::Done } else { Exit::OtherEnd };
        Ok(exit.worse(self.give_up(&mut progress, &open).await?))
    }

    /// Gives up indexes that have pods, and says what became of them.
    async fn give_up(&self, progress: &mut JobProgress, open: &IndexSet) -> Result<Exit, Failure> {
        if open.is_empty() {
            return Ok(Exit::Done);
        }
        let give_up = GiveUp { cluster: self.cluster, timeout: self.args.timeout };
        let given = match self.mode() {
            Mode::Client => GivenUp { failed: open.clone(), ..GivenUp::default() },
            Mode::Server => {
                give_up.rehearse(progress, open).await?;
                GivenUp { failed: open.clone(), ..GivenUp::default() }
            }
            Mode::Real => {
                let interrupted = "interrupted; indexes that are marked stay cancelled";
                self.context.on_interrupt(interrupted.to_owned());
                give_up.run(progress, open).await?
            }
        };
        self.print(progress, &given.failed, self.mode().suffix())?;
        self.note(progress, &given.succeeded, NotCancelled::EndedWell);
        self.note(progress, &given.started_again, NotCancelled::StartedAgain);
        self.note(progress, &given.open, NotCancelled::Open);
        Ok(self.conclude(progress, &given))
    }

    /// What it means for the Job.
    fn conclude(&self, progress: &JobProgress, given: &GivenUp) -> Exit {
        let (term, name) = (&self.context.term, progress.job().map_or("", |job| job.name.as_str()));
        match progress.verdict() {
            Some(verdict) => {
                if let Some(line) = ending::outcome(name, verdict, progress) {
                    term.note(&line);
                }
            }
            None if !given.failed.is_empty() => {
                term.note(&format!("the others go on; job {name} will end as failed, since it has failed indexes"));
            }
            None => {}
        }
        if !given.open.is_empty() && progress.verdict().is_none() {
            term.note(&format!("hint: kubectl indexedjob describe {}{}", quoted(name), self.given));
            return Exit::TimedOut;
        }
        let all = given.open.is_empty() && given.succeeded.is_empty() && given.started_again.is_empty();
        if all { Exit::Done } else { Exit::OtherEnd }
    }

    /// kubectl's line for `cancelled` indexes, if there are any.
    fn print(&self, progress: &JobProgress, cancelled: &IndexSet, suffix: &str) -> Result<(), Failure> {
        let Some(job) = progress.job().filter(|_| !cancelled.is_empty()) else { return Ok(()) };
        let numbers = indexes(&job.numbering.numbers(cancelled));
        Ok(self.context.term.out(&format!("job.batch/{} {numbers} cancelled{suffix}\n", job.name))?)
    }

    fn note(&self, progress: &JobProgress, not_cancelled: &IndexSet, why: NotCancelled) {
        if !not_cancelled.is_empty() {
            self.context.term.note(&view::not_cancelled(&progress.numbering().numbers(not_cancelled), why));
        }
    }
}

/// Has the Job come to the other end meanwhile?
fn is_complete(why: &Refusal) -> bool {
    matches!(why, Refusal::Finished(Outcome::Complete))
}

/// The same failure; that a Job is complete is no fault of the tool or the server.
fn too_late(failure: Failure, is_complete: bool) -> Failure {
    Failure { exit: if is_complete { Exit::OtherEnd } else { failure.exit }, ..failure }
}
