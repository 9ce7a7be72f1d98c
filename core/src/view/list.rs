//! Jobs as a table, a row each: `list`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::count;
use super::ending::CANCELLED;
use super::style::Paint;
use super::table::{Heading, Table};
use crate::facts::{JobFacts, Outcome, PodFacts, Verdict};
use crate::human;
use crate::progress::JobProgress;
use crate::stuck::{self, why_suspended};
use crate::text::{Foreign, shown};

/// Before that a Job is not said to stand still: every pod needs some time to be ready.
const USUAL_TIME: SignedDuration = SignedDuration::from_secs(20);

/// What a table of Jobs shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// A column with the namespace: the Jobs may be of several.
    pub namespaces: bool,
    /// A column that tells of which Job one is a retry.
    pub retries: bool,
    /// More columns.
    pub wide: bool,
}

/// What the Jobs are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListOrder {
    /// Namespace, then name.
    #[default]
    Name,
    /// The newest first.
    Age,
    /// The longest first; those that have not begun last.
    Duration,
    /// Those with most failed indexes first.
    Failed,
}

/// Why Jobs stand still, a word and the text beside it, by their uid: as far as somebody has asked their pods and events.
pub type HeldUp = BTreeMap<String, (Foreign, Foreign)>;

/// The Jobs, one that was never looked at left out. Of those in `held_up` the reason is told that is known there.
#[must_use]
pub fn table(jobs: &[JobProgress], held_up: &HeldUp, options: ListOptions, now: Timestamp) -> Table {
    // On a narrow screen the first to go are those that the others let one guess.
    let mut columns = vec![
        ("NAME", 0),
        ("STATUS", 0),
        ("SUCCEEDED", 0),
        ("FAILED", 1),
        ("RUNNING", 2),
        ("PENDING", 4),
        ("UNFINISHED", 6),
        ("DURATION", 5),
        ("AGE", 3),
        ("REASON", 0),
    ];
    if options.namespaces {
        columns.insert(0, ("NAMESPACE", 0));
    }
    if options.retries {
        columns.push(("RETRY-OF", 7));
    }
    if options.wide {
        columns.extend([("PARALLELISM", 0), ("MESSAGE", 0)]);
    }
    let columns = columns.into_iter().map(|(name, rank)| Heading { name, rank }).collect();
    let mut table = Table::new(columns, usize::from(options.namespaces) + 1);
    for progress in jobs {
        if let Some(job) = progress.job() {
            let known = held_up.get(&job.uid).cloned();
            let why = known.unwrap_or_else(|| why(job, now));
            table.row(Some(paint(job)), row(progress, job, why, options, now));
        }
    }
    table
}

fn row(
    progress: &JobProgress,
    job: &JobFacts,
    (reason, message): (Foreign, Foreign),
    options: ListOptions,
    now: Timestamp,
) -> Vec<String> {
    let counts = counts(job, progress);
    let since = |then: Option<Timestamp>, to: Timestamp| then.map(|then| human::since(then, to)).unwrap_or_default();
    let times = [since(job.started, job.finished.unwrap_or(now)), since(job.created, now)];
    let mut row = Vec::from([shown(&job.name).into_owned(), status_word(job).to_owned()]);
    row.extend(counts.into_iter().chain(times).chain([reason.shown().into_owned()]));
    if options.namespaces {
        row.insert(0, shown(&job.namespace).into_owned());
    }
    if options.retries {
        row.push(job.retry_of.as_ref().map(|name| name.shown().into_owned()).unwrap_or_default());
    }
    if options.wide {
        row.extend([job.parallelism.unwrap_or(1).to_string(), with_skipped(&message, job)]);
    }
    row
}

/// The message of a Job, and what it left out where that tells of something else.
fn with_skipped(message: &Foreign, job: &JobFacts) -> String {
    let message = message.shown();
    if job.skipped.is_empty() || !matches!(&job.verdict, Some(Verdict { outcome: Outcome::Failed { .. }, .. })) {
        return message.into_owned();
    }
    let separator = if message.is_empty() { "" } else { "; " };
    format!("{message}{separator}{}", left_out(job))
}

/// `2 indexes left out by the retry that made it`.
fn left_out(job: &JobFacts) -> String {
    format!("{} left out by the retry that made it", count(job.skipped.len(), "index", "indexes"))
}

/// What stands below SUCCEEDED, FAILED, RUNNING, PENDING and UNFINISHED; of a Job that is not Indexed its pods, as far as
/// that makes sense.
fn counts(job: &JobFacts, progress: &JobProgress) -> [String; 5] {
    if let Some(tally) = progress.tally() {
        let pending = tally.pending + tally.starting + tally.terminating;
        let rest = [tally.failed, tally.running, pending, tally.unfinished].map(|number| number.to_string());
        let [failed, running, pending, unfinished] = rest;
        return [format!("{}/{}", tally.succeeded, tally.completions), failed, running, pending, unfinished];
    }
    let pods = [job.succeeded_pods, job.failed_pods, job.ready.unwrap_or(job.active)];
    let [succeeded, failed, running] = pods.map(|pods| pods.to_string());
    [succeeded, failed, running, String::new(), String::new()]
}

