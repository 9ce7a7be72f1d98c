//! [`Goal`]: what a wait is for, and whether that is so, or can no longer become so.

use std::str::FromStr;

use crate::facts::{FailedIndexes, JobFacts, Outcome};
use crate::index_set::IndexSet;
use crate::numbering::Index;
use crate::progress::{IndexState, JobProgress};
use crate::text::shown;

/// What is waited for: of the Job, or of some of its indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The Job is complete; of indexes: each has succeeded.
    Complete,
    /// The Job has failed; of indexes: one has failed for good. Where the Job counts failures together that is decided
    /// at its end: an index failed if its newest attempt did.
    Failed,
    /// The Job is complete or has failed; of indexes: each has succeeded or failed for good, or the Job has ended, which
    /// leaves nothing of them to finish.
    Finished,
    /// The Job is suspended, and no pod of it is active any more.
    Suspended,
    /// An index runs.
    Running,
    /// So many indexes have succeeded.
    Succeeded(Quota),
    /// So many indexes have failed for good.
    FailedIndexes(Quota),
}

/// How many of the indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// So many.
    Count(u32),
    /// So many of a hundred, rounded up: half of five is three.
    Percent(u32),
}

/// What has become of a [`Goal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is so.
    Met,
    /// It is not so yet.
    Open,
    /// It will never be, because the Job or its indexes have ended otherwise; in words, where the Job's own end does not
    /// say it all.
    Never(Option<String>),
}

/// Text that is no goal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GoalError {
    /// It is none of the words.
    #[error(
        "{0:?} is nothing to wait for; write complete, failed, finished, suspended, running, succeeded=N, succeeded=P%, \
         failed=N or failed=P%"
    )]
    Unknown(String),
    /// A share that is more than all.
    #[error("{0:?} is more than all indexes; a share is at most 100%")]
    MoreThanAll(String),
    /// What kubectl waits for, and another verb here.
    #[error(
        "{0:?} is nothing to wait for here: kubectl indexedjob delete NAME waits until the Job is gone, and \
         kubectl wait --for=delete job/NAME does while somebody else deletes it"
    )]
    Delete(String),
}

/// A number of indexes that this Job does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OutOfReach(String);

impl FromStr for Goal {
    type Err = GoalError;

    /// Reads a goal in upper or lower case; `condition=complete` and `condition=complete=true`, as kubectl writes them,
    /// are `complete`.
    fn from_str(text: &str) -> Result<Self, GoalError> {
        let lower = text.to_lowercase();
        let error = || match lower.as_str() {
            "delete" => GoalError::Delete(text.to_owned()),
            share if is_more_than_all(share) => GoalError::MoreThanAll(text.to_owned()),
            _ => GoalError::Unknown(text.to_owned()),
        };
        if let Some(condition) = lower.strip_prefix("condition=") {
            return match condition.strip_suffix("=true").unwrap_or(condition) {
                "complete" => Ok(Self::Complete),
                "failed" => Ok(Self::Failed),
                "suspended" => Ok(Self::Suspended),
                _ => Err(error()),
            };
        }
        match lower.split_once('=') {
            None => match lower.as_str() {
                "complete" => Ok(Self::Complete),
                "failed" => Ok(Self::Failed),
                "finished" => Ok(Self::Finished),
                "suspended" => Ok(Self::Suspended),
                "running" => Ok(Self::Running),
                _ => Err(error()),
            },
            Some(("succeeded", quota)) => quota.parse().map(Self::Succeeded).map_err(|()| error()),
            Some(("failed", quota)) => quota.parse().map(Self::FailedIndexes).map_err(|()| error()),
            Some(_) => Err(error()),
        }
    }
}

/// `succeeded=101%`.
fn is_more_than_all(text: &str) -> bool {
    let share = text.strip_prefix("succeeded=").or_else(|| text.strip_prefix("failed="));
    let percent = share.and_then(|share| share.strip_suffix('%')).unwrap_or_default();
    !percent.is_empty() && percent.bytes().all(|digit| digit.is_ascii_digit())
}

impl FromStr for Quota {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.strip_suffix('%') {
            None => text.parse().map(Self::Count).map_err(|_| ()),
            Some(percent) => percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent).ok_or(()),
        }
    }
}

