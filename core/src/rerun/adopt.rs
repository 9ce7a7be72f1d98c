//! `--via=adopt`: the pods that succeeded get the new Job as their owner, one by one, and its controller counts them.
//!
//! One strategic merge patch for each pod hands it over from one owner to the other, so that it is never without one, and
//! carries the version that was seen: of two retries at once, one gets it. The label has a key of its own for every run,
//! so that a second retry does not take the pods of the first away from it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Seen, Step, Wanted};
use crate::facts::INDEX_KEY;
use crate::index_set::IndexSet;
use crate::manifest::completions;

/// The finalizer of a pod that its Job has still to count (`JobTrackingFinalizer` in k8s.io/api `batch/v1/types.go`).
const TRACKING: &str = "batch.kubernetes.io/job-tracking";
/// The annotation of a pod that was handed over: uid and name of the Job that it came from.
const GIVEN_BY: &str = "kubectl-indexedjob/given-by";
/// How the key of the label begins that a run's pods carry.
pub(super) const RUN_LABEL: &str = "kubectl-indexedjob/run-";

/// A pod, as far as it can be handed over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "RawPod")]
pub struct EndedPod {
    /// Its name.
    pub name: String,
    /// What tells it from another pod of that name.
    pub uid: String,
    version: String,
    created: Option<Timestamp>,
    index: Option<u32>,
    succeeded: bool,
    deleting: bool,
    owner: Option<Owner>,
    given_by: Option<Owner>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Owner {
    uid: String,
    name: String,
}

/// A pod and the patch that hands it over.
#[derive(Clone, Debug, PartialEq)]
pub struct HandOver {
    /// The pod's name.
    pub pod: String,
    /// A strategic merge patch.
    pub patch: Value,
}

/// What an undo does next.
#[derive(Clone, Debug, PartialEq)]
pub enum GiveBack {
    /// PATCH these pods: each gets its former owner back, or none where that is gone.
    Pods(Vec<HandOver>),
    /// DELETE the Job of this uid; nothing of others goes with it.
    Delete(String),
}

/// `job` with a selector and labels of its own, by a key that no other run has. The server adds none of its labels to a
/// Job with its own selector, so what people look for by name is put there.
#[must_use]
pub fn with_run_label(job: &Value, random: &str) -> Value {
    let mut job = job.clone();
    let name = job["metadata"]["name"].clone();
    let key = format!("{RUN_LABEL}{random}");
    let reads_uid = job["spec"]["template"]["spec"].to_string().contains("controller-uid']");
    let labels = &mut job["spec"]["template"]["metadata"]["labels"];
    labels[&key] = json!(random);
    labels["job-name"] = name.clone();
    labels["batch.kubernetes.io/job-name"] = name;
    if reads_uid {
        // A variable of the container holds it, and tells one run from another by it.
        labels["controller-uid"] = json!(random);
        labels["batch.kubernetes.io/controller-uid"] = json!(random);
    }
    job["spec"]["manualSelector"] = json!(true);
    job["spec"]["selector"] = json!({"matchLabels": {key: random}});
    job
}

/// Those of `done` that no pod of `pods` tells of.
#[must_use]
pub fn givers_missing(done: &IndexSet, pods: &[EndedPod]) -> IndexSet {
    let told: IndexSet = pods.iter().filter(|pod| pod.succeeded && !pod.deleting).filter_map(|pod| pod.index).collect();
    done.difference(&told)
}

/// What is left to do before the release; None where the controller has counted all that is done.
pub(super) fn next(wanted: &Wanted, seen: &Seen, job: &Value) -> Option<Step> {
    let done = wanted.done.set();
    let completions = completions(job);
    let counted = IndexSet::from_api(job["status"]["completedIndexes"].as_str().unwrap_or_default(), completions);
    let strange = counted.difference(done);
    if !strange.is_empty() {
        return Some(Step::Refuse(Refusal::Strange(strange)));
    }
    let open = done.difference(&counted);
    if open.is_empty() {
        return None;
    }
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    let best = best_pods(&open, uid, &wanted.givers, &seen.pods);
    let vanished: IndexSet = open.iter().filter(|index| !best.contains_key(index)).collect();
    if !vanished.is_empty() {
        return Some(Step::Refuse(Refusal::Vanished(vanished)));
    }
    let theirs = best.into_values().filter(|pod| !pod.is_owned_by(uid));
    let given: Vec<HandOver> = theirs.map(|pod| pod.hand_over(job)).collect();
    Some(if given.is_empty() { Step::Count } else { Step::HandOver(given) })
}

/// For each index of `open` the pod that tells it is done: one that the run has already, else the newest.
fn best_pods<'a>(open: &IndexSet, uid: &str, givers: &[String], pods: &'a [EndedPod]) -> BTreeMap<u32, &'a EndedPod> {
    let mut best: BTreeMap<u32, &EndedPod> = BTreeMap::new();
    for pod in pods {
        let Some(index) = pod.index.filter(|index| open.contains(*index)) else { continue };
        let is_ours = pod.is_owned_by(uid);
        let may_come = pod.owner.as_ref().is_none_or(|owner| givers.contains(&owner.uid)) && !pod.deleting;
        if !pod.succeeded || !is_ours && !may_come {
            continue;
        }
        let rank = |pod: &EndedPod| (pod.is_owned_by(uid), pod.created);
        if best.get(&index).is_none_or(|known| rank(pod) > rank(known)) {
            best.insert(index, pod);
        }
    }
    best
}

