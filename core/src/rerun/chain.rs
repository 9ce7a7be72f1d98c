//! Which Jobs are runs of which, and what is done in all of them together.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_json::Value;

use super::{CHAIN, FIRST_RUN, Mark, RETRIED, RETRY, annotation};
use crate::facts::JobFacts;
use crate::index_set::IndexSet;
use crate::text::shown;

/// A Job and its place in a chain.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it says of itself.
    pub facts: JobFacts,
    /// The whole object.
    pub json: Value,
    /// Its mark while it is being made; None for a run that was released, and for the first Job.
    pub mark: Option<Mark>,
    /// Its place: 0 for the first Job.
    place: u32,
    /// The numbers of all its tasks.
    numbers: IndexSet,
    /// The numbers of the tasks that it was made to run; None for the first Job, which runs all.
    retried: Option<IndexSet>,
    /// The numbers of tasks that count as done in it although they are not.
    skipped: IndexSet,
}

/// The first Job and its later runs, as far as they are there.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Oldest first; never empty.
    runs: Vec<Run>,
}

impl Run {
    /// None where `job` is none.
    fn of(job: Value) -> Option<Self> {
        let facts = JobFacts::deserialize(&job).ok()?;
        let numbers = facts.numbering.numbers(&IndexSet::all(facts.completions));
        let place = annotation(&job, RETRY).and_then(|place| place.parse().ok()).unwrap_or(0);
        // A set that makes no sense (somebody changed it) is one that says nothing.
        let set = |key| annotation(&job, key).and_then(|text| IndexSet::parse(text, facts.completions).ok());
        let (retried, skipped) = (set(RETRIED).filter(|_| place > 0), facts.numbering.numbers(&facts.skipped));
        Some(Self { mark: Mark::of(&job), place, numbers, retried, skipped, facts, json: job })
    }

    /// The numbers of its tasks that are done, in it or before it.
    fn done(&self) -> IndexSet {
        self.facts.numbering.numbers(&self.facts.succeeded)
    }

    /// The numbers of the tasks that it was made to run.
    #[must_use]
    pub fn ran(&self) -> &IndexSet {
        self.retried.as_ref().unwrap_or(&self.numbers)
    }

    /// The numbers of those of its tasks that are not done and that nobody asked it to run.
    #[must_use]
    pub fn skipped(&self) -> &IndexSet {
        &self.skipped
    }

    /// The numbers of all its tasks.
    #[must_use]
    pub fn numbers(&self) -> &IndexSet {
        &self.numbers
    }

    /// The name of the first Job of its chain.
    #[must_use]
    pub fn first_name(&self) -> &str {
        annotation(&self.json, FIRST_RUN).unwrap_or(&self.facts.name)
    }
}

/// The uid of the first Job of the chain that `job` belongs to: its own, where it is no later run.
#[must_use]
fn chain_of(job: &Value) -> &str {
    job["metadata"]["labels"][CHAIN].as_str().or_else(|| job["metadata"]["uid"].as_str()).unwrap_or_default()
}

impl Chain {
    /// The chain of `job`, whose later runs are among `others`: Jobs with the label [`CHAIN`], of any chain. None where
    /// `job` is no Job.
    #[must_use]
    pub fn of(job: Value, others: Vec<Value>) -> Option<Self> {
        let (chain, uid) = (chain_of(&job).to_owned(), job["metadata"]["uid"].clone());
        let own = Run::of(job)?;
        let others = others.into_iter().filter(|other| chain_of(other) == chain && other["metadata"]["uid"] != uid);
        let mut runs: Vec<Run> = std::iter::once(own).chain(others.filter_map(Run::of)).collect();
        runs.sort_by_key(|run| (run.place, run.facts.created));
        Some(Self { runs })
    }

    /// The name and uid of the first Job of the chain of `job`; None where that is no later run.
    #[must_use]
    pub fn first_of(job: &Value) -> Option<(&str, &str)> {
        Some((annotation(job, FIRST_RUN)?, job["metadata"]["labels"][CHAIN].as_str()?))
    }

