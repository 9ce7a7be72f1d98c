//! [`IndexSet`]: a set of completion indexes or numbers of tasks, kept as ranges. It is written as the API writes
//! `status.completedIndexes`, and read from that and from what people write.

use std::fmt;
use std::str::FromStr;

use crate::text::shown;

/// The greatest number that people may write: the last index of the largest Job, whose completions are an `int32`.
pub const GREATEST: u32 = 2_147_483_646;

/// How many ranges the parts of a text may come to; `0-2147483646:2` would fill the memory.
const MOST_RANGES: u32 = 10_000_000;

/// A set of indexes as sorted, disjoint, non-adjacent ranges; 100,000 consecutive indexes are one range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexSet {
    /// Ascending, at least one index between two of them.
    ranges: Vec<Range>,
}

/// Consecutive indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: u32,
    /// Belongs to it.
    last: u32,
    /// How many indexes of the set are below `first`: what makes `nth`, `rank` and `len` cheap.
    below: u32,
}

/// A set that cannot be understood. Each names the part, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// Nothing between two commas, or beside one.
    #[error("part {0} of the set is empty")]
    EmptyPart(usize),
    /// A space, a tab or a line break.
    #[error("\"{}\" has a space in it; write a set without spaces, as in 0-15:4,20", shown(.0))]
    Space(String),
    /// Neither a number nor a range.
    #[error("\"{}\" is neither a number nor a range such as 0-15 or 0-15:4", shown(.0))]
    NotANumber(String),
    /// A range from a number to a lower one.
    #[error("the range {} is descending; write the lower number first", shown(.0))]
    Descending(String),
    /// A step of 0.
    #[error("the step of {} must be 1 or more", shown(.0))]
    StepZero(String),
    /// A number above [`GREATEST`].
    #[error("{} is above {GREATEST}, the greatest index of a Job", shown(.0))]
    TooLarge(String),
    /// More ranges than can be kept.
    #[error("with {} the set has more than {most} ranges", shown(.part))]
    TooManyRanges {
        /// The part.
        part: String,
        /// How many can be.
        most: u32,
    },
}

impl IndexSet {
    /// The set without an index.
    #[must_use]
    pub const fn new() -> Self {
        Self { ranges: Vec::new() }
    }

    /// All indexes of a Job with `completions` of them: 0 to `completions - 1`.
    #[must_use]
    pub fn all(completions: u32) -> Self {
        Self::from_ranges(completions.checked_sub(1).map(|last| (0, last)).into_iter().collect())
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

    /// Of ranges in any order, which may overlap.
    fn from_ranges(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        ranges.dedup_by(|next, before| {
            let joined = next.0 <= before.1.saturating_add(1);
            if joined {
                before.1 = before.1.max(next.1);
            }
            joined
        });
        let mut below = 0u32;
        let counted = ranges.into_iter().map(|(first, last)| {
            let range = Range { first, last, below };
            below = range.end();
            range
        });
        Self { ranges: counted.collect() }
    }

    /// How many indexes there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.ranges.last().map_or(0, Range::end)
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Is `index` one of them?
    #[must_use]
    pub fn contains(&self, index: u32) -> bool {
        self.rank(index).is_some()
    }

    /// The lowest; None in the empty set.
    #[must_use]
    pub fn min(&self) -> Option<u32> {
        self.ranges.first().map(|range| range.first)
    }

    /// The greatest; None in the empty set.
    #[must_use]
    pub fn max(&self) -> Option<u32> {
        self.ranges.last().map(|range| range.last)
    }

    /// The number with `rank` others below it, so that 0 gives the lowest; None where there are not so many. It costs a
    /// binary search in the ranges; to go through all numbers, [`iter`](Self::iter) is cheaper still.
    #[must_use]
    pub fn nth(&self, rank: u32) -> Option<u32> {
        let after = self.ranges.partition_point(|range| range.below <= rank);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        range.first.checked_add(rank - range.below).filter(|number| *number <= range.last)
    }

    /// How many are below `number`; None where it is not in the set. The inverse of [`nth`](Self::nth), at the same
    /// cost.
    #[must_use]
    pub fn rank(&self, number: u32) -> Option<u32> {
        let after = self.ranges.partition_point(|range| range.first <= number);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        (number <= range.last).then(|| range.below + (number - range.first))
    }

    /// The indexes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.ranges.iter().flat_map(|range| range.first..=range.last)
    }

