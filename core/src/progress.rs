//! [`JobProgress`]: what is known of a Job, from what the API said; every verb takes tally and verdict from here.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::facts::{FailedIndexes, JobFacts, Outcome, PodFacts, Verdict};
use crate::index_set::IndexSet;
use crate::numbering::{Index, Number, Numbering};

/// One thing the API said. A list, a watch and polling all speak it; the order matters for one object only.
#[derive(Clone, Debug)]
pub enum Change {
    /// The Job as it is now.
    Job(Box<JobFacts>),
    /// The Job is gone.
    JobGone,
    /// All pods of the Job as they are now.
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
    /// Empty also where nobody asked for pods.
    pods: BTreeMap<Key, PodFacts>,
    verdict: Option<Verdict>,
}

/// The place of an attempt: index, then age, then uid.
type Key = (Index, Option<Timestamp>, String);

/// How many indexes are in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// All indexes of the Job.
    pub completions: u32,
    /// Succeeded.
    pub succeeded: u32,
    /// Failed for good; 0 where the Job has no limit per index.
    pub failed: u32,
    /// With a pod that is ready, or running on a server that does not tell.
    pub running: u32,
    /// With a pod that is not: it waits for a node or an image, is being started, or has just ended.
    pub starting: u32,
    /// With a pod that is being stopped.
    pub terminating: u32,
    /// Not started, or waiting for the next attempt.
    pub pending: u32,
}

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
            }
            Change::Pod(pod) => self.pods.extend(key(&pod).map(|key| (key, *pod))),
            Change::PodGone(pod) => drop(key(&pod).and_then(|key| self.pods.remove(&key))),
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

    /// Its end, or the fate that is already decided; None while it is open.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// The attempts at `index`, oldest first.
    #[must_use]
    pub fn attempts(&self, index: Index) -> impl DoubleEndedIterator<Item = &PodFacts> {
        let key = |index| (Index(index), None, String::new());
        self.pods.range(key(index.0)..key(index.0.saturating_add(1))).map(|(_, pod)| pod)
    }

    /// All attempts, by index, then oldest first.
    pub fn all_attempts(&self) -> impl Iterator<Item = (Index, &PodFacts)> {
        self.pods.iter().map(|((index, ..), pod)| (*index, pod))
    }

    /// How many indexes are in which state; None before the first look, and for a Job that is not Indexed.
    #[must_use]
    pub fn tally(&self) -> Option<Tally> {
        let job = self.job().filter(|job| job.indexed)?;
        let (succeeded, failed) = (job.succeeded.len(), self.failed_indexes().len());
        let open = job.completions.saturating_sub(succeeded + failed);
        // `active` counts pods from their creation on; an image that cannot be pulled is not running.
        let active = job.active.max(job.ready.unwrap_or(0)).min(open);
        let running = job.ready.unwrap_or(active).min(active);
        let terminating = job.terminating.min(open - active);
        let (starting, pending) = (active - running, open - active - terminating);
        Some(Tally { completions: job.completions, succeeded, failed, running, starting, terminating, pending })
    }

    /// The indexes that failed for good; empty where the Job has no limit per index.
    #[must_use]
    pub fn failed_indexes(&self) -> IndexSet {
        match self.job().map(|job| &job.failed) {
            Some(FailedIndexes::Known(failed)) => failed.clone(),
            _ => IndexSet::new(),
        }
    }
}

