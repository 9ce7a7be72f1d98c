//! The verbs with few flags: describe, completion, version.

use clap::{Args, ValueEnum};

use super::JobName;
use super::value::Switch as _;

/// Show everything about Jobs.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob describe train")]
pub(crate) struct DescribeArgs {
    /// The Jobs: NAME, job/NAME, or @latest, the newest one
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<JobName>,
    /// Show the events of the Job, too
    #[arg(long, switch = Some("true"))]
    pub(crate) show_events: bool,
}

/// Print the completion script of a shell.
///
/// It completes the standalone name kubectl-indexedjob. For kubectl indexedjob there is no script: kubectl's own completion
/// (kubectl completion --help) asks a program of the name kubectl_complete-indexedjob, which the plugin is when it is called
/// so.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  # kubectl-indexedjob <TAB>, in bash
  . <(kubectl indexedjob completion bash)
  # kubectl indexedjob <TAB>, where kubectl <TAB> works; once
  ln -s \"$(command -v kubectl-indexedjob)\" ~/.local/bin/kubectl_complete-indexedjob")]
pub(crate) struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Show the versions of the plugin and of the server.
#[derive(Clone, Debug, Args)]
pub(crate) struct VersionArgs {
    /// The plugin's alone; no server is asked
    #[arg(long, switch = Some("false"))]
    pub(crate) client: bool,
    /// How to print them
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<VersionForm>,
}

/// How to print versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VersionForm {
    /// The documented schema
    Json,
    /// The same
    Yaml,
}