    /// The indexes in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::from_ranges(self.ranges.iter().chain(&other.ranges).map(|range| (range.first, range.last)).collect())
    }

    /// The indexes in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.difference(&self.difference(other))
    }

    /// The indexes of `self` that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut cuts = other.ranges.iter().peekable();
        for &Range { mut first, last, .. } in &self.ranges {
            while cuts.next_if(|cut| cut.last < first).is_some() {}
            let mut rest = true;
            for cut in cuts.clone().take_while(|cut| cut.first <= last) {
                if cut.first > first {
                    left.push((first, cut.first - 1));
                }
                rest = cut.last < last;
                first = cut.last.saturating_add(1);
            }
            if rest {
                left.push((first, last));
            }
        }
        Self::from_ranges(left)
    }

    /// The numbers whose ranks are `ranks`: [`nth`](Self::nth) of a whole set.
    #[must_use]
    pub fn at(&self, ranks: &Self) -> Self {
        let mut found = Vec::new();
        for wanted in &ranks.ranges {
            let begin = self.ranges.partition_point(|range| range.end() <= wanted.first);
            for range in self.ranges[begin..].iter().take_while(|range| range.below <= wanted.last) {
                let number = |rank: u32| range.first + (rank - range.below);
                found.push((number(wanted.first.max(range.below)), number(wanted.last.min(range.end() - 1))));
            }
        }
        Self::from_ranges(found)
    }

    /// The ranks of those of `numbers` that are in the set: [`rank`](Self::rank) of a whole set.
    #[must_use]
    pub fn ranks(&self, numbers: &Self) -> Self {
        let mut found = Vec::new();
        for wanted in &numbers.ranges {
            let begin = self.ranges.partition_point(|range| range.last < wanted.first);
            for range in self.ranges[begin..].iter().take_while(|range| range.first <= wanted.last) {
                let rank = |number: u32| range.below + (number - range.first);
                found.push((rank(wanted.first.max(range.first)), rank(wanted.last.min(range.last))));
            }
        }
        Self::from_ranges(found)
    }

    /// The set as progressions, ascending: its ranges, and three or more single numbers at equal distances as one.
    pub fn progressions(&self) -> impl Iterator<Item = Progression> {
        let mut rest = self.ranges.as_slice();
        std::iter::from_fn(move || {
            let first = rest.first()?;
            let run = equal_steps(rest);
            if run < 3 {
                rest = &rest[1..];
                return Some(Progression { first: first.first, step: 1, count: first.end() - first.below });
            }
            let step = rest[1].first - first.first;
            rest = &rest[run..];
            Some(Progression { first: first.first, step, count: u32::try_from(run).unwrap_or(u32::MAX) })
        })
    }

    /// The set in the grammar that people write, as short as it can simply be: ranges, and three or more single numbers
    /// at equal distances as `a-b:s`. Reading it back gives the same set.
    #[must_use]
    pub fn compact(&self) -> String {
        self.progressions().map(|progression| progression.to_string()).collect::<Vec<_>>().join(",")
    }
}

/// Numbers at equal distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progression {
    /// The lowest.
    pub first: u32,
    /// From one to the next.
    pub step: u32,
    /// How many there are, at least one.
    pub count: u32,
}

/// As people write it: `7`, `4,5`, `4-7`, `0-8:4`.
impl fmt::Display for Progression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.first + (self.count - 1) * self.step;
        match self.step {
            1 => Range { first: self.first, last, below: 0 }.fmt(f),
            step => write!(f, "{}-{last}:{step}", self.first),
        }
    }
}

/// How many ranges, from the first on, are single numbers at equal distances; 1 where the first two are not.
fn equal_steps(ranges: &[Range]) -> usize {
    let step = |pair: &[Range]| {
        let singles = pair.iter().all(|range| range.first == range.last);
        singles.then(|| pair[1].first - pair[0].first)
    };
    let mut steps = ranges.windows(2).map_while(step);
    match steps.next() {
        Some(first) => 2 + steps.take_while(|step| *step == first).count(),
        None => 1,
    }
}

impl Range {
    /// How many indexes of the set are not above it.
    fn end(&self) -> u32 {
        self.below.saturating_add(self.last - self.first).saturating_add(1)
    }
}

impl FromIterator<u32> for IndexSet {
    fn from_iter<T: IntoIterator<Item = u32>>(indexes: T) -> Self {
        Self::from_ranges(indexes.into_iter().map(|index| (index, index)).collect())
    }
}

