//! How many indexes are in which state, or pods where a Job has no indexes.

use super::{IndexState, JobProgress, Known};
use crate::facts::JobFacts;
use crate::index_set::IndexSet;
use crate::numbering::Index;

/// How many indexes are in which state; each is in one, so that all but `retrying` add up to `completions`. Where all
/// pods are known they tell, else the counters of the Job do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All indexes of the Job, or those that are meant.
    pub completions: u32,
    /// Succeeded.
    pub succeeded: u32,
    /// Failed for good; without pods 0 where the Job has no limit per index.
    pub failed: u32,
    /// With a pod that runs; without pods, one that is ready, or active on a server that does not tell.
    pub running: u32,
    /// With a pod that is not: it waits for a node or an image, is being started, or has just ended.
    pub starting: u32,
    /// With a pod that is being stopped.
    pub terminating: u32,
    /// Without a pod: not started, or waiting for the next attempt.
    pub pending: u32,
    /// The part of `pending` that has failed and waits for its next attempt; None where pods are not known.
    pub retrying: Option<u32>,
    /// Neither succeeded nor failed in a Job that has ended, or is about to.
    pub unfinished: u32,
    /// Not done, and left out by the retry that made the Job.
    pub skipped: u32,
    /// Not done, and only pods would tell more; 0 for a Job as a whole, whose counters tell.
    pub unknown: u32,
}

/// How the pods of a Job stand that is not Indexed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PodTally {
    /// How many are to succeed; None for a work queue, which is done when its pods say so.
    pub completions: Option<u32>,
    /// Succeeded.
    pub succeeded: u32,
    /// Failed; others take their place as long as the Job allows it.
    pub failed: u32,
    /// Ready, or active on a server that does not tell.
    pub running: u32,
    /// Active and not ready.
    pub starting: u32,
    /// Being stopped.
    pub terminating: u32,
}

impl JobProgress {
    /// How many indexes are in which state; None before the first look, and for a Job that is not Indexed.
    #[must_use]
    pub fn tally(&self) -> Option<Tally> {
        self.tally_of(None)
    }

    /// The same of `only` some of its indexes. The counters of a Job do not tell which indexes they count.
    #[must_use]
    pub fn tally_of(&self, only: Option<&IndexSet>) -> Option<Tally> {
        let job = self.job().filter(|job| job.indexed)?;
        Some(match (only, &self.pods_known) {
            (None, Known::All) => self.tally_of_states(job, &IndexSet::all(job.completions)),
            (None, _) => self.tally_of_counters(job),
            (Some(only), _) => self.tally_of_states(job, only),
        })
    }

    /// How the pods stand; None before the first look, and for an Indexed Job.
    #[must_use]
    pub fn pod_tally(&self) -> Option<PodTally> {
        let job = self.job().filter(|job| !job.indexed)?;
        let (running, starting) = job.running_and_starting();
        Some(PodTally {
            completions: Some(job.completions).filter(|completions| *completions > 0),
            succeeded: job.succeeded_pods,
            failed: job.failed_pods,
            running,
            starting,
            terminating: job.terminating,
        })
    }

    /// What is done stands in the Job's sets, so only the others are looked at.
    fn tally_of_states(&self, job: &JobFacts, these: &IndexSet) -> Tally {
        let not_succeeded = these.difference(&job.succeeded);
        let to_run = not_succeeded.difference(&job.skipped);
        let open = to_run.difference(job.failed_for_good());
        let (succeeded, failed) = (these.len() - not_succeeded.len(), to_run.len() - open.len());
        let skipped = not_succeeded.len() - to_run.len();
        let mut tally = Tally { completions: these.len(), succeeded, failed, skipped, ..Tally::default() };
        let mut retrying = 0;
        for index in open.iter() {
            *match self.state(Index(index)) {
                Some(IndexState::Succeeded) => &mut tally.succeeded,
                Some(IndexState::Failed) => &mut tally.failed,
                Some(IndexState::Running) => &mut tally.running,
                Some(IndexState::Starting) => &mut tally.starting,
                Some(IndexState::Terminating) => &mut tally.terminating,
                Some(IndexState::Retrying) => &mut retrying,
                Some(IndexState::Pending) => &mut tally.pending,
                Some(IndexState::Unfinished) => &mut tally.unfinished,
                Some(IndexState::Skipped) => &mut tally.skipped,
                None => &mut tally.unknown,
            } += 1;
        }
        let retrying_known = (tally.unknown == 0).then_some(retrying);
        Tally { pending: tally.pending + retrying, retrying: retrying_known, ..tally }
    }

