//! Why nothing moves: from the Job, its pods and its events to a few causes, each with the indexes it keeps waiting.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::digest::fold::fold;
use crate::facts::{Begun, EventFacts, JobFacts, PodFacts};
use crate::index_set::IndexSet;
use crate::numbering::Index;
use crate::progress::{IndexState, JobProgress, Refusal, pod_state, waits_for};
use crate::text::Foreign;

/// What kind of thing keeps indexes from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// The Job is suspended: by somebody, or by the queue that it waits in.
    Suspended,
    /// The controller is not allowed to create pods: a quota, an admission webhook.
    Refused,
    /// The scheduler finds no node.
    Unschedulable,
    /// No scheduler has looked at it yet.
    NotScheduled,
    /// The image cannot be pulled.
    Image,
    /// The container cannot be made: a `ConfigMap` or Secret that is missing, a wrong user or path.
    Config,
    /// What every pod goes through (`ContainerCreating`, `PodInitializing`): worth telling only when it lasts.
    Usual,
    /// It runs, but is not ready: its node does not answer, or a probe fails.
    NotReady,
    /// Its pod is being stopped.
    Terminating,
    /// Something else that the pod names.
    Other,
}

/// Indexes that one thing keeps from running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// What kind of thing.
    pub obstacle: Obstacle,
    /// Its own word for it (`Unschedulable`, `ErrImagePull`, `FailedCreate`); may be empty.
    pub reason: Foreign,
    /// The text beside it, the scheduler's or the kubelet's; may be empty.
    pub message: Foreign,
    /// Which indexes; of a suspended Job all that are not done, of one that is not Indexed none.
    pub indexes: IndexSet,
    /// How many pods of a Job that is not Indexed; None for indexes.
    pub pods: Option<u32>,
}

impl Stuck {
    /// What two reports of the same trouble have in common, however often it is tried: numbers and names may differ,
    /// and an image that cannot be pulled is reported in turns as `ErrImagePull` and `ImagePullBackOff`.
    #[must_use]
    pub fn key(&self) -> (Obstacle, String) {
        let text = match self.obstacle {
            Obstacle::Image | Obstacle::Suspended => String::new(),
            // Here the name of the node is what is told.
            Obstacle::NotReady | Obstacle::Terminating => self.message.raw().to_owned(),
            _ => format!("{} {}", self.reason.raw(), fold(self.message.raw())),
        };
        (self.obstacle, text)
    }

    /// The same of a Job that stands at this place in its queue, from 1.
    #[must_use]
    pub fn at_place(self, place: u32) -> Self {
        Self { message: format!("{}, place {place}", self.message.raw()).into(), ..self }
    }
}

/// What keeps the open indexes of a Job from running, by cause; nothing where all is as it should be, or the Job has
/// ended. Once its fate is decided, only what keeps its pods from ending.
///
/// `progress` needs the pods that are not done; those of phase Pending are enough while as many pods are there as may
/// be. Why pods are missing the events tell that it has observed.
#[must_use]
pub fn causes(progress: &JobProgress) -> Vec<Stuck> {
    let newest = |index: Index, pod: &PodFacts| {
        let newest = progress.attempts(index).next_back().is_some_and(|newest| newest.uid == pod.uid);
        progress.state(index).filter(|_| newest)
    };
    let found = progress.all_attempts().filter_map(|(index, pod)| Some((index.0, of_pod(newest(index, pod)?, pod)?)));
    let of_pods = |found| grouped(found).into_iter().map(|(cause, indexes)| of_indexes(cause, indexes)).collect();
    let Some(job) = progress.job().filter(|job| job.indexed) else { return vec![] };
    of_job(progress, job, || of_pods(found.collect()))
}

/// The same of a Job that is not Indexed; `pods` are those that are not done.
#[must_use]
pub fn causes_of_pods(progress: &JobProgress, pods: &[PodFacts]) -> Vec<Stuck> {
    let Some(job) = progress.job().filter(|job| !job.indexed) else { return vec![] };
    let found = pods.iter().filter_map(|pod| Some((0, of_pod(pod_state(pod), pod)?)));
    of_job(progress, job, || grouped(found.collect()).into_iter().map(|(cause, pods)| of_count(cause, &pods)).collect())
}

