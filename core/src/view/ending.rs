//! How a Job ended, and why: what `wait` says on stderr.

use std::fmt::Write as _;

use super::line::because;
use super::{count, indexes};
use crate::digest::Cause;
use crate::facts::{Outcome, Verdict};
use crate::index_set::IndexSet;
use crate::numbering::{Index, Number, Numbering};
use crate::progress::{IndexState, JobProgress};

/// How many causes are shown before the rest is counted.
const CAUSES: usize = 5;

/// Why a Job failed that `cancel` has ended.
pub const CANCELLED: &str = "cancelled by kubectl indexedjob";

/// One line that names the outcome, and while the end is still to come the indexes that bring it about; None for
/// success, of which kubectl's own line on stdout tells.
#[must_use]
pub fn outcome(name: &str, verdict: &Verdict, progress: &JobProgress) -> Option<String> {
    let (verb, reason, message) = match (&verdict.outcome, verdict.settled) {
        (Outcome::Complete, _) => return None,
        (Outcome::Deleted, _) => return Some(format!("job.batch/{name} was deleted")),
        (Outcome::Replaced, _) => {
            return Some(format!("job.batch/{name} was deleted, and another Job has its name now"));
        }
        (Outcome::Failed { reason, message }, true) => ("failed", reason, message),
        (Outcome::Failed { reason, message }, false) => ("is failing", reason, message),
    };
    let why = match progress.job().is_some_and(|job| job.was_cancelled(&verdict.outcome)) {
        // The message would tell of a time limit.
        true => format!(": {CANCELLED} ({})", reason.shown()),
        false => because(&[reason, message]),
    };
    let failed = progress.failed_indexes();
    let so_far = match verdict.settled || failed.is_empty() {
        true => String::new(),
        false => format!(" (failed so far: {})", indexes(&progress.numbering().numbers(&failed))),
    };
    Some(format!("job.batch/{name} {verb}{why}{so_far}"))
}

/// The failed indexes and the causes, a line each, every line with its newline; empty where nothing failed. Of `only`
/// some indexes where they are all that is asked about.
///
/// `causes` are those of indexes that have not succeeded, `recovered` those of indexes that have succeeded since.
#[must_use]
pub fn failures(progress: &JobProgress, only: Option<&IndexSet>, causes: &[Cause], recovered: &[Cause]) -> String {
    let mut text = String::new();
    let numbering = progress.numbering();
    let failed = failed(progress, only, causes);
    if !failed.is_empty() {
        // None failed for good, and what has a failed attempt may run again.
        let is_open = progress.verdict().is_none() && progress.failed_of(only).is_empty();
        let what = if is_open { "failed attempts so far" } else { "failed" };
        line(&mut text, format_args!("{what}: {}", share(&failed, progress, only)));
    }
    for cause in causes.iter().take(CAUSES) {
        line(&mut text, format_args!("{}", self::cause(cause, &numbering)));
    }
    if let Some(rest) = causes.get(CAUSES..).filter(|rest| !rest.is_empty()) {
        let attempts = rest.iter().map(|cause| cause.attempts).sum();
        line(&mut text, format_args!("and {} of other causes", count(attempts, "failed attempt", "failed attempts")));
    }
    if !recovered.is_empty() {
        line(&mut text, format_args!("{}", self::recovered(recovered, &numbering)));
    }
    text
}

/// `3 failed attempts of indexes 4,5 that succeeded later`.
#[must_use]
pub fn recovered(causes: &[Cause], numbering: &Numbering) -> String {
    let attempts = causes.iter().map(|cause| cause.attempts).sum();
    let these = causes.iter().fold(IndexSet::new(), |all, cause| all.union(&cause.indexes));
    let attempts = count(attempts, "failed attempt", "failed attempts");
    format!("{attempts} of {} that succeeded later", indexes(&numbering.numbers(&these)))
}

/// The indexes that failed: those that the Job names, and those whose attempts failed where it names none, because it
/// counts failures together, or because one failure ended it.
fn failed(progress: &JobProgress, only: Option<&IndexSet>, causes: &[Cause]) -> IndexSet {
    let named = progress.failed_of(only);
    match named.is_empty() {
        true => causes.iter().fold(named, |all, cause| all.union(&cause.indexes)),
        false => named,
    }
}

