//! What a test says about namespaces, Jobs, pods and events.

use serde_json::{Value, json};

use super::store::{Key, Policy, Resource, Store, suffix};
use super::{Fake, jobs, patch};

impl Fake {
    pub(crate) fn add_namespace(&self, name: &str) {
        let object = json!({"metadata": {"name": name}, "status": {"phase": "Active"}});
        self.put_object(&Resource::core("namespaces"), "", object);
    }

    /// Stores any object as a POST would, but counts no write.
    #[track_caller]
    pub(crate) fn put_object(&self, resource: &Resource, namespace: &str, object: Value) -> Value {
        let created = self.change(|world| world.store.create(resource, namespace, object, "test", false));
        created.unwrap_or_else(|status| panic!("the test's own object is refused: {}", status.message))
    }

    /// An object as it is now.
    pub(crate) fn object(&self, resource: &Resource, namespace: &str, name: &str) -> Option<Value> {
        self.world().store.get(resource, namespace, name).ok().cloned()
    }

    /// All objects of a resource, in all namespaces.
    pub(crate) fn objects(&self, resource: &Resource) -> Vec<Value> {
        let world = self.world();
        let all = world.store.select(resource, "", &super::selector::Selector::default());
        all.into_iter().map(|(_, object)| object.clone()).collect()
    }

    pub(crate) fn jobs(&self) -> Vec<Value> {
        self.objects(&Resource::jobs())
    }

    pub(crate) fn config_maps(&self) -> Vec<Value> {
        self.objects(&Resource::core("configmaps"))
    }

    /// A handle to a Job, there or not.
    pub(crate) fn job(&self, namespace: &str, name: &str) -> JobHandle {
        JobHandle { fake: self.clone(), namespace: namespace.into(), name: name.into() }
    }

    /// Stores an Indexed Job of one busybox container `worker` with as many indexes, all of them at once.
    #[track_caller]
    pub(crate) fn add_job(&self, name: &str, completions: u64) -> JobHandle {
        let container = json!({"name": "worker", "image": "busybox", "command": ["true"]});
        let spec = json!({
            "completions": completions, "parallelism": completions, "completionMode": "Indexed",
            "backoffLimitPerIndex": 0,
            "template": {"spec": {"restartPolicy": "Never", "containers": [container]}},
        });
        self.add_job_from("default", json!({"metadata": {"name": name}, "spec": spec}))
    }

    /// Stores this Job.
    #[track_caller]
    pub(crate) fn add_job_from(&self, namespace: &str, manifest: Value) -> JobHandle {
        let job = self.put_object(&Resource::jobs(), namespace, manifest);
        self.job(namespace, job["metadata"]["name"].as_str().unwrap_or_default())
    }

    /// Stores an event about an object of kind, name and uid.
    pub(crate) fn add_event(&self, about: &Value, event_type: &str, reason: &str, message: &str, source: &str) {
        let metadata = &about["metadata"];
        let time = super::store::now();
        let object = json!({
            "metadata": {"generateName": format!("{}.", metadata["name"].as_str().unwrap_or_default())},
            "involvedObject": {
                "kind": about["kind"], "apiVersion": about["apiVersion"], "name": metadata["name"],
                "namespace": metadata["namespace"], "uid": metadata["uid"],
            },
            "type": event_type, "reason": reason, "message": message, "source": {"component": source},
            "reportingComponent": source, "firstTimestamp": time, "lastTimestamp": time, "count": 1,
        });
        self.put_object(&Resource::core("events"), metadata["namespace"].as_str().unwrap_or_default(), object);
    }
}

/// A Job by name. What it is told to do panics when the Job is missing.
pub(crate) struct JobHandle {
    fake: Fake,
    namespace: String,
    name: String,
}

impl JobHandle {
    fn key(&self) -> Key {
        Key::new(&Resource::jobs(), &self.namespace, &self.name)
    }

    pub(crate) fn exists(&self) -> bool {
        self.fake.world().store.find(&self.key()).is_some()
    }