/// Reason and message of a Job that failed or is failing, and of one that stands still, as far as the Job itself tells;
/// both may be empty. What its pods wait for they tell themselves: `status` asks them.
#[must_use]
pub fn why(job: &JobFacts, now: Timestamp) -> (Foreign, Foreign) {
    let ready = job.ready.unwrap_or(job.active);
    let is_slow = job.started.or(job.created).is_some_and(|since| now.duration_since(since) >= USUAL_TIME);
    let told = |reason: &str, message: &str| (reason.into(), message.into());
    match &job.verdict {
        Some(Verdict { outcome, .. }) if job.was_cancelled(outcome) => told("Cancelled", CANCELLED),
        Some(Verdict { outcome: Outcome::Failed { reason, message }, .. }) => (reason.clone(), message.clone()),
        Some(_) if !job.skipped.is_empty() => told("Skipped", &left_out(job)),
        Some(_) => Default::default(),
        _ if job.deleting => Default::default(),
        _ if job.suspended => (suspended_because(job).into(), why_suspended(job)),
        _ if job.parallelism == Some(0) => told("NoParallelism", "spec.parallelism is 0: nothing is started"),
        _ if is_slow && job.pods_missing() > 0 => told("PodsMissing", "fewer pods are there than may run at a time"),
        _ if is_slow && ready == 0 && job.active > 0 => told("NoPodReady", "its pods are there, and none is ready"),
        _ => Default::default(),
    }
}

/// Does it stand still, and only its pods or its events could tell why?
#[must_use]
pub fn needs_pods(progress: &JobProgress, now: Timestamp) -> bool {
    progress.job().is_some_and(|job| matches!(why(job, now).0.raw(), "PodsMissing" | "NoPodReady"))
}

/// What its pods and events, which `progress` has observed, tell of why it stands still, as `wait` does; of one that is not
/// Indexed `pods` are its pods. Those of phase Pending are enough. None where they do not tell.
#[must_use]
pub fn held_up(progress: &JobProgress, pods: &[PodFacts]) -> Option<(Foreign, Foreign)> {
    let causes = match progress.job()?.indexed {
        true => stuck::causes(progress),
        false => stuck::causes_of_pods(progress, pods),
    };
    let told = causes.into_iter().find(|cause| !cause.reason.is_empty());
    told.map(|cause| (cause.reason, cause.message))
}

/// One word for what a suspended Job waits for; empty where somebody has just suspended it.
fn suspended_because(job: &JobFacts) -> &'static str {
    match (job.begun, &job.queue) {
        (Some(_), _) => "HalfMade",
        (None, Some(_)) => "Queued",
        (None, None) => "",
    }
}

/// The status as `kubectl get jobs` names it (`printJob` in pkg/printers/internalversion/printers.go).
#[must_use]
pub fn status_word(job: &JobFacts) -> &'static str {
    match job.verdict.as_ref().map(|verdict| (&verdict.outcome, verdict.settled)) {
        Some((Outcome::Complete, true)) => "Complete",
        Some((Outcome::Failed { .. }, true)) => "Failed",
        _ if job.deleting => "Terminating",
        _ if job.suspended => "Suspended",
        Some((Outcome::Failed { .. }, false)) => "FailureTarget",
        Some((Outcome::Complete, false)) => "SuccessCriteriaMet",
        _ => "Running",
    }
}

fn paint(job: &JobFacts) -> Paint {
    match status_word(job) {
        "Complete" | "SuccessCriteriaMet" => Paint::Good,
        "Failed" | "FailureTarget" => Paint::Bad,
        "Running" => Paint::Active,
        _ => Paint::Warning,
    }
}

