//! Runs again what is not done: a new Job that knows what is done, as a level-triggered protocol. [`next`] looks at what
//! is there and says the one thing to do now; killed between any two steps, the same `retry` goes on where it was.
//!
//! The new Job is created suspended and marked, learns what is done, and is released last: until then nothing runs, and
//! what is done stands in its source or in an annotation of its own. How it learns is the [`Way`]:
//!
//! - `status`: its status is told; `adopt`: it takes over the pods that succeeded; or it has only what is left
//! - `clone`: the new Job from the old one; `chain`: which Jobs are runs of which; `ask`: what is to be run again

mod adopt;
mod ask;
mod chain;
mod clone;
mod status;

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

pub use adopt::{EndedPod, GiveBack, HandOver, givers_missing, undo, with_run_label};
pub use ask::{Ask, Nothing, ask, next_name};
pub use chain::{Chain, Run};
pub use clone::{Changes, Cloned, clone, config_maps};
pub use status::{CompletedIndexes, NotCanonical, strays};

use crate::creation::{is_owned_by, owned};
use crate::index_set::IndexSet;
use crate::manifest::QUEUE_LABEL;

/// The annotation of a new run that is not released yet; it holds the [`Mark`].
pub const RETRYING: &str = "kubectl-indexedjob/retrying";
/// The annotation that names the Job that a run was cloned from.
pub const RETRY_OF: &str = "kubectl-indexedjob/retry-of";
/// The annotation with the place of a run in its chain, from 1 on.
pub const RETRY: &str = "kubectl-indexedjob/retry";
/// The annotation that names the first Job of the chain.
pub const FIRST_RUN: &str = "kubectl-indexedjob/first-run";
/// The label of all later runs of a chain: the uid of the first Job.
pub const CHAIN: &str = "kubectl-indexedjob/chain";
/// The annotation with the numbers of the tasks that a run runs.
pub const RETRIED: &str = "kubectl-indexedjob/retried";
/// The annotation with the numbers of tasks that count as done in a run although they are not: nobody asked for them.
pub const SKIPPED: &str = "kubectl-indexedjob/skipped";
/// The annotation with the indexes that are done, as long as the status of a run does not have them.
pub const DONE: &str = "kubectl-indexedjob/done";
/// The annotation with the queue that a run goes to when it is released.
const QUEUE: &str = "kubectl-indexedjob/queue";
/// The annotation of a source whose `ttlSecondsAfterFinished` is held off while its pods are needed.
const HELD_TTL: &str = "kubectl-indexedjob/ttl-seconds-after-finished";

/// Annotations are at most 256 KiB together; a longer list of what is done stands in the source alone.
const DONE_BYTES: usize = 96 << 10;

/// How a new run learns what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// `status.completedIndexes` is written. Needs the right to patch `jobs/status`.
    Status,
    /// The pods that succeeded get the new Job as their owner, and its controller counts them.
    Adopt,
    /// The new Job has only the indexes that are left, with the numbers they had ([`renumber`](crate::manifest::renumber)).
    Subset,
}

impl Way {
    /// The word for it, which the flag takes, too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Adopt => "adopt",
            Self::Subset => "subset",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::Status, Self::Adopt, Self::Subset].into_iter().find(|way| way.as_str() == text)
    }
}

/// What tells one `retry` from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How the run learns what is done.
    pub way: Way,
    fingerprint: String,
    /// What the names of its helpers end in.
    suffix: String,
}

impl Mark {
    /// The mark of a run of `todo` like `cloned`, which has no name yet. It is stable for one build of this program.
    #[must_use]
    pub fn new(way: Way, cloned: &Value, todo: &IndexSet, suffix: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (cloned.to_string(), todo.to_string()).hash(&mut hasher);
        Self { way, fingerprint: format!("{:016x}", hasher.finish()), suffix: suffix.to_owned() }
    }

    /// The mark that `job`, as the server returned it, carries; None where it carries none.
    #[must_use]
    pub fn of(job: &Value) -> Option<Self> {
        let (way, rest) = annotation(job, RETRYING)?.split_once('.')?;
        let (fingerprint, suffix) = rest.split_once('.').unwrap_or((rest, ""));
        Some(Self { way: Way::of(way)?, fingerprint: fingerprint.to_owned(), suffix: suffix.to_owned() })
    }

    /// Do both belong to the same `retry`, begun now or earlier?
    #[must_use]
    pub fn same_retry(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    /// What the names of the run's helpers end in; empty where the run was begun without any.
    #[must_use]
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.way.as_str(), self.fingerprint, self.suffix)
    }
}