    fn tally_of_counters(&self, job: &JobFacts) -> Tally {
        let (succeeded, failed, skipped) = (job.succeeded.len(), job.failed_for_good().len(), job.skipped.len());
        let open = job.completions.saturating_sub(succeeded + failed + skipped);
        let (running, starting) = job.running_and_starting();
        let (running, starting) = (running.min(open), starting.min(open.saturating_sub(running)));
        let terminating = job.terminating.min(open - running - starting);
        let rest = open - running - starting - terminating;
        let (pending, unfinished) = if self.verdict().is_some() { (0, rest) } else { (rest, 0) };
        let completions = job.completions;
        let tally = Tally { completions, succeeded, failed, running, starting, terminating, ..Tally::default() };
        Tally { pending, unfinished, skipped, ..tally }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Change;
    use super::super::tests::{after, ended, job};
    use super::*;

    fn set(text: &str) -> IndexSet {
        text.parse().unwrap()
    }

    fn running_pod(index: u32) -> Change {
        let annotations = json!({"batch.kubernetes.io/job-completion-index": index.to_string()});
        let pod =
            json!({"metadata": {"name": "p", "uid": "p", "annotations": annotations}, "status": {"phase": "Running"}});
        Change::Pods(vec![serde_json::from_value(pod).unwrap()])
    }

    #[test]
    fn of_some_indexes_the_counters_of_the_job_tell_nothing() {
        let status = json!({"completedIndexes": "0-3", "failedIndexes": "7", "active": 2, "ready": 1});
        let tally = |only: &str| after([job("a", &status)]).tally_of(Some(&set(only))).unwrap();
        let some = Tally { completions: 4, succeeded: 2, failed: 1, unknown: 1, ..Tally::default() };
        assert_eq!(tally("2,3,5,7"), some);
        let done = Tally { retrying: Some(0), ..Tally::default() };
        assert_eq!(tally("0,1"), Tally { completions: 2, succeeded: 2, ..done });
        assert_eq!(tally(""), done);
    }

    #[test]
    fn of_some_indexes_their_pods_tell_where_they_are_known() {
        let seen = after([job("a", &json!({"completedIndexes": "0"})), running_pod(2)]);
        let want =
            Tally { completions: 3, succeeded: 1, running: 1, pending: 1, retrying: Some(0), ..Tally::default() };
        assert_eq!(seen.tally_of(Some(&set("0,2,5"))), Some(want));
    }

    #[test]
    fn what_a_job_leaves_behind_is_unfinished_and_not_pending() {
        for end in ["Failed", "FailureTarget", "SuccessCriteriaMet"] {
            let tally = after([job("a", &ended(end))]).tally().unwrap();
            assert_eq!((tally.pending, tally.unfinished), (0, 10), "{end}");
            let tally = after([job("a", &ended(end)), running_pod(2)]).tally().unwrap();
            assert_eq!((tally.pending, tally.running, tally.unfinished), (0, 1, 9), "{end}");
        }
    }

    #[test]
    fn a_job_that_is_not_indexed_counts_pods() {
        let seen = |spec: serde_json::Value| {
            let status = json!({"succeeded": 2, "failed": 1, "active": 3, "ready": 1});
            let job = json!({"metadata": {"name": "x"}, "spec": spec, "status": status});
            JobProgress::of(serde_json::from_value(job).unwrap())
        };
        let queue = seen(json!({"parallelism": 3}));
        let want = PodTally { succeeded: 2, failed: 1, running: 1, starting: 2, ..PodTally::default() };
        assert_eq!((queue.pod_tally(), queue.tally()), (Some(want), None));
        assert_eq!(seen(json!({"completions": 5})).pod_tally().unwrap().completions, Some(5));
        assert_eq!(after([job("a", &json!({}))]).pod_tally(), None);
    }
}
