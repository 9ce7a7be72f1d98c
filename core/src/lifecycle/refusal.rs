//! Why a verb does nothing; `view::lifecycle` puts it into words.

use crate::facts::{Begun, Outcome};
use crate::index_set::IndexSet;
use crate::text::Foreign;

/// Why a verb leaves a Job as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has ended, or is about to.
    Finished(Outcome),
    /// `cancel` has ended it, or is about to.
    Cancelled,
    /// Somebody is deleting it.
    Deleting,
    /// Kueue starts and stops it.
    Queued {
        /// The queue.
        queue: Foreign,
        /// The uid of the Job, by which its Workload is found.
        uid: String,
        /// What was asked for.
        verb: Verb,
    },
    /// It is not whole yet.
    HalfMade(Begun),
    /// It has no indexes.
    NotIndexed,
    /// Pods would be stopped.
    WouldStop {
        /// How many that run.
        running: u32,
        /// How many that are there, and do not run yet.
        starting: u32,
        /// The parallelism that was asked for.
        parallelism: u32,
        /// Are they indexes?
        indexed: bool,
    },
    /// Indexes would be gone, with what they have done.
    WouldForget {
        /// Which.
        indexes: IndexSet,
        /// The completions that were asked for.
        completions: u32,
    },
    /// The API lets completions change only together with an equal parallelism.
    CompletionsAlone {
        /// The completions that were asked for.
        completions: u32,
    },
    /// Its tasks have numbers of their own, so that it has as many indexes as numbers.
    Numbered,
    /// Without `backoffLimitPerIndex` no index can fail for itself.
    NoLimitPerIndex,
    /// With so many failed indexes the whole Job would fail.
    TooManyFailed {
        /// How many would have failed.
        failed: u32,
        /// `maxFailedIndexes`.
        most: u32,
    },
}

/// What was asked for, of a Job that is Kueue's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `suspend`
    Suspend,
    /// `suspend --drain`
    Drain,
    /// `resume`
    Resume,
    /// `scale`
    Scale,
    /// `cancel` while it waits in its queue.
    Cancel,
}
