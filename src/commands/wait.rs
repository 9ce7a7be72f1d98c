//! `wait NAME...`: follows Jobs, all of them at once, until each is complete, has failed or is gone.

use std::cell::RefCell;
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use indexedjob_core::facts::{self, EventFacts, Outcome, Verdict};
use indexedjob_core::human::Timeout;
use indexedjob_core::numbering::Number;
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::view::{ending, line};
use tokio::time::{Instant, interval, sleep, timeout_at};

use super::{Context, observe_failures};
use crate::cli::{JobName, ProgressArg, WaitArgs};
use crate::clock;
use crate::cluster::Cluster;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::{Line, Progress, Term, Wish};

/// The width of the bar.
const CELLS: u32 = 24;

/// How often, and how far apart, the events of a Job that is gone are looked at for its end.
const LOOKS_FOR_EVENTS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Waits for all of them; the worst end speaks for all.
pub(crate) async fn run(args: WaitArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let wish = match args.progress {
        ProgressArg::Auto => Wish::Auto,
        ProgressArg::Plain => Wish::Plain,
        ProgressArg::None => Wish::None,
    };
    let sink = RefCell::new(context.term.progress(wish, args.progress_interval));
    Ok(follow(&args.names, args.timeout, &sink, Line::Data, &cluster, context).await)
}

/// Waits for the Jobs `names`, all at once, and shows how they get on; the worst end speaks for all. That one is complete
/// is told by a line that goes to `met`.
pub(super) async fn follow(
    names: &[JobName],
    timeout: Timeout,
    sink: &RefCell<Progress>,
    met: Line,
    cluster: &Cluster,
    context: &Context,
) -> Exit {
    let given = context.connection.given();
    let mut different: Vec<&JobName> = Vec::new();
    for name in names {
        if !different.contains(&name) {
            different.push(name);
        }
    }
    let waits = different.into_iter().map(|name| async {
        let wait = Wait { name, cluster, term: &context.term, sink, met, given: &given };
        wait.run(timeout).await.unwrap_or_else(|failure| failure.tell(&context.term))
    });
    join_all(waits).await.into_iter().fold(Exit::Done, Exit::worse)
}

/// The wait for one Job.
struct Wait<'a> {
    name: &'a JobName,
    cluster: &'a Cluster,
    term: &'a Term,
    sink: &'a RefCell<Progress>,
    /// Where the line goes that it is complete.
    met: Line,
    /// The flags to repeat in hints.
    given: &'a str,
}

