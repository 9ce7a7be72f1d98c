//! What a pod of a Job says: one attempt at one index.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::numbering::Index;
use crate::text::Foreign;

/// The annotation of a pod in which the controller counts the failures of its index (KEP-3850).
pub const FAILURE_COUNT: &str = "batch.kubernetes.io/job-index-failure-count";
/// As many failures as no `backoffLimitPerIndex` allows: with them in [`FAILURE_COUNT`] `cancel` gives up an index.
pub const GIVEN_UP: u32 = 2_147_483_647;

/// One attempt at an index.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "RawPod")]
pub struct PodFacts {
    /// Its completion index; None for a pod that carries none.
    pub index: Option<Index>,
    /// Its name.
    pub name: String,
    /// What tells it from another pod of that name.
    pub uid: String,
    /// The uid of its controller; empty where it has none.
    pub owner: String,
    /// When it was created: attempts are ordered by this.
    pub created: Option<Timestamp>,
    /// When a node took it on; None before that.
    pub started: Option<Timestamp>,
    /// When its last container ended; None while it is not over.
    pub finished: Option<Timestamp>,
    /// The node that it was given to; None before that.
    pub node: Option<String>,
    /// Somebody is deleting it, or the Job's controller is stopping it.
    pub deleting: bool,
    /// It runs, but its Ready condition is False: its node does not answer, or a probe fails.
    pub unready: bool,
    /// How many attempts at its index the controller had seen fail when it made this one; 0 also where it does not
    /// say: it writes that for Jobs with `backoffLimitPerIndex` (KEP-3850).
    pub failures_before: u32,
    /// Does it carry the mark of an index that was cancelled ([`GIVEN_UP`])? Then nobody knows any more how many failed
    /// before it.
    pub given_up: bool,
    /// How far it is.
    pub phase: Phase,
    /// The container that `kubectl.kubernetes.io/default-container` names.
    pub default_container: Option<String>,
    /// Its containers: init containers first, as the spec orders them.
    pub containers: Vec<Container>,
    /// Those that somebody added to look into it (`kubectl debug`): how the attempt ends is none of their business.
    pub ephemeral_containers: Vec<Container>,
    /// Why the pod as a whole failed (`Evicted`, `DeadlineExceeded`); empty in the ordinary case.
    pub reason: Foreign,
    /// The text beside `reason`.
    pub message: Foreign,
    /// Why it has no node yet (the scheduler's words); empty once it has one.
    pub unscheduled: Foreign,
}

/// `status.phase` of a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Phase {
    /// Not all containers have been started.
    #[default]
    Pending,
    /// At least one container runs.
    Running,
    /// All containers ended with 0.
    Succeeded,
    /// At least one container ended otherwise, and none runs.
    Failed,
    /// The node does not answer, or a phase that is newer than this program.
    #[serde(other)]
    Unknown,
}

impl Phase {
    /// Has the pod ended, so that none of its containers will run again?
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

/// One container of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Is it an init container?
    pub init: bool,
    /// Has it been started, now or before?
    pub started: bool,
    /// Does it run now? False of every container of a pod that has ended, whatever was last heard of it.
    pub running: bool,
    /// When the present run, or the last one, began; None before the first.
    pub run_began: Option<Timestamp>,
    /// How often it was started again in the same pod (`restartPolicy: OnFailure`).
    pub restarts: u32,
    /// Why it waits (`ImagePullBackOff`, `ContainerCreating`); empty when it does not.
    pub waiting: Foreign,
    /// The text beside `waiting`.
    pub waiting_message: Foreign,
    /// How it ended, if it did.
    pub end: Option<End>,
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit code; 128 + n after signal n.
    pub exit_code: i32,
    /// When that was.
    pub finished: Option<Timestamp>,
    /// `Completed`, `Error`, `OOMKilled`, ...
    pub reason: Foreign,
    /// The termination message, if the program or its log left one.
    pub message: Foreign,
}

