//! `cancel`: gives up indexes, or the whole Job, for good.
//!
//! The controller keeps the number of failures of an index in an annotation of its newest pod. When a pod ends that
//! carries one above every `backoffLimitPerIndex`, its index has failed for good, and nothing is started in its place.
//! The annotation is the controller's own, so what became of it is looked at afterwards.

use serde_json::{Value, json};

use super::{ACTIVE_DEADLINE, Change, PARALLELISM, Refusal, SUSPENDED, Target, Verb};
use crate::facts::{CANCELLING_DEADLINE, FAILURE_COUNT, FailedIndexes, GIVEN_UP, Phase, PodFacts};
use crate::index_set::IndexSet;
use crate::numbering::Index;
use crate::progress::JobProgress;

/// Where an index is on its way to be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is given up: it has failed for good.
    Failed,
    /// It has succeeded.
    Succeeded,
    /// The retry that made the Job left it out: nothing runs for it.
    Skipped,
    /// It has no pod, and without one it cannot be given up.
    NotStarted,
    /// A pod of it is there.
    Open,
}

/// What to do with a pod of an index that is to be given up; at least one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The pod.
    pub pod: &'a PodFacts,
    /// Send [`given_up`] first?
    pub mark: bool,
    /// Then delete it?
    pub stop: bool,
}

/// Ends the whole Job as failed, by a deadline that has passed. What a later `retry` needs to know is kept.
///
/// A suspended Job has no deadline; it is resumed in the same patch, with room for no pod.
///
/// # Errors
/// The Job has ended, is being deleted, waits in a queue, or is a run that a retry has begun and not ended.
pub fn cancel(target: &Target) -> Result<Change, Refusal> {
    let suspended = target.job.suspended;
    if !suspended && !target.job.deleting && is_cancelled(target) {
        return Ok(Change::None);
    }
    target.still_open()?;
    target.no_retry_begun()?;
    if suspended {
        target.not_queued(Verb::Cancel)?;
    }
    let mut patch = target.patch(&json!({"activeDeadlineSeconds": CANCELLING_DEADLINE}));
    let annotations = &mut patch["metadata"]["annotations"];
    if target.former.active_deadline.is_none() {
        annotations[ACTIVE_DEADLINE] =
            json!(target.active_deadline.map(|seconds| seconds.to_string()).unwrap_or_default());
    }
    if suspended {
        annotations[SUSPENDED] = json!("true");
        if target.former.parallelism.is_none() {
            annotations[PARALLELISM] = json!(target.parallelism().to_string());
        }
        patch["spec"]["suspend"] = json!(false);
        patch["spec"]["parallelism"] = json!(0);
    }
    Ok(Change::Patch(patch))
}

/// Has an earlier cancel done its part, whatever the controller has made of it?
fn is_cancelled(target: &Target) -> bool {
    let job = &target.job;
    job.cancelled && job.verdict.as_ref().is_none_or(|verdict| job.was_cancelled(&verdict.outcome))
}

/// May `indexes`, which have not succeeded, be given up?
///
/// # Errors
/// The Job has ended or is being deleted, is not whole yet, counts failures together, or would fail as a whole.
pub fn limits(target: &Target, indexes: &IndexSet) -> Result<(), Refusal> {
    target.still_open()?;
    target.no_retry_begun()?;
    if !target.job.indexed {
        return Err(Refusal::NotIndexed);
    }
    let FailedIndexes::Known(failed) = &target.job.failed else { return Err(Refusal::NoLimitPerIndex) };
    let failed = failed.union(indexes).len();
    match target.max_failed_indexes {
        Some(most) if failed > most => Err(Refusal::TooManyFailed { failed, most }),
        _ => Ok(()),
    }
}

/// What has become of an index.
#[must_use]
pub fn fate(progress: &JobProgress, index: Index) -> Fate {
    let Some(job) = progress.job() else { return Fate::NotStarted };
    if job.succeeded.contains(index.0) {
        Fate::Succeeded
    } else if job.skipped.contains(index.0) {
        Fate::Skipped
    } else if job.failed_for_good().contains(index.0) {
        Fate::Failed
    } else if progress.attempts(index).next().is_none() {
        Fate::NotStarted
    } else {
        Fate::Open
    }
}

/// The one thing to do for an index that is to be given up; None where it is done, or only time can help.
#[must_use]
pub fn next(progress: &JobProgress, index: Index) -> Option<Step<'_>> {
    if fate(progress, index) != Fate::Open {
        return None;
    }
    let pod = progress.attempts(index).next_back()?;
    let mark = !pod.given_up && pod.phase != Phase::Succeeded;
    let stop = !pod.phase.is_over() && !pod.deleting;
    (mark || stop).then_some(Step { pod, mark, stop })
}

