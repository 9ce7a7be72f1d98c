//! The state of one index, and what its attempts tell of it.

use super::{JobProgress, Refusal};
use crate::facts::{Container, Ending, Phase, PodFacts};
use crate::index_set::IndexSet;
use crate::numbering::Index;
use crate::text::Foreign;

/// What an index is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexState {
    /// It succeeded.
    Succeeded,
    /// It failed for good: `status.failedIndexes` has it, or its newest attempt failed and the Job has ended.
    Failed,
    /// A pod of it runs, or has succeeded and is still to be counted.
    Running,
    /// A pod of it is there that does not run yet: no node, an image to pull, an init container to end.
    Starting,
    /// Its pod is being stopped.
    Terminating,
    /// Its newest attempt failed, and the next one is still to come.
    Retrying,
    /// It has no pod: it waits for its turn.
    Pending,
    /// It neither succeeded nor failed, and never will: the Job has ended, or is about to, without it.
    Unfinished,
    /// It is not done, and never will be here: the retry that made the Job left it out.
    Skipped,
}

impl IndexState {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Failed,
        Self::Retrying,
        Self::Running,
        Self::Starting,
        Self::Terminating,
        Self::Pending,
        Self::Unfinished,
        Self::Skipped,
        Self::Succeeded,
    ];

    /// The word for it, which the flags take, too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Starting => "starting",
            Self::Terminating => "terminating",
            Self::Retrying => "retrying",
            Self::Pending => "pending",
            Self::Unfinished => "unfinished",
            Self::Skipped => "skipped",
        }
    }
}

/// An index with its attempts: what `status` shows in a row.
#[derive(Clone, Copy, Debug)]
pub struct IndexStatus<'a> {
    /// Which one.
    pub index: Index,
    /// What it is doing.
    pub state: IndexState,
    /// How many attempts there were, those included whose pods are gone where the controller tells of them.
    pub attempts: u32,
    /// Its newest attempt; None without a pod.
    pub newest: Option<&'a PodFacts>,
    /// The newest attempt that is over; None while none is.
    pub newest_ended: Option<&'a PodFacts>,
    /// Why there is no pod; None where there is one, and where nobody has asked for the events.
    pub refusal: Option<&'a Refusal>,
}

impl<'a> IndexStatus<'a> {
    /// How its newest attempt that is over ended; None while none is, and where its pod is gone.
    #[must_use]
    pub fn ending(&self) -> Option<Ending<'a>> {
        self.newest_ended.and_then(PodFacts::ending)
    }

    /// One word for why it is in its state: what a pod that has not started waits for, or why there is none, else how the
    /// last attempt ended that is over; empty where nothing is known.
    #[must_use]
    pub fn reason(&self) -> Foreign {
        self.why().0
    }

    /// The text beside the reason, with all its lines; may be empty.
    #[must_use]
    pub fn message(&self) -> Foreign {
        self.why().1
    }

    fn why(&self) -> (Foreign, Foreign) {
        let waiting = self.newest.filter(|_| self.state == IndexState::Starting).map(waits_for);
        let refused = || self.refusal.map(|refusal| (refusal.reason.clone(), refusal.message.clone()));
        let ended = || self.ending().map(|ending| (ending.reason.clone(), ending.message.clone()));
        waiting.or_else(refused).or_else(ended).unwrap_or_default()
    }
}

/// What a pod waits for that does not run yet: a word, and the text beside it; both are empty where it does not say.
#[must_use]
pub fn waits_for(pod: &PodFacts) -> (Foreign, Foreign) {
    match waiting(pod) {
        _ if !pod.unscheduled.is_empty() => ("Unschedulable".into(), pod.unscheduled.clone()),
        Some(container) => (container.waiting.clone(), container.waiting_message.clone()),
        None => Default::default(),
    }
}

