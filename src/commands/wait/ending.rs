//! What is said when a wait is over: on stderr, and as the last JSON line.

use std::time::Duration;

use indexedjob_core::digest::{self, Cause};
use indexedjob_core::facts::{Outcome, Verdict};
use indexedjob_core::goal::Goal;
use indexedjob_core::human::Timeout;
use indexedjob_core::progress::JobProgress;
use indexedjob_core::view::events::{self, Ended, WaitResult};
use indexedjob_core::view::{ending, line};
use tokio::time::{Instant, timeout_at};

use super::super::last_words::{last_words, unreadable};
use super::super::{chain, made, observe_failures};
use super::one::{End, Seen, Wait, is_gone};
use crate::cli::Form;
use crate::cluster::Kind;
use crate::exit::Exit;
use crate::failure::Failure;

/// When the time is up, what is read to tell the end may take so long.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// How a wait ended, and what is to be said of it.
struct Conclusion {
    result: WaitResult,
    /// Why it can no longer be so, or what went wrong.
    why: Option<String>,
    causes: Vec<Cause>,
    exit: Exit,
}

impl Conclusion {
    fn new(result: WaitResult, exit: Exit) -> Self {
        Self { result, why: None, causes: vec![], exit }
    }
}

impl Wait<'_> {
    /// Tells how the wait ended; as JSON, whatever the end.
    pub(super) async fn conclude(&self, mut seen: Seen, judged: Result<Option<End>, Failure>) -> Exit {
        let conclusion = match judged {
            Ok(Some(End::NothingSelected)) => {
                self.term.note(&format!("no index of job.batch/{} is selected", self.name));
                Conclusion::new(WaitResult::Nothing, Exit::Done)
            }
            Ok(Some(end)) => self.ended(&mut seen, end).await,
            Ok(None) => self.timed_out(&seen),
            Err(failure) => self.failed(&failure),
        };
        let Conclusion { result, why, causes, exit } = &conclusion;
        let ended = Ended { result: *result, exit_code: exit.code(), why: why.as_deref(), causes };
        let line = || events::end(self.origin(), &seen.progress, seen.only.as_ref(), ended);
        let written = self.sink.borrow().event(line).map_err(Failure::from);
        if let (WaitResult::Never, Some(job)) = (result, seen.progress.job()) {
            let telling = chain::tell_if_retried(job, self.cluster, self.term);
            let _ = self.in_time(self.common.in_turn(Box::pin(telling))).await;
        }
        let done = match (written, result) {
            (Ok(()), WaitResult::Met) => self.met(&seen.progress).await,
            (written, _) => written.map(|()| *exit),
        };
        done.unwrap_or_else(|failure| failure.tell(self.term))
    }

    /// Says what became of it.
    async fn ended(&self, seen: &mut Seen, end: End) -> Conclusion {
        let end = if end != End::Met && is_gone(&seen.progress) { self.last_judgement(seen).await } else { end };
        let mut conclusion = match &end {
            End::Met => Conclusion::new(WaitResult::Met, Exit::Done),
            _ if is_gone(&seen.progress) => Conclusion::new(WaitResult::Gone, Exit::NoJob),
            _ => Conclusion::new(WaitResult::Never, Exit::OtherEnd),
        };
        conclusion.why = match end {
            End::Never(why) if conclusion.result == WaitResult::Never => self.why_never(&seen.progress, why),
            _ => None,
        };
        let why = conclusion.why.iter();
        let mut lines: Vec<String> =
            why.map(|why| format!("error: condition can no longer be met for jobs/{}: {why}", self.name)).collect();
        conclusion.causes = self.explain(seen, conclusion.result, &mut lines).await;
        if !lines.is_empty() {
            // In one piece: other Jobs end at the same time.
            self.term.note(&lines.join("\n"));
        }
        conclusion
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

    /// What became of the Job, if it has failed or is gone, and why indexes of it failed that are meant; the causes of
    /// that. What was waited for and is so must not read like a failure, unless a failure was waited for.
    async fn explain(&self, seen: &mut Seen, result: WaitResult, lines: &mut Vec<String>) -> Vec<Cause> {
        let end = seen.progress.verdict().filter(|verdict| verdict.settled).map(|verdict| &verdict.outcome);
        if result == WaitResult::Met && seen.only.is_none() && end == Some(&Outcome::Complete) {
            self.tell_skipped(&seen.progress, lines).await;
        }
        let is_of_failure = matches!(self.task.goal, Goal::Failed | Goal::Finished | Goal::FailedIndexes(_));
        if result == WaitResult::Met && !is_of_failure {
            return vec![];
        }
        let verdict = seen.progress.verdict().filter(|verdict| verdict.settled).cloned();
        lines.extend(verdict.as_ref().and_then(|verdict| ending::outcome(self.name, verdict, &seen.progress)));
        let failed = matches!(verdict, Some(Verdict { outcome: Outcome::Failed { .. }, .. }));
        let only = seen.only.as_ref();
        let indexes_failed = result == WaitResult::Never && !seen.progress.failed_of(only).is_empty();
        if !failed && !indexes_failed {
            return vec![];
        }
        let reading = observe_failures(&mut seen.progress, self.cluster, self.term);
        if self.in_time(self.common.in_turn(Box::pin(reading))).await.is_none() {
            self.term.note("why pods failed could not be read in time");
        }
        let causes = digest::failures(&seen.progress, only);
        let recovered = digest::recovered(&seen.progress, only);
        let text = ending::failures(&seen.progress, only, &causes, &recovered);
        lines.extend(text.lines().map(str::to_owned));
        lines.extend(ending::unfinished(&seen.progress, only, &causes));
        lines.extend(ending::skipped(&seen.progress, only));
        let next = ending::next(self.name, &seen.progress, &causes, self.given);
        lines.extend(next.map(|next| format!("hint: {next}")));
        causes
    }

    /// Tasks that a retry left out: they are not done, although the Job is complete.
    async fn tell_skipped(&self, progress: &JobProgress, lines: &mut Vec<String>) {
        let Some((job, line)) = progress.job().zip(ending::skipped(progress, None)) else { return };
        lines.push(line);
        let reading = chain::after_skipping(job, self.cluster);
        let later = self.in_time(self.common.in_turn(Box::pin(reading))).await.flatten();
        let is_done = later.as_ref().is_some_and(|(_, is_done)| *is_done);
        lines.extend(later.map(|(text, _)| text));
        if !is_done {
            lines.push(format!("hint: kubectl indexedjob retry {}{}", self.name, self.given));
        }
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

    /// What has become of it in a Job that is gone, as far as its events tell.
    async fn last_judgement(&self, seen: &mut Seen) -> End {
        match self.in_time(last_words(&seen.progress, self.until, &self.common.looks, self.cluster)).await {
            Some(Ok(Some(outcome))) => {
                seen.progress.had_ended(outcome);
                self.judge(seen).unwrap_or(End::Never(None))
            }
            Some(Err(error)) => {
                self.term.note(&unreadable(&error));
                End::Never(None)
            }
            Some(Ok(None)) | None => End::Never(None),
        }
    }

    /// What comes of `reading` before the time is up, or shortly after; else None.
    async fn in_time<T>(&self, reading: impl Future<Output = T>) -> Option<T> {
        match self.until {
            Some(until) => timeout_at(until.max(Instant::now() + LAST_LOOK), reading).await.ok(),
            None => Some(reading.await),
        }
    }

    fn timed_out(&self, seen: &Seen) -> Conclusion {
        let name = self.name;
        let what = match self.task.timeout {
            Timeout::Once => "condition not met for",
            _ => "timed out waiting for the condition on",
        };
        let line = line::progress(&seen.progress, seen.only.as_ref()).map(|line| format!(": {line}"));
        self.term.note(&format!("error: {what} jobs/{name}{}", line.unwrap_or_default()));
        Conclusion::new(WaitResult::TimedOut, Exit::TimedOut)
    }

    fn failed(&self, failure: &Failure) -> Conclusion {
        let exit = failure.tell(self.term);
        let result = if exit == Exit::NoJob { WaitResult::Missing } else { WaitResult::Error };
        let why = failure.message.as_deref().map(|message| message.strip_prefix("error: ").unwrap_or(message));
        Conclusion { why: why.map(str::to_owned), ..Conclusion::new(result, exit) }
    }
}