/// The merge patch that marks a pod: its index has failed too often.
#[must_use]
pub fn given_up(pod: &PodFacts) -> Value {
    json!({"metadata": {"uid": pod.uid, "annotations": {FAILURE_COUNT: GIVEN_UP.to_string()}}})
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ended, patch, target};
    use super::*;
    use crate::progress::Change as Seen;

    #[test]
    fn a_job_is_ended_by_a_deadline_that_has_passed() {
        let want = json!({
            "metadata": {"uid": "u", "annotations": {ACTIVE_DEADLINE: ""}}, "spec": {"activeDeadlineSeconds": 1},
        });
        assert_eq!(patch(cancel(&target(&json!({})))), want);
        let with_deadline = target(&json!({"spec": {"activeDeadlineSeconds": 600}}));
        assert_eq!(patch(cancel(&with_deadline))["metadata"]["annotations"], json!({ACTIVE_DEADLINE: "600"}));
    }

    #[test]
    fn a_suspended_job_ends_without_starting_anything() {
        let want = json!({
            "metadata": {"uid": "u", "annotations": {ACTIVE_DEADLINE: "", PARALLELISM: "3", SUSPENDED: "true"}},
            "spec": {"activeDeadlineSeconds": 1, "suspend": false, "parallelism": 0},
        });
        assert_eq!(patch(cancel(&target(&json!({"spec": {"suspend": true}})))), want);
    }

    #[test]
    fn what_was_kept_first_is_kept() {
        let cancelled = json!({
            "metadata": {"annotations": {ACTIVE_DEADLINE: "600"}}, "spec": {"activeDeadlineSeconds": 1},
        });
        assert_eq!(cancel(&target(&cancelled)), Ok(Change::None));
        let condition = |reason: &str| json!([{"type": "Failed", "status": "True", "reason": reason}]);
        let mut over = cancelled.clone();
        over["status"] = json!({"conditions": condition("DeadlineExceeded")});
        assert_eq!(cancel(&target(&over)), Ok(Change::None), "to cancel twice does no harm");
        over["status"] = json!({"conditions": condition("FailedIndexes")});
        assert!(matches!(cancel(&target(&over)), Err(Refusal::Finished(_))));
        let drained = target(&json!({
            "metadata": {"annotations": {PARALLELISM: "8", ACTIVE_DEADLINE: "600"}}, "spec": {"suspend": true},
        }));
        assert_eq!(patch(cancel(&drained))["metadata"]["annotations"], json!({SUSPENDED: "true"}));
    }

    #[test]
    fn what_waits_in_a_queue_is_not_ours_to_start() {
        let labels = json!({"kueue.x-k8s.io/queue-name": "team"});
        let waiting = target(&json!({"metadata": {"labels": labels}, "spec": {"suspend": true}}));
        assert!(matches!(cancel(&waiting), Err(Refusal::Queued { verb: Verb::Cancel, .. })));
        assert!(cancel(&target(&json!({"metadata": {"labels": labels}}))).is_ok(), "an admitted one may end");
        assert!(matches!(cancel(&ended("Failed")), Err(Refusal::Finished(_))));
    }

    fn set(text: &str) -> IndexSet {
        text.parse().unwrap()
    }

    #[test]
    fn limits_are_checked_before_anything_is_touched() {
        let most = json!({"spec": {"maxFailedIndexes": 2}, "status": {"failedIndexes": "0"}});
        assert_eq!(limits(&target(&most), &set("0,1")), Ok(()));
        assert_eq!(limits(&target(&most), &set("1-2")), Err(Refusal::TooManyFailed { failed: 3, most: 2 }));
        assert_eq!(limits(&target(&json!({})), &set("0-4")), Ok(()));
        let together = target(&json!({"spec": {"backoffLimitPerIndex": null}}));
        assert_eq!(limits(&together, &set("1")), Err(Refusal::NoLimitPerIndex));
    }

    fn seen(pods: &[Value]) -> JobProgress {
        let job = target(&json!({"status": {"completedIndexes": "3", "failedIndexes": "4"}})).job;
        let mut progress = JobProgress::of(job);
        progress.observe(Seen::Pods(pods.iter().map(|pod| serde_json::from_value(pod.clone()).unwrap()).collect()));
        progress
    }

    fn pod(name: &str, failures: &str, phase: &str) -> Value {
        json!({
            "metadata": {
                "name": name, "uid": name, "creationTimestamp": format!("2026-01-01T00:00:0{}Z", name.len()),
                "annotations": {"batch.kubernetes.io/job-completion-index": "1", FAILURE_COUNT: failures},
            },
            "status": {"phase": phase},
        })
    }

    fn step(pods: &[Value]) -> Option<(String, bool, bool)> {
        next(&seen(pods), Index(1)).map(|step| (step.pod.name.clone(), step.mark, step.stop))
    }

    #[test]
    fn the_newest_pod_is_marked_and_stopped() {
        assert_eq!(step(&[pod("p", "0", "Running")]), Some(("p".into(), true, true)));
        assert_eq!(step(&[pod("p", "0", "Failed"), pod("pp", "1", "Pending")]), Some(("pp".into(), true, true)));
        assert_eq!(step(&[pod("p", "2147483647", "Running")]), Some(("p".into(), false, true)), "a run was killed");
        let mut deleting = pod("p", "0", "Running");
        deleting["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:09Z");
        assert_eq!(step(&[deleting]), Some(("p".into(), true, false)));
    }

    #[test]
    fn an_index_between_two_attempts_needs_no_delete() {
        assert_eq!(step(&[pod("p", "0", "Failed")]), Some(("p".into(), true, false)));
        assert_eq!(step(&[pod("p", "2147483647", "Failed")]), None);
        assert_eq!(step(&[pod("p", "0", "Succeeded")]), None, "it will be counted");
    }

    #[test]
    fn what_is_done_and_what_never_began_is_left_alone() {
        let seen = seen(&[pod("p", "0", "Running")]);
        let fates = [0, 1, 3, 4].map(|index| fate(&seen, Index(index)));
        assert_eq!(fates, [Fate::NotStarted, Fate::Open, Fate::Succeeded, Fate::Failed]);
        assert!([0, 3, 4].iter().all(|index| next(&seen, Index(*index)).is_none()));
    }

    #[test]
    fn the_mark_is_beyond_every_limit() {
        let pod = serde_json::from_value(pod("p", "0", "Running")).unwrap();
        let annotations = json!({"batch.kubernetes.io/job-index-failure-count": "2147483647"});
        assert_eq!(given_up(&pod), json!({"metadata": {"uid": "p", "annotations": annotations}}));
    }
}
