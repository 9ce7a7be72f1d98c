//! The Job of a plan, before its items are delivered.

use serde_json::{Value, json};

use super::edit;
use crate::plan::{Defaults, Features, Plan};

/// Above this, `--parallelism` must be given: a cluster is seldom meant to start more pods at once by default.
const DEFAULT_PARALLELISM: u32 = 1_000;

/// The Job with one container, named as in the Kubernetes docs.
pub(super) fn skeleton(plan: &Plan) -> Value {
    let mut worker = json!({"name": "worker", "image": plan.image});
    if !plan.command.is_empty() {
        worker["command"] = json!(plan.command);
    }
    let mut job = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": plan.name},
        "spec": {
            "completionMode": "Indexed",
            "completions": plan.work.completions(),
            "template": {"spec": {"restartPolicy": "Never", "containers": [worker]}},
        },
    });
    if let Some(namespace) = &plan.namespace {
        job["metadata"]["namespace"] = json!(namespace);
    }
    if let Some(parallelism) = plan.parallelism {
        edit::spec(&mut job, "parallelism", parallelism);
    }
    if let Defaults::Array(features) = plan.defaults {
        array_defaults(&mut job, plan, features);
    }
    job
}

/// What suits an array: all tasks at once, each index on its own account, disruptions not counted, and the end of the
/// log as the message of a failed container.
fn array_defaults(job: &mut Value, plan: &Plan, features: Features) {
    if plan.parallelism.is_none() {
        edit::spec(job, "parallelism", plan.work.completions().min(DEFAULT_PARALLELISM));
    }
    if features.per_index {
        edit::spec(job, "backoffLimitPerIndex", 0);
    }
    if features.failure_policy {
        // A pod that was evicted or preempted is run again; a limit per index would otherwise fail its index for good.
        let disrupted = json!([{"type": "DisruptionTarget", "status": "True"}]);
        edit::spec(job, "podFailurePolicy", json!({"rules": [{"action": "Ignore", "onPodConditions": disrupted}]}));
    }
    job["spec"]["template"]["spec"]["containers"][0]["terminationMessagePolicy"] = json!("FallbackToLogsOnError");
}
