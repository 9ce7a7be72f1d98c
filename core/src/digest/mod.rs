//! Failures by cause: one line for all attempts that ended the same way, with the indexes they belong to.

pub mod fold;

use std::collections::BTreeMap;

use crate::facts::Phase;
use crate::index_set::IndexSet;
use crate::progress::JobProgress;
use crate::text::Foreign;

/// Failed attempts with one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// How many attempts.
    pub attempts: u32,
    /// The indexes they belong to.
    pub indexes: IndexSet,
    /// The exit code of the container to blame; None where no container ended (evicted, deleted).
    pub exit_code: Option<i32>,
    /// `Error`, `OOMKilled`, `Evicted`, ...; may be empty.
    pub reason: Foreign,
    /// The last line of their termination messages, with `*` in place of what differs between them; empty where they
    /// left none.
    pub message: Foreign,
}

/// The failed attempts at indexes that have not succeeded since, by cause: exit code, reason and message. The most
/// frequent cause comes first.
///
/// Messages that differ only in numbers, ids, addresses or paths are one cause.
#[must_use]
pub fn failures(progress: &JobProgress) -> Vec<Cause> {
    causes(progress, false)
}

/// The failed attempts at indexes that have succeeded since, by cause as [`failures`].
#[must_use]
pub fn recovered(progress: &JobProgress) -> Vec<Cause> {
    causes(progress, true)
}

/// The attempts of one cause, while they are collected.
struct Attempts {
    indexes: Vec<u32>,
    /// The message of the first of them.
    message: Foreign,
    /// Have they all the same message?
    same: bool,
}

fn causes(progress: &JobProgress, succeeded_since: bool) -> Vec<Cause> {
    let succeeded = |index| progress.job().is_some_and(|job| job.succeeded.contains(index));
    // Pods that were still running when the Job's fate was decided the controller stops: they are no failures. Those of a
    // Job that is deleted as a whole are being deleted with it, whatever became of them.
    let stops_pods = progress.verdict().is_some() && progress.job().is_some_and(|job| !job.deleting);
    let failed = progress.all_attempts().filter(|(_, pod)| pod.phase == Phase::Failed && !(stops_pods && pod.deleting));
    let mut causes: BTreeMap<(Option<i32>, Foreign, String), Attempts> = BTreeMap::new();
    for (index, ending) in failed.filter_map(|(index, pod)| Some((index, pod.ending()?))) {
        if succeeded(index.0) != succeeded_since {
            continue;
        }
        let message = ending.message.without_escapes().last_line();
        let key = (ending.exit_code, ending.reason.clone(), fold::fold(message.raw()));
        let new = || Attempts { indexes: vec![], message: message.clone(), same: true };
        let attempts = causes.entry(key).or_insert_with(new);
        attempts.indexes.push(index.0);
        attempts.same &= attempts.message == message;
    }
    let mut causes: Vec<_> = causes.into_iter().map(cause).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.attempts));
    causes
}