    /// The newest of the runs among `others` whose first Job was called `name`: what is left of a chain whose first Job
    /// is gone.
    #[must_use]
    pub fn orphaned<'a>(name: &str, others: &'a [Value]) -> Option<&'a Value> {
        let of_name = others.iter().filter(|job| annotation(job, FIRST_RUN) == Some(name));
        of_name.max_by_key(|job| job["metadata"]["creationTimestamp"].as_str())
    }

    /// The uid of the first Job, be it there or gone.
    #[must_use]
    pub fn uid(&self) -> &str {
        chain_of(&self.runs[0].json)
    }

    /// The name of the first Job, be it there or gone.
    #[must_use]
    pub fn first_name(&self) -> &str {
        self.runs[0].first_name()
    }

    /// All runs, oldest first, those included that are being made.
    #[must_use]
    pub fn all(&self) -> &[Run] {
        &self.runs
    }

    /// All runs whose indexes mean the same tasks as those of `base`, which is one of them; only their pods can be those
    /// of a run like it.
    pub fn like(&self, base: &Run) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.numbers == base.numbers)
    }

    /// The runs that were released, oldest first.
    #[must_use]
    pub fn runs(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.iter().filter(|run| run.mark.is_none())
    }

    /// The newest run that was released; None where there is only one that is being made.
    #[must_use]
    pub fn newest(&self) -> Option<&Run> {
        self.runs().next_back()
    }

    /// The newest run that was released is now so.
    pub fn observe_newest(&mut self, facts: JobFacts) {
        if let Some(newest) = self.runs.iter_mut().rfind(|run| run.mark.is_none()) {
            newest.facts = facts;
        }
    }

    /// A run that is being made, the oldest where there are several.
    #[must_use]
    pub fn half_made(&self) -> Option<&Run> {
        self.runs.iter().find(|run| run.mark.is_some())
    }

    /// The place of the next run.
    #[must_use]
    pub fn next_place(&self) -> u32 {
        self.runs.iter().map(|run| run.place).max().unwrap_or(0).saturating_add(1)
    }

    /// The runs that are left without those of these uids; None where none is that was released.
    pub(super) fn without(&self, uids: &BTreeSet<String>) -> Option<Self> {
        let runs: Vec<Run> = self.runs.iter().filter(|run| !uids.contains(&run.facts.uid)).cloned().collect();
        let rest = Self { runs };
        rest.newest().is_some().then_some(rest)
    }

    /// The numbers of all tasks.
    #[must_use]
    pub fn numbers(&self) -> IndexSet {
        self.runs().fold(IndexSet::new(), |all, run| all.union(&run.numbers))
    }

    /// The numbers of the tasks that are done: of each the newest run decides that has it and did not skip it.
    #[must_use]
    pub fn done(&self) -> IndexSet {
        let (mut decided, mut done) = (IndexSet::new(), IndexSet::new());
        for run in self.runs().rev() {
            done = done.union(&run.done().difference(&decided));
            decided = decided.union(&run.numbers.difference(&run.skipped));
        }
        done
    }

    /// Each run, newest first, with the numbers of those tasks that it was the last to run: their logs and causes are
    /// there.
    #[must_use]
    pub fn last_runs(&self) -> Vec<(&Run, IndexSet)> {
        last_of(self.runs().rev())
    }

    /// The runs before the one of this uid, newest first, each with the numbers of those tasks that it was the last of them
    /// to run.
    #[must_use]
    pub fn before(&self, uid: &str) -> Vec<(&Run, IndexSet)> {
        last_of(self.runs().rev().skip_while(|run| run.facts.uid != uid).skip(1))
    }

    /// Is the newest run a later one than that called `name`? One that is gone was the first.
    #[must_use]
    pub fn is_before_newest(&self, name: &str) -> bool {
        self.newest().is_some_and(|newest| newest.place > self.place_of(name))
    }

    fn place_of(&self, name: &str) -> u32 {
        self.runs.iter().find(|run| run.facts.name == name).map_or(0, |run| run.place)
    }

    /// What is said of a Job that was retried: `retried as x-r1 (2/3 done)`, and of the tasks that the newest run left out,
    /// how many are not done. None where it was not retried. Only runs after the one called `name` count.
    #[must_use]
    pub fn retried_as(&self, name: &str) -> Option<String> {
        let newest = self.newest().filter(|_| self.is_before_newest(name))?;
        let (ran, done) = (newest.ran(), newest.done());
        let finished = ran.intersection(&done).len();
        let left = match self.numbers().difference(&self.done()).difference(ran).len() {
            0 => String::new(),
            1 => "; 1 more task is not done".to_owned(),
            left => format!("; {left} more tasks are not done"),
        };
        Some(format!("retried as {} ({finished}/{} done){left}", shown(&newest.facts.name), ran.len()))
    }
}