/// How an attempt ended, in the words of whatever knows best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending<'a> {
    /// Of the container to blame, or 0 for success; None where no container ended (evicted, deleted).
    pub exit_code: Option<i32>,
    /// `Completed`, `Error`, `OOMKilled`, `Evicted`, ...; may be empty.
    pub reason: &'a Foreign,
    /// What the container left as its termination message, or the text beside the pod's reason; may be empty.
    pub message: &'a Foreign,
}

impl PodFacts {
    /// How it ended; None while it is not over.
    #[must_use]
    pub fn ending(&self) -> Option<Ending<'_>> {
        if !self.phase.is_over() {
            return None;
        }
        let ended = || self.containers.iter().find_map(|c| c.end.as_ref().filter(|_| !c.init));
        let end = match self.phase {
            Phase::Failed => self.failed_container().map(|(_, end)| end),
            _ => ended(),
        };
        let (exit_code, reason, message) = match end {
            Some(end) => (Some(end.exit_code), &end.reason, &end.message),
            None => (None, &self.reason, &self.message),
        };
        // A pod that was evicted says so itself; its container only says that it was killed.
        let reason = if self.reason.is_empty() { reason } else { &self.reason };
        Some(Ending { exit_code, reason, message })
    }

    /// How often its containers were started again in place (`restartPolicy: OnFailure`).
    #[must_use]
    pub fn restarts(&self) -> u32 {
        self.containers.iter().map(|container| container.restarts).fold(0, u32::saturating_add)
    }

    /// The first container that ended with something else than 0: the one to blame.
    #[must_use]
    pub fn failed_container(&self) -> Option<(&Container, &End)> {
        self.containers.iter().find_map(|c| c.end.as_ref().filter(|end| end.exit_code != 0).map(|end| (c, end)))
    }

    /// The container whose log is meant when none is named, as kubectl chooses it: the default container annotation
    /// if it names one of the pod's, else the first container that is no init container.
    #[must_use]
    pub fn log_container(&self) -> Option<&Container> {
        let named = self.default_container.as_deref();
        self.containers
            .iter()
            .find(|c| Some(c.name.as_str()) == named)
            .or_else(|| self.containers.iter().find(|c| !c.init))
    }
}

#[derive(Deserialize)]
struct RawPod {
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
    uid: String,
    creation_timestamp: Option<Timestamp>,
    deletion_timestamp: Option<Timestamp>,
    #[serde(default)]
    labels: Keys,
    #[serde(default)]
    annotations: Keys,
    #[serde(default)]
    owner_references: Vec<RawOwner>,
}

/// The keys of labels and annotations that matter; the others are skipped unread.
#[derive(Default, Deserialize)]
#[serde(from = "Option<RawKeys>")]
struct Keys {
    index: Option<Index>,
    default_container: Option<String>,
    failures_before: u32,
    given_up: bool,
}

#[derive(Deserialize)]
struct RawKeys {
    #[serde(rename = "batch.kubernetes.io/job-completion-index")]
    index: Option<String>,
    #[serde(rename = "kubectl.kubernetes.io/default-container")]
    default_container: Option<String>,
    #[serde(rename = "batch.kubernetes.io/job-index-failure-count")]
    counted: Option<String>,
    #[serde(rename = "batch.kubernetes.io/job-index-ignored-failure-count")]
    ignored: Option<String>,
}

impl From<Option<RawKeys>> for Keys {
    fn from(raw: Option<RawKeys>) -> Self {
        let number = |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok());
        raw.map_or_else(Self::default, |raw| {
            let (counted, ignored) = (number(raw.counted).unwrap_or(0), number(raw.ignored).unwrap_or(0));
            let given_up = counted >= GIVEN_UP;
            Self {
                index: number(raw.index).map(Index),
                default_container: raw.default_container,
                failures_before: if given_up { 0 } else { counted.saturating_add(ignored) },
                given_up,
            }
        })
    }
}

