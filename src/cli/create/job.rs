//! The flags of `create` about fields of the Job.

use clap::{Args, ValueEnum};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::plan::{Base, JobFields, Share};

use super::super::value::Switch as _;
use super::super::{Usage, value};
use super::script;

/// Fields of the Job.
#[derive(Clone, Debug, Args)]
pub(super) struct JobArgs {
    /// How many tasks may run at once
    ///
    /// By default all, at most 1000; with -f what the file says; needed with --queue.
    #[arg(long, value_name = "N", help_heading = "Run", allow_negative_numbers = true, value_parser = value::whole)]
    parallelism: Option<i64>,
    /// Words after -- are arguments of the image's own entrypoint
    #[arg(long, help_heading = "Run", hide_short_help = true, switch = Some("false"))]
    pub(super) keep_entrypoint: bool,
    /// Create it suspended: no task runs until its spec.suspend is set to false
    #[arg(long, help_heading = "Run", hide_short_help = true, switch = None)]
    suspend: Option<bool>,
    /// The Kueue queue that starts it; needs --parallelism, all of which Kueue reserves at once
    ///
    /// What follows % in --array does as well, or the parallelism of the file of -f.
    #[arg(long, value_name = "QUEUE", help_heading = "Run", hide_short_help = true)]
    queue: Option<String>,
    /// How often a task is tried again after a failure
    ///
    /// By default not at all: backoffLimitPerIndex 0. Evictions and preemptions are not counted; kubectl delete pod is.
    #[arg(long, value_name = "N", help_heading = "Failure", value_parser = value::count)]
    pub(super) retries: Option<u32>,
    /// Count evictions and preemptions as failures, too
    #[arg(long, help_heading = "Failure", hide_short_help = true, switch = Some("false"))]
    pub(super) count_disruptions: bool,
    /// The Job fails when more than about N tasks, or P% of them, have failed; by default all of them run
    #[arg(long, value_name = "N|P%", help_heading = "Failure", hide_short_help = true, value_parser = value::share)]
    max_failed_indexes: Option<Share>,
    /// Exit codes that fail the whole Job: 42 or 1,3-5
    #[arg(long, value_name = "CODES", help_heading = "Failure", hide_short_help = true, value_parser = value::exit_codes)]
    fail_job_on: Option<IndexSet>,
    /// Exit codes after which a task is not tried again
    #[arg(long, value_name = "CODES", help_heading = "Failure", hide_short_help = true, value_parser = value::exit_codes)]
    fail_index_on: Option<IndexSet>,
    /// The Job fails with more failed pods than this, of all tasks together
    ///
    /// It counts every failure, also with --retries beside it.
    #[arg(long, value_name = "N", help_heading = "Failure", hide_short_help = true, value_parser = value::count)]
    backoff_limit: Option<u32>,
    /// The Job is complete as soon as so many tasks have succeeded (Kubernetes 1.31+)
    #[arg(long, value_name = "N", help_heading = "Failure", hide_short_help = true, value_parser = value::positive)]
    succeeded_count: Option<u32>,
    /// The Job is complete as soon as these tasks have succeeded; with --succeeded-count so many of them
    #[arg(long, value_name = "SET", help_heading = "Failure", hide_short_help = true, value_parser = value::set)]
    succeeded_indexes: Option<IndexSet>,
    /// How long the whole Job may take: 90s, 5m, 1h30m
    #[arg(long, value_name = "DURATION", help_heading = "Failure", hide_short_help = true, value_parser = value::seconds)]
    active_deadline: Option<u64>,
    /// When a pod is replaced: once it has ended, or as soon as it is being deleted
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Failure", hide_short_help = true)]
    pod_replacement_policy: Option<ReplacementArg>,
    /// Delete the Job this long after its end; 0 at once
    #[arg(long, value_name = "DURATION", help_heading = "Failure", hide_short_help = true, value_parser = value::seconds_or_none)]
    ttl: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReplacementArg {
    /// Once it has ended
    #[value(name = "Failed")]
    Failed,
    /// As soon as it is being deleted or has failed
    #[value(name = "TerminatingOrFailed")]
    TerminatingOrFailed,
}

impl JobArgs {
    /// `--parallelism`, or what follows % in `--array`; of the two the one on the command line holds against a script's.
    pub(super) fn parallelism(&self, of_array: Option<u32>, line: &script::Line) -> Result<Option<u32>, Usage> {
        let flag = self.parallelism.map(|number| number_of_pods("--parallelism", number)).transpose()?;
        match (flag, of_array) {
            (Some(flag), Some(_)) if line.wins("parallelism", "array") => Ok(Some(flag)),
            (Some(_), Some(array)) if line.wins("array", "parallelism") => Ok(Some(array)),
            (Some(flag), Some(array)) if flag != array => {
                Err(Usage::new(format!("--parallelism {flag} and %{array} of --array contradict each other")))
            }
            (flag, array) => Ok(flag.or(array)),
        }
    }

    /// A queue must know how many pods run at once: by a flag or by the `base`.
    pub(super) fn check_queue(&self, parallelism: Option<u32>, base: Option<&Base>) -> Result<(), Usage> {
        let of_base = matches!(base, Some(Base::File { job, .. }) if job["spec"]["parallelism"].is_number());
        match self.queue.is_some() && parallelism.is_none() && !of_base {
            true => Err(Usage::new("--queue needs --parallelism: Kueue reserves the room of so many pods at once")
                .hint("add --parallelism N, or %N behind the numbers of --array")),
            false => Ok(()),
        }
    }

    pub(super) fn fields(self, parallelism: Option<u32>) -> JobFields {
        JobFields {
            parallelism,
            retries: self.retries,
            count_disruptions: self.count_disruptions,
            max_failed_indexes: self.max_failed_indexes,
            active_deadline: self.active_deadline,
            ttl: self.ttl,
            suspend: self.suspend,
            backoff_limit: self.backoff_limit,
            pod_replacement_policy: self.pod_replacement_policy.map(|policy| match policy {
                ReplacementArg::Failed => "Failed",
                ReplacementArg::TerminatingOrFailed => "TerminatingOrFailed",
            }),
            succeeded_count: self.succeeded_count,
            succeeded_indexes: self.succeeded_indexes,
            fail_job_on: self.fail_job_on,
            fail_index_on: self.fail_index_on,
            queue: self.queue,
        }
    }
}

fn number_of_pods(flag: &str, number: i64) -> Result<u32, Usage> {
    let number = u32::try_from(number).ok().filter(|number| *number <= 100_000);
    number.ok_or_else(|| Usage::new(format!("{flag} must be between 0 and 100000")))
}
