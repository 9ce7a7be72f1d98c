//! What `describe` shows of one Job: every line of `kubectl describe job`, and between its header and its pod template
//! what kubectl leaves out (`more`).
//!
//! kubectl's part follows kubectl 1.37, `pkg/describe/describe.go`; the golden tests hold the output of the real one.
//! It differs where kubectl's would be wrong or unsafe: `Completed Indexes` is not cut, events that could not be read
//! are not called `<none>`, a variable from a `fileKeyRef` is shown, and control characters are written out.

mod containers;
mod env;
mod events;
#[cfg(test)]
mod golden;
mod header;
mod meta;
mod more;
mod page;
mod policies;
mod probes;
mod tabs;
mod template;
mod volumes;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use k8s_openapi::api::batch::v1::{Job, JobSpec, JobStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize as _;

use page::Page;

use crate::progress::JobProgress;

/// What [`job`] shows of one Job.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    /// The Job as the server returned it.
    pub job: &'a serde_json::Value,
    /// The events about the Job; None when not asked for (`--show-events=false`).
    pub events: Option<Events<'a>>,
    /// What is known of its pods, too; None where nobody asked for them.
    pub progress: Option<&'a JobProgress>,
    /// What else is said of its pods.
    pub pods: PodLines<'a>,
}

/// What is said of the pods of a Job, a line each; a block without a line is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct PodLines<'a> {
    /// `Failures:`, what they failed of.
    pub failures: &'a [String],
    /// `Waiting:`, what keeps them from running.
    pub waiting: &'a [String],
    /// `Next:`, commands that tell more.
    pub next: &'a [String],
}

/// The events about a Job, in any order.
#[derive(Clone, Debug)]
pub enum Events<'a> {
    /// What the server returned, perhaps nothing.
    Read(&'a [serde_json::Value]),
    /// The server did not return them; why, in its words.
    Unreadable(String),
}

/// The rules of the policies of a Job, each in words; empty where it has none.
///
/// # Errors
/// The Job has not the shape of one.
pub fn policies(job: &serde_json::Value) -> Result<Vec<String>, serde_json::Error> {
    let Job { metadata: meta, spec, status } = Job::deserialize(job)?;
    let parts = Parts { meta, spec: spec.unwrap_or_default(), status: status.unwrap_or_default() };
    let failure = policies::failure(parts.spec.pod_failure_policy.as_ref());
    Ok([failure, policies::success(parts.spec.success_policy.as_ref(), &more::numbering(&parts))].concat())
}

/// The parts of a Job, an absent one as its empty self.
struct Parts {
    meta: ObjectMeta,
    spec: JobSpec,
    status: JobStatus,
}

/// The whole description, ages as of `now` and times in `zone`; every line ends with a newline.
///
/// # Errors
/// The Job or an event has not the shape of one.
pub fn job(d: &Described<'_>, now: Timestamp, zone: &TimeZone) -> Result<String, serde_json::Error> {
    let Job { metadata: meta, spec, status } = Job::deserialize(d.job)?;
    let parts = Parts { meta, spec: spec.unwrap_or_default(), status: status.unwrap_or_default() };
    let mut page = Page::default();
    header::show(&mut page, &parts, zone);
    more::show(&mut page, &parts, d, now, zone);
    template::show(&mut page, &parts.spec.template);
    if let Some(events) = &d.events {
        events::show(&mut page, events, now)?;
    }
    Ok(page.finish())
}
