//! The command line of `status`.

use clap::{Args, ValueEnum};
use indexedjob_core::view::status::SortBy;

use super::value::Switch as _;
use super::{JobName, SelectionArgs};

/// Show what each index of a Job is doing.
///
/// Without selection flags the indexes that failed, that are tried again and that run have a row each; those that wait
/// are folded by what they wait for, and what does not fit the screen is counted. With a selection, every index that it
/// means has a row; --state all means all of them. A narrow screen has fewer columns; -o wide has all.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob status train
  kubectl indexedjob status train --watch
  kubectl indexedjob status train --state failed --sort exit-code
  kubectl indexedjob status train --map
  kubectl indexedjob status train --chain --state failed
  kubectl indexedjob logs train --index \"$(kubectl indexedjob status train --state failed -o ranges)\"
  kubectl exec $(kubectl indexedjob status train --index 3 -o name) -- nvidia-smi

Exit codes: 0 shown, also when the Job has failed; 1 something could not be read; 4 no such Job, or deleted under --watch.")]
pub(crate) struct StatusArgs {
    /// The Job: NAME, job/NAME, or @latest, the newest one
    #[arg(value_name = "NAME")]
    pub(crate) name: JobName,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// How to print it; without it, a table
    #[arg(short, long, value_enum, value_name = "FORM", help_heading = "Output")]
    pub(crate) output: Option<StatusForm>,
    /// The order of the rows
    #[arg(long, value_enum, value_name = "KEY", default_value_t = SortArg::Number, help_heading = "Output")]
    pub(crate) sort: SortArg,
    /// Draw a letter for each index, or for several where there are many
    #[arg(long, switch = Some("false"), conflicts_with = "output", help_heading = "Output")]
    pub(crate) map: bool,
    /// Show the tasks of all runs of a Job that was retried, each as its last run left it
    ///
    /// Attempts are counted over all runs.
    #[arg(long, switch = Some("false"), hide_default_value = true, hide_possible_values = true, help_heading = "Output")]
    pub(crate) chain: bool,
    /// Show it again whenever it changes, until the Job ends; on a terminal in place
    #[arg(short, long, switch = Some("false"), help_heading = "Output")]
    pub(crate) watch: bool,
}

/// How to print the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusForm {
    /// A table with every column, nothing cut
    Wide,
    /// One document, for programs
    Json,
    /// The same as YAML
    Yaml,
    /// A header, and a line for each index
    Csv,
    /// The numbers as a set on one line, as --index takes it
    Ranges,
    /// The numbers, one a line
    Lines,
    /// The newest pod of each index as pod/NAME, one a line
    Name,
}

/// The order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortArg {
    /// Ascending
    Number,
    /// The longest first
    Duration,
    /// The most first
    Attempts,
    /// By the node's name
    Node,
    /// What failed first, what succeeded last
    State,
    /// The oldest pod first
    Age,
    /// The greatest first
    ExitCode,
}

impl StatusForm {
    /// Is it for people?
    pub(crate) fn is_table(form: Option<Self>) -> bool {
        matches!(form, None | Some(Self::Wide))
    }
}

impl From<SortArg> for SortBy {
    fn from(sort: SortArg) -> Self {
        match sort {
            SortArg::Number => Self::Number,
            SortArg::Duration => Self::Duration,
            SortArg::Attempts => Self::Attempts,
            SortArg::Node => Self::Node,
            SortArg::State => Self::State,
            SortArg::Age => Self::Age,
            SortArg::ExitCode => Self::ExitCode,
        }
    }
}