/// `unfinished: indexes 3-5 (3 of 8)`: those that an ended Job leaves behind, which neither succeeded nor failed, be it that
/// their pods are still being stopped; None where there are none, and where pods are not known. `causes` as of [`failures`].
#[must_use]
pub fn unfinished(progress: &JobProgress, only: Option<&IndexSet>, causes: &[Cause]) -> Option<String> {
    let all = only.cloned().or_else(|| Some(IndexSet::all(progress.job()?.completions)))?;
    let failed = failed(progress, only, causes);
    let has_ended = progress.verdict().is_some_and(|verdict| verdict.settled);
    let is_unfinished = |index: &u32| match progress.state(Index(*index)) {
        Some(IndexState::Unfinished) => true,
        Some(IndexState::Succeeded | IndexState::Skipped) | None => false,
        Some(_) => has_ended && !failed.contains(*index),
    };
    let unfinished: IndexSet = all.iter().filter(is_unfinished).collect();
    (!unfinished.is_empty()).then(|| format!("unfinished: {}", share(&unfinished, progress, only)))
}

/// `skipped: index 3 (1 of 8): the retry that made the Job left it out`; None where no index is.
#[must_use]
pub fn skipped(progress: &JobProgress, only: Option<&IndexSet>) -> Option<String> {
    let job = progress.job()?;
    let skipped = only.map_or_else(|| job.skipped.clone(), |only| only.intersection(&job.skipped));
    let them = if skipped.len() == 1 { "it" } else { "them" };
    let share = || share(&skipped, progress, only);
    (!skipped.is_empty()).then(|| format!("skipped: {}: the retry that made the Job left {them} out", share()))
}

/// `indexes 2,5 (2 of 8)`, or `index 2 (1 of 3 selected)`.
fn share(part: &IndexSet, progress: &JobProgress, only: Option<&IndexSet>) -> String {
    let of = match only {
        Some(only) => format!("{} selected", only.len()),
        None => progress.job().map_or(0, |job| job.completions).to_string(),
    };
    format!("{} ({} of {of})", indexes(&progress.numbering().numbers(part)), part.len())
}

/// `31x exit 137 OOMKilled, indexes 4-20,33: message`.
#[must_use]
pub fn cause(cause: &Cause, numbering: &Numbering) -> String {
    let mut text = format!("{}x", cause.attempts);
    if let Some(code) = cause.exit_code {
        let _ = write!(text, " exit {code}");
    }
    if !cause.reason.is_empty() {
        let _ = write!(text, " {}", cause.reason.shown());
    }
    let _ = write!(text, ", {}", indexes(&numbering.numbers(&cause.indexes)));
    if !cause.message.is_empty() {
        let _ = write!(text, ": {}", cause.message.shown());
    }
    text
}

/// Reasons of containers that ended without having been started.
const NO_LOG: [&str; 2] = ["StartError", "ContainerCannotRun"];

/// The first task whose log tells more: of those whose program ran and failed.
#[must_use]
pub fn first_failed(progress: &JobProgress, causes: &[Cause]) -> Option<Number> {
    let ran = |cause: &&Cause| cause.exit_code.is_some() && !NO_LOG.contains(&cause.reason.raw());
    causes
        .iter()
        .filter(ran)
        .filter_map(|cause| cause.indexes.min())
        .min()
        .map(|index| progress.numbering().number(Index(index)))
}

