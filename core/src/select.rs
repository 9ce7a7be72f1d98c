//! The selection flags, as one request and one resolver: which indexes of a Job are meant.

use std::collections::BTreeSet;

use crate::facts::JobFacts;
use crate::index_set::IndexSet;
use crate::numbering::Index;
use crate::progress::{IndexState, IndexStatus, JobProgress};
use crate::text::shown;

/// Which tasks are meant. Each part narrows the others; one that is None leaves out nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// These numbers; empty is none of them, never all.
    pub numbers: Option<IndexSet>,
    /// Those in one of these states.
    pub states: Option<BTreeSet<IndexState>>,
    /// Those with one of these reasons, as `status` shows them; upper and lower case are one.
    pub reasons: Option<Vec<String>>,
    /// Those whose newest attempt that is over ended with one of these exit codes.
    pub exit_codes: Option<BTreeSet<i32>>,
}

/// Numbers that are no tasks of the Job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} out of range: {range}", out_of_range(.strange))]
pub struct OutOfRange {
    /// Which.
    pub strange: IndexSet,
    /// Which tasks there are, in words that name the Job.
    pub range: String,
}

fn out_of_range(strange: &IndexSet) -> String {
    match strange.len() {
        1 => format!("index {strange} is"),
        _ => format!("indexes {} are", strange.compact()),
    }
}

impl Selection {
    /// These numbers, whatever became of them.
    #[must_use]
    pub fn of_numbers(numbers: IndexSet) -> Self {
        Self { numbers: Some(numbers), ..Self::default() }
    }

    /// Does it leave out nothing, of any Job?
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Is it sure that nothing is meant: an empty set was given?
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.numbers.as_ref().is_some_and(IndexSet::is_empty)
    }

    /// Are states, reasons or exit codes asked for that only pods tell? Else the Job alone tells what is meant.
    #[must_use]
    pub fn needs_pods(&self) -> bool {
        let job_tells = |state| matches!(state, &IndexState::Succeeded | &IndexState::Skipped | &IndexState::Failed);
        let states = self.states.as_ref().is_some_and(|states| !states.iter().all(job_tells));
        // An index whose last attempt failed in a Job that counts failures together is failed as well, and pods tell it.
        let failed = self.states.as_ref().is_some_and(|states| states.contains(&IndexState::Failed));
        states || failed || self.reasons.is_some() || self.exit_codes.is_some()
    }

    /// The indexes that the numbers stand for, whatever their states; all where no numbers were given.
    ///
    /// # Errors
    /// Numbers that are no tasks of the Job.
    pub fn candidates(&self, job: &JobFacts) -> Result<IndexSet, OutOfRange> {
        let all = IndexSet::all(if job.indexed { job.completions } else { 0 });
        let Some(numbers) = &self.numbers else { return Ok(all) };
        let strange = numbers.difference(&job.numbering.numbers(&all));
        match strange.is_empty() {
            true => Ok(job.numbering.indexes(numbers)),
            false => Err(OutOfRange { strange, range: range(job) }),
        }
    }

    /// The indexes that are meant, as far as `progress` knows: those whose state it does not know are none where
    /// [`needs_pods`](Self::needs_pods). Nothing before the first look.
    ///
    /// # Errors
    /// Numbers that are no tasks of the Job.
    pub fn indexes(&self, progress: &JobProgress) -> Result<IndexSet, OutOfRange> {
        let Some(job) = progress.job() else { return Ok(IndexSet::new()) };
        let candidates = self.candidates(job)?;
        if self.states.is_none() && !self.needs_pods() {
            return Ok(candidates);
        }
        let statuses = candidates.iter().filter_map(|index| progress.status(Index(index)));
        Ok(statuses.filter(|status| self.includes(status)).map(|status| status.index.0).collect())
    }

    /// Is this one of the tasks that are meant, its number apart?
    #[must_use]
    pub fn includes(&self, status: &IndexStatus<'_>) -> bool {
        let state = self.states.as_ref().is_none_or(|states| states.contains(&status.state));
        let reason = self.reasons.as_ref().is_none_or(|reasons| {
            let reason = status.reason();
            reasons.iter().any(|wanted| wanted.eq_ignore_ascii_case(reason.raw()))
        });
        let code = self.exit_codes.as_ref().is_none_or(|codes| {
            status.ending().and_then(|ending| ending.exit_code).is_some_and(|code| codes.contains(&code))
        });
        state && reason && code
    }
}