/// Puts the Jobs into this order; equal ones by namespace and name.
pub fn sort(jobs: &mut [JobProgress], order: ListOrder, now: Timestamp) {
    let name = |progress: &JobProgress| progress.job().map(|job| (job.namespace.clone(), job.name.clone()));
    jobs.sort_by_cached_key(name);
    let took = |job: &JobFacts| Some(job.finished.unwrap_or(now).duration_since(job.started?));
    match order {
        ListOrder::Name => {}
        ListOrder::Age => jobs.sort_by_key(|progress| std::cmp::Reverse(progress.job().and_then(|job| job.created))),
        ListOrder::Duration => jobs.sort_by_key(|progress| std::cmp::Reverse(progress.job().and_then(took))),
        ListOrder::Failed => jobs.sort_by_key(|progress| std::cmp::Reverse(progress.failed_indexes().len())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::style::Palette;
    use super::*;
    use crate::progress::Change;

    fn job(name: &str, spec: &Value, status: &Value) -> JobProgress {
        let created = format!("2026-01-01T00:00:{:02}Z", name.len());
        let mut job = json!({
            "metadata": {"name": name, "namespace": "ns", "uid": name, "creationTimestamp": created},
            "spec": {"completionMode": "Indexed", "completions": 5, "parallelism": 3, "backoffLimitPerIndex": 0},
            "status": status,
        });
        for (key, value) in spec.as_object().unwrap() {
            job["spec"][key] = value.clone();
        }
        JobProgress::of(serde_json::from_value(job).unwrap())
    }

    fn ended(kind: &str) -> Value {
        json!([{
            "type": kind, "status": "True", "reason": "FailedIndexes", "message": "Job has failed indexes",
            "lastTransitionTime": "2026-01-01T00:01:01Z",
        }])
    }

    fn jobs() -> Vec<JobProgress> {
        let start = "2026-01-01T00:00:01Z";
        let failed = json!({
            "completedIndexes": "0,1", "failedIndexes": "2,3", "startTime": start, "conditions": ended("Failed"),
        });
        vec![
            job("running", &json!({}), &json!({"completedIndexes": "0", "active": 3, "ready": 2, "startTime": start})),
            job("asleep", &json!({"suspend": true}), &json!({})),
            job("failing", &json!({}), &json!({"failedIndexes": "4", "conditions": ended("FailureTarget")})),
            job("bad", &json!({}), &failed),
            job("queue", &json!({"completionMode": "NonIndexed"}), &json!({"succeeded": 7, "active": 1})),
        ]
    }

    fn shown(order: ListOrder, options: ListOptions) -> String {
        let now = "2026-01-01T00:02:01Z".parse().unwrap();
        let mut jobs = jobs();
        sort(&mut jobs, order, now);
        let mut text = Vec::new();
        table(&jobs, &HeldUp::new(), options, now).write(&mut text, Palette::default(), None).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_row_tells_how_far_a_job_is_and_how_it_ended() {
        insta::assert_snapshot!(shown(ListOrder::Name, ListOptions::default()), @r"
        NAME      STATUS          SUCCEEDED   FAILED   RUNNING   PENDING   UNFINISHED   DURATION   AGE    REASON
        asleep    Suspended       0/5         0        0         5         0                       115s
        bad       Failed          2/5         2        0         0         1            60s        118s   FailedIndexes
        failing   FailureTarget   0/5         1        0         0         4                       114s   FailedIndexes
        queue     Running         7           0        1                                           116s
        running   Running         1/5         0        2         2         0            2m         114s
        ");
    }

    #[test]
    fn wide_and_with_namespaces() {
        let options = ListOptions { namespaces: true, wide: true, retries: false };
        insta::assert_snapshot!(shown(ListOrder::Failed, options), @r"
        NAMESPACE   NAME      STATUS          SUCCEEDED   FAILED   RUNNING   PENDING   UNFINISHED   DURATION   AGE    REASON          PARALLELISM   MESSAGE
        ns          bad       Failed          2/5         2        0         0         1            60s        118s   FailedIndexes   3             Job has failed indexes
        ns          failing   FailureTarget   0/5         1        0         0         4                       114s   FailedIndexes   3             Job has failed indexes
        ns          asleep    Suspended       0/5         0        0         5         0                       115s                   3
        ns          queue     Running         7           0        1                                           116s                   3
        ns          running   Running         1/5         0        2         2         0            2m         114s                   3
        ");
    }

    #[test]
    fn a_narrow_screen_leaves_out_what_can_be_guessed() {
        let header = |columns| {
            let mut text = Vec::new();
            let table = table(&jobs(), &HeldUp::new(), ListOptions::default(), "2026-01-01T00:02:01Z".parse().unwrap());
            table.write(&mut text, Palette::default(), Some(columns)).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}\n{text}");
            text.lines().next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(header(90), "NAME STATUS SUCCEEDED FAILED RUNNING PENDING AGE REASON");
        assert_eq!(header(60), "NAME STATUS SUCCEEDED FAILED REASON");
        assert_eq!(header(40), "NAME STATUS SUCCEEDED ..");
    }

    #[test]
    fn a_job_that_stands_still_says_why_as_far_as_it_knows() {
        let at = |second: u32| format!("2026-01-01T00:00:{second:02}Z").parse().unwrap();
        let reason = |spec: Value, status: Value, second| {
            let job = job("x", &spec, &status);
            why(job.job().unwrap(), at(second)).0.raw().to_owned()
        };
        let starting = json!({"active": 3, "ready": 0});
        assert_eq!(reason(json!({}), starting.clone(), 10), "", "every pod needs some time");
        assert_eq!(reason(json!({}), starting.clone(), 40), "NoPodReady");
        assert_eq!(reason(json!({}), json!({"active": 3, "ready": 1}), 40), "");
        assert_eq!(reason(json!({}), json!({"active": 1, "ready": 1}), 40), "PodsMissing");
        assert_eq!(reason(json!({"parallelism": 0}), json!({}), 1), "NoParallelism");
        assert_eq!(reason(json!({"suspend": true}), json!({}), 40), "");
        assert_eq!(reason(json!({}), json!({"conditions": ended("Complete"), "active": 3}), 40), "");
    }

    #[test]
    fn a_run_that_left_tasks_out_says_so_also_when_it_is_complete() {
        let run = |end: &str, completed: &str| {
            let job = json!({
                "metadata": {"name": "x-r1", "annotations": {"kubectl-indexedjob/skipped": "3"}},
                "spec": {"completionMode": "Indexed", "completions": 5},
                "status": {"completedIndexes": completed, "conditions": ended(end)},
            });
            JobProgress::of(serde_json::from_value(job).unwrap())
        };
        let failed = run("Failed", "0-3");
        let job = failed.job().unwrap();
        let (_, message) = why(job, Timestamp::UNIX_EPOCH);
        let also = format!("{}; 1 index left out by the retry that made it", message.shown());
        assert_eq!(with_skipped(&message, job), also);
        let progress = run("Complete", "0-4");
        let job = progress.job().unwrap();
        assert_eq!(counts(job, &progress), ["4/5", "0", "0", "0", "0"]);
        let (reason, message) = why(job, Timestamp::UNIX_EPOCH);
        assert_eq!(reason.raw(), "Skipped");
        assert_eq!(message.raw(), "1 index left out by the retry that made it");
    }

    #[test]
    fn what_holds_a_job_up_its_pods_and_events_tell() {
        let now = "2026-01-01T00:02:01Z".parse().unwrap();
        let start = "2026-01-01T00:00:01Z";
        let pod = |name: &str, reason: &str| {
            let state = json!({"waiting": {"reason": reason, "message": "m"}});
            let annotations = json!({"batch.kubernetes.io/job-completion-index": "0"});
            serde_json::from_value(json!({
                "metadata": {"name": name, "annotations": annotations},
                "spec": {"nodeName": "n", "containers": [{"name": "w"}]},
                "status": {"phase": "Pending", "containerStatuses": [{"name": "w", "state": state}]},
            }))
            .unwrap()
        };
        for mode in ["Indexed", "NonIndexed"] {
            let spec = json!({"completionMode": mode});
            let mut stands_still = job("x", &spec, &json!({"active": 3, "ready": 0, "startTime": start}));
            assert!(needs_pods(&stands_still, now));
            let pods: Vec<PodFacts> = vec![pod("p", "ErrImagePull")];
            stands_still.observe(Change::Pods(pods.clone()));
            assert_eq!(held_up(&stands_still, &pods), Some(("ErrImagePull".into(), "m".into())), "{mode}");
            let mut missing = job("x", &spec, &json!({"active": 0, "startTime": start}));
            assert!(needs_pods(&missing, now));
            missing.observe(Change::Pods(vec![]));
            assert_eq!(held_up(&missing, &[]), None);
            let event = json!({"reason": "FailedCreate", "message": "Error creating: quota"});
            missing.observe_events(&[serde_json::from_value(event).unwrap()]);
            assert_eq!(held_up(&missing, &[]), Some(("FailedCreate".into(), "quota".into())), "{mode}");
        }
        let runs = job("x", &json!({}), &json!({"active": 3, "ready": 1, "startTime": start}));
        assert!(!needs_pods(&runs, now) && !needs_pods(&job("x", &json!({"suspend": true}), &json!({})), now));
    }

    #[test]
    fn names_from_the_cluster_are_safe_to_show() {
        let shown = table(
            &[job("x\u{1b}[31m", &json!({}), &json!({}))],
            &HeldUp::new(),
            ListOptions::default(),
            Timestamp::UNIX_EPOCH,
        );
        let mut text = Vec::new();
        shown.write(&mut text, Palette::default(), None).unwrap();
        assert!(String::from_utf8(text).unwrap().contains("x^[[31m"));
    }

    #[test]
    fn the_order_is_the_users() {
        let first =
            |order| shown(order, ListOptions::default()).lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
        assert_eq!(first(ListOrder::Name), "asleep");
        assert_eq!(first(ListOrder::Age), "failing");
        assert_eq!(first(ListOrder::Duration), "running");
        assert_eq!(first(ListOrder::Failed), "bad");
    }
}