/// The container that keeps the pod from running. `PodInitializing` says only that an init container is not done; that
/// one knows more.
fn waiting(pod: &PodFacts) -> Option<&Container> {
    let waits = |c: &&Container| !c.waiting.is_empty();
    let tells = |c: &&Container| waits(c) && c.waiting.raw() != "PodInitializing";
    pod.containers.iter().find(tells).or_else(|| pod.containers.iter().find(waits))
}

impl JobProgress {
    /// What the index is doing; None before the first look, and where only its pods could tell and nobody has asked for
    /// them.
    #[must_use]
    pub fn state(&self, index: Index) -> Option<IndexState> {
        self.job_state(index).or_else(|| {
            let job = self.job().filter(|job| self.knows_pods_of(index) && index.0 < job.completions)?;
            let state = match self.attempts(index).map(pod_state).min().unwrap_or(IndexState::Pending) {
                // Nothing is started any more once the fate of the Job is decided.
                IndexState::Retrying if self.verdict().is_some() => IndexState::Failed,
                IndexState::Pending if self.verdict().is_some() => IndexState::Unfinished,
                state => state,
            };
            Some(state).filter(|_| job.indexed)
        })
    }

    /// Of `among`, the indexes that may have succeeded without the Job telling it yet, where [`Change::Pods`](super::Change)
    /// has left out the pods that succeeded: the controller counts a pod seconds after its end, and until then such an
    /// index looks as if it had not been started again.
    ///
    /// The controller starts the lowest index first, so that those above every one that has begun are not meant.
    #[must_use]
    pub fn doubtful(&self, among: &IndexSet) -> IndexSet {
        let is_over = self.verdict().is_some_and(|verdict| verdict.settled);
        let Some(job) = self.job().filter(|job| !is_over && !job.suspended) else { return IndexSet::new() };
        let with_pod = self.pods.last_key_value().map(|((index, ..), _)| index.0);
        let begun = [with_pod, job.succeeded.max(), job.failed_for_good().max()].into_iter().flatten().max();
        let is_doubtful =
            |index: &u32| matches!(self.state(Index(*index)), Some(IndexState::Pending | IndexState::Retrying));
        among.iter().take_while(|index| begun.is_some_and(|begun| *index <= begun)).filter(is_doubtful).collect()
    }

    /// What the Job itself says of the index: only whether it is done for good.
    fn job_state(&self, index: Index) -> Option<IndexState> {
        let job = self.job().filter(|job| job.indexed)?;
        if job.succeeded.contains(index.0) {
            return Some(IndexState::Succeeded);
        }
        if job.skipped.contains(index.0) {
            return Some(IndexState::Skipped);
        }
        job.failed_for_good().contains(index.0).then_some(IndexState::Failed)
    }

    /// The attempts at `index`, oldest first, each with its number, from 1: those whose pods are gone are counted where the
    /// controller tells of them.
    pub fn numbered_attempts(&self, index: Index) -> impl Iterator<Item = (u32, &PodFacts)> {
        self.attempts(index).scan(0, |before, pod| {
            *before = attempt_number(*before, pod);
            Some((*before, pod))
        })
    }

    /// The index with its attempts; None where its state is not known.
    #[must_use]
    pub fn status(&self, index: Index) -> Option<IndexStatus<'_>> {
        let state = self.state(index)?;
        let newest = self.attempts(index).next_back();
        let newest_ended = self.attempts(index).rev().find(|pod| pod.phase.is_over());
        let attempts = self.numbered_attempts(index).last().map_or(0, |(number, _)| number);
        let refusal = self.refusal.as_ref().filter(|_| state == IndexState::Pending);
        let refusal = refusal.filter(|refusal| refusal.indexes.contains(index.0));
        Some(IndexStatus { index, state, attempts, newest, newest_ended, refusal })
    }

    /// Every index with its attempts, in order; nothing where pods are not known.
    pub fn statuses(&self) -> impl Iterator<Item = IndexStatus<'_>> {
        let completions = self.job().filter(|job| job.indexed).map_or(0, |job| job.completions);
        (0..completions).filter_map(|index| self.status(Index(index)))
    }
}