/// What gives back what `job`, a run that was begun, has taken, and then removes it.
#[must_use]
pub fn undo(job: &Value, pods: &[EndedPod], is_there: impl Fn(&str) -> bool) -> GiveBack {
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    let taken = pods.iter().filter(|pod| pod.is_owned_by(uid) && pod.given_by.is_some());
    let back: Vec<HandOver> = taken.map(|pod| pod.give_back(job, &is_there)).collect();
    if back.is_empty() { GiveBack::Delete(uid.to_owned()) } else { GiveBack::Pods(back) }
}

impl EndedPod {
    /// Is this Job its controller?
    #[must_use]
    pub fn is_owned_by(&self, uid: &str) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.uid == uid)
    }

    /// Was it handed over by this Job?
    #[must_use]
    pub fn was_of(&self, uid: &str) -> bool {
        self.given_by.as_ref().is_some_and(|giver| giver.uid == uid)
    }

    fn hand_over(&self, job: &Value) -> HandOver {
        let mut owners = vec![];
        let mut annotations = json!({});
        if let Some(old) = &self.owner {
            owners.push(json!({"$patch": "delete", "uid": old.uid}));
            annotations = json!({GIVEN_BY: format!("{}/{}", old.uid, old.name)});
        }
        owners.push(controller(&job["metadata"]["uid"], &job["metadata"]["name"]));
        self.patched(json!({
            "ownerReferences": owners,
            "finalizers": [TRACKING],
            "labels": run_labels(job),
            "annotations": annotations,
        }))
    }

    /// Owner, finalizer and label go at once: a finalizer that is left on a pod of a finished Job is never removed.
    fn give_back(&self, job: &Value, is_there: impl Fn(&str) -> bool) -> HandOver {
        let mut owners = vec![json!({"$patch": "delete", "uid": job["metadata"]["uid"]})];
        if let Some(former) = self.given_by.as_ref().filter(|former| is_there(&former.uid)) {
            owners.push(controller(&json!(former.uid), &json!(former.name)));
        }
        let mut labels = run_labels(job);
        labels.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut).for_each(|value| *value = Value::Null);
        self.patched(json!({
            "ownerReferences": owners,
            "$deleteFromPrimitiveList/finalizers": [TRACKING],
            "labels": labels,
            "annotations": {GIVEN_BY: null},
        }))
    }

    fn patched(&self, mut metadata: Value) -> HandOver {
        metadata["uid"] = json!(self.uid);
        metadata["resourceVersion"] = json!(self.version);
        HandOver { pod: self.name.clone(), patch: json!({"metadata": metadata}) }
    }
}

/// No blockOwnerDeletion: some clusters forbid it without rights on the Job's finalizers.
fn controller(uid: &Value, name: &Value) -> Value {
    json!({"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": uid, "controller": true})
}

/// The labels by which `job` finds its pods.
fn run_labels(job: &Value) -> Value {
    job["spec"]["selector"]["matchLabels"].clone()
}

#[derive(Deserialize)]
struct RawPod {
    metadata: RawMeta,
    #[serde(default)]
    status: RawStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMeta {
    name: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    resource_version: String,
    creation_timestamp: Option<Timestamp>,
    deletion_timestamp: Option<Timestamp>,
    annotations: Option<BTreeMap<String, String>>,
    labels: Option<BTreeMap<String, String>>,
    #[serde(default)]
    owner_references: Vec<RawOwner>,
}

#[derive(Deserialize)]
struct RawOwner {
    uid: String,
    name: String,
    controller: Option<bool>,
}

#[derive(Default, Deserialize)]
struct RawStatus {
    phase: Option<String>,
}

impl From<RawPod> for EndedPod {
    fn from(RawPod { metadata, status }: RawPod) -> Self {
        let annotations = metadata.annotations.unwrap_or_default();
        let index = annotations.get(INDEX_KEY).or_else(|| metadata.labels.as_ref()?.get(INDEX_KEY));
        let owner = metadata.owner_references.into_iter().find(|owner| owner.controller == Some(true));
        let given_by = annotations.get(GIVEN_BY).and_then(|text| text.split_once('/'));
        Self {
            index: index.and_then(|index| index.parse().ok()),
            name: metadata.name,
            uid: metadata.uid,
            version: metadata.resource_version,
            created: metadata.creation_timestamp,
            succeeded: status.phase.as_deref() == Some("Succeeded"),
            deleting: metadata.deletion_timestamp.is_some(),
            owner: owner.map(|owner| Owner { uid: owner.uid, name: owner.name }),
            given_by: given_by.map(|(uid, name)| Owner { uid: uid.to_owned(), name: name.to_owned() }),
        }
    }
}
