//! Manifests are JSON values edited by setters: flags, files and clones take one path, and no unknown field is lost.

mod check;
mod delivery;
mod edit;
mod job;

use serde_json::Value;

pub use check::{Problem, from_file, limits};

use crate::plan::Plan;

/// The label of helper objects; its value is the name of their Job.
pub const JOB_LABEL: &str = "kubectl-indexedjob/job";

/// The objects of a Job, as they are once everything is in place.
#[derive(Clone, Debug, PartialEq)]
pub struct Objects {
    /// The Job.
    pub job: Value,
    /// What it needs beside it, without owner; empty for most Jobs.
    pub helpers: Vec<Value>,
}

/// Builds the objects of `plan`; `suffix` makes the names of helpers unique.
pub fn build(plan: &Plan, suffix: &str) -> Result<Objects, Problem> {
    let mut job = job::skeleton(plan);
    let helpers = delivery::deliver(plan, &mut job, suffix)?;
    limits(&job)?;
    Ok(Objects { job, helpers })
}
