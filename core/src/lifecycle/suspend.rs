//! `suspend` and `resume`.

use serde_json::json;

use super::{Change, PARALLELISM, Refusal, Target, Verb};

/// Stops all pods of the Job. What has succeeded stays.
///
/// # Errors
/// The Job has ended, is being deleted, or belongs to a queue.
pub fn suspend(target: &Target) -> Result<Change, Refusal> {
    target.still_open()?;
    target.not_queued(Verb::Suspend)?;
    match target.job.suspended {
        true => Ok(Change::None),
        false => Ok(Change::Patch(target.patch(&json!({"suspend": true})))),
    }
}

/// Lets the Job run; a parallelism that a drain which was interrupted has left lowered is restored.
///
/// # Errors
/// The Job has ended, is being deleted, belongs to a queue, or is not whole yet.
pub fn resume(target: &Target) -> Result<Change, Refusal> {
    target.still_open()?;
    target.not_queued(Verb::Resume)?;
    if let Some(begun) = target.job.begun {
        return Err(Refusal::HalfMade(begun));
    }
    let lowered = target.former.parallelism;
    if !target.job.suspended && lowered.is_none() {
        return Ok(Change::None);
    }
    let mut patch = target.patch(&json!({"suspend": false}));
    if let Some(parallelism) = lowered {
        patch["spec"]["parallelism"] = json!(parallelism);
        patch["metadata"]["annotations"] = json!({PARALLELISM: null});
    }
    Ok(Change::Patch(patch))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ended, patch, target};
    use super::*;
    use crate::facts::{Begun, RETRYING};

    #[test]
    fn a_job_is_suspended_and_resumed_once() {
        let running = target(&json!({}));
        let suspended = target(&json!({"spec": {"suspend": true}}));
        assert_eq!(patch(suspend(&running)), json!({"metadata": {"uid": "u"}, "spec": {"suspend": true}}));
        assert_eq!(patch(resume(&suspended)), json!({"metadata": {"uid": "u"}, "spec": {"suspend": false}}));
        assert_eq!((suspend(&suspended), resume(&running)), (Ok(Change::None), Ok(Change::None)));
    }

    #[test]
    fn what_a_drain_has_left_lowered_is_restored() {
        for suspend in [true, false] {
            let killed = target(&json!({
                "metadata": {"annotations": {PARALLELISM: "8"}},
                "spec": {"suspend": suspend},
            }));
            let want = json!({
                "metadata": {"uid": "u", "annotations": {PARALLELISM: null}},
                "spec": {"suspend": false, "parallelism": 8},
            });
            assert_eq!(patch(resume(&killed)), want);
        }
    }

    #[test]
    fn what_has_ended_stays_as_it_is() {
        for kind in ["Complete", "Failed", "FailureTarget"] {
            assert!(matches!(suspend(&ended(kind)), Err(Refusal::Finished(_))), "{kind}");
            assert!(matches!(resume(&ended(kind)), Err(Refusal::Finished(_))), "{kind}");
        }
    }

    #[test]
    fn a_half_made_job_must_not_start() {
        let half_made =
            |key: &str| target(&json!({"metadata": {"annotations": {key: "a.b"}}, "spec": {"suspend": true}}));
        let created = half_made("kubectl-indexedjob/creating");
        assert_eq!(resume(&created), Err(Refusal::HalfMade(Begun::ByCreate)));
        let retried = half_made(RETRYING);
        assert_eq!(resume(&retried), Err(Refusal::HalfMade(Begun::ByRetry)));
        assert_eq!(suspend(&retried), Ok(Change::None));
    }

    #[test]
    fn kueue_runs_what_is_in_its_queue() {
        let job = target(&json!({"metadata": {"labels": {"kueue.x-k8s.io/queue-name": "team"}}}));
        let queued = |verb| Refusal::Queued { queue: "team".into(), uid: "u".to_owned(), verb };
        assert_eq!(suspend(&job), Err(queued(Verb::Suspend)));
        assert_eq!(resume(&job), Err(queued(Verb::Resume)));
    }
}
