//! `wait`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use indexedjob_core::goal::Goal;
use indexedjob_core::human::{DurationError, Timeout};

use super::value::Switch as _;
use super::{Form, JobName, SelectionArgs, Usage};

/// Follow Jobs until each is complete, has failed or is gone.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob wait train
  kubectl indexedjob wait train score --timeout=1h
  kubectl indexedjob wait train --for=succeeded=90%
  kubectl indexedjob wait train --index 0-9
  kubectl indexedjob wait -l team=vision --for=finished --progress=json

Exit codes: 0 it is so, 3 it can no longer become so (the Job failed, by default; the reason is told), 4 missing or
deleted, 124 timed out.")]
pub(crate) struct WaitArgs {
    /// The Jobs: NAME, job/NAME, or @latest, the newest one
    #[arg(value_name = "NAME", required_unless_present_any = ["selector", "all"])]
    pub(crate) names: Vec<JobName>,
    /// The Jobs with these labels that there are now: app=train, tier!=test, 'env in (a,b)'
    #[arg(short = 'l', long, value_name = "SELECTOR", value_parser = selector, conflicts_with_all = ["names", "all"])]
    selector: Option<String>,
    /// All Jobs of the namespace that there are now
    #[arg(long, switch = Some("false"), conflicts_with = "names")]
    all: bool,
    /// What to wait for: complete, failed, finished, suspended, running, or so many indexes: succeeded=N, succeeded=P%,
    /// failed=N, failed=P%; also condition=complete, as kubectl has it
    #[arg(long = "for", value_name = "WHAT", default_value = "complete")]
    pub(crate) goal: Goal,
    /// How long to wait: 90s, 5m, 1h30m, or seconds; 0 looks once, negative waits for ever; to read why it ended may take
    /// two seconds more
    #[arg(long, value_name = "DURATION", default_value = "-1s", allow_hyphen_values = true)]
    pub(crate) timeout: Timeout,
    /// How to show progress: a bar on a terminal, else a line when something has changed
    #[arg(long, value_enum, default_value_t = ProgressArg::Auto)]
    pub(crate) progress: ProgressArg,
    /// The least time between two lines of progress
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = interval)]
    pub(crate) progress_interval: Duration,
    /// What to print of each Job when it is so, in place of "condition met"
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Form>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
}

/// How to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressArg {
    /// A bar on a terminal, lines elsewhere
    Auto,
    /// Lines
    Plain,
    /// JSON objects on stdout, a line each, in place of what else stands there
    Json,
    /// Nothing but the end
    None,
}

impl WaitArgs {
    /// The label selector of the Jobs that are meant, empty for all; None where they are named.
    pub(crate) fn selector(&self) -> Option<&str> {
        self.selector.as_deref().or(self.all.then_some(""))
    }

    /// Checks what no flag tells alone.
    pub(crate) fn check(&self) -> Result<(), Usage> {
        if self.names.is_empty() && self.selector().is_none() {
            return Err(Usage::new("which Jobs are meant? Give their names, -l SELECTOR or --all"));
        }
        if self.output.is_some() && self.progress == ProgressArg::Json {
            return Err(Usage::new("--output and --progress=json both write to stdout; use one of them"));
        }
        if self.selection.is_given() && self.goal.is_of_jobs_only() {
            return Err(Usage::new("--for=suspended is about a whole Job; it does not go with the selection flags"));
        }
        Ok(())
    }

    /// The Jobs as the command line named them, to be repeated.
    pub(crate) fn jobs(&self) -> String {
        let names = || self.names.iter().map(JobName::as_str).collect::<Vec<_>>().join(" ");
        match &self.selector {
            Some(selector) => format!("-l {}", indexedjob_core::text::quoted(selector)),
            None if self.all => "--all".to_owned(),
            None => names(),
        }
    }
}

/// A selector that is not empty: where a variable is not set, that would be every Job.
fn selector(text: &str) -> Result<String, String> {
    match text.trim().is_empty() {
        true => Err("an empty selector picks every Job; if that is meant, write --all".to_owned()),
        false => Ok(text.to_owned()),
    }
}

pub(super) fn interval(text: &str) -> Result<Duration, String> {
    match text.parse().map_err(|error: DurationError| error.to_string())? {
        Timeout::After(span) => Ok(span),
        Timeout::Once => Ok(Duration::ZERO),
        Timeout::Never => Err("it must not be negative".to_owned()),
    }
}
