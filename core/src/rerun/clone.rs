//! The new Job from the JSON of the old one, as the server returned it: fields that are newer than this program stay.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::adopt::RUN_LABEL;
use super::whole::WHOLE_SPEC;
use super::{CHAIN, DONE, FIRST_RUN, HELD_TTL, QUEUE, RETRIED, RETRY, RETRY_OF, RETRYING, SHARED, SKIPPED};
use crate::creation::CREATING;
use crate::index_set::IndexSet;
use crate::lifecycle::{ACTIVE_DEADLINE, PARALLELISM, SUSPENDED};
use crate::manifest::{self, Problem, Replacement, replace_command};
use crate::plan::{Base, Command, Defaults, Delivery, Features, JobFields, Plan, PodFields, Via};

/// What shall be other than in the old Job.
#[derive(Clone, Debug)]
pub struct Changes<'a> {
    /// Fields of the pod, merged by their names.
    pub pod: &'a PodFields,
    /// The command in place of the old one; without words that stays.
    pub command: Replacement<'a>,
    /// How many pods may run at once; None as before.
    pub parallelism: Option<u32>,
    /// How often an index is tried again; None as before.
    pub retries: Option<u32>,
    /// Nodes that no pod may go to.
    pub avoided: &'a BTreeSet<String>,
    /// What the server can do.
    pub features: Features,
}

/// A new Job like an old one.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloned {
    /// The Job, without anything that ties it to a cluster.
    pub job: Value,
    /// What may surprise, to be told.
    pub notes: Vec<String>,
}

/// What the server or a controller adds to labels, and must give the new Job anew.
const GENERATED: [&str; 4] =
    ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

/// What belongs to the one Job that has it.
const OWN_ANNOTATIONS: [&str; 17] = [
    "batch.kubernetes.io/job-tracking",
    "batch.kubernetes.io/cronjob-scheduled-timestamp",
    "cronjob.kubernetes.io/instantiate",
    "kubectl.kubernetes.io/last-applied-configuration",
    ACTIVE_DEADLINE,
    PARALLELISM,
    SUSPENDED,
    CREATING,
    RETRYING,
    RETRY_OF,
    RETRY,
    FIRST_RUN,
    RETRIED,
    SKIPPED,
    DONE,
    SHARED,
    WHOLE_SPEC,
];

/// A Job called `name` like `source`, in which `done` indexes are done.
///
/// # Errors
/// The changes do not fit the Job, or it breaks a limit of the server.
pub fn clone(source: &Value, name: &str, done: &IndexSet, changes: &Changes) -> Result<Cloned, Problem> {
    let mut job = source.clone();
    restore(&mut job);
    scrub(&mut job);
    let mut notes = Vec::new();
    if drop_met_success_rules(&mut job, done) {
        notes.push("what is done meets the success policy; the new Job runs without that rule".to_owned());
    }
    if changes.retries.is_some() && job["spec"]["backoffLimitPerIndex"].is_null() {
        // The server's default for a Job without a limit per index would count all failures together.
        remove(&mut job["spec"], "backoffLimit");
    }
    let plan = plan(job, name, changes);
    let (objects, _) = manifest::build(&plan, "")?;
    let mut job = match changes.command.words {
        [] => objects.job,
        _ => replace_command(objects.job, changes.pod.container.as_deref(), changes.command)?,
    };
    avoid(&mut job, changes.avoided);
    Ok(Cloned { job, notes })
}

/// A plan that changes nothing but what is asked for.
fn plan(job: Value, name: &str, changes: &Changes) -> Plan {
    Plan {
        base: Base::File { job, helpers: vec![] },
        name: Some(crate::plan::Name::Whole(name.to_owned())),
        namespace: None,
        work: None,
        command: Command::Keep,
        delivery: Delivery {
            item_path: String::new(),
            via: Via::Auto,
            init_image: None,
            item_env: vec![],
            index_env: vec![],
            index_path: None,
        },
        job: JobFields { parallelism: changes.parallelism, retries: changes.retries, ..JobFields::default() },
        pod: changes.pod.clone(),
        defaults: Defaults::Api,
        features: changes.features,
    }
}

