//! Jobs: how the server defaults and validates them, and a tiny controller.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::scene::Pod;
use super::selector::Selector;
use super::status::{Cause, Status};
use super::store::{Key, Resource, Store, now};

/// The most pods an Indexed Job may run at once, and the most indexes without `maxFailedIndexes`.
const MANY: i64 = 100_000;

/// What a POST does to a Job after it has its name and uid.
pub(crate) fn admit(resource: &Resource, job: &mut Value) -> Result<(), Status> {
    let causes = validate(job);
    if !causes.is_empty() {
        return Err(Status::invalid(resource, job["metadata"]["name"].as_str().unwrap_or_default(), &causes));
    }
    default(job);
    Ok(())
}

fn default(job: &mut Value) {
    job["status"] = json!({});
    job["metadata"]["generation"] = json!(1);
    let (name, uid) = (job["metadata"]["name"].clone(), job["metadata"]["uid"].clone());
    let spec = &mut job["spec"];
    if spec["completions"].is_null() && spec["parallelism"].is_null() {
        set_default(spec, "completions", json!(1));
    }
    let backoff_limit = if spec["backoffLimitPerIndex"].is_null() { 6 } else { i32::MAX };
    let replacement = if spec["podFailurePolicy"].is_null() { "TerminatingOrFailed" } else { "Failed" };
    set_default(spec, "parallelism", json!(1));
    set_default(spec, "backoffLimit", json!(backoff_limit));
    set_default(spec, "completionMode", json!("NonIndexed"));
    set_default(spec, "suspend", json!(false));
    set_default(spec, "manualSelector", json!(false));
    set_default(spec, "podReplacementPolicy", json!(replacement));
    if spec["manualSelector"] == false {
        spec["selector"] = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}});
        let labels = &mut spec["template"]["metadata"]["labels"];
        for (key, value) in [("controller-uid", &uid), ("job-name", &name)] {
            labels[key] = value.clone();
            labels[format!("batch.kubernetes.io/{key}")] = value.clone();
        }
    }
    let labels = spec["template"]["metadata"]["labels"].clone();
    default_pod(&mut spec["template"]["spec"]);
    if job["metadata"]["labels"].is_null() {
        job["metadata"]["labels"] = labels;
    }
}

fn default_pod(spec: &mut Value) {
    set_default(spec, "dnsPolicy", json!("ClusterFirst"));
    set_default(spec, "schedulerName", json!("default-scheduler"));
    set_default(spec, "securityContext", json!({}));
    set_default(spec, "terminationGracePeriodSeconds", json!(30));
    for list in ["initContainers", "containers"] {
        for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            let image = container["image"].as_str().unwrap_or_default();
            let name = image.rsplit('/').next().unwrap_or_default();
            let pull = if !name.contains(':') || name.ends_with(":latest") { "Always" } else { "IfNotPresent" };
            set_default(container, "imagePullPolicy", json!(pull));
            set_default(container, "resources", json!({}));
            set_default(container, "terminationMessagePath", json!("/dev/termination-log"));
            set_default(container, "terminationMessagePolicy", json!("File"));
        }
    }
    for volume in spec.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten() {
        for kind in ["configMap", "downwardAPI", "projected", "secret"] {
            if volume[kind].is_object() {
                set_default(&mut volume[kind], "defaultMode", json!(420));
            }
        }
    }
}

/// What the server would complain about, field by field, in its order.
fn validate(job: &Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    let spec = &job["spec"];
    let indexed = spec["completionMode"] == "Indexed";
    for field in ["parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"] {
        if spec[field].as_i64().is_some_and(|number| number < 0) {
            let path = format!("spec.{field}");
            causes.push(Cause::invalid(&path, &spec[field], "must be greater than or equal to 0"));
        }
    }
    if indexed && spec["completions"].is_null() {
        causes.push(Cause::required("spec.completions", "when completion mode is Indexed"));
    }
    if indexed && spec["parallelism"].as_i64().is_some_and(|number| number > MANY) {
        let detail = "must be less than or equal to 100000 when completion mode is Indexed";
        causes.push(Cause::invalid("spec.parallelism", &spec["parallelism"], detail));
    }
    if !spec["backoffLimitPerIndex"].is_null() {
        if !indexed {
            let detail = "requires indexed completion mode";
            causes.push(Cause::invalid("spec.backoffLimitPerIndex", &spec["backoffLimitPerIndex"], detail));
        }
        if spec["completions"].as_i64().is_some_and(|number| number > MANY) && spec["maxFailedIndexes"].is_null() {
            causes.push(Cause::required("spec.maxFailedIndexes", "must be specified when completions is above 100000"));
        }
    }
    validate_pod(&spec["template"]["spec"], &mut causes);
    if indexed && let (Some(name), Some(completions)) = (job["metadata"]["name"].as_str(), spec["completions"].as_i64())
    {
        let hostname = format!("{name}-{}", completions - 1);
        if completions > 0 && !is_dns_label(&hostname) {
            let detail = format!("will not able to create pod with invalid DNS label: {hostname}");
            causes.push(Cause::invalid("metadata.name", &job["metadata"]["name"], &detail));
        }
    }
    causes
}

