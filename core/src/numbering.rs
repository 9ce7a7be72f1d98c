//! What a user calls a task, and what the API calls it.
//!
//! A [`Number`] is an [`Index`], except in Jobs that were made of a set of numbers that is not 0 to N-1: there one
//! annotation holds the set, and index i is its i-th number. Everything that people type or read speaks numbers; the
//! API, facts and progress speak indexes.

use std::fmt;

use crate::index_set::IndexSet;

/// The annotation of a Job whose tasks have numbers of their own; its value is the set, as [`IndexSet::compact`] writes
/// it.
pub const NUMBERS: &str = "kubectl-indexedjob/numbers";

/// A completion index: 0 to completions - 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Index(pub u32);

/// What the user calls a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub u32);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of each index of a Job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    /// The numbers, ascending by index; None where a number is its index.
    numbers: Option<IndexSet>,
}

impl Numbering {
    /// The numbers of tasks that are called `numbers`.
    #[must_use]
    pub fn new(numbers: IndexSet) -> Self {
        let is_identity = IndexSet::all(numbers.len()) == numbers;
        Self { numbers: Some(numbers).filter(|_| !is_identity) }
    }

    /// What the annotation of a Job with `completions` indexes says. One that does not fit the Job (somebody changed
    /// one of them) says nothing: then numbers are indexes, as `kubectl` shows them.
    #[must_use]
    pub fn of_annotation(text: Option<&str>, completions: u32) -> Self {
        // A set of more ranges than indexes fits no Job.
        let numbers = text.and_then(|text| IndexSet::parse(text, completions).ok());
        numbers.filter(|numbers| numbers.len() == completions).map_or_else(Self::default, Self::new)
    }

    /// The set, where numbers are not indexes.
    #[must_use]
    pub fn set(&self) -> Option<&IndexSet> {
        self.numbers.as_ref()
    }

    /// What the task at `index` is called; beyond the last one, its index.
    #[must_use]
    pub fn number(&self, index: Index) -> Number {
        Number(self.numbers.as_ref().and_then(|numbers| numbers.nth(index.0)).unwrap_or(index.0))
    }

    /// The index of the task that is called `number`; None where no task is. Without own numbers every number is an
    /// index, also one beyond the last.
    #[must_use]
    pub fn index(&self, number: Number) -> Option<Index> {
        match &self.numbers {
            Some(numbers) => numbers.rank(number.0).map(Index),
            None => Some(Index(number.0)),
        }
    }

    /// What the tasks at `indexes` are called.
    #[must_use]
    pub fn numbers(&self, indexes: &IndexSet) -> IndexSet {
        match &self.numbers {
            Some(numbers) => numbers.at(indexes),
            None => indexes.clone(),
        }
    }

    /// The indexes of those of `numbers` that are tasks.
    #[must_use]
    pub fn indexes(&self, numbers: &IndexSet) -> IndexSet {
        match &self.numbers {
            Some(all) => all.ranks(numbers),
            None => numbers.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> IndexSet {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_that_are_indexes_are_no_numbering() {
        assert_eq!(Numbering::new(set("0-9")), Numbering::default());
        assert_eq!(Numbering::default().number(Index(3)), Number(3));
        assert_eq!(Numbering::default().index(Number(3)), Some(Index(3)));
    }

    #[test]
    fn the_ith_number_is_index_i() {
        let numbering = Numbering::new(set("1-10"));
        assert_eq!(numbering.number(Index(0)), Number(1));
        assert_eq!(numbering.index(Number(10)), Some(Index(9)));
        assert_eq!(numbering.index(Number(0)), None);
        assert_eq!(numbering.numbers(&set("0-3,9")), set("1-4,10"));
        assert_eq!(numbering.indexes(&set("0-3,10,11")), set("0-2,9"));
    }

    #[test]
    fn an_annotation_that_does_not_fit_says_nothing() {
        assert_eq!(Numbering::of_annotation(Some("0-14:2"), 8), Numbering::new(set("0-14:2")));
        for text in ["", "x", "0-14:2,99"] {
            assert_eq!(Numbering::of_annotation(Some(text), 8), Numbering::default(), "{text}");
        }
        assert_eq!(Numbering::of_annotation(None, 8), Numbering::default());
    }
}
