//! What a Job says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::PodFacts;
use crate::index_set::IndexSet;
use crate::numbering::Numbering;
use crate::text::Foreign;

/// Who runs a Job where `spec.managedBy` names nobody else (`JobControllerName` in k8s.io/api `batch/v1/types.go`).
const JOB_CONTROLLER: &str = "kubernetes.io/job-controller";

/// The label of the runs that `retry` has made: the uid of the first Job of their chain.
pub const CHAIN: &str = "kubectl-indexedjob/chain";

/// The annotation of a run that `retry` has begun and not released yet.
pub const RETRYING: &str = "kubectl-indexedjob/retrying";

/// The `activeDeadlineSeconds` by which `cancel` ends a Job.
pub const CANCELLING_DEADLINE: u64 = 1;

/// The reason of a Job that failed by its deadline.
const PAST_DEADLINE: &str = "DeadlineExceeded";

/// A Job, as far as progress and its pods are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "RawJob")]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the API, and all combinations occur")]
pub struct JobFacts {
    /// Its name; unique in the namespace, but reused after a deletion.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// What tells it from an earlier or later Job of the same name.
    pub uid: String,
    /// The version of the object, to watch from.
    pub resource_version: String,
    /// Is `completionMode` Indexed?
    pub indexed: bool,
    /// How many indexes it has; 0 where the field is unset (work queues).
    pub completions: u32,
    /// How many pods may run at a time; None where the field is unset (then 1).
    pub parallelism: Option<u32>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// What its tasks are called.
    pub numbering: Numbering,
    /// Is it told not to run?
    pub suspended: bool,
    /// The controller that runs it in place of the Job controller (`spec.managedBy`); None for the ordinary case.
    pub managed_by: Option<Foreign>,
    /// The Kueue queue that it waits in or was admitted by; None without one.
    pub queue: Option<Foreign>,
    /// The uid of the first Job of its chain, where it is a run that `retry` has made (the label [`CHAIN`]); else None.
    pub chain: Option<String>,
    /// Indexes that the retry which made it left out: its status counts them as completed, or will as soon as the retry has
    /// told it, although they are not done, and nothing runs for them. Empty for most Jobs.
    pub skipped: IndexSet,
    /// Have all indexes that it runs succeeded once it is complete? Not so with a `spec.successPolicy`.
    pub complete_means_all: bool,
    /// The name of the Job that `retry` made it from; None where it is no retry.
    pub retry_of: Option<Foreign>,
    /// The verb that has begun to make it and has not ended; None for a Job that is whole.
    pub begun: Option<Begun>,
    /// Somebody is deleting it.
    pub deleting: bool,
    /// The label selector of its pods, as a list request takes it; empty where there is none.
    pub pod_selector: String,
    /// Does the user's own selector, not the generated one, find its pods? Then owners must be compared too.
    pub manual_selector: bool,
    /// Indexes that have succeeded, in it or in the runs before it.
    pub succeeded: IndexSet,
    /// Indexes that failed.
    pub failed: FailedIndexes,
    /// Pods that have succeeded (`status.succeeded`): of a Job that is not Indexed, all that is known.
    pub succeeded_pods: u32,
    /// Pods that have failed, those included that the controller stopped itself (`status.failed`).
    pub failed_pods: u32,
    /// Pods that are pending or running and not terminating.
    pub active: u32,
    /// Pods that are ready; None where the server does not count them.
    pub ready: Option<u32>,
    /// Pods that are being stopped; 0 on servers before 1.28, which do not count them.
    pub terminating: u32,
    /// When it began, or was last resumed.
    pub started: Option<Timestamp>,
    /// When it was complete or failed; None before.
    pub finished: Option<Timestamp>,
    /// How many seconds after its end it is deleted (`ttlSecondsAfterFinished`); None where it stays.
    pub ttl: Option<u32>,
    /// `cancel` has given it the deadline that ends it; whether that ended it tells [`was_cancelled`](Self::was_cancelled).
    pub cancelled: bool,
    /// What became of it; None while that is open.
    pub verdict: Option<Verdict>,
}

