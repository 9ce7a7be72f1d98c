//! Jobs as a table, a row each: `list`.

use jiff::Timestamp;

use super::style::Paint;
use super::table::{Heading, Table};
use crate::facts::{JobFacts, Outcome};
use crate::human;
use crate::progress::JobProgress;

/// What a table of Jobs shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// A column with the namespace: the Jobs may be of several.
    pub namespaces: bool,
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

/// The Jobs, one that was never looked at left out.
#[must_use]
pub fn table(jobs: &[JobProgress], options: ListOptions, now: Timestamp) -> Table {
    let mut columns = vec!["NAME", "STATUS", "SUCCEEDED", "FAILED", "RUNNING", "PENDING", "DURATION", "AGE", "REASON"];
    if options.namespaces {
        columns.insert(0, "NAMESPACE");
    }
    if options.wide {
        columns.extend(["PARALLELISM", "MESSAGE"]);
    }
    let columns = columns.into_iter().map(|name| Heading { name, rank: 0 }).collect();
    let mut table = Table::new(columns, usize::from(options.namespaces) + 1);
    for progress in jobs {
        if let Some(job) = progress.job() {
            table.row(Some(paint(job)), row(job, progress, options, now));
        }
    }
    table
}

fn row(job: &JobFacts, progress: &JobProgress, options: ListOptions, now: Timestamp) -> Vec<String> {
    let (reason, message) = match job.verdict.as_ref().map(|verdict| &verdict.outcome) {
        Some(Outcome::Failed { reason, message }) => (reason.shown().into_owned(), message.shown().into_owned()),
        _ => Default::default(),
    };
    let counts = match progress.tally() {
        Some(tally) => [
            format!("{}/{}", tally.succeeded, tally.completions),
            tally.failed.to_string(),
            tally.running.to_string(),
            (tally.pending + tally.starting + tally.terminating).to_string(),
        ],
        None => [job.succeeded_pods.to_string(), job.failed_pods.to_string(), job.active.to_string(), String::new()],
    };
    let since = |then: Option<Timestamp>, to: Timestamp| then.map(|then| human::since(then, to)).unwrap_or_default();
    let times = [since(job.started, job.finished.unwrap_or(now)), since(job.created, now)];
    let mut row = Vec::from([job.name.clone(), status_word(job).to_owned()]);
    row.extend(counts.into_iter().chain(times).chain([reason]));
    if options.namespaces {
        row.insert(0, job.namespace.clone());
    }
    if options.wide {
        row.extend([job.parallelism.unwrap_or(1).to_string(), message]);
    }
    row
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
        table(&jobs, options, now).write(&mut text, Palette::default(), None).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_row_tells_how_far_a_job_is_and_how_it_ended() {
        insta::assert_snapshot!(shown(ListOrder::Name, ListOptions::default()), @r"
        NAME      STATUS          SUCCEEDED   FAILED   RUNNING   PENDING   DURATION   AGE    REASON
        asleep    Suspended       0/5         0        0         5                    115s
        bad       Failed          2/5         2        0         1         60s        118s   FailedIndexes
        failing   FailureTarget   0/5         1        0         4                    114s   FailedIndexes
        queue     Running         7           0        1                              116s
        running   Running         1/5         0        2         2         2m         114s
        ");
    }

    #[test]
    fn wide_and_with_namespaces() {
        let options = ListOptions { namespaces: true, wide: true };
        insta::assert_snapshot!(shown(ListOrder::Failed, options), @r"
        NAMESPACE   NAME      STATUS          SUCCEEDED   FAILED   RUNNING   PENDING   DURATION   AGE    REASON          PARALLELISM   MESSAGE
        ns          bad       Failed          2/5         2        0         1         60s        118s   FailedIndexes   3             Job has failed indexes
        ns          failing   FailureTarget   0/5         1        0         4                    114s   FailedIndexes   3             Job has failed indexes
        ns          asleep    Suspended       0/5         0        0         5                    115s                   3
        ns          queue     Running         7           0        1                              116s                   3
        ns          running   Running         1/5         0        2         2         2m         114s                   3
        ");
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
