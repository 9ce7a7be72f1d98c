//! The exit codes, as documented in the README and in `--help`.

use std::process::ExitCode;

/// How the program ends.
///
/// On Windows kubectl turns every code but 0 into 1, so 0 against not 0 must say enough everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done as asked.
    Done,
    /// 1: the tool or the server failed.
    Error,
    /// 2: wrong usage.
    Usage,
    /// 3: the Job ended otherwise than asked.
    OtherEnd,
    /// 4: there is no such Job, or it was deleted while waiting.
    NoJob,
    /// 124: timed out.
    TimedOut,
    /// 130: interrupted by SIGINT; the Job is left alone.
    Interrupted,
    /// 143: terminated by SIGTERM; the Job is left alone.
    Terminated,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::OtherEnd => 3,
            Self::NoJob => 4,
            Self::TimedOut => 124,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The code that speaks for both of two Jobs: 1 before 4 before 3 before 124 before 0.
    pub(crate) fn worse(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Done => 0,
            Self::TimedOut => 1,
            Self::OtherEnd => 2,
            Self::NoJob => 3,
            Self::Error | Self::Usage => 4,
            Self::Interrupted | Self::Terminated => 5,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_ranking_speaks_for_several_jobs() {
        let order = [Exit::Done, Exit::TimedOut, Exit::OtherEnd, Exit::NoJob, Exit::Error];
        for (at, low) in order.iter().enumerate() {
            for high in &order[at..] {
                assert_eq!(low.worse(*high), *high);
                assert_eq!(high.worse(*low), *high);
            }
        }
    }
}
