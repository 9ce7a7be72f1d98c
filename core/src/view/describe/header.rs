//! The lines before the pod template.

use jiff::tz::TimeZone;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::page::Page;
use super::{Parts, meta};
use crate::human;

/// Everything from `Name` to `Completed Indexes`.
pub(super) fn show(page: &mut Page, job: &Parts, zone: &TimeZone) {
    identity(page, job);
    settings(page, job);
    times(page, job, zone);
    counts(page, job);
}

fn identity(page: &mut Page, job: &Parts) {
    page.field(0, "Name", job.meta.name.as_deref().unwrap_or_default());
    page.field(0, "Namespace", job.meta.namespace.as_deref().unwrap_or_default());
    page.field(0, "Selector", selector(job.spec.selector.as_ref()));
    meta::labels(page, 0, "Labels", job.meta.labels.as_ref());
    meta::annotations(page, 0, "Annotations", job.meta.annotations.as_ref());
    let owners = job.meta.owner_references.iter().flatten();
    if let Some(owner) = owners.into_iter().find(|owner| owner.controller == Some(true)) {
        page.field(0, "Controlled By", format!("{}/{}", owner.kind, owner.name));
    }
}

fn selector(selector: Option<&LabelSelector>) -> String {
    let text = selector.map_or(Ok(String::new()), meta::selector);
    text.unwrap_or_else(|wrong| format!("Failed to get selector: {wrong}"))
}

fn settings(page: &mut Page, Parts { spec, .. }: &Parts) {
    if let Some(parallelism) = spec.parallelism {
        page.field(0, "Parallelism", parallelism);
    }
    page.field(0, "Completions", spec.completions.map_or("<unset>".to_owned(), |n| n.to_string()));
    if let Some(mode) = &spec.completion_mode {
        page.field(0, "Completion Mode", mode);
    }
    if let Some(suspend) = spec.suspend {
        page.field(0, "Suspend", suspend);
    }
    if let Some(limit) = spec.backoff_limit {
        page.field(0, "Backoff Limit", limit);
    }
    if let Some(ttl) = spec.ttl_seconds_after_finished {
        page.field(0, "TTL Seconds After Finished", ttl);
    }
}

fn times(page: &mut Page, Parts { spec, status, .. }: &Parts, zone: &TimeZone) {
    let (start, end) = (status.start_time.as_ref(), status.completion_time.as_ref());
    if let Some(start) = start {
        page.field(0, "Start Time", human::rfc1123z(start.0, zone));
    }
    if let Some(end) = end {
        page.field(0, "Completed At", human::rfc1123z(end.0, zone));
    }
    if let (Some(start), Some(end)) = (start, end) {
        page.field(0, "Duration", human::since(start.0, end.0));
    }
    if let Some(deadline) = spec.active_deadline_seconds {
        page.field(0, "Active Deadline Seconds", format!("{deadline}s"));
    }
}

fn counts(page: &mut Page, Parts { spec, status, .. }: &Parts) {
    let ready = status.ready.map(|ready| format!(" ({ready} Ready)")).unwrap_or_default();
    let [active, succeeded, failed] = [status.active, status.succeeded, status.failed].map(Option::unwrap_or_default);
    page.field(0, "Pods Statuses", format!("{active} Active{ready} / {succeeded} Succeeded / {failed} Failed"));
    if spec.completion_mode.as_deref() == Some("Indexed") {
        // kubectl cuts this at about 50 bytes; a list that does not say what is missing is of no use.
        let done = status.completed_indexes.as_deref().filter(|done| !done.is_empty());
        page.field(0, "Completed Indexes", done.unwrap_or("<none>"));
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz;
    use serde_json::json;

    use super::super::{Described, PodLines, job};
    use super::*;

    #[test]
    fn times_are_in_the_given_zone() {
        let job_json = json!({"metadata": {}, "status": {"startTime": "2026-01-01T00:00:00Z"}});
        let d = Described { job: &job_json, events: None, progress: None, pods: PodLines::default() };
        let text = job(&d, "2026-01-02T00:00:00Z".parse().unwrap(), &TimeZone::fixed(tz::offset(-5))).unwrap();
        assert!(text.contains("Start Time:     Wed, 31 Dec 2025 19:00:00 -0500\n"), "{text}");
    }

    #[test]
    fn what_is_no_job_is_an_error() {
        let d = Described {
            job: &json!({"metadata": {}, "spec": "x"}),
            events: None,
            progress: None,
            pods: PodLines::default(),
        };
        assert!(job(&d, jiff::Timestamp::UNIX_EPOCH, &TimeZone::UTC).is_err());
    }
}
