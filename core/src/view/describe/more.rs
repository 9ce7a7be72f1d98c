//! What kubectl does not show of a Job: blocks between its header and its pod template.
//!
//! Each block begins with a line that has no tab, which ends the columns above, so kubectl's own alignment stays.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use k8s_openapi::api::batch::v1::{JobCondition, JobSpec, JobStatus};
use serde::Deserialize as _;
use serde_json::Value;

use super::page::Page;
use super::{Described, Parts, policies};
use crate::facts::{JobFacts, skipped_indexes};
use crate::human;
use crate::index_set::IndexSet;
use crate::lifecycle::Former;
use crate::numbering::{Index, NUMBERS, Numbering};
use crate::progress::{IndexState, JobProgress};
use crate::rerun::{FIRST_RUN, RETRIED, RETRY_OF, SKIPPED};
use crate::text::shown;
use crate::view::count;

/// `spec.managedBy` of a Job that the cluster's own controller runs.
const BUILT_IN: &str = "kubernetes.io/job-controller";

/// Every block that has something to say.
pub(super) fn show(page: &mut Page, job: &Parts, d: &Described<'_>, now: Timestamp, zone: &TimeZone) {
    block(page, "Status:", &status(job, d.job, now, zone));
    block(page, "Retry:", &retry(job));
    let numbering = numbering(job);
    block(page, "Indexes:", &indexes(job, d.progress, &numbering));
    block(page, "Limits:", &limits(&job.spec));
    lines(page, "Pod Failure Policy:", &policies::failure(job.spec.pod_failure_policy.as_ref()));
    lines(page, "Success Policy:", &policies::success(job.spec.success_policy.as_ref(), &numbering));
    conditions(page, job.status.conditions.as_deref().unwrap_or_default(), now);
    lines(page, "Failures:", d.pods.failures);
    lines(page, "Waiting:", d.pods.waiting);
    lines(page, "Next:", d.pods.next);
}

fn block(page: &mut Page, title: &str, fields: &[(&str, String)]) {
    if !fields.is_empty() {
        page.line(0, title);
    }
    for (label, value) in fields {
        page.field(1, label, shown(value));
    }
}

fn lines(page: &mut Page, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        page.line(0, title);
    }
    for line in lines {
        page.line(1, &shown(line));
    }
}

fn status(job: &Parts, json: &Value, now: Timestamp, zone: &TimeZone) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if let Some(deleted) = &job.meta.deletion_timestamp {
        let waits = job.meta.finalizers.as_deref().filter(|finalizers| !finalizers.is_empty());
        let waits = waits.map(|finalizers| format!(", waiting for {}", finalizers.join(", "))).unwrap_or_default();
        fields.push(("Being Deleted", format!("for {}{waits}", human::since(deleted.0, now))));
    }
    if let Some(failed) = failed_at(&job.status) {
        fields.push(("Failed At", human::rfc1123z(failed, zone)));
        if let Some(start) = &job.status.start_time {
            fields.push(("Duration", format!("{} until it failed", human::since(start.0, failed))));
        }
    }
    fields.extend(cancelled(json).map(|text| ("Cancelled", text)));
    if let Some(terminating) = job.status.terminating.filter(|terminating| *terminating > 0) {
        fields.push(("Terminating", count(terminating.unsigned_abs(), "pod", "pods")));
    }
    if let Some(manager) = job.spec.managed_by.as_deref().filter(|manager| *manager != BUILT_IN) {
        fields.push(("Managed By", format!("{manager}, not the cluster's Job controller")));
    }
    fields
}

/// By whom, and which deadline was the Job's own, which the header cannot tell; None of a Job that ended otherwise.
fn cancelled(json: &Value) -> Option<String> {
    let job = JobFacts::deserialize(json).ok()?;
    let end = job.verdict.as_ref().filter(|verdict| job.was_cancelled(&verdict.outcome))?;
    let own = Former::of(&json["metadata"]["annotations"]).active_deadline.filter(|own| !own.is_empty());
    let own =
        own.map_or("it had no activeDeadlineSeconds".to_owned(), |own| format!("its own activeDeadlineSeconds: {own}"));
    let ending = if end.settled { "" } else { ", its pods are being stopped" };
    Some(format!("by kubectl indexedjob ({own}){ending}"))
}

/// Of what a run that `retry` has made is one, and what it runs.
fn retry(job: &Parts) -> Vec<(&'static str, String)> {
    let annotation = |key: &str| job.meta.annotations.as_ref().and_then(|all| all.get(key)).cloned();
    let fields = [("Of", RETRY_OF), ("First Run", FIRST_RUN), ("Runs Again", RETRIED), ("Skipped", SKIPPED)];
    fields.into_iter().filter_map(|(label, key)| Some((label, annotation(key)?))).collect()
}