/// `job x has indexes 0 to 9`.
fn range(job: &JobFacts) -> String {
    let name = shown(&job.name);
    match (job.numbering.set(), job.completions) {
        _ if !job.indexed => format!("job {name} is not Indexed"),
        (_, 0) => format!("job {name} has no indexes"),
        (None, 1) => format!("job {name} has only index 0"),
        (None, completions) => format!("job {name} has indexes 0 to {}", completions - 1),
        (Some(numbers), _) => format!("job {name} has indexes {}", numbers.compact()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::progress::Change;

    fn job(annotations: &Value) -> Change {
        let job = json!({
            "metadata": {"name": "x", "uid": "u", "annotations": annotations},
            "spec": {"completionMode": "Indexed", "completions": 6, "backoffLimitPerIndex": 1},
            "status": {"completedIndexes": "0,1", "failedIndexes": "2"},
        });
        Change::Job(serde_json::from_value(job).unwrap())
    }

    fn seen() -> JobProgress {
        let pod = |index: u32, phase: &str, state: Value| {
            let annotations = json!({"batch.kubernetes.io/job-completion-index": index.to_string()});
            serde_json::from_value(json!({
                "metadata": {"name": format!("p{index}"), "uid": format!("p{index}"), "annotations": annotations},
                "spec": {"containers": [{"name": "w"}]},
                "status": {"phase": phase, "containerStatuses": [{"name": "w", "state": state}]},
            }))
            .unwrap()
        };
        let killed = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
        let mut progress = JobProgress::default();
        progress.observe(job(&json!({})));
        progress.observe(Change::Pods(vec![
            pod(2, "Failed", killed.clone()),
            pod(3, "Failed", killed),
            pod(4, "Pending", json!({"waiting": {"reason": "ErrImagePull"}})),
        ]));
        progress
    }

    fn picked(selection: &Selection) -> String {
        selection.indexes(&seen()).unwrap().to_string()
    }

    fn states(states: &[IndexState]) -> Selection {
        Selection { states: Some(states.iter().copied().collect()), ..Selection::default() }
    }

    #[test]
    fn each_part_narrows_the_others() {
        assert_eq!(picked(&Selection::default()), "0-5");
        assert_eq!(picked(&Selection::of_numbers("2-5".parse().unwrap())), "2-5");
        assert_eq!(picked(&states(&[IndexState::Failed])), "2");
        assert_eq!(picked(&states(&[IndexState::Failed, IndexState::Retrying, IndexState::Pending])), "2,3,5");
        let killed = Selection { exit_codes: Some([137].into()), ..Selection::default() };
        assert_eq!(picked(&killed), "2,3");
        assert_eq!(picked(&Selection { numbers: Some("3-5".parse().unwrap()), ..killed }), "3");
        let image = Selection { reasons: Some(vec!["errimagepull".into()]), ..Selection::default() };
        assert_eq!(picked(&image), "4");
    }

    #[test]
    fn an_empty_set_is_none_and_never_all() {
        let nothing = Selection::of_numbers(IndexSet::new());
        assert!(nothing.is_nothing() && !nothing.is_all());
        assert_eq!(picked(&nothing), "");
        assert!(Selection::default().is_all() && !Selection::default().is_nothing());
    }

    #[test]
    fn the_job_alone_tells_of_numbers_and_of_what_succeeded() {
        assert!(!Selection::of_numbers("3".parse().unwrap()).needs_pods());
        assert!(!states(&[IndexState::Succeeded]).needs_pods());
        assert!(states(&[IndexState::Failed]).needs_pods());
        let mut progress = JobProgress::default();
        progress.observe(job(&json!({})));
        assert_eq!(states(&[IndexState::Succeeded]).indexes(&progress).unwrap().to_string(), "0,1");
    }

    #[test]
    fn numbers_that_are_no_tasks_are_named_with_those_there_are() {
        let refused = |numbers: &str, annotations: Value| {
            let mut progress = JobProgress::default();
            progress.observe(job(&annotations));
            Selection::of_numbers(numbers.parse().unwrap()).indexes(&progress).unwrap_err().to_string()
        };
        assert_eq!(refused("6", json!({})), "index 6 is out of range: job x has indexes 0 to 5");
        assert_eq!(refused("3-8,20", json!({})), "indexes 6-8,20 are out of range: job x has indexes 0 to 5");
        let numbers = json!({"kubectl-indexedjob/numbers": "10-60:10"});
        assert_eq!(refused("3", numbers), "index 3 is out of range: job x has indexes 10-60:10");
    }

    #[test]
    fn numbers_of_their_own_are_understood() {
        let mut progress = JobProgress::default();
        progress.observe(job(&json!({"kubectl-indexedjob/numbers": "10-60:10"})));
        let picked = Selection::of_numbers("10,30".parse().unwrap()).indexes(&progress).unwrap();
        assert_eq!(picked.to_string(), "0,2");
    }
}
