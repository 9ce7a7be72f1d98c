//! All runs of a chain as if they were one Job: the tasks that any of them has, each as the last run left it that ran it.

use super::{Chain, Run};
use crate::facts::{FailedIndexes, JobFacts, Outcome, Phase, PodFacts, Verdict};
use crate::index_set::IndexSet;
use crate::numbering::{Number, Numbering};

impl Chain {
    /// The facts of such a Job; None where no run was released. What it does now is what the newest run does, and its end is
    /// that of the newest run, unless that is complete and tasks are not done that it left out: then it has failed as the
    /// last run did that failed. What it ran it may leave undone, by its success policy.
    #[must_use]
    pub fn together(&self) -> Option<JobFacts> {
        let newest = &self.newest()?.facts;
        let numbering = Numbering::new(self.numbers());
        Some(JobFacts {
            name: self.first_name().to_owned(),
            created: self.runs().next().and_then(|first| first.facts.created),
            completions: self.numbers().len(),
            verdict: self.verdict(),
            skipped: IndexSet::new(),
            // Of what the newest run left out that tells nothing.
            complete_means_all: false,
            retry_of: None,
            succeeded: numbering.indexes(&self.done()),
            failed: FailedIndexes::Known(numbering.indexes(&self.failed())),
            failed_pods: self.runs().map(|run| run.facts.failed_pods).fold(0, u32::saturating_add),
            numbering,
            ..newest.clone()
        })
    }

    fn verdict(&self) -> Option<Verdict> {
        let own = self.newest()?.facts.verdict.clone();
        let is_complete = own.as_ref().is_some_and(|verdict| verdict.outcome == Outcome::Complete);
        let left_out = self.numbers().difference(self.newest()?.ran()).difference(&self.done());
        let has_failed = |verdict: &Verdict| matches!(verdict.outcome, Outcome::Failed { .. });
        let failed = || self.runs().rev().filter_map(|run| run.facts.verdict.clone()).find(has_failed);
        if !is_complete || left_out.is_empty() {
            return own;
        }
        // It has not ended before its newest run has.
        let settled = own.as_ref().is_some_and(|own| own.settled);
        failed().map(|failed| Verdict { settled, ..failed }).or(own)
    }

    /// `pods`, attempts that `run` made, as attempts of such a Job.
    #[must_use]
    pub fn attempts_of(&self, run: &Run, pods: Vec<PodFacts>) -> Vec<PodFacts> {
        let (own, all) = (&run.facts.numbering, Numbering::new(self.numbers()));
        let done = self.done();
        let told = |mut pod: PodFacts| {
            let number = own.number(pod.index?).0;
            // It was to be run again, and that decides.
            let is_past = pod.phase == Phase::Succeeded && !done.contains(number) && !self.is_last_of(run, number);
            let is_own = run.ran().contains(number) && !is_past;
            pod.index = Some(all.index(Number(number))?);
            is_own.then_some(pod)
        };
        pods.into_iter().filter_map(told).collect()
    }

    fn is_last_of(&self, run: &Run, number: u32) -> bool {
        let last = self.runs().rev().find(|run| run.ran().contains(number));
        last.is_some_and(|last| last.facts.uid == run.facts.uid)
    }

