//! `scale`: how many pods may run at a time, and how many indexes there are.

use serde_json::json;

use super::{Change, PARALLELISM, Refusal, Target, Verb};
use crate::facts::JobFacts;
use crate::index_set::IndexSet;

/// What is asked for; at least one of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How many pods may run at a time; None leaves it.
    pub parallelism: Option<u32>,
    /// How many indexes there are; None leaves it.
    pub completions: Option<u32>,
    /// Also where running pods are stopped for it, and done indexes forgotten?
    pub now: bool,
}

/// Changes the numbers. What the decision rests on is the version of the Job that was looked at, so that the patch meets
/// no later one.
///
/// # Errors
/// The Job has ended, is being deleted, belongs to a queue, is not whole yet, or would lose something that it was not asked to
/// lose.
pub fn scale(target: &Target, wish: &Wish) -> Result<Change, Refusal> {
    target.still_open()?;
    target.no_retry_begun()?;
    target.not_queued(Verb::Scale)?;
    let parallelism = wanted_parallelism(target, wish)?;
    let completions = wish.completions.unwrap_or(target.job.completions);
    if !wish.now {
        loses_nothing(target, parallelism, completions)?;
    }
    let is_so = parallelism == target.parallelism() && completions == target.job.completions;
    if is_so && target.former.parallelism.is_none() {
        return Ok(Change::None);
    }
    let mut spec = json!({"parallelism": parallelism});
    if completions != target.job.completions {
        spec["completions"] = json!(completions);
    }
    let mut patch = target.patch(&spec);
    if !wish.now {
        patch["metadata"]["resourceVersion"] = json!(target.job.resource_version);
    }
    if target.former.parallelism.is_some() {
        patch["metadata"]["annotations"] = json!({PARALLELISM: null});
    }
    Ok(Change::Patch(patch))
}

/// The API lets completions change only to a number that parallelism has in the same update.
fn wanted_parallelism(target: &Target, wish: &Wish) -> Result<u32, Refusal> {
    let job = &target.job;
    let Some(completions) = wish.completions else { return Ok(wish.parallelism.unwrap_or(target.parallelism())) };
    if !job.indexed {
        return Err(Refusal::NotIndexed);
    }
    if job.numbering.set().is_some() {
        return Err(Refusal::Numbered);
    }
    let all_at_once = target.parallelism() == job.completions || target.parallelism() == completions;
    match wish.parallelism {
        Some(parallelism) if parallelism == completions => Ok(parallelism),
        None if all_at_once => Ok(completions),
        _ => Err(Refusal::CompletionsAlone { completions }),
    }
}

fn loses_nothing(target: &Target, parallelism: u32, completions: u32) -> Result<(), Refusal> {
    let job = &target.job;
    let gone = IndexSet::all(job.completions).difference(&IndexSet::all(completions));
    let has_gone = |set: &IndexSet| set.max().is_some_and(|last| last >= completions);
    if has_gone(&job.closed()) || (!gone.is_empty() && job.active > 0) {
        return Err(Refusal::WouldForget { indexes: gone, completions });
    }
    match stopped(job, parallelism) {
        (0, 0) => Ok(()),
        (running, starting) => Err(Refusal::WouldStop { running, starting, parallelism, indexed: job.indexed }),
    }
}

