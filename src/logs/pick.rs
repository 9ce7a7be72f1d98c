//! Which attempt of an index, and which container of it: from facts alone.

use indexedjob_core::facts::{Container, Outcome, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::{Index, Number};
use indexedjob_core::progress::JobProgress;
use indexedjob_core::text::{Foreign, shown};
use indexedjob_core::view::indexes;

/// What the user asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The completion index.
    pub(crate) index: Index,
    /// The container; None for the default one.
    pub(crate) container: Option<&'a str>,
    /// What ran before the newest.
    pub(crate) previous: bool,
}

/// Where the log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// In this container, which has been started.
    Read {
        /// The pod.
        pod: String,
        /// The container.
        container: String,
        /// The container's run before the present one.
        previous_run: bool,
        /// Which attempt this is, from 1, and of how many.
        attempt: (usize, usize),
        /// kubectl's words for a choice that the user did not make; None where there was none to make.
        defaulted: Option<String>,
    },
    /// Nowhere yet; says what is waited for.
    NotYet(String),
    /// Nowhere, and it will not come.
    Never(String),
}

/// Finds the log that is meant: of the newest attempt, by creation; never by a pod's name.
pub(crate) fn pick(progress: &JobProgress, wanted: Wanted<'_>) -> Pick {
    let number = progress.number(wanted.index);
    let attempts: Vec<&PodFacts> = progress.attempts(wanted.index).collect();
    let Some(newest) = attempts.last() else {
        return without_pod(progress, wanted.index);
    };
    let container = match container(newest, wanted.container) {
        Ok(container) => container,
        Err(why) => return Pick::Never(why),
    };
    let all = attempts.len();
    let never_ran = !container.started && attempts.len() == 1;
    if !wanted.previous || never_ran {
        return read(newest, container, false, (all, all), wanted, number);
    }
    if container.restarts > 0 {
        return read(newest, container, true, (all, all), wanted, number);
    }
    match attempts.iter().rev().nth(1) {
        Some(before) => read(before, container, false, (all - 1, all), wanted, number),
        None => Pick::Never(format!("index {number} has only one attempt, and its container ran once")),
    }
}

fn read(
    pod: &PodFacts,
    container: &Container,
    previous_run: bool,
    attempt: (usize, usize),
    wanted: Wanted<'_>,
    number: Number,
) -> Pick {
    // The container as this pod has it: `container` may be that of a later attempt.
    let here = pod.containers.iter().find(|c| c.name == container.name).unwrap_or(container);
    let number = only(number);
    if !here.started {
        return match pod.phase.is_over() {
            true => Pick::Never(never_started(&here.name, &number, &because(pod, here))),
            false => Pick::NotYet(not_started(&number, &because(pod, here))),
        };
    }
    let defaulted = defaulted(pod, here, wanted.container);
    Pick::Read { pod: pod.name.clone(), container: here.name.clone(), previous_run, attempt, defaulted }
}

/// The container of `pod` that is called `name`, or kubectl's choice; else what to say.
pub(super) fn container<'a>(pod: &'a PodFacts, name: Option<&str>) -> Result<&'a Container, String> {
    match name {
        None => pod.log_container().ok_or_else(|| format!("pod {} has no container", pod.name)),
        Some(name) => pod.containers.iter().find(|c| c.name == name).ok_or_else(|| {
            shown(&format!("container {name} is not valid for pod {} out of: {}", pod.name, names(pod))).into_owned()
        }),
    }
}

/// kubectl's words for a choice that the user did not make; None where there was none to make.
pub(super) fn defaulted(pod: &PodFacts, container: &Container, name: Option<&str>) -> Option<String> {
    let choice = name.is_none() && pod.containers.iter().filter(|c| !c.init).count() > 1;
    choice.then(|| shown(&format!("Defaulted container \"{}\" out of: {}", container.name, names(pod))).into_owned())
}