/// Which attempt at its index `pod` is, from 1, where the one before it that is known is number `before`, 0 where none is.
#[must_use]
pub fn attempt_number(before: u32, pod: &PodFacts) -> u32 {
    before.max(pod.failures_before).saturating_add(1)
}

/// What one attempt makes of its index; the least of all attempts speaks for it.
#[must_use]
pub fn pod_state(pod: &PodFacts) -> IndexState {
    match pod.phase {
        Phase::Failed => IndexState::Retrying,
        Phase::Succeeded => IndexState::Running,
        _ if pod.deleting => IndexState::Terminating,
        Phase::Pending => IndexState::Starting,
        Phase::Running | Phase::Unknown => IndexState::Running,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::{after, ended, job};
    use super::super::{Change, Tally};
    use super::*;

    fn pod(name: &str, index: u32, status: &Value) -> PodFacts {
        let created = format!("2026-01-01T00:00:{:02}Z", name.len());
        serde_json::from_value(json!({
            "metadata": {
                "name": name, "uid": name, "creationTimestamp": created,
                "deletionTimestamp": status.get("deleting"),
                "annotations": {"batch.kubernetes.io/job-completion-index": index.to_string()},
            },
            "spec": {"containers": [{"name": "worker"}]},
            "status": status,
        }))
        .unwrap()
    }

    fn progress(status: &Value, pods: &[(&str, u32, Value)]) -> JobProgress {
        let pods = pods.iter().map(|(name, index, status)| pod(name, *index, status)).collect();
        after([job("a", status), Change::Pods(pods)])
    }

    fn failed(code: i32) -> Value {
        let end = json!({"exitCode": code, "reason": "Error", "message": "loading\nno such file"});
        json!({"phase": "Failed", "containerStatuses": [{"name": "worker", "state": {"terminated": end}}]})
    }

    fn running() -> Value {
        json!({"phase": "Running"})
    }

    #[test]
    fn each_state_has_its_sign() {
        let status = json!({"completedIndexes": "0", "failedIndexes": "1"});
        let seen = progress(
            &status,
            &[
                ("p", 0, failed(1)),
                ("p", 1, failed(1)),
                ("p", 2, running()),
                ("p", 3, json!({"phase": "Pending"})),
                ("p", 4, json!({"phase": "Running", "deleting": "2026-01-01T00:00:00Z"})),
                ("p", 5, failed(1)),
                ("p", 6, failed(1)),
                ("pp", 6, running()),
                ("p", 7, json!({"phase": "Succeeded"})),
            ],
        );
        let words: Vec<_> = (0..10).map(|index| seen.state(Index(index)).unwrap().as_str()).collect();
        assert_eq!(
            words,
            [
                "succeeded",
                "failed",
                "running",
                "starting",
                "terminating",
                "retrying",
                "running",
                "running",
                "pending",
                "pending"
            ]
        );
        assert_eq!(seen.state(Index(10)), None, "it has ten");
        let tally = Tally {
            completions: 10,
            succeeded: 1,
            failed: 1,
            running: 3,
            starting: 1,
            terminating: 1,
            retrying: Some(1),
            pending: 3,
            ..Tally::default()
        };
        assert_eq!(seen.tally(), Some(tally));
    }

    #[test]
    fn without_its_pods_a_job_tells_only_what_is_done() {
        let seen = after([job("a", &json!({"completedIndexes": "0", "failedIndexes": "1"}))]);
        assert_eq!(seen.state(Index(0)), Some(IndexState::Succeeded));
        assert_eq!(seen.state(Index(1)), Some(IndexState::Failed));
        assert_eq!(seen.state(Index(2)), None);
        assert_eq!(seen.statuses().count(), 2);
    }

    #[test]
    fn pods_of_some_indexes_tell_of_these_alone() {
        let mut seen = after([job("a", &json!({}))]);
        seen.observe_pods_of(&[2, 3].into_iter().collect(), vec![pod("p", 2, &running())]);
        assert_eq!(seen.state(Index(2)), Some(IndexState::Running));
        assert_eq!(seen.state(Index(3)), Some(IndexState::Pending));
        assert_eq!(seen.state(Index(4)), None);
    }

    #[test]
    fn in_a_job_that_has_ended_nothing_is_tried_again() {
        let seen = progress(&ended("Failed"), &[("p", 5, failed(1))]);
        assert_eq!(seen.state(Index(5)), Some(IndexState::Failed));
        assert_eq!(seen.state(Index(6)), Some(IndexState::Unfinished));
        let tally = seen.tally().unwrap();
        assert_eq!((tally.failed, tally.pending, tally.retrying, tally.unfinished), (1, 0, Some(0), 9));
    }

    #[test]
    fn what_still_runs_when_the_fate_is_known_has_not_failed() {
        let pods =
            [("p", 5, failed(1)), ("pp", 5, running()), ("p", 6, failed(1)), ("pp", 6, json!({"phase": "Succeeded"}))];
        for fate in ["FailureTarget", "SuccessCriteriaMet", "Failed"] {
            let seen = progress(&ended(fate), &pods);
            assert_eq!(seen.state(Index(5)), Some(IndexState::Running), "{fate}");
            assert_eq!(seen.state(Index(6)), Some(IndexState::Running), "{fate}");
        }
    }

    #[test]
    fn a_row_tells_of_the_last_end_and_of_what_is_waited_for() {
        let image = json!({"phase": "Pending", "containerStatuses": [
            {"name": "worker", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off"}}},
        ]});
        let nowhere = json!({"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"},
        ]});
        let seen = progress(
            &json!({}),
            &[("p", 1, failed(3)), ("pp", 1, running()), ("p", 2, failed(3)), ("pp", 2, image), ("p", 3, nowhere)],
        );
        let row = |index| seen.status(Index(index)).unwrap();
        let words = |index| {
            let row = row(index);
            (row.attempts, row.ending().and_then(|end| end.exit_code), row.reason(), row.message())
        };
        assert_eq!(words(1), (2, Some(3), "Error".into(), "loading\nno such file".into()));
        assert_eq!(words(2), (2, Some(3), "ImagePullBackOff".into(), "Back-off".into()));
        assert_eq!(words(3), (1, None, "Unschedulable".into(), "0/3 nodes are available".into()));
        assert_eq!(words(4), (0, None, Foreign::default(), Foreign::default()));
        assert_eq!(row(2).newest.unwrap().name, "pp");
    }

    #[test]
    fn attempts_whose_pods_are_gone_are_counted() {
        let mut newest = pod("p", 1, &running());
        newest.failures_before = 2;
        let other = pod("pp", 1, &running());
        let seen = after([job("a", &json!({})), Change::Pods(vec![newest, other])]);
        assert_eq!(seen.status(Index(1)).unwrap().attempts, 4);
        let numbered = seen.numbered_attempts(Index(1)).map(|(number, pod)| (number, pod.name.as_str()));
        assert_eq!(numbered.collect::<Vec<_>>(), [(3, "p"), (4, "pp")]);
    }

    #[test]
    fn what_may_have_succeeded_unseen_is_asked_for() {
        let doubtful = |status: &Value, pods: &[(&str, u32, Value)]| {
            progress(status, pods).doubtful(&IndexSet::all(10)).to_string()
        };
        assert_eq!(doubtful(&json!({}), &[]), "");
        assert_eq!(doubtful(&json!({"completedIndexes": "0-2"}), &[]), "");
        assert_eq!(doubtful(&json!({"completedIndexes": "0,1,5"}), &[("p", 3, running())]), "2,4");
        assert_eq!(doubtful(&json!({}), &[("p", 0, failed(1)), ("p", 2, running())]), "0,1");
        assert_eq!(doubtful(&ended("Failed"), &[("p", 3, failed(1))]), "");
    }
}