/// What keeps a Job from running: its pods, as `of_pods` tells, or that there are none.
fn of_job(progress: &JobProgress, job: &JobFacts, of_pods: impl FnOnce() -> Vec<Stuck>) -> Vec<Stuck> {
    let is_ending = match progress.verdict() {
        Some(verdict) if verdict.settled => return vec![],
        verdict => verdict.is_some(),
    };
    if job.suspended && !is_ending {
        return vec![suspended(job)];
    }
    let mut causes = of_pods();
    match is_ending {
        true => causes.retain(|cause| matches!(cause.obstacle, Obstacle::NotReady | Obstacle::Terminating)),
        false => causes.extend(refused(progress, job)),
    }
    causes.sort_by_key(|cause| cause.obstacle);
    causes
}

/// One entry for each cause, with the indexes that have it.
fn grouped(found: Vec<(u32, Stuck)>) -> Vec<(Stuck, Vec<u32>)> {
    let mut causes: BTreeMap<(Obstacle, String), (Stuck, Vec<u32>)> = BTreeMap::new();
    for (index, cause) in found {
        let (known, indexes) = causes.entry(cause.key()).or_insert_with(|| (cause.clone(), vec![]));
        // Of several reports of one trouble, the longest tells most.
        if cause.message.raw().len() > known.message.raw().len() {
            (known.reason, known.message) = (cause.reason, cause.message);
        }
        indexes.push(index);
    }
    causes.into_values().collect()
}

fn of_indexes(cause: Stuck, indexes: Vec<u32>) -> Stuck {
    Stuck { indexes: indexes.into_iter().collect(), ..cause }
}

fn of_count(cause: Stuck, pods: &[u32]) -> Stuck {
    Stuck { pods: u32::try_from(pods.len()).ok(), ..cause }
}

/// The pod whose events may tell what `cause` does not: one that stays in `ContainerCreating` often waits for a volume,
/// and only its events name it. None where the cause tells all that is to be known.
#[must_use]
pub fn pod_to_ask<'a>(pods: impl IntoIterator<Item = &'a PodFacts>, cause: &Stuck) -> Option<&'a PodFacts> {
    if cause.obstacle != Obstacle::Usual || !cause.message.is_empty() {
        return None;
    }
    let is_held_up = |pod: &&PodFacts| of_pod(pod_state(pod), pod).is_some_and(|held| held.key() == cause.key());
    pods.into_iter().find(is_held_up)
}

/// What the events of such a pod add: the newest that tells of something that failed.
#[must_use]
pub fn told_by_events(events: &[EventFacts]) -> Option<Foreign> {
    let failed = events.iter().filter(|event| event.reason.raw().starts_with("Failed"));
    let newest = failed.max_by_key(|event| event.last)?;
    Some(format!("{}: {}", newest.reason.raw(), newest.message.raw()).into())
}

/// Who set `spec.suspend` of this Job last, as its `managedFields` tell (`kubectl-edit`, `kueue`); None where they do not.
#[must_use]
pub fn suspended_by(job: &Value) -> Option<Foreign> {
    let managers = job.pointer("/metadata/managedFields")?.as_array()?;
    let sets = |manager: &&Value| manager.pointer("/fieldsV1/f:spec/f:suspend").is_some();
    managers.iter().find(sets).and_then(|manager| manager["manager"].as_str()).map(Foreign::from)
}

/// What a suspended Job waits for, as far as it says so itself: its queue, or the verb that has begun to make it; empty
/// where somebody has just suspended it.
#[must_use]
pub fn why_suspended(job: &JobFacts) -> Foreign {
    match (job.begun, &job.queue) {
        (Some(Begun::ByCreate), _) => "a create has begun it and not ended".into(),
        (Some(Begun::ByRetry), _) => "a retry has begun it and not ended".into(),
        (None, Some(queue)) => format!("it waits in the queue {}", queue.raw()).into(),
        (None, None) => Foreign::default(),
    }
}

fn suspended(job: &JobFacts) -> Stuck {
    let all = if job.indexed { IndexSet::all(job.completions) } else { IndexSet::new() };
    let (reason, indexes) = ("Suspended".into(), all.difference(&job.closed()));
    Stuck {
        obstacle: Obstacle::Suspended,
        reason,
        message: why_suspended(job),
        indexes,
        pods: (!job.indexed).then_some(0),
    }
}

/// What keeps one pod, the newest of its index, from running or from ending; whom it concerns is added where it is known
/// who else.
fn of_pod(state: IndexState, pod: &PodFacts) -> Option<Stuck> {
    let (obstacle, reason, message) = match state {
        IndexState::Starting => {
            let (reason, message) = waits_for(pod);
            let message = match pod.node.as_deref().filter(|_| reason.is_empty()) {
                Some(node) => format!("node {node} has not begun with it").into(),
                None => message,
            };
            (of_reason(pod, &reason), reason, message)
        }
        // A pod whose program has just ended is not ready either, and is no trouble.
        IndexState::Running if pod.unready && !has_ended(pod) => (Obstacle::NotReady, "NotReady".into(), on_node(pod)),
        IndexState::Terminating => (Obstacle::Terminating, "Terminating".into(), on_node(pod)),
        _ => return None,
    };
    Some(Stuck { obstacle, reason, message, indexes: IndexSet::new(), pods: None })
}