impl Quota {
    /// How many that is of `all`.
    #[must_use]
    pub fn of(self, all: u32) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => {
                u32::try_from((u64::from(all) * u64::from(percent)).div_ceil(100)).unwrap_or(u32::MAX)
            }
        }
    }
}

impl Goal {
    /// Is it about the Job as a whole, so that it cannot be asked of some of its indexes?
    #[must_use]
    pub fn is_of_jobs_only(self) -> bool {
        self == Self::Suspended
    }

    /// Do only pods tell whether it is so of some indexes?
    #[must_use]
    pub fn needs_pods(self) -> bool {
        self == Self::Running
    }

    /// Do only pods tell whether it is so of some indexes, now that the Job has failed? A Job that counts failures together
    /// names no index.
    #[must_use]
    pub fn needs_pods_at_end(self, progress: &JobProgress) -> bool {
        let no_limit = progress.job().is_some_and(|job| job.failed == FailedIndexes::NotCounted);
        self == Self::Failed && no_limit && matches!(end(progress), Some(Outcome::Failed { .. }))
    }

    /// Checks that the Job, or `only` some of its indexes, have as many as are waited for.
    ///
    /// # Errors
    /// More than there are, or a share of a Job that does not say how many there are.
    pub fn check(self, job: &JobFacts, only: Option<&IndexSet>) -> Result<(), OutOfReach> {
        let (Self::Succeeded(quota) | Self::FailedIndexes(quota)) = self else { return Ok(()) };
        let (name, all) = (shown(&job.name), only.map_or(job.completions, IndexSet::len));
        let of_what = if job.indexed { "indexes" } else { "completions" };
        let why = match (quota, only) {
            (Quota::Percent(_), _) if is_open_ended(job) => {
                format!("job {name} has no number of completions to take a share of; wait for a number: succeeded=N")
            }
            (Quota::Count(wanted), Some(_)) if wanted > all && all > 0 => {
                format!("only {all} of the indexes of job {name} are selected, and {wanted} are waited for")
            }
            (Quota::Count(wanted), None) if wanted > all && !is_open_ended(job) => {
                format!("job {name} has only {all} {of_what}, and {wanted} are waited for")
            }
            _ => return Ok(()),
        };
        Err(OutOfReach(why))
    }

    /// What has become of it: for the Job as a whole, or for `only` some of its indexes.
    ///
    /// Open before the first look. Of a Job that is gone without a known end it is never met.
    #[must_use]
    pub fn judge(self, progress: &JobProgress, only: Option<&IndexSet>) -> Judgement {
        let Some(job) = progress.job() else { return Judgement::Open };
        let end = end(progress);
        let counted = Counted::of(progress, job, only);
        let is_over = matches!(end, Some(Outcome::Complete | Outcome::Failed { .. }));
        let met = match (self, only) {
            (Self::Complete, None) => end == Some(&Outcome::Complete),
            (Self::Failed, None) => matches!(end, Some(Outcome::Failed { .. })),
            (Self::Finished, None) => is_over,
            (Self::Complete, Some(_)) => counted.succeeded == counted.all,
            (Self::Failed, Some(_)) => counted.failed > 0,
            (Self::Finished, Some(_)) => is_over || counted.open() == 0,
            (Self::Suspended, _) => end.is_none() && job.suspended && job.active == 0 && job.terminating == 0,
            (Self::Running, _) => end.is_none() && runs(progress, only),
            (Self::Succeeded(quota), _) => counted.succeeded >= quota.of(counted.all),
            (Self::FailedIndexes(quota), _) => counted.failed >= quota.of(counted.all),
        };
        match (met, self.hope(job, &counted, only.is_some())) {
            (true, _) => Judgement::Met,
            (false, Judgement::Open) if end.is_some() => Judgement::Never(None),
            (false, hope) => hope,
        }
    }

