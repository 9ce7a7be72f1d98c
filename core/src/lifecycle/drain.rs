//! `suspend --drain`: what runs may end, nothing new begins, then the Job is suspended.
//!
//! The controller starts the next index when there are fewer pods than the parallelism. It waits a second before it
//! acts on a pod, and acts on a new parallelism at once; so parallelism follows the pods down, the moment one has ended.

use serde_json::{Value, json};

use super::{PARALLELISM, Refusal, Target, Verb};
use crate::facts::{Outcome, Phase, PodFacts};

/// The one thing to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Wait for one of the pods to end.
    Wait,
    /// Send this patch: parallelism becomes `to`.
    Lower {
        /// The new parallelism.
        to: u32,
        /// The merge patch.
        patch: Value,
    },
    /// Nothing runs any more: send this patch, and the Job is suspended with its own parallelism.
    Suspend(Value),
    /// It is suspended already.
    Suspended,
    /// The Job has ended by itself.
    Ended(Outcome),
    /// Somebody else has set the parallelism in the meantime, and means it.
    Overruled,
}

/// What to do where `running` pods may end, and others need not. `lowered`: has this run lowered the parallelism before?
///
/// # Errors
/// The Job is being deleted, belongs to a queue, or has no indexes.
pub fn next(target: &Target, running: u32, lowered: bool) -> Result<Step, Refusal> {
    if let Some(verdict) = &target.job.verdict {
        return Ok(Step::Ended(verdict.outcome.clone()));
    }
    target.still_open()?;
    target.not_queued(Verb::Drain)?;
    if !target.job.indexed {
        return Err(Refusal::NotIndexed);
    }
    let former = target.former.parallelism;
    if target.job.suspended && former.is_none() {
        return Ok(Step::Suspended);
    }
    if lowered && former.is_none() {
        return Ok(Step::Overruled);
    }
    if running == 0 || target.job.suspended {
        let mut patch = restore(target).unwrap_or_else(|| target.patch(&json!({})));
        patch["spec"]["suspend"] = json!(true);
        return Ok(Step::Suspend(patch));
    }
    if running >= target.parallelism() {
        return Ok(Step::Wait);
    }
    let mut patch = target.patch(&json!({"parallelism": running}));
    if former.is_none() {
        patch["metadata"]["annotations"] = json!({PARALLELISM: target.parallelism().to_string()});
    }
    Ok(Step::Lower { to: running, patch })
}

/// The patch that gives the Job its own parallelism back; None where it has it.
#[must_use]
pub fn restore(target: &Target) -> Option<Value> {
    let mut patch = target.patch(&json!({"parallelism": target.former.parallelism?}));
    patch["metadata"]["annotations"] = json!({PARALLELISM: null});
    Some(patch)
}

/// Is there something to lose when this pod is stopped? Not where it has no node yet, or waits in vain for its image.
#[must_use]
pub fn has_begun(pod: &PodFacts) -> bool {
    let started = pod.containers.iter().any(|container| container.started);
    let on_its_way = |reason: &str| matches!(reason, "" | "ContainerCreating" | "PodInitializing");
    let is_stuck = !started && pod.containers.iter().any(|container| !on_its_way(container.waiting.raw()));
    !pod.phase.is_over() && !pod.deleting && (pod.phase != Phase::Pending || (pod.node.is_some() && !is_stuck))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ended, target};
    use super::*;

    fn lowered(annotation: &str, parallelism: u32) -> Target {
        target(&json!({"metadata": {"annotations": {PARALLELISM: annotation}}, "spec": {"parallelism": parallelism}}))
    }

    #[test]
    fn parallelism_follows_the_pods_down_and_is_restored() {
        assert_eq!(next(&target(&json!({})), 3, false), Ok(Step::Wait));
        let patch = json!({
            "metadata": {"uid": "u", "annotations": {PARALLELISM: "3"}}, "spec": {"parallelism": 2},
        });
        assert_eq!(next(&target(&json!({})), 2, false), Ok(Step::Lower { to: 2, patch }));
        let patch = json!({"metadata": {"uid": "u"}, "spec": {"parallelism": 1}});
        assert_eq!(next(&lowered("3", 2), 1, true), Ok(Step::Lower { to: 1, patch }));
        let patch = json!({
            "metadata": {"uid": "u", "annotations": {PARALLELISM: null}}, "spec": {"parallelism": 3, "suspend": true},
        });
        assert_eq!(next(&lowered("3", 1), 0, true), Ok(Step::Suspend(patch)));
        let at_once = json!({"metadata": {"uid": "u"}, "spec": {"suspend": true}});
        assert_eq!(next(&target(&json!({})), 0, false), Ok(Step::Suspend(at_once)));
    }

    #[test]
    fn a_drain_that_was_killed_goes_on_with_the_first_parallelism() {
        let Ok(Step::Lower { to: 1, patch }) = next(&lowered("8", 2), 1, false) else { panic!("it goes on") };
        assert!(patch["metadata"]["annotations"].is_null());
        assert_eq!(restore(&lowered("8", 2)).unwrap()["spec"], json!({"parallelism": 8}));
        assert_eq!(restore(&target(&json!({}))), None);
    }

    #[test]
    fn others_have_their_way() {
        assert_eq!(next(&target(&json!({"spec": {"parallelism": 9}})), 2, true), Ok(Step::Overruled));
        assert_eq!(next(&target(&json!({"spec": {"suspend": true}})), 2, true), Ok(Step::Suspended));
        let mut suspended = lowered("8", 2);
        suspended.job.suspended = true;
        assert!(matches!(next(&suspended, 2, true), Ok(Step::Suspend(_))), "its parallelism is restored");
        assert_eq!(next(&ended("Complete"), 0, true), Ok(Step::Ended(Outcome::Complete)));
        let deleting = target(&json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}));
        assert_eq!(next(&deleting, 1, true), Err(Refusal::Deleting));
    }

    #[test]
    fn only_what_has_begun_is_worth_waiting_for() {
        let pod = |spec: Value, status: Value| -> PodFacts {
            let mut pod = json!({"metadata": {"name": "p"}, "spec": spec, "status": status});
            pod["spec"]["containers"] = json!([{"name": "w"}]);
            serde_json::from_value(pod).unwrap()
        };
        let waiting = |reason: &str| {
            json!({"phase": "Pending", "containerStatuses": [
                {"name": "w", "state": {"waiting": {"reason": reason}}},
            ]})
        };
        let on_node = || json!({"nodeName": "n"});
        assert!(has_begun(&pod(on_node(), json!({"phase": "Running"}))));
        assert!(has_begun(&pod(on_node(), waiting("ContainerCreating"))));
        assert!(!has_begun(&pod(on_node(), waiting("ImagePullBackOff"))));
        assert!(!has_begun(&pod(json!({}), json!({"phase": "Pending"}))));
        assert!(!has_begun(&pod(on_node(), json!({"phase": "Succeeded"}))));
        let mut stopping = pod(on_node(), json!({"phase": "Running"}));
        stopping.deleting = true;
        assert!(!has_begun(&stopping));
    }
}
