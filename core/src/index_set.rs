//! [`IndexSet`]: a set of completion indexes, kept as ranges and written as the API writes `status.completedIndexes`.

use std::fmt;

/// A set of indexes as sorted, disjoint, non-adjacent ranges; 100,000 consecutive indexes are one range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexSet {
    /// Inclusive on both ends, ascending, at least one index between two of them.
    ranges: Vec<(u32, u32)>,
}

impl IndexSet {
    /// The set without an index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All indexes of a Job with `completions` of them: 0 to `completions - 1`.
    #[must_use]
    pub fn all(completions: u32) -> Self {
        completions.checked_sub(1).map_or_else(Self::new, |last| Self { ranges: vec![(0, last)] })
    }

    /// Reads what a server wrote, as forgiving as the controller's own parser (`parseIndexesFromString` in
    /// `pkg/controller/job/indexed_job_utils.go`): parts that are no index or range are skipped, and so is everything
    /// from `completions` on. Order and repetition do not matter here.
    #[must_use]
    pub fn from_api(text: &str, completions: u32) -> Self {
        let ranges = text.split(',').filter_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
            let last = last.min(completions.checked_sub(1)?);
            (first <= last).then_some((first, last))
        });
        Self::from_ranges(ranges.collect())
    }

    fn from_ranges(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Self { ranges: merged }
    }

    /// How many indexes there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.ranges.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Is `index` one of them?
    #[must_use]
    pub fn contains(&self, index: u32) -> bool {
        let after = self.ranges.partition_point(|(first, _)| *first <= index);
        after > 0 && self.ranges[after - 1].1 >= index
    }

    /// The indexes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.ranges.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// The indexes in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::from_ranges(self.ranges.iter().chain(&other.ranges).copied().collect())
    }

    /// The indexes of `self` that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut cuts = other.ranges.iter().peekable();
        for &(mut first, last) in &self.ranges {
            while cuts.next_if(|cut| cut.1 < first).is_some() {}
            let mut rest = true;
            for cut in cuts.clone().take_while(|cut| cut.0 <= last) {
                if cut.0 > first {
                    left.push((first, cut.0 - 1));
                }
                rest = cut.1 < last;
                first = cut.1.saturating_add(1);
            }
            if rest {
                left.push((first, last));
            }
        }
        Self { ranges: left }
    }
}

impl FromIterator<u32> for IndexSet {
    fn from_iter<T: IntoIterator<Item = u32>>(indexes: T) -> Self {
        Self::from_ranges(indexes.into_iter().map(|index| (index, index)).collect())
    }
}

/// The API's text: ascending, a run of two as `4,5`, a longer one as `4-7` (`orderedIntervals.String` of the
/// controller); nothing for the empty set.
impl fmt::Display for IndexSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (first, last)) in self.ranges.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            match last - first {
                0 => write!(f, "{first}")?,
                1 => write!(f, "{first},{last}")?,
                _ => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::btree_set;
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn reads(text: &str, completions: u32, want: &str) {
        assert_eq!(IndexSet::from_api(text, completions).to_string(), want);
    }

    #[test]
    fn the_servers_text_is_read_as_the_controller_reads_it() {
        reads("0,2-4,9", 10, "0,2-4,9");
        reads("", 10, "");
        reads("0-1", 10, "0,1");
        reads("4,2,3,3", 10, "2-4");
        reads("0,9", 6, "0");
        reads("3-9", 6, "3-5");
        reads("3-1,x,5", 6, "5");
        reads("0-4294967295", 3, "0-2");
        reads("0", 0, "");
    }

    #[test]
    fn a_large_set_is_one_range() {
        let all = IndexSet::all(100_000);
        assert_eq!((all.len(), all.to_string().as_str()), (100_000, "0-99999"));
        assert!(IndexSet::all(0).is_empty());
    }

    fn set() -> impl Strategy<Value = BTreeSet<u32>> {
        btree_set(0u32..60, 0..40)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn it_is_a_set(a in set(), b in set()) {
            let (x, y): (IndexSet, IndexSet) = (a.iter().copied().collect(), b.iter().copied().collect());
            prop_assert_eq!(x.len() as usize, a.len());
            prop_assert!(x.iter().eq(a.iter().copied()));
            prop_assert!((0..60).all(|i| x.contains(i) == a.contains(&i)));
            prop_assert!(x.union(&y).iter().eq(a.union(&b).copied()));
            prop_assert!(x.difference(&y).iter().eq(a.difference(&b).copied()));
        }

        #[test]
        fn its_text_is_read_back_and_canonical(a in set()) {
            let x: IndexSet = a.iter().copied().collect();
            let text = x.to_string();
            prop_assert_eq!(&IndexSet::from_api(&text, 60), &x);
            prop_assert_eq!(IndexSet::from_api(&text, 60).to_string(), text);
        }

        #[test]
        fn no_text_panics(text in "[0-9,x-]*", completions: u32) {
            let _ = IndexSet::from_api(&text, completions).len();
        }
    }
}
