//! What is said when a wait is over.

use std::time::Duration;

use indexedjob_core::digest::{self, Cause};
use indexedjob_core::facts::{self, EventFacts, JobFacts, Outcome, Verdict};
use indexedjob_core::goal::Goal;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::progress::JobProgress;
use indexedjob_core::view::ending;
use indexedjob_core::view::events::{self, WaitResult};
use tokio::time::{Instant, sleep};

use super::super::{made, observe_failures};
use super::one::{End, Seen, Wait, is_gone};
use crate::cli::Form;
use crate::cluster::Kind;
use crate::exit::Exit;
use crate::failure::Failure;

/// For how long the events of a Job that is gone are looked at for its end. The controller writes them later than the
/// status: the sooner the Job is deleted, the more of them are still to come.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same for one that was nearly done, and is deleted by itself when it is.
const LONG_PATIENCE: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

impl Wait<'_> {
    /// Says how it ended.
    pub(super) async fn ended(&self, seen: &mut Seen, end: End) -> Result<Exit, Failure> {
        let end = if end != End::Met && is_gone(&seen.progress) { self.last_words(seen).await } else { end };
        let result = match &end {
            End::Met => WaitResult::Met,
            _ if is_gone(&seen.progress) => WaitResult::Gone,
            _ => WaitResult::Never,
        };
        let why = match end {
            End::Never(why) if result == WaitResult::Never => self.why_never(&seen.progress, why),
            _ => None,
        };
        if let Some(why) = &why {
            self.term.note(&format!("error: condition can no longer be met for jobs/{}: {why}", self.name));
        }
        let causes = self.explain(seen, result).await;
        let line = || events::end(self.origin(), &seen.progress, result, why.as_deref(), &causes);
        self.sink.borrow().event(line)?;
        match result {
            WaitResult::Met => self.met(&seen.progress).await,
            WaitResult::Gone => Ok(Exit::NoJob),
            _ => Ok(Exit::OtherEnd),
        }
    }

    /// kubectl's line, or the object.
    async fn met(&self, progress: &JobProgress) -> Result<Exit, Failure> {
        let name = self.name;
        match self.task.output {
            _ if self.sink.borrow().is_json() => {}
            None => self.term.line(self.task.met, &format!("job.batch/{name} condition met"))?,
            Some(Form::Name) => self.term.out(&format!("job.batch/{name}\n"))?,
            Some(form) => {
                let object = self.cluster.get(Kind::Job, name).await.map_err(Failure::of_job)?;
                let uid = progress.job().map(|job| job.uid.as_str());
                if object["metadata"]["uid"].as_str() != uid {
                    let why =
                        format!("jobs/{name} was deleted before it could be printed; another Job has its name now");
                    return Err(Failure { exit: Exit::NoJob, ..Failure::error(why) });
                }
                self.term.page(&made::printed(&[object], form)).await?;
            }
        }
        Ok(Exit::Done)
    }

    /// Says what became of the Job, if it has failed or is gone, and why indexes of it failed; the causes of that.
    async fn explain(&self, seen: &mut Seen, result: WaitResult) -> Vec<Cause> {
        let verdict = seen.progress.verdict().filter(|verdict| verdict.settled).cloned();
        let told = verdict.as_ref().and_then(|verdict| ending::outcome(self.name, verdict, &seen.progress));
        if let Some(line) = told {
            self.term.note(&line);
        }
        let failed = matches!(verdict, Some(Verdict { outcome: Outcome::Failed { .. }, .. }));
        let indexes_failed = result == WaitResult::Never && !seen.progress.failed_indexes().is_empty();
        if !failed && !indexes_failed {
            return vec![];
        }
        observe_failures(&mut seen.progress, self.cluster, self.term).await;
        let causes = digest::failures(&seen.progress);
        let text = ending::failures(&seen.progress, &causes, &digest::recovered(&seen.progress));
        if !text.is_empty() {
            self.term.note(&text);
        }
        if let Some(index) = ending::first_failed(&seen.progress, &causes) {
            self.term.note(&format!("hint: kubectl indexedjob logs {} --index {index}{}", self.name, self.given));
        }
        causes
    }

    /// Why it can no longer be so; None where the Job has failed and nothing else was asked than its end.
    fn why_never(&self, progress: &JobProgress, why: Option<String>) -> Option<String> {
        let outcome = progress.verdict().filter(|verdict| verdict.settled).map(|verdict| &verdict.outcome);
        why.or_else(|| match outcome {
            Some(Outcome::Failed { .. }) if self.task.goal == Goal::Complete => None,
            Some(Outcome::Failed { .. }) => Some("the Job has failed".to_owned()),
            Some(Outcome::Complete) => Some("the Job is complete".to_owned()),
            _ => None,
        })
    }

    /// The end of a Job that is gone, from the events that survive it: one that is deleted as soon as it has finished
    /// (ttlSecondsAfterFinished 0) is often gone before a watch tells of its end.
    async fn last_words(&self, seen: &mut Seen) -> End {
        let Some(job) = seen.progress.job().cloned() else { return End::Never(None) };
        let patience = if is_nearly_done(&seen.progress, &job) { LONG_PATIENCE } else { PATIENCE };
        let until = Instant::now() + patience;
        while Instant::now() < until {
            let events = match self.cluster.events(&job.name, &job.uid).await {
                Ok(events) => events,
                Err(error) => {
                    self.term.note(&format!("whether it had ended its events do not tell: {error}"));
                    break;
                }
            };
            let events: Vec<EventFacts> = events.into_iter().filter_map(|e| serde_json::from_value(e).ok()).collect();
            if let Some(outcome) = facts::outcome(&events) {
                seen.progress = JobProgress::of(ended_as(job, outcome));
                return self.judge(seen).unwrap_or(End::Never(None));
            }
            sleep(BETWEEN_LOOKS).await;
        }
        End::Never(None)
    }
}

/// Would the Job have gone by itself once all that was running had ended?
fn is_nearly_done(progress: &JobProgress, job: &JobFacts) -> bool {
    job.ttl.is_some() && !job.suspended && progress.tally().is_none_or(|tally| tally.pending == 0)
}

/// The Job as it must have been at its end.
fn ended_as(job: JobFacts, outcome: Outcome) -> JobFacts {
    let succeeded = match outcome {
        Outcome::Complete => IndexSet::all(job.completions),
        _ => job.succeeded,
    };
    JobFacts { succeeded, deleting: false, verdict: Some(Verdict { outcome, settled: true }), ..job }
}