/// The commands that show why it failed and run it again; None where there is no log. `given` are the flags to repeat.
#[must_use]
pub fn next(name: &str, progress: &JobProgress, causes: &[Cause], given: &str) -> Option<String> {
    let log = format!("kubectl indexedjob logs {name} --index {}{given}", first_failed(progress, causes)?);
    let has_failed = |end: &Verdict| end.settled && matches!(end.outcome, Outcome::Failed { .. });
    let can_retry = progress.verdict().is_some_and(has_failed) && progress.job().is_some_and(|job| job.indexed);
    Some(match can_retry {
        true => format!("{log}, then: kubectl indexedjob retry {name}{given}"),
        false => log,
    })
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::progress::Change;
    use crate::text::Foreign;

    fn oom() -> Cause {
        Cause {
            attempts: 31,
            indexes: IndexSet::from_api("4-20,33", 100),
            exit_code: Some(137),
            reason: Foreign::from("OOMKilled"),
            message: Foreign::from("\u{1b}[31mheap"),
        }
    }

    fn failed(settled: bool) -> Verdict {
        let (reason, message) = ("FailedIndexes".into(), "Job has failed indexes".into());
        Verdict { outcome: Outcome::Failed { reason, message }, settled }
    }

    fn progress() -> JobProgress {
        let job = json!({
            "metadata": {"name": "x", "uid": "u"},
            "spec": {"completionMode": "Indexed", "completions": 100, "backoffLimitPerIndex": 0},
            "status": {"failedIndexes": "4-20,33"},
        });
        let mut progress = JobProgress::default();
        progress.observe(Change::Job(serde_json::from_value(job).unwrap()));
        progress
    }

    #[test]
    fn the_outcome_is_one_line() {
        let line = |verdict| outcome("x", &verdict, &progress());
        assert_eq!(line(failed(true)).unwrap(), "job.batch/x failed: FailedIndexes: Job has failed indexes");
        assert_eq!(
            line(failed(false)).unwrap(),
            "job.batch/x is failing: FailedIndexes: Job has failed indexes (failed so far: indexes 4-20,33)"
        );
        let end = |outcome| Verdict { outcome, settled: true };
        assert_eq!(line(end(Outcome::Complete)), None);
        assert_eq!(line(end(Outcome::Deleted)).unwrap(), "job.batch/x was deleted");
    }

    #[test]
    fn a_cause_is_one_safe_line() {
        assert_eq!(cause(&oom(), &Numbering::default()), "31x exit 137 OOMKilled, indexes 4-20,33: ^[[31mheap");
        let evicted = Cause {
            attempts: 1,
            indexes: IndexSet::from_iter([2]),
            exit_code: None,
            reason: "Evicted".into(),
            message: Foreign::default(),
        };
        assert_eq!(cause(&evicted, &Numbering::default()), "1x Evicted, index 2");
    }

    #[test]
    fn failed_indexes_are_all_named_and_causes_beyond_five_are_counted() {
        let progress = progress();
        let text = failures(&progress, None, &vec![oom(); 7], &[]);
        assert!(text.starts_with("failed: indexes 4-20,33 (18 of 100)\n31x "), "{text}");
        assert!(text.ends_with("\nand 62 failed attempts of other causes\n"), "{text}");
        assert_eq!(first_failed(&JobProgress::default(), &[oom()]), Some(Number(4)));
    }

    #[test]
    fn of_some_indexes_only_those_that_failed_are_named() {
        let only = "0-5".parse().unwrap();
        let text = failures(&progress(), Some(&only), &[], &[]);
        assert_eq!(text, "failed: indexes 4,5 (2 of 6 selected)\n");
    }

    #[test]
    fn what_an_ended_job_leaves_behind_is_named() {
        let mut progress = progress();
        progress.observe(Change::Pods(vec![]));
        assert_eq!(unfinished(&progress, None, &[]), None);
        assert_eq!(skipped(&progress, None), None);
        progress.observe(Change::JobGone);
        assert_eq!(unfinished(&progress, None, &[]).unwrap(), "unfinished: indexes 0-3,21-32,34-99 (82 of 100)");
        let only = "3,4".parse().unwrap();
        assert_eq!(unfinished(&progress, Some(&only), &[]).unwrap(), "unfinished: index 3 (1 of 2 selected)");
        let stopped = json!({
            "metadata": {
                "name": "p", "deletionTimestamp": "2026-01-01T00:00:00Z",
                "annotations": {"batch.kubernetes.io/job-completion-index": "3"},
            },
            "status": {"phase": "Failed"},
        });
        progress.observe(Change::Pods(vec![serde_json::from_value(stopped).unwrap()]));
        let unfinished = unfinished(&progress, Some(&only), &[]).unwrap();
        assert_eq!(unfinished, "unfinished: index 3 (1 of 2 selected)", "what was stopped with the Job has not failed");
    }

    #[test]
    fn what_was_left_out_is_skipped_and_not_unfinished() {
        let job = json!({
            "metadata": {"name": "x", "uid": "u", "annotations": {"kubectl-indexedjob/skipped": "3"}},
            "spec": {"completionMode": "Indexed", "completions": 5, "backoffLimitPerIndex": 0},
            "status": {
                "completedIndexes": "0,3", "failedIndexes": "2", "conditions": [{"type": "Failed", "status": "True"}],
            },
        });
        let mut progress = JobProgress::of(serde_json::from_value(job).unwrap());
        progress.observe(Change::Pods(vec![]));
        assert_eq!(unfinished(&progress, None, &[]).unwrap(), "unfinished: indexes 1,4 (2 of 5)");
        assert!(skipped(&progress, None).unwrap().starts_with("skipped: index 3 (1 of 5): "));
    }

    #[test]
    fn indexes_that_the_job_does_not_name_their_attempts_do() {
        let job = json!({
            "metadata": {"name": "x", "uid": "u"}, "spec": {"completionMode": "Indexed", "completions": 100},
        });
        let progress = JobProgress::of(serde_json::from_value(job).unwrap());
        let text = failures(&progress, None, &[oom()], &[Cause { indexes: IndexSet::from_iter([5, 6]), ..oom() }]);
        assert!(text.starts_with("failed attempts so far: indexes 4-20,33 (18 of 100)\n31x "), "{text}");
        assert!(text.ends_with("\n31 failed attempts of indexes 5,6 that succeeded later\n"), "{text}");
    }
}