fn validate_pod(pod: &Value, causes: &mut Vec<Cause>) {
    let containers = pod["containers"].as_array().map(Vec::as_slice).unwrap_or_default();
    if containers.is_empty() {
        causes.push(Cause::required("spec.template.spec.containers", ""));
    }
    for (at, container) in containers.iter().enumerate() {
        for field in ["name", "image"] {
            if container[field].as_str().unwrap_or_default().is_empty() {
                causes.push(Cause::required(&format!("spec.template.spec.containers[{at}].{field}"), ""));
            }
        }
    }
    let policy = pod["restartPolicy"].as_str().unwrap_or("Always");
    if !["OnFailure", "Never"].contains(&policy) {
        let supported = "\"OnFailure\", \"Never\"";
        causes.push(Cause::unsupported("spec.template.spec.restartPolicy", &json!(policy), supported));
    }
}

/// What may change in a stored Job is little; these are the fields that tests try.
pub(crate) fn validate_update(resource: &Resource, old: &Value, new: &Value) -> Result<(), Status> {
    let mut causes = Vec::new();
    for field in ["selector", "completionMode"] {
        if old["spec"][field] != new["spec"][field] {
            causes.push(Cause::invalid(&format!("spec.{field}"), &new["spec"][field], "field is immutable"));
        }
    }
    let running = old["spec"]["suspend"] != true;
    if running && old["spec"]["template"] != new["spec"]["template"] {
        causes.push(Cause::invalid("spec.template", &new["spec"]["template"], "field is immutable"));
    }
    if causes.is_empty() {
        return Ok(());
    }
    Err(Status::invalid(resource, old["metadata"]["name"].as_str().unwrap_or_default(), &causes))
}

fn is_dns_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len()) && text.chars().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn set_default(map: &mut Value, key: &str, value: Value) {
    if map[key].is_null() {
        map[key] = value;
    }
}

/// True once a Job is Complete or Failed.
pub(crate) fn is_finished(job: &Value) -> bool {
    has_condition(job, "Complete") || has_condition(job, "Failed")
}

fn has_condition(job: &Value, kind: &str) -> bool {
    let conditions = job["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|condition| condition["type"] == kind && condition["status"] == "True")
}

/// A condition that is True since now.
pub(crate) fn condition(kind: &str, reason: &str, message: &str) -> Value {
    let time = now();
    json!({
        "type": kind, "status": "True", "reason": reason, "message": message,
        "lastProbeTime": time, "lastTransitionTime": time,
    })
}

/// Text as the API writes index sets: runs of three and more become ranges.
pub(crate) fn compact_indexes(indexes: impl IntoIterator<Item = u64>) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for index in indexes {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => runs.push((index, index)),
        }
    }
    let text = |(first, last): (u64, u64)| match last - first {
        0 => first.to_string(),
        1 => format!("{first},{last}"),
        _ => format!("{first}-{last}"),
    };
    runs.into_iter().map(text).collect::<Vec<_>>().join(",")
}

/// The indexes of `status.completedIndexes`.
pub(crate) fn completed(job: &Value) -> BTreeSet<u64> {
    let mut indexes = BTreeSet::new();
    for part in job["status"]["completedIndexes"].as_str().unwrap_or_default().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<u64>(), last.parse::<u64>()) {
            indexes.extend(first..=last);
        }
    }
    indexes
}

