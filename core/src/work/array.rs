//! `--array 0-15:2,40%4`: the numbers of the tasks, and how many of them may run at once.

use std::str::FromStr;

use crate::index_set::{IndexSet, SetError};
use crate::text::shown;

/// The most pods that an Indexed Job may run at once (`maxParallelismForIndexedJob` in `pkg/apis/batch/validation`).
const MOST_PARALLELISM: u32 = 100_000;

/// What `--array` says, in the grammar of Slurm's `sbatch --array`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// The numbers of the tasks; there is at least one.
    pub numbers: IndexSet,
    /// How many tasks may run at once, what follows `%`; None where nothing does.
    pub parallelism: Option<u32>,
}

/// An array that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArrayError {
    /// No number before `%`, or nothing at all.
    #[error("the array is empty; write the numbers of its tasks, as in 0-15 or 1,3,5%2")]
    Empty,
    /// What is before `%`.
    #[error(transparent)]
    Set(#[from] SetError),
    /// What follows `%`.
    #[error("\"%{}\" must be % and a number from 1 to {MOST_PARALLELISM}, once and at the end", shown(.0))]
    Parallelism(String),
}

impl FromStr for Array {
    type Err = ArrayError;

    fn from_str(text: &str) -> Result<Self, ArrayError> {
        let (set, parallelism) = match text.split_once('%') {
            Some((set, limit)) => (set, Some(at_once(limit)?)),
            None => (text, None),
        };
        let numbers: IndexSet = set.parse()?;
        if numbers.is_empty() {
            return Err(ArrayError::Empty);
        }
        Ok(Self { numbers, parallelism })
    }
}

fn at_once(limit: &str) -> Result<u32, ArrayError> {
    // Rust's numbers may have a sign, Slurm's may not.
    let number = limit.bytes().all(|byte| byte.is_ascii_digit()).then(|| limit.parse().ok()).flatten();
    let number = number.filter(|number| (1..=MOST_PARALLELISM).contains(number));
    number.ok_or_else(|| ArrayError::Parallelism(limit.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, numbers: &str, parallelism: Option<u32>) {
        let array: Array = text.parse().unwrap();
        assert_eq!((array.numbers.to_string().as_str(), array.parallelism), (numbers, parallelism));
    }

    #[track_caller]
    fn refuses(text: &str, want: &str) {
        assert_eq!(text.parse::<Array>().unwrap_err().to_string(), want);
    }

    #[test]
    fn numbers_in_slurms_grammar_and_how_many_at_once() {
        reads("0-15", "0-15", None);
        reads("0,6,16-32:8%4", "0,6,16,24,32", Some(4));
        reads("1-7:2%100000", "1,3,5,7", Some(100_000));
        reads("0-2147483646", "0-2147483646", None);
    }

    #[test]
    fn an_array_has_a_task() {
        let want = "the array is empty; write the numbers of its tasks, as in 0-15 or 1,3,5%2";
        refuses("", want);
        refuses("%4", want);
        refuses("1,,2%4", "part 2 of the set is empty");
    }

    #[test]
    fn the_limit_is_one_number_at_the_end() {
        for limit in ["%", "%0", "%100001", "%+4", "%x", "%4%4", "%4,5", "%99999999999", "% 4"] {
            let want = format!("\"{limit}\" must be % and a number from 1 to 100000, once and at the end");
            refuses(&format!("0-3{limit}"), &want);
        }
    }
}