/// What people write, in the grammar of Slurm's `sbatch --array`: `0-15:4,20,3`.
///
/// Numbers, ranges and ranges with a step may be mixed, stand in any order and overlap. Nothing at all is the empty
/// set. Nothing is skipped or guessed: see [`SetError`] for what is refused.
impl FromStr for IndexSet {
    type Err = SetError;

    fn from_str(text: &str) -> Result<Self, SetError> {
        Self::parse(text, MOST_RANGES)
    }
}

impl IndexSet {
    /// What people write, of at most `most` ranges: somebody else's text must not fill the memory.
    pub fn parse(text: &str, most: u32) -> Result<Self, SetError> {
        if text.is_empty() {
            return Ok(Self::new());
        }
        let mut ranges = Vec::new();
        for (at, part) in text.split(',').enumerate() {
            if part.is_empty() {
                return Err(SetError::EmptyPart(at + 1));
            }
            let (first, last, step) = stepped(part)?;
            let count = if step == 1 { 1 } else { (last - first) / step + 1 };
            if ranges.len() + count as usize > most as usize {
                return Err(SetError::TooManyRanges { part: part.to_owned(), most });
            }
            match step {
                1 => ranges.push((first, last)),
                _ => ranges.extend((0..count).map(|at| first + at * step).map(|number| (number, number))),
            }
        }
        Ok(Self::from_ranges(ranges))
    }
}

/// First, last and step of one part that is not empty; a number is a range of one.
fn stepped(part: &str) -> Result<(u32, u32, u32), SetError> {
    if part.contains(char::is_whitespace) {
        return Err(SetError::Space(part.to_owned()));
    }
    let Some((first, rest)) = part.split_once('-') else {
        let only = number(part, part)?;
        return Ok((only, only, 1));
    };
    let (last, step) = rest.split_once(':').unwrap_or((rest, "1"));
    let (first, last, step) = (number(first, part)?, number(last, part)?, number(step, part)?);
    match step {
        0 => Err(SetError::StepZero(part.to_owned())),
        _ if first > last => Err(SetError::Descending(part.to_owned())),
        _ => Ok((first, last, step)),
    }
}

/// The number that `digits` of `part` write.
fn number(digits: &str, part: &str) -> Result<u32, SetError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SetError::NotANumber(part.to_owned()));
    }
    // Digits alone can only be too many.
    let number = digits.parse().ok().filter(|number| *number <= GREATEST);
    number.ok_or_else(|| SetError::TooLarge(digits.to_owned()))
}

/// A run of two as `4,5`, a longer one as `4-7`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, .. } = self;
        match last - first {
            0 => write!(f, "{first}"),
            1 => write!(f, "{first},{last}"),
            _ => write!(f, "{first}-{last}"),
        }
    }
}

