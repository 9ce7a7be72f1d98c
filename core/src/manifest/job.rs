//! The Job of a plan: its name, its tasks, its limits and policies.

use serde_json::{Map, Value, json};

use super::edit::{Manifest, child};
use super::{Problem, QUEUE_LABEL};
use crate::index_set::IndexSet;
use crate::numbering::{NUMBERS, Numbering};
use crate::plan::{Base, Defaults, JobFields, Name, Plan};
use crate::work::Work;

/// Above this, `--parallelism` must be given: a cluster is seldom meant to start more pods at once by default.
const DEFAULT_PARALLELISM: u32 = 1_000;
/// `succeededIndexes` of a success policy are at most 64 KiB (`pkg/apis/batch/validation`).
const SUCCEEDED_INDEXES_BYTES: usize = 64 << 10;

/// The Job that the flags are laid over: that of the file, or one with one container, named as in the Kubernetes docs.
pub(super) fn base(plan: &Plan) -> Value {
    match &plan.base {
        Base::File { job, .. } => job.clone(),
        Base::New => json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "worker"}]}}},
        }),
    }
}

/// Its name and its tasks.
pub(super) fn identify(plan: &Plan, manifest: &mut Manifest) -> Result<(), Problem> {
    if plan.work.is_some() && manifest.job()["metadata"]["annotations"][NUMBERS].is_string() {
        // Its containers translate the indexes already.
        return Err(Problem::new("the Job of the file has tasks with numbers of their own")
            .hint("begin with the file that it was made from, or leave out what says which tasks there are"));
    }
    let metadata = manifest.metadata();
    match &plan.name {
        Some(Name::Whole(name)) => {
            metadata.remove("generateName");
            metadata.insert("name".to_owned(), json!(name));
        }
        Some(Name::Prefix(prefix)) => {
            metadata.remove("name");
            metadata.insert("generateName".to_owned(), json!(prefix));
        }
        None => {}
    }
    if let Some(namespace) = &plan.namespace {
        metadata.insert("namespace".to_owned(), json!(namespace));
    }
    if let Some(work) = &plan.work {
        if let Some(numbers) = work.numbering().set() {
            child(manifest.metadata(), "annotations").insert(NUMBERS.to_owned(), json!(numbers.compact()));
        }
        manifest.spec().insert("completionMode".to_owned(), json!("Indexed"));
        manifest.spec().insert("completions".to_owned(), json!(work.completions()));
    }
    Ok(())
}

