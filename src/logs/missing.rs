//! Why an index has no log, whether that is a trouble, and in which words it is told.

use indexedjob_core::index_set::IndexSet;
use indexedjob_core::text::shown;
use indexedjob_core::view::indexes;
use indexedjob_core::view::line::not_started;

/// What every container goes through before it starts, as [`pick`](super::pick) tells it.
const USUAL: [&str; 3] = ["", ": ContainerCreating", ": PodInitializing"];

/// Why there is no log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    /// Its container has not started yet.
    NotStarted {
        /// Why.
        because: String,
    },
    /// It has no pod, and gets none while the Job is suspended.
    Suspended {
        /// That it is, and why, as far as the Job says.
        because: String,
    },
    /// Its container will not start any more.
    NeverStarted {
        /// Which one.
        container: String,
        /// Why.
        because: String,
    },
    /// The pod is gone, and its log with it.
    Gone,
    /// The same of this attempt.
    AttemptGone(usize),
    /// The container ended before its program began, and wrote nothing.
    NoProgram {
        /// Why.
        because: String,
    },
    /// The Job failed while there was no pod.
    JobFailed,
    /// The Job ended before it ran.
    NeverRan,
    /// The retry that made the Job left it out.
    Skipped,
    /// There was nothing before the newest.
    OnlyRun,
    /// There are not so many attempts.
    NoAttempt(usize),
    /// The same of an attempt that wrote nothing, and after which there was another.
    Earlier(Box<Missing>),
}

impl Missing {
    /// Is it as it should be: nothing was written that cannot be read, and nothing went wrong?
    pub(super) fn is_expected(&self) -> bool {
        match self {
            Self::NotStarted { .. } => self.is_usual(),
            Self::Suspended { .. }
            | Self::NeverRan
            | Self::Skipped
            | Self::OnlyRun
            | Self::NoAttempt(_)
            | Self::Earlier(_) => true,
            Self::NeverStarted { .. }
            | Self::Gone
            | Self::AttemptGone(_)
            | Self::NoProgram { .. }
            | Self::JobFailed => false,
        }
    }

    /// Is it what every container goes through?
    pub(super) fn is_usual(&self) -> bool {
        matches!(self, Self::NotStarted { because } if USUAL.contains(&because.as_str()))
    }

    /// What is told of `these`.
    pub(crate) fn line(&self, these: &IndexSet) -> String {
        let (has, was, its, container) = match these.len() {
            1 => ("has", "was", "its", "container"),
            _ => ("have", "were", "their", "containers"),
        };
        match self {
            Self::NotStarted { because } | Self::Suspended { because } => not_started(these, because),
            Self::NeverStarted { container, because } => never_started(container, these, because),
            Self::Gone => gone(these),
            Self::AttemptGone(nth) => {
                format!("the pod of attempt {nth} of {} is gone, and its log with it", indexes(these))
            }
            Self::NoProgram { because } => no_program(these, because),
            Self::JobFailed => format!(
                "{} {has} no pod: the Job failed before it ran, or its pod was stopped and removed",
                indexes(these)
            ),
            Self::NeverRan => format!("{} never ran", indexes(these)),
            Self::Skipped => {
                format!("{} {was} left out by the retry that made the Job, and never ran in it", indexes(these))
            }
            Self::OnlyRun => format!("{} {has} only one attempt, and {its} {container} ran once", indexes(these)),
            Self::NoAttempt(nth) => format!("{} {has} no attempt {nth}", indexes(these)),
            Self::Earlier(missing) => format!("{} (there was another attempt)", missing.line(these)),
        }
    }
}

/// `container worker of index 3 was never started`, and why.
fn never_started(container: &str, these: &IndexSet, because: &str) -> String {
    format!("container {} of {} was never started{because}", shown(container), indexes(these))
}

/// `the program of index 3 could not be started`, and why.
fn no_program(these: &IndexSet, because: &str) -> String {
    let program = if these.len() == 1 { "program" } else { "programs" };
    format!("the {program} of {} could not be started{because}", indexes(these))
}

/// The pods of `these` are gone, and their logs with them.
fn gone(these: &IndexSet) -> String {
    let (pods, are, logs, them) = match these.len() {
        1 => ("pod", "is", "its log", "it"),
        _ => ("pods", "are", "their logs", "them"),
    };
    format!("the {pods} of {} {are} gone, and {logs} with {them}", indexes(these))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_indexes_with_one_cause_are_one_line() {
        let these = IndexSet::from_api("3-5,9", 10);
        assert_eq!(not_started(&these, ": ErrImagePull"), "indexes 3-5,9 have not started yet: ErrImagePull");
        assert_eq!(never_started("w", &these, ""), "container w of indexes 3-5,9 was never started");
        assert_eq!(gone(&these), "the pods of indexes 3-5,9 are gone, and their logs with them");
        let only = "indexes 3-5,9 have only one attempt, and their containers ran once";
        assert_eq!(Missing::OnlyRun.line(&these), only);
    }
}