/// How many of its pods that run, and that do not run yet, are stopped to leave so many: the controller stops the latter
/// first.
#[must_use]
pub fn stopped(job: &JobFacts, left: u32) -> (u32, u32) {
    let (running, starting) = job.running_and_starting();
    let all = (running + starting).saturating_sub(left);
    (all.saturating_sub(starting), all.min(starting))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::tests::{patch, target};
    use super::*;
    use crate::facts::{Begun, RETRYING};

    const NO: Wish = Wish { parallelism: None, completions: None, now: false };

    fn to(parallelism: u32) -> Wish {
        Wish { parallelism: Some(parallelism), ..NO }
    }

    #[test]
    fn raising_is_at_once_and_guarded_by_what_was_seen() {
        let running = target(&json!({"status": {"active": 3}}));
        let want = json!({"metadata": {"uid": "u", "resourceVersion": "7"}, "spec": {"parallelism": 9}});
        assert_eq!(patch(scale(&running, &to(9))), want);
        assert_eq!(scale(&running, &to(3)), Ok(Change::None));
    }

    #[test]
    fn lowering_below_what_runs_needs_to_be_meant() {
        let running = target(&json!({"status": {"active": 3}}));
        assert_eq!(
            scale(&running, &to(1)),
            Err(Refusal::WouldStop { running: 2, starting: 0, parallelism: 1, indexed: true })
        );
        let now = patch(scale(&running, &Wish { now: true, ..to(1) }));
        assert_eq!(now, json!({"metadata": {"uid": "u"}, "spec": {"parallelism": 1}}));
        // With one index left, two of the three are not used.
        let nearly_done = target(&json!({"status": {"active": 1}}));
        assert_eq!(patch(scale(&nearly_done, &to(1)))["spec"], json!({"parallelism": 1}));
        let suspended = target(&json!({"spec": {"suspend": true}}));
        assert_eq!(patch(scale(&suspended, &to(0)))["spec"], json!({"parallelism": 0}));
    }

    #[test]
    fn what_a_retry_has_begun_stays_as_it_is() {
        let begun = target(&json!({"metadata": {"annotations": {RETRYING: "status.a.b"}}, "spec": {"suspend": true}}));
        assert_eq!(scale(&begun, &to(9)), Err(Refusal::HalfMade(Begun::ByRetry)));
    }

    #[test]
    fn a_drain_that_was_interrupted_is_over() {
        let annotations = json!({PARALLELISM: "8"});
        let drained = target(&json!({"metadata": {"annotations": annotations}}));
        for parallelism in [3, 8] {
            let patch = patch(scale(&drained, &to(parallelism)));
            assert_eq!(patch["metadata"]["annotations"], json!({PARALLELISM: null}));
            assert_eq!(patch["spec"]["parallelism"], parallelism);
        }
    }

    #[test]
    fn completions_change_only_with_parallelism() {
        let more = Wish { completions: Some(9), ..NO };
        let alone = Err(Refusal::CompletionsAlone { completions: 9 });
        assert_eq!(scale(&target(&json!({})), &more), alone);
        assert_eq!(scale(&target(&json!({})), &Wish { parallelism: Some(4), ..more }), alone);
        let both = json!({"completions": 9, "parallelism": 9});
        assert_eq!(patch(scale(&target(&json!({})), &Wish { parallelism: Some(9), ..more }))["spec"], both);
        let all_at_once = target(&json!({"spec": {"parallelism": 5}}));
        assert_eq!(patch(scale(&all_at_once, &more))["spec"], both);
        let work_queue = target(&json!({"spec": {"completionMode": "NonIndexed"}}));
        assert_eq!(scale(&work_queue, &more), Err(Refusal::NotIndexed));
        let numbered = target(&json!({"metadata": {"annotations": {"kubectl-indexedjob/numbers": "1-5"}}}));
        assert_eq!(scale(&numbered, &more), Err(Refusal::Numbered));
    }

    #[test]
    fn fewer_completions_forget_what_is_beyond() {
        let fewer = Wish { completions: Some(2), parallelism: Some(2), now: false };
        let forgets = |status: Value| scale(&target(&json!({"status": status})), &fewer).is_err();
        assert!(forgets(json!({"completedIndexes": "0-2"})));
        assert!(forgets(json!({"failedIndexes": "4"})));
        assert!(forgets(json!({"active": 1})));
        assert!(!forgets(json!({"completedIndexes": "0,1"})));
        let all = target(&json!({"status": {"completedIndexes": "0-2", "active": 2}}));
        let both = json!({"completions": 2, "parallelism": 2});
        assert_eq!(patch(scale(&all, &Wish { now: true, ..fewer }))["spec"], both);
    }
}
