//! Which attempts of an index, and which of their containers: from facts alone.

use indexedjob_core::facts::{Container, Outcome, PodFacts};
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{IndexState, JobProgress, Refusal};
use indexedjob_core::text::shown;
use indexedjob_core::view::line;
use indexedjob_core::view::log::Origin;
use jiff::Timestamp;

use super::missing::Missing;
use super::options::{Attempts, Containers, LogsOptions};

/// What containerd and CRI-O, and the kubelet itself, call a program that could not be started.
const NO_PROGRAM: [&str; 3] = ["StartError", "ContainerCannotRun", "RunContainerError"];

/// A log that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) origin: Origin,
    /// Which task it is, as the API counts.
    pub(crate) index: Index,
    /// Of how many attempts at its index it is one, those included whose pods are gone.
    pub(crate) of: usize,
    /// The uid of its pod.
    pub(crate) pod_uid: String,
    /// The container's run before the present one.
    pub(crate) previous_run: bool,
    /// Which run of its container in this pod it is, from 1.
    pub(crate) run: u32,
    /// Has its pod ended, or this run, so that nothing will be added?
    pub(crate) is_over: bool,
    /// How its attempt ended; None while it goes on.
    pub(crate) end: Option<Ended>,
    /// kubectl's words for a choice that the user did not make; None where there was none to make.
    pub(crate) defaulted: Option<String>,
}

/// How an attempt ended, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// The node; empty where that is not known.
    pub(crate) node: String,
    pub(crate) started: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
    /// Of the container to blame, or 0; None where no container ended.
    pub(crate) exit_code: Option<i32>,
    /// The container that does the task's work.
    pub(crate) container: String,
}

/// What is read of one index, and what is missing. The attempts are in the order in which they were made; a pod's name
/// says nothing. It fails where a pod has no such container.
pub(crate) fn picks(
    progress: &JobProgress,
    index: Index,
    options: &LogsOptions,
) -> Result<Vec<Result<Log, Missing>>, String> {
    let numbered = progress.numbered_attempts(index);
    let attempts: Vec<Numbered> = numbered.map(|(nth, pod)| (nth as usize, pod)).collect();
    let Some((of, _)) = attempts.last().copied() else { return Ok(vec![Err(without_pod(progress, index))]) };
    let job = progress.job().map(|job| job.name.as_str()).unwrap_or_default();
    let number = progress.number(index);
    let log = |Choice { attempt: (nth, pod), container, previous_run }| {
        let is_earlier = nth < of && options.attempts == Attempts::All;
        readable(pod, container).map_err(|why| if is_earlier { Missing::Earlier(Box::new(why)) } else { why })?;
        let (job, pod_name, name) = (job.to_owned(), pod.name.clone(), container.name.clone());
        Ok(Log {
            origin: Origin { job, number, attempt: nth, pod: pod_name, container: name },
            index,
            of,
            pod_uid: pod.uid.clone(),
            previous_run,
            run: container.restarts + u32::from(!previous_run),
            is_over: previous_run || pod.phase.is_over(),
            end: ended(pod),
            defaulted: defaulted(pod, container, &options.containers),
        })
    };
    let choices = if options.previous { before(&attempts, options) } else { wanted(&attempts, options) };
    Ok(choices?.into_iter().map(|choice| choice.and_then(log)).collect())
}

/// An attempt, and which one it is, from 1.
type Numbered<'a> = (usize, &'a PodFacts);

/// A container of an attempt.
struct Choice<'a> {
    attempt: Numbered<'a>,
    container: &'a Container,
    previous_run: bool,
}

/// The containers of the attempts that are wanted.
fn wanted<'a>(attempts: &[Numbered<'a>], options: &LogsOptions) -> Result<Vec<Result<Choice<'a>, Missing>>, String> {
    let newest = attempts.last().map_or(0, |(nth, _)| *nth);
    let these: Vec<Numbered> = match options.attempts {
        Attempts::Last => attempts.last().copied().into_iter().collect(),
        Attempts::All => attempts.to_vec(),
        Attempts::Nth(wanted) => match attempts.iter().find(|(nth, _)| *nth == wanted) {
            Some(attempt) => vec![*attempt],
            None if wanted <= newest => return Ok(vec![Err(Missing::AttemptGone(wanted))]),
            None => return Ok(vec![Err(Missing::NoAttempt(wanted))]),
        },
    };
    let mut found = Vec::new();
    for attempt in these {
        let containers = containers(attempt.1, &options.containers)?;
        found.extend(containers.into_iter().map(|container| Ok(Choice { attempt, container, previous_run: false })));
    }
    Ok(found)
}

