//! `list`.

use clap::{Args, ValueEnum};
use indexedjob_core::view::list::ListOrder;

use super::value::Switch as _;

/// Show the Indexed Jobs of a namespace: how far each is, and how it ended.
///
/// RUNNING counts pods that are ready, PENDING all that is neither running nor done; UNFINISHED is what a Job that has
/// ended leaves behind. REASON is why a Job failed, or why it stands still as far as the Job itself tells; status tells
/// more. A narrow screen has fewer columns.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob list
  kubectl indexedjob list -A -l team=vision
  kubectl indexedjob list --sort=age -o wide
  kubectl indexedjob list --watch

Reasons of a Job that stands still: Queued, NoParallelism (it is 0), PodsMissing (fewer than there should be), NoPodReady.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ListArgs {
    /// Of all namespaces
    #[arg(short = 'A', long, switch = Some("false"))]
    pub(crate) all_namespaces: bool,
    /// Only those with these labels: app=train, tier!=test, 'env in (a,b)'
    #[arg(short = 'l', long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub(crate) selector: String,
    /// Jobs that are not Indexed, too; their columns count pods
    #[arg(long, switch = Some("false"))]
    pub(crate) non_indexed: bool,
    /// What they are ordered by
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = OrderArg::Name)]
    pub(crate) sort: OrderArg,
    /// Go on, and show every Job that changes
    #[arg(short, long, switch = Some("false"))]
    pub(crate) watch: bool,
    /// How to print them
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<ListForm>,
    /// No line with the names of the columns
    #[arg(long, switch = Some("false"))]
    pub(crate) no_headers: bool,
}

/// What the Jobs are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrderArg {
    /// By name
    Name,
    /// The newest first
    Age,
    /// The longest first
    Duration,
    /// Those with most failed indexes first
    Failed,
}

/// How to print Jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListForm {
    /// More columns
    Wide,
    /// Names: job.batch/NAME
    Name,
    /// The documented schema
    Json,
    /// The same
    Yaml,
}

impl From<OrderArg> for ListOrder {
    fn from(order: OrderArg) -> Self {
        match order {
            OrderArg::Name => Self::Name,
            OrderArg::Age => Self::Age,
            OrderArg::Duration => Self::Duration,
            OrderArg::Failed => Self::Failed,
        }
    }
}
