//! Runs again what is not done: a new Job that knows what is done, as a level-triggered protocol. [`next`] looks at what
//! is there and says the one thing to do now; killed between any two steps, the same `retry` goes on where it was.
//!
//! The new Job is created suspended and marked, learns what is done, and is released last: until then nothing runs, and
//! what is done stands in its source or in an annotation of its own. How it learns is the [`Way`]:
//!
//! - `status`: its status is told; `adopt`: it takes over the pods that succeeded; or it has only what is left
//! - `wanted`: the run that shall come about; `mark`: what tells one retry from another; `ttl`: of the source
//! - `clone`: the new Job from the old one; `chain`: which Jobs are runs of which; `ask`: what is to be run again
//! - `whole`: what a smaller run was given, for the next; `loss`: what goes with a run that is deleted; `together`: all
//!   runs as one Job

mod adopt;
mod ask;
mod chain;
mod clone;
mod loss;
mod mark;
mod status;
mod together;
mod ttl;
mod wanted;
mod whole;

use serde_json::{Value, json};

pub use crate::facts::{CHAIN, RETRYING};
pub use adopt::{EndedPod, GiveBack, HandOver, givers_missing, undo, with_run_label};
pub use ask::{Ask, Nothing, ask, next_name};
pub use chain::{Chain, Run};
pub use clone::{Changes, Cloned, clone, config_maps};
pub use loss::{Loss, taken_pods};
pub use mark::{Mark, Way};
pub use status::{CompletedIndexes, NotCanonical, strays};
pub use ttl::free_source;
pub use wanted::Wanted;
pub use whole::{Source, remember_whole};

use ttl::{Ttl, source_ttl};
use wanted::release;

use crate::creation::{is_owned_by, owned};
use crate::index_set::IndexSet;

/// The annotation that names the Job that a run was cloned from.
pub const RETRY_OF: &str = "kubectl-indexedjob/retry-of";
/// The annotation with the place of a run in its chain, from 1 on.
pub const RETRY: &str = "kubectl-indexedjob/retry";
/// The annotation that names the first Job of the chain.
pub const FIRST_RUN: &str = "kubectl-indexedjob/first-run";
/// The annotation with the numbers of the tasks that a run runs.
pub const RETRIED: &str = "kubectl-indexedjob/retried";
/// The annotation with the numbers of tasks that count as done in a run although they are not: nobody asked for them.
pub const SKIPPED: &str = "kubectl-indexedjob/skipped";
/// The annotation with the indexes that are done, as long as the status of a run does not have them.
pub const DONE: &str = "kubectl-indexedjob/done";
/// The annotation with the queue that a run goes to when it is released.
const QUEUE: &str = "kubectl-indexedjob/queue";
/// The annotation with the names of the `ConfigMaps` that a run has to share with its source before it is released.
const SHARED: &str = "kubectl-indexedjob/shared";
/// The annotation of a source whose `ttlSecondsAfterFinished` is held off while its pods are needed.
const HELD_TTL: &str = "kubectl-indexedjob/ttl-seconds-after-finished";

/// What is in the cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The Job of the run's name; None where there is none, or nobody has looked.
    pub job: Option<Value>,
    /// The uid of the Job that this retry has sent or taken up; None before that.
    pub ours: Option<String>,
    /// Has this retry sent the release? Its answer may be lost.
    pub released: bool,
    /// Another run that was begun before and has not ended.
    pub rival: Option<String>,
    /// The Job that the run was cloned from; None where it is gone.
    pub source: Option<Value>,
    /// For each new helper, in order: the object of that name, if there is one.
    pub helpers: Vec<Option<Value>>,
    /// For each shared `ConfigMap`, in order: the object, if it is there.
    pub shared: Vec<Option<Value>>,
    /// The pods of all runs of the chain; only looked at to adopt.
    pub pods: Vec<EndedPod>,
}

/// The one thing to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// POST this Job.
    Post(Value),
    /// PATCH the source with this merge patch: its time to live, held off or given back.
    PatchSource(Value),
    /// POST this helper.
    PostHelper(Value),
    /// PATCH this `ConfigMap` with this strategic merge patch: it gets another owner.
    Share(String, Value),
    /// PATCH the status of the Job with this merge patch.
    MarkDone(Value),
    /// PATCH these pods, all of them, in any order.
    HandOver(Vec<HandOver>),
    /// Wait until the controller has counted more.
    Count,
    /// PATCH the Job with this merge patch: it runs, or goes to its queue.
    Release(Value),
    /// Everything is in place, by this retry.
    Done,
    /// It cannot be done.
    Refuse(Refusal),
}