/// What ran before the newest: the run before in the same pod, else the attempt before.
fn before<'a>(attempts: &[Numbered<'a>], options: &LogsOptions) -> Result<Vec<Result<Choice<'a>, Missing>>, String> {
    let Some(newest @ (nth, pod)) = attempts.last().copied() else { return Ok(vec![]) };
    let before = attempts.iter().rev().nth(1).copied().filter(|(before, _)| before + 1 == nth);
    let choice = |container: &'a Container| {
        let there = before.and_then(|attempt| {
            let container = attempt.1.containers.iter().find(|c| c.name == container.name)?;
            Some(Choice { attempt, container, previous_run: false })
        });
        match there {
            _ if container.restarts > 0 => Ok(Choice { attempt: newest, container, previous_run: true }),
            Some(there) => Ok(there),
            None if nth > 1 && before.is_none() => Err(Missing::AttemptGone(nth - 1)),
            // It says why it has not even run once.
            None if !container.started => Ok(Choice { attempt: newest, container, previous_run: false }),
            None => Err(Missing::OnlyRun),
        }
    };
    Ok(containers(pod, &options.containers)?.into_iter().map(choice).collect())
}

fn ended(pod: &PodFacts) -> Option<Ended> {
    let (exit_code, container) = (pod.ending()?.exit_code, pod.log_container()?);
    let node = pod.node.clone().unwrap_or_default();
    let (started, finished) = (container.run_began.or(pod.started), pod.finished);
    Some(Ended { node, started, finished, exit_code, container: container.name.clone() })
}

/// Has the container a log?
pub(super) fn readable(pod: &PodFacts, container: &Container) -> Result<(), Missing> {
    if let Some(because) = no_program_because(container) {
        return Err(Missing::NoProgram { because });
    }
    if container.started {
        return Ok(());
    }
    let because = because(pod, container);
    Err(match pod.phase.is_over() {
        true => Missing::NeverStarted { container: container.name.clone(), because },
        false => Missing::NotStarted { because },
    })
}

/// Why the program of `container` could not be started, where it could not: the runtime says so, and there is no log.
fn no_program_because(container: &Container) -> Option<String> {
    let end = container.end.as_ref().filter(|end| NO_PROGRAM.contains(&end.reason.raw()))?;
    Some(line::because(&[&end.reason, &end.message]))
}

/// The containers of `pod` that are meant; else what to say.
pub(super) fn containers<'a>(pod: &'a PodFacts, wanted: &Containers) -> Result<Vec<&'a Container>, String> {
    match wanted {
        Containers::All => Ok(pod.containers.iter().chain(&pod.ephemeral_containers).collect()),
        Containers::Default => {
            let choice = pod.log_container().ok_or_else(|| format!("pod {} has no container", shown(&pod.name)));
            choice.map(|container| vec![container])
        }
        Containers::Named(name) => {
            let mut all = pod.containers.iter().chain(&pod.ephemeral_containers);
            all.find(|c| c.name == *name).map(|container| vec![container]).ok_or_else(|| {
                shown(&format!("container {name} is not valid for pod {} out of: {}", pod.name, names(pod)))
                    .into_owned()
            })
        }
    }
}

/// kubectl's words for a choice that the user did not make; None where there was none to make.
pub(super) fn defaulted(pod: &PodFacts, container: &Container, wanted: &Containers) -> Option<String> {
    let choice = *wanted == Containers::Default && pod.containers.iter().filter(|c| !c.init).count() > 1;
    choice.then(|| shown(&format!("Defaulted container \"{}\" out of: {}", container.name, names(pod))).into_owned())
}

/// The containers as kubectl lists them: `a, b, debugger (ephem), input (init)`.
fn names(pod: &PodFacts) -> String {
    let (init, main): (Vec<_>, Vec<_>) = pod.containers.iter().partition(|c| c.init);
    let main = main.into_iter().map(|c| c.name.clone());
    let ephemeral = pod.ephemeral_containers.iter().map(|c| format!("{} (ephem)", c.name));
    let init = init.into_iter().map(|c| format!("{} (init)", c.name));
    main.chain(ephemeral).chain(init).collect::<Vec<_>>().join(", ")
}

