//! The verbs that change a Job that is there: cancel, suspend, resume, scale, delete.

use clap::{ArgGroup, Args};
use indexedjob_core::human::{self, Timeout};
use indexedjob_core::lifecycle::{Narrow, Wish};
use jiff::SignedDuration;

use super::value::{Switch as _, count};
use super::{DryRun, JobName, SelectionArgs};

/// Which Jobs are meant.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("targets").args(["names", "selector", "all"]).required(true)))]
pub(crate) struct TargetArgs {
    /// The Jobs: NAME, job/NAME
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<JobName>,
    /// The Indexed Jobs with these labels, as in kubectl: app=train,tier!=test
    #[arg(short = 'l', long, value_name = "LABELS", value_parser = selector)]
    pub(crate) selector: Option<String>,
    /// All Indexed Jobs of the namespace
    #[arg(long)]
    pub(crate) all: bool,
}

/// Whether it is only tried.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct TryArgs {
    /// Only show what would be done: client, or server, which checks it
    #[arg(long, value_enum, value_name = "WHERE", default_value_t = DryRun::None, hide_default_value = true, hide_possible_values = true)]
    pub(crate) dry_run: DryRun,
}

/// Give up some indexes of a Job, or the whole Job, for good.
///
/// Without a selection the Job ends as failed: what runs is stopped, what has finished stays, with its logs. With one, the
/// indexes that are selected fail for good, without another attempt, and the others go on; in the end the Job fails, since
/// it has failed indexes. That works on any Job with backoffLimitPerIndex, whoever made it, and is checked afterwards.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob cancel train
  kubectl indexedjob cancel train --index 3,10-19
  kubectl indexedjob cancel train --state retrying --exit-code 137

Exit codes: 0 cancelled, 3 not all of it: an index has no pod yet, or has succeeded meanwhile, 4 no such Job,
124 not confirmed in time.")]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// How long to wait until the server confirms it: 90s, 5m, or seconds; negative waits for ever
    #[arg(long, value_name = "DURATION", default_value = "2m", allow_hyphen_values = true)]
    pub(crate) timeout: Timeout,
    #[command(flatten)]
    pub(crate) how: TryArgs,
}

/// Stop Jobs until they are resumed.
///
/// What has succeeded stays. What runs is stopped, and starts again from the beginning when the Job is resumed, unless
/// --drain lets it end first.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob suspend train
  kubectl indexedjob suspend train --drain
  kubectl indexedjob suspend -l team=vision")]
pub(crate) struct SuspendArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// Let what runs end first, and start nothing new meanwhile; stays until then
    ///
    /// It lowers parallelism each time a pod ends, and restores it in the end. An index that the controller starts all the
    /// same, before it knows, is let end too. After Ctrl-C the Job goes on with the lowered parallelism.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) drain: bool,
    #[command(flatten)]
    pub(crate) how: TryArgs,
}

/// Let suspended Jobs run.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob resume train
  kubectl indexedjob resume --all")]
pub(crate) struct ResumeArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    #[command(flatten)]
    pub(crate) how: TryArgs,
}

/// Change how many pods of a Job may run at a time, or how many indexes it has.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("numbers").args(["parallelism", "completions"]).multiple(true).required(true)))]
#[command(after_help = "Examples:
  kubectl indexedjob scale train --parallelism 50
  kubectl indexedjob scale train --parallelism 0 --now
  kubectl indexedjob scale train --completions 20 --parallelism 20")]
pub(crate) struct ScaleArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// How many pods may run at a time
    #[arg(short, long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    parallelism: Option<u32>,
    /// How many indexes there are; the API changes that only together with parallelism, to the same number
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    completions: Option<u32>,
    /// Also when running indexes are stopped for it, or done ones forgotten
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    pub(crate) how: TryArgs,
}

impl ScaleArgs {
    /// What is asked for.
    pub(crate) fn wish(&self) -> Wish {
        Wish { parallelism: self.parallelism, completions: self.completions, now: self.now }
    }
}

/// Delete Jobs, with their pods and helper objects.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob delete train
  kubectl indexedjob delete -l team=vision --finished
  kubectl indexedjob delete --all --finished --older-than 7d --dry-run=server")]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// Of these only the Jobs that are complete or have failed
    #[arg(long)]
    finished: bool,
    /// Of these only the Jobs that ended, or where they run were created, longer ago: 7d, 36h, 90m
    #[arg(long, value_name = "DURATION", value_parser = age)]
    older_than: Option<SignedDuration>,
    /// A Job that is not there is no error
    #[arg(long, switch = Some("false"))]
    pub(crate) ignore_not_found: bool,
    /// Wait until the Jobs are gone
    #[arg(long, switch = Some("true"))]
    pub(crate) wait: bool,
    /// How long to wait for each: 90s, 5m, or seconds; 0 or negative waits for ever
    #[arg(long, value_name = "DURATION", default_value = "0", hide_default_value = true, allow_hyphen_values = true)]
    pub(crate) timeout: Timeout,
    #[command(flatten)]
    pub(crate) how: TryArgs,
}

impl DeleteArgs {
    /// What narrows the Jobs that were named.
    pub(crate) fn narrow(&self) -> Narrow {
        Narrow { finished: self.finished, older_than: self.older_than }
    }
}

/// An empty selector selects everything, which nobody means who writes one.
fn selector(text: &str) -> Result<String, String> {
    match text.trim().is_empty() {
        true => Err("it is empty; --all means all Jobs".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// A duration that is not negative.
fn age(text: &str) -> Result<SignedDuration, String> {
    let age = human::parse_duration(text).map_err(|error| error.to_string())?;
    match age.is_negative() {
        true => Err("it must not be negative".to_owned()),
        false => Ok(age),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_durations_that_are_not_negative() {
        let hours = |text: &str| age(text).map(|age| age.as_hours());
        assert_eq!((hours("7d"), hours("36h"), hours("1d12h")), (Ok(168), Ok(36), Ok(36)));
        for wrong in ["", "d", "-1d", "1w", "-5m", "1d-1h30", "7days"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_empty_selector_is_not_all() {
        assert!(selector(" ").unwrap_err().contains("--all"));
    }
}
