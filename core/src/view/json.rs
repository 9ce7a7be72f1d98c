//! What programs read: documented, versioned schemas (docs/json.md). Their structs are their own, so that a change
//! elsewhere cannot change them unseen; a test pins each.

use jiff::Timestamp;
use serde::Serialize;

use super::list::{self, HeldUp, status_word};
use crate::facts::{JobFacts, Outcome};
use crate::progress::{JobProgress, PodTally, Tally};
use crate::text::Foreign;

/// The version of all schemas. A field may be added to it; one that is removed or means something else makes another.
pub const API_VERSION: &str = "kubectl-indexedjob/v1";

/// Several Jobs: `list -o json`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobList {
    api_version: &'static str,
    kind: &'static str,
    items: Vec<JobSummary>,
}

/// A Job in short.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobSummary {
    name: String,
    namespace: String,
    uid: String,
    /// As the column STATUS of `list` and of `kubectl get jobs`.
    status: &'static str,
    /// Of a Job that failed or is failing.
    reason: Option<String>,
    message: Option<String>,
    /// Did `cancel` end it, or is it about to?
    cancelled: bool,
    /// Why nothing of it moves; null where it does, or has ended.
    waiting: Option<Waiting>,
    /// False for a NonIndexed Job, which has pods but no indexes.
    indexed: bool,
    suspended: bool,
    /// The Job that `retry` made it from.
    retry_of: Option<String>,
    parallelism: u32,
    indexes: Option<Counts>,
    /// Of a NonIndexed Job.
    pods: Option<PodCounts>,
    created: Option<Timestamp>,
    started: Option<Timestamp>,
    finished: Option<Timestamp>,
}

/// Why nothing of a Job moves.
#[derive(Clone, Debug, Serialize)]
struct Waiting {
    reason: Option<String>,
    message: Option<String>,
}

impl Waiting {
    /// None where there is nothing to say.
    fn of((reason, message): (Foreign, Foreign)) -> Option<Self> {
        let (reason, message) = (text(&reason), text(&message));
        (reason.is_some() || message.is_some()).then_some(Self { reason, message })
    }
}

/// A string as it came; None where it is empty.
fn text(text: &Foreign) -> Option<String> {
    Some(text.raw().to_owned()).filter(|text| !text.is_empty())
}

/// How many indexes are in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    completions: u32,
    succeeded: u32,
    failed: u32,
    running: u32,
    starting: u32,
    terminating: u32,
    pending: u32,
    /// The part of `pending` that waits for its next attempt; null where nobody asked the pods.
    retrying: Option<u32>,
    unfinished: u32,
    /// Not done, and left out by the retry that made the Job.
    skipped: u32,
    /// Not done, and nobody asked their pods; only in a wait for some indexes.
    unknown: u32,
}

/// How the pods of a Job stand that is not Indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodCounts {
    /// Null for a work queue.
    completions: Option<u32>,
    succeeded: u32,
    failed: u32,
    running: u32,
    starting: u32,
    terminating: u32,
}

impl JobList {
    /// Of these Jobs, in this order; of those in `held_up` it is known why they stand still.
    #[must_use]
    pub fn new(jobs: &[JobProgress], held_up: &HeldUp, now: Timestamp) -> Self {
        let items = jobs.iter().filter_map(|progress| JobSummary::new(progress, held_up, now)).collect();
        Self { api_version: API_VERSION, kind: "JobList", items }
    }
}

impl JobSummary {
    /// None before the first look.
    #[must_use]
    pub fn new(progress: &JobProgress, held_up: &HeldUp, now: Timestamp) -> Option<Self> {
        let job = progress.job()?;
        let (reason, message) = why(job);
        let waiting =
            job.verdict.is_none().then(|| held_up.get(&job.uid).cloned().unwrap_or_else(|| list::why(job, now)));
        Some(Self {
            name: job.name.clone(),
            namespace: job.namespace.clone(),
            uid: job.uid.clone(),
            status: status_word(job),
            reason,
            message,
            cancelled: job.verdict.as_ref().is_some_and(|verdict| job.was_cancelled(&verdict.outcome)),
            waiting: waiting.and_then(Waiting::of),
            indexed: job.indexed,
            suspended: job.suspended,
            retry_of: job.retry_of.as_ref().map(|name| name.raw().to_owned()),
            parallelism: job.parallelism.unwrap_or(1),
            indexes: progress.tally().map(Counts::from),
            pods: progress.pod_tally().map(PodCounts::from),
            created: job.created,
            started: job.started,
            finished: job.finished,
        })
    }
}

/// Reason and message of a Job that failed or is failing.
fn why(job: &JobFacts) -> (Option<String>, Option<String>) {
    match job.verdict.as_ref().map(|verdict| &verdict.outcome) {
        Some(Outcome::Failed { reason, message }) => (text(reason), text(message)),
        _ => (None, None),
    }
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        let Tally { completions, succeeded, failed, running, starting, terminating, pending, retrying, .. } = tally;
        let Tally { unfinished, skipped, unknown, .. } = tally;
        Self {
            completions,
            succeeded,
            failed,
            running,
            starting,
            terminating,
            pending,
            retrying,
            unfinished,
            skipped,
            unknown,
        }
    }
}

impl From<PodTally> for PodCounts {
    fn from(tally: PodTally) -> Self {
        let PodTally { completions, succeeded, failed, running, starting, terminating } = tally;
        Self { completions, succeeded, failed, running, starting, terminating }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schema_of_a_list_stays() {
        let job = json!({
            "metadata": {"name": "x", "namespace": "ns", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"completionMode": "Indexed", "completions": 5, "parallelism": 3, "backoffLimitPerIndex": 0},
            "status": {
                "completedIndexes": "0-2", "failedIndexes": "4", "startTime": "2026-01-01T00:00:01Z",
                "conditions": [{
                    "type": "Failed", "status": "True", "reason": "FailedIndexes", "message": "Job has failed indexes",
                    "lastTransitionTime": "2026-01-01T00:00:09Z",
                }],
            },
        });
        let progress = JobProgress::of(serde_json::from_value(job).unwrap());
        insta::assert_json_snapshot!(JobList::new(&[progress], &HeldUp::new(), Timestamp::UNIX_EPOCH), @r#"
        {
          "apiVersion": "kubectl-indexedjob/v1",
          "kind": "JobList",
          "items": [
            {
              "name": "x",
              "namespace": "ns",
              "uid": "u",
              "status": "Failed",
              "reason": "FailedIndexes",
              "message": "Job has failed indexes",
              "cancelled": false,
              "waiting": null,
              "indexed": true,
              "suspended": false,
              "retryOf": null,
              "parallelism": 3,
              "indexes": {
                "completions": 5,
                "succeeded": 3,
                "failed": 1,
                "running": 0,
                "starting": 0,
                "terminating": 0,
                "pending": 0,
                "retrying": null,
                "unfinished": 1,
                "skipped": 0,
                "unknown": 0
              },
              "pods": null,
              "created": "2026-01-01T00:00:00Z",
              "started": "2026-01-01T00:00:01Z",
              "finished": "2026-01-01T00:00:09Z"
            }
          ]
        }
        "#);
    }
}