impl JobFacts {
    /// Has `cancel` brought this end about? A Job may be complete, or fail of itself, before its deadline is noticed.
    #[must_use]
    pub fn was_cancelled(&self, end: &Outcome) -> bool {
        self.cancelled && matches!(end, Outcome::Failed { reason, .. } if reason.raw() == PAST_DEADLINE)
    }

    /// Is `pod`, which the selector has found, one of this Job's?
    ///
    /// The generated selector holds the Job's uid; the user's own may find pods of others.
    #[must_use]
    pub fn owns(&self, pod: &PodFacts) -> bool {
        let by_owner = self.manual_selector || self.pod_selector.is_empty();
        !by_owner || pod.owner == self.uid
    }

    /// How many more pods the controller should have made by now.
    #[must_use]
    pub fn pods_missing(&self) -> u32 {
        let open = match (self.indexed, self.completions) {
            (true, all) => all.saturating_sub(self.closed().len()),
            // A work queue is done with as soon as one of its pods has succeeded.
            (false, 0) if self.succeeded_pods > 0 => 0,
            (false, 0) => u32::MAX,
            (false, all) => all.saturating_sub(self.succeeded_pods),
        };
        let wanted = self.parallelism.unwrap_or(1).min(open);
        let is_idle = self.suspended || self.verdict.is_some();
        if is_idle { 0 } else { wanted.saturating_sub(self.active + self.terminating) }
    }

    /// The indexes for which nothing is started any more: they succeeded, failed for good, or were left out.
    #[must_use]
    pub fn closed(&self) -> IndexSet {
        self.succeeded.union(&self.skipped).union(self.failed_for_good())
    }

    /// How many of its pods are ready, and how many are there and are not: `active` counts pods from their creation on, and
    /// an image that cannot be pulled is not running. A server that does not count the ready ones tells only that they are
    /// there.
    #[must_use]
    pub fn running_and_starting(&self) -> (u32, u32) {
        let active = self.active.max(self.ready.unwrap_or(0));
        let running = self.ready.unwrap_or(active);
        (running, active - running)
    }

    /// The indexes that failed for good, as `status.failedIndexes` has them; empty where the Job has no limit per index.
    #[must_use]
    pub fn failed_for_good(&self) -> &IndexSet {
        static NONE: IndexSet = IndexSet::new();
        match &self.failed {
            FailedIndexes::Known(failed) => failed,
            FailedIndexes::NotCounted => &NONE,
        }
    }
}

/// The verb that has begun to make a Job and has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// `create`: some of its helpers are missing.
    ByCreate,
    /// `retry`: it does not know yet what is done.
    ByRetry,
}

/// Which indexes of a Job have failed for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailedIndexes {
    /// No `backoffLimitPerIndex`: the Job counts failures together, and no index fails for good.
    NotCounted,
    /// `status.failedIndexes`.
    Known(IndexSet),
}

/// The end of a Job, or the fate that its conditions have already decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it is.
    pub outcome: Outcome,
    /// False while only SuccessCriteriaMet or FailureTarget is there: the fate is known, but pods are still stopping
    /// (job-controller since 1.31, KEP-3998 and `delayTerminalCondition`).
    pub settled: bool,
}

/// How a Job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Condition Complete.
    Complete,
    /// Condition Failed.
    Failed {
        /// The condition's reason, one word.
        reason: Foreign,
        /// The condition's message.
        message: Foreign,
    },
    /// It is gone, or on its way.
    Deleted,
    /// It is gone, and another Job has its name.
    Replaced,
}