fn cause(((exit_code, reason, folded), attempts): ((Option<i32>, Foreign, String), Attempts)) -> Cause {
    Cause {
        attempts: u32::try_from(attempts.indexes.len()).unwrap_or(u32::MAX),
        indexes: attempts.indexes.into_iter().collect(),
        exit_code,
        reason,
        message: if attempts.same { attempts.message } else { folded.into() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::PodFacts;
    use crate::progress::Change;

    fn pod(name: &str, index: u32, phase: &str, end: &Value) -> PodFacts {
        serde_json::from_value(json!({
            "metadata": {"name": name, "uid": name, "annotations": {
                "batch.kubernetes.io/job-completion-index": index.to_string(),
            }},
            "spec": {"containers": [{"name": "worker"}]},
            "status": {"phase": phase, "containerStatuses": [{"name": "worker", "state": {"terminated": end}}]},
        }))
        .unwrap()
    }

    fn seen(succeeded: &str, pods: Vec<PodFacts>) -> JobProgress {
        let job = json!({
            "metadata": {"name": "x", "uid": "u"}, "spec": {"completionMode": "Indexed", "completions": 20},
            "status": {"completedIndexes": succeeded},
        });
        let mut progress = JobProgress::of(serde_json::from_value(job).unwrap());
        progress.observe(Change::Pods(pods));
        progress
    }

    fn says(message: &str) -> Value {
        json!({"exitCode": 1, "reason": "Error", "message": message})
    }

    fn lines(causes: &[Cause]) -> Vec<String> {
        let line = |cause: &Cause| format!("{}x {}: {}", cause.attempts, cause.indexes, cause.message.raw());
        causes.iter().map(line).collect()
    }

    #[test]
    fn attempts_with_one_cause_are_one_line() {
        let killed = json!({"exitCode": 137, "reason": "OOMKilled"});
        let causes = failures(&seen(
            "10",
            vec![
                pod("a", 4, "Failed", &killed),
                pod("b", 5, "Failed", &killed),
                pod("c", 6, "Failed", &killed),
                pod("d", 6, "Failed", &killed),
                pod("e", 9, "Failed", &says("loading\nno such file: 3.csv\n\n")),
                pod("f", 10, "Succeeded", &json!({"exitCode": 0})),
            ],
        ));
        assert_eq!(lines(&causes), ["4x 4-6: ", "1x 9: no such file: 3.csv"]);
        assert_eq!((causes[0].exit_code, causes[0].reason.raw()), (Some(137), "OOMKilled"));
    }

    #[test]
    fn messages_that_say_the_same_of_different_things_are_one_cause() {
        let causes = failures(&seen(
            "",
            vec![
                pod("a", 3, "Failed", &says("no such file: 3.csv")),
                pod("b", 7, "Failed", &says("no such file: 7.csv")),
                pod("c", 8, "Failed", &says("disk is full")),
                pod("d", 9, "Failed", &says("disk is full")),
                pod("e", 9, "Failed", &says("")),
            ],
        ));
        assert_eq!(lines(&causes), ["2x 8,9: disk is full", "2x 3,7: no such file: *.csv", "1x 9: "]);
    }

    #[test]
    fn pods_that_were_stopped_with_the_job_did_not_fail() {
        let killed = json!({"exitCode": 143, "reason": "Error"});
        let mut stopped = pod("b", 7, "Failed", &killed);
        stopped.deleting = true;
        let pods = vec![pod("a", 3, "Failed", &says("boom")), stopped];
        let job = |metadata: Value, conditions: Value| {
            let spec = json!({"completionMode": "Indexed", "completions": 20});
            let job = json!({"metadata": metadata, "spec": spec, "status": {"conditions": conditions}});
            let mut progress = JobProgress::of(serde_json::from_value(job).unwrap());
            progress.observe(Change::Pods(pods.clone()));
            lines(&failures(&progress))
        };
        let doomed = json!([{"type": "FailureTarget", "status": "True"}]);
        assert_eq!(job(json!({"name": "x"}), doomed.clone()), ["1x 3: boom"]);
        assert_eq!(job(json!({"name": "x"}), json!([])).len(), 2);
        let deleted = json!({"name": "x", "deletionTimestamp": "2026-01-01T00:00:00Z"});
        assert_eq!(job(deleted, doomed).len(), 2);
    }

    #[test]
    fn colours_make_no_difference_and_are_not_told() {
        let colour = |n: u32| says(&format!("loading\n\u{1b}[{n}mno such file\u{1b}[0m: 3.csv\n\u{1b}[0m"));
        let pods = vec![pod("a", 3, "Failed", &colour(31)), pod("b", 7, "Failed", &colour(1))];
        assert_eq!(lines(&failures(&seen("", pods))), ["2x 3,7: no such file: 3.csv"]);
    }

    #[test]
    fn what_succeeded_later_is_counted_apart() {
        let progress = seen(
            "3",
            vec![
                pod("a", 3, "Failed", &says("no such file: 3.csv")),
                pod("b", 7, "Failed", &says("no such file: 7.csv")),
            ],
        );
        assert_eq!(lines(&failures(&progress)), ["1x 7: no such file: 7.csv"]);
        assert_eq!(lines(&recovered(&progress)), ["1x 3: no such file: 3.csv"]);
    }
}