/// `: ImagePullBackOff: Back-off pulling image "x"`, `: Unschedulable: 0/1 nodes are available`; empty where nothing is
/// known. The container that is meant knows best why it waits.
fn because(pod: &PodFacts, container: &Container) -> String {
    if !pod.unscheduled.is_empty() {
        return line::because(&[&"Unschedulable".into(), &pod.unscheduled]);
    }
    let init = pod.containers.iter().find(|c| c.init && !c.waiting.is_empty());
    let waiting = [Some(container), init].into_iter().flatten().find(|c| {
        // `PodInitializing` says only that an init container is not done; that one knows more.
        !c.waiting.is_empty() && c.waiting.raw() != "PodInitializing"
    });
    match waiting {
        Some(c) => line::because(&[&c.waiting, &c.waiting_message]),
        None => line::because(&[&pod.reason, &pod.message]),
    }
}

/// Why an index has no pod that may still get one: the Job is suspended, or the controller may not create pods, as far as
/// `progress` knows the events.
pub(super) fn to_come(progress: &JobProgress) -> Missing {
    if let Some(job) = progress.job().filter(|job| job.suspended) {
        return Missing::Suspended { because: format!(": {}", shown(&line::suspended(job))) };
    }
    let refused = progress.refusal().map(|Refusal { reason, message, .. }| line::because(&[&reason, &message]));
    Missing::NotStarted { because: refused.unwrap_or_default() }
}