/// Why a run cannot come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A Job of that name exists.
    Taken,
    /// The Job of that name is being deleted, or was, after this retry had sent it.
    Leaving,
    /// A run of that name was begun by a retry with other flags that did not end.
    HalfMade,
    /// The Job that this retry has taken up was released by another, whatever its flags.
    Raced,
    /// This other run was begun before.
    Rival(String),
    /// Somebody let the Job run before it knew what is done.
    Resumed,
    /// A `ConfigMap` that it needs is gone, or belongs to something else.
    Helper(String),
    /// These indexes are done, and no pod that tells so is there any more.
    Vanished(IndexSet),
    /// The controller counts these indexes as done, and they are not.
    Strange(IndexSet),
}

/// What to do now, to bring about `wanted`.
#[must_use]
pub fn next(wanted: &Wanted, seen: &Seen) -> Step {
    let Some(job) = &seen.job else {
        return match (&seen.ours, &seen.rival) {
            (None, None) => Step::Post(wanted.first_form()),
            (None, Some(rival)) => Step::Refuse(Refusal::Rival(rival.clone())),
            (Some(_), _) => Step::Refuse(Refusal::Leaving),
        };
    };
    if let Some(end) = head(wanted, seen, job) {
        return end;
    }
    if let Some(step) = helpers(wanted, seen, job) {
        return step;
    }
    let step = match wanted.mark.way {
        Way::Status => status::next(wanted, job),
        Way::Adopt => adopt::next(wanted, seen, job),
        Way::Subset => None,
    };
    match (step, seen.source.as_ref().and_then(source_ttl)) {
        (Some(_), Some(Ttl::Runs(hold))) => Step::PatchSource(hold),
        (Some(step), _) => step,
        (None, Some(Ttl::Held(free))) => Step::PatchSource(free),
        (None, _) => Step::Release(release(wanted, job)),
    }
}

/// What ends it before anything else: it is done, or not ours, or not as we left it.
fn head(wanted: &Wanted, seen: &Seen, job: &Value) -> Option<Step> {
    if !job["metadata"]["deletionTimestamp"].is_null() {
        return Some(Step::Refuse(Refusal::Leaving));
    }
    let is_ours = seen.ours.is_some() && seen.ours.as_deref() == job["metadata"]["uid"].as_str();
    match Mark::of(job) {
        None if is_ours && seen.released => return Some(Step::Done),
        None if is_ours => return Some(Step::Refuse(Refusal::Raced)),
        None => return Some(Step::Refuse(Refusal::Taken)),
        Some(theirs) if !theirs.same_retry(&wanted.mark) => return Some(Step::Refuse(Refusal::HalfMade)),
        Some(_) => {}
    }
    if let Some(rival) = &seen.rival {
        return Some(Step::Refuse(Refusal::Rival(rival.clone())));
    }
    (job["spec"]["suspend"] != true).then_some(Step::Refuse(Refusal::Resumed))
}

/// New objects, and another owner for those that are shared.
fn helpers(wanted: &Wanted, seen: &Seen, job: &Value) -> Option<Step> {
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    let there = seen.helpers.iter().chain(std::iter::repeat(&None));
    for (helper, there) in wanted.helpers.iter().zip(there) {
        match there {
            None => return Some(Step::PostHelper(owned(helper, job))),
            Some(there) if !is_owned_by(there, uid) => {
                let name = there["metadata"]["name"].as_str().unwrap_or_default();
                return Some(Step::Refuse(Refusal::Helper(name.to_owned())));
            }
            Some(_) => {}
        }
    }
    let there = seen.shared.iter().chain(std::iter::repeat(&None));
    for (name, there) in wanted.shared.iter().zip(there) {
        match there {
            None => return Some(Step::Refuse(Refusal::Helper(name.clone()))),
            Some(there) if !is_owned_by(there, uid) => {
                // The owner is added to those that are there, and the uid is no change but a guard.
                let owner = owned(&json!({"metadata": {}}), job)["metadata"]["ownerReferences"].clone();
                let metadata = json!({"uid": there["metadata"]["uid"], "ownerReferences": owner});
                return Some(Step::Share(name.clone(), json!({"metadata": metadata})));
            }
            Some(_) => {}
        }
    }
    None
}

/// An annotation of an object; None where it has none of that key.
fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][key].as_str()
}

#[cfg(test)]
mod tests;
