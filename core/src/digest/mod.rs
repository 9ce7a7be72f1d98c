//! Failures by cause: one line for all attempts that ended the same way, with the indexes they belong to.

pub mod fold;

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Phase, PodFacts};
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

/// The failed attempts at indexes that have not succeeded since, or at `only` some of these, by cause: exit code, reason
/// and message. The most frequent cause comes first.
///
/// Messages that differ only in numbers, ids, addresses or paths are one cause, and so are those whose last lines are the
/// same in another order: a program's two outputs are mixed by luck.
#[must_use]
pub fn failures(progress: &JobProgress, only: Option<&IndexSet>) -> Vec<Cause> {
    causes(progress, only, false)
}

/// The failed attempts at indexes that have succeeded since, by cause as [`failures`].
#[must_use]
pub fn recovered(progress: &JobProgress, only: Option<&IndexSet>) -> Vec<Cause> {
    causes(progress, only, true)
}

/// So many lines at the end of a message may stand in any order.
const MIXED: usize = 5;

/// How an attempt ended; without the message, what may be one cause.
type End = (Option<i32>, Foreign);

/// A failed attempt.
struct Attempt {
    index: u32,
    end: End,
    /// The last line of its message.
    last: Foreign,
    /// The same, folded.
    folded: String,
    /// The last lines of its message, folded, in no order.
    lines: BTreeSet<String>,
}

/// The attempts of one cause, while they are collected.
struct Group {
    indexes: Vec<u32>,
    /// The last line of the first of those that have the line that speaks for all; None before one has.
    message: Option<Foreign>,
    /// Have they all the same one?
    same: bool,
}

fn causes(progress: &JobProgress, only: Option<&IndexSet>, succeeded_since: bool) -> Vec<Cause> {
    let succeeded = |index| progress.job().is_some_and(|job| job.succeeded.contains(index));
    let is_meant = |index| succeeded(index) == succeeded_since && only.is_none_or(|only| only.contains(index));
    let attempts: Vec<_> = attempts(progress).filter(|attempt| is_meant(attempt.index)).collect();
    let speaking = speaking(&attempts);
    let mut groups: BTreeMap<(&End, &str), Group> = BTreeMap::new();
    for attempt in &attempts {
        let key = speaking[&(&attempt.end, &attempt.lines)];
        let new = || Group { indexes: vec![], message: None, same: true };
        let group = groups.entry((&attempt.end, key)).or_insert_with(new);
        group.indexes.push(attempt.index);
        if attempt.folded == key {
            group.same &= *group.message.get_or_insert_with(|| attempt.last.clone()) == attempt.last;
        }
    }
    let mut causes: Vec<_> = groups.into_iter().map(cause).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.attempts));
    causes
}

fn attempts(progress: &JobProgress) -> impl Iterator<Item = Attempt> {
    // Pods that were still running when the Job's fate was decided the controller stops: they are no failures. Those of a
    // Job that is deleted as a whole are being deleted with it, whatever became of them.
    let stops_pods = progress.verdict().is_some() && progress.job().is_some_and(|job| !job.deleting);
    let has_failed = move |pod: &PodFacts| pod.phase == Phase::Failed && !(stops_pods && pod.deleting);
    let failed = progress.all_attempts().filter(move |(_, pod)| has_failed(pod));
    failed.filter_map(|(index, pod)| {
        let ending = pod.ending()?;
        let message = ending.message.without_escapes();
        let lines = message.raw().lines().rev().map(str::trim).filter(|line| !line.is_empty());
        let lines: Vec<String> = lines.take(MIXED).map(fold::fold).collect();
        Some(Attempt {
            index: index.0,
            end: (ending.exit_code, ending.reason.clone()),
            last: message.last_line(),
            folded: lines.first().cloned().unwrap_or_default(),
            lines: lines.into_iter().collect(),
        })
    })
}

/// Of attempts with the same last lines, the last line that speaks for all: the longest, which tells most.
fn speaking(attempts: &[Attempt]) -> BTreeMap<(&End, &BTreeSet<String>), &str> {
    let mut speaking: BTreeMap<_, &str> = BTreeMap::new();
    for attempt in attempts {
        let line = speaking.entry((&attempt.end, &attempt.lines)).or_insert(&attempt.folded);
        *line = [*line, &attempt.folded].into_iter().max_by_key(|line| (line.len(), *line)).unwrap_or_default();
    }
    speaking
}

fn cause((((exit_code, reason), folded), group): ((&End, &str), Group)) -> Cause {
    Cause {
        attempts: u32::try_from(group.indexes.len()).unwrap_or(u32::MAX),
        indexes: group.indexes.into_iter().collect(),
        exit_code: *exit_code,
        reason: reason.clone(),
        message: group.message.filter(|_| group.same).unwrap_or_else(|| telling(folded).into()),
    }
}

/// A message of which nothing is alike says nothing.
fn telling(folded: &str) -> &str {
    if folded.chars().any(char::is_alphanumeric) { folded } else { "" }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
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
        let causes = failures(
            &seen(
                "10",
                vec![
                    pod("a", 4, "Failed", &killed),
                    pod("b", 5, "Failed", &killed),
                    pod("c", 6, "Failed", &killed),
                    pod("d", 6, "Failed", &killed),
                    pod("e", 9, "Failed", &says("loading\nno such file: 3.csv\n\n")),
                    pod("f", 10, "Succeeded", &json!({"exitCode": 0})),
                ],
            ),
            None,
        );
        assert_eq!(lines(&causes), ["4x 4-6: ", "1x 9: no such file: 3.csv"]);
        assert_eq!((causes[0].exit_code, causes[0].reason.raw()), (Some(137), "OOMKilled"));
    }

    #[test]
    fn messages_that_say_the_same_of_different_things_are_one_cause() {
        let causes = failures(
            &seen(
                "",
                vec![
                    pod("a", 3, "Failed", &says("no such file: 3.csv")),
                    pod("b", 7, "Failed", &says("no such file: 7.csv")),
                    pod("c", 8, "Failed", &says("disk is full")),
                    pod("d", 9, "Failed", &says("disk is full")),
                    pod("e", 9, "Failed", &says("")),
                ],
            ),
            None,
        );
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
            lines(&failures(&progress, None))
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
        assert_eq!(lines(&failures(&seen("", pods), None)), ["2x 3,7: no such file: 3.csv"]);
    }

    #[test]
    fn lines_that_two_outputs_have_mixed_by_luck_are_one_cause() {
        let pods = vec![
            pod("a", 2, "Failed", &says("begin 2\nno such file: part-2.csv\nerr\n")),
            pod("b", 2, "Failed", &says("begin 2\nerr\nno such file: part-2.csv\n")),
            pod("c", 3, "Failed", &says("begin 3\nerr\nno such file: part-3.csv\n")),
            pod("d", 4, "Failed", &says("begin 4\nerr\n")),
        ];
        let want = ["3x 2,3: no such file: part-*.csv", "1x 4: err"];
        assert_eq!(lines(&failures(&seen("", pods.clone()), None)), want);
        let only = "2,4".parse().unwrap();
        let of_some = failures(&seen("", pods), Some(&only));
        assert_eq!(lines(&of_some), ["2x 2: no such file: part-2.csv", "1x 4: err"]);
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
        assert_eq!(lines(&failures(&progress, None)), ["1x 7: no such file: 7.csv"]);
        assert_eq!(lines(&recovered(&progress, None)), ["1x 3: no such file: 3.csv"]);
    }
}
