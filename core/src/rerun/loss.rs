//! What goes with a run that is deleted, although other runs of its chain count on it.

use std::collections::BTreeSet;

use super::{Chain, EndedPod, Run, Way};
use crate::index_set::IndexSet;

/// What other runs lose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// The run that is being made, and learns from those that go what is done; None where none is.
    pub half_made: Option<String>,
    /// The numbers of tasks that no run that stays knows to be done: the next retry runs them again.
    pub forgotten: IndexSet,
    /// The numbers of tasks that no run that stays has: smaller runs know of their own alone.
    pub unknown: IndexSet,
}

impl Chain {
    /// What is lost with the Jobs of these uids. Nothing where the whole chain goes.
    #[must_use]
    pub fn loss(&self, going: &BTreeSet<String>) -> Loss {
        let stays = |run: &&Run| !going.contains(&run.facts.uid);
        let half_made = self.all().iter().filter(stays).find(|run| run.mark.is_some());
        let goes_before =
            |half_made: &&Run| self.runs().any(|run| !stays(&run) && run.facts.uid != half_made.facts.uid);
        let half_made = half_made.filter(goes_before).map(|run| run.facts.name.clone());
        let Some(rest) = self.without(going) else { return Loss { half_made, ..Loss::default() } };
        let forgotten = self.done().difference(&rest.done()).intersection(&rest.numbers());
        Loss { half_made, forgotten, unknown: self.numbers().difference(&rest.numbers()) }
    }
}

/// Of the pods that the run `job` has, how many it took over from each of the Jobs of `chain` that stay; their names.
#[must_use]
pub fn taken_pods<'a>(
    run: &Run,
    chain: &'a Chain,
    pods: &[EndedPod],
    going: &BTreeSet<String>,
) -> Vec<(&'a str, usize)> {
    let from =
        |giver: &Run| pods.iter().filter(|pod| pod.is_owned_by(&run.facts.uid) && pod.was_of(&giver.facts.uid)).count();
    let staying = chain.all().iter().filter(|giver| !going.contains(&giver.facts.uid));
    staying.map(|giver| (giver.facts.name.as_str(), from(giver))).filter(|(_, count)| *count > 0).collect()
}

impl Run {
    /// Has it taken over pods of other runs, or may it be about to?
    #[must_use]
    pub fn takes_pods(&self) -> bool {
        self.facts.manual_selector || self.mark.as_ref().is_some_and(|mark| mark.way == Way::Adopt)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::chain::tests::run;
    use super::super::{RETRIED, RETRYING, SKIPPED};
    use super::*;

    fn loss(others: Vec<Value>, going: &[&str]) -> Loss {
        let chain = Chain::of(run("x", 0, "0-5", &json!({})), others).unwrap();
        chain.loss(&going.iter().map(|uid| (*uid).to_owned()).collect())
    }

    #[test]
    fn what_a_later_run_counts_is_not_lost_with_the_first_one() {
        let r1 = run("x-r1", 1, "0-9", &json!({RETRIED: "6-9"}));
        assert_eq!(loss(vec![r1.clone()], &["x"]), Loss::default());
        assert_eq!(loss(vec![r1.clone()], &["x", "x-r1"]), Loss::default());
        assert_eq!(loss(vec![r1], &["x-r1"]).forgotten.to_string(), "6-9");
    }

    #[test]
    fn what_one_run_alone_knows_is_lost_with_it() {
        // 6 was done by r1; r2 is of 8 and 9 alone, and counts neither 6 nor 7.
        let r1 = run("x-r1", 1, "0-6,8,9", &json!({RETRIED: "6,7", SKIPPED: "8,9"}));
        let mut r2 = run("x-r2", 2, "0", &json!({RETRIED: "8,9", "kubectl-indexedjob/numbers": "8,9"}));
        r2["spec"]["completions"] = json!(2);
        assert_eq!(loss(vec![r1.clone(), r2.clone()], &["x-r1"]).forgotten.to_string(), "6");
        // Of the rest of the tasks r2 knows nothing.
        let lost = loss(vec![r1, r2], &["x", "x-r1"]);
        assert_eq!((lost.forgotten, lost.unknown.to_string()), (IndexSet::new(), "0-7".to_owned()));
    }

    #[test]
    fn a_run_that_is_being_made_still_needs_its_source() {
        let begun = || run("x-r1", 1, "", &json!({RETRIED: "6-9", RETRYING: "adopt.0123456789abcdef."}));
        assert_eq!(loss(vec![begun()], &["x"]).half_made.as_deref(), Some("x-r1"));
        assert_eq!(loss(vec![begun()], &["x-r1"]), Loss::default());
        assert_eq!(loss(vec![begun()], &["x", "x-r1"]), Loss::default());
    }
}