/// None for a pod that carries no index.
fn key(pod: &PodFacts) -> Option<Key> {
    pod.index.map(|index| (index, pod.created, pod.uid.clone()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::Phase;

    fn job(uid: &str, status: &Value) -> Change {
        Change::Job(
            serde_json::from_value(json!({
                "metadata": {"name": "x", "uid": uid},
                "spec": {"completionMode": "Indexed", "completions": 10, "backoffLimitPerIndex": 0},
                "status": status,
            }))
            .unwrap(),
        )
    }

    fn ended(kind: &str) -> Value {
        json!({"conditions": [{"type": kind, "status": "True", "reason": "FailedIndexes", "message": "m"}]})
    }

    fn pod(name: &str, index: u32, created: &str) -> PodFacts {
        serde_json::from_value(json!({"metadata": {
            "name": name, "uid": name, "creationTimestamp": created,
            "annotations": {"batch.kubernetes.io/job-completion-index": index.to_string()},
        }}))
        .unwrap()
    }

    fn after(changes: impl IntoIterator<Item = Change>) -> JobProgress {
        let mut progress = JobProgress::default();
        changes.into_iter().for_each(|change| progress.observe(change));
        progress
    }

    fn outcome(progress: &JobProgress) -> Option<(&Outcome, bool)> {
        progress.verdict().map(|verdict| (&verdict.outcome, verdict.settled))
    }

    #[test]
    fn the_tally_adds_up() {
        let status =
            json!({"completedIndexes": "0-3", "failedIndexes": "7", "active": 2, "ready": 1, "terminating": 1});
        let tally = after([job("a", &status)]).tally().unwrap();
        let want =
            Tally { completions: 10, succeeded: 4, failed: 1, running: 1, starting: 1, terminating: 1, pending: 2 };
        assert_eq!(tally, want);
    }

    #[test]
    fn counters_that_disagree_with_the_sets_do_not_make_it_negative() {
        let status = json!({"completedIndexes": "0-8", "active": 5, "terminating": 5});
        let tally = after([job("a", &status)]).tally().unwrap();
        assert_eq!((tally.succeeded, tally.running, tally.terminating, tally.pending), (9, 1, 0, 0));
    }

    #[test]
    fn the_fate_is_known_before_the_end() {
        let progress = after([job("a", &ended("FailureTarget"))]);
        assert!(matches!(outcome(&progress), Some((Outcome::Failed { .. }, false))));
        let progress = after([job("a", &ended("FailureTarget")), job("a", &ended("Failed"))]);
        assert!(matches!(outcome(&progress), Some((Outcome::Failed { .. }, true))));
    }

    #[test]
    fn a_deletion_ends_it() {
        assert!(matches!(outcome(&after([job("a", &json!({})), Change::JobGone])), Some((Outcome::Deleted, true))));
        let deleting = Change::Job(
            serde_json::from_value(json!({
                "metadata": {"name": "x", "uid": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"},
            }))
            .unwrap(),
        );
        assert!(matches!(outcome(&after([job("a", &json!({})), deleting])), Some((Outcome::Deleted, true))));
    }

    #[test]
    fn another_job_of_the_same_name_is_not_this_one() {
        let progress = after([job("a", &json!({})), job("b", &ended("Complete"))]);
        assert!(matches!(outcome(&progress), Some((Outcome::Replaced, true))));
    }

    #[test]
    fn a_finished_job_that_is_then_deleted_has_finished() {
        let progress = after([job("a", &ended("Complete")), Change::JobGone]);
        assert!(matches!(outcome(&progress), Some((Outcome::Complete, true))));
    }

    #[test]
    fn attempts_are_ordered_by_age() {
        let pods = vec![
            pod("second", 3, "2026-01-01T00:00:09Z"),
            pod("other", 4, "2026-01-01T00:00:00Z"),
            pod("first", 3, "2026-01-01T00:00:01Z"),
        ];
        let progress = after([Change::Pods(pods)]);
        let names: Vec<_> = progress.attempts(Index(3)).map(|pod| pod.name.as_str()).collect();
        assert_eq!(names, ["first", "second"]);
        assert_eq!(progress.attempts(Index(5)).count(), 0);
    }

    #[test]
    fn pods_that_come_and_go_one_by_one_leave_what_a_list_tells() {
        let (first, second) = (pod("first", 3, "2026-01-01T00:00:01Z"), pod("second", 3, "2026-01-01T00:00:09Z"));
        let running = PodFacts { phase: Phase::Running, ..first.clone() };
        let come = [&second, &first, &running].map(|pod| Change::Pod(Box::new(pod.clone())));
        let names = |progress: &JobProgress| -> Vec<(String, Phase)> {
            progress.attempts(Index(3)).map(|pod| (pod.name.clone(), pod.phase)).collect()
        };
        let mut progress = after(come);
        assert_eq!(names(&progress), names(&after([Change::Pods(vec![running.clone(), second.clone()])])));
        progress.observe(Change::PodGone(Box::new(running)));
        progress.observe(Change::PodGone(Box::new(PodFacts { index: None, ..second.clone() })));
        assert_eq!(names(&progress), [("second".to_owned(), second.phase)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_settled_verdict_never_changes(kinds in proptest::collection::vec(0usize..7, 1..12)) {
            let mut progress = JobProgress::default();
            let mut settled: Option<Outcome> = None;
            for kind in kinds {
                progress.observe(match kind {
                    0 => job("a", &json!({})),
                    1 => job("a", &ended("Complete")),
                    2 => job("a", &ended("Failed")),
                    3 => job("a", &ended("FailureTarget")),
                    4 => job("b", &ended("Complete")),
                    5 => Change::JobGone,
                    _ => Change::Pods(vec![]),
                });
                if let Some(settled) = &settled {
                    prop_assert_eq!(&progress.verdict().unwrap().outcome, settled);
                }
                settled = settled.or(progress.verdict().filter(|v| v.settled).map(|v| v.outcome.clone()));
            }
        }
    }
}