#[derive(Deserialize)]
struct RawJob {
    metadata: RawMeta,
    #[serde(default)]
    spec: RawSpec,
    #[serde(default)]
    status: RawStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMeta {
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    resource_version: String,
    creation_timestamp: Option<Timestamp>,
    deletion_timestamp: Option<Timestamp>,
    annotations: Option<RawAnnotations>,
    labels: Option<RawLabels>,
}

/// The labels that matter; the others are skipped unread.
#[derive(Deserialize)]
struct RawLabels {
    #[serde(rename = "kueue.x-k8s.io/queue-name")]
    queue: Option<Foreign>,
    #[serde(rename = "kubectl-indexedjob/chain")]
    chain: Option<String>,
}

/// The annotations that matter; the others are skipped unread.
#[derive(Default, Deserialize)]
struct RawAnnotations {
    #[serde(rename = "kubectl-indexedjob/numbers")]
    numbers: Option<String>,
    #[serde(rename = "kubectl-indexedjob/skipped")]
    skipped: Option<String>,
    #[serde(rename = "kubectl-indexedjob/retry-of")]
    retry_of: Option<Foreign>,
    #[serde(rename = "kubectl-indexedjob/active-deadline-seconds")]
    former_deadline: Option<String>,
    #[serde(rename = "kubectl-indexedjob/creating")]
    creating: Option<IgnoredAny>,
    #[serde(rename = "kubectl-indexedjob/retrying")]
    retrying: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawSpec {
    completion_mode: Option<String>,
    completions: Option<u32>,
    parallelism: Option<u32>,
    managed_by: Option<Foreign>,
    suspend: Option<bool>,
    selector: Option<RawSelector>,
    manual_selector: Option<bool>,
    success_policy: Option<IgnoredAny>,
    backoff_limit_per_index: Option<u32>,
    ttl_seconds_after_finished: Option<u32>,
    active_deadline_seconds: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawSelector {
    match_labels: Option<BTreeMap<String, String>>,
    match_expressions: Option<Vec<RawExpression>>,
}

#[derive(Deserialize)]
struct RawExpression {
    key: String,
    operator: String,
    values: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawStatus {
    completed_indexes: Option<String>,
    failed_indexes: Option<String>,
    succeeded: Option<u32>,
    failed: Option<u32>,
    active: Option<u32>,
    ready: Option<u32>,
    terminating: Option<u32>,
    start_time: Option<Timestamp>,
    completion_time: Option<Timestamp>,
    conditions: Option<Vec<RawCondition>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCondition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    #[serde(default)]
    reason: Foreign,
    #[serde(default)]
    message: Foreign,
    last_transition_time: Option<Timestamp>,
}

impl From<RawJob> for JobFacts {
    fn from(raw: RawJob) -> Self {
        let RawJob { metadata, spec, status } = raw;
        let completions = spec.completions.unwrap_or(0);
        let RawAnnotations { numbers, skipped, retry_of, former_deadline, creating, retrying } =
            metadata.annotations.unwrap_or_default();
        let numbering = Numbering::of_annotation(numbers.as_deref(), completions);
        let skipped = skipped_indexes(skipped.as_deref(), &numbering, completions);
        let indexes = |text: Option<String>| IndexSet::from_api(&text.unwrap_or_default(), completions);
        let completed = indexes(status.completed_indexes);
        // A copy of a run has the annotation of the run, and runs what that left out.
        let skipped = if retrying.is_some() { skipped } else { skipped.intersection(&completed) };
        let conditions = status.conditions.unwrap_or_default();
        let failed_at = conditions.iter().find(|c| c.kind == "Failed" && c.status == "True");
        let failed_at = failed_at.and_then(|c| c.last_transition_time);
        let (queue, chain) = metadata.labels.map_or((None, None), |labels| (labels.queue, labels.chain));
        Self {
            name: metadata.name,
            namespace: metadata.namespace,
            uid: metadata.uid,
            resource_version: metadata.resource_version,
            indexed: spec.completion_mode.as_deref() == Some("Indexed"),
            completions,
            parallelism: spec.parallelism,
            created: metadata.creation_timestamp,
            numbering,
            suspended: spec.suspend.unwrap_or(false),
            managed_by: spec.managed_by.filter(|name| name.raw() != JOB_CONTROLLER),
            queue,
            chain,
            complete_means_all: spec.success_policy.is_none(),
            retry_of,
            begun: creating.map(|_| Begun::ByCreate).or_else(|| retrying.map(|_| Begun::ByRetry)),
            deleting: metadata.deletion_timestamp.is_some(),
            pod_selector: spec.selector.map(RawSelector::into_query).unwrap_or_default(),
            manual_selector: spec.manual_selector.unwrap_or(false),
            succeeded: completed.difference(&skipped),
            skipped,
            failed: match spec.backoff_limit_per_index {
                Some(_) => FailedIndexes::Known(indexes(status.failed_indexes)),
                None => FailedIndexes::NotCounted,
            },
            succeeded_pods: status.succeeded.unwrap_or(0),
            failed_pods: status.failed.unwrap_or(0),
            active: status.active.unwrap_or(0),
            ready: status.ready,
            terminating: status.terminating.unwrap_or(0),
            started: status.start_time,
            // Only a complete Job has a completionTime.
            finished: status.completion_time.or(failed_at),
            ttl: spec.ttl_seconds_after_finished,
            cancelled: former_deadline.is_some() && spec.active_deadline_seconds == Some(CANCELLING_DEADLINE),
            verdict: verdict(conditions),
        }
    }
}

/// The indexes of the tasks that a retry left out, as the annotation of its run names them by their numbers. A set that makes
/// no sense (somebody changed it) is one that says nothing.
pub(crate) fn skipped_indexes(annotation: Option<&str>, numbering: &Numbering, completions: u32) -> IndexSet {
    let numbers = annotation.and_then(|set| IndexSet::parse(set, completions).ok()).unwrap_or_default();
    numbering.indexes(&numbers).intersection(&IndexSet::all(completions))
}

/// The verdict of the conditions: a final one goes before one that only tells the fate.
fn verdict(conditions: Vec<RawCondition>) -> Option<Verdict> {
    let rank = |condition: &RawCondition| match condition.kind.as_str() {
        "Complete" | "Failed" => 0,
        _ => 1,
    };
    conditions
        .into_iter()
        .filter(|c| c.status == "True")
        .filter(|c| matches!(c.kind.as_str(), "Complete" | "Failed" | "SuccessCriteriaMet" | "FailureTarget"))
        .min_by_key(rank)
        .map(|c| Verdict {
            settled: rank(&c) == 0,
            outcome: match c.kind.as_str() {
                "Complete" | "SuccessCriteriaMet" => Outcome::Complete,
                _ => Outcome::Failed { reason: c.reason, message: c.message },
            },
        })
}

impl RawSelector {
    /// The form of the `labelSelector` query parameter.
    fn into_query(self) -> String {
        let equal = self.match_labels.unwrap_or_default().into_iter().map(|(key, value)| format!("{key}={value}"));
        let expressions = self.match_expressions.unwrap_or_default().into_iter().map(|e| {
            let values = e.values.unwrap_or_default().join(",");
            match e.operator.as_str() {
                "In" => format!("{} in ({values})", e.key),
                "NotIn" => format!("{} notin ({values})", e.key),
                "DoesNotExist" => format!("!{}", e.key),
                _ => e.key,
            }
        });
        equal.chain(expressions).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(job: Value) -> JobFacts {
        serde_json::from_value(job).unwrap()
    }

    fn with_conditions(conditions: &Value) -> Option<Verdict> {
        read(json!({"metadata": {"name": "x"}, "status": {"conditions": conditions}})).verdict
    }

    #[test]
    fn a_running_job() {
        let job = read(json!({
            "metadata": {"name": "x", "uid": "u-1", "annotations": {"a": "b"}},
            "spec": {
                "completionMode": "Indexed", "completions": 5, "parallelism": 3, "backoffLimitPerIndex": 1,
                "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "u-1"}},
                "unknownToUs": {"deep": [1]},
            },
            "status": {"active": 2, "ready": 1, "completedIndexes": "0,1", "failedIndexes": "4"},
        }));
        assert!(job.indexed && !job.suspended && !job.deleting);
        assert_eq!((job.completions, job.active, job.ready), (5, 2, Some(1)));
        assert_eq!(job.pod_selector, "batch.kubernetes.io/controller-uid=u-1");
        assert_eq!(job.succeeded.to_string(), "0,1");
        assert_eq!(job.failed, FailedIndexes::Known(IndexSet::from_api("4", 5)));
        assert_eq!(job.verdict, None);
    }

    #[test]
    fn without_a_limit_per_index_no_index_has_failed_for_good() {
        assert_eq!(read(json!({"metadata": {"name": "x"}})).failed, FailedIndexes::NotCounted);
    }

    #[test]
    fn the_fate_comes_before_the_end() {
        let target = json!([{"type": "FailureTarget", "status": "True", "reason": "FailedIndexes", "message": "m"}]);
        let verdict = with_conditions(&target).unwrap();
        assert!(!verdict.settled && matches!(verdict.outcome, Outcome::Failed { .. }));

        let both = json!([
            {"type": "FailureTarget", "status": "True", "reason": "FailedIndexes", "message": "m"},
            {"type": "Failed", "status": "True", "reason": "FailedIndexes", "message": "m"},
        ]);
        assert!(with_conditions(&both).unwrap().settled);
    }

    #[test]
    fn a_job_was_cancelled_where_its_cancelling_deadline_ended_it() {
        let job = |annotations: Value, deadline: u32, reason: &str| {
            let conditions = json!([{"type": "Failed", "status": "True", "reason": reason}]);
            let job = read(json!({
                "metadata": {"name": "x", "annotations": annotations},
                "spec": {"activeDeadlineSeconds": deadline}, "status": {"conditions": conditions},
            }));
            job.was_cancelled(&job.verdict.as_ref().unwrap().outcome)
        };
        let cancelled = json!({"kubectl-indexedjob/active-deadline-seconds": ""});
        assert!(job(cancelled.clone(), 1, "DeadlineExceeded"));
        assert!(!job(cancelled.clone(), 1, "FailedIndexes"), "it failed of itself");
        assert!(!job(cancelled, 600, "DeadlineExceeded"), "somebody gave it another one");
        assert!(!job(json!({}), 1, "DeadlineExceeded"), "its own deadline");
    }

    #[test]
    fn a_job_that_was_once_suspended_has_no_verdict() {
        let resumed = json!([{"type": "Suspended", "status": "False", "reason": "JobResumed"}]);
        assert_eq!(with_conditions(&resumed), None);
    }

    #[test]
    fn a_pod_belongs_to_the_job_that_selects_it_or_by_the_users_own_selector_to_its_owner() {
        let owned = |spec: Value, owner: &str| {
            let pod = json!({"metadata": {"name": "p", "ownerReferences": [{"uid": owner, "controller": true}]}});
            read(json!({"metadata": {"name": "x", "uid": "u"}, "spec": spec}))
                .owns(&serde_json::from_value(pod).unwrap())
        };
        let selector = json!({"matchLabels": {"a": "1"}});
        assert!(owned(json!({"selector": selector}), "adopted by another"));
        assert!(owned(json!({"selector": selector, "manualSelector": true}), "u"));
        assert!(!owned(json!({"selector": selector, "manualSelector": true}), "v"));
        assert!(!owned(json!({}), "v"));
    }

    #[test]
    fn a_selector_of_expressions_is_one_query() {
        let job = read(json!({"metadata": {"name": "x"}, "spec": {"selector": {
            "matchLabels": {"a": "1"},
            "matchExpressions": [
                {"key": "b", "operator": "In", "values": ["2", "3"]},
                {"key": "c", "operator": "DoesNotExist"},
                {"key": "d", "operator": "Exists"},
            ],
        }}}));
        assert_eq!(job.pod_selector, "a=1,b in (2,3),!c,d");
    }

    #[test]
    fn a_failed_job_finished_when_it_failed() {
        let failed = json!([{"type": "Failed", "status": "True", "lastTransitionTime": "2026-01-01T00:00:07Z"}]);
        let job = read(json!({"metadata": {"name": "x"}, "status": {"conditions": failed}}));
        assert_eq!(job.finished.unwrap().to_string(), "2026-01-01T00:00:07Z");
        let complete = read(json!({"metadata": {"name": "x"}, "status": {"completionTime": "2026-01-01T00:00:08Z"}}));
        assert_eq!(complete.finished.unwrap().to_string(), "2026-01-01T00:00:08Z");
    }

    #[test]
    fn who_else_has_a_say() {
        let managed = |by: &str| {
            let metadata = json!({"name": "x", "labels": {"kueue.x-k8s.io/queue-name": "gpu", "app": "y"}});
            read(json!({"metadata": metadata, "spec": {"managedBy": by}}))
        };
        assert_eq!(managed("kubernetes.io/job-controller").managed_by, None);
        let kueue = managed("kueue.x-k8s.io/multikueue");
        assert_eq!(kueue.managed_by.unwrap().raw(), "kueue.x-k8s.io/multikueue");
        assert_eq!(kueue.queue.unwrap().raw(), "gpu");
    }
}