/// Of `runs`, newest first, each with the numbers that none before it ran.
fn last_of<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<(&'a Run, IndexSet)> {
    let mut told = IndexSet::new();
    let mut parts = Vec::new();
    for run in runs {
        let own = run.ran().difference(&told);
        told = told.union(&own);
        parts.push((run, own));
    }
    parts
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::super::SKIPPED;
    use super::*;

    pub(in crate::rerun) fn run(name: &str, place: u32, completed: &str, annotations: &Value) -> Value {
        let mut job = json!({
            "metadata": {"name": name, "uid": name, "annotations": annotations},
            "spec": {"completionMode": "Indexed", "completions": 10},
            "status": {"completedIndexes": completed},
        });
        if place > 0 {
            job["metadata"]["annotations"][RETRY] = json!(place.to_string());
            job["metadata"]["annotations"][FIRST_RUN] = json!("x");
            job["metadata"]["labels"] = json!({CHAIN: "x"});
        }
        job
    }

    fn chain(others: Vec<Value>) -> Chain {
        Chain::of(run("x", 0, "0-5", &json!({})), others).unwrap()
    }

    #[test]
    fn jobs_of_other_chains_are_none_of_it() {
        let mut other = run("y-r1", 1, "", &json!({}));
        other["metadata"]["labels"][CHAIN] = json!("y");
        let chain = chain(vec![other, run("x-r1", 1, "0-6", &json!({RETRIED: "6-9"}))]);
        assert_eq!(chain.all().len(), 2);
        assert_eq!((chain.uid(), chain.first_name(), chain.next_place()), ("x", "x", 2));
        assert_eq!(chain.newest().unwrap().facts.name, "x-r1");
    }

    #[test]
    fn what_is_done_is_done_in_all_runs_together() {
        assert_eq!(chain(vec![]).done().to_string(), "0-5");
        // 8 and 9 were left out: that they count as done in the run says nothing.
        let r1 = run("x-r1", 1, "0-6,8,9", &json!({RETRIED: "6,7", SKIPPED: "8,9"}));
        assert_eq!(chain(vec![r1.clone()]).done().to_string(), "0-6");
        let mut r2 = run("x-r2", 2, "0", &json!({RETRIED: "8,9"}));
        r2["metadata"]["annotations"]["kubectl-indexedjob/numbers"] = json!("8,9");
        r2["spec"]["completions"] = json!(2);
        let chain = chain(vec![r2, r1]);
        assert_eq!(chain.done().to_string(), "0-6,8");
        let parts: Vec<_> =
            chain.last_runs().iter().map(|(run, own)| (run.facts.name.clone(), own.to_string())).collect();
        let want = [("x-r2", "8,9"), ("x-r1", "6,7"), ("x", "0-5")];
        assert_eq!(parts, want.map(|(name, own)| (name.to_owned(), own.to_owned())));
        let before: Vec<_> = chain.before("x-r2").iter().map(|(_, own)| own.to_string()).collect();
        assert_eq!(before, ["6,7", "0-5,8,9"]);
        assert!(chain.before("x").is_empty());
        assert_eq!(chain.retried_as("x").unwrap(), "retried as x-r2 (1/2 done); 1 more task is not done");
        assert_eq!(chain.retried_as("x-r2"), None);
    }

    #[test]
    fn equal_completions_do_not_mean_equal_tasks() {
        let mut r1 = run("x-r1", 1, "", &json!({"kubectl-indexedjob/numbers": "10-19"}));
        r1["metadata"]["annotations"][RETRIED] = json!("10-19");
        let chain = chain(vec![r1, run("x-r2", 2, "", &json!({RETRIED: "6-9"}))]);
        let like: Vec<_> = chain.like(&chain.all()[0]).map(|run| run.facts.name.as_str()).collect();
        assert_eq!(like, ["x", "x-r2"]);
    }

    #[test]
    fn a_place_that_makes_no_sense_does_not_overflow() {
        assert_eq!(chain(vec![run("x-r1", u32::MAX, "", &json!({}))]).next_place(), u32::MAX);
    }

    #[test]
    fn an_index_that_is_run_again_is_as_its_last_run_left_it() {
        let r1 = run("x-r1", 1, "1-9", &json!({RETRIED: "0,6-9"}));
        assert_eq!(chain(vec![r1]).done().to_string(), "1-9");
    }

    #[test]
    fn a_run_that_is_being_made_tells_nothing_yet() {
        let begun = run("x-r1", 1, "", &json!({RETRIED: "6-9", super::super::RETRYING: "status.0123456789abcdef"}));
        let chain = chain(vec![begun]);
        assert_eq!((chain.done().to_string(), chain.retried_as("x")), ("0-5".to_owned(), None));
        assert_eq!(chain.half_made().unwrap().facts.name, "x-r1");
    }

    #[test]
    fn a_chain_whose_first_job_is_gone_is_found_by_its_name() {
        let (r1, r2) =
            (run("x-r1", 1, "0-6", &json!({RETRIED: "6-9"})), run("x-r2", 2, "0-8", &json!({RETRIED: "7-9"})));
        let others = vec![r1, r2];
        let found = Chain::orphaned("x", &others).unwrap().clone();
        let chain = Chain::of(found, others).unwrap();
        assert_eq!((chain.uid(), chain.first_name(), chain.done().to_string()), ("x", "x", "0-8".to_owned()));
        assert!(Chain::orphaned("y", &[]).is_none());
    }
}