    /// The object as it is now.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        self.fake.object(&Resource::jobs(), &self.namespace, &self.name).expect("the Job is there")
    }

    #[track_caller]
    pub(crate) fn uid(&self) -> String {
        self.json()["metadata"]["uid"].as_str().unwrap_or_default().into()
    }

    /// Changes the object as it is stored, with nothing checked.
    #[track_caller]
    pub(crate) fn edit(&self, edit: impl FnOnce(&mut Value)) {
        let key = self.key();
        self.fake.change(|world| {
            let mut job = world.store.find(&key).expect("the Job is there").clone();
            edit(&mut job);
            world.store.put(&key, job);
        });
    }

    /// Merges into the status, as the controller's patches do; null deletes.
    #[track_caller]
    pub(crate) fn set_status(&self, status: &Value) {
        self.edit(|job| patch::merge(&mut job["status"], status));
    }

    /// Adds a condition that is True.
    #[track_caller]
    pub(crate) fn add_condition(&self, kind: &str, reason: &str, message: &str) {
        self.edit(|job| push_condition(job, kind, reason, message));
    }

    /// Some indexes have succeeded, the others still run.
    #[track_caller]
    pub(crate) fn progress(&self, completed_indexes: &str, succeeded: u64) {
        self.edit(|job| {
            let active = job["spec"]["completions"].as_u64().unwrap_or(1).saturating_sub(succeeded);
            let started = job["metadata"]["creationTimestamp"].clone();
            let status = json!({
                "startTime": started, "succeeded": succeeded, "completedIndexes": completed_indexes,
                "active": active, "ready": active, "terminating": 0, "uncountedTerminatedPods": {},
            });
            patch::merge(&mut job["status"], &status);
        });
    }

    /// All indexes have succeeded: `SuccessCriteriaMet` and Complete.
    #[track_caller]
    pub(crate) fn complete(&self) {
        self.edit(|job| {
            let completions = job["spec"]["completions"].as_u64().unwrap_or(1);
            let now = super::store::now();
            let started = job["metadata"]["creationTimestamp"].clone();
            let status = json!({
                "startTime": started, "completionTime": now, "succeeded": completions, "active": 0, "ready": 0,
                "terminating": 0, "uncountedTerminatedPods": {},
                "completedIndexes": jobs::compact_indexes(0..completions),
            });
            patch::merge(&mut job["status"], &status);
            let message = "Reached expected number of succeeded pods";
            push_condition(job, "SuccessCriteriaMet", "CompletionsReached", message);
            push_condition(job, "Complete", "CompletionsReached", message);
        });
    }

    /// The Job is about to fail: `FailureTarget` alone, as 1.31 and newer say it while pods stop.
    #[track_caller]
    pub(crate) fn doom(&self, reason: &str, message: &str) {
        self.edit(|job| {
            let started = job["metadata"]["creationTimestamp"].clone();
            patch::merge(&mut job["status"], &json!({"startTime": started}));
            push_condition(job, "FailureTarget", reason, message);
        });
    }

    /// These indexes have failed for good, and with them the Job.
    #[track_caller]
    pub(crate) fn fail(&self, failed_indexes: &str, reason: &str, message: &str) {
        self.edit(|job| {
            let started = job["metadata"]["creationTimestamp"].clone();
            let status = json!({
                "startTime": started, "failedIndexes": failed_indexes, "failed": 1, "active": 0, "ready": 0,
                "terminating": 0, "uncountedTerminatedPods": {},
            });
            patch::merge(&mut job["status"], &status);
            push_condition(job, "FailureTarget", reason, message);
            push_condition(job, "Failed", reason, message);
        });
    }

    /// Deletes the Job and what it owns, as a Background delete does.
    #[track_caller]
    pub(crate) fn delete(&self) {
        let policy = Policy::Background;
        let deleted = self
            .fake
            .change(|world| world.store.delete(&Resource::jobs(), &self.namespace, &self.name, policy, &Value::Null));
        assert!(deleted.is_ok(), "the Job is there");
    }

    /// Takes the Job away, whatever held it.
    #[track_caller]
    pub(crate) fn delete_for_good(&self) {
        let key = self.key();
        self.fake.change(|world| world.store.remove(&key)).expect("the Job is there");
    }

    /// The Job gets a deletionTimestamp and stays, as a Foreground delete begins.
    #[track_caller]
    pub(crate) fn mark_deleting(&self) {
        self.edit(|job| {
            job["metadata"]["deletionTimestamp"] = json!(super::store::now());
            job["metadata"]["deletionGracePeriodSeconds"] = json!(0);
            job["metadata"]["finalizers"] = json!(["foregroundDeletion"]);
        });
    }

    /// Deletes the Job and creates another of the same name and spec, with its own uid and no status.
    #[track_caller]
    pub(crate) fn recreate(&self) {
        let mut manifest = self.json();
        self.delete();
        manifest["metadata"] = json!({"name": self.name});
        for generated in ["selector", "manualSelector"] {
            manifest["spec"].as_object_mut().expect("a spec").remove(generated);
        }
        manifest["spec"]["template"]["metadata"] = json!({});
        self.fake.add_job_from(&self.namespace, manifest);
    }

    /// Stores the pod as one of this Job's, and returns its name.
    #[track_caller]
    pub(crate) fn add_pod(&self, pod: Pod) -> String {
        let job = self.json();
        self.fake.change(|world| pod.store(&mut world.store, &job))
    }

    /// The pod of this name is as `pod` says from now on; its name, uid and age stay.
    #[track_caller]
    pub(crate) fn pod_becomes(&self, name: &str, pod: &Pod) {
        let template = &self.json()["spec"]["template"];
        let key = Key::new(&Resource::core("pods"), &self.namespace, name);
        self.fake.change(|world| {
            let mut object = world.store.find(&key).expect("the pod is there").clone();
            pod.fill(&mut object, template);
            world.store.put(&key, object);
        });
    }

    /// The pod of this name is gone, as after a deletion by force.
    #[track_caller]
    pub(crate) fn remove_pod(&self, name: &str) {
        let key = Key::new(&Resource::core("pods"), &self.namespace, name);
        self.fake.change(|world| world.store.remove(&key)).expect("the pod is there");
    }

    /// Stores a Succeeded pod of the index that logged these bytes.
    #[track_caller]
    pub(crate) fn add_logged_pod(&self, index: u64, log: impl Into<Vec<u8>>) -> String {
        let (job, log) = (self.json(), super::Log::Bytes(log.into()));
        // Both at once: who watches may ask for the log as soon as the pod is there.
        self.fake.change(|world| {
            let pod = Pod::new(index).succeeded().store(&mut world.store, &job);
            world.logs.insert(&self.namespace, &pod, "worker", log);
            pod
        })
    }

    /// Stores an event about this Job.
    #[track_caller]
    pub(crate) fn add_event(&self, event_type: &str, reason: &str, message: &str) {
        self.fake.add_event(&self.json(), event_type, reason, message, "job-controller");
    }
}

