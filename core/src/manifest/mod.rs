//! Manifests are JSON values edited by setters: flags, files and clones take one path, and no unknown field is lost.
//!
//! - `file`: what a file must hold; `edit`: the setters; `expansion`: dollars
//! - `job`: the Job, its limits and policies; `pod`: its pod and container; `delivery`: items, numbers and the command
//! - `check`: the server's limits, before anything is sent

mod check;
mod delivery;
mod edit;
mod expansion;
mod file;
#[cfg(test)]
mod golden;
mod job;
mod pod;

use serde_json::Value;

pub use check::{Problem, is_indexed, limits};
pub use delivery::{Fields, ItemPlace, Kept, Part, Replacement, TaskItems, Ways, renumber, replace_command};
pub use file::from_file;
pub use job::{completions, numbering};

use self::edit::{Container, Manifest};
use crate::plan::{Base, Command, Plan, PodFields};
use crate::work::Work;

/// The label of helper objects; its value is the name of their Job.
pub const JOB_LABEL: &str = "kubectl-indexedjob/job";
/// The label that gives a Job to a queue of Kueue.
pub const QUEUE_LABEL: &str = "kueue.x-k8s.io/queue-name";

/// The objects of a Job, as they are once everything is in place.
#[derive(Clone, Debug, PartialEq)]
pub struct Objects {
    /// The Job.
    pub job: Value,
    /// What it needs beside it, without owner; empty for most Jobs.
    pub helpers: Vec<Value>,
}

/// Builds the objects of `plan`, and says how things reach the tasks; `suffix` makes the names of helpers unique.
pub fn build(plan: &Plan, suffix: &str) -> Result<(Objects, Ways), Problem> {
    let mut manifest = Manifest::new(job::base(plan), container(plan))?;
    job::identify(plan, &mut manifest)?;
    if manifest.name().is_empty() {
        return Err(Problem::new("the Job has no name").hint("give NAME, or write metadata.name into the file"));
    }
    pod::apply(&plan.pod, &mut manifest);
    let (mut helpers, ways) = delivery::deliver(plan, &mut manifest, suffix)?;
    job::limit(plan, &mut manifest)?;
    let job = manifest.into_job();
    limits(&job)?;
    if let Base::File { helpers: theirs, .. } = &plan.base {
        helpers.extend(theirs.iter().cloned());
    }
    Ok((Objects { job, helpers }, ways))
}

/// The container that the flags are about.
fn container(plan: &Plan) -> Container<'_> {
    let PodFields { image, image_pull_policy, working_dir, env, env_from, requests, limits, volumes, .. } = &plan.pod;
    let fields = image.is_some() || image_pull_policy.is_some() || working_dir.is_some() || !env.is_empty();
    let sources = !env_from.is_empty() || !requests.is_empty() || !limits.is_empty() || !volumes.is_empty();
    let number = !plan.delivery.index_env.is_empty() || plan.delivery.index_path.is_some();
    let task = matches!(plan.work, Some(Work::Items(_) | Work::Array(_))) || plan.command != Command::Keep;
    match &plan.pod.container {
        Some(name) => Container::Named(name),
        None if fields || sources || number || task => Container::Only,
        None => Container::Untouched,
    }
}