    /// The numbers of the tasks that failed for good in the last run that ran them, and that nobody runs now.
    fn failed(&self) -> IndexSet {
        let failed = |(run, own): (&Run, IndexSet)| {
            let is_over = run.facts.verdict.as_ref().is_some_and(|verdict| verdict.settled);
            let told = match &run.facts.failed {
                FailedIndexes::Known(failed) => run.facts.numbering.numbers(failed),
                // It has no limit per index: what is not done when it has ended has failed with it.
                FailedIndexes::NotCounted if is_over => own.clone(),
                FailedIndexes::NotCounted => IndexSet::new(),
            };
            own.intersection(&told)
        };
        let all = self.last_runs().into_iter().map(failed).fold(IndexSet::new(), |all, failed| all.union(&failed));
        all.difference(&self.done())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::chain::tests::run;
    use super::super::{RETRIED, SKIPPED};
    use super::*;
    use crate::facts::INDEX_KEY;

    fn pod(name: &str, index: u32, phase: &str) -> PodFacts {
        serde_json::from_value(json!({
            "metadata": {"name": name, "uid": name, "annotations": {INDEX_KEY: index.to_string()}},
            "spec": {"containers": [{"name": "w"}]}, "status": {"phase": phase},
        }))
        .unwrap()
    }

    fn first(failed: &str) -> Value {
        let mut x = run("x", 0, "0-5", &json!({}));
        x["spec"]["backoffLimitPerIndex"] = json!(0);
        x["status"]["failedIndexes"] = json!(failed);
        x
    }

    /// x has run 0-9, of which 6 to 9 failed; x-r1, a smaller one, has 7 and 9, of which 9 is done and 7 runs.
    fn chain() -> Chain {
        let numbers = json!({RETRIED: "7,9", "kubectl-indexedjob/numbers": "7,9"});
        let mut r1 = run("x-r1", 1, "1", &numbers);
        r1["spec"]["completions"] = json!(2);
        r1["status"]["active"] = json!(1);
        Chain::of(first("6-9"), vec![r1]).unwrap()
    }

    #[test]
    fn each_task_is_as_its_last_run_left_it() {
        let together = chain().together().unwrap();
        assert_eq!((together.name.as_str(), together.completions, together.active), ("x", 10, 1));
        assert_eq!(together.succeeded.to_string(), "0-5,9");
        assert_eq!(together.failed_for_good().to_string(), "6,8", "7 runs again");
    }

    #[test]
    fn attempts_are_those_of_the_tasks_that_a_run_ran() {
        let chain = chain();
        let [x, r1] = chain.all() else { panic!("two runs") };
        let indexes = |run, pods| -> Vec<u32> {
            chain.attempts_of(run, pods).into_iter().filter_map(|pod| pod.index.map(|index| index.0)).collect()
        };
        assert_eq!(indexes(r1, vec![pod("a", 0, "Running"), pod("b", 1, "Succeeded")]), [7, 9]);
        assert_eq!(indexes(x, vec![pod("c", 7, "Failed"), pod("d", 9, "Failed")]), [7, 9]);
    }

    #[test]
    fn what_was_taken_over_or_left_out_is_no_attempt_of_the_run_that_has_it() {
        let r1 = run("x-r1", 1, "0-9", &json!({RETRIED: "6,7", SKIPPED: "8,9"}));
        let chain = Chain::of(first("6-9"), vec![r1]).unwrap();
        let r1 = &chain.all()[1];
        assert!(chain.attempts_of(r1, vec![pod("x-0-abc", 0, "Succeeded")]).is_empty());
        assert_eq!(chain.together().unwrap().failed_for_good().to_string(), "8,9");
    }

    #[test]
    fn a_chain_with_tasks_that_are_not_done_is_not_complete() {
        let ended = |kind: &str| json!([{"type": kind, "status": "True", "reason": "FailedIndexes", "message": "m"}]);
        let mut x = first("6-9");
        x["status"]["conditions"] = ended("Failed");
        let chain = |condition: &str, completed: &str, retried: &str, skipped: &str| {
            let mut r1 = run("x-r1", 1, completed, &json!({RETRIED: retried, SKIPPED: skipped}));
            r1["status"]["conditions"] = ended(condition);
            Chain::of(x.clone(), vec![r1]).unwrap().together().unwrap().verdict.unwrap()
        };
        let open = chain("SuccessCriteriaMet", "0-9", "6,7", "8,9");
        assert!(matches!(open, Verdict { outcome: Outcome::Failed { .. }, settled: false }), "its pods are stopping");
        let failed = chain("Complete", "0-9", "6,7", "8,9");
        assert!(matches!(failed, Verdict { outcome: Outcome::Failed { .. }, settled: true }));
        assert_eq!(chain("Complete", "0-9", "6,7", "").outcome, Outcome::Complete);
        let by_policy = chain("Complete", "0-7", "6-9", "");
        assert_eq!(by_policy.outcome, Outcome::Complete, "a success policy asks for no more");
    }

    #[test]
    fn a_success_that_was_not_wanted_any_more_does_not_hide_the_failure_after_it() {
        let mut r1 = run("x-r1", 1, "0-2,4-9", &json!({RETRIED: "3,6-9"}));
        r1["spec"]["backoffLimitPerIndex"] = json!(0);
        r1["status"]["failedIndexes"] = json!("3");
        let chain = Chain::of(first("6-9"), vec![r1]).unwrap();
        assert!(chain.attempts_of(&chain.all()[0], vec![pod("x-3-abc", 3, "Succeeded")]).is_empty());
        assert_eq!(chain.together().unwrap().failed_for_good().to_string(), "3");
    }
}