impl Wait<'_> {
    async fn run(&self, timeout: Timeout) -> Result<Exit, Failure> {
        let mut progress = JobProgress::default();
        let verdict = self.verdict_within(timeout, &mut progress).await;
        self.sink.borrow_mut().done(self.name.as_str());
        match verdict? {
            Some(verdict) => self.ended(&mut progress, verdict).await,
            None => Err(self.timed_out(&progress, timeout)),
        }
    }

    /// The end of the Job; None where it does not come in time.
    async fn verdict_within(&self, timeout: Timeout, progress: &mut JobProgress) -> Result<Option<Verdict>, Failure> {
        let end = match timeout {
            Timeout::Once => {
                let job = self.cluster.job(self.name.as_str()).await.map_err(Failure::of_job)?;
                progress.observe(Change::Job(Box::new(job)));
                return Ok(progress.verdict().filter(|verdict| verdict.settled).cloned());
            }
            Timeout::Never => None,
            // An end beyond all clocks is none.
            Timeout::After(span) => Instant::now().checked_add(span),
        };
        match end {
            Some(end) => timeout_at(end, self.verdict(progress)).await.ok().transpose(),
            None => self.verdict(progress).await.map(Some),
        }
    }

    /// Follows the Job to its end.
    async fn verdict(&self, progress: &mut JobProgress) -> Result<Verdict, Failure> {
        let mut changes = std::pin::pin!(self.cluster.watch_job(self.name.as_str()));
        let mut tick = interval(Duration::from_secs(1));
        let mut fate_told = false;
        loop {
            tokio::select! {
                change = changes.next() => {
                    let change = change.transpose()?.unwrap_or(Change::JobGone);
                    if progress.job().is_none() && matches!(change, Change::JobGone) {
                        // Asked again, the server says in its own words what is missing.
                        match self.cluster.job(self.name.as_str()).await {
                            Ok(job) => progress.observe(Change::Job(Box::new(job))),
                            Err(error) => return Err(Failure::of_job(error)),
                        }
                        continue;
                    }
                    progress.observe(change);
                }
                _ = tick.tick() => {}
            }
            match progress.verdict().cloned() {
                Some(verdict) if verdict.settled => return Ok(verdict),
                Some(fate) if !fate_told => {
                    fate_told = true;
                    self.tell(progress, &fate);
                }
                _ => {}
            }
            self.show(progress);
        }
    }

    fn show(&self, progress: &JobProgress) {
        let bar = || {
            let bar = line::bar(progress, CELLS, clock::now()).unwrap_or_default();
            format!("{}: {bar}", self.name.as_str())
        };
        let line = || line::progress(progress).unwrap_or_default();
        // A Job that is not Indexed has no indexes to tell of.
        if progress.tally().is_some() {
            self.sink.borrow_mut().show(self.name.as_str(), bar, line);
        }
    }

    /// Says what has become of the Job, or is about to; of success kubectl's line tells.
    fn tell(&self, progress: &JobProgress, verdict: &Verdict) {
        if let Some(line) = ending::outcome(self.name.as_str(), verdict, progress) {
            self.term.note(&line);
        }
    }

    /// Says why indexes failed, and returns the first one to look at.
    async fn explain(&self, progress: &mut JobProgress) -> Option<Number> {
        observe_failures(progress, self.cluster, self.term).await;
        let causes = indexedjob_core::digest::failures(progress);
        let text = ending::failures(progress, &causes);
        if !text.is_empty() {
            self.term.note(&text);
        }
        ending::first_failed(progress, &causes)
    }

    async fn ended(&self, progress: &mut JobProgress, verdict: Verdict) -> Result<Exit, Failure> {
        let verdict = match verdict.outcome {
            Outcome::Deleted | Outcome::Replaced => self.last_words(progress).await.unwrap_or(verdict),
            _ => verdict,
        };
        let name = self.name.as_str();
        self.tell(progress, &verdict);
        match &verdict.outcome {
            Outcome::Complete => {
                self.term.line(self.met, &format!("job.batch/{name} condition met"))?;
                Ok(Exit::Done)
            }
            Outcome::Failed { .. } => {
                if let Some(index) = self.explain(progress).await {
                    self.term.note(&format!("hint: kubectl indexedjob logs {name} --index {index}{}", self.given));
                }
                Ok(Exit::OtherEnd)
            }
            Outcome::Deleted | Outcome::Replaced => Ok(Exit::NoJob),
        }
    }

    /// The verdict of a Job that is gone, from the events that survive it: one that is deleted as soon as it has
    /// finished (ttlSecondsAfterFinished 0) is often gone before a watch tells of its end.
    async fn last_words(&self, progress: &JobProgress) -> Option<Verdict> {
        let job = progress.job()?;
        for _ in 0..LOOKS_FOR_EVENTS {
            let events = self.cluster.events(&job.name, &job.uid).await.ok()?;
            let read = |event| serde_json::from_value(event).ok();
            let events: Vec<EventFacts> = events.into_iter().filter_map(read).collect();
            if let Some(outcome) = facts::outcome(&events) {
                return Some(Verdict { outcome, settled: true });
            }
            // The controller writes its events a little later than the status.
            sleep(BETWEEN_LOOKS).await;
        }
        None
    }

    fn timed_out(&self, progress: &JobProgress, timeout: Timeout) -> Failure {
        let name = self.name.as_str();
        let message = match (timeout, line::progress(progress)) {
            (Timeout::Once, Some(line)) => format!("error: condition not met for jobs/{name}: {line}"),
            (_, Some(line)) => format!("error: timed out waiting for the condition on jobs/{name}: {line}"),
            (_, None) => format!("error: timed out waiting for the condition on jobs/{name}"),
        };
        Failure { exit: Exit::TimedOut, message: Some(message), hint: None }
    }
}