/// What a PATCH of the status may say of indexes (1.32 and newer).
pub(crate) fn validate_status(resource: &Resource, old: &Value, new: &Value) -> Result<(), Status> {
    let text = &new["status"]["completedIndexes"];
    let completions = new["spec"]["completions"].as_u64().unwrap_or(1);
    let canonical = compact_indexes(completed(new));
    let fits = completed(new).last().is_none_or(|last| *last < completions);
    if old["status"]["completedIndexes"] == *text || text.as_str().unwrap_or_default() == canonical && fits {
        return Ok(());
    }
    let cause = Cause::invalid("status.completedIndexes", text, "must be ascending and below completions");
    Err(Status::invalid(resource, old["metadata"]["name"].as_str().unwrap_or_default(), &[cause]))
}

/// Counts the pods that a Job with a selector of its own was given, and lets go of them.
fn count_given(store: &mut Store, job: &Value) -> BTreeSet<u64> {
    let mut done = completed(job);
    if job["spec"]["manualSelector"] != true {
        return done;
    }
    let pods = Resource::core("pods");
    let selected = store.select(&pods, "", &Selector::default());
    let own = |pod: &Value| pod["metadata"]["ownerReferences"][0]["uid"] == job["metadata"]["uid"];
    let given: Vec<_> =
        selected.into_iter().filter(|(_, pod)| own(pod)).map(|(k, pod)| (k.clone(), pod.clone())).collect();
    for (key, mut pod) in given {
        let index = pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"].as_str();
        let index = index.and_then(|index| index.parse::<u64>().ok());
        if pod["status"]["phase"] == "Succeeded" && !pod["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty)
        {
            done.extend(index);
            pod["metadata"]["finalizers"] = json!([]);
            store.put(&key, pod);
        }
    }
    done
}

/// Suspends suspended Jobs, and runs the others to their end, each index that is left successfully.
pub(crate) fn run_controller(store: &mut Store) {
    let resource = Resource::jobs();
    let jobs: Vec<_> = store
        .select(&resource, "", &Selector::default())
        .into_iter()
        .filter(|(_, job)| !is_finished(job) && job["metadata"]["deletionTimestamp"].is_null())
        .map(|(key, job)| (key.clone(), job.clone()))
        .collect();
    for (key, mut job) in jobs {
        if job["spec"]["suspend"] == true {
            let done = count_given(store, &job);
            let counted = done != completed(&job);
            if counted {
                job["status"]["completedIndexes"] = json!(compact_indexes(done));
            }
            let is_new = !has_condition(&job, "Suspended");
            if is_new {
                job["status"]["conditions"] = json!([condition("Suspended", "JobSuspended", "Job suspended")]);
            }
            if counted || is_new {
                store.put(&key, job);
            }
            continue;
        }
        run_to_the_end(store, &key, job);
    }
}

fn run_to_the_end(store: &mut Store, key: &Key, mut job: Value) {
    let completions = job["spec"]["completions"].as_u64().unwrap_or(1);
    let done = completed(&job);
    let active = job["spec"]["parallelism"].as_u64().unwrap_or(1).min(completions);
    let conditions = job["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let mut conditions: Vec<_> = conditions.into_iter().filter(|condition| condition["type"] != "Suspended").collect();
    if conditions.len() != job["status"]["conditions"].as_array().map_or(0, Vec::len) {
        let mut resumed = condition("Suspended", "JobResumed", "Job resumed");
        resumed["status"] = json!("False");
        conditions.push(resumed);
    }
    job["status"] =
        json!({"startTime": now(), "active": active, "ready": 0, "terminating": 0, "conditions": conditions});
    let mut job = store.put(key, job);
    for index in (0..completions).filter(|index| !done.contains(index)) {
        Pod::new(index).succeeded().store(store, &job);
    }
    let message = "Reached expected number of succeeded pods";
    conditions.push(condition("SuccessCriteriaMet", "CompletionsReached", message));
    conditions.push(condition("Complete", "CompletionsReached", message));
    let status = &mut job["status"];
    status["active"] = json!(0);
    status["succeeded"] = json!(completions);
    status["completionTime"] = json!(now());
    status["uncountedTerminatedPods"] = json!({});
    status["conditions"] = json!(conditions);
    if job["spec"]["completionMode"] == "Indexed" {
        job["status"]["completedIndexes"] = json!(compact_indexes(0..completions));
    }
    store.put(key, job);
}