/// The API's text: ascending ranges (`orderedIntervals.String` of the controller); nothing for the empty set.
impl fmt::Display for IndexSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.ranges.iter().enumerate() {
            write!(f, "{}{range}", if at > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::{btree_set, vec};
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

    #[track_caller]
    fn people_write(text: &str, want: &str) {
        assert_eq!(text.parse::<IndexSet>().unwrap().to_string(), want);
    }

    #[track_caller]
    fn refused(text: &str, want: &str) {
        assert_eq!(text.parse::<IndexSet>().unwrap_err().to_string(), want);
    }

    #[test]
    fn people_write_lists_ranges_and_steps() {
        people_write("0-15:4,20,3", "0,3,4,8,12,20");
        people_write("0,6,16-32", "0,6,16-32");
        people_write("5-7,1-6,2", "1-7");
        people_write("0-10:3,1-10:3,2-10:3", "0-10");
        people_write("3-3,007", "3,7");
        people_write("0-5:9,8-9:2147483646", "0,8");
        people_write("0-2147483646,1-2147483646:1", "0-2147483646");
        people_write("", "");
    }

    #[test]
    fn people_are_told_which_part_is_wrong() {
        refused(",1", "part 1 of the set is empty");
        refused("1,,2", "part 2 of the set is empty");
        refused("1,", "part 2 of the set is empty");
        refused("1, 2", "\" 2\" has a space in it; write a set without spaces, as in 0-15:4,20");
        refused("1\n", "\"1\\n\" has a space in it; write a set without spaces, as in 0-15:4,20");
        for part in ["x", "1-", "-1", "1--3", "+1", "1:2", "1-3:", "1-3:x", "1-3:2:2", "1-2-3", "0x1", "٣"] {
            refused(part, &format!("\"{part}\" is neither a number nor a range such as 0-15 or 0-15:4"));
        }
        refused("0,5-3", "the range 5-3 is descending; write the lower number first");
        refused("0-5:0", "the step of 0-5:0 must be 1 or more");
        refused("2147483647", "2147483647 is above 2147483646, the greatest index of a Job");
        refused("0-99999999999", "99999999999 is above 2147483646, the greatest index of a Job");
    }

    #[test]
    fn a_set_of_too_many_ranges_is_not_built() {
        refused("0-2147483646:2", "with 0-2147483646:2 the set has more than 10000000 ranges");
        let parts = ["0-9999999:3"; 4].join(",");
        refused(&parts, "with 0-9999999:3 the set has more than 10000000 ranges");
    }

    #[track_caller]
    fn compacts(text: &str, want: &str) {
        assert_eq!(text.parse::<IndexSet>().unwrap().compact(), want);
    }

    #[test]
    fn equal_steps_are_written_as_such() {
        compacts("0,4,8,12,20", "0-12:4,20");
        compacts("0,2,5-9,11,13,15", "0,2,5-9,11-15:2");
        compacts("0,1,3,5,7", "0,1,3-7:2");
        compacts("0,3,5,7,10,13", "0,3-7:2,10,13");
        compacts("1,3", "1,3");
        compacts("7", "7");
        compacts("0-99999", "0-99999");
        compacts("", "");
    }

    #[test]
    fn many_numbers_without_equal_steps_take_no_longer() {
        let triangular: IndexSet = (0..60_000).map(|number| number * (number + 1) / 2).collect();
        assert_eq!(triangular.compact(), triangular.to_string());
    }

    #[test]
    fn the_ends_of_what_fits_are_no_special_case() {
        let whole = IndexSet::all(u32::MAX);
        assert_eq!((whole.len(), whole.nth(u32::MAX - 1)), (u32::MAX, Some(u32::MAX - 1)));
        assert_eq!((whole.nth(u32::MAX), whole.rank(u32::MAX)), (None, None));
        let last: IndexSet = [u32::MAX - 2, u32::MAX].into_iter().collect();
        assert_eq!((last.nth(1), last.nth(2), last.rank(u32::MAX)), (Some(u32::MAX), None, Some(1)));
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
            prop_assert_eq!((x.min(), x.max()), (a.first().copied(), a.last().copied()));
            prop_assert!((0..60).all(|rank| x.nth(rank) == a.iter().nth(rank as usize).copied()));
            prop_assert!((0..60).all(|i| x.rank(i).map(|rank| x.nth(rank)) == a.contains(&i).then_some(Some(i))));
            prop_assert!(x.union(&y).iter().eq(a.union(&b).copied()));
            prop_assert!(x.difference(&y).iter().eq(a.difference(&b).copied()));
            prop_assert!(x.intersection(&y).iter().eq(a.intersection(&b).copied()));
        }

        #[test]
        fn its_text_is_read_back_and_canonical(a in set()) {
            let x: IndexSet = a.iter().copied().collect();
            let text = x.to_string();
            prop_assert_eq!(&IndexSet::from_api(&text, 60), &x);
            prop_assert_eq!(IndexSet::from_api(&text, 60).to_string(), &*text);
            prop_assert_eq!(text.parse(), Ok(x));
        }

        #[test]
        fn its_compact_text_is_read_back_and_no_longer(a in set(), step in 1u32..5) {
            let x: IndexSet = a.iter().map(|number| number * step).collect();
            prop_assert_eq!(x.compact().parse(), Ok(x.clone()));
            prop_assert!(x.compact().len() <= x.to_string().len());
        }

        #[test]
        fn what_people_write_is_the_union_of_its_parts(parts in vec((0u32..60, 0u32..9, 1u8..4), 1..6)) {
            let text = parts.iter().map(|(first, more, step)| format!("{first}-{}:{step}", first + more));
            let text = text.collect::<Vec<_>>().join(",");
            let numbers = |(first, more, step): &(u32, u32, u8)| (*first..=first + more).step_by((*step).into());
            let want: BTreeSet<_> = parts.iter().flat_map(numbers).collect();
            prop_assert!(text.parse::<IndexSet>().unwrap().iter().eq(want));
        }

        #[test]
        fn no_text_panics(text in "[0-9,x:-]*", completions: u32) {
            let _ = (IndexSet::from_api(&text, completions).len(), text.parse::<IndexSet>());
        }
    }
}
