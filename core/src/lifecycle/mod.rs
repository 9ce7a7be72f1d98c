//! What suspend, resume, scale, cancel and delete decide: from a Job as it is to the one patch to send, or why not.
//!
//! Every decision is level-triggered: it looks at the Job as it is now, so that a conflict or a lost answer is answered
//! by looking again and deciding again. A patch carries the uid, so that it never meets another Job of the same name.
//!
//! - `former`: what a verb has changed for a while or for good, kept in annotations
//! - `suspend`, `scale`, `drain`, `cancel`: the verbs; `narrow`: which Jobs `delete` means
//! - `refusal`: why a verb does nothing

mod cancel;
mod drain;
mod former;
mod narrow;
mod refusal;
mod scale;
mod suspend;

use serde::Deserialize as _;
use serde_json::{Value, json};

pub use cancel::{Fate, Step as CancelStep, cancel, fate, given_up, limits, next as next_of_index};
pub use drain::{Step as DrainStep, has_begun, next as next_of_drain, restore};
pub use former::{ACTIVE_DEADLINE, Former, PARALLELISM, SUSPENDED};
pub use narrow::Narrow;
pub use refusal::{Refusal, Verb};
pub use scale::{Wish, scale, stopped};
pub use suspend::{resume, suspend};

use crate::facts::{Begun, JobFacts};

/// A Job that a verb is about to change.
#[derive(Clone, Debug)]
pub struct Target {
    /// The Job.
    pub job: JobFacts,
    /// What an earlier verb has changed.
    pub former: Former,
    /// `spec.activeDeadlineSeconds`; None where it is unset.
    pub active_deadline: Option<u64>,
    /// `spec.maxFailedIndexes`; None where any number may fail.
    pub max_failed_indexes: Option<u32>,
}

/// What is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Nothing: the Job is as it should be.
    None,
    /// This merge patch. To send it twice does no harm.
    Patch(Value),
}

impl Target {
    /// Reads a Job as the server returned it.
    ///
    /// # Errors
    /// The object is no Job.
    pub fn read(job: &Value) -> Result<Self, serde_json::Error> {
        let annotations = &job["metadata"]["annotations"];
        let number = |field: &str| job["spec"][field].as_u64();
        Ok(Self {
            job: JobFacts::deserialize(job)?,
            former: Former::of(annotations),
            active_deadline: number("activeDeadlineSeconds"),
            max_failed_indexes: number("maxFailedIndexes").map(|most| u32::try_from(most).unwrap_or(u32::MAX)),
        })
    }

    /// How many of its pods may run at a time.
    #[must_use]
    pub fn parallelism(&self) -> u32 {
        self.job.parallelism.unwrap_or(1)
    }

    /// A Job that has ended, or is about to, cannot be changed any more, and one that is being deleted need not be.
    fn still_open(&self) -> Result<(), Refusal> {
        match &self.job.verdict {
            _ if self.job.deleting => Err(Refusal::Deleting),
            Some(verdict) if self.job.was_cancelled(&verdict.outcome) => Err(Refusal::Cancelled),
            Some(verdict) => Err(Refusal::Finished(verdict.outcome.clone())),
            None => Ok(()),
        }
    }

    /// A Job in a queue is started and stopped by Kueue, which undoes what others do.
    fn not_queued(&self, verb: Verb) -> Result<(), Refusal> {
        match &self.job.queue {
            Some(queue) => Err(Refusal::Queued { queue: queue.clone(), uid: self.job.uid.clone(), verb }),
            None => Ok(()),
        }
    }

    /// A run that does not know yet what is done would run it again, and what a retry has begun another one has to find
    /// as it was.
    fn no_retry_begun(&self) -> Result<(), Refusal> {
        match self.job.begun {
            Some(Begun::ByRetry) => Err(Refusal::HalfMade(Begun::ByRetry)),
            Some(Begun::ByCreate) | None => Ok(()),
        }
    }

    /// A merge patch of this Job and no other.
    fn patch(&self, spec: &Value) -> Value {
        json!({"metadata": {"uid": self.job.uid}, "spec": spec})
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A Job `x` with uid `u`, five indexes, three at a time; with `changes` merged in.
    pub(crate) fn target(changes: &Value) -> Target {
        let mut job = json!({
            "metadata": {"name": "x", "uid": "u", "resourceVersion": "7", "annotations": {}, "labels": {}},
            "spec": {
                "completionMode": "Indexed", "completions": 5, "parallelism": 3, "suspend": false,
                "backoffLimitPerIndex": 1,
            },
            "status": {},
        });
        merge(&mut job, changes);
        Target::read(&job).unwrap()
    }

    fn merge(into: &mut Value, from: &Value) {
        match (into.as_object_mut(), from.as_object()) {
            (Some(into), Some(from)) => {
                for (key, value) in from {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
            _ => into.clone_from(from),
        }
    }

    /// A Job that has ended so.
    pub(crate) fn ended(kind: &str) -> Target {
        target(&json!({"status": {"conditions": [{"type": kind, "status": "True", "reason": "R"}]}}))
    }

    #[track_caller]
    pub(crate) fn patch(change: Result<Change, Refusal>) -> Value {
        match change.unwrap() {
            Change::Patch(patch) => patch,
            Change::None => panic!("it should be changed"),
        }
    }
}