/// Takes away what ties the Job to its cluster and to what made it.
fn scrub(job: &mut Value) {
    remove(job, "status");
    let mut metadata = Map::new();
    if let Some(labels) = job["metadata"]["labels"].as_object() {
        metadata.insert("labels".to_owned(), json!(kept_labels(labels)));
    }
    let annotations = job["metadata"]["annotations"].as_object().cloned().unwrap_or_default();
    let is_own = |key: &String| OWN_ANNOTATIONS.contains(&key.as_str()) || [HELD_TTL, QUEUE].contains(&key.as_str());
    let annotations: Map<_, _> = annotations.into_iter().filter(|(key, _)| !is_own(key)).collect();
    metadata.insert("annotations".to_owned(), json!(annotations));
    job["metadata"] = Value::Object(metadata);
    let spec = &mut job["spec"];
    remove(spec, "selector");
    remove(spec, "manualSelector");
    spec["suspend"] = json!(false);
    let template = &mut spec["template"]["metadata"];
    remove(template, "creationTimestamp");
    if let Some(labels) = template["labels"].as_object() {
        template["labels"] = json!(kept_labels(labels));
    }
    // Kueue gives every workload its own.
    for (kind, key) in [("labels", "kueue.x-k8s.io/podset"), ("annotations", "kueue.x-k8s.io/workload")] {
        if template[kind].is_object() {
            remove(&mut template[kind], key);
        }
    }
}

fn kept_labels(labels: &Map<String, Value>) -> Map<String, Value> {
    let is_kept = |key: &str| !GENERATED.contains(&key) && key != CHAIN && !key.starts_with(RUN_LABEL);
    labels.iter().filter(|(key, _)| is_kept(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Undoes what `cancel` did to the fields, and a retry that has begun and holds off the time to live; that the Job was
/// suspended then is no wish for the new one, which somebody asks to run. A former value that is no number was none.
fn restore(job: &mut Value) {
    let changed = [
        (ACTIVE_DEADLINE, "activeDeadlineSeconds"),
        (PARALLELISM, "parallelism"),
        (HELD_TTL, "ttlSecondsAfterFinished"),
    ];
    for (key, field) in changed {
        if let Some(former) = job["metadata"]["annotations"][key].as_str() {
            match former.parse::<u64>() {
                Ok(former) => job["spec"][field] = json!(former),
                Err(_) => remove(&mut job["spec"], field),
            }
        }
    }
}

/// Rules that `done` alone meets would end the new Job before it runs anything. True where there was one.
fn drop_met_success_rules(job: &mut Value, done: &IndexSet) -> bool {
    let completions = manifest::completions(job);
    let rules = job.pointer_mut("/spec/successPolicy/rules").and_then(Value::as_array_mut);
    let Some(rules) = rules else { return false };
    let before = rules.len();
    rules.retain(|rule| {
        let named = rule["succeededIndexes"].as_str().map(|text| IndexSet::from_api(text, completions));
        let of = named.unwrap_or_else(|| IndexSet::all(completions));
        let met = of.len() - of.difference(done).len();
        u64::from(met) < rule["succeededCount"].as_u64().unwrap_or_else(|| u64::from(of.len()))
    });
    let (after, is_empty) = (rules.len(), rules.is_empty());
    if is_empty {
        remove(&mut job["spec"], "successPolicy");
    }
    after < before
}

/// Keeps the pods off these nodes, whatever else the template asks for.
fn avoid(job: &mut Value, nodes: &BTreeSet<String>) {
    if nodes.is_empty() {
        return;
    }
    // A field selector takes one value, and what stands in one term must all hold.
    let others: Vec<Value> =
        nodes.iter().map(|node| json!({"key": "metadata.name", "operator": "NotIn", "values": [node]})).collect();
    let affinity = &mut job["spec"]["template"]["spec"]["affinity"]["nodeAffinity"];
    let required = &mut affinity["requiredDuringSchedulingIgnoredDuringExecution"];
    match required["nodeSelectorTerms"].as_array_mut() {
        Some(terms) if !terms.is_empty() => {
            for term in terms {
                let fields = &mut term["matchFields"];
                let known = fields.as_array().cloned().unwrap_or_default();
                *fields = json!([known, others.clone()].concat());
            }
        }
        _ => *required = json!({"nodeSelectorTerms": [{"matchFields": others}]}),
    }
}

/// The names of the `ConfigMaps` that the pods of `job` read.
#[must_use]
pub fn config_maps(job: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open = vec![&job["spec"]["template"]["spec"]];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                for (key, field) in fields {
                    if matches!(key.as_str(), "configMap" | "configMapRef" | "configMapKeyRef") {
                        names.extend(field["name"].as_str().map(str::to_owned));
                    }
                    open.push(field);
                }
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names
}

fn remove(object: &mut Value, key: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(key);
    }
}
