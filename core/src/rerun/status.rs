//! `--via=status`: the status of the new Job is told which indexes are done.

use serde_json::{Value, json};

use super::{Step, Wanted};
use crate::facts::PodFacts;
use crate::index_set::IndexSet;

/// Indexes as `status.completedIndexes` must have them: ascending, each once, below completions.
///
/// Before 1.32 the server checks nothing, and a list out of order or with a repetition makes the controller-manager of
/// the whole cluster crash (seen on 1.30). So there is no other way to make one than [`new`](Self::new), which reads its
/// own text back by the controller's rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletedIndexes {
    text: String,
    set: IndexSet,
}

/// A text that is not what was meant; a bug of this program, which must not reach a cluster.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list of done indexes is not canonical and was not sent")]
pub struct NotCanonical;

impl CompletedIndexes {
    /// `set` as text, read back and compared; `completions` is how many indexes the Job has.
    ///
    /// # Errors
    /// The text does not say what is meant, or an index is not below `completions`.
    pub fn new(set: &IndexSet, completions: u32) -> Result<Self, NotCanonical> {
        let text = set.to_string();
        let read = strictly(&text, completions).ok_or(NotCanonical)?;
        if !read.iter().copied().eq(set.iter()) {
            return Err(NotCanonical);
        }
        Ok(Self { text, set: set.clone() })
    }

    /// As the API takes it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The indexes.
    #[must_use]
    pub fn set(&self) -> &IndexSet {
        &self.set
    }
}

/// The indexes of a text, by the rules of newer servers (`validateIndexesFormat` in `pkg/apis/batch/validation`); None
/// where it breaks one.
fn strictly(text: &str, completions: u32) -> Option<Vec<u32>> {
    let mut indexes: Vec<u32> = Vec::new();
    if text.is_empty() {
        return Some(indexes);
    }
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
        let ascends = indexes.last().is_none_or(|before| *before < first);
        let is_range = !part.contains('-') || first < last;
        if !ascends || !is_range || last >= completions {
            return None;
        }
        indexes.extend(first..=last);
    }
    Some(indexes)
}

/// What is left to do before the release; None where the status says what is done.
pub(super) fn next(wanted: &Wanted, job: &Value) -> Option<Step> {
    let stored = job["status"]["completedIndexes"].as_str().unwrap_or_default();
    if stored == wanted.done.text() {
        return None;
    }
    // Late, when the Job runs already, it would take away what was done since: so it carries the version that was seen.
    let metadata = json!({"uid": job["metadata"]["uid"], "resourceVersion": job["metadata"]["resourceVersion"]});
    // Only this field: the controller fills in the count.
    Some(Step::MarkDone(json!({"metadata": metadata, "status": {"completedIndexes": wanted.done.text()}})))
}

/// The indexes that a released run has started although they are done: `pods` are its own, `adopted` tells of those that
/// it took over.
#[must_use]
pub fn strays(done: &IndexSet, pods: &[PodFacts], adopted: impl Fn(&PodFacts) -> bool) -> IndexSet {
    let started = pods.iter().filter(|pod| !adopted(pod)).filter_map(|pod| pod.index);
    started.map(|index| index.0).filter(|index| done.contains(*index)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_crashes_a_controller_is_no_list() {
        for text in ["4,2", "0,0", "0-3,3", "3-1", "x", "0,9", "1-1", ",", "1,", "0-", "-1"] {
            assert_eq!(strictly(text, 6), None, "{text}");
        }
        assert_eq!(strictly("0,2-4", 6), Some(vec![0, 2, 3, 4]));
    }

    #[test]
    fn an_index_that_the_job_does_not_have_is_not_sent() {
        assert_eq!(CompletedIndexes::new(&"0,9".parse().unwrap(), 6), Err(NotCanonical));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn every_list_ascends_and_holds_each_index_once(indexes in btree_set(0u32..400, 0..200)) {
            let set: IndexSet = indexes.iter().copied().collect();
            let list = CompletedIndexes::new(&set, 400).unwrap();
            // A model of its own: every number of the text, spread out, is the set in order.
            let mut spread = Vec::new();
            for part in list.text().split(',').filter(|part| !part.is_empty()) {
                let ends: Vec<u32> = part.split('-').map(|end| end.parse().unwrap()).collect();
                spread.extend(ends[0]..=ends[ends.len() - 1]);
            }
            prop_assert_eq!(spread, indexes.into_iter().collect::<Vec<_>>());
        }
    }
}