/// The containers as kubectl lists them: `a, b, input (init)`.
fn names(pod: &PodFacts) -> String {
    let name_of = |c: &Container| format!("{}{}", c.name, if c.init { " (init)" } else { "" });
    let (init, main): (Vec<_>, Vec<_>) = pod.containers.iter().partition(|c| c.init);
    main.into_iter().chain(init).map(name_of).collect::<Vec<_>>().join(", ")
}

/// `: ImagePullBackOff: Back-off pulling image "x"`, or what the scheduler says; empty where nothing is known.
pub(super) fn because(pod: &PodFacts, container: &Container) -> String {
    let init = pod.containers.iter().find(|c| c.init && !c.waiting.is_empty());
    let waiting = [Some(container), init].into_iter().flatten().find(|c| {
        // `PodInitializing` says only that an init container is not done; that one knows more.
        !c.waiting.is_empty() && c.waiting.raw() != "PodInitializing"
    });
    let why = match waiting {
        Some(c) => [&c.waiting, &c.waiting_message],
        None if !pod.unscheduled.is_empty() => [&pod.unscheduled, &pod.reason],
        None => [&pod.reason, &pod.message],
    };
    let part = |text: &Foreign| [": ".into(), text.shown()].concat();
    why.into_iter().filter(|text| !text.is_empty()).map(part).collect::<Vec<_>>().concat()
}

/// `: the Job is suspended`; empty where nothing is known of why there is no pod.
pub(super) fn because_without_pod(progress: &JobProgress) -> &'static str {
    if progress.job().is_some_and(|job| job.suspended) { ": the Job is suspended" } else { "" }
}

/// An index without a pod: not started, given up, or its pod is gone.
fn without_pod(progress: &JobProgress, index: Index) -> Pick {
    let number = progress.number(index);
    let done = progress.job().is_some_and(|job| job.succeeded.contains(index.0))
        || progress.failed_indexes().contains(index.0);
    if done {
        return Pick::Never(gone(&only(number)));
    }
    match progress.verdict().map(|verdict| &verdict.outcome) {
        Some(Outcome::Failed { .. }) => Pick::Never(format!(
            "index {number} has no pod: the Job failed before it ran, or its pod was stopped and removed"
        )),
        Some(_) => Pick::Never(format!("index {number} never ran")),
        None => Pick::NotYet(not_started(&only(number), because_without_pod(progress))),
    }
}

/// `index 3 has not started yet`, and why.
pub(super) fn not_started(these: &IndexSet, because: &str) -> String {
    let have = if these.len() == 1 { "has" } else { "have" };
    format!("{} {have} not started yet{because}", indexes(these))
}

/// `container worker of index 3 was never started`, and why.
pub(super) fn never_started(container: &str, these: &IndexSet, because: &str) -> String {
    format!("container {container} of {} was never started{because}", indexes(these))
}

/// The pods of `these` are gone, and their logs with them.
pub(super) fn gone(these: &IndexSet) -> String {
    let (pods, are, logs, them) = match these.len() {
        1 => ("pod", "is", "its log", "it"),
        _ => ("pods", "are", "their logs", "them"),
    };
    format!("the {pods} of {} {are} gone, and {logs} with {them}", indexes(these))
}

