//! The mark of a run that is not released yet: how it learns what is done, and which `retry` began it.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::{RETRYING, annotation};
use crate::index_set::IndexSet;

/// How a new run learns what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// `status.completedIndexes` is written. Needs the right to patch `jobs/status`.
    Status,
    /// The pods that succeeded get the new Job as their owner, and its controller counts them.
    Adopt,
    /// The new Job has only the indexes that are left, with the numbers they had ([`renumber`](crate::manifest::renumber)).
    Subset,
}

impl Way {
    /// The word for it, which the flag takes, too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Adopt => "adopt",
            Self::Subset => "subset",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::Status, Self::Adopt, Self::Subset].into_iter().find(|way| way.as_str() == text)
    }
}

/// What tells one `retry` from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How the run learns what is done.
    pub way: Way,
    fingerprint: String,
    /// What the names of its helpers end in.
    suffix: String,
}

impl Mark {
    /// The mark of a run of `todo` like `cloned`, which has no name yet. It is stable for one build of this program.
    #[must_use]
    pub fn new(way: Way, cloned: &Value, todo: &IndexSet, suffix: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (cloned.to_string(), todo.to_string()).hash(&mut hasher);
        Self { way, fingerprint: format!("{:016x}", hasher.finish()), suffix: suffix.to_owned() }
    }

    /// The mark that `job`, as the server returned it, carries; None where it carries none.
    #[must_use]
    pub fn of(job: &Value) -> Option<Self> {
        let (way, rest) = annotation(job, RETRYING)?.split_once('.')?;
        let (fingerprint, suffix) = rest.split_once('.').unwrap_or((rest, ""));
        Some(Self { way: Way::of(way)?, fingerprint: fingerprint.to_owned(), suffix: suffix.to_owned() })
    }

    /// Do both belong to the same `retry`, begun now or earlier?
    #[must_use]
    pub fn same_retry(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    /// What the names of the run's helpers end in; empty where the run was begun without any.
    #[must_use]
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    pub(super) fn text(&self) -> String {
        format!("{}.{}.{}", self.way.as_str(), self.fingerprint, self.suffix)
    }
}