/// The run that shall come about.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The Job as it is once released.
    pub job: Value,
    /// Its mark until then.
    pub mark: Mark,
    /// Its indexes that are done; none in a subset.
    pub done: CompletedIndexes,
    /// New objects that it needs, without owner.
    pub helpers: Vec<Value>,
    /// `ConfigMaps` of its source that it needs, too.
    pub shared: Vec<String>,
    /// The uids of the Jobs whose pods it may take over.
    pub givers: Vec<String>,
}

impl Wanted {
    /// What a run that was begun still wants, when nothing is known but itself. None where it does not say what is done,
    /// or where it needs objects that its source would tell of.
    #[must_use]
    pub fn of_half_made(job: &Value) -> Option<Self> {
        let mark = Mark::of(job).filter(|mark| mark.way != Way::Subset)?;
        let completions = job["spec"]["completions"].as_u64().and_then(|count| u32::try_from(count).ok())?;
        let done = CompletedIndexes::new(&IndexSet::from_api(annotation(job, DONE)?, completions), completions).ok()?;
        let mut wanted = job.clone();
        if let Some(queue) = annotation(job, QUEUE) {
            wanted["metadata"]["labels"][QUEUE_LABEL] = json!(queue);
        }
        Some(Self { job: wanted, mark, done, helpers: vec![], shared: vec![], givers: vec![] })
    }

    /// The Job as it is first sent: suspended, marked, with what is done in an annotation, and in no queue yet.
    #[must_use]
    pub fn first_form(&self) -> Value {
        let mut job = self.job.clone();
        job["spec"]["suspend"] = json!(true);
        let queue = job["metadata"]["labels"].as_object_mut().and_then(|labels| labels.remove(QUEUE_LABEL));
        let annotations = &mut job["metadata"]["annotations"];
        annotations[RETRYING] = json!(self.mark.text());
        if self.done.text().len() <= DONE_BYTES {
            annotations[DONE] = json!(self.done.text());
        }
        if let Some(queue) = queue {
            annotations[QUEUE] = queue;
        }
        job
    }
}

/// What is in the cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The Job of the run's name; None where there is none, or nobody has looked.
    pub job: Option<Value>,
    /// The uid of the Job that this retry has sent or taken up; None before that.
    pub ours: Option<String>,
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
    /// Everything is in place, by this retry or another of the same kind.
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
    match (step, source_ttl(seen)) {
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
        None if is_ours => return Some(Step::Done),
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

/// The time to live of a source, and the patch that changes whether it runs.
enum Ttl {
    /// It runs: its end would take along what is needed.
    Runs(Value),
    /// It is held off.
    Held(Value),
}

fn source_ttl(seen: &Seen) -> Option<Ttl> {
    let source = seen.source.as_ref()?;
    let patch = |held: Value, ttl: Value| {
        // Late, when another retry has ended, it would hold off what nobody gives back.
        let (uid, version) = (&source["metadata"]["uid"], &source["metadata"]["resourceVersion"]);
        let metadata = json!({"uid": uid, "resourceVersion": version, "annotations": {HELD_TTL: held}});
        json!({"metadata": metadata, "spec": {"ttlSecondsAfterFinished": ttl}})
    };
    if let Some(ttl) = source["spec"]["ttlSecondsAfterFinished"].as_u64() {
        return Some(Ttl::Runs(patch(json!(ttl.to_string()), Value::Null)));
    }
    let held = annotation(source, HELD_TTL)?.parse::<u32>().ok()?;
    Some(Ttl::Held(patch(Value::Null, json!(held))))
}

/// The patch that gives a source its time to live back; None where none is held off.
#[must_use]
pub fn free_source(source: &Value) -> Option<Value> {
    match source_ttl(&Seen { source: Some(source.clone()), ..Seen::default() }) {
        Some(Ttl::Held(free)) => Some(free),
        _ => None,
    }
}

/// The patch that takes the mark away and lets the Job run, or gives it to its queue. It carries the uid and no
/// resourceVersion: the controller writes the status of a suspended Job at any moment.
fn release(wanted: &Wanted, job: &Value) -> Value {
    let annotations = json!({RETRYING: null, DONE: null, QUEUE: null});
    let mut patch = json!({"metadata": {"uid": job["metadata"]["uid"], "annotations": annotations}});
    let queue = |job: &Value| job["metadata"]["labels"][QUEUE_LABEL].as_str().map(str::to_owned);
    match (queue(&wanted.job), queue(job)) {
        (Some(asked), given) if given.as_ref() != Some(&asked) => {
            patch["metadata"]["labels"] = json!({QUEUE_LABEL: asked});
        }
        (_, Some(_)) => {}
        (_, None) => patch["spec"] = json!({"suspend": false}),
    }
    patch
}

/// An annotation of an object; None where it has none of that key.
fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][key].as_str()
}

#[cfg(test)]
mod tests;