    /// Can it become so, while the Job goes on?
    fn hope(self, job: &JobFacts, counted: &Counted, some: bool) -> Judgement {
        let no_limit = job.failed == FailedIndexes::NotCounted;
        let why = match self {
            Self::Complete if some && counted.lost() > 0 => Some(counted.lost_words()),
            Self::Failed if some && counted.open() == 0 => Some(match counted.skipped {
                0 => "all of them succeeded".to_owned(),
                _ => counted.lost_words(),
            }),
            Self::Running if some && counted.open() == 0 => Some(match counted.skipped {
                0 => "all of them are done".to_owned(),
                _ => counted.lost_words(),
            }),
            Self::Succeeded(quota) if counted.all.saturating_sub(counted.lost()) < quota.of(counted.all) => {
                Some(format!("{} were to succeed, and {}", quota.of(counted.all), counted.lost_words()))
            }
            Self::FailedIndexes(_) if no_limit => {
                Some("the Job has no backoffLimitPerIndex, so no index of it fails for good".to_owned())
            }
            Self::FailedIndexes(quota)
                if counted.all.saturating_sub(counted.succeeded + counted.skipped) < quota.of(counted.all) =>
            {
                let Counted { all, succeeded, .. } = counted;
                Some(format!("{} were to fail, and {succeeded} of {all} succeeded", quota.of(*all)))
            }
            _ => None,
        };
        why.map_or(Judgement::Open, |why| Judgement::Never(Some(why)))
    }
}

/// The indexes that a goal is about.
struct Counted {
    all: u32,
    succeeded: u32,
    failed: u32,
    /// Left out by the retry that made the Job.
    skipped: u32,
}

impl Counted {
    fn of(progress: &JobProgress, job: &JobFacts, only: Option<&IndexSet>) -> Self {
        if !job.indexed {
            // Of a work queue any number may succeed.
            let all = if is_open_ended(job) { u32::MAX } else { job.completions };
            return Self { all, succeeded: job.succeeded_pods, failed: 0, skipped: 0 };
        }
        let all = job.completions;
        let Some(only) = only else {
            let (succeeded, failed) = (job.succeeded.len(), job.failed_for_good().len());
            return Self { all, succeeded, failed, skipped: job.skipped.len() };
        };
        let within = |set: &IndexSet| only.len() - only.difference(set).len();
        let failed = match end(progress) {
            Some(_) => within(&failed_by_pods(progress, only).union(job.failed_for_good())),
            None => within(job.failed_for_good()),
        };
        Self { all: only.len(), succeeded: within(&job.succeeded), failed, skipped: within(&job.skipped) }
    }

    fn open(&self) -> u32 {
        self.all.saturating_sub(self.succeeded + self.lost())
    }

    /// How many will not succeed.
    fn lost(&self) -> u32 {
        self.failed + self.skipped
    }

    /// `1 of 5 failed`, `2 of 5 were left out by the retry that made the Job`, or both.
    fn lost_words(&self) -> String {
        let were = if self.skipped == 1 { "was" } else { "were" };
        let failed = format!("{} of {} failed", self.failed, self.all);
        let skipped = format!("{} of {} {were} left out by the retry that made the Job", self.skipped, self.all);
        match (self.failed, self.skipped) {
            (_, 0) => failed,
            (0, _) => skipped,
            _ => format!("{failed}, and {skipped}"),
        }
    }
}

/// How the Job ended; None before that.
fn end(progress: &JobProgress) -> Option<&Outcome> {
    progress.verdict().filter(|verdict| verdict.settled).map(|verdict| &verdict.outcome)
}

/// Those of `only` that failed as far as their pods are known, which tell it where the Job does not.
fn failed_by_pods(progress: &JobProgress, only: &IndexSet) -> IndexSet {
    only.iter().filter(|index| progress.state(Index(*index)) == Some(IndexState::Failed)).collect()
}

/// Is it a work queue, whose `completions` are not set?
fn is_open_ended(job: &JobFacts) -> bool {
    !job.indexed && job.completions == 0
}