fn push_condition(job: &mut Value, kind: &str, reason: &str, message: &str) {
    let conditions = &mut job["status"]["conditions"];
    if let Some(list) = conditions.as_array_mut() {
        list.retain(|condition| condition["type"] != kind);
        list.push(jobs::condition(kind, reason, message));
    } else {
        *conditions = json!([jobs::condition(kind, reason, message)]);
    }
}

/// A pod of an index, to be stored. It is pending and on a node until something else is said.
pub(crate) struct Pod {
    index: u64,
    phase: &'static str,
    /// Of every container: `{"running": ..}`, `{"waiting": ..}` or `{"terminated": ..}`.
    state: Value,
    restarts: u64,
    node: Option<&'static str>,
    edit: Value,
}

impl Pod {
    pub(crate) fn new(index: u64) -> Self {
        let state = json!({"waiting": {"reason": "ContainerCreating"}});
        Self { index, phase: "Pending", state, restarts: 0, node: Some("node-1"), edit: Value::Null }
    }

    pub(crate) fn running(self) -> Self {
        Self { phase: "Running", state: json!({"running": {"startedAt": super::store::now()}}), ..self }
    }

    pub(crate) fn succeeded(self) -> Self {
        Self { phase: "Succeeded", ..self }.terminated(0, "Completed", "")
    }