/// An index without a pod: not started, given up, or its pod is gone.
pub(super) fn without_pod(progress: &JobProgress, index: Index) -> Missing {
    let done = progress.job().is_some_and(|job| job.succeeded.contains(index.0))
        || progress.failed_indexes().contains(index.0);
    if done {
        return Missing::Gone;
    }
    if progress.state(index) == Some(IndexState::Skipped) {
        return Missing::Skipped;
    }
    match progress.verdict().map(|verdict| &verdict.outcome) {
        Some(Outcome::Failed { .. }) => Missing::JobFailed,
        Some(_) => Missing::NeverRan,
        None => to_come(progress),
    }
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

    fn picked(pods: &[Value], options: &LogsOptions) -> Result<Vec<Result<Log, Missing>>, String> {
        let mut progress = job(&json!({}));
        progress.observe(Change::Pods(pods.iter().map(|pod| serde_json::from_value(pod.clone()).unwrap()).collect()));
        picks(&progress, Index(3), options)
    }

    /// Pod, container and attempt of each log, `previous` behind that of a run before; else what is missing.
    #[track_caller]
    fn are(pods: &[Value], options: &LogsOptions, want: &[&str]) {
        let found = picked(pods, options).unwrap().into_iter().map(|pick| match pick {
            Ok(Log { origin, of, previous_run, .. }) => {
                let previous = if previous_run { " previous" } else { "" };
                format!("{} {} {}/{of}{previous}", origin.pod, origin.container, origin.attempt)
            }
            Err(missing) => missing.line(&[3].into_iter().collect()),
        });
        let found: Vec<_> = found.collect();
        assert_eq!(found, want);
    }

    fn last() -> LogsOptions {
        LogsOptions { attempts: Attempts::Last, ..LogsOptions::default() }
    }

    #[test]
    fn the_newest_attempt_is_meant_and_the_one_before_it_on_request() {
        let ended = json!({"terminated": {"exitCode": 1}});
        let pods = [pod("new", 9, &json!({"running": {}}), 0), pod("old", 1, &ended, 0)];
        let previous = LogsOptions { previous: true, ..last() };
        are(&pods, &last(), &["new worker 2/2"]);
        are(&pods, &previous, &["old worker 1/2"]);
        let restarted = [pod("only", 1, &json!({"running": {}}), 2)];
        are(&restarted, &previous, &["only worker 1/1 previous"]);
        are(&pods[..1], &previous, &["index 3 has only one attempt, and its container ran once"]);
    }

    #[test]
    fn attempts_are_chosen_by_the_order_in_which_they_were_made() {
        let ended = json!({"terminated": {"exitCode": 1}});
        let pods = [pod("a", 9, &ended, 0), pod("c", 1, &ended, 0), pod("b", 5, &ended, 0)];
        let attempts = |attempts| LogsOptions { attempts, ..LogsOptions::default() };
        are(&pods, &attempts(Attempts::All), &["c worker 1/3", "b worker 2/3", "a worker 3/3"]);
        are(&pods, &attempts(Attempts::Nth(2)), &["b worker 2/3"]);
        are(&pods, &attempts(Attempts::Nth(4)), &["index 3 has no attempt 4"]);
    }

    fn counted(mut pod: Value, failures_before: u32) -> Value {
        let count = failures_before.to_string();
        pod["metadata"]["annotations"]["batch.kubernetes.io/job-index-failure-count"] = json!(count);
        pod
    }

    #[test]
    fn an_attempt_keeps_its_number_when_an_earlier_one_is_gone() {
        let ended = json!({"terminated": {"exitCode": 1}});
        let pods = [counted(pod("b", 5, &ended, 0), 1), counted(pod("d", 9, &ended, 0), 3)];
        let attempts = |attempts| LogsOptions { attempts, ..LogsOptions::default() };
        are(&pods, &attempts(Attempts::All), &["b worker 2/4", "d worker 4/4"]);
        are(&pods, &attempts(Attempts::Nth(4)), &["d worker 4/4"]);
        let gone = |nth| format!("the pod of attempt {nth} of index 3 is gone, and its log with it");
        are(&pods, &attempts(Attempts::Nth(1)), &[&gone(1)]);
        are(&pods, &LogsOptions { previous: true, ..last() }, &[&gone(3)]);
        are(&pods[..1], &LogsOptions { previous: true, ..last() }, &[&gone(1)]);
    }

    #[test]
    fn a_program_that_could_not_be_started_has_no_log_and_says_why() {
        let end = json!({"exitCode": 128, "reason": "StartError", "message": "exec: \"x\": not found"});
        let mut failed = pod("p", 1, &json!({"terminated": end}), 0);
        failed["status"]["phase"] = json!("Failed");
        let why = "the program of index 3 could not be started: StartError: exec: \"x\": not found";
        are(&[failed.clone()], &last(), &[why]);
        let again = pod("q", 2, &json!({"terminated": {"exitCode": 0}}), 0);
        let all = LogsOptions { attempts: Attempts::All, ..LogsOptions::default() };
        are(&[failed, again], &all, &[&format!("{why} (there was another attempt)"), "q worker 2/2"]);
    }

    #[test]
    fn all_containers_are_the_init_containers_first() {
        let mut pod = pod("p", 1, &json!({"running": {}}), 0);
        let done = json!({"name": "input", "state": {"terminated": {"exitCode": 0}}});
        pod["status"]["initContainerStatuses"] = json!([done]);
        let all = LogsOptions { containers: Containers::All, ..last() };
        are(std::slice::from_ref(&pod), &all, &["p input 1/1", "p worker 1/1"]);
        let is_over: Vec<_> = picked(&[pod], &all).unwrap().into_iter().map(|log| log.unwrap().is_over).collect();
        assert_eq!(is_over, [false, false], "the pod goes on");
    }

    #[test]
    fn a_container_that_waits_says_for_what() {
        let waiting = json!({"waiting": {"reason": "ErrImagePull", "message": "not found"}});
        are(&[pod("p", 1, &waiting, 0)], &last(), &["index 3 has not started yet: ErrImagePull: not found"]);
    }

    #[test]
    fn an_unknown_container_names_those_there_are() {
        let pods = [pod("p", 1, &json!({"running": {}}), 0)];
        let why = "container zz is not valid for pod p out of: worker, input (init)";
        let zz = LogsOptions { containers: Containers::Named("zz".into()), ..last() };
        assert_eq!(picked(&pods, &zz).unwrap_err(), why);
    }

    #[test]
    fn a_choice_that_was_not_made_is_told() {
        let mut two = pod("p", 1, &json!({"running": {}}), 0);
        two["spec"]["containers"] = json!([{"name": "worker"}, {"name": "mesh"}]);
        let defaulted = |containers| {
            let options = LogsOptions { containers, ..last() };
            picked(std::slice::from_ref(&two), &options).unwrap().remove(0).unwrap().defaulted
        };
        let words = "Defaulted container \"worker\" out of: worker, mesh, input (init)";
        assert_eq!(defaulted(Containers::Default).as_deref(), Some(words));
        assert_eq!(defaulted(Containers::Named("worker".into())), None);
    }

    #[test]
    fn an_index_without_a_pod() {
        let without = |status: Value| picks(&job(&status), Index(3), &last()).unwrap().remove(0).unwrap_err();
        assert_eq!(without(json!({})), Missing::NotStarted { because: String::new() });
        assert_eq!(without(json!({"completedIndexes": "3"})), Missing::Gone);
        let failed = json!({"conditions": [{"type": "Failed", "status": "True"}]});
        assert_eq!(without(failed), Missing::JobFailed);
    }
}
