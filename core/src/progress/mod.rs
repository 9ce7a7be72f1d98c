//! [`JobProgress`]: what is known of a Job, from what the API said; every verb takes states, tally and verdict from here.

mod refusal;
mod state;
mod tally;

pub use refusal::Refusal;
pub use state::{IndexState, IndexStatus, attempt_number, pod_state, waits_for};
pub use tally::{PodTally, Tally};

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::facts::{JobFacts, Outcome, PodFacts, Verdict};
use crate::index_set::IndexSet;
use crate::numbering::{Index, Number, Numbering};

/// One thing the API said. A list, a watch and polling all speak it; the order matters for one object only.
#[derive(Clone, Debug)]
pub enum Change {
    /// The Job as it is now.
    Job(Box<JobFacts>),
    /// The Job is gone.
    JobGone,
    /// All pods of the Job as they are now. Those of indexes that have succeeded may be left out: the Job tells of these.
    Pods(Vec<PodFacts>),
    /// One pod of the Job as it is now.
    Pod(Box<PodFacts>),
    /// One pod of the Job is gone; this is how it was last.
    PodGone(Box<PodFacts>),
}

/// A Job, its attempts and its end.
#[derive(Clone, Debug, Default)]
pub struct JobProgress {
    job: Option<Box<JobFacts>>,
    pods: BTreeMap<Key, PodFacts>,
    /// Whose pods have been asked for.
    pods_known: Known,
    /// Why pods were missing when the events told.
    refusal: Option<Refusal>,
    verdict: Option<Verdict>,
}

/// Of which indexes the pods are known.
#[derive(Clone, Debug, Default)]
enum Known {
    /// Nobody asked.
    #[default]
    Nothing,
    Of(IndexSet),
    All,
}

/// The place of an attempt: index, then age, which tells whole seconds, then what the controller has counted, then uid.
type Key = (Index, Option<Timestamp>, u32, String);

impl JobProgress {
    /// What one look at a Job tells, before anything is known of its pods.
    #[must_use]
    pub fn of(job: JobFacts) -> Self {
        let mut progress = Self::default();
        progress.observe(Change::Job(Box::new(job)));
        progress
    }

    /// Takes in one change. A settled verdict never changes again.
    pub fn observe(&mut self, change: Change) {
        match change {
            Change::Job(job) => self.job_seen(job),
            Change::JobGone => self.settle(Outcome::Deleted),
            Change::Pods(pods) => {
                self.pods = pods.into_iter().filter_map(|pod| Some((key(&pod)?, pod))).collect();
                self.pods_known = Known::All;
            }
            Change::Pod(pod) => self.pods.extend(key(&pod).map(|key| (key, *pod))),
            Change::PodGone(pod) => drop(key(&pod).and_then(|key| self.pods.remove(&key))),
        }
    }

    /// Takes in all pods of `indexes`, as they are now; of the others nothing is said.
    pub fn observe_pods_of(&mut self, indexes: &IndexSet, pods: Vec<PodFacts>) {
        self.pods.retain(|(index, ..), _| !indexes.contains(index.0));
        self.pods.extend(pods.into_iter().filter_map(|pod| Some((key(&pod)?, pod))));
        match &mut self.pods_known {
            Known::All => {}
            Known::Of(known) => *known = known.union(indexes),
            nothing @ Known::Nothing => *nothing = Known::Of(indexes.clone()),
        }
    }

    fn knows_pods_of(&self, index: Index) -> bool {
        match &self.pods_known {
            Known::Nothing => false,
            Known::Of(known) => known.contains(index.0),
            Known::All => true,
        }
    }

    fn job_seen(&mut self, job: Box<JobFacts>) {
        if self.job.as_ref().is_some_and(|known| known.uid != job.uid) {
            self.settle(Outcome::Replaced);
            return;
        }
        if !self.is_settled() {
            // A Job that is being deleted in the foreground still stands there until its pods are gone.
            let deleted = || Verdict { outcome: Outcome::Deleted, settled: true };
            self.verdict = job.verdict.clone().or_else(|| job.deleting.then(deleted));
        }
        self.job = Some(job);
    }

    /// The Job is gone. What its conditions had already decided stays true.
    fn settle(&mut self, outcome: Outcome) {
        let outcome = self.verdict.take().map_or(outcome, |known| known.outcome);
        self.verdict = Some(Verdict { outcome, settled: true });
    }

    fn is_settled(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| verdict.settled)
    }

    /// The Job as last seen; None before the first look.
    #[must_use]
    pub fn job(&self) -> Option<&JobFacts> {
        self.job.as_deref()
    }

    /// What its tasks are called; nothing special before the first look.
    #[must_use]
    pub fn numbering(&self) -> Numbering {
        self.job().map(|job| job.numbering.clone()).unwrap_or_default()
    }

    /// What the task at `index` is called.
    #[must_use]
    pub fn number(&self, index: Index) -> Number {
        self.job().map_or(Number(index.0), |job| job.numbering.number(index))
    }

    /// The Job is gone, and its events tell that it had ended before: the one case in which a settled end is another than
    /// it seemed. Of a Job that was complete every index that it ran is taken to have succeeded, unless it has a success
    /// policy, by which some need not.
    pub fn had_ended(&mut self, outcome: Outcome) {
        if let Some(job) = &mut self.job {
            if outcome == Outcome::Complete && job.complete_means_all {
                job.succeeded = IndexSet::all(job.completions).difference(&job.skipped);
            }
            job.deleting = false;
        }
        self.verdict = Some(Verdict { outcome, settled: true });
    }

    /// Its end, or the fate that is already decided; None while it is open.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// The attempts at `index`, oldest first.
    #[must_use]
    pub fn attempts(&self, index: Index) -> impl DoubleEndedIterator<Item = &PodFacts> {
        let key = |index| (Index(index), None, 0, String::new());
        self.pods.range(key(index.0)..key(index.0.saturating_add(1))).map(|(_, pod)| pod)
    }

    /// All attempts, by index, then oldest first.
    pub fn all_attempts(&self) -> impl Iterator<Item = (Index, &PodFacts)> {
        self.pods.iter().map(|((index, ..), pod)| (*index, pod))
    }

    /// The indexes that failed for good, as far as the Job itself tells; empty where it has no limit per index.
    #[must_use]
    pub fn failed_indexes(&self) -> IndexSet {
        self.job().map(|job| job.failed_for_good().clone()).unwrap_or_default()
    }

    /// Those of them that are among `only`; None for all.
    #[must_use]
    pub fn failed_of(&self, only: Option<&IndexSet>) -> IndexSet {
        let failed = self.failed_indexes();
        only.map_or(failed.clone(), |only| failed.intersection(only))
    }
}

/// None for a pod that carries no index.
fn key(pod: &PodFacts) -> Option<Key> {
    pod.index.map(|index| (index, pod.created, pod.failures_before, pod.uid.clone()))
}

#[cfg(test)]
mod tests;
