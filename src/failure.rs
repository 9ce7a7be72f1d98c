//! Why the program does not do what was asked: the line, the hint and the exit code, made once and printed once.

use std::io;

use indexedjob_core::text::plainly;

use crate::cli::Usage;
use crate::cluster::ClusterError;
use crate::exit::Exit;
use crate::term::Term;

/// The end of a verb that did not go well.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What went wrong, with `error:` or kubectl's words before it; None where all has been said, or nobody listens.
    pub(crate) message: Option<String>,
    /// What to do next, with a command to paste.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// Something failed that is no answer of the server.
    pub(crate) fn error(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Error, message: Some(format!("error: {message}")), hint: None }
    }

    /// What was given is wrong.
    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Usage, ..Self::error(message) }
    }

    /// The same with a hint.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Says what went wrong, once, and gives the exit code.
    pub(crate) fn tell(&self, term: &Term) -> Exit {
        if let Some(message) = &self.message {
            term.note(message);
        }
        if let Some(hint) = &self.hint {
            term.note(&format!("hint: {hint}"));
        }
        self.exit
    }

    /// The failure of a look at a Job: that there is none has an exit code of its own.
    pub(crate) fn of_job(error: ClusterError) -> Self {
        let exit = if error.is_not_found() { Exit::NoJob } else { Exit::Error };
        Self { exit, ..error.into() }
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Self {
        Self { exit: Exit::Error, message: Some(error.to_string()), hint: error.hint() }
    }
}

impl From<Usage> for Failure {
    fn from(usage: Usage) -> Self {
        Self { hint: usage.hint, ..Self::usage(usage.message) }
    }
}

impl From<io::Error> for Failure {
    /// Of writing output. A reader that has seen enough (`| head`) is no failure.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { exit: Exit::Done, message: None, hint: None },
            _ => Self::error(format_args!("cannot write output: {}", plainly(&error))),
        }
    }
}
