//! What is to be run again, out of which run, and what counts as done there.

use serde_json::{Value, json};

use super::{CHAIN, Chain, FIRST_RUN, RETRIED, RETRY, RETRY_OF, Run, SKIPPED};
use crate::index_set::IndexSet;
use crate::manifest::Problem;

/// The lists of tasks share the 256 KiB of all annotations with what is done and with the user's own.
const LIST_BYTES: usize = 64 << 10;

/// What a retry is asked for.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The run to begin with: the newest that has all that is to be run.
    pub base: &'a Run,
    /// The numbers of the tasks to run.
    pub numbers: IndexSet,
    /// Their indexes in `base`.
    pub todo: IndexSet,
    /// All other indexes of `base`, which shall not run.
    pub done: IndexSet,
    /// The numbers of those of them that are not done: nobody asked for them.
    pub skipped: IndexSet,
    /// The numbers that were picked and are left out, because they are done.
    pub left_out: IndexSet,
}

/// Why there is nothing to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// All that was picked is done; these numbers.
    Done(IndexSet),
    /// No run that is still there has all of these numbers.
    Scattered(IndexSet),
}

/// What is to be run of `chain`. `picked` are the numbers that were asked for; those that are done are left out unless
/// `again`.
///
/// # Errors
/// There is nothing to run.
pub fn ask<'a>(chain: &'a Chain, picked: &IndexSet, again: bool) -> Result<Ask<'a>, Nothing> {
    let done = chain.done();
    let left_out = if again { IndexSet::new() } else { picked.intersection(&done) };
    let numbers = picked.difference(&left_out);
    if numbers.is_empty() {
        return Err(Nothing::Done(left_out));
    }
    let has_all = |run: &&Run| numbers.difference(run.numbers()).is_empty();
    let base = chain.runs().rev().find(has_all).ok_or_else(|| Nothing::Scattered(numbers.clone()))?;
    let todo = base.facts.numbering.indexes(&numbers);
    let rest = base.numbers().difference(&numbers);
    Ok(Ask {
        done: base.facts.numbering.indexes(&rest),
        skipped: rest.difference(&done),
        base,
        numbers,
        todo,
        left_out,
    })
}

impl Ask<'_> {
    /// Says in `job`, the new run, what it is a run of and what it runs.
    ///
    /// # Errors
    /// What must be remembered does not fit into an annotation.
    pub fn describe(&self, job: &mut Value, chain: &Chain) -> Result<(), Problem> {
        let metadata = &mut job["metadata"];
        metadata["labels"][CHAIN] = json!(chain.uid());
        let annotations = &mut metadata["annotations"];
        annotations[RETRY_OF] = json!(self.base.facts.name);
        annotations[FIRST_RUN] = json!(chain.first_name());
        annotations[RETRY] = json!(chain.next_place().to_string());
        let retried = self.numbers.compact();
        if retried.len() <= LIST_BYTES {
            annotations[RETRIED] = json!(retried);
        }
        let skipped = self.skipped.compact();
        if skipped.len() > LIST_BYTES {
            return Err(Problem::new("too many tasks are neither done nor picked to be remembered in an annotation")
                .hint("pick all that are not done, or a more regular set"));
        }
        if !skipped.is_empty() {
            annotations[SKIPPED] = json!(skipped);
        }
        Ok(())
    }
}

/// What the next run of `chain` is called: the name of the first Job, cut where its pods would have too long a name, and
/// `-r1`, `-r2`, ...
#[must_use]
pub fn next_name(chain: &Chain, completions: u32) -> String {
    let end = format!("-r{}", chain.next_place());
    let last = completions.saturating_sub(1).to_string();
    // A pod is called NAME-INDEX, at most 63 characters.
    let longest = 62 - last.len() - end.len();
    let first = chain.first_name();
    let begin = first.char_indices().nth(longest).map_or(first, |(cut, _)| &first[..cut]);
    format!("{}{end}", begin.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{CHAIN, RETRIED, RETRY, SKIPPED};
    use super::*;

    fn job(completed: &str, numbers: &str) -> Value {
        json!({
            "metadata": {"name": "x", "uid": "x", "annotations": {"kubectl-indexedjob/numbers": numbers}},
            "spec": {"completionMode": "Indexed", "completions": 10},
            "status": {"completedIndexes": completed},
        })
    }

    fn set(text: &str) -> IndexSet {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_done_is_left_out_and_what_nobody_asked_for_is_remembered() {
        let chain = Chain::of(job("0-5", ""), vec![]).unwrap();
        let asked = ask(&chain, &set("4-7"), false).unwrap();
        assert_eq!((asked.todo, asked.done), (set("6,7"), set("0-5,8,9")));
        assert_eq!((asked.skipped, asked.left_out), (set("8,9"), set("4,5")));
        assert_eq!(ask(&chain, &set("4-7"), true).unwrap().todo, set("4-7"));
        assert_eq!(ask(&chain, &set("1,2"), false).unwrap_err(), Nothing::Done(set("1,2")));
    }

    #[test]
    fn a_run_says_what_it_is() {
        let chain = Chain::of(job("0-5", ""), vec![]).unwrap();
        let mut new = json!({});
        ask(&chain, &set("6,7"), false).unwrap().describe(&mut new, &chain).unwrap();
        assert_eq!(new["metadata"]["labels"], json!({CHAIN: "x"}));
        assert_eq!(
            new["metadata"]["annotations"],
            json!({RETRY_OF: "x", FIRST_RUN: "x", RETRY: "1", RETRIED: "6,7", SKIPPED: "8,9"})
        );
    }

    #[test]
    fn a_long_name_is_cut_so_that_its_pods_have_one() {
        let mut long = job("", "");
        assert_eq!(next_name(&Chain::of(long.clone(), vec![]).unwrap(), 10), "x-r1");
        long["metadata"]["name"] = json!("a".repeat(57) + "-bcd");
        let name = next_name(&Chain::of(long, vec![]).unwrap(), 1_000);
        assert_eq!((name.len(), name.ends_with("a-r1")), (59, true), "{name}");
    }

    #[test]
    fn people_speak_of_numbers_and_jobs_of_indexes() {
        let chain = Chain::of(job("0-7", "1-10"), vec![]).unwrap();
        let asked = ask(&chain, &set("1-10"), false).unwrap();
        assert_eq!((asked.numbers, asked.todo, asked.done), (set("9,10"), set("8,9"), set("0-7")));
    }

    #[test]
    fn what_a_smaller_run_does_not_have_comes_from_the_one_before() {
        let mut r1 = job("0", "7,8");
        r1["metadata"] = json!({"name": "x-r1", "uid": "r1", "labels": {CHAIN: "x"}, "annotations": {
            "kubectl-indexedjob/numbers": "7,8", RETRY: "1", RETRIED: "7,8", SKIPPED: "",
        }});
        r1["spec"]["completions"] = json!(2);
        let chain = Chain::of(job("0-5", ""), vec![r1]).unwrap();
        let names = |picked: &str| ask(&chain, &set(picked), false).unwrap().base.facts.name.clone();
        assert_eq!((names("8"), names("0-9")), ("x-r1".to_owned(), "x".to_owned()));
        let all = ask(&chain, &set("0-9"), false).unwrap();
        assert_eq!((all.todo, all.done), (set("6,8,9"), set("0-5,7")));
    }
}