/// When the Job failed; kubectl's `Completed At` and `Duration` are of Jobs that succeeded.
fn failed_at(status: &JobStatus) -> Option<Timestamp> {
    let failed = status.conditions.iter().flatten().find(|c| c.type_ == "Failed" && c.status == "True")?;
    failed.last_transition_time.as_ref().map(|time| time.0)
}

/// What the tasks are called.
pub(super) fn numbering(job: &Parts) -> Numbering {
    let completions = job.spec.completions.and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
    let annotations = job.meta.annotations.as_ref();
    Numbering::of_annotation(annotations.and_then(|all| all.get(NUMBERS)).map(String::as_str), completions)
}

/// The indexes in full, since a list that is cut hides the one that is looked for; by the numbers of the tasks where
/// they have some, unlike kubectl's `Completed Indexes`.
fn indexes(job: &Parts, progress: Option<&JobProgress>, numbering: &Numbering) -> Vec<(&'static str, String)> {
    let (spec, status) = (&job.spec, &job.status);
    let indexed = spec.completion_mode.as_deref() == Some("Indexed");
    let Some(completions) = spec.completions.filter(|_| indexed).and_then(|n| u32::try_from(n).ok()) else {
        return Vec::new();
    };
    let read = |text: &Option<String>| IndexSet::from_api(text.as_deref().unwrap_or_default(), completions);
    let (done, failed) = (read(&status.completed_indexes), read(&status.failed_indexes));
    let annotation = job.meta.annotations.as_ref().and_then(|all| all.get(SKIPPED));
    let skipped = skipped_indexes(annotation.map(String::as_str), numbering, completions).intersection(&done);
    let succeeded = done.difference(&skipped);
    let rest = IndexSet::all(completions).difference(&done).difference(&failed).difference(&skipped);
    let mut fields = vec![("Succeeded", format!("{} of {}", succeeded.len(), count(completions, "index", "indexes")))];
    let mut sets = match progress {
        Some(progress) => by_state(progress),
        None => vec![("Failed", failed), ("Unfinished", rest), ("Skipped", skipped)],
    };
    if let Some(all) = numbering.set() {
        fields.insert(0, ("Numbers", format!("{} (index 0 is number {})", all.compact(), numbering.number(Index(0)))));
        sets.insert(0, ("Completed Numbers", done));
    }
    for (label, set) in sets {
        if !set.is_empty() {
            let numbers = numbering.numbers(&set);
            fields.push((label, format!("{numbers} ({})", count(set.len(), "index", "indexes"))));
        }
    }
    fields
}

/// The indexes that have not succeeded, by what they are doing.
fn by_state(progress: &JobProgress) -> Vec<(&'static str, IndexSet)> {
    let mut states: BTreeMap<IndexState, Vec<u32>> = BTreeMap::new();
    for status in progress.statuses() {
        states.entry(status.state).or_default().push(status.index.0);
    }
    let word = |state| match state {
        IndexState::Failed => Some("Failed"),
        IndexState::Retrying => Some("Retrying"),
        IndexState::Running => Some("Running"),
        IndexState::Starting => Some("Starting"),
        IndexState::Terminating => Some("Terminating"),
        IndexState::Pending => Some("Pending"),
        IndexState::Unfinished => Some("Unfinished"),
        IndexState::Skipped => Some("Skipped"),
        IndexState::Succeeded => None,
    };
    let mut set = |state| states.remove(&state).map(IndexSet::from_iter).unwrap_or_default();
    IndexState::ALL.into_iter().filter_map(|state| Some((word(state)?, set(state)))).collect()
}

fn limits(spec: &JobSpec) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if let Some(limit) = spec.backoff_limit_per_index {
        let attempts = count(limit.unsigned_abs().saturating_add(1), "attempt", "attempts");
        fields.push(("Backoff Limit Per Index", format!("{limit} ({attempts} of each index)")));
    }
    if let Some(max) = spec.max_failed_indexes {
        fields.push(("Max Failed Indexes", format!("{max} (with more, the Job fails)")));
    }
    if let Some(policy) = &spec.pod_replacement_policy {
        let when = match policy.as_str() {
            "Failed" => " (a pod is replaced when it has ended)",
            "TerminatingOrFailed" => " (a pod is replaced as soon as it is being deleted or has failed)",
            _ => "",
        };
        fields.push(("Pod Replacement Policy", format!("{policy}{when}")));
    }
    fields
}