fn only(number: Number) -> IndexSet {
    [number.0].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use indexedjob_core::progress::Change;
    use serde_json::{Value, json};

    use super::*;

    fn job(status: &Value) -> JobProgress {
        let mut progress = JobProgress::default();
        let job = json!({
            "metadata": {"name": "x", "uid": "u"},
            "spec": {"completions": 5, "backoffLimitPerIndex": 1}, "status": status,
        });
        progress.observe(Change::Job(serde_json::from_value(job).unwrap()));
        progress
    }

    fn pod(name: &str, second: u32, state: &Value, restarts: u32) -> Value {
        json!({
            "metadata": {
                "name": name, "uid": name, "creationTimestamp": format!("2026-01-01T00:00:{second:02}Z"),
                "annotations": {"batch.kubernetes.io/job-completion-index": "3"},
            },
            "spec": {"initContainers": [{"name": "input"}], "containers": [{"name": "worker"}]},
            "status": {"phase": "Running", "containerStatuses": [
                {"name": "worker", "state": state, "restartCount": restarts},
            ]},
        })
    }

    fn picked(pods: &[Value], container: Option<&str>, previous: bool) -> Pick {
        let mut progress = job(&json!({}));
        progress.observe(Change::Pods(pods.iter().map(|pod| serde_json::from_value(pod.clone()).unwrap()).collect()));
        pick(&progress, Wanted { index: Index(3), container, previous })
    }

    fn read_from(pod: &str, previous_run: bool, attempt: (usize, usize)) -> Pick {
        Pick::Read { pod: pod.into(), container: "worker".into(), previous_run, attempt, defaulted: None }
    }

    #[test]
    fn the_newest_attempt_is_meant_and_the_one_before_it_on_request() {
        let ended = json!({"terminated": {"exitCode": 1}});
        let pods = [pod("new", 9, &json!({"running": {}}), 0), pod("old", 1, &ended, 0)];
        assert_eq!(picked(&pods, None, false), read_from("new", false, (2, 2)));
        assert_eq!(picked(&pods, None, true), read_from("old", false, (1, 2)));
        let restarted = [pod("only", 1, &json!({"running": {}}), 2)];
        assert_eq!(picked(&restarted, None, true), read_from("only", true, (1, 1)));
        assert!(matches!(picked(&pods[..1], None, true), Pick::Never(_)));
    }

    #[test]
    fn a_container_that_waits_says_for_what() {
        let waiting = json!({"waiting": {"reason": "ErrImagePull", "message": "not found"}});
        let why = "index 3 has not started yet: ErrImagePull: not found";
        assert_eq!(picked(&[pod("p", 1, &waiting, 0)], None, false), Pick::NotYet(why.into()));
    }

    #[test]
    fn an_unknown_container_names_those_there_are() {
        let pods = [pod("p", 1, &json!({"running": {}}), 0)];
        let why = "container zz is not valid for pod p out of: worker, input (init)";
        assert_eq!(picked(&pods, Some("zz"), false), Pick::Never(why.into()));
    }

    #[test]
    fn a_choice_that_was_not_made_is_told() {
        let mut two = pod("p", 1, &json!({"running": {}}), 0);
        two["spec"]["containers"] = json!([{"name": "worker"}, {"name": "mesh"}]);
        let defaulted = |container| match picked(std::slice::from_ref(&two), container, false) {
            Pick::Read { defaulted, .. } => defaulted,
            other => panic!("{other:?}"),
        };
        let words = "Defaulted container \"worker\" out of: worker, mesh, input (init)";
        assert_eq!(defaulted(None).as_deref(), Some(words));
        assert_eq!(defaulted(Some("worker")), None);
    }

    #[test]
    fn many_indexes_with_one_cause_are_one_line() {
        let these = IndexSet::from_api("3-5,9", 10);
        assert_eq!(not_started(&these, ": ErrImagePull"), "indexes 3-5,9 have not started yet: ErrImagePull");
        assert_eq!(never_started("w", &these, ""), "container w of indexes 3-5,9 was never started");
        assert_eq!(gone(&these), "the pods of indexes 3-5,9 are gone, and their logs with them");
    }

    #[test]
    fn an_index_without_a_pod() {
        let without = |status: Value| pick(&job(&status), Wanted { index: Index(3), container: None, previous: false });
        assert_eq!(without(json!({})), Pick::NotYet("index 3 has not started yet".into()));
        let gone = "the pod of index 3 is gone, and its log with it";
        assert_eq!(without(json!({"completedIndexes": "3"})), Pick::Never(gone.into()));
        let failed = json!({"conditions": [{"type": "Failed", "status": "True"}]});
        assert!(matches!(without(failed), Pick::Never(_)));
    }
}
