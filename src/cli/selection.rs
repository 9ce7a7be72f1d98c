//! The selection flags: which tasks of a Job are meant. The same on every verb that takes them.

use clap::{Args, ValueEnum};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::progress::IndexState;
use indexedjob_core::select::Selection;

const HEADING: &str = "Selection (each flag narrows the others)";

/// Which tasks are meant.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct SelectionArgs {
    /// These indexes: 3, or 0-9,20, or 0-15:4; - reads them from stdin; an empty set is none of them, never all
    #[arg(long, value_name = "SET", value_parser = index, allow_hyphen_values = true, help_heading = HEADING)]
    index: Option<IndexArg>,
    /// Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what
    /// a retry left out
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STATE", help_heading = HEADING)]
    state: Vec<StateArg>,
    /// Those with one of these reasons, as status shows them: OOMKilled, Error, ImagePullBackOff
    #[arg(long, value_delimiter = ',', value_name = "REASON", value_parser = reason, help_heading = HEADING)]
    reason: Vec<String>,
    /// Those whose last attempt that is over ended with one of these exit codes
    #[arg(long, value_delimiter = ',', value_name = "N", value_parser = exit_code, help_heading = HEADING)]
    #[arg(allow_negative_numbers = true)]
    exit_code: Vec<i32>,
}

/// Where a set of numbers is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IndexArg {
    /// On the command line.
    Set(IndexSet),
    /// On stdin.
    Stdin,
}

/// A state as the flags write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StateArg {
    /// Done
    Succeeded,
    /// Failed for good
    Failed,
    /// A pod of it runs
    Running,
    /// Failed, and waits for its next attempt
    Retrying,
    /// Its pod is being stopped
    Terminating,
    /// Not running yet
    Pending,
    /// Pending, with a pod that is there
    Starting,
    /// Neither succeeded nor failed in a Job that has ended
    Unfinished,
    /// Not done, and left out by the retry that made the Job
    Skipped,
    /// Whatever its state
    All,
}

impl SelectionArgs {
    /// Are the numbers on stdin?
    pub(crate) fn reads_stdin(&self) -> bool {
        self.index == Some(IndexArg::Stdin)
    }

    /// Was any of the flags given?
    pub(crate) fn is_given(&self) -> bool {
        self.index.is_some() || !self.state.is_empty() || !self.reason.is_empty() || !self.exit_code.is_empty()
    }

    /// Do states that were given include that of tasks which are done?
    pub(crate) fn includes_succeeded(&self) -> bool {
        self.state.iter().any(|state| state.states().contains(&IndexState::Succeeded))
    }

    /// What is meant; `from_stdin` in place of numbers that are there.
    pub(crate) fn selection(&self, from_stdin: Option<IndexSet>) -> Selection {
        let numbers = match &self.index {
            Some(IndexArg::Set(numbers)) => Some(numbers.clone()),
            Some(IndexArg::Stdin) => Some(from_stdin.unwrap_or_default()),
            None => None,
        };
        let all = self.state.is_empty() || self.state.contains(&StateArg::All);
        let states = (!all).then(|| self.state.iter().flat_map(|state| state.states()).copied().collect());
        let reasons = (!self.reason.is_empty()).then(|| self.reason.clone());
        let exit_codes = (!self.exit_code.is_empty()).then(|| self.exit_code.iter().copied().collect());
        Selection { numbers, states, reasons, exit_codes }
    }
}

impl StateArg {
    fn states(self) -> &'static [IndexState] {
        match self {
            Self::Succeeded => &[IndexState::Succeeded],
            Self::Failed => &[IndexState::Failed],
            Self::Running => &[IndexState::Running],
            Self::Retrying => &[IndexState::Retrying],
            Self::Terminating => &[IndexState::Terminating],
            Self::Pending => &[IndexState::Pending, IndexState::Starting],
            Self::Starting => &[IndexState::Starting],
            Self::Unfinished => &[IndexState::Unfinished],
            Self::Skipped => &[IndexState::Skipped],
            Self::All => &IndexState::ALL,
        }
    }
}

/// An index that has no reason is not meant by an empty one, which is what a variable that is not set gives.
fn reason(text: &str) -> Result<String, String> {
    let reason = text.trim();
    if reason.is_empty() { Err("a reason is empty".to_owned()) } else { Ok(reason.to_owned()) }
}

fn exit_code(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| "it is no number".to_owned())
}

fn index(text: &str) -> Result<IndexArg, String> {
    match text {
        "-" => Ok(IndexArg::Stdin),
        text => {
            text.parse().map(IndexArg::Set).map_err(|error: indexedjob_core::index_set::SetError| error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: SelectionArgs,
    }

    fn args(words: &[&str]) -> SelectionArgs {
        Line::try_parse_from([&["x"], words].concat()).unwrap().args
    }

    #[test]
    fn no_flag_is_everything_and_an_empty_set_nothing() {
        assert!(args(&[]).selection(None).is_all());
        assert!(args(&["--state", "failed,all"]).selection(None).is_all());
        assert!(args(&["--index", ""]).selection(None).is_nothing());
        assert!(Line::try_parse_from(["x", "--reason", ""]).is_err());
        assert!(Line::try_parse_from(["x", "--reason", "Error,"]).is_err());
        assert!(args(&["--index", "-"]).selection(Some(IndexSet::new())).is_nothing());
    }

    #[test]
    fn the_flags_are_core_s_request() {
        let line = ["--index=0-8:4", "--state=pending,failed", "--reason=Error,OOMKilled", "--exit-code=1,-1"];
        let selection = args(&line).selection(None);
        assert_eq!(selection.numbers.unwrap().to_string(), "0,4,8");
        let states = [IndexState::Pending, IndexState::Starting, IndexState::Failed];
        assert_eq!(selection.states, Some(states.into()));
        assert_eq!(selection.reasons, Some(vec!["Error".to_owned(), "OOMKilled".to_owned()]));
        assert_eq!(selection.exit_codes, Some([-1, 1].into()));
    }
}