/// Does one of the indexes run? Of some of them only their pods tell.
fn runs(progress: &JobProgress, only: Option<&IndexSet>) -> bool {
    match only {
        None => match progress.tally() {
            Some(tally) => tally.running > 0,
            None => progress.job().is_some_and(|job| job.ready.unwrap_or(job.active) > 0),
        },
        Some(only) => only.iter().any(|index| progress.state(Index(index)) == Some(IndexState::Running)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::progress::Change;

    fn goal(text: &str) -> Goal {
        text.parse().unwrap()
    }

    /// A Job of ten indexes.
    fn seen(spec: &Value, status: &Value) -> JobProgress {
        let mut job = json!({"metadata": {"name": "x", "uid": "u"}, "spec": spec, "status": status});
        job["spec"]["completionMode"] = json!("Indexed");
        job["spec"]["completions"] = json!(10);
        JobProgress::of(serde_json::from_value(job).unwrap())
    }

    fn judged(text: &str, status: &Value, only: Option<&str>) -> Judgement {
        let only = only.map(|only| only.parse().unwrap());
        goal(text).judge(&seen(&json!({"backoffLimitPerIndex": 0}), status), only.as_ref())
    }

    fn ended(kind: &str) -> Value {
        json!([{"type": kind, "status": "True", "reason": "r", "message": "m"}])
    }

    #[test]
    fn goals_are_read_as_kubectl_writes_them_and_in_any_case() {
        for text in ["complete", "Complete", "condition=Complete", "condition=complete=true", "Condition=COMPLETE=True"]
        {
            assert_eq!(goal(text), Goal::Complete, "{text}");
        }
        assert_eq!(goal("condition=Failed"), Goal::Failed);
        assert_eq!(goal("succeeded=3"), Goal::Succeeded(Quota::Count(3)));
        assert_eq!(goal("FAILED=10%"), Goal::FailedIndexes(Quota::Percent(10)));
        for text in
            ["", "done", "condition=", "condition=finished", "complete=1", "succeeded=", "failed=-1", "failed=-1%"]
        {
            let error = text.parse::<Goal>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("{text:?} is nothing to wait for; write complete, ")), "{error}");
        }
    }

    #[test]
    fn what_people_mean_by_other_goals_is_answered() {
        let error = |text: &str| text.parse::<Goal>().unwrap_err().to_string();
        assert_eq!(error("succeeded=101%"), "\"succeeded=101%\" is more than all indexes; a share is at most 100%");
        assert_eq!(
            error("failed=99999999999%"),
            "\"failed=99999999999%\" is more than all indexes; a share is at most 100%"
        );
        assert!(
            error("delete").contains(": kubectl indexedjob delete NAME waits until the Job is gone"),
            "{}",
            error("delete")
        );
    }

    #[test]
    fn a_share_of_the_indexes_is_rounded_up() {
        let of = |quota: Quota, all| quota.of(all);
        assert_eq!((of(Quota::Percent(50), 5), of(Quota::Percent(100), 7), of(Quota::Percent(0), 7)), (3, 7, 0));
        assert_eq!(of(Quota::Percent(1), 100_000), 1000);
    }

    #[test]
    fn the_end_of_the_job_decides() {
        let cases = [
            ("complete", Judgement::Met, Judgement::Never(None)),
            ("failed", Judgement::Never(None), Judgement::Met),
            ("finished", Judgement::Met, Judgement::Met),
            ("suspended", Judgement::Never(None), Judgement::Never(None)),
            ("running", Judgement::Never(None), Judgement::Never(None)),
            ("succeeded=5", Judgement::Never(None), Judgement::Never(None)),
            ("failed=1", Judgement::Never(None), Judgement::Never(None)),
        ];
        for (text, complete, failed) in cases {
            assert_eq!(judged(text, &json!({}), None), Judgement::Open, "{text}");
            assert_eq!(judged(text, &json!({"conditions": ended("Complete")}), None), complete, "{text}");
            assert_eq!(judged(text, &json!({"conditions": ended("Failed")}), None), failed, "{text}");
            // The fate alone is not the end.
            assert_eq!(judged(text, &json!({"conditions": ended("FailureTarget")}), None), Judgement::Open, "{text}");
        }
    }

    #[test]
    fn counts_are_met_or_out_of_reach_before_the_end() {
        let status = json!({"completedIndexes": "0-4", "failedIndexes": "7,8"});
        assert_eq!(judged("succeeded=50%", &status, None), Judgement::Met);
        assert_eq!(judged("succeeded=8", &status, None), Judgement::Open);
        let never = |why: &str| Judgement::Never(Some(why.to_owned()));
        assert_eq!(judged("succeeded=9", &status, None), never("9 were to succeed, and 2 of 10 failed"));
        assert_eq!(judged("failed=2", &status, None), Judgement::Met);
        assert_eq!(judged("failed=5", &status, None), Judgement::Open);
        assert_eq!(judged("failed=60%", &status, None), never("6 were to fail, and 5 of 10 succeeded"));
        let without_limit = goal("failed=1").judge(&seen(&json!({}), &json!({})), None);
        assert_eq!(without_limit, never("the Job has no backoffLimitPerIndex, so no index of it fails for good"));
    }

    #[test]
    fn of_some_indexes_their_own_end_decides() {
        let status = json!({"completedIndexes": "0-4", "failedIndexes": "7,8"});
        let of = |text: &str, only: &str| judged(text, &status, Some(only));
        let never = |why: &str| Judgement::Never(Some(why.to_owned()));
        assert_eq!((of("complete", "0-3"), of("complete", "0-5")), (Judgement::Met, Judgement::Open));
        assert_eq!(of("complete", "3-7"), never("1 of 5 failed"));
        assert_eq!((of("failed", "3-7"), of("failed", "3-6")), (Judgement::Met, Judgement::Open));
        assert_eq!(of("failed", "0-3"), never("all of them succeeded"));
        assert_eq!(of("running", "3,4,7"), never("all of them are done"));
        assert_eq!((of("finished", "3,4,7"), of("finished", "3-7")), (Judgement::Met, Judgement::Open));
        assert_eq!((of("succeeded=2", "3-7"), of("succeeded=100%", "5,6")), (Judgement::Met, Judgement::Open));
        assert_eq!(of("succeeded=100%", "5-7"), never("3 were to succeed, and 1 of 3 failed"));
    }

    #[test]
    fn what_a_retry_left_out_never_succeeds_in_that_run() {
        let run = |status: Value| {
            let metadata = json!({"name": "x", "annotations": {"kubectl-indexedjob/skipped": "3,4"}});
            let spec = json!({"completionMode": "Indexed", "completions": 10, "backoffLimitPerIndex": 0});
            let job = json!({"metadata": metadata, "spec": spec, "status": status});
            JobProgress::of(serde_json::from_value(job).unwrap())
        };
        let judged = |text: &str, status: &Value, only: Option<&str>| {
            goal(text).judge(&run(status.clone()), only.map(|only| only.parse().unwrap()).as_ref())
        };
        let never = |why: &str| Judgement::Never(Some(why.to_owned()));
        let (one, two) =
            ("was left out by the retry that made the Job", "were left out by the retry that made the Job");
        let open = json!({"completedIndexes": "0-4", "failedIndexes": "7"});
        assert_eq!(judged("complete", &open, Some("2,3")), never(&format!("1 of 2 {one}")));
        assert_eq!(judged("complete", &open, Some("3,4,7")), never(&format!("1 of 3 failed, and 2 of 3 {two}")));
        assert_eq!(judged("failed", &open, Some("2,3")), never(&format!("1 of 2 {one}")));
        assert_eq!(judged("running", &open, Some("3")), never(&format!("1 of 1 {one}")));
        assert_eq!(judged("finished", &open, Some("2-4,7")), Judgement::Met);
        assert_eq!(judged("complete", &open, Some("2,5")), Judgement::Open);
        let short = format!("8 were to succeed, and 1 of 10 failed, and 2 of 10 {two}");
        assert_eq!(
            (judged("succeeded=7", &open, None), judged("succeeded=8", &open, None)),
            (Judgement::Open, never(&short))
        );
        let complete = json!({"completedIndexes": "0-9", "conditions": ended("Complete")});
        assert_eq!(judged("complete", &complete, None), Judgement::Met);
        assert_eq!(judged("succeeded=100%", &complete, None), never(&format!("10 were to succeed, and 2 of 10 {two}")));
    }

    #[test]
    fn what_a_job_does_now() {
        assert_eq!(judged("running", &json!({"active": 2, "ready": 0}), None), Judgement::Open);
        assert_eq!(judged("running", &json!({"active": 2, "ready": 1}), None), Judgement::Met);
        let suspended = |status: &Value| goal("suspended").judge(&seen(&json!({"suspend": true}), status), None);
        assert_eq!(suspended(&json!({"active": 1})), Judgement::Open);
        assert_eq!(suspended(&json!({})), Judgement::Met);
    }

    #[test]
    fn a_job_without_indexes_counts_its_pods() {
        let job = json!({
            "metadata": {"name": "x"}, "spec": {"completions": 4}, "status": {"succeeded": 2, "active": 1, "ready": 1},
        });
        let seen = JobProgress::of(serde_json::from_value(job).unwrap());
        assert_eq!(goal("succeeded=50%").judge(&seen, None), Judgement::Met);
        assert_eq!(goal("running").judge(&seen, None), Judgement::Met);
        assert_eq!(goal("complete").judge(&seen, None), Judgement::Open);
    }

    #[test]
    fn of_a_work_queue_any_number_may_succeed() {
        let queue = |status: &Value| {
            let job = json!({"metadata": {"name": "x"}, "spec": {"parallelism": 2}, "status": status});
            JobProgress::of(serde_json::from_value(job).unwrap())
        };
        let fresh = queue(&json!({"active": 2}));
        for text in ["succeeded=3", "succeeded=100%", "failed=100%"] {
            assert_ne!(goal(text).judge(&fresh, None), Judgement::Met, "{text}");
        }
        assert_eq!(goal("succeeded=3").judge(&fresh, None), Judgement::Open);
        assert_eq!(goal("succeeded=3").judge(&queue(&json!({"succeeded": 3})), None), Judgement::Met);
        let job = fresh.job().unwrap();
        assert_eq!(goal("succeeded=3").check(job, None), Ok(()));
        assert_eq!(
            goal("succeeded=10%").check(job, None).unwrap_err().to_string(),
            "job x has no number of completions to take a share of; wait for a number: succeeded=N"
        );
    }

    #[test]
    fn more_indexes_than_there_are_cannot_be_waited_for() {
        let seen = seen(&json!({}), &json!({}));
        let check = |text: &str, only: Option<&str>| {
            let only: Option<IndexSet> = only.map(|only| only.parse().unwrap());
            goal(text).check(seen.job().unwrap(), only.as_ref()).map_err(|error| error.to_string())
        };
        for fine in ["succeeded=10", "failed=10", "succeeded=100%", "complete"] {
            assert_eq!(check(fine, None), Ok(()), "{fine}");
        }
        assert_eq!(check("succeeded=11", None).unwrap_err(), "job x has only 10 indexes, and 11 are waited for");
        assert_eq!(check("succeeded=2", Some("3,4")), Ok(()));
        let error = "only 2 of the indexes of job x are selected, and 3 are waited for";
        assert_eq!(check("failed=3", Some("3,4")).unwrap_err(), error);
    }

    #[test]
    fn the_end_of_a_job_that_counts_failures_together_is_the_end_of_each_index() {
        let status = json!({"completedIndexes": "0", "conditions": ended("Failed")});
        let mut seen = seen(&json!({}), &status);
        let judge = |seen: &JobProgress, text: &str, only: &str| goal(text).judge(seen, Some(&only.parse().unwrap()));
        assert_eq!(judge(&seen, "finished", "0-9"), Judgement::Met);
        assert!(goal("failed").needs_pods_at_end(&seen) && !goal("finished").needs_pods_at_end(&seen));
        let pod = json!({
            "metadata": {"name": "p", "uid": "p", "annotations": {"batch.kubernetes.io/job-completion-index": "3"}},
            "status": {"phase": "Failed"},
        });
        seen.observe_pods_of(&IndexSet::all(10), vec![serde_json::from_value(pod).unwrap()]);
        assert_eq!(judge(&seen, "failed", "3"), Judgement::Met);
        assert_eq!(judge(&seen, "failed", "4"), Judgement::Never(None));
    }

    #[test]
    fn whether_certain_indexes_run_their_pods_tell() {
        let mut seen = seen(&json!({}), &json!({"active": 2, "ready": 2}));
        let judge = |seen: &JobProgress| goal("running").judge(seen, Some(&"3".parse().unwrap()));
        assert_eq!(judge(&seen), Judgement::Open);
        let pod = json!({
            "metadata": {"name": "p", "annotations": {"batch.kubernetes.io/job-completion-index": "3"}},
            "status": {"phase": "Running"},
        });
        seen.observe(Change::Pods(vec![serde_json::from_value(pod).unwrap()]));
        assert_eq!(judge(&seen), Judgement::Met);
    }
}
