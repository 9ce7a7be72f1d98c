//! The verbs with few flags: describe, completion.

use clap::Args;

use super::JobName;
use super::value::Switch as _;

/// Show everything about Jobs.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob describe train")]
pub(crate) struct DescribeArgs {
    /// The Jobs: NAME, job/NAME
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<JobName>,
    /// Show the events of the Job, too
    #[arg(long, switch = Some("true"))]
    pub(crate) show_events: bool,
}

/// Print the completion script of a shell.
///
/// It completes the standalone name kubectl-indexedjob.
#[derive(Clone, Debug, Args)]
pub(crate) struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