fn conditions(page: &mut Page, conditions: &[JobCondition], now: Timestamp) {
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.row(1, &["Type", "Status", "Age", "Reason", "Message"]);
    page.row(1, &["----", "------", "---", "------", "-------"]);
    for condition in conditions {
        let age = condition.last_transition_time.as_ref();
        let age = age.map_or("<unknown>".to_owned(), |time| human::since(time.0, now));
        let [reason, message] = [&condition.reason, &condition.message].map(|text| text.as_deref().unwrap_or_default());
        page.row(1, &[&condition.type_, &condition.status, &age, &shown(reason), &shown(message.trim())]);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{PodLines, job};
    use super::*;
    use crate::progress::Change;

    /// Our blocks of a Job, with the lines around them.
    fn added(job_json: &Value, problems: &[&str]) -> String {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        let pods = PodLines { failures: &problems, ..PodLines::default() };
        let d = Described { job: job_json, events: None, progress: None, pods };
        let text = job(&d, "2026-01-02T00:00:00Z".parse().unwrap(), &TimeZone::UTC).unwrap();
        let from = text.find("Pods Statuses:").unwrap();
        let to = text.find("Pod Template:").unwrap();
        text[from..to].to_owned()
    }

    #[test]
    fn a_failed_job_says_what_failed_when_and_why() {
        let failed = json!({
            "metadata": {"name": "x", "deletionTimestamp": "2026-01-01T23:58:00Z", "finalizers": ["foregroundDeletion"]},
            "spec": {
                "completions": 100, "completionMode": "Indexed", "backoffLimitPerIndex": 1, "maxFailedIndexes": 1,
                "podReplacementPolicy": "Failed", "template": {},
                "podFailurePolicy": {"rules": [
                    {"action": "FailJob", "onExitCodes": {"containerName": "worker", "operator": "In", "values": [42]}},
                    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
                ]}
            },
            "status": {
                "startTime": "2026-01-01T00:00:00Z", "failed": 4, "succeeded": 6, "terminating": 2,
                "completedIndexes": "0,1,3-6", "failedIndexes": "2,7",
                "conditions": [{
                    "type": "Failed", "status": "True", "reason": "MaxFailedIndexesExceeded",
                    "message": "too many\n\u{1b}[1mfailed", "lastTransitionTime": "2026-01-01T00:06:41Z"
                }]
            }
        });
        insta::assert_snapshot!(added(&failed, &["2x exit 137 OOMKilled, indexes 2,7"]), @r"
        Pods Statuses:      0 Active / 6 Succeeded / 4 Failed
        Completed Indexes:  0,1,3-6
        Status:
          Being Deleted:  for 2m, waiting for foregroundDeletion
          Failed At:      Thu, 01 Jan 2026 00:06:41 +0000
          Duration:       6m41s until it failed
          Terminating:    2 pods
        Indexes:
          Succeeded:   6 of 100 indexes
          Failed:      2,7 (2 indexes)
          Unfinished:  8-99 (92 indexes)
        Limits:
          Backoff Limit Per Index:  1 (2 attempts of each index)
          Max Failed Indexes:       1 (with more, the Job fails)
          Pod Replacement Policy:   Failed (a pod is replaced when it has ended)
        Pod Failure Policy:
          fail the Job when container worker exits with 42
          ignore the failure when the pod was disrupted (DisruptionTarget)
        Conditions:
          Type    Status  Age  Reason                    Message
          ----    ------  ---  ------                    -------
          Failed  True    23h  MaxFailedIndexesExceeded  too many\n^[[1mfailed
        Failures:
          2x exit 137 OOMKilled, indexes 2,7
        ");
    }

    #[test]
    fn a_cancelled_job_says_so_and_what_its_own_deadline_was() {
        let cancelled = |own: &str, condition: &str| {
            let job = json!({
                "metadata": {"name": "x", "annotations": {"kubectl-indexedjob/active-deadline-seconds": own}},
                "spec": {"completions": 2, "activeDeadlineSeconds": 1, "template": {}},
                "status": {"conditions": [{"type": condition, "status": "True", "reason": "DeadlineExceeded"}]}
            });
            added(&job, &[]).lines().find_map(|line| Some(line.split_once("Cancelled:")?.1.trim().to_owned())).unwrap()
        };
        assert_eq!(cancelled("", "Failed"), "by kubectl indexedjob (it had no activeDeadlineSeconds)");
        assert_eq!(
            cancelled("600", "FailureTarget"),
            "by kubectl indexedjob (its own activeDeadlineSeconds: 600), its pods are being stopped"
        );
    }

    #[test]
    fn a_job_with_a_success_policy_and_another_controller() {
        let running = json!({
            "metadata": {"name": "x"},
            "spec": {
                "completions": 1, "completionMode": "Indexed", "managedBy": "kueue.x-k8s.io/multikueue", "template": {},
                "successPolicy": {"rules": [{"succeededIndexes": "0", "succeededCount": 1}]}
            }
        });
        insta::assert_snapshot!(added(&running, &[]), @r"
        Pods Statuses:      0 Active / 0 Succeeded / 0 Failed
        Completed Indexes:  <none>
        Status:
          Managed By:  kueue.x-k8s.io/multikueue, not the cluster's Job controller
        Indexes:
          Succeeded:   0 of 1 index
          Unfinished:  0 (1 index)
        Success Policy:
          succeed when any 1 of the indexes 0 have succeeded
        ");
    }

    #[test]
    fn tasks_with_numbers_of_their_own_are_called_by_them() {
        let job = json!({
            "metadata": {"name": "x", "annotations": {"kubectl-indexedjob/numbers": "1-9:4,20"}},
            "spec": {
                "completions": 4, "completionMode": "Indexed", "template": {},
                "successPolicy": {"rules": [{"succeededIndexes": "0,3"}]}
            },
            "status": {"completedIndexes": "1,3", "failedIndexes": "2"}
        });
        insta::assert_snapshot!(added(&job, &[]), @r"
        Pods Statuses:      0 Active / 0 Succeeded / 0 Failed
        Completed Indexes:  1,3
        Indexes:
          Numbers:            1-9:4,20 (index 0 is number 1)
          Succeeded:          2 of 4 indexes
          Completed Numbers:  5,20 (2 indexes)
          Failed:             9 (1 index)
          Unfinished:         1 (1 index)
        Success Policy:
          succeed when the indexes 1,20 have succeeded
        ");
    }

    #[test]
    fn nothing_to_add_adds_no_heading() {
        let plain = json!({"metadata": {"name": "x"}, "spec": {"completions": 2, "template": {}}});
        assert_eq!(added(&plain, &[]), "Pods Statuses:  0 Active / 0 Succeeded / 0 Failed\n");
    }

    #[test]
    fn a_large_set_is_not_cut() {
        let every_other: Vec<_> = (0..2_000).step_by(2).map(|index| index.to_string()).collect();
        let spec = json!({"completions": 2_000, "completionMode": "Indexed", "template": {}});
        let job = json!({"metadata": {}, "spec": spec, "status": {"failedIndexes": every_other.join(",")}});
        let text = added(&job, &[]);
        assert!(text.contains(",1996,1998 (1000 indexes)\n"), "{text}");
        assert!(text.contains(",1997,1999 (1000 indexes)\n"), "{text}");
    }

    #[test]
    fn where_pods_are_known_open_indexes_stand_by_what_they_are_doing() {
        let running = json!({
            "metadata": {"name": "x", "uid": "u"},
            "spec": {"completions": 9, "completionMode": "Indexed", "backoffLimitPerIndex": 1, "template": {}},
            "status": {"completedIndexes": "0", "failedIndexes": "1", "active": 2}
        });
        let pod = |index: u32, phase: &str| {
            let annotations = json!({"batch.kubernetes.io/job-completion-index": index.to_string()});
            let metadata = json!({"name": index.to_string(), "uid": index.to_string(), "annotations": annotations});
            serde_json::from_value(json!({"metadata": metadata, "status": {"phase": phase}})).unwrap()
        };
        let mut progress = JobProgress::of(serde_json::from_value(running.clone()).unwrap());
        let phases = [(2, "Running"), (3, "Pending"), (4, "Failed"), (5, "Running")];
        progress.observe(Change::Pods(phases.map(|(index, phase)| pod(index, phase)).to_vec()));
        let next = ["kubectl indexedjob logs x --index 1".to_owned()];
        let waiting = ["index 3: ErrImagePull".to_owned()];
        let pods = PodLines { waiting: &waiting, next: &next, ..PodLines::default() };
        let d = Described { job: &running, events: None, progress: Some(&progress), pods };
        let text = job(&d, "2026-01-02T00:00:00Z".parse().unwrap(), &TimeZone::UTC).unwrap();
        let (from, to) = (text.find("Indexes:\n").unwrap(), text.find("Pod Template:").unwrap());
        insta::assert_snapshot!(&text[from..to], @r"
        Indexes:
          Succeeded:  1 of 9 indexes
          Failed:     1 (1 index)
          Retrying:   4 (1 index)
          Running:    2,5 (2 indexes)
          Starting:   3 (1 index)
          Pending:    6-8 (3 indexes)
        Limits:
          Backoff Limit Per Index:  1 (2 attempts of each index)
        Waiting:
          index 3: ErrImagePull
        Next:
          kubectl indexedjob logs x --index 1
        ");
    }
}