/// Has one of its main containers ended?
fn has_ended(pod: &PodFacts) -> bool {
    pod.containers.iter().any(|container| !container.init && container.end.is_some() && !container.running)
}

fn of_reason(pod: &PodFacts, reason: &Foreign) -> Obstacle {
    match reason.raw() {
        _ if !pod.unscheduled.is_empty() => Obstacle::Unschedulable,
        "" if pod.node.is_none() => Obstacle::NotScheduled,
        "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" | "RegistryUnavailable" => {
            Obstacle::Image
        }
        "CreateContainerConfigError" | "CreateContainerError" => Obstacle::Config,
        "" | "ContainerCreating" | "PodInitializing" => Obstacle::Usual,
        _ => Obstacle::Other,
    }
}

fn on_node(pod: &PodFacts) -> Foreign {
    pod.node.as_ref().map(|node| format!("on node {node}")).unwrap_or_default().into()
}

/// What is missing because the controller may not create pods.
fn refused(progress: &JobProgress, job: &JobFacts) -> Option<Stuck> {
    let Refusal { reason, message, indexes } = progress.refusal()?;
    let pods = (!job.indexed).then(|| job.pods_missing());
    Some(Stuck { obstacle: Obstacle::Refused, reason, message, indexes, pods })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::progress::Change;

    fn job(spec: &Value, status: &Value, pods: &[Value]) -> JobProgress {
        let mut job = json!({"metadata": {"name": "x", "uid": "u"}, "spec": spec, "status": status});
        for (key, value) in [("completionMode", json!("Indexed")), ("completions", json!(10))] {
            job["spec"][key] = value;
        }
        let mut progress = JobProgress::of(serde_json::from_value(job).unwrap());
        progress.observe(Change::Pods(pods.iter().map(|pod| serde_json::from_value(pod.clone()).unwrap()).collect()));
        progress
    }

    fn pod(index: u32, status: &Value) -> Value {
        let annotations = json!({"batch.kubernetes.io/job-completion-index": index.to_string()});
        json!({
            "metadata": {"name": format!("p{index}"), "uid": format!("p{index}"), "annotations": annotations},
            "spec": {"nodeName": "n-1", "containers": [{"name": "w"}]}, "status": status,
        })
    }

    fn waiting(index: u32, reason: &str, message: &str) -> Value {
        let state = json!({"waiting": {"reason": reason, "message": message}});
        pod(index, &json!({"phase": "Pending", "containerStatuses": [{"name": "w", "state": state}]}))
    }

    fn unschedulable(index: u32, message: &str) -> Value {
        let condition =
            json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message});
        let mut pod = pod(index, &json!({"phase": "Pending", "conditions": [condition]}));
        pod["spec"]["nodeName"] = Value::Null;
        pod
    }

    fn event(reason: &str, at: &str) -> EventFacts {
        let message = r#"Error creating: pods "x-3-zzzzz" is forbidden: exceeded quota: q"#;
        serde_json::from_value(json!({"reason": reason, "message": message, "lastTimestamp": at})).unwrap()
    }

    fn told(progress: &JobProgress, events: &[EventFacts]) -> Vec<String> {
        let line = |stuck: Stuck| {
            format!("{:?} {} {}: {}", stuck.obstacle, stuck.indexes, stuck.reason.raw(), stuck.message.raw())
        };
        let mut progress = progress.clone();
        progress.observe_events(events);
        causes(&progress).into_iter().map(line).collect()
    }

    #[test]
    fn pods_with_one_trouble_are_one_cause() {
        let parallel = json!({"parallelism": 10});
        let pods = [
            waiting(0, "ErrImagePull", "not found"),
            waiting(1, "ImagePullBackOff", "Back-off pulling image \"zz\": not found"),
            unschedulable(2, "0/3 nodes are available: 3 Insufficient cpu."),
            unschedulable(3, "0/4 nodes are available: 4 Insufficient cpu."),
            waiting(4, "CreateContainerConfigError", "configmap \"zz\" not found"),
            waiting(5, "ContainerCreating", ""),
            pod(6, &json!({"phase": "Running"})),
            pod(7, &json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]})),
        ];
        let want = [
            "Unschedulable 2,3 Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.",
            "Image 0,1 ImagePullBackOff: Back-off pulling image \"zz\": not found",
            "Config 4 CreateContainerConfigError: configmap \"zz\" not found",
            "Usual 5 ContainerCreating: ",
            "NotReady 7 NotReady: on node n-1",
        ];
        assert_eq!(told(&job(&parallel, &json!({"active": 8}), &pods), &[]), want);
    }

    #[test]
    fn a_node_that_does_not_begin_is_named() {
        let pods = [pod(0, &json!({"phase": "Pending"}))];
        let want = "Usual 0 : node n-1 has not begun with it";
        assert_eq!(told(&job(&json!({}), &json!({"active": 1}), &pods), &[]), [want]);
    }

    #[test]
    fn a_pod_at_which_no_scheduler_has_looked_has_no_node() {
        let mut pod = pod(0, &json!({"phase": "Pending"}));
        pod["spec"]["nodeName"] = Value::Null;
        assert_eq!(told(&job(&json!({}), &json!({"active": 1}), &[pod]), &[]), ["NotScheduled 0 : "]);
    }

    #[test]
    fn a_suspended_job_waits_as_a_whole() {
        let suspended = |labels: Value| {
            let spec = json!({"completionMode": "Indexed", "completions": 10, "suspend": true});
            let status = json!({"completedIndexes": "0-3"});
            let job = json!({"metadata": {"name": "x", "labels": labels}, "spec": spec, "status": status});
            told(&JobProgress::of(serde_json::from_value(job).unwrap()), &[])
        };
        assert_eq!(suspended(json!({})), ["Suspended 4-9 Suspended: "]);
        let queue = json!({"kueue.x-k8s.io/queue-name": "gpu"});
        assert_eq!(suspended(queue), ["Suspended 4-9 Suspended: it waits in the queue gpu"]);
    }

    #[test]
    fn pods_that_may_not_be_created_are_missing() {
        let (parallel, running) = (json!({"parallelism": 5}), [pod(0, &json!({"phase": "Running"}))]);
        let (failed, made) =
            (event("FailedCreate", "2026-01-01T00:00:09Z"), event("SuccessfulCreate", "2026-01-01T00:00:01Z"));
        let seen = job(&parallel, &json!({"active": 1, "ready": 1}), &running);
        let want = r#"Refused 1-4 FailedCreate: pods "x-3-zzzzz" is forbidden: exceeded quota: q"#;
        assert_eq!(told(&seen, &[failed.clone(), made]), [want]);
        // It has been possible since.
        let made = event("SuccessfulCreate", "2026-01-01T00:00:10Z");
        assert!(told(&seen, &[failed.clone(), made]).is_empty());
        let full = job(&json!({"parallelism": 1}), &json!({"active": 1}), &running);
        assert!(told(&full, &[failed]).is_empty());
    }

    #[test]
    fn of_a_job_that_is_about_to_end_only_what_keeps_it_from_that_is_told() {
        let condition = |kind: &str| json!({"conditions": [{"type": kind, "status": "True"}]});
        let mut stopped = pod(1, &json!({"phase": "Running"}));
        stopped["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        let pods = [waiting(0, "ErrImagePull", "m"), stopped];
        let seen = |kind: &str| told(&job(&json!({}), &condition(kind), &pods), &[]);
        assert_eq!(seen("FailureTarget"), ["Terminating 1 Terminating: on node n-1"]);
        assert!(seen("Failed").is_empty());
    }

    #[test]
    fn each_lost_node_is_named_with_the_indexes_that_are_on_it() {
        let lost = |index: u32, node: &str| {
            let conditions = json!([{"type": "Ready", "status": "False"}]);
            let mut pod = pod(index, &json!({"phase": "Running", "conditions": conditions}));
            pod["spec"]["nodeName"] = json!(node);
            pod
        };
        let pods = [lost(0, "n-1"), lost(1, "n-2"), lost(2, "n-1")];
        let want = ["NotReady 0,2 NotReady: on node n-1", "NotReady 1 NotReady: on node n-2"];
        assert_eq!(told(&job(&json!({"parallelism": 3}), &json!({"active": 3}), &pods), &[]), want);
    }

    #[test]
    fn a_pod_whose_program_has_just_ended_is_no_trouble() {
        let ended = json!([{"name": "w", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]);
        let conditions = json!([{"type": "Ready", "status": "False"}]);
        let pod = pod(0, &json!({"phase": "Running", "conditions": conditions, "containerStatuses": ended}));
        assert!(told(&job(&json!({}), &json!({"active": 1}), &[pod]), &[]).is_empty());
    }

    fn pods_of(seen: &JobProgress) -> impl Iterator<Item = &PodFacts> {
        seen.all_attempts().map(|(_, pod)| pod)
    }

    #[test]
    fn of_a_job_that_is_not_indexed_pods_are_counted() {
        let seen = |spec: Value, status: Value| {
            JobProgress::of(
                serde_json::from_value(json!({"metadata": {"name": "x"}, "spec": spec, "status": status})).unwrap(),
            )
        };
        let told = |seen: &JobProgress, pods: &[Value]| -> Vec<String> {
            let pods: Vec<PodFacts> = pods.iter().map(|pod| serde_json::from_value(pod.clone()).unwrap()).collect();
            let line = |stuck: Stuck| format!("{:?} {:?} {}", stuck.obstacle, stuck.pods, stuck.indexes);
            causes_of_pods(seen, &pods).into_iter().map(line).collect()
        };
        let mut queue = seen(json!({"parallelism": 4}), json!({"active": 3}));
        let pods = [waiting(0, "ErrImagePull", "a"), waiting(0, "ImagePullBackOff", "a"), unschedulable(0, "no node")];
        assert_eq!(told(&queue, &pods), ["Unschedulable Some(1) ", "Image Some(2) "]);
        queue.observe_events(&[event("FailedCreate", "2026-01-01T00:00:09Z")]);
        assert_eq!(told(&queue, &[]), ["Refused Some(1) "]);
        let suspended = seen(json!({"suspend": true, "completions": 3}), json!({}));
        assert_eq!(told(&suspended, &[]), ["Suspended Some(0) "]);
        assert!(causes(&queue).is_empty(), "it has no indexes");
    }

    #[test]
    fn what_a_pod_does_not_say_its_events_do() {
        let pods =
            [waiting(0, "ErrImagePull", "m"), waiting(1, "ContainerCreating", ""), waiting(2, "PodInitializing", "")];
        let seen = job(&json!({"parallelism": 3}), &json!({"active": 3}), &pods);
        let asked: Vec<_> =
            causes(&seen).iter().map(|cause| Some(pod_to_ask(pods_of(&seen), cause)?.name.clone())).collect();
        assert_eq!(asked, [None, Some("p1".to_owned()), Some("p2".to_owned())]);
        let event = |reason: &str, second: u32| -> EventFacts {
            let at = format!("2026-01-01T00:00:{second:02}Z");
            serde_json::from_value(json!({"reason": reason, "message": format!("m{second}"), "lastTimestamp": at}))
                .unwrap()
        };
        let events = [event("FailedMount", 2), event("FailedMount", 5), event("Scheduled", 9)];
        assert_eq!(told_by_events(&events), Some("FailedMount: m5".into()));
        assert_eq!(told_by_events(&events[2..]), None);
    }

    #[test]
    fn many_pods_at_scattered_indexes_take_no_time() {
        let pods: Vec<_> = (0..20_000).map(|n| waiting(2 * n, "ErrImagePull", "not found")).collect();
        let mut job = json!({"metadata": {"name": "x", "uid": "u"}});
        job["spec"] = json!({"completionMode": "Indexed", "completions": 40_000, "parallelism": 20_000});
        let mut seen = JobProgress::of(serde_json::from_value(job).unwrap());
        seen.observe(Change::Pods(pods.into_iter().map(|pod| serde_json::from_value(pod).unwrap()).collect()));
        assert_eq!(causes(&seen)[0].indexes.len(), 20_000);
    }

    #[test]
    fn one_trouble_has_one_key_however_it_is_reported() {
        let key = |reason: &str, message: &str| {
            let pods = [waiting(0, reason, message)];
            causes(&job(&json!({}), &json!({"active": 1}), &pods))[0].key()
        };
        assert_eq!(key("ErrImagePull", "not found"), key("ImagePullBackOff", "Back-off"));
        assert_eq!(key("CreateContainerConfigError", "a 1"), key("CreateContainerConfigError", "a 2"));
        assert_ne!(key("CreateContainerConfigError", "a"), key("CreateContainerConfigError", "b"));
    }

    #[test]
    fn who_suspended_it_stands_in_its_managed_fields() {
        let fields = |name: &str, spec: Value| json!({"manager": name, "fieldsV1": {"f:spec": spec}});
        let job = json!({"metadata": {"managedFields": [
            fields("kubectl-create", json!({"f:completions": {}})), fields("kubectl-patch", json!({"f:suspend": {}})),
        ]}});
        assert_eq!(suspended_by(&job), Some("kubectl-patch".into()));
        assert_eq!(suspended_by(&json!({})), None);
    }
}
