//! What of the logs is wanted, and how it is written: the same for all logs of one command.

use indexedjob_core::index_set::IndexSet;
use indexedjob_core::view::log::Parts;
use indexedjob_core::view::style::Palette;
use jiff::Timestamp;

use super::missing::Missing;

/// What is wanted, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogsOptions {
    pub(crate) containers: Containers,
    pub(crate) attempts: Attempts,
    /// What ran before the newest.
    pub(crate) previous: bool,
    pub(crate) cut: Cut,
    pub(crate) look: Look,
    pub(crate) expected: Expected,
    /// Are the logs kept for good, so that their ends are looked at twice?
    pub(crate) kept: bool,
}

/// Which logs have to be there, for all to be well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Expected {
    /// None: somebody else tells how the Job gets on.
    Nothing,
    /// Some log, and all that something keeps from being there. That an index has not had its turn is no trouble.
    #[default]
    Some,
    /// One of each index: they were asked for by number.
    Each,
}

impl Expected {
    /// Is it a trouble that some indexes have no log? `any`: others have one.
    pub(super) fn is_trouble(self, missing: &Missing, any: bool) -> bool {
        match self {
            _ if matches!(missing, Missing::Earlier(_)) => false,
            Self::Nothing => *missing == Missing::Gone,
            Self::Some => !(any && missing.is_expected()),
            Self::Each => true,
        }
    }
}

/// Which indexes of a Job are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Indexes {
    /// All, until the Job ends.
    All,
    /// These, until they have ended.
    These(IndexSet),
}

/// Which containers of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Containers {
    /// The one that kubectl would choose.
    #[default]
    Default,
    /// The one of this name.
    Named(String),
    /// All: init containers first.
    All,
}

/// Which attempts at an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Attempts {
    /// The newest.
    Last,
    /// All there are.
    #[default]
    All,
    /// This one, from 1.
    Nth(usize),
}

/// Which part of each log; the names and meanings are those of `kubectl logs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    /// At most this many lines from the end.
    pub(crate) tail: Option<u64>,
    /// Not older than this many seconds.
    pub(crate) since_seconds: Option<u64>,
    /// Not older than this.
    pub(crate) since_time: Option<Timestamp>,
    /// At most this many bytes.
    pub(crate) limit_bytes: Option<u64>,
}

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) form: Form,
    /// Does each line begin with where it comes from?
    pub(crate) prefix: bool,
    /// What tells logs apart, beside the number.
    pub(crate) parts: Parts,
    pub(crate) palette: Palette,
    /// A time before each line.
    pub(crate) timestamps: bool,
}

/// What becomes of the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// They stay as they are.
    #[default]
    Raw,
    /// What could command a terminal is written out.
    Safe,
    /// Each line is a JSON object.
    Json,
}

impl Form {
    /// What becomes of them where nobody says: a terminal is not to obey a log.
    pub(crate) fn on(is_terminal: bool) -> Self {
        if is_terminal { Self::Safe } else { Self::Raw }
    }
}

impl Look {
    /// Do the bytes of a log go through as they are?
    pub(super) fn is_untouched(self) -> bool {
        self.form == Form::Raw && !self.prefix
    }

    /// Does a last line that has no newline get one? On a terminal the prompt would stand behind it.
    pub(super) fn ends_last_line(self) -> bool {
        self.form == Form::Safe
    }

    /// Must each line come with its time?
    pub(super) fn needs_times(self) -> bool {
        self.timestamps || self.form == Form::Json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_terminal_obeys_a_log() {
        assert_eq!((Form::on(true), Form::on(false)), (Form::Safe, Form::Raw));
    }
}