#[derive(Deserialize)]
struct RawOwner {
    uid: String,
    controller: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawSpec {
    node_name: Option<String>,
    init_containers: Option<Vec<RawName>>,
    containers: Vec<RawName>,
    ephemeral_containers: Option<Vec<RawName>>,
}

#[derive(Deserialize)]
struct RawName {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawStatus {
    phase: Phase,
    start_time: Option<Timestamp>,
    reason: Foreign,
    message: Foreign,
    conditions: Option<Vec<RawCondition>>,
    init_container_statuses: Option<Vec<RawContainer>>,
    container_statuses: Option<Vec<RawContainer>>,
    ephemeral_container_statuses: Option<Vec<RawContainer>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCondition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    #[serde(default)]
    message: Foreign,
    last_transition_time: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawContainer {
    name: String,
    #[serde(default)]
    state: RawState,
    #[serde(default)]
    last_state: RawState,
    #[serde(default)]
    restart_count: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawState {
    waiting: Option<RawWaiting>,
    running: Option<RawRunning>,
    terminated: Option<RawEnd>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRunning {
    started_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct RawWaiting {
    #[serde(default)]
    reason: Foreign,
    #[serde(default)]
    message: Foreign,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawEnd {
    #[serde(default)]
    exit_code: i32,
    #[serde(default)]
    reason: Foreign,
    #[serde(default)]
    message: Foreign,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
}

impl From<RawPod> for PodFacts {
    fn from(raw: RawPod) -> Self {
        let RawPod { metadata, spec, status } = raw;
        let owner = metadata.owner_references.into_iter().find(|owner| owner.controller == Some(true));
        let conditions = status.conditions.unwrap_or_default();
        let unscheduled = conditions.iter().find(|c| c.kind == "PodScheduled" && c.status == "False");
        let unready = conditions.iter().find(|c| c.kind == "Ready" && c.status == "False");
        let mut states: BTreeMap<String, RawContainer> =
            [status.init_container_statuses, status.container_statuses, status.ephemeral_container_statuses]
                .into_iter()
                .flatten()
                .flatten()
                .map(|state| (state.name.clone(), state))
                .collect();
        let over = status.phase.is_over();
        let mut containers_of = |names: Vec<RawName>, init: bool| -> Vec<Container> {
            let containers = names.into_iter().map(|RawName { name }| {
                let container = container(states.remove(&name), name, init);
                Container { running: container.running && !over, ..container }
            });
            containers.collect()
        };
        let mut containers = containers_of(spec.init_containers.unwrap_or_default(), true);
        containers.extend(containers_of(spec.containers, false));
        let ephemeral_containers = containers_of(spec.ephemeral_containers.unwrap_or_default(), false);
        // As the Job's controller tells when a pod ended (`getFinishedTime` in pkg/controller/job/backoff_utils.go).
        let last_end = containers.iter().filter_map(|c| c.end.as_ref()?.finished).max();
        let finished = last_end.or_else(|| unready.and_then(|c| c.last_transition_time)).filter(|_| over);
        Self {
            // The annotation is there on every version; the label is the fallback for pods made by other controllers.
            index: metadata.annotations.index.or(metadata.labels.index),
            name: metadata.name,
            uid: metadata.uid,
            owner: owner.map(|owner| owner.uid).unwrap_or_default(),
            created: metadata.creation_timestamp,
            started: status.start_time,
            finished,
            node: spec.node_name,
            deleting: metadata.deletion_timestamp.is_some(),
            unready: status.phase == Phase::Running && unready.is_some(),
            failures_before: metadata.annotations.failures_before,
            given_up: metadata.annotations.given_up,
            phase: status.phase,
            default_container: metadata.annotations.default_container,
            containers,
            ephemeral_containers,
            reason: status.reason,
            message: status.message,
            unscheduled: unscheduled.map(|c| c.message.clone()).unwrap_or_default(),
        }
    }
}

fn container(state: Option<RawContainer>, name: String, init: bool) -> Container {
    let restarts = state.as_ref().map_or(0, |s| s.restart_count);
    // A container that was lost with its sandbox waits again, and its first run is in `lastState` alone.
    let last_run = state.as_ref().and_then(|s| s.last_state.terminated.as_ref());
    let ran_before = restarts > 0 || last_run.is_some();
    let last_began = last_run.and_then(|run| run.started_at);
    let state = state.map(|s| s.state).unwrap_or_default();
    let running = state.running.as_ref();
    let ended = state.terminated.as_ref();
    let run_began = running.map_or_else(|| ended.and_then(|e| e.started_at), |r| r.started_at).or(last_began);
    // A program that could not be started has the epoch for a beginning (CRI's 0).
    let run_began = run_began.filter(|began| *began > Timestamp::UNIX_EPOCH);
    let (started, running) = (ran_before || running.is_some() || ended.is_some(), running.is_some());
    let (waiting, waiting_message) = state.waiting.map(|w| (w.reason, w.message)).unwrap_or_default();
    let end = |t: RawEnd| End { exit_code: t.exit_code, finished: t.finished_at, reason: t.reason, message: t.message };
    let end = state.terminated.map(end);
    Container { name, init, started, running, run_began, restarts, waiting, waiting_message, end }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::INDEX_KEY;
    use super::*;

    fn read(pod: Value) -> PodFacts {
        serde_json::from_value(pod).unwrap()
    }

    #[test]
    fn the_index_is_in_the_annotation_or_the_label_never_in_the_name() {
        let key = |kind: &str| read(json!({"metadata": {"name": "x-7-abcde", kind: {INDEX_KEY: "3"}}})).index;
        assert_eq!((key("annotations"), key("labels"), key("other")), (Some(Index(3)), Some(Index(3)), None));
    }

    #[test]
    fn a_failed_pod_names_the_container_to_blame() {
        let pod = read(json!({
            "metadata": {"name": "p", "ownerReferences": [{"uid": "u-1", "controller": true}], "labels": null},
            "spec": {"nodeName": "n", "initContainers": [{"name": "input"}], "containers": [{"name": "worker"}]},
            "status": {
                "phase": "Failed",
                "initContainerStatuses": [{"name": "input", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}],
                "containerStatuses": [{"name": "worker", "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}],
            },
        }));
        let (container, end) = pod.failed_container().unwrap();
        assert_eq!((container.name.as_str(), end.exit_code, end.reason.raw()), ("worker", 137, "OOMKilled"));
        assert_eq!((pod.owner.as_str(), pod.phase), ("u-1", Phase::Failed));
    }

    #[test]
    fn a_waiting_container_says_what_for() {
        let pod = read(json!({
            "metadata": {"name": "p"}, "spec": {"containers": [{"name": "w"}]},
            "status": {"phase": "Pending", "containerStatuses": [
                {"name": "w", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off"}}},
            ]},
        }));
        let container = pod.log_container().unwrap();
        assert!(!container.started);
        assert_eq!(container.waiting.raw(), "ImagePullBackOff");
    }

    #[test]
    fn whether_a_container_runs_and_whether_it_ever_did() {
        let container = |phase: &str, state: Value, last_state: Value| {
            let pod = read(json!({
                "metadata": {"name": "p"}, "spec": {"containers": [{"name": "w"}]},
                "status": {"phase": phase, "containerStatuses": [
                    {"name": "w", "state": state, "lastState": last_state, "restartCount": 0},
                ]},
            }));
            (pod.containers[0].started, pod.containers[0].running)
        };
        let (running, ended, waiting) = (json!({"running": {}}), json!({"terminated": {"exitCode": 1}}), json!({}));
        assert_eq!(container("Pending", waiting.clone(), json!({})), (false, false));
        assert_eq!(container("Running", running.clone(), json!({})), (true, true));
        assert_eq!(container("Running", ended.clone(), json!({})), (true, false));
        assert_eq!(container("Running", waiting, ended), (true, false));
        // The node of a pod that was given up for lost tells no more.
        assert_eq!(container("Failed", running, json!({})), (true, false));
    }

    #[test]
    fn the_default_container_is_kubectls() {
        let pod = |annotation: Value| {
            read(json!({
                "metadata": {"name": "p", "annotations": annotation},
                "spec": {"initContainers": [{"name": "i"}], "containers": [{"name": "a"}, {"name": "b"}]},
            }))
        };
        let chosen = |pod: &PodFacts| pod.log_container().unwrap().name.clone();
        assert_eq!(chosen(&pod(json!({}))), "a");
        assert_eq!(chosen(&pod(json!({"kubectl.kubernetes.io/default-container": "b"}))), "b");
        assert_eq!(chosen(&pod(json!({"kubectl.kubernetes.io/default-container": "gone"}))), "a");
    }

    #[test]
    fn an_ephemeral_container_is_none_of_the_attempts_own() {
        let pod = read(json!({
            "metadata": {"name": "p"},
            "spec": {"containers": [{"name": "w"}], "ephemeralContainers": [{"name": "debugger"}]},
            "status": {
                "phase": "Succeeded",
                "containerStatuses": [{"name": "w", "state": {"terminated": {"exitCode": 0}}}],
                "ephemeralContainerStatuses": [{"name": "debugger", "state": {"terminated": {"exitCode": 1}}}],
            },
        }));
        assert_eq!((pod.containers.len(), pod.failed_container()), (1, None));
        let debugger = &pod.ephemeral_containers[0];
        assert_eq!((debugger.name.as_str(), debugger.started), ("debugger", true));
    }

    #[test]
    fn a_phase_newer_than_this_program_is_unknown() {
        let pod = read(json!({"metadata": {"name": "p"}, "status": {"phase": "Dreaming"}}));
        assert_eq!(pod.phase, Phase::Unknown);
    }

    #[test]
    fn how_and_when_a_pod_ended() {
        let pod = |status: Value| {
            read(json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "w"}]}, "status": status}))
        };
        let ended = pod(json!({"phase": "Succeeded", "startTime": "2026-01-01T00:00:01Z", "containerStatuses": [
            {"name": "w", "restartCount": 2, "state": {"terminated": {
                "exitCode": 0, "reason": "Completed", "startedAt": "2026-01-01T00:00:03Z", "finishedAt": "2026-01-01T00:00:09Z",
            }}},
        ]}));
        let ending = ended.ending().unwrap();
        assert_eq!((ending.exit_code, ending.reason.raw(), ended.restarts()), (Some(0), "Completed", 2));
        assert_eq!(ended.finished.unwrap().to_string(), "2026-01-01T00:00:09Z");
        assert_eq!(ended.containers[0].run_began.unwrap().to_string(), "2026-01-01T00:00:03Z");

        let evicted = pod(json!({"phase": "Failed", "reason": "Evicted", "message": "low on memory", "conditions": [
            {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:05Z"},
        ]}));
        let ending = evicted.ending().unwrap();
        assert_eq!((ending.exit_code, ending.reason.raw(), ending.message.raw()), (None, "Evicted", "low on memory"));
        assert_eq!(evicted.finished.unwrap().to_string(), "2026-01-01T00:00:05Z");
        assert_eq!(pod(json!({"phase": "Running"})).ending(), None);
    }

    #[test]
    fn a_program_that_could_not_be_started_did_not_begin_in_1970() {
        let pod = read(json!({
            "metadata": {"name": "p"}, "spec": {"containers": [{"name": "w"}]},
            "status": {"phase": "Failed", "containerStatuses": [{"name": "w", "state": {"terminated": {
                "exitCode": 128, "reason": "StartError",
                "startedAt": "1970-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:09Z",
            }}}]},
        }));
        assert_eq!(pod.containers[0].run_began, None);
        assert_eq!(pod.finished.unwrap().to_string(), "2026-01-01T00:00:09Z");
    }

    #[test]
    fn the_controller_tells_how_many_attempts_failed_before() {
        let pod = read(json!({"metadata": {"name": "p", "annotations": {
            "batch.kubernetes.io/job-index-failure-count": "2",
            "batch.kubernetes.io/job-index-ignored-failure-count": "1",
        }}}));
        assert_eq!(pod.failures_before, 3);
    }

    #[test]
    fn the_mark_of_a_cancelled_index_is_no_number_of_attempts() {
        let pod = read(json!({"metadata": {"name": "p", "annotations": {FAILURE_COUNT: GIVEN_UP.to_string()}}}));
        assert!(pod.given_up);
        assert_eq!(pod.failures_before, 0);
    }
}