/// Its limits and policies: the defaults of an array, then what the flags say.
pub(super) fn limit(plan: &Plan, manifest: &mut Manifest) -> Result<(), Problem> {
    let fields = &plan.job;
    let array = plan.base == Base::New && plan.defaults == Defaults::Array;
    if array {
        array_defaults(plan, manifest);
    }
    if fields.retries.is_some() && !plan.features.per_index {
        return Err(Problem::new("--retries needs Kubernetes 1.29: this server has no limit for each index")
            .hint("use --backoff-limit N, which counts the failures of all indexes together"));
    }
    let max_failed = fields.max_failed_indexes.map(|share| {
        // More than there are is never.
        let completions = completions(manifest.job());
        share.of(completions).min(completions)
    });
    let values = [
        ("parallelism", fields.parallelism.map(Value::from)),
        ("backoffLimitPerIndex", fields.retries.map(Value::from)),
        ("maxFailedIndexes", max_failed.map(Value::from)),
        ("activeDeadlineSeconds", fields.active_deadline.map(Value::from)),
        ("ttlSecondsAfterFinished", fields.ttl.map(Value::from)),
        ("suspend", fields.suspend.map(Value::from)),
        ("backoffLimit", fields.backoff_limit.map(Value::from)),
        ("podReplacementPolicy", fields.pod_replacement_policy.map(Value::from)),
    ];
    let spec = manifest.spec();
    spec.extend(values.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    failure_policy(plan, manifest, array)?;
    success_policy(plan, manifest)?;
    if let Some(queue) = &fields.queue {
        child(manifest.metadata(), "labels").insert(QUEUE_LABEL.to_owned(), json!(queue));
        // Kueue starts it; without it no pod may start either.
        manifest.spec().insert("suspend".to_owned(), json!(true));
    }
    Ok(())
}

/// How many tasks `job` has (`spec.completions`); 0 where it does not say.
#[must_use]
pub fn completions(job: &Value) -> u32 {
    job["spec"]["completions"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

/// What the tasks of `job`, which was made from `plan`, are called.
pub fn numbering(plan: &Plan, job: &Value) -> Numbering {
    let kept = || Numbering::of_annotation(job["metadata"]["annotations"][NUMBERS].as_str(), completions(job));
    plan.work.as_ref().map_or_else(kept, Work::numbering)
}

/// What suits an array: all tasks at once, each index on its own account, and the end of the log as the message of a
/// failed container.
fn array_defaults(plan: &Plan, manifest: &mut Manifest) {
    let completions = plan.work.as_ref().map_or(1, Work::completions);
    manifest.spec().insert("parallelism".to_owned(), json!(completions.min(DEFAULT_PARALLELISM)));
    if plan.features.per_index {
        manifest.spec().insert("backoffLimitPerIndex".to_owned(), json!(0));
    }
    manifest.worker().insert("terminationMessagePolicy".to_owned(), json!("FallbackToLogsOnError"));
}

/// The rules of the flags, before those of the file; the first that fits a failed pod decides.
fn failure_policy(plan: &Plan, manifest: &mut Manifest, array: bool) -> Result<(), Problem> {
    let JobFields { fail_job_on, fail_index_on, .. } = &plan.job;
    let mut rules = Vec::new();
    if array && !plan.job.count_disruptions && plan.features.failure_policy {
        // A pod that was evicted or preempted is run again; a limit per index would otherwise fail its index for good.
        let disrupted = json!([{"type": "DisruptionTarget", "status": "True"}]);
        rules.push(json!({"action": "Ignore", "onPodConditions": disrupted}));
    }
    let on = |action: &str, codes: &IndexSet| {
        let values: Vec<u32> = codes.iter().collect();
        json!({"action": action, "onExitCodes": {"operator": "In", "values": values}})
    };
    rules.extend(fail_job_on.iter().map(|codes| on("FailJob", codes)));
    rules.extend(fail_index_on.iter().map(|codes| on("FailIndex", codes)));
    if rules.is_empty() {
        return Ok(());
    }
    let flag = if fail_job_on.is_some() { "--fail-job-on" } else { "--fail-index-on" };
    if !plan.features.failure_policy {
        return Err(Problem::new(format!("{flag} needs Kubernetes 1.26: this server has no pod failure policy")));
    }
    let job = manifest.job();
    let restart = job["spec"]["template"]["spec"]["restartPolicy"].as_str().unwrap_or_default();
    if restart != "Never" {
        let has = if restart.is_empty() { "none".to_owned() } else { crate::text::shown(restart).into_owned() };
        return Err(Problem::new(format!("{flag} needs restartPolicy Never, and the file has {has}"))
            .hint("write \"restartPolicy: Never\" into the pod's spec"));
    }
    if fail_index_on.is_some() && !job["spec"]["backoffLimitPerIndex"].is_number() {
        return Err(Problem::new("--fail-index-on needs a limit for each index").hint("add --retries N"));
    }
    if job["spec"]["podReplacementPolicy"] == "TerminatingOrFailed" {
        let hint = match fail_job_on.is_some() || fail_index_on.is_some() {
            true => format!("leave {flag} out, or give --pod-replacement-policy Failed"),
            false => "add --count-disruptions, or leave --pod-replacement-policy out".to_owned(),
        };
        let problem = "the pod replacement policy TerminatingOrFailed cannot go with a pod failure policy";
        return Err(Problem::new(problem).hint(hint));
    }
    let policy = child(manifest.spec(), "podFailurePolicy");
    super::edit::list(policy, "rules").splice(0..0, rules);
    Ok(())
}

fn success_policy(plan: &Plan, manifest: &mut Manifest) -> Result<(), Problem> {
    let mut rule = Map::new();
    if let Some(numbers) = &plan.job.succeeded_indexes {
        let numbering = numbering(plan, manifest.job());
        let all = IndexSet::all(completions(manifest.job()));
        let indexes = numbering.indexes(numbers);
        let strange = numbers.difference(&numbering.numbers(&all));
        if let Some(strange) = strange.min() {
            return Err(Problem::new(format!("--succeeded-indexes: no task has the number {strange}")));
        }
        if indexes.is_empty() {
            return Err(Problem::new("--succeeded-indexes names no task"));
        }
        let text = indexes.to_string();
        if text.len() > SUCCEEDED_INDEXES_BYTES {
            let size = text.len();
            let problem = format!("--succeeded-indexes takes {size} bytes, and {SUCCEEDED_INDEXES_BYTES} are the most");
            return Err(Problem::new(problem));
        }
        rule.insert("succeededIndexes".to_owned(), json!(text));
    }
    if let Some(count) = plan.job.succeeded_count {
        rule.insert("succeededCount".to_owned(), json!(count));
    }
    if !rule.is_empty() {
        manifest.spec().insert("successPolicy".to_owned(), json!({"rules": [rule]}));
    }
    Ok(())
}
