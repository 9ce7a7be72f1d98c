//! Failures by cause: one line for all attempts that ended the same way, with the indexes they belong to.

use std::collections::BTreeMap;

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
    /// The last line that one of them left as its termination message; empty where none did.
    pub message: Foreign,
}

/// The failed attempts of a Job by cause, the most frequent first.
#[must_use]
pub fn failures(progress: &JobProgress) -> Vec<Cause> {
    let mut causes: BTreeMap<(Option<i32>, Foreign), (Cause, Vec<u32>)> = BTreeMap::new();
    for (index, pod) in progress.all_attempts().filter(|(_, pod)| pod.phase == Phase::Failed) {
        let (exit_code, reason, message) = cause_of(pod);
        let new = Cause {
            attempts: 0,
            indexes: IndexSet::new(),
            exit_code,
            reason: reason.clone(),
            message: Foreign::default(),
        };
        let (cause, indexes) = causes.entry((exit_code, reason)).or_insert_with(|| (new, vec![]));
        cause.attempts += 1;
        indexes.push(index.0);
        if cause.message.is_empty() {
            cause.message = message;
        }
    }
    let whole = |(cause, indexes): (Cause, Vec<u32>)| Cause { indexes: indexes.into_iter().collect(), ..cause };
    let mut causes: Vec<_> = causes.into_values().map(whole).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.attempts));
    causes
}

fn cause_of(pod: &PodFacts) -> (Option<i32>, Foreign, Foreign) {
    let (exit_code, reason, message) = match pod.failed_container() {
        Some((_, end)) => (Some(end.exit_code), &end.reason, &end.message),
        None => (None, &pod.reason, &pod.message),
    };
    // A pod that was evicted says so itself; its container only says that it was killed.
    let reason = if pod.reason.is_empty() { reason } else { &pod.reason };
    (exit_code, reason.clone(), last_line(message))
}

fn last_line(message: &Foreign) -> Foreign {
    let last = message.raw().lines().rev().map(str::trim).find(|line| !line.is_empty());
    Foreign::from(last.unwrap_or_default())
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

    #[test]
    fn attempts_with_one_cause_are_one_line() {
        let mut progress = JobProgress::default();
        let killed = json!({"exitCode": 137, "reason": "OOMKilled"});
        let error = json!({"exitCode": 1, "reason": "Error", "message": "loading\nno such file: 3.csv\n\n"});
        progress.observe(Change::Pods(vec![
            pod("a", 4, "Failed", &killed),
            pod("b", 5, "Failed", &killed),
            pod("c", 6, "Failed", &killed),
            pod("d", 6, "Failed", &killed),
            pod("e", 9, "Failed", &error),
            pod("f", 10, "Succeeded", &json!({"exitCode": 0})),
        ]));
        let causes = failures(&progress);
        assert_eq!(causes.len(), 2);
        assert_eq!((causes[0].attempts, causes[0].indexes.to_string().as_str()), (4, "4-6"));
        assert_eq!((causes[0].exit_code, causes[0].reason.raw()), (Some(137), "OOMKilled"));
        assert_eq!(causes[1].message.raw(), "no such file: 3.csv");
    }
}