    pub(crate) fn failed(self, exit_code: i32) -> Self {
        Self { phase: "Failed", ..self }.terminated(exit_code, "Error", "")
    }

    /// The container ended like this; the phase stays.
    pub(crate) fn terminated(self, exit_code: i32, reason: &str, message: &str) -> Self {
        let now = super::store::now();
        let mut terminated = json!({"exitCode": exit_code, "reason": reason, "startedAt": now, "finishedAt": now});
        if !message.is_empty() {
            terminated["message"] = json!(message);
        }
        Self { state: json!({"terminated": terminated}), ..self }
    }

    /// Pending, and the container waits for this reason.
    pub(crate) fn waiting(self, reason: &str, message: &str) -> Self {
        let state = json!({"waiting": {"reason": reason, "message": message}});
        Self { phase: "Pending", state, ..self }
    }

    /// Pending without a node.
    pub(crate) fn unscheduled(self) -> Self {
        Self { phase: "Pending", state: Value::Null, node: None, ..self }
    }

    pub(crate) fn restarts(self, restarts: u64) -> Self {
        Self { restarts, ..self }
    }

    /// Merged into the pod before it is stored.
    pub(crate) fn with(self, edit: Value) -> Self {
        Self { edit, ..self }
    }

    /// Stores it as a pod of this Job, created a second after the object before, and returns its name.
    pub(crate) fn store(self, store: &mut Store, job: &Value) -> String {
        let resource = Resource::core("pods");
        let (meta, template) = (&job["metadata"], &job["spec"]["template"]);
        let (job_name, namespace) = (text(&meta["name"]), text(&meta["namespace"]));
        let name = format!("{job_name}-{}-{}", self.index, suffix(store.next_serial()));
        let index = self.index.to_string();
        let mut pod = json!({
            "metadata": {
                "name": name, "generateName": format!("{job_name}-{index}-"),
                "labels": template["metadata"]["labels"],
                "annotations": {"batch.kubernetes.io/job-completion-index": index},
                "finalizers": ["batch.kubernetes.io/job-tracking"],
                "ownerReferences": [{
                    "apiVersion": "batch/v1", "kind": "Job", "name": job_name, "uid": meta["uid"],
                    "controller": true, "blockOwnerDeletion": true,
                }],
            },
            "spec": template["spec"],
        });
        pod["metadata"]["labels"]["batch.kubernetes.io/job-completion-index"] = json!(index);
        pod["spec"]["hostname"] = json!(format!("{job_name}-{index}"));
        self.fill(&mut pod, template);
        let mut pod = store.prepare(&resource, namespace, pod, "kube-controller-manager").expect("a good pod");
        let serial = i64::try_from(store.next_serial()).unwrap_or_default();
        let created = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1_767_225_600 + serial);
        pod["metadata"]["creationTimestamp"] = json!(created.to_string());
        if !self.edit.is_null() {
            patch::merge(&mut pod, &self.edit);
        }
        store.put(&Key::new(&resource, namespace, &name), pod);
        name
    }

    /// Puts into the pod how it is now.
    fn fill(&self, pod: &mut Value, template: &Value) {
        pod["status"] = json!({"phase": self.phase, "qosClass": "BestEffort"});
        let ended = ["Succeeded", "Failed"].contains(&self.phase);
        if ended {
            // The controller has counted it.
            pod["metadata"]["finalizers"] = json!([]);
        }
        if let Some(node) = self.node {
            pod["spec"]["nodeName"] = json!(node);
            pod["status"]["startTime"] = json!(super::store::now());
            pod["status"]["containerStatuses"] = self.container_statuses(&template["spec"]["containers"]);
        } else {
            pod["status"]["conditions"] = json!([{
                "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                "message": "0/1 nodes are available: 1 Insufficient cpu.",
            }]);
        }
    }

    fn container_statuses(&self, containers: &Value) -> Value {
        let running = self.phase == "Running";
        let statuses = containers.as_array().into_iter().flatten().map(|container| {
            json!({
                "name": container["name"], "image": container["image"], "imageID": "", "ready": running,
                "started": running, "restartCount": self.restarts, "state": self.state, "lastState": {},
            })
        });
        statuses.collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
